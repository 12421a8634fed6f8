/* SPDX-License-Identifier: Apache-2.0 */
#include "critical_path.h"

void chain_start(struct chain *chain) {
  *chain = (struct chain){.ends.size = sizeof(struct chain_end)};
}

static bool is_longer(const struct chain_end *a, const struct chain_end *b) {
  if (a->entry_ps != b->entry_ps) return a->entry_ps > b->entry_ps;
  return a->bytes != b->bytes ? a->bytes > b->bytes : a->messages > b->messages;
}

void chain_add(struct chain *chain, const struct oio_record *record) {
  struct chain_end end = {.entry_ps = record->time_ps};
  if (chain->ends.count == 0) chain->first_id = record->id;
  struct chain_end *added = chain->lacking ? NULL : spill_push(&chain->ends);
  chain->lacking = added == NULL;
  if (chain->lacking) return;
  for (uint32_t i = 0; i < record->waits_count; i++) {
    if (record->waits[i] < chain->first_id) continue;
    struct chain_end by = ((const struct chain_end *)chain->ends.list)[record->waits[i] - chain->first_id];
    const oio_time_ps delay_ps = record->delays_ps != NULL ? record->delays_ps[i] : 0;
    by.entry_ps = by.entry_ps < UINT64_MAX - delay_ps ? by.entry_ps + delay_ps : UINT64_MAX;
    by.delays_ps += delay_ps;
    if (is_longer(&by, &end)) end = by;
  }
  end.bytes += record->bytes;
  end.messages++;
  *added = end;
  if (is_longer(&end, &chain->last)) chain->last = end;
  if (chain->ends.count % 256 == 0) spill_trim();
}

void chain_free(struct chain *chain) {
  spill_free(&chain->ends);
}

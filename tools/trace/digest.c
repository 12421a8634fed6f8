/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <stdlib.h>
#include <string.h>

enum oio_status digest_start(struct digest *digest, const struct oio_trace_header *header, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  *digest = (struct digest){.bin_ps = 1};
  digest->pairs = calloc(DIGEST_PAIRS_MAX, sizeof *digest->pairs);
  if (digest->pairs == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  if (header->map[0] != '\0') {
    digest->die = malloc(header->nodes * sizeof *digest->die);
    status = digest->die != NULL ? oio_trace_map_parse(header->map, header->nodes, 2, digest->die, error)
                                 : oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  }
  if (status != OIO_OK) digest_free(digest);
  return status;
}

static void count(struct digest_count *to, uint64_t bytes) {
  to->messages++;
  to->bytes += bytes;
}

static void count_pair(struct digest *digest, const struct oio_record *record) {
  uint32_t at = (record->source * 2654435761u ^ record->destination * 2246822519u) >> 16;
  for (;; at++) {
    struct digest_pair *pair = &digest->pairs[at % DIGEST_PAIRS_MAX];
    if (pair->count.messages == 0) {
      if (digest->pairs_count == DIGEST_PAIRS_MAX / 2) break;
      digest->pairs_count++;
      pair->source = record->source;
      pair->destination = record->destination;
    } else if (pair->source != record->source || pair->destination != record->destination) {
      continue;
    }
    count(&pair->count, record->bytes);
    return;
  }
  count(&digest->other_pairs, record->bytes);
}

/* Twice the time a bin, as often as it takes for `at` to fall into one. */
static void count_bin(struct digest *digest, oio_time_ps at, uint64_t bytes) {
  while (at / digest->bin_ps >= DIGEST_BINS) {
    for (unsigned i = 0; i < DIGEST_BINS / 2; i++) digest->bytes_in[i] = digest->bytes_in[2 * i] + digest->bytes_in[2 * i + 1];
    memset(digest->bytes_in + DIGEST_BINS / 2, 0, DIGEST_BINS / 2 * sizeof digest->bytes_in[0]);
    digest->bin_ps *= 2;
  }
  digest->bytes_in[at / digest->bin_ps] += bytes;
}

void digest_add(struct digest *digest, const struct oio_record *record) {
  if (digest->all.messages == 0) {
    digest->first_id = record->id;
    digest->first_ps = record->time_ps;
  }
  digest->last_ps = record->time_ps;
  count(&digest->all, record->bytes);
  count(&digest->vc[record->vc], record->bytes);
  if (record->payload != NULL) count(&digest->with_payload, record->bytes);
  if (record->waits_count > 0) digest->waiting++;
  digest->waits += record->waits_count;
  if (record->waits_count > digest->waits_max) digest->waits_max = record->waits_count;
  const uint32_t *die = digest->die;
  if (die != NULL && die[record->source] != die[record->destination]) count(&digest->crossing[die[record->source]], record->bytes);
  count_pair(digest, record);
  count_bin(digest, record->time_ps - digest->first_ps, record->bytes);
}

static int most_first(const void *left, const void *right) {
  const struct digest_pair *a = left, *b = right;
  if (a->count.bytes != b->count.bytes) return a->count.bytes > b->count.bytes ? -1 : 1;
  if (a->source != b->source) return a->source < b->source ? -1 : 1;
  return a->destination < b->destination ? -1 : a->destination > b->destination;
}

void digest_finish(struct digest *digest) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < DIGEST_PAIRS_MAX; i++)
    if (digest->pairs[i].count.messages > 0) digest->pairs[kept++] = digest->pairs[i];
  qsort(digest->pairs, kept, sizeof *digest->pairs, most_first);
}

void digest_free(struct digest *digest) {
  free(digest->pairs);
  free(digest->die);
}

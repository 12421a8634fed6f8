/* SPDX-License-Identifier: Apache-2.0 */
/* What traffic would take. */
#include "base/memory.h"
#include "traffic/collective.h"
#include "traffic/sources.h"
#include "traffic/traffic_state.h"

/* Messages that have been read and are not yet done: as many as there are, or the look-ahead, in a ring that doubles. */
static uint64_t outstanding_most(const struct oio_config *c) {
  const bool counted = c->generator == OIO_SATURATE || c->generator == OIO_POISSON || c->generator == OIO_BURST;
  const uint64_t most = counted && c->messages < c->lookahead_records ? c->messages : c->lookahead_records;
  uint64_t size = 1;
  while (size < most) size *= 2;
  return size;
}

static void add_detail(const struct oio_config *c, uint32_t dies, struct oio_memory *memory) {
  const uint64_t pairs = (uint64_t)dies * (dies - 1);
  if (c->detail != OIO_DETAIL_ON) return;
  oio_memory_add(memory, sizeof(struct oio_detail));
  oio_memory_add_untouched(memory, (dies < OIO_DETAIL_DIES ? dies : OIO_DETAIL_DIES) * sizeof(struct oio_spread));
  oio_memory_add_untouched(memory, (pairs < c->detail_pairs ? pairs : c->detail_pairs) * sizeof(struct oio_detail_pair));
}

void oio_traffic_memory(const struct oio_config *config, uint32_t dies, struct oio_memory *memory) {
  const struct oio_traffic *t = NULL;
  oio_memory_add(memory, sizeof *t);
  oio_memory_add(memory, dies * sizeof *t->die_of);
  oio_memory_add(memory, dies * sizeof *t->senders);
  oio_memory_add(memory, dies * sizeof *t->open);
  oio_memory_add(memory, dies * sizeof *t->hungry);
  oio_memory_add_untouched(memory, outstanding_most(config) * sizeof *t->ring);
  oio_memory_add_untouched(memory, OIO_HISTOGRAM_BUCKETS * sizeof *t->latency.buckets);
  if (config->generator >= OIO_GENERATE_ALL_REDUCE) {
    oio_memory_add(memory, sizeof(struct oio_collective));
  } else if (config->generator != OIO_GENERATE_NOTHING) {
    oio_memory_add(memory, dies * (sizeof(struct oio_source) + sizeof(uint32_t)));
  }
  add_detail(config, dies, memory);
}

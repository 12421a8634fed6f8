/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/sources.h"

#include "oio/routed_die.h"
#include "oio/routes.h"

#include <stdlib.h>
#include <string.h>

#define STREAM_SOURCES ((uint64_t)1 << 32)

static bool is_before(const struct oio_sources *s, uint32_t a, uint32_t b) {
  const double x = s->source[a].next_ps, y = s->source[b].next_ps;
  return x < y || (x <= y && a < b);
}

static void put(struct oio_sources *s, uint32_t place, uint32_t die) {
  s->heap[place] = die;
  s->source[die].place = place;
}

static void sink(struct oio_sources *s, uint32_t place) {
  const uint32_t die = s->heap[place];
  for (;;) {
    uint32_t below = 2 * place + 1;
    if (below >= s->heap_count) break;
    if (below + 1 < s->heap_count && is_before(s, s->heap[below + 1], s->heap[below])) below++;
    if (!is_before(s, s->heap[below], die)) break;
    put(s, place, s->heap[below]);
    place = below;
  }
  put(s, place, die);
}

/* Poisson: exponential gaps. Burst: whole bursts back to back, exponential silence between, the same mean. */
static void advance(struct oio_sources *s, struct oio_source *source) {
  const double draw = -oio_ln(oio_rng_unit(&source->rng));
  if (s->kind == OIO_POISSON) {
    source->next_ps += draw * s->gap_ps;
  } else if (++source->in_burst < s->burst_messages) {
    source->next_ps += s->flit_ps;
  } else {
    source->in_burst = 0;
    source->next_ps += s->flit_ps + draw * (double)s->burst_messages * (s->gap_ps - s->flit_ps);
  }
}

/* What a message takes of the first link that the first die has. */
static void measure(struct oio_sources *s, const struct oio_config *config, const struct oio_topology *topology) {
  const uint32_t link = oio_topology_port_at(topology, 0, 0) / 2;
  const char *name = oio_topology_class_name(topology, oio_topology_link_class(topology, link));
  unsigned link_class = 0;
  while (link_class + 1 < OIO_LINK_CLASSES && strcmp(oio_config_class_name(link_class), name) != 0) link_class++;
  const double flits = (double)config->message_bytes / OIO_ROUTED_SEGMENT_BYTES_MAX;
  s->own_ps = oio_config_class_flit_ps(config, link_class);
  s->flit_ps = (double)s->own_ps * (flits < 1 ? 1 : flits);
  s->gap_ps = s->flit_ps / config->load;
}

static enum oio_status make_partners(struct oio_sources *s, const struct oio_config *config, const struct oio_topology *topology,
                                     struct oio_error *error) {
  uint32_t senders = 0;
  for (uint32_t die = 0; die < s->dies; die++) {
    struct oio_source *source = &s->source[die];
    const enum oio_status status = oio_pattern_partner(&source->partner, topology, (enum oio_pattern)config->pattern, die, error);
    if (status != OIO_OK) return status;
    senders += source->partner != die;
  }
  if (senders == 0) return oio_error_set(error, OIO_ERR_CONFIG, "workload.pattern: no die sends to another; take another pattern");
  for (uint32_t die = 0, number = 0; die < s->dies; die++) {
    struct oio_source *source = &s->source[die];
    if (source->partner == die) continue;
    source->left = s->left / senders + (number++ < s->left % senders);
    oio_rng_seed(&source->rng, config->seed, STREAM_SOURCES + die);
    if (s->kind == OIO_POISSON) advance(s, source);
    if (source->left > 0) put(s, s->heap_count++, die);
  }
  for (uint32_t place = s->heap_count / 2; place-- > 0;) sink(s, place);
  return OIO_OK;
}

static enum oio_status make(struct oio_sources *s, const struct oio_config *config, struct oio_error *error) {
  struct oio_topology *topology;
  const bool is_file = strpbrk(config->net, "/.") != NULL;
  enum oio_status status = is_file ? oio_topology_load(&topology, config->net, error) : oio_topology_create(&topology, config->net, error);
  if (status != OIO_OK) return status;
  s->dies = oio_topology_dies(topology);
  s->kind = (enum oio_generator)config->generator;
  s->left = config->messages;
  s->burst_messages = config->burst_messages;
  s->vcs = config->generated_vcs;
  s->source = calloc(s->dies, sizeof *s->source);
  s->heap = calloc(s->dies, sizeof *s->heap);
  s->record.bytes = config->message_bytes;
  measure(s, config, topology);
  status = s->source == NULL || s->heap == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory for %u dies", s->dies)
                                                : make_partners(s, config, topology, error);
  oio_topology_destroy(topology);
  return status;
}

enum oio_status oio_sources_create(struct oio_sources **sources, const struct oio_config *config, struct oio_error *error) {
  *sources = NULL;
  struct oio_sources *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory");
  const enum oio_status status = make(made, config, error);
  if (status != OIO_OK) {
    oio_sources_destroy(made);
    return status;
  }
  *sources = made;
  return OIO_OK;
}

void oio_sources_destroy(struct oio_sources *sources) {
  if (sources == NULL) return;
  free(sources->source);
  free(sources->heap);
  free(sources);
}

/* The next of a die: its destination is drawn where it sends to all. */
static const struct oio_record *make_record(struct oio_sources *s, uint32_t die, oio_time_ps time_ps) {
  struct oio_source *source = &s->source[die];
  struct oio_record *record = &s->record;
  record->time_ps = time_ps;
  record->id = s->next_id++;
  record->source = die;
  record->destination = source->partner;
  if (source->partner == OIO_NONE) {
    const uint32_t drawn = (uint32_t)(((oio_rng_next(&source->rng) >> 32) * (s->dies - 1)) >> 32);
    record->destination = drawn + (drawn >= die);
  }
  record->vc = source->vc;
  source->vc = (uint8_t)(source->vc + 1u == s->vcs ? 0 : source->vc + 1u);
  source->left--;
  s->left--;
  return record;
}

bool oio_sources_next(struct oio_sources *s, struct oio_record *record) {
  if (s->heap_count == 0) return false;
  const uint32_t die = s->heap[0];
  struct oio_source *source = &s->source[die];
  *record = *make_record(s, die, (oio_time_ps)source->next_ps);
  if (source->left > 0) {
    advance(s, source);
  } else {
    put(s, 0, s->heap[--s->heap_count]);
  }
  if (s->heap_count > 0) sink(s, 0);
  return true;
}

const struct oio_record *oio_sources_for(struct oio_sources *s, uint32_t die, oio_time_ps now_ps) {
  return make_record(s, die, now_ps);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/sources.h"

#include "oio/routes.h"
#include "traffic/packing.h"

#include <stdlib.h>
#include <string.h>

#define STREAM_SOURCES ((uint64_t)1 << 32)

enum { WAITING_MAX = 4096 }; /* of a die: so that many such dies do not fill the look-ahead */

static bool is_before(const struct oio_sources *s, uint32_t a, uint32_t b) {
  const double x = s->source[a].arrival.next_ps, y = s->source[b].arrival.next_ps;
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

/* The flit time of the first link that the first die has. */
static oio_time_ps first_flit_ps(const struct oio_config *config, const struct oio_topology *topology) {
  const uint32_t link = oio_topology_port_at(topology, 0, 0) / 2;
  const unsigned link_class = oio_topology_link_class(topology, link);
  return oio_config_class_flit_ps(config, oio_config_class_named(config, oio_topology_class_name(topology, link_class)));
}

/* Chance spreads what is drawn for all unevenly over the ports of a die: with 16 times the depth at each, hardly one is ever without; and
 * so much fills flits without runs. */
static void deepen(struct oio_source *source, const struct oio_config *config, uint32_t ports, uint32_t run) {
  const bool spreads = source->partner == OIO_NONE && ports > 1;
  const uint64_t waiting = spreads ? 16 * config->depth * ports : config->depth;
  source->waiting = waiting < WAITING_MAX ? (uint32_t)waiting : WAITING_MAX;
  source->run = spreads ? 1 : run;
}

/* Shares the messages out among the dies that send. */
static enum oio_status start(struct oio_sources *s, const struct oio_config *config, const struct oio_topology *topology,
                             const uint32_t *partner, const double *gap_ps, struct oio_error *error) {
  const uint32_t run = s->kind == OIO_SATURATE ? oio_packing_run(config->message_bytes) : 1;
  uint32_t senders = 0;
  for (uint32_t die = 0; die < s->dies; die++) senders += partner[die] != die;
  if (senders == 0) return oio_error_set(error, OIO_ERR_CONFIG, "workload.pattern: no die sends to another; take another pattern");
  for (uint32_t die = 0, number = 0; die < s->dies; die++) {
    struct oio_source *source = &s->source[die];
    source->partner = partner[die];
    deepen(source, config, oio_topology_port_count(topology, die), run);
    if (source->partner == die) continue;
    source->left = s->left / senders + (number++ < s->left % senders);
    oio_arrivals_start(&s->arrivals, &source->arrival, gap_ps[die], config->seed, STREAM_SOURCES + die);
    if (source->left > 0) put(s, s->heap_count++, die);
  }
  for (uint32_t place = s->heap_count / 2; place-- > 0;) sink(s, place);
  return OIO_OK;
}

static enum oio_status start_all(struct oio_sources *s, const struct oio_config *config, const struct oio_topology *topology,
                                 struct oio_error *error) {
  uint32_t *partner = malloc(s->dies * sizeof *partner);
  double *gap_ps = malloc(s->dies * sizeof *gap_ps);
  enum oio_status status = OIO_OK;
  s->source = calloc(s->dies, sizeof *s->source);
  s->heap = calloc(s->dies, sizeof *s->heap);
  if (partner == NULL || gap_ps == NULL || s->source == NULL || s->heap == NULL)
    status = oio_error_set(error, OIO_ERR_NOMEM, "traffic: out of memory for %u dies", s->dies);
  if (status == OIO_OK) status = oio_pattern_partners(partner, topology, (enum oio_pattern)config->pattern, config->seed, error);
  if (status == OIO_OK) status = oio_offer_of_many(&s->offer, config, topology, partner, gap_ps, error);
  if (status == OIO_OK) status = start(s, config, topology, partner, gap_ps, error);
  free(partner);
  free(gap_ps);
  return status;
}

static enum oio_status make(struct oio_sources *s, const struct oio_config *config, struct oio_error *error) {
  struct oio_topology *topology;
  const bool is_file = strpbrk(config->net, "/.") != NULL;
  enum oio_status status = is_file ? oio_topology_load(&topology, config->net, error) : oio_topology_create(&topology, config->net, error);
  if (status != OIO_OK) return status;
  s->dies = oio_topology_dies(topology);
  s->kind = (enum oio_generator)config->generator;
  s->left = config->messages;
  s->vcs = config->generated_vcs;
  s->record.bytes = config->message_bytes;
  s->own_ps = first_flit_ps(config, topology);
  oio_arrivals_set(&s->arrivals, config);
  status = start_all(s, config, topology, error);
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

/* Where the next run of a die goes: drawn where it sends to all. */
static void begin_run(struct oio_sources *s, struct oio_source *source, uint32_t die) {
  source->run_left = source->run;
  source->destination = source->partner;
  if (source->partner != OIO_NONE) return;
  const uint32_t drawn = (uint32_t)(((oio_rng_next(&source->arrival.rng) >> 32) * (s->dies - 1)) >> 32);
  source->destination = drawn + (drawn >= die);
}

static const struct oio_record *make_record(struct oio_sources *s, uint32_t die, oio_time_ps time_ps) {
  struct oio_source *source = &s->source[die];
  struct oio_record *record = &s->record;
  if (source->run_left == 0) begin_run(s, source, die);
  record->time_ps = time_ps;
  record->id = s->next_id++;
  record->source = die;
  record->destination = source->destination;
  record->vc = source->vc;
  if (--source->run_left == 0) source->vc = (uint8_t)(source->vc + 1u == s->vcs ? 0 : source->vc + 1u);
  source->left--;
  s->left--;
  return record;
}

bool oio_sources_next(struct oio_sources *s, struct oio_record *record) {
  if (s->heap_count == 0) return false;
  const uint32_t die = s->heap[0];
  struct oio_source *source = &s->source[die];
  *record = *make_record(s, die, (oio_time_ps)source->arrival.next_ps);
  if (source->left > 0) {
    oio_arrivals_advance(&s->arrivals, &source->arrival);
  } else {
    put(s, 0, s->heap[--s->heap_count]);
  }
  if (s->heap_count > 0) sink(s, 0);
  return true;
}

const struct oio_record *oio_sources_for(struct oio_sources *s, uint32_t die, oio_time_ps now_ps) {
  return make_record(s, die, now_ps);
}

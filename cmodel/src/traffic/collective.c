/* SPDX-License-Identifier: Apache-2.0 */
/* Collectives: the bounds, and records from ids. What is sent by whom to whom after what is in schedule.c. */
#include "traffic/collective.h"

#include "traffic/schedule.h"

#include <string.h>

enum { LOCAL_BYTES = 1 };
#define CHUNKS_MAX ((uint64_t)1 << 30)
#define RECORDS_MAX ((uint64_t)1 << 47) /* ids have 48 bits on a wire */

/* Where part `index` of `parts` begins. Parts are below 2^31: no product passes 2^64. */
static uint64_t split(uint64_t whole, uint64_t index, uint64_t parts) {
  return whole / parts * index + whole % parts * index / parts;
}

static uint64_t chunk_bytes(const struct oio_collective *c, uint64_t chunk) {
  return split(c->config.bytes, chunk + 1, c->chunks) - split(c->config.bytes, chunk, c->chunks);
}

static enum oio_status check_groups(const struct oio_collective_config *c, struct oio_error *error) {
  if (c->group < 2 || (uint64_t)c->group * c->stride > c->dies || c->dies % ((uint64_t)c->group * c->stride) != 0) {
    return oio_error_set(
        error, OIO_ERR_CONFIG,
        "%u dies do not divide into groups of %u, %u apart; choose workload.group (2 or more) and workload.group_stride so that "
        "their product divides the dies",
        c->dies, c->group, c->stride);
  }
  const bool power = (c->group & (c->group - 1)) == 0;
  if (c->algorithm == OIO_HALVING_DOUBLING && !power) {
    return oio_error_set(error, OIO_ERR_CONFIG, "workload.algorithm=halving-doubling needs a group of 2, 4, 8, ... dies, not %u; use ring",
                         c->group);
  }
  return OIO_OK;
}

static enum oio_status check_sizes(const struct oio_collective *c, struct oio_error *error) {
  const struct oio_collective_config *config = &c->config;
  const uint64_t least = chunk_bytes(c, 0), blocks = c->phases > 0 && c->wide == config->group ? config->group : 1;
  if (least < blocks) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "a chunk of %llu bytes has no byte for each of %u dies; raise workload.bytes or workload.chunk_bytes",
                         (unsigned long long)least, config->group);
  }
  if (least >= OIO_TRACE_BYTES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "a chunk of %llu bytes is too large for one message; set workload.chunk_bytes below %llu",
                         (unsigned long long)least, (unsigned long long)OIO_TRACE_BYTES_MAX);
  }
  if (oio_schedule_most_waits(c) + 1 > OIO_TRACE_WAITS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "a die would wait for more than %d messages at once; raise workload.chunk_bytes",
                         OIO_TRACE_WAITS_MAX);
  }
  if (c->per_iteration > RECORDS_MAX / config->iterations) {
    return oio_error_set(error, OIO_ERR_CONFIG, "more than 2^47 messages; raise workload.chunk_bytes or lower workload.iterations");
  }
  return OIO_OK;
}

static enum oio_status check_compute(const struct oio_collective_config *c, struct oio_error *error) {
  if (c->compute_ps == 0 || c->compute_ps >= 2 * c->local_ps) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG,
                       "workload.compute_ps=%llu is less than twice die.local_ps=%llu; raise it, or lower die.local_ps",
                       (unsigned long long)c->compute_ps, (unsigned long long)c->local_ps);
}

enum oio_status oio_collective_start(struct oio_collective *c, const struct oio_collective_config *config, struct oio_error *error) {
  memset(c, 0, sizeof *c);
  c->config = *config;
  if (c->config.stride == 0) c->config.stride = 1;
  if (c->config.group == 0) c->config.group = config->dies / c->config.stride;
  enum oio_status status = check_groups(&c->config, error);
  if (status == OIO_OK) status = oio_schedule_choose(c, error);
  if (status == OIO_OK) status = check_groups(&c->config, error); /* the algorithm is known now */
  if (status == OIO_OK) status = check_compute(config, error);
  if (status != OIO_OK) return status;
  c->groups = c->config.dies / c->config.group;
  c->chunks = config->chunk_bytes == 0 ? 1 : (config->bytes + config->chunk_bytes - 1) / config->chunk_bytes;
  if (c->chunks > CHUNKS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "workload.bytes=%llu is more than 2^30 chunks; raise workload.chunk_bytes",
                         (unsigned long long)config->bytes);
  }
  c->markers = config->iterations > 1 || config->compute_ps > 0 ? c->config.dies : 0;
  c->sends = (uint64_t)c->phases * c->chunks * c->groups * c->wide;
  c->per_iteration = c->markers + c->sends + (config->compute_ps > 0 ? c->markers : 0);
  c->records = c->per_iteration * config->iterations;
  return check_sizes(c, error);
}

double oio_collective_bus_factor(enum oio_collective_kind kind, uint32_t group) {
  const double n = group;
  if (kind == OIO_BROADCAST) return 1;
  return (kind == OIO_ALL_REDUCE ? 2 : 1) * (n - 1) / n;
}

static uint32_t die_of(const struct oio_collective *c, uint32_t group, uint32_t rank) {
  const uint32_t stride = c->config.stride;
  return group / stride * stride * c->config.group + group % stride + rank * stride;
}

static uint32_t group_of(const struct oio_collective *c, uint32_t die, uint32_t *rank) {
  const uint32_t stride = c->config.stride, span = stride * c->config.group;
  *rank = die % span / stride;
  return die / span * stride + die % stride;
}

static uint64_t send_id(const struct oio_collective *c, uint64_t base, const struct oio_place *place, uint64_t chunk, uint32_t group) {
  return base + c->markers + ((place->phase * c->chunks + chunk) * c->groups + group) * c->wide + place->index;
}

static void wait_for(struct oio_collective *c, struct oio_record *record, uint64_t id, oio_time_ps delay_ps) {
  c->waits[record->waits_count] = id;
  c->delays_ps[record->waits_count++] = delay_ps;
}

/* Waits for all chunks of places, in rising order: chunk by chunk among those of one phase. */
static void wait_for_chunks(struct oio_collective *c, struct oio_record *record, uint64_t base, const struct oio_places *places,
                            uint32_t group) {
  for (uint32_t first = 0, next; first < places->count; first = next) {
    const uint32_t phase = oio_places_at(places, first).phase;
    for (next = first + 1; next < places->count && oio_places_at(places, next).phase == phase;) next++;
    for (uint64_t chunk = 0; chunk < c->chunks; chunk++) {
      for (uint32_t i = first; i < next; i++) {
        const struct oio_place place = oio_places_at(places, i);
        wait_for(c, record, send_id(c, base, &place, chunk, group), 0);
      }
    }
  }
}

/* What begins an iteration at a die: all that it must have of the one before, its compute included. */
static void begin(struct oio_collective *c, uint64_t iteration, uint32_t die, struct oio_record *record) {
  struct oio_places places;
  uint32_t rank;
  record->source = record->destination = die;
  record->bytes = LOCAL_BYTES;
  if (iteration == 0) return;
  const uint64_t base = (iteration - 1) * c->per_iteration;
  const uint32_t group = group_of(c, die, &rank);
  oio_schedule_ends(c, rank, &places);
  wait_for_chunks(c, record, base, &places, group);
  if (c->config.compute_ps > 0) wait_for(c, record, base + c->markers + c->sends + die, 0);
}

/* It ends compute_ps after the begin record entered: both are local records. */
static void compute(struct oio_collective *c, uint64_t iteration, uint32_t die, struct oio_record *record) {
  record->source = record->destination = die;
  record->bytes = LOCAL_BYTES;
  wait_for(c, record, iteration * c->per_iteration + die, c->config.compute_ps - 2 * c->config.local_ps);
}

/* From the end of the begin record to the first send. */
static oio_time_ps lead_ps(const struct oio_collective_config *c) {
  const oio_time_ps before_ps = (oio_time_ps)((1 - c->overlap) * (double)c->compute_ps + 0.5);
  return before_ps > c->local_ps ? before_ps - c->local_ps : 0;
}

static void send(struct oio_collective *c, uint64_t base, uint64_t position, struct oio_record *record, struct oio_piece *piece) {
  struct oio_places places;
  struct oio_send sent;
  const struct oio_place place = {(uint32_t)(position / (c->chunks * c->groups * c->wide)), (uint32_t)(position % c->wide)};
  const uint32_t group = (uint32_t)(position / c->wide % c->groups), n = c->config.group;
  const uint64_t chunk = position / ((uint64_t)c->wide * c->groups) % c->chunks, bytes = chunk_bytes(c, chunk);
  oio_schedule_send(c, place, &sent);
  record->source = die_of(c, group, sent.from);
  record->destination = die_of(c, group, sent.to);
  record->bytes = split(bytes, sent.first_block + sent.blocks, n) - split(bytes, sent.first_block, n);
  *piece = (struct oio_piece){chunk, sent.first_block, sent.blocks, true, sent.reduces};
  if (c->markers > 0) wait_for(c, record, base + record->source, lead_ps(&c->config));
  oio_schedule_needs(c, place, &places);
  for (uint32_t i = 0; i < places.count; i++) {
    const struct oio_place needed = oio_places_at(&places, i);
    wait_for(c, record, send_id(c, base, &needed, chunk, group), 0);
  }
}

bool oio_collective_next(struct oio_collective *c, struct oio_record *record, struct oio_piece *piece) {
  struct oio_piece none;
  if (c->next_id == c->records) return false;
  if (piece == NULL) piece = &none;
  *piece = (struct oio_piece){0};
  *record = (struct oio_record){.id = c->next_id++, .waits = c->waits, .delays_ps = c->delays_ps};
  const uint64_t iteration = record->id / c->per_iteration, position = record->id % c->per_iteration;
  if (position < c->markers) {
    begin(c, iteration, (uint32_t)position, record);
  } else if (position < c->markers + c->sends) {
    send(c, iteration * c->per_iteration, position - c->markers, record, piece);
  } else {
    compute(c, iteration, (uint32_t)(position - c->markers - c->sends), record);
  }
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Collectives: the bounds, and records from numbers. What is sent by whom to whom after what is in schedule.c. */
#include "traffic/collective.h"

#include "traffic/schedule.h"

#include <string.h>

#define CHUNKS_MAX ((uint64_t)1 << 30)

/* Where part `index` of `parts` begins. Parts are below 2^31: no product passes 2^64. */
static uint64_t split(uint64_t whole, uint64_t index, uint64_t parts) {
  return whole / parts * index + whole % parts * index / parts;
}

static uint64_t chunk_bytes(const struct oio_collective *c, uint64_t chunk) {
  return split(c->config.bytes, chunk + 1, c->chunks) - split(c->config.bytes, chunk, c->chunks);
}

/* What the user changes: a key, or a word of workload.step. */
static const char *lever(const struct oio_collective_config *c, const char *key) {
  return c->listed ? strchr(key, '.') + 1 : key;
}

static enum oio_status check_groups(const struct oio_collective_config *c, struct oio_error *error) {
  if (c->group < 2 || (uint64_t)c->group * c->stride > c->dies || c->dies % ((uint64_t)c->group * c->stride) != 0) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%u dies do not divide into groups of %u, %u apart; choose %s (2 or more) and %s so that "
                         "their product divides the dies",
                         c->dies, c->group, c->stride, lever(c, "workload.group"), lever(c, "workload.group_stride"));
  }
  const bool power = (c->group & (c->group - 1)) == 0;
  if (c->algorithm == OIO_HALVING_DOUBLING && !power) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s=halving-doubling needs a group of 2, 4, 8, ... dies, not %u; use ring",
                         lever(c, "workload.algorithm"), c->group);
  }
  return OIO_OK;
}

static enum oio_status check_sizes(const struct oio_collective *c, struct oio_error *error) {
  const struct oio_collective_config *config = &c->config;
  const uint64_t least = chunk_bytes(c, 0), blocks = c->phases > 0 && c->wide == config->group ? config->group : 1;
  if (least < blocks) {
    return oio_error_set(error, OIO_ERR_CONFIG, "a chunk of %llu bytes has no byte for each of %u dies; raise %s or workload.chunk_bytes",
                         (unsigned long long)least, config->group, lever(config, "workload.bytes"));
  }
  if (least >= OIO_TRACE_BYTES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "a chunk of %llu bytes is too large for one message; set workload.chunk_bytes below %llu",
                         (unsigned long long)least, (unsigned long long)OIO_TRACE_BYTES_MAX);
  }
  return OIO_OK;
}

enum oio_status oio_collective_start(struct oio_collective *c, const struct oio_collective_config *config, struct oio_error *error) {
  memset(c, 0, sizeof *c);
  c->config = *config;
  if (c->config.stride == 0) c->config.stride = 1;
  if (c->config.group == 0) c->config.group = config->dies / c->config.stride;
  enum oio_status status = check_groups(&c->config, error);
  if (status == OIO_OK) status = oio_schedule_choose(c, error);
  if (status == OIO_OK) status = check_groups(&c->config, error); /* the algorithm is known now */
  if (status != OIO_OK) return status;
  c->groups = c->config.dies / c->config.group;
  c->chunks = config->chunk_bytes == 0 ? 1 : (config->bytes + config->chunk_bytes - 1) / config->chunk_bytes;
  if (c->chunks > CHUNKS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s=%llu is more than 2^30 chunks; raise workload.chunk_bytes",
                         lever(&c->config, "workload.bytes"), (unsigned long long)config->bytes);
  }
  c->sends = (uint64_t)c->phases * c->chunks * c->groups * c->wide;
  return check_sizes(c, error);
}

const char *oio_collective_kind_name(enum oio_collective_kind kind) {
  static const char *const names[] = {"all-reduce", "all-gather", "reduce-scatter", "all-to-all", "broadcast"};
  return names[kind];
}

const char *oio_algorithm_name(enum oio_algorithm algorithm) {
  static const char *const names[] = {"auto", "ring", "halving-doubling", "tree", "direct"};
  return names[algorithm];
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

uint32_t oio_collective_group_of(const struct oio_collective *c, uint32_t die, uint32_t *rank) {
  const uint32_t stride = c->config.stride, span = stride * c->config.group;
  *rank = die % span / stride;
  return die / span * stride + die % stride;
}

static uint64_t send_id(const struct oio_collective *c, uint64_t base, const struct oio_place *place, uint64_t chunk, uint32_t group) {
  return base + ((place->phase * c->chunks + chunk) * c->groups + group) * c->wide + place->index;
}

/* All chunks of the places, in rising order: chunk by chunk among those of one phase. */
void oio_collective_ends(const struct oio_collective *c, uint64_t base, uint32_t die, struct oio_waits *waits) {
  struct oio_places places;
  uint32_t rank;
  const uint32_t group = oio_collective_group_of(c, die, &rank);
  oio_schedule_ends(c, rank, &places);
  for (uint32_t first = 0, next; first < places.count; first = next) {
    const uint32_t phase = oio_places_at(&places, first).phase;
    for (next = first + 1; next < places.count && oio_places_at(&places, next).phase == phase;) next++;
    for (uint64_t chunk = 0; chunk < c->chunks; chunk++) {
      for (uint32_t i = first; i < next; i++) {
        const struct oio_place place = oio_places_at(&places, i);
        oio_waits_add(waits, send_id(c, base, &place, chunk, group), 0);
      }
    }
  }
}

void oio_collective_send(const struct oio_collective *c, uint64_t base, uint64_t position, struct oio_record *record,
                         struct oio_piece *piece, struct oio_waits *waits) {
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
  oio_schedule_needs(c, place, &places);
  for (uint32_t i = 0; i < places.count; i++) {
    const struct oio_place needed = oio_places_at(&places, i);
    oio_waits_add(waits, send_id(c, base, &needed, chunk, group), 0);
  }
}

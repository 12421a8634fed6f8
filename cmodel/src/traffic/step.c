/* SPDX-License-Identifier: Apache-2.0 */
/* Steps: the parts that follow from the items, and records from ids. */
#include "traffic/step.h"

#include "traffic/schedule.h"

#include <string.h>

enum { LOCAL_BYTES = 1 };
#define RECORDS_MAX ((uint64_t)1 << 47) /* ids have 48 bits on a wire */

static uint64_t bit(uint32_t part) {
  return (uint64_t)1 << part;
}

static uint32_t add(struct oio_step *step, enum oio_step_kind kind, uint32_t anchor, oio_time_ps delay_ps, uint64_t count) {
  step->part[step->parts].kind = kind;
  step->part[step->parts].first = step->per_iteration;
  step->part[step->parts].count = count;
  step->part[step->parts].anchor = anchor;
  step->part[step->parts].delay_ps = delay_ps;
  step->per_iteration += count;
  return step->parts++;
}

static uint32_t add_join(struct oio_step *step, uint64_t joins) {
  step->part[step->parts].joins = joins;
  return add(step, OIO_STEP_JOIN, OIO_STEP_NOWHERE, 0, step->dies);
}

/* It ends compute_ps after its anchor does, or if that is a join, which takes no time of its own beside compute, after it began. */
static enum oio_status add_compute(struct oio_step *step, uint32_t anchor, oio_time_ps compute_ps, uint32_t *part,
                                   struct oio_error *error) {
  const oio_time_ps own_ps = (step->part[anchor].kind == OIO_STEP_JOIN ? 2 : 1) * step->local_ps;
  if (compute_ps < 2 * step->local_ps) {
    return oio_error_set(error, OIO_ERR_CONFIG, "compute of %llu ps is less than twice die.local_ps=%llu; raise it, or lower die.local_ps",
                         (unsigned long long)compute_ps, (unsigned long long)step->local_ps);
  }
  *part = add(step, OIO_STEP_COMPUTE, anchor, compute_ps - own_ps, step->dies);
  step->compute_ps += compute_ps;
  return OIO_OK;
}

static enum oio_status add_collective(struct oio_step *step, uint32_t anchor, oio_time_ps delay_ps,
                                      const struct oio_collective_config *config, uint32_t *part, struct oio_error *error) {
  struct oio_collective *collective = &step->part[step->parts].collective;
  const enum oio_status status = oio_collective_start(collective, config, error);
  if (status != OIO_OK) return status;
  if (oio_schedule_most_needs(collective) + 2 > OIO_TRACE_WAITS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "a die would wait for more than %d messages at once; choose smaller groups",
                         OIO_TRACE_WAITS_MAX);
  }
  if (collective->sends > RECORDS_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG, "more than 2^47 messages; raise workload.chunk_bytes or lower workload.iterations");
  *part = add(step, OIO_STEP_COLLECTIVE, anchor, delay_ps, collective->sends);
  return OIO_OK;
}

static enum oio_status check(struct oio_step *step, struct oio_error *error) {
  for (uint32_t i = 0; i < step->parts; i++) {
    uint64_t waits = 1;
    for (uint32_t k = 0; k < step->parts; k++) {
      if ((step->part[i].joins & bit(k)) == 0) continue;
      waits += step->part[k].kind == OIO_STEP_COLLECTIVE ? oio_schedule_most_ends(&step->part[k].collective) : 1;
    }
    if (waits > OIO_TRACE_WAITS_MAX) {
      return oio_error_set(error, OIO_ERR_CONFIG, "a die would wait for more than %d messages at once; raise workload.chunk_bytes",
                           OIO_TRACE_WAITS_MAX);
    }
  }
  if (step->per_iteration > RECORDS_MAX / step->iterations)
    return oio_error_set(error, OIO_ERR_CONFIG, "more than 2^47 messages; raise workload.chunk_bytes or lower workload.iterations");
  step->records = step->per_iteration * step->iterations;
  return OIO_OK;
}

/* What is over where a collective has ended at a die: what began it is not, where it receives without having sent. */
static uint64_t with_anchors(const struct oio_step *step, uint64_t joins) {
  for (uint32_t i = 0; i < step->parts; i++) {
    if ((joins & bit(i)) != 0 && step->part[i].kind == OIO_STEP_COLLECTIVE) joins |= bit(step->part[i].anchor);
  }
  return joins;
}

static void begin(struct oio_step *step, const struct oio_step_config *config) {
  memset(step, 0, sizeof *step);
  step->dies = config->dies;
  step->iterations = config->iterations;
  step->local_ps = config->local_ps;
}

enum oio_status oio_step_start(struct oio_step *step, const struct oio_step_config *config, struct oio_error *error) {
  uint64_t front = 0, beside = 0; /* what the next item waits for, beyond the anchor; what only a wait does */
  enum oio_status status = OIO_OK;
  begin(step, config);
  uint32_t anchor = add_join(step, 0), part = 0;
  for (uint32_t i = 0; i < config->count && status == OIO_OK; i++) {
    const struct oio_step_item *item = &config->items[i];
    if (item->kind == OIO_STEP_WAIT) {
      front |= beside;
      beside = 0;
      continue;
    }
    const bool after_compute = front == bit(part) && step->part[part].kind == OIO_STEP_COMPUTE;
    if (front != 0) anchor = after_compute ? part : add_join(step, with_anchors(step, front));
    front = 0;
    status = item->kind == OIO_STEP_COMPUTE ? add_compute(step, anchor, item->compute_ps, &part, error)
                                            : add_collective(step, anchor, 0, &item->collective, &part, error);
    *(item->beside ? &beside : &front) |= bit(part);
  }
  if (status != OIO_OK) return status;
  step->part[0].joins = with_anchors(step, front | beside);
  return check(step, error);
}

/* From the end of the join to the first send. */
static oio_time_ps lead_ps(oio_time_ps compute_ps, double overlap, oio_time_ps local_ps) {
  const oio_time_ps before_ps = (oio_time_ps)((1 - overlap) * (double)compute_ps + 0.5);
  return before_ps > local_ps ? before_ps - local_ps : 0;
}

enum oio_status oio_step_start_one(struct oio_step *step, const struct oio_step_config *config, oio_time_ps compute_ps, double overlap,
                                   struct oio_error *error) {
  uint32_t sends = 0, compute = 0;
  begin(step, config);
  const bool joined = config->iterations > 1 || compute_ps > 0;
  const uint32_t anchor = joined ? add_join(step, 0) : OIO_STEP_NOWHERE;
  enum oio_status status =
      add_collective(step, anchor, lead_ps(compute_ps, overlap, config->local_ps), &config->items[0].collective, &sends, error);
  if (status != OIO_OK) return status;
  if (joined) step->part[0].joins = bit(sends);
  if (compute_ps > 0) {
    status = add_compute(step, anchor, compute_ps, &compute, error);
    if (status != OIO_OK) return status;
    step->part[0].joins |= bit(compute);
  }
  return check(step, error);
}

/* All that must be over at a die; a record of it there, if it is none of a collective. */
static void join(struct oio_step *step, const struct oio_step_part *part, uint64_t base, uint32_t die) {
  for (uint32_t i = 0; i < step->parts; i++) {
    const struct oio_step_part *awaited = &step->part[i];
    if ((part->joins & bit(i)) == 0) continue;
    if (awaited->kind == OIO_STEP_COLLECTIVE) {
      oio_collective_ends(&awaited->collective, base + awaited->first, die, &step->waits);
    } else {
      oio_waits_add(&step->waits, base + awaited->first + die, 0);
    }
  }
}

const struct oio_step_part *oio_step_locate(const struct oio_step *step, uint64_t id, uint64_t *iteration, uint64_t *number) {
  const struct oio_step_part *part = step->part;
  *iteration = id / step->per_iteration;
  const uint64_t position = id % step->per_iteration;
  while (position >= part->first + part->count) part++;
  *number = position - part->first;
  return part;
}

static void follow_anchor(struct oio_step *step, const struct oio_step_part *part, uint64_t base, uint32_t die) {
  if (part->anchor != OIO_STEP_NOWHERE) oio_waits_add(&step->waits, base + step->part[part->anchor].first + die, part->delay_ps);
}

/* Where a send comes from is known once it is made, and what it waits for first is its anchor there. */
static void send(struct oio_step *step, const struct oio_step_part *part, uint64_t base, uint64_t number, struct oio_record *record,
                 struct oio_piece *piece) {
  const uint32_t anchors = part->anchor != OIO_STEP_NOWHERE;
  step->waits.count = anchors;
  oio_collective_send(&part->collective, base + part->first, number, record, piece, &step->waits);
  const uint32_t all = step->waits.count;
  step->waits.count = 0;
  follow_anchor(step, part, base, record->source);
  step->waits.count = all;
}

bool oio_step_next(struct oio_step *step, struct oio_record *record, struct oio_piece *piece) {
  struct oio_piece none;
  uint64_t iteration, number;
  if (step->next_id == step->records) return false;
  if (piece == NULL) piece = &none;
  *piece = (struct oio_piece){0};
  *record = (struct oio_record){.id = step->next_id++, .waits = step->waits.ids, .delays_ps = step->waits.delays_ps};
  const struct oio_step_part *part = oio_step_locate(step, record->id, &iteration, &number);
  const uint64_t base = record->id - number - part->first;
  step->waits.count = 0;
  if (part->kind == OIO_STEP_COLLECTIVE) {
    send(step, part, base, number, record, piece);
  } else {
    const uint32_t die = (uint32_t)number;
    record->source = record->destination = die;
    record->bytes = LOCAL_BYTES;
    if (part->kind == OIO_STEP_COMPUTE) {
      follow_anchor(step, part, base, die);
    } else if (part != step->part) {
      join(step, part, base, die);
    } else if (iteration > 0) {
      join(step, part, base - step->per_iteration, die);
    }
  }
  record->waits_count = step->waits.count;
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/step_times.h"

#include <stdlib.h>

struct oio_step_times *oio_step_times_create(const struct oio_step *step) {
  struct oio_step_times *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->step = step;
  made->die = calloc(step->dies, sizeof *made->die);
  bool good = made->die != NULL;
  for (uint32_t i = 0; i < step->parts && good; i++) {
    if (step->part[i].kind != OIO_STEP_COLLECTIVE) continue;
    made->part[i].open = calloc((size_t)step->part[i].collective.groups * OIO_TIMES_OPEN, sizeof *made->part[i].open);
    good = made->part[i].open != NULL;
  }
  if (good) return made;
  oio_step_times_destroy(made);
  return NULL;
}

void oio_step_times_destroy(struct oio_step_times *times) {
  if (times == NULL) return;
  for (uint32_t i = 0; i < OIO_STEP_PARTS; i++) free(times->part[i].open);
  free(times->die);
  free(times);
}

/* NULL: it is one of long ago. */
static struct oio_times_open *open_of(struct oio_times_of_part *part, uint32_t group, uint64_t iteration) {
  struct oio_times_open *open = &part->open[(size_t)group * OIO_TIMES_OPEN + iteration % OIO_TIMES_OPEN];
  if (iteration < open->iteration) return NULL;
  if (iteration > open->iteration) *open = (struct oio_times_open){.iteration = iteration};
  return open;
}

/* It is over when all that is sent has been delivered, and all its dies have begun: one may have got its own before it asked for it. */
static void end_if_over(struct oio_step_times *times, uint32_t index, struct oio_times_open *open) {
  const struct oio_step_part *part = &times->step->part[index];
  struct oio_times_of_part *of = &times->part[index];
  const uint32_t dies = part->anchor == OIO_STEP_NOWHERE ? 0 : part->collective.config.group;
  if (open->begun < dies || open->delivered < part->collective.sends / part->collective.groups) return;
  const oio_time_ps took_ps = open->last_ps - open->first_ps;
  of->counted++;
  of->total_ps += (double)took_ps;
  if (took_ps > of->max_ps) of->max_ps = took_ps;
  if (dies > 0) of->skew_ps += (double)open->last_begin_ps - oio_sum_value(&open->begins_ps) / dies;
}

static void note(struct oio_times_open *open, oio_time_ps time_ps) {
  if (time_ps > open->last_ps) open->last_ps = time_ps;
}

static void begin(struct oio_step_times *times, uint32_t part, uint64_t iteration, uint32_t die, oio_time_ps now_ps) {
  uint32_t rank;
  struct oio_times_open *open =
      open_of(&times->part[part], oio_collective_group_of(&times->step->part[part].collective, die, &rank), iteration);
  if (open == NULL) return;
  if (open->begun++ == 0) open->first_ps = now_ps;
  open->last_begin_ps = now_ps;
  oio_sum_add(&open->begins_ps, now_ps);
  note(open, now_ps);
  end_if_over(times, part, open);
}

void oio_step_times_local(struct oio_step_times *times, uint64_t id, oio_time_ps entry_ps, oio_time_ps now_ps) {
  const struct oio_step *step = times->step;
  uint64_t iteration, die;
  const struct oio_step_part *part = oio_step_locate(step, id, &iteration, &die);
  const uint32_t anchor = (uint32_t)(part - step->part);
  if (anchor == 0) oio_skew_begin(&times->skew, iteration, step->dies, entry_ps);
  struct oio_times_of_die *of_die = &times->die[die];
  if (part->kind == OIO_STEP_JOIN && entry_ps > of_die->idle_ps)
    times->part[of_die->last].exposed_ps += (double)(entry_ps - of_die->idle_ps);
  of_die->idle_ps = of_die->ended_ps = now_ps;
  for (uint32_t i = anchor + 1; i < step->parts; i++) {
    if (step->part[i].anchor == anchor && step->part[i].kind == OIO_STEP_COLLECTIVE)
      begin(times, i, iteration, (uint32_t)die, now_ps + step->part[i].delay_ps);
  }
}

static void give(struct oio_times_of_die *die, uint32_t part, oio_time_ps now_ps) {
  die->last = part;
  die->ended_ps = now_ps;
}

void oio_step_times_delivered(struct oio_step_times *times, uint64_t id, uint32_t source, uint32_t destination, oio_time_ps now_ps) {
  uint64_t iteration, number;
  uint32_t rank;
  const struct oio_step_part *part = oio_step_locate(times->step, id, &iteration, &number);
  const struct oio_collective *collective = &part->collective;
  const uint32_t index = (uint32_t)(part - times->step->part), group = oio_collective_group_of(collective, source, &rank);
  struct oio_times_open *open = open_of(&times->part[index], group, iteration);
  if (open != NULL) {
    open->delivered++;
    note(open, now_ps);
    end_if_over(times, index, open);
  }
  give(&times->die[destination], index, now_ps);
  if (collective->config.kind == OIO_BROADCAST && rank == 0) give(&times->die[source], index, now_ps); /* a root receives nothing */
}

double oio_step_times_exposed_ps(const struct oio_step_times *times, uint32_t part, bool whole) {
  double exposed_ps = times->part[part].exposed_ps;
  if (!whole) return 0;
  for (uint32_t i = 0; i < times->step->dies; i++) {
    const struct oio_times_of_die *die = &times->die[i];
    if (die->last == part && die->ended_ps > die->idle_ps) exposed_ps += (double)(die->ended_ps - die->idle_ps);
  }
  return exposed_ps / (double)times->step->dies / (double)times->step->iterations;
}

double oio_step_times_skew_ps(const struct oio_step_times *times, bool whole) {
  struct oio_skew skew = times->skew;
  for (uint32_t die = 0; die < times->step->dies && whole; die++)
    oio_skew_begin(&skew, times->step->iterations, times->step->dies, times->die[die].ended_ps);
  return skew.iterations == 0 ? 0 : skew.total_ps / (double)skew.iterations;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lead and trail tolerance. The changes of one side that the other has not made yet wait in a queue; each must be made by the other in the
 * same order, in time. When one is not, the pair differs from that change on, until both hold the same again.
 */
#include "memory.h"
#include "pair_internal.h"

#include <stdlib.h>

struct waiting {
  int64_t at;
  struct kept_value value;
};

struct wave_tolerance {
  struct waiting *queue; /* a ring */
  size_t first, n, size;
  int side;                  /* whose changes wait */
  bool broken;               /* they differ: compared exactly until they are equal */
  struct kept_value last[2]; /* what each side holds */
};

enum { LONGEST = 1 << 20 };

static struct waiting *waiting_at(struct wave_tolerance *own, size_t i) {
  return &own->queue[(own->first + i) % own->size];
}

static bool wait_for_other(struct wave_tolerance *own, int side, int64_t at, const struct wave_value *value) {
  if (own->n == own->size) {
    size_t larger = own->size * 2 + 4;
    struct waiting *moved = larger > LONGEST ? NULL : wave_calloc(larger, sizeof *moved);
    if (moved == NULL) return false;
    for (size_t i = 0; i < own->n; i++) moved[i] = *waiting_at(own, i);
    free(own->queue);
    own->queue = moved;
    own->size = larger;
    own->first = 0;
  }
  struct waiting *last = waiting_at(own, own->n);
  last->at = at;
  own->side = side;
  if (!wave_keep(&last->value, value)) return false;
  own->n++;
  return true;
}

static void drop_first(struct wave_tolerance *own) {
  struct kept_value room = own->queue[own->first].value;
  own->first = (own->first + 1) % own->size;
  own->n--;
  /* Its memory serves the next one in this place. */
  own->queue[(own->first + own->size - 1) % own->size].value = room;
}

bool wave_tolerance_idle(const struct pair_state *state) {
  return state->tolerance == NULL || (state->tolerance->n == 0 && !state->tolerance->broken);
}

void wave_tolerance_free(struct pair_state *state) {
  struct wave_tolerance *own = state->tolerance;
  if (own == NULL) return;
  for (size_t i = 0; i < own->size; i++) free(own->queue[i].value.bytes);
  free(own->queue);
  free(own->last[0].bytes);
  free(own->last[1].bytes);
  free(own);
  state->tolerance = NULL;
}

static bool values_equal(struct pair_step *step, const struct wave_value *a, const struct wave_value *b, int side_of_a) {
  return wave_value_equal(&step->policy->equality, step->pair->width, side_of_a == 0 ? a : b, side_of_a == 0 ? b : a);
}

static void differ(struct pair_step *step, bool differs, int64_t at, int side) {
  const bool moved[2] = {side == 0, side == 1};
  step->state->tolerance->broken = differs;
  wave_set_differs(step, differs, at, moved);
}

static void note_unknown(struct pair_step *step, const struct wave_value *a, const struct wave_value *b) {
  if (step->state->only_x) step->state->only_x = wave_value_unknown(a) || wave_value_unknown(b);
}

/* The first that waits was not made by the other side in time: they differ from there on, until one that waits is what the other holds. */
static void give_up(struct pair_step *step) {
  struct wave_tolerance *own = step->state->tolerance;
  struct wave_value other = wave_kept(&own->last[!own->side]);
  bool first = true;
  while (own->n > 0) {
    struct waiting *head = waiting_at(own, 0);
    struct wave_value value = wave_kept(&head->value);
    bool same = values_equal(step, &value, &other, own->side);
    if (first && !same) {
      differ(step, true, head->at, own->side);
      note_unknown(step, &value, &other);
    }
    if (!first && same) differ(step, false, head->at, own->side);
    drop_first(own);
    if (!first && same) return; /* the rest may still be in time */
    first = false;
    if (same) return;
  }
}

static int64_t allowed(struct pair_step *step, int waiting_side) {
  return waiting_side == WAVE_GOLDEN ? step->policy->trail : step->policy->lead;
}

static void expire(struct pair_step *step, int64_t now) {
  struct wave_tolerance *own = step->state->tolerance;
  while (own->n > 0 && !own->broken && wave_minus(now, waiting_at(own, 0)->at) > allowed(step, own->side)) give_up(step);
}

static void change(struct pair_step *step, int side, int64_t at, const struct wave_value *value) {
  struct wave_tolerance *own = step->state->tolerance;
  struct wave_value last = wave_kept(&own->last[side]);
  static const struct wave_equality exact = {0};
  if (wave_value_equal(&exact, step->pair->width, value, &last)) return; /* restated, or still unknown */
  if (!own->broken && own->n > 0 && own->side != side) {
    struct waiting *head = waiting_at(own, 0);
    struct wave_value expected = wave_kept(&head->value);
    if (values_equal(step, value, &expected, side)) {
      drop_first(own);
    } else {
      while (own->n > 0 && !own->broken) give_up(step);
      own->n = 0;
      if (!own->broken && !wait_for_other(own, side, at, value)) step->worker->out_of_memory = true;
    }
  } else if (!own->broken) {
    if (!wait_for_other(own, side, at, value)) step->worker->out_of_memory = true;
  }
  if (!wave_keep(&own->last[side], value)) step->worker->out_of_memory = true;
  if (own->broken) {
    own->n = 0;
    struct wave_value golden = wave_kept(&own->last[0]), fresh = wave_kept(&own->last[1]);
    if (wave_value_equal(&step->policy->equality, step->pair->width, &golden, &fresh)) {
      differ(step, false, at, side);
    } else {
      note_unknown(step, &golden, &fresh);
    }
  }
}

void wave_walk_tolerant(struct pair_step *step) {
  struct pair_state *state = step->state;
  struct moving *sides = step->sides;
  if (state->tolerance == NULL) {
    state->tolerance = wave_calloc(1, sizeof *state->tolerance);
    if (state->tolerance == NULL) {
      step->worker->out_of_memory = true;
      return;
    }
  }
  if (wave_tolerance_idle(state)) { /* what was passed over since is the same on both sides */
    for (int side = 0; side < 2; side++) {
      if (!wave_keep(&state->tolerance->last[side], &sides[side].now)) step->worker->out_of_memory = true;
    }
  }
  for (;;) {
    int64_t at = sides[0].at < sides[1].at ? sides[0].at : sides[1].at;
    if (at > step->lane->horizon || at == WAVE_NEVER) return;
    expire(step, at);
    for (int side = 0; side < 2; side++) {
      if (!wave_take(step, side, at)) continue;
      if (side == 0 && step->engine->lag != 0) wave_note_move(step, at);
      change(step, side, at, &sides[side].now);
    }
  }
}

void wave_tolerance_end(struct pair_step *step) {
  if (step->state->tolerance != NULL) expire(step, step->lane->end);
}

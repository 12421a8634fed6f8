/* SPDX-License-Identifier: Apache-2.0 */
#include "node/passing.h"

#include "base/memory.h"
#include "base/precondition.h"

#include <stdlib.h>
#include <string.h>

static size_t queues_of(const struct oio_passings *passings) {
  return (size_t)OIO_HOP_VCS * passings->ports * passings->ports;
}

bool oio_passings_create(struct oio_passings *passings, uint32_t ports, uint32_t places, const struct oio_switch_config *config) {
  const uint32_t outlets = OIO_HOP_VCS * ports;
  const bool fifo = config->queues == OIO_SWITCH_FIFO;
  *passings = (struct oio_passings){.ports = ports, .longest = config->turns == OIO_SWITCH_LONGEST};
  passings->all = malloc(places * sizeof *passings->all);
  passings->outlets = calloc(outlets, sizeof *passings->outlets);
  passings->last = calloc(queues_of(passings), sizeof *passings->last);
  if (fifo) passings->inlets = calloc(outlets, sizeof *passings->inlets);
  if (passings->all == NULL || passings->outlets == NULL || passings->last == NULL) return false;
  for (uint32_t o = 0; o < outlets; o++) passings->outlets[o].turn_first = OIO_NONE;
  return !fifo || passings->inlets != NULL;
}

void oio_passings_destroy(struct oio_passings *passings) {
  free(passings->all);
  free(passings->outlets);
  free(passings->inlets);
  free(passings->last);
}

void oio_passings_memory(const struct oio_passings *passings, uint32_t places, struct oio_memory *memory) {
  const uint64_t outlets = (uint64_t)OIO_HOP_VCS * passings->ports;
  oio_memory_add_untouched(memory, places * sizeof *passings->all);
  oio_memory_add(memory, outlets * sizeof *passings->outlets);
  oio_memory_add_untouched(memory, queues_of(passings) * sizeof *passings->last);
  if (passings->inlets != NULL) oio_memory_add(memory, outlets * sizeof *passings->inlets);
}

/* Each queue that has something has its first in the line of turns. */
static void forget_available(struct oio_passings *passings, uint32_t outlet) {
  for (uint32_t i = passings->outlets[outlet].turn_first; i != OIO_NONE; i = passings->all[i].next_turn) {
    passings->last[(size_t)outlet * passings->ports + passings->all[i].input] = 0;
  }
}

void oio_passings_reset(struct oio_passings *passings) {
  for (uint32_t o = 0; o < OIO_HOP_VCS * passings->ports; o++) {
    forget_available(passings, o);
    passings->outlets[o].coming_first = passings->outlets[o].turn_first = OIO_NONE;
    if (passings->inlets != NULL) passings->inlets[o].first = OIO_NONE;
  }
}

/* Into what is coming to its outlet, by available_ps, behind those of the same. Only with one queue can it be earlier than the last: it
 * stood behind another when that one arrived. */
void oio_passings_come(struct oio_passings *passings, uint32_t index) {
  struct oio_passing *all = passings->all, *it = &all[index];
  struct oio_outlet *outlet = &passings->outlets[it->outlet];
  uint32_t after = outlet->coming_first == OIO_NONE ? OIO_NONE : outlet->coming_last;
  while (after != OIO_NONE && all[after].available_ps > it->available_ps) after = all[after].previous;
  it->previous = after;
  it->next = after == OIO_NONE ? outlet->coming_first : all[after].next;
  if (it->next == OIO_NONE) {
    outlet->coming_last = index;
  } else {
    all[it->next].previous = index;
  }
  if (after == OIO_NONE) {
    outlet->coming_first = index;
  } else {
    all[after].next = index;
  }
}

void oio_passings_enter(struct oio_passings *passings, uint32_t index, unsigned hop_vc) {
  if (passings->inlets == NULL) {
    oio_passings_come(passings, index);
    return;
  }
  struct oio_inlet *inlet = &passings->inlets[OIO_HOP_VCS * passings->all[index].input + hop_vc];
  passings->all[index].behind = OIO_NONE;
  if (inlet->first == OIO_NONE) {
    inlet->first = index;
    oio_passings_come(passings, index);
  } else {
    passings->all[inlet->last].behind = index;
  }
  inlet->last = index;
}

/* The same where turns go by what has waited longest: behind those that have waited as long. */
static void join_by_wait(struct oio_passings *passings, struct oio_outlet *outlet, uint32_t index) {
  struct oio_passing *all = passings->all;
  uint32_t after = outlet->turn_first == OIO_NONE ? OIO_NONE : outlet->turn_last;
  while (after != OIO_NONE && oio_passings_longer(passings, index, after)) after = all[after].previous_turn;
  all[index].previous_turn = after;
  all[index].next_turn = after == OIO_NONE ? outlet->turn_first : all[after].next_turn;
  if (all[index].next_turn == OIO_NONE) {
    outlet->turn_last = index;
  } else {
    all[all[index].next_turn].previous_turn = index;
  }
  if (after == OIO_NONE) {
    outlet->turn_first = index;
  } else {
    all[after].next_turn = index;
  }
}

/* The first available of an input joins the line of those that have a turn. */
static void join_line(struct oio_passings *passings, struct oio_outlet *outlet, uint32_t index) {
  if (passings->longest) {
    join_by_wait(passings, outlet, index);
    return;
  }
  passings->all[index].next_turn = OIO_NONE;
  if (outlet->turn_first == OIO_NONE) {
    outlet->turn_first = index;
  } else {
    passings->all[outlet->turn_last].next_turn = index;
  }
  outlet->turn_last = index;
}

static uint32_t *last_of(struct oio_passings *passings, const struct oio_passing *it) {
  return &passings->last[(size_t)it->outlet * passings->ports + it->input];
}

void oio_passings_make_available(struct oio_passings *passings, uint32_t index) {
  struct oio_passing *it = &passings->all[index];
  uint32_t *last = last_of(passings, it);
  if (*last == 0) {
    it->next = index;
    join_line(passings, &passings->outlets[it->outlet], index);
  } else {
    struct oio_passing *before = &passings->all[*last - 1];
    it->next = before->next;
    before->next = index;
  }
  *last = index + 1;
}

void oio_passings_arrive(struct oio_passings *passings, uint32_t outlet, oio_time_ps now_ps) {
  struct oio_outlet *o = &passings->outlets[outlet];
  for (uint32_t i; (i = o->coming_first) != OIO_NONE && passings->all[i].available_ps <= now_ps;) {
    o->coming_first = passings->all[i].next;
    if (o->coming_first != OIO_NONE) passings->all[o->coming_first].previous = OIO_NONE;
    oio_passings_make_available(passings, i);
  }
}

oio_time_ps oio_passings_available_ps(const struct oio_passings *passings, uint32_t outlet) {
  const struct oio_outlet *o = &passings->outlets[outlet];
  if (o->turn_first != OIO_NONE) return 0;
  return o->coming_first == OIO_NONE ? OIO_NEVER : passings->all[o->coming_first].available_ps;
}

uint32_t oio_passings_take(struct oio_passings *passings, uint32_t outlet) {
  struct oio_outlet *o = &passings->outlets[outlet];
  OIO_PRECONDITION(o->turn_first != OIO_NONE);
  const uint32_t index = o->turn_first;
  const struct oio_passing *it = &passings->all[index];
  uint32_t *last = last_of(passings, it);
  o->turn_first = it->next_turn;
  if (passings->longest && o->turn_first != OIO_NONE) passings->all[o->turn_first].previous_turn = OIO_NONE;
  if (*last == index + 1) {
    *last = 0;
  } else {
    passings->all[*last - 1].next = it->next;
    join_line(passings, o, it->next);
  }
  return index;
}

uint32_t oio_passings_follow(struct oio_passings *passings, uint32_t index, unsigned hop_vc, oio_time_ps now_ps) {
  struct oio_inlet *inlet = &passings->inlets[OIO_HOP_VCS * passings->all[index].input + hop_vc];
  OIO_PRECONDITION(inlet->first == index);
  const uint32_t next = inlet->first = passings->all[index].behind;
  if (next == OIO_NONE) return OIO_NONE;
  if (passings->all[next].available_ps < now_ps) passings->all[next].available_ps = now_ps;
  oio_passings_come(passings, next);
  return next;
}

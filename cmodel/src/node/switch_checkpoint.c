/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads are saved in the order in which they stand at each outlet, and with one queue behind the first of each inlet; and stand there
 * anew, one by one, when they are loaded: the lists follow. */
#include "node/switch_checkpoint.h"

#include "base/precondition.h"
#include "link/link_checkpoint.h"
#include "node/switch_state.h"

/* Where a payload is, and what it is. Loading: it is not in any list yet. Returns its index; OIO_NONE: something is wrong. */
static uint32_t keep_passing(struct oio_switch *sw, uint32_t index, uint32_t outlet, struct oio_checkpoint *c) {
  struct oio_passing *all = sw->passings.all;
  uint32_t input = 0, place = 0;
  if (!oio_checkpoint_loads(c)) {
    input = all[index].input;
    place = index - sw->ports[input].first_place;
  }
  OIO_KEEP(c, input, sw->ports_count - 1);
  OIO_KEEP_ANY(c, place);
  const struct oio_payload *payload = oio_link_checkpoint_place(sw->ports[input].link, place, c);
  if (payload == NULL) return OIO_NONE;
  if (!oio_checkpoint_loads(c)) return index;
  const uint32_t loaded = sw->ports[input].first_place + place;
  all[loaded] = (struct oio_passing){.since_ps = oio_switch_since_ps(sw, payload), .input = input, .outlet = outlet, .behind = OIO_NONE};
  return loaded;
}

static struct oio_inlet *inlet_of(const struct oio_switch *sw, uint32_t index) {
  const struct oio_switch_port *from = &sw->ports[sw->passings.all[index].input];
  const struct oio_payload *payload = oio_link_buffered(from->link, index - from->first_place);
  return &sw->passings.inlets[OIO_HOP_VCS * sw->passings.all[index].input + (payload->bytes[1] & 1)];
}

/* Loading with one queue: what stands at an outlet is the first of its inlet. */
static bool load_first(struct oio_switch *sw, uint32_t index, struct oio_checkpoint *c) {
  if (sw->passings.inlets == NULL) return true;
  struct oio_inlet *inlet = inlet_of(sw, index);
  if (!oio_checkpoint_require(c, "inlet", inlet->first == OIO_NONE)) return false;
  inlet->first = inlet->last = index;
  return true;
}

static void keep_coming(struct oio_switch *sw, uint32_t outlet, struct oio_checkpoint *c) {
  struct oio_passings *passings = &sw->passings;
  uint32_t coming = 0, at = passings->outlets[outlet].coming_first;
  for (uint32_t i = at; i != OIO_NONE; i = passings->all[i].next) coming++;
  OIO_KEEP_ANY(c, coming);
  oio_time_ps before_ps = 0;
  for (uint32_t i = 0; i < coming; i++) {
    const uint32_t index = keep_passing(sw, at, outlet, c);
    if (index == OIO_NONE) return;
    OIO_KEEP_ANY(c, passings->all[index].available_ps);
    if (!oio_checkpoint_require(c, "order", passings->all[index].available_ps >= before_ps)) return;
    before_ps = passings->all[index].available_ps;
    at = passings->all[index].next;
    if (!oio_checkpoint_loads(c)) continue;
    if (!load_first(sw, index, c)) return;
    oio_passings_come(passings, index);
  }
}

static uint32_t count_available(const struct oio_passings *passings, const struct oio_outlet *outlet) {
  uint32_t available = 0;
  for (uint32_t first = outlet->turn_first; first != OIO_NONE; first = passings->all[first].next_turn) {
    uint32_t i = first;
    do {
      available++;
      i = passings->all[i].next;
    } while (i != first);
  }
  return available;
}

/* Those of an input one behind another; inputs in the order of their turns. */
static void save_available(struct oio_switch *sw, uint32_t outlet, struct oio_checkpoint *c) {
  const struct oio_passings *passings = &sw->passings;
  for (uint32_t first = passings->outlets[outlet].turn_first; first != OIO_NONE; first = passings->all[first].next_turn) {
    uint32_t i = first;
    do {
      keep_passing(sw, i, outlet, c);
      i = passings->all[i].next;
    } while (i != first);
  }
}

static void keep_available(struct oio_switch *sw, uint32_t outlet, struct oio_checkpoint *c) {
  uint32_t available = oio_checkpoint_loads(c) ? 0 : count_available(&sw->passings, &sw->passings.outlets[outlet]);
  OIO_KEEP_ANY(c, available);
  if (!oio_checkpoint_loads(c)) {
    save_available(sw, outlet, c);
    return;
  }
  uint32_t input = OIO_NONE; /* of the one before */
  for (uint32_t i = 0; i < available; i++) {
    const uint32_t index = keep_passing(sw, OIO_NONE, outlet, c);
    if (index == OIO_NONE || !load_first(sw, index, c)) return;
    const struct oio_passing *it = &sw->passings.all[index];
    const bool begins = sw->passings.last[(size_t)outlet * sw->ports_count + it->input] == 0;
    if (!oio_checkpoint_require(c, "order", begins || it->input == input)) return;
    input = it->input;
    oio_passings_make_available(&sw->passings, index);
  }
}

/* One queue: what stands behind the first of an inlet, each with the outlet that it will stand at. */
static void keep_behind(struct oio_switch *sw, struct oio_inlet *inlet, struct oio_checkpoint *c) {
  struct oio_passing *all = sw->passings.all;
  uint32_t behind = 0, at = inlet->first == OIO_NONE ? OIO_NONE : all[inlet->first].behind;
  for (uint32_t i = at; i != OIO_NONE; i = all[i].behind) behind++;
  OIO_KEEP_ANY(c, behind);
  for (uint32_t i = 0; i < behind; i++) {
    uint32_t outlet = oio_checkpoint_loads(c) ? 0 : all[at].outlet;
    OIO_KEEP(c, outlet, OIO_HOP_VCS * sw->ports_count - 1);
    const uint32_t index = keep_passing(sw, at, outlet, c);
    if (index == OIO_NONE) return;
    OIO_KEEP_ANY(c, all[index].available_ps);
    at = all[index].behind;
    if (!oio_checkpoint_loads(c)) continue;
    if (!oio_checkpoint_require(c, "inlet", inlet->first != OIO_NONE && inlet == inlet_of(sw, index))) return;
    all[inlet->last].behind = index;
    inlet->last = index;
  }
}

/* Each place that is taken of each port stands in one list. */
static void keep_passings(struct oio_switch *sw, struct oio_checkpoint *c) {
  uint32_t taken = 0, buffered = 0;
  if (oio_checkpoint_loads(c)) oio_passings_reset(&sw->passings);
  for (uint32_t outlet = 0; outlet < OIO_HOP_VCS * sw->ports_count && c->wrong == OIO_CHECKPOINT_GOOD; outlet++) {
    keep_coming(sw, outlet, c);
    keep_available(sw, outlet, c);
  }
  for (uint32_t i = 0; sw->passings.inlets != NULL && i < OIO_HOP_VCS * sw->ports_count && c->wrong == OIO_CHECKPOINT_GOOD; i++) {
    keep_behind(sw, &sw->passings.inlets[i], c);
  }
  for (uint32_t port = 0; port < sw->ports_count; port++) {
    struct oio_link_state state;
    oio_link_get_state(sw->ports[port].link, &state);
    buffered += state.buffered_flits;
    taken += oio_link_places_taken(sw->ports[port].link);
  }
  oio_checkpoint_require(c, "places", taken == buffered);
}

void oio_switch_checkpoint(struct oio_switch *sw, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "ports", sw->ports_count);
  oio_checkpoint_same(c, "latency_ps", sw->latency_ps);
  oio_checkpoint_same(c, "queues", sw->queues);
  oio_checkpoint_same(c, "turns", sw->turns);
  OIO_KEEP_ANY(c, sw->malformed);
  for (uint32_t port = 0; port < sw->ports_count; port++) {
    struct oio_switch_port *it = &sw->ports[port];
    OIO_PRECONDITION(it->unrouted == OIO_NONE);
    oio_link_checkpoint(it->link, c);
    OIO_KEEP(c, it->turn, OIO_HOP_VCS - 1);
    if (oio_checkpoint_loads(c)) it->unrouted = OIO_NONE;
  }
  keep_passings(sw, c);
}

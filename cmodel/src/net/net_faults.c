/* SPDX-License-Identifier: Apache-2.0 */
/* What of a schedule of faults is for which wire of a net, and whether it can be. */
#include "net/net_state.h"
#include "net/outages.h"
#include "oio/faults.h"

#include <stdlib.h>
#include <string.h>

/* Of all wires together: 900 MB. */
enum { EVENTS_MAX = 1 << 24 };

/* What a wire has of a schedule. */
struct oio_wire_events {
  struct oio_channel_event *event;
  uint32_t count;
  bool errs; /* an error rate makes errors, as far as the schedule has been gone through */
};

struct oio_net_faults {
  uint32_t events;              /* of all wires */
  struct oio_wire_events *wire; /* of each port */
  struct oio_channel_event *arena;
  struct oio_outages outages;
  struct oio_faults *drawn; /* NULL: nothing of it was */
};

/* The schedule, while it is dealt out. */
struct dealing {
  const struct oio_net *net;
  const struct oio_config *config;
  struct oio_faults *faults;
  struct oio_error *error;
};

void oio_net_faults_destroy(struct oio_net_faults *faults) {
  if (faults == NULL) return;
  free(faults->wire);
  free(faults->arena);
  free(faults->outages.at);
  oio_faults_destroy(faults->drawn);
  free(faults);
}

const struct oio_faults *oio_net_drawn(const struct oio_net *net) {
  return net->faults == NULL ? NULL : net->faults->drawn;
}

bool oio_net_down(const struct oio_net *net, oio_time_ps end_ps, oio_time_ps *of_links_ps, oio_time_ps *of_any_ps) {
  *of_links_ps = *of_any_ps = 0;
  if (net->faults == NULL) return true;
  *of_links_ps = oio_outages_of_links_ps(&net->faults->outages, end_ps);
  *of_any_ps = oio_outages_of_any_ps(&net->faults->outages, end_ps);
  return !net->faults->outages.by_flit;
}

bool oio_net_outage(const struct oio_net *net, size_t number, struct oio_outage *outage) {
  const bool there = net->faults != NULL && number < net->faults->outages.of_links;
  if (there) *outage = net->faults->outages.at[number];
  return there;
}

void oio_net_faults_of(const struct oio_net_faults *faults, uint32_t port, struct oio_channel_config *channel) {
  if (faults == NULL) return;
  channel->events = faults->wire[port].event;
  channel->event_count = faults->wire[port].count;
}

/* Is the wire of this port among those of the fault? */
static bool is_of(const struct dealing *d, const struct oio_fault *fault, uint32_t port) {
  switch (fault->place) {
  case OIO_FAULT_LINK:
    return port / 2 == fault->which;
  case OIO_FAULT_WIRE:
    return port == fault->which;
  case OIO_FAULT_CLASS:
    return strcmp(fault->link_class, oio_config_class_name(d->config, oio_net_class_of(d->net, d->config, port / 2))) == 0;
  default:
    return true;
  }
}

static enum oio_status refuse(const struct dealing *d, const struct oio_fault *fault, const char *what, const char *link_class,
                              const char *remedy) {
  char where[OIO_FAULT_WHERE_BYTES];
  return oio_error_set(d->error, OIO_ERR_CONFIG, "%s: %s%s%s", oio_faults_where(d->faults, fault, where), what, link_class, remedy);
}

/* A part of a line that there is. */
static enum oio_status check_part(const struct dealing *d, const struct oio_fault *fault, unsigned link_class) {
  const struct oio_link_class *of = &d->config->classes[link_class];
  const char *name = oio_config_class_name(d->config, link_class);
  char where[OIO_FAULT_WHERE_BYTES];
  if (of->stripe_bits == 0) return refuse(d, fault, "to its errors the line is one lane; set ", name, ".stripe_bits=1 (or 10, 64)");
  if (fault->event.number < oio_net_parts_of(of, fault->event.what)) return OIO_OK;
  return oio_error_set(
      d->error, OIO_ERR_CONFIG,
      "%s: there is no number %u: a link of class %s has %llu lanes with spares, %llu fibres (%s.wavelengths) and %llu lasers "
      "(%s.laser_fibres), from 0",
      oio_faults_where(d->faults, fault, where), fault->event.number, name, (unsigned long long)oio_net_parts_of(of, OIO_EVENT_LANE),
      (unsigned long long)oio_net_parts_of(of, OIO_EVENT_FIBRE), name, (unsigned long long)oio_net_parts_of(of, OIO_EVENT_LASER), name);
}

/* An error rate that errors of the class can have. */
static enum oio_status check_rate(const struct dealing *d, const struct oio_fault *fault, unsigned link_class) {
  const char *name = oio_config_class_name(d->config, link_class);
  struct oio_channel_config channel;
  char where[OIO_FAULT_WHERE_BYTES];
  oio_config_class_channel(d->config, link_class, 0, false, &channel);
  if (oio_channel_check_errors(&channel.errors, fault->event.value, NULL) == OIO_OK) return OIO_OK;
  return oio_error_set(d->error, OIO_ERR_CONFIG,
                       "%s: errors of class %s, %s, cannot come at a rate of %g; give 0, another rate (pam4: up to 0.375; two-state: from "
                       "RATE times PART), or set %s.errors",
                       oio_faults_where(d->faults, fault, where), name, d->config->classes[link_class].errors, fault->event.value, name);
}

static enum oio_status check_fault(const struct dealing *d, const struct oio_fault *fault, uint32_t port, struct oio_wire_events *wire) {
  const unsigned link_class = oio_net_class_of(d->net, d->config, port / 2);
  const struct oio_link_class *of = &d->config->classes[link_class];
  const char *name = oio_config_class_name(d->config, link_class);
  if (fault->flaps && of->relink_ps == 0)
    return refuse(d, fault, "nothing says how long the link then takes to come up; set ", name,
                  ".relink_ps or .tech, or write down for TIME");
  if (fault->event.what == OIO_EVENT_RATE) {
    wire->errs = wire->errs || fault->event.value > 0;
    return check_rate(d, fault, link_class);
  }
  const bool closes = fault->event.what == OIO_EVENT_LOSS || fault->event.what == OIO_EVENT_DETUNE;
  if (closes && !wire->errs && of->bit_error_rate == 0)
    return refuse(d, fault, "light that is lost makes no errors where there are none; set ", name, ".bit_error_rate");
  if (fault->event.what == OIO_EVENT_DETUNE && of->ring_pm_per_k == 0)
    return refuse(d, fault, "heat moves rings, and its links have none; set ", name, ".ring_pm_per_k, or .tech to one with rings");
  const bool of_lanes = fault->event.what == OIO_EVENT_LANE || fault->event.what == OIO_EVENT_LASER || fault->event.what == OIO_EVENT_FIBRE;
  return of_lanes ? check_part(d, fault, link_class) : OIO_OK;
}

/* A fault of no wire names a place that there is not. */
static enum oio_status refuse_place(const struct dealing *d, const struct oio_fault *fault) {
  char where[OIO_FAULT_WHERE_BYTES];
  oio_faults_where(d->faults, fault, where);
  if (fault->place == OIO_FAULT_CLASS)
    return oio_error_set(d->error, OIO_ERR_CONFIG, "%s: the net has no link of class %s; see `oio net show`", where, fault->link_class);
  return oio_error_set(d->error, OIO_ERR_CONFIG, "%s: there is no %s %u; the net has %u, from 0 (oio net show)", where,
                       fault->place == OIO_FAULT_LINK ? "link" : "wire", fault->which,
                       fault->place == OIO_FAULT_LINK ? d->net->ports / 2 : d->net->ports);
}

/* The ports that a fault may be of: of a link two, of all every one. */
static uint32_t first_port(const struct oio_fault *fault) {
  if (fault->place == OIO_FAULT_LINK) return fault->which < UINT32_MAX / 2 ? 2 * fault->which : UINT32_MAX;
  return fault->place == OIO_FAULT_WIRE ? fault->which : 0;
}

static uint32_t ports_of(const struct oio_fault *fault, uint32_t ports) {
  if (fault->place == OIO_FAULT_LINK) return 2;
  return fault->place == OIO_FAULT_WIRE ? 1 : ports;
}

static const struct oio_link_class *class_at(const struct dealing *d, uint32_t port) {
  return &d->config->classes[oio_net_class_of(d->net, d->config, port / 2)];
}

/* Of a wire. */
static uint32_t events_of(const struct dealing *d, const struct oio_fault *fault, uint32_t port) {
  return fault->event.what == OIO_EVENT_DETUNE ? oio_net_heat_steps(class_at(d, port), fault) : 1;
}

/* The wire of this port has the fault, if that can be. */
static enum oio_status count_fault(const struct dealing *d, struct oio_net_faults *made, const struct oio_fault *fault, uint32_t port) {
  char where[OIO_FAULT_WHERE_BYTES];
  const uint32_t events = events_of(d, fault, port);
  made->wire[port].count += events;
  made->events += events;
  if (made->events > EVENTS_MAX)
    return oio_error_set(d->error, OIO_ERR_CONFIG, "%s: more than %d events of all wires together; use fewer repeats, or fewer links",
                         oio_faults_where(d->faults, fault, where), EVENTS_MAX);
  return check_fault(d, fault, port, &made->wire[port]);
}

/* Counts what each wire has, and sees whether it can be. */
static enum oio_status count(const struct dealing *d, struct oio_net_faults *made) {
  for (uint32_t i = 0; i < oio_faults_count(d->faults); i++) {
    const struct oio_fault *fault = oio_faults_at(d->faults, i);
    const uint32_t first = first_port(fault);
    bool any = false;
    for (uint32_t p = first; p < d->net->ports && p - first < ports_of(fault, d->net->ports); p++) {
      if (!is_of(d, fault, p)) continue;
      const enum oio_status status = count_fault(d, made, fault, p);
      if (status != OIO_OK) return status;
      any = true;
    }
    if (!any) return refuse_place(d, fault);
  }
  return OIO_OK;
}

/* ---- what is drawn ---- */

/* Draws a rate for a link, or a wire of it. */
static enum oio_status draw_at(const struct dealing *d, uint32_t rate, uint32_t port) {
  const struct oio_fault_rate *r = oio_faults_rate(d->faults, rate);
  const unsigned link_class = oio_net_class_of(d->net, d->config, port / 2);
  const struct oio_link_class *of = &d->config->classes[link_class];
  const bool wire = r->fault.place == OIO_FAULT_WIRE;
  struct oio_wire_events any = {.errs = true};
  struct oio_fault_target target = {.place = wire ? OIO_FAULT_WIRE : OIO_FAULT_LINK, .which = wire ? port : port / 2, .parts = 1};
  const enum oio_status status = check_fault(d, &r->fault, port, &any);
  if (status != OIO_OK) return status;
  if (r->any) target.parts = r->fault.event.what == OIO_EVENT_FLIP ? OIO_FLIT_BITS : (uint32_t)oio_net_parts_of(of, r->fault.event.what);
  target.mean_ps = r->mean_ps > 0 ? r->mean_ps : oio_net_mean_ps(of, r->fault.flaps) / r->times;
  const uint64_t seed = d->config->faults_seed != 0 ? d->config->faults_seed : d->config->seed;
  if (target.mean_ps > 0 && target.mean_ps < 1e300) return oio_faults_draw(d->faults, rate, &target, seed, d->error);
  return refuse(d, &r->fault, "nothing says how often that is; give a rate, as `every 2ms on average`, or set ",
                oio_config_class_name(d->config, link_class), r->fault.flaps ? ".tech, to one that flaps" : ".tech, to one that fails");
}

/* Every link that it names has it by itself. */
static enum oio_status draw_rate(const struct dealing *d, uint32_t rate) {
  const struct oio_fault fault = oio_faults_rate(d->faults, rate)->fault;
  const uint32_t first = first_port(&fault), step = fault.place == OIO_FAULT_WIRE ? 1 : 2;
  bool any = false;
  for (uint32_t p = first; p < d->net->ports && p - first < ports_of(&fault, d->net->ports); p += step) {
    if (!is_of(d, &fault, p)) continue;
    const enum oio_status status = draw_at(d, rate, p);
    if (status != OIO_OK) return status;
    any = true;
  }
  return any ? OIO_OK : refuse_place(d, &fault);
}

static enum oio_status draw(const struct dealing *d) {
  const uint32_t rates = oio_faults_rates(d->faults);
  for (uint32_t i = 0; i < rates; i++) {
    const enum oio_status status = draw_rate(d, i);
    if (status != OIO_OK) return status;
  }
  return rates == 0 ? OIO_OK : oio_faults_settle(d->faults, d->error);
}

/* ---- dealt out ---- */

static void deal_fault(const struct dealing *d, struct oio_net_faults *made, const struct oio_fault *fault, uint32_t port) {
  struct oio_wire_events *wire = &made->wire[port];
  const uint32_t events = events_of(d, fault, port);
  for (uint32_t i = 0; i < events; i++) {
    struct oio_channel_event *event = &wire->event[wire->count++];
    *event = fault->event;
    if (fault->flaps) event->for_ps = class_at(d, port)->relink_ps;
    if (fault->event.what == OIO_EVENT_DETUNE) oio_net_heat_step(class_at(d, port), fault, i, event);
  }
}

/* Ramps of temperature overlap with what comes after them. By merging, so that those of one time stay in their order. */
static void sort(struct oio_channel_event *event, struct oio_channel_event *spare, uint32_t count) {
  if (count < 2) return;
  const uint32_t half = count / 2;
  sort(event, spare, half);
  sort(event + half, spare, count - half);
  if (oio_event_is_first(&event[half - 1], &event[half])) return;
  memcpy(spare, event, half * sizeof *event);
  for (uint32_t i = 0, j = half, out = 0; i < half; out++) {
    const bool from_spare = j == count || oio_event_is_first(&spare[i], &event[j]);
    event[out] = from_spare ? spare[i++] : event[j++];
  }
}

/* spare: as many as there are in all. */
static void deal(const struct dealing *d, struct oio_net_faults *made, struct oio_channel_event *spare) {
  struct oio_channel_event *at = made->arena;
  for (uint32_t p = 0; p < d->net->ports; p++) {
    made->wire[p].event = at;
    at += made->wire[p].count;
    made->wire[p].count = 0;
  }
  for (uint32_t i = 0; i < oio_faults_count(d->faults); i++) {
    const struct oio_fault *fault = oio_faults_at(d->faults, i);
    const uint32_t first = first_port(fault);
    for (uint32_t p = first; p < d->net->ports && p - first < ports_of(fault, d->net->ports); p++) {
      if (is_of(d, fault, p)) deal_fault(d, made, fault, p);
    }
  }
  for (uint32_t p = 0; p < d->net->ports; p++) sort(made->wire[p].event, spare, made->wire[p].count);
}

static bool find_outages(struct oio_net_faults *made, uint32_t ports) {
  for (uint32_t p = 0; p < ports; p += 2) {
    const struct oio_channel_event *event[2] = {made->wire[p].event, made->wire[p + 1].event};
    if (!oio_outages_add_link(&made->outages, p / 2, event, (const uint32_t[]){made->wire[p].count, made->wire[p + 1].count})) return false;
  }
  return oio_outages_settle(&made->outages);
}

static enum oio_status deal_out(const struct dealing *d, struct oio_net_faults *made) {
  made->wire = calloc(d->net->ports, sizeof *made->wire);
  if (made->wire == NULL) return oio_error_set(d->error, OIO_ERR_NOMEM, "net: out of memory");
  enum oio_status status = draw(d);
  if (status == OIO_OK) status = count(d, made);
  if (status != OIO_OK) return status;
  made->arena = malloc(((size_t)made->events + 1) * sizeof *made->arena);
  struct oio_channel_event *spare = malloc(((size_t)made->events + 1) * sizeof *spare);
  if (made->arena != NULL && spare != NULL) {
    deal(d, made, spare);
  }
  if (made->arena == NULL || spare == NULL || !find_outages(made, d->net->ports)) {
    status = oio_error_set(d->error, OIO_ERR_NOMEM, "net: out of memory for the events of its faults");
  }
  free(spare);
  return status;
}

enum oio_status oio_net_faults_read(struct oio_net_faults **faults, const struct oio_net *net, const struct oio_config *config,
                                    struct oio_error *error) {
  struct oio_faults *schedule = NULL;
  *faults = NULL;
  if (config->faults[0] == '\0') return OIO_OK;
  enum oio_status status = oio_faults_read(&schedule, config->faults, error);
  if (status != OIO_OK) return status;
  struct oio_net_faults *made = calloc(1, sizeof *made);
  const struct dealing d = {.net = net, .config = config, .faults = schedule, .error = error};
  status = made == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory") : deal_out(&d, made);
  if (status == OIO_OK && oio_faults_rates(schedule) > 0) {
    made->drawn = schedule;
  } else {
    oio_faults_destroy(schedule);
  }
  if (status == OIO_OK) {
    *faults = made;
  } else {
    oio_net_faults_destroy(made);
  }
  return status;
}

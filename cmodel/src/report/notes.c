/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader of the results should know before he believes them: each with a code for programs and a sentence for people. */
#include "oio/results.h"
#include "oio/tech_figures.h"

#include "report/technology_text.h"

#include <stdarg.h>
#include <stdio.h>

struct notes {
  struct oio_note *list;
  unsigned count;
};

__attribute__((format(printf, 3, 4))) static void add(struct notes *notes, const char *code, const char *format, ...) {
  struct oio_note *note = &notes->list[notes->count++];
  va_list arguments;
  va_start(arguments, format);
  note->code = code;
  vsnprintf(note->text, sizeof note->text, format, arguments);
  va_end(arguments);
}

/* From a flit to its Ack: there and back, and what the Ack may wait for a flit to ride on. Both ways saturated, it never waits. */
static double loop_ps(const struct oio_config *c, unsigned link_class) {
  const double flit_ps = (double)oio_config_class_flit_ps(c, link_class);
  const double way_ps = (double)oio_config_class_flight_ps(c, link_class) +
                        (double)(c->classes[link_class].logic_ps + c->classes[link_class].skew_ps + c->classes[link_class].gearbox_ps) +
                        flit_ps + (double)oio_config_class_fec_ps(c, link_class);
  const oio_time_ps loop_ps =
      oio_config_is_tunnelled(c) && link_class == OIO_CLASS_DIE_LINK ? oio_config_tunnel_loop_ps(c) : (oio_time_ps)(2 * way_ps);
  const bool rides = c->generator == OIO_SATURATE && c->directions == OIO_BOTH_WAYS && !oio_config_is_routed(c);
  return (double)loop_ps + (rides ? 0 : (double)c->link_ack_delay_flits * flit_ps);
}

/* A class of links whose window or buffer is used up before the first Ack is back. */
static void add_window(struct notes *notes, const struct oio_config *c, unsigned link_class) {
  const struct oio_link_class *of = &c->classes[link_class];
  const uint64_t flits = of->window_flits < of->buffer_flits ? of->window_flits : of->buffer_flits;
  const double full = (double)flits * (double)oio_config_class_flit_ps(c, link_class) / loop_ps(c, link_class);
  const char *name = oio_config_class_name(c, link_class);
  const bool end_to_end = link_class == OIO_CLASS_DIE_LINK && oio_config_is_tunnelled(c) && flits == OIO_DIE_WINDOW_MAX;
  if (flits == 0 || full >= 1) return;
  add(notes, "window_bound", "%s.%s=%llu carries at most %.1f %% of the link: the rest of the time it waits for Acks; %s", name,
      of->window_flits <= of->buffer_flits ? "window_flits" : "buffer_flits", (unsigned long long)flits, 100 * full,
      end_to_end ? "there is no larger one: let bridges end the links (bridge.mode=links), or shorten the way" : "raise it");
}

/* Dies at tunnels whose timeout ends before an Ack can be back. */
static void add_timeout(struct notes *notes, const struct oio_results *r, const struct oio_config *c) {
  const double flits = loop_ps(c, OIO_CLASS_DIE_LINK) / (double)oio_config_class_flit_ps(c, OIO_CLASS_DIE_LINK);
  const uint64_t timeout = c->classes[OIO_CLASS_DIE_LINK].timeout_flits;
  if (!oio_config_is_tunnelled(c) || flits <= (double)timeout) return;
  add(notes, "timeout_below_round_trip",
      "an Ack is back after %.0f flit times, and die_link.timeout_flits=%llu: what has arrived is sent again, %llu times here; let bridges "
      "end the links (bridge.mode=links), or shorten the way",
      flits, (unsigned long long)timeout, (unsigned long long)r->links.duplicate);
}

/* What a tunnel's die has used up before the first of it is back. */
static void add_units(struct notes *notes, const struct oio_config *c) {
  struct oio_tunnel_config tunnel;
  if (!oio_config_is_tunnelled(c)) return;
  oio_config_tunnel(c, &tunnel);
  const double flit_ps = (double)oio_config_class_flit_ps(c, OIO_CLASS_DIE_LINK);
  const double full = (double)tunnel.units * flit_ps / (flit_ps + (double)(2 * tunnel.credit_ps + tunnel.logic_ps));
  if (full >= 1) return;
  add(notes, "units_bound",
      "bridge.buffer_flits=%u carries at most %.1f %% of the die link: the rest of the time it waits for units; raise it",
      (unsigned)tunnel.units, 100 * full);
}

/* Is there such a link in the net? */
static bool counts(const struct oio_config *c, unsigned link_class) {
  if (oio_config_is_routed(c)) return link_class >= OIO_CLASS_PACKAGE;
  if (link_class == OIO_CLASS_OPTICAL) return true;
  return (oio_config_topology(c) == OIO_BRIDGED && link_class == OIO_CLASS_DIE_LINK);
}

/* What the run takes from a technology and nobody has published. */
static void add_assumed(struct notes *notes, const struct oio_config *c, unsigned link_class) {
  const struct oio_tech *tech = oio_tech_find(c->classes[link_class].tech);
  char names[OIO_NOTE_BYTES / 2] = "";
  size_t used = 0;
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    if (!oio_technology_assumes(c, link_class, (enum oio_tech_quantity)q)) continue;
    used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                             oio_tech_quantity_help_of((enum oio_tech_quantity)q)->name);
  }
  if (used > 0)
    add(notes, "assumed_values", "%s.tech=%s: assumed, not published: %s; `oio tech show` has the ranges",
        oio_config_class_name(c, link_class), tech->name, names);
}

/* What moves error rates, where there are none. */
static void add_idle_errors(struct notes *notes, const struct oio_config *c, unsigned link_class) {
  const struct oio_link_class *of = &c->classes[link_class];
  const char *name = oio_config_class_name(c, link_class);
  if (of->bit_error_rate > 0 || c->faults[0] != '\0' || (of->walk == 0 && of->lane_spread == 0)) return;
  add(notes, "no_errors_to_move", "%s.%s does nothing: there are no errors whose rate it could move; set %s.bit_error_rate", name,
      of->walk > 0 ? "walk" : "lane_spread", name);
}

/* Without its code in blocks a class still has the errors that the code before it leaves, if they are those that the technology brought. */
static void add_inner_code(struct notes *notes, const struct oio_config *c, unsigned link_class) {
  const struct oio_link_class *of = &c->classes[link_class];
  const struct oio_tech *tech = oio_tech_find(of->tech);
  const char *name = oio_config_class_name(c, link_class);
  struct oio_correction correction;
  if (tech == NULL || of->tech_errors == 0 || of->fec != OIO_FEC_NONE || !oio_tech_correction(tech, &correction)) return;
  const double line_rate = tech->value[oio_tech_error_rate(tech)].typical, left = oio_correction_rate(&correction, line_rate);
  if (left >= line_rate || of->bit_error_rate < left || of->bit_error_rate > left) return;
  add(notes, "inner_code_stays",
      "%s.fec=none leaves out the KP4 of %s.tech=%s alone: an error rate of %g is what the code before it leaves of the line's %g; set "
      "%s.bit_error_rate=%g for a line without any",
      name, name, tech->name, left, line_rate, name, line_rate);
}

static void add_bounds(struct notes *notes, const struct oio_config *c) {
  const bool bridged = !oio_config_is_routed(c) && oio_config_topology(c) == OIO_BRIDGED;
  for (unsigned of = 0; of < oio_config_classes(c); of++) {
    if (counts(c, of) && !(of == OIO_CLASS_OPTICAL && oio_config_is_tunnelled(c))) add_window(notes, c, of);
    if (counts(c, of)) add_assumed(notes, c, of);
    if (counts(c, of)) add_idle_errors(notes, c, of);
    if (counts(c, of)) add_inner_code(notes, c, of);
  }
  if (!bridged || oio_config_class_bits_per_s(c, OIO_CLASS_DIE_LINK) >= oio_config_class_bits_per_s(c, OIO_CLASS_OPTICAL)) return;
  add(notes, "die_link_bound", "the die links carry %.1f Gb/s and the optical link %.1f: they bound the throughput; raise die_link.lanes",
      oio_config_class_bits_per_s(c, OIO_CLASS_DIE_LINK) / 1e9, oio_config_class_bits_per_s(c, OIO_CLASS_OPTICAL) / 1e9);
}

/* By what the pattern asks of the wires; else by what is seen: what enters faster than it leaves waits the longer the longer the run: half
 * of all messages more than a fiftieth of it. */
static void add_saturation(struct notes *notes, const struct oio_results *r, const struct oio_config *c) {
  enum { MESSAGES_MIN = 1000, PARTS = 50 };
  if (c->generator != OIO_POISSON && c->generator != OIO_BURST) return;
  if (r->offer.wire_load > 1) {
    add(notes, "beyond_saturation",
        "the wire %s->%s is asked %.4g times what it carries, and latencies grow with the length of the run; lower workload.load",
        r->offer.from, r->offer.to, r->offer.wire_load);
    return;
  }
  if (r->traffic.delivered < MESSAGES_MIN) return;
  if (r->latency_p50_ps - r->latency_min_ps <= r->sim_time_ps / PARTS) return;
  add(notes, "beyond_saturation",
      "half of the messages waited for more than a fiftieth of the run: more is offered than can be carried, and latencies grow with its "
      "length; lower workload.load");
}

unsigned oio_results_notes(const struct oio_results *r, const struct oio_config *c, struct oio_note list[OIO_NOTES_MAX]) {
  struct notes notes = {.list = list};
  if (r->traffic.local > 0 && r->traffic.sent == 0)
    add(&notes, "nothing_carried", "nothing was carried: every message stays inside a die; trace.map says which node is on which");
  if (r->traffic.stalled_reading)
    add(&notes, "lookahead_full", "the look-ahead was full: some records entered late; raise trace.lookahead_records");
  if (c->reset_at_ps > r->sim_time_ps)
    add(&notes, "reset_not_met", "the traffic ended before reset.at_ps=%llu: no reset met it", (unsigned long long)c->reset_at_ps);
  if (c->faults[0] != '\0' && r->faults.events == 0)
    add(&notes, "no_fault_met",
        "no flit met an event of faults.schedule: the traffic on those wires ended before, or none was drawn; give earlier times, or "
        "another seed");
  if (r->pairs_left_out > 0)
    add(&notes, "pairs_left_out", "%llu pairs of dies have no row of their own; raise results.pairs",
        (unsigned long long)r->pairs_left_out);
  if (c->interval_ps > 0 && r->interval_ps > c->interval_ps)
    add(&notes, "interval_widened", "intervals are %llu ps long, so that there are no more than 65536; raise results.interval_ps",
        (unsigned long long)r->interval_ps);
  if (c->warm_up_ps > 0 && c->warm_up_ps >= r->sim_time_ps)
    add(&notes, "all_warm_up", "the run ended within results.warm_up_ps: no latency and no goodput was measured; lower it");
  add_bounds(&notes, c);
  add_units(&notes, c);
  add_timeout(&notes, r, c);
  add_saturation(&notes, r, c);
  return notes.count;
}

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Watches one link port of a device under test from outside: every flit that goes in and every flit that comes out. It keeps its own small
 * account of the rules of SPEC.md (it shares no code with the link), says which rule a flit broke, when and with what, and never stops
 * anything: the bench fetches the findings and decides.
 *
 * Two monitors of one bridge, joined, also follow each payload from the port where it was accepted to the port where it leaves: in order,
 * unaltered, once; and carry the model's stamp across, so that latency parts hold through RTL.
 */
#ifndef OIO_MONITOR_H
#define OIO_MONITOR_H

#include "oio/link.h"
#include "oio/rules.h"
#include "oio/waivers.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_monitor;

struct oio_monitor_config {
  const char *name;                                    /**< of the port, for findings: "near die side" */
  uint8_t format;                                      /**< 3 or 6 */
  uint8_t sequence_bits;                               /**< 8 or 16 */
  uint32_t window_flits;                               /**< the device's replay buffer */
  uint32_t buffer_flits;                               /**< the device's receive buffer */
  uint32_t peer_buffer_flits;                          /**< its peer's receive buffer */
  uint32_t inside_flits;                               /**< payloads between acceptance here and their Ack at the port behind, at most */
  oio_time_ps logic_ps;                                /**< what a payload takes through the device at least; more is counted as queueing */
  oio_time_ps timeout_ps, nak_repeat_ps, ack_delay_ps; /**< as the device's */
  /** From a flit that has gone in to the first beat of one that shows what became of it, at most: its pipeline, and five flit times for
   *  those on the wire and behind it, and those that rule T3 has explicit. 0: nothing is said of due times and causes. */
  oio_time_ps response_ps;
};

/** A rule that was broken. */
struct oio_finding {
  oio_time_ps time_ps;
  const char *rule; /**< its name: "T3", "section 5"; of oio_rule_name(), or as it was noted */
  char text[200];   /**< port, what was seen, what was right */
};

enum oio_status oio_monitor_create(struct oio_monitor **monitor, const struct oio_monitor_config *config, struct oio_error *error);
void oio_monitor_destroy(struct oio_monitor *monitor);
/** As it was created. */
const struct oio_monitor_config *oio_monitor_get_config(const struct oio_monitor *monitor);
/** Each flit is shown to tap() first: out, at the start of its first beat, or in, when it has gone in whole; 256 bytes. NULL: to nobody. */
void oio_monitor_tap(struct oio_monitor *monitor, void (*tap)(void *context, oio_time_ps time_ps, bool out, const uint8_t *flit),
                     void *context);
/** Findings of these rules, at ports of this name, are counted there and nowhere else. They outlive the monitor; NULL: none is waived. */
void oio_monitor_waive(struct oio_monitor *monitor, struct oio_waivers *waivers);
/** The device was reset: everything known about it is forgotten; findings stay. */
void oio_monitor_reset(struct oio_monitor *monitor);
/** What is accepted at `from` comes out at `to`. */
void oio_monitor_join(struct oio_monitor *from, struct oio_monitor *to);

/** A flit that arrived at arrival_ps has gone into the device whole: waiting for the clock until now_ps is the device's doing. Its syndrome
 *  says whether its CRCs agree: they did when it was put on the channel, or the monitor there has set it. */
void oio_monitor_into(struct oio_monitor *monitor, oio_time_ps arrival_ps, oio_time_ps now_ps, const struct oio_wire *wire);
/** A flit whose first beat left the device at start_ps has come out whole. Its stamp is filled in. */
void oio_monitor_out(struct oio_monitor *monitor, oio_time_ps start_ps, struct oio_wire *wire);

/** The device's link end has failed, and says why: until a reset it owes nothing. A failure by rule R4, R5 or R7 (sequence zero) that
 * nothing which went in explains is a finding. */
void oio_monitor_stop(struct oio_monitor *monitor, enum oio_link_failure why);
/** Nothing has come out or gone in for a while: what should have by now_ps is a finding. */
void oio_monitor_rest(struct oio_monitor *monitor, oio_time_ps now_ps);

/** The bench itself saw a rule broken at this port; text is copied. */
void oio_monitor_note(struct oio_monitor *monitor, oio_time_ps time_ps, const char *rule, const char *text);

/** The oldest finding not fetched yet. False: none. The first 64 are kept. */
bool oio_monitor_fetch(struct oio_monitor *monitor, struct oio_finding *finding);
/** How many there were that are not waived, kept or not. */
uint64_t oio_monitor_findings(const struct oio_monitor *monitor);

/** What the device did, in the terms of oio_link_state: sent_payload, sent_nop, sent_replayed, received, received_payload,
 * received_invalid, undetected; what it was told last: acked, credit_limit; and the round of the last flit that it sent: round. */
void oio_monitor_get_counts(const struct oio_monitor *monitor, struct oio_link_state *counts);
#ifdef __cplusplus
}
#endif
#endif

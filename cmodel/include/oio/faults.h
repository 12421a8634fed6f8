/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A schedule of what happens to the wires of a net, and when: read from text (docs/faults.md has the language), to be carried out by
 * channels (SPEC.md section 15). It knows places by their names; which links there are is the net's. What has a rate in place of a time is
 * drawn for each link before it is carried out.
 */
#ifndef OIO_FAULTS_H
#define OIO_FAULTS_H

#include "oio/channel.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  OIO_FAULT_LOSS_STEPS = 64,  /**< of a loss that comes over a time */
  OIO_FAULTS_MAX = 1 << 20,   /**< events of a schedule, repeats and steps counted */
  OIO_FAULT_CLASS_BYTES = 32, /**< with its end */
  OIO_FAULT_WHERE_BYTES = 200,
  OIO_FAULT_TEXT_BYTES = 160, /**< of oio_fault_text, with its end */
};

enum oio_fault_place {
  OIO_FAULT_LINK = 0, /**< both wires of link `which` */
  OIO_FAULT_WIRE,     /**< wire `which`: a direction of link which / 2 */
  OIO_FAULT_CLASS,    /**< every link of a class */
  OIO_FAULT_ALL,
};

struct oio_fault {
  enum oio_fault_place place;
  uint32_t which;
  char link_class[OIO_FAULT_CLASS_BYTES];
  bool flaps;                     /**< down for the time that the class takes to link again */
  struct oio_channel_event event; /**< of OIO_EVENT_DETUNE the value is in kelvin, over for_ps; what that moves is of the class */
  uint32_t statement;             /**< number of the event in a text, of the line in a file; from 1 */
};

/** Something that happens again and again, at times of chance. */
struct oio_fault_rate {
  struct oio_fault fault; /**< what; its time is the first at which it can be */
  oio_time_ps until_ps;   /**< and here it cannot be any more; a flit, where the event has one, as mean_ps */
  bool any;               /**< the number of the lane, laser or fibre is drawn */
  bool relocks;           /**< it comes up again with another error rate, relock_rate: that follows it as an event of its own */
  double relock_rate;
  double mean_ps; /**< from one to the next; 0: as the technology of the class has it, `times` as often */
  double times;
};

/** One link or wire that a rate is drawn for. */
struct oio_fault_target {
  enum oio_fault_place place; /**< OIO_FAULT_LINK or OIO_FAULT_WIRE */
  uint32_t which;
  uint32_t parts; /**< lanes, lasers or fibres that it has; 1 and more, where `any` is asked */
  double mean_ps; /**< above 0 */
};

struct oio_faults;

/**
 * Reads a schedule: its text, which begins with the word `at` or `from`, events with `;` between them, or else the name of a file, an event
 * a line, # begins a comment; a file of no bytes is none. OIO_ERR_CONFIG, OIO_ERR_IO, OIO_ERR_NOMEM: error says where and what.
 */
enum oio_status oio_faults_read(struct oio_faults **faults, const char *schedule, struct oio_error *error);
/** Is that the text of a schedule itself, rather than the name of a file of one? */
bool oio_faults_is_text(const char *schedule);
void oio_faults_destroy(struct oio_faults *faults);
/** In order (oio_event_is_first), those of one time or flit as they stand. */
uint32_t oio_faults_count(const struct oio_faults *faults);
const struct oio_fault *oio_faults_at(const struct oio_faults *faults, uint32_t index);
/** What is still to be drawn, as it stands in the text; 0 .. oio_faults_rates() - 1. */
uint32_t oio_faults_rates(const struct oio_faults *faults);
const struct oio_fault_rate *oio_faults_rate(const struct oio_faults *faults, uint32_t index);
/**
 * Adds the events of a rate at one target: distances between them are exponential, of the stream that SPEC.md section 15 gives this rate
 * and target. oio_faults_settle puts all in order, once everything has been drawn. OIO_ERR_CONFIG: there are more than OIO_FAULTS_MAX.
 */
enum oio_status oio_faults_draw(struct oio_faults *faults, uint32_t rate, const struct oio_fault_target *target, uint64_t seed,
                                struct oio_error *error);
enum oio_status oio_faults_settle(struct oio_faults *faults, struct oio_error *error);
/** A link while one of its wires is down; for good: to_ps is OIO_NEVER. */
struct oio_outage {
  uint32_t link;
  oio_time_ps from_ps, to_ps;
};

struct oio_net;
/** The outages of a net by its schedule as it was dealt out, flaps, classes and what was drawn too: those of one link after the other, each
 *  of its in order and apart. What begins or ends with a flit is not among them. False: there are not so many. */
bool oio_net_outage(const struct oio_net *net, size_t number, struct oio_outage *outage);
/** An event as the text of a schedule, which reads back as the same; returns out. */
const char *oio_fault_text(const struct oio_fault *fault, char out[OIO_FAULT_TEXT_BYTES]);
/** Where a fault stands, for a message: "FILE:12" or "faults.schedule, event 3"; returns out. */
const char *oio_faults_where(const struct oio_faults *faults, const struct oio_fault *fault, char out[OIO_FAULT_WHERE_BYTES]);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A schedule of what happens to the wires of a net, and when: read from text (docs/faults.md has the language), to be carried out by
 * channels (SPEC.md section 15). It knows places by their names; which links there are is the net's.
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
  bool flaps; /**< down for the time that the class takes to link again */
  struct oio_channel_event event;
  uint32_t statement; /**< number of the event in a text, of the line in a file; from 1 */
};

struct oio_faults;

/**
 * Reads a schedule: its text, which begins with the word `at`, events with `;` between them, or else the name of a file, an event a line, #
 * begins a comment; a file of no bytes is none. OIO_ERR_CONFIG, OIO_ERR_IO, OIO_ERR_NOMEM: error says where and what.
 */
enum oio_status oio_faults_read(struct oio_faults **faults, const char *schedule, struct oio_error *error);
/** Is that the text of a schedule itself, rather than the name of a file of one? */
bool oio_faults_is_text(const char *schedule);
void oio_faults_destroy(struct oio_faults *faults);
/** In the order of their times, those of one time as they stand. */
uint32_t oio_faults_count(const struct oio_faults *faults);
const struct oio_fault *oio_faults_at(const struct oio_faults *faults, uint32_t index);
/** Where a fault stands, for a message: "FILE:12" or "faults.schedule, event 3"; returns out. */
const char *oio_faults_where(const struct oio_faults *faults, const struct oio_fault *fault, char out[OIO_FAULT_WHERE_BYTES]);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One importer a format: fills messages and the head from the files of a capture. docs/trace-format.md says what becomes of what.
 */
#ifndef TRACE_IMPORTERS_H
#define TRACE_IMPORTERS_H

#include "messages.h"

struct import_options {
  oio_time_ps cycle_ps;    /**< 0: the format's own default */
  oio_time_ps delivery_ps; /**< from a message's time to its delivery, where the capture does not say; 0: not known */
  bool one_vc;
};

/** What an importer left out, for the summary. */
struct import_notes {
  uint64_t beyond_end; /**< dependents after the end of the recording */
  uint64_t not_kept;   /**< events that are no message between nodes */
  uint64_t for_what;   /**< of these, waits of which the capture does not say for what */
};

/** A netrace version 1 file. */
enum oio_status import_netrace(const char *path, const struct import_options *options, struct messages *messages,
                               struct oio_trace_header *header, struct import_notes *notes, struct oio_error *error);
/** tt-npe JSON: files, or folders of them. */
enum oio_status import_tt_npe(char *const *paths, int count, const struct import_options *options, struct messages *messages,
                              struct oio_trace_header *header, struct import_notes *notes, struct oio_error *error);

/** cycle * cycle_ps; false when the time is beyond what a trace can hold. */
static inline bool import_time(uint64_t cycle, oio_time_ps cycle_ps, oio_time_ps *time_ps) {
  if (cycle > (OIO_TRACE_TIME_MAX - 1) / cycle_ps) return false;
  *time_ps = cycle * cycle_ps;
  return true;
}

#endif

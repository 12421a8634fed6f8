/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One importer a format, a file in formats/ and a row in importer_table.c: it fills messages and the head from the files of a capture.
 * docs/trace-format.md says what becomes of what.
 */
#ifndef TRACE_IMPORTERS_H
#define TRACE_IMPORTERS_H

#include "messages.h"

enum { IMPORT_LEFT_OUT_MAX = 20, IMPORT_SNIFF_BYTES = 4096 };

/** A link of the machine that a capture was made on. */
struct import_link {
  oio_time_ps latency_ps; /**< of a message of no bytes */
  double ps_per_byte;     /**< 0: nothing is known of it */
};

struct import_options {
  oio_time_ps cycle_ps;    /**< 0: the format's own default */
  oio_time_ps delivery_ps; /**< from a message's time to its delivery, where the capture does not say; 0: not known */
  bool one_vc;
  bool data_only;                   /**< of Chakra: control dependencies are left out */
  uint32_t ranks;                   /**< of the program, where the capture is of one of them or does not say; 0: not said */
  const char *algorithm;            /**< of collectives, as workload.algorithm; NULL: auto */
  uint64_t flit_bytes;              /**< of what counts flits; 0: the format's own default */
  uint64_t cycles;                  /**< how long rates last; 0: the default */
  uint64_t interleave_bytes, homes; /**< of addresses: so many bytes in a row at one of so many homes; 0: the defaults */
  oio_time_ps memory_ps;            /**< from a request's delivery to the answer */
  uint64_t eager_bytes;             /**< of a recorded MPI program: a send of more is over when it has been delivered */
  struct import_link link;          /**< between the ranks of one while it was recorded */
  const char *pins;                 /**< of a wave: the file that says which signals carry messages; NULL: not said */
  uint64_t limit;                   /**< of records: what becomes more is refused */
};

/** What an importer left out or could not take as it is, by kind, for the summary. */
struct import_notes {
  struct import_left_out {
    const char *kind; /**< a literal, in the plural: "events between no two nodes" */
    const char *fate; /**< a literal: "left out" */
    uint64_t count;
  } left_out[IMPORT_LEFT_OUT_MAX];
  uint64_t for_what; /**< waits of which the capture does not say for what */
};

/** Everything an importer reads and fills. */
struct import_context {
  char *const *paths; /**< as the user named them */
  int count;          /**< of the paths; one, unless the importer takes many */
  const struct import_options *options;
  struct messages *messages;
  struct oio_trace_header header;
  struct import_notes notes;
  uint64_t joins; /**< local records made, each of which waits for many (graph.h) */
};

struct importer {
  const char *name;  /**< of --format */
  const char *takes; /**< what IN is, for --help */
  /** Is this such a capture? `first` are its first bytes, decompressed if it is gzip. */
  bool (*sniff)(const unsigned char *first, size_t count);
  enum oio_status (*read)(struct import_context *context, struct oio_error *error);
  const char *heeds; /**< the options that say something to it, by name, each behind a space; those of all importers left out */
  bool many;         /**< more than one IN, and folders */
  bool delivery;     /**< takes --delivery-ps */
};

/** The table, which ends with an importer without a name. */
extern const struct importer importers[];
/** By its name; NULL: there is none. */
const struct importer *importer_named(const char *name);
/** The importer for what is in the first of the paths, or in the first file of that folder. */
enum oio_status importer_detect(const struct importer **importer, const char *path, struct oio_error *error);
/** Counts what was left out. */
void import_left_out(struct import_notes *notes, const char *kind, uint64_t count);
/** Counts what was not, but is not as in the capture; fate says what became of it. */
void import_changed(struct import_notes *notes, const char *kind, const char *fate, uint64_t count);

enum oio_status import_netrace(struct import_context *context, struct oio_error *error);
enum oio_status import_tt_npe(struct import_context *context, struct oio_error *error);
enum oio_status import_goal(struct import_context *context, struct oio_error *error);
enum oio_status import_htsim(struct import_context *context, struct oio_error *error);
enum oio_status import_chakra(struct import_context *context, struct oio_error *error);
enum oio_status import_simai(struct import_context *context, struct oio_error *error);
enum oio_status import_memory(struct import_context *context, struct oio_error *error);
enum oio_status import_popnet(struct import_context *context, struct oio_error *error);
enum oio_status import_rapidchiplet(struct import_context *context, struct oio_error *error);
enum oio_status import_nccl_log(struct import_context *context, struct oio_error *error);
enum oio_status import_nccl_inspector(struct import_context *context, struct oio_error *error);
enum oio_status import_mpi(struct import_context *context, struct oio_error *error);
enum oio_status import_wave(struct import_context *context, struct oio_error *error);
enum oio_status import_chakra_json(struct import_context *context, struct oio_error *error);

/** cycle * cycle_ps; false when the time is beyond what a trace can hold. */
static inline bool import_time(uint64_t cycle, oio_time_ps cycle_ps, oio_time_ps *time_ps) {
  if (cycle > (OIO_TRACE_TIME_MAX - 1) / cycle_ps) return false;
  *time_ps = cycle * cycle_ps;
  return true;
}

#endif

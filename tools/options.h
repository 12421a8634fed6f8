/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The options that `oio sim` and `oio cosim` share, and what both do before and after a run.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "oio/results.h"
#include "oio/waivers.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { EXIT_DONE = 0, EXIT_BAD_RESULT = 1, EXIT_UNUSABLE = 2 };

enum rtl_place { RTL_NEAR = 0, RTL_FAR, RTL_BOTH, RTL_NONE };

struct results_db;

struct options {
  struct oio_config config; /**< resolved */
  struct oio_config asked;  /**< as it was before */
  const char *trace;        /**< file, or NULL */
  const char *json;         /**< file, "-" for standard output, or NULL */
  const char *csv;          /**< folder, or NULL */
  const char *append;       /**< file of rows, or NULL (sim) */
  const char *db;           /**< database of results, or NULL */
  const char *cover;        /**< file of coverage, or NULL */
  const char *flit_log;     /**< files that show the flits (docs/seeing.md), or NULL (sim) */
  const char *pcap, *perfetto;
  uint64_t repeat; /**< runs, with seeds one after the other (sim) */
  bool quiet;
  const char *waves; /**< file, or NULL (cosim) */
  uint64_t wave_from_ps, wave_to_ps;
  uint64_t wave_before_ps; /**< waves of the first finding alone, from so long before it; 0: of wave_from_ps to wave_to_ps */
  bool wave_payload;
  const char *wire_log; /**< file of the flits at the RTL's ports, or NULL (cosim) */
  bool strict;          /**< cosim */
  /** --waive, --waivers and --severity in their order (cosim); each can be read by itself. */
  struct {
    const char *option, *value;
  } waivers[OIO_WAIVERS_MAX];
  unsigned waivers_count;
  enum rtl_place rtl;              /**< cosim */
  struct oio_trace_reader *reader; /**< opened by options_run */
};

/** A line on standard error that begins with `oio COMMAND: `. Returns EXIT_UNUSABLE. */
__attribute__((format(printf, 2, 3))) int options_refuse(const char *command, const char *format, ...);
/** Reads the command line. Returns -1 to go on, else the exit status: EXIT_DONE after --help, EXIT_UNUSABLE after a one-line error on
 * stderr. */
int options_read(struct options *options, int argc, char **argv, bool cosim);
/** An option that sets the configuration, in one of two passes: files first, so that none wins over the command line, then everything else.
 * -1: it is no such option; else whether it could be done, or was of the other pass. */
int options_take_config(struct oio_config *config, const char *name, const char *value, bool files, struct oio_error *error);
/** What of trace and generated traffic does not go together, in a line; NULL: nothing. */
const char *options_objection(const struct options *options);
/** On a command line that options_read took without error: how far it is from this option to the next. */
int options_step(const char *option);
/** The key that such an option sets with this value ("workload.messages" of --messages, KEY of --set); false: none. */
bool options_key(const char *option, const char *value, char *key, size_t key_nbytes);
/**
 * A whole command: reads the command line (cosim: its own options are allowed too), resolves the configuration, checks the outputs, opens
 * the trace and calls run(), which may be interrupted. Returns the exit status: of run(), or as options_read.
 */
int options_run(int argc, char **argv, bool cosim, int (*run)(const struct options *options));
/** Whether the results go to standard output as JSON, which then has it alone. */
bool options_print_json(const struct options *options);
/** Echoes the effective configuration on stdout, unless quiet or the JSON goes there. */
void options_echo(const struct options *options, const char *host);
/** What the run carries: the trace's file name, or the generator. */
const char *options_workload(const struct options *options);
/** Prints the table, writes JSON and CSV, adds the run to the database. net, traffic: of the run, or both NULL, and there is no detail.
 * repeat: NULL, it is one run; else each is in the database already. Returns the exit status. */
int options_report(const struct options *options, struct oio_results *results, const char *host, const struct oio_net *net,
                   const struct oio_traffic *traffic, const struct oio_repeat *repeat);

/** Appends the run to the file of rows, if there is one. False, after a one-line error: it could not. */
bool options_append(const struct options *options, const struct oio_results *results);

/** Adds the run to the database of results, if there is one; *db is opened at first (NULL), and is to be closed. As options_append. host,
 * net, traffic: as of options_report. */
bool options_add(const struct options *options, struct results_db **db, const struct oio_results *results, const char *host,
                 const struct oio_net *net, const struct oio_traffic *traffic);

/** Wall-clock and CPU seconds, for results. */
double clock_wall_s(void);
double clock_cpu_s(void);

#ifdef __cplusplus
}
#endif
#endif

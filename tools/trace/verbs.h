/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The verbs of `oio trace`, and how each reports what went wrong: one line on stderr.
 */
#ifndef TRACE_VERBS_H
#define TRACE_VERBS_H

#include "oio/base.h"

enum { EXIT_USAGE = 2 };

int trace_generate(int argc, char **argv);
int trace_import(int argc, char **argv);
/** -1: trace_import would go on to the capture; else the exit status, and it has been said why. */
int trace_import_check(int argc, char **argv);
int trace_info(int argc, char **argv);
int trace_record(int argc, char **argv);

/** Prints "oio trace VERB: ...; see `oio trace VERB --help`" and returns EXIT_USAGE. */
int trace_usage(const char *verb, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/** Prints the error and returns the exit status that belongs to it. */
int trace_failure(const struct oio_error *error);
/** Says that nothing was written and returns INTERRUPT_EXIT. */
int trace_interrupted(const char *verb);
/** The file that the value of --output names; "-" is standard output. */
char *trace_output(char *value);
/** A decimal number in low..high, and nothing else; false otherwise. */
bool trace_number(const char *text, uint64_t low, uint64_t high, uint64_t *value);

#endif

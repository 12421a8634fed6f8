/* SPDX-License-Identifier: Apache-2.0 */
/** What the commands on waveforms share: options, and the files and streams that they write. What goes wrong is said on stderr. */
#ifndef WAVE_COMMAND_LINE_H
#define WAVE_COMMAND_LINE_H

#include "error.h"
#include "out.h"

#include <stdint.h>

struct command_name {
  const char *says; /**< before what it says on stderr */
  const char *call; /**< how it is called */
};

/** Says what is wrong with an argument, and where the options are listed. Returns 2. */
int command_usage_error(const struct command_name *name, const char *format, const char *what);

/** Says on standard error what went wrong; where memory ran out, that, and once only, whatever else follows from it. */
void command_complain(const struct command_name *name, const struct wave_error *error);
/** The exit status: status, but 2 where memory ran out, which is said if nothing has said it yet; an interrupted command stays so. */
int command_status(const struct command_name *name, int status);

/** A number from 1 to 1000000; else false. */
bool command_take_number(const struct command_name *name, const char *option, const char *value, uint32_t *number);

/** This day in UTC, as 20261231. */
int command_today(void);

/** An option and where it goes: one of the places is given. A flag has no value. */
struct command_option {
  const char *option;
  bool *flag;
  const char **text;
  uint32_t *number;
};
/** Takes argv[*i], an option, and its value, to which *i moves. False: it is none of them, or its value is wrong. */
bool command_take_option(const struct command_name *name, const struct command_option *options, size_t n, int argc, char **argv, int *i);

/** Writes and frees out; the path "-" is standard output. */
bool command_write(const struct command_name *name, const char *path, struct wave_out *out);
/** Adds to the page of a GitHub job, where there is one, and frees out. */
bool command_write_job_page(const struct command_name *name, struct wave_out *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writes a run again as compactly as it goes, without what is no change: restated values, all but the last value of a tick, dates,
 * versions, comments. Equal runs of one simulator give equal bytes.
 */
#ifndef WAVE_REWRITE_H
#define WAVE_REWRITE_H

#include "error.h"
#include "rules.h"

#include <stdbool.h>
#include <stdint.h>

struct wave_rewritten {
  uint64_t variables, left_out;
  char end[48];     /**< of the run, as "2999500 ps" */
  char content[65]; /**< SHA-256 of all variables with all their changes, the same for every file format, id, order and time unit */
};

/** Refuses a run that can be read in part only. What rules exclude is left out; NULL: none. stop: asked now and then, true gives up; NULL:
 * never. */
enum wave_status wave_rewrite(const char *from, const char *to, const struct wave_rules *rules, bool (*stop)(void),
                              struct wave_rewritten *about, struct wave_error *error);

#endif

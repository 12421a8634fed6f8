/* SPDX-License-Identifier: Apache-2.0 */
/** Parts of the mean latency, which add up to it: what has moved when the mean has. */
#ifndef RESULTS_PARTS_H
#define RESULTS_PARTS_H

#include <stdio.h>

enum { RESULTS_PARTS = 6 };

/** The name of the column: "queue_ps". Precondition: part is below RESULTS_PARTS. */
const char *results_part_column(unsigned part);
/** The part's own name: "queue". */
const char *results_part_name(unsigned part);
/** The part that moved most, of those that moved as the mean did; RESULTS_PARTS: none moved. */
unsigned results_part_moved(const double from[RESULTS_PARTS], const double to[RESULTS_PARTS]);
/** "queue +12.5, retry -0.25 ns": each that moved by a picosecond or more; "" where none did. Returns out. */
const char *results_parts_text(const double from[RESULTS_PARTS], const double to[RESULTS_PARTS], char *out, size_t nbytes);

#endif

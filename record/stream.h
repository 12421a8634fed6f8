/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What one rank records, on its way to its two files. Nothing here calls MPI, and nothing ends the program: what cannot be written any
 * more is said once, and the recording stops.
 */
#ifndef RECORD_STREAM_H
#define RECORD_STREAM_H

#include "record_format.h"

#include <stdbool.h>
#include <stddef.h>

/** Creates both files of a rank in the folder. False: nothing will be recorded, and why has been said. */
bool stream_open(const char *folder, unsigned rank);
/** A line of the head, without its end. */
void stream_head(const char *line);
bool stream_is_open(void);
/** A number of an event that has begun. */
void stream_number(uint64_t number);
void stream_signed(int64_t number);
/** Begins an event. */
void stream_event(enum record_event code, uint64_t gap_ns, uint64_t call_ns);
/** Ends it: what is in the tail from here on survives the process. True: it was written to the stream, which took its time. */
bool stream_end(void);
/** Writes all that is left. */
void stream_close(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bytes of a trace file, gzip or plain, in constant memory. Internal to the trace reader.
 */
#ifndef OIO_TRACE_INPUT_H
#define OIO_TRACE_INPUT_H

#include "oio/base.h"

struct oio_trace_input;

/** On failure *input is NULL and error is whole: file, cause and remedy. */
enum oio_status oio_trace_input_open(struct oio_trace_input **input, const char *path, struct oio_error *error);
/**
 * Fills out with 1..room bytes, or sets *got to 0 at the sound end of the file. On failure error holds cause and remedy, without the file's
 * name: the caller knows the line; it must not be NULL.
 */
enum oio_status oio_trace_input_read(struct oio_trace_input *input, void *out, size_t room, size_t *got, struct oio_error *error);
/** How much of the file has been read, 0..1; 0 when its size is not known. */
double oio_trace_input_fraction(const struct oio_trace_input *input);
void oio_trace_input_close(struct oio_trace_input *input);

#endif

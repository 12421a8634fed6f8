/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The traffic matrix of a trace as a picture.
 */
#ifndef TRACE_HEAT_MAP_H
#define TRACE_HEAT_MAP_H

#include "digest.h"

/**
 * Writes an SVG, whole or not at all: a row a sender, a column a receiver, dies where the head says more than two and else nodes; of more
 * than 64 several in one. OIO_ERR_IO, OIO_ERR_NOMEM: error names the file.
 */
enum oio_status heat_map_write(const char *path, const struct digest *digest, struct oio_error *error);

#endif

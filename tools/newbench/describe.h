/* SPDX-License-Identifier: Apache-2.0 */
/** Verilator's description of a top module, as text. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "port_map.h"

/** Runs Verilator on the map's sources; what it says goes to `log`. *text is the caller's to free: XML, or of a Verilator
 * that has no more of it JSON. OIO_ERR_CONFIG: it has refused them. */
enum oio_status describe_top(const struct port_map *map, const char *path, const char *log, char **text, struct oio_error *error);

#endif

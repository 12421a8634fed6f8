/* SPDX-License-Identifier: Apache-2.0 */
/** The SystemVerilog between the bench (oio_dpi_dut.sv) and a device, from its port map. */
#ifndef GLUE_H
#define GLUE_H

#include "port_map.h"

/** Precondition: port_map_check has found nothing. */
void glue_write(const struct port_map *map, const struct top_ports *ports, FILE *file);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How oio_bench.sv comes by its two ports: the host binds them to the scope of an instance before the first evaluation.
 */
#ifndef BENCH_PORTS_H
#define BENCH_PORTS_H

#include "oio_dpi_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/** scope: of the instance, "near.oio_bench". False: there is no such scope. */
bool oio_bench_bind(const char *scope, struct oio_dpi_port ports[2]);
/** Context import of oio_bench.sv: the port that the host has bound to the calling instance. */
void *oio_bench_port(int port);

#ifdef __cplusplus
}
#endif
#endif

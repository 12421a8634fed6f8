/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_ports.h"

#include <svdpi.h>

/* Its address is the key under which a scope keeps its ports. */
static char key;

bool oio_bench_bind(const char *scope, struct oio_dpi_port ports[2]) {
  const svScope found = svGetScopeFromName(scope);
  return found != NULL && svPutUserData(found, &key, ports) == 0;
}

void *oio_bench_port(int port) {
  struct oio_dpi_port *ports = svGetUserData(svGetScope(), &key);
  return ports == NULL ? NULL : &ports[port & 1];
}

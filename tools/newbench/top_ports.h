/* SPDX-License-Identifier: Apache-2.0 */
/** The ports of a top module, from Verilator's own description of it: --xml-only, or --json-only, which takes its place. */
#ifndef TOP_PORTS_H
#define TOP_PORTS_H

#include "oio/base.h"

enum { TOP_NAME_BYTES = 128 };

struct top_port {
  char name[TOP_NAME_BYTES];
  bool input, output; /* both: inout */
  bool unpacked;      /* an array that is no vector of bits */
  unsigned width;     /* bits; 0: of a type that has none */
};

struct top_ports {
  struct top_port *list;
  size_t count;
};

/** OIO_ERR_FORMAT: the description, XML or JSON, has no module `top`. ports is to be freed with top_ports_free in any case. */
enum oio_status top_ports_read(struct top_ports *ports, const char *description, const char *top, struct oio_error *error);
/** The same of what is JSON. */
enum oio_status top_ports_read_json(struct top_ports *ports, const char *json, const char *top, struct oio_error *error);
void top_ports_free(struct top_ports *ports);
/** NULL: there is no such port. */
const struct top_port *top_ports_find(const struct top_ports *ports, const char *name);

#endif

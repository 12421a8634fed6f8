/* SPDX-License-Identifier: Apache-2.0 */
/* `oio net show`: what it measures, and its three forms. */
#ifndef NET_H
#define NET_H

#include "oio/routes.h"

#include <stdio.h>

enum { NET_PAIRS_DIES_MAX = 2048 }; /* more dies than these: no walk over all pairs */

struct net_facts {
  const char *name;
  const struct oio_topology *topology;
  enum oio_pattern pattern;
  uint64_t seed; /* of a permutation */
  enum oio_buffers buffers;
  bool pairs_walked; /* lengths, and load of what has pairs */
  struct oio_route_lengths lengths;
  uint32_t cut;
  struct oio_deadlock deadlock;
  double *load;             /* by wire; NULL: the pattern was not walked */
  struct oio_error no_load; /* why */
  uint32_t heaviest;        /* wire */
  struct oio_memory memory; /* of a run with the keys as they are; 0: not known */
};

/* A way of the route option: the ports it leaves by. */
struct net_route {
  uint32_t from, to, length;
  struct oio_hop *hops;
};

void net_print_table(const struct net_facts *facts, const struct net_route *route);
void net_print_json(const struct net_facts *facts, const struct net_route *route);
/* The drawing as an SVG document. */
void net_draw(FILE *out, const struct net_facts *facts, const struct net_route *route);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a net as a table, and as JSON. */
#include "net.h"

#include <inttypes.h>
#include <stdlib.h>

enum { CYCLE_SHOWN = 12 };

static const char *name_of(const struct net_facts *facts, uint32_t node, char out[OIO_TOPOLOGY_NAME_BYTES]) {
  return oio_topology_name(facts->topology, node, out);
}

static const char *class_of(const struct net_facts *facts, uint32_t wire) {
  return oio_topology_class_name(facts->topology, oio_topology_link_class(facts->topology, wire / 2));
}

static void count_kinds(const struct net_facts *facts, uint32_t kinds[3], uint32_t classes[OIO_TOPOLOGY_CLASSES_MAX]) {
  const struct oio_topology *t = facts->topology;
  for (uint32_t n = 0; n < oio_topology_nodes(t); n++) kinds[oio_topology_kind(t, n)]++;
  for (uint32_t l = 0; l < oio_topology_links(t); l++) classes[oio_topology_link_class(t, l)]++;
}

static const char *plural(uint32_t count) {
  return count == 1 ? "" : "s";
}

static void print_parts(const struct net_facts *facts) {
  uint32_t kinds[3] = {0}, classes[OIO_TOPOLOGY_CLASSES_MAX] = {0};
  const uint32_t links = oio_topology_links(facts->topology);
  count_kinds(facts, kinds, classes);
  printf("net        %s: %" PRIu32 " dies", facts->name, kinds[OIO_NODE_DIE]);
  if (kinds[OIO_NODE_BRIDGE] > 0) printf(", %" PRIu32 " bridge%s", kinds[OIO_NODE_BRIDGE], plural(kinds[OIO_NODE_BRIDGE]));
  if (kinds[OIO_NODE_SWITCH] > 0) printf(", %" PRIu32 " switch%s", kinds[OIO_NODE_SWITCH], kinds[OIO_NODE_SWITCH] == 1 ? "" : "es");
  printf(", %" PRIu32 " link%s (", links, plural(links));
  for (unsigned c = 0; c < oio_topology_classes(facts->topology); c++) {
    printf("%s%" PRIu32 " %s", c > 0 ? ", " : "", classes[c], oio_topology_class_name(facts->topology, c));
  }
  printf(")\n");
}

static void print_lengths(const struct net_facts *facts) {
  const struct oio_route_lengths *l = &facts->lengths;
  char from[OIO_TOPOLOGY_NAME_BYTES], to[OIO_TOPOLOGY_NAME_BYTES];
  if (!facts->pairs_walked) {
    printf("routes     not walked: more than %d dies\n", NET_PAIRS_DIES_MAX);
    return;
  }
  printf("routes     at most %" PRIu32 " link%s, %.4g in the mean", l->longest, plural(l->longest), l->mean);
  if (l->unreachable)
    printf("; %s cannot reach %s, nor others each other: dies pass nothing on", name_of(facts, l->from, from), name_of(facts, l->to, to));
  printf("\n");
}

static void print_buffer(const struct net_facts *facts, const struct oio_buffer *buffer) {
  char from[OIO_TOPOLOGY_NAME_BYTES], to[OIO_TOPOLOGY_NAME_BYTES];
  name_of(facts, buffer->node, to);
  if (buffer->wire == OIO_NONE) {
    printf("%s[%u]", to, buffer->vc);
  } else {
    printf("%s->%s[%u]", name_of(facts, oio_topology_node_of(facts->topology, buffer->wire), from), to, buffer->vc);
  }
}

static void print_deadlock(const struct net_facts *facts) {
  const struct oio_deadlock *d = &facts->deadlock;
  const char *kind =
      facts->buffers == OIO_BUFFERS_SHARED ? "one for all ports of a switch and each hop VC" : "one for each port and hop VC";
  switch (d->verdict) {
  case OIO_DEADLOCK_FREE:
    printf("deadlock   none: no circle in %" PRIu64 " wait%s between buffers (%s)\n", d->dependencies, d->dependencies == 1 ? "" : "s",
           kind);
    return;
  case OIO_DEADLOCK_UNKNOWN:
    printf("deadlock   not known: too many waits between buffers to look at; check a smaller net of the shape\n");
    return;
  case OIO_DEADLOCK_POSSIBLE:
    break;
  }
  printf("deadlock   POSSIBLE: a circle of %" PRIu32 " buffers (%s), each waits for the next\n           ", d->cycle_length, kind);
  for (uint32_t i = 0; i < d->cycle_length && i < CYCLE_SHOWN; i++) {
    print_buffer(facts, &d->cycle[i]);
    printf(", ");
  }
  if (d->cycle_length > CYCLE_SHOWN) printf("%" PRIu32 " more, ", d->cycle_length - CYCLE_SHOWN);
  printf("then ");
  print_buffer(facts, &d->cycle[0]);
  printf("\n");
}

static void print_load(const struct net_facts *facts) {
  char from[OIO_TOPOLOGY_NAME_BYTES], to[OIO_TOPOLOGY_NAME_BYTES];
  if (facts->load == NULL) {
    printf("load       %s: %s\n", oio_pattern_name(facts->pattern), facts->no_load.text);
    return;
  }
  const double most = facts->load[facts->heaviest];
  const struct oio_topology *t = facts->topology;
  printf("load       %s: the most loaded wire, %s->%s (%s), carries %.4g times what a die sends: ", oio_pattern_name(facts->pattern),
         name_of(facts, oio_topology_node_of(t, facts->heaviest), from), name_of(facts, oio_topology_node_of(t, facts->heaviest ^ 1), to),
         class_of(facts, facts->heaviest), most);
  printf(most > 1 ? "with links alike, full when dies send at %.4g of a link's rate\n" : "no wire is fuller than a die's own\n", 1 / most);
}

static void print_memory(const struct net_facts *facts) {
  if (facts->memory.most_bytes == 0) return;
  printf("memory     %.3g GB to run it, and up to %.3g when all its buffers are in use (with keys as they are by themselves)\n",
         (double)facts->memory.least_bytes / 1e9, (double)facts->memory.most_bytes / 1e9);
}

void net_print_table(const struct net_facts *facts, const struct net_route *route) {
  char name[OIO_TOPOLOGY_NAME_BYTES];
  const uint32_t half = oio_topology_dies(facts->topology) / 2;
  print_parts(facts);
  print_lengths(facts);
  printf("cut        %" PRIu32 " link%s part dies 0..%" PRIu32 " from the others\n", facts->cut, plural(facts->cut), half - 1);
  print_deadlock(facts);
  print_load(facts);
  print_memory(facts);
  if (route->length == 0) return;
  printf("route      %s", name_of(facts, route->from, name));
  for (uint32_t i = 0; i < route->length; i++) {
    printf(" -%s[%u]-> %s", class_of(facts, route->hops[i].port), route->hops[i].vc,
           name_of(facts, oio_topology_node_of(facts->topology, route->hops[i].port ^ 1), name));
  }
  printf("\n");
}

/* Names are letters, digits, '_', '-' and '.', and a path may hold anything. */
static void print_quoted(const char *text) {
  putchar('"');
  for (; *text != '\0'; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') {
      printf("\\%c", c);
    } else if (c < 0x20) {
      printf("\\u%04x", c);
    } else {
      putchar(c);
    }
  }
  putchar('"');
}

static void print_json_wire(const struct net_facts *facts, uint32_t wire, unsigned vc) {
  char from[OIO_TOPOLOGY_NAME_BYTES], to[OIO_TOPOLOGY_NAME_BYTES];
  printf("{\"from\": \"%s\", \"to\": \"%s\", \"hop_vc\": %u}", name_of(facts, oio_topology_node_of(facts->topology, wire), from),
         name_of(facts, oio_topology_node_of(facts->topology, wire ^ 1), to), vc);
}

static void print_json_deadlock(const struct net_facts *facts) {
  static const char *const verdicts[] = {"none", "possible", "unknown"};
  const struct oio_deadlock *d = &facts->deadlock;
  char name[OIO_TOPOLOGY_NAME_BYTES];
  printf("  \"deadlock\": {\"verdict\": \"%s\", \"buffers\": \"%s\", \"waits\": %" PRIu64 ", \"cycle\": [", verdicts[d->verdict],
         facts->buffers == OIO_BUFFERS_SHARED ? "shared" : "per-port", d->dependencies);
  for (uint32_t i = 0; i < d->cycle_length; i++) {
    if (i > 0) printf(", ");
    if (d->cycle[i].wire == OIO_NONE) {
      printf("{\"at\": \"%s\", \"hop_vc\": %u}", name_of(facts, d->cycle[i].node, name), d->cycle[i].vc);
    } else {
      print_json_wire(facts, d->cycle[i].wire, d->cycle[i].vc);
    }
  }
  printf("]},\n");
}

void net_print_json(const struct net_facts *facts, const struct net_route *route) {
  uint32_t kinds[3] = {0}, classes[OIO_TOPOLOGY_CLASSES_MAX] = {0};
  count_kinds(facts, kinds, classes);
  printf("{\n  \"net\": ");
  print_quoted(facts->name);
  printf(",\n  \"dies\": %" PRIu32 ", \"bridges\": %" PRIu32 ", \"switches\": %" PRIu32 ",\n  \"links\": {", kinds[OIO_NODE_DIE],
         kinds[OIO_NODE_BRIDGE], kinds[OIO_NODE_SWITCH]);
  for (unsigned c = 0; c < oio_topology_classes(facts->topology); c++) {
    printf("%s\"%s\": %" PRIu32, c > 0 ? ", " : "", oio_topology_class_name(facts->topology, c), classes[c]);
  }
  printf("},\n");
  if (facts->pairs_walked) {
    printf("  \"routes\": {\"longest_links\": %" PRIu32 ", \"mean_links\": %.9g, \"all_reachable\": %s},\n", facts->lengths.longest,
           facts->lengths.mean, facts->lengths.unreachable ? "false" : "true");
  }
  printf("  \"cut_links\": %" PRIu32 ",\n", facts->cut);
  print_json_deadlock(facts);
  if (route->length > 0) {
    printf("  \"route\": [");
    for (uint32_t i = 0; i < route->length; i++) {
      if (i > 0) printf(", ");
      print_json_wire(facts, route->hops[i].port, route->hops[i].vc);
    }
    printf("],\n");
  }
  if (facts->memory.most_bytes > 0)
    printf("  \"memory_bytes\": {\"least\": %" PRIu64 ", \"most\": %" PRIu64 "},\n", facts->memory.least_bytes, facts->memory.most_bytes);
  printf("  \"pattern\": \"%s\"", oio_pattern_name(facts->pattern));
  if (facts->load != NULL) {
    printf(",\n  \"most_loaded\": ");
    print_json_wire(facts, facts->heaviest, 0);
    printf(",\n  \"load\": %.9g", facts->load[facts->heaviest]);
  }
  printf("\n}\n");
}

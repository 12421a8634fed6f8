/* SPDX-License-Identifier: Apache-2.0 */
/* The named shapes: how many of what, joined how, and where a drawing puts them. */
#include "net/topology_state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 9 };

struct shape {
  const char *name, *separator; /* of its numbers */
  unsigned least, most;         /* how many numbers */
  uint32_t low;                 /* each at least */
  bool (*make)(struct oio_topology *t, const uint32_t *size, unsigned count);
  struct oio_shape_help help;
};

static unsigned class_of(struct oio_topology *t, const char *name) {
  return (unsigned)oio_topology_class_of(t, name, strlen(name));
}

static void place(struct oio_topology *t, uint32_t node, double x, double y) {
  t->node[node].x = x;
  t->node[node].y = y;
}

static void place_row(struct oio_topology *t, uint32_t first, uint32_t count, double y) {
  for (uint32_t i = 0; i < count; i++) place(t, first + i, (i + 0.5) / count, y);
}

static bool pair(struct oio_topology *t, const uint32_t *size, unsigned count) {
  (void)size, (void)count;
  t->routing = OIO_ROUTE_DISTANCE;
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, 2) || !oio_topology_add_link(t, 0, 1, class_of(t, "optical"))) return false;
  place_row(t, 0, 2, 0.5);
  return true;
}

static bool bridged(struct oio_topology *t, const uint32_t *size, unsigned count) {
  (void)size, (void)count;
  t->routing = OIO_ROUTE_DISTANCE;
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, 2) || !oio_topology_add_nodes(t, OIO_NODE_BRIDGE, 2)) return false;
  for (uint32_t i = 0; i < 4; i++) place(t, i, i == 0 ? 0.1 : i == 1 ? 0.9 : i == 2 ? 0.35 : 0.65, 0.5);
  return oio_topology_add_link(t, 0, 2, class_of(t, "die_link")) && oio_topology_add_link(t, 2, 3, class_of(t, "optical")) &&
         oio_topology_add_link(t, 3, 1, class_of(t, "die_link"));
}

static bool full(struct oio_topology *t, const uint32_t *size, unsigned count) {
  (void)count;
  t->routing = OIO_ROUTE_DISTANCE;
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, size[0])) return false;
  for (uint32_t a = 0; a < size[0]; a++) {
    for (uint32_t b = a + 1; b < size[0]; b++) {
      if (!oio_topology_add_link(t, a, b, class_of(t, "package"))) return false;
    }
  }
  oio_topology_place_circle(t, 0, size[0], 0.45);
  return true;
}

static bool loop(struct oio_topology *t, const uint32_t *size, unsigned count) {
  (void)count;
  t->routing = OIO_ROUTE_DISTANCE;
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, size[0])) return false;
  for (uint32_t i = 0; i < size[0] && !(size[0] == 2 && i == 1); i++) {
    if (!oio_topology_add_link(t, i, (i + 1) % size[0], class_of(t, "package"))) return false;
  }
  oio_topology_place_circle(t, 0, size[0], 0.45);
  return true;
}

/* A switch for each die, joined to the next in each dimension; a ring of two has one link. */
static bool lattice(struct oio_topology *t, const uint32_t *size, unsigned count, bool wraps) {
  uint32_t dies = 1;
  t->routing = OIO_ROUTE_LATTICE;
  t->dimensions = count;
  t->wraps = wraps;
  for (unsigned d = 0; d < count; d++) dies *= t->size[d] = size[d];
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, dies) || !oio_topology_add_nodes(t, OIO_NODE_SWITCH, dies)) return false;
  for (uint32_t i = 0; i < dies; i++) {
    if (!oio_topology_add_link(t, i, dies + i, class_of(t, "package"))) return false;
  }
  for (uint32_t i = 0; i < dies; i++) {
    uint32_t stride = 1;
    for (unsigned d = 0; d < count; stride *= size[d++]) {
      const uint32_t here = i / stride % size[d];
      if (here + 1 == size[d] && (!wraps || size[d] <= 2)) continue;
      const uint32_t next = i - here * stride + (here + 1) % size[d] * stride;
      if (!oio_topology_add_link(t, dies + i, dies + next, class_of(t, "rack"))) return false;
    }
  }
  return true;
}

/* A grid; planes of a third dimension beside each other; a die a little beside its switch. */
static void place_grid(struct oio_topology *t) {
  const uint32_t *size = t->size, planes = t->dimensions > 2 ? size[2] : 1, rows = t->dimensions > 1 ? size[1] : 1;
  for (uint32_t i = 0; i < t->dies; i++) {
    const uint32_t x = i % size[0], y = i / size[0] % rows, plane = i / size[0] / rows;
    const double wide = (double)(planes * (size[0] + 1)), cell = 1 / wide;
    place(t, t->dies + i, (plane * (size[0] + 1) + x + 0.5) / wide, (y + 0.5) / rows);
    place(t, i, t->node[t->dies + i].x + 0.35 * cell, t->node[t->dies + i].y + 0.35 / rows);
  }
}

static bool ring(struct oio_topology *t, const uint32_t *size, unsigned count) {
  if (!lattice(t, size, count, true)) return false;
  oio_topology_place_circle(t, 0, t->dies, 0.47);
  oio_topology_place_circle(t, t->dies, t->dies, 0.33);
  return true;
}

static bool mesh(struct oio_topology *t, const uint32_t *size, unsigned count) {
  if (!lattice(t, size, count, false)) return false;
  place_grid(t);
  return true;
}

static bool torus(struct oio_topology *t, const uint32_t *size, unsigned count) {
  if (!lattice(t, size, count, true)) return false;
  place_grid(t);
  return true;
}

/* Switches of one level: each has so many dies below it, `groups` of them have the same. */
static bool add_level(struct oio_topology *t, uint32_t level, uint32_t count, uint32_t dies_below, uint32_t alike) {
  const uint32_t first = t->nodes;
  if (!oio_topology_add_nodes(t, OIO_NODE_SWITCH, count)) return false;
  for (uint32_t i = 0; i < count; i++) {
    t->node[first + i].level = level;
    t->node[first + i].low = i / alike * dies_below;
    t->node[first + i].high = (i / alike + 1) * dies_below;
  }
  return true;
}

static bool star(struct oio_topology *t, const uint32_t *size, unsigned count) {
  (void)count;
  t->routing = OIO_ROUTE_LEVELS;
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, size[0]) || !add_level(t, 1, 1, size[0], 1)) return false;
  for (uint32_t i = 0; i < size[0]; i++) {
    if (!oio_topology_add_link(t, i, size[0], class_of(t, "package"))) return false;
  }
  oio_topology_place_circle(t, 0, size[0], 0.45);
  oio_topology_place_circle(t, size[0], 1, 0);
  return true;
}

static bool leaf_spine(struct oio_topology *t, const uint32_t *size, unsigned count) {
  const uint32_t leaves = size[0], spines = size[1], each = count > 2 ? size[2] : spines, dies = leaves * each;
  t->routing = OIO_ROUTE_LEVELS;
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, dies) || !add_level(t, 1, leaves, each, 1) || !add_level(t, 2, spines, dies, spines))
    return false;
  for (uint32_t i = 0; i < dies; i++) {
    if (!oio_topology_add_link(t, i, dies + i / each, class_of(t, "package"))) return false;
  }
  for (uint32_t l = 0; l < leaves; l++) {
    for (uint32_t s = 0; s < spines; s++) {
      if (!oio_topology_add_link(t, dies + l, dies + leaves + s, class_of(t, "rack"))) return false;
    }
  }
  place_row(t, 0, dies, 0.95);
  place_row(t, dies, leaves, 0.6);
  place_row(t, dies + leaves, spines, 0.1);
  return true;
}

/* k pods of k/2 edge and k/2 aggregation switches; k/2 dies at an edge switch; (k/2)^2 core switches, k/2 for each aggregation switch of a
 * pod. */
static bool fat_tree(struct oio_topology *t, const uint32_t *size, unsigned count) {
  (void)count;
  const uint32_t k = size[0], half = k / 2, dies = k * half * half;
  const uint32_t edge = dies, aggregation = edge + k * half, core = aggregation + k * half;
  t->routing = OIO_ROUTE_LEVELS;
  if (!oio_topology_add_nodes(t, OIO_NODE_DIE, dies) || !add_level(t, 1, k * half, half, 1) ||
      !add_level(t, 2, k * half, half * half, half) || !add_level(t, 3, half * half, dies, half * half))
    return false;
  for (uint32_t i = 0; i < dies; i++) {
    if (!oio_topology_add_link(t, i, edge + i / half, class_of(t, "package"))) return false;
  }
  for (uint32_t i = 0; i < k * half * half; i++) { /* pod, then switch of the pod, then which of the level above */
    const uint32_t lower = i / half, upper = i % half, pod = lower / half, which = lower % half;
    if (!oio_topology_add_link(t, edge + lower, aggregation + pod * half + upper, class_of(t, "rack"))) return false;
    if (!oio_topology_add_link(t, aggregation + lower, core + which * half + upper, class_of(t, "row"))) return false;
  }
  place_row(t, 0, dies, 0.97);
  place_row(t, edge, k * half, 0.7);
  place_row(t, aggregation, k * half, 0.4);
  place_row(t, core, half * half, 0.05);
  return true;
}

/* clang-format off: a line a shape */
static const struct shape shapes[] = {
    {"pair", "", 0, 0, 0, pair, {"pair", "two dies joined by an optical link"}},
    {"bridged", "", 0, 0, 0, bridged, {"bridged", "two dies, a bridge at each, an optical link between the bridges"}},
    {"full", "", 1, 1, 2, full, {"full:N", "N dies, each joined to every other"}},
    {"loop", "", 1, 1, 2, loop, {"loop:N", "N dies, each joined to the next; only neighbours can reach each other"}},
    {"star", "", 1, 1, 2, star, {"star:N", "N dies at one switch"}},
    {"ring", "", 1, 1, 2, ring, {"ring:N", "N switches in a ring, a die at each"}},
    {"mesh", "x", 1, 3, 2, mesh, {"mesh:X[xY[xZ]]", "a grid of switches, a die at each"}},
    {"torus", "x", 1, 3, 2, torus, {"torus:X[xY[xZ]]", "the same, closed in every dimension"}},
    {"fat-tree", "", 1, 1, 2, fat_tree, {"fat-tree:K", "three levels of switches with K ports each (K even), K^3/4 dies"}},
    {"leaf-spine",
     ",",
     2,
     3,
     1,
     leaf_spine,
     {"leaf-spine:L,S[,D]", "L leaves, each joined to S spines, D dies at a leaf (S when not given)"}},
};
/* clang-format on */

enum { SHAPES = sizeof shapes / sizeof shapes[0] };

bool oio_topology_shape(unsigned index, struct oio_shape_help *help) {
  if (index >= SHAPES) return false;
  *help = shapes[index].help;
  return true;
}

static const struct shape *shape_named(const char *text, size_t nbytes) {
  for (unsigned i = 0; i < SHAPES; i++) {
    if (strlen(shapes[i].name) == nbytes && memcmp(shapes[i].name, text, nbytes) == 0) return &shapes[i];
  }
  return NULL;
}

/* The numbers behind the colon. Returns how many, or 0: not such numbers, or not so many of them. */
static unsigned read_sizes(const struct shape *shape, const char *text, uint32_t *size) {
  unsigned count = 0;
  while (isdigit((unsigned char)*text) && count < shape->most) {
    char *end;
    const unsigned long value = strtoul(text, &end, 10);
    if (end - text > DIGITS_MAX || value < shape->low) return 0;
    size[count++] = (uint32_t)value;
    if (*end == '\0') return count >= shape->least ? count : 0;
    if (*end != *shape->separator) return 0;
    text = end + 1;
  }
  return 0;
}

/* How many nodes and links it would have: before anything is made. */
static void count(const struct shape *shape, const uint32_t *size, unsigned numbers, double *nodes, double *links) {
  const double a = size[0], half = size[0] / 2, all = a * (numbers > 1 ? size[1] : 1) * (numbers > 2 ? size[2] : 1);
  if (shape->make == full) {
    *nodes = a, *links = a * (a - 1) / 2;
  } else if (shape->make == fat_tree) {
    *nodes = a * half * half + 2 * a * half + half * half, *links = 3 * a * half * half;
  } else if (shape->make == leaf_spine) {
    const double dies = a * (numbers > 2 ? size[2] : size[1]);
    *nodes = dies + a + size[1], *links = dies + a * size[1];
  } else {
    *nodes = 2 * all, *links = all * (1 + numbers);
  }
}

static enum oio_status check_size(const struct shape *shape, const char *text, const uint32_t *size, unsigned numbers,
                                  struct oio_error *error) {
  double nodes = 0, links = 0;
  if (shape->make == fat_tree && size[0] % 2 != 0) {
    return oio_error_set(error, OIO_ERR_CONFIG, "net '%.60s': a fat tree's switches have an even number of ports; use fat-tree:%u", text,
                         (unsigned)size[0] + 1);
  }
  if (shape->make == leaf_spine && size[1] > OIO_HOPS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "net '%.60s': use at most %d spines", text, OIO_HOPS_MAX);
  }
  count(shape, size, numbers, &nodes, &links);
  if (nodes > OIO_TOPOLOGY_NODES_MAX || links > OIO_TOPOLOGY_LINKS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "net '%.60s' would have %.0f nodes and %.0f links; a net has at most %u and %u", text,
                         nodes, links, (unsigned)OIO_TOPOLOGY_NODES_MAX, (unsigned)OIO_TOPOLOGY_LINKS_MAX);
  }
  return OIO_OK;
}

enum oio_status oio_topology_create(struct oio_topology **topology, const char *text, struct oio_error *error) {
  *topology = NULL;
  uint32_t size[OIO_DIMENSIONS_MAX] = {0};
  const size_t nbytes = strcspn(text, ":");
  const struct shape *shape = shape_named(text, nbytes);
  if (shape == NULL) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "net '%.60s': there is no such shape; `oio net --help` lists them, a net file has a '/' or a '.' in its name",
                         text);
  }
  const unsigned numbers = text[nbytes] == ':' ? read_sizes(shape, text + nbytes + 1, size) : 0;
  if (numbers < shape->least || (text[nbytes] == ':' && numbers == 0)) {
    if (shape->most == 0) return oio_error_set(error, OIO_ERR_CONFIG, "net '%.60s': write %s, without a number", text, shape->help.form);
    return oio_error_set(error, OIO_ERR_CONFIG, "net '%.60s': write %s, each number at least %u and of at most %d digits", text,
                         shape->help.form, (unsigned)shape->low, DIGITS_MAX);
  }
  const enum oio_status status = check_size(shape, text, size, numbers, error);
  if (status != OIO_OK) return status;
  struct oio_topology *made = oio_topology_begin();
  if (made == NULL || !shape->make(made, size, numbers) || !oio_topology_join(made)) {
    oio_topology_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "net '%.60s': out of memory", text);
  }
  if (made->routing == OIO_ROUTE_DISTANCE) {
    const enum oio_status measured = oio_topology_measure_distances(made, text, error);
    if (measured != OIO_OK) {
      oio_topology_destroy(made);
      return measured;
    }
  }
  *topology = made;
  return OIO_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Net files: docs/net-format.md. */
#include "lines.h"
#include "net/topology_state.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX ((uint64_t)1 << 30)
enum { LINE_BYTES_MAX = 65536 };

struct reading {
  const char *path;
  unsigned long long line;
  struct oio_topology *t;
  struct oio_error *error;
  uint32_t names_room;
  uint32_t *table, table_mask; /* nodes by the hash of their names, plus 1; 0: an empty place */
  char *rest;                  /* of the line */
};

static enum oio_status no_memory(const struct reading *r) {
  return oio_error_set(r->error, OIO_ERR_NOMEM, "%s:%llu: out of memory", r->path, r->line);
}

/* The next word of the line, or NULL. */
static char *next_word(struct reading *r) {
  char *word = r->rest + strspn(r->rest, " \t\r");
  if (*word == '\0') return NULL;
  r->rest = word + strcspn(word, " \t\r");
  if (*r->rest != '\0') *r->rest++ = '\0';
  return word;
}

static bool is_name(const char *word) {
  size_t nbytes = 0;
  for (; word[nbytes] != '\0'; nbytes++) {
    const unsigned char c = (unsigned char)word[nbytes];
    if (!isalnum(c) && c != '_' && c != '-' && c != '.') return false;
  }
  return nbytes > 0 && nbytes < OIO_TOPOLOGY_NAME_BYTES;
}

/* The place of a name in the table: where it is, or where it would go. */
static uint32_t *place_of(const struct reading *r, const char *name) {
  uint64_t hash = 14695981039346656037u;
  for (const char *c = name; *c != '\0'; c++) hash = (hash ^ (unsigned char)*c) * 1099511628211u;
  uint32_t at = (uint32_t)(hash >> 20) & r->table_mask;
  while (r->table[at] != 0 && strcmp(r->t->name[r->table[at] - 1], name) != 0) at = (at + 1) & r->table_mask;
  return &r->table[at];
}

/* Twice as many places as names. */
static bool make_table(struct reading *r) {
  uint32_t *grown = calloc(2 * (size_t)r->names_room, sizeof *grown);
  if (grown == NULL) return false;
  free(r->table);
  r->table = grown;
  r->table_mask = 2 * r->names_room - 1;
  for (uint32_t n = 0; n < r->t->nodes; n++) *place_of(r, r->t->name[n]) = n + 1;
  return true;
}

static enum oio_status add_node(struct reading *r, enum oio_node_kind kind, const char *name) {
  if (!is_name(name)) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: '%.40s' is no name; use up to %d letters, digits, '_', '-' and '.'", r->path,
                         r->line, name, OIO_TOPOLOGY_NAME_BYTES - 1);
  }
  if (r->t->nodes == OIO_TOPOLOGY_NODES_MAX) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: a net has at most %u nodes", r->path, r->line,
                         (unsigned)OIO_TOPOLOGY_NODES_MAX);
  }
  if (r->t->nodes == r->names_room) {
    const uint32_t room = r->names_room == 0 ? 64 : 2 * r->names_room;
    char(*grown)[OIO_TOPOLOGY_NAME_BYTES] = realloc(r->t->name, room * sizeof *grown);
    if (grown == NULL) return no_memory(r);
    r->t->name = grown;
    unsigned long long *lines = realloc(r->t->named_at, room * sizeof *lines);
    if (lines == NULL) return no_memory(r);
    r->t->named_at = lines;
    r->names_room = room;
    if (!make_table(r)) return no_memory(r);
  }
  uint32_t *place = place_of(r, name);
  if (*place != 0)
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: %s is there already; give the node another name", r->path, r->line, name);
  snprintf(r->t->name[r->t->nodes], OIO_TOPOLOGY_NAME_BYTES, "%s", name);
  r->t->named_at[r->t->nodes] = r->line;
  *place = r->t->nodes + 1;
  return oio_topology_add_nodes(r->t, kind, 1) ? OIO_OK : no_memory(r);
}

static enum oio_status read_nodes(struct reading *r, enum oio_node_kind kind) {
  const char *name = next_word(r);
  if (name == NULL)
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: a name is missing; write for example: die d0 d1", r->path, r->line);
  if (kind == OIO_NODE_DIE && r->t->dies != r->t->nodes) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: a die after a bridge or switch; name all dies first", r->path, r->line);
  }
  for (; name != NULL; name = next_word(r)) {
    const enum oio_status status = add_node(r, kind, name);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

static enum oio_status find_node(const struct reading *r, const char *name, uint32_t *node) {
  const uint32_t found = name == NULL || r->table == NULL ? 0 : *place_of(r, name);
  if (name == NULL) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: a link has two ends; write for example: link d0 s0 package", r->path, r->line);
  }
  if (found == 0) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: there is no node '%.40s'; name it above, with die, bridge or switch", r->path,
                         r->line, name);
  }
  *node = found - 1;
  return OIO_OK;
}

static enum oio_status read_link(struct reading *r) {
  uint32_t a = 0, b = 0;
  enum oio_status status = find_node(r, next_word(r), &a);
  if (status == OIO_OK) status = find_node(r, next_word(r), &b);
  if (status != OIO_OK) return status;
  const char *class_name = next_word(r), *times = next_word(r);
  if (a == b)
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: a link from %s to itself; join two nodes", r->path, r->line, r->t->name[a]);
  if (class_name == NULL || !is_name(class_name) || strchr(class_name, '.') != NULL) { /* keys of it are CLASS.KEY */
    return oio_error_set(r->error, OIO_ERR_FORMAT,
                         "%s:%llu: a link wants a class of letters, digits, '_' and '-'; write for example: link %s %s package", r->path,
                         r->line, r->t->name[a], r->t->name[b]);
  }
  char *end = NULL;
  const unsigned long count = times == NULL ? 1 : strtoul(times, &end, 10);
  if (times != NULL && (!isdigit((unsigned char)*times) || *end != '\0' || count < 1 || count > OIO_HOPS_MAX || next_word(r) != NULL)) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: behind the class stands how many links there are, 1..%d, and nothing else",
                         r->path, r->line, OIO_HOPS_MAX);
  }
  const int link_class = oio_topology_class_of(r->t, class_name, strlen(class_name));
  if (link_class < 0) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: more than %d classes of links", r->path, r->line, OIO_TOPOLOGY_CLASSES_MAX);
  }
  if (r->t->class_line[link_class] == 0) r->t->class_line[link_class] = r->line;
  for (unsigned long i = 0; i < count; i++) {
    if (r->t->links == OIO_TOPOLOGY_LINKS_MAX) {
      return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: a net has at most %u links", r->path, r->line,
                           (unsigned)OIO_TOPOLOGY_LINKS_MAX);
    }
    if (!oio_topology_add_link(r->t, a, b, (unsigned)link_class)) return no_memory(r);
  }
  return OIO_OK;
}

static enum oio_status read_routing(struct reading *r) {
  const char *word = next_word(r);
  if (word != NULL && strcmp(word, "shortest") == 0 && next_word(r) == NULL) return (r->t->routing = OIO_ROUTE_DISTANCE, OIO_OK);
  if (word != NULL && strcmp(word, "up-down") == 0 && next_word(r) == NULL) return (r->t->routing = OIO_ROUTE_UP_DOWN, OIO_OK);
  return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: routing is shortest or up-down", r->path, r->line);
}

static enum oio_status read_line(struct reading *r) {
  static const char *const kinds[] = {[OIO_NODE_DIE] = "die", [OIO_NODE_BRIDGE] = "bridge", [OIO_NODE_SWITCH] = "switch"};
  const char *word = next_word(r);
  if (word == NULL) return OIO_OK;
  for (unsigned kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
    if (strcmp(word, kinds[kind]) == 0) return read_nodes(r, (enum oio_node_kind)kind);
  }
  if (strcmp(word, "link") == 0) return read_link(r);
  if (strcmp(word, "routing") == 0) return read_routing(r);
  return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: unknown word '%.40s'; a line begins with die, bridge, switch, link or routing",
                       r->path, r->line, word);
}

static void cut_blanks(char *line) {
  size_t nbytes = strlen(line);
  while (nbytes > 0 && strchr(" \t\r", line[nbytes - 1]) != NULL) nbytes--;
  line[nbytes] = '\0';
}

static enum oio_status read_lines(struct reading *r, struct oio_lines *lines) {
  enum oio_lines_result result;
  char *line, why[120];
  size_t nbytes;
  while ((result = oio_lines_next(lines, &line, &nbytes)) == OIO_LINES_ONE) {
    line[nbytes] = '\0';
    line[strcspn(line, "#")] = '\0';
    r->line = lines->number;
    r->rest = line;
    if (r->line == 1) cut_blanks(line);
    if (r->line == 1 && strcmp(line, "oio-net 1") != 0) break;
    const enum oio_status status = r->line == 1 ? OIO_OK : read_line(r);
    if (status != OIO_OK) return status;
  }
  if (result == OIO_LINES_END && r->line > 0) return OIO_OK;
  if (result == OIO_LINES_ONE || result == OIO_LINES_END) {
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:1: no net file: its first line is 'oio-net 1'", r->path);
  }
  return oio_error_set(r->error, result == OIO_LINES_UNREADABLE ? OIO_ERR_IO : OIO_ERR_FORMAT, "%s:%llu: %s; a net file is text", r->path,
                       (unsigned long long)lines->number, oio_lines_why(lines, result, why, sizeof why));
}

/* What only the whole file shows. */
static enum oio_status check_nodes(const struct reading *r) {
  const struct oio_topology *t = r->t;
  if (t->dies < 2)
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: %u dies; a net has at least two", r->path, r->line, (unsigned)t->dies);
  for (uint32_t n = 0; n < t->nodes; n++) {
    const uint32_t least = t->node[n].kind == OIO_NODE_DIE ? 1 : 2;
    const bool bridge = t->node[n].kind == OIO_NODE_BRIDGE;
    if (t->node[n].ports >= least && !(bridge && t->node[n].ports != 2)) continue;
    return oio_error_set(r->error, OIO_ERR_FORMAT, "%s:%llu: %s has %u links and wants %s; add or take away link lines of it", r->path,
                         r->t->named_at[n], r->t->name[n], (unsigned)t->node[n].ports,
                         bridge       ? "exactly two"
                         : least == 1 ? "one at least"
                                      : "two at least");
  }
  return OIO_OK;
}

static enum oio_status check_reach(const struct reading *r) {
  for (uint32_t a = 0; a < r->t->dies; a++) {
    for (uint32_t b = 0; b < r->t->dies; b++) {
      if (r->t->distance[(size_t)a * r->t->dies + b] != OIO_DISTANCE_NONE) continue;
      return oio_error_set(r->error, OIO_ERR_FORMAT,
                           "%s:%llu: %s cannot reach %s (dies pass nothing on); join them by a link or through switches", r->path,
                           r->t->named_at[b], r->t->name[a], r->t->name[b]);
    }
  }
  return OIO_OK;
}

/* Dies on a circle, the others on one within. */
static void place_nodes(struct oio_topology *t) {
  const uint32_t others = t->nodes - t->dies;
  oio_topology_place_circle(t, 0, t->dies, 0.46);
  oio_topology_place_circle(t, t->dies, others, others > 1 ? 0.28 : 0);
}

static enum oio_status finish(struct reading *r) {
  enum oio_status status = check_nodes(r);
  if (status != OIO_OK) return status;
  if (!oio_topology_join(r->t)) return no_memory(r);
  place_nodes(r->t);
  status = oio_topology_measure_distances(r->t, r->path, r->error);
  return status == OIO_OK ? check_reach(r) : status;
}

enum oio_status oio_topology_load(struct oio_topology **topology, const char *path, struct oio_error *error) {
  struct reading r = {.path = path, .error = error};
  struct oio_lines lines;
  *topology = NULL;
  if (!oio_lines_open(&lines, path, LINE_BYTES_MAX, FILE_BYTES_MAX)) {
    return oio_error_set(error, errno == ENOMEM ? OIO_ERR_NOMEM : OIO_ERR_IO, "%s: %s; check the path of the net file", path,
                         strerror(errno));
  }
  r.t = oio_topology_begin();
  enum oio_status status = r.t == NULL ? no_memory(&r) : OIO_OK;
  if (status == OIO_OK) {
    r.t->routing = OIO_ROUTE_DISTANCE;
    status = read_lines(&r, &lines);
  }
  oio_lines_close(&lines);
  if (status == OIO_OK) status = finish(&r);
  free(r.table);
  if (status != OIO_OK) oio_topology_destroy(r.t);
  if (status == OIO_OK) *topology = r.t;
  return status;
}

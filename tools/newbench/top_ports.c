/* SPDX-License-Identifier: Apache-2.0 */
#include "top_ports.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_BYTES = 40, DEPTH = 32 };

/* A type of the description: so many of its parts, or as wide as their sum. */
struct type {
  unsigned long id, times, own, *parts;
  size_t part_count, part_room;
  bool unpacked, is_union;
};

struct reader {
  struct top_ports *ports;
  struct type *types;
  size_t type_count, type_room, port_room;
  unsigned long *port_types;
  size_t open; /* the array or structure whose parts are being read, from 1; 0: none */
  unsigned bounds;
  long bound[2];
  bool in_top, found, failed;
};

/* The value of an attribute within a tag; false: it has none of that name. */
static bool attribute(const char *tag, const char *end, const char *name, char *value, size_t size) {
  const size_t length = strlen(name);
  for (const char *at = tag; at + length + 2 < end; at++) {
    if (at[-1] != ' ' || strncmp(at, name, length) != 0 || at[length] != '=' || at[length + 1] != '"') continue;
    const char *from = at + length + 2, *quote = memchr(from, '"', (size_t)(end - from));
    if (quote == NULL) return false;
    snprintf(value, size, "%.*s", (int)(quote - from), from);
    return true;
  }
  return false;
}

static unsigned long number(const char *tag, const char *end, const char *name) {
  char value[32];
  return attribute(tag, end, name, value, sizeof value) ? strtoul(value, NULL, 10) : 0;
}

static struct type *new_type(struct reader *r, unsigned long id) {
  if (r->type_count == r->type_room) {
    const size_t room = r->type_room * 2 + 64;
    struct type *types = realloc(r->types, room * sizeof *types);
    if (types == NULL) return r->failed = true, NULL;
    r->types = types;
    r->type_room = room;
  }
  struct type *type = &r->types[r->type_count++];
  *type = (struct type){.id = id, .times = 1};
  return type;
}

static void add_part(struct reader *r, struct type *type, unsigned long id) {
  if (type->part_count == type->part_room) {
    const size_t room = type->part_room * 2 + 4;
    unsigned long *parts = realloc(type->parts, room * sizeof *parts);
    if (parts == NULL) {
      r->failed = true;
      return;
    }
    type->parts = parts;
    type->part_room = room;
  }
  type->parts[type->part_count++] = id;
}

static unsigned long span(long a, long b) {
  return (unsigned long)(a > b ? a - b : b - a) + 1;
}

static long bound(const char *tag, const char *end, const char *name) {
  char value[32];
  return attribute(tag, end, name, value, sizeof value) ? strtol(value, NULL, 10) : 0;
}

static void read_type(struct reader *r, const char *tag, const char *end, const char *name) {
  const unsigned long sub = number(tag, end, "sub_dtype_id");
  if (strcmp(name, "memberdtype") == 0) {
    if (r->open > 0) add_part(r, &r->types[r->open - 1], sub);
    return;
  }
  struct type *type = new_type(r, number(tag, end, "id"));
  if (type == NULL) return;
  if (strcmp(name, "basicdtype") == 0) {
    char kind[32] = "";
    attribute(tag, end, "name", kind, sizeof kind);
    type->own = strcmp(kind, "string") == 0 || strcmp(kind, "real") == 0 ? 0 : span(bound(tag, end, "left"), bound(tag, end, "right"));
    return;
  }
  if (sub != 0) add_part(r, type, sub);
  type->unpacked = strcmp(name, "unpackarraydtype") == 0;
  type->is_union = strcmp(name, "uniondtype") == 0;
  if (end[-1] != '/') r->open = r->type_count;
  r->bounds = 0;
}

static void read_bound(struct reader *r, const char *tag, const char *end) {
  char value[40];
  if (r->open == 0 || r->bounds > 1 || !attribute(tag, end, "name", value, sizeof value)) return;
  const char *digits = strchr(value, 'h');
  if (digits == NULL) return;
  r->bound[r->bounds++] = (int32_t)strtoul(digits + 1, NULL, 16); /* 32'hffffffff is -1 */
  if (r->bounds == 2) r->types[r->open - 1].times = span(r->bound[0], r->bound[1]);
}

static void read_port(struct reader *r, const char *tag, const char *end) {
  char dir[16];
  struct top_ports *p = r->ports;
  if (!attribute(tag, end, "dir", dir, sizeof dir) || number(tag, end, "pinIndex") == 0) return; /* else an argument of a function */
  if (p->count == r->port_room) {
    const size_t room = r->port_room * 2 + 64;
    struct top_port *list = realloc(p->list, room * sizeof *list);
    if (list != NULL) p->list = list;
    unsigned long *types = realloc(r->port_types, room * sizeof *types);
    if (types != NULL) r->port_types = types;
    if (list == NULL || types == NULL) {
      r->failed = true;
      return;
    }
    r->port_room = room;
  }
  struct top_port *port = &p->list[p->count];
  *port = (struct top_port){.input = strcmp(dir, "output") != 0, .output = strcmp(dir, "input") != 0};
  attribute(tag, end, "name", port->name, sizeof port->name);
  r->port_types[p->count++] = number(tag, end, "dtype_id");
}

static void read_tag(struct reader *r, const char *tag, const char *end, const char *top) {
  char name[TAG_BYTES] = "", of[TOP_NAME_BYTES];
  sscanf(tag, "%39[a-z_/]", name);
  const size_t length = strlen(name);
  if (strcmp(name, "module") == 0) {
    r->in_top = attribute(tag, end, "origName", of, sizeof of) && strcmp(of, top) == 0;
    r->found = r->found || r->in_top;
  } else if (strcmp(name, "/module") == 0) {
    r->in_top = false;
  } else if (strcmp(name, "var") == 0 && r->in_top) {
    read_port(r, tag, end);
  } else if (strcmp(name, "const") == 0) {
    read_bound(r, tag, end);
  } else if (length > 5 && strcmp(name + length - 5, "dtype") == 0) {
    if (name[0] != '/')
      read_type(r, tag, end, name);
    else if (strcmp(name, "/memberdtype") != 0)
      r->open = 0;
  }
}

static unsigned width_of(const struct reader *r, unsigned long id, bool *unpacked, unsigned depth) {
  for (size_t i = 0; i < r->type_count && depth < DEPTH; i++) {
    const struct type *type = &r->types[i];
    unsigned long width = type->own;
    if (type->id != id) continue;
    for (size_t part = 0; part < type->part_count; part++) {
      const unsigned one = width_of(r, type->parts[part], unpacked, depth + 1);
      if (one == 0) return 0;
      width = type->is_union ? (one > width ? one : width) : width + one;
    }
    if (type->unpacked) *unpacked = true;
    return (unsigned)(width * type->times);
  }
  return 0;
}

enum oio_status top_ports_read(struct top_ports *ports, const char *description, const char *top, struct oio_error *error) {
  if (description[strspn(description, " \t\r\n")] == '{') return top_ports_read_json(ports, description, top, error);
  struct reader r = {.ports = ports};
  *ports = (struct top_ports){0};
  for (const char *at = strchr(description, '<'); at != NULL && !r.failed; at = strchr(at, '<')) {
    const char *end = strchr(++at, '>');
    if (end == NULL) break;
    read_tag(&r, at, end, top);
    at = end;
  }
  for (size_t i = 0; i < ports->count; i++) ports->list[i].width = width_of(&r, r.port_types[i], &ports->list[i].unpacked, 0);
  for (size_t i = 0; i < r.type_count; i++) free(r.types[i].parts);
  free(r.types);
  free(r.port_types);
  if (r.failed) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory");
  if (!r.found) return oio_error_set(error, OIO_ERR_FORMAT, "Verilator's description has no module '%.80s'", top);
  return OIO_OK;
}

void top_ports_free(struct top_ports *ports) {
  free(ports->list);
  *ports = (struct top_ports){0};
}

const struct top_port *top_ports_find(const struct top_ports *ports, const char *name) {
  for (size_t i = 0; i < ports->count; i++) {
    if (strcmp(ports->list[i].name, name) == 0) return &ports->list[i];
  }
  return NULL;
}

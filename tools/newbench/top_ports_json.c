/* SPDX-License-Identifier: Apache-2.0 */
/* The description of --json-only: a tree of nodes with a `type`. Data types are nodes with an `addr` that others point to; a port is a VAR
 * right under its module that has a direction. */
#include "top_ports.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 64 };

static const char *text_of(const json_t *node, const char *name) {
  const char *text = json_string_value(json_object_get(node, name));
  return text != NULL ? text : "";
}

static bool ends_in_dtype(const char *type) {
  const size_t length = strlen(type);
  return length >= 5 && strcmp(type + length - 5, "DTYPE") == 0;
}

struct reader {
  struct top_ports *ports;
  const char *top;
  json_t *types;  /* by addr, borrowed values */
  json_t *module; /* borrowed; NULL: not found */
  bool failed;
};

static void look_at(struct reader *r, json_t *object) {
  const char *type = text_of(object, "type"), *addr = text_of(object, "addr");
  if (ends_in_dtype(type) && *addr != '\0' && json_object_set(r->types, addr, object) != 0) r->failed = true;
  if (strcmp(type, "MODULE") != 0 || r->module != NULL) return;
  const char *name = json_is_string(json_object_get(object, "origName")) ? text_of(object, "origName") : text_of(object, "name");
  if (strcmp(name, r->top) == 0) r->module = object;
}

/* At each object of the tree. */
static void look_at_all(struct reader *r, json_t *node, unsigned depth) {
  const char *name;
  json_t *value;
  size_t i;
  if (depth == 512) return; /* nothing that is looked for stands so deep */
  if (json_is_object(node)) {
    look_at(r, node);
    json_object_foreach(node, name, value) look_at_all(r, value, depth + 1);
  } else if (json_is_array(node)) {
    json_array_foreach(node, i, value) look_at_all(r, value, depth + 1);
  }
}

/* Of "7:0" or "[7:0]"; 1 where there is none. */
static unsigned long span_of(const char *range) {
  long left, right;
  range += *range == '[';
  if (sscanf(range, "%ld:%ld", &left, &right) != 2) return 1;
  return (unsigned long)(left > right ? left - right : right - left) + 1;
}

static unsigned long basic_width(const json_t *type) {
  static const struct {
    const char *keyword;
    unsigned long width;
  } known[] = {{"byte", 8}, {"shortint", 16}, {"int", 32}, {"integer", 32}, {"longint", 64}, {"time", 64}, {"string", 0}, {"real", 0}};
  if (*text_of(type, "range") != '\0') return span_of(text_of(type, "range"));
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (strcmp(text_of(type, "keyword"), known[i].keyword) == 0) return known[i].width;
  return 1;
}

/* What a type is made of: an array of it, another name for it. */
static const char *made_of(const json_t *type) {
  return *text_of(type, "refDTypep") != '\0' ? text_of(type, "refDTypep") : text_of(type, "dtypep");
}

static unsigned long width_of(const struct reader *r, const char *addr, bool *unpacked, unsigned depth);

static unsigned long members_width(const struct reader *r, const json_t *type, bool is_union, bool *unpacked, unsigned depth) {
  const json_t *member;
  size_t i;
  unsigned long width = 0;
  json_array_foreach(json_object_get(type, "membersp"), i, member) {
    const unsigned long one = width_of(r, made_of(member), unpacked, depth + 1);
    if (one == 0) return 0;
    width = is_union ? (one > width ? one : width) : width + one;
  }
  return width;
}

/* Bits; 0: it has none, or is not known. */
static unsigned long width_of(const struct reader *r, const char *addr, bool *unpacked, unsigned depth) {
  const json_t *type = json_object_get(r->types, addr);
  const char *kind = text_of(type, "type");
  if (type == NULL || depth == DEPTH) return 0;
  if (strcmp(kind, "BASICDTYPE") == 0) return basic_width(type);
  if (strcmp(kind, "STRUCTDTYPE") == 0 || strcmp(kind, "UNIONDTYPE") == 0)
    return members_width(r, type, strcmp(kind, "UNIONDTYPE") == 0, unpacked, depth);
  if (strcmp(made_of(type), addr) == 0) return 0;
  const unsigned long one = width_of(r, made_of(type), unpacked, depth + 1);
  if (strcmp(kind, "UNPACKARRAYDTYPE") == 0) *unpacked = true;
  return strcmp(kind, "UNPACKARRAYDTYPE") == 0 || strcmp(kind, "PACKARRAYDTYPE") == 0 ? one * span_of(text_of(type, "declRange")) : one;
}

static void add_ports(struct reader *r) {
  const json_t *statements = json_object_get(r->module, "stmtsp"), *node;
  size_t i;
  r->ports->list = calloc(json_array_size(statements) + 1, sizeof *r->ports->list);
  r->failed |= r->ports->list == NULL;
  if (r->failed) return;
  json_array_foreach(statements, i, node) {
    const char *direction = text_of(node, "direction");
    const bool inout = strcmp(direction, "INOUT") == 0;
    const bool input = inout || strcmp(direction, "INPUT") == 0, output = inout || strcmp(direction, "OUTPUT") == 0;
    if (strcmp(text_of(node, "type"), "VAR") != 0 || (!input && !output)) continue;
    struct top_port *port = &r->ports->list[r->ports->count++];
    const char *name = *text_of(node, "origName") != '\0' ? text_of(node, "origName") : text_of(node, "name");
    *port = (struct top_port){.input = input, .output = output};
    snprintf(port->name, sizeof port->name, "%s", name);
    port->width = (unsigned)width_of(r, text_of(node, "dtypep"), &port->unpacked, 0);
  }
}

enum oio_status top_ports_read_json(struct top_ports *ports, const char *text, const char *top, struct oio_error *error) {
  struct reader r = {.ports = ports, .top = top, .types = json_object()};
  json_error_t fault;
  *ports = (struct top_ports){0};
  json_t *tree = json_loads(text, 0, &fault);
  r.failed = r.types == NULL;
  if (tree != NULL && !r.failed) look_at_all(&r, tree, 0);
  if (r.module != NULL) add_ports(&r);
  json_decref(r.types);
  json_decref(tree);
  if (r.failed) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory");
  if (tree == NULL) return oio_error_set(error, OIO_ERR_FORMAT, "Verilator's description: line %d: %s", fault.line, fault.text);
  if (r.module == NULL) return oio_error_set(error, OIO_ERR_FORMAT, "Verilator's description has no module '%.80s'", top);
  return OIO_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pin_map.h"

#include "oio/die.h"
#include "oio/trace.h"
#include "text_input.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 4 };

const char *const pin_role_names[PIN_ROLES] = {"clock", "reset", "valid", "ready", "last", "data", "keep", "destination", "vc"};

struct reader {
  struct text_input in;
  struct pin_map *map;
  struct pin_port common; /* clock and reset of the ports that follow */
};

static enum oio_status no_memory(const struct reader *r, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", r->map->name);
}

static enum oio_status set_path(struct reader *r, struct pin_port *port, enum pin_role role, const char *path, struct oio_error *error) {
  const size_t size = strlen(path) + 1;
  char *copy = malloc(size);
  if (copy == NULL) return no_memory(r, error);
  memcpy(copy, path, size);
  free(port->path[role]);
  port->path[role] = copy;
  port->line[role] = r->in.line;
  return OIO_OK;
}

/* clock PATH [rising|falling]; reset PATH high|low. */
static enum oio_status take_common(struct reader *r, char **words, size_t count, enum pin_role role, struct oio_error *error) {
  const char *second = count > 2 ? words[2] : "";
  if (role == PIN_CLOCK) {
    r->common.falling = strcmp(second, "falling") == 0;
    if (count > 3 || (count > 2 && !r->common.falling && strcmp(second, "rising") != 0))
      return text_bad(&r->in, error, "behind the path of a clock is `rising` or `falling`, or nothing");
  } else {
    r->common.reset_low = strcmp(second, "low") == 0;
    if (count != 3 || (!r->common.reset_low && strcmp(second, "high") != 0))
      return text_bad(&r->in, error, "behind the path of a reset is `high` or `low`: what it is in reset");
  }
  return set_path(r, &r->common, role, words[1], error);
}

/* Is the port, with all its lines behind it, one that can be read? */
static enum oio_status check_port(const struct reader *r, struct oio_error *error) {
  if (r->map->count == 0) return OIO_OK;
  const struct pin_port *port = &r->map->ports[r->map->count - 1];
  const char *missing = NULL;
  if (port->path[PIN_VALID] == NULL) missing = "no `valid`: it is 1 while a beat is there";
  if (port->bytes == 0 && port->path[PIN_DATA] == NULL) missing = "neither `data` nor `bytes`: how many bytes a beat has";
  if (missing == NULL) return OIO_OK;
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: this port has %s", r->map->name, (unsigned long long)port->first_line, missing);
}

/* A port has the clock and the reset that stand before it. */
static enum oio_status inherit(struct reader *r, struct pin_port *port, struct oio_error *error) {
  for (enum pin_role role = PIN_CLOCK; role <= PIN_RESET; role++) {
    if (r->common.path[role] == NULL) continue;
    const enum oio_status status = set_path(r, port, role, r->common.path[role], error);
    if (status != OIO_OK) return status;
    port->line[role] = r->common.line[role];
  }
  return OIO_OK;
}

/* port FROM TO */
static enum oio_status take_port(struct reader *r, char **words, size_t count, struct oio_error *error) {
  uint64_t source, destination;
  if (count != 3 || !text_number(words[1], "", OIO_TRACE_NODES_MAX - 1, &source) ||
      !text_number(words[2], "", OIO_TRACE_NODES_MAX - 1, &destination) || source == destination)
    return text_bad(&r->in, error, "a port is `port FROM TO`, the numbers of two nodes, 0 to %d", OIO_TRACE_NODES_MAX - 1);
  if (r->common.path[PIN_CLOCK] == NULL) return text_bad(&r->in, error, "a port before its clock; `clock PATH` stands above it");
  if (r->map->count == PIN_PORTS_MAX) return text_bad(&r->in, error, "more than %d ports; make two traces", PIN_PORTS_MAX);
  const enum oio_status status = check_port(r, error);
  if (status != OIO_OK) return status;
  struct pin_port *ports = realloc(r->map->ports, (r->map->count + 1) * sizeof *ports);
  if (ports == NULL) return no_memory(r, error);
  r->map->ports = ports;
  struct pin_port *port = &ports[r->map->count++];
  *port = (struct pin_port){.first_line = r->in.line,
                            .source = (uint16_t)source,
                            .destination = (uint16_t)destination,
                            .falling = r->common.falling,
                            .reset_low = r->common.reset_low};
  return inherit(r, port, error);
}

/* What a number says in place of a signal. True: it was that. */
static bool take_number(struct pin_port *port, char **words) {
  uint64_t number;
  if (strcmp(words[0], "vc") == 0 && text_number(words[1], "", OIO_VCS_MAX - 1, &number)) {
    port->vc = (uint8_t)number;
    return true;
  }
  if (strcmp(words[0], "bytes") != 0 || !text_number(words[1], "", PIN_BEAT_BYTES_MAX, &number) || number == 0) return false;
  port->bytes = (uint32_t)number;
  return true;
}

static enum oio_status take_pin(struct reader *r, char **words, size_t count, struct oio_error *error) {
  struct pin_port *port = &r->map->ports[r->map->count - 1];
  enum pin_role role = PIN_VALID;
  if (count != 2) return text_bad(&r->in, error, "'%.40s' has one word behind it: a path", words[0]);
  if (take_number(port, words)) return OIO_OK;
  while (role < PIN_ROLES && strcmp(words[0], pin_role_names[role]) != 0) role++;
  if (strcmp(words[0], "bytes") == 0) return text_bad(&r->in, error, "`bytes` is 1 to %d", PIN_BEAT_BYTES_MAX);
  if (role == PIN_ROLES)
    return text_bad(&r->in, error, "'%.40s' is none of clock, reset, port, valid, ready, last, data, bytes, keep, destination, vc",
                    words[0]);
  if (port->path[role] != NULL) return text_bad(&r->in, error, "a second `%s` of this port", words[0]);
  return set_path(r, port, role, words[1], error);
}

static enum oio_status take_line(struct reader *r, struct oio_error *error) {
  char *words[WORDS_MAX], *comment = strchr(r->in.text, '#');
  if (comment != NULL) *comment = '\0';
  const size_t count = text_split(r->in.text, words, WORDS_MAX);
  if (count == 0) return OIO_OK;
  if (count < 2) return text_bad(&r->in, error, "'%.40s' stands alone; a line is a word and what it is", words[0]);
  if (strcmp(words[0], "port") == 0) return take_port(r, words, count, error);
  for (enum pin_role role = PIN_CLOCK; role <= PIN_RESET; role++)
    if (strcmp(words[0], pin_role_names[role]) == 0) return take_common(r, words, count, role, error);
  if (r->map->count == 0) return text_bad(&r->in, error, "'%.40s' before the first port; `port FROM TO` stands above it", words[0]);
  return take_pin(r, words, count, error);
}

static void free_paths(struct pin_port *port) {
  for (unsigned role = 0; role < PIN_ROLES; role++) free(port->path[role]);
}

enum oio_status pin_map_read(struct pin_map *map, const char *path, struct oio_error *error) {
  struct reader r = {.map = map};
  bool more = true;
  *map = (struct pin_map){.name = path};
  enum oio_status status = text_open(&r.in, path, error);
  while (status == OIO_OK && (status = text_line(&r.in, &more, error)) == OIO_OK && more) status = take_line(&r, error);
  if (status == OIO_OK) status = check_port(&r, error);
  if (status == OIO_OK && map->count == 0) status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no port; add `port FROM TO`", path);
  free_paths(&r.common);
  text_close(&r.in);
  return status;
}

void pin_map_free(struct pin_map *map) {
  for (size_t i = 0; i < map->count; i++) free_paths(&map->ports[i]);
  free(map->ports);
  *map = (struct pin_map){0};
}

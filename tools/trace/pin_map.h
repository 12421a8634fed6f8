/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which signals of a wave carry messages (`--pins`, docs/import.md): ports, each a handshake of valid and ready from one die to another,
 * their clocks and resets. A text of lines, read here; the wave is not looked at.
 */
#ifndef TRACE_PIN_MAP_H
#define TRACE_PIN_MAP_H

#include "oio/base.h"

enum { PIN_PORTS_MAX = 1024, PIN_BEAT_BYTES_MAX = 1 << 20 };

enum pin_role {
  PIN_CLOCK,
  PIN_RESET,
  PIN_VALID,
  PIN_READY,
  PIN_LAST,
  PIN_DATA,
  PIN_KEEP,
  PIN_DESTINATION,
  PIN_VC,
  PIN_ROLES,
};

/** Where there is no such signal its path is NULL. */
struct pin_port {
  char *path[PIN_ROLES];
  uint64_t line[PIN_ROLES]; /**< of the map, where that is said */
  uint64_t first_line;
  uint16_t source, destination;
  bool falling;   /**< edge of the clock */
  bool reset_low; /**< in reset while it is 0 */
  uint8_t vc;     /**< where no signal says it */
  uint32_t bytes; /**< of a beat; 0: the width of data says it */
};

struct pin_map {
  const char *name; /**< of its file */
  struct pin_port *ports;
  size_t count;
};

/** The word that a role has in the map. */
extern const char *const pin_role_names[PIN_ROLES];

/** Reads the map; OIO_ERR_FORMAT with file and line. Free it whatever this returns. */
enum oio_status pin_map_read(struct pin_map *map, const char *path, struct oio_error *error);
void pin_map_free(struct pin_map *map);

#endif

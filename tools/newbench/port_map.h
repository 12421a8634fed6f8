/* SPDX-License-Identifier: Apache-2.0 */
/** The port map of a device under a ready bench: which of its ports is what. A text of lines "key value...", the one file that a user
 * edits. */
#ifndef PORT_MAP_H
#define PORT_MAP_H

#include "top_ports.h"

#include <stdio.h>

enum map_port { MAP_LINE_OUT, MAP_LINE_IN, MAP_SEND, MAP_TAKEN, MAP_PORTS };
enum map_role { MAP_DATA, MAP_VALID, MAP_READY, MAP_SOF, MAP_LAST, MAP_ROLES };
enum { MAP_WORDS = 128, MAP_LINE_BYTES = 1024, MAP_WORD_BYTES = 64, MAP_KEY_BYTES = 32 };

struct map_words { /* lines of a kind that may be there more than once */
  char *list[MAP_WORDS];
  size_t count;
};

struct port_map {
  char top[TOP_NAME_BYTES], clock[TOP_NAME_BYTES], reset[TOP_NAME_BYTES];
  bool reset_low;
  char pins[MAP_PORTS][MAP_ROLES][TOP_NAME_BYTES]; /* "": there is none */
  struct {
    unsigned word_bits; /* 0: all of the beat */
    bool words_down, bytes_down;
  } packing[MAP_PORTS];
  struct map_words sources, arguments, settings, ties;
};

extern const char *const map_port_names[MAP_PORTS], *const map_role_names[MAP_ROLES];

/** Fills in what the names, directions and widths of the ports say. */
void port_map_guess(struct port_map *map, const struct top_ports *ports);
/** Reads a map from an open file called `name`: OIO_ERR_FORMAT with its line. */
enum oio_status port_map_read(struct port_map *map, FILE *file, const char *name, struct oio_error *error);
void port_map_write(const struct port_map *map, const struct top_ports *ports, FILE *file);
/** Do the ports that it names exist, with direction and width? OIO_ERR_CONFIG with the first that does not fit, and the remedy. */
enum oio_status port_map_check(const struct port_map *map, const struct top_ports *ports, struct oio_error *error);
bool map_words_add(struct map_words *words, const char *text);
void port_map_free(struct port_map *map);

#endif

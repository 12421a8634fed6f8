/* SPDX-License-Identifier: Apache-2.0 */
/* What a port is, by its name, direction and width. */
#include "port_map.h"

#include <ctype.h>
#include <string.h>

static const char *const line_words[] = {"phy", "line", "link", "flit", "wire", "lane", "fibre", "fiber", "optic", "serdes", "d2d", NULL};
static const char *const user_words[] = {"usr", "user", "app", "pay", "host", "client", "local", "proto", "msg", NULL};
static const char *const role_words[MAP_ROLES][6] = {{"data", "flit", NULL},
                                                     {"valid", "vld", "val", NULL},
                                                     {"ready", "rdy", NULL},
                                                     {"sof", "sop", "start", "first", NULL},
                                                     {"last", "eof", "eop", NULL}};

static bool has(const char *name, const char *const *words) {
  char lower[TOP_NAME_BYTES];
  size_t i = 0;
  for (; name[i] != '\0'; i++) lower[i] = (char)tolower((unsigned char)name[i]);
  lower[i] = '\0';
  for (; *words != NULL; words++) {
    if (strstr(lower, *words) != NULL) return true;
  }
  return false;
}

enum word { OTHER, CLOCK, RESET, RESET_LOW, LOW };

/* aclk, clkin, sysclk, clock; nrst, rstn, aresetn, hreset and such, but not first and burst; and the n, ni, b or l of rst_n_i. */
static enum word word_of(const char *word, size_t length) {
  static const char *const clocks[] = {"clk", "clock"}, *const resets[] = {"rst", "reset"}, *const lows[] = {"n", "ni", "b", "l"};
  while (length > 0 && isdigit((unsigned char)word[length - 1])) length--;
  for (unsigned i = 0; i < sizeof lows / sizeof *lows; i++) {
    if (length == strlen(lows[i]) && strncmp(word, lows[i], length) == 0) return LOW;
  }
  for (unsigned i = 0; i < 2; i++) {
    const size_t clock = strlen(clocks[i]), reset = strlen(resets[i]);
    if (length >= clock && (strncmp(word, clocks[i], clock) == 0 || strncmp(word + length - clock, clocks[i], clock) == 0)) return CLOCK;
    for (size_t at = 0; at <= 3 && at + reset <= length; at++) {
      const size_t rest = length - at - reset;
      if ((at > 1 && (at != 3 || strncmp(word, "sys", 3) != 0)) || strncmp(word + at, resets[i], reset) != 0) continue;
      if (rest == 0) return at == 1 && word[0] == 'n' ? RESET_LOW : RESET;
      if (rest == 1 && (word[length - 1] == 'n' || word[length - 1] == 'b')) return RESET_LOW;
    }
  }
  return OTHER;
}

/* Does the name have such a word? Words end at underscores and before the capital after a small letter. */
static bool says(const char *name, enum word wanted) {
  char word[TOP_NAME_BYTES];
  size_t length = 0;
  for (; *name != '\0'; name++) {
    if (*name != '_') word[length++] = (char)tolower((unsigned char)*name);
    const bool ends = name[1] == '_' || name[1] == '\0' || (islower((unsigned char)*name) && isupper((unsigned char)name[1]));
    if (!ends) continue;
    if (word_of(word, length) == wanted) return true;
    length = 0;
  }
  return false;
}

static bool goes(const struct top_port *port, bool output) {
  return !port->unpacked && (output ? port->output && !port->input : port->input && !port->output);
}

/* Words of a name, split at underscores, that the other name has too. */
static unsigned shared(const char *a, const char *b) {
  unsigned count = 0;
  while (*a != '\0') {
    const size_t length = strcspn(a, "_");
    for (const char *at = b; length > 0; at++) {
      const size_t other = strcspn(at, "_");
      if (other == length && strncmp(a, at, length) == 0) {
        count += 2;
        break;
      }
      at += other;
      if (*at == '\0') break;
    }
    a += length + (a[length] == '_');
  }
  return count;
}

static bool taken(const struct port_map *map, const char *name) {
  if (strcmp(name, map->clock) == 0 || strcmp(name, map->reset) == 0) return true;
  for (unsigned port = 0; port < MAP_PORTS; port++) {
    for (unsigned role = 0; role < MAP_ROLES; role++) {
      if (strcmp(name, map->pins[port][role]) == 0) return true;
    }
  }
  return false;
}

/* The pin of a port beside its data, which is none of another's. */
static const struct top_port *beside(const struct port_map *map, const struct top_ports *ports, const char *data, enum map_role role,
                                     bool output) {
  const struct top_port *best = NULL;
  unsigned most = 1;
  for (size_t i = 0; i < ports->count; i++) {
    const struct top_port *port = &ports->list[i];
    if (port->width != 1 || !goes(port, output) || !has(port->name, role_words[role]) || taken(map, port->name)) continue;
    const unsigned likeness = shared(data, port->name);
    if (likeness > most) {
      most = likeness;
      best = port;
    }
  }
  return best;
}

/* Two data ports of a direction: which of them is the line? */
static void tell_apart(const struct top_ports *ports, bool output, const struct top_port *found[2]) {
  const struct top_port *wide[2] = {NULL, NULL};
  for (size_t i = 0; i < ports->count; i++) {
    const struct top_port *port = &ports->list[i];
    if (!goes(port, output) || port->width < 32 || port->width % 8 != 0) continue;
    if (wide[0] == NULL || port->width > wide[0]->width) {
      wide[1] = wide[0];
      wide[0] = port;
    } else if (wide[1] == NULL || port->width > wide[1]->width) {
      wide[1] = port;
    }
  }
  found[0] = found[1] = NULL;
  if (wide[0] == NULL || wide[1] == NULL) return;
  int likely = 0;
  for (unsigned i = 0; i < 2; i++) {
    const int sign = i == 0 ? 1 : -1;
    if (has(wide[i]->name, line_words)) likely += 2 * sign;
    if (has(wide[i]->name, user_words)) likely -= 2 * sign;
    if (2048 % wide[i]->width == 0) likely += sign;
  }
  if (likely == 0) return;
  found[0] = wide[likely > 0 ? 0 : 1];
  found[1] = wide[likely > 0 ? 1 : 0];
}

static void guess_port(struct port_map *map, const struct top_ports *ports, enum map_port which, const struct top_port *data, bool output) {
  if (data == NULL) return;
  strcpy(map->pins[which][MAP_DATA], data->name);
  for (unsigned role = MAP_VALID; role < MAP_ROLES; role++) {
    const struct top_port *pin = beside(map, ports, data->name, (enum map_role)role, role == MAP_READY ? !output : output);
    if (pin != NULL) strcpy(map->pins[which][role], pin->name);
  }
}

void port_map_guess(struct port_map *map, const struct top_ports *ports) {
  const struct top_port *data[2];
  for (size_t i = 0; i < ports->count; i++) {
    const struct top_port *port = &ports->list[i];
    if (port->width != 1 || !goes(port, false)) continue;
    if (map->clock[0] == '\0' && says(port->name, CLOCK)) {
      strcpy(map->clock, port->name);
    } else if (map->reset[0] == '\0' && (says(port->name, RESET) || says(port->name, RESET_LOW))) {
      strcpy(map->reset, port->name);
      map->reset_low = says(port->name, RESET_LOW) || says(port->name, LOW);
    }
  }
  tell_apart(ports, true, data);
  guess_port(map, ports, MAP_LINE_OUT, data[0], true);
  guess_port(map, ports, MAP_TAKEN, data[1], true);
  tell_apart(ports, false, data);
  guess_port(map, ports, MAP_LINE_IN, data[0], false);
  guess_port(map, ports, MAP_SEND, data[1], false);
  map->pins[MAP_SEND][MAP_SOF][0] = map->pins[MAP_TAKEN][MAP_SOF][0] = '\0';
}

/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "port_map.h"

#include <stdlib.h>
#include <string.h>

const char *const map_port_names[MAP_PORTS] = {"line.out", "line.in", "send", "taken"};
const char *const map_role_names[MAP_ROLES] = {"data", "valid", "ready", "sof", "last"};

bool map_words_add(struct map_words *words, const char *text) {
  if (words->count == MAP_WORDS) return false;
  char *copy = strdup(text);
  if (copy == NULL) return false;
  words->list[words->count++] = copy;
  return true;
}

static void words_free(struct map_words *words) {
  for (size_t i = 0; i < words->count; i++) free(words->list[i]);
  words->count = 0;
}

void port_map_free(struct port_map *map) {
  words_free(&map->sources);
  words_free(&map->arguments);
  words_free(&map->settings);
  words_free(&map->ties);
}

/* "line.out.valid" and such. */
static char *pin_of(struct port_map *map, const char *key) {
  for (unsigned port = 0; port < MAP_PORTS; port++) {
    const size_t length = strlen(map_port_names[port]);
    if (strncmp(key, map_port_names[port], length) != 0 || key[length] != '.') continue;
    for (unsigned role = 0; role < MAP_ROLES; role++) {
      if (role == MAP_SOF && port >= MAP_SEND) continue;
      if (strcmp(key + length + 1, map_role_names[role]) == 0) return map->pins[port][role];
    }
  }
  return NULL;
}

/* PORT.packing [WORD_BITS] [words-down] [bytes-down]. */
static bool read_packing(struct port_map *map, const char *key, const char *value) {
  for (unsigned port = 0; port < MAP_PORTS; port++) {
    const size_t length = strlen(map_port_names[port]);
    if (strncmp(key, map_port_names[port], length) != 0 || strcmp(key + length, ".packing") != 0) continue;
    char word[32];
    int used = 0;
    for (; sscanf(value, "%31s%n", word, &used) == 1; value += used) {
      char *end;
      const unsigned long bits = strtoul(word, &end, 10);
      if (strcmp(word, "words-down") == 0) {
        map->packing[port].words_down = true;
      } else if (strcmp(word, "bytes-down") == 0) {
        map->packing[port].bytes_down = true;
      } else if (*end == '\0' && bits % 8 == 0 && bits <= 2048) {
        map->packing[port].word_bits = (unsigned)bits;
      } else {
        return false;
      }
    }
    return true;
  }
  return false;
}

/* Exactly two words, which go into SystemVerilog as they are: a name, and a number or a literal of such characters. */
static bool two_words(const char *value, const char *others) {
  static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  char allowed[sizeof usual + 16];
  snprintf(allowed, sizeof allowed, "%s%s", usual, others);
  const size_t name = strspn(value, usual), gap = strspn(value + name, " \t");
  const char *second = value + name + gap;
  const size_t length = strspn(second, allowed);
  return name > 0 && name < MAP_WORD_BYTES && gap > 0 && length > 0 && length < MAP_WORD_BYTES && second[length] == '\0';
}

static bool read_line(struct port_map *map, char *key, char *value) {
  char *pin = pin_of(map, key), level[8] = "";
  const struct {
    const char *key;
    struct map_words *words;
  } lists[] = {{"source", &map->sources}, {"verilator", &map->arguments}, {"set", &map->settings}, {"tie", &map->ties}};
  if (strcmp(key, "source") == 0 && strpbrk(value, " \t") != NULL) return false;
  if (strcmp(key, "set") == 0 && !two_words(value, "")) return false;
  if (strcmp(key, "tie") == 0 && !two_words(value, "':{},-")) return false;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    if (strcmp(key, lists[i].key) == 0) return value[0] != '\0' && map_words_add(lists[i].words, value);
  }
  if (strcmp(key, "reset") == 0) {
    int used = 0;
    const int words = sscanf(value, "%127s %7s%n", map->reset, level, &used);
    map->reset_low = strcmp(level, "low") == 0;
    return words == 2 && value[used] == '\0' && (map->reset_low || strcmp(level, "high") == 0);
  }
  if (strcmp(key, "top") == 0) pin = map->top;
  if (strcmp(key, "clock") == 0) pin = map->clock;
  if (pin == NULL) return read_packing(map, key, value);
  if (strcmp(value, "-") == 0) value = strchr(value, '\0');
  snprintf(pin, TOP_NAME_BYTES, "%s", value);
  return true;
}

enum oio_status port_map_read(struct port_map *map, FILE *file, const char *name, struct oio_error *error) {
  char line[MAP_LINE_BYTES], key[64];
  int used = 0;
  for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
    char *value = line;
    if (strlen(line) + 1 == sizeof line)
      return oio_error_set(error, OIO_ERR_FORMAT, "%s:%u: a line of a port map has less than %d letters", name, number, MAP_LINE_BYTES - 1);
    line[strcspn(line, "#\r\n")] = '\0';
    for (char *end = strchr(line, '\0'); end > line && (end[-1] == ' ' || end[-1] == '\t'); *--end = '\0') {
    }
    if (sscanf(line, "%63s%n", key, &used) != 1) continue;
    value += used;
    value += strspn(value, " \t");
    if (!read_line(map, key, value))
      return oio_error_set(error, OIO_ERR_FORMAT, "%s:%u: '%.60s %.60s' is no line of a port map: docs/bring-your-own-rtl.md lists them",
                           name, number, key, value);
  }
  return OIO_OK;
}

static void write_port(const struct port_map *map, const struct top_ports *ports, unsigned port, FILE *file) {
  const struct top_port *data = top_ports_find(ports, map->pins[port][MAP_DATA]);
  if (data != NULL) fprintf(file, "# %u bytes a beat\n", data->width / 8);
  for (unsigned role = 0; role < MAP_ROLES; role++) {
    if (role == MAP_SOF && port >= MAP_SEND) continue;
    char key[32];
    snprintf(key, sizeof key, "%s.%s", map_port_names[port], map_role_names[role]);
    fprintf(file, "%-16s %s\n", key, map->pins[port][role][0] == '\0' ? "-" : map->pins[port][role]);
  }
}

void port_map_write(const struct port_map *map, const struct top_ports *ports, FILE *file) {
  static const char *const what[MAP_PORTS] = {"flits of the device", "flits to it", "payloads to it, for the far end",
                                              "payloads it hands on"};
  fprintf(file,
          "# Which port of the device is what; - is: it has none. Edit, then `make run`. docs/bring-your-own-rtl.md tells each line.\n");
  fprintf(file, "top              %s\n", map->top);
  for (size_t i = 0; i < map->sources.count; i++) fprintf(file, "source           %s\n", map->sources.list[i]);
  for (size_t i = 0; i < map->arguments.count; i++) fprintf(file, "verilator        %s\n", map->arguments.list[i]);
  fprintf(file, "clock            %s\n", map->clock[0] == '\0' ? "-" : map->clock);
  if (map->reset[0] != '\0') fprintf(file, "reset            %s %s\n", map->reset, map->reset_low ? "low" : "high");
  for (unsigned port = 0; port < MAP_PORTS; port++) {
    fprintf(file, "\n# %s: %s\n", map_port_names[port], what[port]);
    write_port(map, ports, port, file);
  }
  fprintf(
      file,
      "\n# Byte i of a beat is in [8*i +: 8]. Where it is not: words of so many bits, the first at the top, the first byte of a word at "
      "its top.\n"
      "# line.out.packing 32 words-down bytes-down\n"
      "\n# The run. Others: format, seed, clock_ps, ready_percent, valid_percent, hang_flits, window_flits, timeout_flits, replay_limit,\n"
      "# handshake_limit, handshake_explicits, handshake_acks, quiet_acks, waive, waivers, severity, strict.\n");
  for (size_t i = 0; i < map->settings.count; i++) fprintf(file, "set              %s\n", map->settings.list[i]);
  fprintf(file, "\n# Other inputs are 0; another value: tie PORT VALUE\n");
}

static enum oio_status check_pin(const struct port_map *map, const struct top_ports *ports, const char *key, const char *name, bool output,
                                 bool data, struct oio_error *error) {
  const struct top_port *port = top_ports_find(ports, name);
  if (port == NULL) return oio_error_set(error, OIO_ERR_CONFIG, "port.map: %s: the top %s has no port '%s'", key, map->top, name);
  if (port->unpacked || port->width == 0)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "port.map: %s: port %s is an unpacked array or of no plain bits: put a wrapper with a vector around it", key,
                         name);
  if (port->input == port->output || port->output != output)
    return oio_error_set(error, OIO_ERR_CONFIG, "port.map: %s: port %s is no %s of %s", key, name, output ? "output" : "input", map->top);
  if (data ? port->width % 8 != 0 || port->width > 2048 : port->width != 1)
    return oio_error_set(error, OIO_ERR_CONFIG, "port.map: %s: port %s has %u bits: %s", key, name, port->width,
                         data ? "data are whole bytes, 256 at most" : "it is to have one");
  return OIO_OK;
}

static enum oio_status check_port(const struct port_map *map, const struct top_ports *ports, unsigned port, struct oio_error *error) {
  const bool from_device = port == MAP_LINE_OUT || port == MAP_TAKEN;
  for (unsigned role = 0; role < MAP_ROLES; role++) {
    char key[32];
    const char *name = map->pins[port][role];
    snprintf(key, sizeof key, "%s.%s", map_port_names[port], map_role_names[role]);
    if (name[0] == '\0' && role <= MAP_VALID)
      return oio_error_set(error, OIO_ERR_CONFIG, "port.map: %s: which port of %s is it? None could be told by its name; write it there",
                           key, map->top);
    if (name[0] == '\0') continue;
    const enum oio_status status = check_pin(map, ports, key, name, from_device != (role == MAP_READY), role == MAP_DATA, error);
    if (status != OIO_OK) return status;
  }
  const unsigned width = top_ports_find(ports, map->pins[port][MAP_DATA])->width, word = map->packing[port].word_bits;
  if (word > 0 && width % word != 0)
    return oio_error_set(error, OIO_ERR_CONFIG, "port.map: %s.packing: %u bits of port %s are no whole number of words of %u",
                         map_port_names[port], width, map->pins[port][MAP_DATA], word);
  return OIO_OK;
}

/* Faces that are recognised, and not there. */
static enum oio_status check_face(const struct port_map *map, const struct top_ports *ports, struct oio_error *error) {
  const struct top_port *fdi = top_ports_find(ports, "lp_data");
  if (fdi == NULL || top_ports_find(ports, "lp_irdy") == NULL) return OIO_OK;
  if (fdi->width != 512 && fdi->width != 1024 && fdi->width != 2048)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "port lp_data of %s has %u bytes: beats of FDI and RDI here have 64, 128 or 256 (NBYTES, SPEC.md section 18)",
                         map->top, fdi->width / 8);
  return oio_error_set(
      error, OIO_ERR_CONFIG,
      "port lp_data of %s is an FDI's or RDI's: this bench has flits by valid and ready; bring the flit side of the adapter", map->top);
}

/* Notes that a port is `key`; false: it has been something before. */
static bool note(const struct top_ports *ports, const char *name, const char *key, char (*roles)[MAP_KEY_BYTES], struct oio_error *error) {
  const struct top_port *port = top_ports_find(ports, name);
  if (port == NULL) return true;
  char *role = roles[port - ports->list];
  if (role[0] != '\0') {
    oio_error_set(error, OIO_ERR_CONFIG, "port.map: %s: port %s is %s already: a port is one thing; mend or take away one of the two lines",
                  key, name, role);
    return false;
  }
  snprintf(role, MAP_KEY_BYTES, "%s", key);
  return true;
}

static bool note_all(const struct port_map *map, const struct top_ports *ports, char (*roles)[MAP_KEY_BYTES], struct oio_error *error) {
  char name[MAP_WORD_BYTES], key[MAP_KEY_BYTES];
  if (!note(ports, map->clock, "clock", roles, error) || !note(ports, map->reset, "reset", roles, error)) return false;
  for (unsigned port = 0; port < MAP_PORTS; port++) {
    for (unsigned role = 0; role < MAP_ROLES; role++) {
      snprintf(key, sizeof key, "%s.%s", map_port_names[port], map_role_names[role]);
      if (!note(ports, map->pins[port][role], key, roles, error)) return false;
    }
  }
  for (size_t i = 0; i < map->ties.count; i++) {
    if (sscanf(map->ties.list[i], "%63s", name) == 1 && !note(ports, name, "tie", roles, error)) return false;
  }
  return true;
}

static enum oio_status check_once(const struct port_map *map, const struct top_ports *ports, struct oio_error *error) {
  char(*roles)[MAP_KEY_BYTES] = calloc(ports->count + 1, sizeof *roles);
  if (roles == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory");
  const bool once = note_all(map, ports, roles, error);
  free(roles);
  return once ? OIO_OK : OIO_ERR_CONFIG;
}

enum oio_status port_map_check(const struct port_map *map, const struct top_ports *ports, struct oio_error *error) {
  enum oio_status status = check_face(map, ports, error);
  if (status != OIO_OK) return status;
  if (map->clock[0] == '\0')
    return oio_error_set(error, OIO_ERR_CONFIG, "port.map: clock: which input of %s is it? A device has one clock here; write it there",
                         map->top);
  status = check_pin(map, ports, "clock", map->clock, false, false, error);
  if (status == OIO_OK && map->reset[0] != '\0') status = check_pin(map, ports, "reset", map->reset, false, false, error);
  for (unsigned port = 0; port < MAP_PORTS && status == OIO_OK; port++) status = check_port(map, ports, port, error);
  if (status != OIO_OK) return status;
  const struct top_port *out = top_ports_find(ports, map->pins[MAP_LINE_OUT][MAP_DATA]),
                        *in = top_ports_find(ports, map->pins[MAP_LINE_IN][MAP_DATA]);
  if (out->width != in->width)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "port.map: line.out.data: port %s has %u bits and %s %u: both directions of a line are as wide", out->name,
                         out->width, in->name, in->width);
  for (size_t i = 0; i < map->ties.count; i++) {
    char name[TOP_NAME_BYTES] = "";
    sscanf(map->ties.list[i], "%127s", name);
    const struct top_port *port = top_ports_find(ports, name);
    if (port == NULL || !port->input)
      return oio_error_set(error, OIO_ERR_CONFIG, "port.map: tie: the top %s has no input '%s'", map->top, name);
  }
  return check_once(map, ports, error);
}

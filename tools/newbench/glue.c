/* SPDX-License-Identifier: Apache-2.0 */
#include "glue.h"

#include <string.h>

/* Pins of the bench by port and role, as oio_dpi_dut_pkg names them. */
static const char *const bench_pins[MAP_PORTS][MAP_ROLES] = {{NULL, "LineOutValid", "LineOutReady", "LineOutSof", "LineOutLast"},
                                                             {NULL, "LineInValid", "LineInReady", "LineInSof", "LineInLast"},
                                                             {NULL, "SendValid", "SendReady", NULL, "SendLast"},
                                                             {NULL, "TakenValid", "TakenReady", NULL, "TakenLast"}};
static const char *const vectors[MAP_PORTS] = {"line_out", "line_in", "send", "taken"};

static bool from_device(unsigned port) {
  return port == MAP_LINE_OUT || port == MAP_TAKEN;
}

static unsigned width_of(const struct port_map *map, const struct top_ports *ports, unsigned port) {
  return top_ports_find(ports, map->pins[port][MAP_DATA])->width;
}

/* Which of the ports have the pin: bit i. */
static unsigned have(const struct port_map *map, enum map_role role) {
  unsigned bits = 0;
  for (unsigned port = 0; port < MAP_PORTS; port++) bits |= (map->pins[port][role][0] != '\0' ? 1u : 0u) << port;
  return bits;
}

static void write_config(const struct port_map *map, const struct top_ports *ports, FILE *file) {
  fprintf(file, "line_bytes=%u send_bytes=%u taken_bytes=%u sof=%u last=%u always_ready=%u", width_of(map, ports, MAP_LINE_OUT) / 8,
          width_of(map, ports, MAP_SEND) / 8, width_of(map, ports, MAP_TAKEN) / 8, have(map, MAP_SOF), have(map, MAP_LAST),
          ~have(map, MAP_READY) & 15u);
  for (unsigned port = 0; port < MAP_PORTS; port++) fprintf(file, " %s=%.60s", map_port_names[port], map->pins[port][MAP_DATA]);
  if (map->reset[0] != '\0') fprintf(file, " reset=%.60s", map->reset);
  for (size_t i = 0; i < map->settings.count; i++) {
    char name[64], value[64];
    if (sscanf(map->settings.list[i], "%63s %63s", name, value) == 2) fprintf(file, " %s=%s", name, value);
  }
}

/* Bytes in the order of the bench, from and to the device's. */
static void write_bytes(const struct port_map *map, const struct top_ports *ports, unsigned port, FILE *file) {
  const unsigned bytes = width_of(map, ports, port) / 8, word_bits = map->packing[port].word_bits,
                 word = word_bits == 0 ? bytes : word_bits / 8;
  char at[160], w[48], b[48];
  snprintf(w, sizeof w, map->packing[port].words_down ? "%u - i / %u" : "i / %u", map->packing[port].words_down ? bytes / word - 1 : word,
           word);
  snprintf(b, sizeof b, map->packing[port].bytes_down ? "%u - i %% %u" : "i %% %u", map->packing[port].bytes_down ? word - 1 : word, word);
  snprintf(at, sizeof at, "(%s) * %u + %s", w, word, b);
  fprintf(file, "  wire [%u:0] %s_pins;\n", 8 * bytes - 1, vectors[port]);
  fprintf(file, "  for (genvar i = 0; i < %u; i++) begin : g_%s\n", bytes, vectors[port]);
  if (from_device(port))
    fprintf(file, "    assign %s[8*i +: 8] = %s_pins[8*(%s) +: 8];\n  end\n", vectors[port], vectors[port], at);
  else
    fprintf(file, "    assign %s_pins[8*(%s) +: 8] = %s[8*i +: 8];\n  end\n", vectors[port], at, vectors[port]);
  if (from_device(port) && bytes < 256) fprintf(file, "  assign %s[2047:%u] = 0;\n", vectors[port], 8 * bytes);
}

/* Bench inputs that no pin of the device drives. */
static void write_absent(const struct port_map *map, FILE *file) {
  for (unsigned port = 0; port < MAP_PORTS; port++) {
    for (unsigned role = MAP_VALID; role < MAP_ROLES; role++) {
      const bool to_bench = from_device(port) != (role == MAP_READY);
      if (bench_pins[port][role] == NULL || !to_bench || map->pins[port][role][0] != '\0') continue;
      fprintf(file, "  assign from_device[%s] = %d;\n", bench_pins[port][role], role == MAP_READY);
    }
  }
}

/* The connection of a port of the device. */
static void write_connection(const struct port_map *map, const struct top_port *port, FILE *file) {
  if (strcmp(port->name, map->clock) == 0) {
    fprintf(file, "clk_i");
    return;
  }
  if (strcmp(port->name, map->reset) == 0) {
    fprintf(file, "%sto_device[Reset]", map->reset_low ? "!" : "");
    return;
  }
  for (unsigned p = 0; p < MAP_PORTS; p++) {
    if (strcmp(port->name, map->pins[p][MAP_DATA]) == 0) {
      fprintf(file, "%s_pins", vectors[p]);
      return;
    }
    for (unsigned role = MAP_VALID; role < MAP_ROLES; role++) {
      if (bench_pins[p][role] == NULL || strcmp(port->name, map->pins[p][role]) != 0) continue;
      fprintf(file, "%s[%s]", port->output ? "from_device" : "to_device", bench_pins[p][role]);
      return;
    }
  }
  for (size_t i = 0; i < map->ties.count; i++) {
    char name[TOP_NAME_BYTES], value[64];
    if (sscanf(map->ties.list[i], "%127s %63s", name, value) != 2 || strcmp(name, port->name) != 0) continue;
    fprintf(file, "%s", value);
    return;
  }
  if (!port->output) fprintf(file, port->unpacked ? "'{default: '0}" : "'0");
}

void glue_write(const struct port_map *map, const struct top_ports *ports, FILE *file) {
  fprintf(file, "// SPDX-License-Identifier: Apache-2.0\n// Written by `oio new-bench` from port.map: edit that.\n\n"
                "module oio_new_bench\n  import oio_dpi_dut_pkg::*;\n(\n  input  bit clk_i,\n  output int done_o\n);\n\n"
                "  wire [6:0] from_device;\n  bit  [7:0] to_device;\n  beat_t line_out, taken, line_in, send;\n\n"
                "  oio_dpi_dut #(\n    .Config(\"");
  write_config(map, ports, file);
  fprintf(file, "\")\n  ) u_bench (\n    .clk_i, .pins_i(from_device), .line_out_i(line_out), .taken_i(taken),\n"
                "    .pins_o(to_device), .line_in_o(line_in), .send_o(send), .done_o\n  );\n\n");
  for (unsigned port = 0; port < MAP_PORTS; port++) write_bytes(map, ports, port, file);
  write_absent(map, file);
  fprintf(file, "\n  %s u_device (", map->top);
  for (size_t i = 0; i < ports->count; i++) {
    fprintf(file, "%s\n    .%s(", i == 0 ? "" : ",", ports->list[i].name);
    write_connection(map, &ports->list[i], file);
    fprintf(file, ")");
  }
  fprintf(file, "\n  );\n\nendmodule\n");
}

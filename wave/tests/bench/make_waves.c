/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a large waveform that looks like a design's: clocks, counters, buses and flags of many modules. FST through Verilator's own
 * writer, so that the file is what a simulator would leave; VCD as text. The same arguments give the same file. usage: make_waves
 * FILE.fst|FILE.vcd VARIABLES CYCLES [fault=VARIABLE:CYCLE] [invert] [late] [rename] fault   one bit of one variable is wrong for one cycle
 *   invert  every variable but the clocks is inverted
 *   late    every change is one tick later
 *   rename  VCD only: other id codes
 */
#include "fstapi.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct signal {
  uint32_t width, period; /* period: changes about every so many cycles */
  uint64_t value[8];
  fstHandle handle;
};

struct waves {
  FILE *vcd;
  void *fst;
  bool rename;
  uint64_t changes;
};

static uint64_t state = 88172645463325252u;

static uint64_t draw(void) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

static void id_of(const struct waves *waves, uint32_t number, char id[8]) {
  if (waves->rename) number = number * 7 + 3;
  int used = 0;
  for (number++; number > 0; number = (number - 1) / 94) id[used++] = (char)(33 + (number - 1) % 94);
  id[used] = '\0';
}

static void digits_of(const struct signal *signal, bool invert, char *text) {
  for (uint32_t i = 0; i < signal->width; i++) {
    uint32_t bit = signal->width - 1 - i;
    text[i] = (char)('0' + ((signal->value[bit / 64] >> bit % 64 & 1) ^ (invert ? 1u : 0u)));
  }
  text[signal->width] = '\0';
}

static void emit(struct waves *waves, const struct signal *signal, uint32_t number, bool invert) {
  char text[520];
  digits_of(signal, invert, text);
  waves->changes++;
  if (waves->fst != NULL) {
    fstWriterEmitValueChange(waves->fst, signal->handle, text);
    return;
  }
  char id[8];
  id_of(waves, number, id);
  if (signal->width == 1) {
    fprintf(waves->vcd, "%s%s\n", text, id);
  } else {
    fprintf(waves->vcd, "b%s %s\n", text, id);
  }
}

static void emit_time(struct waves *waves, uint64_t time) {
  if (waves->fst != NULL) {
    fstWriterEmitTimeChange(waves->fst, time);
  } else {
    fprintf(waves->vcd, "#%llu\n", (unsigned long long)time);
  }
}

static void declare(struct waves *waves, struct signal *signals, uint32_t n) {
  enum { IN_MODULE = 40 };
  for (uint32_t i = 0; i < n; i++) {
    char name[64], id[8], range[32] = "";
    if (i % IN_MODULE == 0) {
      snprintf(name, sizeof name, "unit%u", i / IN_MODULE);
      if (waves->fst != NULL) {
        if (i > 0) fstWriterSetUpscope(waves->fst);
        fstWriterSetScope(waves->fst, FST_ST_VCD_MODULE, name, NULL);
      } else {
        if (i > 0) fprintf(waves->vcd, "$upscope $end\n");
        fprintf(waves->vcd, "$scope module %s $end\n", name);
      }
    }
    snprintf(name, sizeof name, i % IN_MODULE == 0 ? "clk" : signals[i].width == 1 ? "flag%u" : "bus%u", i % IN_MODULE);
    if (signals[i].width > 1) snprintf(range, sizeof range, " [%u:0]", signals[i].width - 1);
    strcat(name, range);
    id_of(waves, i, id);
    if (waves->fst != NULL) {
      signals[i].handle = fstWriterCreateVar(waves->fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, signals[i].width, name, 0);
    } else {
      fprintf(waves->vcd, "$var wire %u %s %s $end\n", signals[i].width, id, name);
    }
  }
  if (waves->fst != NULL) {
    fstWriterSetUpscope(waves->fst);
  } else {
    fprintf(waves->vcd, "$upscope $end\n$enddefinitions $end\n");
  }
}

static uint32_t width_of(uint32_t i) {
  static const uint32_t widths[8] = {1, 1, 16, 32, 1, 32, 8, 64};
  return i % 40 == 0 ? 1 : i % 200 == 39 ? 128 : widths[i % 8];
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: make_waves FILE.fst|FILE.vcd VARIABLES CYCLES [fault=VARIABLE:CYCLE] [invert] [late] [rename]\n");
    return 2;
  }
  uint32_t n = (uint32_t)strtoul(argv[2], NULL, 10), fault = UINT32_MAX;
  uint64_t cycles = strtoull(argv[3], NULL, 10), fault_cycle = 0;
  bool invert = false, late = false;
  struct waves waves = {0};
  for (int i = 4; i < argc; i++) {
    if (strncmp(argv[i], "fault=", 6) == 0) {
      char *end;
      fault = (uint32_t)strtoul(argv[i] + 6, &end, 10);
      fault_cycle = strtoull(end + 1, NULL, 10);
    }
    invert = invert || strcmp(argv[i], "invert") == 0;
    late = late || strcmp(argv[i], "late") == 0;
    waves.rename = waves.rename || strcmp(argv[i], "rename") == 0;
  }
  size_t length = strlen(argv[1]);
  if (length > 4 && strcmp(argv[1] + length - 4, ".fst") == 0) {
    waves.fst = fstWriterCreate(argv[1], 1);
    if (waves.fst == NULL) return 2;
    fstWriterSetTimescale(waves.fst, -12);
    fstWriterSetPackType(waves.fst, FST_WR_PT_LZ4);
  } else {
    waves.vcd = fopen(argv[1], "w");
    if (waves.vcd == NULL) return 2;
    setvbuf(waves.vcd, NULL, _IOFBF, 1 << 20);
    fprintf(waves.vcd, "$timescale 1ps $end\n");
  }
  struct signal *signals = calloc(n, sizeof *signals);
  if (signals == NULL) return 2;
  for (uint32_t i = 0; i < n; i++) {
    signals[i].width = width_of(i);
    signals[i].period = i % 40 == 0 ? 1 : 2u << (draw() % 5);
    for (uint32_t w = 0; w * 64 < signals[i].width; w++) signals[i].value[w] = draw();
  }
  declare(&waves, signals, n);
  emit_time(&waves, 0);
  for (uint32_t i = 0; i < n; i++) emit(&waves, &signals[i], i, invert && i % 40 != 0);
  for (uint64_t cycle = 1; cycle <= cycles; cycle++) {
    emit_time(&waves, cycle * 1000 + (late ? 1 : 0));
    for (uint32_t i = 0; i < n; i++) {
      struct signal *signal = &signals[i];
      bool wrong = fault == i && (cycle == fault_cycle || cycle == fault_cycle + 1);
      if (i % 40 == 0) {
        signal->value[0] ^= 1;
      } else if (draw() % signal->period == 0) {
        if (signal->width <= 24) {
          signal->value[0] = draw() % 2 == 0 ? draw() : signal->value[0] + 1;
        } else {
          for (uint32_t w = 0; w * 64 < signal->width; w++) signal->value[w] += draw() & 0xff;
        }
      } else if (!wrong) {
        continue;
      }
      if (fault == i && cycle == fault_cycle) signal->value[0] ^= 1;
      emit(&waves, signal, i, invert && i % 40 != 0);
      if (fault == i && cycle == fault_cycle) signal->value[0] ^= 1;
    }
  }
  if (waves.fst != NULL) {
    fstWriterClose(waves.fst);
  } else if (fclose(waves.vcd) != 0) {
    return 2;
  }
  fprintf(stderr, "%llu changes\n", (unsigned long long)waves.changes);
  free(signals);
  return 0;
}

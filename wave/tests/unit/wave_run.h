/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs made by chance, kept as what every signal holds at every tick, and written as VCD or FST with all the noise that says nothing: other
 * ids and order, values said again, aliases, other units, padding, letter case, vectors bit by bit, blocks that end elsewhere.
 * Include after chance.h. OIO_FSTAPI: FST can be written.
 */
#ifndef OIO_TESTS_WAVE_RUN_H
#define OIO_TESTS_WAVE_RUN_H

#include "decl.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#ifdef OIO_FSTAPI
#include "fstapi.h"
#endif

enum { RUN_SIGNALS = 12, RUN_TICKS = 400, RUN_VALUE = 72 };

struct run_signal {
  enum wave_kind kind;
  unsigned width;
  bool absent; /* not in this file */
  bool split;  /* written bit by bit */
  bool upward; /* a vector: declared [0:7], so that the text begins with bit 0 */
  char index;  /* one bit: declared as v, or as v[0] ('i') or v[0:0] ('r') */
};

/* What signal s holds at tick t; "" before it has a value. Of an event: "1" at the very tick. The runs lasts from begin to end. */
struct run {
  struct run_signal signals[RUN_SIGNALS];
  unsigned n;
  int begin, end;
  char held[RUN_SIGNALS][RUN_TICKS][RUN_VALUE];
};

/* How a run is written. */
struct run_noise {
  uint64_t stream;  /* of all that is drawn */
  int exponent;     /* one tick is so many powers of ten of the file's unit: 0, 1 or 3 below a nanosecond */
  bool restate;     /* values said again, other values in between inside of a tick */
  bool all_ticks;   /* every tick is written, also where nothing changes */
  bool alias;       /* equal signals share a handle */
  bool shuffle;     /* order of declarations and of changes */
  unsigned flush;   /* FST: a block ends about every so many ticks; 0: never */
  unsigned pack;    /* FST: 0 zlib, 1 FastLZ, 2 LZ4 */
  const char *path; /* of the scope, with dots; one part of it is enough */
};

static inline bool run_changes(const struct run *run, unsigned s, int t) {
  if (run->signals[s].kind == WAVE_EVENT) return run->held[s][t][0] == '1';
  return strcmp(run->held[s][t], t == run->begin ? "" : run->held[s][t - 1]) != 0;
}

static inline bool run_same_signal(const struct run *run, unsigned a, unsigned b) {
  if (run->signals[a].kind != run->signals[b].kind || run->signals[a].width != run->signals[b].width) return false;
  if (run->signals[a].split || run->signals[b].split || run->signals[a].absent || run->signals[b].absent) return false;
  if (run->signals[a].upward != run->signals[b].upward) return false;
  for (int t = run->begin; t <= run->end; t++) {
    if (strcmp(run->held[a][t], run->held[b][t]) != 0) return false;
  }
  return true;
}

/* Order of things: 0 .. n - 1 mixed. */
static inline void run_mix(uint64_t *stream, unsigned *order, unsigned n, bool really) {
  for (unsigned i = 0; i < n; i++) order[i] = i;
  for (unsigned i = n; really && i > 1; i--) {
    unsigned k = (unsigned)chance_below(stream, i), kept = order[k];
    order[k] = order[i - 1];
    order[i - 1] = kept;
  }
}

/* Another value of the same kind. */
static inline void run_draw(uint64_t *stream, const struct run_signal *signal, unsigned unknown, char *value) {
  static const char nine[] = "xzhuwl-";
  switch (signal->kind) {
  case WAVE_REAL:
    snprintf(value, RUN_VALUE, "%.17g", (double)(int64_t)chance_below(stream, 41) / 8 - 2);
    return;
  case WAVE_STRING:
    snprintf(value, RUN_VALUE, "s%u", (unsigned)chance_below(stream, 30));
    return;
  case WAVE_EVENT:
    strcpy(value, "1");
    return;
  default:
    break;
  }
  bool odd = chance_below(stream, 100) < unknown;
  for (unsigned i = 0; i < signal->width; i++) {
    value[i] = (char)('0' + chance_below(stream, 2));
    if (odd && chance_below(stream, 3) == 0) value[i] = nine[chance_below(stream, chance_below(stream, 4) == 0 ? 7 : 2)];
  }
  value[signal->width] = '\0';
}

/* A value as a file has it. */
static inline const char *run_text(const struct run_signal *signal, const char *value, char text[static RUN_VALUE]) {
  if (!signal->upward || signal->split) return value;
  for (unsigned i = 0; i < signal->width; i++) text[i] = value[signal->width - 1 - i];
  text[signal->width] = '\0';
  return text;
}

/* The range or index behind a name; bit: of a signal that is split. */
static inline void run_range(const struct run_signal *signal, unsigned bit, char range[static 40]) {
  range[0] = '\0';
  if (signal->kind != WAVE_BITS) return;
  if (signal->split) {
    snprintf(range, 40, "[%u]", signal->width - 1 - bit);
  } else if (signal->width > 1) {
    snprintf(range, 40, signal->upward ? "[0:%u]" : "[%u:0]", signal->width - 1);
  } else if (signal->index != 0) {
    strcpy(range, signal->index == 'i' ? "[0]" : "[0:0]");
  }
}

/* --- VCD. --- */

static inline void run_put_value(FILE *file, uint64_t *stream, const struct run_signal *signal, const char *value, const char *id) {
  char text[RUN_VALUE];
  if (signal->kind == WAVE_REAL) {
    fprintf(file, "r%s %s\n", value, id);
  } else if (signal->kind == WAVE_STRING) {
    fprintf(file, "s%s %s\n", value, id);
  } else if (signal->kind == WAVE_EVENT || (signal->width == 1 && chance_below(stream, 4) != 0)) {
    fprintf(file, "%c%s%s", value[0], id, chance_below(stream, 8) == 0 ? "\r\n" : "\n");
  } else {
    strcpy(text, value);
    /* What is left out in front is what the first digit says: 0 before 0 and 1, else the digit itself. */
    char *from = text;
    while (chance_below(stream, 2) == 0 && from[1] != '\0' &&
           ((from[0] == from[1] && from[0] != '1') || (from[0] == '0' && from[1] == '1')))
      from++;
    if (chance_below(stream, 3) == 0) {
      for (char *c = from; *c != '\0'; c++) *c = (char)toupper((unsigned char)*c);
    }
    fprintf(file, "%c%s %s\n", chance_below(stream, 5) == 0 ? 'B' : 'b', from, id);
  }
}

static inline void run_put_signal(FILE *file, uint64_t *stream, const struct run_signal *signal, const char *value, unsigned id) {
  char name[16], text[RUN_VALUE];
  if (!signal->split) {
    snprintf(name, sizeof name, "%c%u", 'a' + id % 26, id);
    run_put_value(file, stream, signal, run_text(signal, value, text), name);
    return;
  }
  const struct run_signal bit = {.kind = WAVE_BITS, .width = 1};
  for (unsigned i = 0; i < signal->width; i++) {
    const char one[2] = {value[i], '\0'};
    snprintf(name, sizeof name, "%c%u.%u", 'a' + id % 26, id, i);
    run_put_value(file, stream, &bit, one, name);
  }
}

static inline void run_write_vcd(const struct run *run, const struct run_noise *noise, const char *path) {
  static const char *const units[] = {"1ns", "100 ps", "10ps", "1 ps"};
  static const char *const words[] = {"wire", "real", "string", "event"};
  uint64_t stream = noise->stream, factor = noise->exponent == 0 ? 1 : noise->exponent == 1 ? 10 : noise->exponent == 2 ? 100 : 1000;
  unsigned order[RUN_SIGNALS], id[RUN_SIGNALS], first_id = (unsigned)chance_below(&stream, 50);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file, "$date now %u $end $timescale %s $end\n", (unsigned)chance_below(&stream, 1000), units[noise->exponent]);
  char scopes[100], range[40];
  unsigned depth = 0;
  strcpy(scopes, noise->path);
  for (char *part = strtok(scopes, "."); part != NULL; part = strtok(NULL, "."), depth++) fprintf(file, "$scope module %s $end\n", part);
  for (unsigned s = 0; s < run->n; s++) id[s] = first_id + s;
  for (unsigned s = 0; s < run->n && noise->alias; s++) {
    for (unsigned before = 0; before < s && id[s] == first_id + s; before++) {
      if (run_same_signal(run, before, s)) id[s] = id[before];
    }
  }
  run_mix(&stream, order, run->n, noise->shuffle);
  for (unsigned i = 0; i < run->n; i++) {
    const struct run_signal *signal = &run->signals[order[i]];
    unsigned s = order[i];
    if (signal->absent) continue;
    if (signal->split) {
      for (unsigned bit = 0; bit < signal->width; bit++)
        fprintf(file, "$var wire 1 %c%u.%u v%u [%u] $end\n", 'a' + id[s] % 26, id[s], bit, s, signal->width - 1 - bit);
    } else {
      fprintf(file, "$var %s %u %c%u v%u", signal->kind == WAVE_BITS && chance_below(&stream, 2) == 0 ? "reg" : words[signal->kind],
              signal->kind == WAVE_REAL     ? 64
              : signal->kind == WAVE_STRING ? 1
                                            : signal->width,
              'a' + id[s] % 26, id[s], s);
      run_range(signal, 0, range);
      fprintf(file, "%s%s $end\n", range[0] != '\0' && chance_below(&stream, 2) == 0 ? " " : "", range);
    }
  }
  for (; depth > 0; depth--) fprintf(file, "$upscope $end\n");
  fprintf(file, "$enddefinitions $end\n");
  for (int t = run->begin; t <= run->end; t++) {
    bool any = t == run->begin || t == run->end || noise->all_ticks || (noise->restate && chance_below(&stream, 10) == 0);
    for (unsigned s = 0; s < run->n; s++) any = any || (!run->signals[s].absent && run_changes(run, s, t));
    if (!any) continue;
    fprintf(file, "#%llu\n", (unsigned long long)((uint64_t)t * factor));
    run_mix(&stream, order, run->n, noise->shuffle);
    for (unsigned i = 0; i < run->n; i++) {
      unsigned s = order[i];
      const struct run_signal *signal = &run->signals[s];
      bool changes = run_changes(run, s, t), again = noise->restate && chance_below(&stream, 8) == 0;
      if (signal->absent || id[s] != first_id + s || run->held[s][t][0] == '\0') continue;
      if (!changes && (!again || signal->kind == WAVE_EVENT)) continue;
      if (noise->restate && signal->kind != WAVE_EVENT && chance_below(&stream, 6) == 0) {
        char other[RUN_VALUE];
        run_draw(&stream, signal, 20, other);
        run_put_signal(file, &stream, signal, other, id[s]);
      }
      run_put_signal(file, &stream, signal, run->held[s][t], id[s]);
      if (again && chance_below(&stream, 2) == 0) run_put_signal(file, &stream, signal, run->held[s][t], id[s]);
    }
  }
  assert_int_equal(fclose(file), 0);
}

/* --- FST. --- */

#ifdef OIO_FSTAPI
static inline void run_put_fst(void *fst, const struct run_signal *signal, const fstHandle *handles, const char *value) {
  char text[RUN_VALUE];
  double number;
  if (signal->kind == WAVE_STRING) {
    fstWriterEmitVariableLengthValueChange(fst, handles[0], value, (uint32_t)strlen(value));
  } else if (signal->kind == WAVE_REAL) {
    number = strtod(value, NULL);
    fstWriterEmitValueChange(fst, handles[0], &number);
  } else if (!signal->split) {
    fstWriterEmitValueChange(fst, handles[0], run_text(signal, value, text));
  } else {
    for (unsigned i = 0; i < signal->width; i++) fstWriterEmitValueChange(fst, handles[i], &value[i]);
  }
}

static inline void run_write_fst(const struct run *run, const struct run_noise *noise, const char *path) {
  static const int timescales[] = {-9, -10, -11, -12};
  static const enum fstVarType types[] = {FST_VT_VCD_WIRE, FST_VT_VCD_REAL, FST_VT_GEN_STRING, FST_VT_VCD_EVENT};
  static const enum fstWriterPackType packs[] = {FST_WR_PT_ZLIB, FST_WR_PT_FASTLZ, FST_WR_PT_LZ4};
  uint64_t stream = noise->stream, factor = noise->exponent == 0 ? 1 : noise->exponent == 1 ? 10 : noise->exponent == 2 ? 100 : 1000;
  static fstHandle handles[RUN_SIGNALS][RUN_VALUE];
  unsigned order[RUN_SIGNALS];
  bool shared[RUN_SIGNALS] = {false}, written = false;
  void *fst = fstWriterCreate(path, 1);
  assert_non_null(fst);
  memset(handles, 0, sizeof handles);
  fstWriterSetTimescale(fst, timescales[noise->exponent]);
  fstWriterSetPackType(fst, packs[noise->pack]);
  char scopes[100], name[80];
  unsigned depth = 0;
  strcpy(scopes, noise->path);
  for (char *part = strtok(scopes, "."); part != NULL; part = strtok(NULL, "."), depth++)
    fstWriterSetScope(fst, FST_ST_VCD_MODULE, part, NULL);
  run_mix(&stream, order, run->n, noise->shuffle);
  for (unsigned i = 0; i < run->n; i++) {
    unsigned s = order[i];
    const struct run_signal *signal = &run->signals[s];
    fstHandle alias = 0;
    if (signal->absent) continue;
    for (unsigned k = 0; k < i && noise->alias; k++) {
      if (handles[order[k]][0] != 0 && !shared[order[k]] && run_same_signal(run, order[k], s)) alias = handles[order[k]][0];
    }
    shared[s] = alias != 0;
    for (unsigned bit = 0; bit < (signal->split ? signal->width : 1); bit++) {
      char range[40];
      run_range(signal, bit, range);
      snprintf(name, sizeof name, "v%u%s%s", s, range[0] != '\0' ? " " : "", range);
      handles[s][bit] = fstWriterCreateVar(fst, types[signal->kind], FST_VD_IMPLICIT,
                                           signal->split                 ? 1
                                           : signal->kind == WAVE_REAL   ? 8
                                           : signal->kind == WAVE_STRING ? 0
                                                                         : signal->width,
                                           name, alias);
    }
  }
  for (; depth > 0; depth--) fstWriterSetUpscope(fst);
  for (int t = run->begin; t <= run->end; t++) {
    bool any = t == run->begin || t == run->end || noise->all_ticks || (noise->restate && chance_below(&stream, 10) == 0);
    for (unsigned s = 0; s < run->n; s++) any = any || (!run->signals[s].absent && run_changes(run, s, t));
    if (!any) continue;
    fstWriterEmitTimeChange(fst, (uint64_t)t * factor);
    run_mix(&stream, order, run->n, noise->shuffle);
    for (unsigned i = 0; i < run->n; i++) {
      unsigned s = order[i];
      const struct run_signal *signal = &run->signals[s];
      bool changes = run_changes(run, s, t), again = noise->restate && chance_below(&stream, 8) == 0;
      if (signal->absent || shared[s] || run->held[s][t][0] == '\0') continue;
      if (!changes && (!again || signal->kind == WAVE_EVENT)) continue;
      if (noise->restate && signal->kind != WAVE_EVENT && chance_below(&stream, 6) == 0) {
        char other[RUN_VALUE];
        run_draw(&stream, signal, 20, other);
        run_put_fst(fst, signal, handles[s], other);
      }
      run_put_fst(fst, signal, handles[s], run->held[s][t]);
      written = written || t > run->begin;
    }
    /* This writer's time tables are wrong when a block without changes is flushed. */
    if (noise->flush == 0 || chance_below(&stream, noise->flush) != 0 || !written) continue;
    fstWriterFlushContext(fst);
    written = false;
  }
  fstWriterClose(fst);
}
#endif

#endif

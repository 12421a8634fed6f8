/* SPDX-License-Identifier: Apache-2.0 */
/* Random VCD texts with all the quirks of simulators. Include after chance.h. */
#ifndef OIO_TESTS_WAVE_VCD_MAKER_H
#define OIO_TESTS_WAVE_VCD_MAKER_H

#include "wave_vcd_oracle.h"

struct maker {
  uint64_t chances;
  struct text text;
  struct {
    char id[24];
    char kind; /* b r s e p */
    unsigned width;
  } signals[60];
  unsigned n_signals;
  const char *line; /* how lines end */
  uint64_t time;
  bool places; /* times have decimal places */
};

static inline uint64_t pick(struct maker *maker, uint64_t below) {
  return chance_below(&maker->chances, below);
}

static inline void make_id(struct maker *maker, unsigned style, unsigned number, char *id) {
  size_t size = 0;
  switch (style) {
  case 0: /* lowest digit first */
  case 1: /* last */
    for (unsigned rest = number;; rest = rest / 94 - 1) {
      id[size++] = (char)('!' + rest % 94);
      if (rest < 94) break;
    }
    id[size] = '\0';
    if (style == 1 && size == 2) {
      char swap = id[0];
      id[0] = id[1];
      id[1] = swap;
    }
    return;
  case 2:
    snprintf(id, 24, "aa%c%c%c", 'a' + (int)(number / 26 / 26 % 26), 'a' + (int)(number / 26 % 26), 'a' + (int)(number % 26));
    return;
  case 3:
    snprintf(id, 24, "<%u", number);
    return;
  default:
    for (size = 0; size < 1 + number % 12; size++) id[size] = (char)('!' + pick(maker, 94));
    snprintf(id + size, 24 - size, "%u", number);
    if (number % 7 == 0) id[0] = (char)0xc3;
  }
}

static const unsigned widths[] = {1, 1, 1, 2, 3, 7, 8, 8, 9, 16, 31, 32, 33, 63, 64, 65, 72, 100, 127, 128, 129, 200, 512, 600};

static inline void make_header(struct maker *maker) {
  unsigned style = (unsigned)pick(maker, 5), base = pick(maker, 3) ? 0 : (unsigned)pick(maker, 8000);
  struct text *text = &maker->text;
  if (pick(maker, 2)) add(text, "$date%s today $enddate$end x%s$end%s", maker->line, maker->line, maker->line);
  if (pick(maker, 2)) add(text, "$timescale\t1 ns $end%s", maker->line);
  add(text, "$scope module top $end%s", maker->line);
  maker->n_signals = 1 + (unsigned)pick(maker, 60);
  for (unsigned i = 0; i < maker->n_signals; i++) {
    unsigned width = widths[pick(maker, sizeof widths / sizeof widths[0])], kind = (unsigned)pick(maker, 16);
    bool port = style == 3 && kind < 8;
    const char *type = kind == 12 ? "real" : kind == 13 ? "string" : kind == 14 ? "event" : kind == 15 ? "integer" : "wire";
    if (kind == 12) width = pick(maker, 2) ? 64 : 1;
    if (kind == 13) width = 0;
    if (kind == 14) width = 1;
    if (port) type = "port";
    make_id(maker, style, base + i, maker->signals[i].id);
    maker->signals[i].kind = port ? 'p' : "bbbbbbbbbbbbrseb"[kind];
    maker->signals[i].width = width;
    if (port && width > 1)
      add(text, "$var port [%u:0] %s p%u $end%s", width - 1, maker->signals[i].id, i, maker->line);
    else
      add(text, "$var %s\t%u %s n%u [%u:0] $end%s", type, width, maker->signals[i].id, i, width > 0 ? width - 1 : 0, maker->line);
    if (pick(maker, 8) == 0 && !port && width > 0 && kind < 12) {
      unsigned other = 1 + (unsigned)pick(maker, 90);
      add(text, "$var reg %u %s alias%u $end%s", other, maker->signals[i].id, i, maker->line);
      if (other > width) maker->signals[i].width = other;
    }
    if (pick(maker, 10) == 0) add(text, "$attrbegin misc 02 X $end $scope module s%u $end %s $upscope $end\n", i, maker->line);
  }
  add(text, "$upscope $end%s$enddefinitions%s$end%s", maker->line, pick(maker, 2) ? " " : "\n\t", maker->line);
}

static inline void make_digits(struct maker *maker, unsigned width) {
  unsigned how = (unsigned)pick(maker, 12), count = width;
  if (how < 3) count = 1 + (unsigned)pick(maker, width);
  bool two = pick(maker, 4) != 0, zeros = pick(maker, 3) == 0;
  if (how == 4) add(&maker->text, "0%c", pick(maker, 2) ? 'b' : 'B');
  if (how == 3) add(&maker->text, "%.*s", (int)pick(maker, 70), "0000000000000000000000000000000000000000000000000000000000000000000000");
  for (unsigned i = 0; i < count; i++) {
    char digit = (char)('0' + pick(maker, 2));
    if (zeros && pick(maker, 8)) digit = '0';
    if (!two && pick(maker, 3) == 0) digit = "xzXZuwhlUWHL-?"[pick(maker, 14)];
    add_bytes(&maker->text, &digit, 1);
  }
}

static inline void make_change(struct maker *maker, unsigned signal) {
  struct text *text = &maker->text;
  unsigned width = maker->signals[signal].width;
  char kind = maker->signals[signal].kind;
  const char *gap = pick(maker, 20) ? "" : pick(maker, 2) ? " " : maker->line;
  if (kind == 'b' && width == 1 && pick(maker, 10)) kind = 'e';
  if (kind == 'b' && pick(maker, 30) == 0) kind = 'e';
  switch (kind) {
  case 'e':
    add(text, "%c%s", "01010101010101xzXZuwhl-?"[pick(maker, 24)], gap);
    break;
  case 'r':
    if (pick(maker, 6) == 0) {
      add(text, "%s ", pick(maker, 2) ? "b1011" : "bx");
      break;
    }
    if (pick(maker, 12) == 0)
      add(text, "r%s ", pick(maker, 2) ? "NaN" : "-inf");
    else
      add(text, pick(maker, 2) ? "r%.17g " : "R%g ", (chance_unit(&maker->chances) - 0.5) * (pick(maker, 2) ? 1e3 : 1e-280));
    break;
  case 's':
    add(text, "s%.*s\\040%c ", (int)pick(maker, 12), "some\\nText\\\\", 'a' + (int)pick(maker, 26));
    break;
  case 'p':
    add(text, "p");
    for (unsigned part = 0; part < 3; part++) {
      for (unsigned i = 0; i < width; i++) add(text, "%c", part == 0 ? "DUNZLHX"[pick(maker, 7)] : '0' + (int)pick(maker, 8));
      add(text, pick(maker, 20) ? " " : "  ");
    }
    break;
  default:
    add(text, pick(maker, 5) ? "b" : "B");
    make_digits(maker, width);
    add(text, pick(maker, 30) ? " " : pick(maker, 2) ? " \t" : "\n");
  }
  add(text, "%s%s", maker->signals[signal].id, pick(maker, 25) ? maker->line : " ");
}

static inline void make_body(struct maker *maker, unsigned steps) {
  struct text *text = &maker->text;
  if (pick(maker, 3) == 0) {
    add(text, "$dumpvars%s", maker->line);
    for (unsigned i = 0; i < maker->n_signals; i++) make_change(maker, i);
    add(text, "$end%s", maker->line);
  }
  for (unsigned i = 0; i < steps; i++) {
    if (pick(maker, 20)) maker->time += pick(maker, 10) == 0 ? pick(maker, 1000000) : 1 + pick(maker, 5);
    if (pick(maker, 500) == 0) maker->time += 1000000000000;
    if (maker->places)
      add(text, "#%" PRIu64 ".%u%s%s", maker->time, (unsigned)(maker->time % 100), pick(maker, 2) ? "0" : "", maker->line);
    else
      add(text, "#%" PRIu64 "%s", maker->time, pick(maker, 20) ? maker->line : " ");
    if (pick(maker, 50) == 0) add(text, "$comment #1 0! $dumpvars 1%s$ends $end%s", maker->line, maker->line);
    if (pick(maker, 50) == 0) add(text, "%s%s", pick(maker, 2) ? "$dumpoff" : "$dumpportsall", maker->line);
    for (unsigned j = (unsigned)pick(maker, 12); j > 0; j--) make_change(maker, (unsigned)pick(maker, maker->n_signals));
    if (pick(maker, 50) == 0) add(text, "$end%s%s", maker->line, maker->line);
    if (pick(maker, 50) == 0) add(text, "$end"); /* and the next time right behind it */
  }
}

static inline void make_text(struct maker *maker, uint64_t stream) {
  memset(maker, 0, sizeof *maker);
  maker->chances = stream;
  maker->line = pick(maker, 4) ? "\n" : "\r\n";
  maker->places = pick(maker, 6) == 0;
  make_header(maker);
  make_body(maker, (unsigned)pick(maker, 200));
}

static inline size_t body_of(const struct text *text) {
  char *at = strstr(strstr(text->bytes, "$enddefinitions") + 15, "$end");
  return (size_t)(at + 4 - text->bytes);
}

/* Breaks the end of a body, or something in it. */
static inline void damage_text(struct maker *maker, size_t body) {
  struct text *text = &maker->text;
  static const char *const odd[] = {"#0\n",
                                    "1nobody\n",
                                    "b01 nobody\n",
                                    "q\n",
                                    "b012 !\n",
                                    "$comment\n",
                                    "#12x\n",
                                    "r1 ",
                                    "#99999999999999999999999\n",
                                    "#18446744073709551615\n",
                                    "$end0!\n"};
  if (pick(maker, 2)) {
    text->size = body + pick(maker, text->size - body + 1);
    text->bytes[text->size] = '\0';
  } else {
    add(text, "%s", odd[pick(maker, sizeof odd / sizeof odd[0])]);
    if (pick(maker, 2)) make_body(maker, 5);
  }
}

#endif

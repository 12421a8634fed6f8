/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reports made by hand, one for each thing that an output has to show. Times are ps. Owned by the caller: wave_report_free.
 */
#ifndef WAVE_SAMPLE_H
#define WAVE_SAMPLE_H

#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum wave_sample {
  SAMPLE_ONE,      /**< one divergence of a bus, equal again later */
  SAMPLE_GLITCH,   /**< of one bit */
  SAMPLE_FOREVER,  /**< never equal again */
  SAMPLE_SHIFT,    /**< every edge later by the same time */
  SAMPLE_MANY,     /**< 300 in 12 scopes */
  SAMPLE_DECLARED, /**< missing, width, type */
  SAMPLE_X,        /**< x only */
  SAMPLE_BEATS,    /**< a channel */
  SAMPLE_NOTHING,  /**< nothing compared */
  SAMPLE_PARTIAL,  /**< a file that ends in the middle, otherwise the same */
  SAMPLE_NAMES,    /**< names that no output may take for anything else */
  SAMPLE_WIDE,     /**< 4096 bits */
  SAMPLE_KINDS,    /**< a real, a string, an event */
  SAMPLE_SAME,
  SAMPLES
};

static char *sample_text(const char *text) {
  const size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  if (copy == NULL) abort();
  return memcpy(copy, text, size);
}

/* Room for one more element at the end of an array; its bytes are 0. */
static void *sample_grow(void *array, uint32_t count, size_t size) {
  char *larger = realloc(array, (count + 1) * size);
  if (larger == NULL) abort();
  memset(larger + count * size, 0, size);
  return larger;
}

static void sample_event(struct wave_trace *trace, int64_t time, const char *value) {
  trace->events = sample_grow(trace->events, trace->n, sizeof *trace->events);
  trace->events[trace->n].time = time;
  trace->events[trace->n++].value = sample_text(value);
}

/* Binary digits of a number. */
static const char *sample_bits(uint64_t value, unsigned width) {
  static char texts[2][65];
  static unsigned turn;
  char *text = texts[turn++ % 2];
  for (unsigned i = 0; i < width; i++) text[i] = value >> (width - 1 - i) & 1 ? '1' : '0';
  text[width] = '\0';
  return text;
}

static struct wave_report *sample_new(enum wave_verdict verdict, const char *summary) {
  struct wave_report *report = sample_grow(NULL, 0, sizeof *report);
  report->verdict = verdict;
  report->summary = sample_text(summary);
  report->golden = (struct wave_file){.path = sample_text("runs/golden.fst"),
                                      .format = "FST",
                                      .bytes = 10485760,
                                      .variables = 1250,
                                      .signals = 1100,
                                      .end = 400000,
                                      .timescale_exponent = -12,
                                      .timescale_known = true};
  report->fresh = (struct wave_file){.path = sample_text("runs/new run.vcd"),
                                     .format = "VCD",
                                     .bytes = 7340032,
                                     .variables = 1250,
                                     .signals = 1100,
                                     .end = 400000,
                                     .timescale_exponent = -12,
                                     .timescale_known = true};
  report->exponent = -12;
  report->compared_to = 400000;
  report->compared = 1204;
  report->excluded = 46;
  report->seconds = 0.0213;
  report->rules = sample_grow(NULL, 0, sizeof *report->rules);
  report->rules[0] = (struct wave_rule_count){sample_text("compare top.** lead=1ns"), sample_text("soc.rules:3"), 1204, 0};
  report->n_rules = 1;
  report->n_density = 40;
  report->density = calloc(40, sizeof *report->density);
  if (report->density == NULL) abort();
  return report;
}

static void sample_clock(struct wave_report *report) {
  report->clocks = sample_grow(report->clocks, report->n_clocks, sizeof *report->clocks);
  struct wave_clock *clock = &report->clocks[report->n_clocks++];
  *clock = (struct wave_clock){.path = sample_text("top.clk"), .first = 5000, .period = 10000};
  for (int64_t at = 80000; at <= 180000; at += 5000) {
    sample_event(&clock->golden, at, at % 10000 == 5000 ? "1" : "0");
    sample_event(&clock->fresh, at, at % 10000 == 5000 ? "1" : "0");
  }
}

static struct wave_divergence *sample_divergence(struct wave_report *report, const char *scope, const char *name, enum wave_class class,
                                                 int64_t at) {
  char path[512];
  report->divergences = sample_grow(report->divergences, report->n_divergences, sizeof *report->divergences);
  struct wave_divergence *divergence = &report->divergences[report->n_divergences++];
  snprintf(path, sizeof path, "%s.%s", scope, name);
  *divergence = (struct wave_divergence){.path = sample_text(path),
                                         .scope = sample_text(scope),
                                         .kind = WAVE_BITS,
                                         .width = 1,
                                         .new_width = 1,
                                         .class = class,
                                         .at = at,
                                         .cycle = -1,
                                         .until = WAVE_FOREVER,
                                         .times = 1,
                                         .window_from = at > 50000 ? at - 50000 : 0,
                                         .window_to = at + 50000};
  report->different++;
  report->rules[0].different++;
  report->density[at / (report->compared_to / report->n_density + 1)]++;
  return divergence;
}

static void sample_values(struct wave_divergence *divergence, const char *golden, const char *fresh) {
  divergence->golden_value = sample_text(golden);
  divergence->new_value = sample_text(fresh);
}

static void sample_detail(struct wave_report *report) {
  report->detailed = report->n_divergences;
  for (uint32_t i = 0; i < report->n_divergences; i++) report->divergences[i].detailed = report->divergences[i].golden.n > 0;
}

static void sample_group(struct wave_report *report, const char *title, uint32_t first, uint32_t count) {
  report->groups = sample_grow(report->groups, report->n_groups, sizeof *report->groups);
  struct wave_group *group = &report->groups[report->n_groups++];
  *group = (struct wave_group){.title = sample_text(title), .at = report->divergences[first].at, .n = count};
  for (uint32_t i = 0; i < count; i++) {
    group->members = sample_grow(group->members, i, sizeof *group->members);
    group->members[i] = first + i;
  }
}

static void sample_scope(struct wave_report *report, const char *path, uint32_t depth, uint32_t compared, uint32_t different,
                         int64_t first) {
  report->scopes = sample_grow(report->scopes, report->n_scopes, sizeof *report->scopes);
  report->scopes[report->n_scopes++] = (struct wave_scope_count){.path = sample_text(path),
                                                                 .depth = depth,
                                                                 .compared = compared,
                                                                 .different = different,
                                                                 .compared_below = compared,
                                                                 .different_below = different,
                                                                 .first = first};
}

/* Two counters that part at `at` and meet again at `until`. */
static void sample_bus(struct wave_divergence *divergence, unsigned width, int64_t at, int64_t until) {
  divergence->width = divergence->new_width = width;
  const uint64_t base = 0x3a + (uint64_t)(at / 10000), flip = (uint64_t)1 << (width > 6 ? 6 : width - 2);
  for (int64_t time = divergence->window_from; time <= divergence->window_to; time += 10000) {
    const uint64_t value = base + (uint64_t)(time / 10000);
    sample_event(&divergence->golden, time, sample_bits(value, width));
    sample_event(&divergence->fresh, time, sample_bits(time >= at && time < until ? value ^ flip : value, width));
  }
  sample_values(divergence, sample_bits(base + (uint64_t)(at / 10000), width), sample_bits((base + (uint64_t)(at / 10000)) ^ flip, width));
  divergence->until = until;
  divergence->total = (until == WAVE_FOREVER ? 400000 : until) - at;
}

static struct wave_report *sample_one(int64_t until) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "1 of 1204 variables differs, first at 125 ns");
  struct wave_divergence *first = sample_divergence(report, "top.cpu.alu", "result[31:0]", WAVE_CLASS_VALUE, 125000);
  sample_bus(first, 32, 125000, until);
  first->cycle = 12;
  first->clock = sample_text("top.clk");
  first->aliases = sample_grow(first->aliases, 0, sizeof *first->aliases);
  first->aliases = sample_grow(first->aliases, 1, sizeof *first->aliases);
  first->aliases[0] = sample_text("top.cpu.wb.value[31:0]");
  sample_clock(report);
  sample_group(report, "top.cpu.alu", 0, 1);
  sample_scope(report, "top", 0, 100, 0, WAVE_FOREVER);
  sample_scope(report, "top.cpu", 1, 900, 0, WAVE_FOREVER);
  sample_scope(report, "top.cpu.alu", 2, 204, 1, 125000);
  report->scopes[0].different_below = report->scopes[1].different_below = 1;
  report->scopes[0].compared_below = 1204;
  report->scopes[1].compared_below = 1104;
  return report;
}

static struct wave_report *sample_glitch(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "1 of 1204 variables differs, first at 130 ns");
  struct wave_divergence *first = sample_divergence(report, "top.bus", "valid", WAVE_CLASS_GLITCH, 130000);
  sample_event(&first->golden, 80000, "0");
  sample_event(&first->golden, 95000, "1");
  sample_event(&first->golden, 115000, "0");
  sample_event(&first->golden, 155000, "1");
  sample_event(&first->fresh, 80000, "0");
  sample_event(&first->fresh, 95000, "1");
  sample_event(&first->fresh, 115000, "0");
  sample_event(&first->fresh, 130000, "1");
  sample_event(&first->fresh, 130250, "0");
  sample_event(&first->fresh, 155000, "1");
  sample_values(first, "0", "1");
  first->until = 130250;
  first->total = 250;
  sample_clock(report);
  sample_group(report, "top.bus", 0, 1);
  return report;
}

static struct wave_report *sample_shift(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "600 of 1204 variables differ, all 2 ns later from 20 ns on");
  char name[16];
  for (int i = 0; i < 40; i++) {
    snprintf(name, sizeof name, "q%d", i);
    struct wave_divergence *one = sample_divergence(report, i < 20 ? "top.a" : "top.b", name, WAVE_CLASS_SHIFT, 20000 + i / 8);
    one->shift = 2000;
    one->total = 76000;
    one->times = 38;
    sample_values(one, "1", "0");
    if (i > 0) continue;
    for (int64_t time = 0; time <= 70000; time += 10000) sample_event(&one->golden, time, time % 20000 == 0 ? "1" : "0");
    sample_event(&one->fresh, 0, "1");
    for (int64_t time = 10000; time < 68000; time += 10000)
      sample_event(&one->fresh, time >= 20000 ? time + 2000 : time, time % 20000 == 0 ? "1" : "0");
  }
  report->different = 600;
  sample_group(report, "everything 2 ns later", 0, 40);
  return report;
}

static struct wave_report *sample_many(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "300 of 1204 variables differ, first at 60 ns");
  char scope[64], name[32];
  sample_clock(report);
  for (int i = 0; i < 300; i++) {
    static const enum wave_class classes[] = {WAVE_CLASS_VALUE, WAVE_CLASS_VALUE, WAVE_CLASS_X, WAVE_CLASS_GLITCH, WAVE_CLASS_LATENCY};
    snprintf(scope, sizeof scope, "top.mesh.row%d.router.port%d", i / 25 / 4, i / 25);
    snprintf(name, sizeof name, i % 3 == 0 ? "flit_%d[31:0]" : "credit_count_%d[7:0]", i % 25);
    const int64_t at = 60000 + i * 1000;
    struct wave_divergence *one = sample_divergence(report, scope, name, classes[i % 5], at);
    sample_bus(one, i % 3 == 0 ? 32 : 8, at, i % 4 == 0 ? WAVE_FOREVER : at + 10000 * (1 + i % 7));
    one->times = 1 + (uint64_t)i % 4;
    one->cycle = (at - 5000) / 10000;
    one->clock = sample_text("top.clk");
    one->cycles_late = one->class == WAVE_CLASS_LATENCY ? 2 : 0;
    one->shift = 10000 * one->cycles_late;
  }
  sample_scope(report, "top", 0, 40, 0, WAVE_FOREVER);
  sample_scope(report, "top.mesh", 1, 64, 0, WAVE_FOREVER);
  report->scopes[0].different_below = report->scopes[1].different_below = 300;
  for (uint32_t i = 0; i < 12; i++) {
    snprintf(scope, sizeof scope, "top.mesh.row%u", i / 4);
    if (i % 4 == 0) {
      sample_scope(report, scope, 2, 0, 0, WAVE_FOREVER);
      report->scopes[report->n_scopes - 1].different_below = 100;
      snprintf(scope, sizeof scope, "top.mesh.row%u.router", i / 4);
      sample_scope(report, scope, 3, 100, 0, WAVE_FOREVER);
      report->scopes[report->n_scopes - 1].different_below = 100;
    }
    snprintf(scope, sizeof scope, "top.mesh.row%u.router.port%u", i / 4, i);
    sample_group(report, scope, i * 25, 25);
    sample_scope(report, scope, 4, 60, 25, 60000 + (int64_t)i * 25000);
  }
  return report;
}

static struct wave_report *sample_declared(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "4 of 1204 variables differ in their declarations");
  sample_divergence(report, "top.cpu", "debug_pc[31:0]", WAVE_CLASS_MISSING, 0)->missing_in_new = true;
  sample_divergence(report, "top.cpu", "trap", WAVE_CLASS_MISSING, 0);
  struct wave_divergence *width = sample_divergence(report, "top.cpu", "count[7:0]", WAVE_CLASS_WIDTH, 0);
  width->width = 8;
  width->new_width = 16;
  width->new_path = sample_text("top.cpu.count[15:0]");
  sample_divergence(report, "top.pll", "vco", WAVE_CLASS_TYPE, 0)->kind = WAVE_REAL;
  report->missing_in_new = report->missing_in_golden = 1;
  sample_group(report, "top.cpu", 0, 3);
  sample_group(report, "top.pll", 3, 1);
  return report;
}

static struct wave_report *sample_x(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "1 of 1204 variables differs, only where one is x, first at 100 ns");
  struct wave_divergence *one = sample_divergence(report, "top.fifo", "data[15:0]", WAVE_CLASS_X, 100000);
  one->width = one->new_width = 16;
  sample_event(&one->golden, 50000, "0000000000000000");
  sample_event(&one->golden, 100000, "0001001000110100");
  sample_event(&one->golden, 120000, "0101011001111000");
  sample_event(&one->fresh, 50000, "0000000000000000");
  sample_event(&one->fresh, 100000, "00010010xxxx01x0");
  sample_event(&one->fresh, 120000, "0101011001111000");
  sample_values(one, "0001001000110100", "00010010xxxx01x0");
  one->until = 120000;
  one->total = 20000;
  sample_group(report, "top.fifo", 0, 1);
  return report;
}

static struct wave_report *sample_beats(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "channel axi_w: beat 17 differs");
  struct wave_divergence *one = sample_divergence(report, "top.axi", "wdata[31:0]", WAVE_CLASS_BEATS, 125000);
  sample_bus(one, 32, 125000, 135000);
  one->cycle = 17;
  free(report->rules[0].text);
  report->rules[0].text = sample_text("channel axi_w valid=top.axi.wvalid ready=top.axi.wready data=top.axi.wdata clock=top.clk");
  sample_clock(report);
  sample_group(report, "top.axi", 0, 1);
  return report;
}

static struct wave_report *sample_names(void) {
  static const char *const names[] = {
      "</script><script>alert(1)</script>",
      "a&b<c>\"d\"'e'",
      "dots.in.a.name[3:0]",
      "with blanks in it",
      "gr\xc3\xb6\xc3\x9f",
      "e_\xe6\x97\xa5\xe6\x9c\xac",
      "esc\x1b[31mred\x07",
      "not\xff\xfeutf8",
      "new\nline::100%,x",
      "a_name_that_is_far_longer_than_any_terminal_is_wide_and_that_has_to_be_cut_somewhere_to_fit_into_it[127:0]",
      "]]>-->\xe2\x80\xae"};
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "10 of 1204 variables differ, first at 100 ns");
  for (uint32_t i = 0; i < 10; i++) {
    struct wave_divergence *one = sample_divergence(report, "top.\\odd <scope>", names[i], WAVE_CLASS_VALUE, 100000 + i * 1000);
    sample_bus(one, 4, one->at, one->at + 10000);
  }
  sample_group(report, "top.\\odd <scope>", 0, 10);
  sample_scope(report, "top", 0, 100, 0, WAVE_FOREVER);
  sample_scope(report, "top.\\odd <scope>", 1, 10, 10, 100000);
  report->notes = sample_grow(report->notes, 0, sizeof *report->notes);
  report->notes[report->n_notes++] = sample_text("soc.rules:9: `exclude top.<nothing>.**` fits no signal");
  return report;
}

static struct wave_report *sample_wide(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "1 of 1204 variables differs, first at 100 ns");
  struct wave_divergence *one = sample_divergence(report, "top.dma", "line[4095:0]", WAVE_CLASS_VALUE, 100000);
  char golden[4097], fresh[4097];
  for (int i = 0; i < 4096; i++) golden[i] = i * i % 7 < 3 ? '1' : '0';
  golden[4096] = '\0';
  one->width = one->new_width = 4096;
  sample_event(&one->golden, 50000, golden);
  sample_event(&one->fresh, 50000, golden);
  golden[5] = '1';
  memcpy(fresh, golden, sizeof fresh);
  fresh[2050] = fresh[2050] == '1' ? '0' : '1';
  fresh[2051] = 'x';
  fresh[3001] = fresh[3001] == '1' ? '0' : '1';
  sample_event(&one->golden, 100000, golden);
  sample_event(&one->fresh, 100000, fresh);
  sample_event(&one->fresh, 110000, golden);
  sample_values(one, golden, fresh);
  one->until = 110000;
  one->total = 10000;
  sample_group(report, "top.dma", 0, 1);
  return report;
}

static struct wave_report *sample_kinds(void) {
  struct wave_report *report = sample_new(WAVE_DIFFERENT, "3 of 1204 variables differ, first at 100 ns");
  struct wave_divergence *one = sample_divergence(report, "top.adc", "volts", WAVE_CLASS_VALUE, 100000);
  one->kind = WAVE_REAL;
  one->width = one->new_width = 64;
  sample_event(&one->golden, 50000, "0");
  sample_event(&one->golden, 100000, "1.0000000000000002");
  sample_event(&one->fresh, 50000, "0");
  sample_event(&one->fresh, 100000, "1");
  sample_values(one, "1.0000000000000002", "1");
  one = sample_divergence(report, "top.fsm", "state", WAVE_CLASS_VALUE, 110000);
  one->kind = WAVE_STRING;
  one->width = one->new_width = 0;
  sample_event(&one->golden, 60000, "IDLE");
  sample_event(&one->golden, 110000, "SEND \"all\"\n");
  sample_event(&one->fresh, 60000, "IDLE");
  sample_event(&one->fresh, 110000, "SEND_LAST");
  sample_values(one, "SEND \"all\"\n", "SEND_LAST");
  one->until = 120000;
  one = sample_divergence(report, "top.tb", "done", WAVE_CLASS_GLITCH, 120000);
  one->kind = WAVE_EVENT;
  sample_event(&one->golden, 90000, "!");
  sample_event(&one->fresh, 90000, "!");
  sample_event(&one->fresh, 120000, "!");
  one->new_value = sample_text("!");
  one->until = 120000;
  sample_group(report, "top.adc", 0, 1);
  sample_group(report, "top.fsm", 1, 1);
  sample_group(report, "top.tb", 2, 1);
  return report;
}

static struct wave_report *sample_plain(enum wave_sample which) {
  if (which == SAMPLE_NOTHING) {
    struct wave_report *report = sample_new(WAVE_NOTHING, "no variable is in both files under these rules");
    report->compared = 0;
    report->notes = sample_grow(report->notes, 0, sizeof *report->notes);
    report->notes[report->n_notes++] = sample_text("golden's names begin with `tb.`, new's with `top.`; try --rename top=tb");
    return report;
  }
  if (which == SAMPLE_SAME) return sample_new(WAVE_SAME, "1204 variables are equal from 0 s to 400 ns");
  struct wave_report *report = sample_new(WAVE_UNUSABLE, "equal as far as runs/new run.vcd can be read, up to 310 ns");
  report->fresh.partial = sample_text("the file ends inside a value at byte 7340032; copy it again or let the run end");
  report->compared_to = 310000;
  return report;
}

static struct wave_report *sample_make(enum wave_sample which) {
  switch (which) {
  case SAMPLE_ONE:
    return sample_one(145000);
  case SAMPLE_GLITCH:
    return sample_glitch();
  case SAMPLE_FOREVER:
    return sample_one(WAVE_FOREVER);
  case SAMPLE_SHIFT:
    return sample_shift();
  case SAMPLE_MANY:
    return sample_many();
  case SAMPLE_DECLARED:
    return sample_declared();
  case SAMPLE_X:
    return sample_x();
  case SAMPLE_BEATS:
    return sample_beats();
  case SAMPLE_NAMES:
    return sample_names();
  case SAMPLE_WIDE:
    return sample_wide();
  case SAMPLE_KINDS:
    return sample_kinds();
  default:
    return sample_plain(which);
  }
}

/** Never NULL. */
static struct wave_report *sample_report(enum wave_sample which) {
  struct wave_report *report = sample_make(which);
  sample_detail(report);
  return report;
}

#endif

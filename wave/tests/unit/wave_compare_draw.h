/* SPDX-License-Identifier: Apache-2.0 */
/* Runs, the ways in which they differ, and rules, by chance. Include after chance.h. */
#ifndef OIO_TESTS_WAVE_COMPARE_DRAW_H
#define OIO_TESTS_WAVE_COMPARE_DRAW_H

#include "wave_compare_oracle.h"

#include "rules.h"

/* --- Runs by chance. --- */

static inline void draw_signals(struct run *run, uint64_t *stream, const struct how *how) {
  run->n = 4 + (unsigned)chance_below(stream, RUN_SIGNALS - 3);
  for (unsigned s = 0; s < run->n; s++) {
    struct run_signal *signal = &run->signals[s];
    uint64_t kind = chance_below(stream, 10);
    *signal = (struct run_signal){.kind = WAVE_BITS, .width = 1};
    if (s <= READY) continue;
    if (kind == 0) {
      *signal = (struct run_signal){.kind = WAVE_REAL, .width = 64};
    } else if (kind == 1) {
      *signal = (struct run_signal){.kind = WAVE_STRING};
    } else if (kind == 2 && how->mode == PLAIN) {
      *signal = (struct run_signal){.kind = WAVE_EVENT, .width = 1};
    } else if (kind < 8) {
      signal->width = 2 + (unsigned)chance_below(stream, kind < 5 ? 7 : RUN_VALUE - 3);
    }
  }
}

static inline void draw_run(struct run *run, uint64_t *stream, const struct how *how) {
  memset(run, 0, sizeof *run);
  draw_signals(run, stream, how);
  run->begin = chance_below(stream, 3) == 0 ? (int)chance_below(stream, 20) : 0;
  run->end = run->begin + 20 + (int)chance_below(stream, chance_below(stream, 2) == 0 ? 60 : RUN_TICKS - 60);
  unsigned half = 1 + (unsigned)chance_below(stream, 5), unknown = (unsigned)chance_below(stream, 2) * 30;
  for (unsigned s = 0; s < run->n; s++) {
    unsigned rate = s <= READY ? 6 : 2u << chance_below(stream, 6);
    unsigned copied = s > READY + 1 && chance_below(stream, 5) == 0 ? READY + 1 + (unsigned)chance_below(stream, s - READY - 1) : s;
    if (copied != s) run->signals[s] = run->signals[copied];
    int first = run->begin + (chance_below(stream, 4) == 0 && s > CLOCK ? (int)chance_below(stream, 8) : 0);
    for (int t = run->begin; t <= run->end; t++) {
      char *now = run->held[s][t];
      if (copied != s) {
        memcpy(now, run->held[copied][t], RUN_VALUE);
      } else if (s == CLOCK) {
        snprintf(now, RUN_VALUE, "%d", ((t - run->begin) / (int)half) & 1);
      } else if (run->signals[s].kind == WAVE_EVENT) {
        if (chance_below(stream, rate) == 0) strcpy(now, "1");
      } else {
        if (t > run->begin) memcpy(now, run->held[s][t - 1], RUN_VALUE);
        if (t == first || (t > first && chance_below(stream, rate) == 0)) run_draw(stream, &run->signals[s], unknown, now);
      }
    }
  }
}

/* New is golden but for a few faults. */
static inline void spoil(struct run *run, uint64_t *stream, const struct how *how) {
  unsigned faults = (unsigned)chance_below(stream, 5);
  for (; faults > 0; faults--) {
    unsigned s = (unsigned)chance_below(stream, run->n), kind = (unsigned)chance_below(stream, 10);
    int from = run->begin + (int)chance_below(stream, (uint64_t)(run->end - run->begin + 1)), length = 1 + (int)chance_below(stream, 12);
    struct run_signal *signal = &run->signals[s];
    if (s == CLOCK && how->mode != PLAIN && chance_below(stream, 4) != 0) continue;
    if (kind == 0) { /* late from there on */
      length = 1 + (int)chance_below(stream, 4);
      for (int t = run->end; t >= from + length; t--) memcpy(run->held[s][t], run->held[s][t - length], RUN_VALUE);
      for (int t = from; t < from + length && t <= run->end; t++) {
        if (signal->kind == WAVE_EVENT) {
          run->held[s][t][0] = '\0';
        } else if (t > run->begin) {
          memcpy(run->held[s][t], run->held[s][t - 1], RUN_VALUE);
        }
      }
    } else if (kind == 1) { /* other values for good */
      for (int t = from; t <= run->end; t++) {
        if (t == from || (signal->kind != WAVE_EVENT && chance_below(stream, 9) == 0))
          run_draw(stream, signal, 10, run->held[s][t]);
        else if (signal->kind != WAVE_EVENT)
          memcpy(run->held[s][t], run->held[s][t - 1], RUN_VALUE);
      }
    } else if (kind == 2 && signal->kind == WAVE_BITS) { /* x for a while */
      for (int t = from; t <= run->end && t < from + length * 3; t++) {
        if (run->held[s][t][0] != '\0') run->held[s][t][chance_below(stream, signal->width)] = chance_below(stream, 3) == 0 ? 'z' : 'x';
      }
    } else if (kind == 3) { /* a change is missing */
      for (int t = from; t <= run->end && t > run->begin && !run_changes(run, s, t); t++) from = t + 1;
      if (from > run->begin && from < run->end && signal->kind != WAVE_EVENT) {
        char gone[RUN_VALUE];
        memcpy(gone, run->held[s][from], RUN_VALUE);
        for (int t = from; t <= run->end && strcmp(run->held[s][t], gone) == 0; t++)
          memcpy(run->held[s][t], run->held[s][t - 1], RUN_VALUE);
      }
    } else if (signal->kind == WAVE_EVENT) {
      run->held[s][from][0] = run->held[s][from][0] == '1' ? '\0' : '1';
    } else { /* another value for some ticks */
      char other[RUN_VALUE];
      run_draw(stream, signal, 10, other);
      for (int t = from; t <= run->end && t < from + length; t++) memcpy(run->held[s][t], other, RUN_VALUE);
    }
  }
}

/* What has a value keeps having one. */
static inline void hold_values(struct run *run) {
  for (unsigned s = 0; s < run->n; s++) {
    for (int t = run->begin + 1; t <= run->end && run->signals[s].kind != WAVE_EVENT; t++) {
      if (run->held[s][t][0] == '\0') memcpy(run->held[s][t], run->held[s][t - 1], RUN_VALUE);
    }
  }
}

/* --- Rules. --- */

__attribute__((format(printf, 2, 3))) static void rule(char *rules, const char *format, ...) {
  va_list arguments;
  size_t used = strlen(rules);
  va_start(arguments, format);
  vsnprintf(rules + used, 1000 - used, format, arguments);
  va_end(arguments);
}

static inline const char *word_of(char side) {
  return side == 'g' ? "golden" : side == 'n' ? "new" : "any";
}

static inline void draw_how(struct trial *trial, uint64_t *stream) {
  struct how *how = &trial->how;
  *how = (struct how){.mode = (enum mode)chance_below(stream, MODES),
                      .when = -1,
                      .from = NO_TICK,
                      .to = NO_TICK,
                      .ignore_edges = -1,
                      .num = 1,
                      .den = 1,
                      .edge = 'r'};
  if (chance_below(stream, 3) == 0) how->mode = PLAIN;
  if (how->mode == TOLERANT) {
    how->lead = (int)chance_below(stream, 4);
    how->trail = (int)chance_below(stream, 4);
    return;
  }
  if (chance_below(stream, 4) == 0) how->glitch = 1 + (int)chance_below(stream, 8);
  if (chance_below(stream, 3) == 0) how->x = "gna"[chance_below(stream, 3)];
  if (chance_below(stream, 5) == 0) how->z = "gnax"[chance_below(stream, how->x != 0 ? 4 : 3)];
  how->strength = chance_below(stream, 5) == 0;
  if (chance_below(stream, 4) == 0) how->absolute = (double)chance_below(stream, 9) / 8;
  if (chance_below(stream, 4) == 0) how->relative = (double)chance_below(stream, 5) / 8;
  if (how->mode != BEATS && chance_below(stream, 5) == 0) how->when = (int)chance_below(stream, 3);
  if (how->mode == CLOCKED || how->mode == BEATS) {
    how->edge = "rrfb"[chance_below(stream, 4)];
    how->offset_given = chance_below(stream, 3) == 0;
    how->offset = how->offset_given ? (int)chance_below(stream, 3) : 0;
    how->ready = chance_below(stream, 2) == 0;
  }
  if (how->mode == PLAIN && chance_below(stream, 6) == 0) how->shift = (int)chance_below(stream, 21) - 10;
  if (how->mode == PLAIN && chance_below(stream, 8) == 0) {
    how->num = 1 + (int)chance_below(stream, 3);
    how->den = 1 + (int)chance_below(stream, 3);
  }
}

static inline void draw_windows(struct trial *trial, uint64_t *stream) {
  struct how *how = &trial->how;
  int length = trial->sides[0]->end - trial->sides[0]->begin;
  if (how->mode != TOLERANT && chance_below(stream, 5) == 0)
    how->from = trial->sides[0]->begin + (int)chance_below(stream, (uint64_t)length);
  if (how->mode != TOLERANT && chance_below(stream, 6) == 0)
    how->to = (how->from == NO_TICK ? 0 : how->from) + 1 + (int)chance_below(stream, (uint64_t)length);
  if (how->mode != TOLERANT && how->from == NO_TICK && chance_below(stream, 8) == 0) how->ignore_edges = (int)chance_below(stream, 4);
  if (how->mode != TOLERANT && how->ignore_edges < 0 && how->from == NO_TICK && chance_below(stream, 8) == 0) how->ignore_true = true;
  how->trim = chance_below(stream, 5) == 0;
  how->missing_ignored = chance_below(stream, 6) == 0;
  how->missing_in_new_ignored = !how->missing_ignored && chance_below(stream, 6) == 0;
}

static inline void write_rules(struct trial *trial, uint64_t *stream) {
  const struct how *how = &trial->how;
  char *rules = trial->rules, options[400] = "", time[2][40] = {"", ""};
  bool ticks = chance_below(stream, 3) == 0;
  rules[0] = '\0';
  int64_t golden_tick = trial->noise[0].exponent == 0 ? 1 : trial->noise[0].exponent == 1 ? 10 : trial->noise[0].exponent == 2 ? 100 : 1000;
  for (int i = 0; i < 2; i++) {
    int at = i == 0 ? how->from : how->to;
    if (at == NO_TICK) continue;
    if (ticks) {
      snprintf(time[i], sizeof time[i], "%lldticks", (long long)(at * golden_tick));
    } else {
      snprintf(time[i], sizeof time[i], "%dns", at);
    }
  }
  if (how->to != NO_TICK || (how->from != NO_TICK && chance_below(stream, 2) == 0)) {
    rule(rules, "window %s..%s\n", time[0], time[1]);
  } else if (how->from != NO_TICK) {
    rule(rules, "ignore until %s\n", time[0]);
  }
  if (how->ignore_edges >= 0) rule(rules, "ignore until %d cycles of tb.v0\n", how->ignore_edges);
  if (how->ignore_true) rule(rules, "ignore until tb.v1 == 1\n");
  if (how->glitch > 0) rule(rules, "ignore glitches shorter than %dns\n", how->glitch);
  if (how->trim) rule(rules, "trim\n");
  if (how->missing_ignored) rule(rules, "missing ignore\n");
  if (how->missing_in_new_ignored) rule(rules, "missing-in-new ignore\n");
  if (how->shift != 0 && ticks) rule(rules, "shift %lldticks\n", (long long)(how->shift * golden_tick));
  if (how->shift != 0 && !ticks) rule(rules, "shift %dns\n", how->shift);
  if (how->num != how->den) rule(rules, "scale %d/%d\n", how->num, how->den);
  if (strcmp(trial->noise[1].path, "tb") != 0)
    rule(rules, chance_below(stream, 2) == 0 ? "top tb = %s\n" : "rename tb.* = %s.*\n", trial->noise[1].path);
  if (how->x != 0) rule(options, " x=%s", word_of(how->x));
  if (how->z != 0) rule(options, " z=%s", how->z == 'x' ? "x" : word_of(how->z));
  if (how->strength) rule(options, " strength");
  if (how->absolute > 0) rule(options, " abs=%g", how->absolute);
  if (how->relative > 0) rule(options, " rel=%g", how->relative);
  if (how->when >= 0) rule(options, " when=(tb.v%d == 1)", how->when);
  if (how->mode == TOLERANT) rule(options, " lead=%dns trail=%dns", how->lead, how->trail);
  if (how->mode == CLOCKED || how->mode == BEATS) {
    rule(options, " clock=tb.v0");
    if (how->edge != 'r') rule(options, " edge=%s", how->edge == 'f' ? "falling" : "both");
    if (how->offset_given) rule(options, how->offset == 0 ? " offset=0" : " offset=%dns", how->offset);
  }
  if (how->mode == BEATS) {
    rule(options, " valid=tb.v1%s data=", how->ready ? " ready=tb.v2" : "");
    for (unsigned s = READY + 1; s < trial->sides[0]->n; s++) rule(options, "%stb.v%u*", s > READY + 1 ? "," : "", s); /* also its bits */
    rule(rules, "exclude tb.v0 tb.v1 tb.v2\nchannel c :%s\n", options);
  } else if (options[0] != '\0') {
    rule(rules, "compare ** :%s\n", options);
  }
}

static inline void read_rules(struct wave_rules *rules, const char *text) {
  char copy[1000], *rest = copy;
  struct wave_error error;
  strcpy(copy, text);
  wave_rules_init(rules);
  for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    if (wave_rules_add(rules, line, NULL, 0, &error) != WAVE_OK) FAIL_WITH_REPLAY("rule '%s': %s", line, error.text);
  }
}

#endif

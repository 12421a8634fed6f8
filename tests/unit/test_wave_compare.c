/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The comparison against an oracle that is slow and plain: it knows what every signal of both runs holds at every tick, and looks at all
 * of it, tick by tick, under the rule. The files hold the same with all the noise of wave_run.h, in blocks of all sizes, as VCD and as FST.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_compare"
#include "chance.h"
#include "wave_folder.h"
#include "wave_run.h"

#include "compare.h"
#include "vcd_internal.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

/* --- Small windows: the linker sends wave_open's call of wave_open_vcd here. --- */

static size_t window_bytes; /* 0: as they are */
static uint32_t window_times;

enum wave_status __real_wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error);
enum wave_status __wrap_wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error);
enum wave_status __wrap_wave_open_vcd(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error) {
  enum wave_status status = __real_wave_open_vcd(source, path, map, error);
  if (status == WAVE_OK && window_bytes > 0) wave_vcd_set_window(*source, window_bytes, window_times);
  return status;
}

/* --- What is compared, and how. --- */

enum mode { PLAIN, CLOCKED, BEATS, TOLERANT, MODES };
enum { CLOCK = 0, VALID = 1, READY = 2 }; /* which signals */
enum { NO_TICK = INT_MIN };

struct how {
  enum mode mode;
  char x, z; /* whose x and z match anything: g, n, a(ny); 0 none; z: 'x' as x */
  bool strength;
  double absolute, relative;
  int when;         /* signal that must be 1 in golden; -1: none */
  int from, to;     /* ticks that count; NO_TICK: no bound */
  int ignore_edges; /* so many rising edges of the clock are ignored on each side; -1: none */
  bool ignore_true; /* until VALID is 1 on each side */
  bool trim, missing_ignored, missing_in_new_ignored;
  int shift, num, den;
  char edge; /* r, f, b */
  bool offset_given;
  int offset, lead, trail;
  bool ready;
};

/* What is expected of one signal. */
struct expected {
  bool differs, missing;
  int64_t at, until, total; /* in common ticks */
  uint64_t times;
};

struct trial {
  struct run *sides[2];
  struct run_noise noise[2];
  struct how how;
  bool fst[2];
  int64_t mul; /* common ticks of one tick */
  struct expected expected[RUN_SIGNALS];
  bool goes_on;   /* one run is longer, and something happens there */
  bool one_sided; /* only one run has any sample: that it goes on may be told or not */
  bool something;
  char rules[1000];
  char paths[2][FOLDER_PATH];
};

/* --- Equality, on texts. --- */

static char weak(char c) {
  return c == 'h' ? '1' : c == 'l' ? '0' : c == 'w' || c == 'u' || c == '-' ? 'x' : c;
}

static bool forgiven(const struct how *how, char c, char side) {
  char z = how->z == 'x' ? how->x : how->z;
  return (c == 'x' && (how->x == side || how->x == 'a')) || (c == 'z' && (z == side || z == 'a'));
}

static bool equal_values(const struct how *how, const struct run_signal *signal, const char *golden, const char *fresh) {
  if (signal->kind == WAVE_REAL) {
    double g = *golden == '\0' ? NAN : strtod(golden, NULL), n = *fresh == '\0' ? NAN : strtod(fresh, NULL);
    if (isnan(g) || isnan(n)) return isnan(g) && isnan(n);
    double larger = fabs(g) > fabs(n) ? fabs(g) : fabs(n);
    return fabs(g - n) <= how->absolute || fabs(g - n) <= how->relative * larger;
  }
  if (signal->kind == WAVE_STRING) return strcmp(golden, fresh) == 0;
  for (unsigned i = 0; i < signal->width; i++) {
    char g = *golden == '\0' ? 'x' : golden[i], n = *fresh == '\0' ? 'x' : fresh[i];
    if (how->strength) {
      g = weak(g);
      n = weak(n);
    }
    if (g != n && !forgiven(how, g, 'g') && !forgiven(how, n, 'n')) return false;
  }
  return true;
}

/* --- Time: what a side holds at a tick of the common axis, which is golden's. --- */

enum { FIRST_TICK = -RUN_TICKS * 2, LAST_TICK = RUN_TICKS * 8 };

static int common_tick(const struct trial *trial, int side, int t) {
  if (side == 0) return t;
  return t * trial->how.num / trial->how.den + trial->how.shift;
}

/* Of each common tick, the last tick of new at or before it. */
static int tick_of_new[LAST_TICK - FIRST_TICK + 1];

static void find_ticks(const struct trial *trial) {
  const struct run *run = trial->sides[1];
  for (int at = FIRST_TICK; at <= LAST_TICK; at++) {
    int t = at == FIRST_TICK ? run->begin - 1 : tick_of_new[at - 1 - FIRST_TICK];
    while (t < run->end && common_tick(trial, 1, t + 1) <= at) t++;
    tick_of_new[at - FIRST_TICK] = t;
  }
}

static const char *held_at(const struct trial *trial, int side, unsigned s, int at) {
  const struct run *run = trial->sides[side];
  int t = side == 1 ? tick_of_new[(at < FIRST_TICK ? FIRST_TICK : at) - FIRST_TICK] : at > run->end ? run->end : at;
  return t < run->begin ? "" : run->held[s][t];
}

static bool happens_at(const struct trial *trial, int side, unsigned s, int at) {
  const struct run *run = trial->sides[side];
  for (int t = run->begin; t <= run->end; t++) {
    if (common_tick(trial, side, t) == at && run->held[s][t][0] == '1') return true;
  }
  return false;
}

static int end_of(const struct trial *trial, int side) {
  return common_tick(trial, side, trial->sides[side]->end);
}

/* Edges, or beats: ticks at which a side is sampled. */
static int samples_of(const struct trial *trial, int side, int *samples) {
  const struct how *how = &trial->how;
  int n = 0, begin = common_tick(trial, side, trial->sides[side]->begin), end = end_of(trial, side);
  for (int at = begin + 1; at <= end; at++) {
    char before = held_at(trial, side, CLOCK, at - 1)[0], now = held_at(trial, side, CLOCK, at)[0];
    bool rises = now == '1' && before != '1', falls = now == '0' && before != '0';
    if (!(rises && how->edge != 'f') && !(falls && how->edge != 'r')) continue;
    int look = how->offset_given ? at + how->offset : at - 1;
    if (how->mode == BEATS && held_at(trial, side, VALID, look)[0] != '1') continue;
    if (how->mode == BEATS && how->ready && held_at(trial, side, READY, look)[0] != '1') continue;
    samples[n++] = look;
  }
  return n;
}

/* The first tick that counts. */
static int count_from(const struct trial *trial) {
  const struct how *how = &trial->how;
  int from = how->from;
  for (int side = 0; side < 2; side++) {
    int begin = common_tick(trial, side, trial->sides[side]->begin), end = end_of(trial, side), own = LAST_TICK * 2;
    if (how->ignore_edges > 0) {
      int left = how->ignore_edges;
      for (int at = begin + 1; at <= end && own > end; at++) {
        if (held_at(trial, side, CLOCK, at)[0] == '1' && held_at(trial, side, CLOCK, at - 1)[0] != '1' && --left == 0) own = at;
      }
      if (own > from) from = own;
    }
    if (how->ignore_true) {
      for (int at = begin; at <= end && own > end; at++) {
        if (weak(held_at(trial, side, VALID, at)[0]) == '1') own = at;
      }
      if (own > from) from = own;
    }
  }
  return from;
}

static bool counts(const struct trial *trial, int from, int at) {
  if (at < from || (trial->how.to != NO_TICK && at >= trial->how.to)) return false;
  return true;
}

static bool when_holds(const struct trial *trial, int at) {
  return trial->how.when < 0 || weak(held_at(trial, 0, (unsigned)trial->how.when, at)[0]) == '1';
}

/* --- The oracle. --- */

static void expect_event(struct trial *trial, unsigned s, int from, int end, struct expected *own) {
  for (int at = FIRST_TICK; at <= end; at++) {
    if (happens_at(trial, 0, s, at) == happens_at(trial, 1, s, at) || !counts(trial, from, at) || !when_holds(trial, at)) continue;
    if (own->times++ == 0) {
      own->at = at * trial->mul;
      own->until = at * trial->mul + 1;
    }
    own->total++;
  }
  own->differs = own->times > 0;
}

static void expect_plain(struct trial *trial, unsigned s, int from, int end, struct expected *own) {
  const struct run_signal *signal = &trial->sides[0]->signals[s];
  bool differed = false, counted = false;
  for (int at = FIRST_TICK; at <= end; at++) {
    bool differs = !equal_values(&trial->how, signal, held_at(trial, 0, s, at), held_at(trial, 1, s, at));
    if (!differs && differed && counted && own->times == 1) own->until = at * trial->mul;
    if (!differs || !differed) counted = false;
    differed = differs;
    if (!differs || !counts(trial, from, at) || !when_holds(trial, at)) continue;
    if (!counted && own->times++ == 0) {
      own->at = at * trial->mul;
      own->until = WAVE_FOREVER;
    }
    counted = true;
    own->total += at == end ? 1 : trial->mul;
  }
  own->differs = own->times > 0;
}

static void expect_sampled(struct trial *trial, unsigned s, int from, const int *golden, const int *fresh, int n, struct expected *own) {
  const struct run_signal *signal = &trial->sides[0]->signals[s];
  bool differed = false, counted = false;
  int edge = trial->how.offset_given ? 0 : 1; /* what is looked at lies one tick before the sample */
  for (int i = 0; i < n; i++) {
    bool differs = !equal_values(&trial->how, signal, held_at(trial, 0, s, golden[i]), held_at(trial, 1, s, fresh[i]));
    if (!differs && differed && counted && own->times == 1) own->until = (golden[i] + edge) * trial->mul;
    if (!differs || !differed) counted = false;
    differed = differs;
    if (!differs || !counts(trial, from, golden[i] + edge)) continue;
    if (trial->how.mode == CLOCKED && !when_holds(trial, golden[i])) continue;
    if (!counted && own->times++ == 0) {
      own->at = (golden[i] + edge) * trial->mul;
      own->until = WAVE_FOREVER;
    }
    counted = true;
    own->total++;
  }
  own->differs = own->times > 0;
}

/* Each change of one side wants the same one on the other, in time and in turn. Only whether they differ. */
static void expect_tolerant(struct trial *trial, unsigned s, int end, struct expected *own) {
  const struct run_signal *signal = &trial->sides[0]->signals[s];
  int times[2][RUN_TICKS * 4], n[2] = {0, 0};
  for (int side = 0; side < 2; side++) {
    for (int at = FIRST_TICK; at <= end; at++) {
      const char *now = held_at(trial, side, s, at), *before = held_at(trial, side, s, at - 1);
      if (!equal_values(&trial->how, signal, now, before)) times[side][n[side]++] = at;
    }
  }
  for (int i = 0; (i < n[0] || i < n[1]) && !own->differs; i++) {
    if (i < n[0] && i < n[1]) {
      int late = times[1][i] - times[0][i];
      own->differs = late > trial->how.trail || -late > trial->how.lead ||
                     !equal_values(&trial->how, signal, held_at(trial, 0, s, times[0][i]), held_at(trial, 1, s, times[1][i]));
    } else if (i < n[0]) {
      own->differs = end - times[0][i] > trial->how.trail;
    } else {
      own->differs = end - times[1][i] > trial->how.lead;
    }
  }
}

static void expect(struct trial *trial) {
  const struct run *golden = trial->sides[0], *fresh = trial->sides[1];
  const struct how *how = &trial->how;
  static int samples[2][RUN_TICKS * 8];
  find_ticks(trial);
  int n[2] = {0, 0}, from = count_from(trial);
  int end = end_of(trial, 0) < end_of(trial, 1) ? end_of(trial, 0) : end_of(trial, 1);
  int longer = end_of(trial, 0) > end_of(trial, 1) ? 0 : 1;
  bool sampled = how->mode == CLOCKED || how->mode == BEATS;
  if (sampled) {
    for (int side = 0; side < 2; side++) n[side] = samples_of(trial, side, samples[side]);
  }
  int both = n[0] < n[1] ? n[0] : n[1];
  trial->goes_on = false;
  trial->one_sided = sampled && both == 0 && n[0] != n[1];
  for (unsigned s = 0; s < golden->n; s++) {
    struct expected *own = &trial->expected[s];
    *own = (struct expected){0};
    if (golden->signals[s].absent || fresh->signals[s].absent) {
      bool in_new = fresh->signals[s].absent;
      own->missing =
          golden->signals[s].absent != fresh->signals[s].absent && !how->missing_ignored && !(in_new && how->missing_in_new_ignored);
      continue;
    }
    const struct run_signal *signal = &golden->signals[s];
    if (sampled) {
      if (how->mode == BEATS && s <= READY) continue;
      expect_sampled(trial, s, from, samples[0], samples[1], both, own);
      continue;
    }
    if (how->mode == TOLERANT) {
      expect_tolerant(trial, s, end, own);
    } else if (signal->kind == WAVE_EVENT) {
      expect_event(trial, s, from, end, own);
    } else {
      expect_plain(trial, s, from, end, own);
    }
    for (int at = end + 1; at <= end_of(trial, longer) && !how->trim; at++) {
      if (!counts(trial, from, at) || !when_holds(trial, at)) continue;
      bool goes_on = signal->kind == WAVE_EVENT ? happens_at(trial, longer, s, at)
                                                : !equal_values(how, signal, held_at(trial, longer, s, end), held_at(trial, longer, s, at));
      trial->goes_on = trial->goes_on || goes_on;
    }
  }
  if (how->mode == BEATS && n[0] != n[1] && !how->trim) trial->goes_on = true;
  if (how->mode == CLOCKED && n[0] != n[1] && !how->trim && both > 0) {
    int more = n[0] > n[1] ? 0 : 1;
    for (unsigned s = 0; s < golden->n; s++) {
      if (golden->signals[s].absent || fresh->signals[s].absent) continue;
      for (int i = both; i < n[more]; i++) {
        if (how->when >= 0 && (more == 1 || !when_holds(trial, samples[0][i]))) continue;
        if (more == 0 ? !counts(trial, from, samples[0][i] + (how->offset_given ? 0 : 1)) : how->to != NO_TICK) continue;
        if (!equal_values(how, &golden->signals[s], held_at(trial, more, s, samples[more][both - 1]),
                          held_at(trial, more, s, samples[more][i])))
          trial->goes_on = true;
      }
    }
  }
}

/* --- Runs by chance. --- */

static void draw_signals(struct run *run, uint64_t *stream, const struct how *how) {
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

static void draw_run(struct run *run, uint64_t *stream, const struct how *how) {
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
static void spoil(struct run *run, uint64_t *stream, const struct how *how) {
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
static void hold_values(struct run *run) {
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

static const char *word_of(char side) {
  return side == 'g' ? "golden" : side == 'n' ? "new" : "any";
}

static void draw_how(struct trial *trial, uint64_t *stream) {
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

static void draw_windows(struct trial *trial, uint64_t *stream) {
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

static void write_rules(struct trial *trial, uint64_t *stream) {
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

static void read_rules(struct wave_rules *rules, const char *text) {
  char copy[1000], *rest = copy;
  struct wave_error error;
  strcpy(copy, text);
  wave_rules_init(rules);
  for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    if (wave_rules_add(rules, line, NULL, 0, &error) != WAVE_OK) FAIL_WITH_REPLAY("rule '%s': %s", line, error.text);
  }
}

/* --- The report against the oracle. --- */

static uint64_t trial_number;

static bool names(const char *path, unsigned s) {
  char own[20];
  int length = snprintf(own, sizeof own, "v%u", s);
  const char *name = strrchr(path, '.');
  return name != NULL && strncmp(name + 1, own, (size_t)length) == 0 && (name[1 + length] == '\0' || name[1 + length] == '[');
}

static const struct wave_divergence *divergence_of(const struct wave_report *report, unsigned s, bool missing) {
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    const struct wave_divergence *own = &report->divergences[i];
    if (own->class == WAVE_CLASS_SHORTER || (own->class == WAVE_CLASS_BEATS && own->until == WAVE_FOREVER && own->total == 0)) continue;
    if ((own->class == WAVE_CLASS_MISSING) != missing) continue;
    if (names(own->path, s)) return own;
    for (char **alias = own->aliases; alias != NULL && *alias != NULL; alias++) {
      if (names(*alias, s)) return own;
    }
  }
  return NULL;
}

#define WRONG(...)                                                                                                                         \
  do {                                                                                                                                     \
    for (uint32_t d = 0; report != NULL && d < report->n_divergences; d++)                                                                 \
      print_error("%s %s at %lld\n", report->divergences[d].path, wave_class_word(report->divergences[d].class),                           \
                  (long long)report->divergences[d].at);                                                                                   \
    print_error("trial %llu, %s %s, window %zu, threads %u\nrules:\n%s", (unsigned long long)trial_number, trial->paths[0],                \
                trial->paths[1], window_bytes, threads, trial->rules);                                                                     \
    FAIL_WITH_REPLAY(__VA_ARGS__);                                                                                                         \
  } while (0)

static void check_signal(const struct trial *trial, const struct wave_report *report, unsigned s, unsigned threads) {
  const struct expected *own = &trial->expected[s];
  const struct wave_divergence *found = divergence_of(report, s, own->missing);
  if ((found != NULL) != (own->differs || own->missing))
    WRONG("v%u (kind %d, %u bits) at %lld: %s", s, (int)trial->sides[0]->signals[s].kind, trial->sides[0]->signals[s].width,
          (long long)(found != NULL ? found->at : own->at), found != NULL ? "a difference that there is not" : "a difference is not found");
  if (found == NULL || own->missing || trial->how.mode == TOLERANT) return;
  if (found->at != own->at) WRONG("v%u: at %lld, not %lld", s, (long long)found->at, (long long)own->at);
  if (found->until != own->until) WRONG("v%u: until %lld, not %lld", s, (long long)found->until, (long long)own->until);
  if (found->times != own->times)
    WRONG("v%u (kind %d, %u bits, at %lld): %llu times, not %llu", s, (int)trial->sides[0]->signals[s].kind,
          trial->sides[0]->signals[s].width, (long long)found->at, (unsigned long long)found->times, (unsigned long long)own->times);
  if (found->total != own->total) WRONG("v%u: total %lld, not %lld", s, (long long)found->total, (long long)own->total);
}

static void check_report(const struct trial *trial, const struct wave_report *report, unsigned threads) {
  bool differs = trial->goes_on, values_differ = differs, shorter = false, shifted = false;
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    const struct wave_divergence *own = &report->divergences[i];
    shorter = shorter || own->class == WAVE_CLASS_SHORTER || own->class == WAVE_CLASS_BEATS;
    shifted = shifted || own->class == WAVE_CLASS_SHIFT; /* what is late may go on behind the other's end: that is said already */
    if (i > 0 && own->class != WAVE_CLASS_MISSING && report->divergences[i - 1].at > own->at) WRONG("divergences are not in order");
  }
  for (unsigned s = 0; s < trial->sides[0]->n; s++) {
    check_signal(trial, report, s, threads);
    values_differ = values_differ || trial->expected[s].differs;
    differs = differs || trial->expected[s].differs || trial->expected[s].missing;
  }
  if (trial->one_sided) return;
  bool told = false;
  for (uint32_t i = 0; i < report->n_divergences; i++) told = told || report->divergences[i].class == WAVE_CLASS_SHORTER;
  if (trial->how.mode != BEATS && told != trial->goes_on && !(shifted && !told))
    WRONG("one run goes on: %d, said: %d", trial->goes_on, told);
  if (trial->how.mode == BEATS && trial->goes_on && !shorter) WRONG("other numbers of beats are not told");
  if (report->verdict == WAVE_NOTHING && !values_differ) return;
  if (report->verdict != (differs ? WAVE_DIFFERENT : WAVE_SAME)) WRONG("verdict %d", (int)report->verdict);
}

static bool same_report(const struct wave_report *a, const struct wave_report *b) {
  if (a->verdict != b->verdict || a->n_divergences != b->n_divergences || strcmp(a->summary, b->summary) != 0) return false;
  for (uint32_t i = 0; i < a->n_divergences; i++) {
    const struct wave_divergence *x = &a->divergences[i], *y = &b->divergences[i];
    if (strcmp(x->path, y->path) != 0 || x->class != y->class || x->at != y->at || x->until != y->until || x->times != y->times)
      return false;
    if (x->total != y->total || x->shift != y->shift || x->golden.n != y->golden.n || x->fresh.n != y->fresh.n) return false;
    for (uint32_t k = 0; k < x->golden.n; k++) {
      if (x->golden.events[k].time != y->golden.events[k].time || strcmp(x->golden.events[k].value, y->golden.events[k].value) != 0)
        return false;
    }
  }
  return true;
}

static struct wave_report *run_compare(struct trial *trial, unsigned threads) {
  struct wave_rules rules;
  struct wave_error error;
  struct wave_report *report = NULL;
  read_rules(&rules, trial->rules);
  const struct wave_options options = {.rules = &rules, .threads = threads, .detailed = 20};
  if (wave_compare(&report, trial->paths[0], trial->paths[1], &options, &error) != WAVE_OK) WRONG("%s", error.text);
  wave_rules_free(&rules);
  return report;
}

static void write_side(struct trial *trial, int side) {
  static const char *const files[2][2] = {{"golden.vcd", "golden.fst"}, {"new.vcd", "new.fst"}};
  folder_path(files[side][trial->fst[side]], trial->paths[side]);
#ifdef OIO_FSTAPI
  if (trial->fst[side]) {
    run_write_fst(trial->sides[side], &trial->noise[side], trial->paths[side]);
    return;
  }
#endif
  run_write_vcd(trial->sides[side], &trial->noise[side], trial->paths[side]);
}

/* How both files are written: often alike but for the faults, so that equal bytes are passed over. */
static void draw_noise(struct trial *trial, uint64_t *stream) {
  bool alike = chance_below(stream, 2) == 0, quiet = chance_below(stream, 2) == 0;
  for (int side = 0; side < 2; side++) {
    struct run_noise *noise = &trial->noise[side];
    *noise = (struct run_noise){.stream = chance(stream),
                                .restate = !quiet && chance_below(stream, 2) == 0,
                                .all_ticks = chance_below(stream, 2) == 0,
                                .alias = chance_below(stream, 2) == 0,
                                .shuffle = !quiet && chance_below(stream, 2) == 0,
                                .flush = chance_below(stream, 3) == 0 ? 0 : 2u << chance_below(stream, 7),
                                .pack = (unsigned)chance_below(stream, 3),
                                .path = "tb"};
    if (chance_below(stream, 3) == 0 && trial->how.num == trial->how.den) noise->exponent = (int)chance_below(stream, 4);
    trial->fst[side] = false;
#ifdef OIO_FSTAPI
    trial->fst[side] = chance_below(stream, 2) == 0;
#endif
    for (unsigned s = READY + 1; s < trial->sides[side]->n; s++) {
      struct run_signal *signal = &trial->sides[side]->signals[s];
      if (alike && side == 1) {
        signal->split = trial->sides[0]->signals[s].split;
        signal->absent = trial->sides[0]->signals[s].absent;
      } else {
        signal->split = signal->kind == WAVE_BITS && signal->width > 1 && signal->width < 12 && chance_below(stream, 6) == 0;
        signal->absent = chance_below(stream, 30) == 0 && trial->how.mode != BEATS;
      }
    }
  }
  if (alike) {
    trial->noise[1] = trial->noise[0];
    trial->fst[1] = trial->fst[0];
  } else if (chance_below(stream, 5) == 0) {
    trial->noise[1].path = chance_below(stream, 2) == 0 ? "other" : "TOP.a.tb";
  }
  /* Both bit by bit is no more than other names. */
  for (unsigned s = 0; s < trial->sides[0]->n; s++) {
    if (trial->sides[0]->signals[s].split && trial->sides[1]->signals[s].split)
      trial->sides[0]->signals[s].split = trial->sides[1]->signals[s].split = false;
    /* A difference of the lone bits is another one. */
    if (trial->sides[0]->signals[s].absent || trial->sides[1]->signals[s].absent)
      trial->sides[0]->signals[s].split = trial->sides[1]->signals[s].split = false;
  }
  int finer = trial->noise[0].exponent > trial->noise[1].exponent ? trial->noise[0].exponent : trial->noise[1].exponent;
  trial->mul = finer == 0 ? 1 : finer == 1 ? 10 : finer == 2 ? 100 : 1000;
  window_bytes = chance_below(stream, 3) == 0 ? 0 : 40 + chance_below(stream, 2000);
  window_times = chance_below(stream, 2) == 0 ? 1u << 20 : 2 + (uint32_t)chance_below(stream, 30);
}

static void one_trial(struct trial *trial, uint64_t *stream) {
  draw_how(trial, stream);
  draw_run(trial->sides[0], stream, &trial->how);
  memcpy(trial->sides[1], trial->sides[0], sizeof *trial->sides[1]);
  spoil(trial->sides[1], stream, &trial->how);
  hold_values(trial->sides[1]);
  if (chance_below(stream, 6) == 0) {
    struct run *shorter = trial->sides[chance_below(stream, 2)];
    shorter->end -= (int)chance_below(stream, 15);
  }
  if (chance_below(stream, 8) == 0) {
    struct run *later = trial->sides[chance_below(stream, 2)];
    later->begin += (int)chance_below(stream, 5);
  }
  draw_windows(trial, stream);
  draw_noise(trial, stream);
  write_rules(trial, stream);
  for (int side = 0; side < 2; side++) write_side(trial, side);
  expect(trial);
  struct wave_report *alone = run_compare(trial, 1);
  check_report(trial, alone, 1);
  if (trial_number % 4 == 0) {
    unsigned threads = 4;
    struct wave_report *report = run_compare(trial, threads), *together = report;
    if (!same_report(alone, together)) WRONG("four threads find something else than one");
    wave_report_free(together);
  }
  wave_report_free(alone);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void test_trials(void **state) {
  static struct run golden, fresh;
  struct trial trial = {.sides = {&golden, &fresh}};
  const char *wanted = getenv("OIO_WAVE_TRIALS"), *only = getenv("OIO_WAVE_TRIAL");
  uint64_t n = wanted == NULL ? 4000 : strtoull(wanted, NULL, 0), differ = 0;
  (void)state;
  double began = now();
  for (trial_number = only == NULL ? 0 : strtoull(only, NULL, 0); trial_number < n && now() - began < 45; trial_number++) {
    uint64_t stream = chance_stream(1000 + trial_number);
    one_trial(&trial, &stream);
    for (unsigned s = 0; s < golden.n; s++) {
      if (!trial.expected[s].differs) continue;
      differ++;
      break;
    }
    if (only != NULL && wanted == NULL) break;
  }
  print_message("%llu trials, %llu with differences of values\n", (unsigned long long)trial_number, (unsigned long long)differ);
}

/* The files of one trial are there to be looked at. */
static int remove_unless_replayed(void **state) {
  return getenv("OIO_WAVE_TRIAL") != NULL ? 0 : remove_folder(state);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_trials),
  };
  return cmocka_run_group_tests_name("test_wave_compare", tests, make_folder, remove_unless_replayed);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a comparison of two runs must say, from what every signal holds at every tick: no blocks, no chains, no clever passes. Include after
 * chance.h.
 */
#ifndef OIO_TESTS_WAVE_COMPARE_ORACLE_H
#define OIO_TESTS_WAVE_COMPARE_ORACLE_H

#include "wave_folder.h"
#include "wave_run.h"

#include "report.h"

#include <limits.h>
#include <math.h>

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
  int glitch; /* a glitch that is shorter is none; 0: all count */
  char edge;  /* r, f, b */
  bool offset_given;
  int offset, lead, trail;
  bool ready;
};

/* What is expected of one signal. */
struct expected {
  bool differs, missing;
  int64_t at, until, total; /* in common ticks */
  uint64_t times;
  const char *values[2]; /* of golden and new at `at`; NULL: not asked */
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

static inline char weak(char c) {
  return c == 'h' ? '1' : c == 'l' ? '0' : c == 'w' || c == 'u' || c == '-' ? 'x' : c;
}

static inline bool forgiven(const struct how *how, char c, char side) {
  char z = how->z == 'x' ? how->x : how->z;
  return (c == 'x' && (how->x == side || how->x == 'a')) || (c == 'z' && (z == side || z == 'a'));
}

static inline bool equal_values(const struct how *how, const struct run_signal *signal, const char *golden, const char *fresh) {
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

static inline int common_tick(const struct trial *trial, int side, int t) {
  if (side == 0) return t;
  return t * trial->how.num / trial->how.den + trial->how.shift;
}

/* Of each common tick, the last tick of new at or before it. */
static int tick_of_new[LAST_TICK - FIRST_TICK + 1];

static inline void find_ticks(const struct trial *trial) {
  const struct run *run = trial->sides[1];
  for (int at = FIRST_TICK; at <= LAST_TICK; at++) {
    int t = at == FIRST_TICK ? run->begin - 1 : tick_of_new[at - 1 - FIRST_TICK];
    while (t < run->end && common_tick(trial, 1, t + 1) <= at) t++;
    tick_of_new[at - FIRST_TICK] = t;
  }
}

static inline const char *held_at(const struct trial *trial, int side, unsigned s, int at) {
  const struct run *run = trial->sides[side];
  int t = side == 1 ? tick_of_new[(at < FIRST_TICK ? FIRST_TICK : at) - FIRST_TICK] : at > run->end ? run->end : at;
  return t < run->begin ? "" : run->held[s][t];
}

static inline bool happens_at(const struct trial *trial, int side, unsigned s, int at) {
  const struct run *run = trial->sides[side];
  for (int t = run->begin; t <= run->end; t++) {
    if (common_tick(trial, side, t) == at && run->held[s][t][0] == '1') return true;
  }
  return false;
}

static inline int end_of(const struct trial *trial, int side) {
  return common_tick(trial, side, trial->sides[side]->end);
}

/* Edges, or beats: ticks at which a side is sampled. */
static inline int samples_of(const struct trial *trial, int side, int *samples) {
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
static inline int count_from(const struct trial *trial) {
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

static inline bool counts(const struct trial *trial, int from, int at) {
  if (at < from || (trial->how.to != NO_TICK && at >= trial->how.to)) return false;
  return true;
}

static inline bool when_holds(const struct trial *trial, int at) {
  return trial->how.when < 0 || weak(held_at(trial, 0, (unsigned)trial->how.when, at)[0]) == '1';
}

/* --- The oracle. --- */

static inline void expect_event(struct trial *trial, unsigned s, int from, int end, struct expected *own) {
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

/* Whether a side of a signal moves in [from, to], whatever is said again. */
static inline bool moves_in(const struct trial *trial, int side, unsigned s, int from, int to) {
  static const struct how exact;
  for (int at = from; at <= to; at++) {
    if (!equal_values(&exact, &trial->sides[0]->signals[s], held_at(trial, side, s, at - 1), held_at(trial, side, s, at))) return true;
  }
  return false;
}

static inline bool differs_at(const struct trial *trial, unsigned s, int at) {
  return !equal_values(&trial->how, &trial->sides[0]->signals[s], held_at(trial, 0, s, at), held_at(trial, 1, s, at));
}

/* Whether what differs at a tick is a glitch that does not count: one side stands still until they are equal again, soon. */
static inline bool is_short_glitch(const struct trial *trial, unsigned s, int at, int end) {
  int from = at, to = at;
  while (from > FIRST_TICK && differs_at(trial, s, from - 1)) from--;
  while (to <= end && differs_at(trial, s, to)) to++;
  if (to > end || to - from >= trial->how.glitch) return false;
  return !moves_in(trial, 0, s, from, to) || !moves_in(trial, 1, s, from, to);
}

static inline void expect_plain(struct trial *trial, unsigned s, int from, int end, struct expected *own) {
  bool differed = false, counted = false;
  for (int at = FIRST_TICK; at <= end; at++) {
    bool differs = differs_at(trial, s, at);
    if (differs && trial->how.glitch > 0 && is_short_glitch(trial, s, at, end)) differs = false;
    if (!differs && differed && counted && own->times == 1) own->until = at * trial->mul;
    if (!differs || !differed) counted = false;
    differed = differs;
    if (!differs || !counts(trial, from, at) || !when_holds(trial, at)) continue;
    if (!counted && own->times++ == 0) {
      own->at = at * trial->mul;
      own->until = WAVE_FOREVER;
      for (int side = 0; side < 2; side++) own->values[side] = held_at(trial, side, s, at);
    }
    counted = true;
    own->total += at == end ? 1 : trial->mul;
  }
  own->differs = own->times > 0;
}

static inline void expect_sampled(struct trial *trial, unsigned s, int from, const int *golden, const int *fresh, int n,
                                  struct expected *own) {
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
      own->values[0] = held_at(trial, 0, s, golden[i]);
      own->values[1] = held_at(trial, 1, s, fresh[i]);
    }
    counted = true;
    own->total++;
  }
  own->differs = own->times > 0;
}

/* Each change of one side wants the same one on the other, in time and in turn. Only whether they differ. */
static inline void expect_tolerant(struct trial *trial, unsigned s, int end, struct expected *own) {
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

static inline void expect(struct trial *trial) {
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

#endif

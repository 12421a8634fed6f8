/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The answer of a comparison, ready to be shown: plain data, owned by the report. Every output (text, JSON, JUnit, GitHub, HTML, FST) reads
 * this and nothing else, so all say the same. Times are ticks of 10^exponent seconds, the finer of the two files' units; where a rule
 * compares by cycle or by beat, `at` is the time in golden of that cycle or beat, and `cycle` its number.
 */
#ifndef WAVE_REPORT_H
#define WAVE_REPORT_H

#include "decl.h"
#include "error.h"

enum wave_verdict { WAVE_SAME, WAVE_DIFFERENT, WAVE_UNUSABLE, WAVE_NOTHING }; /**< the exit status 0, 1, 2, 3 */

enum wave_class {
  WAVE_CLASS_VALUE,   /**< other values */
  WAVE_CLASS_X,       /**< wherever they differ, one of them is x (or another unknown) */
  WAVE_CLASS_GLITCH,  /**< golden does not move, new leaves its value and comes back; or the other way round */
  WAVE_CLASS_SHIFT,   /**< the same changes, all later (or earlier) by the same time from here on */
  WAVE_CLASS_LATENCY, /**< as shift, by a whole number of clock cycles */
  WAVE_CLASS_SHORTER, /**< one run ends while the other goes on */
  WAVE_CLASS_MISSING, /**< the variable is in one file only */
  WAVE_CLASS_WIDTH,   /**< declared with another width; not compared further */
  WAVE_CLASS_TYPE,    /**< bits here, a real or a string there; not compared further */
  WAVE_CLASS_BEATS,   /**< a channel: other beats, or more, or fewer */
  WAVE_CLASS_RECORDS, /**< strict: the same values, written down otherwise */
};

/** What a comparison counts in: time, or the edges of a clock, or the beats of a channel. */
enum wave_counted { WAVE_IN_TICKS, WAVE_IN_CYCLES, WAVE_IN_BEATS };

#define WAVE_FOREVER INT64_MAX

/** A change, as text: bits as characters 01xz..., first bit first; a real as the shortest decimal; a string as it is; an event as "!". */
struct wave_event {
  int64_t time;
  char *value;
};

/** What one side does around the first difference: the first event is what held when the window begins. */
struct wave_trace {
  struct wave_event *events;
  uint32_t n;
  bool cut; /**< more changes in the window than are kept */
};

struct wave_divergence {
  char *path;     /**< of golden, or of new where golden has none; with its range, as in top.cpu.data[7:0] */
  char *new_path; /**< NULL when the same */
  char *scope;    /**< the path without the name */
  char **aliases; /**< other golden paths of the same signal, NULL-terminated; or NULL */
  enum wave_kind kind;
  enum wave_kind new_kind; /**< WAVE_CLASS_TYPE: what it is in new */
  uint32_t width, new_width;
  enum wave_class class;
  int rule;                        /**< index into rules, or -1 */
  int64_t at;                      /**< when they first differ; for what is only declared differently: the begin */
  int64_t cycle;                   /**< the cycle of the clock at that time, or the beat of a channel; -1 without */
  char *clock;                     /**< whose cycles; or NULL */
  int64_t until;                   /**< when they are equal again; WAVE_FOREVER: not before the end */
  uint64_t times;                  /**< how many separate spans they differ */
  int64_t total;                   /**< how long they differ in all, counted as `counted` says */
  enum wave_counted counted;       /**< what total counts */
  char *reason;                    /**< strict: why equal values differ at `at`, as "only golden states it again"; else NULL */
  int64_t shift;                   /**< WAVE_CLASS_SHIFT, WAVE_CLASS_LATENCY: new is so many ticks later */
  int64_t cycles_late;             /**< WAVE_CLASS_LATENCY */
  bool missing_in_new;             /**< WAVE_CLASS_MISSING: else missing in golden */
  bool new_ends;                   /**< WAVE_CLASS_SHORTER, extra_beats: else golden ends */
  bool extra_beats;                /**< WAVE_CLASS_BEATS: one side has no such beat, nor any of `total` from there on */
  char *golden_value, *new_value;  /**< just from `at` on; NULL: none, of both: not known */
  struct wave_trace golden, fresh; /**< around `at`, from window_from to window_to */
  int64_t window_from, window_to;
  bool detailed; /**< the traces were gathered; only for the first divergences, see wave_report.detailed */
};

/** Divergences with one cause or in one scope: what the reader sees as one entry. */
struct wave_group {
  char *title;       /**< the scope, or for a shift: what shifted, e.g. "every edge 2 ns later" */
  int64_t at;        /**< the first of them */
  uint32_t *members; /**< indices into divergences, in order */
  uint32_t n;
};

/** Scopes nested deeper are counted with those above them, and not listed: all their paths would be the square of a file's size. */
#define WAVE_LISTED_DEPTH 256

struct wave_scope_count {
  char *path; /**< NULL: not to be listed */
  uint32_t depth;
  uint32_t compared, different, missing;    /**< of variables in this scope itself */
  uint32_t compared_below, different_below; /**< with all scopes below */
  int64_t first;                            /**< when the first of them differs; WAVE_FOREVER: none */
};

struct wave_rule_count {
  char *text;  /**< as written */
  char *where; /**< file:line, or "command line"; or "default" for signals that no rule names */
  uint64_t signals, different;
};

/** A waiver of the rules, and what it was needed for. */
struct wave_waiver_count {
  char *text;   /**< as written */
  char *where;  /**< file:line, or "command line" */
  char *reason; /**< why the difference is expected */
  int until;    /**< its last day, as 20261231 */
  bool expired; /**< that day is over: it does not count */
  struct wave_divergence *waived;
  uint32_t n_waived;
};

struct wave_file {
  char *path;
  const char *format;
  uint64_t bytes, variables, signals; /**< signals: variables that are not aliases of another */
  int64_t begin, end;                 /**< of the run, in report ticks */
  int timescale_exponent;             /**< its own */
  bool timescale_known;
  char *partial; /**< why it could be read in part only, or NULL */
};

/** A clock of the rules (or one that stands out among the signals), for cycle numbers and drawings. */
struct wave_clock {
  char *path;
  int64_t first, period;           /**< of golden: first edge counted, usual distance of edges */
  struct wave_trace golden, fresh; /**< in the window of the first divergence */
};

struct wave_report {
  enum wave_verdict verdict;
  char *summary; /**< the verdict line without the verdict word */
  struct wave_file golden, fresh;
  const char *declared_otherwise; /**< strict: what the files declare in another way; or NULL */
  int exponent;
  int64_t compared_from, compared_to;
  uint64_t compared, excluded, different, missing_in_new, missing_in_golden; /**< variables */
  struct wave_divergence *divergences; /**< all of them, earliest first, then upstream (fewer scopes) first, then as declared */
  uint32_t n_divergences;
  uint32_t detailed;         /**< so many of the first have traces */
  struct wave_group *groups; /**< in the order of their first divergence */
  uint32_t n_groups;
  struct wave_scope_count *scopes; /**< in the order of declaration, parents first */
  uint32_t n_scopes;
  struct wave_rule_count *rules;
  uint32_t n_rules;
  struct wave_waiver_count *waivers;
  uint32_t n_waivers;
  struct wave_clock *clocks;
  uint32_t n_clocks;
  uint64_t *density; /**< begins of differences over compared_from..compared_to, in n_density equal spans */
  uint32_t n_density;
  char **notes; /**< things to know, e.g. a rule that fits nothing, one line each */
  uint32_t n_notes;
  double seconds; /**< what the comparison took */
};

/** A time of the report as people write it, with the unit that fits: "12.34 ns". Returns text. */
const char *wave_time_text(const struct wave_report *report, int64_t time, char text[static 40]);
/** Long binary as hex where bits fit: "3f", "0x" parts with x as 'x' when the whole nibble is, else 'X' or 'Z'. Into text, cut with "..."
 * to size. */
void wave_value_text(const char *value, enum wave_kind kind, uint32_t width, char *text, size_t size);
/** All of a value of the divergence as wave_value_text writes it, in binary where wave_hex_hides(), on the heap; NULL: no memory. */
char *wave_full_value(const struct wave_divergence *divergence, const char *value);
/** Hex shows golden's and new's value alike, though bits below one X differ: then wave_full_value() is binary. */
bool wave_hex_hides(const struct wave_divergence *divergence);
const char *wave_class_word(enum wave_class class);
/** It is only declared differently: there are no times and no values. */
bool wave_is_declared(const struct wave_divergence *divergence);
/** It is the same, only later or earlier: WAVE_CLASS_SHIFT, WAVE_CLASS_LATENCY. */
bool wave_is_shifted(const struct wave_divergence *divergence);
/** How many of the divergences are signals that both files have: each under all its names once. */
uint32_t wave_differing_signals(const struct wave_report *report);
/** How many variables are declared with another width or type. */
uint32_t wave_declared_otherwise(const struct wave_report *report);
/** Its values differ: WAVE_CLASS_VALUE, WAVE_CLASS_X, WAVE_CLASS_GLITCH. */
bool wave_is_of_values(const struct wave_divergence *divergence);
void wave_report_free(struct wave_report *report);
/** What a divergence holds, not itself. */
void wave_divergence_free(struct wave_divergence *divergence);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules language: what is compared, and how exactly. docs/wavediff.md is its manual. Lines of a file and options of the command line
 * make the same list; for a signal the first rule whose glob fits counts.
 */
#ifndef WAVE_RULES_H
#define WAVE_RULES_H

#include "chain.h"
#include "error.h"

#include <stdbool.h>
#include <stdint.h>

/** A length or point of time, exact: value * 10^exponent seconds, or a count of ticks of the golden file, or of cycles of a clock. */
enum wave_unit { WAVE_SECONDS, WAVE_TICKS, WAVE_CYCLES };
struct wave_span {
  int64_t value;
  int exponent;
  enum wave_unit unit;
};

struct wave_expr; /**< expr.h */

/** Which x of the two sides matches anything. */
enum wave_wildcard { WAVE_X_EXACT, WAVE_X_GOLDEN, WAVE_X_NEW, WAVE_X_ANY };

enum wave_edge { WAVE_RISING, WAVE_FALLING, WAVE_BOTH };

/** How the signals of one rule are compared. Names are paths of the golden file. NULL: not given. */
struct wave_policy {
  struct wave_span lead, trail; /**< how far new may be before and after golden */
  bool tolerant;                /**< lead or trail was given */
  char *clock;                  /**< compare the values sampled at its edges, by cycle number */
  enum wave_edge edge;
  struct wave_span offset;   /**< the sample is taken so long after the edge (before: negative) */
  bool offset_given;         /**< without: what held just before the edge */
  struct wave_expr *when;    /**< only while this holds in golden */
  enum wave_wildcard x, z;   /**< z: whether z counts as x counts; WAVE_X_EXACT: z is a value like another */
  double absolute, relative; /**< reals are equal when |g - n| <= absolute or <= relative * max(|g|, |n|) */
  bool strength;             /**< nine-valued: h is 1, l is 0, w u - are x; of a port only what it carries */
  /* A channel: beats of valid and ready at the clock, the same in the same order whatever the cycle. */
  char *valid, *ready;
};

enum wave_action { WAVE_COMPARE, WAVE_EXCLUDE, WAVE_CHANNEL };

struct wave_rule {
  enum wave_action action;
  bool include;              /**< WAVE_COMPARE: written as include */
  char **globs;              /**< NULL-terminated; for a channel: its data signals */
  struct wave_shape *shapes; /**< of the globs, for wave_rules_find (glob.h) */
  struct wave_policy policy;
  char *name; /**< of a channel; else NULL */
  char *text; /**< as written */
  char *file; /**< NULL: the command line */
  int line;
};

struct wave_rename {
  char *from, *to; /**< globs with the same number of stars, or plain scope prefixes: `from` in new stands for `to` in golden */
  bool prefix;     /**< a scope and all below it */
  char *text;
};

/** Differences that are expected for a while: they are told, but are none. */
struct wave_waiver {
  struct wave_rule fits; /**< its globs, text and place */
  unsigned classes;      /**< a bit for each enum wave_class; 0: all of a signal's */
  int until;             /**< its last day, as 20261231 */
  char *reason;
};

enum wave_missing { WAVE_MISSING_DIFFERS, WAVE_MISSING_IGNORED, WAVE_MISSING_IN_GOLDEN_IGNORED, WAVE_MISSING_IN_NEW_IGNORED };

struct wave_rules {
  struct wave_rule *rules;
  uint32_t n_rules;
  bool only_included; /**< an include rule exists: what no rule names is left out */
  struct wave_rename *renames;
  uint32_t n_renames;
  struct wave_waiver *waivers;
  uint32_t n_waivers;
  struct wave_span from, to; /**< the window, in golden's time */
  bool from_given, to_given;
  bool trim;                    /**< compare up to the end of the shorter run */
  struct wave_span shift;       /**< added to new's times */
  int64_t scale_num, scale_den; /**< new's times are multiplied by this first; 1/1 unless told */
  enum wave_missing missing;
  struct wave_span ignore_until; /**< WAVE_CYCLES: of ignore_clock */
  bool ignore_until_given;
  char *ignore_clock;
  struct wave_expr *ignore_until_true; /**< from the first time on at which this holds, each side for itself; NULL: not given */
  bool unit_given[2];                  /**< of golden, of new: the unit of time is not what the file says */
  int unit_exponent[2];                /**< but 10^this seconds */
  bool ignore_strength;                /**< of every signal, as policy.strength */
  struct wave_span glitch;             /**< a difference in which one side moves and comes back counts from this length on; 0: always */
  bool strict;                         /**< records as written: nothing is tolerated */
  uint32_t given;                      /**< which settings were given, to refuse a second time */
};

void wave_rules_init(struct wave_rules *rules);
void wave_rules_free(struct wave_rules *rules);
/** One rule, as on a line of a file; when it is refused, nothing has changed. Pointers to rules end here. file NULL and line 0: from the
 * command line. */
enum wave_status wave_rules_add(struct wave_rules *rules, const char *text, const char *file, int line, struct wave_error *error);
/** Reads a file of rules; what is wrong is said with file, line and what was expected. */
enum wave_status wave_rules_read(struct wave_rules *rules, const char *path, struct wave_error *error);
/** The rule that counts for a path, or NULL: compared exactly when !only_included, left out otherwise. A channel's data count for compare,
 * too. */
const struct wave_rule *wave_rules_find(const struct wave_rules *rules, const char *path);
/** Whether a path of so many characters fits a glob of the rule. */
bool wave_rule_fits(const struct wave_rule *rule, const char *path, size_t length);
/** Applies the renames to a path of new, into a buffer that the caller frees; NULL when none fits (or memory ran out). */
char *wave_rules_rename(const struct wave_rules *rules, const char *path);
/** The same; which rename it was. */
char *wave_rules_rename_by(const struct wave_rules *rules, const char *path, uint32_t *which);
/** Whether a path fits a glob: `?` one character but no dot, `*` any but dots, `**` any; everything else, brackets too, stands for itself.
 */
bool wave_glob(const char *glob, const char *path);
/** A text like `12.5ns`, `100ticks`, `20cycles`, `0`. */
enum wave_status wave_span_parse(struct wave_span *span, const char *text, struct wave_error *error);
/** A day such as `2026-12-31` as 20261231; 0: it is none. */
int wave_day_parse(const char *text);
/**
 * The span in ticks of 10^exponent seconds; a count of ticks stays as it is. False when it is no whole number of them or too large, and for
 * cycles.
 */
bool wave_span_ticks(const struct wave_span *span, int exponent, int64_t *ticks);

/*
 * The normal forms: what is printed reads back as the same rules. Each returns the length of the whole text, as snprintf does, of which
 * size - 1 characters are written.
 */
size_t wave_span_text(const struct wave_span *span, char *text, size_t size);
size_t wave_rule_text(const struct wave_rule *rule, char *text, size_t size);
size_t wave_waiver_text(const struct wave_waiver *waiver, char *text, size_t size);
/** The settings and renames, one a line; empty when there are none. */
size_t wave_rules_text(const struct wave_rules *rules, char *text, size_t size);

#endif

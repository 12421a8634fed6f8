/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One line of rules as words, and how what is wrong with it is said. Words stand between blanks; double quotes and the parentheses of
 * when=(...) keep blanks together; a word that begins with # begins a comment.
 */
#ifndef WAVE_RULES_LINE_H
#define WAVE_RULES_LINE_H

#include "rules.h"

#include <stddef.h>

/** As written, with its quotes. */
struct wave_word {
  const char *at;
  size_t length;
};

struct wave_line {
  char *text; /**< without the comment */
  const char *file;
  int number;
  struct wave_word *words;
  size_t n_words;
  struct wave_error *error;
};

enum wave_status wave_line_open(struct wave_line *line, const char *text, const char *file, int number, struct wave_error *error);
void wave_line_close(struct wave_line *line);
/** What is wrong, behind the place: FILE:LINE, or the rule itself when it came from the command line. */
enum wave_status wave_line_fail(const struct wave_line *line, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/** What was expected in place of a word, or of the end of the line. */
enum wave_status wave_line_expected(const struct wave_line *line, const char *expected, size_t word);
/** Which word is the colon that options follow; the number of words: there is none. */
size_t wave_line_colon(const struct wave_line *line);
enum wave_status wave_line_memory(const struct wave_line *line);
/** The line from a word on, as written, into a buffer that the caller frees. NULL: no memory. */
char *wave_line_rest(const struct wave_line *line, size_t word);
bool wave_word_is(const struct wave_word *word, const char *text);
/** A copy without quotes. */
char *wave_word_text(const struct wave_word *word);
/** The place of the first such character outside of quotes, or the length. */
size_t wave_word_find(const struct wave_word *word, char c);
/** The one of choices (NULL-terminated) that is meant most likely; NULL when none is near. */
const char *wave_nearest(const struct wave_word *word, const char *const *choices);

/**
 * A path or glob without quotes, never empty, for the caller to free. Unless it was quoted, a range `[7:0]` is cut off its end: reports
 * print it, but no path has it here.
 */
enum wave_status wave_line_path(const struct wave_line *line, const struct wave_word *word, char **path);

/** Reads the options behind the colon, which is word number `colon`; fills rule->policy, and the globs of a channel. */
enum wave_status wave_policy_parse(const struct wave_line *line, size_t colon, struct wave_rule *rule);
/** Whether the word looks like an option, such as clock=tb.clk. */
bool wave_policy_option(const struct wave_word *word);
/** Whether anything about it departs from comparing exactly. */
bool wave_policy_plain(const struct wave_policy *policy);
/** Adds globs to a rule. */
enum wave_status wave_rule_add_glob(const struct wave_line *line, struct wave_rule *rule, const struct wave_word *word);

/** Reads the globs before the colon. */
enum wave_status wave_rule_globs(const struct wave_line *line, struct wave_rule *rule, size_t colon);
/** An array with room for one more, grown at powers of two; NULL: no memory. */
void *wave_rules_grow(void *array, size_t count, size_t size);
void wave_rule_free(struct wave_rule *rule);

/** What reads a line that begins with a certain word. */
typedef enum wave_status wave_read_rule(struct wave_rules *rules, const struct wave_line *line);
wave_read_rule wave_read_window, wave_read_trim, wave_read_shift, wave_read_scale, wave_read_missing, wave_read_missing_in_new,
    wave_read_missing_in_golden, wave_read_ignore, wave_read_strict, wave_read_timescale, wave_waiver_read;
void wave_waiver_free(struct wave_waiver *waiver);

#endif

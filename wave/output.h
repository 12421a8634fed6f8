/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a report is turned into. Each function adds to text in memory and looks at nothing but the report, so the same report gives the same
 * bytes; whether memory was enough is asked once at the end (out->failed).
 */
#ifndef WAVE_OUTPUT_H
#define WAVE_OUTPUT_H

#include "out.h"
#include "report.h"

struct wave_text_style {
  uint32_t columns;    /**< of the terminal; 0: 80. Less than 60 counts as 60 */
  uint32_t most;       /**< list so many divergences; 0: 10 */
  bool colour;         /**< with ANSI escapes */
  const char *command; /**< how this comparison was called, for the line that tells how to see more; NULL: made from the files */
};

/** For a terminal: what broke, where and when; then the rest by scope and time. */
void wave_text(struct wave_out *out, const struct wave_report *report, const struct wave_text_style *style);

/** One JSON object, as docs/wavediff.schema.json says. */
void wave_json(struct wave_out *out, const struct wave_report *report);

/** JUnit XML: a test case for the comparison, and a failure for each scope in which something differs. */
void wave_junit(struct wave_out *out, const struct wave_report *report);

/** Workflow commands for GitHub Actions, at most `most` (0: 10) errors. */
void wave_github(struct wave_out *out, const struct wave_report *report, uint32_t most);
/** Markdown for the page of a GitHub job (GITHUB_STEP_SUMMARY). */
void wave_markdown(struct wave_out *out, const struct wave_report *report, uint32_t most);

/** One HTML page that needs no other file and no network. */
void wave_html(struct wave_out *out, const struct wave_report *report);

/**
 * A merged FST of the divergences that have traces: scopes golden, new and diff (1 while they differ, for vectors also their xor), and the
 * clocks; x where the traces tell nothing. Beside it, with .gtkw for .fst, a save file for gtkwave: the first divergences in order, the
 * cursor on the first one; with .sucl, commands that do so in Surfer. WAVE_END: there is nothing to show, no file was written.
 */
enum wave_status wave_diff_fst(const char *path, const struct wave_report *report, struct wave_error *error);

/** "DIFFERENT" and so on. */
const char *wave_verdict_word(enum wave_verdict verdict);
/** One line that says what is wrong with one signal, without its name and time: "value: golden 'h3f, new 'h7f, for 10 ns". */
void wave_describe(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence, size_t value_most);
/** How long they differ: "for 10 ns, equal again at 135 ns; 3 times, 42 ns in all". */
void wave_describe_time(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence);
/** "2 ns later", "3 cycles earlier". */
void wave_describe_shift(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence);
/** "golden 'h3f, new 'h7f", values cut to the part that differs. */
void wave_describe_values(struct wave_out *out, const struct wave_divergence *divergence, const char *between, size_t value_most);
/** "498 differ, aliases of 268 signals": of variables; the signals only where they are fewer. */
void wave_describe_count(struct wave_out *out, const struct wave_report *report);
/** The path without the scope, or all of it where it is in another one. */
const char *wave_name_in(const struct wave_divergence *divergence, const char *scope);

#endif

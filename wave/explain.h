/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the report from what the passes found. */
#ifndef WAVE_EXPLAIN_H
#define WAVE_EXPLAIN_H

#include "compare.h"
#include "engine.h"

struct explain {
  struct engine *engine;
  const struct wave_match *match;
  const struct wave_plan *plan;
  const struct wave_rules *rules;
  const struct wave_options *options;
  struct wave_report *report;
  uint32_t *of_pair;    /* pair of each divergence, or WAVE_NONE; sorted with them */
  uint32_t *golden_var; /* of each divergence, for the order; WAVE_NONE: of new */
  bool partial[2];      /* a file is damaged, or ends in the middle */
  bool out_of_memory;
};

/* explain.c: the divergences with their classes and traces. */
enum wave_status wave_explain(struct explain *explain, struct wave_error *error);
/* waive.c: takes the divergences that the rules waive out of the report's. */
enum wave_status wave_waive(struct explain *explain, struct wave_error *error);
/* One note for each waiver: what it was needed for, or that it is not needed or over. */
void wave_waiver_notes(struct explain *explain);
/* summarise.c: files, counts, groups, notes, verdict. */
enum wave_status wave_summarise(struct explain *explain, struct wave_error *error);
/* summary.c: the first line, once all else is known; out_of_memory is set where there is not enough. */
void wave_write_summary(struct explain *explain);

/* explain_shift.c: of a clock, the distance of two edges of golden in the middle of the run; 0: there are no two. */
int64_t wave_period(const struct wave_axis *axis);
/* A text of any length, on the heap. */
char *wave_text_made(struct explain *explain, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* Adds a note, which is taken over; NULL: memory has run out. */
void wave_note(struct explain *explain, char *line);
char *wave_text_copy(struct explain *explain, const char *text);

#endif

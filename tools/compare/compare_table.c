/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison as text for people: two tables in the order of the ladder, what is ruled out, and what it all rests on. */
#include "bands_print.h"
#include "basis.h"
#include "comparison.h"

#include <inttypes.h>
#include <string.h>

enum { WIDTH = 158 };

static const enum measure latency_columns[] = {MEASURE_P50,       MEASURE_P99,        MEASURE_P999, MEASURE_QUEUE,
                                               MEASURE_SERIALISE, MEASURE_ELECTRICAL, MEASURE_PHY,  MEASURE_FEC,
                                               MEASURE_FLIGHT,    MEASURE_RETRY,      MEASURE_TIME, MEASURE_EFFICIENCY};
static const enum measure other_columns[] = {MEASURE_RATE,     MEASURE_GOODPUT,  MEASURE_PJ_PER_BIT, MEASURE_WATTS_LOAD,
                                             MEASURE_WATTS_ON, MEASURE_AGAIN,    MEASURE_RETRIES,    MEASURE_LOST_WORDS,
                                             MEASURE_EDGE,     MEASURE_FAILURES, MEASURE_FLAPS,      MEASURE_DOWN};
enum {
  LATENCY_COLUMNS = sizeof latency_columns / sizeof latency_columns[0],
  OTHER_COLUMNS = sizeof other_columns / sizeof other_columns[0]
};

/* A column in which no row has anything is left out. */
static bool is_empty(const struct comparison *comparison, enum measure measure) {
  for (size_t i = 0; i < comparison->row_count; i++) {
    if (isfinite(comparison->rows[i].ran.measure[measure])) return false;
  }
  return true;
}

static void print_heads(FILE *out, const struct comparison *comparison, const enum measure *columns, size_t count, const char *correction) {
  for (unsigned line = 0; line < 2; line++) {
    fprintf(out, "%-31s %17s%s", line == 0 ? "" : "technology", line == 0 ? "wrong bits" : "before correction",
            correction == NULL ? ""
            : line == 0        ? "      "
                               : "   FEC");
    for (size_t c = 0; c < count; c++) {
      const struct measure_help *help = measure_help_of(columns[c]);
      if (!is_empty(comparison, columns[c])) fprintf(out, " %*s", help->width, line == 0 ? help->above : help->below);
    }
    fprintf(out, "\n");
  }
}

static void print_rows(FILE *out, const struct comparison *comparison, const enum measure *columns, size_t count, const char *correction) {
  print_heads(out, comparison, columns, count, correction);
  for (size_t i = 0; i < comparison->row_count; i++) {
    const struct row *row = &comparison->rows[i];
    const bool again = i > 0 && comparison->rows[i - 1].candidate == row->candidate;
    fprintf(out, "%-31s %-8s %8.2g", again ? "" : row->candidate->tech->name, errors_name(row->errors), row->line_error_rate);
    if (correction != NULL) fprintf(out, " %5s", oio_correction_name(&row->candidate->correction));
    for (size_t c = 0; c < count; c++) {
      if (!is_empty(comparison, columns[c])) measure_print(out, columns[c], row->ran.measure[columns[c]]);
    }
    fprintf(out, "\n");
  }
}

static void print_head(FILE *out, const struct comparison *comparison) {
  fprintf(out, "traffic     %s", comparison->workload);
  const double offered = comparison->offer_gbps > 0 ? comparison->offer_gbps : comparison->offered_gbps;
  if (offered > 0) fprintf(out, ", %.5g Gb/s of messages offered by all dies together", offered);
  fprintf(out, "\nnet         %s: %" PRIu32 " %s link%s of %g m compared, seed %" PRIu64 "\n", comparison->config.net, comparison->links,
          comparison_class(comparison), comparison->links == 1 ? "" : "s", comparison->length_m, comparison->config.seed);
  if (!oio_config_is_routed(&comparison->config) && strcmp(comparison->config.net, "bridged") == 0) {
    const struct oio_link_class *die_link = &comparison->config.classes[OIO_CLASS_DIE_LINK];
    fprintf(out, "die links   %g Gb/s, the same beside every technology%s\n", die_link->lane_rate_gbps * (double)die_link->lanes,
            (double)die_link->lanes * die_link->lane_rate_gbps >= 65536 ? ", so that none is bound by them" : "");
  }
  fprintf(out, "\n");
}

static void print_failures(FILE *out, const struct comparison *comparison) {
  for (size_t i = 0; i < comparison->row_count; i++) {
    const struct row *row = &comparison->rows[i];
    if (row->ran.failure[0] != '\0')
      fprintf(out, "\nNOT GOOD: %s at its %s error rate: %s\n", row->candidate->tech->name, errors_name(row->errors), row->ran.failure);
    if (!row->ran.done)
      fprintf(out, "\nNOT RUN: %s at its %s error rate: interrupted\n", row->candidate->tech->name, errors_name(row->errors));
  }
}

static void print_ruled_out(FILE *out, const struct comparison *comparison) {
  if (comparison->ruled_count > 0) fprintf(out, "\nRuled out\n");
  for (size_t i = 0; i < comparison->ruled_count; i++) {
    const struct ruled_out *ruled = &comparison->ruled[i];
    fprintf(out, "  %-31s %-5s  %s\n", ruled->tech->name, ruled_name(ruled->by), ruled->why);
  }
}

/* Words one after the other, with new lines where one is full. */
static int print_word(FILE *out, int column, int indent, const char *word) {
  const int length = (int)strlen(word) + 1;
  if (column + length > WIDTH) column = fprintf(out, "\n%*s", indent, "") - 1;
  return column + fprintf(out, " %s", word);
}

/* Of a value that results rest on, the technologies of which it is assumed. */
static void print_assumed_value(FILE *out, const struct comparison *comparison, enum result result, enum oio_tech_quantity quantity) {
  enum { INDENT = 34 };
  size_t assumed = 0;
  for (size_t i = 0; i < comparison->candidate_count; i++) assumed += result_assumed(comparison->candidates[i].tech, result, quantity);
  if (assumed == 0) return;
  int column = fprintf(out, "  %-8s %-21s of", result_name(result), oio_tech_quantity_help_of(quantity)->name);
  if (assumed == comparison->candidate_count) {
    fprintf(out, " all of them\n");
    return;
  }
  for (size_t i = 0; i < comparison->candidate_count; i++) {
    if (result_assumed(comparison->candidates[i].tech, result, quantity))
      column = print_word(out, column, INDENT, comparison->candidates[i].tech->name);
  }
  fprintf(out, "\n");
}

static void print_assumed(FILE *out, const struct comparison *comparison) {
  fprintf(out, "\nAssumed, not published (low, typical, high and sources: `oio tech show NAME`)\n");
  for (unsigned result = 0; result < RESULTS; result++) {
    for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
      if (result_rests_on((enum result)result, (enum oio_tech_quantity)q))
        print_assumed_value(out, comparison, (enum result)result, (enum oio_tech_quantity)q);
    }
  }
}

static bool any_of(const struct comparison *comparison, enum oio_correction_kind kind) {
  for (size_t i = 0; i < comparison->candidate_count; i++) {
    if (comparison->candidates[i].correction.kind == kind) return true;
  }
  return false;
}

static void print_far(FILE *out, const struct comparison *comparison) {
  enum { INDENT = 3 };
  int column = 0;
  for (size_t i = 0; i < comparison->candidate_count; i++) {
    const struct oio_tech *tech = comparison->candidates[i].tech;
    if (comparison->length_m <= tech->value[OIO_TECH_REACH_M].typical) continue;
    if (column == 0) column = fprintf(out, "Further than their typical reach, though not than the most that is said of it:");
    column = print_word(out, column, INDENT, tech->name);
  }
  if (column > 0) fprintf(out, "\n");
}

static void print_notes(FILE *out, const struct comparison *comparison) {
  fprintf(out, "\nLatency: from the entry of a message to its last byte out. bits: leaving transmitters; electr.: logic and flight of all "
               "other links and nodes.\n"
               "Power: a link that is lit takes nearly all of it whatever it carries (W always, both directions); W of load counts only "
               "the bits it carries.\n"
               "Errors: limit is the most that a technology is built for, observed what links in operation show; without such a line "
               "nobody has said it.\n");
  if (any_of(comparison, OIO_CORRECTION_STRONGER))
    fprintf(out,
            "FEC +kp4: KP4 behind another code, the inner Hamming code or one not decided on, which is taken to leave at most 2.4e-4.\n");
  print_far(out, comparison);
}

void compare_table(FILE *out, const struct comparison *comparison) {
  print_head(out, comparison);
  if (comparison->row_count > 0) {
    print_rows(out, comparison, latency_columns, LATENCY_COLUMNS, NULL);
    fprintf(out, "\n");
    print_rows(out, comparison, other_columns, OTHER_COLUMNS, "FEC");
    print_failures(out, comparison);
    if (comparison->samples > 0) bands_table(out, comparison);
  }
  print_ruled_out(out, comparison);
  if (comparison->row_count == 0) return;
  print_assumed(out, comparison);
  print_notes(out, comparison);
}

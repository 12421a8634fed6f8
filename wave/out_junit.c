/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"
#include "output.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

/* So many scopes become cases, so many signals of each are named. */
enum { scopes_most = 500, signals_most = 5 };

/* The divergences of one scope: `first` is the earliest. */
struct run {
  uint32_t from, n; /* in the sorted order */
  uint32_t first;
};

struct runs {
  uint32_t *order;
  struct run *items;
  uint32_t n;
};

struct keyed {
  const char *scope;
  uint32_t index;
};

static int compare_scopes(const void *a, const void *b) {
  const struct keyed *one = a, *two = b;
  const int names = strcmp(one->scope, two->scope);
  return names != 0 ? names : (one->index > two->index) - (one->index < two->index);
}

static int compare_first(const void *a, const void *b) {
  const struct run *one = a, *two = b;
  return (one->first > two->first) - (one->first < two->first);
}

static const char *scope_name(const struct wave_divergence *divergence) {
  return divergence->scope != NULL && divergence->scope[0] != '\0' ? divergence->scope : "(top)";
}

/* Divergences by scope, the scope that differs first first. False: no memory. */
static bool make_runs(struct runs *runs, const struct wave_report *report) {
  const uint32_t n = report->n_divergences;
  struct keyed *keys = wave_malloc(((size_t)n + 1) * sizeof *keys);
  *runs = (struct runs){wave_malloc(((size_t)n + 1) * sizeof *runs->order), wave_malloc(((size_t)n + 1) * sizeof *runs->items), 0};
  const bool made = keys != NULL && runs->order != NULL && runs->items != NULL;
  for (uint32_t i = 0; made && i < n; i++) keys[i] = (struct keyed){scope_name(&report->divergences[i]), i};
  if (made) qsort(keys, n, sizeof *keys, compare_scopes);
  for (uint32_t i = 0; made && i < n; i++) {
    runs->order[i] = keys[i].index;
    if (i == 0 || strcmp(keys[i].scope, keys[i - 1].scope) != 0) runs->items[runs->n++] = (struct run){i, 0, keys[i].index};
    runs->items[runs->n - 1].n++;
  }
  if (made) qsort(runs->items, runs->n, sizeof *runs->items, compare_first);
  free(keys);
  return made;
}

static void free_runs(struct runs *runs) {
  free(runs->order);
  free(runs->items);
}

static void attribute(struct wave_out *out, const char *key, const char *value) {
  wave_out_format(out, " %s=\"", key);
  wave_out_xml(out, value);
  wave_out_text(out, "\"");
}

/* "result[31:0] at 125 ns: value: golden ..., new ..., for 10 ns". */
static void describe(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  char time[40];
  wave_out_text(out, divergence->path);
  if (!wave_is_declared(divergence)) wave_out_format(out, " at %s", wave_time_text(report, divergence->at, time));
  wave_out_text(out, ": ");
  wave_describe(out, report, divergence, 32);
}

static void xml_of(struct wave_out *out, struct wave_out *text) {
  if (text->bytes != NULL) wave_out_xml(out, text->bytes);
  out->failed = out->failed || text->failed;
  wave_out_free(text);
}

static void describe_all(struct wave_out *out, const struct wave_report *report, const uint32_t *indices, uint32_t n) {
  struct wave_out text = {0};
  const struct wave_window_style style = {.columns = 100, .indent = ""};
  for (uint32_t i = 0; i < n && i < signals_most; i++) {
    describe(&text, report, &report->divergences[indices[i]]);
    wave_out_text(&text, "\n");
    if (i == 0) wave_window(&text, report, &report->divergences[indices[i]], &style);
  }
  if (n > signals_most) wave_out_format(&text, "and %u more\n", (unsigned)(n - signals_most));
  xml_of(out, &text);
}

static void scope_case(struct wave_out *out, const struct wave_report *report, const struct runs *runs, const struct run *run) {
  const struct wave_divergence *first = &report->divergences[run->first];
  struct wave_out message = {0};
  wave_out_text(out, "    <testcase classname=\"wavediff.scopes\"");
  attribute(out, "name", scope_name(first));
  wave_out_text(out, " time=\"0\">\n      <failure");
  attribute(out, "type", wave_class_word(first->class));
  wave_out_format(&message, "%u signal%s: ", (unsigned)run->n, run->n == 1 ? " differs" : "s differ");
  describe(&message, report, first);
  wave_out_text(out, " message=\"");
  xml_of(out, &message);
  wave_out_text(out, "\">");
  describe_all(out, report, runs->order + run->from, run->n);
  wave_out_text(out, "</failure>\n    </testcase>\n");
}

static void scope_suite(struct wave_out *out, const struct wave_report *report, const struct runs *runs) {
  const uint32_t shown = runs->n < scopes_most ? runs->n : scopes_most, rest = runs->n - shown, cases = shown + (rest > 0);
  wave_out_format(out, "  <testsuite name=\"scopes\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
                  (unsigned)cases, (unsigned)cases);
  for (uint32_t i = 0; i < shown; i++) scope_case(out, report, runs, &runs->items[i]);
  if (rest > 0)
    wave_out_format(out,
                    "    <testcase classname=\"wavediff.scopes\" name=\"%u more scopes\" time=\"0\">\n      <failure type=\"value\" "
                    "message=\"%u more scopes differ\"/>\n    </testcase>\n",
                    (unsigned)rest, (unsigned)rest);
  wave_out_text(out, "  </testsuite>\n");
}

/* What each rule found, and what else is to be said. No test cases: a difference is a failure once, in its scope. */
static void remarks(struct wave_out *out, const struct wave_report *report) {
  const struct wave_file *files[] = {&report->golden, &report->fresh};
  struct wave_out text = {0};
  for (int i = 0; i < 2; i++)
    if (files[i]->partial != NULL) wave_out_format(&text, "%s: %s\n", files[i]->path, files[i]->partial);
  for (uint32_t i = 0; i < report->n_notes; i++) wave_out_format(&text, "%s\n", report->notes[i]);
  for (uint32_t i = 0; i < report->n_rules; i++) {
    const struct wave_rule_count *rule = &report->rules[i];
    wave_out_format(&text, "%s (%s): %llu of %llu variable%s\n", rule->text != NULL ? rule->text : "compare",
                    rule->where != NULL ? rule->where : "default", (unsigned long long)rule->different, (unsigned long long)rule->signals,
                    rule->signals == 1 ? " differs" : "s differ");
  }
  if (text.size == 0) return;
  wave_out_text(out, "    <system-out>");
  xml_of(out, &text);
  wave_out_text(out, "</system-out>\n");
}

/* Where no scope tells that the files differ: nothing but the order or the unit of what they declare does. */
static bool differs_as_a_whole(const struct wave_report *report) {
  return report->verdict == WAVE_DIFFERENT && report->n_divergences == 0;
}

/* Whether the comparison itself could be made. */
static void comparison_suite(struct wave_out *out, const struct wave_report *report) {
  const bool error = report->verdict == WAVE_UNUSABLE || report->verdict == WAVE_NOTHING, failure = differs_as_a_whole(report);
  struct wave_out name = {0};
  wave_out_format(out, "  <testsuite name=\"comparison\" tests=\"1\" failures=\"%d\" errors=\"%d\" skipped=\"0\" time=\"%.3f\">\n", failure,
                  error, report->seconds);
  wave_out_text(out, "    <testcase classname=\"wavediff\" name=\"");
  wave_out_format(&name, "%s can be compared with %s", report->fresh.path, report->golden.path);
  xml_of(out, &name);
  wave_out_format(out, "\" time=\"%.3f\"", report->seconds);
  if (error || failure) {
    wave_out_format(out, ">\n      <%s", error ? "error" : "failure");
    attribute(out, "type", wave_verdict_word(report->verdict));
    attribute(out, "message", report->summary);
    wave_out_text(out, "/>\n    </testcase>\n");
  } else {
    wave_out_text(out, "/>\n");
  }
  remarks(out, report);
  wave_out_text(out, "  </testsuite>\n");
}

static void totals(struct wave_out *out, const struct wave_report *report, const struct runs *runs) {
  const unsigned scopes = runs->n < scopes_most ? runs->n : scopes_most + (runs->n > scopes_most);
  const unsigned errors = report->verdict == WAVE_UNUSABLE || report->verdict == WAVE_NOTHING;
  wave_out_format(
      out,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"oio wavediff\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
      "time=\"%.3f\">\n",
      1 + scopes, scopes + differs_as_a_whole(report), errors, report->seconds);
}

void wave_junit(struct wave_out *out, const struct wave_report *report) {
  struct runs runs;
  if (make_runs(&runs, report)) {
    totals(out, report, &runs);
    comparison_suite(out, report);
    if (runs.n > 0) scope_suite(out, report, &runs);
    wave_out_text(out, "</testsuites>\n");
  } else {
    out->failed = true;
  }
  free_runs(&runs);
}

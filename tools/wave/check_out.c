/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "output.h"

#include <string.h>

static const char *word(const struct checked *checked) {
  static const char *const words[] = {"same", "DIFFERENT", "UNUSABLE", "NOTHING"};
  return words[checked->verdict];
}

static const char *word_for_machines(const struct checked *checked) {
  static const char *const words[] = {"same", "different", "unusable", "nothing"};
  return words[checked->verdict];
}

int check_status(const struct check *check) {
  static const int rank[] = {0, 2, 3, 1};
  enum wave_verdict worst = WAVE_SAME;
  for (uint32_t i = 0; i < check->n; i++)
    if (!check->items[i].updated && rank[check->items[i].verdict] > rank[worst]) worst = check->items[i].verdict;
  return (int)worst;
}

/* What a row tells: the first difference, or why there is none to tell. Cleaned. */
static void tell_first(struct wave_out *out, const struct checked *checked) {
  const struct wave_report *report = checked->report;
  char time[40];
  if (report == NULL) {
    wave_out_clean(out, checked->error.text);
  } else if (report->verdict == WAVE_DIFFERENT && report->n_divergences > 0) {
    const struct wave_divergence *divergence = &report->divergences[0];
    wave_out_clean(out, divergence->path);
    if (!wave_is_declared(divergence)) wave_out_format(out, " at %s", wave_time_text(report, divergence->at, time));
    wave_out_text(out, ": ");
    wave_describe(out, report, divergence, 32);
  } else if (report->verdict != WAVE_SAME) {
    wave_out_clean(out, report->summary != NULL ? report->summary : "");
  }
}

static int name_columns(const struct check *check) {
  size_t longest = strlen("golden");
  for (uint32_t i = 0; i < check->n; i++) {
    const size_t length = strlen(check->items[i].golden.name);
    if (length > longest) longest = length;
  }
  return (int)longest;
}

void check_head(struct wave_out *out, const struct check *check) {
  wave_out_format(out, "%-*s  %-9s  %7s  %s\n", name_columns(check), "golden", "verdict", "seconds", "first difference");
}

void check_row(struct wave_out *out, const struct check *check, const struct checked *checked) {
  struct wave_out first = {0};
  tell_first(&first, checked);
  wave_out_format(out, "%-*s  %-9s  %7.2f%s%s\n", name_columns(check), checked->golden.name, word(checked), checked->seconds,
                  first.size > 0 ? "  " : "", first.size > 0 ? first.bytes : "");
  out->failed = out->failed || first.failed;
  wave_out_free(&first);
}

void check_sum(struct wave_out *out, const struct check *check) {
  static const char *const words[] = {"same", "different", "unusable", "with nothing compared"};
  uint32_t counts[4] = {0};
  for (uint32_t i = 0; i < check->n; i++) counts[check->items[i].verdict]++;
  wave_out_format(out, "%u golden%s:", (unsigned)check->n, check->n == 1 ? "" : "s");
  const char *before = " ";
  for (int i = 0; i < 4; i++) {
    if (counts[i] == 0) continue;
    wave_out_format(out, "%s%u %s", before, (unsigned)counts[i], words[i]);
    before = ", ";
  }
  wave_out_format(out, "; %.2f s\n", check->seconds);
}

static void key(struct wave_out *out, const char *name, const char *text) {
  wave_out_format(out, "\"%s\": ", name);
  wave_out_json(out, text);
  wave_out_text(out, ", ");
}

static void golden_json(struct wave_out *out, const struct checked *checked) {
  struct wave_out first = {0};
  tell_first(&first, checked);
  wave_out_text(out, "  {");
  key(out, "name", checked->golden.name);
  key(out, "verdict", word_for_machines(checked));
  wave_out_format(out, "\"exit_status\": %d, \"updated\": %s, \"wall_s\": %.6f,\n   ", (int)checked->verdict,
                  checked->updated ? "true" : "false", checked->seconds);
  key(out, "command", checked->golden.command);
  key(out, "note", checked->golden.note);
  key(out, "first", first.size > 0 ? first.bytes : NULL);
  key(out, "said", checked->said);
  wave_out_text(out, "\n   \"report\": ");
  if (checked->report != NULL)
    wave_json(out, checked->report);
  else
    wave_out_text(out, "null");
  wave_out_text(out, "}");
  out->failed = out->failed || first.failed;
  wave_out_free(&first);
}

void check_json(struct wave_out *out, const struct check *check) {
  wave_out_text(out, "{\"oio_wave_check\": 1, ");
  key(out, "folder", check->folder);
  wave_out_format(out, "\"exit_status\": %d, \"wall_s\": %.6f,\n \"goldens\": [\n", check->status, check->seconds);
  for (uint32_t i = 0; i < check->n; i++) {
    if (i > 0) wave_out_text(out, ",\n");
    golden_json(out, &check->items[i]);
  }
  wave_out_text(out, "]}\n");
}

static void attribute(struct wave_out *out, const char *name, const char *text) {
  wave_out_format(out, " %s=\"", name);
  wave_out_xml(out, text);
  wave_out_text(out, "\"");
}

static void golden_junit(struct wave_out *out, const struct check *check, const struct checked *checked) {
  struct wave_out first = {0}, text = {0};
  const char *kind = checked->verdict == WAVE_UNUSABLE ? "error" : "failure";
  tell_first(&first, checked);
  wave_out_text(out, "    <testcase");
  attribute(out, "classname", check->folder);
  attribute(out, "name", checked->golden.name);
  wave_out_format(out, " time=\"%.3f\"", checked->seconds);
  if (checked->verdict == WAVE_SAME) {
    wave_out_text(out, "/>\n");
  } else {
    wave_out_format(out, ">\n      <%s", kind);
    attribute(out, "type", word_for_machines(checked));
    attribute(out, "message", first.size > 0 ? first.bytes : word_for_machines(checked));
    wave_out_text(out, ">");
    if (checked->report != NULL) wave_text(&text, checked->report, &(struct wave_text_style){.columns = 100});
    wave_out_xml(out, text.size > 0 ? text.bytes : checked->said != NULL ? checked->said : "");
    wave_out_format(out, "</%s>\n    </testcase>\n", kind);
  }
  out->failed = out->failed || first.failed || text.failed;
  wave_out_free(&first);
  wave_out_free(&text);
}

void check_junit(struct wave_out *out, const struct check *check) {
  unsigned failures = 0, errors = 0;
  for (uint32_t i = 0; i < check->n; i++) {
    errors += check->items[i].verdict == WAVE_UNUSABLE;
    failures += check->items[i].verdict == WAVE_DIFFERENT || check->items[i].verdict == WAVE_NOTHING;
  }
  wave_out_format(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<testsuites name=\"oio wave check\" tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.3f\">\n"
                  "  <testsuite name=\"goldens\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"0\" time=\"%.3f\">\n",
                  (unsigned)check->n, failures, errors, check->seconds, (unsigned)check->n, failures, errors, check->seconds);
  for (uint32_t i = 0; i < check->n; i++) golden_junit(out, check, &check->items[i]);
  wave_out_text(out, "  </testsuite>\n</testsuites>\n");
}

/* The message of a workflow command. */
static void escaped(struct wave_out *out, const char *text) {
  for (; *text != '\0'; text++)
    if (*text == '%' || *text == '\r' || *text == '\n')
      wave_out_format(out, "%%%02X", (unsigned)(unsigned char)*text);
    else
      wave_out_bytes(out, text, 1);
}

void check_github(struct wave_out *out, const struct check *check) {
  for (uint32_t i = 0; i < check->n; i++) {
    const struct checked *checked = &check->items[i];
    struct wave_out first = {0};
    if (checked->verdict == WAVE_SAME) continue;
    tell_first(&first, checked);
    wave_out_format(out, "::error title=%s %s::", checked->golden.name, word(checked));
    escaped(out, first.size > 0 ? first.bytes : word(checked));
    wave_out_text(out, "\n");
    out->failed = out->failed || first.failed;
    wave_out_free(&first);
  }
}

void check_markdown(struct wave_out *out, const struct check *check) {
  struct wave_out table = {0};
  check_head(&table, check);
  for (uint32_t i = 0; i < check->n; i++) check_row(&table, check, &check->items[i]);
  check_sum(&table, check);
  wave_out_text(out, "~~~~~~text\n");
  wave_out_bytes(out, table.bytes, table.size);
  wave_out_text(out, "~~~~~~\n\n");
  for (uint32_t i = 0; i < check->n; i++) {
    const struct checked *checked = &check->items[i];
    if (checked->verdict == WAVE_SAME || checked->report == NULL) continue;
    wave_out_format(out, "## `%s`\n\n", checked->golden.name);
    wave_markdown(out, checked->report, 5);
    wave_out_text(out, "\n");
  }
  out->failed = out->failed || table.failed;
  wave_out_free(&table);
}

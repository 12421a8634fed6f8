/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"
#include "window.h"

#include <string.h>

/* The value of a workflow command, or of one of its properties: what would end it is written as %XX. */
static void escaped(struct wave_out *out, const char *text, bool property) {
  for (; *text != '\0'; text++)
    if (*text == '%' || *text == '\r' || *text == '\n' || (property && (*text == ':' || *text == ',')))
      wave_out_format(out, "%%%02X", (unsigned)(unsigned char)*text);
    else
      wave_out_bytes(out, text, 1);
}

/* "::level title=...::message"; both are done with. */
static void command(struct wave_out *out, const char *level, struct wave_out *title, struct wave_out *message) {
  wave_out_format(out, "::%s title=", level);
  escaped(out, title->bytes != NULL ? title->bytes : "wavediff", true);
  wave_out_text(out, "::");
  escaped(out, message->bytes != NULL ? message->bytes : "", false);
  wave_out_text(out, "\n");
  out->failed = out->failed || title->failed || message->failed;
  wave_out_free(title);
  wave_out_free(message);
}

static void plain(struct wave_out *out, const char *level, const char *title, const char *message) {
  struct wave_out head = {0}, body = {0};
  wave_out_text(&head, title);
  wave_out_clean(&body, message);
  command(out, level, &head, &body);
}

static void describe(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  char time[40];
  wave_out_clean(out, divergence->path);
  if (!wave_is_declared(divergence)) wave_out_format(out, " at %s", wave_time_text(report, divergence->at, time));
  if (divergence->cycle >= 0)
    wave_out_format(out, " (%s %lld)", divergence->class == WAVE_CLASS_BEATS ? "beat" : "cycle", (long long)divergence->cycle);
  wave_out_text(out, ": ");
  wave_describe(out, report, divergence, 32);
}

static void group(struct wave_out *out, const struct wave_report *report, const struct wave_group *one) {
  struct wave_out title = {0}, message = {0};
  wave_out_text(&title, "wavediff: ");
  wave_out_clean(&title, one->title);
  wave_out_format(&title, ", %u signal%s", (unsigned)one->n, one->n == 1 ? "" : "s");
  for (uint32_t i = 0; i < one->n && i < 3; i++) {
    if (i > 0) wave_out_text(&message, "\n");
    describe(&message, report, &report->divergences[one->members[i]]);
  }
  if (one->n > 3) wave_out_format(&message, "\nand %u more", (unsigned)(one->n - 3));
  command(out, "error", &title, &message);
}

static void files(struct wave_out *out, const struct wave_report *report) {
  if (report->golden.partial != NULL) plain(out, "warning", "wavediff: golden is read in part only", report->golden.partial);
  if (report->fresh.partial != NULL) plain(out, "warning", "wavediff: new is read in part only", report->fresh.partial);
  for (uint32_t i = 0; i < report->n_notes && i < 3; i++) plain(out, "notice", "wavediff", report->notes[i]);
}

void wave_github(struct wave_out *out, const struct wave_report *report, uint32_t most) {
  const uint32_t shown = most == 0 ? 10 : most;
  const bool grouped = report->verdict == WAVE_DIFFERENT && report->n_groups > 0;
  uint32_t i = 0;
  for (; grouped && i < report->n_groups && i < shown; i++) group(out, report, &report->groups[i]);
  struct wave_out title = {0}, message = {0};
  wave_out_format(&title, "wavediff: %s", wave_verdict_word(report->verdict));
  wave_out_clean(&message, report->summary);
  if (i < report->n_groups && grouped) wave_out_format(&message, "; %u more groups are not shown here", (unsigned)(report->n_groups - i));
  command(out, grouped || report->verdict == WAVE_SAME ? "notice" : "error", &title, &message);
  files(out, report);
}

/* Text that Markdown takes for nothing but text, also inside of a table. */
static void markdown(struct wave_out *out, const char *text) {
  struct wave_out clean = {0};
  wave_out_clean(&clean, text);
  for (const char *at = clean.bytes != NULL ? clean.bytes : ""; *at != '\0'; at++)
    if ((*at > ' ' && *at < '0') || (*at > '9' && *at < 'A') || (*at > 'Z' && *at < 'a') || (*at > 'z' && *at < 0x7f))
      wave_out_format(out, "&#%d;", *at);
    else
      wave_out_bytes(out, at, 1);
  out->failed = out->failed || clean.failed;
  wave_out_free(&clean);
}

static void code(struct wave_out *out, const char *text) {
  wave_out_text(out, "<code>");
  markdown(out, text);
  wave_out_text(out, "</code>");
}

static void first(struct wave_out *out, const struct wave_report *report) {
  if (report->n_divergences == 0) return;
  const struct wave_divergence *divergence = &report->divergences[0];
  struct wave_out words = {0}, drawing = {0};
  describe(&words, report, divergence);
  wave_out_text(out, "First: ");
  code(out, words.bytes != NULL ? words.bytes : "");
  wave_out_text(out, "\n\n");
  wave_window(&drawing, report, divergence, &(struct wave_window_style){.columns = 100, .indent = ""});
  if (drawing.size > 0) {
    wave_out_text(out, "~~~~~~text\n");
    wave_out_bytes(out, drawing.bytes, drawing.size);
    wave_out_text(out, "~~~~~~\n\n");
  }
  wave_out_free(&words);
  wave_out_free(&drawing);
}

static void group_row(struct wave_out *out, const struct wave_report *report, const struct wave_group *one) {
  char time[40];
  struct wave_out words = {0};
  const struct wave_divergence *divergence = &report->divergences[one->members[0]];
  wave_out_format(out, "| %s | ", wave_is_declared(divergence) ? "" : wave_time_text(report, one->at, time));
  code(out, one->title);
  wave_out_format(out, " | %u | ", (unsigned)one->n);
  code(out, wave_name_in(divergence, one->title));
  wave_out_text(out, " ");
  wave_describe(&words, report, divergence, 24);
  markdown(out, words.bytes != NULL ? words.bytes : "");
  wave_out_text(out, " |\n");
  wave_out_free(&words);
}

static void note(struct wave_out *out, const char *side, const char *text) {
  if (text == NULL) return;
  wave_out_format(out, "> %s", side);
  markdown(out, text);
  wave_out_text(out, "\n\n");
}

void wave_markdown(struct wave_out *out, const struct wave_report *report, uint32_t most) {
  const uint32_t shown = most == 0 ? 10 : most;
  wave_out_format(out, "### %s: ", wave_verdict_word(report->verdict));
  markdown(out, report->summary);
  wave_out_text(out, "\n\n");
  first(out, report);
  if (report->n_groups > 0) wave_out_text(out, "| first at | where | signals | first of them |\n|---:|---|---:|---|\n");
  for (uint32_t i = 0; i < report->n_groups && i < shown; i++)
    if (report->groups[i].n > 0) group_row(out, report, &report->groups[i]);
  if (report->n_groups > shown) wave_out_format(out, "\nand %u more groups\n", (unsigned)(report->n_groups - shown));
  if (report->n_groups > 0) wave_out_text(out, "\n");
  note(out, "golden is read in part only: ", report->golden.partial);
  note(out, "new is read in part only: ", report->fresh.partial);
  for (uint32_t i = 0; i < report->n_notes; i++) note(out, "", report->notes[i]);
  wave_out_text(out, "golden ");
  code(out, report->golden.path);
  wave_out_text(out, ", new ");
  code(out, report->fresh.path);
  wave_out_format(out, ": %llu variable%s compared, ", (unsigned long long)report->compared, report->compared == 1 ? "" : "s");
  wave_describe_count(out, report);
  wave_out_text(out, "\n");
}

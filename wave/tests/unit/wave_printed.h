/* SPDX-License-Identifier: Apache-2.0 */
/* The samples of wave_sample.h in each output. Include after <cmocka.h>. */
#ifndef OIO_TESTS_WAVE_PRINTED_H
#define OIO_TESTS_WAVE_PRINTED_H

#include "output.h"
#include "wave_sample.h"

enum { text_kind, json_kind, junit_kind, github_kind, markdown_kind, html_kind, kinds };
static const char *const kind_names[] = {"text", "json", "junit", "github", "markdown", "html"};

static inline void print_kind(struct wave_out *out, const struct wave_report *report, int kind) {
  switch (kind) {
  case text_kind:
    wave_text(out, report, &(struct wave_text_style){.columns = 80});
    break;
  case json_kind:
    wave_json(out, report);
    break;
  case junit_kind:
    wave_junit(out, report);
    break;
  case github_kind:
    wave_github(out, report, 0);
    break;
  case markdown_kind:
    wave_markdown(out, report, 0);
    break;
  default:
    wave_html(out, report);
    break;
  }
}

/* The caller frees. */
static inline char *printed(enum wave_sample sample, int kind) {
  struct wave_report *report = sample_report(sample);
  struct wave_out out = {0};
  print_kind(&out, report, kind);
  assert_false(out.failed);
  wave_report_free(report);
  return out.bytes;
}

static inline unsigned count(const char *text, const char *what) {
  unsigned times = 0;
  for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what)) times++;
  return times;
}

static inline size_t widest(const char *text) {
  size_t most = 0;
  struct wave_out line = {0};
  for (; *text != '\0'; text++) {
    if (*text != '\n') {
      wave_out_bytes(&line, text, 1);
      continue;
    }
    const size_t columns = line.size > 0 ? wave_columns(line.bytes) : 0;
    most = columns > most ? columns : most;
    wave_out_clear(&line);
  }
  wave_out_free(&line);
  return most;
}

#endif

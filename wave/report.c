/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"
#include "memory.h"

#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *wave_class_word(enum wave_class class) {
  switch (class) {
  case WAVE_CLASS_VALUE:
    return "value";
  case WAVE_CLASS_X:
    return "x";
  case WAVE_CLASS_GLITCH:
    return "glitch";
  case WAVE_CLASS_SHIFT:
    return "shift";
  case WAVE_CLASS_LATENCY:
    return "latency";
  case WAVE_CLASS_SHORTER:
    return "shorter";
  case WAVE_CLASS_MISSING:
    return "missing";
  case WAVE_CLASS_WIDTH:
    return "width";
  case WAVE_CLASS_TYPE:
    return "type";
  case WAVE_CLASS_BEATS:
    return "beats";
  case WAVE_CLASS_RECORDS:
    return "records";
  }
  return "value";
}

bool wave_is_declared(const struct wave_divergence *divergence) {
  return divergence->class == WAVE_CLASS_MISSING || divergence->class == WAVE_CLASS_WIDTH || divergence->class == WAVE_CLASS_TYPE;
}

uint32_t wave_differing_signals(const struct wave_report *report) {
  uint32_t signals = 0;
  for (uint32_t i = 0; i < report->n_divergences; i++)
    signals += !wave_is_declared(&report->divergences[i]) && report->divergences[i].class != WAVE_CLASS_SHORTER;
  return signals;
}

uint32_t wave_declared_otherwise(const struct wave_report *report) {
  uint32_t variables = 0;
  for (uint32_t i = 0; i < report->n_divergences; i++)
    variables += report->divergences[i].class == WAVE_CLASS_WIDTH || report->divergences[i].class == WAVE_CLASS_TYPE;
  return variables;
}

bool wave_is_shifted(const struct wave_divergence *divergence) {
  return divergence->class == WAVE_CLASS_SHIFT || divergence->class == WAVE_CLASS_LATENCY;
}

bool wave_is_of_values(const struct wave_divergence *divergence) {
  return divergence->class == WAVE_CLASS_VALUE || divergence->class == WAVE_CLASS_X || divergence->class == WAVE_CLASS_GLITCH;
}

/* magnitude * 10^exponent seconds, in the largest unit that leaves something before the point. */
static void write_time(uint64_t magnitude, int exponent, bool negative, char text[static 40]) {
  static const char *const units[] = {"s", "ms", "us", "ns", "ps", "fs", "as", "zs"};
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)magnitude);
  int unit = 0;
  while (unit < 7 && length + exponent + 3 * unit <= 0) unit++;
  int point = length + exponent + 3 * unit; /* digits before the point */
  while (length > 1 && length > point && digits[length - 1] == '0') length--;
  char *at = text;
  if (negative) *at++ = '-';
  if (point <= 0) {
    at += snprintf(at, 8, "0.");
    for (; point < 0 && at < text + 12; point++) *at++ = '0';
  }
  for (int i = 0; i < length || i < point; i++) {
    if (i > 0 && i == point) *at++ = '.';
    if (at > text + 32) break;
    *at++ = i < length ? digits[i] : '0';
  }
  snprintf(at, (size_t)(text + 40 - at), " %s", units[unit]);
}

const char *wave_time_text(const struct wave_report *report, int64_t time, char text[static 40]) {
  if (time == WAVE_FOREVER)
    snprintf(text, 40, "the end");
  else if (!report->golden.timescale_known && !report->fresh.timescale_known)
    snprintf(text, 40, "%lld ticks", (long long)time);
  else if (time == 0)
    snprintf(text, 40, "0 s");
  else
    write_time(time < 0 ? -(uint64_t)time : (uint64_t)time, report->exponent, time < 0, text);
  return text;
}

/* Four bits (fewer at the left end) as a hex digit; any other state as its letter, in capitals when the digit holds others, too. */
static char nibble(const char *bits, size_t count) {
  unsigned value = 0;
  bool binary = true, same = true, unknown = false;
  for (size_t i = 0; i < count; i++) {
    binary = binary && (bits[i] == '0' || bits[i] == '1');
    same = same && bits[i] == bits[0];
    unknown = unknown || strchr("01zZ", bits[i]) == NULL;
    value = value << 1 | (bits[i] == '1');
  }
  if (binary) return "0123456789abcdef"[value];
  if (same) return bits[0];
  return unknown ? 'X' : 'Z';
}

static void write_cut(const char *from, size_t length, char *text, size_t size) {
  if (size == 0) return;
  const bool whole = length < size;
  if (!whole) length = size > 4 ? size - 4 : 0;
  memcpy(text, from, length);
  snprintf(text + length, size - length, "%s", whole ? "" : "...");
}

static void write_hex(const char *value, char *text, size_t size) {
  const size_t bits = strlen(value), digits = (bits + 3) / 4;
  const bool whole = digits < size;
  const size_t shown = whole ? digits : size > 4 ? size - 4 : 0;
  size_t at = 0;
  for (size_t i = 0; i < shown; i++) {
    const size_t count = i == 0 && bits % 4 != 0 ? bits % 4 : 4;
    text[i] = nibble(value + at, count);
    at += count;
  }
  if (size > 0) snprintf(text + shown, size - shown, "%s", whole ? "" : "...");
}

static void write_quoted(const char *value, char *text, size_t size) {
  struct wave_out out = {0};
  wave_out_fill(&out, '"', 1);
  wave_out_clean(&out, value);
  wave_out_fill(&out, '"', 1);
  if (out.bytes != NULL)
    write_cut(out.bytes, out.size, text, size);
  else if (size > 0)
    text[0] = '\0';
  wave_out_free(&out);
}

void wave_value_text(const char *value, enum wave_kind kind, uint32_t width, char *text, size_t size) {
  if (kind == WAVE_BITS && width > 1)
    write_hex(value, text, size);
  else if (kind == WAVE_STRING)
    write_quoted(value, text, size);
  else
    write_cut(value, strlen(value), text, size);
}

bool wave_hex_hides(const struct wave_divergence *divergence) {
  const char *golden = divergence->golden_value, *fresh = divergence->new_value;
  if (golden == NULL || fresh == NULL || divergence->kind != WAVE_BITS || divergence->width < 2) return false;
  size_t left = strlen(golden);
  if (left != strlen(fresh) || strcmp(golden, fresh) == 0) return false;
  while (left > 0) {
    const size_t count = left % 4 != 0 ? left % 4 : 4;
    if (nibble(golden, count) != nibble(fresh, count)) return false;
    golden += count;
    fresh += count;
    left -= count;
  }
  return true;
}

char *wave_full_value(const struct wave_divergence *divergence, const char *value) {
  const size_t size = strlen(value) + 8;
  char *text = wave_malloc(size);
  if (text != NULL && wave_hex_hides(divergence)) return strcpy(text, value);
  if (text != NULL) wave_value_text(value, divergence->kind, divergence->width, text, size);
  return text;
}

static void free_trace(struct wave_trace *trace) {
  for (uint32_t i = 0; i < trace->n; i++) free(trace->events[i].value);
  free(trace->events);
}

void wave_divergence_free(struct wave_divergence *divergence) {
  free(divergence->path);
  free(divergence->new_path);
  free(divergence->scope);
  for (char **alias = divergence->aliases; alias != NULL && *alias != NULL; alias++) free(*alias);
  free(divergence->aliases);
  free(divergence->clock);
  free(divergence->reason);
  free(divergence->golden_value);
  free(divergence->new_value);
  free_trace(&divergence->golden);
  free_trace(&divergence->fresh);
}

static void free_parts(struct wave_report *report) {
  for (uint32_t i = 0; i < report->n_groups; i++) {
    free(report->groups[i].title);
    free(report->groups[i].members);
  }
  for (uint32_t i = 0; i < report->n_scopes; i++) free(report->scopes[i].path);
  for (uint32_t i = 0; i < report->n_rules; i++) {
    free(report->rules[i].text);
    free(report->rules[i].where);
  }
  for (uint32_t i = 0; i < report->n_clocks; i++) {
    free(report->clocks[i].path);
    free_trace(&report->clocks[i].golden);
    free_trace(&report->clocks[i].fresh);
  }
  for (uint32_t i = 0; i < report->n_waivers; i++) {
    struct wave_waiver_count *waiver = &report->waivers[i];
    for (uint32_t k = 0; k < waiver->n_waived; k++) wave_divergence_free(&waiver->waived[k]);
    free(waiver->waived);
    free(waiver->text);
    free(waiver->where);
    free(waiver->reason);
  }
  for (uint32_t i = 0; i < report->n_notes; i++) free(report->notes[i]);
}

void wave_report_free(struct wave_report *report) {
  if (report == NULL) return;
  for (uint32_t i = 0; i < report->n_divergences; i++) wave_divergence_free(&report->divergences[i]);
  free_parts(report);
  free(report->summary);
  free(report->golden.path);
  free(report->golden.partial);
  free(report->fresh.path);
  free(report->fresh.partial);
  free(report->divergences);
  free(report->groups);
  free(report->scopes);
  free(report->rules);
  free(report->waivers);
  free(report->clocks);
  free(report->density);
  free(report->notes);
  free(report);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <string.h>

static const char *kind_word(enum wave_kind kind) {
  static const char *const words[] = {"bits", "real", "string", "event", "port"};
  return words[kind];
}

static const char *verdict_word(enum wave_verdict verdict) {
  static const char *const words[] = {"same", "different", "unusable", "nothing"};
  return words[verdict];
}

static void key_text(struct wave_out *out, const char *key, const char *text) {
  wave_out_format(out, "\"%s\": ", key);
  wave_out_json(out, text);
  wave_out_text(out, ", ");
}

static void key_number(struct wave_out *out, const char *key, int64_t number) {
  wave_out_format(out, "\"%s\": %lld, ", key, (long long)number);
}

static void key_count(struct wave_out *out, const char *key, uint64_t count) {
  wave_out_format(out, "\"%s\": %llu, ", key, (unsigned long long)count);
}

/* A time that may never come. */
static void key_time(struct wave_out *out, const char *key, int64_t time) {
  if (time == WAVE_FOREVER)
    wave_out_format(out, "\"%s\": null, ", key);
  else
    key_number(out, key, time);
}

static void key_time_text(struct wave_out *out, const struct wave_report *report, const char *key, int64_t time) {
  char text[40];
  key_text(out, key, wave_time_text(report, time, text));
}

/* Closes what the keys before left open: the comma after the last one goes. */
static void close_object(struct wave_out *out, const char *end) {
  if (out->size >= 2 && memcmp(out->bytes + out->size - 2, ", ", 2) == 0) out->size -= 2;
  wave_out_text(out, end);
}

static void file_object(struct wave_out *out, const struct wave_report *report, const struct wave_file *file, const char *key) {
  wave_out_format(out, " \"%s\": {", key);
  key_text(out, "path", file->path);
  key_text(out, "format", file->format);
  key_count(out, "bytes", file->bytes);
  key_count(out, "variables", file->variables);
  key_count(out, "signals", file->signals);
  key_number(out, "begin", file->begin);
  key_number(out, "end", file->end);
  key_time_text(out, report, "end_text", file->end);
  if (file->timescale_known)
    key_number(out, "timescale_exponent", file->timescale_exponent);
  else
    wave_out_text(out, "\"timescale_exponent\": null, ");
  key_text(out, "partial", file->partial);
  close_object(out, "},\n");
}

static void trace_array(struct wave_out *out, const char *key, const struct wave_trace *trace) {
  wave_out_format(out, "\"%s\": {\"cut\": %s, \"events\": [", key, trace->cut ? "true" : "false");
  for (uint32_t i = 0; i < trace->n; i++) {
    wave_out_format(out, "%s[%lld, ", i > 0 ? ", " : "", (long long)trace->events[i].time);
    wave_out_json(out, trace->events[i].value);
    wave_out_text(out, "]");
  }
  wave_out_text(out, "]}, ");
}

static void aliases_array(struct wave_out *out, const struct wave_divergence *divergence) {
  if (divergence->aliases == NULL) return;
  wave_out_text(out, "\"aliases\": [");
  for (char **alias = divergence->aliases; *alias != NULL; alias++) {
    if (alias != divergence->aliases) wave_out_text(out, ", ");
    wave_out_json(out, *alias);
  }
  wave_out_text(out, "], ");
}

static void declared_keys(struct wave_out *out, const struct wave_divergence *divergence) {
  key_text(out, "kind", kind_word(divergence->kind));
  key_count(out, "width", divergence->width);
  if (divergence->class == WAVE_CLASS_TYPE) key_text(out, "new_kind", kind_word(divergence->new_kind));
  if (divergence->class == WAVE_CLASS_WIDTH) key_count(out, "new_width", divergence->new_width);
  if (divergence->class == WAVE_CLASS_MISSING) key_text(out, "missing_in", divergence->missing_in_new ? "new" : "golden");
}

static void compared_keys(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  static const char *const totals[] = {"total", "total_cycles", "total_beats"};
  key_time(out, "at", divergence->at);
  key_time_text(out, report, "at_text", divergence->at);
  if (divergence->cycle >= 0) key_number(out, divergence->class == WAVE_CLASS_BEATS ? "beat" : "cycle", divergence->cycle);
  if (divergence->clock != NULL) key_text(out, "clock", divergence->clock);
  key_time(out, "until", divergence->until);
  key_count(out, "times", divergence->times);
  key_number(out, totals[divergence->counted], divergence->total);
  if (divergence->reason != NULL) key_text(out, "reason", divergence->reason);
  if (wave_is_shifted(divergence)) key_number(out, "shift", divergence->shift);
  if (divergence->class == WAVE_CLASS_LATENCY) key_number(out, "cycles_late", divergence->cycles_late);
  key_text(out, "golden", divergence->golden_value);
  key_text(out, "new", divergence->new_value);
}

static void window_object(struct wave_out *out, const struct wave_divergence *divergence) {
  if (!divergence->detailed) return;
  wave_out_format(out, "\"window\": {\"from\": %lld, \"to\": %lld, ", (long long)divergence->window_from, (long long)divergence->window_to);
  trace_array(out, "golden", &divergence->golden);
  trace_array(out, "new", &divergence->fresh);
  close_object(out, "}, ");
}

static void divergence_object(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  wave_out_text(out, "  {");
  key_text(out, "path", divergence->path);
  if (divergence->new_path != NULL) key_text(out, "new_path", divergence->new_path);
  key_text(out, "scope", divergence->scope);
  key_text(out, "class", wave_class_word(divergence->class));
  if (divergence->rule >= 0) key_number(out, "rule", divergence->rule);
  aliases_array(out, divergence);
  declared_keys(out, divergence);
  if (!wave_is_declared(divergence)) compared_keys(out, report, divergence);
  window_object(out, divergence);
  close_object(out, "}");
}

static void divergences(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, " \"divergences\": [");
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    wave_out_text(out, i > 0 ? ",\n" : "\n");
    divergence_object(out, report, &report->divergences[i]);
  }
  wave_out_text(out, "],\n");
}

static void groups(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, " \"groups\": [");
  for (uint32_t i = 0; i < report->n_groups; i++) {
    const struct wave_group *group = &report->groups[i];
    wave_out_text(out, i > 0 ? ",\n  {" : "\n  {");
    key_text(out, "title", group->title);
    key_number(out, "at", group->at);
    wave_out_text(out, "\"members\": [");
    for (uint32_t j = 0; j < group->n; j++) wave_out_format(out, "%s%u", j > 0 ? ", " : "", (unsigned)group->members[j]);
    wave_out_text(out, "]}");
  }
  wave_out_text(out, "],\n");
}

static void scopes(struct wave_out *out, const struct wave_report *report) {
  bool comma = false;
  wave_out_text(out, " \"scopes\": [");
  for (uint32_t i = 0; i < report->n_scopes; i++) {
    const struct wave_scope_count *scope = &report->scopes[i];
    if (scope->path == NULL) continue;
    wave_out_text(out, comma ? ",\n  {" : "\n  {");
    key_text(out, "path", scope->path);
    key_count(out, "depth", scope->depth);
    key_count(out, "compared", scope->compared);
    key_count(out, "different", scope->different);
    key_count(out, "missing", scope->missing);
    key_count(out, "compared_below", scope->compared_below);
    key_count(out, "different_below", scope->different_below);
    key_time(out, "first", scope->first);
    close_object(out, "}");
    comma = true;
  }
  wave_out_text(out, "],\n");
}

static void rules(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, " \"rules\": [");
  for (uint32_t i = 0; i < report->n_rules; i++) {
    const struct wave_rule_count *rule = &report->rules[i];
    wave_out_text(out, i > 0 ? ",\n  {" : "\n  {");
    key_text(out, "text", rule->text);
    key_text(out, "where", rule->where);
    key_count(out, "signals", rule->signals);
    key_count(out, "different", rule->different);
    close_object(out, "}");
  }
  wave_out_text(out, "],\n");
}

static void waivers(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, " \"waivers\": [");
  for (uint32_t i = 0; i < report->n_waivers; i++) {
    const struct wave_waiver_count *waiver = &report->waivers[i];
    wave_out_text(out, i > 0 ? ",\n  {" : "\n  {");
    key_text(out, "text", waiver->text);
    key_text(out, "where", waiver->where);
    key_text(out, "because", waiver->reason);
    wave_out_format(out, "\"until\": \"%04d-%02d-%02d\", ", waiver->until / 10000, waiver->until / 100 % 100, waiver->until % 100);
    wave_out_format(out, "\"expired\": %s, \"waived\": [", waiver->expired ? "true" : "false");
    for (uint32_t k = 0; k < waiver->n_waived; k++) {
      wave_out_text(out, k > 0 ? ",\n" : "\n");
      divergence_object(out, report, &waiver->waived[k]);
    }
    wave_out_text(out, "]}");
  }
  wave_out_text(out, "],\n");
}

static void clocks(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, " \"clocks\": [");
  for (uint32_t i = 0; i < report->n_clocks; i++) {
    wave_out_text(out, i > 0 ? ",\n  {" : "\n  {");
    key_text(out, "path", report->clocks[i].path);
    key_number(out, "first", report->clocks[i].first);
    key_number(out, "period", report->clocks[i].period);
    close_object(out, "}");
  }
  wave_out_text(out, "],\n");
}

static void counts(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, " ");
  key_number(out, "tick_exponent", report->exponent);
  key_number(out, "compared_from", report->compared_from);
  key_number(out, "compared_to", report->compared_to);
  close_object(out, ",\n ");
  key_count(out, "compared", report->compared);
  key_count(out, "excluded", report->excluded);
  key_count(out, "different", report->different);
  key_count(out, "missing_in_new", report->missing_in_new);
  key_count(out, "missing_in_golden", report->missing_in_golden);
  close_object(out, ",\n");
  wave_out_format(out, " \"wall_s\": %.6f,\n", report->seconds);
}

static void density(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, " \"density\": [");
  for (uint32_t i = 0; i < report->n_density; i++)
    wave_out_format(out, "%s%llu", i > 0 ? ", " : "", (unsigned long long)report->density[i]);
  wave_out_text(out, "],\n \"notes\": [");
  for (uint32_t i = 0; i < report->n_notes; i++) {
    if (i > 0) wave_out_text(out, ", ");
    wave_out_json(out, report->notes[i]);
  }
  wave_out_text(out, "]\n}\n");
}

void wave_json(struct wave_out *out, const struct wave_report *report) {
  wave_out_format(out,
                  "{\n \"oio_wavediff\": 1,\n \"verdict\": \"%s\", \"exit_status\": %d,\n \"summary\": ", verdict_word(report->verdict),
                  (int)report->verdict);
  wave_out_json(out, report->summary);
  wave_out_text(out, ",\n");
  file_object(out, report, &report->golden, "golden");
  file_object(out, report, &report->fresh, "new");
  counts(out, report);
  divergences(out, report);
  groups(out, report);
  scopes(out, report);
  rules(out, report);
  waivers(out, report);
  clocks(out, report);
  density(out, report);
}

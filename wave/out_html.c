/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"
#include "page.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

/* The page stays light: so many signals, drawings, changes of one side and characters of a value. */
enum { list_most = 2000, drawn_most = 400, events_most = 64, value_most = 24 };

static void text_key(struct wave_out *out, const char *key, const char *text) {
  wave_out_format(out, ",\"%s\":", key);
  wave_out_json(out, text);
}

static struct wave_crop crop_of(const struct wave_divergence *divergence) {
  struct wave_crop crop = {0};
  const char *golden = wave_trace_at(&divergence->golden, divergence->kind, divergence->at);
  const char *fresh = wave_trace_at(&divergence->fresh, divergence->kind, divergence->at);
  char *first = golden != NULL ? wave_full_value(divergence, golden) : NULL,
       *second = fresh != NULL ? wave_full_value(divergence, fresh) : NULL;
  if (first != NULL && second != NULL && divergence->kind == WAVE_BITS) crop = wave_crop(first, second, value_most);
  free(first);
  free(second);
  return crop;
}

static void cropped(struct wave_out *out, const struct wave_divergence *divergence, const char *value, struct wave_crop crop) {
  struct wave_out shown = {0};
  char *text = wave_full_value(divergence, value);
  if (text == NULL) {
    out->failed = true;
    return;
  }
  if (divergence->kind == WAVE_BITS && strlen(text) == crop.length) {
    if (crop.from > 0) wave_out_text(&shown, "..");
    wave_out_bytes(&shown, text + crop.from, crop.to - crop.from);
    if (crop.to < crop.length) wave_out_text(&shown, "..");
  } else {
    wave_out_fit(&shown, text, value_most + 4, false);
  }
  wave_out_json(out, shown.bytes != NULL ? shown.bytes : "");
  wave_out_free(&shown);
  free(text);
}

/* As many events around the divergence as are kept: the index of the first. */
static uint32_t first_event(const struct wave_trace *trace, int64_t at) {
  uint32_t index = 0;
  while (index < trace->n && trace->events[index].time < at) index++;
  const uint32_t before = events_most / 4;
  return trace->n <= events_most || index <= before ? 0 : index - before < trace->n - events_most ? index - before : trace->n - events_most;
}

struct view {
  int64_t from, to;
};

/* The part of the window in which both sides have all their changes. */
static struct view view_of(const struct wave_divergence *divergence) {
  struct view view = {divergence->window_from, divergence->window_to};
  const struct wave_trace *sides[] = {&divergence->golden, &divergence->fresh};
  for (int i = 0; i < 2; i++) {
    const uint32_t first = first_event(sides[i], divergence->at);
    if (first > 0 && sides[i]->events[first].time > view.from) view.from = sides[i]->events[first].time;
    if (sides[i]->n - first > events_most && sides[i]->events[first + events_most].time < view.to)
      view.to = sides[i]->events[first + events_most].time;
  }
  return view;
}

static void trace(struct wave_out *out, const struct wave_divergence *divergence, const struct wave_trace *side, const char *key,
                  struct view view, struct wave_crop crop) {
  wave_out_format(out, ",\"%s\":[", key);
  bool comma = divergence->kind == WAVE_BITS && (side->n == 0 || side->events[0].time > view.from);
  if (comma) wave_out_format(out, "%lld,\"x\"", (long long)view.from); /* before its first value */
  for (uint32_t i = 0; i < side->n && side->events[i].time <= view.to; i++) {
    const bool held = divergence->kind != WAVE_EVENT && i + 1 < side->n && side->events[i + 1].time <= view.from;
    if (held || (divergence->kind == WAVE_EVENT && side->events[i].time < view.from)) continue;
    const int64_t time = side->events[i].time < view.from ? view.from : side->events[i].time;
    wave_out_format(out, "%s%lld,", comma ? "," : "", (long long)time);
    cropped(out, divergence, side->events[i].value, crop);
    comma = true;
  }
  wave_out_text(out, "]");
}

static bool differ_at(const struct wave_divergence *divergence, int64_t time) {
  const char *golden = wave_trace_at(&divergence->golden, divergence->kind, time);
  const char *fresh = wave_trace_at(&divergence->fresh, divergence->kind, time);
  return golden == NULL || fresh == NULL ? golden != fresh : strcmp(golden, fresh) != 0;
}

/* The time of the next event of either side; WAVE_FOREVER: none. */
static int64_t next_time(const struct wave_divergence *divergence, uint32_t *golden, uint32_t *fresh) {
  const int64_t one = *golden < divergence->golden.n ? divergence->golden.events[*golden].time : WAVE_FOREVER;
  const int64_t two = *fresh < divergence->fresh.n ? divergence->fresh.events[*fresh].time : WAVE_FOREVER;
  *golden += one <= two && one != WAVE_FOREVER;
  *fresh += two <= one && two != WAVE_FOREVER;
  return one < two ? one : two;
}

static void spans(struct wave_out *out, const struct wave_divergence *divergence, struct view view) {
  uint32_t golden = 0, fresh = 0;
  int64_t begin = WAVE_FOREVER;
  bool comma = false;
  wave_out_text(out, ",\"differ\":[");
  for (int64_t time = next_time(divergence, &golden, &fresh);; time = next_time(divergence, &golden, &fresh)) {
    const bool end = time > view.to;
    const bool differ = !end && differ_at(divergence, time);
    if (divergence->kind == WAVE_EVENT) { /* holds for no time */
      if (differ) wave_out_format(out, "%s[%lld,%lld]", comma ? "," : "", (long long)time, (long long)time);
      comma = comma || differ;
      if (end) break;
      continue;
    }
    if (differ && begin == WAVE_FOREVER) begin = time < view.from ? view.from : time;
    if (!differ && begin != WAVE_FOREVER) {
      wave_out_format(out, "%s[%lld,%lld]", comma ? "," : "", (long long)begin, (long long)(end ? view.to : time));
      comma = true;
      begin = WAVE_FOREVER;
    }
    if (end) break;
  }
  wave_out_text(out, "]");
}

static void window(struct wave_out *out, const struct wave_divergence *divergence) {
  const struct wave_crop crop = crop_of(divergence);
  const struct view view = view_of(divergence);
  const size_t digit = wave_hex_hides(divergence) ? 1 : 4; /* bits */
  if (divergence->kind == WAVE_BITS && crop.length > crop.to - crop.from)
    wave_out_format(out, ",\"bits\":\"bits %zu to %zu of %u are shown\"", digit * (crop.length - crop.from) - 1,
                    digit * (crop.length - crop.to), (unsigned)divergence->width);
  wave_out_format(out, ",\"window\":{\"from\":%lld,\"to\":%lld", (long long)view.from, (long long)view.to);
  trace(out, divergence, &divergence->golden, "golden", view, crop);
  trace(out, divergence, &divergence->fresh, "fresh", view, crop);
  spans(out, divergence, view);
  wave_out_text(out, "}");
}

/* " (cycle 12)" behind the time. */
static void place(struct wave_out *out, const struct wave_divergence *divergence) {
  if (divergence->cycle >= 0)
    wave_out_format(out, " (%s %lld)", divergence->class == WAVE_CLASS_BEATS ? "beat" : "cycle", (long long)divergence->cycle);
}

static void times(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence) {
  char time[40];
  const struct wave_clock *clock = wave_window_clock(report, divergence);
  text_key(out, "whenText", wave_time_text(report, divergence->at, time));
  wave_out_format(out, ",\"at\":%lld,\"place\":\"", (long long)divergence->at);
  place(out, divergence);
  wave_out_text(out, "\"");
  if (clock == NULL) return;
  wave_out_format(out, ",\"clock\":%u", (unsigned)(clock - report->clocks));
  if (divergence->clock != NULL && divergence->cycle >= 0) wave_out_format(out, ",\"cycle\":%lld", (long long)divergence->cycle);
}

static void aliases(struct wave_out *out, const struct wave_divergence *divergence) {
  if (divergence->aliases == NULL || divergence->aliases[0] == NULL) return;
  wave_out_text(out, ",\"aliases\":[");
  for (unsigned i = 0; divergence->aliases[i] != NULL && i < 8; i++) {
    if (i > 0) wave_out_text(out, ",");
    wave_out_json(out, divergence->aliases[i]);
  }
  wave_out_text(out, "]");
}

static void entry(struct wave_out *out, const struct wave_report *report, uint32_t index) {
  static const char *const kinds[] = {"bits", "real", "string", "event", "port"};
  const struct wave_divergence *divergence = &report->divergences[index];
  struct wave_out what = {0};
  wave_describe(&what, report, divergence, 32);
  const char *words = what.bytes != NULL ? what.bytes : "", *class = wave_class_word(divergence->class);
  const size_t length = strlen(class);
  if (strncmp(words, class, length) == 0 && words[length] == ':') words += length + 2;
  wave_out_text(out, "{\"path\":");
  wave_out_json(out, divergence->path);
  if (divergence->new_path != NULL) text_key(out, "newPath", divergence->new_path);
  text_key(out, "scope", divergence->scope);
  text_key(out, "class", class);
  text_key(out, "what", words);
  wave_out_format(out, ",\"kind\":\"%s\",\"width\":%u", kinds[divergence->kind], (unsigned)divergence->width);
  if (divergence->rule >= 0 && (uint32_t)divergence->rule < report->n_rules) wave_out_format(out, ",\"rule\":%d", divergence->rule);
  aliases(out, divergence);
  if (!wave_is_declared(divergence)) times(out, report, divergence);
  if (divergence->detailed && index < drawn_most && !wave_is_declared(divergence)) window(out, divergence);
  wave_out_text(out, "}");
  out->failed = out->failed || what.failed;
  wave_out_free(&what);
}

static void groups(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, "],\n\"groups\":[");
  for (uint32_t i = 0; i < report->n_groups; i++) {
    const struct wave_group *group = &report->groups[i];
    wave_out_text(out, i > 0 ? ",\n{\"title\":" : "\n{\"title\":");
    wave_out_json(out, group->title);
    wave_out_format(out, ",\"n\":%u,\"members\":[", (unsigned)group->n);
    bool comma = false;
    for (uint32_t j = 0; j < group->n; j++) {
      if (group->members[j] >= list_most) continue;
      wave_out_format(out, comma ? ",%u" : "%u", (unsigned)group->members[j]);
      comma = true;
    }
    wave_out_text(out, "]}");
  }
}

/* Scopes in which nothing differs are left out: the tree is there to lead to what does. */
static void scopes(struct wave_out *out, const struct wave_report *report) {
  char time[40];
  bool comma = false;
  uint32_t shown = 0;
  wave_out_text(out, "],\n\"scopes\":[");
  for (uint32_t i = 0; i < report->n_scopes && shown < list_most; i++) {
    const struct wave_scope_count *scope = &report->scopes[i];
    if (scope->different_below == 0 || scope->path == NULL) continue;
    shown++;
    wave_out_text(out, comma ? ",\n{\"path\":" : "\n{\"path\":");
    wave_out_json(out, scope->path);
    wave_out_format(out, ",\"depth\":%u,\"below\":%u,\"compared\":%u", (unsigned)scope->depth, (unsigned)scope->different_below,
                    (unsigned)scope->compared_below);
    if (scope->first != WAVE_FOREVER) text_key(out, "firstText", wave_time_text(report, scope->first, time));
    wave_out_text(out, "}");
    comma = true;
  }
}

static void rules_and_clocks(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, "],\n\"rules\":[");
  for (uint32_t i = 0; i < report->n_rules; i++) {
    wave_out_text(out, i > 0 ? ",{\"text\":" : "{\"text\":");
    wave_out_json(out, report->rules[i].text);
    text_key(out, "where", report->rules[i].where);
    wave_out_text(out, "}");
  }
  wave_out_text(out, "],\n\"clocks\":[");
  for (uint32_t i = 0; i < report->n_clocks; i++) {
    wave_out_text(out, i > 0 ? ",{\"path\":" : "{\"path\":");
    wave_out_json(out, report->clocks[i].path);
    wave_out_format(out, ",\"first\":%lld,\"period\":%lld}", (long long)report->clocks[i].first, (long long)report->clocks[i].period);
  }
}

static void page_data(struct wave_out *out, const struct wave_report *report) {
  const uint32_t shown = report->n_divergences < list_most ? report->n_divergences : list_most;
  wave_out_format(out, "{\"exponent\":%d,\"known\":%s,\"from\":%lld,\"to\":%lld,\"total\":%u,\"density\":[", report->exponent,
                  report->golden.timescale_known || report->fresh.timescale_known ? "true" : "false", (long long)report->compared_from,
                  (long long)report->compared_to, (unsigned)report->n_divergences);
  for (uint32_t i = 0; i < report->n_density; i++) wave_out_format(out, i > 0 ? ",%llu" : "%llu", (unsigned long long)report->density[i]);
  wave_out_text(out, "],\n\"list\":[");
  for (uint32_t i = 0; i < shown; i++) {
    wave_out_text(out, i > 0 ? ",\n" : "\n");
    entry(out, report, i);
  }
  groups(out, report);
  scopes(out, report);
  rules_and_clocks(out, report);
  wave_out_text(out, "]}");
}

static void file_row(struct wave_out *out, const struct wave_report *report, const struct wave_file *file, bool fresh) {
  char time[40];
  wave_out_format(out, "<dt class=%s>%s</dt><dd>", fresh ? "n" : "g", fresh ? "new" : "golden");
  wave_out_xml(out, file->path);
  wave_out_format(out, " (%s, %llu variable%s, ends at %s)</dd>\n", file->format, (unsigned long long)file->variables,
                  file->variables == 1 ? "" : "s", wave_time_text(report, file->end, time));
}

static void first(struct wave_out *out, const struct wave_report *report) {
  if (report->n_divergences == 0) return;
  const struct wave_divergence *divergence = &report->divergences[0];
  char time[40];
  struct wave_out words = {0};
  wave_out_text(out, "<p class=first>First: <b>");
  wave_out_xml(out, divergence->path);
  wave_out_text(out, "</b>");
  if (!wave_is_declared(divergence)) {
    wave_out_format(out, " at <b>%s</b>", wave_time_text(report, divergence->at, time));
    place(out, divergence);
  }
  wave_out_text(out, " &mdash; ");
  wave_describe(&words, report, divergence, 32);
  wave_out_xml(out, words.bytes != NULL ? words.bytes : "");
  wave_out_text(out, "</p>\n");
  wave_out_free(&words);
}

static void note(struct wave_out *out, const char *before, const char *text) {
  if (text == NULL) return;
  wave_out_format(out, "<p class=note>%s", before);
  wave_out_xml(out, text);
  wave_out_text(out, "</p>\n");
}

static void header(struct wave_out *out, const struct wave_report *report) {
  static const char *const classes[] = {"same", "different", "unusable", "nothing"};
  char from[40], to[40];
  wave_out_format(out, "<header class=%s>\n<h1><span class=badge>%s</span>", classes[report->verdict], wave_verdict_word(report->verdict));
  wave_out_xml(out, report->summary);
  wave_out_text(out, "</h1>\n");
  first(out, report);
  note(out, "golden is read in part only: ", report->golden.partial);
  note(out, "new is read in part only: ", report->fresh.partial);
  for (uint32_t i = 0; i < report->n_notes; i++) note(out, "", report->notes[i]);
  wave_out_text(out, "<dl class=files>\n");
  file_row(out, report, &report->golden, false);
  file_row(out, report, &report->fresh, true);
  wave_out_format(out, "<dt>compared</dt><dd>%llu variable%s from %s to %s: ", (unsigned long long)report->compared,
                  report->compared == 1 ? "" : "s", wave_time_text(report, report->compared_from, from),
                  wave_time_text(report, report->compared_to, to));
  wave_describe_count(out, report);
  if (report->missing_in_new > 0) wave_out_format(out, ", %llu missing in new", (unsigned long long)report->missing_in_new);
  if (report->missing_in_golden > 0) wave_out_format(out, ", %llu missing in golden", (unsigned long long)report->missing_in_golden);
  if (report->excluded > 0) wave_out_format(out, ", %llu left out by rules", (unsigned long long)report->excluded);
  wave_out_text(out, "</dd>\n</dl>\n</header>\n");
}

static void without_script(struct wave_out *out, const struct wave_report *report) {
  struct wave_out text = {0};
  wave_text(&text, report, &(struct wave_text_style){.columns = 110, .most = 100});
  wave_out_text(out, "<noscript><pre>");
  wave_out_xml(out, text.bytes != NULL ? text.bytes : "");
  wave_out_text(out, "</pre></noscript>\n");
  out->failed = out->failed || text.failed;
  wave_out_free(&text);
}

void wave_html(struct wave_out *out, const struct wave_report *report) {
  wave_out_text(out, "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
                     "script-src 'unsafe-inline'\">\n"
                     "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<title>");
  wave_out_format(out, "%s: ", wave_verdict_word(report->verdict));
  wave_out_xml(out, report->summary);
  wave_out_text(out, "</title>\n<style>\n");
  wave_out_bytes(out, wave_page_css, wave_page_css_size);
  wave_out_text(out, "</style>\n</head>\n<body>\n");
  header(out, report);
  without_script(out, report);
  wave_out_text(out,
                "<main>\n<nav><h2>scopes</h2><div id=scopes></div></nav>\n<div id=right>\n<div id=density class=density></div>\n"
                "<div id=bar><input id=filter type=search placeholder=\"filter by name, class, scope   ( / )\" "
                "aria-label=filter autocomplete=off spellcheck=false><span id=shown></span></div>\n"
                "<p id=none class=empty hidden>nothing fits this filter</p>\n<div id=list></div>\n</div>\n</main>\n<div id=tip></div>\n"
                "<script type=\"application/json\" id=data>");
  page_data(out, report);
  wave_out_text(out, "</script>\n<script>\n");
  wave_out_bytes(out, wave_page_js, wave_page_js_size);
  wave_out_text(out, "</script>\n</body>\n</html>\n");
}

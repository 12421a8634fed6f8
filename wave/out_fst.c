/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "fst_entry.h"
#include "fst_hierarchy.h"
#include "fst_write.h"
#include "gtkw.h"
#include "memory.h"
#include "output.h"
#include "surfer.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

/* One signal of the merged file; its values are texts as in a trace. */
struct point {
  int64_t time;
  const char *value;
  char *owned; /* the same, where the series made it */
};

struct series {
  enum wave_kind kind;
  uint32_t width, handle;
  struct point *points;
  size_t n, room;
};

struct scope_made {
  const char *path;
  uint32_t side, index;
};

struct merge {
  const struct wave_report *report;
  struct wave_decl decl;
  struct series *series; /* by handle */
  uint32_t n_series;
  struct scope_made *scopes;
  uint32_t n_scopes;
  uint32_t sides[3]; /* golden, new, diff */
  int64_t from, to;
  uint64_t *times;
  uint32_t n_times;
  bool failed;
};

enum { side_golden, side_new, side_diff };

static void *grow(struct merge *merge, void *array, size_t count, size_t size) {
  void *larger = wave_realloc(array, (count + 1) * size);
  if (larger == NULL) merge->failed = true;
  return larger;
}

static void add_point(struct merge *merge, struct series *series, int64_t time, const char *value, char *owned) {
  if (series->n == series->room) {
    const size_t room = series->room == 0 ? 16 : 2 * series->room;
    struct point *larger = wave_realloc(series->points, room * sizeof *larger);
    if (larger == NULL) {
      merge->failed = true;
      free(owned);
      return;
    }
    series->points = larger;
    series->room = room;
  }
  if (series->n > 0 && series->points[series->n - 1].time == time && series->kind != WAVE_EVENT) {
    free(series->points[series->n - 1].owned); /* the last value of a tick counts */
    series->n--;
  }
  series->points[series->n++] = (struct point){time, value, owned};
}

static uint32_t scope_of(struct merge *merge, uint32_t side, const char *path);

/* The scope in the report's tree, with the ones above it; a path that the tree lacks becomes one scope. */
static uint32_t make_scope(struct merge *merge, uint32_t side, const char *path) {
  const struct wave_report *report = merge->report;
  uint32_t at = 0, parent = merge->sides[side];
  const char *name = path;
  while (at < report->n_scopes && (report->scopes[at].path == NULL || strcmp(report->scopes[at].path, path) != 0)) at++;
  if (at < report->n_scopes && report->scopes[at].depth > 0) {
    uint32_t above = at;
    while (above > 0 && report->scopes[above].depth >= report->scopes[at].depth) above--;
    const char *outer = report->scopes[above].path;
    const size_t length = strlen(outer);
    if (report->scopes[above].depth < report->scopes[at].depth && strncmp(path, outer, length) == 0 && path[length] == '.') {
      parent = scope_of(merge, side, outer);
      name = path + length + 1;
    }
  }
  return wave_decl_scope(&merge->decl, parent, 0, name, strlen(name));
}

static uint32_t scope_of(struct merge *merge, uint32_t side, const char *path) {
  if (path == NULL || *path == '\0') return merge->sides[side];
  for (uint32_t i = 0; i < merge->n_scopes; i++)
    if (merge->scopes[i].side == side && strcmp(merge->scopes[i].path, path) == 0) return merge->scopes[i].index;
  const uint32_t index = make_scope(merge, side, path);
  struct scope_made *larger = grow(merge, merge->scopes, merge->n_scopes, sizeof *larger);
  if (larger == NULL || index == WAVE_NONE) {
    merge->failed = true;
    merge->scopes = larger != NULL ? larger : merge->scopes;
    return merge->sides[side];
  }
  merge->scopes = larger;
  merge->scopes[merge->n_scopes++] = (struct scope_made){path, side, index};
  return index;
}

/* A new signal; NULL without memory. Holds until the next one is made. */
static struct series *add_series(struct merge *merge, uint32_t scope, const char *name, enum wave_kind kind, uint32_t width) {
  static const uint8_t types[] = {FST_WIRE, FST_REAL, FST_STRING, FST_EVENT, FST_PORT};
  if (kind == WAVE_PORT && width < 2) kind = WAVE_BITS; /* one character is one bit to the format */
  if (kind == WAVE_BITS && width == 0) width = 1;
  const uint32_t handle = wave_decl_handle(&merge->decl, kind, kind == WAVE_REAL ? 64 : kind == WAVE_STRING ? 0 : width);
  const bool declared = handle != WAVE_NONE && wave_decl_var(&merge->decl, scope, types[kind], 0, name, strlen(name), handle) != WAVE_NONE;
  struct series *larger = grow(merge, merge->series, merge->n_series, sizeof *larger);
  if (larger != NULL) merge->series = larger;
  if (larger == NULL || !declared) {
    merge->failed = true;
    return NULL;
  }
  struct series *series = &merge->series[merge->n_series++];
  *series = (struct series){.kind = kind, .width = width, .handle = handle};
  return series;
}

static const char *nothing_of(enum wave_kind kind) {
  return kind == WAVE_REAL ? "nan" : kind == WAVE_STRING ? "" : "x";
}

/* One side of a divergence or clock; behind its window nothing is known. */
static void add_trace(struct merge *merge, uint32_t scope, const char *name, enum wave_kind kind, uint32_t width,
                      const struct wave_trace *trace, int64_t from, int64_t to) {
  struct series *series = add_series(merge, scope, name, kind, width);
  if (series == NULL) return;
  for (uint32_t i = 0; i < trace->n && trace->events[i].time <= to; i++) {
    const int64_t time = trace->events[i].time;
    if (kind == WAVE_EVENT && time < from) continue;
    add_point(merge, series, time < from ? from : time, trace->events[i].value, NULL);
  }
  if (kind != WAVE_EVENT && to < merge->to) add_point(merge, series, to + 1, nothing_of(kind), NULL);
}

/* The bits that differ; x where one side is unknown and the other is not the same. */
static char *xor_text(const char *golden, const char *fresh, uint32_t width) {
  char *text = wave_malloc((size_t)width + 1);
  if (text == NULL) return NULL;
  const size_t lengths[2] = {strlen(golden), strlen(fresh)};
  for (uint32_t i = 0; i < width; i++) {
    const char one = lengths[0] == width ? golden[i] : 'x', two = lengths[1] == width ? fresh[i] : 'x';
    const bool known = (one == '0' || one == '1') && (two == '0' || two == '1');
    text[i] = one == two ? '0' : known ? '1' : 'x';
  }
  text[width] = '\0';
  return text;
}

static void diff_at(struct merge *merge, const struct wave_divergence *divergence, struct series *series, int64_t time, bool bits) {
  const char *golden = wave_trace_at(&divergence->golden, divergence->kind, time);
  const char *fresh = wave_trace_at(&divergence->fresh, divergence->kind, time);
  if (bits) {
    char *text = golden != NULL && fresh != NULL ? xor_text(golden, fresh, divergence->width) : NULL;
    add_point(merge, series, time, text != NULL ? text : "x", text);
    return;
  }
  const bool differ = golden == NULL || fresh == NULL ? golden != fresh : strcmp(golden, fresh) != 0;
  add_point(merge, series, time, differ ? "1" : "0", NULL);
  if (divergence->kind == WAVE_EVENT && time < divergence->window_to) add_point(merge, series, time + 1, "0", NULL);
}

/* Walks both traces in order of time. */
static void add_diff(struct merge *merge, const struct wave_divergence *divergence, uint32_t scope, const char *name, bool bits) {
  struct series *series = add_series(merge, scope, name, WAVE_BITS, bits ? divergence->width : 1);
  if (series == NULL) return;
  const struct wave_trace *golden = &divergence->golden, *fresh = &divergence->fresh;
  const int64_t from = divergence->window_from, to = divergence->window_to;
  if (divergence->kind == WAVE_EVENT)
    add_point(merge, series, from, "0", NULL);
  else
    diff_at(merge, divergence, series, from, bits);
  for (uint32_t i = 0, j = 0; i < golden->n || j < fresh->n;) {
    const int64_t one = i < golden->n ? golden->events[i].time : WAVE_FOREVER, two = j < fresh->n ? fresh->events[j].time : WAVE_FOREVER;
    const int64_t time = one < two ? one : two;
    i += one == time;
    j += two == time;
    if (time > from && time <= to) diff_at(merge, divergence, series, time, bits);
  }
  if (to < merge->to) add_point(merge, series, to + 1, "x", NULL);
}

/* The name without a range, and another word behind it. */
static char *renamed(const char *name, const char *suffix, bool keep_range) {
  const char *range = strrchr(name, '[');
  if (range == NULL || strchr(range, ':') == NULL) range = name + strlen(name);
  struct wave_out out = {0};
  wave_out_bytes(&out, name, (size_t)(range - name));
  wave_out_text(&out, suffix);
  if (keep_range) wave_out_text(&out, range);
  if (out.failed) wave_out_free(&out);
  return out.bytes;
}

static bool is_shown(const struct wave_divergence *divergence) {
  return divergence->detailed && !wave_is_declared(divergence) && divergence->golden.n + divergence->fresh.n > 0;
}

static void add_divergence(struct merge *merge, const struct wave_divergence *divergence) {
  const char *scope = divergence->scope != NULL ? divergence->scope : "", *name = wave_name_in(divergence, scope);
  const uint32_t golden = scope_of(merge, side_golden, scope), fresh = scope_of(merge, side_new, scope),
                 diff = scope_of(merge, side_diff, scope);
  char *flag = renamed(name, "", false), *xor = renamed(name, "_xor", true);
  if (flag == NULL || xor == NULL) merge->failed = true;
  if (!merge->failed) {
    add_trace(merge, golden, name, divergence->kind, divergence->width, &divergence->golden, divergence->window_from,
              divergence->window_to);
    add_trace(merge, fresh, name, divergence->kind, divergence->width, &divergence->fresh, divergence->window_from, divergence->window_to);
    add_diff(merge, divergence, diff, flag, false);
    if (divergence->kind == WAVE_BITS && divergence->width > 1) add_diff(merge, divergence, diff, xor, true);
  }
  free(flag);
  free(xor);
}

static int64_t largest(int64_t a, int64_t b) {
  return a > b ? a : b;
}
static int64_t smallest(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static void add_clock(struct merge *merge, const struct wave_clock *clock) {
  if (clock->golden.n == 0) return;
  const char *dot = strrchr(clock->path, '.');
  struct wave_out scope = {0};
  wave_out_bytes(&scope, clock->path, dot != NULL ? (size_t)(dot - clock->path) : 0);
  const char *name = dot != NULL ? dot + 1 : clock->path;
  const struct wave_trace *sides[2] = {&clock->golden, &clock->fresh};
  for (uint32_t side = 0; side < 2 && !scope.failed; side++) {
    const struct wave_trace *trace = sides[side];
    if (trace->n == 0) continue;
    const int64_t from = largest(trace->events[0].time, merge->from), to = smallest(trace->events[trace->n - 1].time, merge->to);
    if (from > to) continue; /* told about another time than the differences */
    /* The scope of a clock need not be in the tree of the report: it hangs on text that lives only here. */
    uint32_t index = merge->sides[side];
    for (uint32_t i = 0; i < merge->report->n_scopes; i++)
      if (strcmp(merge->report->scopes[i].path, scope.bytes) == 0) index = scope_of(merge, side, merge->report->scopes[i].path);
    add_trace(merge, index, index == merge->sides[side] ? clock->path : name, WAVE_BITS, 1, trace, from, to);
  }
  merge->failed = merge->failed || scope.failed;
  wave_out_free(&scope);
}

static bool find_window(struct merge *merge) {
  bool any = false;
  merge->from = INT64_MAX;
  merge->to = INT64_MIN;
  for (uint32_t i = 0; i < merge->report->n_divergences; i++) {
    const struct wave_divergence *divergence = &merge->report->divergences[i];
    if (!is_shown(divergence)) continue;
    any = true;
    merge->from = smallest(merge->from, divergence->window_from);
    merge->to = largest(merge->to, divergence->window_to);
  }
  return any;
}

static void gather(struct merge *merge) {
  static const char *const names[] = {"golden", "new", "diff"};
  wave_decl_init(&merge->decl);
  merge->decl.timescale_exponent = merge->report->exponent;
  merge->decl.timescale_known = true;
  merge->decl.timezero = merge->from < 0 ? merge->from : 0;
  for (uint32_t i = 0; i < 3; i++) merge->sides[i] = wave_decl_scope(&merge->decl, WAVE_NONE, 0, names[i], strlen(names[i]));
  for (uint32_t i = 0; i < merge->report->n_clocks; i++) add_clock(merge, &merge->report->clocks[i]);
  for (uint32_t i = 0; i < merge->report->n_divergences && !merge->failed; i++)
    if (is_shown(&merge->report->divergences[i])) add_divergence(merge, &merge->report->divergences[i]);
}

static int compare_times(const void *a, const void *b) {
  const uint64_t one = *(const uint64_t *)a, two = *(const uint64_t *)b;
  return (one > two) - (one < two);
}

static uint64_t file_time(const struct merge *merge, int64_t time) {
  return (uint64_t)time - (uint64_t)merge->decl.timezero;
}

static void make_times(struct merge *merge) {
  size_t count = 1, kept = 0;
  for (uint32_t i = 0; i < merge->n_series; i++) count += merge->series[i].n;
  merge->times = wave_malloc(count * sizeof *merge->times);
  if (merge->times == NULL) {
    merge->failed = true;
    return;
  }
  count = 0;
  merge->times[count++] = file_time(merge, merge->from);
  for (uint32_t i = 0; i < merge->n_series; i++)
    for (size_t j = 0; j < merge->series[i].n; j++) merge->times[count++] = file_time(merge, merge->series[i].points[j].time);
  qsort(merge->times, count, sizeof *merge->times, compare_times);
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || merge->times[kept - 1] != merge->times[i]) merge->times[kept++] = merge->times[i];
  merge->n_times = (uint32_t)kept;
}

static uint32_t place_of(const struct merge *merge, int64_t time) {
  const uint64_t key = file_time(merge, time);
  const uint64_t *found = bsearch(&key, merge->times, merge->n_times, sizeof key, compare_times);
  return found != NULL ? (uint32_t)(found - merge->times) : 0;
}

static bool make_chain(const struct merge *merge, const struct series *series, struct wave_out *out) {
  uint32_t place = 0;
  for (size_t i = 0; i < series->n; i++) {
    const uint32_t next = place_of(merge, series->points[i].time);
    fst_entry(out, series->kind, series->width, next - place, series->points[i].value);
    place = next;
  }
  return !out->failed;
}

static enum wave_status write_block(struct merge *merge, struct wave_fst *fst, struct wave_error *error) {
  struct wave_out *outs = wave_calloc(merge->n_series, sizeof *outs);
  struct wave_fst_chain *chains = wave_calloc(merge->n_series, sizeof *chains);
  struct wave_value *frame = wave_calloc(merge->n_series, sizeof *frame);
  bool made = outs != NULL && chains != NULL && frame != NULL;
  for (uint32_t i = 0; i < merge->n_series && made; i++) {
    made = make_chain(merge, &merge->series[i], &outs[i]);
    chains[i] = (struct wave_fst_chain){(const uint8_t *)outs[i].bytes, outs[i].size};
  }
  const struct wave_fst_block block = {.begin = file_time(merge, merge->from),
                                       .end = file_time(merge, merge->to),
                                       .times = merge->times,
                                       .n_times = merge->n_times,
                                       .frame = frame,
                                       .chains = chains};
  const enum wave_status status = made ? wave_fst_block(fst, &block, error) : wave_fail(error, "not enough memory for the merged FST file");
  for (uint32_t i = 0; outs != NULL && i < merge->n_series; i++) wave_out_free(&outs[i]);
  free(outs);
  free(chains);
  free(frame);
  return status;
}

static enum wave_status write_fst(struct merge *merge, const char *path, struct wave_error *error) {
  struct wave_fst *fst;
  if (!merge->failed) make_times(merge);
  if (merge->failed) return wave_fail(error, "%s: cannot be written: not enough memory; compare fewer signals in detail", path);
  const struct wave_fst_options options = {.version = "oio wavediff"};
  if (wave_fst_begin(&fst, path, &merge->decl, &options, error) != WAVE_OK) return WAVE_ERROR;
  if (write_block(merge, fst, error) == WAVE_OK) return wave_fst_end(fst, error);
  wave_fst_abandon(fst);
  return WAVE_ERROR;
}

static void free_merge(struct merge *merge) {
  for (uint32_t i = 0; i < merge->n_series; i++) {
    for (size_t j = 0; j < merge->series[i].n; j++) free(merge->series[i].points[j].owned);
    free(merge->series[i].points);
  }
  free(merge->series);
  free(merge->scopes);
  free(merge->times);
  wave_decl_free(&merge->decl);
}

enum wave_status wave_diff_fst(const char *path, const struct wave_report *report, struct wave_error *error) {
  struct merge merge = {.report = report};
  const uint64_t failures = wave_memory_failures();
  if (!find_window(&merge)) return WAVE_END;
  gather(&merge);
  enum wave_status status = wave_memory_failures() == failures ? write_fst(&merge, path, error) : wave_memory_out(error, path);
  if (status == WAVE_OK) status = wave_gtkw(path, &merge.decl, report, error);
  if (status == WAVE_OK) status = wave_surfer(path, &merge.decl, report, error);
  free_merge(&merge);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "window.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { label_columns = 8, value_most = 20, reach = 24 };

#define GREEN "\033[32m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

/* From `at` on up to the next column. */
struct column {
  int64_t at;
  char golden[value_most + 5], fresh[value_most + 5], mark[value_most + 5];
  char label[44], cycle[24];
  size_t width;
};

struct drawing {
  struct wave_out *out;
  const struct wave_report *report;
  const struct wave_divergence *divergence;
  const struct wave_window_style *style;
  const struct wave_clock *clock;
  struct wave_crop crop;
  size_t hidden; /* digits outside of the crop that differ at the divergence */
  bool lines;    /* one bit: levels, not values */
  struct column columns[2 * reach + 1];
  uint32_t n, split; /* the divergence is at the begin of column `split` */
  uint32_t from, to;
};

const char *wave_trace_at(const struct wave_trace *trace, enum wave_kind kind, int64_t time) {
  uint32_t low = 0, high = trace->n;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (trace->events[middle].time <= time)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return NULL;
  if (kind == WAVE_EVENT && trace->events[low - 1].time != time) return NULL;
  return trace->events[low - 1].value;
}

const struct wave_clock *wave_window_clock(const struct wave_report *report, const struct wave_divergence *divergence) {
  for (uint32_t i = 0; i < report->n_clocks; i++)
    if (report->clocks[i].period > 0 && (divergence->clock == NULL || strcmp(report->clocks[i].path, divergence->clock) == 0))
      return &report->clocks[i];
  return NULL;
}

static int64_t floor_divide(int64_t value, int64_t by) {
  return value / by - (value % by < 0);
}

/* The cycle of a clock that a time lies in; before its first edge below 0. */
static int64_t cycle_of(const struct wave_clock *clock, const struct wave_divergence *divergence, int64_t time) {
  const int64_t regular = floor_divide(time - clock->first, clock->period);
  if (divergence->clock == NULL || divergence->cycle < 0) return regular;
  /* The clock may have stood still before: count from the divergence, whose cycle is known. */
  return regular + divergence->cycle - floor_divide(divergence->at - clock->first, clock->period);
}

struct wave_crop wave_crop(const char *golden, const char *fresh, size_t most) {
  const size_t length = strlen(golden);
  struct wave_crop crop = {0, length, length};
  if (length <= most || strlen(fresh) != length) return crop;
  size_t first = 0;
  while (first < length && golden[first] == fresh[first]) first++;
  crop.from = first < length ? first : 0;
  crop.from -= crop.from < most / 4 ? crop.from : most / 4;
  if (crop.from + most > length) crop.from = length - most;
  crop.to = crop.from + most;
  return crop;
}

static void write_cropped(const struct drawing *drawing, const char *text, char cell[static value_most + 5]) {
  const struct wave_crop crop = drawing->crop;
  if (drawing->divergence->kind != WAVE_BITS || strlen(text) != crop.length) {
    struct wave_out cut = {0};
    wave_out_fit(&cut, text, value_most, false);
    snprintf(cell, value_most + 5, "%.*s", value_most + 4, cut.bytes != NULL ? cut.bytes : "");
    wave_out_free(&cut);
    return;
  }
  snprintf(cell, value_most + 5, "%s%.*s%s", crop.from > 0 ? ".." : "", (int)(crop.to - crop.from), text + crop.from,
           crop.to < crop.length ? ".." : "");
}

static void write_value(const struct drawing *drawing, const char *value, char cell[static value_most + 5]) {
  char *text = value != NULL ? wave_full_value(drawing->divergence, value) : NULL;
  if (text != NULL)
    write_cropped(drawing, text, cell);
  else
    snprintf(cell, value_most + 5, "%s",
             drawing->divergence->kind == WAVE_EVENT  ? "."
             : drawing->divergence->kind == WAVE_BITS ? "x"
                                                      : "?");
  free(text);
}

static void write_mark(const struct drawing *drawing, struct column *column, bool differ) {
  const size_t length = strlen(column->golden);
  column->mark[0] = '\0';
  if (!differ) return;
  if (drawing->divergence->kind != WAVE_BITS || length != strlen(column->fresh) || strcmp(column->golden, column->fresh) == 0) {
    const size_t columns = wave_columns(column->golden), other = wave_columns(column->fresh);
    const size_t longer = columns > other ? columns : other;
    memset(column->mark, '^', longer);
    column->mark[longer] = '\0';
    return;
  }
  size_t marks = 0;
  for (size_t i = 0; i < length; i++) {
    const bool odd = column->golden[i] != column->fresh[i];
    column->mark[i] = odd ? '^' : ' ';
    if (odd) marks = i + 1;
  }
  column->mark[marks] = '\0';
}

static void write_label(const struct drawing *drawing, struct column *column, bool first) {
  const struct wave_divergence *divergence = drawing->divergence;
  if (column->at == divergence->at) {
    wave_time_text(drawing->report, column->at, column->label);
  } else if (first) {
    snprintf(column->label, sizeof column->label, "...");
  } else {
    column->label[0] = '+';
    wave_time_text(drawing->report, column->at - divergence->at, column->label + (column->at > divergence->at));
  }
  if (drawing->clock != NULL)
    snprintf(column->cycle, sizeof column->cycle, "%lld", (long long)cycle_of(drawing->clock, divergence, column->at));
}

static size_t largest(size_t a, size_t b) {
  return a > b ? a : b;
}

static void add_column(struct drawing *drawing, int64_t at, bool first) {
  const struct wave_divergence *divergence = drawing->divergence;
  struct column *column = &drawing->columns[drawing->n++];
  const char *golden = wave_trace_at(&divergence->golden, divergence->kind, at);
  const char *fresh = wave_trace_at(&divergence->fresh, divergence->kind, at);
  const bool ended = divergence->class == WAVE_CLASS_SHORTER && at >= divergence->at;
  const bool differ = golden == NULL || fresh == NULL ? golden != fresh : strcmp(golden, fresh) != 0;
  memset(column, 0, sizeof *column);
  column->at = at;
  if (!ended || divergence->new_ends) write_value(drawing, golden, column->golden);
  if (!ended || !divergence->new_ends) write_value(drawing, fresh, column->fresh);
  write_mark(drawing, column, differ);
  write_label(drawing, column, first);
  column->width = largest(strlen(column->label), strlen(column->cycle));
  if (drawing->lines)
    column->width = largest(column->width + 1, 6);
  else
    column->width = largest(column->width, largest(wave_columns(column->golden), wave_columns(column->fresh))) + 2;
}

/* The last event before `at`, or the next one after it, of either side; false: none. */
static bool step(const struct wave_trace *trace, int64_t at, bool forward, int64_t *found, bool any) {
  bool have = any;
  for (uint32_t i = 0; i < trace->n; i++) {
    const int64_t time = trace->events[i].time;
    if (forward ? time > at && (!have || time < *found) : time < at && (!have || time > *found)) {
      *found = time;
      have = true;
    }
  }
  return have;
}

static bool neighbour(const struct wave_divergence *divergence, int64_t at, bool forward, int64_t *found) {
  const bool any = step(&divergence->golden, at, forward, found, false);
  return step(&divergence->fresh, at, forward, found, any);
}

static void gather(struct drawing *drawing) {
  int64_t times[2 * reach + 1], at = drawing->divergence->at, other = 0;
  uint32_t before = 0;
  while (before < reach && neighbour(drawing->divergence, at, false, &other)) times[reach - ++before] = at = other;
  const bool begin = !neighbour(drawing->divergence, at, false, &other);
  for (uint32_t i = reach - before; i < reach; i++) add_column(drawing, times[i], i == reach - before && begin);
  drawing->split = drawing->n;
  at = drawing->divergence->at;
  add_column(drawing, at, false);
  while (drawing->n < 2 * reach + 1 && neighbour(drawing->divergence, at, true, &at)) add_column(drawing, at, false);
}

/* The columns that fit: from the divergence on, two after it for each one before it. */
static void choose(struct drawing *drawing) {
  const size_t edges = strlen(drawing->style->indent) + label_columns + 2 + 3;
  size_t left = drawing->style->columns > edges ? drawing->style->columns - edges : 0;
  const size_t must = drawing->columns[drawing->split].width;
  left -= must < left ? must : left;
  drawing->from = drawing->split;
  drawing->to = drawing->split + 1;
  for (unsigned turn = 0, full = 0; full != 3;) {
    const bool back = turn++ % 3 == 0;
    const bool more = back ? drawing->from > 0 : drawing->to < drawing->n;
    const size_t width = !more ? 0 : drawing->columns[back ? drawing->from - 1 : drawing->to].width;
    if (!more || width > left) {
      full |= back ? 1 : 2;
      continue;
    }
    if (full & (back ? 1 : 2)) continue;
    left -= width;
    if (back)
      drawing->from--;
    else
      drawing->to++;
  }
}

static void begin_row(const struct drawing *drawing, const char *label) {
  wave_out_format(drawing->out, "%s%-*s", drawing->style->indent, label_columns, label);
}

static void end_row(const struct drawing *drawing) {
  struct wave_out *out = drawing->out;
  while (out->size > 0 && out->bytes[out->size - 1] == ' ') out->bytes[--out->size] = '\0';
  wave_out_fill(out, '\n', 1);
}

static void bar(const struct drawing *drawing, uint32_t index) {
  if (index == drawing->split) wave_out_text(drawing->out, drawing->lines ? "|" : "| ");
}

static void pad(const struct drawing *drawing, const char *text, size_t width) {
  const size_t columns = wave_columns(text);
  wave_out_fill(drawing->out, ' ', columns < width ? width - columns : 0);
}

static void label_row(const struct drawing *drawing, const char *label, bool cycles) {
  begin_row(drawing, label);
  for (uint32_t i = drawing->from; i < drawing->to; i++) {
    const char *text = cycles ? drawing->columns[i].cycle : drawing->columns[i].label;
    bar(drawing, i);
    wave_out_text(drawing->out, text);
    pad(drawing, text, drawing->columns[i].width);
  }
  if (!cycles && (drawing->to < drawing->n || drawing->divergence->golden.cut || drawing->divergence->fresh.cut))
    wave_out_text(drawing->out, "...");
  end_row(drawing);
}

static void levels(const struct drawing *drawing, const struct column *column, const char *cell, char before) {
  const char now = cell[0] != '\0' ? cell[0] : ' '; /* the run has ended */
  const char fill = now == '1' ? '~' : now == '0' ? '_' : now == 'z' ? '-' : now;
  const bool edge = before != now && (before == '0' || before == '1') && (now == '0' || now == '1');
  if (edge) wave_out_fill(drawing->out, now == '1' ? '/' : '\\', 1);
  wave_out_fill(drawing->out, fill, column->width - edge);
}

/* A value; where it differs, in colour, as the marks tell. */
static void value(const struct drawing *drawing, const struct column *column, const char *cell, const char *colour) {
  const size_t marks = drawing->style->colour ? strlen(column->mark) : 0;
  if (marks > 0 && drawing->divergence->kind != WAVE_BITS) {
    wave_out_text(drawing->out, colour);
    wave_out_clean(drawing->out, cell);
    wave_out_text(drawing->out, PLAIN);
  } else if (marks == 0) {
    wave_out_clean(drawing->out, cell);
  } else {
    for (size_t i = 0; cell[i] != '\0'; i++)
      if (i < marks && column->mark[i] == '^')
        wave_out_format(drawing->out, "%s%c%s", colour, cell[i], PLAIN);
      else
        wave_out_fill(drawing->out, cell[i], 1);
  }
  pad(drawing, cell, column->width);
}

static void value_row(const struct drawing *drawing, bool fresh) {
  char before = '\0';
  begin_row(drawing, fresh ? "new" : "golden");
  for (uint32_t i = drawing->from; i < drawing->to; i++) {
    const struct column *column = &drawing->columns[i];
    const char *cell = fresh ? column->fresh : column->golden;
    const bool paint = drawing->lines && drawing->style->colour && column->mark[0] != '\0';
    bar(drawing, i);
    if (paint) wave_out_text(drawing->out, fresh ? RED : GREEN);
    if (drawing->lines)
      levels(drawing, column, cell, before);
    else
      value(drawing, column, cell, fresh ? RED : GREEN);
    if (paint) wave_out_text(drawing->out, PLAIN);
    before = cell[0];
  }
  end_row(drawing);
}

static void mark_row(const struct drawing *drawing) {
  begin_row(drawing, "diff");
  for (uint32_t i = drawing->from; i < drawing->to; i++) {
    const struct column *column = &drawing->columns[i];
    const bool paint = drawing->style->colour && column->mark[0] != '\0';
    bar(drawing, i);
    if (paint) wave_out_text(drawing->out, RED);
    if (drawing->lines && column->mark[0] != '\0')
      wave_out_fill(drawing->out, '^', column->width);
    else
      wave_out_text(drawing->out, column->mark);
    if (paint) wave_out_text(drawing->out, PLAIN);
    if (!drawing->lines || column->mark[0] == '\0') pad(drawing, column->mark, column->width);
  }
  end_row(drawing);
}

/* Which digits a long value is shown with, counted from 0 at the right as bits are. */
static void crop_row(const struct drawing *drawing) {
  const struct wave_crop crop = drawing->crop;
  if (drawing->lines || crop.to - crop.from == crop.length) return;
  const size_t digit = wave_hex_hides(drawing->divergence) ? 1 : 4; /* bits */
  const size_t low = digit * (crop.length - crop.to), high = digit * (crop.length - crop.from) - 1, width = drawing->divergence->width;
  begin_row(drawing, "");
  wave_out_format(drawing->out, "bits %zu to %zu of %zu", high < width ? high : width - 1, low, width);
  if (drawing->hidden > 0)
    wave_out_format(drawing->out, "; %zu more digit%s", drawing->hidden, drawing->hidden == 1 ? " differs" : "s differ");
  end_row(drawing);
}

static void find_crop(struct drawing *drawing) {
  const struct wave_divergence *divergence = drawing->divergence;
  const char *golden = wave_trace_at(&divergence->golden, divergence->kind, divergence->at);
  const char *fresh = wave_trace_at(&divergence->fresh, divergence->kind, divergence->at);
  if (golden == NULL || fresh == NULL || divergence->kind != WAVE_BITS) return;
  char *first = wave_full_value(divergence, golden), *second = wave_full_value(divergence, fresh);
  if (first != NULL && second != NULL) {
    const struct wave_crop crop = drawing->crop = wave_crop(first, second, value_most);
    for (size_t i = 0; i < crop.length && second[i] != '\0'; i++)
      drawing->hidden += (i < crop.from || i >= crop.to) && first[i] != second[i];
  }
  free(first);
  free(second);
}

void wave_window(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence,
                 const struct wave_window_style *style) {
  if (!divergence->detailed || divergence->golden.n + divergence->fresh.n == 0) return;
  struct drawing *drawing = wave_calloc(1, sizeof *drawing);
  if (drawing == NULL) {
    out->failed = true;
    return;
  }
  drawing->out = out;
  drawing->report = report;
  drawing->divergence = divergence;
  drawing->style = style;
  drawing->clock = wave_window_clock(report, divergence);
  drawing->lines = divergence->kind == WAVE_BITS && divergence->width == 1;
  find_crop(drawing);
  gather(drawing);
  choose(drawing);
  label_row(drawing, "time", false);
  if (drawing->clock != NULL) label_row(drawing, "cycle", true);
  value_row(drawing, false);
  value_row(drawing, true);
  mark_row(drawing);
  crop_row(drawing);
  free(drawing);
}

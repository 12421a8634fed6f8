/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include "expr.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

int64_t wave_common(const struct wave_ticks *ticks, uint64_t tick) {
  if (tick == UINT64_MAX) return INT64_MAX;
  wide time = ((wide)tick + ticks->zero) * ticks->mul;
  if (ticks->num != ticks->den) time = time * ticks->num / ticks->den;
  time += ticks->shift;
  if (time > WAVE_LATEST) return WAVE_LATEST;
  return time < -WAVE_LATEST ? -WAVE_LATEST : (int64_t)time;
}

uint64_t wave_tick_near(const struct wave_ticks *ticks, int64_t time) {
  double tick = ((double)time - (double)ticks->shift) * (double)ticks->den / (double)ticks->num / (double)ticks->mul - (double)ticks->zero;
  return tick <= 0 ? 0 : tick >= 1.8e19 ? UINT64_MAX : (uint64_t)tick;
}

/* How many samples are at or before (at_or_before) or before a time. */
static size_t samples_until(const int64_t *samples, size_t n, int64_t time, bool at_or_before) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (samples[middle] < time || (at_or_before && samples[middle] == time)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

int64_t wave_place(const struct wave_axis *axis, int side, int64_t time) {
  if (!axis->sampled) return time;
  return (int64_t)samples_until(axis->samples[side], axis->n[side], time, !axis->inclusive);
}

int64_t wave_time_of_place(const struct wave_axis *axis, int64_t place) {
  if (!axis->sampled || place == INT64_MAX) return place;
  size_t n = axis->n[WAVE_GOLDEN];
  if (n == 0) return 0;
  if (place < 0) return axis->samples[WAVE_GOLDEN][0];
  return axis->samples[WAVE_GOLDEN][(size_t)place < n ? (size_t)place : n - 1];
}

bool wave_clip(const struct wave_spans *mask, int64_t from, int64_t to, int64_t *first, int64_t *length) {
  if (mask->all) {
    *first = from;
    *length = wave_minus(to, from);
    return from < to;
  }
  bool found = false;
  *length = 0;
  size_t low = 0, high = mask->n;
  while (low < high) { /* the first span that ends behind from */
    size_t middle = low + (high - low) / 2;
    if (mask->at[2 * middle + 1] > from) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (size_t i = low; i < mask->n && mask->at[2 * i] < to; i++) {
    int64_t begin = mask->at[2 * i] > from ? mask->at[2 * i] : from, end = mask->at[2 * i + 1] < to ? mask->at[2 * i + 1] : to;
    if (begin >= end) continue;
    if (!found) *first = begin;
    found = true;
    int64_t more = wave_minus(end, begin);
    *length = more > INT64_MAX - *length ? INT64_MAX : *length + more;
  }
  return found;
}

static bool add_span(struct wave_spans *spans, int64_t from, int64_t to) {
  if (from >= to) return true;
  if (spans->n > 0 && spans->at[2 * spans->n - 1] == from) {
    spans->at[2 * spans->n - 1] = to;
    return true;
  }
  if (spans->n == spans->size) {
    size_t larger = spans->size * 2 + 16;
    int64_t *moved = realloc(spans->at, larger * 2 * sizeof *moved);
    if (moved == NULL) return false;
    spans->at = moved;
    spans->size = larger;
  }
  spans->at[2 * spans->n] = from;
  spans->at[2 * spans->n + 1] = to;
  spans->n++;
  return true;
}

static bool holds_at(const struct wave_spans *spans, int64_t time) {
  int64_t first, length;
  return wave_clip(spans, time, time + 1, &first, &length);
}

void wave_history_free(struct wave_history *history) {
  free(history->times);
  free(history->values);
  *history = (struct wave_history){0};
}

enum { HISTORY_MOST = 512 << 20, BRIEF = 2 };

static bool history_add(struct wave_history *history, int64_t time, const struct wave_value *value) {
  if (history->n == history->size) {
    size_t larger = history->size * 2 + 64;
    if (larger > HISTORY_MOST / (8 + history->value_size)) return false;
    int64_t *times = realloc(history->times, larger * sizeof *times);
    if (times != NULL) history->times = times;
    char *values = realloc(history->values, larger * history->value_size);
    if (values != NULL) history->values = values;
    if (times == NULL || values == NULL) return false;
    history->size = larger;
  }
  char *text = history->values + history->n * history->value_size;
  for (uint32_t i = 0; i < history->value_size; i++) text[i] = wave_value_bit(value, i);
  if (history->n > 0 && history->times[history->n - 1] == time) { /* the last value of a tick counts */
    memcpy(text - history->value_size, text, history->value_size);
    return true;
  }
  if (history->n > 0 && memcmp(text - history->value_size, text, history->value_size) == 0) return true;
  history->times[history->n++] = time;
  return true;
}

static bool add_block_to_history(struct wave_source *source, const struct wave_ticks *ticks, uint32_t handle, struct wave_scratch *scratch,
                                 struct wave_history *history) {
  const struct wave_block *block = &source->block;
  struct wave_walk walk;
  wave_walk_open(&walk, source, handle, scratch, 0, 0);
  int got;
  while ((got = wave_walk_next(&walk)) > 0) {
    if (walk.place < block->first_place) continue;
    if (walk.place - block->first_place >= block->n_times) break;
    if (!history_add(history, wave_common(ticks, block->times[walk.place - block->first_place]), &walk.value)) return false;
  }
  if (walk.damaged && !source->partial) {
    source->partial = true;
    wave_fail(&source->why, "%s: a chain of value changes is damaged", source->name);
  }
  return true;
}

enum wave_status wave_histories(struct wave_source *source, const struct wave_ticks *ticks, const uint32_t *handles, uint32_t n,
                                struct wave_history *histories, bool brief, struct wave_error *error) {
  struct wave_scratch scratch = {0};
  uint8_t *wanted = calloc((size_t)source->decl.n_handles + 1, 1);
  enum wave_status status = wanted == NULL ? wave_fail(error, "out of memory") : source->ops->rewind(source, error);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t width = source->decl.handles[handles[i]].width;
    histories[i] = (struct wave_history){.value_size = width == 0 ? 1 : width};
    if (wanted != NULL) wanted[handles[i]] = 1;
  }
  if (source->ops->want != NULL) source->ops->want(source, wanted);
  bool first = true;
  uint32_t blocks = 0;
  while (status == WAVE_OK && !(brief && blocks++ == BRIEF) && (status = source->ops->next(source, UINT64_MAX, error)) == WAVE_OK) {
    if (first && source->ops->load_frame(source)) {
      for (uint32_t i = 0; i < n; i++) {
        struct wave_value value;
        source->ops->frame(source, handles[i], &value);
        history_add(&histories[i], wave_common(ticks, source->block.begin), &value);
      }
    }
    first = false;
    for (uint32_t i = 0; i < n && status == WAVE_OK; i++) {
      if (!add_block_to_history(source, ticks, handles[i], &scratch, &histories[i])) {
        status = wave_fail(error, "%s: a clock or condition has more changes than memory for them; narrow the rule", source->name);
      }
    }
  }
  if (source->ops->want != NULL) source->ops->want(source, NULL);
  wave_scratch_free(&scratch);
  free(wanted);
  if (status == WAVE_END || brief) status = source->ops->rewind(source, error);
  return status;
}

/* The signals that rules read: each once, on both sides. */
struct reading {
  const struct wave_match *match;
  const struct wave_rules *rules;
  const struct wave_decl *decl[2];
  char **names;
  uint32_t *vars[2];
  uint32_t n, size;
  struct wave_history *histories[2];
  bool brief;    /* the first blocks will do */
  double digits; /* text has 16 digits of a real: what that loses is no difference to a file that has all of them */
};

static uint32_t var_of_fresh(const struct reading *reading, uint32_t golden, const char *path) {
  if (reading->match->golden.other[golden] != WAVE_NONE) return reading->match->golden.other[golden];
  if (reading->rules->n_renames == 0) return wave_find(reading->decl[1], path);
  for (uint32_t i = 0; i < reading->decl[1]->n_vars; i++) {
    char *own = wave_full_path(reading->decl[1], i);
    char *renamed = own == NULL ? NULL : wave_rules_rename(reading->rules, own);
    bool same = renamed != NULL && strcmp(renamed, path) == 0;
    free(own);
    free(renamed);
    if (same) return i;
  }
  return WAVE_NONE;
}

/* The index of a signal that a rule names; WAVE_NONE, with the error, when it cannot be read. */
static uint32_t read_signal(struct reading *reading, const char *path, struct wave_error *error) {
  for (uint32_t i = 0; i < reading->n; i++) {
    if (strcmp(reading->names[i], path) == 0) return i;
  }
  uint32_t golden = wave_find(reading->decl[0], path), fresh = WAVE_NONE;
  if (golden != WAVE_NONE) fresh = var_of_fresh(reading, golden, path);
  if (golden == WAVE_NONE || fresh == WAVE_NONE) {
    wave_fail(error, "a rule reads '%s', which is not in %s", path,
              golden == WAVE_NONE ? "golden; write the path as golden has it" : "new");
    return WAVE_NONE;
  }
  uint8_t kind = reading->decl[0]->handles[reading->decl[0]->vars[golden].handle].kind;
  if (kind != WAVE_BITS && kind != WAVE_EVENT) {
    wave_fail(error, "a rule reads '%s', which is no vector of bits", path);
    return WAVE_NONE;
  }
  if (reading->n == reading->size) {
    uint32_t larger = reading->size * 2 + 8;
    char **names = realloc(reading->names, larger * sizeof *names);
    if (names != NULL) reading->names = names;
    uint32_t *g = realloc(reading->vars[0], larger * sizeof *g);
    if (g != NULL) reading->vars[0] = g;
    uint32_t *n = realloc(reading->vars[1], larger * sizeof *n);
    if (n != NULL) reading->vars[1] = n;
    if (names == NULL || g == NULL || n == NULL) {
      wave_fail(error, "out of memory");
      return WAVE_NONE;
    }
    reading->size = larger;
  }
  reading->names[reading->n] = malloc(strlen(path) + 1);
  if (reading->names[reading->n] == NULL) {
    wave_fail(error, "out of memory");
    return WAVE_NONE;
  }
  strcpy(reading->names[reading->n], path);
  reading->vars[0][reading->n] = golden;
  reading->vars[1][reading->n] = fresh;
  return reading->n++;
}

static bool read_expr(struct reading *reading, const struct wave_expr *expr, struct wave_error *error) {
  for (uint32_t i = 0; expr != NULL && i < wave_expr_n_names(expr); i++) {
    if (read_signal(reading, wave_expr_name(expr, i), error) == WAVE_NONE) return false;
  }
  return true;
}

static bool read_names(struct reading *reading, struct wave_error *error) {
  const struct wave_rules *rules = reading->rules;
  for (uint32_t i = 0; i < rules->n_rules; i++) {
    const struct wave_policy *policy = &rules->rules[i].policy;
    const char *const names[3] = {policy->clock, policy->valid, policy->ready};
    for (int n = 0; n < 3; n++) {
      if (names[n] != NULL && read_signal(reading, names[n], error) == WAVE_NONE) return false;
    }
    if (!read_expr(reading, policy->when, error)) return false;
  }
  if (rules->ignore_clock != NULL && read_signal(reading, rules->ignore_clock, error) == WAVE_NONE) return false;
  return read_expr(reading, rules->ignore_until_true, error);
}

static enum wave_status read_histories(struct reading *reading, struct wave_source *sources[2], const struct wave_plan *plan,
                                       struct wave_error *error) {
  enum wave_status status = WAVE_OK;
  for (int side = 0; side < 2 && status == WAVE_OK && reading->n > 0; side++) {
    uint32_t *handles = malloc(reading->n * sizeof *handles);
    reading->histories[side] = calloc(reading->n, sizeof *reading->histories[side]);
    if (handles == NULL || reading->histories[side] == NULL) {
      free(handles);
      return wave_fail(error, "out of memory");
    }
    for (uint32_t i = 0; i < reading->n; i++) handles[i] = reading->decl[side]->vars[reading->vars[side][i]].handle;
    status = wave_histories(sources[side], &plan->ticks[side], handles, reading->n, reading->histories[side], reading->brief, error);
    free(handles);
  }
  return status;
}

static void reading_free(struct reading *reading) {
  for (uint32_t i = 0; i < reading->n; i++) {
    free(reading->names[i]);
    for (int side = 0; side < 2; side++) {
      if (reading->histories[side] != NULL) wave_history_free(&reading->histories[side][i]);
    }
  }
  free(reading->names);
  for (int side = 0; side < 2; side++) {
    free(reading->vars[side]);
    free(reading->histories[side]);
  }
}

static uint32_t index_of(const struct reading *reading, const char *path) {
  uint32_t i = 0;
  while (strcmp(reading->names[i], path) != 0) i++;
  return i;
}

static const struct wave_history *history_of(const struct reading *reading, int side, const char *path) {
  return &reading->histories[side][index_of(reading, path)];
}

/* While a one-bit signal is 1. */
static bool spans_of_one(const struct wave_history *history, struct wave_spans *spans) {
  for (size_t i = 0; i < history->n; i++) {
    int64_t to = i + 1 < history->n ? history->times[i + 1] : INT64_MAX;
    if (history->values[i * history->value_size + history->value_size - 1] == '1' && !add_span(spans, history->times[i], to)) return false;
  }
  return true;
}

/* While an expression holds on one side: its operands' histories are merged by time. */
static bool spans_of_expr(const struct reading *reading, int side, const struct wave_expr *expr, struct wave_spans *spans) {
  uint32_t n = wave_expr_n_names(expr);
  struct wave_operand *operands = calloc(n + 1, sizeof *operands);
  const struct wave_history **histories = malloc((n + 1) * sizeof *histories);
  size_t *next = calloc(n + 1, sizeof *next);
  bool good = operands != NULL && histories != NULL && next != NULL, held = false;
  int64_t since = 0;
  for (uint32_t i = 0; good && i < n; i++) {
    uint32_t signal = index_of(reading, wave_expr_name(expr, i));
    const struct wave_var *var = &reading->decl[side]->vars[reading->vars[side][signal]];
    histories[i] = &reading->histories[side][signal];
    operands[i].width = histories[i]->value_size;
    operands[i].msb = var->ranged ? var->msb : (int32_t)operands[i].width - 1;
    operands[i].lsb = var->ranged ? var->lsb : 0;
  }
  while (good) {
    int64_t now = INT64_MAX;
    for (uint32_t i = 0; i < n; i++) {
      if (next[i] < histories[i]->n && histories[i]->times[next[i]] < now) now = histories[i]->times[next[i]];
    }
    if (now == INT64_MAX) break;
    for (uint32_t i = 0; i < n; i++) {
      if (next[i] == histories[i]->n || histories[i]->times[next[i]] != now) continue;
      operands[i].value = (struct wave_value){.bytes = (const uint8_t *)histories[i]->values + next[i] * histories[i]->value_size,
                                              .size = histories[i]->value_size,
                                              .form = WAVE_NINE};
      next[i]++;
    }
    bool holds = wave_expr_holds(expr, operands);
    if (held && !holds) good = add_span(spans, since, now);
    if (holds && !held) since = now;
    held = holds;
  }
  if (good && held) good = add_span(spans, since, INT64_MAX);
  free(operands);
  free(histories);
  free(next);
  return good;
}

static bool is_edge(const struct wave_history *clock, size_t i, enum wave_edge edge) {
  char before = clock->values[(i - 1) * clock->value_size], now = clock->values[i * clock->value_size];
  if (now == '1' && before != '1') return edge != WAVE_FALLING;
  return now == '0' && before != '0' && edge != WAVE_RISING;
}

/* The samples of one side: edges of the clock, for a channel only those with a beat. */
static bool make_samples(const struct reading *reading, int side, const struct wave_policy *policy, int64_t offset,
                         struct wave_axis *axis) {
  const struct wave_history *clock = history_of(reading, side, policy->clock);
  struct wave_spans conditions[3] = {{.all = true}, {.all = true}, {.all = true}};
  bool good = true;
  if (policy->valid != NULL) {
    conditions[0].all = false;
    good = spans_of_one(history_of(reading, side, policy->valid), &conditions[0]);
  }
  if (good && policy->ready != NULL) {
    conditions[1].all = false;
    good = spans_of_one(history_of(reading, side, policy->ready), &conditions[1]);
  }
  if (good && axis->beats && policy->when != NULL) {
    conditions[2].all = false;
    good = spans_of_expr(reading, side, policy->when, &conditions[2]);
  }
  axis->samples[side] = malloc((clock->n + 1) * sizeof *axis->samples[side]);
  good = good && axis->samples[side] != NULL;
  for (size_t i = 1; good && i < clock->n; i++) {
    if (!is_edge(clock, i, policy->edge)) continue;
    int64_t sample = clock->times[i] + offset, look = axis->inclusive ? sample : sample - 1;
    if (holds_at(&conditions[0], look) && holds_at(&conditions[1], look) && holds_at(&conditions[2], look)) {
      axis->samples[side][axis->n[side]++] = sample;
    }
  }
  for (int i = 0; i < 3; i++) free(conditions[i].at);
  return good;
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Rules that sample alike share an axis. */
static uint32_t find_axis(const struct wave_rules *rules, const struct wave_plan *plan, uint32_t rule) {
  const struct wave_policy *policy = &rules->rules[rule].policy;
  for (uint32_t i = 0; i < rule; i++) {
    const struct wave_policy *other = &rules->rules[i].policy;
    if (other->clock != NULL && same_text(other->clock, policy->clock) && same_text(other->valid, policy->valid) &&
        same_text(other->ready, policy->ready) && other->edge == policy->edge && other->offset_given == policy->offset_given &&
        other->offset.value == policy->offset.value && other->offset.exponent == policy->offset.exponent &&
        (policy->valid == NULL || (policy->when == NULL && other->when == NULL))) {
      return plan->policies[i].axis;
    }
  }
  return 0;
}

static enum wave_status span_to_ticks(const struct wave_span *span, const struct wave_rule *rule, const struct wave_plan *plan,
                                      int64_t *ticks, struct wave_error *error) {
  *ticks = 0;
  if (span->value == 0) return WAVE_OK;
  if (span->unit == WAVE_TICKS) { /* of golden */
    if (!__builtin_mul_overflow(span->value, plan->ticks[WAVE_GOLDEN].mul, ticks)) return WAVE_OK;
  } else if (span->unit != WAVE_CYCLES && wave_span_ticks(span, plan->exponent, ticks)) {
    return WAVE_OK;
  }
  return wave_fail(error, "rule '%s': a time in it is no whole number of the files' ticks (1e%d s)", rule->text, plan->exponent);
}

static enum wave_status make_axis(const struct reading *reading, struct wave_plan *plan, uint32_t index, struct wave_error *error) {
  const struct wave_rule *rule = &reading->rules->rules[index];
  const struct wave_policy *policy = &rule->policy;
  struct wave_policy_plan *own = &plan->policies[index];
  int64_t offset;
  if (policy->clock == NULL) return WAVE_OK;
  own->axis = find_axis(reading->rules, plan, index);
  if (own->axis != 0) return WAVE_OK;
  if (span_to_ticks(&policy->offset, rule, plan, &offset, error) != WAVE_OK) return WAVE_ERROR;
  struct wave_axis *axis = &plan->axes[plan->n_axes];
  *axis = (struct wave_axis){
      .sampled = true, .inclusive = policy->offset_given, .beats = policy->valid != NULL || policy->ready != NULL, .clock = policy->clock};
  own->axis = plan->n_axes++;
  for (int side = 0; side < 2; side++) {
    if (!make_samples(reading, side, policy, offset, axis)) return wave_fail(error, "out of memory for the edges of %s", policy->clock);
  }
  axis->alike = axis->n[0] == axis->n[1] && memcmp(axis->samples[0], axis->samples[1], axis->n[0] * sizeof *axis->samples[0]) == 0;
  return WAVE_OK;
}

/* The window and the time until which everything is ignored, in common ticks. */
static enum wave_status common_window(const struct reading *reading, const struct wave_plan *plan, int64_t *from, int64_t *to,
                                      struct wave_error *error) {
  const struct wave_rules *rules = reading->rules;
  struct wave_rule global = {.text = "window or ignore"};
  int64_t ticks;
  *from = INT64_MIN;
  *to = INT64_MAX;
  if (rules->from_given && span_to_ticks(&rules->from, &global, plan, from, error) != WAVE_OK) return WAVE_ERROR;
  if (rules->to_given && span_to_ticks(&rules->to, &global, plan, to, error) != WAVE_OK) return WAVE_ERROR;
  if (rules->ignore_until_given && rules->ignore_until.unit == WAVE_CYCLES && rules->ignore_until.value > 0) {
    for (int side = 0; side < 2; side++) {
      const struct wave_history *clock = history_of(reading, side, rules->ignore_clock);
      int64_t left = rules->ignore_until.value;
      ticks = INT64_MAX;
      for (size_t i = 1; i < clock->n && ticks == INT64_MAX; i++) {
        if (is_edge(clock, i, WAVE_RISING) && --left == 0) ticks = clock->times[i];
      }
      if (ticks > *from) *from = ticks;
    }
  } else if (rules->ignore_until_given && rules->ignore_until.unit != WAVE_CYCLES) {
    if (span_to_ticks(&rules->ignore_until, &global, plan, &ticks, error) != WAVE_OK) return WAVE_ERROR;
    if (ticks > *from) *from = ticks;
  }
  for (int side = 0; side < 2 && rules->ignore_until_true != NULL; side++) {
    struct wave_spans spans = {0};
    if (!spans_of_expr(reading, side, rules->ignore_until_true, &spans)) return wave_fail(error, "out of memory");
    ticks = spans.n > 0 ? spans.at[0] : INT64_MAX;
    free(spans.at);
    if (ticks > *from) *from = ticks;
  }
  return WAVE_OK;
}

/* Where a difference of a rule's signals counts, on the rule's axis. */
static bool make_mask(const struct reading *reading, const struct wave_plan *plan, const struct wave_axis *axis,
                      const struct wave_expr *when, int64_t from, int64_t to, struct wave_spans *mask) {
  struct wave_spans while_true = {.all = true};
  (void)plan;
  *mask = (struct wave_spans){0};
  if (when != NULL && !axis->beats) {
    while_true.all = false;
    if (!spans_of_expr(reading, WAVE_GOLDEN, when, &while_true)) return false;
  }
  bool good = true;
  if (axis->sampled && while_true.all) {
    const int64_t *samples = axis->samples[0];
    mask->all = from == INT64_MIN && to == INT64_MAX;
    int64_t first = (int64_t)samples_until(samples, axis->n[0], from, false);
    if (!mask->all) good = add_span(mask, first, to == INT64_MAX ? to : (int64_t)samples_until(samples, axis->n[0], to, false));
  } else if (axis->sampled) {
    for (size_t i = 0; good && i < axis->n[0]; i++) {
      int64_t sample = axis->samples[0][i];
      if (sample < from || sample >= to || !holds_at(&while_true, axis->inclusive ? sample : sample - 1)) continue;
      good = add_span(mask, (int64_t)i, (int64_t)i + 1);
    }
  } else if (while_true.all) {
    mask->all = from == INT64_MIN && to == INT64_MAX;
    if (!mask->all) good = add_span(mask, from, to);
  } else {
    for (size_t i = 0; good && i < while_true.n; i++) {
      int64_t begin = while_true.at[2 * i] > from ? while_true.at[2 * i] : from,
              end = while_true.at[2 * i + 1] < to ? while_true.at[2 * i + 1] : to;
      good = add_span(mask, begin, end);
    }
  }
  free(while_true.at);
  return good;
}

static enum wave_status make_policy(const struct reading *reading, struct wave_plan *plan, uint32_t index, int64_t from, int64_t to,
                                    struct wave_error *error) {
  struct wave_policy_plan *own = &plan->policies[index];
  const struct wave_rules *rules = reading->rules;
  const struct wave_rule *rule = index < rules->n_rules ? &rules->rules[index] : NULL;
  own->strict = own->equality.strict = rules->strict;
  own->equality.relative = reading->digits;
  own->exact = reading->digits == 0;
  if (rule != NULL) {
    const struct wave_policy *policy = &rule->policy;
    own->equality.x = policy->x;
    own->equality.z = policy->z;
    own->equality.strength = policy->strength;
    own->equality.absolute = policy->absolute;
    if (policy->relative > own->equality.relative) own->equality.relative = policy->relative;
    own->tolerant = policy->tolerant;
    own->exact = own->exact && !policy->strength && policy->x == WAVE_X_EXACT && policy->z == WAVE_X_EXACT && policy->absolute == 0 &&
                 policy->relative == 0;
    if (span_to_ticks(&policy->lead, rule, plan, &own->lead, error) != WAVE_OK) return WAVE_ERROR;
    if (span_to_ticks(&policy->trail, rule, plan, &own->trail, error) != WAVE_OK) return WAVE_ERROR;
    if (make_axis(reading, plan, index, error) != WAVE_OK) return WAVE_ERROR;
  }
  own->mask = plan->n_masks;
  if (!make_mask(reading, plan, &plan->axes[own->axis], rule == NULL ? NULL : rule->policy.when, from, to, &plan->masks[plan->n_masks])) {
    return wave_fail(error, "out of memory");
  }
  plan->n_masks++;
  return WAVE_OK;
}

static int64_t power_of_ten(int exponent) {
  int64_t power = 1;
  while (exponent-- > 0) power = power > INT64_MAX / 10 ? INT64_MAX : power * 10;
  return power;
}

/* One tick of the common axis is the finer of both files'; a file that does not say its unit takes the other's. */
static enum wave_status make_ticks(struct wave_plan *plan, struct wave_source *sources[2], const struct wave_rules *rules,
                                   struct wave_error *error) {
  const struct wave_decl *decl[2] = {&sources[0]->decl, &sources[1]->decl};
  int exponent[2];
  for (int side = 0; side < 2; side++) {
    exponent[side] = decl[side]->timescale_known    ? decl[side]->timescale_exponent
                     : decl[!side]->timescale_known ? decl[!side]->timescale_exponent
                                                    : -9;
  }
  plan->exponent = exponent[0] < exponent[1] ? exponent[0] : exponent[1];
  for (int side = 0; side < 2; side++) {
    plan->ticks[side] =
        (struct wave_ticks){.zero = decl[side]->timezero, .mul = power_of_ten(exponent[side] - plan->exponent), .num = 1, .den = 1};
  }
  if (rules->scale_den != 0) {
    plan->ticks[1].num = rules->scale_num;
    plan->ticks[1].den = rules->scale_den;
  }
  struct wave_rule global = {.text = "shift"};
  if (span_to_ticks(&rules->shift, &global, plan, &plan->ticks[1].shift, error) != WAVE_OK) return WAVE_ERROR;
  plan->same_ticks = memcmp(&plan->ticks[0], &plan->ticks[1], sizeof plan->ticks[0]) == 0;
  return WAVE_OK;
}

enum wave_status wave_plan_make(struct wave_plan *plan, struct wave_source *sources[2], const struct wave_match *match,
                                const struct wave_rules *rules, bool brief, struct wave_error *error) {
  struct reading reading = {.match = match, .rules = rules, .brief = brief, .decl = {&sources[0]->decl, &sources[1]->decl}};
  int64_t from, to;
  bool text[2] = {strstr(sources[0]->format, "VCD") != NULL, strstr(sources[1]->format, "VCD") != NULL};
  if (text[0] != text[1] && !rules->strict) reading.digits = 5e-16;
  *plan = (struct wave_plan){.n_axes = 1, .n_policies = rules->n_rules + 1};
  plan->axes = calloc(rules->n_rules + 1, sizeof *plan->axes);
  plan->masks = calloc(rules->n_rules + 1, sizeof *plan->masks);
  plan->policies = calloc(rules->n_rules + 1, sizeof *plan->policies);
  enum wave_status status =
      plan->axes == NULL || plan->masks == NULL || plan->policies == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
  if (status == WAVE_OK) status = make_ticks(plan, sources, rules, error);
  if (status == WAVE_OK && !read_names(&reading, error)) status = WAVE_ERROR;
  if (status == WAVE_OK) status = read_histories(&reading, sources, plan, error);
  if (status == WAVE_OK) plan->axes[0].alike = true;
  if (status == WAVE_OK) status = common_window(&reading, plan, &from, &to, error);
  for (uint32_t i = 0; status == WAVE_OK && i < plan->n_policies; i++) status = make_policy(&reading, plan, i, from, to, error);
  reading_free(&reading);
  if (status != WAVE_OK) wave_plan_free(plan);
  return status;
}

void wave_plan_free(struct wave_plan *plan) {
  for (uint32_t i = 0; plan->axes != NULL && i < plan->n_axes; i++) {
    free(plan->axes[i].samples[0]);
    free(plan->axes[i].samples[1]);
  }
  for (uint32_t i = 0; plan->masks != NULL && i < plan->n_masks; i++) free(plan->masks[i].at);
  free(plan->axes);
  free(plan->masks);
  free(plan->policies);
  *plan = (struct wave_plan){0};
}

const struct wave_policy_plan *wave_policy_of(const struct wave_plan *plan, const struct wave_pair *pair) {
  return &plan->policies[pair->rule == WAVE_NONE ? plan->n_policies - 1 : pair->rule];
}

bool wave_something_compared(const struct wave_plan *plan, const struct wave_match *match, int64_t begin, int64_t end) {
  for (uint32_t i = 0; i < match->n_pairs; i++) {
    const struct wave_policy_plan *policy = wave_policy_of(plan, &match->pairs[i]);
    const struct wave_axis *axis = &plan->axes[policy->axis];
    int64_t from = begin, to = end, first, length;
    if (axis->sampled) {
      from = 0;
      to = (int64_t)(axis->n[0] < axis->n[1] ? axis->n[0] : axis->n[1]);
    }
    if (wave_clip(&plan->masks[policy->mask], from, to, &first, &length)) return true;
  }
  return false;
}

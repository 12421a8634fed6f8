/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"
#include "memory.h"

#include "expr.h"
#include "value.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

static void history_free(struct wave_history *history) {
  free(history->times);
  free(history->values);
  *history = (struct wave_history){0};
}

enum { HISTORY_MOST = 512 << 20, BRIEF = 2 };

static bool history_add(struct wave_history *history, int64_t time, const struct wave_value *value) {
  if (history->n == history->size) {
    size_t larger = history->size * 2 + 64;
    if (larger > HISTORY_MOST / (8 + history->value_size)) return false;
    int64_t *times = wave_realloc(history->times, larger * sizeof *times);
    if (times != NULL) history->times = times;
    char *values = wave_realloc(history->values, larger * history->value_size);
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

static enum wave_status read_all(struct wave_source *source, const struct wave_ticks *ticks, const uint32_t *handles, uint32_t n,
                                 struct wave_history *histories, bool brief, struct wave_error *error) {
  struct wave_scratch scratch = {0};
  uint8_t *wanted = wave_calloc((size_t)source->decl.n_handles + 1, 1);
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

static uint32_t var_of_fresh(const struct wave_reading *reading, uint32_t golden, const char *path) {
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

/* Whether no handle of new holds what the rule reads: it has the signal in pieces, or as a port. */
static bool is_put_together(const struct wave_match *match, uint32_t golden) {
  uint32_t pair = match->golden.pair[golden];
  const struct wave_composite *made = pair == WAVE_NONE ? NULL : wave_composite_of(&match->fresh, match->pairs[pair].fresh);
  return made != NULL && (made->n > 1 || made->width != match->fresh.decl->handles[made->pieces[0].handle].width);
}

/* The index of a signal that a rule names; WAVE_NONE, with the error, when it cannot be read. */
static uint32_t read_signal(struct wave_reading *reading, const char *path, struct wave_error *error) {
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
  if (is_put_together(reading->match, golden)) {
    wave_fail(error, "a rule reads '%s', which new has in pieces or as a port; trace it there as golden has it", path);
    return WAVE_NONE;
  }
  if (reading->n == reading->size) {
    uint32_t larger = reading->size * 2 + 8;
    char **names = wave_realloc(reading->names, larger * sizeof *names);
    if (names != NULL) reading->names = names;
    uint32_t *g = wave_realloc(reading->vars[0], larger * sizeof *g);
    if (g != NULL) reading->vars[0] = g;
    uint32_t *n = wave_realloc(reading->vars[1], larger * sizeof *n);
    if (n != NULL) reading->vars[1] = n;
    if (names == NULL || g == NULL || n == NULL) {
      wave_fail(error, "out of memory");
      return WAVE_NONE;
    }
    reading->size = larger;
  }
  reading->names[reading->n] = wave_malloc(strlen(path) + 1);
  if (reading->names[reading->n] == NULL) {
    wave_fail(error, "out of memory");
    return WAVE_NONE;
  }
  strcpy(reading->names[reading->n], path);
  reading->vars[0][reading->n] = golden;
  reading->vars[1][reading->n] = fresh;
  return reading->n++;
}

static bool read_expr(struct wave_reading *reading, const struct wave_expr *expr, struct wave_error *error) {
  for (uint32_t i = 0; expr != NULL && i < wave_expr_n_names(expr); i++) {
    if (read_signal(reading, wave_expr_name(expr, i), error) == WAVE_NONE) return false;
  }
  return true;
}

bool wave_reading_names(struct wave_reading *reading, struct wave_error *error) {
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

enum wave_status wave_reading_histories(struct wave_reading *reading, struct wave_source *sources[2], const struct wave_ticks ticks[2],
                                        struct wave_error *error) {
  enum wave_status status = WAVE_OK;
  for (int side = 0; side < 2 && status == WAVE_OK && reading->n > 0; side++) {
    uint32_t *handles = wave_malloc(reading->n * sizeof *handles);
    reading->histories[side] = wave_calloc(reading->n, sizeof *reading->histories[side]);
    if (handles == NULL || reading->histories[side] == NULL) {
      free(handles);
      return wave_fail(error, "out of memory");
    }
    for (uint32_t i = 0; i < reading->n; i++) handles[i] = reading->decl[side]->vars[reading->vars[side][i]].handle;
    status = read_all(sources[side], &ticks[side], handles, reading->n, reading->histories[side], reading->brief, error);
    free(handles);
  }
  return status;
}

void wave_reading_free(struct wave_reading *reading) {
  for (uint32_t i = 0; i < reading->n; i++) {
    free(reading->names[i]);
    for (int side = 0; side < 2; side++) {
      if (reading->histories[side] != NULL) history_free(&reading->histories[side][i]);
    }
  }
  free(reading->names);
  for (int side = 0; side < 2; side++) {
    free(reading->vars[side]);
    free(reading->histories[side]);
  }
}

static uint32_t index_of(const struct wave_reading *reading, const char *path) {
  uint32_t i = 0;
  while (strcmp(reading->names[i], path) != 0) i++;
  return i;
}

const struct wave_history *wave_reading_history(const struct wave_reading *reading, int side, const char *path) {
  return &reading->histories[side][index_of(reading, path)];
}

bool wave_spans_of_one(const struct wave_history *history, struct wave_spans *spans) {
  for (size_t i = 0; i < history->n; i++) {
    int64_t to = i + 1 < history->n ? history->times[i + 1] : INT64_MAX;
    if (history->values[i * history->value_size + history->value_size - 1] == '1' && !wave_spans_add(spans, history->times[i], to))
      return false;
  }
  return true;
}

/* The operands' histories are merged by time. */
bool wave_spans_of_expr(const struct wave_reading *reading, int side, const struct wave_expr *expr, struct wave_spans *spans) {
  uint32_t n = wave_expr_n_names(expr);
  struct wave_operand *operands = wave_calloc(n + 1, sizeof *operands);
  const struct wave_history **histories = wave_malloc((n + 1) * sizeof *histories);
  size_t *next = wave_calloc(n + 1, sizeof *next);
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
    if (held && !holds) good = wave_spans_add(spans, since, now);
    if (holds && !held) since = now;
    held = holds;
  }
  if (good && held) good = wave_spans_add(spans, since, INT64_MAX);
  free(operands);
  free(histories);
  free(next);
  return good;
}

bool wave_is_edge(const struct wave_history *clock, size_t i, enum wave_edge edge) {
  char before = clock->values[(i - 1) * clock->value_size], now = clock->values[i * clock->value_size];
  if (now == '1' && before != '1') return edge != WAVE_FALLING;
  return now == '0' && before != '0' && edge != WAVE_RISING;
}

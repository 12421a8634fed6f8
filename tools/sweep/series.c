/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 200 };

static enum oio_status no_memory(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
}

/* Room for one more of that size. */
static bool grow(void *list, uint64_t count, uint64_t *room, size_t nbytes) {
  void **at = list;
  if (count < *room) return true;
  const uint64_t larger = 2 * *room + 4;
  void *more = realloc(*at, larger * nbytes);
  if (more == NULL) return false;
  *at = more;
  *room = larger;
  return true;
}

const char *series_unit(const char *name, double *of) {
  const char *path = outcome_path(name);
  const size_t nbytes = strlen(path);
  const bool is_time = strstr(path, "_ps.") != NULL || (nbytes > 3 && strcmp(path + nbytes - 3, "_ps") == 0);
  *of = is_time ? 1e3 : strstr(path, "bits_per_s") != NULL || strstr(path, "bytes_per_s") != NULL ? 1e9 : 1;
  return is_time ? "ns" : strstr(path, "bits_per_s") != NULL ? "Gb/s" : strstr(path, "bytes_per_s") != NULL ? "GB/s" : "";
}

static enum oio_status no_such(const char *what, const char *name, const struct outcome *outcome, struct oio_error *error) {
  char keys[160] = "";
  const char *key;
  json_t *value;
  size_t used = 0;
  json_object_foreach(json_object_get(outcome->object, "values"), key, value) {
    if (used < sizeof keys) used += (size_t)snprintf(keys + used, sizeof keys - used, "%s%s", used == 0 ? "" : ", ", key);
  }
  return oio_error_set(error, OIO_ERR_CONFIG, "%s %.60s: this sweep has no such key; it sweeps %s", what, name, keys);
}

/* Is it a run that was asked for? */
static enum oio_status is_asked_for(const struct series_query *query, const struct outcome *outcome, bool *asked, struct oio_error *error) {
  *asked = true;
  for (unsigned i = 0; i < query->wheres; i++) {
    char key[64], shown[OUTCOME_TEXT_BYTES], *behind;
    const size_t nbytes = strcspn(query->where[i], "=");
    if (query->where[i][nbytes] == '\0' || nbytes >= sizeof key)
      return oio_error_set(error, OIO_ERR_CONFIG, "--where %.80s: write KEY=VALUE", query->where[i]);
    memcpy(key, query->where[i], nbytes);
    key[nbytes] = '\0';
    const char *wanted = query->where[i] + nbytes + 1;
    const json_t *value = outcome_value(outcome, key);
    if (value == NULL) return no_such("--where", key, outcome, error);
    const double number = strtod(wanted, &behind);
    const bool same = json_is_number(value) && behind != wanted && *behind == '\0' ? json_number_value(value) == number
                                                                                   : strcmp(outcome_show(value, shown), wanted) == 0;
    *asked = *asked && same;
  }
  return OIO_OK;
}

static enum oio_status word_place(struct series_set *set, const char *word, double *x, struct oio_error *error) {
  uint64_t i = 0;
  while (i < set->words && strcmp(set->word[i], word) != 0) i++;
  *x = (double)i;
  if (i < set->words) return OIO_OK;
  if (i == WORDS_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG, "--x %.60s: it has more than %d values; choose with --where", set->query.x, WORDS_MAX);
  char **more = realloc(set->word, (i + 1) * sizeof *more);
  if (more == NULL) return no_memory(error);
  set->word = more;
  if ((more[i] = strdup(word)) == NULL) return no_memory(error);
  set->words++;
  return OIO_OK;
}

/* Where the run is along x. *there: false where it has no such figure. */
static enum oio_status find_x(struct series_set *set, const struct outcome *outcome, double *x, bool *there, struct oio_error *error) {
  double of;
  const json_t *value = outcome_value(outcome, set->query.x);
  *there = true;
  series_unit(set->query.x, &of);
  if (value != NULL && json_is_string(value)) {
    set->worded = true;
    return word_place(set, json_string_value(value), x, error);
  }
  set->measured = value == NULL;
  if (value != NULL)
    *x = json_number_value(value) / of;
  else if (!outcome_figure(outcome, set->query.x, x))
    return no_such("--x", set->query.x, outcome, error);
  else
    *x /= of;
  return OIO_OK;
}

/* The line of that name, made where there is none. */
static enum oio_status find_series(struct series_set *set, const struct outcome *outcome, unsigned figure, struct series **found,
                                   struct oio_error *error) {
  char name[SERIES_NAME_BYTES] = "", shown[OUTCOME_TEXT_BYTES];
  if (set->query.by != NULL) {
    const json_t *value = outcome_value(outcome, set->query.by);
    if (value == NULL) return no_such("--by", set->query.by, outcome, error);
    snprintf(name, sizeof name, "%.150s", outcome_show(value, shown)[0] != '\0' ? shown : "(none)");
  }
  if (set->query.figures > 1) {
    const size_t used = strlen(name);
    snprintf(name + used, sizeof name - used, "%s%.40s", used > 0 ? ", " : "", set->query.y[figure]);
  }
  unsigned i = 0;
  while (i < set->count && strcmp(set->series[i].name, name) != 0) i++;
  if (i == SERIES_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG, "these are more than %d lines; choose with --where, or another --by", SERIES_MAX);
  if (i == set->count) {
    set->series[set->count] = (struct series){.marks = 0};
    memcpy(set->series[set->count++].name, name, sizeof name);
  }
  *found = &set->series[i];
  return OIO_OK;
}

/* Runs come in the order of their points: what belongs together was often the last. */
static struct mark *find_mark(const struct series_set *set, struct series *series, double x, uint64_t point) {
  for (uint64_t i = series->marks; i-- > 0;) {
    struct mark *mark = &series->mark[i];
    if (set->measured ? mark->point == point : mark->x == x) return mark;
  }
  if (!grow(&series->mark, series->marks, &series->room, sizeof *series->mark)) return NULL;
  series->mark[series->marks] = (struct mark){.x = x, .point = point};
  return &series->mark[series->marks++];
}

static enum oio_status add_figure(struct series_set *set, const struct outcome *outcome, unsigned figure, double x,
                                  struct oio_error *error) {
  double y, of;
  struct series *series = NULL;
  if (!outcome_figure(outcome, set->query.y[figure], &y)) {
    set->missing++;
    return OIO_OK;
  }
  series_unit(set->query.y[figure], &of);
  if (set->query.log_y && y <= 0) {
    set->outside++;
    return OIO_OK;
  }
  const enum oio_status status = find_series(set, outcome, figure, &series, error);
  if (status != OIO_OK) return status;
  struct mark *mark = find_mark(set, series, x, outcome->point);
  if (mark == NULL) return no_memory(error);
  uint64_t room = mark->room;
  if (!grow(&mark->value, mark->runs, &room, sizeof *mark->value) || !grow(&mark->x_value, mark->runs, &mark->room, sizeof *mark->x_value))
    return no_memory(error);
  mark->mixed = mark->mixed || mark->point != outcome->point;
  set->mixed = set->mixed || mark->mixed;
  mark->x_value[mark->runs] = x;
  mark->value[mark->runs++] = y / of;
  return OIO_OK;
}

enum oio_status series_add(struct series_set *set, const struct outcome *outcome, struct oio_error *error) {
  bool asked, there;
  double x = 0;
  enum oio_status status = is_asked_for(&set->query, outcome, &asked, error);
  if (status != OIO_OK || !asked) return status;
  if (!outcome->good) {
    set->bad++;
    return OIO_OK;
  }
  status = find_x(set, outcome, &x, &there, error);
  if (status != OIO_OK) return status;
  if (set->query.log_x && !set->worded && x <= 0) {
    set->outside++;
    return OIO_OK;
  }
  set->used++;
  for (unsigned f = 0; f < set->query.figures && status == OIO_OK; f++) status = add_figure(set, outcome, f, x, error);
  return status;
}

static int by_x(const void *a, const void *b) {
  const double x = ((const struct mark *)a)->x, y = ((const struct mark *)b)->x;
  return x < y ? -1 : x > y;
}

void series_finish(struct series_set *set) {
  for (unsigned i = 0; i < set->count; i++) {
    struct series *series = &set->series[i];
    for (uint64_t m = 0; m < series->marks; m++) {
      struct oio_estimate x;
      oio_estimate_of(&series->mark[m].y, series->mark[m].value, series->mark[m].runs);
      oio_estimate_of(&x, series->mark[m].x_value, series->mark[m].runs);
      series->mark[m].x = x.mean;
    }
    /* A measured x need not rise with what is swept: a curve may turn back. */
    if (!set->measured) qsort(series->mark, series->marks, sizeof *series->mark, by_x);
  }
}

void series_free(struct series_set *set) {
  for (unsigned i = 0; i < set->count; i++) {
    for (uint64_t m = 0; m < set->series[i].marks; m++) {
      free(set->series[i].mark[m].value);
      free(set->series[i].mark[m].x_value);
    }
    free(set->series[i].mark);
  }
  for (uint64_t i = 0; i < set->words; i++) free(set->word[i]);
  free(set->word);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "overview.h"

#include "outcome.h"
#include "page.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 40, NAME_BYTES = 400, FIGURES = 3 };

static const struct {
  const char *name, *title;
  double unit, quantile; /* quantile: in the latencies of all seeds together; -1: the mean over them */
} figures[FIGURES] = {{"p50", "p50 ns", 1e3, 0.5}, {"p99", "p99 ns", 1e3, 0.99}, {"goodput", "goodput Gb/s", 1e9, -1}};

/* A figure over points: its lowest and highest, and where those are. */
struct extent {
  double low, high;
  char low_at[NAME_BYTES], high_at[NAME_BYTES];
};

struct row {
  char name[NAME_BYTES]; /* of a point, or of the value that its points share */
  uint64_t points, bad;
  char why[120]; /* the first that is not good */
  struct extent figure[FIGURES];
};

struct overview {
  struct row all, point;    /* point: the one that is being gathered */
  struct row row[ROWS_MAX]; /* of points while there are so few, of values of the first key after */
  unsigned rows;
  bool by_value, overflow;
  char value[NAME_BYTES], key[NAME_BYTES]; /* of the point: of its first key */
};

static void start_row(struct row *row, const char *name) {
  memset(row, 0, sizeof *row);
  snprintf(row->name, sizeof row->name, "%s", name);
  for (unsigned f = 0; f < FIGURES; f++) row->figure[f].low = row->figure[f].high = NAN;
}

static void widen(struct extent *extent, const struct extent *by, const char *at) {
  if (isnan(by->low)) return;
  if (isnan(extent->low) || by->low < extent->low) {
    extent->low = by->low;
    snprintf(extent->low_at, sizeof extent->low_at, "%s", at);
  }
  if (isnan(extent->high) || by->high > extent->high) {
    extent->high = by->high;
    snprintf(extent->high_at, sizeof extent->high_at, "%s", at);
  }
}

static void add_to(struct row *row, const struct row *point) {
  row->points++;
  if (point->bad > 0 && row->bad++ == 0) memcpy(row->why, point->why, sizeof row->why);
  for (unsigned f = 0; f < FIGURES; f++) widen(&row->figure[f], &point->figure[f], point->name);
}

/* A row of its own while there are few points; with one more than fit rows are by the value of the first key. */
static void add_row(struct overview *o) {
  if (o->overflow) return;
  if (!o->by_value && o->rows < ROWS_MAX) {
    o->row[o->rows] = o->point;
    o->row[o->rows++].points = 1;
    return;
  }
  unsigned i = 0;
  while (i < o->rows && strcmp(o->row[i].name, o->value) != 0) i++;
  if (i == ROWS_MAX) {
    o->overflow = true;
    return;
  }
  if (i == o->rows) start_row(&o->row[o->rows++], o->value);
  add_to(&o->row[i], &o->point);
}

static void name_point(struct overview *o, const struct outcome *outcome) {
  char value[OUTCOME_TEXT_BYTES], name[NAME_BYTES] = "";
  const char *key;
  json_t *at;
  size_t used = 0;
  o->key[0] = '\0';
  json_object_foreach(json_object_get(outcome->object, "values"), key, at) {
    outcome_show(at, value);
    if (used == 0) {
      snprintf(o->value, sizeof o->value, "%s=%.300s", key, value);
      snprintf(o->key, sizeof o->key, "%s", key);
    }
    used += (size_t)snprintf(name + used, sizeof name - used, "%s%s=%.300s", used == 0 ? "" : " ", key, value);
    if (used >= sizeof name) used = sizeof name - 1;
  }
  start_row(&o->point, name);
}

/* Why a run is not good, in a few words. */
static void note_fault(struct row *point, const struct outcome *outcome) {
  const char *failure = json_string_value(json_object_get(json_object_get(outcome->object, "results"), "failure"));
  if (point->bad++ > 0) return;
  if (outcome->error[0] != '\0')
    snprintf(point->why, sizeof point->why, "refused: %.100s", outcome->error);
  else
    snprintf(point->why, sizeof point->why, "not good%s%.100s", failure != NULL && *failure != '\0' ? ": " : "",
             failure != NULL ? failure : "");
}

/* Latencies are of all seeds together; what is no latency is their mean. */
static void set_figures(struct row *point, const double *sums, uint64_t runs, const struct oio_histogram *latency) {
  for (unsigned f = 0; f < FIGURES; f++) {
    double value = runs > 0 ? sums[f] / (double)runs : NAN;
    if (figures[f].quantile >= 0 && latency->buckets != NULL && latency->count > 0)
      value = (double)oio_histogram_quantile(latency, figures[f].quantile);
    if (figures[f].quantile >= 0 && runs > 0 && value <= 0) value = NAN; /* nothing was delivered */
    point->figure[f].low = point->figure[f].high = value / figures[f].unit;
  }
}

/* Takes the lines of one point, from *index on. */
static enum oio_status gather_point(struct overview *o, const struct store *store, uint64_t *index, bool several, struct oio_error *error) {
  struct oio_histogram latency = {.count = 0};
  double sums[FIGURES] = {0};
  uint64_t runs = 0, point = 0;
  enum oio_status status = several ? oio_histogram_create(&latency) : OIO_OK;
  if (status != OIO_OK) return oio_error_set(error, status, "out of memory; close other programs");
  for (bool first = true; *index < store->lines && status == OIO_OK; first = false) {
    struct outcome outcome;
    char *text = store_text(store, *index, error);
    status = text == NULL ? OIO_ERR_IO : outcome_read(&outcome, text, several, error);
    free(text);
    if (status != OIO_OK) break;
    const bool same = first || outcome.point == point;
    if (first) name_point(o, &outcome);
    point = outcome.point;
    if (same) {
      double value;
      ++*index;
      if (!outcome.good) note_fault(&o->point, &outcome);
      if (outcome.error[0] == '\0') runs++;
      for (unsigned f = 0; f < FIGURES; f++) sums[f] += outcome_figure(&outcome, figures[f].name, &value) ? value : 0;
      if (several) outcome_add_latency(&outcome, &latency);
    }
    outcome_free(&outcome);
    if (!same) break;
  }
  if (status == OIO_OK) set_figures(&o->point, sums, runs, &latency);
  oio_histogram_destroy(&latency);
  return status;
}

static void put_figure(FILE *out, const struct extent *extent, bool range) {
  char text[64];
  if (isnan(extent->low))
    snprintf(text, sizeof text, "-");
  else if (range && extent->low < extent->high)
    snprintf(text, sizeof text, "%.1f-%.1f", extent->low, extent->high);
  else
    snprintf(text, sizeof text, "%.1f", extent->low);
  fprintf(out, "  %*s", range ? 17 : 12, text);
}

static void put_row(FILE *out, const struct row *row, int width, bool range) {
  fprintf(out, "%-*s", width, row->name);
  for (unsigned f = 0; f < FIGURES; f++) put_figure(out, &row->figure[f], range);
  if (range) fprintf(out, "  %6" PRIu64, row->points);
  if (row->bad > 0 && range)
    fprintf(out, "  %" PRIu64 " not good", row->bad);
  else if (row->bad > 0)
    fprintf(out, "  %s", row->why);
  fputs("\n", out);
}

static void put_extents(FILE *out, const struct overview *o) {
  for (unsigned f = 1; f < FIGURES; f++) {
    const struct extent *extent = &o->all.figure[f];
    if (isnan(extent->low) || extent->low >= extent->high) continue;
    const bool high_is_best = figures[f].quantile < 0;
    fprintf(out, "best %-13s%12.1f  %s\n", figures[f].title, high_is_best ? extent->high : extent->low,
            high_is_best ? extent->high_at : extent->low_at);
    fprintf(out, "worst %-12s%12.1f  %s\n", figures[f].title, high_is_best ? extent->low : extent->high,
            high_is_best ? extent->low_at : extent->high_at);
  }
}

static void put(FILE *out, const struct overview *o) {
  int width = 4;
  for (unsigned i = 0; i < o->rows; i++) width = (int)fmax(width, (double)strlen(o->row[i].name));
  if (!o->overflow) {
    fprintf(out, "%-*s", width, "");
    for (unsigned f = 0; f < FIGURES; f++) fprintf(out, "  %*s", o->by_value ? 17 : 12, figures[f].title);
    fputs(o->by_value ? "  points\n" : "\n", out);
    for (unsigned i = 0; i < o->rows; i++) put_row(out, &o->row[i], width, o->by_value);
  }
  put_extents(out, o);
}

/* More points than rows: again, by value. */
static enum oio_status gather(struct overview *o, const struct store *store, bool by_value, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  const bool several = store->lines > 0 && strstr(store->head, "\"repeat\":1,") == NULL;
  memset(o, 0, sizeof *o);
  o->by_value = by_value;
  start_row(&o->all, "");
  for (uint64_t index = 0; index < store->lines && status == OIO_OK;) {
    status = gather_point(o, store, &index, several, error);
    if (status != OIO_OK) break;
    add_to(&o->all, &o->point);
    if (o->all.points > ROWS_MAX && !by_value) return gather(o, store, true, error);
    add_row(o);
  }
  return status;
}

int overview_print(struct store *store) {
  struct oio_error error = {""};
  struct page page;
  char *text = NULL;
  struct overview *o = malloc(sizeof *o);
  store_sort(store);
  enum oio_status status = o == NULL ? OIO_ERR_NOMEM : gather(o, store, false, &error);
  if (status == OIO_OK && page_begin(&page)) {
    put(page.out, o);
    fprintf(page.out, "%" PRIu64 " points, %" PRIu64 " runs%s%s\n", o->all.points, store->lines, store->path != NULL ? ", in " : "",
            store->path != NULL ? store->path : "");
    text = page_end(&page);
  }
  free(o);
  if (text != NULL) fputs(text, stdout);
  if (text == NULL) fprintf(stderr, "oio sweep: %s\n", error.text[0] != '\0' ? error.text : "out of memory; close other programs");
  free(text);
  return text != NULL ? EXIT_DONE : EXIT_UNUSABLE;
}

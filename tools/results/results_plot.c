/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results plot`: the line charts of `oio sweep plot`, of runs in a database. */
#include "chart.h"
#include "oio/results.h"
#include "options.h"
#include "outputs.h"
#include "page.h"
#include "results_verbs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is drawn, by columns. */
struct plot {
  struct column x, by, y[SERIES_FIGURES_MAX];
  struct series_set *set;
};

static bool is_figure(const struct column *column) {
  return column->type == COLUMN_WHOLE || column->type == COLUMN_REAL;
}

static enum oio_status resolve(struct plot *plot, const struct results_db *db, const struct results_asked *asked, struct oio_error *error) {
  struct series_query *query = &plot->set->query;
  enum oio_status status = column_named(db, asked->x, &plot->x, error);
  if (status == OIO_OK && asked->by != NULL) status = column_named(db, asked->by, &plot->by, error);
  for (unsigned i = 0; i < asked->ys && status == OIO_OK; i++) {
    status = column_named(db, asked->y[i], &plot->y[i], error);
    if (status == OIO_OK && !is_figure(&plot->y[i]))
      status = oio_error_set(error, OIO_ERR_CONFIG, "--y %.60s: that is no figure", asked->y[i]);
    query->y[i] = plot->y[i].name;
  }
  query->x = plot->x.name;
  query->by = asked->by != NULL ? plot->by.name : NULL;
  query->figures = asked->ys;
  query->log_x = asked->log != NULL && strchr(asked->log, 'x') != NULL;
  query->log_y = asked->log != NULL && strchr(asked->log, 'y') != NULL;
  double of;
  for (unsigned i = 1; i < asked->ys && status == OIO_OK; i++) {
    if (strcmp(series_unit(query->y[i], &of), series_unit(query->y[0], &of)) != 0)
      status = oio_error_set(error, OIO_ERR_CONFIG, "%.60s and %.60s have different units; draw two charts", query->y[0], query->y[i]);
  }
  return status;
}

static json_t *value_of(sqlite3_stmt *row, int at) {
  switch (sqlite3_column_type(row, at)) {
  case SQLITE_INTEGER:
    return json_integer(sqlite3_column_int64(row, at));
  case SQLITE_FLOAT:
    return json_real(sqlite3_column_double(row, at));
  case SQLITE_TEXT:
    return json_string(results_db_text(row, at));
  default:
    return NULL;
  }
}

/* A figure is one of the results, anything else a value that the run was asked for with; of one that has none it is nothing. False: out of
 * memory. */
static bool put(json_t *values, json_t *results, const struct column *column, sqlite3_stmt *row, int at) {
  json_t *to = is_figure(column) ? results : values;
  if (results_db_is_null(row, at)) return is_figure(column) || json_object_set_new(to, column->name, json_string("")) == 0;
  return json_object_set_new(to, column->name, value_of(row, at)) == 0;
}

/* A row as a line of a sweep would be read. False: out of memory. */
static bool make_outcome(const struct plot *plot, sqlite3_stmt *row, struct outcome *outcome) {
  json_t *values = json_object(), *results = json_object();
  int at = 2;
  *outcome = (struct outcome){
      .object = json_object(), .point = (uint64_t)sqlite3_column_int64(row, 0), .good = sqlite3_column_int(row, 1) != 0, .error = ""};
  bool good = put(values, results, &plot->x, row, at++);
  if (plot->set->query.by != NULL) good = put(values, results, &plot->by, row, at++) && good;
  for (unsigned i = 0; i < plot->set->query.figures; i++) good = put(values, results, &plot->y[i], row, at++) && good;
  good = json_object_set_new(outcome->object, "values", values) == 0 && good;
  return json_object_set_new(outcome->object, "results", results) == 0 && good;
}

static enum oio_status add_row(struct plot *plot, sqlite3_stmt *row, struct oio_error *error) {
  struct outcome outcome;
  enum oio_status status = OIO_OK;
  if (!make_outcome(plot, row, &outcome))
    status = oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  else if (is_figure(&plot->x) && results_db_is_null(row, 2) && outcome.good)
    plot->set->missing++;
  else
    status = series_add(plot->set, &outcome, error);
  outcome_free(&outcome);
  return status;
}

/* Runs that differ in their seed alone are of one point. */
static sqlite3_stmt *prepare(const struct plot *plot, const struct results_db *db, const struct results_asked *asked,
                             struct oio_error *error) {
  struct page page;
  if (!page_begin(&page)) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs"), NULL;
  fprintf(page.out, "dense_rank() OVER (ORDER BY run.host, run.label, run.workload, run.asked), run.result = 'good', %s", plot->x.sql);
  if (asked->by != NULL) fprintf(page.out, ", %s", plot->by.sql);
  for (unsigned i = 0; i < asked->ys; i++) fprintf(page.out, ", %s", plot->y[i].sql);
  char *sql = page_end(&page);
  if (sql == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs"), NULL;
  sqlite3_stmt *row = selection_prepare(db, &asked->selection, sql, error);
  free(sql);
  return row;
}

static enum oio_status gather(struct plot *plot, const struct results_db *db, const struct results_asked *asked, struct oio_error *error) {
  sqlite3_stmt *row = prepare(plot, db, asked, error);
  enum oio_status status = row == NULL ? OIO_ERR_IO : OIO_OK;
  while (status == OIO_OK && sqlite3_step(row) == SQLITE_ROW) status = add_row(plot, row, error);
  status = results_db_end(db, row, status, error);
  if (status == OIO_OK && plot->set->count == 0)
    return oio_error_set(error, OIO_ERR_CONFIG, "there is nothing to draw: %s",
                         plot->set->bad > 0 ? "no run is good" : "no run is such, or has that figure");
  return status;
}

static bool deliver(const struct plot *plot, const struct results_asked *asked, bool drawing, struct oio_error *error) {
  const char *path = drawing ? asked->svg : asked->csv;
  struct page page;
  if (path == NULL) return true;
  char *text = NULL;
  if (page_begin(&page)) {
    if (drawing)
      chart_draw(page.out, plot->set, asked->title, false);
    else
      chart_list(page.out, plot->set);
    text = page_end(&page);
  }
  bool good = text != NULL;
  if (!good) oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  if (good) good = strcmp(path, "-") == 0 ? outputs_print(text, error) : oio_write_whole(path, text, error) == OIO_OK;
  free(text);
  return good;
}

/* What the reader of a chart has to know. */
static void say_notes(const struct series_set *set) {
  if (set->bad > 0) fprintf(stderr, "oio results plot: %" PRIu64 " runs that are not good are left out\n", set->bad);
  if (set->missing > 0) fprintf(stderr, "oio results plot: %" PRIu64 " runs have no such figure, and are left out\n", set->missing);
  if (set->outside > 0)
    fprintf(stderr, "oio results plot: %" PRIu64 " runs are not above 0 on a logarithmic axis, and are left out\n", set->outside);
  if (set->mixed)
    fprintf(stderr,
            "oio results plot: marks are means over points that differ in other keys; choose with --where, or show one with --by\n");
}

int results_plot(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {""};
  struct plot plot = {.set = NULL};
  if (asked->x == NULL || asked->ys == 0) return results_refuse(asked->verb, "say what to draw, with --x NAME and --y FIGURE");
  if (asked->svg == NULL && asked->csv == NULL) return results_refuse(asked->verb, "say where to, with --svg OUT or --csv OUT");
  if (asked->log != NULL && (*asked->log == '\0' || asked->log[strspn(asked->log, "xy")] != '\0'))
    return results_refuse(asked->verb, "--log is x, y or xy, not '%.20s'", asked->log);
  plot.set = calloc(1, sizeof *plot.set);
  if (plot.set == NULL) return results_refuse(asked->verb, "out of memory; close other programs");
  bool good = resolve(&plot, db, asked, &error) == OIO_OK && gather(&plot, db, asked, &error) == OIO_OK;
  if (good) series_finish(plot.set);
  good = good && deliver(&plot, asked, true, &error) && deliver(&plot, asked, false, &error);
  if (good) say_notes(plot.set);
  series_free(plot.set);
  free(plot.set);
  if (good) return EXIT_DONE;
  return error.text[0] != '\0' ? results_refuse(asked->verb, "%s", error.text) : EXIT_UNUSABLE;
}

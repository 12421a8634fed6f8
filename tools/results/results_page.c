/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results html`: runs as one HTML page that needs nothing else: their columns as JSON, and a script that filters and draws them. */
#include "results_page.h"
#include "oio/results.h"
#include "options.h"
#include "page.h"
#include "results_embedded.h"
#include "results_figures.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 128, KEYS_MAX = 40, CDF_RUNS_MAX = 1000, CDF_POINTS = 101 };

struct shown {
  struct column column[COLUMNS_MAX];
  unsigned columns;
};

static enum oio_status add(struct shown *shown, const struct results_db *db, const char *name, struct oio_error *error) {
  const enum oio_status status = column_named(db, name, &shown->column[shown->columns], error);
  shown->columns += status == OIO_OK;
  return status;
}

/* Where what is asked of all runs is more than 0. */
static enum oio_status add_if(struct shown *shown, const struct results_db *db, const struct selection *selection, const char *sql,
                              const char *name, struct oio_error *error) {
  const int64_t answer = selection_ask(db, selection, sql, error);
  return answer < 0 ? OIO_ERR_IO : answer > 0 ? add(shown, db, name, error) : OIO_OK;
}

/* Those by which runs are known, keys and figures that are not the same in all of them, and the headline figures. */
static enum oio_status choose(struct shown *shown, const struct results_db *db, const struct selection *selection,
                              struct oio_error *error) {
  static const char *const first[] = {"id", "command", "workload", "seed", "result"};
  static const char *const always[] = {"latency_min_ps", "latency_p50_ps",  "latency_p99_ps",
                                       "latency_max_ps", "latency_mean_ps", "goodput_bits_per_s"};
  enum oio_status status = OIO_OK;
  for (size_t i = 0; i < sizeof first / sizeof first[0] && status == OIO_OK; i++) status = add(shown, db, first[i], error);
  if (status == OIO_OK) status = add_if(shown, db, selection, "count(run.label)", "label", error);
  unsigned keys = 0;
  if (status == OIO_OK) status = selection_keys(db, selection, &shown->column[shown->columns], KEYS_MAX, &keys, error);
  shown->columns += keys;
  for (unsigned i = 0; i < results_figures() && status == OIO_OK; i++) {
    const char *name = results_figure_at(i)->name;
    char sql[COLUMN_NAME_BYTES * 2 + 40];
    bool wanted = false;
    for (size_t k = 0; k < sizeof always / sizeof always[0]; k++) wanted |= strcmp(name, always[k]) == 0;
    snprintf(sql, sizeof sql, "min(run.%s) < max(run.%s)", name, name);
    status = wanted ? add(shown, db, name, error) : add_if(shown, db, selection, sql, name, error);
  }
  return status;
}

/* Text within a page's data, which "</script>" would end. */
static void put_text(FILE *out, const char *text) {
  putc('"', out);
  for (; *text != '\0'; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c < ' ' || c == '<')
      fprintf(out, "\\u%04x", c);
    else
      putc(c, out);
  }
  putc('"', out);
}

/* Numbers as they are; a text only where it is another than the one before, for which there is 1. */
static void put_values(FILE *out, sqlite3_stmt *row, bool text) {
  char before[512] = "";
  for (bool first = true; sqlite3_step(row) == SQLITE_ROW; first = false) {
    const char *value = results_db_text(row, 0);
    if (!first) putc(',', out);
    if (!text) {
      fputs(results_db_is_null(row, 0) ? "null" : value, out);
    } else if (strcmp(value, before) == 0) {
      putc('1', out);
    } else {
      put_text(out, value);
      snprintf(before, sizeof before, "%s", value);
    }
  }
}

/* How many values are text: a key whose values are all numbers is one. -1 after an error. */
static int64_t texts(const struct results_db *db, const struct selection *selection, const struct column *column, struct oio_error *error) {
  char sql[COLUMN_SQL_BYTES + 60];
  if (column->type != COLUMN_KEY) return column->type == COLUMN_TEXT;
  snprintf(sql, sizeof sql, "count(*) FILTER (WHERE typeof(%s) = 'text')", column->sql);
  return selection_ask(db, selection, sql, error);
}

static enum oio_status put_column(FILE *out, const struct results_db *db, const struct selection *selection, const struct column *column,
                                  struct oio_error *error) {
  const int64_t text = texts(db, selection, column, error);
  sqlite3_stmt *row = text < 0 ? NULL : selection_prepare(db, selection, column->sql, error);
  if (row == NULL) return OIO_ERR_IO;
  fprintf(out, "{\"name\":\"%s\",\"text\":%s,\"values\":[", column->name, text > 0 ? "true" : "false");
  put_values(out, row, text > 0);
  fputs("]}", out);
  return results_db_end(db, row, OIO_OK, error);
}

/* The latency that i of 100 messages do not exceed, of a histogram's buckets: [[top,count],...]. */
static void put_quantiles(FILE *out, const char *buckets, uint64_t count, uint64_t least) {
  uint64_t seen = 0, top = least;
  char *at = (char *)(uintptr_t)buckets;
  fprintf(out, "[%llu", (unsigned long long)least);
  for (unsigned i = 1; i < CDF_POINTS; i++) {
    while (seen * (CDF_POINTS - 1) < i * count && (at = strpbrk(at, "0123456789")) != NULL) {
      top = strtoull(at, &at, 10);
      seen += strtoull(at + 1, &at, 10);
    }
    fprintf(out, ",%llu", (unsigned long long)top);
    if (at == NULL) at = (char *)(uintptr_t) "";
  }
  putc(']', out);
}

static enum oio_status put_distributions(FILE *out, const struct results_db *db, const struct selection *selection,
                                         struct oio_error *error) {
  static const char sql[] =
      "(SELECT json_extract(latency, '$.buckets') FROM answer WHERE answer.run = run.id), run.latency_count, run.latency_min_ps";
  sqlite3_stmt *row = selection_prepare(db, selection, sql, error);
  if (row == NULL) return OIO_ERR_IO;
  putc('[', out);
  for (bool first = true; sqlite3_step(row) == SQLITE_ROW; first = false) {
    const char *buckets = results_db_text(row, 0);
    if (!first) putc(',', out);
    if (results_db_is_null(row, 0) || sqlite3_column_int64(row, 1) <= 0)
      fputs("null", out);
    else
      put_quantiles(out, buckets, (uint64_t)sqlite3_column_int64(row, 1), (uint64_t)sqlite3_column_int64(row, 2));
  }
  putc(']', out);
  return results_db_end(db, row, OIO_OK, error);
}

static enum oio_status put_data(FILE *out, const struct results_db *db, const struct results_asked *asked, struct oio_error *error) {
  struct shown shown = {.columns = 0};
  const int64_t all = selection_ask(db, &asked->selection, "count(*)", error);
  const int64_t limit = (int64_t)asked->selection.limit, runs = limit > 0 && limit < all ? limit : all;
  enum oio_status status = all < 0 ? OIO_ERR_IO : choose(&shown, db, &asked->selection, error);
  if (status != OIO_OK) return status;
  fprintf(out, "{\"oio_results_page\":1,\"version\":\"%s\",\"runs\":%lld,\"title\":", oio_version(), (long long)runs);
  put_text(out, asked->title != NULL ? asked->title : asked->word[0]);
  fputs(",\"columns\":[", out);
  for (unsigned i = 0; i < shown.columns && status == OIO_OK; i++) {
    if (i > 0) fputs(",\n", out);
    status = put_column(out, db, &asked->selection, &shown.column[i], error);
  }
  fputs("],\n\"cdf\":", out);
  if (status == OIO_OK && runs <= CDF_RUNS_MAX)
    status = put_distributions(out, db, &asked->selection, error);
  else
    fputs("null", out);
  fputs("}\n", out);
  return status;
}

static void put(FILE *out, const unsigned char *bytes, size_t nbytes) {
  fwrite(bytes, 1, nbytes, out);
}

static enum oio_status put_page(FILE *out, const struct results_db *db, const struct results_asked *asked, struct oio_error *error) {
  fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>oio results</title>\n<style>\n",
        out);
  put(out, results_chart_css, results_chart_css_size);
  fputs("\n", out);
  put(out, results_page_css, results_page_css_size);
  put(out, results_own_css, results_own_css_size);
  fputs("</style>\n</head>\n<body>\n<script type=\"application/json\" id=\"data\">\n", out);
  const enum oio_status status = put_data(out, db, asked, error);
  fputs("</script>\n<script>\n/* uPlot, which draws the charts:\n", out);
  put(out, results_chart_licence, results_chart_licence_size);
  fputs("*/\n", out);
  put(out, results_chart_js, results_chart_js_size);
  fputs("</script>\n<script>\n", out);
  put(out, results_charts_js, results_charts_js_size);
  fputs("</script>\n<script>\n", out);
  put(out, results_own_js, results_own_js_size);
  fputs("</script>\n</body>\n</html>\n", out);
  return status;
}

char *results_page_make(const struct results_db *db, const struct results_asked *asked, struct oio_error *error) {
  struct page page;
  enum oio_status status = OIO_ERR_NOMEM;
  char *text = NULL;
  if (page_begin(&page)) {
    status = results_db_execute(db, "BEGIN", error); /* all columns of one state, whoever adds runs meanwhile */
    if (status == OIO_OK) status = put_page(page.out, db, asked, error);
    results_db_execute(db, "ROLLBACK", NULL);
    text = page_end(&page);
  }
  if (text == NULL && (status == OIO_OK || error->text[0] == '\0'))
    oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  if (status == OIO_OK) return text;
  free(text);
  return NULL;
}

int results_html(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {""};
  if (asked->out == NULL || strcmp(asked->out, "-") == 0) return results_refuse(asked->verb, "say where to, with -o OUT");
  char *text = results_page_make(db, asked, &error);
  const enum oio_status status = text == NULL ? OIO_ERR_IO : oio_write_whole(asked->out, text, &error);
  free(text);
  return status == OIO_OK ? EXIT_DONE : results_refuse(asked->verb, "%s", error.text);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "point.h"

#include "machine.h"
#include "oio/results.h"
#include "page.h"
#include "quoted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_PER_LOOK = 65536 };

struct one_point {
  const struct grid *grid;
  uint64_t number;
  struct options options;
  struct oio_trace_reader *reader;
  struct oio_sim *sim;
  struct oio_results results;
};

/* Those that differ from run to run, and those that the head has. */
static const char *const left_out[] = {"oio_results", "wall_s", "cpu_s", "flit_hops_per_cpu_s", "repeat", "config", NULL};

/* Others may take now what they give back when they are done. */
static enum oio_status find_room(const struct one_point *p, const struct point_host *host, struct oio_error *error) {
  for (bool more = true;;) {
    const enum oio_status status = machine_has_room(&p->options.config, error);
    if (status != OIO_ERR_NOMEM || !more) return status;
    more = host->wait(host->context);
  }
}

static enum oio_status begin(struct one_point *p, const struct point_host *host, struct oio_error *error) {
  enum oio_status status = grid_resolve(p->grid, p->number, &p->options, error);
  if (status == OIO_OK && p->options.trace != NULL) status = oio_trace_open(&p->reader, p->options.trace, error);
  if (status == OIO_OK) status = find_room(p, host, error);
  if (status == OIO_OK) status = oio_sim_create(&p->sim, &p->options.config, p->reader, NULL, error);
  return status;
}

static enum oio_status carry_out(struct one_point *p, const struct point_host *host, struct oio_error *error) {
  enum oio_status status = begin(p, host, error);
  for (bool more = true; more && status == OIO_OK;) {
    status = oio_sim_run(p->sim, EVENTS_PER_LOOK, &more, error);
    host->progress(host->context, oio_sim_fraction(p->sim));
  }
  if (status == OIO_OK) error->text[0] = '\0'; /* of a wait for memory */
  if (status == OIO_OK) oio_sim_get_results(p->sim, &p->results);
  return status;
}

/* Numbers are shown as they were given: 0.1, not what a double makes of it. */
static void put_values(FILE *out, const struct one_point *p) {
  char value[RANGE_VALUE_BYTES];
  fputs("\"values\":{", out);
  for (unsigned i = 0; i < p->grid->ranges; i++) {
    const struct range *range = &p->grid->range[i];
    grid_value(p->grid, p->number, i, value);
    fprintf(out, "%s\"%s\":", i == 0 ? "" : ",", range->key);
    if (range->quoted)
      quoted_put(out, value);
    else
      fprintf(out, "%.15g", strtod(value, NULL));
  }
  putc('}', out);
}

/* A detail is shown where it was asked for by name. False: out of memory. */
static bool put_results(FILE *out, const struct one_point *p) {
  const bool detailed = p->grid->base.config.detail == OIO_DETAIL_ON;
  const struct oio_run run = {.host = "event simulator",
                              .workload = options_workload(&p->options),
                              .net = detailed ? oio_sim_net(p->sim) : NULL,
                              .drawn = oio_net_drawn(oio_sim_net(p->sim)),
                              .traffic = detailed ? oio_sim_traffic(p->sim) : NULL};
  char *json = oio_results_json(&p->results, &p->options.config, &run);
  if (json == NULL) return false;
  fputs(",\"results\":", out);
  quoted_put_compact(out, json, left_out);
  free(json);
  quoted_put_latency(out, oio_traffic_latency(oio_sim_traffic(p->sim)));
  return true;
}

static char *make_line(const struct one_point *p, enum oio_status status, const struct oio_error *error) {
  struct page page;
  bool whole = true;
  if (!page_begin(&page)) return NULL;
  fprintf(page.out, "{\"number\":%" PRIu64 ",\"point\":%" PRIu64 ",\"seed\":%" PRIu64 ",", p->number, p->number / p->grid->repeat,
          p->options.config.seed);
  put_values(page.out, p);
  fprintf(page.out, ",\"good\":%s,\"error\":", status == OIO_OK && oio_results_good(&p->results) ? "true" : "false");
  quoted_put(page.out, error->text);
  if (status == OIO_OK) whole = put_results(page.out, p);
  fputs("}\n", page.out);
  char *line = page_end(&page);
  if (whole) return line;
  free(line);
  return NULL;
}

char *point_run(const struct grid *grid, uint64_t number, const struct point_host *host, struct oio_error *error) {
  struct one_point p = {.grid = grid, .number = number};
  const enum oio_status status = carry_out(&p, host, error);
  const bool possible = status != OIO_ERR_NOMEM && status != OIO_ERR_IO;
  char *line = possible ? make_line(&p, status, error) : NULL;
  if (possible && line == NULL) oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  oio_sim_destroy(p.sim);
  if (p.reader != NULL) oio_trace_close(p.reader);
  return line;
}

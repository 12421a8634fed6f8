/* SPDX-License-Identifier: Apache-2.0 */
/* A run as one line of CSV: what came out, and every key that it was asked for with. The columns are the same for every run. */
#include "oio/results.h"
#include "report/sheet.h"

#include <stdio.h>
#include <string.h>

struct row {
  struct oio_text *text;
  bool names;
  unsigned count;
};

static void separate(struct row *row) {
  if (row->count++ > 0) oio_text_add(row->text, ",");
}

static void put(struct row *row, const char *name, const struct oio_cell *cell) {
  separate(row);
  if (row->names) {
    oio_text_add(row->text, "%s", name);
  } else {
    oio_sheet_csv_cell(row->text, cell);
  }
}

static void whole(struct row *row, const char *name, uint64_t value) {
  put(row, name, &(struct oio_cell){.kind = OIO_CELL_WHOLE, .whole = value});
}

static void real(struct row *row, const char *name, double value) {
  put(row, name, &(struct oio_cell){.kind = OIO_CELL_REAL, .real = value});
}

/* Empty where the schedule does not say when. */
static void put_down(struct row *row, const struct oio_fault_totals *faults) {
  const bool unknown = faults->down_unknown;
  put(row, "fault_down_ps", &(struct oio_cell){.kind = unknown ? OIO_CELL_NOTHING : OIO_CELL_WHOLE, .whole = faults->down_ps});
  put(row, "availability", &(struct oio_cell){.kind = unknown ? OIO_CELL_NOTHING : OIO_CELL_REAL, .real = faults->availability});
  put(row, "all_up", &(struct oio_cell){.kind = unknown ? OIO_CELL_NOTHING : OIO_CELL_REAL, .real = faults->all_up});
}

static void put_counts(struct row *row, const struct oio_results *r) {
  const struct oio_traffic_counts *t = &r->traffic;
  const struct oio_link_totals *l = &r->links;
  whole(row, "sent", t->sent);
  whole(row, "delivered", t->delivered);
  whole(row, "lost", t->lost);
  whole(row, "outstanding", t->outstanding);
  whole(row, "bytes", t->bytes);
  whole(row, "payload", l->payload);
  whole(row, "nop", l->nop);
  whole(row, "replayed", l->replayed);
  whole(row, "duplicate", l->duplicate);
  whole(row, "retries", l->retries_crc + l->retries_sequence + l->retries_timeout);
  whole(row, "undetected", l->undetected);
  whole(row, "fec_codewords", r->fec.codewords);
  whole(row, "fec_corrected_symbols", r->fec.corrected_symbols);
  whole(row, "fec_uncorrectable_codewords", r->fec.uncorrectable_codewords);
  whole(row, "fec_miscorrected_codewords", r->fec.miscorrected_codewords);
  whole(row, "fec_condemned_flits", r->fec.condemned_flits);
  whole(row, "fault_events", r->faults.events);
  whole(row, "fault_dark_flits", r->faults.dark_flits);
  whole(row, "fault_remaps", r->faults.remaps);
  whole(row, "fault_missing_lanes", r->faults.missing_lanes);
  put_down(row, &r->faults);
}

static void put_times(struct row *row, const struct oio_results *r) {
  static const char *const parts[OIO_PART_COUNT] = {"queue_ps", "serialise_ps", "flight_ps", "logic_ps", "fec_ps", "retry_ps"};
  static const char *const path[OIO_PATH_PARTS] = {"path_compute_ps", "path_latency_ps", "path_bandwidth_ps", "path_queue_ps",
                                                   "path_retry_ps",   "path_offered_ps", "path_unknown_ps"};
  whole(row, "sim_time_ps", r->sim_time_ps);
  real(row, "goodput_bits_per_s", r->goodput_bits_per_s);
  whole(row, "latency_min_ps", r->latency_min_ps);
  real(row, "latency_mean_ps", r->latency_mean_ps);
  whole(row, "latency_p50_ps", r->latency_p50_ps);
  whole(row, "latency_p99_ps", r->latency_p99_ps);
  whole(row, "latency_p999_ps", r->latency_p999_ps);
  whole(row, "latency_max_ps", r->latency_max_ps);
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) real(row, parts[part], r->latency_parts_ps[part]);
  real(row, "iteration_ps", r->iteration_ps);
  real(row, "exposed_ps", r->exposed_ps);
  real(row, "skew_ps", r->skew_ps);
  real(row, "efficiency", r->efficiency);
  real(row, "algorithm_bytes_per_s", r->algorithm_bytes_per_s);
  real(row, "bus_bytes_per_s", r->bus_bytes_per_s);
  for (unsigned part = 0; part < OIO_PATH_PARTS; part++) real(row, path[part], r->path_ps[part]);
}

static void put_keys(struct row *row, const struct oio_config *config) {
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    char value[1100];
    oio_config_describe(config, i, &key);
    separate(row);
    if (row->names) {
      oio_text_add(row->text, "%s", key.name);
    } else {
      oio_sheet_csv_text(row->text, oio_config_value(config, i, value, sizeof value));
    }
  }
}

char *oio_results_row(const struct oio_results *r, const struct oio_config *config) {
  const struct oio_results nothing = {0};
  struct oio_text text = {0};
  struct row row = {.text = &text, .names = r == NULL};
  struct oio_cell verdict = {.kind = OIO_CELL_TEXT};
  if (row.names) r = &nothing;
  snprintf(verdict.text, sizeof verdict.text, "%s", r->partial ? "partial" : oio_results_good(r) ? "good" : "bad");
  put(&row, "result", &verdict);
  put_counts(&row, r);
  put_times(&row, r);
  put_keys(&row, config);
  oio_text_add(&text, "\n");
  return oio_text_take(&text);
}

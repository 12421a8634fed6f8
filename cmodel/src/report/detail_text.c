/* SPDX-License-Identifier: Apache-2.0 */
#include "report/detail_text.h"

#include "base/precondition.h"
#include "report/figures.h"
#include "report/steady.h"
#include "report/tables.h"
#include "traffic/detail.h"

static const struct oio_detail *detail_of(const struct oio_run *run) {
  return run->net == NULL || run->traffic == NULL ? NULL : oio_traffic_detail(run->traffic);
}

static void json_estimate(struct oio_text *text, const char *name, const struct oio_estimate *estimate) {
  if (estimate->values < 2) {
    oio_text_add(text, ", \"%s\": null", name);
  } else {
    oio_text_add(text, ", \"%s\": {\"value\": %.6f, \"within\": %.6f}", name, estimate->mean, estimate->within);
  }
}

static void json_steady(struct oio_text *text, const struct oio_batches *batches) {
  struct oio_steady s;
  oio_steady(&s, batches);
  oio_text_add(text, "  \"steady_state\": {\"verdict\": \"%s\", \"batches\": %u, \"batch_messages\": %llu", oio_steady_word(s.verdict),
               s.batches, (unsigned long long)s.each);
  oio_text_add(text, ", \"first_half_ps\": %.6f, \"second_half_ps\": %.6f, \"correlation\": %.6f", s.first_half_ps, s.second_half_ps,
               s.correlation);
  json_estimate(text, "mean_ps", &s.mean);
  json_estimate(text, "p50_ps", &s.p50);
  json_estimate(text, "p99_ps", &s.p99);
  json_estimate(text, "p999_ps", &s.p999);
  oio_text_add(text, "},\n");
}

void oio_detail_json(struct oio_text *text, const struct oio_results *results, const struct oio_config *config, const struct oio_run *run) {
  const struct oio_detail *detail = detail_of(run);
  if (detail == NULL) {
    oio_text_add(text, "  \"steady_state\": null,\n  \"detail\": null,\n");
    return;
  }
  struct oio_tables *tables = oio_tables_create(results, config, run);
  json_steady(text, &detail->batches);
  oio_text_add(text, "  \"detail\": {\n    \"interval_ps\": %llu,\n    \"pairs_left_out\": %llu", (unsigned long long)results->interval_ps,
               (unsigned long long)results->pairs_left_out);
  text->out_of_memory |= tables == NULL;
  for (unsigned i = 0; i < OIO_TABLES_OF_DETAIL && tables != NULL; i++) {
    oio_text_add(text, ",\n    ");
    oio_sheet_json(text, &oio_table_sheets[i], tables);
  }
  oio_text_add(text, "\n  },\n");
  oio_tables_destroy(tables);
}

void oio_detail_line(struct oio_text *text, const struct oio_config *config, const struct oio_run *run) {
  static const char *const sentences[] = {"not known: the run is too short for ten batches", "no: the second half differs from the first",
                                          "not sure: neighbouring batches are alike; let it run longer", "yes"};
  const struct oio_detail *detail = detail_of(run);
  struct oio_steady s;
  if (detail == NULL || config->generator < OIO_SATURATE || config->generator > OIO_BURST) return;
  oio_steady(&s, &detail->batches);
  oio_text_add(text, "steady state   %s", sentences[s.verdict]);
  if (s.verdict != OIO_TOO_FEW)
    oio_text_add(text, "; mean %.1f ns within %.2f (95 %%, %u batches of %llu)", s.mean.mean / 1e3, s.mean.within / 1e3, s.batches,
                 (unsigned long long)s.each);
  oio_text_add(text, "\n");
}

void oio_detail_collectives(struct oio_text *text, const struct oio_config *config, const struct oio_run *run) {
  struct oio_collective_times times;
  if (detail_of(run) == NULL || config->generator != OIO_GENERATE_STEP) return;
  for (uint32_t i = 0; oio_traffic_get_collective(run->traffic, i, &times); i++) {
    if (times.counted == 0) continue;
    oio_text_add(text,
                 "  %-12s %s of %llu bytes, groups of %u, %u apart: %.3f us, %.3f exposed; %.2f GB/s of the buffer, %.2f GB/s of the bus\n",
                 times.kind, times.algorithm, (unsigned long long)times.bytes, times.group, times.stride, times.time_ps / 1e6,
                 times.exposed_ps / 1e6, times.algorithm_bytes_per_s / 1e9, times.bus_bytes_per_s / 1e9);
  }
}

const char *oio_results_table_name(unsigned table) {
  OIO_PRECONDITION(table < OIO_TABLES);
  return table < OIO_TABLES_OF_DETAIL ? oio_table_sheets[table].name : oio_repeat_sheet.name;
}

char *oio_results_csv(const struct oio_results *results, const struct oio_config *config, const struct oio_run *run, unsigned table) {
  OIO_PRECONDITION(table < OIO_TABLES && detail_of(run) != NULL);
  struct oio_text text = {0};
  if (table == OIO_TABLES_OF_DETAIL) {
    oio_sheet_csv(&text, &oio_repeat_sheet, run->repeat);
    return oio_text_take(&text);
  }
  struct oio_tables *tables = oio_tables_create(results, config, run);
  text.out_of_memory = tables == NULL;
  if (tables != NULL) oio_sheet_csv(&text, &oio_table_sheets[table], tables);
  oio_tables_destroy(tables);
  return oio_text_take(&text);
}

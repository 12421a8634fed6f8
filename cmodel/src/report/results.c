/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/results.h"

#include "oio/faults.h"
#include "oio/waivers.h"
#include "report/detail_text.h"
#include "report/figures.h"
#include "report/technology_text.h"
#include "report/text.h"

static const char *const part_names[OIO_PART_COUNT] = {"queue", "serialise", "flight", "logic", "fec", "retry"};

static const char *const path_names[OIO_PATH_PARTS] = {"compute", "latency", "bandwidth", "queue", "retry", "offered", "unknown"};

typedef unsigned long long whole;

static uint64_t hops(const struct oio_results *r) {
  return r->links.payload + r->links.nop + r->links.replayed;
}

static double hops_per_cpu_s(const struct oio_results *r) {
  return r->cpu_s > 0 ? (double)hops(r) / r->cpu_s : 0;
}

bool oio_results_good(const struct oio_results *r) {
  const struct oio_traffic_counts *t = &r->traffic;
  if (t->duplicated + t->reordered + t->revived + t->corrupted + r->links.failed + r->findings > 0 || r->stalled) return false;
  return t->lost == t->dropped;
}

static void json_config(struct oio_text *text, const struct oio_config *config) {
  oio_text_add(text, "  \"config\": {");
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    char value[1100];
    oio_config_describe(config, i, &key);
    oio_config_value(config, i, value, sizeof value);
    oio_text_add(text, "%s\n    \"%s\": ", i == 0 ? "" : ",", key.name);
    if (key.quoted) {
      oio_text_add_quoted(text, value);
    } else {
      oio_text_add(text, "%s", value);
    }
  }
  oio_text_add(text, "\n  }\n");
}

static void json_counts(struct oio_text *text, const struct oio_results *r) {
  const struct oio_traffic_counts *t = &r->traffic;
  oio_text_add(text, "  \"sent\": %llu,\n  \"delivered\": %llu,\n  \"lost\": %llu,\n  \"outstanding\": %llu,\n", (whole)t->sent,
               (whole)t->delivered, (whole)t->lost, (whole)t->outstanding);
  oio_text_add(text, "  \"dropped\": %llu,\n  \"revived\": %llu,\n", (whole)t->dropped, (whole)t->revived);
  oio_text_add(text, "  \"duplicated\": %llu,\n  \"reordered\": %llu,\n  \"corrupted\": %llu,\n  \"undetected\": %llu,\n",
               (whole)t->duplicated, (whole)t->reordered, (whole)t->corrupted, (whole)r->links.undetected);
  oio_text_add(text, "  \"local\": %llu,\n  \"records\": %llu,\n", (whole)t->local, (whole)t->records);
  oio_text_add(text, "  \"retries\": {\"crc\": %llu, \"sequence\": %llu, \"timeout\": %llu},\n", (whole)r->links.retries_crc,
               (whole)r->links.retries_sequence, (whole)r->links.retries_timeout);
  oio_text_add(text, "  \"flits\": {\"payload\": %llu, \"nop\": %llu, \"replayed\": %llu, \"duplicate\": %llu},\n", (whole)r->links.payload,
               (whole)r->links.nop, (whole)r->links.replayed, (whole)r->links.duplicate);
}

static void json_fec(struct oio_text *text, const struct oio_fec_totals *fec) {
  oio_text_add(text,
               "  \"fec\": {\"codewords\": %llu, \"corrected_symbols\": %llu, \"uncorrectable_codewords\": %llu, "
               "\"miscorrected_codewords\": %llu, \"condemned_flits\": %llu},\n",
               (whole)fec->codewords, (whole)fec->corrected_symbols, (whole)fec->uncorrectable_codewords,
               (whole)fec->miscorrected_codewords, (whole)fec->condemned_flits);
}

static void json_faults(struct oio_text *text, const struct oio_fault_totals *faults, const struct oio_run *run) {
  const struct oio_faults *drawn = run->drawn;
  const uint32_t count = drawn == NULL ? 0 : oio_faults_count(drawn);
  oio_text_add(text, "  \"faults\": {\"events\": %llu, \"dark_flits\": %llu, \"remaps\": %llu, \"missing_lanes\": %llu, ",
               (whole)faults->events, (whole)faults->dark_flits, (whole)faults->remaps, (whole)faults->missing_lanes);
  if (faults->down_unknown)
    oio_text_add(text, "\"down_ps\": null, \"availability\": null, \"all_up\": null, \"drawn\": [");
  else
    oio_text_add(text, "\"down_ps\": %llu, \"availability\": %.9f, \"all_up\": %.9f, \"drawn\": [", (whole)faults->down_ps,
                 faults->availability, faults->all_up);
  for (uint32_t i = 0; i < count; i++) {
    char event[OIO_FAULT_TEXT_BYTES];
    oio_text_add(text, "%s\n    ", i == 0 ? "" : ",");
    oio_text_add_quoted(text, oio_fault_text(oio_faults_at(drawn, i), event));
  }
  oio_text_add(text, count == 0 ? "]},\n" : "\n  ]},\n");
}

static void json_latency(struct oio_text *text, const struct oio_results *r) {
  oio_text_add(text, "  \"latency_ps\": {\"min\": %llu, \"mean\": %.6f, \"p50\": %llu, \"p99\": %llu, \"p999\": %llu, \"max\": %llu},\n",
               (whole)r->latency_min_ps, r->latency_mean_ps, (whole)r->latency_p50_ps, (whole)r->latency_p99_ps, (whole)r->latency_p999_ps,
               (whole)r->latency_max_ps);
  oio_text_add(text, "  \"latency_parts_ps\": {");
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) {
    oio_text_add(text, "%s\"%s\": %.6f", part == 0 ? "" : ", ", part_names[part], r->latency_parts_ps[part]);
  }
  oio_text_add(text, "},\n");
}

static void json_notes(struct oio_text *text, const struct oio_results *r, const struct oio_config *config) {
  struct oio_note notes[OIO_NOTES_MAX];
  const unsigned count = oio_results_notes(r, config, notes);
  oio_text_add(text, "  \"notes\": [");
  for (unsigned i = 0; i < count; i++) {
    oio_text_add(text, "%s\n    {\"code\": \"%s\", \"text\": ", i == 0 ? "" : ",", notes[i].code);
    oio_text_add_quoted(text, notes[i].text);
    oio_text_add(text, "}");
  }
  oio_text_add(text, count == 0 ? "],\n" : "\n  ],\n");
}

static void json_path(struct oio_text *text, const struct oio_results *r) {
  oio_text_add(text, "  \"exposed_ps\": %.3f,\n  \"skew_ps\": %.3f,\n  \"critical_path_ps\": ", r->exposed_ps, r->skew_ps);
  for (unsigned part = 0; part < OIO_PATH_PARTS && r->path_known; part++) {
    oio_text_add(text, "%s\"%s\": %.3f", part == 0 ? "{" : ", ", path_names[part], r->path_ps[part]);
  }
  oio_text_add(text, r->path_known ? "},\n" : "null,\n");
}

static void json_offer(struct oio_text *text, const struct oio_offer *offer) {
  oio_text_add(text, "  \"offered\": {\"load\": %.6f, \"bits_per_s\": %.3f, \"saturation_bits_per_s\": %.3f, \"wire_load\": %.6f, ",
               offer->load, offer->bits_per_s, offer->saturation_bits_per_s, offer->wire_load);
  if (offer->wire_load > 0) {
    oio_text_add(text, "\"wire\": %lu, \"from\": ", (unsigned long)offer->wire);
    oio_text_add_quoted(text, offer->from);
    oio_text_add(text, ", \"to\": ");
    oio_text_add_quoted(text, offer->to);
    oio_text_add(text, "},\n");
  } else {
    oio_text_add(text, "\"wire\": null, \"from\": \"\", \"to\": \"\"},\n");
  }
}

static void json_waived(struct oio_text *text, const struct oio_waivers *waivers) {
  struct oio_waived waived;
  const char *between = "\n    ";
  oio_text_add(text, "  \"waived\": [");
  for (unsigned next = 0; waivers != NULL && oio_waivers_report(waivers, &next, &waived); between = ",\n    ") {
    oio_text_add(text, "%s{\"rule\": \"%s\", \"port\": ", between, waived.rule);
    oio_text_add_quoted(text, waived.port);
    oio_text_add(text, ", \"findings\": %llu, \"severity\": \"%s\", \"reason\": ", (whole)waived.findings,
                 oio_severity_name(waived.severity));
    oio_text_add_quoted(text, waived.reason);
    oio_text_add(text, "}");
  }
  oio_text_add(text, "],\n");
}

char *oio_results_json(const struct oio_results *r, const struct oio_config *config, const struct oio_run *run) {
  struct oio_text text = {0};
  oio_text_add(&text, "{\n  \"oio_results\": 1,\n  \"host\": ");
  oio_text_add_quoted(&text, run->host == NULL ? "" : run->host);
  oio_text_add(&text, ",\n  \"workload\": ");
  oio_text_add_quoted(&text, run->workload == NULL ? "" : run->workload);
  oio_text_add(&text, ",\n  \"partial\": %s,\n  \"stalled\": %s,\n  \"failure\": ", r->partial ? "true" : "false",
               r->stalled ? "true" : "false");
  oio_text_add_quoted(&text, r->failure);
  oio_text_add(&text, ",\n  \"waits\": ");
  oio_text_add_quoted(&text, r->waits);
  oio_text_add(&text, ",\n  \"findings\": %llu,\n", (whole)r->findings);
  json_waived(&text, r->waivers);
  json_notes(&text, r, config);
  json_counts(&text, r);
  json_fec(&text, &r->fec);
  json_faults(&text, &r->faults, run);
  oio_technology_json(&text, r, config);
  json_latency(&text, r);
  json_offer(&text, &r->offer);
  oio_text_add(&text, "  \"goodput_bits_per_s\": %.3f,\n  \"sim_time_ps\": %llu,\n  \"cycles\": %llu,\n  \"cycles_skipped\": %llu,\n",
               r->goodput_bits_per_s, (whole)r->sim_time_ps, (whole)r->cycles, (whole)r->cycles_skipped);
  oio_text_add(&text,
               "  \"iteration_ps\": %.3f,\n  \"algorithm_bytes_per_s\": %.3f,\n  \"bus_bytes_per_s\": %.3f,\n  \"efficiency\": %.6f,\n",
               r->iteration_ps, r->algorithm_bytes_per_s, r->bus_bytes_per_s, r->efficiency);
  json_path(&text, r);
  oio_text_add(&text, "  \"wall_s\": %.6f,\n  \"cpu_s\": %.6f,\n  \"flit_hops_per_cpu_s\": %.0f,\n", r->wall_s, r->cpu_s,
               hops_per_cpu_s(r));
  oio_text_add(&text, "  \"seed\": %llu,\n  \"wire_digest\": \"%016llx\",\n  \"decision_digest\": \"%016llx\",\n", (whole)config->seed,
               (whole)r->wire_digest, (whole)r->decision_digest);
  oio_text_add(&text, "  ");
  oio_sheet_json(&text, &oio_repeat_sheet, run->repeat);
  oio_text_add(&text, ",\n");
  oio_detail_json(&text, r, config, run);
  json_config(&text, config);
  oio_text_add(&text, "}\n");
  return oio_text_take(&text);
}

static void table_latency(struct oio_text *text, const struct oio_results *r) {
  if (r->traffic.delivered == 0) {
    oio_text_add(text, "latency ns     none: nothing was delivered\n");
    return;
  }
  oio_text_add(text, "latency ns     min %.1f  mean %.1f  p50 %.1f  p99 %.1f  p99.9 %.1f  max %.1f\n", (double)r->latency_min_ps / 1e3,
               r->latency_mean_ps / 1e3, (double)r->latency_p50_ps / 1e3, (double)r->latency_p99_ps / 1e3, (double)r->latency_p999_ps / 1e3,
               (double)r->latency_max_ps / 1e3);
  oio_text_add(text, "  its parts   ");
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) {
    if (part == OIO_PART_FEC && r->fec.codewords == 0) continue; /* there is none */
    oio_text_add(text, " %s %.1f%s", part_names[part], r->latency_parts_ps[part] / 1e3, part + 1 < OIO_PART_COUNT ? " +" : " = mean\n");
  }
}

static void table_faults(struct oio_text *text, const struct oio_fault_totals *faults, const struct oio_run *run) {
  if (run->drawn != NULL)
    oio_text_add(text, "faults drawn   a schedule of %lu events, by the seed\n", (unsigned long)oio_faults_count(run->drawn));
  if (faults->down_unknown)
    oio_text_add(text, "availability   not known: a link goes down or comes up with a flit; a schedule with times in its place says it\n");
  else if (faults->down_ps > 0)
    oio_text_add(text, "availability   a link is up %.7f of the time, in the mean of all; all are at once %.7f\n", faults->availability,
                 faults->all_up);
  if (faults->events == 0) return;
  oio_text_add(text, "faults         events %llu  flits while down %llu  lanes remapped %llu times   missing lanes %llu\n",
               (whole)faults->events, (whole)faults->dark_flits, (whole)faults->remaps, (whole)faults->missing_lanes);
}

static void table_fec(struct oio_text *text, const struct oio_fec_totals *fec) {
  if (fec->codewords == 0) return;
  oio_text_add(text,
               "fec            codewords %llu  corrected symbols %llu  uncorrectable %llu  miscorrected %llu   condemned flits %llu\n",
               (whole)fec->codewords, (whole)fec->corrected_symbols, (whole)fec->uncorrectable_codewords,
               (whole)fec->miscorrected_codewords, (whole)fec->condemned_flits);
}

static void table_notes(struct oio_text *text, const struct oio_results *r, const struct oio_config *config) {
  struct oio_note notes[OIO_NOTES_MAX];
  const unsigned count = oio_results_notes(r, config, notes);
  for (unsigned i = 0; i < count; i++) oio_text_add(text, "note           %s\n", notes[i].text);
}

/* The parts that there are. */
static void table_path(struct oio_text *text, const struct oio_results *r) {
  double sum_ps = 0;
  if (!r->path_known || r->traffic.delivered == 0) return;
  oio_text_add(text, "critical path ");
  for (unsigned part = 0; part < OIO_PATH_PARTS; part++) {
    if (r->path_ps[part] > 0) oio_text_add(text, "%s %s %.3f", sum_ps > 0 ? " +" : "", path_names[part], r->path_ps[part] / 1e6);
    sum_ps += r->path_ps[part];
  }
  oio_text_add(text, " = %.3f us\n", sum_ps / 1e6);
  if (r->skew_ps > 0) oio_text_add(text, "  the slowest  %.3f us behind the mean die at the end of an iteration\n", r->skew_ps / 1e6);
}

/* Of generated traffic: what load means here, and where it is felt most. */
static void table_offer(struct oio_text *text, const struct oio_offer *offer) {
  if (offer->load <= 0) return;
  oio_text_add(text, "offered        %.3f Gb/s, load %.4g of %.3f", offer->bits_per_s / 1e9, offer->load,
               offer->saturation_bits_per_s / 1e9);
  if (offer->wire_load > 0) {
    oio_text_add(text, "; the most loaded wire, %s->%s, is asked %.4g times what it carries\n", offer->from, offer->to, offer->wire_load);
  } else {
    oio_text_add(text, "; of so many dies no wire was looked at\n");
  }
}

char *oio_results_table(const struct oio_results *r, const struct oio_config *config, const struct oio_run *run) {
  const struct oio_traffic_counts *t = &r->traffic;
  struct oio_text text = {0};
  const char *verdict = r->partial ? "PARTIAL: interrupted, so far" : oio_results_good(r) ? "good" : "BAD";
  if (run->workload != NULL) oio_text_add(&text, "workload       %s\n", run->workload);
  oio_text_add(&text, "result         %s", verdict);
  if (r->failure[0] != '\0') oio_text_add(&text, ": a link failed: %s", r->failure);
  if (r->stalled) oio_text_add(&text, r->busy ? ": flits move, but nothing gets on any more" : ": nothing moves any more");
  if (r->waits[0] != '\0') oio_text_add(&text, ": %s", r->waits);
  const struct {
    uint64_t count;
    const char *what;
  } faults[] = {{t->duplicated, "duplicated"},
                {t->reordered, "reordered"},
                {t->revived, "delivered after a reset had dropped them"},
                {t->corrupted, "corrupted"}};
  if (t->lost != t->dropped) oio_text_add(&text, ": %llu lost, %llu of them by a reset", (whole)t->lost, (whole)t->dropped);
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    if (faults[i].count > 0) oio_text_add(&text, ": %llu %s", (whole)faults[i].count, faults[i].what);
  }
  if (r->findings > 0) oio_text_add(&text, ": the RTL broke a rule %llu times", (whole)r->findings);
  oio_text_add(&text, "\nmessages       sent %llu  delivered %llu  lost %llu  duplicated %llu  reordered %llu  corrupted %llu\n",
               (whole)t->sent, (whole)t->delivered, (whole)t->lost, (whole)t->duplicated, (whole)t->reordered, (whole)t->corrupted);
  if (t->dropped > 0) oio_text_add(&text, "  by a reset   %llu of the lost\n", (whole)t->dropped);
  if (t->outstanding > 0) oio_text_add(&text, "  on the way   %llu\n", (whole)t->outstanding);
  if (t->local > 0) oio_text_add(&text, "  inside a die %llu (not carried)\n", (whole)t->local);
  oio_text_add(&text, "retries        crc %llu  sequence %llu  timeout %llu   undetected errors %llu\n", (whole)r->links.retries_crc,
               (whole)r->links.retries_sequence, (whole)r->links.retries_timeout, (whole)r->links.undetected);
  oio_text_add(&text, "flits          payload %llu  nop %llu  replayed %llu", (whole)r->links.payload, (whole)r->links.nop,
               (whole)r->links.replayed);
  if (r->links.duplicate > 0) oio_text_add(&text, ", %llu of what had arrived", (whole)r->links.duplicate);
  oio_text_add(&text, "\n");
  table_fec(&text, &r->fec);
  table_faults(&text, &r->faults, run);
  oio_technology_lines(&text, r, config);
  table_latency(&text, r);
  table_offer(&text, &r->offer);
  oio_text_add(&text, "goodput        %.3f Gb/s over %.3f us\n", r->goodput_bits_per_s / 1e9, (double)r->sim_time_ps / 1e6);
  if (r->iteration_ps > 0 && config->generator == OIO_GENERATE_STEP) {
    oio_text_add(&text, "step           %.3f us an iteration; %.3f us of it exposed\n", r->iteration_ps / 1e6, r->exposed_ps / 1e6);
    oio_detail_collectives(&text, config, run);
  } else if (r->iteration_ps > 0 && r->bus_bytes_per_s > 0) {
    oio_text_add(&text, "collective     %.3f us an iteration; exposed: %.2f GB/s of the buffer, %.2f GB/s of the bus\n",
                 r->iteration_ps / 1e6, r->algorithm_bytes_per_s / 1e9, r->bus_bytes_per_s / 1e9);
  } else if (r->iteration_ps > 0) {
    oio_text_add(&text, "collective     %.3f us an iteration; nothing of it is exposed\n", r->iteration_ps / 1e6);
  }
  if (r->efficiency > 0) oio_text_add(&text, "efficiency     %.1f %% of an iteration is compute\n", r->efficiency * 100);
  table_path(&text, r);
  oio_detail_line(&text, config, run);
  const uint64_t clocked = r->cycles - r->cycles_skipped;
  if (r->wall_s > 0) { /* not every host has a clock on the wall */
    oio_text_add(&text, "speed          %llu cycles in %.2f s = %.0f kcycle/s, %.2f M flit hops per CPU second\n", (whole)clocked,
                 r->wall_s, (double)clocked / r->wall_s / 1e3, hops_per_cpu_s(r) / 1e6);
  }
  if (r->cycles_skipped > 0) oio_text_add(&text, "               %llu more cycles were idle and not clocked\n", (whole)r->cycles_skipped);
  oio_text_add(&text, "seed           %llu   wire digest %016llx\n", (whole)config->seed, (whole)r->wire_digest);
  oio_repeat_lines(&text, run->repeat);
  table_notes(&text, r, config);
  if (run->waves_path != NULL) oio_text_add(&text, "waves          %s\n", run->waves_path);
  if (run->json_path != NULL) oio_text_add(&text, "JSON           %s\n", run->json_path);
  if (run->csv_path != NULL) oio_text_add(&text, "CSV            %s\n", run->csv_path);
  return oio_text_take(&text);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "results_figures.h"

#include <stddef.h>
#include <string.h>

#define AT(path) "json_extract(:results, '$." path "')"
/* Over all classes of links that have a technology; NULL where one of them has none. */
#define SUM_OF_TECHNOLOGIES(figure)                                                                                                        \
  "(SELECT CASE WHEN count(*) > 0 AND count(*) = count(json_extract(value, '$." figure "')) THEN sum(json_extract(value, '$." figure       \
  "')) END FROM json_each(:results, '$.technologies'))"

static const struct results_figure figures[] = {
    {"sent", AT("sent"), true},
    {"delivered", AT("delivered"), true},
    {"lost", AT("lost"), true},
    {"outstanding", AT("outstanding"), true},
    {"payload", AT("flits.payload"), true},
    {"nop", AT("flits.nop"), true},
    {"replayed", AT("flits.replayed"), true},
    {"duplicate", AT("flits.duplicate"), true},
    {"retries", AT("retries.crc") " + " AT("retries.sequence") " + " AT("retries.timeout"), true},
    {"undetected", AT("undetected"), true},
    {"fec_codewords", AT("fec.codewords"), true},
    {"fec_corrected_symbols", AT("fec.corrected_symbols"), true},
    {"fec_uncorrectable_codewords", AT("fec.uncorrectable_codewords"), true},
    {"fec_miscorrected_codewords", AT("fec.miscorrected_codewords"), true},
    {"fec_condemned_flits", AT("fec.condemned_flits"), true},
    {"fault_events", AT("faults.events"), true},
    {"fault_dark_flits", AT("faults.dark_flits"), true},
    {"fault_remaps", AT("faults.remaps"), true},
    {"fault_missing_lanes", AT("faults.missing_lanes"), true},
    {"fault_down_ps", AT("faults.down_ps"), true},
    {"availability", AT("faults.availability"), false},
    {"all_up", AT("faults.all_up"), false},
    {"sim_time_ps", AT("sim_time_ps"), true},
    {"goodput_bits_per_s", AT("goodput_bits_per_s"), false},
    {"latency_count", "json_extract(:latency, '$.count')", true},
    {"latency_min_ps", AT("latency_ps.min"), true},
    {"latency_mean_ps", AT("latency_ps.mean"), false},
    {"latency_p50_ps", AT("latency_ps.p50"), true},
    {"latency_p99_ps", AT("latency_ps.p99"), true},
    {"latency_p999_ps", AT("latency_ps.p999"), true},
    {"latency_max_ps", AT("latency_ps.max"), true},
    {"queue_ps", AT("latency_parts_ps.queue"), false},
    {"serialise_ps", AT("latency_parts_ps.serialise"), false},
    {"flight_ps", AT("latency_parts_ps.flight"), false},
    {"logic_ps", AT("latency_parts_ps.logic"), false},
    {"fec_ps", AT("latency_parts_ps.fec"), false},
    {"retry_ps", AT("latency_parts_ps.retry"), false},
    {"iteration_ps", AT("iteration_ps"), false},
    {"exposed_ps", AT("exposed_ps"), false},
    {"skew_ps", AT("skew_ps"), false},
    {"efficiency", AT("efficiency"), false},
    {"algorithm_bytes_per_s", AT("algorithm_bytes_per_s"), false},
    {"bus_bytes_per_s", AT("bus_bytes_per_s"), false},
    {"path_compute_ps", AT("critical_path_ps.compute"), false},
    {"path_latency_ps", AT("critical_path_ps.latency"), false},
    {"path_bandwidth_ps", AT("critical_path_ps.bandwidth"), false},
    {"path_queue_ps", AT("critical_path_ps.queue"), false},
    {"path_retry_ps", AT("critical_path_ps.retry"), false},
    {"path_offered_ps", AT("critical_path_ps.offered"), false},
    {"path_unknown_ps", AT("critical_path_ps.unknown"), false},
    {"watts_load", SUM_OF_TECHNOLOGIES("watts_load"), false},
    {"watts_on", SUM_OF_TECHNOLOGIES("watts_on"), false},
    {"energy_pj_per_message_bit", "1e12 * " SUM_OF_TECHNOLOGIES("watts_load") " / nullif(" AT("goodput_bits_per_s") ", 0)", false},
};

unsigned results_figures(void) {
  return sizeof figures / sizeof figures[0];
}

const struct results_figure *results_figure_at(unsigned index) {
  return &figures[index];
}

const struct results_figure *results_figure_named(const char *name) {
  for (unsigned i = 0; i < results_figures(); i++) {
    if (strcmp(figures[i].name, name) == 0) return &figures[i];
  }
  return NULL;
}

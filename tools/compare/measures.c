/* SPDX-License-Identifier: Apache-2.0 */
#include "measures.h"

#include <math.h>
#include <stdlib.h>

static const struct measure_help all[MEASURES] = {
    [MEASURE_P50] = {"latency_p50_ns", "p50", "ns", 8, -1, "half of the messages take at most this, from the entry to the last byte out"},
    [MEASURE_P99] = {"latency_p99_ns", "p99", "ns", 8, -1, "and 99 of 100"},
    [MEASURE_P999] = {"latency_p999_ns", "p99.9", "ns", 8, -1, "and 999 of 1000"},
    [MEASURE_MEAN] = {"latency_mean_ns", "mean", "ns", 8, -1, "mean latency: the sum of its seven parts"},
    [MEASURE_QUEUE] = {"queue_ns", "queue", "ns", 7, -1, "waiting for a wire, a window, credit, behind others"},
    [MEASURE_SERIALISE] = {"serialise_ns", "bits", "ns", 6, -1, "bits leaving transmitters, of every link on the way"},
    [MEASURE_ELECTRICAL] = {"electrical_ns", "electr.", "ns", 7, -1, "logic and flight of everything but the links compared"},
    [MEASURE_PHY] = {"phy_ns", "PHY", "ns", 6, -1, "both ends of the links compared"},
    [MEASURE_FEC] = {"fec_ns", "FEC", "ns", 6, -1, "waiting for a block, encoder and decoder"},
    [MEASURE_FLIGHT] = {"flight_ns", "flight", "ns", 7, -1, "in the medium of the links compared"},
    [MEASURE_RETRY] = {"retry_ns", "retry", "ns", 6, -1, "from the first time that a flit was sent to the one that arrived well"},
    [MEASURE_TIME] = {"time_us", "time", "us", 9, 6, "of the whole traffic; of a collective or step, of an iteration"},
    [MEASURE_EFFICIENCY] = {"efficiency", "effi-", "ciency", 6, 4, "compute over iteration; of traffic without compute none"},
    [MEASURE_GOODPUT] = {"goodput_gbps", "goodput", "Gb/s", 8, 4, "bytes of delivered messages over the time, all dies together"},
    [MEASURE_RATE] = {"rate_gbps", "a link", "Gb/s", 7, 5, "what a link compared carries in flits, one direction"},
    [MEASURE_PJ_PER_BIT] = {"energy_pj_per_bit", "energy", "pJ/b", 6, 4, "link and serialisers of both hosts, at the full rate"},
    [MEASURE_WATTS_LOAD] = {"watts_load", "W of", "load", 8, 3, "energy of a bit times bits sent on the links compared, over the time"},
    [MEASURE_WATTS_ON] = {"watts_on", "W", "always", 7, 4, "the same of links that are lit at their full rate, both directions"},
    [MEASURE_AGAIN] = {"flit_again", "flit", "again", 8, 2,
                       "chance that a flit has to be sent again, behind correction: closed form, independent errors"},
    [MEASURE_RETRIES] = {"retries", "retries", "", 8, 6, "counted in the run, on the links compared"},
    [MEASURE_LOST_WORDS] = {"lost_codewords", "lost", "words", 7, 6, "codewords that could not be corrected, counted in the run"},
    [MEASURE_EDGE] = {"edge_mm", "edge", "mm", 6, 3, "of the chip, for the rate of a link; of what is not bound by an edge none"},
    [MEASURE_FAILURES] = {"failures_per_year", "fails", "/year", 8, 2, "of a link, for good: both its ends"},
    [MEASURE_FLAPS] = {"flaps_per_year", "flaps", "/year", 8, 2, "of a link: down and up again"},
    [MEASURE_DOWN] = {"down_s_per_year", "down", "s/year", 8, 2, "of a link: its flaps, each as long as it takes to come up again"},
};

const struct measure_help *measure_help_of(enum measure measure) {
  return &all[measure];
}

void measure_print(FILE *out, enum measure measure, double value) {
  const struct measure_help *help = &all[measure];
  if (!isfinite(value)) {
    fprintf(out, " %*s", help->width, "-");
  } else if (help->digits < 0) {
    fprintf(out, " %*.*f", help->width, -help->digits, value);
  } else {
    fprintf(out, " %*.*g", help->width, help->digits, value);
  }
}

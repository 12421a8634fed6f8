/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of what its most loaded wire would carry a net really takes, and how latency grows towards that. The channel-load bound is the
 * load of the dies' own ports at which that wire is full (Dally and Towles, Principles and Practices of Interconnection Networks, 3.3); it
 * is worked out by hand for each row. Buffers are deep enough that what waits for one port of a switch seldom leaves no place for what goes
 * to another: at that load, a torus with 32 flits a buffer takes three quarters. A hop takes five flit times on meshes and six on rings and
 * tori, one of them the flit that a switch stores; an idle net then takes 5 + 5h or 5 + 6h flit times, h the mean number of hops between
 * switches.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_saturation"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "configured.h"

enum { FLIT_PS = 4000 };

struct point {
  double taken;   /* of what was offered */
  double latency; /* mean, flit times, of what came out while it was measured */
};

static struct oio_config config_of(const char *net, const char *pattern, double load) {
  char text[80];
  struct oio_config config;
  const bool mesh = strncmp(net, "mesh", 4) == 0;
  const char *const settings[] = {"sim.fidelity=event",
                                  "workload.generate=poisson",
                                  "workload.messages=100000000",
                                  "rack.length_m=0",
                                  "package.length_m=0",
                                  "package.logic_ps=0",
                                  "switch.latency_ps=12000",
                                  mesh ? "rack.logic_ps=4000" : "rack.logic_ps=8000",
                                  mesh ? "rack.buffer_flits=64" : "rack.buffer_flits=128",
                                  mesh ? "package.buffer_flits=64" : "package.buffer_flits=128"};
  oio_config_defaults(&config);
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) set(&config, settings[i]);
  snprintf(text, sizeof text, "net.topology=%s", net);
  set(&config, text);
  snprintf(text, sizeof text, "workload.pattern=%s", pattern);
  set(&config, text);
  snprintf(text, sizeof text, "workload.load=%.9f", load);
  set(&config, text);
  config.seed = seed;
  resolve(&config);
  return config;
}

static double sum_of_parts(const struct oio_traffic_counts *counts) {
  double sum = 0;
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) sum += oio_sum_value(&counts->parts[part]);
  return sum;
}

static struct point measure(const char *net, const char *pattern, double load, unsigned warm_up_flits, unsigned flits) {
  const struct oio_config config = config_of(net, pattern, load);
  struct oio_traffic_counts before, after;
  struct oio_offer offer;
  struct oio_sim *sim = start_sim(&config);
  oio_traffic_get_offer(oio_sim_traffic(sim), &offer);
  assert_int_equal(oio_sim_advance(sim, (oio_time_ps)warm_up_flits * FLIT_PS, NULL), OIO_OK);
  oio_traffic_get_counts(oio_sim_traffic(sim), &before);
  assert_int_equal(oio_sim_advance(sim, (oio_time_ps)(warm_up_flits + flits) * FLIT_PS, NULL), OIO_OK);
  oio_traffic_get_counts(oio_sim_traffic(sim), &after);
  oio_sim_destroy(sim);
  const double messages = (double)(after.delivered - before.delivered), bits = (double)(after.bytes - before.bytes) * 8;
  return (struct point){bits / (offer.bits_per_s * flits * FLIT_PS * 1e-12),
                        (sum_of_parts(&after) - sum_of_parts(&before)) / messages / FLIT_PS};
}

static const struct {
  const char *net, *pattern;
  double bound;   /* load at which the most loaded wire is full */
  double hops;    /* between switches, in the mean over messages */
  unsigned flits; /* measured for so many flit times: what a row offers varies by less than half a hundredth */
} rows[] = {
    /* k x k, uniform: half of the messages of one half cross the middle, over k wires; a die does not send to itself. */
    {"mesh:8x8", "uniform", 0.5 * 63 / 64, 2 * 21. / 8 * 64 / 63, 3000},
    {"mesh:4x4", "uniform", 1. * 15 / 16, 2 * 5. / 4 * 16 / 15, 6000},
    /* A ring of 9, one way: those 1, 2, 3 and 4 behind. A ring of 4 carries more than the ports of its dies, which are the bound. */
    {"torus:9x9", "uniform", 0.9 * 80 / 81, 2 * 20. / 9 * 81 / 80, 3000},
    {"torus:4x4", "uniform", 1, 2 * 1. * 16 / 15, 6000},
    /* (x, y) to (y, x): all of a row that are to leave it go over its last wire; those of the diagonal send nothing. */
    {"mesh:8x8", "transpose", 1. / 7, 2 * 3., 12000},
    {"mesh:4x4", "transpose", 1. / 3, 2 * 5. / 3, 24000},
    {"torus:4x4", "transpose", 1. / 2, 2 * 4. / 3, 24000},
};
enum { ROWS = sizeof rows / sizeof rows[0], WARM_UP_FLITS = 1500, IDLE_FLITS = 300000 };

static void what_a_wire_can_carry_is_taken_and_never_more(void **state) {
  (void)state;
  for (unsigned i = 0; i < ROWS; i++) {
    const struct point below = measure(rows[i].net, rows[i].pattern, 0.9 * rows[i].bound, WARM_UP_FLITS, rows[i].flits);
    const struct point at = measure(rows[i].net, rows[i].pattern, rows[i].bound, WARM_UP_FLITS, rows[i].flits);
    print_message("%s %s: at 0.9 of the bound takes %.4f of what is offered, %.1f flit times; at the bound %.4f, %.1f\n", rows[i].net,
                  rows[i].pattern, below.taken, below.latency, at.taken, at.latency);
    if (fabs(below.taken - 1) > 0.02) FAIL_WITH_REPLAY("%s %s: below the bound %g is taken", rows[i].net, rows[i].pattern, below.taken);
    if (at.taken < 0.97 || at.taken > 1.02) FAIL_WITH_REPLAY("%s %s: at the bound %g is taken", rows[i].net, rows[i].pattern, at.taken);
  }
}

static void an_idle_net_takes_what_its_hops_take(void **state) {
  (void)state;
  for (unsigned i = 0; i < ROWS; i++) {
    const double hop = strncmp(rows[i].net, "mesh", 4) == 0 ? 5 : 6;
    const struct point idle = measure(rows[i].net, rows[i].pattern, 0.005, WARM_UP_FLITS, IDLE_FLITS);
    print_message("%s %s: idle %.3f flit times, by hops %.3f\n", rows[i].net, rows[i].pattern, idle.latency, 5 + hop * rows[i].hops);
    if (fabs(idle.latency / (5 + hop * rows[i].hops) - 1) > 0.01)
      FAIL_WITH_REPLAY("%s %s: idle %g flit times", rows[i].net, rows[i].pattern, idle.latency);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_wire_can_carry_is_taken_and_never_more),
      cmocka_unit_test(an_idle_net_takes_what_its_hops_take),
  };
  return cmocka_run_group_tests_name("saturation", tests, NULL, NULL);
}

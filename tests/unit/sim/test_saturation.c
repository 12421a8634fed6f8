/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of what its most loaded wire would carry a net really takes, and how latency grows towards that. The channel-load bound is the
 * load of the dies' own ports at which that wire is full (Dally and Towles, Principles and Practices of Interconnection Networks, 3.3); it
 * is worked out by hand for each row. Where inputs take turns, buffers are deep, since what is behind many switches gets little of a wire
 * that others join, and fills them: at that load, a torus with 32 flits a buffer takes three quarters then. A hop takes five flit times on
 * meshes and six on rings and tori, one of them the flit that a switch stores; an idle net then takes 5 + 5h or 5 + 6h flit times, h the
 * mean number of hops between switches.
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
#include "oio/net.h"
#include "oio/topology.h"

enum { FLIT_PS = 4000 };

struct point {
  double taken;   /* of what was offered */
  double latency; /* mean, flit times, of what came out while it was measured */
};

struct setup {
  const char *net, *pattern;
  unsigned buffer_flits;
  const char *turns; /* switch.turns */
};

static struct oio_config config_of(const struct setup *setup, double load) {
  char text[80];
  struct oio_config config;
  const bool mesh = strncmp(setup->net, "mesh", 4) == 0;
  const char *const settings[] = {
      "sim.fidelity=event", "workload.generate=poisson", "workload.messages=100000000", "rack.length_m=0",
      "package.length_m=0", "package.logic_ps=0",        "switch.latency_ps=12000",     mesh ? "rack.logic_ps=4000" : "rack.logic_ps=8000"};
  oio_config_defaults(&config);
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) set(&config, settings[i]);
  snprintf(text, sizeof text, "net.topology=%s", setup->net);
  set(&config, text);
  snprintf(text, sizeof text, "workload.pattern=%s", setup->pattern);
  set(&config, text);
  snprintf(text, sizeof text, "rack.buffer_flits=%u", setup->buffer_flits);
  set(&config, text);
  snprintf(text, sizeof text, "package.buffer_flits=%u", setup->buffer_flits);
  set(&config, text);
  snprintf(text, sizeof text, "switch.turns=%s", setup->turns);
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

static struct point measure(const struct setup *setup, double load, unsigned warm_up_flits, unsigned flits) {
  const struct oio_config config = config_of(setup, load);
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

static const struct row {
  struct setup of;
  double bound;   /* load at which the most loaded wire is full */
  double hops;    /* between switches, in the mean over messages */
  unsigned flits; /* measured for so many flit times: what a row offers varies by less than half a hundredth */
} rows[] = {
    /* k x k, uniform: half of the messages of one half cross the middle, over k wires; a die does not send to itself. */
    {{"mesh:8x8", "uniform", 64, "inputs"}, 0.5 * 63 / 64, 2 * 21. / 8 * 64 / 63, 3000},
    {{"mesh:4x4", "uniform", 64, "inputs"}, 1. * 15 / 16, 2 * 5. / 4 * 16 / 15, 6000},
    /* A ring of 9, one way: those 1, 2, 3 and 4 behind. A ring of 4 carries more than the ports of its dies, which are the bound. */
    {{"torus:9x9", "uniform", 128, "inputs"}, 0.9 * 80 / 81, 2 * 20. / 9 * 81 / 80, 3000},
    {{"torus:4x4", "uniform", 128, "inputs"}, 1, 2 * 1. * 16 / 15, 6000},
    /* (x, y) to (y, x): all of a row that are to leave it go over its last wire; those of the diagonal send nothing. */
    {{"mesh:8x8", "transpose", 64, "inputs"}, 1. / 7, 2 * 3., 12000},
    {{"mesh:4x4", "transpose", 64, "inputs"}, 1. / 3, 2 * 5. / 3, 24000},
    {{"torus:4x4", "transpose", 128, "inputs"}, 1. / 2, 2 * 4. / 3, 24000},
    /* Where what has waited longest goes first, shallow buffers do. A ring of 15, one way: those 1 to 7 behind. */
    {{"torus:9x9", "uniform", 32, "longest"}, 0.9 * 80 / 81, 2 * 20. / 9 * 81 / 80, 3000},
    {{"ring:15", "uniform", 32, "longest"}, 0.5, 4, 12000},
};
enum { ROWS = sizeof rows / sizeof rows[0], WARM_UP_FLITS = 1500, IDLE_FLITS = 300000 };

static void what_a_wire_can_carry_is_taken_and_never_more(void **state) {
  (void)state;
  for (unsigned i = 0; i < ROWS; i++) {
    const struct setup *of = &rows[i].of;
    const struct point below = measure(of, 0.9 * rows[i].bound, WARM_UP_FLITS, rows[i].flits);
    const struct point at = measure(of, rows[i].bound, WARM_UP_FLITS, rows[i].flits);
    print_message("%s %s: at 0.9 of the bound takes %.4f of what is offered, %.1f flit times; at the bound %.4f, %.1f\n", of->net,
                  of->pattern, below.taken, below.latency, at.taken, at.latency);
    if (fabs(below.taken - 1) > 0.02) FAIL_WITH_REPLAY("%s %s: below the bound %g is taken", of->net, of->pattern, below.taken);
    if (at.taken < 0.97 || at.taken > 1.02) FAIL_WITH_REPLAY("%s %s: at the bound %g is taken", of->net, of->pattern, at.taken);
  }
}

static void an_idle_net_takes_what_its_hops_take(void **state) {
  (void)state;
  for (unsigned i = 0; i < ROWS; i++) {
    const struct setup *of = &rows[i].of;
    const double hop = strncmp(of->net, "mesh", 4) == 0 ? 5 : 6;
    const struct point idle = measure(of, 0.005, WARM_UP_FLITS, IDLE_FLITS);
    print_message("%s %s: idle %.3f flit times, by hops %.3f\n", of->net, of->pattern, idle.latency, 5 + hop * rows[i].hops);
    if (fabs(idle.latency / (5 + hop * rows[i].hops) - 1) > 0.01)
      FAIL_WITH_REPLAY("%s %s: idle %g flit times", of->net, of->pattern, idle.latency);
  }
}

/* Twice what a ring of 15 carries. One way, a switch's own die and those behind it share the wire to the next in turns, so that a die
 * k switches before the fullest place gets a 2^k-th of it, and what a die cannot send one way stands in the way of what it has for the
 * other. By waits, none is left behind. */
static void beyond_its_bound_a_ring_takes_no_less_where_the_longest_wait_goes_first(void **state) {
  (void)state;
  const struct setup longest = {"ring:15", "uniform", 32, "longest"}, inputs = {"ring:15", "uniform", 32, "inputs"};
  const double by_waits = measure(&longest, 1, 3000, 6000).taken / 0.5, in_turn = measure(&inputs, 1, 3000, 6000).taken / 0.5;
  print_message("ring:15 at twice its bound takes %.3f of it by waits, %.3f by inputs in turn\n", by_waits, in_turn);
  if (by_waits < 0.97 || in_turn > 0.7) FAIL_WITH_REPLAY("by waits %g, by inputs in turn %g", by_waits, in_turn);
}

/* A line of dies that all want die 0, which is asked four times what it takes. */
static void check_line(const char *turns, const double *parts, double within) {
  enum { DIES = 5, FLITS = 8000 };
  const struct oio_config config = config_of(&(const struct setup){"mesh:5", "hot-spot", 128, turns}, 1);
  struct oio_sim *sim = start_sim(&config);
  struct oio_net *net = oio_sim_net(sim);
  struct oio_link_state before[DIES], after;
  assert_int_equal(oio_sim_advance(sim, (oio_time_ps)WARM_UP_FLITS * FLIT_PS, NULL), OIO_OK);
  for (uint32_t die = 1; die < DIES; die++)
    assert_true(oio_net_get_link_state(net, oio_topology_port_at(oio_net_topology(net), die, 0), &before[die]));
  assert_int_equal(oio_sim_advance(sim, (oio_time_ps)(WARM_UP_FLITS + FLITS) * FLIT_PS, NULL), OIO_OK);
  for (uint32_t die = 1; die < DIES; die++) {
    assert_true(oio_net_get_link_state(net, oio_topology_port_at(oio_net_topology(net), die, 0), &after));
    const double part = (double)(after.sent_payload - before[die].sent_payload) / FLITS;
    print_message("%s: die %u has %.4f of the wire to die 0\n", turns, die, part);
    if (fabs(part - parts[die]) > within) FAIL_WITH_REPLAY("%s: die %u has %g of the wire, must be %g", turns, die, part, parts[die]);
  }
  oio_sim_destroy(sim);
}

/* In turn, each switch gives half to its own die. By waits, all that leave have waited alike, T; the buffer of a switch that a part p of
 * the wire comes through holds B, and what is in it waits B / p there (Little). So die 1 has B / T; what of T is left to the others beyond
 * the second buffer is theirs, and so on: 5, 6, 8 and 16 of 35, for buffers without end. */
static void turns_of_inputs_halve_what_is_left_at_each_switch_and_waits_give_by_places_on_the_way(void **state) {
  (void)state;
  check_line("inputs", (const double[]){0, 1. / 2, 1. / 4, 1. / 8, 1. / 8}, 0.005);
  check_line("longest", (const double[]){0, 5. / 35, 6. / 35, 8. / 35, 16. / 35}, 0.04);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_wire_can_carry_is_taken_and_never_more),
      cmocka_unit_test(an_idle_net_takes_what_its_hops_take),
      cmocka_unit_test(beyond_its_bound_a_ring_takes_no_less_where_the_longest_wait_goes_first),
      cmocka_unit_test(turns_of_inputs_halve_what_is_left_at_each_switch_and_waits_give_by_places_on_the_way),
  };
  return cmocka_run_group_tests_name("saturation", tests, NULL, NULL);
}

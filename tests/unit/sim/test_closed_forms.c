/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole runs against what queueing theory says of them. Between two dies a message of 224 bytes is a flit, and takes 4,000 ps of its wire:
 *
 *     Poisson, load u:    mean wait = (u + v) T / (2 (1 - u))     T a flit time, v the part of the wire's time in flits without messages
 *     window of W flits:  goodput = W flits of messages / (round trip + ack delay)
 *
 * v stands for NOPs and flits of credit: they go when nothing waits, and what comes in one of them waits T / 2 for its end in the mean.
 *     error correction:   the first flit of a busy time waits for its slot, U, as long as a multiple of 64 bits, even from 0 to T / 32.
 * That is a server with a set-up time (Welch, 1964): (2 E[U] + (u/T) E[U^2]) / (2 (1 + (u/T) E[U])) more, of which (1 - u) / (1 + (u/T)
 * E[U]) E[U] is no queue but of the part fec
 *
 * With v = 0 it is Pollaczek and Khinchine's M/D/1. Errors are those of batch means.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_closed_forms"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "chance.h"
#include "configured.h"

enum { BATCHES = 64, FLIT_PS = 4000 };

static struct oio_config config_of(const char *const *settings) {
  struct oio_config config;
  oio_config_defaults(&config);
  set(&config, "sim.fidelity=event");
  set(&config, "net.topology=pair");
  for (; *settings != NULL; settings++) set(&config, *settings);
  config.seed = seed;
  resolve(&config);
  return config;
}

/* ---- waits ---- */

struct waits {
  double mean, standard_error; /* of the wait, in flit times */
  double other;                /* part of the time of A's wire that flits without messages take */
};

/* A warm-up of a batch, then BATCHES of so many flit times. */
static struct waits measure(const struct oio_config *config, double flits_a_batch) {
  struct oio_sim *sim = start_sim(config);
  struct oio_traffic_counts before, after;
  struct oio_link_state first, last;
  double sum = 0, squares = 0;
  for (unsigned batch = 0; batch <= BATCHES; batch++) {
    oio_traffic_get_counts(oio_sim_traffic(sim), &before);
    if (batch == 1) assert_true(oio_net_get_link_state(oio_sim_net(sim), 0, &first));
    assert_int_equal(oio_sim_advance(sim, (oio_time_ps)((batch + 1) * flits_a_batch * FLIT_PS), NULL), OIO_OK);
    oio_traffic_get_counts(oio_sim_traffic(sim), &after);
    assert_true(after.outstanding > 0 || after.delivered < config->messages);
    if (batch == 0) continue;
    const double messages = (double)(after.delivered - before.delivered);
    const double waited = oio_sum_value(&after.parts[OIO_PART_QUEUE]) - oio_sum_value(&before.parts[OIO_PART_QUEUE]);
    const double wait = waited / messages / FLIT_PS;
    sum += wait;
    squares += wait * wait;
  }
  assert_true(oio_net_get_link_state(oio_sim_net(sim), 0, &last));
  const double flits = (double)(last.sent_payload + last.sent_nop - first.sent_payload - first.sent_nop);
  oio_sim_destroy(sim);
  const double mean = sum / BATCHES;
  return (struct waits){.mean = mean,
                        .standard_error = sqrt((squares / BATCHES - mean * mean) / (BATCHES - 1)),
                        .other = flits / (BATCHES * flits_a_batch) - config->load};
}

static void hold(const char *what, double load, const struct waits *waits, double form) {
  print_message("%s, load %.2f: wait %.4f flit times, closed form %.4f (%+.2f %%), three standard errors %.2f %%, other flits %.4f\n", what,
                load, waits->mean, form, 100 * (waits->mean / form - 1), 300 * waits->standard_error / form, waits->other);
  if (3 * waits->standard_error > 0.01 * form) FAIL_WITH_REPLAY("load %g: too few messages", load);
  if (fabs(waits->mean / form - 1) > 0.01) FAIL_WITH_REPLAY("load %g: wait %g, closed form %g", load, waits->mean, form);
}

/* Messages of a batch, in thousands, that make three standard errors smaller than 1 %. */
static const double thousands[10] = {0, 48, 30, 25, 28, 32, 42, 72, 150, 520};

/* Acks and credit may wait so long that hardly a flit goes for them alone. */
static void one_way_waits_are_those_of_a_queue_with_one_server_and_fixed_service(void **state) {
  (void)state;
  for (unsigned tenths = 1; tenths <= 9; tenths++) {
    char load[40];
    const double u = tenths / 10.0;
    snprintf(load, sizeof load, "workload.load=0.%u", tenths);
    const struct oio_config config =
        config_of((const char *const[]){load, "workload.generate=poisson", "workload.directions=a_to_b", "workload.messages=1000000000",
                                        "link.ack_delay_flits=20000", "optical.length_m=0", NULL});
    const struct waits waits = measure(&config, thousands[tenths] * 1000 / u);
    hold("one way", u, &waits, u / (2 * (1 - u)));
  }
}

/* In flit times. */
static double queue_behind_set_up(double u) {
  const double mean = 1 / 64.0, square = 1 / (3 * 1024.0);
  return u / (2 * (1 - u)) + (2 * mean + u * square) / (2 * (1 + u * mean)) - (1 - u) / (1 + u * mean) * mean;
}

/* The line is faster by its parity, so that a flit takes what it takes without. */
static void waits_with_error_correction_are_those_of_a_server_with_a_set_up_time(void **state) {
  static const unsigned tenths[] = {1, 3, 5, 7, 8};
  (void)state;
  for (unsigned i = 0; i < 5; i++) {
    char load[40];
    const double u = tenths[i] / 10.0;
    snprintf(load, sizeof load, "workload.load=0.%u", tenths[i]);
    const struct oio_config config = config_of((const char *const[]){
        load, "workload.generate=poisson", "workload.directions=a_to_b", "workload.messages=1000000000", "link.ack_delay_flits=20000",
        "optical.length_m=0", "optical.fec=kp4", "optical.fec_ways=2", "optical.lane_rate_gbps=33.867704280", NULL});
    const struct waits waits = measure(&config, thousands[tenths[i]] * 1000 / u);
    hold("kp4", u, &waits, queue_behind_set_up(u));
  }
}

/* Both ways, and with the Acks of the defaults: the same with v. */
static void two_way_waits_are_longer_by_the_flits_that_carry_no_message(void **state) {
  (void)state;
  static const unsigned tenths[] = {1, 3, 5, 7, 8};
  for (unsigned i = 0; i < 5; i++) {
    char load[40];
    const double u = tenths[i] / 10.0;
    snprintf(load, sizeof load, "workload.load=0.%u", tenths[i]);
    const struct oio_config config =
        config_of((const char *const[]){load, "workload.generate=poisson", "workload.messages=1000000000", "optical.length_m=0", NULL});
    const struct waits waits = measure(&config, thousands[tenths[i]] * 1000 / u);
    hold("both ways", u, &waits, (u + waits.other) / (2 * (1 - u)));
  }
}

/* ---- windows ---- */

/* The first flit of W begins at 0, is there a way later; its Ack may wait, and comes the same way back. What follows in the window is there
 * by then, or gets an Ack of its own as late as it was itself. An Ack is up to two flit times later where a flit of credit goes before it:
 * of 32 flits and 10 m, where all of it is 48 flit times, goodput is 2.4 % less. */
static void a_window_bounds_goodput_to_itself_in_a_round_trip_and_the_ack_delay(void **state) {
  (void)state;
  static const struct {
    const char *window, *length, *delay;
    double flits, length_m, delay_flits;
  } cases[] = {
      {"optical.window_flits=1", "optical.length_m=100", "link.ack_delay_flits=16", 1, 100, 16},
      {"optical.window_flits=8", "optical.length_m=10", "link.ack_delay_flits=16", 8, 10, 16},
      {"optical.window_flits=32", "optical.length_m=50", "link.ack_delay_flits=16", 32, 50, 16},
      {"optical.window_flits=64", "optical.length_m=100", "link.ack_delay_flits=16", 64, 100, 16},
      {"optical.window_flits=200", "optical.length_m=100", "link.ack_delay_flits=64", 200, 100, 64},
      {"optical.window_flits=100", "optical.length_m=1000", "link.ack_delay_flits=0", 100, 1000, 0},
      {"optical.window_flits=2000", "optical.length_m=1000", "link.ack_delay_flits=16", 2000, 1000, 16},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct oio_config config =
        config_of((const char *const[]){cases[i].window, cases[i].length, cases[i].delay, "workload.generate=saturate",
                                        "workload.directions=a_to_b", "workload.messages=100000", NULL});
    struct oio_sim *sim = start_sim(&config);
    struct oio_traffic_counts before, after;
    const double round_ps = 2 * (FLIT_PS + floor(cases[i].length_m * 4897) + 10000) + cases[i].delay_flits * FLIT_PS;
    const double form = cases[i].flits * 224 / round_ps;
    oio_traffic_get_counts(oio_sim_traffic(sim), &before);
    assert_int_equal(oio_sim_advance(sim, (oio_time_ps)(10 * round_ps), NULL), OIO_OK);
    oio_traffic_get_counts(oio_sim_traffic(sim), &before);
    assert_int_equal(oio_sim_advance(sim, (oio_time_ps)(40 * round_ps), NULL), OIO_OK);
    oio_traffic_get_counts(oio_sim_traffic(sim), &after);
    oio_sim_destroy(sim);
    const double goodput = (double)(after.bytes - before.bytes) / (30 * round_ps);
    print_message("%s %s %s: %.3f GB/s, closed form %.3f (%+.2f %%)\n", cases[i].window, cases[i].length, cases[i].delay, goodput * 1e3,
                  form * 1e3, 100 * (goodput / form - 1));
    if (fabs(goodput / form - 1) > 0.02)
      FAIL_WITH_REPLAY("%s %s %s: %g of %g", cases[i].window, cases[i].length, cases[i].delay, goodput, form);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_way_waits_are_those_of_a_queue_with_one_server_and_fixed_service),
      cmocka_unit_test(waits_with_error_correction_are_those_of_a_server_with_a_set_up_time),
      cmocka_unit_test(two_way_waits_are_longer_by_the_flits_that_carry_no_message),
      cmocka_unit_test(a_window_bounds_goodput_to_itself_in_a_round_trip_and_the_ack_delay),
  };
  return cmocka_run_group_tests_name("closed_forms", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Critical paths: of records by hand, and of collectives whose every part is known in closed form, to the picosecond. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "configured.h"
#include "oio/sim.h"
#include "traffic/critical.h"

static void assert_path(const struct oio_path *path, oio_time_ps since_ps, const oio_time_ps *parts_ps) {
  assert_int_equal(path->since_ps, since_ps);
  for (unsigned part = 0; part < OIO_PATH_PARTS; part++) {
    if (path->part_ps[part] != parts_ps[part])
      fail_msg("part %u is %llu, not %llu", part, (unsigned long long)path->part_ps[part], (unsigned long long)parts_ps[part]);
  }
}

/* a: offered at 5, enters at 7, takes 1 + 2 + 3 + 4 + 0 + 5. b: offered at 10, inside a die, enters at 10, takes 8. c waits for a and then
 * 3, for b and then 9, and is offered at 6: b lets it go, at 27, and a at 25 does not. d waits for both with 5 and 9: at one time, the
 * later told. */
static void a_record_follows_the_last_that_lets_it_go(void **state) {
  (void)state;
  const oio_time_ps parts_ps[OIO_PART_COUNT] = {1, 2, 3, 4, 0, 5};
  struct oio_path a, b, c, d;
  oio_path_start(&a, 5);
  oio_path_end(&a, 7, parts_ps);
  assert_path(&a, 22, (const oio_time_ps[]){0, 7, 2, 1, 5, 5, 2});
  oio_path_start(&b, 10);
  oio_path_end_as(&b, 10, 18, OIO_PATH_COMPUTE);
  oio_path_start(&c, 6);
  oio_path_follow(&c, &b, 9);
  oio_path_follow(&c, &a, 3);
  assert_path(&c, 27, (const oio_time_ps[]){17, 0, 0, 0, 0, 10, 0});
  oio_path_start(&d, 6);
  oio_path_follow(&d, &b, 9);
  oio_path_follow(&d, &a, 5);
  assert_path(&d, 27, (const oio_time_ps[]){5, 7, 2, 1, 5, 5, 2});
  oio_path_start(&d, 28); /* its own time is the last */
  oio_path_follow(&d, &b, 9);
  assert_path(&d, 28, (const oio_time_ps[]){0, 0, 0, 0, 0, 28, 0});
  oio_path_end_as(&d, 30, 37, OIO_PATH_RETRY);
  assert_path(&d, 37, (const oio_time_ps[]){0, 0, 0, 0, 7, 28, 2});
}

/* Three dies: iteration 1 begins at 10, 20, 60: 30 later than the mean. 2 at 70 and 80 (one 3 between), then 90: 10. 65 ends what 1 had
 * left open, had it. */
static void the_last_of_the_dies_is_behind_their_mean(void **state) {
  (void)state;
  struct oio_skew *skew = calloc(1, sizeof *skew);
  const struct {
    uint64_t iteration, time_ps;
  } begins[] = {{0, 0},  {0, 0},  {0, 5},  {1, 10},  {1, 20}, {1, 60},   {2, 70},
                {2, 80}, {3, 85}, {2, 90}, {67, 95}, {3, 99}, {67, 100}, {67, 123}};
  for (unsigned i = 0; i < sizeof begins / sizeof begins[0]; i++) oio_skew_begin(skew, begins[i].iteration, 3, begins[i].time_ps);
  assert_int_equal(skew->iterations, 3);
  assert_true(fabs(skew->total_ps - (30 + 10 + 17)) < 1e-9);
  free(skew);
}

static struct oio_results results_of(const char *const *assignments, struct oio_trace_reader *trace) {
  struct oio_config config;
  struct oio_error error = {""};
  struct oio_results r;
  struct oio_sim *sim;
  oio_config_defaults(&config);
  config.fidelity = OIO_EVENT;
  config.detail = OIO_DETAIL_ON;
  for (size_t i = 0; assignments[i] != NULL; i++) set(&config, assignments[i]);
  resolve(&config);
  if (oio_sim_create(&sim, &config, trace, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, &error), OIO_OK);
  oio_sim_get_results(sim, &r);
  oio_sim_destroy(sim);
  assert_true(r.path_known);
  double sum_ps = 0;
  for (unsigned part = 0; part < OIO_PATH_PARTS; part++) sum_ps += r.path_ps[part];
  const double whole_ps = r.iteration_ps > 0 ? r.iteration_ps : (double)r.sim_time_ps;
  if (fabs(sum_ps - whole_ps) > 1e-6 * whole_ps) fail_msg("parts add up to %.3f, not %.3f", sum_ps, whole_ps);
  return r;
}

static void assert_parts(const struct oio_results *r, const double *expected_ps) {
  for (unsigned part = 0; part < OIO_PATH_PARTS; part++) {
    if (fabs(r->path_ps[part] - expected_ps[part]) > 0.5) fail_msg("part %u is %.3f, not %.3f", part, r->path_ps[part], expected_ps[part]);
  }
}

enum { FLIT_PS = 4000, ALPHA_PS = 4070, SWITCH_PS = 100000, HOP_FLITS = 250, LOCAL_PS = 20000 };

/* 2(n-1) hops, each alpha and 250 whole flits. */
static void of_a_ring_all_reduce_alpha_and_bandwidth_are_all_there_is(void **state) {
  (void)state;
  for (unsigned n = 2; n <= 9; n++) {
    char net[20], bytes[40];
    snprintf(net, sizeof net, "net.topology=full:%u", n);
    snprintf(bytes, sizeof bytes, "workload.bytes=%u", n * HOP_FLITS * 222);
    const double hops = 2 * (n - 1);
    const struct oio_results r = results_of((const char *const[]){net, bytes, "workload.generate=all-reduce", NULL}, NULL);
    assert_parts(&r, (const double[]){0, hops * ALPHA_PS, hops * HOP_FLITS * FLIT_PS, 0, 0, 0, 0});
    assert_true(r.skew_ps == 0 && fabs(r.exposed_ps - r.iteration_ps) < 0.5);
  }
}

/* Compute before it, half of it, or none: what runs beside is not on the path, as the collective takes longer than that. */
static void compute_is_on_the_path_as_far_as_nothing_runs_beside_it(void **state) {
  (void)state;
  const double hops = 14, compute_ps = 1000000;
  static const double overlaps[] = {0, 0.5};
  for (unsigned i = 0; i < 2; i++) {
    char overlap[40];
    snprintf(overlap, sizeof overlap, "workload.overlap=%g", overlaps[i]);
    const struct oio_results r =
        results_of((const char *const[]){"net.topology=loop:8", "workload.bytes=444000", "workload.generate=all-reduce",
                                         "workload.compute_ps=1000000", "workload.iterations=3", overlap, NULL},
                   NULL);
    const double lead_ps = compute_ps * (1 - overlaps[i]);
    assert_parts(&r, (const double[]){lead_ps, hops * ALPHA_PS, hops * HOP_FLITS * FLIT_PS, 0, 0, 0, 0});
    assert_true(fabs(r.exposed_ps - (lead_ps + hops * (ALPHA_PS + HOP_FLITS * FLIT_PS) - compute_ps)) < 0.5);
  }
}

/* Through one switch: alpha is two links and the switch, a flit more is stored there, and behind n - 2 other messages a die's own waits. */
static void of_an_all_to_all_through_a_switch_the_other_messages_are_queue(void **state) {
  (void)state;
  const struct oio_results r =
      results_of((const char *const[]){"net.topology=star:8", "workload.bytes=444000", "workload.generate=all-to-all", NULL}, NULL);
  assert_parts(&r, (const double[]){0, 2 * ALPHA_PS + SWITCH_PS, (HOP_FLITS + 1) * FLIT_PS, 6 * HOP_FLITS * FLIT_PS, 0, 0, 0});
}

/* Errors are retries on the path, and nothing is forgotten. */
static void what_was_sent_again_is_on_the_path_as_retry(void **state) {
  (void)state;
  const struct oio_results r =
      results_of((const char *const[]){"net.topology=loop:4", "workload.bytes=4440", "workload.generate=all-reduce",
                                       "package.bit_error_rate=5e-5", "workload.iterations=4", "workload.compute_ps=500000", NULL},
                 NULL);
  assert_true(r.links.retries_crc > 0 && r.path_ps[OIO_PATH_RETRY] > 0 && r.path_ps[OIO_PATH_UNKNOWN] == 0);
  assert_true(fabs(r.path_ps[OIO_PATH_COMPUTE] - 500000) < 0.5 && r.skew_ps > 0);
}

/* Two dies, flits of 4 ns, 40 m of 5 ns a metre and 10 ns of logic: a message of one flit takes 4 + 200 + 10 ns. 0 enters at 1 us; 1 waits
 * for it and answers; 2 is inside die 0, and waits for 1; 3 is offered at 1.1 us and waits for 0: then for itself alone it would be later
 * than 1. */
static void of_a_trace_the_path_goes_from_message_to_message(void **state) {
  (void)state;
  static const char text[] = "oio-trace 1\nnodes 4\nmap 0-1:0,2-3:1\n---\n"
                             "1000000 0 2 0 200 0 -\n1000000 2 0 0 200 1 0\n1000000 0 1 0 8 2 1\n1100000 1 3 0 200 3 0\nend 4\n";
  char path[] = "/tmp/oio-critical-XXXXXX";
  struct oio_trace_reader *reader;
  struct oio_error error = {""};
  const int file = mkstemp(path);
  assert_true(file >= 0 && write(file, text, sizeof text - 1) == (ssize_t)sizeof text - 1 && close(file) == 0);
  if (oio_trace_open(&reader, path, &error) != OIO_OK) fail_msg("%s", error.text);
  const struct oio_results r =
      results_of((const char *const[]){"net.topology=pair", "optical.length_m=40", "optical.ps_per_m=5000", NULL}, reader);
  assert_int_equal(r.sim_time_ps, 1000000 + 2 * 214000 + LOCAL_PS);
  assert_parts(&r, (const double[]){LOCAL_PS, 420000, 8000, 0, 0, 1000000, 0});
  oio_trace_close(reader);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_record_follows_the_last_that_lets_it_go),
      cmocka_unit_test(the_last_of_the_dies_is_behind_their_mean),
      cmocka_unit_test(of_a_ring_all_reduce_alpha_and_bandwidth_are_all_there_is),
      cmocka_unit_test(compute_is_on_the_path_as_far_as_nothing_runs_beside_it),
      cmocka_unit_test(of_an_all_to_all_through_a_switch_the_other_messages_are_queue),
      cmocka_unit_test(what_was_sent_again_is_on_the_path_as_retry),
      cmocka_unit_test(of_a_trace_the_path_goes_from_message_to_message),
  };
  return cmocka_run_group_tests_name("critical", tests, NULL, NULL);
}

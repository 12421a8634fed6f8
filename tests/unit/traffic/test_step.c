/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of several collectives. Oracles: closed forms on direct links, to the picosecond, put together by hand as the text says; and of
 * steps by chance the order that the text asks for, from the records alone: what a die does has behind it what came before there.
 */
#define CHANCE_PROGRAM "test_step"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "configured.h"
#include "traffic/step.h"

/* ---- whole runs on direct links ---- */

enum { FLIT_PS = 4000, ALPHA_PS = 4070, LOCAL_PS = 20000, FLIT_BYTES = 222 };

struct outcome {
  struct oio_results results;
  struct oio_collective_times times[OIO_STEP_ITEMS];
  uint32_t collectives;
};

static struct outcome run_with(const char *net, const char *text, const char *more) {
  char topology[64], step[1100];
  struct oio_error error = {""};
  struct outcome outcome = {.collectives = 0};
  snprintf(topology, sizeof topology, "net.topology=%s", net);
  snprintf(step, sizeof step, "workload.step=%s", text);
  const struct oio_config config =
      configured((const char *const[]){topology, "workload.generate=step", "sim.fidelity=event", "results.detail=on", step, more, NULL});
  struct oio_sim *sim = start_sim(&config);
  if (oio_sim_advance(sim, OIO_NEVER, &error) != OIO_OK) fail_msg("%s: %s", text, error.text);
  oio_sim_get_results(sim, &outcome.results);
  while (oio_traffic_get_collective(oio_sim_traffic(sim), outcome.collectives, &outcome.times[outcome.collectives])) outcome.collectives++;
  oio_sim_destroy(sim);
  assert_true(outcome.results.traffic.outstanding + outcome.results.traffic.lost + outcome.results.traffic.corrupted == 0);
  double sum_ps = 0;
  for (unsigned part = 0; part < OIO_PATH_PARTS; part++) sum_ps += outcome.results.path_ps[part];
  assert_true(fabs(sum_ps - outcome.results.iteration_ps) < 1); /* where it all went adds up */
  return outcome;
}

static struct outcome run(const char *net, const char *text) {
  return run_with(net, text, NULL);
}

static void takes(const char *net, const char *text, uint64_t due_ps) {
  const struct outcome outcome = run(net, text);
  if (outcome.results.sim_time_ps != due_ps)
    fail_msg("%s on %s: %llu ps, due %llu", text, net, (unsigned long long)outcome.results.sim_time_ps, (unsigned long long)due_ps);
}

static uint64_t message_ps(uint64_t bytes) {
  return bytes / FLIT_BYTES * FLIT_PS + ALPHA_PS;
}

/* 2 (n - 1) (alpha + S / n B) */
static uint64_t ring_ps(uint64_t n, uint64_t bytes) {
  return 2 * (n - 1) * message_ps(bytes / n);
}

static uint64_t larger(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

/* 88,800 = 4 x 100 flits, and so on: whole flits everywhere. */
static void collectives_one_after_the_other_take_the_sum_of_their_closed_forms(void **state) {
  (void)state;
  const uint64_t reduce_ps = ring_ps(4, 88800), gather_ps = 3 * message_ps(22200), exchange_ps = message_ps(11100);
  const struct outcome outcome = run("full:4", "all-reduce:4:88800, all-gather:all:88800 , all-to-all:4:44400");
  assert_int_equal(outcome.results.sim_time_ps, 3 * LOCAL_PS + reduce_ps + gather_ps + exchange_ps);
  assert_int_equal(outcome.collectives, 3);
  const struct {
    const char *kind, *algorithm;
    uint64_t due_ps, bytes;
    double factor;
  } due[] = {{"all-reduce", "ring", reduce_ps, 88800, 1.5},
             {"all-gather", "ring", gather_ps, 88800, 0.75},
             {"all-to-all", "direct", exchange_ps, 44400, 0.75}};
  for (unsigned i = 0; i < 3; i++) {
    const struct oio_collective_times *times = &outcome.times[i];
    assert_string_equal(times->kind, due[i].kind);
    assert_string_equal(times->algorithm, due[i].algorithm);
    assert_true(times->counted == 1 && times->group == 4 && times->stride == 1 && times->bytes == due[i].bytes);
    assert_true(fabs(times->time_ps - (double)due[i].due_ps) < 0.5 && times->max_ps == due[i].due_ps && times->skew_ps == 0);
    assert_true(fabs(times->algorithm_bytes_per_s / ((double)due[i].bytes * 1e12 / (double)due[i].due_ps) - 1) < 1e-9);
    assert_true(fabs(times->bus_bytes_per_s / times->algorithm_bytes_per_s - due[i].factor) < 1e-9);
  }
  assert_true(outcome.results.efficiency == 0 && outcome.results.bus_bytes_per_s == 0);
}

/* Pairs 0-1 and 2-3, and 0-2 and 1-3: no wire is in both. */
static void what_shares_no_wire_takes_as_long_as_the_longest(void **state) {
  (void)state;
  const uint64_t tensor_ps = ring_ps(2, 44400), data_ps = ring_ps(2, 177600);
  takes("full:4", "all-reduce:2:44400, all-reduce:2@2:177600", 2 * LOCAL_PS + tensor_ps + data_ps);
  takes("full:4", "all-reduce:2:44400 &, all-reduce:2@2:177600", LOCAL_PS + larger(tensor_ps, data_ps));
  takes("full:4", "all-reduce:2:44400&,all-reduce:2@2:177600&", LOCAL_PS + larger(tensor_ps, data_ps));
  const struct outcome outcome = run_with("full:8", "all-reduce:4:88800", "workload.iterations=3");
  assert_int_equal(outcome.results.sim_time_ps, 3 * (LOCAL_PS + ring_ps(4, 88800)));
  assert_true(outcome.times[0].counted == 6 && fabs(outcome.times[0].time_ps - (double)ring_ps(4, 88800)) < 0.5);
}

/* A die has nothing to do but to wait, and for what: of a step in which nothing is beside anything, for each collective as long as it
 * takes; for what runs beside compute, what is left of it when compute is over; for two beside each other, the longer lets it go. */
static void what_is_exposed_is_what_a_die_waits_for(void **state) {
  (void)state;
  const double reduce_ps = (double)ring_ps(4, 177600), exchange_ps = (double)message_ps(11100);
  struct outcome outcome = run_with("full:4", "compute:2us, all-reduce:4:177600, all-to-all:4:44400", "workload.iterations=3");
  assert_true(fabs(outcome.times[0].exposed_ps - reduce_ps) < 0.5 && fabs(outcome.times[1].exposed_ps - exchange_ps) < 0.5);
  outcome = run_with("full:4", "all-reduce:2@2:355200 &, compute:2us, all-to-all:2:22200, compute:1us", "workload.iterations=2");
  const double left_ps = LOCAL_PS + (double)ring_ps(2, 355200) - 2e6 - exchange_ps - 1e6; /* they share no wire */
  assert_true(left_ps > 0 && fabs(outcome.times[0].exposed_ps - left_ps) < 0.5);
  assert_true(fabs(outcome.times[1].exposed_ps - exchange_ps) < 0.5);
  outcome = run("full:4", "all-reduce:2:44400 &, all-reduce:2@2:177600");
  assert_true(outcome.times[0].exposed_ps == 0 && fabs(outcome.times[1].exposed_ps - (double)ring_ps(2, 177600)) < 0.5);
  outcome = run("full:4", "all-reduce:4:177600 &, compute:100us");
  assert_true(outcome.times[0].exposed_ps == 0);
  /* Down a chain: the root and rank 1 wait a hop, the others two and three. */
  outcome = run("full:4", "broadcast/ring:4:222000, compute:1us");
  assert_true(fabs(outcome.times[0].exposed_ps - 1.75 * (double)message_ps(222000)) < 0.5);
}

/* With errors, on a net whose wires are shared: the mean die ends as early as the last less the skew, and that is compute, what is exposed,
 * and the joins, one of which compute has within. */
static void compute_and_what_is_exposed_add_up_to_an_iteration(void **state) {
  (void)state;
  const struct outcome outcome =
      run_with("leaf-spine:4,2", "compute:5us, all-reduce:4:66600, broadcast/tree:all:22200 &, all-to-all:2@4:8880, compute:2us",
               "package.bit_error_rate=1e-5");
  double sum_ps = 7e6 + LOCAL_PS; /* a local record at the broadcast; all-to-all follows the same, and so does compute within its own */
  for (unsigned i = 0; i < 3; i++) sum_ps += outcome.times[i].exposed_ps;
  assert_true(outcome.results.links.retries_crc > 0 && outcome.results.skew_ps > 0);
  if (fabs(sum_ps + outcome.results.skew_ps - outcome.results.iteration_ps) > 1)
    fail_msg("%.1f of %.1f, skew %.1f", sum_ps, outcome.results.iteration_ps, outcome.results.skew_ps);
}

/* What runs beside compute is hidden as far as compute goes. Compute takes what it is said to, though it is records inside a die. */
static void what_runs_beside_compute_is_exposed_as_far_as_it_takes_longer(void **state) {
  (void)state;
  static const uint64_t compute_us[] = {1, 10, 50, 51, 100};
  const uint64_t reduce_ps = ring_ps(4, 177600); /* 4.8 us and 24 ns */
  for (unsigned i = 0; i < 5; i++) {
    char text[200];
    const uint64_t first_ps = 7000000, compute_ps = compute_us[i] * 100000, beside_ps = first_ps + larger(reduce_ps, compute_ps);
    snprintf(text, sizeof text, "compute:7us, all-reduce:4:177600 &, compute:%lluns", (unsigned long long)(compute_ps / 1000));
    const struct outcome outcome = run("loop:4", text);
    assert_int_equal(outcome.results.sim_time_ps, beside_ps);
    assert_true(fabs(outcome.results.efficiency - (double)(first_ps + compute_ps) / (double)beside_ps) < 1e-9);
    assert_true(fabs(outcome.results.exposed_ps - (double)(beside_ps - first_ps - compute_ps)) < 0.5);
    snprintf(text, sizeof text, "compute:7us, all-reduce:4:177600, compute:%lluns", (unsigned long long)(compute_ps / 1000));
    takes("loop:4", text, first_ps + reduce_ps + compute_ps);
  }
}

/* A part of the compute, of a collective by keys of its own: the same as the compute before it and the compute beside it. */
static void an_overlap_is_compute_before_and_compute_beside(void **state) {
  (void)state;
  static const char *const steps[] = {"compute:1us, all-reduce:8:444000 &, compute:1us",
                                      "compute:20us, all-reduce:8:444000 &, compute:20us"};
  static const char *const computes[] = {"workload.compute_ps=2000000", "workload.compute_ps=40000000"};
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_config config =
        configured((const char *const[]){"net.topology=loop:8", "workload.generate=all-reduce", "workload.bytes=444000",
                                         "workload.overlap=0.5", "sim.fidelity=event", "workload.iterations=3", computes[i], NULL});
    struct oio_sim *sim = start_sim(&config);
    struct oio_results single;
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
    oio_sim_get_results(sim, &single);
    oio_sim_destroy(sim);
    const struct outcome outcome = run_with("loop:8", steps[i], "workload.iterations=3");
    assert_true(fabs(outcome.results.iteration_ps - single.iteration_ps) < 0.5);
    assert_true(fabs(outcome.results.efficiency - single.efficiency) < 1e-9);
  }
}

static void a_wait_is_for_all_that_runs_beside(void **state) {
  (void)state;
  const uint64_t long_ps = ring_ps(4, 177600), exchange_ps = message_ps(11100);
  takes("full:4", "all-reduce:4:177600 &, compute:1us, wait, all-to-all:4:44400", LOCAL_PS + long_ps + LOCAL_PS + exchange_ps);
  takes("full:4", "all-reduce:4:177600 &, compute:9us, wait, all-to-all:4:44400", 9000000 + LOCAL_PS + exchange_ps);
  takes("full:4", "all-reduce:4:177600 &, compute:1us, wait, compute:1us", LOCAL_PS + long_ps + 1000000);
  takes("full:4", "wait, compute:1us, wait, compute:2us", 3000000);
}

/* Down the chain a broadcast reaches rank k after k hops. The second, from the root to each, is there long before, and counts when the
 * first has come: the last rank computes from then. */
static void what_comes_early_is_no_leave_to_go_on(void **state) {
  (void)state;
  const uint64_t hop_ps = message_ps(222000);
  takes("full:4", "broadcast/ring:4:222000, broadcast/direct:4:222, compute:1us", LOCAL_PS + 3 * hop_ps + LOCAL_PS + 1000000);
  const struct outcome outcome = run("full:4", "broadcast/ring:4:222000, broadcast/direct:4:222, compute:1us");
  /* The root may begin it after a hop, as rank 1; the others after two and three, and then it is over. */
  assert_true(fabs(outcome.times[0].time_ps - 3 * (double)hop_ps) < 0.5 && outcome.times[0].skew_ps == 0);
  assert_true(fabs(outcome.times[1].time_ps - 2 * (double)hop_ps) < 0.5 && outcome.times[1].max_ps == 2 * hop_ps);
  assert_true(fabs(outcome.times[1].skew_ps - 1.25 * (double)hop_ps) < 0.5);
}

/* The mean of 1, 1, 2 and 3 hops is 1.75: the last is 1.25 behind, after one iteration as after the second, which goes down the same chain.
 */
static void the_end_of_the_last_iteration_counts_as_the_others_do(void **state) {
  (void)state;
  const double hop_ps = (double)message_ps(222000);
  assert_true(fabs(run("loop:4", "broadcast/ring:4:222000").results.skew_ps - 1.25 * hop_ps) < 0.5);
  assert_true(fabs(run_with("loop:4", "broadcast/ring:4:222000", "workload.iterations=2").results.skew_ps - 1.25 * hop_ps) < 0.5);
  /* From a root: three wires at once. Compute that ends later than all of it leaves nobody behind. */
  assert_true(fabs(run("full:4", "broadcast/direct:4:222000").results.skew_ps) < 0.5);
  assert_true(fabs(run("loop:4", "broadcast/ring:4:222000 &, compute:50us").results.skew_ps) < 0.5);
  /* Beside 1.5 hops of compute: 1.5, 1.5, 2 and 3 hops, less what the local record takes before the sends. */
  char text[80];
  snprintf(text, sizeof text, "broadcast/ring:4:222000 &, compute:%llups", (unsigned long long)(message_ps(222000) * 3 / 2 + LOCAL_PS));
  assert_true(fabs(run("loop:4", text).results.skew_ps - hop_ps) < 0.5);
}

/* ---- the order of records ---- */

enum { RECORDS_MAX = 6000, DIES = 8 };

struct entry {
  uint32_t source, destination, iteration, item;
};

static struct oio_step_config plan;
static struct oio_step step;
static struct entry all[RECORDS_MAX];
static uint8_t *before; /* before[i * count + j]: j is over when i enters */

static void draw_plan(uint64_t *draw) {
  static const enum oio_collective_kind kinds[] = {OIO_ALL_REDUCE, OIO_ALL_GATHER, OIO_REDUCE_SCATTER, OIO_ALL_TO_ALL, OIO_BROADCAST};
  plan = (struct oio_step_config){
      .dies = DIES, .count = 1 + (uint32_t)chance_below(draw, 5), .iterations = 1 + chance_below(draw, 2), .local_ps = 10};
  for (uint32_t i = 0; i < plan.count; i++) {
    struct oio_step_item *item = &plan.items[i];
    const uint64_t what = chance_below(draw, 8);
    item->kind = what == 0 && i > 0 ? OIO_STEP_WAIT : what < 3 ? OIO_STEP_COMPUTE : OIO_STEP_COLLECTIVE;
    item->beside = item->kind == OIO_STEP_COLLECTIVE && chance_below(draw, 2) == 0;
    item->compute_ps = 1000;
    const uint32_t group = 2u << chance_below(draw, 3), stride = 1u << chance_below(draw, group == 8 ? 1 : group == 4 ? 2 : 3);
    item->collective = (struct oio_collective_config){.kind = kinds[chance_below(draw, 5)],
                                                      .dies = DIES,
                                                      .group = group,
                                                      .stride = stride,
                                                      .bytes = 1000,
                                                      .chunk_bytes = chance_below(draw, 2) == 0 ? 0 : 500,
                                                      .listed = true};
  }
}

/* Which item a part stands for: parts but joins are in the order of items but waits. */
static uint32_t item_of(const struct oio_step_part *part) {
  uint32_t item = 0, nth = 0;
  for (const struct oio_step_part *p = step.part; p < part; p++) nth += p->kind != OIO_STEP_JOIN;
  for (;; item++) {
    if (plan.items[item].kind != OIO_STEP_WAIT && nth-- == 0) return item;
  }
}

static uint64_t make_records(void) {
  struct oio_record record;
  struct oio_error error;
  uint64_t count = 0, number, iteration;
  if (oio_step_start(&step, &plan, &error) != OIO_OK) FAIL_WITH_REPLAY("%s", error.text);
  assert_true(step.records <= RECORDS_MAX);
  before = calloc(step.records, step.records);
  while (oio_step_next(&step, &record, NULL)) {
    const struct oio_step_part *part = oio_step_locate(&step, record.id, &iteration, &number);
    const uint32_t item = part->kind == OIO_STEP_JOIN ? OIO_STEP_NOWHERE : item_of(part);
    all[count] = (struct entry){record.source, record.destination, (uint32_t)iteration, item};
    for (uint32_t w = 0; w < record.waits_count; w++) {
      const uint64_t j = record.waits[w];
      assert_true(j < count && (w == 0 || record.waits[w - 1] < j));
      before[count * step.records + j] = 1;
      for (uint64_t k = 0; k < j; k++) before[count * step.records + k] |= before[j * step.records + k];
    }
    assert_int_equal(record.id, count);
    count++;
  }
  return count;
}

/* Must j's item be over at a die before i's begins there? */
static bool comes_before(const struct entry *j, const struct entry *i) {
  if (j->item == OIO_STEP_NOWHERE || i->item == OIO_STEP_NOWHERE) return false;
  if (j->iteration != i->iteration) return j->iteration < i->iteration;
  if (j->item >= i->item || !plan.items[j->item].beside) return j->item < i->item;
  for (uint32_t k = j->item + 1; k < i->item; k++) {
    if (plan.items[k].kind == OIO_STEP_WAIT) return true;
  }
  return false;
}

/* On its way from one die to another what is sent later comes later: it stands for what it follows. */
static bool is_behind(uint64_t i, uint64_t j, uint64_t count) {
  bool behind = before[i * count + j];
  for (uint64_t k = j + 1; k < i && !behind; k++)
    behind =
        before[i * count + k] && all[k].source == all[j].source && all[k].destination == all[j].destination && all[k].item == all[j].item;
  return behind;
}

static void each_die_does_one_thing_after_the_other_but_for_what_runs_beside(void **state) {
  (void)state;
  uint64_t draw = chance_stream(1), checked = 0, free_pairs = 0;
  for (unsigned round = 0; round < 100; round++) {
    draw_plan(&draw);
    const uint64_t count = make_records();
    for (uint64_t i = 0; i < count; i++) {
      for (uint64_t j = 0; j < count; j++) {
        if (j >= i || all[j].destination != all[i].source) continue;
        if (!comes_before(&all[j], &all[i])) {
          free_pairs += all[j].item < all[i].item && all[i].item != OIO_STEP_NOWHERE && !before[i * count + j];
          continue;
        }
        checked++;
        if (!is_behind(i, j, count))
          FAIL_WITH_REPLAY("round %u: record %" PRIu64 " of item %u does not wait for %" PRIu64 " of item %u", round, i, all[i].item, j,
                           all[j].item);
      }
    }
    free(before);
  }
  print_message("%" PRIu64 " pairs in order, %" PRIu64 " free\n", checked, free_pairs);
  assert_true(checked > 10000 && free_pairs > 1000); /* and what need not be waited for is not */
}

/* ---- the text ---- */

static void the_text_says_what_is_done(void **state) {
  (void)state;
  struct oio_error error;
  static struct oio_step_config config;
  config.dies = 64;
  if (oio_step_parse(&config,
                     " compute:5ps,compute:0.003s , all-to-all/direct:8@4:7KiB & ,wait,broadcast:all:2GiB,all-reduce/halving-doubling:16:9",
                     &error) != OIO_OK)
    fail_msg("%s", error.text);
  const struct oio_step_item *items = config.items;
  assert_int_equal(config.count, 6);
  assert_true(items[0].kind == OIO_STEP_COMPUTE && items[0].compute_ps == 5 && items[1].compute_ps == UINT64_C(3000000000));
  assert_true(items[2].kind == OIO_STEP_COLLECTIVE && items[2].beside && items[2].collective.kind == OIO_ALL_TO_ALL);
  assert_true(items[2].collective.algorithm == OIO_DIRECT_EXCHANGE && items[2].collective.group == 8 && items[2].collective.stride == 4);
  assert_int_equal(items[2].collective.bytes, 7168);
  assert_true(items[3].kind == OIO_STEP_WAIT && !items[4].beside && items[4].collective.kind == OIO_BROADCAST);
  assert_true(items[4].collective.group == 0 && items[4].collective.bytes == UINT64_C(2147483648) && items[4].collective.dies == 64);
  assert_true(items[5].collective.algorithm == OIO_HALVING_DOUBLING && items[5].collective.bytes == 9);
}

static void a_text_that_is_none_is_refused_with_the_item(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
  } cases[] = {{"", "'' is no item; write compute:TIME"},
               {"compute:5us,", NULL},
               {"compute:5us,,wait", "'' is no item"},
               {"compute:5", "'compute:5' is no item"},
               {"compute:5.0", "'compute:5.0' is no item"},
               {"compute:1.5us,all-reduce:8:0.5KiB", NULL},
               {"compute:0.5ps", "'compute:0.5ps' is no item"},
               {"all-reduce:8:0.3KiB", "is no item"},
               {"all-reduce:8.0:4MiB", "is no item"},
               {"compute:0us", "'compute:0us' is no item"},
               {"compute:-5us", "is no item"},
               {"compute:5us &", "'compute:5us &' is no item"},
               {"compute:1000001ms", "is no item"},
               {"wait &", "is no item"},
               {"wait", "does nothing but wait"},
               {"all-reduce", "'all-reduce' is no item"},
               {"all-reduce:8", "is no item"},
               {"all-reduce:8:", "is no item"},
               {"all-reduce:8:4MB", "'all-reduce:8:4MB' is no item"},
               {"all-reduce:8:4MiB:2", "is no item"},
               {"all-reduce:0:4MiB", "is no item"},
               {"all-reduce:8@0:4MiB", "is no item"},
               {"all-reduce/:8:4MiB", "is no item"},
               {"all-reduce/best:8:4MiB", "is no item"},
               {"all-reduces:8:4MiB", "is no item"},
               {"all-reduce:8:140737488355329", "is no item"},
               {"all-reduce:8:99999999999GiB", "is no item"},
               {"&", "'&' is no item"}};
  static struct oio_step_config config;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct oio_error error = {""};
    const enum oio_status status = oio_step_parse(&config, cases[i].text, &error);
    if (status != (cases[i].words == NULL ? OIO_OK : OIO_ERR_CONFIG)) fail_msg("'%s' gives %d", cases[i].text, (int)status);
    if (cases[i].words != NULL && strstr(error.text, cases[i].words) == NULL)
      fail_msg("'%s' does not say '%s'", error.text, cases[i].words);
  }
  char many[200] = "wait";
  for (unsigned i = 0; i < OIO_STEP_ITEMS; i++) strcat(many, ",wait");
  struct oio_error error = {""};
  assert_int_equal(oio_step_parse(&config, many, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "more than 24 items"));
}

static void what_cannot_be_done_is_refused_in_the_words_of_the_text(void **state) {
  (void)state;
  static const struct {
    const char *text, *words;
  } cases[] = {
      {"compute:1us, all-reduce:3:4MiB", "8 dies do not divide into groups of 3, 1 apart; choose group (2 or more) and group_stride"},
      {"all-gather/tree:8:4MiB", "algorithm=tree does no all-gather; use ring"},
      {"all-reduce:8:7", "raise bytes or workload.chunk_bytes"},
      {"compute:19ps, all-reduce:8:1KiB", "compute of 19 ps is less than twice die.local_ps=10; raise it"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct oio_error error = {""};
    plan = (struct oio_step_config){.dies = 8, .iterations = 1, .local_ps = 10};
    assert_int_equal(oio_step_parse(&plan, cases[i].text, &error), OIO_OK);
    assert_int_equal(oio_step_start(&step, &plan, &error), OIO_ERR_CONFIG);
    if (strstr(error.text, cases[i].words) == NULL) fail_msg("'%s' does not say '%s'", error.text, cases[i].words);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(collectives_one_after_the_other_take_the_sum_of_their_closed_forms),
      cmocka_unit_test(what_shares_no_wire_takes_as_long_as_the_longest),
      cmocka_unit_test(what_runs_beside_compute_is_exposed_as_far_as_it_takes_longer),
      cmocka_unit_test(what_is_exposed_is_what_a_die_waits_for),
      cmocka_unit_test(compute_and_what_is_exposed_add_up_to_an_iteration),
      cmocka_unit_test(an_overlap_is_compute_before_and_compute_beside),
      cmocka_unit_test(a_wait_is_for_all_that_runs_beside),
      cmocka_unit_test(what_comes_early_is_no_leave_to_go_on),
      cmocka_unit_test(the_end_of_the_last_iteration_counts_as_the_others_do),
      cmocka_unit_test(each_die_does_one_thing_after_the_other_but_for_what_runs_beside),
      cmocka_unit_test(the_text_says_what_is_done),
      cmocka_unit_test(a_text_that_is_none_is_refused_with_the_item),
      cmocka_unit_test(what_cannot_be_done_is_refused_in_the_words_of_the_text),
  };
  chance_start();
  return cmocka_run_group_tests_name("step", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A plan draws what a bench takes, a bad run is made as short as it can be, and what a bench says is told apart. */
#include "found.h"
#include "oio/config.h"
#include "reduce.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct plan plan = {.bench = &plan_cosim, .seed = 5, .messages = 1000};

static const char *value_of(const struct plan_run *run, const char *key) {
  for (unsigned i = 0; i < run->count; i++) {
    if (strcmp(run->setting[i].key, key) == 0) return run->setting[i].value;
  }
  return NULL;
}

static void number_and_seed_make_a_run(void **state) {
  (void)state;
  struct plan other = plan;
  struct plan_run a, b;
  plan_draw(&plan, 17, &a);
  plan_draw(&plan, 17, &b);
  assert_int_equal(a.count, b.count);
  for (unsigned i = 0; i < a.count; i++) assert_string_equal(a.setting[i].value, b.setting[i].value);
  other.seed = 6;
  plan_draw(&other, 17, &b);
  assert_string_not_equal(value_of(&a, "sim.seed"), value_of(&b, "sim.seed"));
}

/* What is drawn is in the range of its key, whose owner says so; schedules are read by their own reader. */
static void every_run_can_be_carried_out(void **state) {
  (void)state;
  struct oio_error error;
  for (uint64_t number = 0; number < 3000; number++) {
    struct oio_config config;
    struct plan_run run;
    oio_config_defaults(&config);
    plan_draw(&plan, number, &run);
    for (unsigned i = 0; i < run.count; i++) {
      if (run.setting[i].key[0] == '-') continue;
      char text[2 * PLAN_VALUE_BYTES];
      snprintf(text, sizeof text, "%s=%s", run.setting[i].key, run.setting[i].value);
      if (oio_config_set(&config, "--set", text, &error) != OIO_OK) fail_msg("run %u: %s", (unsigned)number, error.text);
    }
    if (oio_config_resolve(&config, &error) != OIO_OK) fail_msg("run %u: %s", (unsigned)number, error.text);
    if (value_of(&run, "workload.depth") != NULL) assert_string_equal(value_of(&run, "workload.generate"), "saturate");
    if (value_of(&run, "workload.load") != NULL) assert_string_not_equal(value_of(&run, "workload.generate"), "saturate");
    if (value_of(&run, "reset.hold_ps") != NULL) assert_non_null(value_of(&run, "reset.at_ps"));
    assert_in_range(plan_messages(&plan, &run), 1, 1001);
  }
}

static void every_knob_is_turned_and_every_kind_gets_its_share(void **state) {
  (void)state;
  static const char *const keys[] = {
      "--rtl",           "workload.load",  "workload.depth",         "link.format",       "die_link.window_flits",
      "vc.buffer_bytes", "optical.errors", "die_link.timeout_flits", "link.replay_limit", "optical.lane_rate_gbps",
      "reset.hold_ps",   "faults.schedule"};
  unsigned kinds[PLAN_KINDS_MAX] = {0}, seen[sizeof keys / sizeof *keys] = {0};
  for (uint64_t number = 0; number < 600; number++) {
    struct plan_run run;
    plan_draw(&plan, number, &run);
    kinds[run.kind]++;
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) seen[i] += value_of(&run, keys[i]) != NULL;
  }
  for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) assert_true(seen[i] > 10);
  assert_int_equal(plan_kinds(&plan_cosim), 6);
  for (unsigned i = 0; i < 6; i++) assert_int_equal(kinds[i], 100);
  assert_string_equal(plan_kind_name(&plan_cosim, 0), "traffic");
  assert_string_equal(plan_kind_name(&plan_cosim, 5), "schedule");
}

static void what_is_set_or_left_out_is_not_drawn_and_what_hangs_on_it_heeds_it(void **state) {
  (void)state;
  struct plan mine = plan;
  mine.fixed[mine.fixed_count++] = "workload.generate=saturate";
  mine.left_out[mine.left_out_count++] = "reset.at_ps";
  for (uint64_t number = 0; number < 500; number++) {
    struct plan_run run;
    plan_draw(&mine, number, &run);
    assert_null(value_of(&run, "workload.generate"));
    assert_null(value_of(&run, "workload.load"));
    assert_null(value_of(&run, "reset.at_ps"));
    assert_null(value_of(&run, "reset.hold_ps"));
  }
}

/* Bad when it has both, and 37 messages: what is left is these two, what no run goes without, and 37 to 40. */
static bool is_bad(const struct plan_run *run, const char *a, const char *b) {
  return value_of(run, a) != NULL && value_of(run, b) != NULL && plan_messages(&plan, run) >= 37;
}

static void a_bad_run_is_left_with_what_it_takes(void **state) {
  (void)state;
  unsigned reduced = 0;
  for (uint64_t number = 0; number < 2000; number++) {
    struct reduction reduction;
    struct plan_run run;
    unsigned tries = 0;
    plan_draw(&plan, number, &run);
    if (!is_bad(&run, "optical.bit_error_rate", "link.ack_delay_flits")) continue;
    reduction_start(&reduction, &plan, &run);
    for (; reduction_next(&reduction, &run); tries++)
      reduction_tell(&reduction, is_bad(&run, "optical.bit_error_rate", "link.ack_delay_flits"));
    assert_true(is_bad(&reduction.best, "optical.bit_error_rate", "link.ack_delay_flits"));
    assert_in_range(plan_messages(&plan, &reduction.best), 37, 40);
    assert_int_equal(reduction.best.count, 6); /* messages, seed, generate, rtl, and the two */
    assert_true(tries < 60);
    reduced++;
  }
  assert_true(reduced > 50);
}

static void what_another_setting_hid_goes_in_a_second_pass(void **state) {
  (void)state;
  struct reduction reduction;
  struct plan_run run = {.count = 3, .setting = {{"workload.messages", true, "8"}, {"a", false, "1"}, {"b", false, "1"}}};
  reduction_start(&reduction, &plan, &run);
  /* a is wanted as long as b is there, which is tried later. */
  while (reduction_next(&reduction, &run)) reduction_tell(&reduction, value_of(&run, "b") == NULL || value_of(&run, "a") != NULL);
  assert_int_equal(reduction.best.count, 1);
  assert_int_equal(plan_messages(&plan, &reduction.best), 1);
}

static void judged(const char *said, int status, bool hangs, enum trial_verdict verdict, const char *rule, const char *line) {
  struct trial_outcome outcome;
  trial_judge(&outcome, said, status, hangs);
  assert_int_equal(outcome.verdict, verdict);
  assert_string_equal(outcome.rule, rule);
  assert_string_equal(outcome.line, line);
}

static void what_a_bench_says_is_told_apart(void **state) {
  (void)state;
  enum { EXIT_1 = 1 << 8, EXIT_2 = 2 << 8, SEGMENTATION = 11 }; /* as of wait() */
  judged("", 0, false, TRIAL_GOOD, "", "");
  judged("a note\noio cosim: at 2.000 ns: rule T5: near die side: no Ack\noio cosim: at 3.000 ns: rule R4: x\n", EXIT_1, false, TRIAL_BAD,
         "T5", "oio cosim: at 2.000 ns: rule T5: near die side: no Ack");
  judged("bench: BAD: at 22.000 ns (clock 22): rule PR6, once and in order: payload 3 again\n", EXIT_1, false, TRIAL_BAD,
         "PR6, once and in order", "bench: BAD: at 22.000 ns (clock 22): rule PR6, once and in order: payload 3 again");
  judged("the run is BAD: 3 corrupted, 1,204 lost\n", EXIT_1, false, TRIAL_BAD, "corrupted, lost",
         "the run is BAD: 3 corrupted, 1,204 lost");
  judged("something\nno end of line", EXIT_1, false, TRIAL_BAD, "no verdict", "no end of line");
  judged("oio cosim: vc.count=9: use 1..8\n", EXIT_2, false, TRIAL_REFUSED, "", "oio cosim: vc.count=9: use 1..8");
  judged("half a l", SEGMENTATION, false, TRIAL_BAD, "crash: signal 11", "half a l");
  judged("", 9, true, TRIAL_BAD, "hang", "");
}

static void where_to_look_is_kept(void **state) {
  (void)state;
  struct trial_outcome outcome;
  trial_judge(&outcome, "x: rule T5: y\nx: 1 findings; the first is at 1 ns: look with --waves w.fst --wave-window 0:101\nmore", 1 << 8,
              false);
  assert_string_equal(outcome.look, "--waves w.fst --wave-window 0:101");
}

/* Runs end in any order: 5, 2, 1 with the rules b, a, b. */
static void rules_stand_in_the_order_of_their_first_runs(void **state) {
  (void)state;
  static struct found found;
  const struct {
    uint64_t number;
    const char *rule;
  } ended[] = {{5, "b"}, {2, "a"}, {7, "c"}, {1, "b"}};
  for (size_t i = 0; i < sizeof ended / sizeof ended[0]; i++) {
    const struct plan_run run = {.number = ended[i].number};
    struct trial_outcome outcome = {.verdict = TRIAL_BAD};
    strcpy(outcome.rule, ended[i].rule);
    found_enter(&found, &run, &outcome);
  }
  found_sort(&found);
  assert_int_equal(found.rules, 3);
  assert_string_equal(found.rule[0].outcome.rule, "b");
  assert_int_equal(found.rule[0].first.number, 1);
  assert_int_equal(found.rule[0].runs, 2);
  assert_string_equal(found.rule[1].outcome.rule, "a");
  assert_string_equal(found.rule[2].outcome.rule, "c");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(number_and_seed_make_a_run),
      cmocka_unit_test(every_run_can_be_carried_out),
      cmocka_unit_test(every_knob_is_turned_and_every_kind_gets_its_share),
      cmocka_unit_test(what_is_set_or_left_out_is_not_drawn_and_what_hangs_on_it_heeds_it),
      cmocka_unit_test(a_bad_run_is_left_with_what_it_takes),
      cmocka_unit_test(what_another_setting_hid_goes_in_a_second_pass),
      cmocka_unit_test(what_a_bench_says_is_told_apart),
      cmocka_unit_test(where_to_look_is_kept),
      cmocka_unit_test(rules_stand_in_the_order_of_their_first_runs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

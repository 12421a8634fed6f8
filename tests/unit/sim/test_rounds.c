/* SPDX-License-Identifier: Apache-2.0 */
/* A net in rounds, with any number of threads, against one calendar that goes through all instants in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_rounds"
#include "chance.h"
#include "oio/sim.h"
#include "recorded.h"
#include "sim/many.h"

static struct oio_results run(struct oio_config *config, uint64_t threads, uint64_t instants) {
  struct oio_results results;
  bool more = true;
  config->threads = threads == 0 ? 1 : threads;
  struct oio_sim *sim = start_sim(config);
  if (threads == 0) assert_true(oio_sim_use_one_calendar(sim));
  while (more) assert_int_equal(oio_sim_run(sim, instants, &more, NULL), OIO_OK);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  return results;
}

/* Those of ten shares and more are taken by several together. */
static const char *const nets[] = {"star:5",         "ring:4", "mesh:3x2", "torus:3x3",   "fat-tree:4",
                                   "leaf-spine:3,2", "full:4", "star:2",   "torus:10x10", "ring:40"};
enum { NETS = sizeof nets / sizeof *nets };

static void choose(struct oio_config *config, uint64_t *stream, unsigned round) {
  static const char *const kinds[] = {"saturate", "poisson", "burst", "all-reduce", "all-to-all"};
  static const char *const rates[] = {"0", "1e-5", "3e-4"};
  char text[80];
  oio_config_defaults(config);
  snprintf(text, sizeof text, "net.topology=%s", nets[round % NETS]);
  set(config, text);
  snprintf(text, sizeof text, "workload.generate=%s", kinds[chance_below(stream, 5)]);
  set(config, text);
  set(config, chance_below(stream, 2) == 0 ? "sim.fidelity=event" : "sim.fidelity=bit");
  for (unsigned class = OIO_CLASS_PACKAGE; class < OIO_LINK_CLASSES; class ++) {
    static const char *const names[] = {"package", "rack", "row"};
    snprintf(text, sizeof text, "%s.bit_error_rate=%s", names[class - OIO_CLASS_PACKAGE], rates[chance_below(stream, 3)]);
    set(config, text);
    config->classes[class].length_m = (double)chance_below(stream, 20) / 4;
    config->classes[class].window_flits = chance_below(stream, 3) == 0 ? 1 + chance_below(stream, 20) : 0;
  }
  static const char *const schedules[] = {"", "at 100ns all: down for 200ns, 3 times every 1us",
                                          "from 0 to 3us all: down for 100ns then error rate 1e-5, every 1us on average",
                                          "from 0 to 2us all: error rate 2e-4, 1 per us"};
  snprintf(config->faults, sizeof config->faults, "%s", schedules[chance_below(stream, 4)]);
  config->seed = chance_below(stream, 1000);
  config->messages = 1500;
  config->bytes = 8192;
  config->message_bytes = 1 + chance_below(stream, 600);
  config->generated_vcs = 1 + chance_below(stream, 4);
  config->switch_latency_ps = chance_below(stream, 3) * 25000;
  config->reset_at_ps = config->generator < OIO_GENERATE_ALL_REDUCE && chance_below(stream, 2) == 0 ? 1000000 : 0;
  config->reset_scope = config->reset_at_ps > 0 ? chance_below(stream, 3) : OIO_RESET_ALL;
  config->reset_which = config->reset_scope == OIO_RESET_ALL ? 0 : chance_below(stream, 2);
}

static void compare(unsigned round, const struct oio_results *one, const struct oio_results *other, const char *what) {
  if (memcmp(one, other, sizeof *one) == 0) return;
  FAIL_WITH_REPLAY("round %u (%s), %s: digests %llx and %llx, ends %llu and %llu", round, nets[round % NETS], what,
                   (unsigned long long)one->wire_digest, (unsigned long long)other->wire_digest, (unsigned long long)one->sim_time_ps,
                   (unsigned long long)other->sim_time_ps);
}

/* What a run comes to does not depend on who goes through it, nor on how it is cut. */
static void rounds_come_to_what_one_calendar_does(void **state) {
  (void)state;
  for (unsigned round = 0; round < 48; round++) {
    uint64_t stream = chance_stream(round);
    struct oio_config config;
    choose(&config, &stream, round);
    resolve(&config);
    const struct oio_results one = run(&config, 0, 1000), alone = run(&config, 1, 1 + chance_below(&stream, 500));
    const struct oio_results two = run(&config, 2, 100000), three = run(&config, 3, 1000);
    assert_true(one.traffic.delivered > 0 && one.links.failed == 0);
    compare(round, &one, &alone, "one calendar and rounds");
    compare(round, &one, &two, "one calendar and two threads");
    compare(round, &one, &three, "one calendar and three threads");
  }
}

/* A link that never gets anything across fails. How far the others are then is the same with any number of threads. */
static void a_failure_is_the_same_with_any_number_of_threads(void **state) {
  (void)state;
  for (unsigned round = 0; round < NETS; round++) {
    struct oio_config config;
    oio_config_defaults(&config);
    char text[80];
    snprintf(text, sizeof text, "net.topology=%s", nets[round]);
    set(&config, text);
    set(&config, "workload.generate=saturate");
    set(&config, "package.bit_error_rate=1e-2");
    set(&config, "rack.bit_error_rate=1e-2");
    set(&config, "row.bit_error_rate=1e-2");
    set(&config, "link.replay_limit=2");
    config.messages = 1000;
    resolve(&config);
    const struct oio_results alone = run(&config, 1, 1000), two = run(&config, 2, 1000), five = run(&config, 5, 1000);
    assert_true(alone.links.failed > 0 && alone.failure[0] != '\0');
    compare(round, &alone, &two, "one thread and two");
    compare(round, &alone, &five, "one thread and five");
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rounds_come_to_what_one_calendar_does),
      cmocka_unit_test(a_failure_is_the_same_with_any_number_of_threads),
  };
  return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The lives of flits against what link ends count by themselves, and runs that keep them against runs that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_lives"
#include "chance.h"
#include "configured.h"

enum { WIRES_MAX = 256 };

/* What the lives of a run come to. */
struct sums {
  uint64_t kind[OIO_LIFE_KINDS], verdict[OIO_VERDICTS], of_wire[WIRES_MAX];
  uint16_t accepted[WIRES_MAX]; /* sequence of the payload accepted last */
  oio_time_ps sent_ps[WIRES_MAX], arrival_ps[WIRES_MAX];
  bool resets, tunnels;
};

static uint16_t after(uint16_t sequence, uint32_t modulus) {
  return (uint16_t)(sequence % modulus + 1);
}

static void add(struct sums *sums, const struct oio_life *life, uint32_t modulus) {
  const uint32_t w = life->wire;
  assert_int_equal(life->number, sums->of_wire[w]);
  assert_true(life->number == 0 || (life->sent_ps > sums->sent_ps[w] && life->arrival_ps > sums->arrival_ps[w]));
  assert_true(life->left_ps > life->sent_ps && life->arrival_ps >= life->left_ps);
  sums->of_wire[w]++;
  sums->sent_ps[w] = life->sent_ps;
  sums->arrival_ps[w] = life->arrival_ps;
  sums->kind[life->kind]++;
  sums->verdict[life->verdict]++;
  if (sums->tunnels) return;
  assert_true((life->kind == OIO_LIFE_REPLAY) == (life->replays > 0));
  assert_true((life->kind == OIO_LIFE_NOP) == (life->sequence == 0));
  if (life->verdict != OIO_VERDICT_ACCEPTED) return;
  /* What a receiver accepts is the next in order, and after a reset the first. */
  assert_true(life->sequence == after(sums->accepted[w], modulus) || (sums->resets && life->sequence == 1));
  sums->accepted[w] = life->sequence;
}

/* Runs to the end and returns what its lives come to, and its results. */
static struct sums run(const struct oio_config *config, uint64_t instants, struct oio_results *results) {
  struct sums sums = {.resets = config->reset_at_ps > 0, .tunnels = oio_config_is_tunnelled(config)};
  struct oio_sim *sim = start_sim(config);
  struct oio_link_state ends = {0};
  size_t count;
  assert_int_equal(oio_sim_keep_lives(sim, NULL), OIO_OK);
  const struct oio_net *net = oio_sim_net(sim);
  assert_true(oio_net_ports(net) <= WIRES_MAX);
  for (bool more = true, last = false; !last;) {
    last = !more;
    if (more) assert_int_equal(oio_sim_run(sim, instants, &more, NULL), OIO_OK);
    if (last) assert_int_equal(oio_sim_end_lives(sim, NULL), OIO_OK);
    const struct oio_life *lives = oio_sim_lives(sim, &count);
    for (size_t i = 0; i < count; i++) {
      const bool die_link = oio_net_ports(net) == 6 && lives[i].wire / 2 != 1;
      add(&sums, &lives[i], die_link ? 255 : 65535);
    }
  }
  for (uint32_t p = 0; p < oio_net_ports(net); p++) {
    struct oio_channel_state wire;
    struct oio_link_state end;
    oio_channel_get_state(oio_net_wire((struct oio_net *)net, p), &wire);
    assert_int_equal(wire.flits, sums.of_wire[p]);
    assert_true(oio_net_get_link_state(net, p, &end));
    ends.received_payload += end.received_payload;
    ends.received_invalid += end.received_invalid;
    ends.received_duplicate += end.received_duplicate;
    ends.received_ahead += end.received_ahead;
    ends.received_unknown += end.received_unknown;
  }
  oio_sim_get_results(sim, results);
  oio_sim_destroy(sim);
  assert_int_equal(sums.kind[OIO_LIFE_NOP] + sums.kind[OIO_LIFE_PAYLOAD] + sums.kind[OIO_LIFE_REPLAY],
                   results->links.nop + results->links.payload + results->links.replayed);
  if (sums.tunnels) return sums;
  assert_int_equal(sums.kind[OIO_LIFE_NOP], results->links.nop);
  assert_int_equal(sums.kind[OIO_LIFE_PAYLOAD], results->links.payload);
  assert_int_equal(sums.kind[OIO_LIFE_REPLAY], results->links.replayed);
  assert_int_equal(sums.verdict[OIO_VERDICT_ACCEPTED], ends.received_payload);
  assert_int_equal(sums.verdict[OIO_VERDICT_INVALID], ends.received_invalid);
  assert_int_equal(sums.verdict[OIO_VERDICT_DUPLICATE], ends.received_duplicate);
  assert_int_equal(sums.verdict[OIO_VERDICT_AHEAD], ends.received_ahead);
  assert_int_equal(sums.verdict[OIO_VERDICT_UNKNOWN] + sums.verdict[OIO_VERDICT_DISCARDED], ends.received_unknown);
  return sums;
}

static struct oio_results run_without(const struct oio_config *config) {
  struct oio_results results;
  struct oio_sim *sim = start_sim(config);
  for (bool more = true; more;) assert_int_equal(oio_sim_run(sim, 3000, &more, NULL), OIO_OK);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  return results;
}

static const char *const nets[] = {"pair", "bridged", "star:3", "ring:4", "mesh:3x2", "torus:3x3", "leaf-spine:3,2", "bridged"};
enum { NETS = sizeof nets / sizeof *nets, TUNNELS = NETS - 1 };

static void choose(struct oio_config *config, uint64_t *stream, unsigned round) {
  static const double rates[] = {0, 1e-5, 2e-4};
  const bool pair = round % NETS < 2 || round % NETS == TUNNELS;
  char text[80];
  oio_config_defaults(config);
  snprintf(text, sizeof text, "net.topology=%s", nets[round % NETS]);
  set(config, text);
  if (round % NETS == TUNNELS) set(config, "bridge.mode=tunnel");
  set(config, chance_below(stream, 2) == 0 ? "workload.generate=saturate" : "workload.generate=poisson");
  set(config, chance_below(stream, 2) == 0 ? "sim.fidelity=event" : "sim.fidelity=bit");
  set(config, chance_below(stream, 2) == 0 ? "link.format=3" : "link.format=6");
  for (unsigned class = 0; class < OIO_LINK_CLASSES; class ++) config->classes[class].bit_error_rate = rates[chance_below(stream, 3)];
  if (pair && chance_below(stream, 2) == 0) set(config, "optical.fec=kp4");
  static const char *const schedules[] = {"", "at 300ns all: down for 200ns, 3 times every 1us",
                                          "from flit 0 to flit 900 all: drop, one flit in 50"};
  snprintf(config->faults, sizeof config->faults, "%s", schedules[chance_below(stream, 3)]);
  config->seed = chance_below(stream, 1000);
  config->messages = 600;
  config->reset_at_ps = chance_below(stream, 2) * 700000;
  config->reset_scope = config->reset_at_ps > 0 && !pair ? chance_below(stream, 3) : OIO_RESET_ALL;
  resolve(config);
}

static void lives_add_up_to_what_links_count_and_change_nothing(void **state) {
  uint64_t dropped = 0;
  (void)state;
  for (unsigned round = 0; round < 10 * NETS; round++) {
    uint64_t stream = chance_stream(round);
    struct oio_config config;
    struct oio_results with;
    choose(&config, &stream, round);
    const struct sums sums = run(&config, 1 + chance_below(&stream, 5000), &with);
    const struct oio_results without = run_without(&config);
    if (memcmp(&with, &without, sizeof with) != 0)
      FAIL_WITH_REPLAY("round %u (%s): keeping lives changed the run", round, nets[round % NETS]);
    dropped += sums.verdict[OIO_VERDICT_RESET];
  }
  assert_true(dropped > 0);
}

/* Worked by hand: two dies, messages of a flit each, one way there; the sixth flit of wire 0 has one wrong bit. All behind it on the wire
 * are ahead, or have no sequence to go by, until its replay comes, which begins with the flit that was lost. */
static void a_flit_with_a_wrong_bit_is_seen_to_be_replayed(void **state) {
  (void)state;
  const char *const settings[] = {"net.topology=pair",
                                  "workload.generate=saturate",
                                  "workload.messages=200",
                                  "sim.fidelity=bit",
                                  "faults.schedule=at flit 5 wire 0: flip bits 77",
                                  NULL};
  const struct oio_config config = configured(settings);
  struct oio_sim *sim = start_sim(&config);
  bool more = true, replayed = false;
  uint16_t lost = 0;
  size_t count;
  assert_int_equal(oio_sim_keep_lives(sim, NULL), OIO_OK);
  while (more) {
    assert_int_equal(oio_sim_run(sim, 7, &more, NULL), OIO_OK);
    const struct oio_life *life = oio_sim_lives(sim, &count);
    for (size_t i = 0; i < count; i++, life++) {
      if (life->wire != 0) continue;
      assert_int_equal(life->wrong_bits, life->number == 5);
      assert_int_equal(life->verdict == OIO_VERDICT_INVALID, life->number == 5);
      assert_int_equal(oio_flit_valid(oio_flit_format((unsigned)config.link_format), life->bytes), life->number != 5);
      if (life->number == 5) lost = life->sequence;
      if (life->number < 5) assert_int_equal(life->verdict, OIO_VERDICT_ACCEPTED);
      if (life->number > 5 && !replayed)
        assert_true(life->kind == OIO_LIFE_REPLAY || life->verdict == OIO_VERDICT_UNKNOWN || life->verdict == OIO_VERDICT_AHEAD ||
                    life->verdict == OIO_VERDICT_NOP);
      if (life->kind != OIO_LIFE_REPLAY) continue;
      if (!replayed) assert_int_equal(life->sequence, lost);
      replayed = true;
      assert_int_equal(life->replays, 1);
      assert_int_equal(life->verdict, OIO_VERDICT_ACCEPTED);
    }
  }
  assert_true(replayed);
  oio_sim_destroy(sim);
}

static void where_a_node_is_left_out_there_are_none_to_keep(void **state) {
  (void)state;
  const char *const settings[] = {"workload.generate=saturate", "workload.messages=10", NULL};
  const struct oio_config config = configured(settings);
  const bool left_out[4] = {false, false, true, false};
  struct oio_error error = {""};
  struct oio_sim *sim;
  size_t count = 1;
  assert_int_equal(oio_sim_create(&sim, &config, NULL, left_out, &error), OIO_OK);
  assert_int_equal(oio_sim_keep_lives(sim, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "left out"));
  assert_null(oio_sim_lives(sim, &count));
  assert_int_equal(count, 0);
  oio_sim_destroy(sim);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lives_add_up_to_what_links_count_and_change_nothing),
      cmocka_unit_test(a_flit_with_a_wrong_bit_is_seen_to_be_replayed),
      cmocka_unit_test(where_a_node_is_left_out_there_are_none_to_keep),
  };
  return cmocka_run_group_tests_name("lives", tests, NULL, NULL);
}

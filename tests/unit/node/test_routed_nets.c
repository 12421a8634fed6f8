/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small nets of routed dies and switches (routed_host.h), as random as can be: kind, size, windows, buffers, VCs, errors, consumers that
 * sleep, resets. OIO_SEED chooses them; "long" as the argument makes a thousand instead of a few.
 */
#define CHANCE_PROGRAM "test_routed_nets"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/routes.h"
#include "routed_host.h"

enum { PATIENCE = 200000 };

static unsigned nets = 150;
static struct host host;

static const struct host_setup quiet = {.shape = "star:4",
                                        .fidelity = OIO_BIT,
                                        .window_flits = 64,
                                        .buffer_flits = 32,
                                        .replay_limit = 100,
                                        .queue_messages = 32,
                                        .format = 6,
                                        .vcs = 2,
                                        .flight_ps = 10 * OIO_NS,
                                        .latency_ps = 30 * OIO_NS,
                                        .ack_delay_ps = 20 * OIO_NS,
                                        .seed = 1};

static const char *const ends[] = {"is done", "has failed", "stands still", "is wrong"};

static void check_end(const struct host *h, enum host_end end, enum host_end must) {
  if (end == must) return;
  FAIL_WITH_REPLAY("%s %s: %s; %u of %u messages delivered; a link is %s", h->setup.shape, ends[end], h->what, (unsigned)h->delivered,
                   (unsigned)h->messages, oio_link_failure_name(host_failure(h)));
}

static bool has_way(const struct host *h, uint32_t source, uint32_t destination) {
  struct oio_hop hop;
  return oio_topology_next(h->topology, &(const struct oio_way){.source = source, .destination = destination}, source, OIO_NONE, 0, &hop);
}

static void random_messages(struct host *h, unsigned count, oio_time_ps within_ps, uint64_t *stream) {
  oio_time_ps time_ps[HOST_DIES_MAX] = {0};
  for (unsigned i = 0; i < count; i++) {
    struct host_message m = {.source = (uint32_t)chance_below(stream, h->dies), .vc = (uint8_t)chance_below(stream, h->setup.vcs)};
    do {
      m.destination = (uint32_t)chance_below(stream, h->dies);
    } while (m.destination == m.source || !has_way(h, m.source, m.destination));
    m.bytes = 1 + (uint32_t)chance_below(stream, chance_below(stream, 3) == 0 ? 3000 : 300);
    time_ps[m.source] += chance_below(stream, within_ps * h->dies / count + 1);
    m.time_ps = time_ps[m.source];
    host_message(h, m);
  }
}

/* ---- errors on each wire of a star ---- */

static uint64_t decisions_of(const struct host *h) {
  uint64_t digest = 0;
  for (uint32_t p = 0; p < h->ports; p++) {
    struct oio_link_state s;
    const uint32_t node = h->node_of[p];
    if (h->sw[node] != NULL) {
      oio_switch_get_link_state(h->sw[node], h->index_of[p], &s);
    } else {
      oio_routed_die_get_link_state(h->die[node], h->index_of[p], &s);
    }
    digest = (digest ^ s.decision_digest) * 0x100000001B3u + s.received_invalid + s.replays;
  }
  return digest;
}

static uint64_t run_star(uint64_t of_seed, enum oio_switch_queues queues, enum oio_fidelity fidelity, oio_time_ps *end_ps) {
  struct host_setup setup = quiet;
  setup.bit_error_rate = 1e-4;
  setup.queues = queues;
  setup.fidelity = fidelity;
  setup.seed = of_seed;
  uint64_t stream = chance_stream(of_seed);
  host_start(&host, &setup);
  random_messages(&host, 600, 2 * OIO_US, &stream);
  check_end(&host, host_run(&host, PATIENCE), HOST_DONE);
  assert_int_equal(host.delivered, 600);
  assert_int_equal(host.discarded, 0);
  for (uint32_t p = 0; p < host.ports; p++) {
    struct oio_channel_state s;
    oio_channel_get_state(host.wire[p], &s);
    assert_true(s.wrong_flits > 0);
  }
  const uint64_t decisions = decisions_of(&host);
  *end_ps = host.now_ps;
  host_finish(&host);
  return decisions;
}

static void a_switch_drops_nothing_under_errors_on_each_wire_and_both_fidelities_decide_alike(void **state) {
  (void)state;
  for (unsigned queues = 0; queues < 2; queues++) {
    for (uint64_t s = 1; s <= 3; s++) {
      oio_time_ps bit_ps, event_ps;
      const uint64_t bit = run_star(seed + s, (enum oio_switch_queues)queues, OIO_BIT, &bit_ps);
      const uint64_t event = run_star(seed + s, (enum oio_switch_queues)queues, OIO_EVENT, &event_ps);
      assert_true(bit == event);
      assert_true(bit_ps == event_ps);
    }
  }
}

/* ---- wrong bits that get through ---- */

struct outcome {
  enum host_end end;
  enum oio_link_failure failure;
  oio_time_ps end_ps;
  uint64_t digest, decisions, discarded, malformed, forged;
};

static struct outcome run_forged(const struct host_setup *setup, enum oio_fidelity fidelity, uint64_t of_stream) {
  struct host_setup s = *setup;
  uint64_t stream = chance_stream(of_stream);
  s.fidelity = fidelity;
  host_start(&host, &s);
  host.forge_one_in = 300;
  host.forging = chance_stream(of_stream + 1);
  random_messages(&host, 300, OIO_US, &stream);
  struct outcome o = {.end = host_run(&host, 20000)};
  o.failure = host_failure(&host);
  o.end_ps = host.now_ps;
  o.digest = host.digest;
  o.decisions = decisions_of(&host);
  o.discarded = host.discarded;
  o.forged = host.forged;
  for (uint32_t d = 0; d < host.dies; d++) o.malformed += oio_routed_die_malformed(host.die[d]);
  host_finish(&host);
  return o;
}

static void whatever_gets_through_the_crc_both_fidelities_do_the_same_with_it(void **state) {
  (void)state;
  static const char *const shapes[] = {"star:4", "ring:4", "full:3", "mesh:2x2"};
  uint64_t discarded = 0, malformed = 0, failed = 0, forged = 0;
  for (unsigned n = 0; n < 60; n++) {
    struct host_setup setup = quiet;
    setup.shape = shapes[n % 4];
    setup.format = n / 4 % 2 ? 3 : 6;
    setup.queues = n / 8 % 2 ? OIO_SWITCH_OUTPUTS : OIO_SWITCH_FIFO;
    setup.bit_error_rate = n % 3 == 0 ? 1e-4 : 0;
    const struct outcome bit = run_forged(&setup, OIO_BIT, 2000 + 2 * n), event = run_forged(&setup, OIO_EVENT, 2000 + 2 * n);
    if (bit.end != event.end || bit.failure != event.failure || bit.end_ps != event.end_ps || bit.digest != event.digest ||
        bit.decisions != event.decisions || bit.malformed != event.malformed || bit.discarded != event.discarded) {
      FAIL_WITH_REPLAY("run %u, %s: bit fidelity %s at %" PRIu64 ", event fidelity %s at %" PRIu64, n, setup.shape, ends[bit.end],
                       bit.end_ps, ends[event.end], event.end_ps);
    }
    if (bit.end == HOST_WRONG) FAIL_WITH_REPLAY("run %u, %s: %s", n, setup.shape, host.what);
    discarded += bit.discarded;
    malformed += bit.malformed;
    forged += bit.forged;
    failed += bit.end == HOST_FAILED;
  }
  print_message("%" PRIu64 " flits forged: %" PRIu64 " discarded by switches, %" PRIu64 " by dies; %" PRIu64
                " of 60 runs ended with a link that failed\n",
                forged, discarded, malformed, failed);
  assert_true(discarded > 10 && malformed > 10 && failed > 3 && failed < 60);
}

/* ---- datelines ---- */

/* Each die sends far round the ring, through buffers of one payload. */
static enum host_end run_ring(const char *shape, bool drop_datelines, enum oio_deadlock_verdict *verdict) {
  struct host_setup setup = quiet;
  setup.shape = shape;
  setup.drop_datelines = drop_datelines;
  setup.buffer_flits = 1;
  setup.vcs = 1;
  host_start(&host, &setup);
  for (unsigned i = 0; i < 20; i++) {
    for (uint32_t d = 0; d < host.dies; d++) {
      host_message(&host, (struct host_message){.source = d, .destination = (d + 2) % host.dies, .bytes = 2000});
    }
  }
  struct oio_deadlock found;
  assert_int_equal(oio_routes_check(&found, host.topology, OIO_BUFFERS_PER_PORT, NULL), OIO_OK);
  *verdict = found.verdict;
  oio_deadlock_free(&found);
  const enum host_end end = host_run(&host, PATIENCE);
  if (end == HOST_WRONG) check_end(&host, end, HOST_DONE);
  host_finish(&host);
  return end;
}

static void a_ring_without_datelines_stands_still_as_the_check_says_and_with_them_it_does_not(void **state) {
  (void)state;
  static const char *const shapes[] = {"ring:4", "ring:5", "torus:4x4"};
  for (unsigned i = 0; i < 3; i++) {
    enum oio_deadlock_verdict verdict;
    enum host_end end = run_ring(shapes[i], true, &verdict);
    if (end != HOST_STANDS || verdict != OIO_DEADLOCK_POSSIBLE) FAIL_WITH_REPLAY("%s without datelines %s", shapes[i], ends[end]);
    end = run_ring(shapes[i], false, &verdict);
    if (end != HOST_DONE || verdict != OIO_DEADLOCK_FREE) FAIL_WITH_REPLAY("%s %s", shapes[i], ends[end]);
  }
}

/* ---- anything ---- */

static void random_shape(char *text, size_t nbytes, uint64_t *stream) {
  const unsigned a = 2 + (unsigned)chance_below(stream, 4), b = 2 + (unsigned)chance_below(stream, 2);
  switch (chance_below(stream, 10)) {
  case 0:
    snprintf(text, nbytes, "full:%u", a);
    break;
  case 1:
    snprintf(text, nbytes, "loop:%u", a);
    break;
  case 2:
    snprintf(text, nbytes, "star:%u", a + 2 * b);
    break;
  case 3:
    snprintf(text, nbytes, "ring:%u", a + b);
    break;
  case 4:
    snprintf(text, nbytes, "mesh:%ux%u", a, b);
    break;
  case 5:
    snprintf(text, nbytes, "torus:%ux%u", a, b);
    break;
  case 6:
    snprintf(text, nbytes, "torus:%ux2x2", b);
    break;
  case 7:
    snprintf(text, nbytes, "fat-tree:%u", chance_below(stream, 8) == 0 ? 4u : 2u);
    break;
  default:
    snprintf(text, nbytes, "leaf-spine:%u,%u,%u", b, a, a);
  }
}

static struct host_setup random_setup(const char *shape, uint64_t *stream) {
  return (struct host_setup){
      .shape = shape,
      .fidelity = OIO_BIT,
      .queues = chance_below(stream, 2) ? OIO_SWITCH_OUTPUTS : OIO_SWITCH_FIFO,
      .window_flits = 1 + (uint32_t)chance_below(stream, chance_below(stream, 2) ? 4 : 60),
      .buffer_flits = 1 + (uint32_t)chance_below(stream, chance_below(stream, 2) ? 3 : 40),
      .replay_limit = chance_below(stream, 10) == 0 ? 1 + (uint32_t)chance_below(stream, 2) : 50,
      .queue_messages = 1 + (uint32_t)chance_below(stream, 60),
      .format = chance_below(stream, 2) ? 3 : 6,
      .vcs = (uint8_t)(1 + chance_below(stream, OIO_VCS_MAX)),
      .bit_error_rate = chance_below(stream, 4) == 0 ? 0 : 1e-4 * chance_unit(stream),
      .flight_ps = chance_below(stream, 20 * OIO_NS),
      .latency_ps = chance_below(stream, 50 * OIO_NS),
      .ack_delay_ps = chance_below(stream, 4 * HOST_FLIT_PS),
      .seed = chance(stream),
  };
}

static void a_random_net_delivers_everything_once_and_in_order_or_names_what_failed(void **state) {
  (void)state;
  unsigned failed = 0, reset = 0, slept = 0;
  uint64_t messages = 0, lost = 0;
  for (unsigned n = 0; n < nets; n++) {
    char shape[32];
    uint64_t stream = chance_stream(1000 + n);
    random_shape(shape, sizeof shape, &stream);
    const struct host_setup setup = random_setup(shape, &stream);
    host_start(&host, &setup);
    random_messages(&host, 20 + (unsigned)chance_below(&stream, 100), chance_below(&stream, 2 * OIO_US), &stream);
    if (chance_below(&stream, 4) == 0) host.reset_ps = chance_below(&stream, 2 * OIO_US);
    reset += host.reset_ps != OIO_NEVER;
    for (uint32_t d = 0; d < host.dies && chance_below(&stream, 3) == 0; d++) {
      host.asleep_until_ps[d] = chance_below(&stream, 3 * OIO_US);
      host.slept = true;
    }
    slept += host.slept;
    const enum host_end end = host_run(&host, PATIENCE);
    if (end == HOST_FAILED && setup.replay_limit < 50 && host_failure(&host) == OIO_LINK_REPLAY_LIMIT) {
      failed++;
    } else if (end != HOST_DONE) {
      print_error("net %u: ", n);
      check_end(&host, end, HOST_DONE);
    }
    if (end == HOST_DONE) assert_int_equal(host.sent, host.messages);
    messages += host.delivered;
    lost += host.lost;
    host_finish(&host);
  }
  print_message("%u nets, %u failed with a reason, %u reset, %u with sleepers; %" PRIu64 " messages delivered, %" PRIu64
                " lost to resets\n",
                nets, failed, reset, slept, messages, lost);
  assert_true(reset > nets / 10 && slept > nets / 10 && failed < nets / 10);
}

int main(int argc, char **argv) {
  chance_start();
  if (argc > 1 && strcmp(argv[1], "long") == 0) nets = 1000;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_switch_drops_nothing_under_errors_on_each_wire_and_both_fidelities_decide_alike),
      cmocka_unit_test(whatever_gets_through_the_crc_both_fidelities_do_the_same_with_it),
      cmocka_unit_test(a_ring_without_datelines_stands_still_as_the_check_says_and_with_them_it_does_not),
      cmocka_unit_test(a_random_net_delivers_everything_once_and_in_order_or_names_what_failed),
  };
  return cmocka_run_group_tests_name("routed nets", tests, NULL, NULL);
}

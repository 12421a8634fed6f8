/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace that brings its bytes, over a net of which a part is reset. Messages of many flits are cut in their middle, and what a die has
 * begun to pack it goes on to pack: every segment that comes out anywhere has the bytes of its message, of one that is lost as well, and
 * what is not lost comes whole, once. In event fidelity the bytes are the sender's own, where they lie: built with AddressSanitizer, this
 * reads them.
 */
#define CHANCE_PROGRAM "test_cut_bytes"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/sim.h"
#include "recorded.h"

enum { MESSAGES = 300, BYTES_MAX = 6000 };

/* What came out, by message; heard where traffic meets the net. */
static struct {
  uint64_t bytes, got, astray; /* astray: bytes that are not where they belong, if nothing before them is missing */
  uint32_t source, destination;
  unsigned whole;
} message[MESSAGES];
static uint64_t delivered, rests, wrong;

/* Half of a byte says whose it is, half where it is: of the rest of a message that was cut, only that its bytes follow each other is known.
 */
enum { CYCLE = 13 };
static uint8_t byte_of(uint64_t id, uint64_t at) {
  return (uint8_t)((id * 0x9E3779B97F4A7C15u >> 60) << 4 | at % CYCLE);
}

static uint64_t wrong_in(const struct oio_segment *segment, uint64_t at) {
  uint64_t count = 0;
  for (uint32_t i = 0; i < segment->bytes; i++) count += segment->data[i] != byte_of(segment->id, at + i);
  return count;
}

void __real_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment);
void __wrap_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment);
void __wrap_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment) {
  struct oio_traffic_counts before, after;
  const uint64_t id = segment->id;
  wrong += wrong_in(segment, segment->data[0] & 15u);
  wrong += die != message[id].destination || segment->source != message[id].source;
  if (segment->first) message[id].got = message[id].astray = 0;
  message[id].astray += wrong_in(segment, message[id].got);
  message[id].got += segment->bytes;
  oio_traffic_get_counts(traffic, &before);
  __real_oio_traffic_deliver(traffic, now_ps, die, segment);
  oio_traffic_get_counts(traffic, &after);
  const bool counted = after.delivered > before.delivered;
  delivered += counted;
  if (counted) wrong += message[id].astray;
  message[id].whole += counted && message[id].got == message[id].bytes;
  rests += segment->last && !counted; /* of a message that was cut */
}

/* Each waits for one a few before it, if that goes to where this comes from. */
static void write_trace(struct recorded *r, uint32_t dies, uint64_t *draw) {
  struct oio_trace_writer *writer;
  struct oio_error error;
  static uint8_t bytes[BYTES_MAX];
  const struct oio_trace_header header = {.nodes = dies, .dies = dies};
  snprintf(r->path, sizeof r->path, CHANCE_PROGRAM "-%ld.oiotrace.gz", (long)getpid());
  if (oio_trace_create(&writer, r->path, &header, &error) != OIO_OK) fail_msg("%s", error.text);
  memset(message, 0, sizeof message);
  for (uint64_t id = 0; id < MESSAGES; id++) {
    const uint64_t behind = 1 + chance_below(draw, 8), waits = id - behind;
    const uint32_t source = (uint32_t)chance_below(draw, dies), destination = (source + 1 + (uint32_t)chance_below(draw, dies - 1)) % dies;
    const bool wait = id >= behind && message[waits].destination == source;
    message[id].source = source;
    message[id].destination = destination;
    message[id].bytes = 1 + chance_below(draw, chance_below(draw, 2) == 0 ? 60 : BYTES_MAX);
    for (uint64_t i = 0; i < message[id].bytes; i++) bytes[i] = byte_of(id, i);
    const struct oio_record record = {.time_ps = id * 2000,
                                      .id = id,
                                      .bytes = message[id].bytes,
                                      .source = source,
                                      .destination = destination,
                                      .waits_count = wait,
                                      .vc = (uint8_t)chance_below(draw, 3),
                                      .waits = &waits,
                                      .payload = bytes};
    if (oio_trace_put(writer, &record, &error) != OIO_OK) fail_msg("%s", error.text);
  }
  if (oio_trace_finish(writer, &error) != OIO_OK) fail_msg("%s", error.text);
  if (oio_trace_open(&r->trace, r->path, &error) != OIO_OK) fail_msg("%s", error.text);
}

/* Through a star everything of a die goes over its link, and nothing else does. */
static void expect_losses_of(const struct oio_sim *sim, uint32_t die) {
  struct oio_flow_counts flow;
  for (uint32_t i = 0; oio_traffic_get_flow(oio_sim_traffic((struct oio_sim *)(uintptr_t)sim), i, &flow); i++) {
    if (flow.lost > 0 && flow.source != die && flow.destination != die)
      FAIL_WITH_REPLAY("%" PRIu64 " lost from %u to %u at a reset of %u", flow.lost, flow.source, flow.destination, die);
  }
}

static void run(const char *net, uint32_t dies, unsigned round, uint64_t *draw) {
  struct recorded recorded;
  struct oio_config config;
  struct oio_error error;
  struct oio_results r;
  struct oio_sim *sim;
  write_trace(&recorded, dies, draw);
  oio_config_defaults(&config);
  set(&config, net);
  set(&config, round % 2 == 0 ? "sim.fidelity=event" : "sim.fidelity=bit");
  set(&config, round / 2 % 2 == 0 ? "reset.scope=link" : "reset.scope=die");
  set(&config, "package.bit_error_rate=1e-5");
  set(&config, "link.replay_limit=1000");
  config.seed = chance(draw) >> 8;
  config.reset_which = chance_below(draw, dies);
  config.reset_at_ps = 20000 + chance_below(draw, 1000000);
  config.reset_hold_ps = 50000;
  resolve(&config);
  if (oio_sim_create(&sim, &config, recorded.trace, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  if (oio_sim_advance(sim, OIO_NEVER, &error) != OIO_OK) FAIL_WITH_REPLAY("%s: %s", net, error.text);
  oio_sim_get_results(sim, &r);
  uint64_t whole = 0;
  bool twice = false;
  for (uint64_t id = 0; id < MESSAGES; id++) {
    whole += message[id].whole;
    twice = twice || message[id].whole > 1;
  }
  if (wrong > 0 || twice || whole != r.traffic.delivered || whole + r.traffic.lost != MESSAGES || r.traffic.corrupted > 0)
    FAIL_WITH_REPLAY("round %u: %s: %" PRIu64 " wrong, %" PRIu64 " whole, %" PRIu64 " delivered, %" PRIu64 " lost", round, net, wrong,
                     whole, r.traffic.delivered, r.traffic.lost);
  if (strstr(net, "star") != NULL) expect_losses_of(sim, (uint32_t)config.reset_which);
  oio_sim_destroy(sim);
  forget(&recorded);
}

static void what_is_cut_keeps_its_bytes_and_all_else_comes_whole_and_once(void **state) {
  (void)state;
  static const struct {
    const char *net;
    uint32_t dies;
  } nets[] = {{"net.topology=star:4", 4}, {"net.topology=ring:5", 5}, {"net.topology=mesh:2x3", 6}};
  uint64_t draw = chance_stream(1);
  delivered = rests = wrong = 0;
  for (unsigned round = 0; round < 60; round++) run(nets[round % 3].net, nets[round % 3].dies, round, &draw);
  print_message("%" PRIu64 " delivered, %" PRIu64 " rests of messages that were cut\n", delivered, rests);
  assert_true(rests > 10 && delivered > 10000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_cut_keeps_its_bytes_and_all_else_comes_whole_and_once)};
  chance_start();
  return cmocka_run_group_tests_name("cut_bytes", tests, NULL, NULL);
}

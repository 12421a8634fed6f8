/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that bring their bytes, in event fidelity: over whatever path, through bit errors and replays, every segment that is not tainted
 * points into its sender's own memory, at its place. The memory may not even be read.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_die_brought"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>

#include "chance.h"
#include "oio/net.h"

enum { MESSAGES = 3000, MEMORY = 1 << 22, VCS = 4 };

/* Both dies send the same messages, from memory of their own. */
struct bench {
  struct oio_net *net;
  uint8_t *memory[2];
  struct oio_message messages[2][MESSAGES];
  unsigned sent[2], received[2];
  uint64_t at[2][MESSAGES]; /* bytes of a message that have come out */
  uint64_t now;
};

static void configure(struct oio_config *config, const char *const *settings) {
  struct oio_error error;
  oio_config_defaults(config);
  for (; *settings != NULL; settings++) {
    if (oio_config_set(config, "test", *settings, &error) != OIO_OK) fail_msg("%s", error.text);
  }
  config->seed = seed;
  if (oio_config_resolve(config, &error) != OIO_OK) fail_msg("%s", error.text);
}

static void start(struct bench *b, const char *const *settings, uint64_t *stream) {
  struct oio_config config;
  memset(b, 0, sizeof *b);
  configure(&config, settings);
  assert_int_equal(oio_net_create(&b->net, &config, NULL, NULL), OIO_OK);
  for (unsigned side = 0; side < 2; side++) {
    b->memory[side] = mmap(NULL, MEMORY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(b->memory[side] != MAP_FAILED);
    for (unsigned i = 0; i < MESSAGES; i++) {
      const uint64_t bytes = 1 + chance_below(stream, chance_below(stream, 3) == 0 ? 1200 : 12);
      const uint8_t *data = chance_below(stream, 3) == 0 ? NULL : b->memory[side] + chance_below(stream, MEMORY - bytes);
      b->messages[side][i] = (struct oio_message){.vc = (uint8_t)chance_below(stream, VCS), .id = i, .bytes = bytes, .data = data};
    }
  }
}

static void finish(struct bench *b) {
  oio_net_destroy(b->net);
  for (unsigned side = 0; side < 2; side++) munmap(b->memory[side], MEMORY);
}

static void check(struct bench *b, unsigned side, const struct oio_segment *s) {
  assert_true(s->id < MESSAGES);
  const struct oio_message *m = &b->messages[!side][s->id];
  const uint8_t *expected = m->data == NULL ? NULL : m->data + b->at[side][s->id];
  assert_false(s->tainted);
  if (s->data != expected) {
    FAIL_WITH_REPLAY("message %llu at %llu: the segment is at %p, must be %p", (unsigned long long)s->id,
                     (unsigned long long)b->at[side][s->id], (const void *)s->data, (const void *)expected);
  }
  b->at[side][s->id] += s->bytes;
  b->received[side] += s->last;
}

static void instant(struct bench *b) {
  for (uint32_t p = 0; p < oio_net_ports(b->net); p++) {
    struct oio_channel *channel = oio_net_wire(b->net, p);
    for (; oio_channel_arrival_ps(channel) <= b->now; oio_channel_pop(channel))
      oio_net_rx(b->net, p ^ 1, b->now, oio_channel_peek(channel));
  }
  for (unsigned side = 0; side < 2; side++) {
    struct oio_segment s;
    for (; oio_die_recv(oio_net_die(b->net, side), b->now, &s); oio_die_release(oio_net_die(b->net, side), b->now, s.vc, s.bytes))
      check(b, side, &s);
    while (b->sent[side] < MESSAGES && oio_die_send(oio_net_die(b->net, side), b->now, &b->messages[side][b->sent[side]]) == OIO_OK)
      b->sent[side]++;
  }
  for (uint32_t p = 0; p < oio_net_ports(b->net); p++) {
    struct oio_channel *channel = oio_net_wire(b->net, p);
    if (oio_channel_free_ps(channel) <= b->now && oio_net_tx(b->net, p, b->now, oio_channel_slot(channel)))
      oio_channel_push(channel, b->now);
  }
}

static uint64_t next_ps(const struct bench *b) {
  uint64_t next = OIO_NEVER;
  for (uint32_t p = 0; p < oio_net_ports(b->net); p++) {
    struct oio_channel *channel = oio_net_wire(b->net, p);
    uint64_t tx = oio_net_next_tx_ps(b->net, p, b->now);
    if (tx < oio_channel_free_ps(channel)) tx = oio_channel_free_ps(channel);
    if (tx < next) next = tx;
    if (oio_channel_arrival_ps(channel) < next) next = oio_channel_arrival_ps(channel);
  }
  return next;
}

static void segments_point_into_the_senders_memory_through_bridges_errors_and_replays(void **state) {
  (void)state;
  static const char *const rates[] = {"optical.bit_error_rate=0", "optical.bit_error_rate=2e-5", "optical.bit_error_rate=1e-4"};
  static struct bench b;
  uint64_t stream = chance_stream(1);
  for (unsigned round = 0; round < 12; round++) {
    const char *const settings[] = {rates[round % 3],
                                    round & 1 ? "net.topology=bridged" : "net.topology=pair",
                                    round / 6 ? "link.format=6" : "link.format=3",
                                    "sim.fidelity=event",
                                    "die_link.bit_error_rate=1e-5",
                                    "link.replay_limit=65535",
                                    "vc.count=4",
                                    NULL};
    start(&b, settings, &stream);
    for (uint64_t next = 0; next != OIO_NEVER; next = next_ps(&b)) {
      if (next > b.now) b.now = next;
      instant(&b);
    }
    assert_int_equal(b.received[0], MESSAGES);
    assert_int_equal(b.received[1], MESSAGES);
    struct oio_channel_state errors;
    oio_channel_get_state(oio_net_wire(b.net, oio_net_ports(b.net) / 4 * 2), &errors);
    assert_true((errors.wrong_flits > 0) == (round % 3 != 0));
    finish(&b);
  }
}

/* Die A's next flit, as die B gets it. */
static struct oio_wire flit_of(struct oio_die *a, const struct oio_message *messages, unsigned count) {
  struct oio_wire wire;
  memset(&wire, 0xA5, sizeof wire);
  for (unsigned i = 0; i < count; i++) assert_int_equal(oio_die_send(a, 0, &messages[i]), OIO_OK);
  assert_true(oio_die_tx(a, 0, &wire));
  return wire;
}

static void a_wrong_bit_takes_the_references_away_and_is_all_there_is(void **state) {
  (void)state;
  static const uint8_t own[224] = "bytes of the sender";
  const struct oio_message messages[] = {{.vc = 0, .id = 7, .bytes = 20, .data = own}, {.vc = 1, .id = 8, .bytes = 100}};
  const char *const settings[] = {"sim.fidelity=event", "net.topology=pair", "optical.bit_error_rate=2e-3", "link.format=6", NULL};
  struct oio_config config;
  struct oio_die_config die;
  struct oio_channel_config channel_config;
  struct oio_die *a, *b;
  struct oio_channel *channel;
  configure(&config, settings);
  oio_config_die(&config, &die);
  oio_config_optical_channel(&config, 0, &channel_config);
  assert_int_equal(oio_die_create(&a, &die, NULL), OIO_OK);
  assert_int_equal(oio_die_create(&b, &die, NULL), OIO_OK);
  assert_int_equal(oio_channel_create(&channel, &channel_config, NULL), OIO_OK);
  const struct oio_wire whole = flit_of(a, messages, 2);
  assert_int_equal(whole.references, 2);
  for (unsigned hit = 0; hit < 200;) {
    assert_int_equal(oio_channel_send(channel, oio_channel_free_ps(channel), &whole), OIO_OK);
    struct oio_wire wire = *oio_channel_peek(channel);
    oio_channel_pop(channel);
    if (wire.wrong_bits == 0) {
      assert_int_equal(wire.references, 2);
      continue;
    }
    hit++;
    assert_int_equal(wire.references, 0);
    /* As if the CRCs had let it through, where heads and descriptors have come well: the bodies are zeros but for at most the wrong bits.
     */
    if (memcmp(wire.bytes, whole.bytes, 22) != 0 || memcmp(wire.bytes + 122, whole.bytes + 122, 4) != 0) continue;
    wire.syndrome = 0;
    oio_die_reset(b);
    oio_die_rx(b, 0, &wire);
    struct oio_segment s;
    unsigned ones = 0, segments = 0;
    for (; oio_die_take(b, 0, &s); segments++) {
      assert_true(s.tainted);
      for (unsigned i = 0; i < s.bytes; i++) ones += (unsigned)__builtin_popcount(s.data[i]);
    }
    assert_true(ones <= wire.wrong_bits && segments == 2);
  }
  oio_channel_destroy(channel);
  oio_die_destroy(a);
  oio_die_destroy(b);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(segments_point_into_the_senders_memory_through_bridges_errors_and_replays),
      cmocka_unit_test(a_wrong_bit_takes_the_references_away_and_is_all_there_is),
  };
  return cmocka_run_group_tests_name("die brought", tests, NULL, NULL);
}

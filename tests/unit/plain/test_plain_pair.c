/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two link ends of the plain profile with wires between them that take time and spoil: every payload arrives once, in order and
 * unaltered, half by half, or the link says what is the matter; and how much gets across is what a window and a round trip let.
 */
#define CHANCE_PROGRAM "test_plain_pair"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/plain.h"

enum { DELAY_MAX = 1000, RING = 1024 };

struct wire {
  uint8_t flit[RING][OIO_PLAIN_FLIT_BYTES_MAX];
  bool there[RING];
};

struct end {
  struct oio_plain *plain;
  struct wire wire;        /* that leads from it */
  uint64_t sent, taken[2]; /* payloads, and halves of the other end's */
};

struct pair {
  struct end end[2];
  const struct oio_plain_format *format;
  unsigned delay;       /* flit times */
  double spoil, outage; /* the chance that a flit is spoilt, and that all are from this one on, for a time */
  uint64_t dark_until;
  uint64_t stream, key;
  uint64_t now;
};

/* The content of payload n of an end: all of its bytes depend on all of that. */
static void content(const struct pair *pair, unsigned end, uint64_t n, uint8_t *payload, struct oio_plain_head *head) {
  uint64_t stream = pair->key ^ (n * 2 + end) * 0xA24BAED4963EE407u;
  for (unsigned i = 0; i < pair->format->payload_bytes; i++) payload[i] = (uint8_t)chance(&stream);
  *head = (struct oio_plain_head){.protocol = (uint8_t)(1 + chance_below(&stream, 3)),
                                  .stack = (uint8_t)chance_below(&stream, 2),
                                  .marker = (uint8_t)chance_below(&stream, 2),
                                  .type = (uint8_t)chance_below(&stream, 3)};
}

static void start(struct pair *pair, const struct oio_plain_config *config) {
  struct oio_error error = {""};
  pair->format = oio_plain_format(config->format);
  pair->now = pair->dark_until = 0;
  for (unsigned e = 0; e < 2; e++) {
    struct end *end = &pair->end[e];
    memset(end, 0, sizeof *end);
    if (oio_plain_create(&end->plain, config, &error) != OIO_OK) fail_msg("%s", error.text);
  }
}

static void stop(struct pair *pair) {
  for (unsigned e = 0; e < 2; e++) oio_plain_destroy(pair->end[e].plain);
}

static struct oio_plain_status status_of(const struct pair *pair, unsigned end) {
  struct oio_plain_status status;
  oio_plain_get_status(pair->end[end].plain, &status);
  return status;
}

/* Up to three wrong bits in one half: any CRC sees them. */
static void spoil(struct pair *pair, uint8_t *flit) {
  const unsigned halves = pair->format->bytes / 128, half = halves == 0 ? 0 : (unsigned)chance_below(&pair->stream, halves);
  const unsigned bytes = halves == 0 ? pair->format->bytes : 128;
  unsigned bits[3];
  const unsigned count = 1 + (unsigned)chance_below(&pair->stream, 3);
  for (unsigned i = 0; i < count; i++) {
    bits[i] = (unsigned)chance_below(&pair->stream, 8 * bytes);
    for (unsigned k = 0; k < i; k++) bits[i] += bits[k] == bits[i] && bits[i] + 1 < 8 * bytes; /* another */
  }
  for (unsigned i = 0; i < count; i++) flit[128 * half + bits[i] / 8] ^= (uint8_t)(1u << bits[i] % 8);
}

static void expect(struct pair *pair, unsigned from, unsigned half, const struct oio_plain_taken *taken) {
  uint8_t wanted[OIO_PLAIN_PAYLOAD_BYTES_MAX], got[OIO_PLAIN_PAYLOAD_BYTES_MAX];
  struct oio_plain_head head;
  struct end *to = &pair->end[!from];
  const uint64_t n = to->taken[half]++;
  content(pair, from, n, wanted, &head);
  oio_plain_get_payload(pair->format, taken->flit, got);
  const unsigned first = pair->format->halves ? pair->format->payload[0].bytes : pair->format->payload_bytes;
  const bool same =
      half == 0 ? memcmp(wanted, got, first) == 0 : memcmp(wanted + first, got + first, pair->format->payload_bytes - first) == 0;
  if (!same || n >= pair->end[from].sent || taken->head.protocol != head.protocol || taken->head.stack != head.stack ||
      taken->head.marker != head.marker || taken->head.type != head.type || to->taken[1] > to->taken[0])
    FAIL_WITH_REPLAY("key %llx: half %u of payload %llu of end %u is not what was sent", (unsigned long long)pair->key, half,
                     (unsigned long long)n, from);
}

/* One flit time. With `load`, the chance that an end has something to send. */
static void step(struct pair *pair, double load) {
  const unsigned at = (unsigned)(pair->now % RING), due = (unsigned)((pair->now + RING - pair->delay) % RING);
  for (unsigned e = 0; e < 2; e++) {
    struct wire *wire = &pair->end[e].wire;
    struct oio_plain_taken taken;
    if (!wire->there[due]) continue;
    wire->there[due] = false;
    oio_plain_rx(pair->end[!e].plain, pair->now, wire->flit[due], &taken);
    if (taken.first) expect(pair, e, 0, &taken);
    if (taken.second) expect(pair, e, 1, &taken);
  }
  for (unsigned e = 0; e < 2; e++) {
    struct end *end = &pair->end[e];
    uint8_t payload[OIO_PLAIN_PAYLOAD_BYTES_MAX];
    struct oio_plain_head head;
    if (oio_plain_can_send(end->plain) && chance_unit(&pair->stream) < load) {
      content(pair, e, end->sent, payload, &head);
      assert_int_equal(oio_plain_send(end->plain, &head, payload), OIO_OK);
      end->sent++;
    }
    end->wire.there[at] = oio_plain_tx(end->plain, pair->now, end->wire.flit[at]);
    if (chance_unit(&pair->stream) < pair->outage) pair->dark_until = pair->now + chance_below(&pair->stream, 600);
    if (end->wire.there[at] && (pair->now < pair->dark_until || chance_unit(&pair->stream) < pair->spoil)) spoil(pair, end->wire.flit[at]);
  }
  pair->now++;
}

static bool asks_for_retrain(const struct pair *pair) {
  return status_of(pair, 0).state == OIO_PLAIN_RETRAIN || status_of(pair, 1).state == OIO_PLAIN_RETRAIN;
}

/* What is on the wires is gone, and both ends begin again. */
static void retrain(struct pair *pair) {
  for (unsigned e = 0; e < 2; e++) {
    memset(pair->end[e].wire.there, 0, sizeof pair->end[e].wire.there);
    oio_plain_reenter(pair->end[e].plain, pair->now);
  }
}

/* A handshake takes a round trip. */
static uint16_t long_enough(unsigned delay) {
  return (uint16_t)(128 + 2 * delay);
}

static void nothing_is_lost_doubled_turned_round_or_altered(void **state) {
  (void)state;
  uint64_t retrained = 0, replayed = 0, kept = 0;
  for (unsigned round = 0; round < 600; round++) {
    static struct pair pair;
    struct oio_plain_config config = oio_plain_usual();
    uint64_t stream = chance_stream(round);
    config.format = (uint8_t)(2 + round % 5);
    config.window_flits = (uint8_t)(1 + chance_below(&stream, 127));
    config.quiet_acks = (uint8_t)(1 + chance_below(&stream, 3));
    config.replay_limit = (uint16_t)(1 + chance_below(&stream, 6));
    pair.delay = 1 + (unsigned)chance_below(&stream, round % 4 == 0 ? 150 : 20);
    config.handshake_limit = long_enough(pair.delay);
    start(&pair, &config);
    pair.spoil = round % 3 == 0 ? 0 : chance_unit(&stream) * 0.2;
    pair.outage = round % 5 < 3 ? 0 : chance_unit(&stream) * 0.001;
    pair.stream = pair.key = chance(&stream);
    const double load = chance_unit(&stream);
    for (unsigned i = 0; i < 3000; i++) {
      step(&pair, load);
      if (asks_for_retrain(&pair)) {
        retrain(&pair);
        retrained++;
      }
    }
    pair.spoil = pair.outage = 0;
    for (unsigned i = 0; i < 5000; i++) {
      step(&pair, 0);
      if (asks_for_retrain(&pair)) retrain(&pair);
    }
    for (unsigned e = 0; e < 2; e++) {
      const struct oio_plain_status status = status_of(&pair, e);
      if (status.state != OIO_PLAIN_ACTIVE || status.unacked_flits > 0 || pair.end[!e].taken[0] != pair.end[e].sent ||
          pair.end[!e].taken[1] != pair.end[e].sent)
        FAIL_WITH_REPLAY("round %u: state %d, fault %d, %u unacknowledged; %llu of %llu arrived", round, status.state, status.fault,
                         status.unacked_flits, (unsigned long long)pair.end[!e].taken[1], (unsigned long long)pair.end[e].sent);
      replayed += status.sent_replayed;
      kept += status.halves_kept;
    }
    stop(&pair);
  }
  assert_true(retrained > 10 && replayed > 1000 && kept > 100);
}

/* Payloads of end A that arrive in so many flit times of a loaded link without errors, after as many to begin with. */
static uint64_t carried(unsigned delay, unsigned window, struct oio_plain_status *a) {
  static struct pair pair;
  struct oio_plain_config config = oio_plain_usual();
  enum { SPAN = 20000 };
  config.window_flits = (uint8_t)window;
  config.handshake_limit = long_enough(delay);
  start(&pair, &config);
  pair.delay = delay;
  pair.spoil = pair.outage = 0;
  pair.stream = pair.key = 1;
  for (unsigned i = 0; i < SPAN; i++) step(&pair, 1);
  const uint64_t before = pair.end[1].taken[1];
  for (unsigned i = 0; i < SPAN; i++) step(&pair, 1);
  *a = status_of(&pair, 0);
  const uint64_t after = pair.end[1].taken[1];
  stop(&pair);
  return after - before;
}

/* Both ends send all the time, so an Ack rides on every second flit and waits for none or one: window / (two delays, and that). */
static void a_window_and_a_round_trip_give_the_throughput(void **state) {
  (void)state;
  static const unsigned delays[] = {10, 40, 62, 64, 70, 100, 150, 180};
  for (unsigned i = 0; i < sizeof delays / sizeof *delays; i++) {
    struct oio_plain_status a;
    const double rate = (double)carried(delays[i], 127, &a) / 20000;
    const double most = 127.0 / (2 * delays[i]), least = 127.0 / (2 * delays[i] + 2);
    const double high = most < 1 ? most : 1, low = least < 1 ? least : 1;
    const double grain = 127.0 / 20000; /* a window's worth arrives together */
    if (rate > high + grain || rate < low - grain) fail_msg("delay %u: %.4f of the wire, not %.4f to %.4f", delays[i], rate, low, high);
    assert_int_equal(a.replays, 0);
  }
}

/* Within 128 flits there and back: so long may a wire be, and no longer, for ends that keep to the usual limit. */
static void a_handshake_of_128_flits_spans_64_flit_times(void **state) {
  (void)state;
  for (unsigned delay = 63; delay <= 66; delay++) {
    static struct pair pair;
    const struct oio_plain_config config = oio_plain_usual();
    start(&pair, &config);
    pair.delay = delay;
    pair.spoil = pair.outage = 0;
    for (unsigned i = 0; i < 400; i++) step(&pair, 0);
    for (unsigned e = 0; e < 2; e++) {
      assert_int_equal(status_of(&pair, e).state, delay <= 64 ? OIO_PLAIN_ACTIVE : OIO_PLAIN_RETRAIN);
      assert_int_equal(status_of(&pair, e).fault, delay <= 64 ? OIO_PLAIN_NO_FAULT : OIO_PLAIN_HANDSHAKE_LIMIT);
    }
    stop(&pair);
  }
}

/* Beyond a round trip of 375 it replays for nothing, and late Acks are progress all the same; beyond the limit's replays it asks for
 * Retrain. */
static void a_round_trip_beyond_the_timeout_replays_for_nothing_and_then_asks_for_retrain(void **state) {
  (void)state;
  struct oio_plain_status a;
  assert_true(carried(187, 127, &a) > 0);
  assert_int_equal(a.replays, 0);
  assert_true(carried(200, 127, &a) > 0);
  assert_true(a.replays > 0 && a.state == OIO_PLAIN_ACTIVE && a.sent_replayed > 0);
  assert_true(carried(700, 127, &a) > 0);
  assert_int_equal(a.state, OIO_PLAIN_ACTIVE);
  assert_int_equal(carried(950, 127, &a), 0);
  assert_int_equal(a.state, OIO_PLAIN_RETRAIN);
  assert_int_equal(a.fault, OIO_PLAIN_REPLAY_LIMIT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_lost_doubled_turned_round_or_altered),
      cmocka_unit_test(a_window_and_a_round_trip_give_the_throughput),
      cmocka_unit_test(a_handshake_of_128_flits_spans_64_flit_times),
      cmocka_unit_test(a_round_trip_beyond_the_timeout_replays_for_nothing_and_then_asks_for_retrain),
  };
  chance_start();
  return cmocka_run_group_tests_name("plain_pair", tests, NULL, NULL);
}

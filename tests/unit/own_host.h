/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of the test's own around a path: the plainest loop there is, a hand on every flit that arrives, and a log of all that was put on a
 * wire and of every message that came out. What the library counts is held against that log. Include after "chance.h".
 */
#ifndef OIO_TESTS_OWN_HOST_H
#define OIO_TESTS_OWN_HOST_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "oio/sim.h"
#include "recorded.h"
#include "spec_flit.h"

enum { OWN_DELIVERIES_MAX = 20000 };

/* What the hand does with a flit that has arrived. */
enum fate { LET_PASS, LOSE, DAMAGE, FORGE };

enum { OWN_LINKS_MAX = 3 };

struct own_seen {
  uint64_t arrived;           /* flits that have, whatever became of them */
  uint64_t nop, fresh, again; /* put on the wire, told apart by their headers alone */
  unsigned previous, highest; /* sequences of the last payload flit, and of the last new one */
  uint64_t digest;            /* by definition: docs/results.schema.json */
};

struct own_host {
  struct oio_config config;
  struct oio_net *net;
  struct oio_traffic *traffic;
  oio_time_ps now_ps;
  struct own_seen seen[OWN_LINKS_MAX][2];
  enum fate (*fate)(const struct own_host *host, unsigned link, unsigned direction, uint64_t number); /* NULL: all pass */
  struct {
    uint64_t id;
    unsigned side;
    oio_time_ps time_ps;
  } log[OWN_DELIVERIES_MAX];
  unsigned logged;
};

static inline void own_start(struct own_host *h, const char *const *settings, struct oio_trace_reader *trace) {
  struct oio_error error;
  memset(h, 0, sizeof *h);
  oio_config_defaults(&h->config);
  for (; *settings != NULL; settings++) set(&h->config, *settings);
  if (oio_config_resolve(&h->config, &error) != OIO_OK || oio_net_create(&h->net, &h->config, NULL, &error) != OIO_OK ||
      oio_traffic_create(&h->traffic, &h->config, 2, trace, &error) != OIO_OK) {
    fail_msg("%s", error.text);
  }
}

static inline void own_finish(struct own_host *h) {
  oio_traffic_destroy(h->traffic);
  oio_net_destroy(h->net);
}

static inline unsigned own_modulus(const struct own_host *h, unsigned link) {
  return link == oio_net_ports(h->net) / 4 ? 65535 : 255;
}

static inline uint64_t own_fold(uint64_t digest, uint64_t time_ps, uint64_t word) {
  digest = (digest ^ time_ps) * 0x9FB21C651E98DF25u;
  digest = ((digest ^ digest >> 35) ^ word) * 0xD6E8FEB86659FD93u;
  return digest ^ digest >> 32;
}

static inline void own_note_sent(struct own_host *h, unsigned link, unsigned direction, const struct oio_wire *wire) {
  struct own_seen *seen = &h->seen[link][direction];
  const unsigned format = (unsigned)h->config.link_format, modulus = own_modulus(h, link);
  const struct spec_head head = spec_get_head(format, wire->bytes);
  const uint8_t *header = wire->bytes + spec_header_at(format), *control = wire->bytes + spec_control_at(format);
  uint64_t word = 0;
  if (h->config.fidelity == OIO_BIT) {
    word = XXH3_64bits(wire->bytes, 256);
  } else {
    for (unsigned i = 0; i < 4; i++) word |= (uint64_t)control[i] << (16 + 8 * i);
    word |= header[0] | (uint64_t)header[1] << 8;
  }
  seen->digest = own_fold(seen->digest, h->now_ps, word);
  if (head.protocol == SPEC_NOP) {
    seen->nop++;
    return;
  }
  if (seen->highest == 0) seen->highest = seen->previous = modulus;
  seen->previous = head.command == SPEC_EXPLICIT ? head.s & modulus : seen->previous % modulus + 1;
  if (seen->previous == seen->highest % modulus + 1) {
    seen->highest = seen->previous;
    seen->fresh++;
  } else {
    seen->again++;
  }
}

static inline void own_flip(const struct own_host *h, struct oio_wire *wire, unsigned bit) {
  wire->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  wire->syndrome ^= oio_flit_syndrome(oio_flit_format((unsigned)h->config.link_format), bit);
  wire->wrong_bits++;
}

/* A forged flit has four wrong bits that the CRC polynomial, x^16 + x^15 + x^2 + 1, divides: it cannot be told from a right one. They are
 * in bytes 60 to 62, the inside of a message that fills its flit. */
static inline void own_arrive(struct own_host *h, unsigned link, unsigned direction) {
  struct oio_channel *channel = oio_net_wire(h->net, 2 * link + direction);
  const uint64_t number = ++h->seen[link][direction].arrived;
  const enum fate fate = h->fate == NULL ? LET_PASS : h->fate(h, link, direction, number);
  struct oio_wire wire = *oio_channel_peek(channel);
  /* In event fidelity wrong bits are all that a message's bytes hold. */
  for (unsigned i = wire.touched_bytes; i < OIO_PAYLOAD_BYTES && (fate == DAMAGE || fate == FORGE); i++)
    wire.bytes[spec_payload_at((unsigned)h->config.link_format, i)] = 0;
  if (fate == DAMAGE || fate == FORGE) wire.touched_bytes = OIO_PAYLOAD_BYTES;
  if (fate == DAMAGE) own_flip(h, &wire, 8 * 60);
  for (unsigned i = 0; i < 4 && fate == FORGE; i++) own_flip(h, &wire, 8 * 60 + (unsigned[]){0, 1, 14, 16}[i]);
  if (fate != LOSE) oio_net_rx(h->net, 2 * link + !direction, h->now_ps, &wire);
  oio_channel_pop(channel);
}

static inline void own_take_out(struct own_host *h, unsigned side) {
  struct oio_segment segment;
  while (oio_die_recv(oio_net_die(h->net, side), h->now_ps, &segment)) {
    if (segment.last) {
      assert_true(h->logged < OWN_DELIVERIES_MAX);
      h->log[h->logged].id = segment.id;
      h->log[h->logged].side = side;
      h->log[h->logged++].time_ps = h->now_ps;
    }
    oio_traffic_deliver(h->traffic, h->now_ps, side, &segment);
    oio_die_release(oio_net_die(h->net, side), h->now_ps, segment.vc, segment.bytes);
  }
}

static inline oio_time_ps own_next_ps(const struct own_host *h) {
  oio_time_ps next = oio_traffic_next_ps(h->traffic);
  for (unsigned i = 0; i < oio_net_ports(h->net); i++) {
    const struct oio_channel *channel = oio_net_wire(h->net, i);
    oio_time_ps tx_ps = oio_net_next_tx_ps(h->net, i, h->now_ps);
    if (tx_ps < oio_channel_free_ps(channel)) tx_ps = oio_channel_free_ps(channel);
    if (tx_ps < next) next = tx_ps;
    if (oio_channel_arrival_ps(channel) < next) next = oio_channel_arrival_ps(channel);
  }
  return next > h->now_ps ? next : h->now_ps;
}

/* One instant: SPEC.md section 8. */
static inline void own_step(struct own_host *h) {
  for (unsigned i = 0; i < oio_net_ports(h->net); i++) {
    while (oio_channel_arrival_ps(oio_net_wire(h->net, i)) <= h->now_ps) own_arrive(h, i / 2, i % 2);
  }
  for (unsigned side = 0; side < 2; side++) own_take_out(h, side);
  assert_int_equal(oio_traffic_enter(h->traffic, h->now_ps, h->net, NULL), OIO_OK);
  for (unsigned i = 0; i < oio_net_ports(h->net); i++) {
    struct oio_channel *channel = oio_net_wire(h->net, i);
    if (oio_channel_free_ps(channel) > h->now_ps || !oio_net_tx(h->net, i, h->now_ps, oio_channel_slot(channel))) continue;
    own_note_sent(h, i / 2, i % 2, oio_channel_slot(channel));
    oio_channel_push(channel, h->now_ps);
  }
}

/* Until the traffic has finished or a link end failed. */
static inline struct oio_results own_run(struct own_host *h) {
  struct oio_results results;
  for (unsigned steps = 0; !oio_traffic_finished(h->traffic) && !oio_net_failed(h->net); steps++) {
    const oio_time_ps next_ps = own_next_ps(h);
    if (next_ps == OIO_NEVER || steps == 10000000) fail_msg("it comes to no end: at %llu ps", (unsigned long long)h->now_ps);
    h->now_ps = next_ps;
    own_step(h);
  }
  oio_results_collect(&results, &h->config, h->net, h->traffic, h->now_ps);
  return results;
}

static inline uint64_t own_wire_digest(const struct own_host *h) {
  const unsigned optical = oio_net_ports(h->net) / 4;
  return own_fold(own_fold(0, 0, h->seen[optical][0].digest), 1, h->seen[optical][1].digest);
}

#endif

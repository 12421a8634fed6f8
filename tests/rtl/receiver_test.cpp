// SPDX-License-Identifier: Apache-2.0
// oio_bridge's receivers beside that of peer.h, on any flits and at every number.
#include "peer.h"
#include "sides.h"

namespace {

// The bridge's receiver beside that of peer.h; and in what it hears are Acks of all that it has sent.
struct Receiver : Ends {
  Receiver(unsigned format, uint64_t seed, Side side) : Ends(format, seed, side), peer(peer_config(format, side)) {
    config().ack_delay = 20;
    dut.config[far].ack_delay = 20;
    reset();
  }
  Peer peer;
  unsigned delivered = 0; // out on far
  unsigned begun = 0;     // out on near

  static PeerConfig peer_config(unsigned format, Side side) {
    PeerConfig c;
    c.format = format;
    c.modulus = modulus(side);
    c.buffer = c.peer_buffer = 1000;
    return c;
  }
  // To the bridge, with the Ack and the limit of what near has sent; to the peer, with those of a link that has sent nothing.
  void hear(Head h, const Payload &p, bool is_wrong, unsigned high_bits) {
    Head told = h;
    h.limit = 1000;
    told.limit = (1000 + begun) & 0xffff;
    if (h.command == kAck) {
      h.number = modulus(near);
      told.number = number(near, begun);
    }
    told.number |= high_bits;
    Flit f = make_flit(format, told, &p);
    if (is_wrong) f[format == 3 ? 5 : 10] ^= 4;
    append_beats(in[near], f);
    Flit same = make_flit(format, h, &p);
    if (is_wrong) same[format == 3 ? 5 : 10] ^= 4;
    peer.rx(dut.cycle, same);
    near_round = peer.round_seen();
    CHECK(peer.failed.empty());
  }
  void look_at_far() {
    while (!out[far].empty()) {
      const Out o = out[far].front();
      out[far].pop_front();
      if (!is_payload(o)) continue;
      CHECK(payload_of(format, o.flit) == peer.take(0));
      Head ack;
      ack.command = kAck;
      ack.number = number(far, ++delivered);
      ack.limit = far_limit = (1000 + delivered) & 0xffff;
      send(far, ack);
    }
  }
  void check() {
    const State s = state();
    CHECK(s.failed == 0 && s.expected == peer.expected() && s.round_seen == peer.round_seen());
    CHECK(s.lost == peer.lost() && s.waiting == peer.waiting());
    CHECK(s.received_payload == peer.accepted && s.received_invalid == peer.invalid && s.received_duplicate == peer.duplicates);
    CHECK(s.received_ahead == peer.ahead_seen && s.asked_crc == peer.asked_crc && s.asked_sequence == peer.asked_sequence);
    CHECK(delivered == peer.accepted && peer.buffer.empty());
  }

  void any_flit() {
    const unsigned bits = near == kDie ? 8 : 16, m = modulus(near), what = rng.below(16);
    Head h;
    h.round = rng.below(5) == 0 ? rng.below(16) : peer.round_seen();
    const unsigned last = number(near, static_cast<unsigned>(peer.accepted));
    const unsigned anchors[] = {peer.expected(), peer.expected(), last, (peer.expected() + m / 2) % m, (last + m / 2 + 1) % m};
    h.number = anchors[rng.below(5)];
    if (rng.below(2)) h.number ^= 1u << rng.below(bits);
    h.number &= m;
    if (h.number == 0) h.number = peer.expected();
    h.protocol = what < 10 ? kPayload : kNop;
    if (what < 4 || what == 14) { // numbers of what follows another
      h.command = kAck;
    } else if (what < 7) {
      h.number = peer.expected();
    } else if (what == 15) { // rule R2
      h.protocol = rng.below(4);
      h.command = h.protocol < 2 ? 3 : rng.below(4);
    }
    // K0 says nothing where numbers have eight bits.
    hear(h, random_payload(), rng.below(8) == 0, near == kDie && rng.below(4) == 0 ? rng.below(256) << 8 : 0);
    settle();
    if (rng.below(2)) run(30);
    look_at_far();
    check();
    const unsigned told = number(near, delivered);
    for (const Out &o : take(near)) CHECK(o.head.command != kExplicit && o.head.number == told);
  }

  // n payloads each way, in order and at full rate.
  void go_on(unsigned n) {
    const uint64_t until = peer.accepted + n;
    const size_t feed_until = sent.size() + n;
    for (uint64_t i = 0; peer.accepted < until || sent.size() < feed_until || begun < sent.size() || delivered < peer.accepted; i++) {
      CHECK(i < 100 * n);
      if (in[near].empty() && peer.accepted < until && ((state().credit_sent - peer.accepted) & 0xffff) - 1 < 0x7fff) {
        Head h;
        h.protocol = kPayload;
        h.round = peer.round_seen();
        const bool is_explicit = peer.lost() || rng.below(2) || peer.accepted + n == until;
        h.command = is_explicit ? kExplicit : kAck;
        h.number = peer.expected();
        hear(h, random_payload(), false, 0);
      } else if (in[near].empty()) {
        nop(kAck, number(near, begun), 0, (1000 + begun) & 0xffff);
        peer.rx(dut.cycle, make_flit(format, ack_of_nothing(), nullptr));
      }
      if (in[far].empty() && sent.size() < feed_until && room()) feed();
      tick();
      look_at_far();
      look_at_near();
    }
    settle();
    look_at_near();
    nop(kAck, number(near, begun), 0, (1000 + begun) & 0xffff);
    settle();
    CHECK(begun == sent.size() && state().acked == number(near, begun));
    given = static_cast<unsigned>(peer.accepted);
    run(60);
    take(near);
    take(far);
    check();
  }
  Head ack_of_nothing() {
    Head h;
    h.command = kAck;
    h.number = modulus(near);
    h.limit = 1000;
    h.round = peer.round_seen();
    return h;
  }
  void look_at_near() {
    for (const Out &o : take(near)) {
      if (!is_payload(o)) continue;
      CHECK(payload_of(format, o.flit) == sent[begun]);
      begun++;
      CHECK(o.head.command != kExplicit || o.head.number == number(near, begun));
    }
  }

  // Some more are sent, and from one of them on all once more.
  void send_again() {
    const unsigned n = 1 + rng.below(near == kDie ? 3 : 5), first = begun, good = rng.below(n + 1);
    for (unsigned i = 0; i < n; i++) {
      feed();
      settle();
      look_at_near();
    }
    CHECK(begun == first + n);
    Head h;
    h.command = kNak;
    h.number = number(near, first + good);
    h.round = peer.round_seen();
    h.echo = state().round;
    h.limit = (1000 + begun) & 0xffff;
    send(near, h);
    settle();
    run(n * kBeats + 20);
    unsigned again = first + good;
    for (const Out &o : take(near)) {
      if (!is_payload(o)) continue;
      CHECK(payload_of(format, o.flit) == sent[again]);
      again++;
      CHECK(o.head.command != kExplicit || o.head.number == number(near, again));
    }
    CHECK(again == first + n && state().acked == number(near, first + good));
    h.command = kAck;
    h.number = number(near, begun);
    send(near, h);
    settle();
    CHECK(state().acked == number(near, begun) && state().failed == 0);
  }
};

} // namespace

void a_receiver_makes_of_any_flits_what_the_specification_does(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    Receiver r(format, seed, side);
    for (unsigned i = 0; i < 3000; i++) r.any_flit();
  }
}

// At every thousandth number or so, and past the last one: any flits in, and part of what was sent again.
void numbers_of_every_bit_are_received_and_sent_again(unsigned format, uint64_t seed) {
  Receiver r(format, seed, kOptical);
  for (unsigned stop = 0; stop < 66; stop++) {
    r.go_on(990 + r.rng.below(20));
    for (unsigned i = 0; i < 30; i++) r.any_flit();
    for (unsigned i = 0; i < 4; i++) r.send_again();
  }
  CHECK(r.given > 65536 && r.sent.size() > 65536);
}

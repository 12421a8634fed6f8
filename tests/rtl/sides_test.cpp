// SPDX-License-Identifier: Apache-2.0
// oio_bridge, either side of it alike, number by number: every bit of the straps, times, limits, sequence numbers and counts. What is
// expected is from SPEC.md: counted here, or what the peer of peer.h makes of the same flits.
#include "bridge_tests.h"
#include "peer.h"

namespace {

constexpr Side kSides[] = {kDie, kOptical};

// A bench of which one side is looked at. Payloads for it to send come in at the other; nothing times out unless the test wants it to.
struct Ends : Bench {
  Ends(unsigned format, uint64_t seed, Side side) : Bench(format, seed), near(side), far(side == kDie ? kOptical : kDie), format(format) {
    for (Config &c : dut.config) {
      c.credit_limit = 1000;
      c.timeout = c.nak_repeat = 0x7fffffff;
    }
    dut.config[far].ack_delay = 0x7fffffff;
  }
  const Side near, far;
  const unsigned format;
  std::vector<Payload> sent; // by far's peer
  unsigned given = 0;        // by near's peer
  unsigned far_limit = 1000; // that far's peer tells
  unsigned near_round = 0;   // that near's peer tells

  static unsigned modulus(Side side) { return side == kDie ? 255 : 65535; }
  static unsigned number(Side side, unsigned count) { return count == 0 ? modulus(side) : (count - 1) % modulus(side) + 1; }
  State state() const { return dut.state(near); }
  Config &config() { return dut.config[near]; }

  Payload random_payload() {
    Payload p;
    for (uint8_t &byte : p) byte = static_cast<uint8_t>(rng.next());
    return p;
  }
  // The far peer sends one more: near is to send it on.
  void feed() {
    sent.push_back(random_payload());
    Head h;
    h.protocol = kPayload;
    h.number = number(far, static_cast<unsigned>(sent.size()));
    h.limit = far_limit;
    send(far, h, &sent.back());
  }
  // The near peer sends one.
  void give() {
    const Payload p = random_payload();
    Head h;
    h.protocol = kPayload;
    h.number = number(near, ++given);
    h.limit = config().credit_limit;
    send(near, h, &p);
  }
  void nop(unsigned command, unsigned the_number, unsigned echo = 0, unsigned limit = 1000) {
    Head h;
    h.command = command;
    h.number = the_number;
    h.echo = echo;
    h.limit = limit;
    h.round = near_round;
    send(near, h);
  }
  void wrong() {
    Flit f;
    f.fill(0xff);
    CHECK(!valid(format, f));
    append_beats(in[near], f);
  }
  // Until all that is queued has gone in; the cycle of its last beat.
  uint64_t put() {
    while (!in[near].empty() || !in[far].empty()) tick();
    return last_in_cycle[near];
  }
  void settle() {
    put();
    run(8 + 6 * kBeats);
  }
  std::vector<Out> take(Side side) {
    std::vector<Out> all(out[side].begin(), out[side].end());
    out[side].clear();
    return all;
  }
  static unsigned buffer(Side side) { return side == kDie ? DIE_BUFFER : OPTICAL_BUFFER; }
  // Far has told its peer of room for one more.
  bool room() const { return static_cast<uint16_t>(dut.state(far).credit_sent - sent.size()) != 0; }
  // n flits out on near.
  void fill(unsigned n) {
    for (unsigned i = 0; i < n; i++) feed();
    settle();
    CHECK(take(near).size() == n);
    out[far].clear();
  }
  // Idle until near's last beat would be `after` cycles later than `since` if a flit were queued now.
  void wait_to_put(uint64_t since, uint64_t after) {
    while (dut.cycle + kBeats - 1 < since + after) tick();
  }
};

// Durations: all small ones of a kind, what bits there are above.
std::vector<uint32_t> durations() {
  std::vector<uint32_t> all = {8,  9,  10,  11,  12,  15,  16,  17,  21,  31,  32,  33,  42,  63,  64,
                               65, 85, 100, 127, 128, 129, 170, 255, 256, 257, 341, 511, 512, 513, 700};
  for (unsigned bit = 9; bit < 32; bit++) all.push_back((1u << bit) + 60);
  for (unsigned bit = 20; bit < 32; bit++) all.push_back(1u << bit);
  return all;
}
constexpr uint32_t kLongest = 800; // that a test waits for; it sees that a longer one has not come after kSilence
constexpr uint64_t kSilence = 130;

// The time from one thing to another is the duration and `more`.
void check_time(Ends &b, uint32_t duration, uint64_t since, uint64_t more, bool (*is)(const Bench::Out &)) {
  if (duration > kLongest) {
    b.run(kSilence);
    CHECK(b.out[b.near].empty());
    return;
  }
  const Bench::Out o = b.expect_flit(b.near, duration + 40);
  CHECK(is(o));
  CHECK(o.first_cycle - since == duration + more);
}
bool is_payload(const Bench::Out &o) {
  return o.head.protocol == kPayload;
}
bool is_ack(const Bench::Out &o) {
  return o.head.protocol == kNop && o.head.command == kAck;
}
bool is_nak(const Bench::Out &o) {
  return o.head.protocol == kNop && o.head.command == kNak;
}

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

void every_duration_is_kept_to_the_cycle(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (uint32_t d : durations()) {
      Ends b(format, seed, side);
      b.config().timeout = d;
      b.reset();
      b.feed();
      Bench::Out o = b.expect_flit(side);
      check_time(b, d, o.first_cycle, 3, is_payload);
      CHECK(b.state().timeouts == (d <= kLongest));

      Ends c(format, seed, side); // a Nak is said again
      c.config().nak_repeat = d;
      c.reset();
      c.wrong();
      o = c.expect_flit(side);
      CHECK(is_nak(o));
      check_time(c, d, o.first_cycle, 1, is_nak);

      Ends e(format, seed, side); // a flit cut short is given up
      e.config().nak_repeat = d;
      e.reset();
      e.give();
      e.in[side].pop_back();
      check_time(e, d, e.put(), 6, is_nak);
      CHECK(e.state().received_invalid == (d <= kLongest));

      Ends a(format, seed, side); // an Ack waits, and a credit
      a.config().ack_delay = d;
      a.dut.config[a.far].credit_limit = 1;
      a.reset();
      a.give();
      check_time(a, d, a.put(), 5, is_ack);
      if (d > kLongest) continue;
      a.give(); // stays in the buffer
      check_time(a, d, a.put(), 5, is_ack);
      CHECK(a.out[a.far].size() == 1);
      a.out[a.far].clear();
      Head more;
      more.command = kAck;
      more.number = Ends::number(a.far, 1);
      more.limit = 2;
      a.send(a.far, more);
      const Bench::Out second = a.expect_flit(a.far);
      check_time(a, d, second.first_cycle, 4, is_ack);
      CHECK(a.state().credit_sent == (Ends::buffer(side)) + 2);
    }
  }
}

void a_stale_nak_is_honoured_from_the_repeat_time_on_and_not_before(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (uint32_t d : durations()) {
      for (unsigned late = 0; late < 2; late++) {
        Ends b(format, seed, side);
        b.config().nak_repeat = d;
        b.reset();
        b.fill(2);
        b.nop(kNak, Ends::modulus(side));
        const uint64_t first = b.put();
        b.wait_to_put(first, d > kLongest ? kSilence : d + late);
        b.nop(kNak, Ends::modulus(side));
        b.settle();
        CHECK(b.state().round == (late && d <= kLongest ? 2u : 1u));
      }
    }
  }
}

void a_link_fails_after_just_as_many_replays_as_it_may_make(unsigned format, uint64_t seed) {
  std::vector<unsigned> limits = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 128, 255, 256, 300, 512, 1024};
  for (unsigned bit = 11; bit < 16; bit++) limits.push_back(1u << bit);
  if (format == 3) limits.push_back(65535);
  for (Side side : kSides) {
    for (unsigned limit : limits) {
      Ends b(format, seed, side);
      b.config().replay_limit = limit;
      b.config().timeout = limit <= 1024 ? 8 : 1; // a replay has no time to begin in 1
      b.reset();
      b.feed();
      const unsigned looked = limit > 1024 && limit < 65535 ? 40 : limit + 1;
      for (uint64_t i = 0; i < 20000000 && b.state().timeouts < looked; i++) {
        b.tick();
        b.out[side].clear();
      }
      b.run(40);
      State s = b.state();
      if (looked == limit + 1) {
        CHECK(s.failed == 1 && s.timeouts == limit + 1 && (s.sent_replayed == limit || limit > 1024));
      } else {
        CHECK(s.failed == 0);
      }
      if (limit > 40) continue;
      // Progress makes all of them anew; a replay that comes with progress counts as the first.
      Ends c(format, seed, side);
      c.config().replay_limit = limit;
      c.reset();
      c.fill(3);
      unsigned echo = 0;
      for (unsigned acked = 0; acked < 3; acked++) {
        for (unsigned replay = 0; replay < limit; replay++) {
          CHECK(c.state().failed == 0 && c.state().round == echo % 16);
          c.nop(kNak, Ends::number(side, acked), echo++ % 16);
          c.settle();
          c.take(side);
        }
        CHECK(c.state().failed == 0);
        if (acked == 2) break;
        if (acked == 1 && limit > 0) { // with a Nak in place of an Ack one is gone already
          c.nop(kNak, Ends::number(side, 2), echo++ % 16);
          c.settle();
          for (unsigned replay = 1; replay < limit; replay++) {
            CHECK(c.state().failed == 0);
            c.nop(kNak, Ends::number(side, 2), echo++ % 16);
            c.settle();
          }
          acked = 2;
          break;
        }
        c.nop(kAck, Ends::number(side, acked + 1));
        c.settle();
      }
      CHECK(c.state().failed == 0 && c.state().acked == Ends::number(side, 2));
      c.nop(kNak, Ends::number(side, 2), echo % 16);
      c.settle();
      CHECK(c.state().failed == 1);
    }
  }
}

void an_ack_is_taken_of_what_is_outstanding_and_of_nothing_else(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (unsigned acked = 0; acked < 2; acked++) {
      for (unsigned outstanding = 0; outstanding <= 3 - acked; outstanding++) {
        for (unsigned bit = 0; bit < 34; bit++) {
          const unsigned base = bit & 1 ? acked : acked + outstanding;
          const unsigned wire = Ends::number(side, base) ^ (1u << bit / 2 & 0xffff);
          const unsigned number = wire & Ends::modulus(side); // the high bits say nothing on the die side
          Ends b(format, seed, side);
          b.reset();
          b.fill(acked + outstanding);
          b.nop(kAck, Ends::number(side, acked));
          b.settle();
          CHECK(b.state().failed == 0);
          unsigned steps = 0;
          while (steps <= outstanding && Ends::number(side, acked + steps) != number) steps++;
          b.nop(kAck, wire);
          b.settle();
          const State s = b.state();
          CHECK(s.failed == (steps <= outstanding ? 0u : 2u));
          CHECK(s.acked == Ends::number(side, steps <= outstanding ? acked + steps : acked));
          if (steps > outstanding) continue;
          // The rest is replayed, and no more.
          b.take(side);
          b.nop(kNak, number);
          b.settle();
          unsigned next = acked + steps;
          for (const Bench::Out &o : b.take(side)) {
            if (!is_payload(o)) continue;
            CHECK(payload_of(format, o.flit) == b.sent[next]);
            CHECK(o.head.command != kExplicit || o.head.number == Ends::number(side, next + 1));
            next++;
          }
          CHECK(next == acked + outstanding && b.state().next_tx == Ends::number(side, next + 1));
        }
      }
    }
  }
}

void a_limit_is_taken_that_the_peers_buffer_justifies_and_no_other(unsigned format, uint64_t seed) {
  const unsigned buffers[] = {1, 2, 3, 8, 0x155, 0x2aaa, 0x5555, 1u << 14, 32767};
  for (Side side : kSides) {
    for (unsigned buffer : buffers) {
      for (unsigned sent = 0; sent <= 2 && sent <= buffer; sent += 2) {
        for (unsigned told = 0; told <= sent; told += 2) {
          for (unsigned bit = 0; bit < 34; bit++) {
            const unsigned limit = ((bit & 1 ? buffer + told : buffer + sent) ^ (1u << bit / 2)) & 0xffff; // bit 16: as it is
            Ends b(format, seed, side);
            b.config().credit_limit = buffer;
            b.reset();
            b.fill(sent);
            b.nop(kAck, Ends::number(side, sent), 0, buffer + told);
            b.settle();
            CHECK(b.state().failed == 0 && b.state().credit_limit == buffer + told && b.state().sent_total == sent);
            b.nop(kAck, Ends::number(side, sent), 0, limit);
            b.settle();
            const bool justified = limit >= buffer + told && limit <= buffer + sent;
            CHECK(b.state().failed == (justified ? 0u : 5u));
            CHECK(b.state().credit_limit == (justified ? limit : buffer + told));
            if (!justified || limit - sent > 2) continue;
            // So many more are sent, and then none.
            for (unsigned i = 0; i < 3; i++) b.feed();
            b.settle();
            CHECK(b.take(side).size() == limit - sent);
          }
        }
      }
    }
  }
}

void credit_is_counted_through_any_sequence_of_flits(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (unsigned run = 0; run < 6; run++) {
      Ends b(format, seed + run, side);
      const unsigned buffer = 1 + b.rng.below(run & 1 ? 3 : 30000);
      b.config().credit_limit = buffer;
      b.reset();
      unsigned limit = buffer, sent = 0, waiting = 0;
      for (unsigned i = 0; i < 300; i++) {
        if (waiting < 2) {
          b.feed();
          waiting++;
        }
        if (b.rng.chance(0.7)) { // the limit moves as a flit is sent, or about then
          limit += b.rng.below(buffer + sent - limit + 1);
          b.run(b.rng.below(12));
          b.nop(kAck, Ends::number(side, sent), 0, limit);
        }
        b.settle();
        for (const Bench::Out &o : b.take(side)) {
          if (!is_payload(o)) continue;
          CHECK(payload_of(format, o.flit) == b.sent[sent]);
          sent++;
          waiting--;
        }
        CHECK(sent <= limit && (waiting == 0 || sent == limit || sent >= 2));
        const State s = b.state();
        CHECK(s.failed == 0 && s.sent_total == sent && s.credit_limit == limit && s.sent_payload == sent &&
              s.next_tx == Ends::number(side, sent + 1));
        if (b.rng.chance(0.5)) b.nop(kAck, Ends::number(side, sent), 0, limit);
      }
      CHECK(sent > 10);
    }
  }
}

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

void a_full_window_is_kept_to_and_replayed_whole(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    const unsigned most = side == kDie ? DIE_WINDOW : OPTICAL_WINDOW;
    for (unsigned strap = 0; strap <= most && strap < 12; strap++) {
      const unsigned window = strap == 0 ? most : strap;
      Ends b(format, seed, side);
      b.config().window_flits = strap;
      b.reset();
      unsigned begun = 0;
      for (unsigned round = 0; round < 3; round++) {
        const unsigned goal = (round + 1) * window;
        for (unsigned i = 0; i < 40 + 8 * window; i++) {
          if (b.sent.size() < goal + 2 && b.room()) b.feed();
          b.put();
          b.run(kBeats);
          for (const Bench::Out &o : b.take(side)) {
            CHECK(is_payload(o) && payload_of(format, o.flit) == b.sent[begun]);
            begun++;
          }
        }
        CHECK(begun == goal && b.state().sent_payload == goal);
        b.nop(kNak, Ends::number(side, goal - window), b.state().round);
        b.settle();
        b.run(kBeats * window + 20);
        unsigned again = goal - window;
        for (const Bench::Out &o : b.take(side)) {
          if (is_payload(o)) CHECK(payload_of(format, o.flit) == b.sent[again++]);
        }
        CHECK(again == goal);
        b.nop(kAck, Ends::number(side, goal));
      }
    }
  }
}

void what_is_sent_is_counted_and_says_by_turns_its_number_and_an_ack(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    Ends b(format, seed, side);
    b.config().nak_repeat = 300;
    b.reset();
    b.give();
    b.settle();
    b.wrong();
    b.settle();
    unsigned nops = static_cast<unsigned>(b.take(side).size());
    CHECK(b.state().waiting && b.state().sent_nop == nops);
    for (unsigned i = 0; i < 40; i++) {
      b.feed();
      if (i % 3 == 2) b.run(400);
      b.settle();
      const auto all = b.take(side);
      unsigned payloads = 0;
      for (const Bench::Out &o : all) {
        CHECK(o.head.limit == (Ends::buffer(side)) + 1);
        if (is_payload(o)) {
          payloads++;
          CHECK(o.head.command == (i % 2 ? kNak : kExplicit));
          CHECK(o.head.number == (i % 2 ? Ends::number(side, 1) : Ends::number(side, i + 1)));
        } else {
          nops++;
          CHECK(is_nak(o) && o.head.number == Ends::number(side, 1));
        }
      }
      CHECK(payloads == 1 && b.state().sent_nop == nops && b.state().sent_payload == i + 1 && b.state().sent_replayed == 0);
      b.nop(kAck, Ends::number(side, i + 1), 0, 1000);
      b.settle();
    }
    CHECK(nops >= 3);
  }
}

void an_ack_owed_anew_as_another_is_paid_is_paid_in_its_own_time(unsigned format, uint64_t seed) {
  constexpr unsigned kDelay = 40;
  for (Side side : kSides) {
    for (unsigned gap = kBeats; gap < kDelay + 30; gap++) {
      Ends b(format, seed, side);
      b.config().ack_delay = kDelay;
      b.dut.config[b.far].credit_limit = 1;
      b.reset();
      b.give();
      b.settle();
      b.run(2 * kDelay);
      b.take(side); // of the one that has left; the next ones stay in the buffer
      b.give();
      const uint64_t first = b.put();
      b.wait_to_put(first, gap);
      b.give();
      const uint64_t second = b.put();
      CHECK(second == first + gap);
      b.run(4 * kDelay);
      const auto acks = b.take(side);
      for (const Bench::Out &o : acks) CHECK(is_ack(o));
      CHECK(acks.size() == 1 || acks.size() == 2);
      CHECK(acks[0].first_cycle == first + kDelay + 5);
      // Accepted before that flit began: it pays both.
      const bool paid = second + 3 < acks[0].first_cycle - 1;
      CHECK(acks.size() == (paid ? 1u : 2u) && acks[0].head.number == Ends::number(side, paid ? 3 : 2));
      if (!paid) CHECK(acks[1].head.number == Ends::number(side, 3) && acks[1].first_cycle == second + kDelay + 5);
    }
  }
}

void a_credit_owed_anew_as_another_is_paid_is_paid_in_its_own_time(unsigned format, uint64_t seed) {
  constexpr unsigned kDelay = 40;
  for (Side side : kSides) {
    const unsigned buffer = Ends::buffer(side);
    for (unsigned gap = kBeats; gap < kDelay + 30; gap++) {
      Ends b(format, seed, side);
      b.config().ack_delay = kDelay;
      b.dut.config[b.far].credit_limit = 1;
      b.reset();
      for (unsigned i = 0; i < 3; i++) b.give();
      b.put();
      b.run(4 * kDelay);
      b.take(side);
      b.take(b.far);
      Head more; // two stay in the buffer: the far peer has room for one, and for the other
      more.command = kAck;
      more.number = Ends::number(b.far, 1);
      more.limit = 2;
      b.send(b.far, more);
      b.put();
      b.run(gap - kBeats);
      more.limit = 3;
      b.send(b.far, more);
      b.put();
      b.run(4 * kDelay);
      const auto left = b.take(b.far);
      const auto credits = b.take(side);
      CHECK(left.size() == 2 && left[1].first_cycle == left[0].first_cycle + gap);
      for (const Bench::Out &o : credits) CHECK(is_ack(o));
      CHECK(credits.size() == 1 || credits.size() == 2);
      CHECK(credits[0].first_cycle == left[0].first_cycle + kDelay + 4);
      const bool paid = left[1].first_cycle + 3 < credits[0].first_cycle;
      CHECK(credits.size() == (paid ? 1u : 2u) && credits[0].head.limit == buffer + (paid ? 3 : 2));
      if (!paid) CHECK(credits[1].head.limit == buffer + 3 && credits[1].first_cycle == left[1].first_cycle + kDelay + 4);
    }
  }
}

void an_ack_that_comes_as_the_time_is_out_is_progress(unsigned format, uint64_t seed) {
  constexpr unsigned kTimeout = 60;
  for (Side side : kSides) {
    unsigned replays = 0;
    for (unsigned after = 20; after < kTimeout + 20; after++) {
      Ends b(format, seed, side);
      b.config().timeout = kTimeout;
      b.reset();
      b.feed();
      const Bench::Out o = b.expect_flit(side);
      b.wait_to_put(o.first_cycle, after);
      b.nop(kAck, Ends::number(side, 1));
      b.run(4 * kTimeout);
      const State s = b.state();
      CHECK(s.acked == Ends::number(side, 1) && s.failed == 0 && s.sent_replayed <= s.timeouts && s.timeouts == s.round);
      CHECK(s.timeouts == (after + 3 >= kTimeout ? 1u : 0u));
      replays += s.timeouts;
    }
    CHECK(replays > 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
// oio_bridge, rule by rule: the test plays both peers by hand, flit by flit, with flits made straight from SPEC.md.
#include "bridge_tests.h"

namespace {

Payload random_payload(Rng &rng) {
  Payload p;
  for (unsigned i = 0; i < p.size(); i++) p[i] = static_cast<uint8_t>(rng.next());
  return p;
}

Head payload_head(unsigned number, unsigned command = kExplicit) {
  Head h;
  h.protocol = kPayload;
  h.command = command;
  h.number = number;
  h.limit = 1000;
  return h;
}

Head nop_head(unsigned command, unsigned number, unsigned round = 0, unsigned echo = 0, unsigned limit = 1000) {
  Head h;
  h.command = command;
  h.number = number;
  h.round = round;
  h.echo = echo;
  h.limit = limit;
  return h;
}

// A bench whose peers are this test: nothing times out unless the test wants it to.
struct Hand : Bench {
  Hand(unsigned format, uint64_t seed) : Bench(format, seed), format(format) {
    for (Config &c : dut.config) c.credit_limit = 1000;
  }
  unsigned format;
  std::vector<Payload> sent;

  // The die sends payload flit `number`; it is remembered.
  void die_payload(unsigned number, unsigned command = kExplicit, unsigned round = 0) {
    sent.push_back(random_payload(rng));
    Head h = payload_head(number, command);
    h.round = round;
    send(kDie, h, &sent.back());
  }
  void drain() {
    for (int i = 0; i < 20000 && (!in[kDie].empty() || !in[kOptical].empty()); i++) tick();
    run(12 * kBeats);
  }
  // The payloads that have come out of a side, NOPs left out.
  std::vector<Out> payloads(Side side) {
    std::vector<Out> found;
    for (const Out &o : out[side]) {
      if (o.head.protocol == kPayload) found.push_back(o);
    }
    out[side].clear();
    return found;
  }
  Out expect_nop(Side side, unsigned command, unsigned number, uint64_t within = 2000) {
    const Out o = expect_flit(side, within);
    CHECK(o.head.protocol == kNop);
    CHECK(o.head.command == command);
    CHECK(o.head.number == number);
    return o;
  }
  // n flits from the die, out on the optical side.
  void fill(unsigned n) {
    for (unsigned i = 1; i <= n; i++) die_payload(i);
    drain();
    CHECK(payloads(kOptical).size() == n);
    out[kDie].clear();
  }
};

} // namespace

void a_flit_crosses_with_the_documented_latency(unsigned format, uint64_t seed) {
  constexpr unsigned kLatency = 5; // rtl/README.md
  for (int s = 0; s < 2; s++) {
    const Side from = static_cast<Side>(s), to = static_cast<Side>(1 - s);
    Hand b(format, seed);
    b.reset();
    b.run(20);
    const Payload p = random_payload(b.rng);
    b.send(from, payload_head(1), &p);
    const Bench::Out o = b.expect_flit(to);
    CHECK(o.first_cycle - b.last_in_cycle[from] == kLatency);
    CHECK(payload_of(format, o.flit) == p);
    CHECK(o.head.protocol == kPayload && o.head.command == kExplicit && o.head.number == 1);
    CHECK(o.head.round == 0 && o.head.echo == 0);
    CHECK(o.head.limit == (to == kDie ? DIE_BUFFER : OPTICAL_BUFFER));
    // The sender is told: an Ack, and a credit more than at first.
    const Bench::Out ack = b.expect_nop(from, kAck, 1);
    CHECK(ack.head.limit == 1 + (from == kDie ? DIE_BUFFER : OPTICAL_BUFFER));
    CHECK(ack.first_cycle - b.last_in_cycle[from] <= b.dut.config[from].ack_delay + 5);
    b.expect_silence(from, 1000);
    b.expect_silence(to, 10);
  }
}

void a_wrong_crc_is_answered_by_a_nak_and_the_replay_is_accepted_once(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.die_payload(1);
  b.die_payload(2);
  b.in[kDie][kBeats + 1].data[5] ^= 0x10; // in flit 2
  b.drain();
  CHECK(b.payloads(kOptical).size() == 1);
  const Bench::Out nak = b.expect_nop(kDie, kNak, 1);
  CHECK(nak.head.echo == 0);
  State s = b.dut.state(kDie);
  CHECK(s.lost && s.waiting && s.received_invalid == 1 && s.asked_crc == 1 && s.expected == 2);
  // What comes meanwhile is not taken, and not asked for again ...
  b.die_payload(255, kAck); // implicit (acknowledges nothing): its number is unknown
  b.die_payload(3);         // ahead
  b.drain();
  CHECK(b.out[kDie].empty());
  s = b.dut.state(kDie);
  CHECK(!s.lost && s.waiting && s.received_ahead == 1 && s.asked_crc == 1 && s.asked_sequence == 0);
  // ... except by the same Nak after nak_repeat.
  const Bench::Out again = b.expect_nop(kDie, kNak, 1);
  CHECK(again.first_cycle - nak.first_cycle >= b.dut.config[kDie].nak_repeat);
  CHECK(again.first_cycle - nak.first_cycle <= b.dut.config[kDie].nak_repeat + 2 * kBeats);
  // The replay, in a new round.
  Head h = payload_head(2);
  h.round = 1;
  b.send(kDie, h, &b.sent[1]);
  h = payload_head(255, kAck);
  h.round = 1;
  b.send(kDie, h, &b.sent[3]);
  b.drain();
  const auto got = b.payloads(kOptical);
  CHECK(got.size() == 2);
  CHECK(payload_of(format, got[0].flit) == b.sent[1] && payload_of(format, got[1].flit) == b.sent[3]);
  const Bench::Out ack = b.expect_nop(kDie, kAck, 3);
  CHECK(ack.head.echo == 1);
  s = b.dut.state(kDie);
  CHECK(!s.lost && !s.waiting && s.expected == 4 && s.received_payload == 3 && s.round_seen == 1 && s.failed == 0);
  b.expect_silence(kDie, 1000);
}

void any_wrong_bit_that_is_covered_makes_a_flit_invalid_and_no_other_does(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kDie].nak_repeat = 1000000;
  b.reset();
  unsigned invalid = 0;
  for (unsigned i = 0; i < 600; i++) {
    const unsigned bit = i < 160 ? 240 * 8 + i % 128 : b.rng.below(2048);
    const Payload p = random_payload(b.rng);
    Head h = payload_head(1);
    h.round = i % 16;
    h.number = b.dut.state(kDie).expected;
    Flit f = make_flit(format, h, &p);
    f[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    const bool covered = format == 6 || bit / 8 < 242 || bit / 8 > 251;
    const State before = b.dut.state(kDie);
    append_beats(b.in[kDie], f);
    b.drain();
    const State s = b.dut.state(kDie);
    invalid += covered;
    CHECK(s.received_invalid == invalid);
    CHECK(s.received_payload == before.received_payload + !covered);
    const auto got = b.payloads(kOptical);
    CHECK(got.size() == !covered);
    if (!covered) {
      CHECK(payload_of(format, got[0].flit) == p);
      b.send(kOptical, nop_head(kAck, s.received_payload, 0, 0, 1000 + s.received_payload));
    }
  }
}

void duplicates_are_acknowledged_at_once_and_not_delivered(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kDie].ack_delay = 5000;
  b.reset();
  b.die_payload(1);
  b.die_payload(2);
  b.drain();
  CHECK(b.payloads(kOptical).size() == 2 && b.out[kDie].empty());
  b.die_payload(1, kExplicit, 1);
  b.die_payload(255, kAck, 1); // implicit: counts on from the duplicate, so a duplicate too
  const Bench::Out ack = b.expect_nop(kDie, kAck, 2, 40);
  CHECK(ack.head.echo == 1);
  b.drain();
  CHECK(b.payloads(kOptical).empty());
  const State s = b.dut.state(kDie);
  CHECK(s.received_duplicate == 2 && s.received_payload == 2 && s.expected == 3 && !s.waiting);
}

void a_gap_is_answered_by_a_nak_of_the_last_in_order(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.die_payload(3);
  b.expect_nop(kDie, kNak, 255);
  State s = b.dut.state(kDie);
  CHECK(s.asked_sequence == 1 && s.asked_crc == 0 && s.received_ahead == 1 && s.waiting && !s.lost);
  b.die_payload(128); // distance 127 is ahead
  b.die_payload(129); // distance 128 is behind
  b.drain();
  s = b.dut.state(kDie);
  CHECK(s.received_ahead == 2 && s.received_duplicate == 1 && s.asked_sequence == 1);
  CHECK(b.payloads(kOptical).empty());
}

void implicit_numbers_count_payload_flits_only(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.die_payload(1);
  b.send(kDie, nop_head(kAck, 255));
  b.die_payload(255, kAck); // 2
  b.send(kDie, nop_head(kExplicit, 2));
  b.die_payload(255, kAck); // 3: our own receiver must not care whether the one before was explicit
  b.drain();
  const auto got = b.payloads(kOptical);
  CHECK(got.size() == 3);
  for (unsigned i = 0; i < 3; i++) CHECK(payload_of(format, got[i].flit) == b.sent[i] && got[i].head.number == i + 1);
  CHECK(b.dut.state(kDie).expected == 4);
}

void an_explicit_nop_tells_a_receiver_that_it_lost_nothing(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.die_payload(1);
  Flit f = make_flit(format, nop_head(kAck, 255), nullptr);
  f[0] ^= 1;
  append_beats(b.in[kDie], f);
  b.drain();
  CHECK(b.dut.state(kDie).lost && b.dut.state(kDie).waiting);
  b.send(kDie, nop_head(kExplicit, 1, 1));
  b.die_payload(255, kAck, 1);
  b.drain();
  CHECK(!b.dut.state(kDie).lost && !b.dut.state(kDie).waiting && b.dut.state(kDie).received_payload == 2);
  // One that is ahead tells it that it lost something.
  b.send(kDie, nop_head(kExplicit, 3, 1));
  b.drain();
  CHECK(b.dut.state(kDie).waiting && b.dut.state(kDie).asked_sequence == 1 && b.dut.state(kDie).asked_crc == 1);
}

void what_rule_r2_names_is_discarded(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  const Payload p = random_payload(b.rng);
  for (unsigned protocol = 0; protocol < 4; protocol++) {
    for (unsigned command = 0; command < 4; command++) {
      Head h = payload_head(1);
      h.protocol = protocol;
      h.command = command;
      h.round = 5;
      if (protocol < 2 && command < 3 && !(protocol == 0 && command == 0)) continue;
      if (protocol == 0 && command == 0) h.number = 0;
      b.send(kDie, h, &p);
      b.send(kOptical, h, &p);
    }
  }
  b.drain();
  for (Side side : {kDie, kOptical}) {
    const State s = b.dut.state(side);
    CHECK(s.failed == 0 && s.round_seen == 0 && s.expected == 1 && s.received_payload == 0 && s.received_invalid == 0);
    CHECK(b.out[side].empty());
  }
}

void a_beat_lost_or_doubled_makes_a_flit_invalid(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kDie].nak_repeat = 1000000;
  b.reset();
  b.die_payload(1);
  b.in[kDie].pop_back(); // cut short ...
  b.die_payload(2);      // ... by the next one
  b.drain();
  CHECK(b.dut.state(kDie).received_invalid == 1 && b.dut.state(kDie).lost == false && b.dut.state(kDie).received_ahead == 1);
  b.die_payload(1);
  b.in[kDie].pop_front(); // without its first beat: beats of no flit
  b.drain();
  CHECK(b.dut.state(kDie).received_invalid == 1 + kBeats - 1 && b.dut.state(kDie).lost);
  b.die_payload(1, kExplicit, 1);
  b.drain();
  CHECK(b.dut.state(kDie).received_payload == 1 && b.dut.state(kDie).waiting == false);
  CHECK(payload_of(format, b.payloads(kOptical).at(0).flit) == b.sent.back());
}

void a_flit_cut_short_for_good_is_asked_for(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.die_payload(1);
  b.in[kDie].pop_back();
  b.expect_silence(kDie, b.dut.config[kDie].nak_repeat - 20);
  CHECK(b.dut.state(kDie).received_invalid == 0);
  b.expect_nop(kDie, kNak, 255, 100);
  b.die_payload(1, kExplicit, 1);
  b.drain();
  CHECK(b.dut.state(kDie).received_invalid == 1 && b.dut.state(kDie).received_payload == 1);
  CHECK(payload_of(format, b.payloads(kOptical).at(0).flit) == b.sent.back());
}

void silence_is_answered_by_a_replay_after_the_timeout(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kOptical].timeout = 700;
  b.reset();
  b.die_payload(1);
  b.die_payload(2);
  const Bench::Out first = b.expect_flit(kOptical), second = b.expect_flit(kOptical);
  const Bench::Out again = b.expect_flit(kOptical);
  CHECK(again.head.number == 1 && again.head.command == kExplicit && again.head.round == 1);
  CHECK(again.first_cycle - first.first_cycle >= 700 && again.first_cycle - first.first_cycle <= 700 + 4);
  CHECK(payload_of(format, again.flit) == payload_of(format, first.flit));
  CHECK(payload_of(format, b.expect_flit(kOptical).flit) == payload_of(format, second.flit));
  b.send(kOptical, nop_head(kAck, 1, 0, 1));
  b.drain();
  // Progress was made: the time runs anew, and only the second is replayed.
  const Bench::Out third = b.expect_flit(kOptical);
  CHECK(third.head.number == 2 && third.head.round == 2);
  CHECK(third.first_cycle - b.last_in_cycle[kOptical] >= 700);
  b.send(kOptical, nop_head(kAck, 2, 0, 2));
  b.drain();
  b.expect_silence(kOptical, 3000);
  const State s = b.dut.state(kOptical);
  CHECK(s.timeouts == 2 && s.sent_payload == 2 && s.sent_replayed == 3 && s.acked == 2 && s.next_tx == 3 && s.failed == 0);
}

void a_link_fails_after_the_replay_limit_and_then_sends_nothing(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kOptical].timeout = 300;
  b.dut.config[kOptical].replay_limit = 3;
  b.reset();
  b.die_payload(1);
  b.run(5000);
  CHECK(b.payloads(kOptical).size() == 4);
  State s = b.dut.state(kOptical);
  CHECK(s.failed == 1 && s.sent_replayed == 3 && s.timeouts == 4);
  const Payload p = random_payload(b.rng);
  b.send(kOptical, payload_head(1), &p);
  b.out[kDie].clear();
  b.run(5000);
  CHECK(b.out[kOptical].empty() && b.out[kDie].empty());
  s = b.dut.state(kOptical);
  CHECK(s.received_payload == 0 && s.failed == 1);
  // A reset brings it back.
  b.reset();
  b.die_payload(1);
  b.drain();
  CHECK(b.payloads(kOptical).size() == 1 && b.dut.state(kOptical).failed == 0);
}

void an_ack_of_what_was_not_sent_fails_the_link(unsigned format, uint64_t seed) {
  const unsigned bad[] = {0, 3, 32768, 65534};
  for (unsigned number : bad) {
    Hand b(format, seed);
    b.reset();
    b.fill(2);
    b.send(kOptical, nop_head(kAck, 65535)); // acked itself: says nothing
    b.drain();
    CHECK(b.dut.state(kOptical).failed == 0);
    b.send(kOptical, nop_head(number % 2 ? kNak : kAck, number));
    b.drain();
    CHECK(b.dut.state(kOptical).failed == 2);
    CHECK(b.dut.state(kDie).failed == 0);
  }
  Hand b(format, seed);
  b.reset();
  b.fill(2);
  b.send(kOptical, nop_head(kAck, 2));
  b.drain();
  CHECK(b.dut.state(kOptical).failed == 0 && b.dut.state(kOptical).acked == 2);
  b.send(kOptical, nop_head(kAck, 1)); // before acked
  b.drain();
  CHECK(b.dut.state(kOptical).failed == 2);
}

void a_payload_numbered_zero_fails_the_link(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.die_payload(0);
  b.drain();
  CHECK(b.dut.state(kDie).failed == 3);
  b.expect_silence(kDie, 2000);
}

void a_peer_without_credit_fails_the_link(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kOptical].credit_limit = 1; // one flit leaves, the rest stays in the buffer
  b.reset();
  for (unsigned i = 1; i <= 1 + DIE_BUFFER; i++) b.die_payload(i);
  b.drain();
  CHECK(b.dut.state(kDie).failed == 0 && b.dut.state(kDie).received_payload == 1 + DIE_BUFFER);
  // A full buffer takes flits that need no room.
  b.send(kDie, nop_head(kAck, 255));
  b.die_payload(1, kExplicit, 1);
  b.drain();
  CHECK(b.dut.state(kDie).failed == 0 && b.dut.state(kDie).received_duplicate == 1);
  CHECK(b.payloads(kOptical).size() == 1);
  // Nothing in it was touched by them.
  b.send(kOptical, nop_head(kAck, 1, 0, 0, 2));
  b.drain();
  const auto got = b.payloads(kOptical);
  CHECK(got.size() == 1 && payload_of(format, got[0].flit) == b.sent[1]);
  b.die_payload(2 + DIE_BUFFER);
  b.drain();
  CHECK(b.dut.state(kDie).failed == 0);
  b.die_payload(3 + DIE_BUFFER);
  b.drain();
  CHECK(b.dut.state(kDie).failed == 4);
}

void credit_is_an_absolute_limit(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kOptical].credit_limit = 1;
  b.reset();
  for (unsigned i = 1; i <= DIE_BUFFER; i++) b.die_payload(i);
  b.drain();
  CHECK(b.payloads(kOptical).size() == 1);
  b.send(kOptical, nop_head(kAck, 1, 0, 0, 1)); // the same says nothing
  b.drain();
  CHECK(b.payloads(kOptical).empty() && b.dut.state(kOptical).credit_limit == 1);
  for (unsigned sent = 1; sent < DIE_BUFFER; sent++) {
    b.send(kOptical, nop_head(kAck, sent, 0, 0, sent + 1));
    b.drain();
    CHECK(b.payloads(kOptical).size() == 1 && b.dut.state(kOptical).sent_total == sent + 1);
  }
  CHECK(b.dut.state(kOptical).failed == 0 && b.dut.state(kDie).credit_sent == 2 * DIE_BUFFER);
}

void a_credit_limit_that_goes_back_or_that_the_peers_buffer_cannot_justify_fails_the_link(unsigned format, uint64_t seed) {
  // A buffer of 4 told, two flits sent and 5 told: 6 is the highest that can be.
  for (unsigned limit : {0u, 4u, 5u, 6u, 7u, 5u + 32767u, 5u + 32768u, 65535u}) {
    Hand b(format, seed);
    b.dut.config[kOptical].credit_limit = 4;
    b.reset();
    b.fill(2);
    b.send(kOptical, nop_head(kAck, 1, 0, 0, 5));
    b.send(kOptical, nop_head(kAck, 2, 3, 0, limit));
    b.drain();
    const State s = b.dut.state(kOptical);
    const bool justified = limit == 5 || limit == 6;
    CHECK(s.failed == (justified ? 0u : 5u) && b.dut.state(kDie).failed == 0);
    CHECK(s.credit_limit == (limit == 6 ? 6u : 5u) && s.acked == (justified ? 2u : 1u));
    b.out[kOptical].clear();
    b.die_payload(3);
    b.drain();
    CHECK(b.payloads(kOptical).size() == (justified ? 1u : 0u));
  }
}

void a_nak_starts_one_replay_and_a_stale_one_none(unsigned format, uint64_t seed) {
  constexpr unsigned n = OPTICAL_WINDOW < 12 ? OPTICAL_WINDOW : 12;
  Hand b(format, seed);
  b.reset();
  b.fill(n);
  b.send(kOptical, nop_head(kNak, 1, 0, 0));
  b.send(kOptical, nop_head(kNak, 1, 0, 0)); // of the round before: the replay under way answers it
  b.drain();
  b.run(n * kBeats);
  auto got = b.payloads(kOptical);
  CHECK(got.size() == n - 1 && got[0].head.command == kExplicit);
  for (unsigned i = 0; i < n - 1; i++) {
    CHECK(got[i].head.round == 1 && payload_of(format, got[i].flit) == b.sent[i + 1]);
    CHECK(i == 0 || got[i].first_cycle - got[i - 1].first_cycle == kBeats); // at full rate
  }
  State s = b.dut.state(kOptical);
  CHECK(s.round == 1 && s.acked == 1 && s.sent_replayed == n - 1);
  // After nak_repeat a stale one is honoured, and one of this round always.
  b.run(b.dut.config[kOptical].nak_repeat);
  b.send(kOptical, nop_head(kNak, 1, 0, 0));
  b.drain();
  CHECK(b.dut.state(kOptical).round == 2);
  b.send(kOptical, nop_head(kNak, 1, 0, 2));
  b.drain();
  CHECK(b.dut.state(kOptical).round == 3);
  CHECK(b.dut.state(kOptical).timeouts == 0);
}

void an_ignored_nak_owes_no_ack(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.fill(2);
  b.send(kOptical, nop_head(kNak, 1, 0, 0));
  b.drain();
  CHECK(b.payloads(kOptical).size() == 1);
  b.send(kOptical, nop_head(kNak, 1, 0, 0)); // of the round before
  b.expect_silence(kOptical, 200);
}

void what_a_failed_link_had_accepted_still_goes_on(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kOptical].credit_limit = 1; // one flit leaves, one stays in the buffer of the die side
  b.reset();
  b.die_payload(1);
  b.die_payload(2);
  b.drain();
  b.send(kDie, nop_head(kAck, 9));
  b.drain();
  CHECK(b.dut.state(kDie).failed == 2 && b.payloads(kOptical).size() == 1);
  b.send(kOptical, nop_head(kAck, 1, 0, 0, 2));
  b.drain();
  const auto got = b.payloads(kOptical);
  CHECK(got.size() == 1 && payload_of(format, got[0].flit) == b.sent[1]);
  CHECK(b.dut.state(kOptical).failed == 0);
}

void a_nak_with_nothing_outstanding_is_answered_by_an_explicit_nop(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.reset();
  b.fill(2);
  b.send(kOptical, nop_head(kNak, 2, 0, 0));
  Bench::Out o = b.expect_nop(kOptical, kExplicit, 2);
  CHECK(o.head.round == 1);
  b.expect_nop(kOptical, kAck, 65535); // the flit that was lost may have brought it
  b.send(kOptical, nop_head(kNak, 2, 0, 0));
  o = b.expect_nop(kOptical, kExplicit, 2);
  CHECK(o.head.round == 1);
  b.expect_nop(kOptical, kAck, 65535);
  // The payload flit after it says its number even when an Ack is owed.
  const Payload p = random_payload(b.rng);
  b.send(kOptical, payload_head(1), &p);
  b.die_payload(3);
  b.drain();
  const auto got = b.payloads(kOptical);
  CHECK(got.size() == 1 && got[0].head.command == kExplicit && got[0].head.number == 3);
}

void a_cursor_moved_by_an_ack_goes_on_with_an_explicit_number(unsigned format, uint64_t seed) {
  if (OPTICAL_WINDOW < 12) return;
  unsigned jumps = 0;
  // A replay from 2 is overtaken by an Ack of 9, at any moment, with an Ack owed by the bridge so that it would use implicit numbers.
  for (unsigned wait = 0; wait < 5 * kBeats; wait++) {
    Hand b(format, seed);
    b.reset();
    b.fill(12);
    const Payload p = random_payload(b.rng);
    b.send(kOptical, nop_head(kNak, 1, 0, 0));
    b.run(kBeats);
    b.send(kOptical, payload_head(1), &p);
    b.run(kBeats + wait);
    b.send(kOptical, payload_head(9, kAck), &p); // one more Ack owed as the cursor moves
    b.drain();
    b.run(20 * kBeats);
    unsigned before = 0;
    for (const Bench::Out &o : b.payloads(kOptical)) {
      unsigned number = 0;
      for (unsigned i = 0; i < 12; i++) {
        if (payload_of(format, o.flit) == b.sent[i]) number = i + 1;
      }
      CHECK(number > before);
      if (o.head.command == kExplicit)
        CHECK(o.head.number == number);
      else
        CHECK(number == before + 1);
      jumps += before != 0 && number > before + 1;
      before = number;
    }
    CHECK(before == 12);
  }
  CHECK(jumps > 0);
}

void a_full_replay_buffer_takes_no_more_and_replays_all(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kOptical].credit_limit = 32767;
  b.dut.config[kOptical].timeout = 10000000;
  b.reset();
  // Explicit flits from the die, as fast as the bridge takes them out of its buffer.
  unsigned number = 1, next_tx = 1;
  std::vector<Payload> got;
  while (b.dut.cycle < 4000 + 8 * kBeats * OPTICAL_WINDOW) {
    const State s = b.dut.state(kDie);
    if (b.in[kDie].empty() && ((s.credit_sent - next_tx + 1) & 0xffff) > 0 && next_tx <= OPTICAL_WINDOW + DIE_BUFFER) {
      b.die_payload(number);
      number = number == 255 ? 1 : number + 1;
      next_tx++;
    }
    b.tick();
    for (const auto &o : b.payloads(kOptical)) got.push_back(payload_of(format, o.flit));
  }
  CHECK(got.size() == OPTICAL_WINDOW && b.dut.state(kOptical).sent_payload == OPTICAL_WINDOW);
  CHECK(b.sent.size() == OPTICAL_WINDOW + DIE_BUFFER && b.dut.state(kDie).failed == 0);
  b.send(kOptical, nop_head(kAck, 1, 0, 0, 32767));
  b.drain();
  CHECK(b.dut.state(kOptical).sent_payload == OPTICAL_WINDOW + 1);
  for (const auto &o : b.payloads(kOptical)) got.push_back(payload_of(format, o.flit));
  for (unsigned i = 0; i < got.size(); i++) CHECK(got[i] == b.sent[i]);
  // All of it again.
  b.send(kOptical, nop_head(kNak, 1, 0, 0, 32767));
  b.run(20 + kBeats * (OPTICAL_WINDOW + 4));
  const auto replayed = b.payloads(kOptical);
  CHECK(replayed.size() == OPTICAL_WINDOW);
  for (unsigned i = 0; i < replayed.size(); i++) CHECK(payload_of(format, replayed[i].flit) == b.sent[i + 1]);
}

void straps_make_window_and_buffer_smaller(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.dut.config[kOptical].window_flits = 2;
  b.dut.config[kDie].buffer_flits = 2;
  b.reset();
  CHECK(b.dut.state(kDie).credit_sent == 2);
  for (unsigned i = 1; i <= 4; i++) {
    b.die_payload(i);
    b.drain();
  }
  CHECK(b.payloads(kOptical).size() == 2);
  CHECK(b.dut.state(kDie).failed == 0 && b.dut.state(kDie).credit_sent == 4);
  b.die_payload(5);
  b.drain();
  CHECK(b.dut.state(kDie).failed == 4);
}

void a_reset_with_traffic_in_flight_leaves_nothing_behind(unsigned format, uint64_t seed) {
  Hand b(format, seed);
  b.ready_chance[kOptical] = 0.5;
  b.reset();
  for (unsigned round = 0; round < 20; round++) {
    const Payload p = random_payload(b.rng);
    for (unsigned i = 1; i <= 3; i++) {
      b.die_payload(i);
      b.send(kOptical, payload_head(i), &p);
    }
    b.run(1 + b.rng.below(16 * kBeats));
    b.reset();
    for (Side side : {kDie, kOptical}) {
      const State s = b.dut.state(side);
      CHECK(s.next_tx == 1 && s.expected == 1 && s.acked == (side == kDie ? 255u : 65535u) && s.sent_total == 0);
      CHECK(s.credit_limit == 1000 && s.credit_sent == (side == kDie ? DIE_BUFFER : OPTICAL_BUFFER));
      CHECK(s.received_payload == 0 && s.sent_payload == 0 && s.round == 0 && !s.waiting && !s.lost && s.failed == 0);
    }
    b.expect_silence(kDie, 60);
    b.expect_silence(kOptical, 60);
    b.sent.clear();
    b.die_payload(1);
    b.drain();
    const auto got = b.payloads(kOptical);
    CHECK(got.size() == 1 && payload_of(format, got[0].flit) == b.sent[0]);
    b.reset();
  }
}

// SPDX-License-Identifier: Apache-2.0
// oio_bridge, rule by rule: what it makes of flits good and bad, its straps and reset. The test plays both peers by hand, flit by flit,
// with flits made straight from SPEC.md.
#include "hand.h"

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

// SPDX-License-Identifier: Apache-2.0
// oio_bridge, rule by rule: time, replays, credit, and what fails a link. The test plays both peers by hand.
#include "hand.h"

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

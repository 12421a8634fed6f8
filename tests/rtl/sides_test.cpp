// SPDX-License-Identifier: Apache-2.0
// oio_bridge, either side of it alike, number by number: every bit of the straps, times and counts, and of what is owed. What is
// expected is from SPEC.md, counted here.
#include "sides.h"

namespace {

// Durations: all small ones of a kind, what bits there are above.
std::vector<uint32_t> durations() {
  std::vector<uint32_t> all = {8,  9,   10,  11,  12,  15,  16,  17,  21,  31,  32,  33,  42,  63,  64, 65,
                               85, 100, 127, 128, 129, 170, 255, 256, 257, 341, 511, 512, 513, 572, 700};
  for (unsigned bit = 17; bit < 32; bit++) {
    all.push_back(1u << bit);
    all.push_back((1u << bit) + 60);
  }
  return all;
}
constexpr uint32_t kLongDurations[] = {1030, 1031, 2053, 4103, 8209, 16391};
constexpr uint32_t kLongest = 20000; // that a test waits for; it sees that a longer one has not come after kSilence
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

void keep_duration(unsigned format, uint64_t seed, Side side, uint32_t d) {
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

  Ends n(format, seed, side); // and no flit that is not sent says it
  n.config().nak_repeat = d;
  n.reset();
  n.fill(1);
  n.wrong();
  o = n.expect_flit(side);
  CHECK(is_nak(o));
  check_time(n, d, o.first_cycle, 1, is_nak);

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
  if (d > kLongest) return;
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

void honour_stale_nak(unsigned format, uint64_t seed, Side side, uint32_t d) {
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

} // namespace

void every_duration_is_kept_to_the_cycle(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (uint32_t d : durations()) keep_duration(format, seed, side, d);
  }
}

void a_stale_nak_is_honoured_from_the_repeat_time_on_and_not_before(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (uint32_t d : durations()) honour_stale_nak(format, seed, side, d);
  }
}

void long_durations_are_kept_to_the_cycle(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (uint32_t d : kLongDurations) {
      keep_duration(format, seed, side, d);
      honour_stale_nak(format, seed, side, d);
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

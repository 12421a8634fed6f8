// SPDX-License-Identifier: Apache-2.0
// oio_bridge, either side of it alike: credit, limit by limit. What is expected is from SPEC.md, counted here.
#include "sides.h"

namespace {

// The highest limit that what was sent justifies is taken, and the next one is not: so the bridge has counted what is left to the flit.
void check_highest_limit(Ends &b, unsigned sent) {
  const unsigned highest = (b.config().credit_limit + sent) & 0xffff;
  b.nop(kAck, Ends::number(b.near, sent), 0, highest);
  b.settle();
  CHECK(b.state().failed == 0 && b.state().credit_limit == highest && b.state().sent_total == (sent & 0xffff));
  b.nop(kAck, Ends::number(b.near, sent), 0, (highest + 1) & 0xffff);
  b.settle();
  CHECK(b.state().failed == 5 && b.state().credit_limit == highest);
}

// Payloads at full rate, all of them acknowledged, under one limit.
struct Flow : Ends {
  Flow(unsigned format, uint64_t seed, Side side) : Ends(format, seed, side) {
    config().credit_limit = limit;
    config().timeout = kTimeout;
    reset();
  }
  static constexpr unsigned kTimeout = 200;
  unsigned limit = 32767, begun = 0, timeouts = 0;

  void acknowledge() { nop(kAck, number(near, begun), 0, limit & 0xffff); }
  void send_until(unsigned goal) {
    for (uint64_t i = 0; begun < goal; i++) {
      CHECK(i < 10000000);
      if (in[far].empty() && sent.size() < goal && room()) feed();
      if (in[near].empty() && begun > 0) acknowledge();
      tick();
      out[far].clear();
      for (const Out &o : take(near)) {
        CHECK(is_payload(o) && payload_of(format, o.flit) == sent[begun]);
        begun++;
        CHECK(o.head.command != kExplicit || o.head.number == number(near, begun));
      }
    }
    acknowledge();
    settle();
  }
  // One more, that nobody acknowledges in time.
  void time_out() {
    feed();
    const Out first = expect_flit(near), again = expect_flit(near);
    begun++;
    timeouts++;
    for (const Out &o : {first, again}) CHECK(is_payload(o) && payload_of(format, o.flit) == sent.back());
    CHECK(again.first_cycle == first.first_cycle + kTimeout + 3);
    CHECK(again.head.command == kExplicit && again.head.number == number(near, begun) && again.head.round == timeouts % 16);
    acknowledge();
    settle();
    const State s = state();
    CHECK(s.timeouts == timeouts && s.acked == number(near, begun) && s.next_tx == number(near, begun + 1) && s.failed == 0);
  }
};

} // namespace

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

void a_limit_that_comes_as_a_flit_begins_is_taken_with_it(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (unsigned bit = 0; bit < 15; bit++) {
      for (unsigned odd = 0; odd < 2; odd++) {
        for (unsigned feed_at = 8; feed_at < 17; feed_at++) {
          Ends b(format, seed, side);
          const unsigned buffer = (1u << bit) + odd;
          b.config().credit_limit = buffer;
          b.reset();
          b.fill(1);
          for (unsigned cycle = 0; cycle < 24; cycle++) {
            if (cycle == 12) b.nop(kAck, Ends::number(side, 1), 0, buffer + 1);
            if (cycle == feed_at) b.feed();
            b.tick();
          }
          b.settle();
          CHECK(b.take(side).size() == 1);
          check_highest_limit(b, 2);
        }
      }
    }
  }
}

// Limits that rise by a flit, by two, by four ... and timeouts at numbers of every bit: in format 3 past half of all.
void a_long_run_is_counted_to_the_flit(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    Flow b(format, seed, side);
    for (unsigned bit = 0; bit < (format == 3 ? 15u : 9u); bit++) {
      const unsigned goal = (2u << bit) - 1;
      for (unsigned stop = 0; stop < 6 && bit > 5; stop++) {
        b.send_until(b.begun + b.rng.below((goal - b.begun) / 3));
        b.time_out();
      }
      b.send_until(goal - 1);
      b.time_out();
      b.limit += 1u << bit;
      b.acknowledge();
      b.settle();
      CHECK(b.state().failed == 0 && b.state().credit_limit == (b.limit & 0xffff));
    }
    check_highest_limit(b, b.begun);
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

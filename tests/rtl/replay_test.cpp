// SPDX-License-Identifier: Apache-2.0
// oio_bridge, either side of it alike: what is sent again, from where on and how often. What is expected is from SPEC.md, counted here.
#include "sides.h"

void a_link_fails_after_just_as_many_replays_as_it_may_make(unsigned format, uint64_t seed) {
  std::vector<unsigned> limits = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 128, 255, 256, 300, 512, 1024};
  for (unsigned bit = 11; bit < 16; bit++) limits.push_back(1u << bit);
  if (format == 3) limits.insert(limits.end(), {0x0aab, 0x1556, 0x2aad, 65535});
  for (Side side : kSides) {
    for (unsigned limit : limits) {
      Ends b(format, seed, side);
      b.config().replay_limit = limit;
      b.config().timeout = limit <= 1024 ? 8 : 1; // a replay has no time to begin in 1
      b.reset();
      b.feed();
      const unsigned looked = limit > 1024 && (limit & (limit - 1)) == 0 ? 40 : limit + 1;
      for (uint64_t i = 0; i < 20000000 && b.state().timeouts < looked && b.state().failed == 0; i++) {
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

// Counted are the flits that are out, those before the cursor, and the time since the oldest was sent.
void an_ack_that_comes_as_a_flit_begins_is_counted_with_it(unsigned format, uint64_t seed) {
  constexpr unsigned kTimeout = 250;
  for (Side side : kSides) {
    const unsigned window = side == kDie ? DIE_WINDOW : OPTICAL_WINDOW;
    for (unsigned n = 1; n < window; n++) {
      for (unsigned acked = 1; acked <= n; acked++) {
        for (unsigned feed_at = 8; feed_at < 17; feed_at++) {
          Ends b(format, seed, side);
          b.config().timeout = kTimeout;
          b.reset();
          b.fill(n);
          for (unsigned cycle = 0; cycle < 24; cycle++) {
            if (cycle == 12) b.nop(kAck, Ends::number(side, acked));
            if (cycle == feed_at) b.feed();
            b.tick();
          }
          b.settle();
          CHECK(b.take(side).size() == 1);
          const unsigned all = acked + window;
          while (b.sent.size() <= all) { // the last one has no room
            b.feed();
            b.settle();
          }
          CHECK(b.take(side).size() == all - n - 1);
          b.nop(kAck, Ends::number(side, all));
          b.settle();
          CHECK(b.take(side).size() == 1);
          b.nop(kAck, Ends::number(side, all + 1));
          b.settle();
          b.run(kTimeout / 2);
          b.feed();
          const Bench::Out o = b.expect_flit(side), again = b.expect_flit(side);
          CHECK(is_payload(o) && is_payload(again) && again.first_cycle == o.first_cycle + kTimeout + 3);
          const State s = b.state();
          CHECK(s.failed == 0 && s.timeouts == 1 && s.acked == Ends::number(side, all + 1));
        }
      }
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

// A flit that says no number has that after the one before.
static unsigned number_told(Side side, const Bench::Out &o, unsigned before) {
  return o.head.command == kExplicit ? o.head.number : Ends::number(side, before + 1);
}

void an_ack_amid_a_replay_moves_it_on(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    const unsigned window = side == kDie ? DIE_WINDOW : OPTICAL_WINDOW;
    for (unsigned n = 1; n <= window; n++) {
      for (unsigned acked = 1; acked <= n; acked++) {
        for (unsigned after = 0; after < 36; after++) {
          Ends b(format, seed, side);
          b.reset();
          b.fill(n);
          b.nop(kNak, Ends::modulus(side));
          b.put();
          b.run(after / 2);
          if (after % 2) b.ready_chance[side] = 0; // the replay stands still
          b.nop(kAck, Ends::number(side, acked));
          b.settle();
          b.ready_chance[side] = 1;
          const uint64_t since = b.dut.cycle;
          b.run((n + 2) * kBeats + 20);
          unsigned last = 0, begun_after = 0;
          for (const Bench::Out &o : b.take(side)) {
            if (!is_payload(o)) continue;
            unsigned which = 0;
            while (which < n && payload_of(format, o.flit) != b.sent[which]) which++;
            CHECK(which < n && number_told(side, o, last) == Ends::number(side, which + 1));
            CHECK(which == last || (last < acked && which == acked));
            // One may have been on its way out as the Ack came.
            CHECK(which >= acked || o.first_cycle < since || begun_after == 0);
            begun_after += o.first_cycle >= since;
            last = which + 1;
          }
          CHECK(last == n || acked == n);
          const State s = b.state();
          CHECK(s.failed == 0 && s.acked == Ends::number(side, acked) && s.next_tx == Ends::number(side, n + 1) && s.round == 1);
          // What is left is all that is sent again.
          b.nop(kNak, Ends::number(side, acked), 1);
          b.settle();
          b.run(n * kBeats + 20);
          last = acked;
          for (const Bench::Out &o : b.take(side)) {
            if (!is_payload(o)) continue;
            CHECK(last < n && payload_of(format, o.flit) == b.sent[last] && number_told(side, o, last) == Ends::number(side, last + 1));
            last++;
          }
          CHECK(last == n);
        }
      }
    }
  }
}

// With flits outstanding it starts a replay, with none a NOP says the number: in any round, and not of an older one.
void a_nak_is_of_the_round_that_it_echoes(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (unsigned outstanding = 0; outstanding < 2; outstanding++) {
      for (unsigned round = 0; round < 16; round++) {
        for (unsigned difference : {0, 1, 2, 4, 8, 15}) {
          const unsigned echo = round ^ difference;
          Ends b(format, seed, side);
          b.reset();
          b.fill(2);
          for (unsigned i = 0; i < round; i++) {
            b.nop(kNak, Ends::modulus(side), i);
            b.settle();
          }
          b.run(3 * kBeats + 20);
          b.take(side);
          if (outstanding == 0) {
            b.nop(kAck, Ends::number(side, 2), round);
            b.settle();
          }
          b.nop(kNak, outstanding ? Ends::modulus(side) : Ends::number(side, 2), echo);
          b.settle();
          b.run(3 * kBeats + 20);
          const auto all = b.take(side);
          const bool first = outstanding && round == 0; // no replay has been yet that an older one could be answered by
          CHECK(b.state().round == (round + (echo == round || first)) % 16 && b.state().failed == 0);
          const unsigned replayed = outstanding && (echo == round || first) ? 2 : 0, nops = outstanding ? 0 : 1;
          unsigned payloads = 0, explicit_nops = 0;
          for (const Bench::Out &o : all) {
            if (is_payload(o)) {
              CHECK(number_told(side, o, payloads) == Ends::number(side, payloads + 1) && o.head.round == b.state().round);
              payloads++;
            } else if (o.head.command == kExplicit) {
              CHECK(o.head.number == Ends::number(side, 2) && o.head.round == b.state().round);
              explicit_nops++;
            }
          }
          CHECK(payloads == replayed && explicit_nops == nops);
        }
      }
    }
  }
}

// After the time is out, of what a peer of any number has not acknowledged; its number is said.
void a_replay_after_the_timeout_says_its_number(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (unsigned acked = 0; acked < 9; acked++) {
      for (unsigned odd = 0; odd < 2; odd++) {
        Ends b(format, seed, side);
        b.config().timeout = 200 + odd;
        b.reset();
        for (unsigned i = 1; i <= acked; i++) {
          b.fill(1);
          b.nop(kAck, Ends::number(side, i));
          b.settle();
        }
        b.feed();
        const uint64_t first = b.expect_flit(side).first_cycle;
        const Bench::Out again = b.expect_flit(side);
        CHECK(again.first_cycle == first + 203 + odd && is_payload(again) && payload_of(format, again.flit) == b.sent[acked]);
        CHECK(again.head.command == kExplicit && again.head.number == Ends::number(side, acked + 1) && again.head.round == 1);
      }
    }
  }
}

void payloads_that_carry_acks_and_naks_are_numbered_by_the_ones_before(unsigned format, uint64_t seed) {
  for (Side side : kSides) {
    for (unsigned command : {kAck, kNak}) {
      Ends b(format, seed, side);
      b.config().ack_delay = 0x7fffffff;
      b.reset();
      b.give();
      b.settle();
      for (unsigned i = 2; i < 8; i++) {
        const Payload p = b.random_payload();
        Head h;
        h.protocol = kPayload;
        h.command = command;
        h.number = Ends::modulus(side);
        h.limit = 1000;
        b.send(side, h, &p);
        b.settle();
        const Bench::Out o = b.expect_flit(b.far);
        if (i == 2) {
          CHECK(is_payload(b.expect_flit(b.far)));
        } else {
          CHECK(payload_of(format, o.flit) == p);
        }
        Head taken;
        taken.command = kAck;
        taken.number = Ends::number(b.far, i);
        taken.limit = 1000;
        b.send(b.far, taken);
        b.settle();
        const State s = b.state();
        CHECK(s.failed == 0 && s.received_payload == i && s.received_ahead == 0 && s.received_duplicate == 0 && !s.waiting);
        CHECK(s.expected == Ends::number(side, i + 1));
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// A bridge whose peers are the test: flits made straight from SPEC.md, one by one.
#ifndef OIO_TESTS_RTL_HAND_H
#define OIO_TESTS_RTL_HAND_H

#include "bridge_tests.h"

inline Payload random_payload(Rng &rng) {
  Payload p;
  for (unsigned i = 0; i < p.size(); i++) p[i] = static_cast<uint8_t>(rng.next());
  return p;
}

inline Head payload_head(unsigned number, unsigned command = kExplicit) {
  Head h;
  h.protocol = kPayload;
  h.command = command;
  h.number = number;
  h.limit = 1000;
  return h;
}

inline Head nop_head(unsigned command, unsigned number, unsigned round = 0, unsigned echo = 0, unsigned limit = 1000) {
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

#endif

// SPDX-License-Identifier: Apache-2.0
// A bridge of which one side is looked at, either of them: payloads that it is to send come in at the other.
#ifndef OIO_TESTS_RTL_SIDES_H
#define OIO_TESTS_RTL_SIDES_H

#include "bridge_tests.h"

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

inline bool is_payload(const Bench::Out &o) {
  return o.head.protocol == kPayload;
}
inline bool is_ack(const Bench::Out &o) {
  return o.head.protocol == kNop && o.head.command == kAck;
}
inline bool is_nak(const Bench::Out &o) {
  return o.head.protocol == kNop && o.head.command == kNak;
}

#endif

// SPDX-License-Identifier: Apache-2.0
// One bridge, or two back to back, between two peers written from SPEC.md, over wires with delay, wrong bits and lost beats.
#include "bridge_tests.h"
#include "peer.h"

#include <cmath>

namespace {

Payload numbered_payload(uint64_t seed, unsigned direction, uint64_t index) {
  Rng rng(seed * 2 + direction + index * 0x10001);
  Payload p;
  for (unsigned i = 0; i + 8 <= p.size(); i += 8) {
    const uint64_t word = rng.next();
    memcpy(&p[i], &word, 8);
  }
  const uint64_t last = rng.next();
  memcpy(&p[p.size() - 8], &last, 8);
  return p;
}

// One direction of a wire: beats in, the same beats out some cycles later, some bits wrong, some beats missing.
class Wire {
public:
  Wire(uint64_t seed, unsigned delay) : rng_(seed), delay_(delay) {}
  double bit_errors = 0, beats_lost = 0;

  void put(uint64_t now, Beat beat) {
    since_loss_++;
    // Never two near each other: halves of two flits, or no flit at all, would look like one that is whole.
    if (beats_lost > 0 && since_loss_ > 4 * kBeats && rng_.chance(beats_lost)) {
      since_loss_ = 0;
      return;
    }
    while (bit_errors > 0) {
      if (!known_) skip();
      if (next_error_ >= DATA_BYTES * 8) {
        next_error_ -= DATA_BYTES * 8;
        break;
      }
      beat.data[next_error_ / 8] ^= static_cast<uint8_t>(1u << next_error_ % 8);
      wrong_bits++;
      skip();
    }
    beats_.push_back({now + delay_, beat});
  }
  bool get(uint64_t now, Beat &beat) {
    if (beats_.empty() || beats_.front().due > now) return false;
    beat = beats_.front().beat;
    beats_.pop_front();
    return true;
  }
  bool empty() const { return beats_.empty(); }
  uint64_t wrong_bits = 0;

private:
  struct Flying {
    uint64_t due;
    Beat beat;
  };
  // The gap to the next wrong bit, geometric.
  void skip() {
    const double u = (static_cast<double>(rng_.next() >> 11) + 1) * 0x1p-53;
    next_error_ = (known_ ? next_error_ + 1 : 0) + static_cast<uint64_t>(std::log(u) / std::log1p(-bit_errors));
    known_ = true;
  }
  Rng rng_;
  unsigned delay_;
  bool known_ = false;
  unsigned since_loss_ = 0;
  uint64_t next_error_ = 0;
  std::deque<Flying> beats_;
};

// A peer, with the beats of the flit that it is sending and of the one that is arriving.
struct PeerPort {
  PeerPort(const PeerConfig &config, unsigned the_format) : peer(config), format(the_format) {}
  Peer peer;
  unsigned format;
  std::deque<Beat> leaving;
  Flit arriving{};
  unsigned at = 0;
  uint64_t last_beat = 0;
  uint64_t given = 0, taken = 0; // payloads, from above and to above

  bool tx(uint64_t now, Beat &beat) {
    if (at != 0 && now - last_beat > 200) { // cut short, and nothing follows
      at = 0;
      lose(now);
    }
    Flit f;
    if (leaving.empty() && peer.tx(now, f)) append_beats(leaving, f);
    if (leaving.empty()) return false;
    beat = leaving.front();
    leaving.pop_front();
    return true;
  }
  void rx(uint64_t now, const Beat &beat) {
    last_beat = now;
    if (beat.sof != (at == 0)) lose(now);
    if (beat.sof)
      at = 0;
    else if (at == 0)
      return;
    memcpy(&arriving[at * DATA_BYTES], beat.data, DATA_BYTES);
    at = (at + 1) % kBeats;
    if (at == 0) peer.rx(now, arriving);
  }
  void lose(uint64_t now) {
    Flit f;
    f.fill(0xff);
    CHECK(!valid(format, f));
    peer.rx(now, f);
  }
};

struct ChainConfig {
  unsigned bridges = 1;
  unsigned die_delay = 3, optical_delay = 40;
  double bit_errors = 0, beats_lost = 0;
  double ready = 1;        // the chance that a wire takes a beat
  double take = 1;         // the chance that a peer's consumer takes a payload in a cycle
  double edge[2] = {1, 1}; // the chance that a side's clock has an edge in a cycle
  uint64_t payloads = 1000;
};

// peer 0 - die wire - bridge 0 [ - optical wire - bridge 1 - die wire ] - peer 1
class Chain {
public:
  Chain(const ChainConfig &config, unsigned format, uint64_t seed) : c_(config), seed_(seed), rng_(seed ^ 0x5eed) {
    const bool two = config.bridges == 2;
    for (unsigned b = 0; b < config.bridges; b++) {
      duts_.push_back(std::make_unique<Dut>(format, seed + b));
      configure(*duts_[b]);
      duts_[b]->reset();
    }
    for (unsigned e = 0; e < 2; e++) {
      const bool optical = e == 1 && !two;
      PeerConfig p;
      p.format = format;
      p.modulus = optical ? 65535 : 255;
      p.window = optical ? 1000 : 127;
      p.buffer = optical ? OPTICAL_BUFFER : DIE_BUFFER;
      p.peer_buffer = p.buffer;
      p.timeout = timeout(optical);
      p.nak_repeat = nak_repeat(optical);
      ends_.push_back(std::make_unique<PeerPort>(p, format));
    }
    hops_ = two ? 3 : 2;
    for (unsigned i = 0; i < hops_ * 2; i++) {
      const bool optical = i / 2 == 1;
      wires_.emplace_back(seed * 16 + i, optical ? config.optical_delay : config.die_delay);
      wires_.back().bit_errors = config.bit_errors;
      wires_.back().beats_lost = config.beats_lost;
    }
    stalled_.assign(hops_ * 2, false);
    first_flit_.assign(hops_ * 2, 0);
    last_start_.assign(hops_ * 2, 0);
    flits_.assign(hops_ * 2, 0);
    held_.assign(hops_ * 2, Beat{});
  }

  std::vector<uint64_t> flits_, first_flit_, last_start_; // per wire direction, at the bridge that sends

  // Until every payload has arrived, then until nothing moves on good wires.
  void run() {
    uint64_t limit = 2000000 + c_.payloads * 20000;
    while (!delivered() && cycle_ < limit) tick();
    CHECK(delivered());
    for (Wire &w : wires_) w.bit_errors = w.beats_lost = 0;
    c_.take = c_.ready = 1;
    uint64_t quiet_since = cycle_;
    while (cycle_ - quiet_since < 6000 && cycle_ < limit) {
      if (tick()) quiet_since = cycle_;
    }
    CHECK(cycle_ < limit);
    check_quiet();
  }

  State state(unsigned bridge, Side side) const { return duts_[bridge]->state(side); }
  uint64_t wrong_bits() const {
    uint64_t sum = 0;
    for (const Wire &w : wires_) sum += w.wrong_bits;
    return sum;
  }
  uint64_t cycle() const { return cycle_; }

private:
  uint64_t timeout(bool optical) const { return (optical ? 8 * c_.optical_delay : 8 * c_.die_delay) + 1500; }
  uint64_t nak_repeat(bool optical) const { return (optical ? 3 * c_.optical_delay : 3 * c_.die_delay) + 100; }
  void configure(Dut &dut) const {
    for (int s = 0; s < 2; s++) {
      dut.config[s].timeout = static_cast<uint32_t>(timeout(s == kOptical));
      dut.config[s].nak_repeat = static_cast<uint32_t>(nak_repeat(s == kOptical));
    }
  }
  // Which wire a bridge side is on, and which end of it: direction 0 is from peer 0 to peer 1.
  unsigned hop(unsigned bridge, Side side) const { return bridge == 0 ? (side == kDie ? 0 : 1) : (side == kDie ? 2 : 1); }
  unsigned out_wire(unsigned bridge, Side side) const { return hop(bridge, side) * 2 + ((bridge == 0) == (side == kDie)); }
  unsigned in_wire(unsigned bridge, Side side) const { return out_wire(bridge, side) ^ 1; }
  unsigned end_out_wire(unsigned end) const { return end == 0 ? 0 : (hops_ - 1) * 2 + 1; }

  // Everything that leaves in this cycle is seen before the clock edge. True when a beat moved.
  bool tick() {
    bool moved = false;
    for (unsigned e = 0; e < 2; e++) moved |= tick_end(e);
    for (unsigned b = 0; b < c_.bridges; b++) {
      const bool edges[] = {has_edge(kDie), has_edge(kOptical)};
      for (Side side : {kDie, kOptical}) {
        if (edges[side]) moved |= tick_side(b, side);
      }
      duts_[b]->clock(edges[kDie], edges[kOptical]);
    }
    cycle_++;
    return moved;
  }

  bool has_edge(Side side) { return c_.edge[side] >= 1 || rng_.chance(c_.edge[side]); }

  bool tick_end(unsigned e) {
    PeerPort &end = *ends_[e];
    Beat beat;
    const unsigned out = end_out_wire(e);
    bool moved = false;
    while (wires_[out ^ 1].get(cycle_, beat)) {
      end.rx(cycle_, beat);
      moved = true;
    }
    if (end.given < c_.payloads && end.peer.to_send.size() < 2) end.peer.to_send.push_back(numbered_payload(seed_, e, end.given++));
    if (!end.peer.buffer.empty() && rng_.chance(c_.take)) {
      CHECK(end.taken < c_.payloads);
      CHECK(end.peer.take(cycle_) == numbered_payload(seed_, 1 - e, end.taken));
      end.taken++;
    }
    if (end.tx(cycle_, beat)) {
      wires_[out].put(cycle_, beat);
      moved = true;
    }
    CHECK(end.peer.failed.empty());
    return moved;
  }

  bool tick_side(unsigned b, Side side) {
    Dut &dut = *duts_[b];
    Beat beat{};
    const bool arrives = wires_[in_wire(b, side)].get(cycle_, beat);
    dut.set_in(side, arrives ? &beat : nullptr);

    const unsigned out = out_wire(b, side);
    const bool ready = c_.ready >= 1 || rng_.chance(c_.ready);
    dut.set_ready(side, ready);
    Beat leaving{};
    const bool leaves = dut.out(side, leaving);
    CHECK(!stalled_[out] || (leaves && memcmp(&leaving, &held_[out], sizeof leaving) == 0));
    stalled_[out] = leaves && !ready;
    held_[out] = leaving;
    if (leaves && ready) {
      if (leaving.sof) {
        if (flits_[out]++ == 0) first_flit_[out] = cycle_;
        last_start_[out] = cycle_;
      }
      wires_[out].put(cycle_, leaving);
    }
    return arrives || leaves;
  }

  bool delivered() const { return ends_[0]->taken == c_.payloads && ends_[1]->taken == c_.payloads; }

  // One link: what the sender believes is what the receiver knows.
  template <class Sender, class Receiver>
  static void check_link(const Sender &tx, const Receiver &rx, unsigned buffer, uint64_t payloads, unsigned modulus) {
    CHECK(tx.next_tx == rx.expected && tx.next_tx == payloads % modulus + 1);
    CHECK(tx.acked == (tx.next_tx == 1 ? modulus : tx.next_tx - 1));
    CHECK(tx.sent_total == (payloads & 0xffff));
    CHECK(tx.credit_limit == rx.credit_sent);
    CHECK(tx.credit_limit == ((tx.sent_total + buffer) & 0xffff)); // no credit is lost
    CHECK(tx.round == rx.round_seen);
  }
  struct View {
    unsigned next_tx, acked, expected, sent_total, credit_limit, credit_sent, round, round_seen;
  };
  static View view(const Peer &p) {
    return {p.next_tx(), p.acked(), p.expected(), p.sent_total(), p.limit(), p.limit_sent(), p.round(), p.round_seen()};
  }

  void check_quiet() const {
    for (const auto &end : ends_) CHECK(end->peer.idle());
    for (unsigned b = 0; b < c_.bridges; b++) {
      for (Side side : {kDie, kOptical}) {
        const State s = state(b, side);
        // `lost` may stay: a NOP of a new round ends the waiting, and nothing that was to be explicit followed.
        CHECK(s.failed == 0 && !s.waiting && s.received_payload == c_.payloads && s.sent_payload == c_.payloads);
      }
    }
    const View a = view(ends_[0]->peer), z = view(ends_[1]->peer);
    check_pair(a, state(0, kDie), DIE_BUFFER, 255);
    if (c_.bridges == 1) {
      check_pair(state(0, kOptical), z, OPTICAL_BUFFER, 65535);
    } else {
      check_pair(state(0, kOptical), state(1, kOptical), OPTICAL_BUFFER, 65535);
      check_pair(state(1, kDie), z, DIE_BUFFER, 255);
    }
  }
  template <class A, class B> void check_pair(const A &a, const B &b, unsigned buffer, unsigned modulus) const {
    check_link(a, b, buffer, c_.payloads, modulus);
    check_link(b, a, buffer, c_.payloads, modulus);
  }

  ChainConfig c_;
  uint64_t seed_;
  Rng rng_;
  unsigned hops_;
  uint64_t cycle_ = 0;
  std::vector<std::unique_ptr<Dut>> duts_;
  std::vector<std::unique_ptr<PeerPort>> ends_;
  std::vector<Wire> wires_;
  std::vector<bool> stalled_;
  std::vector<Beat> held_;
};

ChainConfig random_chain(Rng &rng, unsigned bridges) {
  const double rates[] = {1e-6, 1e-5, 5e-5, 2e-4};
  const double chances[] = {1, 0.9, 0.5, 0.25};
  ChainConfig c;
  c.bridges = bridges;
  c.die_delay = 1 + rng.below(20);
  c.optical_delay = 1 + rng.below(300);
  c.bit_errors = rates[rng.below(4)];
  c.beats_lost = rng.below(3) == 0 ? 1e-3 : 0;
  c.ready = chances[rng.below(4)];
  c.take = chances[rng.below(4)] * (rng.below(3) == 0 ? 0.1 : 1);
  c.payloads = 200 + rng.below(600);
#ifdef TWO_CLOCKS
  c.edge[rng.below(2)] = chances[rng.below(4)];
#endif
  return c;
}

void soak(unsigned bridges, unsigned rounds, unsigned format, uint64_t seed) {
  Rng rng(seed);
  for (unsigned i = 0; i < rounds; i++) {
    const ChainConfig c = random_chain(rng, bridges);
    Chain chain(c, format, rng.next() >> 16);
    chain.run();
    const State s = chain.state(0, kOptical);
    printf("  %llu payloads, delays %u %u, bit errors %.0e (%llu wrong bits), lost beats %.0e, ready %.2f, take %.2f: %llu cycles, "
           "optical replayed %u, timeouts %u\n",
           (unsigned long long)c.payloads, c.die_delay, c.optical_delay, c.bit_errors, (unsigned long long)chain.wrong_bits(), c.beats_lost,
           c.ready, c.take, (unsigned long long)chain.cycle(), s.sent_replayed, s.timeouts);
  }
}

} // namespace

void traffic_runs_at_full_rate_in_both_directions_at_once(unsigned format, uint64_t seed) {
  if (DIE_WINDOW < 127) return; // a small window cannot
  ChainConfig c;
  c.payloads = 5000;
  Chain chain(c, format, seed);
  chain.run();
  for (unsigned wire : {1u, 2u}) { // what the bridge sends: to the die, to the fibre
    // Every flit, from the first to the last payload, follows the one before it without a gap; Acks ride on payloads.
    const uint64_t span = chain.last_start_[wire] - chain.first_flit_[wire];
    CHECK(span <= kBeats * (c.payloads + 16) + 100);
  }
  for (Side side : {kDie, kOptical}) CHECK(chain.state(0, side).sent_nop <= 16 && chain.state(0, side).sent_replayed == 0);
}

void numbers_wrap_without_losing_a_payload(unsigned format, uint64_t seed) {
  ChainConfig c;
  c.payloads = 66000;
  c.optical_delay = 2;
  c.die_delay = 1;
  c.bit_errors = 2e-7;
  Chain chain(c, format, seed);
  chain.run();
}

void every_payload_crosses_one_bridge_once_and_in_order_over_bad_wires(unsigned format, uint64_t seed) {
  soak(1, 12, format, seed);
}

void every_payload_crosses_two_bridges_once_and_in_order_over_bad_wires(unsigned format, uint64_t seed) {
  soak(2, 12, format, seed);
}

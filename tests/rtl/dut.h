// SPDX-License-Identifier: Apache-2.0
// The Verilated bridge as pins, and the two sides of it as flits in and flits out.
#ifndef OIO_TESTS_RTL_DUT_H
#define OIO_TESTS_RTL_DUT_H

#include "reference.h"

#ifdef TWO_CLOCKS
#include "Voio_bridge_clocks.h"
using Top = Voio_bridge_clocks;
#else
#include "Voio_bridge.h"
using Top = Voio_bridge;
#endif
#include "verilated.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <vector>

constexpr unsigned kBeats = 256 / DATA_BYTES;
enum Side { kDie = 0, kOptical = 1 };

// Every failure ends here: the seed and the command that replays it have been printed by main.
[[noreturn]] void fail_test(const char *file, int line, const char *what);
#define CHECK(condition)                                                                                                                   \
  do {                                                                                                                                     \
    if (!(condition)) fail_test(__FILE__, __LINE__, #condition);                                                                           \
  } while (0)

struct Config {
  unsigned format = 3, replay_limit = 1000, credit_limit = 64;
  uint32_t timeout = 100000, nak_repeat = 400, ack_delay = 8;
  unsigned window_flits = 0, buffer_flits = 0; // 0: what the parameters say
};

struct State {
  unsigned next_tx, acked, expected, sent_total, credit_limit, credit_sent, round, round_seen, failed;
  bool waiting, lost;
  uint32_t sent_payload, sent_nop, sent_replayed, received_payload, received_invalid, received_duplicate, received_ahead, asked_crc,
      asked_sequence, timeouts;
};

struct Beat {
  bool sof;
  uint8_t data[DATA_BYTES];
};

// Reads a packed struct from its last field up.
class Unpack {
public:
  explicit Unpack(const WData *words) : words_(words) {}
  uint32_t operator()(unsigned bits) {
    uint64_t value = words_[at_ / 32];
    if (at_ % 32 + bits > 32) value |= static_cast<uint64_t>(words_[at_ / 32 + 1]) << 32;
    value = value >> (at_ % 32) & ((uint64_t{1} << bits) - 1);
    at_ += bits;
    return static_cast<uint32_t>(value);
  }

private:
  const WData *words_;
  unsigned at_ = 0;
};

class Dut {
public:
  Dut(unsigned format, uint64_t seed) : context_(std::make_unique<VerilatedContext>()) {
    context_->randReset(2);
    context_->randSeed(static_cast<int>(seed & 0x7fffffff) | 1);
    top_ = std::make_unique<Top>(context_.get(), "bridge");
#ifdef MUTANTS
    const char *mutant = getenv("OIO_MUTANT"); // of mutants.sh; 0: none
    top_->mutant = mutant == nullptr ? 0 : static_cast<uint16_t>(atoi(mutant));
#endif
    for (Config &c : config) c.format = format;
    config[kOptical].credit_limit = OPTICAL_BUFFER;
    config[kDie].credit_limit = DIE_BUFFER;
  }
  ~Dut() {
    Verilated::threadContextp(context_.get()); // its scopes are struck off the thread's context: not that of another that is gone
    top_->final();
  }

  Config config[2];
  uint64_t cycle = 0;

  void reset() {
    put_config(&top_->die_config_i[0], config[kDie]);
    put_config(&top_->optical_config_i[0], config[kOptical]);
    top_->rst_ni = 1; // so that reset has an edge of its own, before any of a clock
    top_->eval();
    top_->rst_ni = 0;
    top_->eval();
    set_in(kDie, nullptr);
    set_in(kOptical, nullptr);
    set_ready(kDie, false);
    set_ready(kOptical, false);
    for (int i = 0; i < 4; i++) clock();
    top_->rst_ni = 1;
    top_->eval();
#ifdef TWO_CLOCKS
    for (int i = 0; i < 4; i++) clock(); // until each side's clock has released it
#endif
  }

  void set_in(Side side, const Beat *beat) {
    (side == kDie ? top_->die_valid_i : top_->optical_valid_i) = beat != nullptr;
    (side == kDie ? top_->die_sof_i : top_->optical_sof_i) = beat != nullptr && beat->sof;
    if (beat) memcpy(side == kDie ? &top_->die_data_i[0] : &top_->optical_data_i[0], beat->data, DATA_BYTES);
  }
  void set_ready(Side side, bool ready) {
    (side == kDie ? top_->die_ready_i : top_->optical_ready_i) = ready;
  }

  bool out(Side side, Beat &beat) const {
    if (!(side == kDie ? top_->die_valid_o : top_->optical_valid_o)) return false;
    beat.sof = side == kDie ? top_->die_sof_o : top_->optical_sof_o;
    memcpy(beat.data, side == kDie ? &top_->die_data_o[0] : &top_->optical_data_o[0], DATA_BYTES);
    return true;
  }

  // With one clock both sides have an edge.
  void clock(bool die = true, bool optical = true) {
#ifdef TWO_CLOCKS
    top_->die_clk_i = top_->optical_clk_i = 0;
    top_->eval();
    top_->die_clk_i = die;
    top_->optical_clk_i = optical;
#else
    CHECK(die && optical);
    top_->clk_i = 0;
    top_->eval();
    top_->clk_i = 1;
#endif
    top_->eval();
    cycle++;
  }

  State state(Side side) const {
    Unpack get(side == kDie ? &top_->die_state_o[0] : &top_->optical_state_o[0]);
    State s;
    s.timeouts = get(32);
    s.asked_sequence = get(32);
    s.asked_crc = get(32);
    s.received_ahead = get(32);
    s.received_duplicate = get(32);
    s.received_invalid = get(32);
    s.received_payload = get(32);
    s.sent_replayed = get(32);
    s.sent_nop = get(32);
    s.sent_payload = get(32);
    s.lost = get(1);
    s.waiting = get(1);
    s.failed = get(3);
    s.round_seen = get(4);
    s.round = get(4);
    s.credit_sent = get(16);
    s.credit_limit = get(16);
    s.sent_total = get(16);
    s.expected = get(16);
    s.acked = get(16);
    s.next_tx = get(16);
    return s;
  }

private:
  static void put(WData *words, unsigned &at, unsigned bits, uint32_t value) {
    for (unsigned i = 0; i < bits; i++, at++) {
      words[at / 32] = (words[at / 32] & ~(1u << (at % 32))) | (value >> i & 1u) << (at % 32);
    }
  }
  static void put_config(WData *words, const Config &c) {
    unsigned at = 0;
    put(words, at, 16, c.credit_limit);
    put(words, at, 16, c.replay_limit);
    put(words, at, 32, c.ack_delay);
    put(words, at, 32, c.nak_repeat);
    put(words, at, 32, c.timeout);
    put(words, at, 4, c.format);
    put(words, at, 16, c.buffer_flits);
    put(words, at, 16, c.window_flits);
  }

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Top> top_;
};

// Beats of one direction of one wire to flits; checks that the first beat of each is marked and no other is.
class Collector {
public:
  // True when a flit is complete: flit() and first_cycle() then say which and since when.
  bool add(const Beat &beat, uint64_t cycle) {
    CHECK(beat.sof == (at_ == 0));
    if (at_ == 0) first_cycle_ = cycle;
    memcpy(&flit_[at_ * DATA_BYTES], beat.data, DATA_BYTES);
    at_ = (at_ + 1) % kBeats;
    return at_ == 0;
  }
  const Flit &flit() const { return flit_; }
  uint64_t first_cycle() const { return first_cycle_; }

private:
  Flit flit_{};
  unsigned at_ = 0;
  uint64_t first_cycle_ = 0;
};

inline void append_beats(std::deque<Beat> &to, const Flit &flit) {
  for (unsigned b = 0; b < kBeats; b++) {
    Beat beat{};
    beat.sof = b == 0;
    memcpy(beat.data, &flit[b * DATA_BYTES], DATA_BYTES);
    to.push_back(beat);
  }
}

// One bridge with both wires in hand: what is queued goes in, what comes out is checked and kept.
class Bench {
public:
  struct Out {
    Flit flit;
    Head head;
    uint64_t first_cycle;
  };

  Bench(unsigned format, uint64_t seed) : dut(format, seed), rng(seed), format_(format) {}

  Dut dut;
  Rng rng;
  std::deque<Beat> in[2];
  std::deque<Out> out[2];
  double ready_chance[2] = {1, 1};
  double gap_chance = 0;
  uint64_t last_in_cycle[2] = {0, 0}; // cycle in which the last beat went in

  void reset() {
    dut.reset();
    for (int s = 0; s < 2; s++) {
      in[s].clear();
      out[s].clear();
      collect_[s] = Collector();
      stalled_[s] = false;
    }
  }

  void tick() {
    for (int s = 0; s < 2; s++) tick_side(static_cast<Side>(s));
    dut.clock();
  }
  void run(uint64_t cycles) {
    for (uint64_t i = 0; i < cycles; i++) tick();
  }

  void send(Side side, const Head &head, const Payload *payload = nullptr) { append_beats(in[side], make_flit(format_, head, payload)); }
  // Ticks until a flit has come out, and takes it.
  Out expect_flit(Side side, uint64_t within = 2000) {
    for (uint64_t i = 0; i < within && out[side].empty(); i++) tick();
    CHECK(!out[side].empty());
    const Out o = out[side].front();
    out[side].pop_front();
    return o;
  }
  void expect_silence(Side side, uint64_t cycles) {
    run(cycles);
    CHECK(out[side].empty());
  }

private:
  void tick_side(Side side) {
    const bool gap = in[side].empty() || (gap_chance > 0 && rng.chance(gap_chance));
    dut.set_in(side, gap ? nullptr : &in[side].front());
    if (!gap) {
      last_in_cycle[side] = dut.cycle;
      in[side].pop_front();
    }
    const bool ready = ready_chance[side] >= 1 || rng.chance(ready_chance[side]);
    dut.set_ready(side, ready);
    Beat beat{};
    const bool is_valid = dut.out(side, beat);
    CHECK(!stalled_[side] || (is_valid && memcmp(&beat, &held_[side], sizeof beat) == 0));
    stalled_[side] = is_valid && !ready;
    held_[side] = beat;
    if (is_valid && ready && collect_[side].add(beat, dut.cycle)) take(side);
  }
  void take(Side side) {
    const Flit &f = collect_[side].flit();
    CHECK(valid(format_, f));
    CHECK(reserved_zero(format_, f));
    out[side].push_back({f, head_of(format_, f), collect_[side].first_cycle()});
  }

  unsigned format_;
  Collector collect_[2];
  bool stalled_[2] = {false, false};
  Beat held_[2] = {};
};

#endif

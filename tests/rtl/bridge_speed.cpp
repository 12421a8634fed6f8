// SPDX-License-Identifier: Apache-2.0
// How many cycles a second the Verilated bridge makes in a bare harness: idle, and with payload flits back to back in both directions
// on both wires (the optical wire is looped back; the die's flits, with their Acks and credits, are made beforehand).
// usage: PROGRAM [FORMAT [REPEATS]]
#include "dut.h"

#include <ctime>

[[noreturn]] void fail_test(const char *file, int line, const char *what) {
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  exit(1);
}

namespace {

constexpr unsigned kFlits = 30000, kBehind = 40; // the die acknowledges, and has taken, what it got 40 flits ago

std::deque<Beat> die_traffic(unsigned format) {
  std::deque<Beat> beats;
  Rng rng(1);
  for (unsigned i = 1; i <= kFlits; i++) {
    Payload p;
    for (uint8_t &byte : p) byte = static_cast<uint8_t>(rng.next());
    Head h;
    h.protocol = kPayload;
    h.limit = (DIE_BUFFER + (i <= kBehind ? 0 : i - kBehind)) & 0xffff;
    if (i % 2 == 0) {
      h.command = kAck;
      h.number = i <= kBehind ? 255 : (i - kBehind - 1) % 255 + 1;
    } else {
      h.number = (i - 1) % 255 + 1;
    }
    append_beats(beats, make_flit(format, h, &p));
  }
  return beats;
}

// Of this process: others may want the processor too.
double seconds_since(std::clock_t start) {
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

void report(const char *what, uint64_t cycles, double seconds) {
  printf("%-12s %9llu cycles %7.3f CPU s %8.0f kcycles/s\n", what, (unsigned long long)cycles, seconds,
         static_cast<double>(cycles) / seconds / 1e3);
}

} // namespace

int main(int argc, char **argv) {
  const unsigned format = argc > 1 ? static_cast<unsigned>(strtoul(argv[1], nullptr, 0)) : 3;
  const unsigned repeats = argc > 2 ? static_cast<unsigned>(strtoul(argv[2], nullptr, 0)) : 10;
  Dut dut(format, 1);
  dut.reset();
  dut.set_ready(kDie, true);
  dut.set_ready(kOptical, true);
  const std::clock_t begin = std::clock();
  constexpr uint64_t kIdle = 5000000;
  for (uint64_t i = 0; i < kIdle; i++) dut.clock();
  report("idle", kIdle, seconds_since(begin));

  const std::deque<Beat> traffic = die_traffic(format);
  const std::vector<Beat> beats(traffic.begin(), traffic.end());
  double seconds = 0;
  for (unsigned r = 0; r < repeats; r++) {
    dut.reset();
    dut.set_ready(kDie, true);
    dut.set_ready(kOptical, true);
    const std::clock_t start = std::clock();
    for (const Beat &beat : beats) {
      Beat looped;
      dut.set_in(kDie, &beat);
      dut.set_in(kOptical, dut.out(kOptical, looped) ? &looped : nullptr);
      dut.clock();
    }
    seconds += seconds_since(start);
    const State die = dut.state(kDie), optical = dut.state(kOptical);
    CHECK(die.failed == 0 && optical.failed == 0 && die.sent_replayed == 0 && die.sent_nop == 0);
    CHECK(die.received_payload + 2 >= kFlits && die.sent_payload + 10 >= kFlits);
  }
  report("full traffic", uint64_t{repeats} * kFlits * kBeats, seconds);
  return 0;
}

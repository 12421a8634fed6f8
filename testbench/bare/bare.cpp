// SPDX-License-Identifier: Apache-2.0
// The bridge in a harness that only clocks it: idle, or shown the pins that a co-simulation showed it. The denominator of "what does the
// model cost".
#include "Voio_bridge.h"

#include <verilated.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

namespace {

enum { READY = 1, VALID = 2, SOF = 4, OPTICAL = 8, BEAT_BYTES = 64, RESET_CYCLES = 4 };

double cpu_s() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// link_config_t, least significant field first: credit_limit, replay_limit; ack_delay; nak_repeat; timeout; format, buffer, window. What
// tests/bench/run.sh sets for the co-simulation that is recorded, so that the same RTL does the same.
void set_config(WData *words, unsigned peer_flits, unsigned buffer_flits, unsigned window_flits) {
  words[0] = peer_flits | 255u << 16;
  words[1] = 64;
  words[2] = 4000;
  words[3] = 40000;
  words[4] = 3 | buffer_flits << 4 | window_flits << 20;
  words[5] = window_flits >> 12;
}

// Puts one port's pins of the next edge; returns what follows in the recording.
const uint8_t *show(const uint8_t *at, Voio_bridge *top) {
  const int shown = *at++;
  const bool optical = (shown & OPTICAL) != 0;
  (optical ? top->optical_ready_i : top->die_ready_i) = (shown & READY) != 0;
  (optical ? top->optical_valid_i : top->die_valid_i) = (shown & VALID) != 0;
  (optical ? top->optical_sof_i : top->die_sof_i) = (shown & SOF) != 0;
  if ((shown & VALID) == 0) return at;
  memcpy(optical ? &top->optical_data_i[0] : &top->die_data_i[0], at, BEAT_BYTES);
  return at + BEAT_BYTES;
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: oio-bare CYCLES | STIMULUS_FILE\n");
    return 2;
  }
  std::vector<uint8_t> stimulus;
  uint64_t cycles = strtoull(argv[1], nullptr, 10);
  if (cycles == 0) {
    std::ifstream file(argv[1], std::ios::binary);
    if (!file) {
      fprintf(stderr, "%s: cannot be read\n", argv[1]);
      return 2;
    }
    stimulus.assign(std::istreambuf_iterator<char>(file), {});
  }
  VerilatedContext context;
  auto top = std::make_unique<Voio_bridge>(&context);
  set_config(&top->die_config_i[0], 64, 64, 127);
  set_config(&top->optical_config_i[0], 1024, 1024, 1024);
  top->die_ready_i = top->optical_ready_i = 1;
  for (int i = 0; i < 2 * RESET_CYCLES; i++) {
    top->rst_ni = i >= 2 * RESET_CYCLES - 1;
    top->clk_i = !(i & 1);
    top->eval();
  }
  const uint8_t *at = stimulus.data(), *end = at + stimulus.size();
  const double start_s = cpu_s();
  uint64_t done = 0, beats_out = 0;
  for (; stimulus.empty() ? done < cycles : at < end; done++) {
    top->clk_i = 1;
    top->eval();
    for (int port = 0; port < 2 && at < end; port++) at = show(at, top.get());
    top->clk_i = 0;
    top->eval();
    beats_out += (top->die_valid_o && top->die_ready_i) + (top->optical_valid_o && top->optical_ready_i);
  }
  const double spent_s = cpu_s() - start_s;
  printf("{\"cycles\": %llu, \"beats_out\": %llu, \"cpu_s\": %.6f}\n", static_cast<unsigned long long>(done),
         static_cast<unsigned long long>(beats_out), spent_s);
  top->final();
  return 0;
}

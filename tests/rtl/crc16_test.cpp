// SPDX-License-Identifier: Apache-2.0
// oio_crc16 gives what the register of SPEC.md section 2 holds after 1024 bits, on the named checks and on random messages, and leaves
// out what is not covered.
#include "reference.h"

#include "Voio_crc16.h"
#include "verilated.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace {

// One message through the module, beat by beat.
void clock(Voio_crc16 &top) {
  top.clk_i = 0;
  top.eval();
  top.clk_i = 1;
  top.eval();
}

uint16_t through_rtl(Voio_crc16 &top, const uint8_t *message, bool omit2, bool omit14) {
  for (unsigned at = 0; at < 128; at += DATA_BYTES) {
    const bool last = at + DATA_BYTES == 128;
    memcpy(&top.data_i, message + at, DATA_BYTES);
    top.valid_i = 1;
    top.first_i = at == 0;
    top.omit2_i = omit2 && last;
    top.omit14_i = omit14 && last;
    clock(top);
  }
  return top.crc_o;
}

bool expect(const char *what, uint16_t got, uint16_t want) {
  if (got == want) return true;
  fprintf(stderr, "%s: the RTL gives %04x, not %04x\n", what, got, want);
  return false;
}

bool named_checks(Voio_crc16 &top) {
  uint8_t m[128] = {};
  bool good = expect("128 zero bytes", through_rtl(top, m, false, false), 0x0000);
  m[0] = 1;
  good &= expect("first bit alone", through_rtl(top, m, false, false), 0x8039);
  m[0] = 0;
  m[127] = 0x80;
  good &= expect("last bit alone", through_rtl(top, m, false, false), 0x8005);
  memset(m, 0xff, sizeof m);
  good &= expect("128 bytes 0xFF", through_rtl(top, m, false, false), 0x002E);
  return good;
}

} // namespace

int main(int argc, char **argv) {
  const uint64_t seed = argc > 1 ? strtoull(argv[1], nullptr, 0) : 1;
  const unsigned long messages = argc > 2 ? strtoul(argv[2], nullptr, 0) : 1000000;
  printf("seed %llu, %lu messages, %d bytes a beat; replay: %s %llu %lu\n", (unsigned long long)seed, messages, DATA_BYTES, argv[0],
         (unsigned long long)seed, messages);
  auto context = std::make_unique<VerilatedContext>();
  auto top = std::make_unique<Voio_crc16>(context.get());
  if (!named_checks(*top)) return 1;

  Rng rng(seed);
  for (unsigned long i = 0; i < messages; i++) {
    alignas(8) uint8_t m[128];
    const unsigned kind = rng.below(4);
    for (unsigned b = 0; b < 128; b += 8) {
      uint64_t word = rng.next();
      if (kind == 3) word = rng.below(8) == 0 ? uint64_t{1} << rng.below(64) : 0; // few bits
      memcpy(m + b, &word, 8);
    }
    const unsigned covered = kind == 1 ? 126 : kind == 2 ? 114 : 128;
    if (!expect("random message", through_rtl(*top, m, covered == 126, covered == 114), crc16_bitwise(m, covered))) {
      fprintf(stderr, "message %lu of seed %llu, %u bytes covered\n", i, (unsigned long long)seed, covered);
      return 1;
    }
  }
  const uint16_t held = top->crc_o;
  top->valid_i = 0;
  clock(*top);
  if (top->crc_o != held) return fprintf(stderr, "crc_o moves without valid_i\n"), 1;
  top->final();
  return 0;
}

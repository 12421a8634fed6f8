// SPDX-License-Identifier: Apache-2.0
// Flits made and read straight from cmodel/SPEC.md sections 1 and 2, bit by bit: nothing here is shared with the RTL or the C model.
#ifndef OIO_TESTS_RTL_REFERENCE_H
#define OIO_TESTS_RTL_REFERENCE_H

#include <array>
#include <cstdint>
#include <cstring>

using Flit = std::array<uint8_t, 256>;
using Payload = std::array<uint8_t, 236>;

enum Protocol { kNop = 0, kPayload = 1 };
enum Command { kExplicit = 0, kAck = 1, kNak = 2 };

struct Head {
  unsigned protocol = kNop;
  unsigned command = kExplicit;
  unsigned number = 0; // S
  unsigned round = 0;
  unsigned echo = 0;
  unsigned limit = 0;
};

// The register after 128 bytes: `nbytes` of data, then zeros.
inline uint16_t crc16_bitwise(const uint8_t *data, unsigned nbytes) {
  unsigned c = 0;
  for (unsigned bit = 0; bit < 1024; bit++) {
    const unsigned in = bit / 8 < nbytes ? data[bit / 8] >> (bit % 8) & 1 : 0;
    const unsigned feedback = (c >> 15 & 1) ^ in;
    c = c << 1 & 0xffff;
    if (feedback) c ^= 0x8005;
  }
  return static_cast<uint16_t>(c);
}

// The same a byte at a time, by a table of what each byte leaves behind; a test compares the two forms.
inline uint16_t crc16_bytewise(const uint8_t *data, unsigned nbytes) {
  static const std::array<uint16_t, 256> table = [] {
    std::array<uint16_t, 256> t{};
    for (unsigned byte = 0; byte < 256; byte++) {
      unsigned c = 0;
      for (unsigned bit = 0; bit < 8; bit++) c = (c << 1 & 0xffff) ^ (((c >> 15 ^ byte >> bit) & 1) != 0 ? 0x8005u : 0u);
      t[byte] = static_cast<uint16_t>(c);
    }
    return t;
  }();
  static const std::array<uint8_t, 256> reversed = [] {
    std::array<uint8_t, 256> r{};
    for (unsigned byte = 0; byte < 256; byte++) {
      for (unsigned bit = 0; bit < 8; bit++) r[byte] = static_cast<uint8_t>(r[byte] | (byte >> bit & 1) << (7 - bit));
    }
    return r;
  }();
  unsigned c = 0;
  for (unsigned i = 0; i < 128; i++) {
    const unsigned in = i < nbytes ? data[i] : 0;
    c = (c << 8 & 0xffff) ^ table[reversed[c >> 8] ^ in];
  }
  return static_cast<uint16_t>(c);
}

// The two CRCs as they should stand in the flit.
inline void crcs(unsigned format, const Flit &f, uint16_t crc[2]) {
  crc[0] = crc16_bytewise(&f[0], format == 3 ? 128 : 126);
  crc[1] = crc16_bytewise(&f[128], format == 3 ? 114 : 126);
}

inline unsigned crc_at(unsigned format, unsigned half) {
  return format == 3 ? 252 + 2 * half : 126 + 128 * half;
}

inline void seal(unsigned format, Flit &f) {
  uint16_t crc[2];
  crcs(format, f, crc);
  for (unsigned h = 0; h < 2; h++) {
    f[crc_at(format, h)] = static_cast<uint8_t>(crc[h] & 0xff);
    f[crc_at(format, h) + 1] = static_cast<uint8_t>(crc[h] >> 8);
  }
}

inline bool valid(unsigned format, const Flit &f) {
  uint16_t crc[2];
  crcs(format, f, crc);
  for (unsigned h = 0; h < 2; h++) {
    const unsigned at = crc_at(format, h);
    if (crc[h] != (f[at] | f[at + 1] << 8)) return false;
  }
  return true;
}

inline unsigned payload_at(unsigned format, unsigned i) {
  if (format == 3) return i;
  return i < 120 ? 2 + i : 8 + i;
}

inline Flit make_flit(unsigned format, const Head &head, const Payload *payload) {
  Flit f{};
  const unsigned h = format == 3 ? 236 : 0;
  const unsigned k = format == 3 ? 238 : 122;
  f[h] = static_cast<uint8_t>(head.protocol << 6 | (head.number >> 4 & 15));
  f[h + 1] = static_cast<uint8_t>(head.command << 4 | (head.number & 15));
  f[k] = static_cast<uint8_t>(head.number >> 8);
  f[k + 1] = static_cast<uint8_t>(head.echo << 4 | head.round);
  f[k + 2] = static_cast<uint8_t>(head.limit & 0xff);
  f[k + 3] = static_cast<uint8_t>(head.limit >> 8);
  if (payload) {
    for (unsigned i = 0; i < payload->size(); i++) f[payload_at(format, i)] = (*payload)[i];
  }
  seal(format, f);
  return f;
}

inline Head head_of(unsigned format, const Flit &f) {
  const unsigned h = format == 3 ? 236 : 0;
  const unsigned k = format == 3 ? 238 : 122;
  Head head;
  head.protocol = f[h] >> 6;
  head.command = f[h + 1] >> 4 & 3;
  head.number = static_cast<unsigned>(f[k] << 8 | (f[h] & 15) << 4 | (f[h + 1] & 15));
  head.round = f[k + 1] & 15;
  head.echo = f[k + 1] >> 4;
  head.limit = static_cast<unsigned>(f[k + 2] | f[k + 3] << 8);
  return head;
}

inline Payload payload_of(unsigned format, const Flit &f) {
  Payload p;
  for (unsigned i = 0; i < p.size(); i++) p[i] = f[payload_at(format, i)];
  return p;
}

// Is every byte that is to be sent as zero zero?
inline bool reserved_zero(unsigned format, const Flit &f) {
  const unsigned from = format == 3 ? 242 : 244;
  const unsigned reserved_end = format == 3 ? 252 : 254;
  const Head head = head_of(format, f);
  const unsigned h = format == 3 ? 236 : 0;
  for (unsigned i = from; i < reserved_end; i++) {
    if (f[i] != 0) return false;
  }
  if ((f[h] & 0x30) != 0 || (f[h + 1] & 0xc0) != 0) return false;
  if (head.protocol == kNop) {
    for (unsigned i = 0; i < 236; i++) {
      if (f[payload_at(format, i)] != 0) return false;
    }
  }
  return true;
}

// Chance for tests: splitmix64.
class Rng {
public:
  explicit Rng(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  unsigned below(unsigned n) { return static_cast<unsigned>(next() % n); }
  bool chance(double p) { return static_cast<double>(next() >> 11) * 0x1p-53 < p; }

private:
  uint64_t state_;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inner Hamming(128,120) code. Of each pair of bytes 2i, 2i + 1 one has an odd number of ones, so byte s of an odd number is number
 * s / 2 of them; as many powers of two are below it as its highest one is bits up, plus one, and what is left of it is its data bit.
 */
#include "oio/fec.h"

enum { DATA_BITS = 120 };

static unsigned parity_of(unsigned byte) {
  byte ^= byte >> 4;
  byte ^= byte >> 2;
  return (byte ^ byte >> 1) & 1u;
}

static unsigned highest_bit(unsigned byte) {
  unsigned bit = 0;
  while (byte >>= 1) bit++;
  return bit;
}

/* The bit whose syndrome this byte of an odd number of ones is. */
static unsigned bit_of(unsigned syndrome) {
  const unsigned high = highest_bit(syndrome);
  return syndrome == 1u << high ? DATA_BITS + high : syndrome / 2 - high - 1;
}

/* The XOR of the syndromes of all ones: row j has the data bits that parity bit j covers. */
static unsigned syndrome_of(const uint64_t word[2]) {
  static const uint64_t rows[8][2] = {
      {0x972CD2D32DA65CB7, 0x0069969669966969}, {0xAB55555556AAAD5B, 0x00AAAAAAAAAAAAAA}, {0xCD9999999B33366D, 0x00CCCCCCCCCCCCCC},
      {0xF1E1E1E1E3C3C78E, 0x00F0F0F0F0F0F0F0}, {0x01FE01FE03FC07F0, 0x00FF00FF00FF00FF}, {0x01FFFE0003FFF800, 0x00FFFF0000FFFF00},
      {0x01FFFFFFFC000000, 0x00FFFFFFFF000000}, {0xFE00000000000000, 0x00FFFFFFFFFFFFFF},
  };
  unsigned syndrome = 0;
  for (unsigned j = 0; j < 8; j++) {
    uint64_t sum = (word[0] & rows[j][0]) ^ (word[1] & rows[j][1]);
    for (unsigned distance = 32; distance != 0; distance /= 2) sum ^= sum >> distance;
    syndrome |= (unsigned)(sum & 1u) << j;
  }
  return syndrome ^ (unsigned)(word[1] >> 56);
}

void oio_hamming_encode(uint64_t word[2]) {
  word[1] = word[1] << 8 >> 8;
  word[1] |= (uint64_t)syndrome_of(word) << 56;
}

enum oio_fec_verdict oio_hamming_decode(uint64_t word[2]) {
  const unsigned syndrome = syndrome_of(word);
  if (syndrome == 0) return OIO_FEC_CLEAN;
  if (parity_of(syndrome) == 0) return OIO_FEC_UNCORRECTABLE;
  const unsigned bit = bit_of(syndrome);
  word[bit / 64] ^= (uint64_t)1 << bit % 64;
  return OIO_FEC_CORRECTED;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes crc16.txt, from SPEC.md section 2 alone: no code of the library is used. The CRC is the remainder of a long division, written
 * down as on paper: 1024 message coefficients and 16 zeros in a row, the divisor subtracted under every one that is left.
 *
 *     make_crc16 > tests/vectors/crc16.txt
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_BYTES 128
#define MESSAGE_BITS (8 * MESSAGE_BYTES)

static unsigned crc_by_long_division(const uint8_t *message) {
  uint8_t row[MESSAGE_BITS + 16] = {0};
  for (int i = 0; i < MESSAGE_BITS; i++) row[i] = message[i / 8] >> i % 8 & 1;
  for (int i = 0; i < MESSAGE_BITS; i++) {
    if (!row[i]) continue;
    row[i] ^= 1;      /* x^16 */
    row[i + 1] ^= 1;  /* x^15 */
    row[i + 14] ^= 1; /* x^2 */
    row[i + 16] ^= 1; /* 1 */
  }
  unsigned crc = 0;
  for (int i = 0; i < 16; i++) crc = crc << 1 | row[MESSAGE_BITS + i];
  return crc;
}

/* Bytes in hexadecimal; a run of four or more equal ones as byte*count. */
static void print_message(const uint8_t *bytes, int nbytes) {
  if (nbytes == 0) printf(" -");
  for (int i = 0; i < nbytes;) {
    int run = 1;
    while (i + run < nbytes && bytes[i + run] == bytes[i]) run++;
    if (run >= 4) printf(" %02x*%d", bytes[i], run);
    for (int k = 0; run < 4 && k < run; k++) printf(" %02x", bytes[i]);
    i += run;
  }
}

static void vector(const char *name, const uint8_t *bytes, int nbytes) {
  uint8_t message[MESSAGE_BYTES] = {0};
  memcpy(message, bytes, (size_t)nbytes);
  const unsigned crc = crc_by_long_division(message);
  printf("%04x | %02x %02x | %3d | %-38s |", crc, crc & 0xFF, crc >> 8, nbytes, name);
  print_message(bytes, nbytes);
  printf("\n");
}

static void filled(const char *name, uint8_t value, int nbytes) {
  uint8_t bytes[MESSAGE_BYTES];
  memset(bytes, value, sizeof bytes);
  vector(name, bytes, nbytes);
}

static void single_bits(void) {
  static const int bits[] = {0, 1, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 479, 480, 511, 512, 959, 960, 1007, 1008, 1022, 1023};
  for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
    uint8_t bytes[MESSAGE_BYTES] = {0};
    char name[40];
    bytes[bits[i] / 8] = (uint8_t)(1u << bits[i] % 8);
    snprintf(name, sizeof name, "bit %d alone", bits[i]);
    vector(name, bytes, MESSAGE_BYTES);
  }
}

static uint8_t reversed(uint8_t byte) {
  unsigned result = 0;
  for (int i = 0; i < 8; i++) result |= (byte >> i & 1u) << (7 - i);
  return (uint8_t)result;
}

/* Zeros before a message change nothing, so with the data at the end this CRC is that of the unextended message, whose published
 * check values (CRC-16/UMTS fee8; CRC-16/ARC bb3d, its register reflected) are outside witnesses. */
static void check_strings(void) {
  static const char digits[] = "123456789";
  uint8_t plain[MESSAGE_BYTES] = {0}, mirrored[MESSAGE_BYTES] = {0};
  for (int i = 0; i < 9; i++) {
    plain[MESSAGE_BYTES - 9 + i] = (uint8_t)digits[i];
    mirrored[MESSAGE_BYTES - 9 + i] = reversed((uint8_t)digits[i]);
  }
  vector("\"123456789\" first", plain + MESSAGE_BYTES - 9, 9);
  vector("\"123456789\" last, as CRC-16/ARC", plain, MESSAGE_BYTES);
  vector("the same, bytes mirrored, CRC-16/UMTS", mirrored, MESSAGE_BYTES);
}

/* Bytes without a pattern: the top byte of a 32-bit linear congruence. */
static void scrambled(uint32_t state, int nbytes, const char *what) {
  uint8_t bytes[MESSAGE_BYTES];
  char name[40];
  snprintf(name, sizeof name, "scrambled from %u%s", (unsigned)state, what);
  for (int i = 0; i < nbytes; i++) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = (uint8_t)(state >> 24);
  }
  vector(name, bytes, nbytes);
}

int main(void) {
  uint8_t counting[MESSAGE_BYTES];
  for (int i = 0; i < MESSAGE_BYTES; i++) counting[i] = (uint8_t)i;
  printf("# SPDX-License-Identifier: Apache-2.0\n"
         "# CRC-16 of SPEC.md section 2, made by make_crc16.c; a test makes this file again and compares.\n"
         "# CRC | its two bytes on the wire | message bytes before zero extension | what | the bytes; b*n is n times byte b\n");
  filled("no bytes at all", 0x00, 0);
  filled("all zero", 0x00, MESSAGE_BYTES);
  filled("all ones", 0xFF, MESSAGE_BYTES);
  filled("alternating bits, first 1", 0x55, MESSAGE_BYTES);
  filled("alternating bits, first 0", 0xAA, MESSAGE_BYTES);
  filled("one byte of ones", 0xFF, 1);
  filled("ones, format 6 first half", 0xFF, 126);
  filled("ones, format 3 second half", 0xFF, 114);
  filled("ones, all but the last byte", 0xFF, 127);
  vector("counting from 0", counting, MESSAGE_BYTES);
  vector("counting from 1, format 6 first half", counting + 1, 126);
  vector("counting from 14, format 3 second half", counting + 14, 114);
  check_strings();
  single_bits();
  scrambled(1, 128, "");
  scrambled(2, 128, "");
  scrambled(3, 128, "");
  scrambled(4, 126, ", format 6 first half");
  scrambled(5, 114, ", format 3 second half");
  scrambled(6, 127, "");
  scrambled(7, 65, "");
  scrambled(8, 64, "");
  scrambled(9, 63, "");
  scrambled(10, 17, "");
  scrambled(11, 2, "");
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/** Hexadecimal digits. */
#ifndef OIO_HEX_H
#define OIO_HEX_H

/** The value of a digit of either case; -1: it is none. */
static inline int oio_hex_digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

#endif

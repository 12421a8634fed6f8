/* SPDX-License-Identifier: Apache-2.0 */
/** Inputs of a fuzzer put into gzip, for readers that look inside of it. */
#ifndef FUZZ_GZIP_H
#define FUZZ_GZIP_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/** data as gzip, into out; returns the bytes written, 0: no memory. What does not fit into room is cut off. */
static inline size_t to_gzip(const uint8_t *data, size_t size, uint8_t *out, size_t room) {
  z_stream stream = {0};
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  stream.next_in = (uint8_t *)(uintptr_t)data;
  stream.avail_in = (uInt)size;
  stream.next_out = out;
  stream.avail_out = (uInt)room;
  deflate(&stream, Z_FINISH);
  deflateEnd(&stream);
  return room - stream.avail_out;
}

#endif

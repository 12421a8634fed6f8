/* SPDX-License-Identifier: Apache-2.0 */
#include "unpack.h"
#include "memory.h"

#include <limits.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* The longest that a byte can become: a run of LZ4 adds 255 bytes a length byte; FastLZ level 2 likewise; deflate 258 for two bits. */
bool wave_unpack_possible(uint8_t pack, uint64_t packed, uint64_t unpacked) {
  uint64_t best = pack == '4' || pack == 'F' ? 266 : 1040;
  return unpacked / best <= packed + 64;
}

enum { HISTORY = 80 << 10, WINDOW = 256 << 10 };

/* LZ4 and FastLZ: the packed bytes still to read, and what the last token still has to copy. */
struct lz {
  uint8_t pack;
  bool started, level_two;
  uint32_t distance;
  const uint8_t *from, *from_end;
  uint64_t literals, match;
};

struct wave_unpacker {
  struct lz lz;
  uint64_t left; /* bytes still to give */
  z_stream zlib;
  bool zlib_open;
  size_t used; /* bytes in buffer: history and unused ones */
  uint8_t buffer[HISTORY + WINDOW];
};

struct wave_unpacker *wave_unpacker_new(void) {
  return wave_calloc(1, sizeof(struct wave_unpacker));
}

void wave_unpacker_free(struct wave_unpacker *unpacker) {
  if (unpacker == NULL) return;
  if (unpacker->zlib_open) inflateEnd(&unpacker->zlib);
  free(unpacker);
}

bool wave_unpacker_start(struct wave_unpacker *unpacker, uint8_t pack, const uint8_t *from, size_t packed, uint64_t size) {
  unpacker->lz = (struct lz){.pack = pack, .from = from, .from_end = from + packed};
  unpacker->left = size;
  unpacker->used = 0;
  if (pack == '4' || pack == 'F') return true;
  int done;
  if (unpacker->zlib_open) {
    done = inflateReset(&unpacker->zlib);
  } else {
    unpacker->zlib = (z_stream){0};
    done = wave_memory_zlib(inflateInit(&unpacker->zlib));
    unpacker->zlib_open = done == Z_OK;
  }
  unpacker->zlib.next_in = (Bytef *)(uintptr_t)from;
  unpacker->zlib.avail_in = packed > UINT_MAX ? UINT_MAX : (uInt)packed;
  return done == Z_OK;
}

/* A length that goes on in bytes of 255. False when the input ends first. */
static bool long_length(struct lz *lz, uint64_t *length) {
  uint8_t byte;
  do {
    if (lz->from == lz->from_end) return false;
    byte = *lz->from++;
    *length += byte;
  } while (byte == 255);
  return true;
}

static bool match_of_lz4(struct lz *lz, unsigned token) {
  if (lz->from_end - lz->from < 2) return false;
  lz->distance = (uint32_t)(lz->from[0] | lz->from[1] << 8);
  lz->from += 2;
  lz->match = (token & 15) + 4;
  return (token & 15) < 15 || long_length(lz, &lz->match);
}

/* Literals first, then the match behind them, if the block does not end with the literals: that is what `started` remembers here. */
static bool token_of_lz4(struct lz *lz) {
  if (lz->started) {
    lz->started = false;
    return match_of_lz4(lz, lz->distance);
  }
  if (lz->from == lz->from_end) return false;
  unsigned token = *lz->from++;
  lz->literals = token >> 4;
  lz->distance = token;
  lz->started = true;
  return token >> 4 < 15 || long_length(lz, &lz->literals);
}

static bool token_of_fastlz(struct lz *lz) {
  if (lz->from == lz->from_end) return false;
  unsigned control = *lz->from++;
  if (!lz->started) {
    if (control >> 5 > 1) return false;
    lz->level_two = control >> 5 == 1;
    lz->started = true;
    control &= 31;
  }
  if (control < 32) {
    lz->literals = control + 1;
    return true;
  }
  lz->match = (control >> 5) + 2;
  if (control >> 5 == 7) {
    if (lz->level_two) {
      if (!long_length(lz, &lz->match)) return false;
    } else {
      if (lz->from == lz->from_end) return false;
      lz->match += *lz->from++;
    }
  }
  if (lz->from == lz->from_end) return false;
  unsigned low = *lz->from++;
  lz->distance = ((control & 31) << 8) + low + 1;
  if (lz->level_two && low == 255 && (control & 31) == 31) {
    if (lz->from_end - lz->from < 2) return false;
    lz->distance = (uint32_t)(lz->from[0] << 8 | lz->from[1]) + 8192;
    lz->from += 2;
  }
  return true;
}

/* Copies what the token wants into to[used .. size); to holds the history before used. */
static bool copy(struct lz *lz, uint8_t *to, size_t *used, size_t size) {
  size_t room = size - *used;
  if (lz->literals > 0) {
    size_t n = lz->literals < room ? (size_t)lz->literals : room;
    if ((size_t)(lz->from_end - lz->from) < n) return false;
    memcpy(to + *used, lz->from, n);
    lz->from += n;
    lz->literals -= n;
    *used += n;
    return true;
  }
  size_t n = lz->match < room ? (size_t)lz->match : room;
  if (lz->distance == 0 || lz->distance > *used) return false;
  const uint8_t *source = to + *used - lz->distance;
  if (lz->distance >= n) {
    memcpy(to + *used, source, n);
  } else {
    for (size_t i = 0; i < n; i++) to[*used + i] = source[i];
  }
  lz->match -= n;
  *used += n;
  return true;
}

/* Fills to up to size; false when the stream is damaged or ends before. */
static bool fill(struct lz *lz, uint8_t *to, size_t *used, size_t size) {
  while (*used < size) {
    if (lz->literals == 0 && lz->match == 0) {
      if (!(lz->pack == '4' ? token_of_lz4(lz) : token_of_fastlz(lz))) return false;
      continue;
    }
    if (!copy(lz, to, used, size)) return false;
  }
  return true;
}

bool wave_inflate_ends(z_stream *zlib) {
  uint8_t more;
  zlib->next_out = &more;
  zlib->avail_out = 1;
  return wave_memory_zlib(inflate(zlib, Z_NO_FLUSH)) == Z_STREAM_END && zlib->avail_out == 1;
}

static bool fill_zlib(struct wave_unpacker *unpacker, size_t size) {
  unpacker->zlib.next_out = unpacker->buffer + unpacker->used;
  unpacker->zlib.avail_out = (uInt)(size - unpacker->used);
  while (unpacker->zlib.avail_out > 0) {
    int done = wave_memory_zlib(inflate(&unpacker->zlib, Z_NO_FLUSH));
    if (done == Z_STREAM_END) break;
    if (done != Z_OK) return false;
  }
  unpacker->used = size - unpacker->zlib.avail_out;
  return unpacker->used == size;
}

bool wave_unpacker_more(struct wave_unpacker *unpacker, const uint8_t **at, const uint8_t **end, bool *more) {
  size_t unused = (size_t)(*end - *at);
  size_t keep = unused + HISTORY < unpacker->used ? unused + HISTORY : unpacker->used;
  memmove(unpacker->buffer, unpacker->buffer + unpacker->used - keep, keep);
  unpacker->used = keep;
  size_t room = sizeof unpacker->buffer - keep;
  size_t want = unpacker->left < room ? (size_t)unpacker->left : room;
  bool is_lz = unpacker->lz.pack == '4' || unpacker->lz.pack == 'F';
  if (!(is_lz ? fill(&unpacker->lz, unpacker->buffer, &unpacker->used, keep + want) : fill_zlib(unpacker, keep + want))) return false;
  unpacker->left -= want;
  if (!is_lz && unpacker->left == 0 && !wave_inflate_ends(&unpacker->zlib)) return false;
  *at = unpacker->buffer + keep - unused;
  *end = unpacker->buffer + unpacker->used;
  *more = unpacker->left > 0;
  return true;
}

bool wave_unpack(uint8_t pack, const uint8_t *from, size_t packed, uint8_t *to, size_t size) {
  if (pack == '4') {
    return packed <= INT_MAX && size <= INT_MAX && LZ4_decompress_safe((const char *)from, (char *)to, (int)packed, (int)size) == (int)size;
  }
  if (pack == 'F') {
    struct lz lz = {.pack = pack, .from = from, .from_end = from + packed};
    size_t used = 0;
    return fill(&lz, to, &used, size);
  }
  uLongf given = size;
  return wave_memory_zlib(uncompress(to, &given, from, packed)) == Z_OK && given == size;
}

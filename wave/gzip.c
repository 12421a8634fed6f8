/* SPDX-License-Identifier: Apache-2.0 */
/* Text out of gzip, through a window that slides: what the reader has passed makes room for what is inflated next. */
#include "memory.h"
#include "vcd_internal.h"

#include <stdlib.h>
#include <zlib.h>

enum { WINDOW_BYTES = 4 << 20, KEEP_FREE = 1 << 20 };

struct wave_gzip {
  z_stream stream;
  const uint8_t *bytes;
  size_t size, taken; /* taken: given to inflate so far */
  uint8_t *window;
  size_t room;
  const char *damage;
};

static void feed(struct wave_gzip *gzip) {
  size_t left = gzip->size - gzip->taken;
  uInt piece = left > (1u << 30) ? 1u << 30 : (uInt)left;
  gzip->stream.next_in = (Bytef *)(uintptr_t)(gzip->bytes + gzip->taken);
  gzip->stream.avail_in = piece;
  gzip->taken += piece;
}

struct wave_gzip *wave_gzip_open(const uint8_t *bytes, size_t size) {
  struct wave_gzip *gzip = wave_calloc(1, sizeof *gzip);
  if (gzip == NULL) return NULL;
  gzip->bytes = bytes;
  gzip->size = size;
  gzip->room = WINDOW_BYTES;
  gzip->window = wave_malloc(gzip->room);
  if (gzip->window == NULL || wave_memory_zlib(inflateInit2(&gzip->stream, 15 + 16)) != Z_OK) {
    free(gzip->window);
    free(gzip);
    return NULL;
  }
  return gzip;
}

void wave_gzip_close(struct wave_gzip *gzip) {
  if (gzip == NULL) return;
  inflateEnd(&gzip->stream);
  free(gzip->window);
  free(gzip);
}

void wave_gzip_rewind(struct wave_gzip *gzip, struct vcd_text *text) {
  inflateReset(&gzip->stream);
  gzip->stream.avail_in = 0;
  gzip->taken = 0;
  gzip->damage = NULL;
  *text = (struct vcd_text){.begin = gzip->window, .at = gzip->window, .end = gzip->window, .gzip = gzip};
}

/* Gives up what is before at, and grows the window when what is left fills it. */
static bool make_room(struct wave_gzip *gzip, struct vcd_text *text) {
  size_t passed = (size_t)(text->at - text->begin), left = (size_t)(text->end - text->at);
  for (const uint8_t *at = text->begin; (at = memchr(at, '\n', (size_t)(text->at - at))) != NULL; at++) text->lines++;
  text->offset += passed;
  memmove(gzip->window, text->at, left);
  if (gzip->room - left < KEEP_FREE) {
    uint8_t *moved = gzip->room > 4 * (size_t)VCD_TOKEN_MAX ? NULL : wave_realloc(gzip->window, gzip->room * 2);
    if (moved != NULL) {
      gzip->window = moved;
      gzip->room *= 2;
    }
  }
  text->begin = text->at = gzip->window;
  text->end = gzip->window + left;
  return left < gzip->room;
}

/* Behind a whole member: another member, zeros, or nothing. */
static bool next_member(struct wave_gzip *gzip) {
  const uint8_t *at = gzip->stream.avail_in > 0 ? gzip->stream.next_in : gzip->bytes + gzip->taken;
  size_t left = (size_t)(gzip->bytes + gzip->size - at);
  if (left >= 2 && at[0] == 0x1f && at[1] == 0x8b) return inflateReset(&gzip->stream) == Z_OK;
  for (size_t i = 0; i < left; i++) {
    if (at[i] == 0) continue;
    gzip->damage = "something that is not gzip follows the gzip data";
    break;
  }
  return false;
}

/* One call of inflate. False: nothing more will come. */
static bool inflate_some(struct wave_gzip *gzip) {
  if (gzip->stream.avail_in == 0) feed(gzip);
  int got = wave_memory_zlib(inflate(&gzip->stream, Z_NO_FLUSH));
  if (got == Z_STREAM_END) return next_member(gzip);
  if (got == Z_OK && (gzip->stream.avail_out == 0 || gzip->stream.avail_in > 0 || gzip->taken < gzip->size)) return true;
  bool cut = (got == Z_OK || got == Z_BUF_ERROR) && gzip->stream.avail_in == 0;
  gzip->damage = cut ? "the gzip data ends in the middle" : "the gzip data is damaged";
  return false;
}

bool wave_gzip_more(struct wave_gzip *gzip, struct vcd_text *text) {
  if (text->final || !make_room(gzip, text)) return false;
  size_t held = (size_t)(text->end - text->begin);
  gzip->stream.next_out = gzip->window + held;
  gzip->stream.avail_out = (uInt)(gzip->room - held);
  bool going = true;
  while (going && gzip->stream.avail_out > 0) going = inflate_some(gzip);
  text->end = gzip->stream.next_out;
  text->final = !going;
  return (size_t)(text->end - text->begin) > held;
}

const char *wave_gzip_damage(const struct wave_gzip *gzip) {
  return gzip != NULL ? gzip->damage : NULL;
}

double wave_gzip_progress(const struct wave_gzip *gzip) {
  return gzip->size == 0 ? 1 : (double)(gzip->taken - gzip->stream.avail_in) / (double)gzip->size;
}

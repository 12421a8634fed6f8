/* SPDX-License-Identifier: Apache-2.0 */
#include "fst_gzip.h"
#include "memory.h"

#include <string.h>
#include <zlib.h>

enum { gzip_window = 15 + 16, piece = 16384 };

static enum wave_status start(z_stream *stream, const struct wave_whole *to, int level, struct wave_error *error) {
  *stream = (z_stream){0};
  if (wave_memory_zlib(deflateInit2(stream, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY)) == Z_OK) return WAVE_OK;
  return wave_fail(error, "%s: cannot be written: not enough memory; close other programs", to->path);
}

/* Takes these bytes; `last`: and ends the stream. */
static enum wave_status take(z_stream *stream, struct wave_whole *to, const uint8_t *bytes, size_t size, bool last,
                             struct wave_error *error) {
  uint8_t in[piece], out[piece];
  memcpy(in, bytes, size);
  stream->next_in = in;
  stream->avail_in = (uInt)size;
  do {
    stream->next_out = out;
    stream->avail_out = sizeof out;
    (void)deflate(stream, last ? Z_FINISH : Z_NO_FLUSH); /* with room for output it cannot fail */
    if (wave_whole_add(to, out, sizeof out - stream->avail_out, error) != WAVE_OK) return WAVE_ERROR;
  } while (stream->avail_out == 0);
  return WAVE_OK;
}

enum wave_status fst_gzip_bytes(struct wave_whole *to, int level, const void *bytes, size_t size, struct wave_error *error) {
  z_stream stream;
  enum wave_status status = start(&stream, to, level, error);
  if (status != WAVE_OK) return status;
  for (size_t done = 0; status == WAVE_OK && done < size; done += piece) {
    const size_t left = size - done;
    status = take(&stream, to, (const uint8_t *)bytes + done, left < piece ? left : piece, left <= piece, error);
  }
  deflateEnd(&stream);
  return status;
}

enum wave_status fst_gzip_file(struct wave_whole *to, int level, struct wave_whole *from, struct wave_error *error) {
  uint8_t bytes[piece];
  z_stream stream;
  enum wave_status status = start(&stream, to, level, error);
  if (status != WAVE_OK) return status;
  rewind(wave_whole_file(from));
  for (bool more = true; more && status == WAVE_OK;) {
    const size_t size = fread(bytes, 1, sizeof bytes, wave_whole_file(from));
    more = size == sizeof bytes;
    status = take(&stream, to, bytes, size, !more, error);
  }
  if (status == WAVE_OK && ferror(wave_whole_file(from))) status = wave_fail(error, "%s: cannot be read back; try again", from->path);
  deflateEnd(&stream);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of zlib, which Debian has for aarch64 only once that is made an architecture of the machine: traces are plain text here, and a
 * compressed one is refused ("out of memory").
 */
#include <zlib.h>

int inflateInit2_(z_streamp stream, int window_bits, const char *version, int stream_size) {
  (void)stream, (void)window_bits, (void)version, (void)stream_size;
  return Z_MEM_ERROR;
}
int inflateReset(z_streamp stream) {
  (void)stream;
  return Z_STREAM_ERROR;
}
int inflate(z_streamp stream, int flush) {
  (void)stream, (void)flush;
  return Z_STREAM_ERROR;
}
int inflateEnd(z_streamp stream) {
  (void)stream;
  return Z_STREAM_ERROR;
}
int deflateInit2_(z_streamp stream, int level, int method, int window_bits, int memory_level, int strategy, const char *version,
                  int stream_size) {
  (void)stream, (void)level, (void)method, (void)window_bits, (void)memory_level, (void)strategy, (void)version, (void)stream_size;
  return Z_MEM_ERROR;
}
int deflate(z_streamp stream, int flush) {
  (void)stream, (void)flush;
  return Z_STREAM_ERROR;
}
int deflateEnd(z_streamp stream) {
  (void)stream;
  return Z_STREAM_ERROR;
}

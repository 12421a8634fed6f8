/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* Times are what fills a recording, and nothing like them comes again: codes alone make it as small, in a third of the time. */
enum { OUT_BYTES = 65536, GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 };

/* One process is one rank. */
static struct {
  bool open;
  unsigned rank;
  int file;
  z_stream zip;
  struct record_tail *tail;
  unsigned char *data;
  size_t filled; /* bytes of data, with those of the event that has begun */
  unsigned char out[OUT_BYTES];
} stream;

static void stop(const char *what, int cause) {
  const char *why = cause == EEXIST ? "an MPI program has been recorded there before; record one at a time" : strerror(cause);
  fprintf(stderr, "oio record: rank %u: %s: %s; what follows is not recorded\n", stream.rank, what, why);
  stream.open = false;
}

static bool write_out(size_t bytes) {
  for (size_t at = 0; at < bytes;) {
    const ssize_t put = write(stream.file, stream.out + at, bytes - at);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += (size_t)put;
  }
  return true;
}

static bool deflate_all(int flush) {
  stream.zip.next_in = stream.data;
  stream.zip.avail_in = (uInt)stream.tail->used;
  do {
    stream.zip.next_out = stream.out;
    stream.zip.avail_out = OUT_BYTES;
    if (deflate(&stream.zip, flush) == Z_STREAM_ERROR) return false;
    if (!write_out(OUT_BYTES - stream.zip.avail_out)) return false;
  } while (stream.zip.avail_out == 0);
  return true;
}

/* A process that is killed anywhere in here leaves each byte in the stream, in the tail, or in both at the place that base says. */
static bool flush_tail(int flush) {
  const uint64_t used = stream.tail->used;
  if (!deflate_all(flush)) return false;
  __atomic_store_n(&stream.tail->used, 0, __ATOMIC_SEQ_CST);
  __atomic_store_n(&stream.tail->base, stream.tail->base + used, __ATOMIC_SEQ_CST);
  stream.filled = 0;
  return true;
}

static void *map_tail(const char *path) {
  const size_t bytes = sizeof(struct record_tail) + RECORD_TAIL_BYTES;
  const int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return NULL;
  const int cause = posix_fallocate(file, 0, (off_t)bytes);
  void *map = cause == 0 ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  if (cause != 0) errno = cause;
  close(file);
  return map == MAP_FAILED ? NULL : map;
}

bool stream_open(const char *folder, unsigned rank) {
  char path[4096];
  stream.rank = rank;
  snprintf(path, sizeof path, "%.4000s/" RECORD_TAIL, folder, rank);
  stream.tail = map_tail(path);
  if (stream.tail == NULL) {
    stop(path, errno);
    return false;
  }
  *stream.tail = (struct record_tail){.magic = RECORD_TAIL_MAGIC};
  stream.data = (unsigned char *)(stream.tail + 1);
  snprintf(path, sizeof path, "%.4000s/" RECORD_STREAM, folder, rank);
  stream.file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (stream.file < 0 || deflateInit2(&stream.zip, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_HUFFMAN_ONLY) != Z_OK) {
    stop(path, stream.file < 0 ? errno : ENOMEM);
    return false;
  }
  stream.open = true;
  return true;
}

bool stream_is_open(void) {
  return stream.open;
}

static void put(const void *bytes, size_t count) {
  if (!stream.open || stream.filled + count > RECORD_TAIL_BYTES) return;
  memcpy(stream.data + stream.filled, bytes, count);
  stream.filled += count;
}

void stream_head(const char *line) {
  put(line, strlen(line));
  put("\n", 1);
  if (strcmp(line, "---") != 0 || !stream.open) return;
  stream.tail->used = stream.filled;
  if (!flush_tail(Z_SYNC_FLUSH)) stop("its stream", errno);
}

/* An event of many numbers may pass the end of the tail, and is then in the stream before it is whole. */
void stream_number(uint64_t number) {
  unsigned char group[10];
  size_t count = 0;
  for (; number >= 128; number >>= 7) group[count++] = (unsigned char)(number | 128);
  group[count++] = (unsigned char)number;
  if (stream.open && stream.filled + count > RECORD_TAIL_BYTES) stream_end();
  put(group, count);
}

void stream_signed(int64_t number) {
  stream_number(number < 0 ? 2 * (uint64_t) - (number + 1) + 1 : 2 * (uint64_t)number);
}

void stream_event(enum record_event code, uint64_t gap_ns, uint64_t call_ns) {
  stream_number(code);
  stream_number(gap_ns);
  stream_number(call_ns);
}

bool stream_end(void) {
  if (!stream.open) return false;
  __atomic_store_n(&stream.tail->used, stream.filled, __ATOMIC_RELEASE);
  if (stream.filled + RECORD_EVENT_MAX <= RECORD_TAIL_BYTES) return false;
  if (!flush_tail(Z_SYNC_FLUSH)) stop("its stream", errno);
  return true;
}

void stream_close(void) {
  if (!stream.open) return;
  stream.tail->used = stream.filled;
  if (!flush_tail(Z_FINISH)) stop("its stream", errno);
  stream.open = false;
  deflateEnd(&stream.zip);
  close(stream.file);
}

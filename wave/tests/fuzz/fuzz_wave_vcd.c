/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VCD reader against anything. The first byte of an input says how it is read: bit 0 inside of gzip, bit 1 the bytes are gzip already,
 * bit 2 with small windows, bit 3 a second time, bit 4 beside a copy that differs near its end. Every block must be sound whatever the
 * text.
 */
#define _GNU_SOURCE
#include "fuzz.h"
#include "gzip.h"

#include "source.h"
#include "vcd_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { GZIP = 1, PACKED = 2, SMALL = 4, AGAIN = 8, BESIDE = 16 };

static void fault(const char *what) {
  fprintf(stderr, "%s\n", what);
  abort();
}

static struct wave_source *open_bytes(const uint8_t *bytes, size_t size) {
  struct wave_source *source = NULL;
  struct wave_map map;
  struct wave_error error;
  char path[40];
  int file = memfd_create("fuzz", 0);
  if (file < 0 || write(file, bytes, size) != (ssize_t)size) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  if (wave_map_open(&map, path, &error) == WAVE_OK) {
    if (wave_open_vcd(&source, path, &map, &error) != WAVE_OK) {
      wave_map_close(&map);
      source = NULL;
      if (strchr(error.text, '\n') != NULL || strstr(error.text, path) == NULL) fault("not one line that names the file");
    }
  }
  close(file);
  return source;
}

/* Walks an entry as chain.h says; NULL: it is no entry. */
static const uint8_t *pass_entry(const struct wave_handle *handle, const uint8_t *at, const uint8_t *end, uint64_t *place) {
  uint64_t head, size;
  at = wave_varint(at, end, &head);
  if (at == NULL) return NULL;
  if (handle->width == 1 && (handle->kind == WAVE_BITS || handle->kind == WAVE_EVENT)) {
    *place += head & 1 ? head >> 4 : head >> 2;
    return at;
  }
  *place += head >> 1;
  size = head & 1 ? handle->width : (handle->width + 7u) / 8;
  if (handle->kind == WAVE_REAL) size = 8;
  if (handle->kind == WAVE_STRING) at = wave_varint(at, end, &size);
  return at != NULL && (uint64_t)(end - at) >= size ? at + size : NULL;
}

static void check_block(const struct wave_source *source) {
  const struct wave_block *block = &source->block;
  if (block->n_times == 0 || block->end != block->times[block->n_times - 1] || block->begin > block->times[0]) fault("a block's span");
  for (uint32_t i = 1; i < block->n_times; i++) {
    if (block->times[i] <= block->times[i - 1]) fault("times that do not rise");
  }
  for (uint32_t i = 0; i < source->decl.n_handles; i++) {
    struct wave_scratch scratch = {0};
    struct wave_value value;
    struct wave_chain chain;
    uint64_t place = 0, sum = 0;
    if (!source->ops->chain(source, i, &scratch, &chain) || chain.more) fault("a chain that is not given");
    for (const uint8_t *at = chain.at, *end = chain.end; at != NULL && at < end;) {
      at = pass_entry(&source->decl.handles[i], at, end, &place);
      if (at == NULL || place >= block->n_times) fault("a chain that is not sound");
    }
    source->ops->frame(source, i, &value);
    for (uint32_t j = 0; j < value.size; j++) sum += value.bytes[j];
    if (sum == UINT64_MAX) abort();
  }
}

static void read_all(struct wave_source *source) {
  enum wave_status status;
  uint64_t before = 0;
  bool first = true;
  struct wave_error error;
  while ((status = source->ops->next(source, source->ops->peek(source), &error)) == WAVE_OK) {
    if (!first && source->block.begin <= before) fault("blocks that overlap");
    before = source->block.end;
    first = false;
    source->ops->load_frame(source);
    check_block(source);
  }
  if (source->partial && (strchr(source->why.text, '\n') != NULL || strstr(source->why.text, "byte") == NULL))
    fault("no place of the damage");
  if (source->ops->next(source, UINT64_MAX, &error) == WAVE_OK) fault("a block after the end");
}

static void read_beside(struct wave_source *source, const uint8_t *bytes, size_t size) {
  uint8_t *copy = malloc(size + 1);
  if (copy == NULL) return;
  memcpy(copy, bytes, size);
  if (size > 0) copy[size - 1 - size / 8] ^= 1;
  struct wave_source *other = open_bytes(copy, size);
  free(copy);
  if (other == NULL) return;
  wave_vcd_skip_equal(source, other);
  read_all(other);
  wave_close(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t packed[2 * FUZZ_INPUT_MAX];
  if (size < 2 || size > FUZZ_INPUT_MAX) return 0;
  const uint8_t *bytes = data + 1;
  size_t count = size - 1;
  if ((data[0] & (GZIP | PACKED)) == GZIP) {
    count = to_gzip(bytes, count, packed, sizeof packed);
    bytes = packed;
  }
  struct wave_source *source = open_bytes(bytes, count);
  if (source == NULL) return 0;
  if (data[0] & SMALL) wave_vcd_set_window(source, 100, 7);
  if (data[0] & BESIDE) read_beside(source, bytes, count);
  read_all(source);
  if (data[0] & AGAIN && source->ops->rewind(source, NULL) == WAVE_OK) read_all(source);
  wave_close(source);
  return 0;
}

static size_t make_text(unsigned index, char *to, size_t room) {
  static const char *const types[] = {"wire 1", "reg 8", "real 64", "string 0", "event 1", "wire 100", "logic 64", "integer 32"};
  size_t size = (size_t)snprintf(to, room, "$date\n now\n$end\n$timescale 1%ss $end\n$scope module top $end\n", index & 1 ? "p" : " n");
  for (unsigned i = 0; i < 16; i++)
    size +=
        (size_t)snprintf(to + size, room - size, "$var %s %c%s n%u [7:0] $end\n", types[i % 8], (int)('!' + i), index & 2 ? "ab" : "", i);
  size += (size_t)snprintf(to + size, room - size, "$var port [3:0] <0 p $end\n$upscope $end\n$enddefinitions $end\n$dumpvars\n");
  for (unsigned time = 0; time < 60; time++) {
    size += (size_t)snprintf(to + size, room - size, "#%u%s\n", time * 10, index & 4 && time > 30 ? ".25" : "");
    for (unsigned i = 0; i < 16; i++) {
      static const char *const values[] = {"1", "b0110xz10 ", "r0.5 ", "stext\\040b ", "1", "b10 ", "b1111000011110000 ", "bz "};
      size += (size_t)snprintf(to + size, room - size, "%s%c%s\n", values[i % 8], (int)('!' + i), index & 2 ? "ab" : "");
    }
    if (time % 10 == 0) size += (size_t)snprintf(to + size, room - size, "$comment a b $end\npDUDU 0660 6006 <0\n");
  }
  return size;
}

size_t fuzz_seed(unsigned index, uint8_t *data) {
  static const uint8_t ways[] = {0, SMALL, AGAIN, BESIDE, SMALL | BESIDE, GZIP, GZIP | SMALL | AGAIN, PACKED};
  if (index >= 8 * 8) return 0;
  data[0] = ways[index / 8];
  size_t size = make_text(index % 8, (char *)data + 1, FUZZ_INPUT_MAX - 1);
  if (!(data[0] & PACKED)) return size + 1;
  static uint8_t packed[2 * FUZZ_INPUT_MAX];
  size = to_gzip(data + 1, size, packed, sizeof packed);
  memcpy(data + 1, packed, size);
  return size + 1;
}

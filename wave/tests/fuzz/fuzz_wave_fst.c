/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FST reader against anything. The first byte of an input says how it is read: bit 0 inside of a gzip wrapper, bit 1 a second time,
 * bit 2 compared with the first good input. Whatever is in the file, blocks are sound: times rise, and every chain ends or is damaged.
 */
#define _GNU_SOURCE
#include "fuzz.h"
#include "gzip.h"

#include "compare.h"
#include "fst_write.h"
#include "walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WRAPPED = 1, AGAIN = 2, BESIDE = 4 };

static void fault(const char *what) {
  fprintf(stderr, "%s\n", what);
  abort();
}

/* A file of many kinds of signals in three blocks. Returns its size. */
static size_t make_good(uint8_t *data, size_t room, uint32_t scale) {
  struct wave_decl decl;
  struct wave_fst *fst;
  struct wave_error error;
  const struct wave_fst_options options = {.version = "fuzz"};
  static const uint32_t widths[6] = {1, 9, 64, 64, 0, 1};
  static const enum wave_kind kinds[6] = {WAVE_BITS, WAVE_BITS, WAVE_BITS, WAVE_REAL, WAVE_STRING, WAVE_EVENT};
  static const uint8_t types[6] = {16, 16, 5, 3, 21, 0};
  char path[60], name[8];
  uint8_t chains[6][4096];
  uint64_t times[64];
  wave_decl_init(&decl);
  decl.timescale_exponent = -9;
  uint32_t scope = wave_decl_scope(&decl, WAVE_NONE, 0, "top", 3);
  for (uint32_t i = 0; i < 6; i++) {
    uint32_t handle = wave_decl_handle(&decl, kinds[i], widths[i]);
    snprintf(name, sizeof name, "v%u", (unsigned)i);
    wave_decl_var(&decl, scope, types[i], 0, name, 2, handle);
    snprintf(name, sizeof name, "w%u", (unsigned)i);
    wave_decl_var(&decl, scope, types[i], 0, name, 2, handle);
  }
  snprintf(path, sizeof path, "/tmp/oio-fuzz-fst-%ld", (long)getpid());
  if (wave_fst_begin(&fst, path, &decl, &options, &error) != WAVE_OK) fault(error.text);
  for (uint32_t block = 0; block < 3; block++) {
    struct wave_value frame[6] = {{0}};
    struct wave_fst_chain written[6];
    for (uint32_t i = 0; i < 64; i++) times[i] = block * 64 * scale + i * scale;
    for (uint32_t h = 0; h < 6; h++) {
      uint8_t *at = chains[h];
      for (uint32_t i = 0; i < 60; i += 1 + h + block) {
        uint64_t step = i == 0 ? 0 : 1 + h + block;
        double number = i;
        if (widths[h] == 1) {
          at = wave_put_varint(at, i % 5 == 3 ? step << 4 | 3 : step << 2 | (i & 1) << 1);
        } else if (kinds[h] == WAVE_REAL) {
          at = wave_put_varint(at, step << 1 | 1);
          memcpy(at, &number, 8);
          at += 8;
        } else if (kinds[h] == WAVE_STRING) {
          at = wave_put_varint(at, step << 1);
          *at++ = 4;
          memcpy(at, "text", 4);
          at += 4;
        } else {
          at = wave_put_varint(at, step << 1);
          for (uint32_t k = 0; k < (widths[h] + 7) / 8; k++) *at++ = k == 1 && h == 1 ? 0x80 : (uint8_t)(i * 7 + k);
        }
      }
      written[h] = (struct wave_fst_chain){chains[h], (size_t)(at - chains[h])};
    }
    const struct wave_fst_block one = {
        .begin = times[0], .end = times[63], .times = times, .n_times = 64, .frame = frame, .chains = written};
    if (wave_fst_block(fst, &one, &error) != WAVE_OK) fault(error.text);
  }
  if (wave_fst_end(fst, &error) != WAVE_OK) fault(error.text);
  wave_decl_free(&decl);
  FILE *file = fopen(path, "rb");
  size_t size = file == NULL ? 0 : fread(data, 1, room, file);
  if (file != NULL) fclose(file);
  unlink(path);
  return size;
}

static size_t wrap(const uint8_t *data, size_t size, uint8_t *out, size_t room) {
  size_t packed = to_gzip(data, size, out + 17, room - 17);
  if (packed == 0) return 0;
  out[0] = 254;
  for (int i = 0; i < 8; i++) {
    out[1 + i] = (uint8_t)((uint64_t)(packed + 16) >> (56 - 8 * i));
    out[9 + i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
  }
  return packed + 17;
}

/* Every byte of a value is read, so that the sanitizers see where it lies. */
static volatile uint8_t read_byte;

static void read_all(struct wave_source *source) {
  struct wave_scratch scratch = {0};
  struct wave_error error;
  uint64_t last = 0;
  uint32_t blocks = 0;
  while (blocks < 1000 && source->ops->next(source, UINT64_MAX, &error) == WAVE_OK) {
    const struct wave_block *block = &source->block;
    blocks++;
    if (block->end < block->begin || block->end < last) fault("a block ends before it begins");
    last = block->end;
    for (uint32_t i = 0; i < block->n_times; i++) {
      if (block->times[i] > block->end || block->times[i] < block->begin || (i > 0 && block->times[i] < block->times[i - 1]))
        fault("times outside of their block");
    }
    bool framed = !block->opens || source->ops->load_frame(source);
    for (uint32_t i = 0; i < source->decl.n_handles && i < 64; i++) {
      struct wave_walk walk;
      struct wave_value value;
      uint64_t entries = 0;
      if (framed) source->ops->frame(source, i, &value);
      wave_walk_open(&walk, source, i, &scratch, 0, 0);
      while (wave_walk_next(&walk) > 0 && entries++ < 1 << 20) {
        for (uint32_t k = 0; k < walk.value.size; k++) read_byte = walk.value.bytes[k];
      }
    }
  }
  wave_scratch_free(&scratch);
}

static int open_memory(const uint8_t *data, size_t size, char path[static 40]) {
  int file = memfd_create("fuzz", 0);
  if (file < 0 || write(file, data, size) != (ssize_t)size) abort();
  snprintf(path, 40, "/proc/self/fd/%d", file);
  return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t packed[2 * FUZZ_INPUT_MAX + 1000], good[FUZZ_INPUT_MAX];
  static size_t good_size;
  static unsigned compared; /* each starts a thread, of which a sanitizer remembers something for good */
  struct wave_source *source;
  struct wave_error error = {.text = ""};
  char path[40], beside[40];
  if (size < 2) return 0;
  const uint8_t *bytes = data + 1;
  size_t count = size - 1;
  if (data[0] & WRAPPED) {
    count = wrap(bytes, count, packed, sizeof packed);
    bytes = packed;
  }
  int file = open_memory(bytes, count, path);
  if (wave_open(&source, path, &error) != WAVE_OK) {
    if (strchr(error.text, '\n') != NULL || error.text[0] == '\0') fault("not one line");
  } else {
    read_all(source);
    if (data[0] & AGAIN && source->ops->rewind(source, &error) == WAVE_OK) read_all(source);
    wave_close(source);
  }
  if (data[0] & BESIDE && compared++ < 2000) {
    if (good_size == 0) good_size = make_good(good, sizeof good, 1);
    int other = open_memory(good, good_size, beside);
    struct wave_report *report;
    const struct wave_options options = {.threads = 1, .detailed = 2};
    if (wave_compare(&report, beside, path, &options, &error) == WAVE_OK) wave_report_free(report);
    close(other);
  }
  close(file);
  return 0;
}

size_t fuzz_seed(unsigned index, uint8_t *data) {
  if (index >= 6) return 0;
  data[0] = (uint8_t)(index % 3 == 2 ? AGAIN | BESIDE : index % 3 == 1 ? WRAPPED | BESIDE : BESIDE);
  return 1 + make_good(data + 1, FUZZ_INPUT_MAX - 1, index < 3 ? 1 : 100000);
}

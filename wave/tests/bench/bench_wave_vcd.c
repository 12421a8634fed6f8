/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: bench_wave_vcd make FILE MEGABYTES    writes a VCD as of a large design
 *        bench_wave_vcd cook FILE [TIMES]      how fast it is cooked
 *        bench_wave_vcd skip FILE FILE         how fast equal text is passed over, and the values behind it read
 */
#define _POSIX_C_SOURCE 200809L
#include "source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIGNALS = 4400 };

static uint64_t chances = 1;

static uint64_t chance(void) {
  uint64_t z = chances += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static unsigned width_of(unsigned signal) {
  static const unsigned widths[16] = {1, 1, 1, 1, 1, 1, 1, 1, 8, 8, 16, 32, 32, 64, 12, 3};
  return signal % 100 == 99 ? 512 : widths[signal * 7 / 3 % 16];
}

static char *put_id(char *at, unsigned signal) {
  *at++ = (char)('!' + signal % 94);
  if (signal >= 94) *at++ = (char)('!' + signal / 94 - 1);
  *at++ = '\n';
  return at;
}

static char *put_change(char *at, unsigned signal) {
  unsigned width = width_of(signal);
  uint64_t bits = chance();
  if (width == 1) {
    *at++ = (char)('0' + (bits & 1));
    return put_id(at, signal);
  }
  *at++ = 'b';
  for (unsigned i = 0; i < width; i++) {
    if (i % 64 == 0) bits = chance();
    *at++ = (char)('0' + (bits >> i % 64 & 1));
  }
  *at++ = ' ';
  return put_id(at, signal);
}

static int make(const char *path, size_t bytes) {
  static char buffer[1 << 20];
  FILE *file = fopen(path, "wb");
  if (file == NULL) return 1;
  fprintf(file, "$timescale 1ps $end\n$scope module top $end\n");
  for (unsigned i = 0; i < SIGNALS; i++) {
    char id[4] = {0};
    put_id(id, i)[-1] = '\0';
    fprintf(file, "$var wire %u %s s%u $end\n", width_of(i), id, i);
  }
  fprintf(file, "$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n");
  char *at = buffer;
  size_t written = 0;
  for (unsigned i = 0; i < SIGNALS; i++) at = put_change(at, i);
  for (unsigned long time = 1; written < bytes; time++) {
    at += sprintf(at, "#%lu\n", time * 500);
    /* Where a design works, it works on: runs of neighbours change together, in order. */
    for (unsigned run = 0; run < 24; run++) {
      unsigned first = (unsigned)(chance() % SIGNALS), count = 1 + (unsigned)(chance() % 16);
      for (unsigned i = first; i < first + count && i < SIGNALS; i++) at = put_change(at, i);
    }
    if (at - buffer < (1 << 20) - 300000) continue;
    written += fwrite(buffer, 1, (size_t)(at - buffer), file);
    at = buffer;
  }
  fwrite(buffer, 1, (size_t)(at - buffer), file);
  return fclose(file);
}

static struct wave_source *open_or_exit(const char *path) {
  struct wave_source *source;
  struct wave_error error;
  if (wave_open(&source, path, &error) == WAVE_OK) return source;
  fprintf(stderr, "%s\n", error.text);
  exit(1);
}

static int cook(const char *path, int times) {
  for (int i = 0; i < times; i++) {
    double begin = now_s();
    struct wave_source *source = open_or_exit(path);
    double opened = now_s();
    uint64_t ticks = 0, blocks = 0;
    while (source->ops->next(source, UINT64_MAX, NULL) == WAVE_OK) {
      ticks += source->block.n_times;
      blocks++;
    }
    double end = now_s();
    printf("opened in %.3f s, %llu blocks of %llu ticks in %.3f s: %.0f MB/s%s%s\n", opened - begin, (unsigned long long)blocks,
           (unsigned long long)ticks, end - opened, (double)source->bytes / 1e6 / (end - opened), source->partial ? ", partial: " : "",
           source->partial ? source->why.text : "");
    wave_close(source);
  }
  return 0;
}

static int skip(const char *golden_path, const char *fresh_path) {
  struct wave_source *golden = open_or_exit(golden_path), *fresh = open_or_exit(fresh_path);
  double begin = now_s();
  uint64_t bytes = wave_vcd_skip_equal(golden, fresh);
  double skipped = now_s();
  golden->ops->load_frame(golden);
  double loaded = now_s();
  printf("%.0f MB passed in %.3f s; the values behind them in %.3f s\n", (double)bytes / 1e6, skipped - begin, loaded - skipped);
  wave_close(golden);
  wave_close(fresh);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "make") == 0) return make(argv[2], strtoul(argv[3], NULL, 0) * 1000000);
  if (argc >= 3 && strcmp(argv[1], "cook") == 0) return cook(argv[2], argc > 3 ? atoi(argv[3]) : 1);
  if (argc == 4 && strcmp(argv[1], "skip") == 0) return skip(argv[2], argv[3]);
  fprintf(stderr, "usage: %s make FILE MEGABYTES | cook FILE [TIMES] | skip FILE FILE\n", argv[0]);
  return 2;
}

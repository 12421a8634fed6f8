/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds per flit (256 bytes, two CRCs) of every kernel of oio_crc16_pair. "independent": many flits, none waits for another;
 * "chained": each flit's address depends on the CRC before. The best of many rounds, as noise only adds.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <time.h>

#include "oio/crc16.h"

#define FLIT_BYTES 256
#define FLITS 64
#define ROUNDS 2000

static uint8_t flits[FLITS][FLIT_BYTES];
static volatile uint32_t sink;

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void fill_flits(void) {
  uint32_t state = 1;
  for (size_t i = 0; i < sizeof flits; i++) {
    state = state * 1664525u + 1013904223u;
    flits[i / FLIT_BYTES][i % FLIT_BYTES] = (uint8_t)(state >> 24);
  }
}

typedef uint32_t pair_function(const uint8_t *in, const uint64_t keep[4]);

static const uint64_t all[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};

static uint32_t library_pair(const uint8_t *in, const uint64_t keep[4]) {
  return oio_crc16_pair_masked(in, keep);
}

/* Every flit eight times. */
static uint32_t run_independent(pair_function *pair) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < 8 * FLITS; i++) sum ^= pair(flits[i % FLITS], all);
  return sum;
}

static uint32_t run_chained(pair_function *pair) {
  uint32_t crcs = 0;
  for (uint32_t i = 0; i < 8 * FLITS; i++) crcs = pair(flits[(i + crcs) % FLITS], all);
  return crcs;
}

static double best_ns(uint32_t (*run)(pair_function *pair), pair_function *pair) {
  double best = 1e9;
  for (int i = 0; i < ROUNDS; i++) {
    const double start = now_ns();
    sink = run(pair);
    const double ns = (now_ns() - start) / (8 * FLITS);
    if (ns < best) best = ns;
  }
  return best;
}

static void print_row(const char *name, pair_function *pair) {
  printf("%-16s %12.2f %12.2f\n", name, best_ns(run_independent, pair), best_ns(run_chained, pair));
}

static void print_processor(void) {
  char line[256], name[256] = "unknown";
  FILE *file = fopen("/proc/cpuinfo", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "model name : %255[^\n]", name) == 1) break;
  if (file != NULL) fclose(file);
  printf("processor: %s\n", name);
}

int main(void) {
  fill_flits();
  print_processor();
  printf("ns per 256 bytes  independent      chained\n");
  size_t count;
  const struct oio_crc16_kernel *kernels = oio_crc16_kernels(&count);
  for (size_t i = 0; i < count; i++) {
    if (kernels[i].supported())
      print_row(kernels[i].name, kernels[i].pair);
    else
      printf("%-16s not on this processor\n", kernels[i].name);
  }
  print_row("oio_crc16_pair", library_pair);
  return 0;
}

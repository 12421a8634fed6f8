/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nanoseconds per codeword of RS(544,514): encoded, checked, decoded, and decoded by its errors alone, with every kernel and with libfec.
 * The best of many rounds, as noise only adds. usage: bench_fec [long]    long: also counts lost words at a bit error rate of 5e-4, 10^9 of
 * them
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "oio/fec_rates.h"
#include "oio/rng.h"

#ifdef OIO_HAVE_LIBFEC
#include <fec.h>
#endif

enum { N = 544, K = 514, BLOCKS = 16, WAYS = 4, ROUNDS = 300 };

struct bench {
  const struct oio_fec *fec;
  void *libfec;
  uint32_t ways, errors;
  uint16_t sent[BLOCKS][WAYS * N], received[BLOCKS][WAYS * N];
  struct oio_fec_error patterns[BLOCKS][WAYS * N];
  unsigned wide[BLOCKS][N];
};

static struct bench bench;
static volatile uint32_t sink;

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Random codewords, with so many wrong symbols in each. */
static void fill(uint32_t ways, uint32_t errors) {
  struct oio_rng rng;
  oio_rng_seed(&rng, 1, errors);
  bench.ways = ways;
  bench.errors = errors;
  for (int b = 0; b < BLOCKS; b++) {
    for (uint32_t i = 0; i < ways * N; i++) bench.sent[b][i] = (uint16_t)(oio_rng_next(&rng) >> 54);
    oio_fec_encode(bench.fec, bench.sent[b], ways * N, ways);
    memcpy(bench.received[b], bench.sent[b], sizeof bench.sent[b]);
    for (uint32_t way = 0; way < ways; way++) {
      uint32_t left = errors;
      for (uint32_t i = 0; i < N && left != 0; i++) {
        if (oio_rng_next(&rng) % (N - i) >= left) continue;
        const struct oio_fec_error error = {(uint16_t)i, (uint16_t)(1 + oio_rng_next(&rng) % 1023)};
        bench.received[b][i * ways + way] ^= error.value;
        bench.patterns[b][errors - left--] = error;
      }
    }
    for (uint32_t i = 0; i < N; i++) bench.wide[b][i] = bench.received[b][i * ways];
  }
}

static void encode(int b) {
  oio_fec_encode(bench.fec, bench.sent[b], bench.ways * N, bench.ways);
}

static void check(int b) {
  sink += oio_fec_check(bench.fec, bench.received[b], bench.ways * N, bench.ways);
}

/* A copy of what was received each time: some 20 ns of the time. */
static void decode(int b) {
  static uint16_t word[WAYS * N];
  struct oio_fec_outcome outcomes[WAYS];
  memcpy(word, bench.received[b], bench.ways * N * sizeof *word);
  oio_fec_decode(bench.fec, word, bench.ways * N, bench.ways, outcomes);
  sink += outcomes[0].changed_symbols;
}

static void decode_errors(int b) {
  struct oio_fec_error residual[N + OIO_FEC_MAX_PARITY];
  uint32_t count;
  oio_fec_decode_errors(bench.fec, N, bench.patterns[b], bench.errors, residual, &count);
  sink += count;
}

#ifdef OIO_HAVE_LIBFEC
static void libfec_encode(int b) {
  unsigned parity[N - K];
  encode_rs_int(bench.libfec, bench.wide[b], parity);
  sink += parity[0];
}

static void libfec_decode(int b) {
  unsigned word[N];
  memcpy(word, bench.wide[b], sizeof word);
  sink += (uint32_t)decode_rs_int(bench.libfec, word, NULL, 0);
}
#endif

/* Of one codeword. */
static double best_ns(void (*run)(int block)) {
  double best = 1e12;
  for (int i = 0; i < ROUNDS; i++) {
    const double start = now_ns();
    for (int b = 0; b < BLOCKS; b++) run(b);
    const double ns = (now_ns() - start) / BLOCKS / bench.ways;
    if (ns < best) best = ns;
  }
  return best;
}

static void print_kernel(const char *kernel) {
  struct oio_fec *fec;
  if (oio_fec_create(&fec, oio_fec_code_named("kp4"), kernel, NULL) != OIO_OK) return;
  bench.fec = fec;
  printf("%-10s", kernel);
  for (uint32_t ways = WAYS; ways != 0; ways /= WAYS) {
    fill(ways, 0);
    printf(" %8.0f %8.0f", best_ns(encode), best_ns(check));
  }
  static const uint32_t errors[] = {1, 7, 15, 20};
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    fill(1, errors[i]);
    printf(" %8.0f", best_ns(decode));
  }
  static const uint32_t alone[] = {15, 16, 40};
  for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
    fill(1, alone[i]);
    printf(" %8.0f", best_ns(decode_errors));
  }
  printf("\n");
  oio_fec_destroy(fec);
}

#ifdef OIO_HAVE_LIBFEC
static void print_libfec(void) {
  struct oio_fec *fec;
  bench.libfec = init_rs_int(10, 0x409, 0, 1, N - K, 1023 - N);
  if (bench.libfec == NULL || oio_fec_create(&fec, oio_fec_code_named("kp4"), NULL, NULL) != OIO_OK) return;
  bench.fec = fec;
  fill(1, 0);
  printf("%-10s %8s %8s %8.0f %8.0f", "libfec", "", "", best_ns(libfec_encode), best_ns(libfec_decode));
  static const uint32_t errors[] = {1, 7, 15, 20};
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    fill(1, errors[i]);
    printf(" %8.0f", best_ns(libfec_decode));
  }
  printf("\n");
  free_rs_int(bench.libfec);
  oio_fec_destroy(fec);
}
#endif

/* One word, wrong bits by the distance to the next. *gap is what is left of it. */
static bool is_lost(const struct oio_fec *fec, struct oio_rng *rng, double inverse_ln, uint64_t *gap) {
  struct oio_fec_error errors[N], residual[N + OIO_FEC_MAX_PARITY];
  uint32_t count = 0, left;
  for (; *gap < 10 * N; *gap += 1 + (uint64_t)(oio_ln(oio_rng_unit(rng)) * inverse_ln)) {
    const struct oio_fec_error error = {(uint16_t)(*gap / 10), (uint16_t)(1u << *gap % 10)};
    if (count != 0 && errors[count - 1].symbol == error.symbol)
      errors[count - 1].value |= error.value;
    else
      errors[count++] = error;
  }
  *gap -= 10 * N;
  oio_fec_decode_errors(fec, N, errors, count, residual, &left);
  return left != 0;
}

static void count_lost(double rate, uint64_t words) {
  struct oio_fec *fec;
  struct oio_rng rng;
  const struct oio_fec_code *kp4 = oio_fec_code_named("kp4");
  if (oio_fec_create(&fec, kp4, NULL, NULL) != OIO_OK) return;
  oio_rng_seed(&rng, 1, 0);
  const double start = now_ns(), inverse_ln = 1 / oio_ln1m(rate);
  uint64_t lost = 0, gap = (uint64_t)(oio_ln(oio_rng_unit(&rng)) * inverse_ln);
  for (uint64_t word = 0; word < words; word++) lost += is_lost(fec, &rng, inverse_ln, &gap);
  printf("at %g: %llu of %llu words lost, %.1f expected; %.0f s\n", rate, (unsigned long long)lost, (unsigned long long)words,
         oio_fec_word_loss(kp4, rate) * (double)words, (now_ns() - start) / 1e9);
  oio_fec_destroy(fec);
}

int main(int argc, char **argv) {
  printf("ns per RS(544,514)    4 ways             1 way            decode, wrong symbols               errors alone\n");
  printf("            encode    check   encode    check        1        7       15       20       15       16       40\n");
  for (size_t i = 0; oio_fec_kernel(i) != NULL; i++) print_kernel(oio_fec_kernel(i));
#ifdef OIO_HAVE_LIBFEC
  print_libfec();
#endif
  printf("asked: encode 4 ways 900, check 2800, decode of 15 13000\n");
  if (argc > 1 && strcmp(argv[1], "long") == 0) count_lost(5e-4, 1000000000);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: FUZZER SECONDS SEED [FILE...]
 * Mutates good inputs for SECONDS; the same SEED makes the same inputs in the same order. With SECONDS 0 it only runs each FILE once: that
 * replays an input that was saved because it crashed, hung or took memory without bound. Otherwise FILEs are good inputs to start from.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { CORPUS_MAX = 256, HANG_S = 20, LOOK_AROUND = 64, MEMORY_MAX_KIB = 1024 * 1024, ROUNDS_MAX = 6 };

struct input {
  size_t size;
  uint8_t *data;
};

static struct input corpus[CORPUS_MAX];
static size_t corpus_count;
static uint8_t current[FUZZ_INPUT_MAX];
static size_t current_size;
static const char *program;
static char saved[256];          /* where a failing input goes */
static const char *file_running; /* when a file is replayed, it is saved already */
static uint64_t state;

/* splitmix64 */
static uint64_t next(void) {
  uint64_t mixed = state += 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
  return mixed ^ mixed >> 31;
}

static size_t below(size_t bound) {
  return bound > 0 ? (size_t)(next() % bound) : 0;
}

static void say(const char *text) {
  const ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

/* Only what a signal handler may call. */
static void save_current(void) {
  if (file_running == NULL) {
    const int file = open(saved, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || write(file, current, current_size) != (ssize_t)current_size) say("the input could not be saved\n");
    if (file >= 0) close(file);
  }
  say("FAILED; replay with: ");
  say(program);
  say(" 0 0 ");
  say(file_running != NULL ? file_running : saved);
  say("\n");
}

static void on_signal(int number) {
  say(number == SIGALRM ? "\nthe input hangs\n" : "\nthe input crashes\n");
  save_current();
  if (number == SIGALRM) _exit(1);
  signal(number, SIG_DFL);
  raise(number);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif
#ifdef SANITIZED
void __sanitizer_set_death_callback(void (*callback)(void));
#endif

static void watch(void) {
  static const int fatal[] = {SIGABRT, SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
#ifdef SANITIZED
  /* The sanitizer reports crashes itself, then calls back. */
  __sanitizer_set_death_callback(save_current);
  for (size_t i = 0; i < 2; i++) signal(fatal[i], on_signal);
#else
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) signal(fatal[i], on_signal);
#endif
}

static void check_memory(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  if (usage.ru_maxrss <= MEMORY_MAX_KIB) return;
  fprintf(stderr, "the input takes %ld MiB\n", usage.ru_maxrss / 1024);
  save_current();
  exit(1);
}

static void run_current(void) {
  alarm(HANG_S);
  LLVMFuzzerTestOneInput(current, current_size);
  alarm(0);
}

static void remember(const uint8_t *data, size_t size) {
  if (corpus_count == CORPUS_MAX) return;
  uint8_t *copy = malloc(size + 1);
  if (copy == NULL) return;
  memcpy(copy, data, size);
  corpus[corpus_count++] = (struct input){.size = size, .data = copy};
}

static bool load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "%s: cannot be opened\n", path);
    return false;
  }
  current_size = fread(current, 1, sizeof current, file);
  fclose(file);
  return true;
}

/* Makes room for `count` bytes at `at`, as far as the input may grow; returns how many. */
static size_t open_gap(size_t at, size_t count) {
  if (count > sizeof current - current_size) count = sizeof current - current_size;
  memmove(current + at + count, current + at, current_size - at);
  current_size += count;
  return count;
}

static void remove_some(void) {
  const size_t at = below(current_size), count = 1 + below(below(current_size - at) + 1);
  const size_t removed = count < current_size - at ? count : current_size - at;
  memmove(current + at, current + at + removed, current_size - at - removed);
  current_size -= removed;
}

static void repeat_some(void) {
  uint8_t piece[4096];
  const size_t from = below(current_size), at = below(current_size + 1);
  size_t count = 1 + below(current_size - from < sizeof piece ? current_size - from : sizeof piece);
  memcpy(piece, current + from, count);
  for (size_t times = 1 + below(4); times > 0; times--) {
    count = open_gap(at, count);
    memcpy(current + at, piece, count);
  }
}

static void put_number(void) {
  static const char *const numbers[] = {"0",
                                        "1",
                                        "-1",
                                        "7",
                                        "8",
                                        "255",
                                        "256",
                                        "65535",
                                        "65536",
                                        "4294967295",
                                        "4294967296",
                                        "1073741824",
                                        "1073741825",
                                        "4611686018427387904",
                                        "9223372036854775808",
                                        "18446744073709551616",
                                        "99999999999999999999",
                                        "\n",
                                        " ",
                                        ",",
                                        "end ",
                                        "#"};
  const char *number = numbers[below(sizeof numbers / sizeof numbers[0])];
  const size_t at = below(current_size + 1), count = open_gap(at, strlen(number));
  memcpy(current + at, number, count);
}

static void join_another(void) {
  const struct input *other = &corpus[below(corpus_count)];
  const size_t from = below(other->size + 1), at = below(current_size + 1);
  size_t count = other->size - from;
  if (count > sizeof current - at) count = sizeof current - at;
  memcpy(current + at, other->data + from, count);
  current_size = at + count;
}

static void mutate(void) {
  const struct input *base = &corpus[below(corpus_count)];
  current_size = base->size;
  memcpy(current, base->data, base->size);
  for (size_t round = 1 + below(ROUNDS_MAX); round > 0; round--) {
    const size_t kind = below(8);
    if (kind == 0) join_another();
    if (kind == 1) put_number();
    if (current_size == 0) continue;
    if (kind == 2) remove_some();
    if (kind == 3) repeat_some();
    if (kind == 4) current_size = below(current_size + 1);
    if (kind < 5 || current_size == 0) continue;
    uint8_t *byte = &current[below(current_size)];
    *byte = (uint8_t)(kind == 5 ? next() : *byte ^ 1u << below(8));
  }
}

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int replay(int count, char **files) {
  for (int i = 0; i < count; i++) {
    if (!load(files[i])) return 2;
    file_running = files[i];
    run_current();
    check_memory();
  }
  printf("%d inputs run, none failed\n", count);
  return 0;
}

int main(int argc, char **argv) {
  char *end;
  uint64_t runs = 0;
  if (argc < 3) return fprintf(stderr, "usage: %s SECONDS SEED [FILE...]\n", argv[0]), 2;
  program = argv[0];
  const char *slash = strrchr(program, '/');
  snprintf(saved, sizeof saved, "%s-failure.bin", slash != NULL ? slash + 1 : program);
  const double seconds = strtod(argv[1], &end);
  const uint64_t seed = state = strtoull(argv[2], NULL, 0);
  watch();
  if (seconds <= 0) return replay(argc - 3, argv + 3);
  for (unsigned i = 0; (current_size = fuzz_seed(i, current)) > 0; i++) remember(current, current_size);
  for (int i = 3; i < argc; i++)
    if (load(argv[i])) remember(current, current_size);
  if (corpus_count == 0) remember((const uint8_t *)"", 0);
  printf("seed %" PRIu64 ", %zu good inputs, %g s\n", seed, corpus_count, seconds);
  fflush(stdout);
  for (const double until = now_s() + seconds; now_s() < until; runs++) {
    if (runs < corpus_count) {
      current_size = corpus[runs].size;
      memcpy(current, corpus[runs].data, current_size);
    } else {
      mutate();
    }
    run_current();
    if (runs % LOOK_AROUND == 0) check_memory();
  }
  printf("%" PRIu64 " inputs, none failed\n", runs);
  return 0;
}

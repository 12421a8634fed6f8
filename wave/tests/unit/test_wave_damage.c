/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Damaged files of each format, compared with the file before: never a crash, a hang, memory without bound, and never "the same" unless an
 * independent reading of the damaged file shows the same values. So many of each: OIO_WAVE_DAMAGED (200). Compression bombs are streamed.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_damage"
#include "chance.h"
#include "wave_damage_oracle.h"
#include "wave_folder.h"
#include "wave_run.h"

#include "compare.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum format { VCD, EVCD, FST, FST_WRAPPED, VCD_GZIP, FORMATS };
static const char *const format_names[FORMATS] = {"VCD", "EVCD", "FST", "FST in gzip", "VCD in gzip"};

static struct bytes load(const char *path) {
  struct bytes bytes = {0};
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  fseek(file, 0, SEEK_END);
  bytes.size = (size_t)ftell(file);
  rewind(file);
  bytes.at = malloc(bytes.size * 2 + 70000);
  assert_int_equal(fread(bytes.at, 1, bytes.size, file), bytes.size);
  fclose(file);
  return bytes;
}

static void store(const char *path, struct bytes bytes) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes.at, 1, bytes.size, file), bytes.size);
  assert_int_equal(fclose(file), 0);
}

static void to_gzip(const char *from, const char *to) {
  struct bytes bytes = load(from);
  gzFile file = gzopen(to, "wb");
  assert_int_equal(gzwrite(file, bytes.at, (unsigned)bytes.size), (int)bytes.size);
  gzclose(file);
  free(bytes.at);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static long peak_mib(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/* The exit status of a comparison. */
static int status_of(const char *golden, const char *fresh) {
  struct wave_report *report;
  struct wave_error error = {.text = ""};
  const struct wave_options options = {.threads = 2, .detailed = 3};
  if (wave_compare(&report, golden, fresh, &options, &error) != WAVE_OK) {
    if (strchr(error.text, '\n') != NULL || error.text[0] == '\0') FAIL_WITH_REPLAY("not one line: '%s'", error.text);
    return 2;
  }
  int status = (int)report->verdict;
  if (report->summary == NULL || report->summary[0] == '\0') FAIL_WITH_REPLAY("no summary");
  wave_report_free(report);
  return status;
}

/* --- Files to damage. --- */

static void make_run(struct run *run, uint64_t *stream) {
  memset(run, 0, sizeof *run);
  run->n = RUN_SIGNALS;
  run->end = 60 + (int)chance_below(stream, 60);
  for (unsigned s = 0; s < run->n; s++) {
    static const struct run_signal kinds[] = {
        {.kind = WAVE_BITS, .width = 1},  {.kind = WAVE_BITS, .width = 9}, {.kind = WAVE_BITS, .width = 64},
        {.kind = WAVE_REAL, .width = 64}, {.kind = WAVE_STRING},           {.kind = WAVE_EVENT, .width = 1}};
    run->signals[s] = kinds[s % 6];
    for (int t = 0; t <= run->end; t++) {
      if (t > 0 && run->signals[s].kind != WAVE_EVENT) memcpy(run->held[s][t], run->held[s][t - 1], RUN_VALUE);
      if (t == 0 || chance_below(stream, 5) == 0) run_draw(stream, &run->signals[s], 20, run->held[s][t]);
    }
  }
}

static void write_evcd(const char *path, uint64_t *stream) {
  FILE *file = fopen(path, "w");
  fprintf(file, "$date today $end $timescale 1 ns $end\n$scope module dut $end\n");
  for (int i = 0; i < 6; i++) fprintf(file, i % 2 == 0 ? "$var port 1 <%d p%d $end\n" : "$var port [3:0] <%d p%d $end\n", i, i);
  fprintf(file, "$upscope $end\n$enddefinitions $end\n");
  for (int t = 0; t < 60; t++) {
    fprintf(file, "#%d\n", t * 5);
    for (int i = 0; i < 6; i++) {
      if (t > 0 && chance_below(stream, 3) != 0) continue;
      char value[5] = "", zero[5] = "", one[5] = "";
      for (int k = 0; k < (i % 2 == 0 ? 1 : 4); k++) {
        value[k] = "DUNZdu01xLHTX"[chance_below(stream, 13)];
        zero[k] = (char)('0' + chance_below(stream, 8));
        one[k] = (char)('0' + chance_below(stream, 8));
      }
      fprintf(file, "p%s %s %s <%d\n", value, zero, one, i);
    }
  }
  fclose(file);
}

static bool make_golden(enum format format, const char *path, uint64_t *stream) {
  static struct run run;
  const struct run_noise noise = {.stream = chance(stream),
                                  .restate = format != FST && chance_below(stream, 2) == 0,
                                  .alias = true,
                                  .shuffle = true,
                                  .flush = 1u << chance_below(stream, 6),
                                  .pack = (unsigned)chance_below(stream, 3),
                                  .path = "top.unit"};
  char other[FOLDER_PATH];
  make_run(&run, stream);
  if (format == VCD) run_write_vcd(&run, &noise, path);
  if (format == EVCD) write_evcd(path, stream);
  if (format == VCD_GZIP) {
    run_write_vcd(&run, &noise, folder_path("plain", other));
    to_gzip(other, path);
  }
#ifdef OIO_FSTAPI
  if (format == FST || format == FST_WRAPPED) run_write_fst(&run, &noise, format == FST ? path : folder_path("plain", other));
  if (format == FST_WRAPPED) {
    struct bytes bytes = load(folder_path("plain", other)), packed = {.at = malloc(bytes.size * 2 + 1000)};
    z_stream zlib = {0};
    deflateInit2(&zlib, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    zlib.next_in = bytes.at;
    zlib.avail_in = (uInt)bytes.size;
    zlib.next_out = packed.at + 17;
    zlib.avail_out = (uInt)(bytes.size * 2 + 900);
    deflate(&zlib, Z_FINISH);
    size_t size = zlib.total_out;
    deflateEnd(&zlib);
    packed.at[0] = 254;
    for (int i = 0; i < 8; i++) packed.at[1 + i] = (uint8_t)((size + 16) >> (56 - 8 * i));
    for (int i = 0; i < 8; i++) packed.at[9 + i] = (uint8_t)((uint64_t)bytes.size >> (56 - 8 * i));
    packed.size = size + 17;
    store(path, packed);
    free(bytes.at);
    free(packed.at);
  }
  return true;
#else
  return format != FST && format != FST_WRAPPED;
#endif
}

/* --- Damage. --- */

static void damage(struct bytes *bytes, uint64_t *stream) {
  for (unsigned times = 1 + (unsigned)chance_below(stream, chance_below(stream, 3) == 0 ? 5 : 1); times > 0 && bytes->size > 4; times--) {
    size_t at = chance_below(stream, bytes->size), left = bytes->size - at, size = 1 + chance_below(stream, left < 64 ? left : 64);
    uint8_t *here = bytes->at + at;
    switch (chance_below(stream, 9)) {
    case 0:
    case 1:
      *here ^= (uint8_t)(1u << chance_below(stream, 8));
      break;
    case 2:
      *here = (uint8_t)chance(stream);
      break;
    case 3:
      bytes->size = at;
      break;
    case 4:
      memmove(here, here + size, left - size);
      bytes->size -= size;
      break;
    case 5: /* said twice */
      memmove(here + size, here, left);
      bytes->size += size;
      break;
    case 6:
      memset(here, chance_below(stream, 2) == 0 ? 0 : 0xff, size < 9 ? size : 8);
      break;
    case 7:
      for (size_t i = 0; i < size; i++) here[i] = (uint8_t)chance(stream);
      break;
    default: /* another place of the file */
      memmove(here, bytes->at + chance_below(stream, bytes->size - size + 1), size);
      break;
    }
  }
}

static void test_damaged(void **state) {
  char golden[FOLDER_PATH], fresh[FOLDER_PATH];
  const char *wanted = getenv("OIO_WAVE_DAMAGED");
  uint64_t n = wanted == NULL ? 200 : strtoull(wanted, NULL, 0);
  (void)state;
  folder_path("golden", golden);
  folder_path("new", fresh);
  for (int format = 0; format < FORMATS; format++) {
    uint64_t seen[4] = {0}, unproven = 0;
    double slowest = 0;
    struct bytes good = {0};
    for (uint64_t i = 0; i < n; i++) {
      uint64_t stream = chance_stream((uint64_t)format * 1000003 + i);
      if (i % 50 == 0) {
        uint64_t other = chance_stream(90000000 + (uint64_t)format * 1000003 + i);
        free(good.at);
        good.at = NULL;
        if (!make_golden((enum format)format, golden, &other)) break;
        good = load(golden);
        if (status_of(golden, golden) != 0) FAIL_WITH_REPLAY("%s: a file differs from itself", format_names[format]);
      }
      struct bytes bad = {malloc(good.size * 2 + 70000), good.size};
      memcpy(bad.at, good.at, good.size);
      damage(&bad, &stream);
      store(fresh, bad);
      double began = now();
      int status = i % 2 == 0 ? status_of(golden, fresh) : status_of(fresh, golden);
      double took = now() - began;
      if (took > slowest) slowest = took;
      assert_in_range(status, 0, 3);
      seen[status]++;
      bool same = status != 0 || (bad.size == good.size && memcmp(bad.at, good.at, good.size) == 0);
      if (!same && (format == VCD || format == EVCD)) same = same_plainly(good, bad);
#ifdef OIO_FSTAPI
      if (!same && format == FST) same = fst_differs_in_advice_only(good.at, good.size, bad.at, bad.size);
      if (!same && (format == FST || format == FST_WRAPPED)) same = same_by_fstapi(golden, fresh);
#endif
      if (!same) {
        unproven++;
        char kept[FOLDER_PATH], name[60];
        snprintf(name, sizeof name, "unproven-%d-%llu", format, (unsigned long long)i);
        if (getenv("OIO_WAVE_KEEP") != NULL) {
          store(folder_path(name, kept), bad);
          strcat(kept, ".golden");
          store(kept, good);
        }
      }
      free(bad.at);
      if (took > 5) FAIL_WITH_REPLAY("%s, file %llu: %.1f s", format_names[format], (unsigned long long)i, took);
    }
    free(good.at);
    print_message("%s: %llu same (%llu without proof), %llu different, %llu unusable, %llu nothing; slowest %.2f s, peak %ld MiB\n",
                  format_names[format], (unsigned long long)seen[0], (unsigned long long)unproven, (unsigned long long)seen[1],
                  (unsigned long long)seen[2], (unsigned long long)seen[3], slowest, peak_mib());
    if (format == VCD || format == EVCD || format == FST) assert_true(unproven * 100 <= n + 100);
  }
#ifndef __SANITIZE_ADDRESS__
  assert_true(peak_mib() < 300);
#endif
}

#ifdef OIO_FSTAPI
/* Tens of millions of changes in a small file. */
static void write_bomb(const char *path, uint64_t changes, bool fault) {
  void *fst = fstWriterCreate(path, 1);
  fstWriterSetPackType(fst, FST_WR_PT_ZLIB);
  fstWriterSetScope(fst, FST_ST_VCD_MODULE, "top", NULL);
  fstHandle clock = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 1, "clk", 0);
  fstHandle half = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 1, "half", 0);
  for (uint64_t i = 0; i < changes; i++) {
    fstWriterEmitTimeChange(fst, i * 5);
    fstWriterEmitValueChange(fst, clock, i % 2 == 0 ? "1" : "0");
    if (i % 2 == 0) fstWriterEmitValueChange(fst, half, (i % 4 == 0) != (fault && i == changes - 1000) ? "1" : "0");
  }
  fstWriterClose(fst);
}

static void test_bombs(void **state) {
  char paths[2][FOLDER_PATH];
  (void)state;
#ifdef __SANITIZE_ADDRESS__
  enum { CHANGES = 2000000 };
#else
  enum { CHANGES = 20000000 };
#endif
  write_bomb(folder_path("bomb", paths[0]), CHANGES, false);
  write_bomb(folder_path("bomb2", paths[1]), CHANGES, true);
  /* What the writer took is not counted: the comparisons run in a child. */
  for (int turn = 0; turn < 2; turn++) {
    int status;
    double began = now();
    pid_t child = fork();
    if (child == 0) {
      long before = peak_mib();
      FILE *clear = fopen("/proc/self/clear_refs", "w");
      if (clear != NULL) {
        fputs("5", clear);
        fclose(clear);
      }
      int got = status_of(paths[0], paths[turn]);
      FILE *file = fopen("/proc/self/status", "r");
      char line[200];
      long peak = before;
      while (file != NULL && fgets(line, sizeof line, file) != NULL) sscanf(line, "VmHWM: %ld", &peak);
      fprintf(stderr, "bomb: status %d, peak %ld MiB\n", got, peak / 1024);
#ifndef __SANITIZE_ADDRESS__
      if (peak / 1024 > 300) got = 9;
#endif
      _exit(got);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    print_message("%d million changes in %.1f s\n", CHANGES / 1000000, now() - began);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), turn);
    assert_true(now() - began < 30);
  }
}
#endif

#ifdef OIO_FSTAPI
/* What an FST file says twice, damaged where no value is read from: each is told, as part of a damaged file. */
static void test_contradictions(void **state) {
  /* In the header (block 0), or in the nth block of changes; at: offset from the block's first byte. */
  static const struct {
    const char *what;
    unsigned block;
    uint64_t at;
    uint8_t byte;
  } places[] = {
      {"number of signals", 0, 64, 0x7f},      {"number of blocks", 0, 72, 0x7f},        {"begin of the run", 0, 15, 0x7f},
      {"end of the run", 0, 24, 0x01},         {"begin of the first block", 1, 9, 0x7f}, {"begin of a later block", 3, 16, 0x00},
      {"end of a block", 3, 24, 0x00},         {"end of the last block", 99, 18, 0x7f},  {"frame of a later block", 3, UINT64_MAX, 0},
      {"pack letter", 3, UINT64_MAX - 1, 'Q'},
  };
  char golden[FOLDER_PATH], fresh[FOLDER_PATH];
  (void)state;
  void *fst = fstWriterCreate(folder_path("golden", golden), 1);
  fstHandle wide = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 200, "wide", 0);
  fstHandle bit = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 1, "bit", 0);
  char value[201];
  memset(value, '0', 200);
  value[200] = '\0';
  for (unsigned i = 0; i < 60; i++) {
    fstWriterEmitTimeChange(fst, 10 + i * 7);
    fstWriterEmitValueChange(fst, bit, i % 2 == 0 ? "1" : "0");
    value[i] = '1';
    fstWriterEmitValueChange(fst, wide, value);
    if (i % 10 == 9) fstWriterFlushContext(fst);
  }
  fstWriterClose(fst);
  struct bytes good = load(golden);
  uint64_t starts[100], n = 1;
  for (uint64_t at = 0; at < good.size; at += fst_big_endian(good.at + at + 1) + 1) {
    if (good.at[at] == 0) starts[0] = at;
    if (good.at[at] == 1 || good.at[at] == 5 || good.at[at] == 8) starts[n++] = at;
  }
  assert_true(n > 4);
  assert_int_equal(status_of(golden, golden), 0);
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    struct bytes bad = {malloc(good.size), good.size};
    memcpy(bad.at, good.at, good.size);
    uint8_t *block = bad.at + starts[places[i].block == 99 ? n - 1 : places[i].block], *at = block + places[i].at;
    if (places[i].at >= UINT64_MAX - 1) { /* behind two sizes and the number of signals; its packed bytes, and as many again */
      const uint8_t *from = block + 33, *end = bad.at + bad.size;
      uint64_t size = 0, packed = 0, handles = 0;
      from = wave_varint(wave_varint(wave_varint(from, end, &size), end, &packed), end, &handles);
      assert_true(from != NULL && packed < size);
      at = bad.at + (from - bad.at) + (places[i].at == UINT64_MAX ? packed / 2 : packed + 1);
    }
    *at = places[i].at == UINT64_MAX ? (uint8_t) ~*at : places[i].byte;
    assert_int_not_equal(memcmp(bad.at, good.at, good.size), 0);
    store(folder_path("new", fresh), bad);
    for (int turn = 0; turn < 2; turn++) {
      int status = turn == 0 ? status_of(golden, fresh) : status_of(fresh, golden);
      if (status != 2) FAIL_WITH_REPLAY("%s: status %d", places[i].what, status);
    }
    free(bad.at);
  }
  free(good.at);
}
#endif

/* Headers that claim what is not there. */
static void test_claims(void **state) {
  static const char *const texts[] = {
      "$timescale 1ns $end\n$var wire 4294967295 ! a $end\n$enddefinitions $end\n#0\nb1 !\n#5\nb0 !\n",
      ("$timescale 1ns $end\n$var wire 4294967295 ! a $end\n$var wire 4294967295 $ b $end\n$var wire 2 % c $end\n"
       "$enddefinitions $end\n#0\nb1 !\nb0 $\n#5\nb0 !\n"),
      "$timescale 1ns $end\n$var wire 99999999999999999999 ! a $end\n$enddefinitions $end\n#0\nb1 !\n",
      "$timescale 1ns $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#18446744073709551615\n1!\n",
      "$timescale 1s $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9223372036854775807\n0!\n#18446744073709551614\n1!\n",
      "$timescale 1000000000s $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#1\n1!\n",
      "$timescale 1 nq $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#8\n0!\n",
      "$timezero -9223372036854775808 $end $var wire 1 ! a $end\n$enddefinitions $end\n#1\n1!\n",
  };
  char golden[FOLDER_PATH], fresh[FOLDER_PATH];
  (void)state;
  folder_path("golden", golden);
  folder_path("new", fresh);
  static const char small[] = "$timescale 1fs $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n#9\n0!\n";
  store(fresh, (struct bytes){(uint8_t *)(uintptr_t)small, sizeof small - 1});
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    store(golden, (struct bytes){(uint8_t *)(uintptr_t)texts[i], strlen(texts[i])});
    double began = now();
    int itself = status_of(golden, golden), other = status_of(golden, fresh);
    print_message("claim %zu: %d with itself, %d with another, %.2f s\n", i, itself, other, now() - began);
    assert_true(itself != 1);
    assert_true(other != 0);
    assert_true(now() - began < 10);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_damaged),
#ifdef OIO_FSTAPI
      cmocka_unit_test(test_bombs),
      cmocka_unit_test(test_contradictions),
#endif
      cmocka_unit_test(test_claims),
  };
  return cmocka_run_group_tests_name("test_wave_damage", tests, make_folder, remove_folder);
}

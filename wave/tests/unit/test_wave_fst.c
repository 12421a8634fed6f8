/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FST reader, value by value, against the reader that comes with Verilator: files made here with that one's writer, of all kinds of
 * packing and sizes, and every FST file of the folder OIO_WAVE_CORPUS. Without Verilator's sources it is skipped.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_fst"
#include "chance.h"

#include "source.h"

#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef OIO_FSTAPI
#include "wave_folder.h"
#include "wave_fst_oracle.h"
#include "wave_run.h"

static struct wave_source *open_file(const char *path) {
  struct wave_source *source;
  struct wave_error error;
  if (wave_open(&source, path, &error) != WAVE_OK) FAIL_WITH_REPLAY("%s", error.text);
  return source;
}

/* The other reader sometimes gives a handle a chain that it does not have, in files of very many tiny blocks: against the frame of the next
 * block, which our reading is held to. So many handles may be so. */
static unsigned odd_allowed;

static void must_agree(const char *path, const struct fst_histories *theirs, const struct fst_histories *ours) {
  for (uint32_t i = 0; i < theirs->n; i++) {
    const struct fst_history *a = &theirs->handles[i], *b = &ours->handles[i];
    if (a->count == b->count && a->hash == b->hash) continue;
    if (odd_allowed > 0 && a->count > b->count) {
      odd_allowed--;
      continue;
    }
    FAIL_WITH_REPLAY("%s: handle %u: %llu values, we read %llu; the last at %llu '%s', ours at %llu '%s'", path, (unsigned)i,
                     (unsigned long long)a->count, (unsigned long long)b->count, (unsigned long long)a->last_time, a->last,
                     (unsigned long long)b->last_time, b->last);
  }
}

/* The names that both readers give. */
static void must_declare_alike(const char *path, const struct wave_decl *decl) {
  void *reader = fstReaderOpen(path);
  uint32_t vars = 0, depth = 0;
  if (reader == NULL) return;
  for (struct fstHier *entry; (entry = fstReaderIterateHier(reader)) != NULL;) {
    if (entry->htyp == FST_HT_SCOPE) depth++;
    if (entry->htyp == FST_HT_UPSCOPE && depth > 0) depth--;
    if (entry->htyp != FST_HT_VAR) continue;
    assert_true(vars < decl->n_vars);
    const struct wave_var *var = &decl->vars[vars++];
    assert_int_equal(var->handle + 1, entry->u.var.handle);
    assert_int_equal(var->type, entry->u.var.typ);
    assert_int_equal(var->direction, entry->u.var.direction);
    const char *own = decl->names + var->name, *name = entry->u.var.name;
    if (name[0] == '\\') name++;
    if (own[0] != '\0' && strchr(own, '[') == NULL && strncmp(own, name, strlen(own)) != 0)
      FAIL_WITH_REPLAY("%s: '%s' is '%s'", path, own, name);
    uint32_t scopes = 0;
    for (uint32_t scope = var->scope; scope != WAVE_NONE; scope = decl->scopes[scope].parent) scopes++;
    assert_int_equal(scopes, depth);
  }
  assert_int_equal(vars, decl->n_vars);
  assert_int_equal(fstReaderGetTimescale(reader), decl->timescale_exponent);
  assert_int_equal(fstReaderGetTimezero(reader), decl->timezero);
  fstReaderClose(reader);
}

/* Reads a file with both readers, ours twice. Returns the number of values, or 0 where the other reader does not open it. */
static uint64_t agree_on(const char *path, unsigned *blocks) {
  struct wave_source *source = open_file(path);
  struct wave_error error;
  struct fst_histories theirs = {0}, ours = {0}, again = {0};
  uint64_t count = 0;
  if (source->partial) { /* the other reader does not take what is not whole */
    wave_close(source);
    return 0;
  }
  if (fst_histories_by_fstapi(path, &source->decl, &theirs)) {
    unsigned n = fst_histories_by_us(source, &ours);
    if (blocks != NULL) *blocks = n;
    assert_false(source->partial);
    must_agree(path, &theirs, &ours);
    must_declare_alike(path, &source->decl);
    assert_int_equal(source->ops->rewind(source, &error), WAVE_OK);
    fst_histories_by_us(source, &again);
    must_agree(path, &theirs, &again);
    for (uint32_t i = 0; i < theirs.n; i++) count += theirs.handles[i].count;
  }
  free(theirs.handles);
  free(ours.handles);
  free(again.handles);
  wave_close(source);
  return count;
}

/* Runs of all kinds of signals, in small blocks. */
static void test_small_blocks(void **state) {
  static struct run run;
  (void)state;
  odd_allowed = 8;
  for (unsigned turn = 0; turn < 120; turn++) {
    uint64_t stream = chance_stream(turn);
    memset(&run, 0, sizeof run);
    run.n = 4 + (unsigned)chance_below(&stream, RUN_SIGNALS - 3);
    run.begin = (int)chance_below(&stream, 30);
    run.end = run.begin + 20 + (int)chance_below(&stream, RUN_TICKS - 60);
    for (unsigned s = 0; s < run.n; s++) {
      static const struct run_signal kinds[] = {{.kind = WAVE_BITS, .width = 1},  {.kind = WAVE_BITS, .width = 1},
                                                {.kind = WAVE_BITS, .width = 8},  {.kind = WAVE_BITS, .width = 70},
                                                {.kind = WAVE_REAL, .width = 64}, {.kind = WAVE_STRING},
                                                {.kind = WAVE_EVENT, .width = 1}};
      run.signals[s] = kinds[chance_below(&stream, 7)];
      unsigned rate = 1u << chance_below(&stream, 6);
      for (int t = run.begin; t <= run.end; t++) {
        if (t > run.begin && run.signals[s].kind != WAVE_EVENT) memcpy(run.held[s][t], run.held[s][t - 1], RUN_VALUE);
        if (chance_below(&stream, rate) == 0) run_draw(&stream, &run.signals[s], 30, run.held[s][t]);
        if (s > 0 && turn % 3 == 0 && run.signals[s].kind == run.signals[s - 1].kind && run.signals[s].width == run.signals[s - 1].width)
          memcpy(run.held[s][t], run.held[s - 1][t], RUN_VALUE); /* equal chains */
      }
    }
    const struct run_noise noise = {.stream = chance(&stream),
                                    .exponent = (int)(turn % 4),
                                    .restate = turn % 2 == 0,
                                    .alias = turn % 5 == 0,
                                    .shuffle = true,
                                    .flush = turn % 7 == 0 ? 0 : 2u << turn % 7,
                                    .pack = turn % 3,
                                    .path = "top.a"};
    run_write_fst(&run, &noise, in_folder("small.fst"));
    assert_true(agree_on(in_folder("small.fst"), NULL) > 0);
  }
  odd_allowed = 0;
}

enum { LARGE_TIMES = (1 << 20) + 200000 };

/* One block with more times than a piece has, and chains that are unpacked through the window. */
static void write_large(const char *path, enum fstWriterPackType pack, uint64_t times, bool wrap, bool blackouts) {
  void *fst = fstWriterCreate(path, 1);
  char bits[101] = {0};
  fstWriterSetTimescale(fst, -12);
  fstWriterSetTimezero(fst, -50);
  fstWriterSetPackType(fst, pack);
  fstWriterSetRepackOnClose(fst, wrap);
  fstWriterSetScope(fst, FST_ST_VCD_MODULE, "top", NULL);
  fstHandle clock = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 1, "clk", 0);
  fstHandle twin = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 1, "twin", 0);
  fstHandle count = fstWriterCreateVar(fst, FST_VT_VCD_REG, FST_VD_OUTPUT, 64, "count [63:0]", 0);
  fstHandle wide = fstWriterCreateVar(fst, FST_VT_SV_LOGIC, FST_VD_IMPLICIT, 100, "wide [0:99]", 0);
  fstHandle real = fstWriterCreateVar(fst, FST_VT_VCD_REAL, FST_VD_IMPLICIT, 8, "real", 0);
  fstHandle text = fstWriterCreateVar(fst, FST_VT_GEN_STRING, FST_VD_IMPLICIT, 0, "text", 0);
  uint64_t stream = chance_stream(77);
  for (uint64_t i = 0; i < times; i++) {
    fstWriterEmitTimeChange(fst, 1000 + i * 3 + (i > times / 2 ? 1000000000 : 0));
    fstWriterEmitValueChange(fst, clock, i % 2 == 0 ? "1" : "0");
    fstWriterEmitValueChange(fst, twin, i % 2 == 0 ? "1" : "0");
    fstWriterEmitValueChange64(fst, count, 64, i / 5 * 0x100000001u);
    if (i % 7 == 0) {
      for (unsigned k = 0; k < 100; k++) bits[k] = "0000011111xz"[chance(&stream) % (i % 35 == 0 ? 12 : 10)];
      fstWriterEmitValueChange(fst, wide, bits);
    }
    if (i % 11 == 0) {
      double number = (double)(i % 1000) / 8;
      fstWriterEmitValueChange(fst, real, &number);
    }
    if (i % 13 == 0) fstWriterEmitVariableLengthValueChange(fst, text, "some text of a message", (uint32_t)(i % 22));
    if (blackouts && i % 1000 == 500) fstWriterEmitDumpActive(fst, i % 2000 == 500 ? 0 : 1);
  }
  fstWriterClose(fst);
}

static void test_large_blocks(void **state) {
  static const enum fstWriterPackType packs[] = {FST_WR_PT_ZLIB, FST_WR_PT_FASTLZ, FST_WR_PT_LZ4};
  (void)state;
  for (unsigned i = 0; i < 3; i++) {
    unsigned blocks = 0;
    write_large(in_folder("large.fst"), packs[i], LARGE_TIMES, false, i == 1);
    assert_true(agree_on(in_folder("large.fst"), &blocks) > (uint64_t)3 * LARGE_TIMES);
    assert_int_equal(blocks, 1);
  }
}

static void test_gzip(void **state) {
  (void)state;
  write_large(in_folder("wrapped.fst"), FST_WR_PT_LZ4, 30000, true, true);
  struct wave_source *source = open_file(in_folder("wrapped.fst"));
  assert_string_equal(source->format, "FST, gzip");
  wave_close(source);
  assert_true(agree_on(in_folder("wrapped.fst"), NULL) > 90000);
}

/* A simulator that was killed: what was flushed before is read, and the same as in the whole file. */
static void write_unfinished(const char *path, bool whole) {
  pid_t child = fork();
  int status;
  if (child == 0) {
    void *fst = fstWriterCreate(path, 1);
    fstWriterSetPackType(fst, FST_WR_PT_LZ4);
    fstWriterSetScope(fst, FST_ST_VCD_MODULE, "top", NULL);
    fstHandle a = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 1, "a", 0);
    fstHandle b = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 16, "b [15:0]", 0);
    fstHandle r = fstWriterCreateVar(fst, FST_VT_VCD_REAL, FST_VD_IMPLICIT, 8, "r", 0);
    fstHandle e = fstWriterCreateVar(fst, FST_VT_VCD_EVENT, FST_VD_IMPLICIT, 1, "e", 0);
    fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, 1, "a_too", a);
    for (unsigned i = 0; i < 5000; i++) {
      double number = i;
      fstWriterEmitTimeChange(fst, i);
      fstWriterEmitValueChange(fst, a, i % 2 == 0 ? "1" : "0");
      fstWriterEmitValueChange64(fst, b, 16, i * 3 & 0xffff);
      fstWriterEmitValueChange(fst, r, &number);
      if (i % 9 == 0) fstWriterEmitValueChange(fst, e, "1");
      if (i % 1000 == 999) fstWriterFlushContext(fst);
    }
    if (whole) fstWriterClose(fst);
    _exit(0);
  }
  assert_true(child > 0);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

static void test_unfinished(void **state) {
  struct wave_error error;
  struct fst_histories theirs = {0}, cut = {0}, some = {0};
  uint64_t counts[4];
  (void)state;
  write_unfinished(in_folder("whole.fst"), true);
  write_unfinished(in_folder("cut.fst"), false);
  struct wave_source *source = open_file(in_folder("cut.fst"));
  assert_true(source->partial);
  assert_int_equal(source->decl.n_vars, 5);
  assert_int_equal(source->decl.n_handles, 4);
  unsigned blocks = fst_histories_by_us(source, &cut);
  assert_int_equal(blocks, 4);
  for (int i = 0; i < 4; i++) counts[i] = cut.handles[i].count;
  assert_true(counts[0] > 3990);
  some.at_most = counts;
  assert_true(fst_histories_by_fstapi(in_folder("whole.fst"), &source->decl, &some));
  must_agree("cut.fst", &some, &cut);
  free(theirs.handles);
  free(cut.handles);
  free(some.handles);
  wave_close(source);
  unlink(in_folder("cut.fst.hier"));
  assert_int_equal(wave_open(&source, in_folder("cut.fst"), &error), WAVE_ERROR);
}

static void test_corpus(void **state) {
  const char *corpus = getenv("OIO_WAVE_CORPUS");
  char *const folders[] = {(char *)(uintptr_t)corpus, NULL};
  unsigned files = 0, compared = 0;
  uint64_t values = 0;
  (void)state;
  if (corpus == NULL) {
    print_message("skipped: OIO_WAVE_CORPUS is not set: no files of simulators are read\n");
    skip();
  }
  FTS *tree = fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
  assert_non_null(tree);
  for (FTSENT *file; (file = fts_read(tree)) != NULL;) {
    struct wave_source *source;
    struct wave_error error;
    size_t length = strlen(file->fts_path);
    if (file->fts_info != FTS_F || length < 4 || strcmp(file->fts_path + length - 4, ".fst") != 0) continue;
    files++;
    if (wave_open(&source, file->fts_path, &error) != WAVE_OK) {
      print_message("not read: %s\n", error.text);
      continue;
    }
    wave_close(source);
    uint64_t count = agree_on(file->fts_path, NULL);
    if (count == 0) print_message("%s: the other reader does not take it\n", file->fts_path);
    compared += count > 0;
    values += count;
  }
  fts_close(tree);
  print_message("%u of %u FST files agree in %llu values\n", compared, files, (unsigned long long)values);
  assert_true(compared > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_small_blocks), cmocka_unit_test(test_large_blocks), cmocka_unit_test(test_gzip),
      cmocka_unit_test(test_unfinished),   cmocka_unit_test(test_corpus),
  };
  return cmocka_run_group_tests_name("test_wave_fst", tests, make_folder, remove_folder);
}
#else
static void test_nothing(void **state) {
  (void)state;
  print_message("skipped: without Verilator's sources there is no other reader\n");
  skip();
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing)};
  return cmocka_run_group_tests_name("test_wave_fst", tests, NULL, NULL);
}
#endif

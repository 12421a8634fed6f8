/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VCD reader against an interpreter that is slow and plain: random texts with all the quirks of simulators, and every VCD file of the
 * folder OIO_WAVE_CORPUS.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_vcd"
#include "chance.h"
#include "walk.h"
#include "wave_vcd_check.h"
#include "wave_vcd_maker.h"

#include <fts.h>

/* OIO_KEEP=ROUND: leaves that text in kept.vcd. */
static void keep(unsigned round, const struct text *text) {
  const char *wanted = getenv("OIO_KEEP");
  if (wanted == NULL || strtoul(wanted, NULL, 0) != round) return;
  FILE *file = fopen("kept.vcd", "wb");
  assert_non_null(file);
  fwrite(text->bytes, 1, text->size, file);
  fclose(file);
}

static void random_texts_are_cooked_as_the_plain_interpreter_reads_them(void **state) {
  (void)state;
  for (unsigned round = 0; round < 400; round++) {
    struct maker maker;
    char what[64];
    make_text(&maker, chance_stream(1000 + round));
    if (pick(&maker, 2)) damage_text(&maker, body_of(&maker.text));
    snprintf(what, sizeof what, "random text %u", round);
    keep(round, &maker.text);
    check_text(what, &maker.text, &maker.chances);
    free(maker.text.bytes);
  }
}

static void a_long_text_goes_through_the_window_of_gzip(void **state) {
  (void)state;
  struct maker maker = {.chances = chance_stream(3), .line = "\n"};
  make_header(&maker);
  while (maker.text.size < 9500000) make_body(&maker, 1000);
  add(&maker.text, "1nobody\n");
  check_text("a long text", &maker.text, &maker.chances);
  free(maker.text.bytes);
}

enum { MANY = 60000, TICKS = 16 };

static void many_id(unsigned handle, char id[4]) {
  id[0] = (char)('!' + handle % 94);
  id[1] = (char)('!' + handle / 94 % 94);
  id[2] = (char)('!' + handle / 94 / 94);
  id[3] = '\0';
}

/* Scalars and vectors of 7 bits in turn; all of them change at every tick, in an order that jumps. */
static void make_many(struct text *text) {
  char id[4];
  add(text, "$timescale 1ps $end\n");
  for (unsigned i = 0; i < MANY; i++) {
    many_id(i, id);
    add(text, "$var wire %u %s v%u $end\n", i % 2 ? 7 : 1, id, i);
  }
  add(text, "$enddefinitions $end\n");
  for (unsigned tick = 0; tick < TICKS; tick++) {
    add(text, "#%u\n", tick);
    for (unsigned k = 0; k < MANY; k++) {
      unsigned i = (unsigned)(k * 7919ull % MANY);
      many_id(i, id);
      if (i % 2)
        add(text, "b%u1%u0%u %s\n", tick & 1, tick >> 1 & 1, i >> 1 & 1, id);
      else
        add(text, "%u%s\n", (i >> 1 ^ tick) & 1, id);
    }
  }
}

static unsigned value_of_many(unsigned handle, unsigned tick) {
  if (handle % 2 == 0) return (handle >> 1 ^ tick) & 1;
  return ((tick & 1) << 4 | 1 << 3 | (tick >> 1 & 1) << 2 | (handle >> 1 & 1)) << 1; /* seven bits at the top of a byte */
}

static void a_block_of_very_many_variables_holds_more_text_and_every_change(void **state) {
  (void)state;
  struct text text = {0};
  struct wave_error error;
  make_many(&text);
  assert_true(text.size > 2 * VCD_WINDOW && text.size < (size_t)MANY * VCD_WINDOW_HANDLE);
  struct wave_source *source = open_bytes(text.bytes, text.size);
  assert_int_equal(source->ops->next(source, UINT64_MAX, &error), WAVE_OK);
  assert_int_equal(source->block.n_times, TICKS);
  for (unsigned i = 0; i < MANY; i++) {
    struct wave_walk walk;
    assert_true(wave_walk_open(&walk, source, i, NULL, 0, 0));
    for (unsigned tick = 0; tick < TICKS; tick++) {
      assert_int_equal(wave_walk_next(&walk), 1);
      assert_int_equal(walk.place, tick);
      assert_int_equal(i % 2 ? *walk.value.bytes : *walk.value.bytes - '0', value_of_many(i, tick));
    }
    assert_int_equal(wave_walk_next(&walk), 0);
  }
  assert_int_equal(source->ops->next(source, UINT64_MAX, &error), WAVE_END);
  assert_false(source->partial);
  wave_close(source);
  free(text.bytes);
}

static bool load(const char *path, struct text *text) {
  char piece[65536];
  size_t got;
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  text->size = 0;
  while ((got = fread(piece, 1, sizeof piece, file)) > 0) add_bytes(text, piece, got);
  fclose(file);
  return true;
}

static void check_file(const char *path) {
  struct text text = {0};
  struct run run;
  uint64_t chances = chance_stream(77);
  assert_true(load(path, &text));
  interpret(&run, text.bytes, text.bytes + text.size);
  if (run.usable) {
    check_text(path, &text, &chances);
  } else {
    struct wave_source *source;
    struct wave_error error;
    assert_int_equal(wave_open(&source, path, &error), WAVE_ERROR);
    print_message("%s\n", error.text);
  }
  run_free(&run);
  free(text.bytes);
}

static void files_of_simulators_are_cooked_as_the_plain_interpreter_reads_them(void **state) {
  (void)state;
  char *folder = getenv("OIO_WAVE_CORPUS");
  if (folder == NULL) {
    print_message("skipped: OIO_WAVE_CORPUS is not set: no files of simulators\n");
    skip();
  }
  char *roots[] = {folder, NULL};
  FTS *walk = fts_open(roots, FTS_PHYSICAL, NULL);
  unsigned count = 0;
  assert_non_null(walk);
  for (FTSENT *entry; (entry = fts_read(walk)) != NULL;) {
    size_t size = strlen(entry->fts_name);
    if (entry->fts_info != FTS_F || size < 4 || strcmp(entry->fts_name + size - 4, ".vcd") != 0) continue;
    check_file(entry->fts_path);
    count++;
  }
  fts_close(walk);
  print_message("%u files\n", count);
  assert_true(count > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_texts_are_cooked_as_the_plain_interpreter_reads_them),
      cmocka_unit_test(a_long_text_goes_through_the_window_of_gzip),
      cmocka_unit_test(a_block_of_very_many_variables_holds_more_text_and_every_change),
      cmocka_unit_test(files_of_simulators_are_cooked_as_the_plain_interpreter_reads_them),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of a run's files: FNV-1a by its published vector, and each file read once, until it is another. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "inputs.h"

static char path[] = "/tmp/test_inputs-XXXXXX";

static int make(void **state) {
  const int file = mkstemp(path);
  (void)state;
  if (file >= 0) close(file);
  return file < 0;
}

static int take_away(void **state) {
  (void)state;
  return unlink(path);
}

/* As if it had been written so many seconds after 1970. */
static void write_file(const char *text, time_t seconds) {
  const struct timespec times[] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
  assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static uint64_t digest_with(struct inputs_known *known, uint64_t begin) {
  struct oio_error error = {""};
  if (inputs_add_file(&begin, path, known, &error) != OIO_OK) fail_msg("%s", error.text);
  return begin;
}

/* "foobar" is 85944171f73967e8 (Noll's table of vectors); behind it comes what ends a file. */
static const uint64_t foobar = (UINT64_C(0x85944171f73967e8) ^ 0x100) * UINT64_C(0x100000001b3);

static void a_file_is_read_once(void **state) {
  struct inputs_known known = {.files = 0};
  (void)state;
  write_file("foobar", 1000);
  assert_true(digest_with(NULL, INPUTS_BEGIN) == foobar);
  for (int i = 0; i < 5; i++) assert_true(digest_with(&known, INPUTS_BEGIN) == foobar);
  assert_int_equal(known.reads, 1);
  inputs_known_free(&known);
}

static void behind_another_file_it_is_another_digest(void **state) {
  struct inputs_known known = {.files = 0};
  (void)state;
  write_file("foobar", 1000);
  const uint64_t behind = digest_with(NULL, foobar);
  assert_true(behind != foobar);
  for (int i = 0; i < 12; i++) {
    assert_true(digest_with(&known, INPUTS_BEGIN) == foobar);
    assert_true(digest_with(&known, foobar) == behind);
    digest_with(&known, (uint64_t)i); /* more than there is room for at first */
  }
  assert_int_equal(known.reads, 14);
  inputs_known_free(&known);
}

static void one_that_was_written_anew_is_read_anew(void **state) {
  struct inputs_known known = {.files = 0};
  (void)state;
  write_file("foobas", 1000);
  const uint64_t before = digest_with(&known, INPUTS_BEGIN);
  write_file("foobar", 1001); /* of the same size */
  assert_true(before != foobar && digest_with(&known, INPUTS_BEGIN) == foobar);
  assert_int_equal(known.reads, 2);
  inputs_known_free(&known);
}

/* Its time may not tell it from what is written there in the next moment. */
static void one_that_was_written_just_now_is_not_known_yet(void **state) {
  struct inputs_known known = {.files = 0};
  (void)state;
  write_file("foobar", time(NULL));
  for (int i = 0; i < 3; i++) assert_true(digest_with(&known, INPUTS_BEGIN) == foobar);
  assert_int_equal(known.files, 0);
  inputs_known_free(&known);
}

static void what_is_no_file_is_refused(void **state) {
  struct inputs_known known = {.files = 0};
  struct oio_error error = {""};
  uint64_t digest = INPUTS_BEGIN;
  (void)state;
  assert_int_equal(inputs_add_file(&digest, "/tmp", &known, &error), OIO_ERR_IO);
  assert_int_equal(inputs_add_file(&digest, "/tmp/nowhere/at/all", &known, &error), OIO_ERR_IO);
  assert_int_equal(known.reads, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_is_read_once),
      cmocka_unit_test(behind_another_file_it_is_another_digest),
      cmocka_unit_test(one_that_was_written_anew_is_read_anew),
      cmocka_unit_test(one_that_was_written_just_now_is_not_known_yet),
      cmocka_unit_test(what_is_no_file_is_refused),
  };
  return cmocka_run_group_tests(tests, make, take_away);
}

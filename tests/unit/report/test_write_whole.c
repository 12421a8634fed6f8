/* SPDX-License-Identifier: Apache-2.0 */
/* Results into a file: whole or not there, through links, with the old rights, and nothing left beside it. */
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "oio/results.h"

static char folder[] = "/tmp/test_write_whole-XXXXXX";

static void expect_text(const char *path, const char *expected) {
  char text[100] = "";
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  const size_t got = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  assert_true(got < sizeof text - 1);
  assert_string_equal(text, expected);
}

/* Empties the folder, and says how many files were in it. */
static unsigned sweep(void) {
  unsigned count = 0;
  DIR *all = opendir(".");
  assert_non_null(all);
  for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    remove(entry->d_name);
    count++;
  }
  closedir(all);
  return count;
}

static void a_new_file_and_an_old_one_hold_the_text_and_nothing_is_beside_them(void **state) {
  (void)state;
  struct stat info;
  assert_int_equal(oio_write_whole("r.json", "first, and longer\n", NULL), OIO_OK);
  expect_text("r.json", "first, and longer\n");
  assert_int_equal(chmod("r.json", 0604), 0);
  assert_int_equal(oio_write_whole("r.json", "second\n", NULL), OIO_OK);
  expect_text("r.json", "second\n");
  assert_int_equal(stat("r.json", &info), 0);
  assert_int_equal(info.st_mode & 07777, 0604);
  assert_int_equal(sweep(), 1);
}

/* The link's text is shorter than its own name, of the same folder or another, and may lead to a link again. */
static void what_a_link_points_to_is_written_and_the_link_stays(void **state) {
  (void)state;
  char absolute[100];
  snprintf(absolute, sizeof absolute, "%s/c", folder);
  assert_int_equal(symlink("a", "a-link-of-a-long-name"), 0);
  assert_int_equal(symlink("a-link-of-a-long-name", "two"), 0);
  assert_int_equal(symlink(absolute, "to-an-absolute-name"), 0);
  assert_int_equal(oio_write_whole("./two", "by two links", NULL), OIO_OK);
  expect_text("a", "by two links");
  assert_int_equal(oio_write_whole("./to-an-absolute-name", "absolute", NULL), OIO_OK);
  expect_text("c", "absolute");
  struct stat info;
  assert_true(lstat("two", &info) == 0 && S_ISLNK(info.st_mode));
  assert_int_equal(sweep(), 5);
}

static void links_in_a_circle_a_folder_and_a_missing_folder_are_refused_and_leave_nothing(void **state) {
  (void)state;
  struct oio_error error;
  assert_int_equal(symlink("one", "other"), 0);
  assert_int_equal(symlink("other", "one"), 0);
  static const char *const paths[] = {"one", ".", "nowhere/r.json"};
  const int why[] = {ELOOP, EISDIR, ENOENT};
  for (unsigned i = 0; i < 3; i++) {
    char expected[200];
    snprintf(expected, sizeof expected, "%s: cannot be written: %s; choose another place", paths[i], strerror(why[i]));
    assert_int_equal(oio_can_write_whole(paths[i], &error), OIO_ERR_IO);
    assert_string_equal(error.text, expected);
    assert_int_equal(oio_write_whole(paths[i], "text", &error), OIO_ERR_IO);
    assert_non_null(strstr(error.text, strerror(why[i])));
  }
  assert_int_equal(sweep(), 2);
}

static void asking_whether_it_can_be_written_leaves_everything_as_it_is(void **state) {
  (void)state;
  assert_int_equal(oio_can_write_whole("r.json", NULL), OIO_OK);
  assert_int_equal(sweep(), 0);
  assert_int_equal(oio_write_whole("r.json", "old", NULL), OIO_OK);
  assert_int_equal(oio_can_write_whole("r.json", NULL), OIO_OK);
  expect_text("r.json", "old");
  assert_int_equal(sweep(), 1);
}

/* /dev/full takes nothing, and is no regular file: it is written in place, and never replaced. */
static void a_device_is_written_in_place_and_what_it_does_not_take_is_said(void **state) {
  (void)state;
  struct oio_error error;
  struct stat info;
  if (access("/dev/full", W_OK) != 0) skip();
  assert_int_equal(oio_write_whole("/dev/full", "text", &error), OIO_ERR_IO);
  assert_non_null(strstr(error.text, strerror(ENOSPC)));
  assert_true(stat("/dev/full", &info) == 0 && S_ISCHR(info.st_mode));
  assert_int_equal(oio_write_whole("/dev/null", "text", &error), OIO_OK);
}

int main(void) {
  if (mkdtemp(folder) == NULL || chdir(folder) != 0) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_new_file_and_an_old_one_hold_the_text_and_nothing_is_beside_them),
      cmocka_unit_test(what_a_link_points_to_is_written_and_the_link_stays),
      cmocka_unit_test(links_in_a_circle_a_folder_and_a_missing_folder_are_refused_and_leave_nothing),
      cmocka_unit_test(asking_whether_it_can_be_written_leaves_everything_as_it_is),
      cmocka_unit_test(a_device_is_written_in_place_and_what_it_does_not_take_is_said),
  };
  const int failed = cmocka_run_group_tests_name("write_whole", tests, NULL, NULL);
  if (chdir("/") == 0) rmdir(folder);
  return failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder for the files of one test program: in TMPDIR, of this process alone, and gone at the end with all that is in it. With
 * OIO_WAVE_KEEP set it stays. Include after chance.h, with _GNU_SOURCE or _POSIX_C_SOURCE 200809L.
 */
#ifndef OIO_TESTS_WAVE_FOLDER_H
#define OIO_TESTS_WAVE_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FOLDER_PATH = 600 };

static char folder[FOLDER_PATH - 60];

/* The path of a file in it. */
static inline char *folder_path(const char *name, char path[static FOLDER_PATH]) {
  assert_in_range(snprintf(path, FOLDER_PATH, "%s/%s", folder, name), 1, FOLDER_PATH - 1);
  return path;
}

/* The same; it holds until the call after the next. */
static inline const char *in_folder(const char *name) {
  static char paths[2][FOLDER_PATH];
  static unsigned turn;
  return folder_path(name, paths[turn++ % 2]);
}

/* For cmocka: before all tests of a program; its chance starts here, too. */
static inline int make_folder(void **state) {
  const char *base = getenv("TMPDIR");
  (void)state;
  chance_start();
  int length = snprintf(folder, sizeof folder, "%s/oio-wave-XXXXXX", base != NULL && *base != '\0' ? base : "/tmp");
  return length >= (int)sizeof folder || mkdtemp(folder) == NULL;
}

/* For cmocka: after all of them. */
static inline int remove_folder(void **state) {
  (void)state;
  if (getenv("OIO_WAVE_KEEP") != NULL) {
    print_message("kept %s\n", folder);
    return 0;
  }
  DIR *files = opendir(folder);
  for (struct dirent *file; files != NULL && (file = readdir(files)) != NULL;) unlink(in_folder(file->d_name));
  if (files != NULL) closedir(files);
  return rmdir(folder);
}

#endif

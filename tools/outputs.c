/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "outputs.h"

#include "interrupt.h"
#include "results_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static bool same_inode(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static const char *last_part(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

static bool folder_of(const char *path, struct stat *info) {
  char folder[PATH_ROOM];
  const int length = snprintf(folder, sizeof folder, "%.*s.", (int)(last_part(path) - path), path);
  return length > 0 && (size_t)length < sizeof folder && stat(folder, info) == 0;
}

bool outputs_same_file(const char *a, const char *b) {
  struct stat a_info, b_info;
  const bool a_exists = stat(a, &a_info) == 0, b_exists = stat(b, &b_info) == 0;
  if (a_exists != b_exists) return false;
  if (a_exists) return S_ISREG(a_info.st_mode) && same_inode(&a_info, &b_info);
  return strcmp(last_part(a), last_part(b)) == 0 && folder_of(a, &a_info) && folder_of(b, &b_info) && same_inode(&a_info, &b_info);
}

enum role { NO_FILE, READ, WRITTEN };

static enum role role_of(const char *option, const char *value) {
  if (strcmp(option, "--trace") == 0 || strcmp(option, "--config") == 0) return READ;
  if (strcmp(option, "--json") == 0) return strcmp(value, "-") == 0 ? NO_FILE : WRITTEN;
  static const char *const written[] = {"--waves", "--append", "--db", "--cover", "--flit-log", "--pcap", "--perfetto", "--wire-log"};
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
    if (strcmp(option, written[i]) == 0) return WRITTEN;
  }
  return NO_FILE;
}

/* The file of the option at argv[i] against those behind it. */
static int differs_from_others(int i, int argc, char **argv) {
  const enum role role = role_of(argv[i], argv[i + 1]);
  if (role == NO_FILE) return -1;
  for (int k = i + 2; k + 1 < argc; k += options_step(argv[k])) {
    const enum role other = role_of(argv[k], argv[k + 1]);
    if (other == NO_FILE || (role == READ && other == READ) || strcmp(argv[i], argv[k]) == 0) continue;
    if (!outputs_same_file(argv[i + 1], argv[k + 1])) continue;
    fprintf(stderr, "%s %.200s: that is the file of %s too, and would be overwritten; name another\n", argv[i], argv[i + 1], argv[k]);
    return EXIT_UNUSABLE;
  }
  return -1;
}

const char *outputs_csv_path(const char *folder, unsigned table, char path[OUTPUTS_PATH_BYTES]) {
  snprintf(path, OUTPUTS_PATH_BYTES, "%.4000s/%s.csv", folder, oio_results_table_name(table));
  return path;
}

/* A file of the command line against those that --csv writes. */
static int differs_from_tables(const struct options *options, const char *option, const char *file) {
  char path[OUTPUTS_PATH_BYTES];
  if (options->csv == NULL || role_of(option, file) == NO_FILE) return -1;
  for (unsigned table = 0; table < OIO_TABLES; table++) {
    if (!outputs_same_file(outputs_csv_path(options->csv, table, path), file)) continue;
    fprintf(stderr, "%s %.200s: that is a file of --csv too, and would be overwritten; name another\n", option, file);
    return EXIT_UNUSABLE;
  }
  return -1;
}

int outputs_differ(const struct options *options, int argc, char **argv) {
  struct stat printed, json;
  for (int i = 1; i + 1 < argc; i += options_step(argv[i])) {
    if (differs_from_others(i, argc, argv) >= 0 || differs_from_tables(options, argv[i], argv[i + 1]) >= 0) return EXIT_UNUSABLE;
  }
  /* The JSON takes the place of a whole file: of what is printed there, too. */
  if (!options->quiet && options->json != NULL && !options_print_json(options) && fstat(STDOUT_FILENO, &printed) == 0 &&
      S_ISREG(printed.st_mode) && stat(options->json, &json) == 0 && same_inode(&printed, &json)) {
    fprintf(stderr, "--json %.200s: standard output goes to that file too; add --quiet, or name another\n", options->json);
    return EXIT_UNUSABLE;
  }
  return -1;
}

/* Tries with a file of that name, if there is none. */
static bool can_make(const char *path) {
  struct stat info;
  if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    return false;
  }
  const int made = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
  if (made < 0) return errno == EEXIST && access(path, W_OK) == 0;
  close(made);
  unlink(path);
  return true;
}

/* FST is written with a second file beside it, for a while. */
static bool can_make_waves(const char *path) {
  char beside[PATH_ROOM];
  const size_t length = strlen(path);
  if (!can_make(path)) return false;
  if (length < 4 || strcmp(path + length - 4, ".fst") != 0) return true;
  if ((size_t)snprintf(beside, sizeof beside, "%s.hier", path) < sizeof beside) return can_make(beside);
  errno = ENAMETOOLONG;
  return false;
}

static enum oio_status no_folder(const char *folder, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be made or written: %s; --csv takes a folder, choose another", folder,
                       strerror(errno));
}

bool outputs_make_folder(const char *folder, struct oio_error *error) {
  struct stat info;
  if (mkdir(folder, 0777) == 0 || (errno == EEXIST && stat(folder, &info) == 0 && S_ISDIR(info.st_mode))) return true;
  no_folder(folder, error);
  return false;
}

/* A folder that is not there is made, and goes again. */
static bool can_make_tables(const char *folder, struct oio_error *error) {
  char path[OUTPUTS_PATH_BYTES];
  const bool new = mkdir(folder, 0777) == 0;
  bool good = outputs_make_folder(folder, error);
  for (unsigned table = 0; table < OIO_TABLES && good; table++)
    good = oio_can_write_whole(outputs_csv_path(folder, table, path), error) == OIO_OK;
  if (new) rmdir(folder);
  return good;
}

/* The file of rows is new, or has the columns of this version. */
static enum oio_status can_append(const struct options *options, struct oio_error *error) {
  const char *path = options->append;
  char *names = oio_results_row(NULL, &options->config), *line = NULL;
  size_t room = 0;
  if (names == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  enum oio_status status = OIO_OK;
  FILE *file = fopen(path, "r");
  if (file == NULL ? !can_make(path) : access(path, W_OK) != 0) {
    status = oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; choose another place", path, strerror(errno));
  } else if (file != NULL && getline(&line, &room, file) >= 0 && strcmp(line, names) != 0) {
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.200s: it has other columns than --append writes; name another file", path);
  }
  if (file != NULL) fclose(file);
  free(names);
  free(line);
  return status;
}

/* Runs at the same time take turns. */
static bool append_to(int file, const char *names, const char *row) {
  struct stat info;
  const size_t nbytes = strlen(row);
  if (flock(file, LOCK_EX) != 0 || fstat(file, &info) != 0) return false;
  if (info.st_size == 0 && write(file, names, strlen(names)) != (ssize_t)strlen(names)) return false;
  return write(file, row, nbytes) == (ssize_t)nbytes;
}

bool outputs_append(const struct options *options, const char *row, struct oio_error *error) {
  const char *path = options->append;
  char *names = oio_results_row(NULL, &options->config);
  if (names == NULL) {
    oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
    return false;
  }
  const int file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0666);
  bool good = file >= 0 && append_to(file, names, row);
  const int cause = errno;
  free(names);
  if (file >= 0 && close(file) != 0) good = false;
  if (!good) oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; free space there", path, strerror(cause));
  return good;
}

/* Those that show the flits, and what was covered. */
static bool can_write_whole(const struct options *options, struct oio_error *error) {
  const char *const files[] = {options->cover, options->flit_log, options->pcap, options->perfetto, options->wire_log};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    if (files[i] != NULL && oio_can_write_whole(files[i], error) != OIO_OK) return false;
  }
  return true;
}

bool outputs_cover(const struct options *options, const struct oio_results *results) {
  struct oio_error error = {""};
  if (options->cover == NULL || oio_cover_write(&results->cover, options->cover, &error) == OIO_OK) return true;
  fprintf(stderr, "%s\n", error.text);
  return false;
}

int outputs_writable(const struct options *options) {
  struct oio_error error = {""};
  if (options->json != NULL && !options_print_json(options) && oio_can_write_whole(options->json, &error) != OIO_OK) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  if (!can_write_whole(options, &error)) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  if (options->csv != NULL && !can_make_tables(options->csv, &error)) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  if (options->append != NULL && can_append(options, &error) != OIO_OK) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  if (options->db != NULL && results_db_can_open(options->db, &error) != OIO_OK) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  if (options->waves != NULL && !can_make_waves(options->waves)) {
    fprintf(stderr, "%.200s: cannot be written: %s; choose another place\n", options->waves, strerror(errno));
    return EXIT_UNUSABLE;
  }
  return -1;
}

bool outputs_print(const char *text, struct oio_error *error) {
  errno = 0;
  if (fputs(text, stdout) >= 0 && fflush(stdout) == 0) return true;
  const int cause = errno;
  if (!interrupt_reader_gone())
    oio_error_set(error, OIO_ERR_IO, "standard output: cannot be written: %s; free space there", strerror(cause));
  return false;
}

int outputs_printed(int status) {
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout)) return status;
  /* Of an unusable run the one line has been said. */
  if (status != EXIT_UNUSABLE && !interrupt_reader_gone())
    fprintf(stderr, "standard output: cannot be written: %s; free space there\n", errno != 0 ? strerror(errno) : "some of it is lost");
  return EXIT_UNUSABLE;
}

int outputs_finish(int status) {
  const int printed = outputs_printed(status);
  if (printed == EXIT_UNUSABLE && ferror(stdout)) interrupt_by_pipe();
  return printed;
}

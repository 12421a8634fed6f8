/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The file of a sweep: its head, and a line for each run that is done, in whatever order they came. It grows line by line, so that what was
 * done is there whenever the command ends; what a kill cuts off is a line without its newline, which is dropped when the command goes on.
 * Once all runs are there the lines are put in the order of their numbers.
 */
#ifndef SWEEP_STORE_H
#define SWEEP_STORE_H

#include "head.h"

struct store_line {
  uint64_t number, at, nbytes;
  bool good;
};

struct store {
  const char *path; /**< NULL: a file without a name, gone when it is closed */
  int file;
  char *head;
  uint64_t runs; /**< of the whole sweep */
  struct shard shard;
  struct store_line *line;
  uint64_t lines, room, bad; /**< bad: lines of runs that are not good */
  uint64_t end;              /**< bytes of the file */
  bool ordered;
};

/** Opens the file to add to it: a new one gets the head; that of the same sweep is read. `there`: it must exist. Nobody else adds to it
 * until it is closed. On failure there is nothing to close, and the file is as it was. */
enum oio_status store_open(struct store *store, const char *path, const char *head, bool there, struct oio_error *error);
/** Opens the file of any sweep to read it. A cut off line at its end is left out. */
enum oio_status store_read(struct store *store, const char *path, struct oio_error *error);
/** Whether the file is to have the run. */
bool store_wants(const struct store *store, uint64_t number);
/** Runs that the file is to have. */
uint64_t store_wanted(const struct store *store);
/** Adds a line, a text of nbytes with its newline, whole; where that fails nothing of it stays. */
enum oio_status store_add(struct store *store, const char *line, size_t nbytes, struct oio_error *error);
/** Brings what was added to the disk, and the lines in order if all are there. The name is given a whole file. */
enum oio_status store_settle(struct store *store, struct oio_error *error);
/** A line as text, for the caller to free. NULL: error says why. */
char *store_text(const struct store *store, uint64_t index, struct oio_error *error);
/** Puts the index in the order of the numbers: then they are read in that order. */
void store_sort(struct store *store);
void store_close(struct store *store);

#endif

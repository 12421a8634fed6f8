/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A file that appears whole or not at all (whole.h), with errors that name it.
 */
#ifndef WAVE_WRITE_WHOLE_H
#define WAVE_WRITE_WHOLE_H

#include "error.h"
#include "whole.h"

#include <stddef.h>
#include <stdint.h>

struct wave_whole {
  struct oio_whole whole;
  char *path;        /**< as the user wrote it, for messages */
  uint64_t failures; /**< of memory, when it was begun */
};

enum wave_status wave_whole_begin(struct wave_whole *whole, const char *path, struct wave_error *error);
enum wave_status wave_whole_add(struct wave_whole *whole, const void *bytes, size_t size, struct wave_error *error);
/** The file itself, to read back what was written to it; not where it is written to directly. */
FILE *wave_whole_file(const struct wave_whole *whole);
/** Writes over bytes that were written before and goes back to the end; not where direct. */
enum wave_status wave_whole_patch(struct wave_whole *whole, uint64_t offset, const void *bytes, size_t size, struct wave_error *error);
/** How many bytes were written. */
uint64_t wave_whole_size(const struct wave_whole *whole);
/** Gives the file its name; not where memory ran out since it was begun. Whether or not it succeeds, whole is done with. */
enum wave_status wave_whole_end(struct wave_whole *whole, struct wave_error *error);
/** Leaves nothing behind. */
void wave_whole_abandon(struct wave_whole *whole);

/** All of it at once. */
enum wave_status wave_write_whole(const char *path, const void *bytes, size_t size, struct wave_error *error);

#endif

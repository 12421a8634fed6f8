/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A file that appears whole or not at all: it is written under another name beside its own and renamed at the end. What is no regular file
 * (/dev/stdout, a pipe) is written to directly and never replaced.
 */
#ifndef WAVE_WRITE_WHOLE_H
#define WAVE_WRITE_WHOLE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct wave_whole {
  FILE *file;  /**< open for reading and writing; for writing only where direct */
  char *path;  /**< as the user wrote it, for messages */
  char *final; /**< with links followed; NULL when direct */
  char *temporary;
  bool direct;
};

enum wave_status wave_whole_begin(struct wave_whole *whole, const char *path, struct wave_error *error);
enum wave_status wave_whole_add(struct wave_whole *whole, const void *bytes, size_t size, struct wave_error *error);
/** Writes over bytes that were written before and goes back to the end; not where direct. */
enum wave_status wave_whole_patch(struct wave_whole *whole, uint64_t offset, const void *bytes, size_t size, struct wave_error *error);
/** How many bytes were written. */
uint64_t wave_whole_size(const struct wave_whole *whole);
/** Gives the file its name. Whether or not it succeeds, whole is done with. */
enum wave_status wave_whole_end(struct wave_whole *whole, struct wave_error *error);
/** Leaves nothing behind. */
void wave_whole_abandon(struct wave_whole *whole);

/** All of it at once. */
enum wave_status wave_write_whole(const char *path, const void *bytes, size_t size, struct wave_error *error);

#endif

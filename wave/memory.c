/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static atomic_uint_fast64_t failures;

static void *counted(void *got) {
  if (got == NULL) atomic_fetch_add(&failures, 1);
  return got;
}

void *wave_malloc(size_t size) {
  return counted(malloc(size));
}

void *wave_calloc(size_t n, size_t size) {
  return counted(calloc(n, size));
}

void *wave_realloc(void *old, size_t size) {
  return counted(realloc(old, size));
}

char *wave_strdup(const char *text) {
  return counted(strdup(text));
}

char *wave_strndup(const char *text, size_t most) {
  return counted(strndup(text, most));
}

void wave_memory_failed(int cause) {
  if (cause == ENOMEM) atomic_fetch_add(&failures, 1);
}

int wave_memory_zlib(int returned) {
  if (returned == Z_MEM_ERROR) atomic_fetch_add(&failures, 1);
  return returned;
}

uint64_t wave_memory_failures(void) {
  return atomic_load(&failures);
}

enum wave_status wave_memory_out(struct wave_error *error, const char *what) {
  wave_fail(error, "out of memory for %.400s; close other programs, or compare fewer signals (exclude rules)", what);
  if (error != NULL) error->memory = true;
  return WAVE_ERROR;
}

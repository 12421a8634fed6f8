/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Memory of the wave library. An allocation that fails is counted in one place, for the whole process, so that whoever answers for a result
 * can ask at its end whether memory ran out on the way, on whatever thread, and nothing that was made with too little of it passes for
 * whole.
 */
#ifndef WAVE_MEMORY_H
#define WAVE_MEMORY_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** As the C library's; what they return is for free(). */
void *wave_malloc(size_t size);
void *wave_calloc(size_t n, size_t size);
void *wave_realloc(void *old, size_t size);
char *wave_strdup(const char *text);
char *wave_strndup(const char *text, size_t most);

/** An allocation failed that is not made by the functions above: where cause (an errno) is ENOMEM. errno stays as it is. */
void wave_memory_failed(int cause);
/** The same for what a function of zlib returned, which it gives back. */
int wave_memory_zlib(int returned);

/** How many allocations have failed in this process: more than before is that memory ran out meanwhile. */
uint64_t wave_memory_failures(void);
/** What there is to say where memory ran out: what was to be done, and the remedy. */
enum wave_status wave_memory_out(struct wave_error *error, const char *what);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A few threads that share out numbered pieces of work. */
#ifndef WAVE_POOL_H
#define WAVE_POOL_H

#include <stdint.h>

struct wave_pool;
/* threads: with the caller; at least 1. Fewer where the system gives no more. NULL when memory ran out. */
struct wave_pool *wave_pool_new(unsigned threads);
void wave_pool_free(struct wave_pool *pool);
unsigned wave_pool_threads(const struct wave_pool *pool);
/* Calls work(context, thread, i) for each i < n, in any order, and returns when all are done. */
void wave_pool_run(struct wave_pool *pool, void (*work)(void *context, unsigned thread, uint32_t i), void *context, uint32_t n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "pool.h"
#include "memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct helper {
  struct wave_pool *pool;
  pthread_t thread;
  unsigned number;
};

struct wave_pool {
  pthread_mutex_t lock;
  pthread_cond_t go, done;
  struct helper *helpers;
  unsigned n_helpers, working;
  uint64_t round; /* of work; guarded by lock, as are the next three */
  bool stop;
  void (*work)(void *, unsigned, uint32_t);
  void *context;
  uint32_t n;
  atomic_uint_fast32_t next;
};

static void take(struct wave_pool *pool, unsigned number) {
  for (;;) {
    uint32_t i = (uint32_t)atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (i >= pool->n) return;
    pool->work(pool->context, number, i);
  }
}

static void *help(void *own) {
  struct helper *helper = own;
  struct wave_pool *pool = helper->pool;
  uint64_t seen = 0;
  pthread_mutex_lock(&pool->lock);
  for (;;) {
    while (!pool->stop && pool->round == seen) pthread_cond_wait(&pool->go, &pool->lock);
    if (pool->stop) break;
    seen = pool->round;
    pthread_mutex_unlock(&pool->lock);
    take(pool, helper->number);
    pthread_mutex_lock(&pool->lock);
    if (--pool->working == 0) pthread_cond_signal(&pool->done);
  }
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

struct wave_pool *wave_pool_new(unsigned threads) {
  struct wave_pool *pool = wave_calloc(1, sizeof *pool);
  if (pool == NULL) return NULL;
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->go, NULL);
  pthread_cond_init(&pool->done, NULL);
  pool->helpers = wave_calloc(threads, sizeof *pool->helpers);
  for (unsigned i = 0; pool->helpers != NULL && i + 1 < threads; i++) {
    pool->helpers[i] = (struct helper){.pool = pool, .number = i + 1};
    if (pthread_create(&pool->helpers[i].thread, NULL, help, &pool->helpers[i]) != 0) break;
    pool->n_helpers++;
  }
  return pool;
}

void wave_pool_free(struct wave_pool *pool) {
  if (pool == NULL) return;
  pthread_mutex_lock(&pool->lock);
  pool->stop = true;
  pthread_cond_broadcast(&pool->go);
  pthread_mutex_unlock(&pool->lock);
  for (unsigned i = 0; i < pool->n_helpers; i++) pthread_join(pool->helpers[i].thread, NULL);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->go);
  pthread_cond_destroy(&pool->done);
  free(pool->helpers);
  free(pool);
}

unsigned wave_pool_threads(const struct wave_pool *pool) {
  return pool->n_helpers + 1;
}

void wave_pool_run(struct wave_pool *pool, void (*work)(void *context, unsigned thread, uint32_t i), void *context, uint32_t n) {
  pthread_mutex_lock(&pool->lock);
  pool->work = work;
  pool->context = context;
  pool->n = n;
  atomic_store(&pool->next, 0);
  bool alone = pool->n_helpers == 0 || n < 2;
  if (!alone) {
    pool->working = pool->n_helpers;
    pool->round++;
    pthread_cond_broadcast(&pool->go);
  }
  pthread_mutex_unlock(&pool->lock);
  take(pool, 0);
  pthread_mutex_lock(&pool->lock);
  while (!alone && pool->working > 0) pthread_cond_wait(&pool->done, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
}

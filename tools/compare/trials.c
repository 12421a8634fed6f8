/* SPDX-License-Identifier: Apache-2.0 */
/* Many runs at once. Each has a simulation and a trace reader of its own; they share nothing that changes. */
#define _GNU_SOURCE
#include "trials.h"

#include "interrupt.h"
#include "progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MAX = 256 };
static const long look_ns = 5000000;

struct pool {
  enum oio_status (*run)(void *context, size_t index, struct oio_error *error);
  void *context;
  size_t count;
  atomic_size_t next, done, working;
  pthread_mutex_t lock; /* over status and error */
  enum oio_status status;
  struct oio_error error;
};

static void keep_first(struct pool *pool, enum oio_status status, const struct oio_error *error) {
  pthread_mutex_lock(&pool->lock);
  if (pool->status == OIO_OK) {
    pool->status = status;
    pool->error = *error;
    atomic_store(&pool->next, pool->count);
  }
  pthread_mutex_unlock(&pool->lock);
}

static void *work(void *argument) {
  struct pool *pool = argument;
  for (size_t i; (i = atomic_fetch_add(&pool->next, 1)) < pool->count && !interrupt_requested();) {
    struct oio_error error = {""};
    const enum oio_status status = pool->run(pool->context, i, &error);
    if (status != OIO_OK) keep_first(pool, status, &error);
    atomic_fetch_add(&pool->done, 1);
  }
  atomic_fetch_sub(&pool->working, 1);
  return NULL;
}

static size_t processors(void) {
  const long there = sysconf(_SC_NPROCESSORS_ONLN);
  return there < 1 ? 1 : there > WORKERS_MAX ? WORKERS_MAX : (size_t)there;
}

static void watch(struct pool *pool, bool quiet) {
  struct progress progress;
  progress_start(&progress, "oio compare");
  while (atomic_load(&pool->working) > 0) {
    nanosleep(&(struct timespec){.tv_nsec = look_ns}, NULL);
    if (!quiet) progress_update(&progress, (double)atomic_load(&pool->done) / (double)pool->count);
  }
  progress_end(&progress);
}

enum oio_status trials_run(size_t count, bool quiet, enum oio_status (*run)(void *, size_t, struct oio_error *), void *context,
                           struct oio_error *error) {
  struct pool pool = {.run = run, .context = context, .count = count, .status = OIO_OK};
  pthread_t worker[WORKERS_MAX];
  size_t workers = 0;
  pthread_mutex_init(&pool.lock, NULL);
  for (size_t wanted = processors() < count ? processors() : count; workers < wanted; workers++) {
    atomic_fetch_add(&pool.working, 1);
    if (pthread_create(&worker[workers], NULL, work, &pool) == 0) continue;
    atomic_fetch_sub(&pool.working, 1);
    break;
  }
  if (workers == 0) {
    atomic_fetch_add(&pool.working, 1);
    work(&pool);
  }
  watch(&pool, quiet);
  for (size_t i = 0; i < workers; i++) pthread_join(worker[i], NULL);
  pthread_mutex_destroy(&pool.lock);
  if (pool.status != OIO_OK) *error = pool.error;
  return pool.status;
}

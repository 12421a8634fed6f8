/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/rounds.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Looks at a counter that another thread is about to change, before the processor is left to others; about 50 us. */
enum { LOOKS = 1500 };

/* Switches are taken together up to so many ports: one calendar's memory stays in the cache for as long as its share is gone through. */
enum { SHARE_PORTS = 32, BATCHES_PER_THREAD = 4 };

struct share {
  struct oio_many *many;
  oio_time_ps next_ps; /* of its events */
  oio_time_ps sent_ps; /* of what follows from what it has sent in this round */
  enum oio_status status;
  struct oio_error error;
};

struct oio_rounds {
  struct oio_net *net;
  struct oio_shares of;
  struct share *shares;
  uint32_t count, batch; /* of shares that a thread takes together */
  oio_time_ps length_ps;
  oio_time_ps from_ps, until_ps; /* of this round */

  pthread_t thread[OIO_THREADS_MAX];
  unsigned threads; /* beside the caller's */
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  atomic_uint round, asleep;
  atomic_uint claimed, done; /* shares of this round that somebody has taken, and gone through */
  atomic_bool over;
  bool can_wait; /* mutex and wake have been made */
};

static oio_time_ps earlier(oio_time_ps a, oio_time_ps b) {
  return a < b ? a : b;
}

static inline void pause_a_little(void) {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_ia32_pause();
#endif
}

static void ask(struct share *share, oio_time_ps now_ps) {
  share->next_ps = oio_many_next_ps(share->many, now_ps);
  share->sent_ps = oio_many_sent_ps(share->many);
}

static void run(struct oio_rounds *r, struct share *share) {
  share->sent_ps = OIO_NEVER;
  if (share->next_ps >= r->until_ps && !oio_many_has_sent(share->many)) return;
  oio_many_begin_round(share->many);
  share->status = oio_many_run(share->many, r->from_ps, r->until_ps, &share->error);
  ask(share, r->until_ps);
}

/* Goes through shares of this round that nobody has taken yet. */
static void take_part(struct oio_rounds *r) {
  for (uint32_t first; (first = atomic_fetch_add_explicit(&r->claimed, r->batch, memory_order_acq_rel)) < r->count;) {
    const uint32_t end = r->count - first < r->batch ? r->count : first + r->batch;
    for (uint32_t i = first; i < end; i++) run(r, &r->shares[i]);
    atomic_fetch_add_explicit(&r->done, end - first, memory_order_release);
  }
}

/* ---- threads ---- */

static bool begun(struct oio_rounds *r, unsigned seen) {
  return atomic_load(&r->round) != seen || atomic_load(&r->over);
}

/* Waits for another round than the one it has seen. */
static void await_round(struct oio_rounds *r, unsigned seen) {
  for (unsigned look = 0; look < LOOKS; look++) {
    if (begun(r, seen)) return;
    pause_a_little();
  }
  pthread_mutex_lock(&r->mutex);
  atomic_fetch_add(&r->asleep, 1);
  while (!begun(r, seen)) pthread_cond_wait(&r->wake, &r->mutex);
  atomic_fetch_sub(&r->asleep, 1);
  pthread_mutex_unlock(&r->mutex);
}

static void *work(void *rounds) {
  struct oio_rounds *r = rounds;
  for (unsigned seen = 0;;) {
    await_round(r, seen);
    if (atomic_load(&r->over)) return NULL;
    seen = atomic_load(&r->round);
    take_part(r);
  }
}

static void wake_all(struct oio_rounds *r) {
  if (atomic_load(&r->asleep) == 0) return;
  pthread_mutex_lock(&r->mutex);
  pthread_cond_broadcast(&r->wake);
  pthread_mutex_unlock(&r->mutex);
}

static bool start_threads(struct oio_rounds *r, unsigned threads) {
  if (threads < 2) return true;
  if (pthread_mutex_init(&r->mutex, NULL) != 0) return false;
  if (pthread_cond_init(&r->wake, NULL) != 0) {
    pthread_mutex_destroy(&r->mutex);
    return false;
  }
  r->can_wait = true;
  while (r->threads + 1 < threads) {
    if (pthread_create(&r->thread[r->threads], NULL, work, r) != 0) return false;
    r->threads++;
  }
  return true;
}

static void end_threads(struct oio_rounds *r) {
  if (!r->can_wait) return;
  atomic_store(&r->over, true);
  wake_all(r);
  for (unsigned t = 0; t < r->threads; t++) pthread_join(r->thread[t], NULL);
  pthread_cond_destroy(&r->wake);
  pthread_mutex_destroy(&r->mutex);
}

/* ---- life ---- */

/* The shortest time from the start of a flit to its arrival, at a node that may be of another share. */
static oio_time_ps lookahead_ps(const struct oio_net *net) {
  oio_time_ps least_ps = OIO_NEVER;
  for (uint32_t p = 0; p < net->ports; p++) {
    if (net->port[p].node < net->dies && net->port[p ^ 1].node < net->dies) continue;
    least_ps = earlier(least_ps, oio_channel_under_way_ps(net->port[p].wire));
  }
  return least_ps;
}

/* Switches in order. */
static uint32_t divide(struct oio_rounds *r) {
  uint32_t used = 0, ports = SHARE_PORTS;
  for (uint32_t node = r->net->dies; node < r->net->nodes; node++) {
    const uint32_t more = oio_topology_port_count(r->net->topology, node);
    if (ports + more > SHARE_PORTS) {
      used++;
      ports = 0;
    }
    r->of.of_node[node] = used;
    ports += more;
  }
  return 1 + used;
}

/* The ports of each share, in order, one share behind the other: share s has those from first[s] on. */
static void sort_ports(const struct oio_rounds *r, uint32_t *first, uint32_t *ports) {
  const struct oio_net *net = r->net;
  for (uint32_t p = 0; p < net->ports; p++) first[r->of.of_node[net->port[p].node] + 1]++;
  for (uint32_t s = 0; s < r->count; s++) first[s + 1] += first[s];
  for (uint32_t p = 0; p < net->ports; p++) ports[first[r->of.of_node[net->port[p].node]]++] = p;
  for (uint32_t s = r->count; s > 0; s--) first[s] = first[s - 1];
  first[0] = 0;
}

static bool make_shares(struct oio_rounds *r) {
  uint32_t *first = calloc(r->count + 2, sizeof *first), *ports = calloc(r->net->ports, sizeof *ports);
  bool made = first != NULL && ports != NULL;
  if (made) sort_ports(r, first, ports);
  for (uint32_t s = 0; made && s < r->count; s++) {
    made = oio_many_create(&r->shares[s].many, r->net, &r->of, s, ports + first[s], first[s + 1] - first[s]);
    r->of.many[s] = r->shares[s].many;
  }
  for (uint32_t s = 0; made && s < r->count; s++) oio_many_join(r->shares[s].many);
  free(first);
  free(ports);
  return made;
}

static bool make(struct oio_rounds *r, bool apart, unsigned threads) {
  r->of.of_node = calloc(r->net->nodes, sizeof *r->of.of_node);
  r->of.leaf_of = calloc(r->net->ports, sizeof *r->of.leaf_of);
  if (r->of.of_node == NULL || r->of.leaf_of == NULL) return false;
  r->length_ps = lookahead_ps(r->net) / 2;
  apart = apart && r->net->nodes > r->net->dies && r->length_ps > 0;
  r->count = apart ? divide(r) : 1;
  r->batch = 1 + r->count / (BATCHES_PER_THREAD * (threads + 1));
  r->shares = calloc(r->count, sizeof *r->shares);
  r->of.many = calloc(r->count, sizeof *r->of.many);
  if (r->shares == NULL || r->of.many == NULL || !make_shares(r)) return false;
  return !apart || start_threads(r, threads);
}

bool oio_rounds_create(struct oio_rounds **rounds, struct oio_net *net, bool apart, unsigned threads) {
  struct oio_rounds *made = calloc(1, sizeof *made);
  *rounds = made;
  if (made == NULL) return false;
  made->net = net;
  return make(made, apart, threads);
}

void oio_rounds_destroy(struct oio_rounds *r) {
  if (r == NULL) return;
  end_threads(r);
  for (uint32_t i = 0; r->shares != NULL && i < r->count; i++) oio_many_destroy(r->shares[i].many);
  free(r->shares);
  free(r->of.many);
  free(r->of.of_node);
  free(r->of.leaf_of);
  free(r);
}

struct oio_many *oio_rounds_dies(struct oio_rounds *r) {
  return r->shares[0].many;
}

bool oio_rounds_apart(const struct oio_rounds *r) {
  return r->count > 1;
}

oio_time_ps oio_rounds_length_ps(const struct oio_rounds *r) {
  return r->length_ps;
}

void oio_rounds_doubt_all(struct oio_rounds *r) {
  for (uint32_t i = 0; i < r->count; i++) {
    oio_many_doubt_all(r->shares[i].many);
    r->shares[i].next_ps = 0;
    r->shares[i].sent_ps = OIO_NEVER;
  }
}

/* ---- a round ---- */

void oio_rounds_begin(struct oio_rounds *r, oio_time_ps from_ps, oio_time_ps until_ps) {
  r->from_ps = from_ps;
  r->until_ps = until_ps;
  r->of.round++;
  atomic_store_explicit(&r->done, 1, memory_order_relaxed); /* share 0 is the caller's */
  atomic_store_explicit(&r->claimed, 1, memory_order_release);
  atomic_fetch_add(&r->round, 1);
  wake_all(r);
  oio_many_begin_round(r->shares[0].many);
}

enum oio_status oio_rounds_end(struct oio_rounds *r, struct oio_error *error) {
  take_part(r);
  for (unsigned look = 0; atomic_load_explicit(&r->done, memory_order_acquire) < r->count; look++) {
    if (look < LOOKS) {
      pause_a_little();
    } else {
      sched_yield();
    }
  }
  for (uint32_t i = 1; i < r->count; i++) {
    if (r->shares[i].status == OIO_OK) continue;
    if (error != NULL) *error = r->shares[i].error;
    return r->shares[i].status;
  }
  return OIO_OK;
}

void oio_rounds_receive(struct oio_rounds *r, oio_time_ps now_ps, struct oio_traffic *traffic) {
  r->of.round++;
  for (uint32_t i = 0; i < r->count; i++) {
    oio_many_begin_round(r->shares[i].many);
    oio_many_next_ps(r->shares[i].many, now_ps);
    oio_many_receive(r->shares[i].many, now_ps, traffic);
  }
}

enum oio_status oio_rounds_transmit(struct oio_rounds *r, oio_time_ps now_ps, struct oio_traffic *traffic, struct oio_error *error) {
  for (uint32_t i = 0; i < r->count; i++) {
    const enum oio_status status = oio_many_transmit(r->shares[i].many, now_ps, traffic, error);
    if (status != OIO_OK) return status;
    ask(&r->shares[i], now_ps);
  }
  return OIO_OK;
}

oio_time_ps oio_rounds_next_ps(const struct oio_rounds *r) {
  oio_time_ps next_ps = oio_many_sent_ps(r->shares[0].many);
  for (uint32_t i = 1; i < r->count; i++) next_ps = earlier(next_ps, earlier(r->shares[i].next_ps, r->shares[i].sent_ps));
  return next_ps;
}

oio_time_ps oio_rounds_last_ps(const struct oio_rounds *r) {
  oio_time_ps last_ps = 0;
  for (uint32_t i = 1; i < r->count; i++) {
    const oio_time_ps its_ps = oio_many_last_ps(r->shares[i].many);
    if (its_ps > last_ps) last_ps = its_ps;
  }
  return last_ps;
}

bool oio_rounds_failed(const struct oio_rounds *r) {
  bool failed = false;
  for (uint32_t i = 0; i < r->count; i++) failed |= oio_many_failed(r->shares[i].many);
  return failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "ring.h"

#include "interrupt.h"
#include "mailbox.h"

#include <stdlib.h>
#include <string.h>

/* Every value stays a whole number below 2^24, so that float sums are exact in any order and the result can be compared bit by bit. */
enum { GRADIENT_VALUES = 61, VALUES = 251 };

struct ring {
  const struct ring_config *config;
  struct ring_transfer *transfers;
  struct mailbox mailboxes[RING_WORKERS_MAX]; /* [w]: from worker w to the next */
  float *buffers;
  size_t floats;        /* in one worker's buffer */
  pthread_mutex_t gate; /* held until all workers are there, so that they start together */
};

struct worker {
  struct ring *ring;
  uint32_t number;
  bool created;
  pthread_t thread;
};

/* What worker `number` has to add in a round; it depends on everything, so that a misplaced element is seen. */
static uint32_t gradient(uint32_t number, uint32_t round, size_t element) {
  const uint32_t mixed = ((uint32_t)element * 2654435761u) ^ (number * 2246822519u) ^ (round * 3266489917u);
  return (mixed >> 16) % GRADIENT_VALUES;
}

/* The work before a round: the last round's result and this worker's own contribution. */
static float contribution(float value, uint32_t number, uint32_t round, size_t element) {
  return (float)(((uint32_t)value + gradient(number, round, element)) % VALUES);
}

static void close_all(struct ring *ring) {
  for (uint32_t i = 0; i < ring->config->workers; i++) mailbox_close(&ring->mailboxes[i]);
}

struct place {
  uint32_t round, step;
  uint64_t piece;
};

/* One piece out, one piece in. */
static bool exchange(struct ring *ring, uint32_t number, const struct place *place) {
  const struct ring_config *config = ring->config;
  const uint32_t workers = config->workers, gather_step = place->step - (workers - 1);
  const bool reduces = place->step < workers - 1;
  const uint32_t sent = reduces ? number + workers - place->step : number + 1 + workers - gather_step;
  const size_t chunk = ring->floats / workers, piece = (size_t)config->piece_bytes / sizeof(float);
  const size_t offset = (size_t)place->piece * piece, count = chunk - offset < piece ? chunk - offset : piece;
  float *buffer = ring->buffers + number * ring->floats;
  struct ring_transfer *transfer = &ring->transfers[ring_index(config, place->round, place->step, place->piece, number)];
  transfer->bytes = (uint32_t)(count * sizeof(float));
  if (!mailbox_put(&ring->mailboxes[number], buffer + sent % workers * chunk + offset, count, &transfer->time_ns)) return false;
  struct mailbox *from = &ring->mailboxes[(number + workers - 1) % workers];
  const float *arrived = mailbox_peek(from);
  if (arrived == NULL) return false;
  float *into = buffer + (sent - 1) % workers * chunk + offset;
  if (reduces)
    for (size_t i = 0; i < count; i++) into[i] += arrived[i];
  else
    memcpy(into, arrived, count * sizeof *into);
  mailbox_release(from);
  return true;
}

static bool run_round(struct ring *ring, uint32_t number, uint32_t round) {
  const uint64_t pieces = ring_pieces(ring->config);
  float *buffer = ring->buffers + number * ring->floats;
  for (size_t i = 0; i < ring->floats; i++) buffer[i] = contribution(buffer[i], number, round, i);
  for (struct place place = {.round = round}; place.step < ring_steps(ring->config); place.step++) {
    if (interrupt_requested()) return false;
    for (place.piece = 0; place.piece < pieces; place.piece++)
      if (!exchange(ring, number, &place)) return false;
  }
  return true;
}

static void *work(void *context) {
  const struct worker *worker = context;
  pthread_mutex_lock(&worker->ring->gate);
  pthread_mutex_unlock(&worker->ring->gate);
  for (uint32_t round = 0; round < worker->ring->config->rounds; round++) {
    if (run_round(worker->ring, worker->number, round)) continue;
    close_all(worker->ring);
    break;
  }
  return NULL;
}

static enum oio_status verify(const struct ring *ring, struct oio_error *error) {
  const struct ring_config *config = ring->config;
  for (size_t element = 0; element < ring->floats; element++) {
    float expected = 0;
    for (uint32_t round = 0; round < config->rounds; round++) {
      float sum = 0;
      for (uint32_t number = 0; number < config->workers; number++) sum += contribution(expected, number, round, element);
      expected = sum;
    }
    for (uint32_t number = 0; number < config->workers; number++) {
      const float got = ring->buffers[number * ring->floats + element];
      if (!(got >= expected && got <= expected))
        return oio_error_set(
            error, OIO_ERR_FAILED,
            "the all-reduce is wrong: worker %lu has %.9g in element %zu, the sum is %.9g; nothing was recorded, report this",
            (unsigned long)number, (double)got, element, (double)expected);
    }
  }
  return OIO_OK;
}

static enum oio_status run_workers(struct ring *ring, struct oio_error *error) {
  struct worker workers[RING_WORKERS_MAX] = {{0}};
  enum oio_status status = OIO_OK;
  pthread_mutex_init(&ring->gate, NULL);
  pthread_mutex_lock(&ring->gate);
  for (uint32_t i = 0; i < ring->config->workers && status == OIO_OK; i++) {
    workers[i] = (struct worker){.ring = ring, .number = i};
    workers[i].created = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    if (workers[i].created) continue;
    close_all(ring);
    status = oio_error_set(error, OIO_ERR_NOMEM, "worker %lu of %lu cannot be started; record with fewer --workers, or free memory",
                           (unsigned long)i, (unsigned long)ring->config->workers);
  }
  pthread_mutex_unlock(&ring->gate);
  for (uint32_t i = 0; i < ring->config->workers; i++)
    if (workers[i].created) pthread_join(workers[i].thread, NULL);
  pthread_mutex_destroy(&ring->gate);
  return status;
}

enum oio_status ring_run(const struct ring_config *config, struct ring_transfer *transfers, struct oio_error *error) {
  struct ring ring = {.config = config, .transfers = transfers, .floats = (size_t)config->buffer_bytes / sizeof(float)};
  ring.buffers = calloc(config->workers * ring.floats, sizeof(float));
  bool ready = ring.buffers != NULL;
  for (uint32_t i = 0; i < config->workers && ready; i++)
    ready = mailbox_create(&ring.mailboxes[i], (size_t)config->piece_bytes / sizeof(float));
  enum oio_status status =
      ready ? run_workers(&ring, error) : oio_error_set(error, OIO_ERR_NOMEM, "out of memory; record with fewer --bytes");
  if (status == OIO_OK && !interrupt_requested()) status = verify(&ring, error);
  for (uint32_t i = 0; i < config->workers; i++) mailbox_destroy(&ring.mailboxes[i]);
  free(ring.buffers);
  return status;
}

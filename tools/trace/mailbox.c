/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "mailbox.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

bool mailbox_create(struct mailbox *mailbox, size_t slot_floats) {
  *mailbox = (struct mailbox){.slot_floats = slot_floats, .slots = calloc(MAILBOX_SLOTS * slot_floats, sizeof(float))};
  if (mailbox->slots == NULL) return false;
  pthread_mutex_init(&mailbox->lock, NULL);
  pthread_cond_init(&mailbox->changed, NULL);
  return true;
}

void mailbox_destroy(struct mailbox *mailbox) {
  if (mailbox->slots == NULL) return;
  pthread_cond_destroy(&mailbox->changed);
  pthread_mutex_destroy(&mailbox->lock);
  free(mailbox->slots);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool mailbox_put(struct mailbox *mailbox, const float *piece, size_t count, uint64_t *time_ns) {
  pthread_mutex_lock(&mailbox->lock);
  while (mailbox->put - mailbox->taken == MAILBOX_SLOTS && !mailbox->closed) pthread_cond_wait(&mailbox->changed, &mailbox->lock);
  const bool open = !mailbox->closed;
  float *slot = mailbox->slots + mailbox->put % MAILBOX_SLOTS * mailbox->slot_floats;
  pthread_mutex_unlock(&mailbox->lock);
  if (!open) return false;
  /* The slot is the sender's alone until `put` counts it. */
  memcpy(slot, piece, count * sizeof *piece);
  *time_ns = now_ns();
  pthread_mutex_lock(&mailbox->lock);
  mailbox->put++;
  pthread_cond_signal(&mailbox->changed);
  pthread_mutex_unlock(&mailbox->lock);
  return true;
}

const float *mailbox_peek(struct mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  while (mailbox->put == mailbox->taken && !mailbox->closed) pthread_cond_wait(&mailbox->changed, &mailbox->lock);
  const float *slot = mailbox->closed ? NULL : mailbox->slots + mailbox->taken % MAILBOX_SLOTS * mailbox->slot_floats;
  pthread_mutex_unlock(&mailbox->lock);
  return slot;
}

void mailbox_release(struct mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  mailbox->taken++;
  pthread_cond_signal(&mailbox->changed);
  pthread_mutex_unlock(&mailbox->lock);
}

void mailbox_close(struct mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  mailbox->closed = true;
  pthread_cond_broadcast(&mailbox->changed);
  pthread_mutex_unlock(&mailbox->lock);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "link/replay.h"

#include "base/cold.h"
#include "link/sequence.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 4 };

enum oio_status oio_replay_create(struct oio_replay *replay, uint32_t window, uint32_t modulus) {
  uint64_t size = 1;
  while (size < window) size *= 2;
  const uint64_t whole_mask = size - 1, mask = size < FIRST_SLOTS ? whole_mask : FIRST_SLOTS - 1;
  *replay = (struct oio_replay){.mask = mask, .whole_mask = whole_mask, .window = window, .modulus = modulus};
  /* Not zeroed: a slot is written before it is read, and memory of a link that stands idle is not touched. */
  replay->slots = malloc(size * sizeof *replay->slots);
  if (replay->slots == NULL) return OIO_ERR_NOMEM;
  oio_replay_reset(replay);
  return OIO_OK;
}

void oio_replay_destroy(struct oio_replay *replay) {
  free(replay->slots);
  replay->slots = NULL;
}

void oio_replay_reset(struct oio_replay *replay) {
  replay->acked = replay->cursor = replay->sent = replay->tail = 0;
  replay->next = replay->slots;
  replay->next_tx = 1;
  replay->acked_sequence = (uint16_t)replay->modulus;
}

/* Twice as many slots in use. */
OIO_COLD static void grow(struct oio_replay *replay) {
  const uint64_t more = replay->mask + 1;
  for (uint64_t position = replay->acked; position != replay->tail; position++) {
    if (position & more) replay->slots[(position & replay->mask) + more] = replay->slots[position & replay->mask];
  }
  replay->mask += more;
}

void oio_replay_fit(struct oio_replay *replay, uint32_t count) {
  while (replay->mask < replay->whole_mask && count > replay->mask) grow(replay);
  replay->next = oio_replay_at(replay, replay->tail);
}

void oio_replay_accept(struct oio_replay *replay, oio_time_ps now_ps) {
  struct oio_replay_slot *slot = replay->next;
  slot->sequence = replay->next_tx;
  slot->accepted_ps = now_ps;
  replay->next_tx = oio_sequence_next(replay->modulus, replay->next_tx);
  replay->tail++;
  if (OIO_UNLIKELY(replay->tail - replay->acked > replay->mask)) {
    oio_replay_fit(replay, oio_replay_unacked(replay));
  } else {
    replay->next = (replay->tail & replay->mask) == 0 ? replay->slots : slot + 1;
  }
}

bool oio_replay_acknowledge(struct oio_replay *replay, uint16_t s) {
  if (s == 0 || s > replay->modulus) return false;
  const uint32_t steps = oio_sequence_distance(replay->modulus, replay->acked_sequence, s);
  if (steps > replay->sent - replay->acked) return false;
  replay->acked += steps;
  replay->acked_sequence = s;
  return true;
}

void oio_replay_rewind(struct oio_replay *replay) {
  replay->cursor = replay->acked;
}

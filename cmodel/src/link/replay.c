/* SPDX-License-Identifier: Apache-2.0 */
#include "link/replay.h"

#include "link/sequence.h"

#include <stdlib.h>

enum oio_status oio_replay_create(struct oio_replay *replay, uint32_t window, uint32_t modulus) {
  uint64_t size = 1;
  while (size < window) size *= 2;
  *replay = (struct oio_replay){.mask = size - 1, .window = window, .modulus = modulus};
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

void oio_replay_accept(struct oio_replay *replay, oio_time_ps now_ps) {
  struct oio_replay_slot *slot = replay->next;
  slot->sequence = replay->next_tx;
  slot->accepted_ps = now_ps;
  replay->next_tx = oio_sequence_next(replay->modulus, replay->next_tx);
  replay->tail++;
  replay->next = (replay->tail & replay->mask) == 0 ? replay->slots : slot + 1;
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

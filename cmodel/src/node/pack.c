/* SPDX-License-Identifier: Apache-2.0 */
/* Messages into payloads: SPEC.md section 6. */
#include "base/little_endian.h"
#include "base/turn.h"
#include "node/body.h"
#include "node/die_state.h"

/* Takes the next bytes of VC v, all that remains of its head message or whole granules, and writes their descriptor. Returns what it takes
 * of the room, or 0: not worth a descriptor. */
static uint32_t take(struct oio_die *die, unsigned v, uint32_t room, uint8_t *descriptor, struct oio_chosen *chosen) {
  struct oio_vc *vc = &die->vcs[v];
  const struct oio_message *message = &vc->queue[vc->head];
  const uint64_t offset = vc->packed_bytes, remaining = message->bytes - offset;
  const uint32_t left = vc->credit.ahead;
  const uint32_t funded = left * OIO_GRANULE_BYTES, space = room - OIO_DESCRIPTOR_BYTES; /* 2^23 granules at most */
  const uint32_t most = funded < space ? funded : space;
  const bool last = remaining <= most;
  const uint32_t bytes = last ? (uint32_t)remaining : most / OIO_GRANULE_BYTES * OIO_GRANULE_BYTES;
  if (bytes == 0) return 0;
  const uint32_t granules = oio_granules(bytes);
  uint64_t fields = v | bytes << 8 | message->id << 16;
  if (offset == 0) fields |= OIO_DESCRIPTOR_FIRST;
  vc->packed_bytes = offset + bytes;
  if (last) {
    fields |= OIO_DESCRIPTOR_LAST;
    vc->packed_bytes = 0;
    vc->head = (vc->head + 1) % OIO_DIE_QUEUE_MESSAGES;
    if (--vc->count == 0) die->queued &= ~(1u << v);
  }
  oio_credit_use(&vc->credit, granules);
  if (granules == left) die->funded &= ~(1u << v);
  oio_store_le64(descriptor, fields);
  chosen->message = message;
  chosen->offset = offset;
  chosen->bytes = bytes;
  return bytes + OIO_DESCRIPTOR_BYTES;
}

/* VCs take turns, a segment a turn, until nothing fits. Writes the descriptors and returns how many segments were chosen. */
static unsigned choose(struct oio_die *die, uint8_t *descriptors, struct oio_chosen *chosen) {
  unsigned count = 0, turn = die->turn;
  uint32_t room = OIO_PAYLOAD_BYTES - OIO_PACK_HEAD_BYTES;
  uint32_t passed = 0; /* VCs whose next segment does not fit: room only shrinks, so they will not be asked again */
  for (uint32_t set; count < OIO_SEGMENTS_MAX && room > OIO_DESCRIPTOR_BYTES && (set = oio_die_ready(die) & ~passed) != 0;) {
    const unsigned v = oio_turn_of(set, turn);
    const uint32_t taken = take(die, v, room, descriptors + count * OIO_DESCRIPTOR_BYTES, &chosen[count]);
    if (taken == 0) {
      passed |= 1u << v;
      continue;
    }
    count++;
    room -= taken;
    turn = oio_turn_after(v, die->config.vcs);
  }
  die->turn = turn;
  return count;
}

/* The VC whose credit goes out: the next that has news, else simply the next. */
static unsigned credit_vc(struct oio_die *die) {
  const unsigned v = die->news != 0 ? oio_turn_of(die->news, die->credit_turn) : die->credit_turn;
  die->credit_turn = oio_turn_after(v, die->config.vcs);
  return v;
}

static void write_head(struct oio_die *die, uint8_t *out, unsigned segments) {
  const unsigned v = credit_vc(die);
  oio_store_le32(out, (uint32_t)(v << 4 | segments) | die->vcs[v].credit_sent << 8);
  die->news &= ~(1u << v);
  if (die->news == 0) die->credit_due_ps = OIO_NEVER;
}

void oio_die_pack(struct oio_die *die, struct oio_payload *payload) {
  struct oio_chosen chosen[OIO_SEGMENTS_MAX];
  const unsigned count = choose(die, payload->bytes + OIO_PACK_HEAD_BYTES, chosen);
  write_head(die, payload->bytes, count);
  payload->touched_bytes = (uint16_t)(OIO_PACK_HEAD_BYTES + count * OIO_DESCRIPTOR_BYTES);
  payload->tainted = false;
  payload->references = 0;
  if (die->config.link.fidelity == OIO_BIT) {
    oio_body_write(payload, die->config.seed, chosen, count);
  } else if (die->brought) {
    oio_body_refer(payload, chosen, count);
  }
}

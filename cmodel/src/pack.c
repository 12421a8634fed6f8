/* SPDX-License-Identifier: Apache-2.0 */
/* Messages into payloads: SPEC.md section 6. */
#include "die_state.h"

#include <string.h>

/* One segment chosen for the payload at hand. */
struct chosen {
  const struct oio_message *message;
  uint64_t offset;
  uint32_t bytes;
  uint8_t flags; /* first descriptor byte */
};

static bool sendable(const struct oio_vc *vc) { return vc->count > 0 && oio_credit_left(&vc->credit, OIO_VC_CREDIT_BITS) > 0; }

bool oio_die_has_sendable(const struct oio_die *die) {
  for (unsigned v = 0; v < die->config.vcs; v++) {
    if (sendable(&die->vcs[v])) return true;
  }
  return false;
}

/* The bytes of the head message that go into `room`: all that remains, or whole granules. 0: not worth a descriptor. */
static uint32_t cut(const struct oio_vc *vc, uint32_t room) {
  const uint64_t remaining = vc->queue[vc->head].bytes - vc->packed_bytes;
  const uint64_t allowed = (uint64_t)oio_credit_left(&vc->credit, OIO_VC_CREDIT_BITS) * OIO_GRANULE_BYTES;
  const uint64_t most = allowed < room ? allowed : room;
  return (uint32_t)(remaining <= most ? remaining : most / OIO_GRANULE_BYTES * OIO_GRANULE_BYTES);
}

static struct chosen take(struct oio_vc *vc, unsigned v, uint32_t bytes) {
  const struct oio_message *message = &vc->queue[vc->head];
  struct chosen chosen = {.message = message, .offset = vc->packed_bytes, .bytes = bytes, .flags = (uint8_t)v};
  if (vc->packed_bytes == 0) chosen.flags |= OIO_DESCRIPTOR_FIRST;
  oio_credit_use(&vc->credit, oio_granules(bytes), OIO_VC_CREDIT_BITS);
  vc->packed_bytes += bytes;
  if (vc->packed_bytes == message->bytes) {
    chosen.flags |= OIO_DESCRIPTOR_LAST;
    vc->packed_bytes = 0;
    vc->head = (vc->head + 1) % OIO_DIE_QUEUE_MESSAGES;
    vc->count--;
  }
  return chosen;
}

/* VCs take turns, a segment a turn, until nothing fits. Returns how many segments were chosen. */
static unsigned choose(struct oio_die *die, struct chosen *chosen) {
  unsigned count = 0;
  uint32_t room = OIO_PAYLOAD_BYTES - OIO_PACK_HEAD_BYTES;
  unsigned idle = 0; /* VCs in a row that had nothing */
  while (count < OIO_SEGMENTS_MAX && idle < die->config.vcs && room > OIO_DESCRIPTOR_BYTES) {
    struct oio_vc *vc = &die->vcs[die->turn];
    const uint32_t bytes = sendable(vc) ? cut(vc, room - OIO_DESCRIPTOR_BYTES) : 0;
    if (bytes > 0) {
      chosen[count++] = take(vc, die->turn, bytes);
      room -= bytes + OIO_DESCRIPTOR_BYTES;
      idle = 0;
    } else {
      idle++;
    }
    die->turn = die->turn + 1 == die->config.vcs ? 0 : die->turn + 1;
  }
  return count;
}

/* The VC whose credit goes out: the next that has news, else simply the next. */
static unsigned credit_vc(struct oio_die *die) {
  unsigned v = die->credit_turn;
  for (unsigned i = 0; i < die->config.vcs; i++) {
    const unsigned candidate = (die->credit_turn + i) % die->config.vcs;
    if (die->vcs[candidate].news) {
      v = candidate;
      break;
    }
  }
  die->credit_turn = (v + 1) % die->config.vcs;
  return v;
}

static void write_head(struct oio_die *die, uint8_t *out, unsigned segments) {
  const unsigned v = credit_vc(die);
  struct oio_vc *vc = &die->vcs[v];
  out[0] = (uint8_t)(v << 4 | segments);
  out[1] = (uint8_t)vc->credit_sent;
  out[2] = (uint8_t)(vc->credit_sent >> 8);
  out[3] = (uint8_t)(vc->credit_sent >> 16);
  vc->news = false;
  for (unsigned i = 0; i < die->config.vcs; i++) {
    if (die->vcs[i].news) return;
  }
  die->credit_due_ps = OIO_NEVER;
}

static void write_descriptor(uint8_t *out, const struct chosen *chosen) {
  out[0] = chosen->flags;
  out[1] = (uint8_t)chosen->bytes;
  for (int i = 0; i < 6; i++) out[2 + i] = (uint8_t)(chosen->message->id >> (8 * i));
}

static uint8_t *write_body(const struct oio_die *die, uint8_t *out, const struct chosen *chosen) {
  if (chosen->message->data != NULL) {
    memcpy(out, chosen->message->data + chosen->offset, chosen->bytes);
  } else {
    oio_pattern_fill(die->config.seed, chosen->message->id, chosen->offset, out, chosen->bytes);
  }
  return out + chosen->bytes;
}

void oio_die_pack(struct oio_die *die, struct oio_payload *payload) {
  struct chosen chosen[OIO_SEGMENTS_MAX];
  const unsigned count = choose(die, chosen);
  write_head(die, payload->bytes, count);
  uint8_t *at = payload->bytes + OIO_PACK_HEAD_BYTES;
  for (unsigned i = 0; i < count; i++, at += OIO_DESCRIPTOR_BYTES) write_descriptor(at, &chosen[i]);
  payload->touched_bytes = (uint16_t)(at - payload->bytes);
  payload->tainted = false;
  if (die->config.link.fidelity == OIO_EVENT) return;
  for (unsigned i = 0; i < count; i++) at = write_body(die, at, &chosen[i]);
  memset(at, 0, (size_t)(payload->bytes + OIO_PAYLOAD_BYTES - at));
  payload->touched_bytes = OIO_PAYLOAD_BYTES;
}

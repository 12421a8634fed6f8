/* SPDX-License-Identifier: Apache-2.0 */
#include "node/die_stride.h"

#include "base/little_endian.h"
#include "link/link_stride.h"
#include "node/die_state.h"

#define CREDIT_MASK ((1u << OIO_VC_CREDIT_BITS) - 1)
#define ID_MASK (((uint64_t)1 << 48) - 1)

void oio_die_stride_from(const struct oio_die *die, struct oio_stride_wire *wire) {
  oio_link_stride_from(die->link, wire);
  wire->maker = die;
}

struct oio_link *oio_die_stride_link(const struct oio_die *die) {
  return die->link;
}

static void note_limit(struct oio_stride *s, const struct oio_die *giver, unsigned v, uint32_t limit) {
  oio_stride_same(s, (giver->vcs[v].credit_sent - limit) & CREDIT_MASK);
}

/* Credit limits of VCs and identities stay what they are when the state is carried on: nothing but differences of them means anything. */
void oio_die_stride_look_into(struct oio_stride *s, const void *maker, const uint8_t *bytes, size_t nbytes) {
  const uint32_t head = oio_load_le32(bytes);
  const unsigned count = head & 15, v = head >> 4 & 15;
  oio_stride_same(s, head & 255);
  oio_stride_require(s, v < OIO_VCS_MAX && nbytes >= OIO_PACK_HEAD_BYTES + count * (size_t)OIO_DESCRIPTOR_BYTES);
  if (s->unfit) return;
  note_limit(s, maker, v, head >> 8);
  for (unsigned i = 0; i < count; i++) {
    const uint64_t descriptor = oio_load_le64(bytes + OIO_PACK_HEAD_BYTES + i * OIO_DESCRIPTOR_BYTES);
    oio_stride_same(s, descriptor & 0xFFFF);
    oio_stride_same(s, (s->first_id - (descriptor >> 16)) & ID_MASK);
  }
}

/* In the midst of a long message it is far from its end, where the last segment is told from others. */
static void packed(struct oio_vc *vc, struct oio_stride *s) {
  const struct oio_message none = {.bytes = 0}, *head = vc->count == 0 ? &none : &vc->queue[vc->head];
  const uint64_t left = head->bytes - vc->packed_bytes;
  oio_stride_same(s, vc->packed_bytes == 0);
  oio_stride_towards(s, &vc->packed_bytes, left > OIO_SEGMENT_BYTES_MAX ? left - OIO_SEGMENT_BYTES_MAX - 1 : 0, head->id);
}

static void queue(struct oio_vc *vc, struct oio_stride *s) {
  oio_stride_same(s, vc->count);
  for (uint32_t i = 0; i < vc->count; i++) {
    const struct oio_message *message = &vc->queue[(vc->head + i) % OIO_DIE_QUEUE_MESSAGES];
    oio_stride_same(s, message->bytes);
    oio_stride_same(s, s->first_id - message->id);
  }
  packed(vc, s);
}

void oio_die_stride(struct oio_die *die, uint32_t out, uint32_t in, struct oio_stride *s) {
  const struct oio_die *peer = s->wire[in].maker;
  oio_link_stride(die->link, out, in, s);
  for (unsigned v = 0; v < die->config.vcs; v++) {
    struct oio_vc *vc = &die->vcs[v];
    queue(vc, s);
    oio_stride_same(s, vc->credit.ahead);
    note_limit(s, peer, v, vc->credit.limit);
    oio_stride_require(s, vc->held.granules == 0);
  }
  oio_stride_require(s, !die->brought && die->segments_left == 0);
  oio_stride_same(s, (uint64_t)die->queued << 32 | die->funded);
  oio_stride_same(s, (uint64_t)die->news << 32 | die->turn);
  oio_stride_same(s, die->credit_turn);
  oio_stride_time(s, &die->credit_due_ps);
  oio_stride_same(s, die->malformed);
}

uint64_t oio_die_stride_key(const struct oio_die *die) {
  uint64_t key = (uint64_t)die->queued << 32 ^ (uint64_t)die->news << 24 ^ die->turn << 8 ^ die->credit_turn;
  for (unsigned v = 0; v < die->config.vcs; v++) key = key * 31 ^ die->vcs[v].count;
  return key * 31 ^ oio_link_stride_key(die->link);
}

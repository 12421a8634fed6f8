/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads into segments: SPEC.md section 6. */
#include "base/cold.h"
#include "base/little_endian.h"
#include "node/die_state.h"

/* Does a descriptor describe bytes that are there? They take so much of the room. */
static inline bool is_sound(const struct oio_die *die, const uint8_t *at, unsigned *room) {
  const uint32_t descriptor = oio_load_le16(at);
  const uint32_t bytes = descriptor >> 8;
  if ((descriptor & 0xFF & ~(uint32_t)(OIO_DESCRIPTOR_FIRST | OIO_DESCRIPTOR_LAST)) >= die->config.vcs) return false;
  if (bytes - 1 >= *room) return false; /* none, or more than there is room for: 224 bytes at most */
  *room -= bytes;
  return true;
}

/* Do `count` descriptors? The first, which most payloads have alone, is looked at before the others. */
static inline bool well_formed(const struct oio_die *die, const uint8_t *descriptors, unsigned count) {
  if (count == 0) return true;
  if (count > OIO_SEGMENTS_MAX) return false;
  unsigned room = OIO_PAYLOAD_BYTES - OIO_PACK_HEAD_BYTES - count * OIO_DESCRIPTOR_BYTES;
  if (!is_sound(die, descriptors, &room)) return false;
  for (unsigned i = 1; OIO_UNLIKELY(i < count); i++) {
    if (!is_sound(die, descriptors + i * OIO_DESCRIPTOR_BYTES, &room)) return false;
  }
  return true;
}

/* Takes the VC credit and checks the descriptors of a payload just received; a credit that cannot be fails the link. Returns how many
 * segments it has to hand out. */
static unsigned open_payload(struct oio_die *die, const struct oio_payload *payload) {
  const uint32_t head = oio_load_le32(payload->bytes);
  const unsigned count = head & 15, v = head >> 4 & 15;
  const uint8_t *descriptors = payload->bytes + OIO_PACK_HEAD_BYTES;
  if (v >= die->config.vcs || !well_formed(die, descriptors, count)) {
    die->malformed++;
    return 0;
  }
  struct oio_credit_sender *credit = &die->vcs[v].credit;
  const uint32_t highest = credit->limit - credit->ahead + die->buffer_granules;
  if (!oio_credit_raise(credit, head >> 8, highest, OIO_VC_CREDIT_BITS)) {
    oio_link_fail(die->link, OIO_LINK_VC_CREDIT_RANGE);
    return 0;
  }
  if (oio_credit_any(credit, OIO_VC_CREDIT_BITS)) die->funded |= 1u << v;
  die->descriptor = descriptors;
  die->data = descriptors + count * OIO_DESCRIPTOR_BYTES;
  return count;
}

bool oio_die_reopen(struct oio_die *die, unsigned segments_left) {
  const struct oio_payload *payload = oio_link_peek(die->link);
  if (payload == NULL) return false;
  const unsigned count = payload->bytes[0] & 15;
  const uint8_t *descriptors = payload->bytes + OIO_PACK_HEAD_BYTES;
  if (count < segments_left || !well_formed(die, descriptors, count)) return false;
  die->opened = payload;
  die->segments_left = segments_left;
  die->descriptor = descriptors;
  die->data = descriptors + count * OIO_DESCRIPTOR_BYTES;
  for (unsigned i = segments_left; i < count; i++, die->descriptor += OIO_DESCRIPTOR_BYTES) die->data += die->descriptor[1];
  return true;
}

/* Opens the oldest payload that has segments to hand out; takes the credit of those it passes. False: none. */
static bool open_next(struct oio_die *die, oio_time_ps now_ps) {
  while ((die->opened = oio_link_peek(die->link)) != NULL) {
    die->segments_left = open_payload(die, die->opened);
    if (die->segments_left > 0) return true;
    oio_link_pop(die->link, now_ps);
  }
  return false;
}

/* Takes the next segment that has arrived. False: there is none. */
static inline bool next_segment(struct oio_die *die, oio_time_ps now_ps, struct oio_segment *segment) {
  if (die->segments_left == 0 && !open_next(die, now_ps)) return false;
  const struct oio_payload *payload = die->opened;
  const uint64_t descriptor = oio_load_le64(die->descriptor);
  const uint32_t bytes = descriptor >> 8 & 255;
  segment->vc = descriptor & 7;
  segment->source = 0;
  segment->first = (descriptor & OIO_DESCRIPTOR_FIRST) != 0;
  segment->last = (descriptor & OIO_DESCRIPTOR_LAST) != 0;
  segment->bytes = bytes;
  segment->id = descriptor >> 16;
  if (die->config.link.fidelity == OIO_EVENT && !payload->tainted) {
    segment->data = payload->references == 0 ? NULL : oio_body_referred(payload, die->segments_left);
  } else {
    segment->data = die->data;
    die->data += bytes;
  }
  segment->tainted = payload->tainted;
  segment->packed_ps = payload->stamp.enter_ps;
  segment->stamp = &payload->stamp;
  die->descriptor += OIO_DESCRIPTOR_BYTES;
  if (--die->segments_left == 0) oio_link_pop(die->link, now_ps); /* its bytes stay where they are until the next flit */
  return true;
}

/* Is there room for the segment in its VC's buffer? Else the peer has sent beyond its credit: it is dropped, and the link fails. */
static inline bool has_room(struct oio_die *die, const struct oio_segment *segment) {
  if (die->vcs[segment->vc].held.granules + oio_granules(segment->bytes) <= die->buffer_granules) return true;
  oio_link_fail(die->link, OIO_LINK_OVERFLOW);
  return false;
}

bool oio_die_recv(struct oio_die *die, oio_time_ps now_ps, struct oio_segment *segment) {
  do {
    if (!next_segment(die, now_ps, segment)) return false;
  } while (!has_room(die, segment));
  oio_held_add(&die->vcs[segment->vc].held, segment->bytes);
  return true;
}

bool oio_die_take(struct oio_die *die, oio_time_ps now_ps, struct oio_segment *segment) {
  do {
    if (!next_segment(die, now_ps, segment)) return false;
  } while (!has_room(die, segment));
  oio_die_return_credit(die, now_ps, segment->vc, oio_granules(segment->bytes));
  return true;
}

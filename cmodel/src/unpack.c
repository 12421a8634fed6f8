/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads into segments: SPEC.md section 6. */
#include "die_state.h"
#include "little_endian.h"

/* Do `count` descriptors describe bytes that are there? */
static bool well_formed(const struct oio_die *die, const uint8_t *descriptors, unsigned count) {
  if (count > OIO_SEGMENTS_MAX) return false;
  unsigned room = OIO_PAYLOAD_BYTES - OIO_PACK_HEAD_BYTES - count * OIO_DESCRIPTOR_BYTES;
  for (unsigned i = 0; i < count; i++) {
    const uint32_t descriptor = oio_load_le16(descriptors + i * OIO_DESCRIPTOR_BYTES);
    const uint32_t bytes = descriptor >> 8;
    if ((descriptor & 0xFF & ~(uint32_t)(OIO_DESCRIPTOR_FIRST | OIO_DESCRIPTOR_LAST)) >= die->config.vcs) return false;
    if (bytes == 0 || bytes > OIO_SEGMENT_BYTES_MAX || bytes > room) return false;
    room -= bytes;
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
  const uint32_t highest = credit->limit - credit->ahead + (uint32_t)(die->config.vc_buffer_bytes / OIO_GRANULE_BYTES);
  if (!oio_credit_raise(credit, head >> 8, highest, OIO_VC_CREDIT_BITS)) {
    oio_link_fail(die->link, OIO_LINK_VC_CREDIT_RANGE);
    return 0;
  }
  if (oio_credit_any(credit, OIO_VC_CREDIT_BITS)) die->funded |= 1u << v;
  die->descriptor = descriptors;
  die->data = descriptors + count * OIO_DESCRIPTOR_BYTES;
  return count;
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

bool oio_die_recv(struct oio_die *die, oio_time_ps now_ps, struct oio_segment *segment) {
  if (die->segments_left == 0 && !open_next(die, now_ps)) return false;
  const struct oio_payload *payload = die->opened;
  const uint64_t descriptor = oio_load_le64(die->descriptor);
  const uint32_t bytes = descriptor >> 8 & 255;
  segment->vc = descriptor & 7;
  segment->first = (descriptor & OIO_DESCRIPTOR_FIRST) != 0;
  segment->last = (descriptor & OIO_DESCRIPTOR_LAST) != 0;
  segment->bytes = bytes;
  segment->id = descriptor >> 16;
  segment->data = die->data;
  segment->tainted = payload->tainted;
  segment->packed_ps = payload->stamp.enter_ps;
  segment->stamp = &payload->stamp;
  die->descriptor += OIO_DESCRIPTOR_BYTES;
  die->data += bytes;
  if (--die->segments_left == 0) oio_link_pop(die->link, now_ps); /* its bytes stay where they are until the next flit */
  return true;
}

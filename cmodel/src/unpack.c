/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads into segments: SPEC.md section 6. */
#include "die_state.h"
#include "little_endian.h"

static unsigned segments_of(const struct oio_payload *payload) {
  return payload->bytes[0] & 15;
}

/* Do the descriptors describe bytes that are there? */
static bool well_formed(const struct oio_die *die, const struct oio_payload *payload) {
  const unsigned count = segments_of(payload);
  unsigned used = OIO_PACK_HEAD_BYTES + count * OIO_DESCRIPTOR_BYTES;
  if (count > OIO_SEGMENTS_MAX) return false;
  for (unsigned i = 0; i < count; i++) {
    const uint32_t descriptor = oio_load_le16(payload->bytes + OIO_PACK_HEAD_BYTES + i * OIO_DESCRIPTOR_BYTES);
    const uint32_t bytes = descriptor >> 8;
    if ((descriptor & 7) >= die->config.vcs || (descriptor & 0xE0) != 0) return false;
    if (bytes == 0 || bytes > OIO_SEGMENT_BYTES_MAX) return false;
    used += bytes;
  }
  return used <= OIO_PAYLOAD_BYTES;
}

bool oio_die_open_payload(struct oio_die *die, const struct oio_payload *payload) {
  const unsigned v = payload->bytes[0] >> 4;
  if (v >= die->config.vcs || !well_formed(die, payload)) return false;
  const uint32_t limit = oio_load_le32(payload->bytes) >> 8;
  struct oio_credit_sender *credit = &die->vcs[v].credit;
  if (oio_credit_raise(credit, limit, OIO_VC_CREDIT_BITS) && oio_credit_left(credit, OIO_VC_CREDIT_BITS) > 0) die->funded |= 1u << v;
  return true;
}

/* Goes to the next payload that has segments to hand out; takes the credit of those it passes. NULL: none. */
static const struct oio_payload *current(struct oio_die *die, oio_time_ps now_ps) {
  for (;;) {
    if (die->popped) {
      oio_link_pop(die->link, now_ps);
      die->popped = false;
      die->next_segment = 0;
    }
    const struct oio_payload *payload = oio_link_peek(die->link);
    if (payload == NULL || die->next_segment > 0) return payload;
    const bool good = oio_die_open_payload(die, payload);
    if (!good) die->malformed++;
    if (good && segments_of(payload) > 0) {
      die->next_byte = OIO_PACK_HEAD_BYTES + segments_of(payload) * OIO_DESCRIPTOR_BYTES;
      return payload;
    }
    die->popped = true;
  }
}

bool oio_die_recv(struct oio_die *die, oio_time_ps now_ps, struct oio_segment *segment) {
  const struct oio_payload *payload = current(die, now_ps);
  if (payload == NULL) return false;
  const uint64_t descriptor = oio_load_le64(payload->bytes + OIO_PACK_HEAD_BYTES + die->next_segment * OIO_DESCRIPTOR_BYTES);
  segment->vc = descriptor & 7;
  segment->first = (descriptor & OIO_DESCRIPTOR_FIRST) != 0;
  segment->last = (descriptor & OIO_DESCRIPTOR_LAST) != 0;
  segment->bytes = descriptor >> 8 & 255;
  segment->id = descriptor >> 16;
  segment->data = payload->bytes + die->next_byte;
  segment->tainted = payload->tainted;
  segment->packed_ps = payload->stamp.enter_ps;
  segment->stamp = &payload->stamp;
  die->next_byte += segment->bytes;
  die->next_segment++;
  if (die->next_segment == segments_of(payload)) die->popped = true;
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Messages into routed payloads, and these into segments: SPEC.md section 11. */
#include "base/little_endian.h"
#include "node/routed_die_state.h"

/* Bits of bytes 0 and 1 that are zero; where switches tell waits, byte 1 has none. */
enum { RESERVED = 0xFE80, RESERVED_BESIDE_WAITS = 0x0080 };

/* Takes what is left of the flow's first message, or the room, and writes its descriptor. Returns what it takes of the room. */
static uint32_t choose_next(struct oio_flows *flows, struct oio_flow *flow, uint32_t room, uint8_t *descriptor, struct oio_chosen *chosen) {
  const struct oio_message *message = &flows->messages[flow->first].message;
  const uint64_t offset = flow->packed_bytes, remaining = message->bytes - offset;
  const uint32_t space = room - OIO_DESCRIPTOR_BYTES;
  const bool last = remaining <= space;
  const uint32_t bytes = last ? (uint32_t)remaining : space;
  uint64_t fields = flow->vc | bytes << 8 | message->id << 16;
  if (offset == 0) fields |= OIO_DESCRIPTOR_FIRST;
  if (last) {
    fields |= OIO_DESCRIPTOR_LAST;
    oio_flows_pop(flows, flow);
  } else {
    flow->packed_bytes = offset + bytes;
  }
  oio_store_le64(descriptor, fields);
  *chosen = (struct oio_chosen){.message = message, .offset = offset, .bytes = bytes};
  return bytes + OIO_DESCRIPTOR_BYTES;
}

/* Writes the descriptors and returns how many segments were chosen. */
static unsigned choose(struct oio_flows *flows, struct oio_flow *flow, uint8_t *descriptors, struct oio_chosen *chosen) {
  unsigned count = 0;
  uint32_t room = OIO_PAYLOAD_BYTES - OIO_ROUTED_HEAD_BYTES;
  while (count < OIO_SEGMENTS_MAX && room > OIO_DESCRIPTOR_BYTES && flow->count > 0) {
    room -= choose_next(flows, flow, room, descriptors + count * OIO_DESCRIPTOR_BYTES, &chosen[count]);
    count++;
  }
  return count;
}

void oio_routed_die_pack(struct oio_routed_die *die, struct oio_line *line, struct oio_payload *payload) {
  struct oio_flow *flow = oio_flows_turn(&die->flows, line);
  struct oio_chosen chosen[OIO_SEGMENTS_MAX];
  const unsigned count = choose(&die->flows, flow, payload->bytes + OIO_ROUTED_HEAD_BYTES, chosen);
  payload->bytes[0] = (uint8_t)((unsigned)flow->vc << 4 | count);
  payload->bytes[1] = flow->hop_vc;
  oio_store_le16(payload->bytes + 2, (uint16_t)flow->destination);
  oio_store_le16(payload->bytes + 4, (uint16_t)die->number);
  payload->touched_bytes = (uint16_t)(OIO_ROUTED_HEAD_BYTES + count * OIO_DESCRIPTOR_BYTES);
  payload->tainted = false;
  payload->references = 0;
  if (die->fidelity == OIO_BIT) {
    oio_body_write(payload, die->seed, chosen, count);
  } else if (die->brought) {
    oio_body_refer(payload, chosen, count);
  }
  oio_flows_turn_over(&die->flows, flow);
}

bool oio_routed_die_fits(const struct oio_routed_die *die, const uint8_t *payload) {
  const uint32_t head = oio_load_le32(payload), reserved = die->waits ? RESERVED_BESIDE_WAITS : RESERVED;
  const unsigned count = head & 15, vc = head >> 4 & 7;
  if ((head & reserved) != 0 || vc >= die->vcs || head >> 16 != die->number) return false;
  if (count < 1 || count > OIO_SEGMENTS_MAX) return false;
  unsigned room = OIO_PAYLOAD_BYTES - OIO_ROUTED_HEAD_BYTES - count * OIO_DESCRIPTOR_BYTES;
  for (unsigned i = 0; i < count; i++) {
    const uint32_t descriptor = oio_load_le16(payload + OIO_ROUTED_HEAD_BYTES + i * OIO_DESCRIPTOR_BYTES);
    const uint32_t bytes = descriptor >> 8;
    if ((descriptor & 0xFF & ~(uint32_t)(OIO_DESCRIPTOR_FIRST | OIO_DESCRIPTOR_LAST)) != vc) return false;
    if (bytes - 1 >= room) return false; /* none, or more than there is room for: 222 bytes at most */
    room -= bytes;
  }
  return true;
}

void oio_routed_die_open(struct oio_routed_die *die, const struct oio_payload *payload) {
  die->opened = payload;
  die->segments_left = payload->bytes[0] & 15;
  die->descriptor = payload->bytes + OIO_ROUTED_HEAD_BYTES;
  die->data = die->descriptor + die->segments_left * OIO_DESCRIPTOR_BYTES;
}

void oio_routed_die_segment(struct oio_routed_die *die, struct oio_segment *segment) {
  const struct oio_payload *payload = die->opened;
  const uint64_t descriptor = oio_load_le64(die->descriptor);
  *segment = (struct oio_segment){
      .vc = descriptor & 7,
      .source = oio_load_le16(payload->bytes + 4),
      .first = (descriptor & OIO_DESCRIPTOR_FIRST) != 0,
      .last = (descriptor & OIO_DESCRIPTOR_LAST) != 0,
      .id = descriptor >> 16,
      .bytes = descriptor >> 8 & 255,
      .tainted = payload->tainted,
      .packed_ps = payload->stamp.enter_ps,
      .stamp = &payload->stamp,
  };
  if (die->fidelity == OIO_EVENT && !payload->tainted) {
    segment->data = payload->references == 0 ? NULL : oio_body_referred(payload, die->segments_left);
  } else {
    segment->data = die->data;
    die->data += segment->bytes;
  }
  die->descriptor += OIO_DESCRIPTOR_BYTES;
  die->segments_left--;
}

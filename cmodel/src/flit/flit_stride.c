/* SPDX-License-Identifier: Apache-2.0 */
#include "flit/flit_stride.h"

void oio_stamp_stride(struct oio_stamp *stamp, struct oio_stride *s) {
  oio_stride_time(s, &stamp->enter_ps);
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) oio_stride_same(s, stamp->parts_ps[part]);
}

/* Pointers to bytes that a host has brought would say nothing of what they lead to. */
static void look_into(const uint8_t *bytes, uint16_t touched_bytes, uint8_t references, uint32_t wire, struct oio_stride *s) {
  oio_stride_same(s, touched_bytes);
  oio_stride_require(s, references == 0);
  s->look_into(s, s->wire[wire].maker, bytes, touched_bytes);
}

void oio_payload_stride(struct oio_payload *payload, uint32_t wire, struct oio_stride *s) {
  look_into(payload->bytes, payload->touched_bytes, payload->references, wire, s);
  oio_stride_require(s, !payload->tainted);
  oio_stamp_stride(&payload->stamp, s);
}

void oio_wire_stride(const struct oio_flit_format *format, struct oio_wire *flit, uint32_t wire, uint32_t back, struct oio_stride *s) {
  struct oio_flit_head head;
  oio_stride_require(s, oio_flit_get_head(format, flit->bytes, &head) && flit->wrong_bits == 0 && !flit->tainted);
  oio_stride_same(s, head.protocol);
  oio_stride_same(s, head.command);
  oio_stride_same(s, head.round);
  oio_stride_same(s, head.echo);
  if (s->unfit) return;
  oio_stride_sequence(s, &head.sequence, head.command == OIO_EXPLICIT ? wire : back);
  oio_stride_total(s, &head.credit_limit, back);
  if (s->moves) oio_flit_put_head(format, flit->bytes, &head);
  if (head.protocol == OIO_PROTOCOL_NOP) return;
  uint8_t payload[OIO_PAYLOAD_BYTES];
  oio_flit_get_payload(format, flit->bytes, payload, flit->touched_bytes);
  look_into(payload, flit->touched_bytes, flit->references, wire, s);
  oio_stamp_stride(&flit->stamp, s);
}

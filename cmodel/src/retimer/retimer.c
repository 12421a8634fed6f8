/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/retimer.h"

#include "base/precondition.h"

uint8_t oio_framing_write(struct oio_framing framing) {
  return (uint8_t)((framing.data ? 0x0F : 0) ^ (framing.credit ? 0xF0 : 0));
}

bool oio_framing_read(uint8_t valid, struct oio_framing *framing) {
  const unsigned low = valid & 15, high = valid >> 4;
  if ((low != 0 && low != 15) || (high != 0 && high != 15)) return false;
  *framing = (struct oio_framing){.data = low != 0, .credit = high != 0};
  return true;
}

void oio_retimer_sender_reload(struct oio_retimer_sender *sender, uint32_t units) {
  OIO_PRECONDITION(units >= 1 && units <= OIO_RETIMER_UNITS_MAX);
  *sender = (struct oio_retimer_sender){.units = units};
}

bool oio_retimer_can_send(const struct oio_retimer_sender *sender, uint32_t bytes) {
  return sender->sent_bytes + bytes <= (sender->units + sender->returned) * OIO_RETIMER_UNIT_BYTES;
}

void oio_retimer_send(struct oio_retimer_sender *sender, uint32_t bytes) {
  OIO_PRECONDITION(oio_retimer_can_send(sender, bytes));
  sender->sent_bytes += bytes;
}

void oio_retimer_take_credit(struct oio_retimer_sender *sender) {
  sender->returned++;
}

void oio_retimer_receiver_reload(struct oio_retimer_receiver *receiver, uint32_t units) {
  OIO_PRECONDITION(units >= 1 && units <= OIO_RETIMER_UNITS_MAX);
  *receiver = (struct oio_retimer_receiver){.units = units};
}

bool oio_retimer_receive(struct oio_retimer_receiver *receiver, uint32_t bytes) {
  const uint64_t held = receiver->received_bytes - receiver->freed_bytes;
  if (held + bytes > (uint64_t)receiver->units * OIO_RETIMER_UNIT_BYTES) return false;
  receiver->received_bytes += bytes;
  return true;
}

void oio_retimer_free(struct oio_retimer_receiver *receiver, uint32_t bytes) {
  OIO_PRECONDITION(bytes <= receiver->received_bytes - receiver->freed_bytes);
  receiver->freed_bytes += bytes;
}

bool oio_retimer_return_credit(struct oio_retimer_receiver *receiver) {
  if (receiver->freed_bytes / OIO_RETIMER_UNIT_BYTES == receiver->returned) return false;
  receiver->returned++;
  return true;
}

struct oio_retimer_findings oio_retimer_audit(const struct oio_retimer_sender *sender, const struct oio_retimer_receiver *receiver) {
  const uint64_t came = sender->returned, went = receiver->returned;
  return (struct oio_retimer_findings){.forged = came > went ? came - went : 0, .lost = went > came ? went - came : 0};
}

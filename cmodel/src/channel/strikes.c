/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/strikes.h"

#include "base/cold.h"

enum { HEADER_BITS = 16 };

OIO_COLD const struct oio_channel_event *oio_strikes_next(const struct oio_condition *k, uint32_t *at) {
  if (*at == k->next_event) *at = k->first_flit;
  if (*at == k->next_flit) return NULL;
  return &k->config->events[(*at)++];
}

OIO_COLD bool oio_strikes_have(const struct oio_condition *k, enum oio_channel_event_kind what) {
  const struct oio_channel_event *event;
  uint32_t at = k->first_event;
  while ((event = oio_strikes_next(k, &at)) != NULL) {
    if (event->what == what) return true;
  }
  return false;
}

OIO_COLD oio_time_ps oio_strikes_delay_ps(const struct oio_condition *k) {
  const struct oio_channel_event *event;
  oio_time_ps delay_ps = 0;
  uint32_t at = k->first_event;
  while ((event = oio_strikes_next(k, &at)) != NULL) {
    if (event->what == OIO_EVENT_DELAY) delay_ps += event->for_ps;
  }
  return delay_ps;
}

static unsigned flip(const struct oio_errors *errors, struct oio_wire *wire, unsigned first, unsigned bits) {
  for (unsigned i = 0; i < bits; i++) oio_errors_flip(errors, wire, first + i);
  return bits;
}

/* Returns how many bits are wrong by that. */
static unsigned spoil(const struct oio_errors *errors, const struct oio_channel_event *event, struct oio_wire *wire) {
  unsigned bits = 0;
  switch (event->what) {
  case OIO_EVENT_FLIP:
    for (unsigned i = 0; i < event->bits; i++) bits += flip(errors, wire, event->bit[i], 1);
    return bits;
  case OIO_EVENT_BURST:
    return flip(errors, wire, event->number, event->bit[0]);
  case OIO_EVENT_HEADER:
    return flip(errors, wire, 8u * errors->format->header_at, HEADER_BITS);
  default:
    return 0;
  }
}

static bool loses_ack(struct oio_condition *k, const struct oio_flit_head *head) {
  if (k->lost_acks == 0 || (head->command != OIO_ACK && head->command != OIO_NAK)) return false;
  k->lost_acks--;
  return true;
}

static bool loses_credit(struct oio_condition *k, const struct oio_flit_head *head) {
  if (k->lost_credits == 0) return false;
  const bool is_new = k->credit_limit != OIO_NO_LIMIT && k->credit_limit != head->credit_limit;
  k->credit_limit = head->credit_limit;
  k->lost_credits -= is_new;
  return is_new;
}

OIO_COLD bool oio_strikes_lose(struct oio_condition *k, const struct oio_flit_format *format, const struct oio_wire *wire) {
  struct oio_flit_head head;
  if (k->lost_acks + k->lost_credits == 0 || !oio_flit_get_head(format, wire->bytes, &head)) return false;
  const bool ack = loses_ack(k, &head), credit = loses_credit(k, &head);
  return ack || credit;
}

OIO_COLD bool oio_strikes_wire(const struct oio_condition *k, const struct oio_errors *errors, struct oio_wire *wire,
                               struct oio_channel_state *counted) {
  const struct oio_channel_event *event;
  bool condemned = false;
  unsigned bits = 0;
  uint32_t at = k->first_event;
  while ((event = oio_strikes_next(k, &at)) != NULL) {
    bits += spoil(errors, event, wire);
    condemned = condemned || event->what == OIO_EVENT_DROP || event->what == OIO_EVENT_TRUNCATE;
  }
  counted->wrong_bits += bits;
  if (condemned) oio_errors_condemn(errors, wire);
  return condemned || bits > 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/forge.h"

#include "base/cold.h"
#include "base/precondition.h"
#include "channel/strikes.h"

static const struct {
  const char *name;
  uint32_t values;
} fields[OIO_FORGED_FIELDS] = {
    [OIO_FORGED_PROTOCOL] = {"protocol", 4}, [OIO_FORGED_COMMAND] = {"command", 4}, [OIO_FORGED_SEQUENCE] = {"sequence", 1 << 16},
    [OIO_FORGED_ROUND] = {"round", 16},      [OIO_FORGED_ECHO] = {"echo", 16},      [OIO_FORGED_CREDIT] = {"credit", 1 << 16}};

uint32_t oio_forged_values(enum oio_forged_field field) {
  OIO_PRECONDITION((unsigned)field < OIO_FORGED_FIELDS);
  return fields[field].values;
}

const char *oio_forged_name(enum oio_forged_field field) {
  OIO_PRECONDITION((unsigned)field < OIO_FORGED_FIELDS);
  return fields[field].name;
}

static uint32_t get(const struct oio_flit_head *head, enum oio_forged_field field) {
  switch (field) {
  case OIO_FORGED_PROTOCOL:
    return head->protocol;
  case OIO_FORGED_COMMAND:
    return head->command;
  case OIO_FORGED_SEQUENCE:
    return head->sequence;
  case OIO_FORGED_ROUND:
    return head->round;
  case OIO_FORGED_ECHO:
    return head->echo;
  default:
    return head->credit_limit;
  }
}

static void put(struct oio_flit_head *head, enum oio_forged_field field, uint32_t value) {
  switch (field) {
  case OIO_FORGED_PROTOCOL:
    head->protocol = (uint8_t)value;
    return;
  case OIO_FORGED_COMMAND:
    head->command = (uint8_t)value;
    return;
  case OIO_FORGED_SEQUENCE:
    head->sequence = (uint16_t)value;
    return;
  case OIO_FORGED_ROUND:
    head->round = (uint8_t)value;
    return;
  case OIO_FORGED_ECHO:
    head->echo = (uint8_t)value;
    return;
  default:
    head->credit_limit = (uint16_t)value;
    return;
  }
}

/* A NOP that says it carries a payload carries zeros. */
static void make_payload(const struct oio_errors *errors, struct oio_wire *wire) {
  if (errors->fidelity == OIO_EVENT) oio_errors_write_untouched(errors, wire);
}

OIO_COLD void oio_forge(const struct oio_condition *k, const struct oio_errors *errors, struct oio_wire *wire) {
  const struct oio_channel_event *event;
  struct oio_flit_head head;
  bool forged = false;
  uint32_t at = k->first_event;
  oio_flit_get_head(errors->format, wire->bytes, &head);
  const bool was_nop = head.protocol == OIO_PROTOCOL_NOP;
  while ((event = oio_strikes_next(k, &at)) != NULL) {
    if (event->what != OIO_EVENT_FORGE) continue;
    const enum oio_forged_field field = (enum oio_forged_field)event->bit[0];
    put(&head, field, ((event->returns ? get(&head, field) : 0) + event->number) & (oio_forged_values(field) - 1));
    forged = true;
  }
  if (!forged) return;
  if (was_nop && head.protocol != OIO_PROTOCOL_NOP) make_payload(errors, wire);
  oio_flit_put_head(errors->format, wire->bytes, &head);
  if (errors->fidelity == OIO_BIT) oio_flit_seal(errors->format, wire->bytes);
}

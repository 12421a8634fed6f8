/* SPDX-License-Identifier: Apache-2.0 */
#include "plain/plain_state.h"

#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MAX = 511 };

struct oio_plain_config oio_plain_usual(void) {
  return (struct oio_plain_config){.format = 3,
                                   .window_flits = OIO_PLAIN_WINDOW_MAX,
                                   .timeout_flits = 375,
                                   .replay_limit = 4,
                                   .handshake_limit = 128,
                                   .handshake_explicits = 9,
                                   .handshake_acks = 3,
                                   .quiet_acks = 2};
}

static enum oio_status check(const struct oio_plain_config *c, struct oio_error *error) {
  const struct {
    const char *name;
    unsigned value, most;
  } fields[] = {
      {"window_flits", c->window_flits, OIO_PLAIN_WINDOW_MAX},
      {"timeout_flits", c->timeout_flits, TIMEOUT_MAX},
      {"replay_limit", c->replay_limit, UINT16_MAX},
      {"handshake_limit", c->handshake_limit, UINT16_MAX},
      {"handshake_explicits", c->handshake_explicits, OIO_PLAIN_WINDOW_MAX},
      {"handshake_acks", c->handshake_acks, OIO_PLAIN_WINDOW_MAX},
      {"quiet_acks", c->quiet_acks, OIO_PLAIN_WINDOW_MAX},
  };
  if (oio_plain_format(c->format) == NULL) return oio_error_set(error, OIO_ERR_CONFIG, "plain format %u: use 2..6", c->format);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    if (fields[i].value < 1 || fields[i].value > fields[i].most)
      return oio_error_set(error, OIO_ERR_CONFIG, "plain %s %u: use 1..%u", fields[i].name, fields[i].value, fields[i].most);
  }
  if (c->handshake_limit < c->handshake_explicits + c->handshake_acks)
    return oio_error_set(error, OIO_ERR_CONFIG, "plain handshake_limit %u: use at least handshake_explicits and handshake_acks together",
                         c->handshake_limit);
  return OIO_OK;
}

enum oio_status oio_plain_create(struct oio_plain **plain, const struct oio_plain_config *config, struct oio_error *error) {
  *plain = NULL;
  const enum oio_status checked = check(config, error);
  if (checked != OIO_OK) return checked;
  struct oio_plain *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "plain link end: out of memory");
  made->config = *config;
  made->format = oio_plain_format(config->format);
  oio_plain_reset(made);
  *plain = made;
  return OIO_OK;
}

void oio_plain_destroy(struct oio_plain *plain) {
  free(plain);
}

/* What both ends forget with a handshake. */
static void begin_handshake(struct oio_plain *p) {
  p->counted.state = OIO_PLAIN_HANDSHAKE;
  p->counted.fault = OIO_PLAIN_NO_FAULT;
  p->counted.handshakes++;
  p->handshake_sent = 0;
  p->handshake_explicits = p->handshake_acks = 0;
  p->heard_number = p->heard_ack = false;
  p->replays = 0;
  p->force_explicit = true;
  p->resync = p->nak_ignored = false;
  p->lost = true; /* what came before says nothing of what comes now */
  p->waiting = p->nak_due = false;
  p->acks_owed = 0;
}

void oio_plain_reset(struct oio_plain *p) {
  p->counted = (struct oio_plain_status){.state = OIO_PLAIN_HANDSHAKE};
  p->next_tx = p->cursor = p->expected = 1;
  p->acked = p->previous = OIO_PLAIN_MODULUS;
  p->unsent = 0;
  p->progress = 0;
  p->half_taken = 0;
  p->last_was_explicit = false;
  begin_handshake(p);
}

void oio_plain_reenter(struct oio_plain *p, uint64_t now) {
  if (p->counted.state == OIO_PLAIN_ERROR) return;
  begin_handshake(p);
  p->progress = now;
}

bool oio_plain_can_send(const struct oio_plain *p) {
  return p->counted.state == OIO_PLAIN_ACTIVE && !p->unsent && oio_plain_distance(p->acked, p->next_tx) - 1 < p->config.window_flits;
}

enum oio_status oio_plain_send(struct oio_plain *p, const struct oio_plain_head *head, const uint8_t *payload) {
  if (head->protocol < 1 || head->protocol > 3 || head->stack > 1 || head->marker > 1 || head->type > OIO_PLAIN_MANAGEMENT)
    return OIO_ERR_FORMAT;
  if (!oio_plain_can_send(p)) return OIO_ERR_FULL;
  struct oio_plain_slot *slot = &p->slots[p->next_tx];
  slot->head = *head;
  memcpy(slot->payload, payload, p->format->payload_bytes);
  p->next_tx = oio_plain_next(p->next_tx);
  p->unsent = 1;
  return OIO_OK;
}

void oio_plain_get_status(const struct oio_plain *p, struct oio_plain_status *status) {
  *status = p->counted;
  status->next_tx = p->next_tx;
  status->acked = p->acked;
  status->expected = p->expected;
  status->unacked_flits = oio_plain_distance(p->acked, p->next_tx) - 1;
}

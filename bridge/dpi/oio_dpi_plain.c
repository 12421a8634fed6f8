/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_dpi_plain.h"

#include <oio/plain.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct end {
  struct oio_plain *plain; /* NULL: it could not be made */
  const struct oio_plain_format *format;
  struct oio_error error;
  char report[640];
};

_Static_assert((int)OIO_DPI_PLAIN_FLIT_BYTES == (int)OIO_PLAIN_FLIT_BYTES_MAX, "oio_dpi_plain_pkg::flit_t holds any flit");
_Static_assert((int)OIO_DPI_PLAIN_PAYLOAD_BYTES >= (int)OIO_PLAIN_PAYLOAD_BYTES_MAX, "oio_dpi_plain_pkg::payload_t holds any payload");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a bit vector's words are little-endian");

static bool store(struct oio_plain_config *c, const char *name, size_t length, unsigned long value) {
  const struct {
    const char *name;
    void *field;
    unsigned long most; /* of its type; its range is checked with all */
  } fields[] = {{"format", &c->format, UINT8_MAX},
                {"window_flits", &c->window_flits, UINT8_MAX},
                {"timeout_flits", &c->timeout_flits, UINT16_MAX},
                {"replay_limit", &c->replay_limit, UINT16_MAX},
                {"handshake_limit", &c->handshake_limit, UINT16_MAX},
                {"handshake_explicits", &c->handshake_explicits, UINT8_MAX},
                {"handshake_acks", &c->handshake_acks, UINT8_MAX},
                {"quiet_acks", &c->quiet_acks, UINT8_MAX}};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (strlen(fields[i].name) != length || strncmp(fields[i].name, name, length) != 0 || value > fields[i].most) continue;
    if (fields[i].most == UINT8_MAX)
      *(uint8_t *)fields[i].field = (uint8_t)value;
    else
      *(uint16_t *)fields[i].field = (uint16_t)value;
    return true;
  }
  return false;
}

/* Words "name=value", with spaces or lines between them. */
static enum oio_status read_config(const char *text, struct oio_plain_config *config, struct oio_error *error) {
  static const char between[] = " \t\r\n";
  *config = oio_plain_usual();
  for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
    const size_t length = strcspn(text, between), name = strcspn(text, "=");
    char *end = NULL;
    const bool number = name < length && text[name + 1] >= '0' && text[name + 1] <= '9';
    const unsigned long value = number ? strtoul(text + name + 1, &end, 10) : 0;
    if (!number || end != text + length || !store(config, text, name, value))
      return oio_error_set(error, OIO_ERR_CONFIG,
                           "'%.*s': write name=number, names being format, window_flits, timeout_flits, replay_limit, handshake_limit, "
                           "handshake_explicits, handshake_acks, quiet_acks",
                           (int)(length < 60 ? length : 60), text);
    text += length;
  }
  return OIO_OK;
}

void *oio_dpi_plain_create(const char *config_text) {
  struct end *end = calloc(1, sizeof *end);
  struct oio_plain_config config;
  if (end == NULL) return NULL;
  if (read_config(config_text, &config, &end->error) == OIO_OK && oio_plain_create(&end->plain, &config, &end->error) == OIO_OK)
    end->format = oio_plain_format(config.format);
  return end;
}

void oio_dpi_plain_destroy(void *plain) {
  struct end *end = plain;
  if (end == NULL) return;
  oio_plain_destroy(end->plain);
  free(end);
}

int oio_dpi_plain_failed(void *plain) {
  const struct end *end = plain;
  return end == NULL || end->plain == NULL;
}

const char *oio_dpi_plain_error(void *plain) {
  const struct end *end = plain;
  return end == NULL ? "plain link end: out of memory" : end->error.text;
}

void oio_dpi_plain_reset(void *plain) {
  oio_plain_reset(((struct end *)plain)->plain);
}

void oio_dpi_plain_reenter(void *plain, unsigned long long now) {
  oio_plain_reenter(((struct end *)plain)->plain, now);
}

int oio_dpi_plain_flit_bytes(void *plain) {
  return ((const struct end *)plain)->format->bytes;
}

int oio_dpi_plain_payload_bytes(void *plain) {
  return ((const struct end *)plain)->format->payload_bytes;
}

int oio_dpi_plain_can_send(void *plain) {
  return oio_plain_can_send(((const struct end *)plain)->plain);
}

int oio_dpi_plain_send(void *plain, int protocol, int stack, int marker, int type, const uint32_t *payload) {
  struct end *end = plain;
  const struct oio_plain_head head = {
      .protocol = (uint8_t)protocol, .stack = (uint8_t)stack, .marker = (uint8_t)marker, .type = (uint8_t)type};
  return oio_plain_send(end->plain, &head, (const uint8_t *)payload) == OIO_OK;
}

int oio_dpi_plain_tx(void *plain, unsigned long long now, uint32_t *flit) {
  return oio_plain_tx(((struct end *)plain)->plain, now, (uint8_t *)flit);
}

/* Bit 0: the first half of a payload is handed on, bit 1: the second; then the header's protocol, stack, marker and type. */
int oio_dpi_plain_rx(void *plain, unsigned long long now, const uint32_t *flit, uint32_t *payload) {
  struct end *end = plain;
  struct oio_plain_taken taken;
  oio_plain_rx(end->plain, now, (const uint8_t *)flit, &taken);
  if (!taken.first && !taken.second) return 0;
  oio_plain_get_payload(end->format, taken.flit, (uint8_t *)payload);
  const struct oio_plain_head *head = &taken.head;
  return taken.first | taken.second << 1 | head->protocol << 2 | head->stack << 4 | head->marker << 5 | head->type << 6;
}

static struct oio_plain_status status_of(void *plain) {
  struct oio_plain_status status;
  oio_plain_get_status(((const struct end *)plain)->plain, &status);
  return status;
}

int oio_dpi_plain_state(void *plain) {
  return (int)status_of(plain).state;
}

const char *oio_dpi_plain_report(void *plain) {
  static const char *const states[] = {"handshake", "active", "retrain", "error"};
  static const char *const faults[] = {"", " (replay limit)", " (handshake limit)", " (ack range)", " (sequence zero)"};
  struct end *end = plain;
  const struct oio_plain_status s = status_of(plain);
  snprintf(end->report, sizeof end->report,
           "state %s%s, next_tx %u, acked %u, expected %u; sent: payload %" PRIu64 ", replayed %" PRIu64 ", nop %" PRIu64 ", ack %" PRIu64
           ", nak %" PRIu64 "; received: payload %" PRIu64 ", invalid %" PRIu64 ", duplicate %" PRIu64 ", ahead %" PRIu64
           ", unknown %" PRIu64 ", discarded %" PRIu64 "; replays %" PRIu64 ", timeouts %" PRIu64 ", naks ignored %" PRIu64,
           states[s.state], faults[s.fault], s.next_tx, s.acked, s.expected, s.sent_payload, s.sent_replayed, s.sent_nop, s.sent_ack,
           s.sent_nak, s.received_payload, s.received_invalid, s.received_duplicate, s.received_ahead, s.received_unknown,
           s.received_discarded, s.replays, s.timeouts, s.naks_ignored);
  return end->report;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the side band: eight bytes, the last of which makes their exclusive or 0xA5. */
#include "oio/states.h"

enum { CHECK = 0xA5, FORMATS = 0x7E, PROFILES = 0x03, RETRY = 0x04 };

unsigned oio_states_format(const struct oio_states_parameters *one, const struct oio_states_parameters *other) {
  const unsigned both = one->formats & other->formats & FORMATS;
  if ((one->profiles & other->profiles & PROFILES) == 0) return 0;
  for (unsigned format = 6; format > 0; format--)
    if (both >> format & 1) return format;
  return 0;
}

static bool has_state(unsigned kind) {
  return kind == OIO_SIDE_REQ || kind == OIO_SIDE_RSP;
}

static bool has_parameters(unsigned kind) {
  return kind == OIO_SIDE_OFFER || kind == OIO_SIDE_ACCEPT;
}

static uint8_t sum_of(const uint8_t *bytes) {
  uint8_t sum = 0;
  for (unsigned i = 0; i < OIO_SIDE_BYTES; i++) sum ^= bytes[i];
  return sum;
}

void oio_side_write(const struct oio_side_message *m, uint8_t *bytes) {
  const struct oio_states_parameters *p = &m->parameters;
  const uint8_t made[OIO_SIDE_BYTES] = {(uint8_t)(m->kind << 4 | m->state),
                                        m->tag,
                                        (uint8_t)p->units,
                                        (uint8_t)(p->units >> 8),
                                        p->formats,
                                        (uint8_t)(p->profiles | (p->retry ? RETRY : 0)),
                                        m->life,
                                        CHECK};
  for (unsigned i = 0; i < OIO_SIDE_BYTES; i++) bytes[i] = made[i];
  bytes[OIO_SIDE_BYTES - 1] ^= sum_of(made) ^ CHECK;
}

static bool is_state(unsigned state) {
  return (0x1F1Bu >> state & 1) != 0;
}

bool oio_side_read(const uint8_t *bytes, struct oio_side_message *message) {
  const unsigned kind = bytes[0] >> 4, state = bytes[0] & 15;
  if (sum_of(bytes) != CHECK || kind < OIO_SIDE_REQ || kind > OIO_SIDE_HELLO) return false;
  if (has_state(kind) ? !is_state(state) : state != 0) return false;
  if (kind == OIO_SIDE_REQ && state == OIO_STATE_PMNAK) return false;
  if (kind >= OIO_SIDE_STALL && bytes[1] != 0) return false;
  if ((bytes[4] & ~FORMATS) != 0 || (bytes[5] & ~(PROFILES | RETRY)) != 0) return false;
  if (!has_parameters(kind) && (bytes[2] | bytes[3] | bytes[4] | bytes[5]) != 0) return false;
  *message = (struct oio_side_message){
      .kind = (uint8_t)kind,
      .state = (uint8_t)state,
      .tag = bytes[1],
      .life = bytes[6],
      .parameters = {.units = (uint16_t)(bytes[2] | bytes[3] << 8),
                     .formats = bytes[4],
                     .profiles = bytes[5] & PROFILES,
                     .retry = (bytes[5] & RETRY) != 0},
  };
  return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_dpi_pins.h"

#include "oio_dpi_port.h"

static struct oio_pins *pins_of(void *port) {
  return ((struct oio_dpi_port *)port)->pins;
}

int oio_dpi_pins_next(void *port, unsigned long long edge_ps) {
  return oio_pins_next(pins_of(port), edge_ps);
}

/* A beat; the word behind it has the bit that says nothing. */
enum { BEAT_WORDS = 16, WIDE_BEAT_WORDS = 32 };

void oio_dpi_pins_beat(void *port, uint32_t *beat) {
  oio_pins_beat(pins_of(port), (uint8_t *)beat);
  beat[BEAT_WORDS] = 0;
}

void oio_dpi_pins_beat_wide(void *port, uint32_t *beat) {
  oio_pins_beat(pins_of(port), (uint8_t *)beat);
  beat[WIDE_BEAT_WORDS] = 0;
}

void oio_dpi_pins_put(void *port, unsigned long long now_ps, unsigned char sof, const uint32_t *beat) {
  oio_pins_put(pins_of(port), now_ps, sof, (const uint8_t *)beat);
}

void oio_dpi_pins_put_wide(void *port, unsigned long long now_ps, unsigned char sof, const uint32_t *beat) {
  oio_pins_put(pins_of(port), now_ps, sof, (const uint8_t *)beat);
}

void oio_dpi_pins_failed(void *port, unsigned failed) {
  ((struct oio_dpi_port *)port)->state.failed = (enum oio_link_failure)failed;
  oio_pins_stop(pins_of(port), (enum oio_link_failure)failed);
}

void oio_dpi_pins_moved(void *port, unsigned long long now_ps) {
  oio_pins_moved(pins_of(port), now_ps);
}

void oio_dpi_pins_state(void *port, unsigned next_tx, unsigned acked, unsigned expected, unsigned sent_total, unsigned credit_limit,
                        unsigned credit_sent, unsigned round, unsigned round_seen, unsigned failed, unsigned asked_crc,
                        unsigned asked_sequence, unsigned timeouts, unsigned received_payload) {
  ((struct oio_dpi_port *)port)->state = (struct oio_link_state){
      .next_tx = (uint16_t)next_tx,
      .acked = (uint16_t)acked,
      .expected = (uint16_t)expected,
      .sent_total = (uint16_t)sent_total,
      .credit_limit = (uint16_t)credit_limit,
      .credit_sent = (uint16_t)credit_sent,
      .round = (uint8_t)round,
      .round_seen = (uint8_t)round_seen,
      .failed = (enum oio_link_failure)failed,
      .asked_crc = asked_crc,
      .asked_sequence = asked_sequence,
      .timeouts = timeouts,
      .received_payload = received_payload,
  };
}

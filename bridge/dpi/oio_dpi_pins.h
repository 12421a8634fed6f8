/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The C side of oio_dpi_pins_pkg.sv: casts only. svBitVecVal is uint32_t and svBit unsigned char in every simulator, by
 * IEEE 1800, so that no simulator's header is needed here. A port is a struct oio_dpi_port.
 */
#ifndef OIO_DPI_PINS_H
#define OIO_DPI_PINS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

int oio_dpi_pins_next(void *port, unsigned long long edge_ps);
void oio_dpi_pins_beat(void *port, uint32_t *beat);
void oio_dpi_pins_beat_wide(void *port, uint32_t *beat);
void oio_dpi_pins_put(void *port, unsigned long long now_ps, unsigned char sof, const uint32_t *beat);
void oio_dpi_pins_put_wide(void *port, unsigned long long now_ps, unsigned char sof, const uint32_t *beat);
void oio_dpi_pins_failed(void *port, unsigned failed);
void oio_dpi_pins_moved(void *port, unsigned long long now_ps);
void oio_dpi_pins_state(void *port, unsigned next_tx, unsigned acked, unsigned expected, unsigned sent_total, unsigned credit_limit,
                        unsigned credit_sent, unsigned round, unsigned round_seen, unsigned failed, unsigned asked_crc,
                        unsigned asked_sequence, unsigned timeouts, unsigned received_payload);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The C side of oio_dpi_pins_pkg.sv: casts only. The host makes a port for every scope that will attach, and binds it with
 * oio_dpi_pins_bind before the first evaluation.
 */
#ifndef OIO_DPI_PINS_H
#define OIO_DPI_PINS_H

#include "oio/pins.h"

#include <svdpi.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a chandle of the package points to; the host's. */
struct oio_dpi_port {
  struct oio_pins *pins;
  struct oio_link_state state; /**< what the RTL's debug port said last; `failed` is always true to it */
};

/** Gives a port to the scope called `scope`, e.g. "near.oio_bench.u_die_port". False: there is no such scope. */
bool oio_dpi_pins_bind(const char *scope, struct oio_dpi_port *port);

void *oio_dpi_pins_attach(void);
int oio_dpi_pins_next(void *port, unsigned long long edge_ps);
void oio_dpi_pins_beat(void *port, svBitVecVal *beat);
void oio_dpi_pins_beat_wide(void *port, svBitVecVal *beat);
void oio_dpi_pins_put(void *port, unsigned long long now_ps, svBit sof, const svBitVecVal *beat);
void oio_dpi_pins_put_wide(void *port, unsigned long long now_ps, svBit sof, const svBitVecVal *beat);
void oio_dpi_pins_failed(void *port, unsigned failed);
void oio_dpi_pins_moved(void *port, unsigned long long now_ps);
void oio_dpi_pins_state(void *port, unsigned next_tx, unsigned acked, unsigned expected, unsigned sent_total, unsigned credit_limit,
                        unsigned credit_sent, unsigned round, unsigned round_seen, unsigned failed, unsigned asked_crc,
                        unsigned asked_sequence, unsigned timeouts, unsigned received_payload);

#ifdef __cplusplus
}
#endif
#endif

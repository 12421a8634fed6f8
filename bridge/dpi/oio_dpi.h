/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The C side of oio_dpi_pkg.sv, which says what each call does: casts over the public API, and the one object that a bench holds, a run.
 * Nothing here prints or exits: an error stays in the run until the bench asks for it.
 * svBitVecVal is uint32_t in every simulator, by IEEE 1800, so that no simulator's header is needed here.
 */
#ifndef OIO_DPI_H
#define OIO_DPI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Widths of oio_dpi_pkg's types. */
enum { OIO_DPI_FLIT_BYTES = 256, OIO_DPI_NOTE_BYTES = 72, OIO_DPI_RESULTS_BYTES = 8192 };

void *oio_dpi_create(const char *config_text, const char *trace);
void oio_dpi_destroy(void *run);
int oio_dpi_failed(void *run);
const char *oio_dpi_error(void *run);

int oio_dpi_ports(void *run);
int oio_dpi_dies(void *run);
void *oio_dpi_die(void *run, int node);
void *oio_dpi_bridge(void *run, int node);
void *oio_dpi_wire(void *run, int port);

unsigned long long oio_dpi_reset_at_ps(void *run);
unsigned long long oio_dpi_reset_hold_ps(void *run);
int oio_dpi_reset_is_of_part(void *run);
void oio_dpi_reset(void *run, unsigned long long now_ps);

unsigned long long oio_dpi_traffic_next_ps(void *run);
void oio_dpi_traffic_enter(void *run, unsigned long long now_ps);
void oio_dpi_traffic_after_tx(void *run, unsigned long long now_ps);
int oio_dpi_deliver(void *run, int die, unsigned long long now_ps);
int oio_dpi_finished(void *run);

int oio_dpi_tx(void *run, int port, unsigned long long now_ps, uint32_t *flit, uint32_t *note);
void oio_dpi_rx(void *run, int port, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note);
unsigned long long oio_dpi_next_tx_ps(void *run, int port, unsigned long long now_ps);

int oio_dpi_die_tx(void *die, unsigned long long now_ps, uint32_t *flit, uint32_t *note);
void oio_dpi_die_rx(void *die, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note);
unsigned long long oio_dpi_die_next_tx_ps(void *die, unsigned long long now_ps);

int oio_dpi_bridge_tx(void *bridge, int side, unsigned long long now_ps, uint32_t *flit, uint32_t *note);
void oio_dpi_bridge_rx(void *bridge, int side, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note);
unsigned long long oio_dpi_bridge_next_tx_ps(void *bridge, int side, unsigned long long now_ps);

unsigned long long oio_dpi_channel_free_ps(void *channel);
int oio_dpi_channel_send(void *channel, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note);
unsigned long long oio_dpi_channel_arrival_ps(void *channel);
void oio_dpi_channel_take(void *channel, uint32_t *flit, uint32_t *note);

int oio_dpi_link_failed(void *run);
unsigned long long oio_dpi_wire_digest(void *run);
void oio_dpi_results(void *run, unsigned long long now_ps, int over, uint32_t *results);
int oio_dpi_good(void *run, unsigned long long now_ps, int over);
const char *oio_dpi_report(void *run, unsigned long long now_ps, int over);
double oio_dpi_fraction(void *run);

#ifdef __cplusplus
}
#endif
#endif

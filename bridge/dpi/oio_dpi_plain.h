/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The C side of oio_dpi_plain_pkg.sv: a link end of the plain profile (oio/plain.h), for an adapter that is not ours at the other end.
 * Nothing here prints or exits. svBitVecVal is uint32_t in every simulator, by IEEE 1800, so that no simulator's header is needed here.
 */
#ifndef OIO_DPI_PLAIN_H
#define OIO_DPI_PLAIN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Widths of oio_dpi_plain_pkg's types: OIO_PLAIN_FLIT_BYTES_MAX and, rounded up to words, OIO_PLAIN_PAYLOAD_BYTES_MAX. */
enum { OIO_DPI_PLAIN_FLIT_BYTES = 256, OIO_DPI_PLAIN_PAYLOAD_BYTES = 252 };

void *oio_dpi_plain_create(const char *config_text);
void oio_dpi_plain_destroy(void *plain);
int oio_dpi_plain_failed(void *plain);
const char *oio_dpi_plain_error(void *plain);
void oio_dpi_plain_reset(void *plain);
void oio_dpi_plain_reenter(void *plain, unsigned long long now);

int oio_dpi_plain_flit_bytes(void *plain);
int oio_dpi_plain_payload_bytes(void *plain);
int oio_dpi_plain_can_send(void *plain);
int oio_dpi_plain_send(void *plain, int protocol, int stack, int marker, int type, const uint32_t *payload);
int oio_dpi_plain_tx(void *plain, unsigned long long now, uint32_t *flit);
int oio_dpi_plain_rx(void *plain, unsigned long long now, const uint32_t *flit, uint32_t *payload);
int oio_dpi_plain_state(void *plain);
const char *oio_dpi_plain_report(void *plain);

#ifdef __cplusplus
}
#endif
#endif

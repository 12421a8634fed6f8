/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The C side of oio_dpi_dut_pkg.sv: a bench around a device that speaks the plain profile on its line and takes and hands out payloads on
 * the other side. Far end, wires, traffic, scoreboard and checks are here; a call is a clock. Nothing here prints or exits.
 */
#ifndef OIO_DPI_DUT_H
#define OIO_DPI_DUT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Pins from the device in `pins`, and to it in what oio_dpi_dut_step() returns. */
enum {
  OIO_DUT_LINE_OUT_VALID = 1,
  OIO_DUT_LINE_OUT_SOF = 2,
  OIO_DUT_LINE_OUT_LAST = 4,
  OIO_DUT_LINE_IN_READY = 8,
  OIO_DUT_SEND_READY = 16,
  OIO_DUT_TAKEN_VALID = 32,
  OIO_DUT_TAKEN_LAST = 64,
  OIO_DUT_RESET = 1,
  OIO_DUT_LINE_OUT_READY = 2,
  OIO_DUT_LINE_IN_VALID = 4,
  OIO_DUT_LINE_IN_SOF = 8,
  OIO_DUT_LINE_IN_LAST = 16,
  OIO_DUT_SEND_VALID = 32,
  OIO_DUT_SEND_LAST = 64,
  OIO_DUT_TAKEN_READY = 128
};

void *oio_dpi_dut_create(const char *config_text);
void oio_dpi_dut_destroy(void *dut);
int oio_dpi_dut_failed(void *dut);
const char *oio_dpi_dut_error(void *dut);
int oio_dpi_dut_step(void *dut, int pins, const uint32_t *line_out, const uint32_t *taken, uint32_t *line_in, uint32_t *send);
int oio_dpi_dut_done(void *dut);
const char *oio_dpi_dut_report(void *dut);

#ifdef __cplusplus
}
#endif
#endif

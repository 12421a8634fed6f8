/* SPDX-License-Identifier: Apache-2.0 */
/* The DPI shim of the bench again, which also writes down what the bridge is shown at every clock edge (file in OIO_STIMULUS), so that the
 * bare harness can show the same RTL the same pins without a model behind them. A byte of OIO_PINS_* bits a port and edge (8 added for the
 * optical side), and the beat where one is valid. */
#include "oio_dpi_pins.h"

#include <stdio.h>
#include <stdlib.h>

#define oio_dpi_pins_next forward_next
#define oio_dpi_pins_beat forward_beat
int forward_next(void *port, unsigned long long edge_ps);
void forward_beat(void *port, uint32_t *beat);
#include "../../bridge/dpi/oio_dpi_pins.c"
#undef oio_dpi_pins_next
#undef oio_dpi_pins_beat

static FILE *stimulus(void) {
  static FILE *file;
  if (file == NULL) {
    const char *path = getenv("OIO_STIMULUS");
    file = fopen(path == NULL ? "/dev/null" : path, "wb");
    if (file == NULL) abort();
  }
  return file;
}

static int is_optical(const void *port) {
  return ((const struct oio_dpi_port *)port)->port == OIO_DPI_OPTICAL_PORT;
}

int oio_dpi_pins_next(void *port, unsigned long long edge_ps) {
  const int shown = forward_next(port, edge_ps);
  fputc(shown | is_optical(port) << 3, stimulus());
  return shown;
}

void oio_dpi_pins_beat(void *port, uint32_t *beat) {
  forward_beat(port, beat);
  fwrite(beat, 1, 64, stimulus());
}

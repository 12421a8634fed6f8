/* SPDX-License-Identifier: Apache-2.0 */
/* The DPI shim of the bench, and which mutant of the RTL runs (environment: OIO_MUTANT, a number of mutants.txt). */
#include "../../bridge/dpi/oio_dpi_pins.c"

#include <stdlib.h>

int oio_mutant(void) {
  const char *number = getenv("OIO_MUTANT");
  return number == NULL ? 0 : atoi(number);
}

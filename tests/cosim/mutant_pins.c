/* SPDX-License-Identifier: Apache-2.0 */
/* The DPI shim of the bench, and which mutant of the RTL runs (environment: OIO_MUTANT, a name in mutants.txt; none: the whole bridge). */
#include "../../bridge/dpi/oio_dpi_pins.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
#include "oio_mutant_names.h"
};

int oio_mutant(void) {
  const char *chosen = getenv("OIO_MUTANT");
  if (chosen == NULL || *chosen == '\0') return 0;
  for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++) {
    if (strcmp(chosen, names[i]) == 0) return i + 1;
  }
  fprintf(stderr, "OIO_MUTANT=%.80s: there is no such block in mutants.txt\n", chosen);
  exit(2);
}

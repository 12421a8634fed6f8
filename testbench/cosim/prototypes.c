/* SPDX-License-Identifier: Apache-2.0 */
/* Both prototypes of every DPI function in one place, so that they cannot drift apart. */
#include "bench_ports.h"
#include "oio_dpi_bench.h"
#include "oio_dpi_pins.h"

#include "Voio_bench__Dpi.h"

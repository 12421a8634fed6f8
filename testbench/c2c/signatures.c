/* SPDX-License-Identifier: Apache-2.0 */
/* Our prototypes beside those that Verilator made from oio_dpi_pkg.sv: where they drift apart, this does not compile. */
#include "oio_dpi.h"

#include "Voio_c2c_top__Dpi.h"

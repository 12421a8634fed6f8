// SPDX-License-Identifier: Apache-2.0
// RTL between ports of the model: -F oio_rtl.f -F oio_dpi_pins.f (names are relative to this file).
oio_dpi_pins_pkg.sv
oio_dpi_pins_port.sv

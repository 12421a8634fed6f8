// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog side of liboio_dpi: -F oio_dpi.f (names are relative to this file).
oio_dpi_pkg.sv
oio_dpi_lane.sv

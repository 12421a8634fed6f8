// SPDX-License-Identifier: Apache-2.0
// A bench around a device of the plain profile: -F oio_dpi_dut.f (names are relative to this file).
oio_dpi_dut_pkg.sv
oio_dpi_dut.sv

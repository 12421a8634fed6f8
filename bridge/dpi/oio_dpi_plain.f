// SPDX-License-Identifier: Apache-2.0
// A far end of the plain profile: -F oio_dpi_plain.f (names are relative to this file).
oio_dpi_plain_pkg.sv
oio_dpi_plain_end.sv

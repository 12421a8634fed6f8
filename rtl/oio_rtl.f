// SPDX-License-Identifier: Apache-2.0
// The RTL, in the order in which a tool must read it: -F oio_rtl.f (names are relative to this file).
oio_pkg.sv
oio_crc16.sv
oio_ram_array.sv
oio_ram.sv
oio_sync.sv
oio_gray.sv
oio_reset_sync.sv
oio_timer.sv
oio_credit.sv
oio_owed.sv
oio_flit_decode.sv
oio_flit_encode.sv
oio_debug.sv
oio_receive_buffer.sv
oio_replay.sv
oio_link_rx.sv
oio_link_tx.sv
oio_link.sv
oio_bridge.sv
oio_bridge_clocks.sv

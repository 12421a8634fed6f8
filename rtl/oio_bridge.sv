// SPDX-License-Identifier: Apache-2.0
//
// UCIe-style die link to optical link: two link ends back to back (SPEC section 7). Retry and credit end on each side. A payload leaves
// the receive buffer of one side as the other side's transmitter begins it; both sides use the same format.

/* verilator lint_off TIMESCALEMOD */  // that of the design around it

module oio_bridge #(
  parameter int unsigned DataBytes = 64,             // 64 or 128
  parameter int unsigned DieWindowFlits = 127,       // replay buffer of the die-side transmitter: 1..127
  parameter int unsigned OpticalWindowFlits = 1024,  // replay buffer of the optical-side transmitter: 1..32767
  parameter int unsigned DieBufferFlits = 64,        // receive buffer of the die side: 1..32767
  parameter int unsigned OpticalBufferFlits = 1024,  // receive buffer of the optical side: 1..32767
  parameter int unsigned Protection = 0              // of the memories: 0 none, 1 parity, 2 SECDED
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,            // asynchronous, active low
  input  oio_pkg::link_config_t  die_config_i,      // sampled in reset, which lasts four clocks; both formats alike
  input  oio_pkg::link_config_t  optical_config_i,

  // Wires in: no back-pressure. A flit is 256 / DataBytes beats, sof marks the first; gaps between beats are allowed.
  input  logic                   die_valid_i,
  input  logic                   die_sof_i,
  input  logic [DataBytes*8-1:0] die_data_i,        // byte i is [8*i+:8]
  input  logic                   optical_valid_i,
  input  logic                   optical_sof_i,
  input  logic [DataBytes*8-1:0] optical_data_i,

  // Wires out: a beat moves when valid and ready, and stays until then.
  output logic                   die_valid_o,
  output logic                   die_sof_o,
  output logic [DataBytes*8-1:0] die_data_o,
  input  logic                   die_ready_i,
  output logic                   optical_valid_o,
  output logic                   optical_sof_o,
  output logic [DataBytes*8-1:0] optical_data_o,
  input  logic                   optical_ready_i,

  output oio_pkg::link_state_t   die_state_o,
  output oio_pkg::link_state_t   optical_state_o
);

  logic                   outward_available, outward_pop;  // die to optical
  logic                   inward_available, inward_pop;    // optical to die
  logic [DataBytes*8-1:0] outward_data, inward_data;
  logic                   outward_bad, inward_bad;

  oio_link #(
    .SeqBits    (8),
    .DataBytes  (DataBytes),
    .WindowFlits(DieWindowFlits),
    .BufferFlits(DieBufferFlits),
    .Protection (Protection)
  ) u_die_link (
    .clk_i, .rst_ni,
    .config_i        (die_config_i),
    .wire_valid_i    (die_valid_i),
    .wire_sof_i      (die_sof_i),
    .wire_data_i     (die_data_i),
    .wire_valid_o    (die_valid_o),
    .wire_sof_o      (die_sof_o),
    .wire_data_o     (die_data_o),
    .wire_ready_i    (die_ready_i),
    .send_available_i(inward_available),
    .send_data_i     (inward_data),
    .send_bad_i      (inward_bad),
    .send_pop_o      (inward_pop),
    .recv_clk_i      (clk_i),
    .recv_rst_ni     (rst_ni),
    .recv_available_o(outward_available),
    .recv_data_o     (outward_data),
    .recv_bad_o      (outward_bad),
    .recv_pop_i      (outward_pop),
    .state_o         (die_state_o)
  );

  oio_link #(
    .SeqBits    (16),
    .DataBytes  (DataBytes),
    .WindowFlits(OpticalWindowFlits),
    .BufferFlits(OpticalBufferFlits),
    .Protection (Protection)
  ) u_optical_link (
    .clk_i, .rst_ni,
    .config_i        (optical_config_i),
    .wire_valid_i    (optical_valid_i),
    .wire_sof_i      (optical_sof_i),
    .wire_data_i     (optical_data_i),
    .wire_valid_o    (optical_valid_o),
    .wire_sof_o      (optical_sof_o),
    .wire_data_o     (optical_data_o),
    .wire_ready_i    (optical_ready_i),
    .send_available_i(outward_available),
    .send_data_i     (outward_data),
    .send_bad_i      (outward_bad),
    .send_pop_o      (outward_pop),
    .recv_clk_i      (clk_i),
    .recv_rst_ni     (rst_ni),
    .recv_available_o(inward_available),
    .recv_data_o     (inward_data),
    .recv_bad_o      (inward_bad),
    .recv_pop_i      (inward_pop),
    .state_o         (optical_state_o)
  );

`ifndef SYNTHESIS
  initial begin
    assert (DataBytes == 64 || DataBytes == 128) else $error("DataBytes is 64 or 128");
    assert (DieWindowFlits >= 1 && DieWindowFlits <= 127) else $error("DieWindowFlits is 1..127");
    assert (OpticalWindowFlits >= 1 && OpticalWindowFlits <= 32767) else $error("OpticalWindowFlits is 1..32767");
    assert (DieBufferFlits >= 1 && DieBufferFlits <= 32767) else $error("DieBufferFlits is 1..32767");
    assert (Protection <= 2) else $error("Protection is 0..2");
    assert (OpticalBufferFlits >= 1 && OpticalBufferFlits <= 32767) else $error("OpticalBufferFlits is 1..32767");
  end

  // What is not taken from a wire stays on it, and the straps make sense.
  logic            die_stalled_q, optical_stalled_q, straps_known_q;
  logic            die_sof_q, optical_sof_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      die_stalled_q     <= 1'b0;
      optical_stalled_q <= 1'b0;
      straps_known_q    <= 1'b0;
      die_sof_q         <= 1'b0;
      optical_sof_q     <= 1'b0;
    end else begin
      die_stalled_q     <= die_valid_o && !die_ready_i;
      optical_stalled_q <= optical_valid_o && !optical_ready_i;
      straps_known_q    <= 1'b1;
      die_sof_q         <= die_sof_o;
      optical_sof_q     <= optical_sof_o;
      if (!straps_known_q) begin
        assert (die_config_i.format == 4'd3 || die_config_i.format == 4'd6) else $error("the format is 3 or 6");
        assert (die_config_i.format == optical_config_i.format) else $error("both sides have one format");
        assert (32'(die_config_i.window_flits) <= DieWindowFlits && 32'(die_config_i.buffer_flits) <= DieBufferFlits)
          else $error("a die-side strap is above its parameter");
        assert (32'(optical_config_i.window_flits) <= OpticalWindowFlits && 32'(optical_config_i.buffer_flits) <= OpticalBufferFlits)
          else $error("an optical-side strap is above its parameter");
      end
      assert (!die_stalled_q || (die_valid_o && die_sof_o == die_sof_q)) else $error("a stalled beat has moved (die)");
      assert (!optical_stalled_q || (optical_valid_o && optical_sof_o == optical_sof_q)) else $error("a stalled beat has moved (optical)");
    end
  end
`endif

endmodule

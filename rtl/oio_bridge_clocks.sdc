# SPDX-License-Identifier: Apache-2.0
# Constraints of oio_bridge_clocks. Periods are examples: set them, and the delays outside, to the process and the package. Times in ns.
set die_period     1.0
set optical_period 1.0
set outside        0.4   ;# of a period, on either side of a pin

create_clock -name die     -period $die_period     [get_ports die_clk_i]
create_clock -name optical -period $optical_period [get_ports optical_clk_i]

set_input_delay  -clock die     [expr {$outside * $die_period}]     [get_ports {die_valid_i die_sof_i die_data_i[*] die_ready_i}]
set_output_delay -clock die     [expr {$outside * $die_period}]     [get_ports {die_valid_o die_sof_o die_data_o[*] die_state_o*}]
set_input_delay  -clock optical [expr {$outside * $optical_period}] [get_ports {optical_valid_i optical_sof_i optical_data_i[*] optical_ready_i}]
set_output_delay -clock optical [expr {$outside * $optical_period}] [get_ports {optical_valid_o optical_sof_o optical_data_o[*] optical_state_o*}]

# Straps stand still while they are sampled, and for four clocks before reset is released.
set_false_path -from [get_ports {die_config_i* optical_config_i*}]
# Reset is asserted by no clock; its release goes through oio_reset_sync, whose flops are timed as any other from there on.
set_false_path -from [get_ports rst_ni]

# What crosses: Gray-coded counts, whose bits must not be further apart than a period of the faster clock, and the words of the receive buffers,
# which have stood for two clocks and more when their count arrives. Nothing else may: report any other way between the clocks as an error.
set crossing [expr {min($die_period, $optical_period)}]
set_max_delay $crossing -from [get_cells -hierarchical *gray_q*] -to [get_cells -hierarchical *stage_q*]
set_false_path -hold    -from [get_cells -hierarchical *gray_q*] -to [get_cells -hierarchical *stage_q*]
set_max_delay $crossing -from [get_cells -hierarchical *u_receive_buffer*memory*] -to [get_cells -hierarchical *u_receive_buffer*read_data_o*]
set_false_path -hold    -from [get_cells -hierarchical *u_receive_buffer*memory*] -to [get_cells -hierarchical *u_receive_buffer*read_data_o*]

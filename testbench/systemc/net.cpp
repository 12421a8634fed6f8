// SPDX-License-Identifier: Apache-2.0
#include "net.h"

#include <algorithm>

node::node(const sc_core::sc_module_name &module_name, oio_net *model, std::uint32_t number)
    : pace(module_name), model_(model), number_(number) {
  const oio_topology *topology = oio_net_topology(model);
  for (std::uint32_t i = 0; i < oio_topology_port_count(topology, number); i++) ports_.push_back(oio_topology_port_at(topology, number, i));
  for (const std::uint32_t port : ports_) pins_.push_back(std::make_unique<oio::link_pins>("port_" + std::to_string(port) + "_"));
  SC_METHOD(on_in);
  for (const auto &pins : pins_) sensitive << pins->in;
  dont_initialize();
  SC_METHOD(on_free);
  for (const auto &pins : pins_) sensitive << pins->free_ps;
  dont_initialize();
}

oio::link_pins &node::pins(std::uint32_t port) {
  std::size_t at = 0;
  while (ports_[at] != port) at++;
  return *pins_[at];
}

bool node::take(oio_segment *segment) {
  const bool got = oio_net_take(model_, number_, oio::now_ps(), segment);
  changed();
  return got;
}

void node::transmit() {
  for (std::size_t at = 0; at < ports_.size(); at++) {
    pins_[at]->transmit([this, at](oio_wire *flit) { return oio_net_tx(model_, ports_[at], oio::now_ps(), flit); });
  }
  if (by_units_ != nullptr) by_units_->changed();
}

oio_time_ps node::next_ps() const {
  oio_time_ps next = OIO_NEVER;
  for (std::size_t at = 0; at < ports_.size(); at++) {
    next = std::min(next, pins_[at]->next_ps(oio_net_next_tx_ps(model_, ports_[at], oio::now_ps())));
  }
  return next;
}

std::string node::failure() const {
  for (const std::uint32_t port : ports_) {
    oio_link_state state;
    if (oio_net_port_failed(model_, port) && oio_net_get_link_state(model_, port, &state)) return oio::failure_text("a link end", state);
  }
  return "";
}

// What arrives in one instant arrives in one delta cycle; it is taken in the order of ports.
void node::on_in() {
  if (held()) return;
  for (std::size_t at = 0; at < ports_.size(); at++) {
    if (pins_[at]->in.event()) oio_net_rx(model_, ports_[at], oio::now_ps(), &pins_[at]->in.read().flit);
  }
  after_rx();
}

void node::on_free() {
  for (const auto &pins : pins_) {
    if (pins->free_ps.event()) pins->answered();
  }
  changed();
}

net::net(const sc_core::sc_module_name &module_name, oio_net *model)
    : sc_core::sc_module(module_name), model_(model), pins_(oio_net_ports(model)) {
  for (std::uint32_t number = 0; number < oio_topology_nodes(oio_net_topology(model)); number++) add_module(number);
  for (std::uint32_t port = 0; port < oio_net_ports(model); port++) add_wire(port);
  for (std::uint32_t number = 0; number < modules_.size(); number++) join_units(number);
  SC_METHOD(on_reset);
  sensitive << reset;
  dont_initialize();
}

// A bridge transmits first at its port of the lower number, as everything does.
void net::add_module(std::uint32_t number) {
  const oio_topology *topology = oio_net_topology(model_);
  char name[OIO_TOPOLOGY_NAME_BYTES];
  oio_topology_name(topology, number, name);
  const std::uint32_t first = oio_topology_port_at(topology, number, 0);
  if (oio_die *lent = oio_net_die(model_, number)) {
    auto made = std::make_unique<oio::die>(name, lent);
    pins_[first] = &made->pins;
    modules_.push_back(std::move(made));
  } else if (oio_bridge *lent_bridge = oio_net_bridge(model_, number)) {
    const std::uint32_t second = oio_topology_port_at(topology, number, 1);
    const oio_bridge_side lower = oio_topology_node_of(topology, first ^ 1) < oio_net_dies(model_) ? OIO_DIE_SIDE : OIO_OPTICAL_SIDE;
    auto made = std::make_unique<oio::bridge>(name, lent_bridge, lower);
    pins_[first] = &made->pins(lower);
    pins_[second] = &made->pins(lower == OIO_DIE_SIDE ? OIO_OPTICAL_SIDE : OIO_DIE_SIDE);
    modules_.push_back(std::move(made));
  } else {
    auto made = std::make_unique<node>(name, model_, number);
    for (std::uint32_t i = 0; i < oio_topology_port_count(topology, number); i++) {
      const std::uint32_t port = oio_topology_port_at(topology, number, i);
      pins_[port] = &made->pins(port);
    }
    modules_.push_back(std::move(made));
  }
  modules_.back()->reset(reset);
}

// A tunnel that sends may give its die a unit back.
void net::join_units(std::uint32_t number) {
  const std::uint32_t die = oio_net_die_of_units(model_, number);
  if (die != OIO_NONE) dynamic_cast<node &>(*modules_[number]).gives_units_to(dynamic_cast<node &>(*modules_[die]));
}

bool net::take(std::uint32_t die, oio_segment *segment) {
  if (auto *module = dynamic_cast<oio::die *>(modules_[die].get())) return module->take(segment);
  return dynamic_cast<node &>(*modules_[die]).take(segment);
}

void net::changed(std::uint32_t die) {
  if (auto *module = dynamic_cast<oio::die *>(modules_[die].get())) {
    module->changed();
  } else {
    dynamic_cast<node &>(*modules_[die]).changed();
  }
}

void net::reset_of_part() {
  for (const auto &made : wires_) made->channel.dropped();
  for (std::uint32_t number = 0; number < modules_.size(); number++) changed(number);
}

void net::add_wire(std::uint32_t port) {
  wires_.push_back(std::make_unique<wire>(std::to_string(port), oio_net_wire(model_, port)));
  wire &made = *wires_.back();
  oio::link_pins &from = *pins_[port];
  made.channel.reset(reset);
  from.out(made.sent);
  from.free_ps(made.free_ps);
  made.channel.in(made.sent);
  made.channel.free_ps(made.free_ps);
  made.channel.out(made.arrived);
  pins_[port ^ 1]->in(made.arrived);
}

void net::on_reset() {
  if (reset.read()) oio_net_reset(model_);
}

// SPDX-License-Identifier: Apache-2.0
#include "path.h"

path::path(const sc_core::sc_module_name &module_name, const oio_path *model) : sc_core::sc_module(module_name) {
  add_ends(model);
  for (unsigned link = 0; link < model->links; link++) add_link(model, link);
}

void path::add_ends(const oio_path *model) {
  for (unsigned side = 0; side < 2; side++) {
    const std::string letter = side == 0 ? "a" : "b";
    dies_[side] = std::make_unique<oio::die>(("die_" + letter).c_str(), model->die[side]);
    modules_.push_back(dies_[side].get());
    if (model->bridge[side] == nullptr) continue;
    const oio_bridge_side towards_a = side == 0 ? OIO_DIE_SIDE : OIO_OPTICAL_SIDE;
    bridges_[side] = std::make_unique<oio::bridge>(("bridge_" + letter).c_str(), model->bridge[side], towards_a);
    modules_.push_back(bridges_[side].get());
  }
  for (oio::pace *module : modules_) module->reset(reset);
}

void path::add_link(const oio_path *model, unsigned link) {
  for (unsigned direction = 0; direction < 2; direction++) {
    const std::string lane_name = std::to_string(link) + (direction == 0 ? "_to_b" : "_to_a");
    lanes_.push_back(std::make_unique<lane>(lane_name, model->channel[link][direction]));
    lanes_.back()->channel.reset(reset);
    join(pins(model, link, direction), *lanes_.back(), pins(model, link, 1 - direction));
  }
}

oio::link_pins &path::pins(const oio_path *model, unsigned link, unsigned side) {
  const unsigned place = link + side; // from left to right: die, bridge, bridge, die
  if (place == 0) return dies_[0]->pins;
  if (place == model->links) return dies_[1]->pins;
  return bridges_[place - 1]->pins(link == oio_path_optical(model) ? OIO_OPTICAL_SIDE : OIO_DIE_SIDE);
}

void path::join(oio::link_pins &from, lane &lane, oio::link_pins &to) {
  from.out(lane.sent);
  from.free_ps(lane.free_ps);
  lane.channel.in(lane.sent);
  lane.channel.free_ps(lane.free_ps);
  lane.channel.out(lane.arrived);
  to.in(lane.arrived);
}

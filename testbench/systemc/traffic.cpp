// SPDX-License-Identifier: Apache-2.0
#include "traffic.h"

#include <algorithm>

namespace {
/* recv and send come two delta cycles after a deadline, and a pause only when what was sent has reached its channels: they are one after
 * tx. */
enum { TURN_AFTER_DEADLINE = 2, TURN_AFTER_TURN = 4, PAUSE_AFTER_TURN = 3 };

enum { INSTANTS_PER_LOOK = 65536 };
} // namespace

traffic::traffic(const sc_core::sc_module_name &module_name, oio_host *model, net &dies)
    : sc_core::sc_module(module_name), model_(model), net_(dies) {
  SC_METHOD(on_deadline);
  sensitive << deadline_.event();
  dont_initialize();
  SC_METHOD(on_turn);
  sensitive << turn_.event();
  // Of every module, not of the dies alone: the workload looks at its dies in every instant in which anything happens, as in every host.
  for (const auto &module : dies.modules()) sensitive << module->turn();
  dont_initialize();
  SC_METHOD(on_reset);
  sensitive << reset;
  dont_initialize();
  SC_METHOD(on_pause);
  sensitive << pause_.event();
  dont_initialize();
}

void traffic::start_of_simulation() {
  held_ = reset.read();
  const oio_config &config = model_->config;
  if (config.reset_at_ps > 0 && config.reset_scope != OIO_RESET_ALL) part_ps_ = config.reset_at_ps;
  if (!held_) deadline_.set(std::min(oio_traffic_next_ps(model_->traffic), part_ps_));
}

void traffic::on_deadline() {
  deadline_.passed();
  if (!held_) turn_.start(TURN_AFTER_DEADLINE);
}

void traffic::on_turn() {
  if (!turn_.due() || held_) return;
  for (std::uint32_t die = 0; die < oio_net_dies(net_.model()); die++) deliver(die);
  if (oio::now_ps() >= part_ps_) reset_part();
  enter();
  end_instant();
}

void traffic::deliver(std::uint32_t die) {
  oio_segment segment;
  while (net_.take(die, &segment)) oio_traffic_deliver(model_->traffic, oio::now_ps(), die, &segment);
}

void traffic::reset_part() {
  part_ps_ = OIO_NEVER;
  oio_traffic_reset_part(model_->traffic, oio::now_ps(), net_.model());
  net_.reset_of_part();
}

void traffic::enter() {
  status_ = oio_traffic_enter(model_->traffic, oio::now_ps(), net_.model(), &error_);
  for (std::uint32_t die = 0; die < oio_net_dies(net_.model()); die++) net_.changed(die);
  const oio_time_ps next_ps = std::min(oio_traffic_next_ps(model_->traffic), part_ps_);
  deadline_.set(next_ps > oio::now_ps() ? next_ps : OIO_NEVER);
  if (next_ps <= oio::now_ps()) turn_.start(TURN_AFTER_TURN);
}

void traffic::after_tx() {
  status_ = oio_traffic_after_tx(model_->traffic, oio::now_ps(), net_.model(), &error_);
  for (std::uint32_t die; oio_traffic_next_fed(model_->traffic, &die);) net_.changed(die);
}

void traffic::on_reset() {
  held_ = reset.read();
  if (!held_) return; // the dies have their turn, and so has this
  deadline_.set(OIO_NEVER);
  turn_.stop();
  oio_traffic_drop(model_->traffic, oio::now_ps());
  end_instant();
}

void traffic::end_instant() {
  last_ps_ = oio::now_ps();
  instants_++;
  oio_host_instant(model_, last_ps_);
  pause_.start(PAUSE_AFTER_TURN);
}

bool traffic::over() const {
  return status_ != OIO_OK || oio_traffic_finished(model_->traffic) || oio_host_failed(model_);
}

// One after tx, in the same instant.
void traffic::on_pause() {
  if (!pause_.due()) return;
  if (!held_ && status_ == OIO_OK && oio_config_is_routed(&model_->config)) after_tx();
  if (!(over() || instants_ % INSTANTS_PER_LOOK == 0)) return;
  paused_ = true;
  sc_core::sc_pause();
}

bool traffic::run() {
  if (oio_traffic_finished(model_->traffic)) return false;
  paused_ = false;
  sc_core::sc_start();
  starved_ = !paused_;
  return paused_ && !over();
}

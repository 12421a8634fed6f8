// SPDX-License-Identifier: Apache-2.0
#include "rtl_side.h"

#include "Voio_bench.h"
#include "bench_ports.h"

#include <algorithm>

namespace oio {

// From a port's last beat in to the other port's first beat out in an idle bridge: rtl/README.md counts the cycles.
static constexpr unsigned kLogicCycles = OIO_RTL_LOGIC_CYCLES;

static unsigned cycles(oio_time_ps duration_ps, const oio_config &config) {
  return static_cast<unsigned>((duration_ps + config.rtl_clock_ps - 1) / config.rtl_clock_ps);
}

static uint16_t flits(uint32_t number) {
  return static_cast<uint16_t>(number);
}

RtlSide::RtlSide(VerilatedContext *context, uint32_t node, oio_sim *sim, const oio_config &config, oio_error *error)
    : sim_(sim), config_(config), name_(node == oio_net_dies(oio_sim_net(sim)) ? "near" : "far") {
  top_ = std::make_unique<Voio_bench>(context, name_.c_str());
  if (oio_dpi_ports_create(ports_, oio_sim_net(sim_), &config_, node, kLogicCycles, error) != OIO_OK) return;
  const std::string scope = name_ + ".oio_bench";
  if (!oio_bench_bind(scope.c_str(), ports_)) {
    oio_error_set(error, OIO_ERR_CONFIG, "the Verilated bench has no scope %s; build it again", scope.c_str());
    return;
  }
  set_straps();
  ok_ = true;
}

RtlSide::~RtlSide() {
  top_->final();
  oio_dpi_ports_destroy(ports_);
}

void RtlSide::set_straps() {
  oio_link_config die, optical;
  oio_config_die_link(&config_, true, &die);
  oio_config_optical_link(&config_, &optical);
  top_->clock_ps_i = config_.rtl_clock_ps;
  top_->format_i = die.format;
  top_->replay_limit_i = flits(die.replay_limit);
  top_->die_timeout_i = cycles(die.timeout_ps, config_);
  top_->die_nak_repeat_i = cycles(die.nak_repeat_ps, config_);
  top_->die_ack_delay_i = cycles(die.ack_delay_ps, config_);
  top_->optical_timeout_i = cycles(optical.timeout_ps, config_);
  top_->optical_nak_repeat_i = cycles(optical.nak_repeat_ps, config_);
  top_->optical_ack_delay_i = cycles(optical.ack_delay_ps, config_);
  top_->die_window_i = flits(die.window_flits);
  top_->die_buffer_i = flits(die.buffer_flits);
  top_->die_peer_buffer_i = flits(die.peer_buffer_flits);
  top_->optical_window_i = flits(optical.window_flits);
  top_->optical_buffer_i = flits(optical.buffer_flits);
  top_->optical_peer_buffer_i = flits(optical.peer_buffer_flits);
}

void RtlSide::rise(oio_time_ps now_ps, bool in_reset) {
  if (in_reset && !was_in_reset_) oio_dpi_ports_reset(ports_);
  was_in_reset_ = in_reset;
  top_->now_ps_i = now_ps;
  top_->rst_ni = !in_reset;
  top_->run_i = !in_reset;
  top_->clk_i = 1;
  top_->eval();
}

uint64_t RtlSide::flits_moved() const {
  uint64_t moved = 0;
  for (const oio_dpi_port &port : ports_) moved += oio_pins_flits_in(port.pins) + oio_pins_flits_out(port.pins);
  return moved;
}

oio_time_ps RtlSide::next_ps() const {
  return std::min(oio_pins_next_ps(ports_[DIE].pins), oio_pins_next_ps(ports_[OPTICAL].pins));
}

bool RtlSide::failed() const {
  return oio_dpi_ports_failed(ports_);
}

void RtlSide::fall() {
  top_->clk_i = 0;
  top_->eval();
}

void RtlSide::ask_report(bool report) {
  top_->report_i = report;
}

static std::string differ(const std::string &port, const char *what, unsigned is, const std::string &who, unsigned should) {
  return port + ": " + what + " is " + std::to_string(is) + ", " + who + " " + std::to_string(should);
}

// At quiescence both ends of a link must hold the same account of it. peer_accepted: the payloads that the peer has accepted, modulo 65536.
static bool agree(const std::string &port, const oio_link_state &rtl, const oio_link_state &peer, unsigned peer_accepted,
                  std::string *difference) {
  struct Pair {
    const char *what;
    unsigned is, should;
  };
  const Pair pairs[] = {
      {"next_tx", rtl.next_tx, peer.expected},
      {"expected", rtl.expected, peer.next_tx},
      {"sent_total", rtl.sent_total, peer_accepted},
      {"credit_limit", rtl.credit_limit, peer.credit_sent},
      {"credit_sent", rtl.credit_sent, peer.credit_limit},
      {"round", rtl.round, peer.round_seen},
      {"round_seen", rtl.round_seen, peer.round},
      {"failed", rtl.failed, peer.failed},
  };
  for (const Pair &pair : pairs) {
    if (pair.is != pair.should) {
      *difference = differ(port, pair.what, pair.is, "its peer says", pair.should);
      return false;
    }
  }
  return true;
}

// As the other end can know it: a replay that has begun, and of which an Ack left nothing before its first flit, is a round that no flit
// has told of yet (SPEC, T7).
oio_link_state RtlSide::shown(unsigned port) const {
  oio_link_state state = ports_[port].state, sent;
  oio_monitor_get_counts(ports_[port].monitor, &sent);
  if (((state.round - sent.round) & 15) == 1) state.round = sent.round;
  return state;
}

bool RtlSide::agrees_with_peers(std::string *difference) const {
  const oio_net *net = oio_sim_net(sim_);
  for (unsigned port = 0; port < 2; port++) {
    oio_link_state peer;
    const uint32_t across = ports_[port].number ^ 1;
    unsigned peer_accepted;
    if (oio_net_ours(net, across)) {
      oio_net_get_link_state(net, across, &peer);
      peer_accepted = static_cast<uint16_t>(peer.credit_sent - oio_net_buffer_flits(net, across) + peer.buffered_flits);
    } else {
      if (across_ == nullptr) continue;
      peer = across_->shown(port);
      peer_accepted = static_cast<uint16_t>(peer.received_payload);
    }
    if (!agree(ports_[port].name, shown(port), peer, peer_accepted, difference)) return false;
  }
  for (unsigned port = 0; port < 2; port++) {
    const unsigned left = static_cast<uint16_t>(ports_[1 - port].state.sent_total + buffer_of(port));
    if (ports_[port].state.credit_sent == left) continue;
    *difference = differ(ports_[port].name, "credit_sent", ports_[port].state.credit_sent, "its buffer and what has left it say", left);
    return false;
  }
  return true;
}

uint32_t RtlSide::buffer_of(unsigned port) const {
  return oio_net_buffer_flits(oio_sim_net(sim_), ports_[port].number);
}

void RtlSide::tell_counts() const {
  for (const oio_dpi_port &port : ports_) {
    oio_link_state counts = {};
    oio_monitor_get_counts(port.monitor, &counts);
    oio_net_tell(oio_sim_net(sim_), port.number, &counts);
  }
}

void RtlSide::tell_state() const {
  for (unsigned port = 0; port < 2; port++) {
    oio_link_state told = ports_[port].state;
    told.buffered_flits = static_cast<uint16_t>(told.received_payload - (told.credit_sent - buffer_of(port)));
    oio_net_tell(oio_sim_net(sim_), ports_[port].number, &told);
  }
}

void RtlSide::add_to(const oio_config &config, oio_results *results) const {
  oio_dpi_ports_add(ports_, &config, oio_sim_net(sim_), results);
}

void RtlSide::rest(oio_time_ps now_ps) {
  for (oio_dpi_port &port : ports_) oio_monitor_rest(port.monitor, now_ps);
}

void RtlSide::waive(oio_waivers *waivers) {
  for (oio_dpi_port &port : ports_) oio_monitor_waive(port.monitor, waivers);
}

void RtlSide::show(WireTap *tap) {
  for (unsigned port = 0; port < 2; port++) tap->add(ports_[port].monitor, ports_[port].name, ports_[1 - port].name);
}

void RtlSide::collect(std::vector<Finding> *findings) {
  oio_finding finding;
  for (oio_dpi_port &port : ports_) {
    while (oio_monitor_fetch(port.monitor, &finding)) findings->push_back({finding.time_ps, finding.rule, finding.text});
  }
}

} // namespace oio

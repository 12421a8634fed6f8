// SPDX-License-Identifier: Apache-2.0
#include "rtl_side.h"

#include "Voio_bench.h"

#include <algorithm>

namespace oio {

// From a port's last beat in to the other port's first beat out in an idle bridge: rtl/README.md counts the cycles.
static constexpr unsigned kLogicCycles = OIO_RTL_LOGIC_CYCLES;
// More than there is room for between the receive buffer at one port and the replay buffer at the other.
static constexpr unsigned kPipelineFlits = 16;
// Until a flit can say what has just gone in: the one on the wire, the one behind it, and up to three that rule T3 has explicit or another
// Ack.
static constexpr unsigned kFlitsToTell = 5;

static unsigned cycles(oio_time_ps duration_ps, const oio_config &config) {
  return static_cast<unsigned>((duration_ps + config.rtl_clock_ps - 1) / config.rtl_clock_ps);
}

static uint16_t flits(uint32_t number) {
  return static_cast<uint16_t>(number);
}

RtlSide::RtlSide(VerilatedContext *context, unsigned side, oio_sim *sim, const oio_config &config, oio_error *error)
    : side_(side), sim_(sim), config_(config), name_(side == 0 ? "near" : "far") {
  port_names_[DIE] = name_ + " die side";
  port_names_[OPTICAL] = name_ + " optical side";
  top_ = std::make_unique<Voio_bench>(context, name_.c_str());
  if (!make_port(DIE, error) || !make_port(OPTICAL, error)) return;
  oio_monitor_join(monitors_[DIE], monitors_[OPTICAL]);
  oio_monitor_join(monitors_[OPTICAL], monitors_[DIE]);
  set_straps();
  ok_ = true;
}

RtlSide::~RtlSide() {
  top_->final();
  for (unsigned port = 0; port < 2; port++) {
    oio_pins_destroy(ports_[port].pins);
    oio_monitor_destroy(monitors_[port]);
  }
}

bool RtlSide::make_port(unsigned port, oio_error *error) {
  oio_link_config links[2];
  oio_config_die_link(&config_, true, &links[DIE]);
  oio_config_optical_link(&config_, &links[OPTICAL]);
  const oio_link_config &link = links[port], &behind = links[1 - port];
  oio_monitor_config monitor = {};
  monitor.name = port_names_[port].c_str();
  monitor.format = link.format;
  monitor.sequence_bits = link.sequence_bits;
  monitor.window_flits = link.window_flits;
  monitor.buffer_flits = link.buffer_flits;
  monitor.peer_buffer_flits = link.peer_buffer_flits;
  monitor.inside_flits = link.buffer_flits + kPipelineFlits + behind.window_flits;
  monitor.logic_ps = kLogicCycles * config_.rtl_clock_ps;
  monitor.timeout_ps = link.timeout_ps;
  monitor.nak_repeat_ps = link.nak_repeat_ps;
  monitor.ack_delay_ps = link.ack_delay_ps;

  // The die link of side A is link 0, of side B link 2; into the bridge means to the right on the left side's die link, and so on.
  oio_path *path = oio_sim_path(sim_);
  const unsigned link_number = port == OPTICAL ? 1 : 2 * side_;
  const unsigned inward = (port == DIE) == (side_ == 0) ? 0 : 1;
  oio_pins_config pins = {};
  pins.in = path->channel[link_number][inward];
  pins.out = path->channel[link_number][1 - inward];
  if (config_.rtl_response_cycles > 0)
    monitor.response_ps = config_.rtl_response_cycles * config_.rtl_clock_ps + kFlitsToTell * oio_channel_flit_ps(pins.out);
  if (oio_monitor_create(&monitors_[port], &monitor, error) != OIO_OK) return false;
  pins.monitor = monitors_[port];
  pins.clock_ps = config_.rtl_clock_ps;
  pins.beat_bytes = static_cast<uint32_t>(config_.rtl_datapath_bytes);
  if (oio_pins_create(&ports_[port].pins, &pins, error) != OIO_OK) return false;

  const std::string scope = name_ + ".oio_bench." + (port == DIE ? "u_die_port" : "u_optical_port");
  if (oio_dpi_pins_bind(scope.c_str(), &ports_[port])) return true;
  oio_error_set(error, OIO_ERR_CONFIG, "the Verilated bench has no scope %s; build it again", scope.c_str());
  return false;
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
  if (in_reset && !was_in_reset_) {
    keep_counts();
    for (unsigned port = 0; port < 2; port++) {
      oio_pins_reset(ports_[port].pins);
      oio_monitor_reset(monitors_[port]);
    }
  }
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

void RtlSide::keep_counts() {
  for (unsigned port = 0; port < 2; port++) {
    oio_link_state &state = ports_[port].state;
    Counts &kept = kept_[port];
    kept.asked_crc += state.asked_crc;
    kept.asked_sequence += state.asked_sequence;
    kept.timeouts += state.timeouts;
    if (kept.failed == OIO_LINK_ALIVE) kept.failed = state.failed;
    state = {};
  }
}

bool RtlSide::failed() const {
  for (unsigned port = 0; port < 2; port++) {
    if (kept_[port].failed != OIO_LINK_ALIVE || ports_[port].state.failed != OIO_LINK_ALIVE) return true;
  }
  return false;
}

void RtlSide::fall() {
  top_->clk_i = 0;
  top_->eval();
}

void RtlSide::ask_report(bool report) {
  top_->report_i = report;
}

static std::string differ(const std::string &port, const char *what, unsigned is, unsigned should) {
  return port + ": " + what + " is " + std::to_string(is) + ", its peer says " + std::to_string(should);
}

// At quiescence both ends of a link must hold the same account of it.
static bool agree(const std::string &port, const oio_link_state &rtl, const oio_link_state &peer, std::string *difference) {
  struct Pair {
    const char *what;
    unsigned is, should;
  };
  const Pair pairs[] = {
      {"next_tx", rtl.next_tx, peer.expected},
      {"expected", rtl.expected, peer.next_tx},
      {"credit_limit", rtl.credit_limit, peer.credit_sent},
      {"credit_sent", rtl.credit_sent, peer.credit_limit},
      {"round", rtl.round, peer.round_seen},
      {"round_seen", rtl.round_seen, peer.round},
      {"failed", rtl.failed, peer.failed},
  };
  for (const Pair &pair : pairs) {
    if (pair.is != pair.should) {
      *difference = differ(port, pair.what, pair.is, pair.should);
      return false;
    }
  }
  return true;
}

bool RtlSide::agrees_with_peers(std::string *difference) const {
  oio_path *path = oio_sim_path(sim_);
  for (unsigned port = 0; port < 2; port++) {
    oio_link_state peer;
    const unsigned link = port == OPTICAL ? 1 : 2 * side_;
    const oio_end end = oio_path_end(path, link, port == OPTICAL ? 1 - side_ : side_);
    if (!oio_end_get_link_state(&end, &peer)) {
      if (across_ == nullptr) continue;
      peer = across_->state(port);
    }
    if (!agree(port_names_[port], ports_[port].state, peer, difference)) return false;
  }
  return true;
}

void RtlSide::add_to(oio_results *results) const {
  for (unsigned port = 0; port < 2; port++) {
    oio_link_state counts;
    oio_monitor_get_counts(monitors_[port], &counts);
    results->links.payload += counts.sent_payload;
    results->links.nop += counts.sent_nop;
    results->links.replayed += counts.sent_replayed;
    results->links.undetected += counts.undetected;
    const oio_link_state &state = ports_[port].state;
    const Counts &kept = kept_[port];
    results->links.retries_crc += kept.asked_crc + state.asked_crc;
    results->links.retries_sequence += kept.asked_sequence + state.asked_sequence;
    results->links.retries_timeout += kept.timeouts + state.timeouts;
    const oio_link_failure failed = kept.failed != OIO_LINK_ALIVE ? kept.failed : state.failed;
    if (failed == OIO_LINK_ALIVE) continue;
    results->links.failed++;
    snprintf(results->failure, sizeof results->failure, "RTL, %s: %s", port_names_[port].c_str(), oio_link_failure_name(failed));
  }
  results->findings += findings();
}

uint64_t RtlSide::findings() const {
  uint64_t sum = 0;
  for (unsigned port = 0; port < 2; port++) sum += oio_monitor_findings(monitors_[port]);
  return sum;
}

void RtlSide::rest(oio_time_ps now_ps) {
  for (oio_monitor *monitor : monitors_) oio_monitor_rest(monitor, now_ps);
}

void RtlSide::collect(std::vector<Finding> *findings) {
  oio_finding finding;
  for (oio_monitor *monitor : monitors_) {
    while (oio_monitor_fetch(monitor, &finding)) findings->push_back({finding.time_ps, finding.rule, finding.text});
  }
}

} // namespace oio

// SPDX-License-Identifier: Apache-2.0
// One Verilated bridge with its two ports and their monitors.
#ifndef OIO_RTL_SIDE_H
#define OIO_RTL_SIDE_H

#include "oio/sim.h"
#include "oio_dpi_port.h"
#include "wire_tap.h"

#include <memory>
#include <string>
#include <vector>

class Voio_bench;
class VerilatedContext;

namespace oio {

struct Finding {
  oio_time_ps time_ps;
  std::string rule, text;
};

class RtlSide {
public:
  // The RTL's own sizes: what a configuration may ask for at most.
  static constexpr unsigned optical_flits_max = 8192, die_window_max = 127, die_buffer_max = 1024;

  // side: 0 near (A), 1 far (B). On failure ok() is false and error says why.
  RtlSide(VerilatedContext *context, unsigned side, oio_sim *sim, const oio_config &config, oio_error *error);
  ~RtlSide();
  RtlSide(const RtlSide &) = delete;
  RtlSide &operator=(const RtlSide &) = delete;

  bool ok() const { return ok_; }
  Voio_bench *top() { return top_.get(); }
  // The RTL at the other end of the optical link, where there is no model.
  void set_across(const RtlSide *side) { across_ = side; }

  // One clock cycle's rising edge at now_ps, and its falling one.
  void rise(oio_time_ps now_ps, bool in_reset);
  void fall();

  // Flits put on the channels by both ports, ever.
  uint64_t flits_out() const { return oio_pins_flits_out(ports_[DIE].pins) + oio_pins_flits_out(ports_[OPTICAL].pins); }

  // Flits in and out of both ports, ever; and the earliest time at which another goes in, OIO_NEVER if none is on its way.
  uint64_t flits_moved() const;
  oio_time_ps next_ps() const;

  // The debug ports, as of the last rise with report; shown(): of one, as its peer can know it.
  void ask_report(bool report);
  oio_link_state shown(unsigned port) const;
  // A link end has failed, now or before a reset.
  bool failed() const;
  // Both link ends against their peers and against each other, when nothing moves any more.
  bool agrees_with_peers(std::string *difference) const;
  // What the monitors have seen of both link ends; and what the debug ports said, where they were asked.
  void tell_counts() const;
  void tell_state() const;
  // Nothing moves any more: what the monitors still wait for is a finding.
  void rest(oio_time_ps now_ps);
  // Adds what this side did to the totals of the run, before resets too: the debug ports must have been asked for in the cycle before each.
  void add_to(const oio_config &config, oio_results *results) const;
  // Findings at both ports that these match are theirs; they outlive this.
  void waive(oio_waivers *waivers);
  // Shows both ports' flits to the wire log.
  void show(WireTap *tap);
  // Moves the monitors' findings to the list.
  void collect(std::vector<Finding> *findings);

private:
  uint32_t buffer_of(unsigned port) const;
  void set_straps();

  enum { DIE = OIO_DPI_DIE_PORT, OPTICAL = OIO_DPI_OPTICAL_PORT };
  oio_sim *sim_;
  oio_config config_;
  std::string name_;
  std::unique_ptr<Voio_bench> top_;
  oio_dpi_port ports_[2] = {};
  const RtlSide *across_ = nullptr;
  bool ok_ = false;
  bool was_in_reset_ = true;
};

} // namespace oio

#endif

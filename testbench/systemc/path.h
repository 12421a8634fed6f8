// SPDX-License-Identifier: Apache-2.0
/**
 * The path of a run as SystemC modules, wired up: direct or bridged, around the objects of an oio_path.
 */
#ifndef PATH_H
#define PATH_H

#include "oio/path.h"
#include "oio_systemc.h"

#include <memory>
#include <string>
#include <vector>

class path : public sc_core::sc_module {
public:
  sc_core::sc_in<bool> reset{"reset"};

  path(const sc_core::sc_module_name &module_name, const oio_path *model);

  oio::die &die(unsigned side) { return *dies_[side]; }
  /** Everything that has a turn. */
  const std::vector<oio::pace *> &modules() const { return modules_; }

private:
  /** One direction of a link: the channel and the signals on both sides of it. */
  struct lane {
    lane(const std::string &lane_name, oio_channel *model)
        : sent(("sent_" + lane_name).c_str()), arrived(("arrived_" + lane_name).c_str()), free_ps(("free_" + lane_name).c_str()),
          channel(("channel_" + lane_name).c_str(), model) {}
    sc_core::sc_signal<oio::wire> sent, arrived;
    sc_core::sc_signal<oio_time_ps> free_ps;
    oio::channel channel;
  };

  void add_ends(const oio_path *model);
  void add_link(const oio_path *model, unsigned link);
  oio::link_pins &pins(const oio_path *model, unsigned link, unsigned side);
  static void join(oio::link_pins &from, lane &lane, oio::link_pins &to);

  std::unique_ptr<oio::die> dies_[2];
  std::unique_ptr<oio::bridge> bridges_[2];
  std::vector<std::unique_ptr<lane>> lanes_;
  std::vector<oio::pace *> modules_;
};

#endif

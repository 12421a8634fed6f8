// SPDX-License-Identifier: Apache-2.0
/**
 * What stands at both dies: the scoreboard that takes segments and the workload that sends messages, one process, so that dies come
 * in their order.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "net.h"
#include "oio_host.h"

class traffic : public sc_core::sc_module {
public:
  sc_core::sc_in<bool> reset{"reset"};

  traffic(const sc_core::sc_module_name &module_name, oio_host *model, net &dies);

  /** Runs until there is nothing more to do, something failed, or it is time to look. False: it is over. */
  bool run();
  oio_status status() const { return status_; }
  const oio_error &error() const { return error_; }
  /** Nothing more can happen by itself. */
  bool starved() const { return starved_; }
  /** The instant of the last event. */
  oio_time_ps last_ps() const { return last_ps_; }

protected:
  SC_HAS_PROCESS(traffic);

private:
  void start_of_simulation() override;
  void on_deadline();
  void on_turn();
  void on_reset();
  void on_pause();
  void deliver(std::uint32_t die);
  void reset_part();
  void enter();
  void after_tx();
  void end_instant();
  bool over() const;

  oio_host *model_;
  net &net_;
  oio::deadline deadline_;
  oio::countdown turn_, pause_;
  bool held_ = false, starved_ = false, paused_ = false;
  std::uint64_t instants_ = 0;
  oio_time_ps last_ps_ = 0;
  oio_time_ps part_ps_ = OIO_NEVER; // of a reset of a part of the net
  oio_status status_ = OIO_OK;
  oio_error error_ = {};
};

#endif

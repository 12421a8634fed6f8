// SPDX-License-Identifier: Apache-2.0
/**
 * The net of a run as SystemC modules, wired up: a module for each node, around the nodes of an oio_net, and a channel for each wire.
 */
#ifndef NET_H
#define NET_H

#include "oio/net.h"
#include "oio_systemc.h"

#include <memory>
#include <string>
#include <vector>

/** A node that is neither oio::die nor oio::bridge: the link ends of its ports, in their order. */
class node : public oio::pace {
public:
  node(const sc_core::sc_module_name &module_name, oio_net *model, std::uint32_t number);

  oio::link_pins &pins(std::uint32_t port);
  /** Takes a segment out of a die. */
  bool take(oio_segment *segment);
  using pace::changed;
  /** What this node sends may let that one send. */
  void gives_units_to(node &die) { by_units_ = &die; }

protected:
  SC_HAS_PROCESS(node);

  void transmit() override;
  oio_time_ps next_ps() const override;
  void reset_model() override {} // the net is reset as a whole
  std::string failure() const override;

private:
  void on_in();
  void on_free();

  oio_net *model_;
  const std::uint32_t number_;
  node *by_units_ = nullptr;
  std::vector<std::uint32_t> ports_;
  std::vector<std::unique_ptr<oio::link_pins>> pins_; // of each port
};

class net : public sc_core::sc_module {
public:
  sc_core::sc_in<bool> reset{"reset"};

  net(const sc_core::sc_module_name &module_name, oio_net *model);

  oio_net *model() { return model_; }
  /** Takes a segment out of a die. */
  bool take(std::uint32_t die, oio_segment *segment);
  /** Messages may have been given to a die. */
  void changed(std::uint32_t die);
  /** A part of the net was reset. */
  void reset_of_part();
  /** Everything that has a turn. */
  const std::vector<std::unique_ptr<oio::pace>> &modules() const { return modules_; }

protected:
  SC_HAS_PROCESS(net);

private:
  /** A wire: the channel and the signals on both sides of it. */
  struct wire {
    wire(const std::string &wire_name, oio_channel *model)
        : sent(("sent_" + wire_name).c_str()), arrived(("arrived_" + wire_name).c_str()), free_ps(("free_" + wire_name).c_str()),
          channel(("channel_" + wire_name).c_str(), model) {}
    sc_core::sc_signal<oio::wire> sent, arrived;
    sc_core::sc_signal<oio_time_ps> free_ps;
    oio::channel channel;
  };

  void add_module(std::uint32_t number);
  void add_wire(std::uint32_t port);
  void join_units(std::uint32_t number);
  void on_reset();

  oio_net *model_;
  std::vector<std::unique_ptr<oio::pace>> modules_; // of each node
  std::vector<oio::link_pins *> pins_;              // of each port
  std::vector<std::unique_ptr<wire>> wires_;
};

#endif

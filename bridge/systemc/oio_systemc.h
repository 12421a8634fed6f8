// SPDX-License-Identifier: Apache-2.0
/**
 * The model as SystemC modules with pins: a die, a bridge, one direction of a channel. C++17, time resolution 1 ps, link with liboio.
 *
 *     die a("a", die_config);   channel ab("ab", channel_config);          sc_signal<oio::wire> to_ab;
 *     a.pins.out(to_ab);        ab.in(to_ab);                              sc_signal<oio_time_ps> ab_free;
 *     a.pins.free_ps(ab_free);  ab.free_ps(ab_free);   ...                 (testbench/systemc/example.cpp is a whole one)
 *
 * Each module is made from a configuration, whose object it then owns, or around an object of the caller's. What goes wrong is an
 * SC_REPORT_ERROR of one of the types in oio_pace.h.
 */
#ifndef OIO_SYSTEMC_H
#define OIO_SYSTEMC_H

#if __cplusplus < 201703L
#error "oio_systemc.h is C++17: compile with -std=c++17, or set CMAKE_CXX_STANDARD to 17"
#elif defined(OIO_SYSTEMC_STANDARD) && OIO_SYSTEMC_STANDARD == 17 && __cplusplus > 201703L
#error "this SystemC links with C++17 only: set the property CXX_STANDARD of targets that use oio::systemc to 17"
#endif

#include "oio/bridge.h"
#include "oio/channel.h"
#include "oio/die.h"
#include "oio_pace.h"
#include "oio_wire.h"

#include <memory>

namespace oio {

template <class object> using owner = std::unique_ptr<object, void (*)(object *)>;

template <class object, class config>
owner<object> make(oio_status (*create)(object **, const config *, oio_error *), void (*destroy)(object *), const config &c) {
  object *made = nullptr;
  oio_error error = {};
  if (create(&made, &c, &error) != OIO_OK) refuse_to_make(error.text);
  return owner<object>(made, destroy);
}

template <class object> owner<object> borrow(object *lent) {
  return owner<object>(lent, [](object *) {});
}

/** What a link end that has failed is reported as; empty: it has not. */
inline std::string failure_text(const char *which, const oio_link_state &state) {
  if (state.failed == OIO_LINK_ALIVE) return "";
  return std::string(which) + " has failed: " + oio_link_failure_name(state.failed);
}

/** The pins of a link end. What stands at the other end of `out` answers every flit with the time at which the wire is free for the next.
 */
class link_pins {
public:
  sc_core::sc_in<wire> in;
  sc_core::sc_out<wire> out;
  sc_core::sc_in<oio_time_ps> free_ps;

  explicit link_pins(const std::string &prefix)
      : in((prefix + "in").c_str()), out((prefix + "out").c_str()), free_ps((prefix + "free_ps").c_str()) {}

  /** Calls tx(&flit) if the wire is free, and puts out what it made. */
  template <class verb> void transmit(const verb &tx) {
    if (answer_due_ || free_ps.read() > now_ps() || !tx(&next_.flit)) return;
    next_.number++;
    out.write(next_);
    answer_due_ = true;
  }
  void answered() { answer_due_ = false; }
  /** When a flit that is ready at tx_ps could go. */
  oio_time_ps next_ps(oio_time_ps tx_ps) const {
    if (answer_due_ || tx_ps == OIO_NEVER) return OIO_NEVER;
    return tx_ps > free_ps.read() ? tx_ps : free_ps.read();
  }

private:
  wire next_;
  bool answer_due_ = false;
};

/** A die: call its verbs from a process sensitive to turn(), or at any other time. */
class die : public pace {
public:
  link_pins pins{""};

  die(const sc_core::sc_module_name &module_name, const oio_die_config &config)
      : die(module_name, make(oio_die_create, oio_die_destroy, config)) {}
  die(const sc_core::sc_module_name &module_name, oio_die *lent) : die(module_name, borrow(lent)) {}

  /** As oio_die_send. While held in reset too: the message goes out when the reset is over. What is queued when a reset begins is dropped.
   */
  oio_status send(const oio_message &message) {
    const oio_status status = oio_die_send(die_.get(), now_ps(), &message);
    changed();
    return status;
  }
  bool recv(oio_segment *segment) {
    const bool got = oio_die_recv(die_.get(), now_ps(), segment);
    changed();
    return got;
  }
  /** As oio_die_take: received and released at once. */
  bool take(oio_segment *segment) {
    const bool got = oio_die_take(die_.get(), now_ps(), segment);
    changed();
    return got;
  }
  /** As oio_die_release. What was held when a reset began is not to be released any more. */
  oio_status release(unsigned vc, std::uint32_t bytes) {
    const oio_status status = oio_die_release(die_.get(), now_ps(), vc, bytes);
    changed();
    return status;
  }
  /** For calls of your own; say changed() after those that are not const. */
  oio_die *model() { return die_.get(); }
  using pace::changed;

protected:
  SC_HAS_PROCESS(die);

  void transmit() override {
    pins.transmit([this](oio_wire *flit) { return oio_die_tx(die_.get(), now_ps(), flit); });
  }
  oio_time_ps next_ps() const override { return pins.next_ps(oio_die_next_tx_ps(die_.get(), now_ps())); }
  void reset_model() override { oio_die_reset(die_.get()); }
  std::string failure() const override {
    if (!oio_die_failed(die_.get())) return "";
    oio_link_state state;
    oio_die_get_link_state(die_.get(), &state);
    return failure_text("the link end", state);
  }

private:
  die(const sc_core::sc_module_name &module_name, owner<oio_die> &&model) : pace(module_name), die_(std::move(model)) {
    SC_METHOD(on_in);
    sensitive << pins.in;
    dont_initialize();
    SC_METHOD(on_free);
    sensitive << pins.free_ps;
    dont_initialize();
  }

  void on_in() {
    if (held()) return;
    oio_die_rx(die_.get(), now_ps(), &pins.in.read().flit);
    after_rx();
  }
  void on_free() {
    pins.answered();
    changed();
  }

  owner<oio_die> die_;
};

/** A bridge. towards_a: the side that faces die A; it transmits first, by which the two bridges of a path differ. */
class bridge : public pace {
public:
  link_pins die_pins{"die_"}, optical_pins{"optical_"};

  bridge(const sc_core::sc_module_name &module_name, const oio_bridge_config &config, oio_bridge_side towards_a)
      : bridge(module_name, make(oio_bridge_create, oio_bridge_destroy, config), towards_a) {}
  bridge(const sc_core::sc_module_name &module_name, oio_bridge *lent, oio_bridge_side towards_a)
      : bridge(module_name, borrow(lent), towards_a) {}

  link_pins &pins(oio_bridge_side side) { return side == OIO_DIE_SIDE ? die_pins : optical_pins; }
  oio_bridge *model() { return bridge_.get(); }

protected:
  SC_HAS_PROCESS(bridge);

  void transmit() override {
    transmit_side(towards_a_);
    transmit_side(towards_a_ == OIO_DIE_SIDE ? OIO_OPTICAL_SIDE : OIO_DIE_SIDE);
  }
  oio_time_ps next_ps() const override {
    const oio_time_ps die_ps = die_pins.next_ps(oio_bridge_next_tx_ps(bridge_.get(), OIO_DIE_SIDE, now_ps()));
    const oio_time_ps optical_ps = optical_pins.next_ps(oio_bridge_next_tx_ps(bridge_.get(), OIO_OPTICAL_SIDE, now_ps()));
    return die_ps < optical_ps ? die_ps : optical_ps;
  }
  void reset_model() override { oio_bridge_reset(bridge_.get()); }
  std::string failure() const override {
    for (const oio_bridge_side side : {OIO_DIE_SIDE, OIO_OPTICAL_SIDE}) {
      if (!oio_bridge_failed(bridge_.get(), side)) continue;
      oio_link_state state;
      oio_bridge_get_link_state(bridge_.get(), side, &state);
      return failure_text(side == OIO_DIE_SIDE ? "the link end on the die side" : "the link end on the optical side", state);
    }
    return "";
  }

private:
  bridge(const sc_core::sc_module_name &module_name, owner<oio_bridge> &&model, oio_bridge_side towards_a)
      : pace(module_name), bridge_(std::move(model)), towards_a_(towards_a) {
    SC_METHOD(on_die_in);
    sensitive << die_pins.in;
    dont_initialize();
    SC_METHOD(on_optical_in);
    sensitive << optical_pins.in;
    dont_initialize();
    SC_METHOD(on_die_free);
    sensitive << die_pins.free_ps;
    dont_initialize();
    SC_METHOD(on_optical_free);
    sensitive << optical_pins.free_ps;
    dont_initialize();
  }

  void transmit_side(oio_bridge_side side) {
    pins(side).transmit([this, side](oio_wire *flit) { return oio_bridge_tx(bridge_.get(), side, now_ps(), flit); });
  }
  void receive_side(oio_bridge_side side) {
    if (held()) return;
    oio_bridge_rx(bridge_.get(), side, now_ps(), &pins(side).in.read().flit);
    after_rx();
  }
  void free_side(oio_bridge_side side) {
    pins(side).answered();
    changed();
  }
  void on_die_in() { receive_side(OIO_DIE_SIDE); }
  void on_optical_in() { receive_side(OIO_OPTICAL_SIDE); }
  void on_die_free() { free_side(OIO_DIE_SIDE); }
  void on_optical_free() { free_side(OIO_OPTICAL_SIDE); }

  owner<oio_bridge> bridge_;
  const oio_bridge_side towards_a_;
};

/** One direction of a channel. Every flit on `in` starts at once: the wire must be free, else the flit is lost and CHANNEL_BUSY reported.
 */
class channel : public sc_core::sc_module {
public:
  sc_core::sc_in<wire> in{"in"};
  sc_core::sc_out<wire> out{"out"};
  sc_core::sc_out<oio_time_ps> free_ps{"free_ps"}; ///< when the wire is free for the next
  sc_core::sc_in<bool> reset{"reset"};             ///< true: what is in flight, or sent meanwhile, is dropped

  channel(const sc_core::sc_module_name &module_name, const oio_channel_config &config)
      : channel(module_name, make(oio_channel_create, oio_channel_destroy, config)) {}
  channel(const sc_core::sc_module_name &module_name, oio_channel *lent) : channel(module_name, borrow(lent)) {}

  oio_channel *model() { return channel_.get(); }
  /** Its user has dropped what was in flight. */
  void dropped() { arrival_.set(oio_channel_arrival_ps(channel_.get())); }

protected:
  SC_HAS_PROCESS(channel);

private:
  channel(const sc_core::sc_module_name &module_name, owner<oio_channel> &&model)
      : sc_core::sc_module(module_name), channel_(std::move(model)) {
    SC_METHOD(on_in);
    sensitive << in;
    dont_initialize();
    SC_METHOD(on_arrival);
    sensitive << arrival_.event();
    dont_initialize();
    SC_METHOD(on_reset);
    sensitive << reset.pos();
    dont_initialize();
  }

  void on_in() {
    if (oio_channel_send(channel_.get(), now_ps(), &in.read().flit) != OIO_OK) {
      SC_REPORT_ERROR(CHANNEL_BUSY,
                      (std::string(name()) + ": a flit was sent while the wire was busy, and is lost; wait for free_ps").c_str());
      return;
    }
    if (reset.read()) oio_channel_drop(channel_.get());
    free_ps.write(oio_channel_free_ps(channel_.get()));
    arrival_.set(oio_channel_arrival_ps(channel_.get()));
  }
  void on_arrival() {
    arrived_.number++;
    arrived_.flit = *oio_channel_peek(channel_.get());
    out.write(arrived_);
    oio_channel_pop(channel_.get());
    arrival_.passed();
    arrival_.set(oio_channel_arrival_ps(channel_.get()));
  }
  void on_reset() {
    oio_channel_drop(channel_.get());
    arrival_.set(OIO_NEVER);
  }

  owner<oio_channel> channel_;
  deadline arrival_;
  wire arrived_;
};

} // namespace oio

#endif

// SPDX-License-Identifier: Apache-2.0
/**
 * Time and order for modules around the model: picoseconds of simulation time, and turns inside one instant.
 *
 * The model's order at one instant is rx, recv, send, tx (SPEC section 8). In SystemC an instant is a row of delta cycles, and every
 * process that waits for a time runs in the first of them. So, counted from there:
 *
 *     0  a channel puts out what arrives; deadlines fire       2  recv and send: turn() of every module with something to do
 *     1  rx                                                    3  tx;  then 0 again: channels take in what was sent
 */
#ifndef OIO_SYSTEMC_PACE_H
#define OIO_SYSTEMC_PACE_H

#include "oio/base.h"

#include <systemc>

namespace oio {

/** Delta cycles to tx from a deadline, from rx, and from recv and send; and from one tx to the next in the same instant. */
enum { TX_AFTER_DEADLINE = 3, TX_AFTER_RX = 2, TX_AFTER_SEND = 1, TX_AFTER_TX = 4 };

/** Time resolution must be 1 ps, SystemC's default: pace refuses another. */
inline oio_time_ps now_ps() {
  return sc_core::sc_time_stamp().value();
}

/** A process sensitive to event() asks due(); it is run again until then. */
class countdown {
public:
  /** In so many delta cycles from now, or when it was due anyway, if that is later. */
  void start(unsigned deltas) {
    const sc_dt::uint64 at = sc_core::sc_delta_count() + deltas;
    if (at > at_) at_ = at;
    event_.notify(sc_core::SC_ZERO_TIME);
  }
  void stop() {
    at_ = 0;
    event_.cancel();
  }
  bool pending() const { return at_ > sc_core::sc_delta_count(); }
  sc_dt::uint64 left() const { return at_ - sc_core::sc_delta_count(); }
  bool due() {
    if (pending()) event_.notify(sc_core::SC_ZERO_TIME);
    return !pending();
  }
  const sc_core::sc_event &event() const { return event_; }

private:
  sc_core::sc_event event_;
  sc_dt::uint64 at_ = 0;
};

/** An event at a time that may be moved. */
class deadline {
public:
  void set(oio_time_ps at_ps) {
    if (at_ps == at_ps_) return;
    event_.cancel();
    at_ps_ = at_ps;
    if (at_ps != OIO_NEVER) event_.notify(sc_core::sc_time::from_value(at_ps > now_ps() ? at_ps - now_ps() : 0));
  }
  /** The process that the event has run says so, before it sets the next. */
  void passed() { at_ps_ = OIO_NEVER; }
  const sc_core::sc_event &event() const { return event_; }

private:
  sc_core::sc_event event_;
  oio_time_ps at_ps_ = OIO_NEVER;
};

/** A module with link ends: when it is its turn to transmit, and being held in reset. */
class pace : public sc_core::sc_module {
public:
  sc_core::sc_in<bool> reset{"reset"}; ///< true: held in the initial state

  /** In every instant in which this module has something to do, after rx and before tx: the place for recv and send. */
  const sc_core::sc_event &turn() const { return turn_; }

protected:
  SC_HAS_PROCESS(pace);

  explicit pace(const sc_core::sc_module_name &module_name) : sc_core::sc_module(module_name) {
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS)) {
      SC_REPORT_ERROR("/oio", "the time resolution must be 1 ps, which is the default: do not call sc_set_time_resolution with another");
    }
    SC_METHOD(on_deadline);
    sensitive << deadline_.event();
    dont_initialize();
    SC_METHOD(on_countdown);
    sensitive << countdown_.event();
    dont_initialize();
    SC_METHOD(on_reset);
    sensitive << reset;
    dont_initialize();
  }

  /** Puts on the wire what there is. */
  virtual void transmit() = 0;
  /** When transmit could do something, if nothing else happens: now or earlier, later, or OIO_NEVER. */
  virtual oio_time_ps next_ps() const = 0;
  virtual void reset_model() = 0;

  bool held() const { return held_; }
  void after_rx() {
    countdown_.start(TX_AFTER_RX);
    turn_.notify(sc_core::SC_ZERO_TIME);
  }
  /** The model was changed by its user, or a wire has said when it is free. */
  void changed() {
    if (held_ || countdown_.pending()) return;
    if (!elaborated_) { // the pins cannot be read yet
      countdown_.start(TX_AFTER_SEND);
      return;
    }
    const oio_time_ps at_ps = next_ps();
    if (at_ps > now_ps()) {
      deadline_.set(at_ps);
    } else {
      countdown_.start(TX_AFTER_SEND);
    }
  }

  void end_of_elaboration() override { elaborated_ = true; }

private:
  void on_deadline() {
    deadline_.passed();
    if (!held_) countdown_.start(TX_AFTER_DEADLINE);
  }

  void on_countdown() {
    if (countdown_.pending() && countdown_.left() == 2) turn_.notify(sc_core::SC_ZERO_TIME);
    if (!countdown_.due() || held_) return;
    transmit();
    const oio_time_ps at_ps = next_ps();
    deadline_.set(at_ps > now_ps() ? at_ps : OIO_NEVER);
    if (at_ps <= now_ps()) countdown_.start(TX_AFTER_TX);
  }

  void on_reset() {
    held_ = reset.read();
    if (held_) {
      reset_model();
      deadline_.set(OIO_NEVER);
      countdown_.stop();
    } else {
      after_rx();
    }
  }

  sc_core::sc_event turn_;
  deadline deadline_;
  countdown countdown_;
  bool held_ = false, elaborated_ = false;
};

} // namespace oio

#endif

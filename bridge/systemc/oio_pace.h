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

#include <stdexcept>
#include <string>
#include <systemc>

namespace oio {

/** Message types of the reports that these modules make, all errors: of a module that cannot be made, whose constructor then throws
 *  std::invalid_argument if the report has not thrown; of a link end that has failed; of a flit that its channel could not take. */
inline constexpr char CANNOT_BE_MADE[] = "/oio/cannot_be_made", LINK_FAILED[] = "/oio/link_failed", CHANNEL_BUSY[] = "/oio/channel_busy";

[[noreturn]] inline void refuse_to_make(const char *why) {
  SC_REPORT_ERROR(CANNOT_BE_MADE, why);
  throw std::invalid_argument(why); // the report's action does not throw: there is still nothing to go on with
}

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

/** A module with link ends: when it is its turn to transmit, being held in reset, and failing. */
class pace : public sc_core::sc_module {
public:
  /** True: held in the initial state, from the start too if it is true there. What arrives is lost, nothing is sent. */
  sc_core::sc_in<bool> reset{"reset"};

  /** Notified when a link end has failed; an error of type LINK_FAILED says which and why. It is silent from then on, until a reset. */
  const sc_core::sc_event &failed() const { return failed_; }

  /** In every instant in which this module has something to do, after rx and before tx: the place for recv and send. */
  const sc_core::sc_event &turn() const { return turn_; }

protected:
  SC_HAS_PROCESS(pace);

  explicit pace(const sc_core::sc_module_name &module_name) : sc_core::sc_module(module_name) {
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS)) {
      refuse_to_make("the time resolution must be 1 ps, which is the default: do not call sc_set_time_resolution with another");
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
  /** Which link end has failed and why; empty: none. */
  virtual std::string failure() const = 0;

  bool held() const { return held_; }
  void after_rx() {
    countdown_.start(TX_AFTER_RX);
    turn_.notify(sc_core::SC_ZERO_TIME);
    report_failure();
  }
  /** The model was changed by its user, or a wire has said when it is free. */
  void changed() {
    report_failure();
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
  void start_of_simulation() override { held_ = reset.read(); } // a level: no event says that it began so

private:
  void report_failure() {
    if (failure_reported_) return;
    const std::string why = failure();
    if (why.empty()) return;
    failure_reported_ = true;
    failed_.notify(sc_core::SC_ZERO_TIME);
    SC_REPORT_ERROR(LINK_FAILED, (std::string(name()) + ": " + why + "; it is silent until a reset").c_str());
  }

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
    report_failure();
  }

  void on_reset() {
    held_ = reset.read();
    if (held_) {
      reset_model();
      failure_reported_ = false;
      deadline_.set(OIO_NEVER);
      countdown_.stop();
    } else {
      after_rx();
    }
  }

  sc_core::sc_event turn_, failed_;
  deadline deadline_;
  countdown countdown_;
  bool held_ = false, elaborated_ = false, failure_reported_ = false;
};

} // namespace oio

#endif

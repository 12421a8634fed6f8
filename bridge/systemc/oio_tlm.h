// SPDX-License-Identifier: Apache-2.0
/**
 * Two dies and their link between TLM-2.0 sockets (docs/systemc.md): what initiators on die A ask goes over the link to the target on die
 * B, and the other way. C++17, time resolution 1 ps or finer, link with liboio.
 *
 *     oio::tlm_link<> link("link", {"optical.length_m=50", "tlm.timing=loose"});
 *     cpu.socket.bind(link.a.target);        link.b.initiator.bind(memory.socket);
 *     accelerator.socket.bind(link.b.target);   link.a.initiator.bind(host_memory.socket);
 *
 * A side takes any number of initiators; either socket of a side may be left alone. What goes wrong is a report of one of the types in
 * oio_pace.h and oio_tlm_payload.h, and a transaction with an error response.
 */
#ifndef OIO_SYSTEMC_TLM_H
#define OIO_SYSTEMC_TLM_H

#if __cplusplus < 201703L
#error "oio_tlm.h is C++17: compile with -std=c++17, or set CMAKE_CXX_STANDARD to 17"
#elif defined(OIO_SYSTEMC_STANDARD) && OIO_SYSTEMC_STANDARD == 17 && __cplusplus > 201703L
#error "this SystemC links with C++17 only: set the property CXX_STANDARD of targets that use oio::systemc to 17"
#endif

#include "oio_loose.h"
#include "oio_tlm_caller.h"
#include "oio_tlm_payload.h"
#include "oio_tlm_settings.h"

#include <array>
#include <map>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

namespace oio {

template <unsigned BUSWIDTH = 32> class tlm_link : public sc_core::sc_module {
public:
  using payload = tlm::tlm_generic_payload;

  struct side {
    tlm_utils::multi_passthrough_target_socket_optional<tlm_link, BUSWIDTH> target; ///< for initiators on this die
    tlm_utils::simple_initiator_socket_optional<tlm_link, BUSWIDTH> initiator;      ///< for the target on this die
    explicit side(const std::string &prefix) : target((prefix + "_target").c_str()), initiator((prefix + "_initiator").c_str()) {}
  };
  side a{"a"}, b{"b"};

  SC_HAS_PROCESS(tlm_link);

  explicit tlm_link(const sc_core::sc_module_name &module_name, const tlm_settings &settings = {})
      : sc_core::sc_module(module_name), loose_(settings.loose()), outstanding_(settings.outstanding()), ticks_(ticks_of_a_ps()),
        carrier_(made<carrier>(settings)) {
    if (carrier_->vcs() < 2) refuse_to_make("vc.count=1: requests and responses need a virtual channel each; use 2, 4, 6 or 8");
    if (loose_ && settings.faults())
      refuse_to_make("tlm.timing=loose has no times at which something happens to a link: leave out faults.schedule, or use model");
    if (loose_) calibration_ = made<calibration>(settings);
    take_calls<0>(a);
    take_calls<1>(b);
    for (unsigned s = 0; s < 2; s++) {
      lanes_[s].resize(channels());
      callers_[s] =
          std::make_unique<tlm_caller>(s == 0 ? "a_caller" : "b_caller", at(s).initiator, channels(), settings.phases(),
                                       [this](parcel &&response, const sc_core::sc_time &delay) { respond(std::move(response), delay); });
    }
    SC_METHOD(step);
    sensitive << go_;
    dont_initialize();
  }

  /** Channels that tlm_route may name, from 0. */
  unsigned channels() const { return carrier_->vcs() / 2; }
  /** Transactions that have been answered, by b_transport and nb_transport. */
  std::uint64_t answered() const { return answered_; }

private:
  using transaction = tlm_transaction;
  /** Transactions of a side and channel: on the link, and waiting for it. */
  struct lane {
    std::uint64_t started = 0;
    std::deque<transaction *> waiting;
  };
  /** An initiator of nb_transport. */
  struct asker {
    payload *requesting = nullptr;     ///< has had BEGIN_REQ, and no END_REQ
    std::deque<transaction *> answers; ///< which wait for BEGIN_RESP; the first has had it if it is told
    bool told = false;
    oio_time_ps free_ps = 0; ///< when another BEGIN_RESP may be
  };

  // ---- time ----

  static std::uint64_t ticks_of_a_ps() {
    if (sc_core::sc_get_time_resolution().to_seconds() > 1.0001e-12)
      refuse_to_make("the time resolution is coarser than 1 ps, and the link's times are whole picoseconds: sc_set_time_resolution(1, "
                     "SC_PS) or finer");
    return sc_core::sc_time(1, sc_core::SC_PS).value();
  }
  oio_time_ps now() const { return sc_core::sc_time_stamp().value() / ticks_; }
  sc_core::sc_time time_of(oio_time_ps ps) const { return sc_core::sc_time::from_value(ps * ticks_); }
  oio_time_ps ps_of(const sc_core::sc_time &time) const { return time.value() / ticks_; }

  /** step() at that time, or in the next delta cycle. */
  void wake(oio_time_ps at_ps) {
    if (at_ps == OIO_NEVER) return;
    const sc_dt::uint64 at = at_ps * ticks_, here = sc_core::sc_time_stamp().value();
    if (at > here) {
      go_.notify(sc_core::sc_time::from_value(at - here));
    } else {
      go_.notify(sc_core::SC_ZERO_TIME);
    }
  }

  // ---- making ----

  template <class part> static std::unique_ptr<part> made(const tlm_settings &settings) {
    try {
      return std::make_unique<part>(settings.resolved(), settings.message_bytes());
    } catch (const std::invalid_argument &why) {
      refuse_to_make(why.what());
    }
  }

  template <unsigned s> void take_calls(side &of) {
    of.target.register_b_transport(this, &tlm_link::template b_transport<s>);
    of.target.register_nb_transport_fw(this, &tlm_link::template nb_transport_fw<s>);
    of.target.register_transport_dbg(this, &tlm_link::template transport_dbg<s>);
    of.initiator.register_nb_transport_bw(this, &tlm_link::template nb_transport_bw<s>);
  }

  side &at(unsigned s) { return s == 0 ? a : b; }
  static unsigned channel_of(payload &asked) {
    const tlm_route *route = asked.template get_extension<tlm_route>();
    return route == nullptr ? 0 : route->channel;
  }
  /** What no target may get has its answer here. */
  bool refused(unsigned s, payload &asked) {
    const bool moves = asked.get_command() != tlm::TLM_IGNORE_COMMAND;
    asked.set_dmi_allowed(false);
    if (asked.get_byte_enable_ptr() != nullptr && asked.get_byte_enable_length() == 0) {
      asked.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    } else if (moves && asked.get_streaming_width() == 0) {
      asked.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    } else if (!failure_.empty()) {
      asked.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    } else if (at(1 - s).initiator.get_base_port().size() == 0) {
      return complain(asked, NO_TARGET, "no target is bound to the initiator socket of the other side");
    } else if (moves && (asked.get_data_ptr() == nullptr || asked.get_data_length() == 0)) {
      return complain(asked, BAD_TRANSACTION, "a transaction without data: its pointer is null, or its length 0");
    } else if (channel_of(asked) >= channels()) {
      return complain(asked, BAD_TRANSACTION, "tlm_route names a channel that is not there; vc.count is twice their number");
    } else {
      return false;
    }
    return true;
  }
  bool complain(payload &asked, const char *type, const char *why) {
    asked.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    report(type, why);
    return true;
  }

  void report(const char *type, const std::string &why) const { SC_REPORT_ERROR(type, (std::string(name()) + ": " + why).c_str()); }

  // ---- calls of initiators ----

  template <unsigned s> void b_transport(int, payload &asked, sc_core::sc_time &delay) {
    if (refused(s, asked)) return;
    if (loose_) {
      pass_loosely(s, asked, delay);
      return;
    }
    if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay); // the link is shared: what comes first in time goes first
    delay = sc_core::SC_ZERO_TIME;
    if (!failure_.empty()) {
      asked.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
      return;
    }
    transaction *t = begin(s, asked, -1);
    due_.emplace(now(), t);
    wake(now());
    while (!t->over) sc_core::wait(t->done);
    end(t);
  }

  template <unsigned s> tlm::tlm_sync_enum nb_transport_fw(int from, payload &asked, tlm::tlm_phase &phase, sc_core::sc_time &delay) {
    asker &who = askers_[s][from];
    if (phase == tlm::BEGIN_REQ) {
      if (out_of_turn(who, asked) || refused(s, asked)) return tlm::TLM_COMPLETED;
      asked.acquire();
      who.requesting = &asked;
      due_.emplace(ps_of(sc_core::sc_time_stamp() + delay), begin(s, asked, from));
      wake(now());
    } else if (phase == tlm::END_RESP && who.told && who.answers.front()->asked == &asked) {
      close_first(who, delay);
      wake(now());
      return tlm::TLM_COMPLETED;
    } else if (phase == tlm::END_RESP || phase == tlm::END_REQ || phase == tlm::BEGIN_RESP) {
      report(BAD_TRANSACTION, "a phase of an initiator out of turn: BEGIN_REQ, and one END_RESP after BEGIN_RESP");
    }
    return tlm::TLM_ACCEPTED; // of an ignorable phase too
  }
  bool out_of_turn(const asker &who, payload &asked) {
    if (who.requesting != nullptr) return complain(asked, BAD_TRANSACTION, "a BEGIN_REQ before the END_REQ of the last");
    return !asked.has_mm() &&
           complain(asked, BAD_TRANSACTION, "nb_transport with a payload that has no memory manager: take it from tlm_payloads");
  }

  /** Debug takes no time, and no way over the link. */
  template <unsigned s> unsigned transport_dbg(int, payload &asked) {
    return at(1 - s).initiator.get_base_port().size() == 0 ? 0 : at(1 - s).initiator->transport_dbg(asked);
  }

  template <unsigned s> tlm::tlm_sync_enum nb_transport_bw(payload &given, tlm::tlm_phase &phase, sc_core::sc_time &delay) {
    return callers_[s]->nb_transport_bw(given, phase, delay);
  }

  transaction *begin(unsigned s, payload &asked, int initiator) {
    if (idle_.empty()) {
      all_.push_back(std::make_unique<transaction>());
      idle_.push_back(all_.back().get());
    }
    transaction *t = idle_.back();
    idle_.pop_back();
    const tlm_route *route = asked.template get_extension<tlm_route>();
    t->asked = &asked;
    t->side = s;
    t->channel = channel_of(asked);
    t->id = route == nullptr ? 0 : route->id;
    t->initiator = initiator;
    t->status = tlm::TLM_INCOMPLETE_RESPONSE;
    t->over = false;
    return t;
  }
  void end(transaction *t) { idle_.push_back(t); }

  // ---- loosely timed ----

  double carry(unsigned s, const sc_core::sc_time &at, std::size_t nbytes) {
    return ways_[s].carry(*calibration_, static_cast<double>(ps_of(at)), nbytes, static_cast<double>(now()));
  }
  void pass_loosely(unsigned s, payload &asked, sc_core::sc_time &delay) {
    const double there_ps = carry(s, sc_core::sc_time_stamp() + delay, tlm_request_bytes(asked));
    delay = time_of(static_cast<oio_time_ps>(there_ps)) - sc_core::sc_time_stamp();
    at(1 - s).initiator->b_transport(asked, delay);
    asked.set_dmi_allowed(false);
    const std::size_t response_bytes = tlm_response_bytes(asked, asked.get_response_status());
    const double back_ps = carry(1 - s, sc_core::sc_time_stamp() + delay, response_bytes);
    delay = time_of(static_cast<oio_time_ps>(back_ps)) - sc_core::sc_time_stamp();
    answered_++;
  }

  // ---- over the model ----

  void start(transaction *t) {
    lanes_[t->side][t->channel].started++;
    carrier_->send(t->side, 2 * t->channel, tlm_request(t));
    if (t->initiator < 0) return;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time zero = sc_core::SC_ZERO_TIME;
    askers_[t->side][t->initiator].requesting = nullptr;
    at(t->side).target[t->initiator]->nb_transport_bw(*t->asked, phase, zero);
  }

  void admit(transaction *t) {
    lane &l = lanes_[t->side][t->channel];
    if (l.started < outstanding_) {
      start(t);
    } else {
      l.waiting.push_back(t);
    }
  }

  /** What a target has answered. */
  void respond(parcel &&response, const sc_core::sc_time &delay) {
    answers_.emplace(ps_of(sc_core::sc_time_stamp() + delay), std::move(response));
    wake(now());
  }

  void delivered(unsigned s, unsigned vc, parcel &&whole) {
    transaction *t = static_cast<transaction *>(whole.about);
    if (vc % 2 == 0) {
      callers_[s]->request(vc / 2, std::move(whole));
      return;
    }
    if (whole.spoiled) SC_REPORT_WARNING(UNDETECTED_ERROR, (std::string(name()) + ": wrong bits in a transaction that no CRC saw").c_str());
    if (tlm_reads(*t->asked) && t->status == tlm::TLM_OK_RESPONSE) tlm_copy_read(*t->asked, whole);
    finish(t);
  }
  void finish(transaction *t) {
    lane &l = lanes_[t->side][t->channel];
    t->asked->set_response_status(t->status);
    t->asked->set_dmi_allowed(false);
    t->over = true;
    answered_++;
    l.started--;
    if (t->initiator < 0) {
      t->done.notify(sc_core::SC_ZERO_TIME);
    } else {
      askers_[t->side][t->initiator].answers.push_back(t);
    }
    if (l.waiting.empty() || !failure_.empty()) return;
    transaction *next = l.waiting.front();
    l.waiting.pop_front();
    start(next);
  }

  // ---- answers of nb_transport ----

  void close_first(asker &who, const sc_core::sc_time &delay) {
    transaction *t = who.answers.front();
    who.answers.pop_front();
    who.told = false;
    who.free_ps = ps_of(sc_core::sc_time_stamp() + delay);
    t->asked->release();
    end(t);
  }

  /** BEGIN_RESP to every initiator that has an answer and none under way. When there is another to give; OIO_NEVER. */
  oio_time_ps answer_all() {
    oio_time_ps next_ps = OIO_NEVER;
    for (unsigned s = 0; s < 2; s++) {
      for (auto &[socket, who] : askers_[s]) {
        while (!who.answers.empty() && !who.told && who.free_ps <= now()) tell_first(s, socket, who);
        if (!who.answers.empty() && !who.told) next_ps = std::min(next_ps, who.free_ps);
      }
    }
    return next_ps;
  }
  void tell_first(unsigned s, int socket, asker &who) {
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    payload *asked = who.answers.front()->asked;
    who.told = true;
    if (who.requesting == asked) who.requesting = nullptr; // BEGIN_RESP is END_REQ too
    const auto reply = at(s).target[socket]->nb_transport_bw(*asked, phase, delay);
    if (!who.told) return; // END_RESP came from within the call
    if (reply == tlm::TLM_COMPLETED || (reply == tlm::TLM_UPDATED && phase == tlm::END_RESP)) close_first(who, delay);
  }

  // ---- the loop ----

  /** Everything that is due: requests, answers of targets, the link, answers to initiators. */
  void step() {
    const oio_time_ps now_ps = now();
    for (auto first = due_.begin(); first != due_.end() && first->first <= now_ps; first = due_.begin()) {
      transaction *t = first->second;
      due_.erase(first);
      admit(t);
    }
    for (auto first = answers_.begin(); first != answers_.end() && first->first <= now_ps; first = answers_.begin()) {
      parcel response = std::move(first->second);
      answers_.erase(first);
      const transaction *t = static_cast<const transaction *>(response.about);
      carrier_->send(1 - t->side, 2 * t->channel + 1, std::move(response));
    }
    if (failure_.empty()) carrier_->step(now_ps, [this](unsigned s, unsigned vc, parcel &&whole) { delivered(s, vc, std::move(whole)); });
    if (failure_.empty()) look_for_failure();
    look_for_discarded();
    oio_time_ps next_ps = answer_all();
    if (failure_.empty()) next_ps = std::min(next_ps, carrier_->next_ps(now_ps));
    if (!due_.empty()) next_ps = std::min(next_ps, due_.begin()->first);
    if (!answers_.empty()) next_ps = std::min(next_ps, answers_.begin()->first);
    wake(next_ps);
  }

  /** A link that has failed answers everything with an error, now and from then on. */
  void look_for_failure() {
    failure_ = carrier_->failure();
    if (failure_.empty()) return;
    answers_.clear();
    due_.clear();
    for (const auto &t : all_) {
      if (t->over) continue;
      t->status = tlm::TLM_GENERIC_ERROR_RESPONSE;
      finish(t.get());
    }
    report(LINK_FAILED, failure_ + "; every transaction has an error response from here on");
  }

  void look_for_discarded() {
    if (carrier_->discarded() == discarded_) return;
    discarded_ = carrier_->discarded();
    SC_REPORT_WARNING(UNDETECTED_ERROR, (std::string(name()) + ": a payload was discarded for wrong bits that no CRC saw; its transaction "
                                                               "waits until another comes on its channel")
                                            .c_str());
  }

  const bool loose_;
  const std::uint64_t outstanding_, ticks_;
  std::unique_ptr<carrier> carrier_;
  std::unique_ptr<calibration> calibration_;
  std::array<loose_way, 2> ways_;
  std::vector<std::unique_ptr<transaction>> all_;
  std::vector<transaction *> idle_;
  std::array<std::vector<lane>, 2> lanes_;
  std::array<std::map<int, asker>, 2> askers_;
  std::array<std::unique_ptr<tlm_caller>, 2> callers_; ///< of the targets on each side
  std::multimap<oio_time_ps, transaction *> due_;
  std::multimap<oio_time_ps, parcel> answers_;
  sc_core::sc_event go_;
  std::string failure_;
  std::uint64_t answered_ = 0, discarded_ = 0;
};

} // namespace oio

#endif

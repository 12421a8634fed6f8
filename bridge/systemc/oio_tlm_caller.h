// SPDX-License-Identifier: Apache-2.0
/**
 * What calls the target on a side of a tlm_link, for the requests that have come over the link: by b_transport, one after the other on each
 * channel, or by the four phases of nb_transport, as many as come.
 */
#ifndef OIO_SYSTEMC_TLM_CALLER_H
#define OIO_SYSTEMC_TLM_CALLER_H

#include "oio_tlm_payload.h"

#include <functional>
#include <map>

namespace oio {

class tlm_caller : public sc_core::sc_module {
public:
  using port = sc_core::sc_port_b<tlm::tlm_fw_transport_if<>>;
  /** The transaction has its status; the response goes over the link after `delay`. */
  using callback = std::function<void(parcel &&response, const sc_core::sc_time &delay)>;

  tlm_caller(const sc_core::sc_module_name &module_name, port &target, unsigned channels, bool phases, callback answered)
      : sc_core::sc_module(module_name), target_(target), answered_(std::move(answered)) {
    SC_METHOD(begin_waiting);
    sensitive << go_;
    dont_initialize();
    for (unsigned c = 0; c < channels && !phases; c++)
      servers_.push_back(std::make_unique<server>(("channel_" + std::to_string(c)).c_str(), *this));
  }

  void request(unsigned channel, parcel &&came) {
    if (!servers_.empty()) {
      servers_[channel]->requests.push_back(std::move(came));
      servers_[channel]->come.notify(sc_core::SC_ZERO_TIME);
    } else {
      waiting_.push_back(std::move(came));
      go_.notify(sc_core::SC_ZERO_TIME);
    }
  }

  /** From the target, of phases. */
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &given, tlm::tlm_phase &phase, sc_core::sc_time &delay) {
    const bool requests = &given == requesting_, begins = phase == tlm::BEGIN_RESP && begun_.count(&given) != 0;
    if (phase != tlm::END_REQ && phase != tlm::BEGIN_RESP && phase != tlm::BEGIN_REQ && phase != tlm::END_RESP)
      return tlm::TLM_ACCEPTED; // an ignorable phase
    if (!begins && !(phase == tlm::END_REQ && requests)) {
      SC_REPORT_ERROR(BAD_TRANSACTION,
                      (std::string(name()) + ": a phase of the target out of turn: END_REQ once, then BEGIN_RESP").c_str());
      return tlm::TLM_ACCEPTED;
    }
    if (requests) request_ends(delay);
    if (!begins) return tlm::TLM_ACCEPTED;
    answer(given, delay);
    phase = tlm::END_RESP;
    return tlm::TLM_UPDATED;
  }

private:
  SC_HAS_PROCESS(tlm_caller);

  struct server : public sc_core::sc_module {
    SC_HAS_PROCESS(server);
    server(const sc_core::sc_module_name &server_name, tlm_caller &of) : sc_core::sc_module(server_name), caller(of) { SC_THREAD(run); }
    void run() {
      for (;;) {
        while (requests.empty()) wait(come);
        parcel request = std::move(requests.front());
        requests.pop_front();
        caller.call(std::move(request));
      }
    }
    tlm_caller &caller;
    std::deque<parcel> requests;
    sc_core::sc_event come;
  };
  /** What belongs to a payload while the target has it. */
  struct served {
    parcel request, response;
  };

  /** The payload that the target gets. A transaction that is over has been answered meanwhile, by the failure of the link: none. */
  tlm::tlm_generic_payload *begin(parcel &&request) {
    tlm_transaction *t = static_cast<tlm_transaction *>(request.about);
    if (t->over) return nullptr;
    tlm::tlm_generic_payload *given = payloads_.take();
    served &s = begun_[given];
    s.response = tlm_parcel(t, tlm_response_bytes(*t->asked, tlm::TLM_OK_RESPONSE));
    s.request = std::move(request);
    tlm_fill(*given, *t, s.request, s.response);
    return given;
  }

  void answer(tlm::tlm_generic_payload &given, const sc_core::sc_time &delay) {
    const auto found = begun_.find(&given);
    served s = std::move(found->second);
    begun_.erase(found);
    tlm_transaction *t = static_cast<tlm_transaction *>(s.request.about);
    if (!t->over) {
      t->status = given.get_response_status();
      s.response.bytes.resize(tlm_response_bytes(*t->asked, t->status));
      s.response.spoiled = s.request.spoiled;
      answered_(std::move(s.response), delay);
    }
    given.release();
  }

  void call(parcel &&request) {
    tlm::tlm_generic_payload *given = begin(std::move(request));
    if (given == nullptr) return;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    target_->b_transport(*given, delay);
    answer(*given, delay);
  }

  /** BEGIN_REQ of what waits, one at a time. */
  void begin_waiting() {
    while (requesting_ == nullptr && free_ <= sc_core::sc_time_stamp() && !waiting_.empty()) {
      parcel request = std::move(waiting_.front());
      waiting_.pop_front();
      requesting_ = begin(std::move(request));
      if (requesting_ != nullptr) call_with_phases(*requesting_);
    }
    if (requesting_ == nullptr && !waiting_.empty()) go_.notify(free_ - sc_core::sc_time_stamp());
  }

  void call_with_phases(tlm::tlm_generic_payload &given) {
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    given.acquire(); // while it is looked at here
    const tlm::tlm_sync_enum reply = target_->nb_transport_fw(given, phase, delay);
    const bool responds = reply == tlm::TLM_COMPLETED || (reply == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP);
    if (&given == requesting_ && reply != tlm::TLM_ACCEPTED) request_ends(delay);
    if (responds && begun_.count(&given) != 0) {
      if (reply == tlm::TLM_UPDATED) {
        sc_core::sc_time end_delay = delay;
        phase = tlm::END_RESP;
        target_->nb_transport_fw(given, phase, end_delay);
      }
      answer(given, delay);
    }
    given.release();
  }
  void request_ends(const sc_core::sc_time &delay) {
    requesting_ = nullptr;
    free_ = sc_core::sc_time_stamp() + delay;
    go_.notify(sc_core::SC_ZERO_TIME);
  }

  port &target_;
  const callback answered_;
  tlm_payloads payloads_;
  std::map<tlm::tlm_generic_payload *, served> begun_;
  std::vector<std::unique_ptr<server>> servers_; ///< of channels; none: by phases
  std::deque<parcel> waiting_;
  tlm::tlm_generic_payload *requesting_ = nullptr; ///< has had BEGIN_REQ, and has not ended it
  sc_core::sc_time free_;                          ///< when another BEGIN_REQ may be
  sc_core::sc_event go_;
};

} // namespace oio

#endif

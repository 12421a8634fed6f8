// SPDX-License-Identifier: Apache-2.0
// The rules of the base protocol (IEEE 1666-2011, chapter 15), seen on a wire between an initiator and a target; written from the standard.
#ifndef OIO_TESTS_TLM_PROTOCOL_H
#define OIO_TESTS_TLM_PROTOCOL_H

#include "tlm_platform.h"

#include <tlm_utils/passthrough_target_socket.h>

/** Passes everything on. A broken rule is said, and counted. */
struct protocol_checker : public sc_core::sc_module {
  tlm_utils::passthrough_target_socket<protocol_checker> target{"target"};
  tlm_utils::simple_initiator_socket<protocol_checker> initiator{"initiator"};
  unsigned broken = 0, requests = 0, responses = 0, most_at_once = 0;

  explicit protocol_checker(const sc_core::sc_module_name &module_name) : sc_core::sc_module(module_name) {
    target.register_b_transport(this, &protocol_checker::b_transport);
    target.register_nb_transport_fw(this, &protocol_checker::nb_transport_fw);
    initiator.register_nb_transport_bw(this, &protocol_checker::nb_transport_bw);
  }

  /** Every transaction has come to its end. */
  bool at_rest() const { return open_.empty() && requesting_ == nullptr && responding_ == nullptr; }

private:
  enum state { REQUEST, ENDED, RESPONSE };
  struct seen {
    state at;
    std::uint64_t address;
    unsigned length;
  };

  void rule(bool holds, const char *what) {
    if (holds) return;
    broken++;
    std::fprintf(stderr, "%s, %s: %s\n", name(), sc_core::sc_time_stamp().to_string().c_str(), what);
  }

  void b_transport(payload &asked, sc_time &delay) {
    rule(asked.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, "a request with a status");
    initiator->b_transport(asked, delay);
  }

  void begin_request(payload &asked, const sc_time &delay) {
    rule(sc_core::sc_time_stamp() + delay >= next_request_, "BEGIN_REQ at a time before the last one's END_REQ");
    rule(requesting_ == nullptr, "BEGIN_REQ before the last one's END_REQ");
    rule(open_.count(&asked) == 0, "BEGIN_REQ of a payload that is under way");
    rule(asked.has_mm() && asked.get_ref_count() > 0, "a payload without a memory manager, or not acquired");
    rule(asked.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, "a request with a status");
    rule(!asked.is_dmi_allowed(), "a request with a hint of DMI");
    open_[&asked] = {REQUEST, asked.get_address(), asked.get_data_length()};
    requesting_ = &asked;
    requests++;
    most_at_once = std::max(most_at_once, static_cast<unsigned>(open_.size()));
  }
  void end_request(payload &asked, const sc_time &delay) {
    next_request_ = sc_core::sc_time_stamp() + delay;
    const auto found = open_.find(&asked);
    rule(found != open_.end() && found->second.at == REQUEST, "END_REQ of what is not requested");
    if (found != open_.end()) found->second.at = ENDED;
    if (requesting_ == &asked) requesting_ = nullptr;
  }
  void begin_response(payload &asked, const sc_time &delay) {
    rule(sc_core::sc_time_stamp() + delay >= next_response_, "BEGIN_RESP at a time before the last one's END_RESP");
    const auto found = open_.find(&asked);
    rule(found != open_.end() && found->second.at != RESPONSE, "BEGIN_RESP of what does not wait for it");
    rule(responding_ == nullptr, "BEGIN_RESP before the last one's END_RESP");
    rule(asked.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "a response without a status");
    rule(asked.get_ref_count() > 0, "a response to a payload that was given back");
    if (found == open_.end()) return;
    rule(found->second.address == asked.get_address() && found->second.length == asked.get_data_length(), "address or length has changed");
    if (requesting_ == &asked) requesting_ = nullptr;
    found->second.at = RESPONSE;
    responding_ = &asked;
    responses++;
  }
  void end_response(payload &asked, const sc_time &delay) {
    next_response_ = sc_core::sc_time_stamp() + delay;
    rule(responding_ == &asked, "END_RESP of what has had no BEGIN_RESP");
    responding_ = nullptr;
    open_.erase(&asked);
  }
  void complete(payload &asked, const sc_time &delay) {
    rule(asked.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "completed without a status");
    if (requesting_ == &asked) next_request_ = sc_core::sc_time_stamp() + delay;
    if (responding_ == &asked) next_response_ = sc_core::sc_time_stamp() + delay;
    if (requesting_ == &asked) requesting_ = nullptr;
    if (responding_ == &asked) responding_ = nullptr;
    open_.erase(&asked);
  }

  tlm::tlm_sync_enum nb_transport_fw(payload &asked, tlm::tlm_phase &phase, sc_time &delay) {
    const bool begins = phase == tlm::BEGIN_REQ;
    asked.acquire(); // while it is looked at here
    if (begins) begin_request(asked, delay);
    if (phase == tlm::END_RESP) end_response(asked, delay);
    rule(begins || phase == tlm::END_RESP, "a phase forwards that is none of an initiator's");
    const tlm::tlm_sync_enum reply = initiator->nb_transport_fw(asked, phase, delay);
    if (reply == tlm::TLM_UPDATED) {
      rule(begins && (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP), "a phase returned that is none of a target's");
      if (phase == tlm::END_REQ) end_request(asked, delay);
      if (phase == tlm::BEGIN_RESP) begin_response(asked, delay);
    }
    if (reply == tlm::TLM_COMPLETED && begins) complete(asked, delay);
    asked.release();
    return reply;
  }

  tlm::tlm_sync_enum nb_transport_bw(payload &asked, tlm::tlm_phase &phase, sc_time &delay) {
    const bool responds = phase == tlm::BEGIN_RESP;
    rule(responds || phase == tlm::END_REQ, "a phase backwards that is none of a target's");
    asked.acquire();
    if (phase == tlm::END_REQ) end_request(asked, delay);
    if (responds) begin_response(asked, delay);
    const tlm::tlm_sync_enum reply = target->nb_transport_bw(asked, phase, delay);
    if (reply == tlm::TLM_UPDATED) {
      rule(responds && phase == tlm::END_RESP, "a phase returned that is none of an initiator's");
      end_response(asked, delay);
    }
    if (reply == tlm::TLM_COMPLETED) complete(asked, delay);
    asked.release();
    return reply;
  }

  std::map<payload *, seen> open_;
  payload *requesting_ = nullptr, *responding_ = nullptr;
  sc_time next_request_, next_response_;
};

#endif

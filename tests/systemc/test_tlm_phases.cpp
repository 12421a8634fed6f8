// SPDX-License-Identifier: Apache-2.0
// The four phases of nb_transport on both sides of a link, watched by checkers of the base protocol. usage: test_tlm_phases CASE
#include "tlm_protocol.h"

#include <deque>
#include <tlm_utils/peq_with_get.h>

namespace {

struct phases {
  oio::tlm_payloads pool;
  std::vector<std::vector<unsigned char>> bytes{4, std::vector<unsigned char>(64, 1)};
  std::vector<payload *> asked;
  /** Asks for one write and returns what nb_transport_fw says. */
  tlm::tlm_sync_enum ask(initiator &self, unsigned i) {
    payload *made = pool.take();
    made->set_command(tlm::TLM_WRITE_COMMAND);
    made->set_address(64 * i);
    made->set_data_ptr(bytes[i].data());
    made->set_data_length(64);
    made->set_streaming_width(64);
    asked.push_back(made);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_time delay(5, SC_NS);
    return self.socket->nb_transport_fw(*made, phase, delay);
  }
};

void four_phases_come_in_their_order_and_requests_overlap() {
  phases f;
  memory *far = nullptr;
  platform p({"net.topology=pair"}, [&](initiator &self) {
    for (unsigned i = 0; i < 4; i++) {
      CHECK(f.ask(self, i) == tlm::TLM_ACCEPTED);
      while (self.heard.size() < i + 1) sc_core::wait(self.came);
      CHECK(self.heard.back().first == tlm::END_REQ && self.heard.back().second == f.asked[i]);
    }
    CHECK(sc_core::sc_time_stamp() == sc_time(20, SC_NS) && far->calls == 0);
    for (unsigned i = 0; i < 4; i++) { // one BEGIN_RESP, and no other before its END_RESP
      while (self.heard.size() < 5 + i) sc_core::wait(self.came);
      sc_core::wait(1, sc_core::SC_US);
      CHECK(self.heard.size() == 5 + i && self.heard.back().first == tlm::BEGIN_RESP && self.heard.back().second == f.asked[i]);
      CHECK(f.asked[i]->is_response_ok() && f.asked[i]->get_ref_count() == 2);
      tlm::tlm_phase phase = tlm::END_RESP;
      sc_time delay;
      CHECK(self.socket->nb_transport_fw(*f.asked[i], phase, delay) == tlm::TLM_COMPLETED);
      CHECK(f.asked[i]->get_ref_count() == 1);
    }
    for (payload *asked : f.asked) asked->release();
  });
  far = &p.far;
  p.run();
  CHECK(f.pool.taken() == 0 && far->calls == 4 && far->bytes[255] == 1 && far->bytes[256] == 0);
}

void a_request_beyond_those_that_may_be_on_their_way_waits_for_its_end() {
  phases f;
  platform p({"net.topology=pair", "tlm.outstanding=1"}, [&](initiator &self) {
    f.ask(self, 0);
    while (self.heard.empty()) sc_core::wait(self.came);
    CHECK(f.ask(self, 1) == tlm::TLM_ACCEPTED); // it may begin, and has no END_REQ before the first has its answer
    self.complete_at_once = true;
    while (self.heard.size() < 2) sc_core::wait(self.came);
    CHECK(sc_core::sc_time_stamp() == sc_time(5000 + 2 * 62970 + 40000, sc_core::SC_PS)); // 5 ns annotated, a flit each way, the target
    while (self.heard.size() < 4) sc_core::wait(self.came);
    CHECK(self.heard[0].first == tlm::END_REQ && self.heard[0].second == f.asked[0]);
    CHECK(self.heard[1].second == f.asked[self.heard[1].first == tlm::END_REQ ? 1 : 0]);
    CHECK(self.heard[2].second == f.asked[self.heard[2].first == tlm::END_REQ ? 1 : 0] && self.heard[1].first != self.heard[2].first);
    CHECK(self.heard[3].first == tlm::BEGIN_RESP && self.heard[3].second == f.asked[1]);
    for (payload *asked : f.asked) asked->release();
  });
  p.run();
  CHECK(f.pool.taken() == 0);
}

/** Numbers from a seed. */
struct dice {
  std::uint64_t state;
  std::uint64_t below(std::uint64_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % n;
  }
};

/** Writes and reads slots of a memory that only it uses, several at a time, and ends responses in every way that there is. */
struct busy_initiator : public sc_core::sc_module {
  enum : unsigned { SLOTS = 16, SLOT_BYTES = 2048 };
  struct slot {
    std::vector<unsigned char> bytes = std::vector<unsigned char>(SLOT_BYTES), moved, enables, expected;
    bool under_way = false;
    oio::tlm_route route;
  };
  tlm_utils::simple_initiator_socket<busy_initiator> socket{"socket"};
  unsigned left, wrong = 0;

  SC_HAS_PROCESS(busy_initiator);
  busy_initiator(const sc_core::sc_module_name &module_name, std::uint64_t from, unsigned transactions, std::uint64_t seed)
      : sc_core::sc_module(module_name), left(transactions), from_(from), dice_{seed} {
    socket.register_nb_transport_bw(this, &busy_initiator::nb_transport_bw);
    SC_THREAD(ask);
    SC_THREAD(end_late);
  }
  bool idle() const { return left == 0 && pool_.taken() == 0; }

private:
  void ask() {
    for (; left > 0; left--) {
      unsigned which = static_cast<unsigned>(dice_.below(SLOTS));
      while (slots_[which].under_way) {
        wait(1, SC_NS);
        which = static_cast<unsigned>(dice_.below(SLOTS));
      }
      request(which);
      while (requesting_ != nullptr) wait(ended_);
      if (dice_.below(3) == 0) wait(sc_time(static_cast<double>(dice_.below(100)), SC_NS));
    }
  }

  void request(unsigned which) {
    slot &s = slots_[which];
    payload *made = pool_.take();
    const unsigned length = 1 + static_cast<unsigned>(dice_.below(SLOT_BYTES));
    const bool writes = dice_.below(2) == 0;
    s.moved = numbered(length, static_cast<unsigned>(dice_.below(1000)));
    s.enables.assign(dice_.below(3), TLM_BYTE_ENABLED);
    for (unsigned char &enable : s.enables) enable = dice_.below(2) == 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
    s.route.channel = static_cast<unsigned>(dice_.below(4));
    s.under_way = true;
    s.expected = s.moved;
    for (unsigned i = 0; i < length; i++) {
      if (!s.enables.empty() && s.enables[i % s.enables.size()] != TLM_BYTE_ENABLED) continue;
      (writes ? s.bytes : s.expected)[i] = (writes ? s.moved : s.bytes)[i];
    }
    made->set_command(writes ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    made->set_address(from_ + which * SLOT_BYTES);
    made->set_data_ptr(s.moved.data());
    made->set_data_length(length);
    made->set_streaming_width(length);
    made->set_byte_enable_ptr(s.enables.empty() ? nullptr : s.enables.data());
    made->set_byte_enable_length(static_cast<unsigned>(s.enables.size()));
    made->set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    made->set_dmi_allowed(false);
    made->set_extension(&s.route);
    sc_time delay(static_cast<double>(dice_.below(20)), SC_NS);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    requesting_ = made;
    wrong += socket->nb_transport_fw(*made, phase, delay) != tlm::TLM_ACCEPTED;
  }

  tlm::tlm_sync_enum nb_transport_bw(payload &asked, tlm::tlm_phase &phase, sc_time &delay) {
    if (&asked == requesting_) {
      requesting_ = nullptr;
      ended_.notify();
    }
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    const std::uint64_t how = dice_.below(3);
    if (how == 0) {
      late_.notify(asked, sc_time(static_cast<double>(dice_.below(50)), SC_NS));
      return tlm::TLM_ACCEPTED;
    }
    look_at(asked);
    if (how == 1) return tlm::TLM_COMPLETED;
    phase = tlm::END_RESP;
    delay = sc_time(static_cast<double>(dice_.below(50)), SC_NS);
    return tlm::TLM_UPDATED;
  }

  void end_late() {
    for (;;) {
      wait(late_.get_event());
      while (payload *asked = late_.get_next_transaction()) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_time delay(static_cast<double>(dice_.below(10)), SC_NS);
        asked->acquire();
        socket->nb_transport_fw(*asked, phase, delay);
        look_at(*asked);
        asked->release();
      }
    }
  }

  void look_at(payload &asked) {
    slot &s = slots_[(asked.get_address() - from_) / SLOT_BYTES];
    wrong += !asked.is_response_ok() || s.moved != s.expected || asked.is_dmi_allowed();
    s.under_way = false;
    asked.clear_extension(&s.route);
    asked.release();
  }

  const std::uint64_t from_;
  dice dice_;
  oio::tlm_payloads pool_;
  slot slots_[SLOTS];
  payload *requesting_ = nullptr;
  sc_core::sc_event ended_;
  tlm_utils::peq_with_get<payload> late_{"late"};
};

/** A memory that answers nb_transport in every way that there is, out of order. */
struct phased_memory : public sc_core::sc_module {
  tlm_utils::passthrough_target_socket<phased_memory> socket{"socket"};
  std::vector<unsigned char> bytes = std::vector<unsigned char>(1 << 20);

  SC_HAS_PROCESS(phased_memory);
  phased_memory(const sc_core::sc_module_name &module_name, std::uint64_t seed) : sc_core::sc_module(module_name), dice_{seed} {
    socket.register_nb_transport_fw(this, &phased_memory::nb_transport_fw);
    SC_METHOD(end_requests);
    sensitive << ends_.get_event();
    dont_initialize();
    SC_METHOD(begin_responses);
    sensitive << responses_.get_event();
    dont_initialize();
  }

private:
  /** When a response begins: not before the last has ended. */
  sc_time begins(sc_time delay) {
    const sc_time now = sc_core::sc_time_stamp();
    if (now + delay < next_) delay = next_ - now;
    next_ = now + delay;
    return delay;
  }
  sc_time some() { return sc_time(static_cast<double>(dice_.below(60)), SC_NS); }

  tlm::tlm_sync_enum nb_transport_fw(payload &asked, tlm::tlm_phase &phase, sc_time &delay) {
    if (phase == tlm::END_RESP) {
      asked.release();
      return tlm::TLM_COMPLETED;
    }
    const std::uint64_t how = dice_.below(5);
    if (how == 4) { // done at once
      move(asked);
      delay += some();
      return tlm::TLM_COMPLETED;
    }
    asked.acquire();
    if (how == 3) {
      move(asked);
      delay = begins(delay + some());
      phase = tlm::BEGIN_RESP;
      return tlm::TLM_UPDATED;
    }
    if (how == 2) {
      responses_.notify(asked, delay + some());
      delay += some();
      phase = tlm::END_REQ;
      return tlm::TLM_UPDATED;
    }
    if (how == 1) ends_.notify(asked, delay + some());
    if (how == 0) responses_.notify(asked, delay + some()); // without END_REQ, which BEGIN_RESP is too
    return tlm::TLM_ACCEPTED;
  }

  void end_requests() {
    while (payload *asked = ends_.get_next_transaction()) {
      tlm::tlm_phase phase = tlm::END_REQ;
      sc_time delay = some();
      responses_.notify(*asked, some());
      socket->nb_transport_bw(*asked, phase, delay);
    }
  }
  void begin_responses() {
    while (payload *asked = responses_.get_next_transaction()) {
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_time delay = begins(some());
      move(*asked);
      CHECK(socket->nb_transport_bw(*asked, phase, delay) == tlm::TLM_UPDATED && phase == tlm::END_RESP);
      asked->release();
    }
  }

  void move(payload &asked) {
    const unsigned char *enables = asked.get_byte_enable_ptr();
    for (unsigned i = 0; i < asked.get_data_length(); i++) {
      if (enables != nullptr && enables[i % asked.get_byte_enable_length()] != TLM_BYTE_ENABLED) continue;
      unsigned char &here = bytes[asked.get_address() + i], &there = asked.get_data_ptr()[i];
      if (asked.is_write()) here = there;
      if (asked.is_read()) there = here;
    }
    asked.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  dice dice_;
  sc_time next_;
  tlm_utils::peq_with_get<payload> ends_{"ends"}, responses_{"responses"};
};

/** Three busy initiators, two on die A and one on die B; checkers at each of them and before both memories. */
void busy(std::uint64_t seed, const oio::tlm_settings &settings, unsigned transactions) {
  oio::tlm_link<> link("link", settings);
  phased_memory far("far", seed + 1), near("near", seed + 2);
  protocol_checker at_far("at_far"), at_near("at_near");
  std::vector<std::unique_ptr<busy_initiator>> all;
  std::vector<std::unique_ptr<protocol_checker>> checkers;
  link.b.initiator.bind(at_far.target), at_far.initiator.bind(far.socket);
  link.a.initiator.bind(at_near.target), at_near.initiator.bind(near.socket);
  for (unsigned i = 0; i < 3; i++) {
    all.push_back(std::make_unique<busy_initiator>(("busy_" + std::to_string(i)).c_str(), i * 65536u, transactions, seed + 10 + i));
    checkers.push_back(std::make_unique<protocol_checker>(("at_busy_" + std::to_string(i)).c_str()));
    all.back()->socket.bind(checkers.back()->target);
    checkers.back()->initiator.bind(i < 2 ? link.a.target : link.b.target);
  }
  sc_core::sc_start();
  std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed));
  for (unsigned i = 0; i < 3; i++) {
    CHECK(all[i]->idle() && all[i]->wrong == 0 && checkers[i]->broken == 0 && checkers[i]->at_rest());
    CHECK(checkers[i]->requests == transactions && checkers[i]->most_at_once > 1);
  }
  for (const protocol_checker *at : {&at_far, &at_near}) CHECK(at->broken == 0 && at->at_rest() && at->most_at_once > 1);
  CHECK(at_far.requests == 2 * transactions && at_near.requests == transactions && link.answered() == 3 * transactions);
}

void many_at_once_keep_the_base_protocol_on_both_sides() {
  busy(1, {"tlm.targets=phases", "sim.fidelity=bit", "optical.bit_error_rate=1e-5"}, 400);
}

void so_they_do_with_few_on_their_way_and_short_messages() {
  busy(2, {"tlm.targets=phases", "tlm.outstanding=2", "tlm.message_bytes=64", "sim.fidelity=event", "link.format=6"}, 400);
}

/** The socket makes phases of b_transport, and the other way. */
void a_target_of_b_transport_alone_answers_phases_and_the_time_is_the_same() {
  platform p({"net.topology=pair", "optical.length_m=20", "tlm.targets=phases"}, [&](initiator &self) {
    std::vector<unsigned char> sent = numbered(96, 1), got(96);
    filled write(tlm::TLM_WRITE_COMMAND, 64, sent), read(tlm::TLM_READ_COMMAND, 64, got);
    CHECK(self.move(write).to_seconds() > 0 && write.is_response_ok());
    sc_core::wait(1234, SC_NS);
    CHECK(self.move(read) == sc_time(2 * 111940 + 40000, sc_core::SC_PS) && got == sent); // by hand in test_tlm.cpp
  });
  p.run();
}

void what_may_not_be_is_an_error_by_name() {
  sc_core::sc_report_handler::set_actions(oio::BAD_TRANSACTION, sc_core::SC_DO_NOTHING);
  phases f;
  platform p({"net.topology=pair"}, [&](initiator &self) {
    std::vector<unsigned char> bytes(64);
    filled alone(tlm::TLM_WRITE_COMMAND, 0, bytes);
    sc_time zero;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    CHECK(self.socket->nb_transport_fw(alone, phase, zero) == tlm::TLM_COMPLETED && alone.is_response_error()); // no memory manager
    CHECK(f.ask(self, 0) == tlm::TLM_ACCEPTED);
    CHECK(f.ask(self, 1) == tlm::TLM_COMPLETED && f.asked[1]->is_response_error()); // before the END_REQ of the last
    phase = tlm::END_RESP;
    CHECK(self.socket->nb_transport_fw(*f.asked[0], phase, zero) == tlm::TLM_ACCEPTED); // before BEGIN_RESP
    CHECK(sc_core::sc_report_handler::get_count(oio::BAD_TRANSACTION) == 3);
    self.complete_at_once = true;
    while (self.heard.size() < 2) sc_core::wait(self.came);
    CHECK(f.asked[0]->is_response_ok());
    for (payload *asked : f.asked) asked->release();
  });
  p.run();
  CHECK(f.pool.taken() == 0);
}

/** A simulation may end while a target is waiting, with its payload. */
struct slow_target : public sc_core::sc_module {
  tlm_utils::simple_target_socket<slow_target> socket{"socket"};
  bool called = false;
  explicit slow_target(const sc_core::sc_module_name &module_name) : sc_core::sc_module(module_name) {
    socket.register_b_transport(this, &slow_target::b_transport);
  }
  void b_transport(payload &, sc_time &) {
    called = true;
    for (;;) sc_core::wait(1, sc_core::SC_SEC);
  }
};
void a_simulation_may_end_while_a_target_waits() {
  oio::tlm_link<> link("link", {"net.topology=pair"});
  slow_target slow("slow");
  std::vector<unsigned char> bytes(64); // not on the stack of a thread, which nobody unwinds
  filled write(tlm::TLM_WRITE_COMMAND, 0, bytes);
  initiator near("near", [&](initiator &self) { self.move(write); });
  near.socket.bind(link.a.target);
  link.b.initiator.bind(slow.socket);
  sc_core::sc_start(10, sc_core::SC_US);
  CHECK(slow.called && !near.ended);
}

} // namespace

int sc_main(int argc, char **argv) {
  static const tlm_cases cases = {
      CASE(four_phases_come_in_their_order_and_requests_overlap),
      CASE(a_request_beyond_those_that_may_be_on_their_way_waits_for_its_end),
      CASE(many_at_once_keep_the_base_protocol_on_both_sides),
      CASE(so_they_do_with_few_on_their_way_and_short_messages),
      CASE(a_target_of_b_transport_alone_answers_phases_and_the_time_is_the_same),
      CASE(what_may_not_be_is_an_error_by_name),
      CASE(a_simulation_may_end_while_a_target_waits),
  };
  return run_case(cases, argc, argv);
}

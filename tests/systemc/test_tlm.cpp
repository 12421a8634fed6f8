// SPDX-License-Identifier: Apache-2.0
// Two dies between TLM sockets: bytes, byte enables, times against closed forms, phases, and what goes wrong. usage: test_tlm CASE
#include "tlm_platform.h"

#include <cmath>

namespace {

void move_all(initiator &self, memory &far) {
  for (const std::size_t nbytes : {1u, 3u, 64u, 191u, 192u, 193u, 224u, 256u, 4064u, 4096u, 4097u, 10000u, 70001u}) {
    std::vector<unsigned char> sent = numbered(nbytes, static_cast<unsigned>(nbytes)), got(nbytes);
    filled write(tlm::TLM_WRITE_COMMAND, 5, sent), read(tlm::TLM_READ_COMMAND, 5, got);
    self.move(write);
    CHECK(write.is_response_ok() && std::equal(sent.begin(), sent.end(), far.bytes.begin() + 5) && far.bytes[5 + nbytes] == 0);
    self.move(read);
    CHECK(read.is_response_ok() && got == sent && !read.is_dmi_allowed() && far.streaming_width == nbytes);
    std::fill(far.bytes.begin(), far.bytes.end(), static_cast<unsigned char>(0));
  }
}

void bytes_of_any_length_arrive_as_they_were() {
  memory *far = nullptr;
  platform p({"sim.fidelity=event"}, [&](initiator &self) { move_all(self, *far); });
  far = &p.far;
  p.run();
  CHECK(p.link.answered() == 26);
}

void so_they_do_bit_by_bit_over_a_link_with_errors_and_short_messages() {
  memory *far = nullptr;
  platform p({"sim.fidelity=bit", "optical.bit_error_rate=1e-4", "tlm.message_bytes=100", "link.format=6"},
             [&](initiator &self) { move_all(self, *far); });
  far = &p.far;
  p.run();
}

void so_they_do_loosely_timed() {
  memory *far = nullptr;
  platform p({"tlm.timing=loose"}, [&](initiator &self) { move_all(self, *far); });
  far = &p.far;
  p.run();
}

void what_is_not_enabled_is_neither_written_nor_read() {
  memory *far = nullptr;
  platform p({}, [&](initiator &self) {
    unsigned char enables[3] = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED, TLM_BYTE_ENABLED};
    std::vector<unsigned char> sent(300, 7), got(300, 9);
    filled write(tlm::TLM_WRITE_COMMAND, 0, sent), read(tlm::TLM_READ_COMMAND, 0, got);
    for (payload *asked : {&write, &read}) {
      asked->set_byte_enable_ptr(enables);
      asked->set_byte_enable_length(3);
      self.move(*asked);
      CHECK(asked->is_response_ok());
    }
    for (unsigned i = 0; i < 300; i++) {
      CHECK(far->bytes[i] == (i % 3 == 1 ? 0 : 7));
      CHECK(got[i] == (i % 3 == 1 ? 9 : 7));
    }
  });
  far = &p.far;
  p.run();
}

void channel_and_id_arrive_and_debug_and_memory_pointers_do_not_use_the_link() {
  memory *far = nullptr;
  platform p({}, [&](initiator &self) {
    std::vector<unsigned char> bytes(16, 3);
    filled write(tlm::TLM_WRITE_COMMAND, 0, bytes), debug(tlm::TLM_READ_COMMAND, 0, bytes);
    oio::tlm_route route(3, 0x123456789abcdefu);
    tlm::tlm_dmi dmi;
    write.set_extension(&route);
    self.move(write);
    write.clear_extension(&route);
    CHECK(far->channel == 3 && far->id == 0x123456789abcdefu);
    const sc_time before = sc_core::sc_time_stamp();
    CHECK(self.socket->transport_dbg(debug) == 16 && sc_core::sc_time_stamp() == before);
    CHECK(!self.socket->get_direct_mem_ptr(write, dmi));
  });
  far = &p.far;
  p.run();
}

/* Times by hand, of SPEC sections 6 and 8 and the figures that the keys say. A flit of 2048 bits on 16 lanes of 32 Gb/s: 4 ns. 20 m at
 * 4897 ps: 97.94 ns. PHY and adapter: 10 ns. So a payload takes 111.94 ns to the other die, and each that follows it 4 ns more. A read of
 * 96 bytes: 32 of header there, 128 back, a payload each, and the target's 40 ns between. */
const oio::tlm_settings PAIR = {"net.topology=pair", "optical.length_m=20", "optical.lanes=16", "optical.lane_rate_gbps=32",
                                "optical.logic_ps=10000"};
constexpr double SMALL_READ_PS = 2 * 111940 + 40000;
/* A write of 4096 bytes is 4128, a message of 4096 and one of 32. A payload has 236 bytes, 4 of head and 8 of each descriptor: 18 with 224
 * bytes of the first, and the 19th with its last 64 and the 32 of the second (4 + 2 * 8 + 96 = 116 of 236). */
constexpr double LARGE_WRITE_PS = 18 * 4000 + SMALL_READ_PS;
/* Over bridges: die links of 64 lanes of 8 Gb/s, 1 cm at 7000 ps a metre, 4 ns of logic: 4 + 0.07 + 4 ns; a bridge 4 ns; 10 m of fibre 4 +
 * 48.97 + 10 ns. */
constexpr double BRIDGED_READ_PS = 2 * (8070 + 4000 + 62970 + 4000 + 8070) + 40000;

sc_time ps(double value) {
  return sc_time(value, sc_core::SC_PS);
}

oio::tlm_settings with(oio::tlm_settings settings, const char *assignment) {
  return settings.set(assignment);
}

void a_transaction_takes_what_its_flits_take_by_hand() {
  platform p(PAIR, [&](initiator &self) {
    std::vector<unsigned char> small(96), large(4096);
    filled read(tlm::TLM_READ_COMMAND, 0, small), write(tlm::TLM_WRITE_COMMAND, 0, large);
    sc_core::wait(1234, SC_NS);
    CHECK(self.move(read) == ps(SMALL_READ_PS));
    sc_core::wait(1234, SC_NS);
    CHECK(self.move(write) == ps(LARGE_WRITE_PS));
    sc_core::wait(1234, SC_NS);
    const sc_time began = sc_core::sc_time_stamp(); // one that runs ahead waits first
    sc_time ahead(500, SC_NS);
    self.socket->b_transport(read, ahead);
    CHECK(ahead == SC_ZERO_TIME && sc_core::sc_time_stamp() == began + sc_time(500, SC_NS) + ps(SMALL_READ_PS));
  });
  p.run();
}

/** The first on the link: no Ack is on its way, for which it would have to wait. */
void over_bridges_too() {
  platform p({"net.topology=bridged", "optical.length_m=10", "link.ack_delay_flits=1000"}, [&](initiator &self) {
    std::vector<unsigned char> bytes(96);
    filled read(tlm::TLM_READ_COMMAND, 0, bytes);
    sc_core::wait(1234, SC_NS);
    CHECK(self.move(read) == ps(BRIDGED_READ_PS));
  });
  p.run();
}

void loosely_timed_it_takes_as_long_and_nobody_waits() {
  platform p(with(PAIR, "tlm.timing=loose"), [&](initiator &self) {
    std::vector<unsigned char> small(96), large(4096);
    filled read(tlm::TLM_READ_COMMAND, 0, small), write(tlm::TLM_WRITE_COMMAND, 0, large);
    sc_time ahead(500, SC_NS);
    self.socket->b_transport(read, ahead);
    CHECK(sc_core::sc_time_stamp() == SC_ZERO_TIME && ahead == sc_time(500, SC_NS) + ps(SMALL_READ_PS));
    // Who comes later in the order of calls, and is earlier in time, does not wait for the other.
    sc_time behind(10, SC_NS), later(5, sc_core::SC_US);
    self.socket->b_transport(read, behind);
    CHECK(behind == sc_time(10, SC_NS) + ps(SMALL_READ_PS));
    // Between the sizes that were measured it is a line: within a flit time.
    self.socket->b_transport(write, later);
    CHECK(std::abs((later - sc_time(5, sc_core::SC_US)).to_seconds() * 1e12 - LARGE_WRITE_PS) < 4000);
    CHECK(sc_core::sc_time_stamp() == SC_ZERO_TIME);
  });
  p.run();
}

/** Two links in one simulation, six initiators each: loosely timed they are through within a part in ten of the model's time. */
void loosely_timed_a_busy_link_is_as_fast_as_the_model() {
  const oio::tlm_settings model = {"optical.length_m=5"}, loose = {"optical.length_m=5", "tlm.timing=loose"};
  oio::tlm_link<> links[2] = {oio::tlm_link<>("model", model), oio::tlm_link<>("loose", loose)};
  memory memories[2] = {memory("memory_of_model"), memory("memory_of_loose")};
  sc_time ends[2];
  std::vector<std::unique_ptr<initiator>> all;
  for (unsigned k = 0; k < 12; k++) {
    const unsigned which = k / 6;
    all.push_back(std::make_unique<initiator>(("initiator_" + std::to_string(k)).c_str(), [which, &ends](initiator &self) {
      std::vector<unsigned char> bytes(2048);
      filled write(tlm::TLM_WRITE_COMMAND, 0, bytes);
      sc_time ahead;
      for (unsigned i = 0; i < 200; i++) {
        self.socket->b_transport(write, ahead);
        CHECK(write.is_response_ok());
        if (i % 4 == 3) {
          sc_core::wait(ahead);
          ahead = SC_ZERO_TIME;
        }
      }
      sc_core::wait(ahead);
      ends[which] = sc_core::sc_time_stamp();
    }));
    all.back()->socket.bind(links[which].a.target);
  }
  for (unsigned which = 0; which < 2; which++) links[which].b.initiator.bind(memories[which].socket);
  sc_core::sc_start();
  std::fprintf(stderr, "model %s, loose %s\n", ends[0].to_string().c_str(), ends[1].to_string().c_str());
  CHECK(std::abs(ends[0].to_seconds() / ends[1].to_seconds() - 1) < 0.1);
}

void a_failed_link_answers_with_errors_and_is_reported_once() {
  sc_core::sc_report_handler::set_actions(oio::LINK_FAILED, sc_core::SC_DO_NOTHING);
  platform p({"optical.bit_error_rate=0.01", "link.replay_limit=2", "sim.fidelity=event"}, [&](initiator &self) {
    std::vector<unsigned char> bytes(64);
    filled write(tlm::TLM_WRITE_COMMAND, 0, bytes);
    for (unsigned i = 0; i < 2000 && (i == 0 || write.is_response_ok()); i++) self.move(write);
    CHECK(write.get_response_status() == tlm::TLM_GENERIC_ERROR_RESPONSE);
    CHECK(self.move(write) == SC_ZERO_TIME && write.is_response_error());
  });
  p.run();
  CHECK(sc_core::sc_report_handler::get_count(oio::LINK_FAILED) == 1);
}

void an_error_of_the_target_comes_back_and_what_no_target_may_get_does_not_go() {
  for (const char *type : {oio::BAD_TRANSACTION, oio::NO_TARGET}) sc_core::sc_report_handler::set_actions(type, sc_core::SC_DO_NOTHING);
  memory *far = nullptr;
  platform p({"vc.count=2"}, [&](initiator &self) {
    std::vector<unsigned char> bytes(64, 5);
    filled read(tlm::TLM_READ_COMMAND, 1 << 20, bytes);
    self.move(read);
    CHECK(read.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE && bytes[0] == 5 && far->calls == 1);
    oio::tlm_route route(1, 0);
    read.set_extension(&route);
    CHECK(self.move(read) == SC_ZERO_TIME && read.get_response_status() == tlm::TLM_GENERIC_ERROR_RESPONSE);
    read.clear_extension(&route);
    read.set_data_length(0);
    CHECK(self.move(read) == SC_ZERO_TIME && read.get_response_status() == tlm::TLM_GENERIC_ERROR_RESPONSE);
    read.set_streaming_width(0);
    CHECK(self.move(read) == SC_ZERO_TIME && read.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(far->calls == 1);
  });
  initiator other("other", [&](initiator &self) {
    std::vector<unsigned char> bytes(64);
    filled read(tlm::TLM_READ_COMMAND, 0, bytes);
    self.move(read);
    CHECK(read.is_response_error());
  });
  other.socket.bind(p.link.b.target);
  far = &p.far;
  p.run();
  CHECK(other.ended && sc_core::sc_report_handler::get_count(oio::BAD_TRANSACTION) == 2);
  CHECK(sc_core::sc_report_handler::get_count(oio::NO_TARGET) == 1);
}

/** Two writes over a link on which the schedule flips bits that make the generator polynomial of the CRC, x^16 + x^15 + x^2 + 1: it sees
 *  nothing. Returns how many bits of each are wrong. */
std::pair<unsigned, unsigned> undetected(const char *fidelity, const char *bits, std::size_t nbytes) {
  oio::tlm_settings settings = {"net.topology=pair", fidelity};
  memory *far = nullptr;
  std::pair<unsigned, unsigned> wrong;
  settings.set(std::string("faults.schedule=at flit 0 wire 0: flip bits ") + bits);
  sc_core::sc_report_handler::set_actions(oio::UNDETECTED_ERROR, sc_core::SC_DO_NOTHING);
  platform p(settings, [&](initiator &self) {
    for (unsigned *count : {&wrong.first, &wrong.second}) {
      std::vector<unsigned char> sent = numbered(nbytes, 1);
      filled write(tlm::TLM_WRITE_COMMAND, 0, sent);
      self.move(write);
      CHECK(write.is_response_ok());
      for (std::size_t i = 0; i < nbytes; i++) *count += static_cast<unsigned>(__builtin_popcount(sent[i] ^ far->bytes[i]));
    }
  });
  far = &p.far;
  p.run();
  CHECK(sc_core::sc_report_handler::get_count(oio::UNDETECTED_ERROR) == 1);
  return wrong;
}

void wrong_bits_that_no_crc_sees_arrive_with_a_warning() {
  CHECK(undetected("sim.fidelity=bit", "1000,1001,1014,1016", 150) == std::make_pair(4u, 0u));
}

void so_they_do_by_event() {
  CHECK(undetected("sim.fidelity=event", "1000,1001,1014,1016", 150) == std::make_pair(4u, 0u));
}

/** Bytes 6 to 8 of the flit: the number of the message (SPEC section 6). */
void a_segment_that_cannot_be_placed_spoils_its_own_transaction_alone() {
  const auto wrong = undetected("sim.fidelity=bit", "48,49,62,64", 400);
  CHECK(wrong.first > 0 && wrong.second == 0);
}

/** Bytes 0 to 2: how many descriptors there are. What was in the payload comes, spoiled, when the next on its channel does. */
void a_payload_that_is_discarded_is_a_warning() {
  sc_core::sc_report_handler::set_actions(oio::UNDETECTED_ERROR, sc_core::SC_DO_NOTHING);
  oio::tlm_settings settings = {"net.topology=pair"};
  bool first = false, second = false;
  std::vector<unsigned char> bytes(64, 1);
  filled write(tlm::TLM_WRITE_COMMAND, 0, bytes), other(tlm::TLM_WRITE_COMMAND, 64, bytes);
  settings.set("faults.schedule=at flit 0 wire 0: flip bits 2,3,16,18");
  platform p(settings, [&](initiator &self) {
    self.move(write);
    first = true;
  });
  initiator later("later", [&](initiator &self) {
    sc_core::wait(10, sc_core::SC_US);
    CHECK(!first && sc_core::sc_report_handler::get_count(oio::UNDETECTED_ERROR) == 1);
    self.move(other);
    second = true;
  });
  later.socket.bind(p.link.a.target);
  p.run();
  CHECK(first && second && sc_core::sc_report_handler::get_count(oio::UNDETECTED_ERROR) == 2);
  CHECK(p.far.calls == 2 && p.far.bytes[64] == 1);
}

void finer_times_than_a_picosecond_will_do() {
  sc_core::sc_set_time_resolution(10, sc_core::SC_FS);
  platform p(PAIR, [&](initiator &self) {
    std::vector<unsigned char> bytes(96);
    filled read(tlm::TLM_READ_COMMAND, 0, bytes);
    CHECK(self.move(read) == ps(SMALL_READ_PS));
  });
  p.run();
}

void refused(const std::function<void()> &make, const char *words) {
  sc_core::sc_report_handler::set_actions(oio::CANNOT_BE_MADE, sc_core::SC_DO_NOTHING);
  try {
    make();
  } catch (const std::invalid_argument &why) {
    if (std::strstr(why.what(), words) != nullptr) return;
    std::fprintf(stderr, "'%s' does not say '%s'\n", why.what(), words);
  }
  std::exit(1);
}

void settings_that_cannot_be_are_refused_by_name() {
  refused([] { oio::tlm_settings({"tlm.timing=fast"}); }, "model or loose");
  refused([] { oio::tlm_settings({"tlm.message_bytes=63"}); }, "64 to 1048576");
  refused([] { oio::tlm_settings({"tlm.outstanding=x"}); }, "tlm.outstanding='x'");
  refused([] { oio::tlm_settings({"tlm.nothing=1"}); }, "tlm.nothing");
  refused([] { oio::tlm_settings({"tlm.targets=both"}); }, "blocking or phases");
  refused([] { oio::tlm_settings({"workload.messages=3"}); }, "workload.messages=3");
  refused([] { oio::tlm_settings({"reset.at_ps=3"}); }, "begin with reset.");
  refused([] { oio::tlm_settings({"optical.nothing=1"}); }, "optical.nothing");
  refused([] { oio::tlm_link<> link("one", {"vc.count=1"}); }, "vc.count=1");
  refused([] { oio::tlm_link<> link("two", {"tlm.timing=loose", "faults.schedule=at 1us link 0: down 1us"}); }, "faults.schedule");
}

void nets_of_many_dies_are_refused() {
  refused([] { oio::tlm_link<> link("ring", {"net.topology=ring:4"}); }, "pair or bridged");
}

void a_coarser_time_resolution_is_refused() {
  sc_core::sc_set_time_resolution(10, sc_core::SC_PS);
  refused([] { oio::tlm_link<> link("coarse"); }, "time resolution");
}

} // namespace

int sc_main(int argc, char **argv) {
  static const tlm_cases cases = {
      CASE(bytes_of_any_length_arrive_as_they_were),
      CASE(so_they_do_bit_by_bit_over_a_link_with_errors_and_short_messages),
      CASE(so_they_do_loosely_timed),
      CASE(what_is_not_enabled_is_neither_written_nor_read),
      CASE(channel_and_id_arrive_and_debug_and_memory_pointers_do_not_use_the_link),
      CASE(a_transaction_takes_what_its_flits_take_by_hand),
      CASE(over_bridges_too),
      CASE(loosely_timed_it_takes_as_long_and_nobody_waits),
      CASE(loosely_timed_a_busy_link_is_as_fast_as_the_model),
      CASE(a_failed_link_answers_with_errors_and_is_reported_once),
      CASE(an_error_of_the_target_comes_back_and_what_no_target_may_get_does_not_go),
      CASE(wrong_bits_that_no_crc_sees_arrive_with_a_warning),
      CASE(so_they_do_by_event),
      CASE(a_segment_that_cannot_be_placed_spoils_its_own_transaction_alone),
      CASE(a_payload_that_is_discarded_is_a_warning),
      CASE(finer_times_than_a_picosecond_will_do),
      CASE(settings_that_cannot_be_are_refused_by_name),
      CASE(nets_of_many_dies_are_refused),
      CASE(a_coarser_time_resolution_is_refused),
  };
  return run_case(cases, argc, argv);
}

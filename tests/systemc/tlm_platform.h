// SPDX-License-Identifier: Apache-2.0
// What stands around a tlm_link in its tests: a memory, an initiator that runs a body, and the two at a link.
#ifndef OIO_TESTS_TLM_PLATFORM_H
#define OIO_TESTS_TLM_PLATFORM_H

#include "oio_tlm.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <tlm_utils/simple_target_socket.h>

#define CHECK(condition)                                                                                                                   \
  do {                                                                                                                                     \
    if (!(condition)) {                                                                                                                    \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                                         \
      std::exit(1);                                                                                                                        \
    }                                                                                                                                      \
  } while (0)

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;
using payload = tlm::tlm_generic_payload;

/** No object of sc_time may be there before a resolution is set. */
inline sc_time target_time() {
  return sc_time(40, SC_NS);
}

/** A megabyte that honours byte enables, and remembers what it was asked last. */
struct memory : public sc_core::sc_module {
  tlm_utils::simple_target_socket<memory> socket{"socket"};
  std::vector<unsigned char> bytes = std::vector<unsigned char>(1 << 20);
  unsigned calls = 0, channel = 99, streaming_width = 0;
  std::uint64_t id = 0;

  explicit memory(const sc_core::sc_module_name &module_name) : sc_core::sc_module(module_name) {
    socket.register_b_transport(this, &memory::b_transport);
    socket.register_transport_dbg(this, &memory::transport_dbg);
  }
  void b_transport(payload &asked, sc_time &delay) {
    const oio::tlm_route *route = asked.get_extension<oio::tlm_route>();
    calls++;
    channel = route == nullptr ? 99 : route->channel;
    id = route == nullptr ? 0 : route->id;
    streaming_width = asked.get_streaming_width();
    delay += target_time();
    asked.set_dmi_allowed(true);
    if (asked.get_address() + asked.get_data_length() > bytes.size()) {
      asked.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    for (unsigned i = 0; i < asked.get_data_length(); i++) {
      const unsigned char *enables = asked.get_byte_enable_ptr();
      if (enables != nullptr && enables[i % asked.get_byte_enable_length()] != TLM_BYTE_ENABLED) continue;
      unsigned char &here = bytes[asked.get_address() + i], &there = asked.get_data_ptr()[i];
      if (asked.is_write()) here = there;
      if (asked.is_read()) there = here;
    }
    asked.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  unsigned transport_dbg(payload &asked) {
    std::copy_n(bytes.data() + asked.get_address(), asked.get_data_length(), asked.get_data_ptr());
    return asked.get_data_length();
  }
};

/** Runs a body in a thread. */
struct initiator : public sc_core::sc_module {
  tlm_utils::simple_initiator_socket<initiator> socket{"socket"};
  std::function<void(initiator &)> body;
  bool ended = false;
  std::vector<std::pair<tlm::tlm_phase, payload *>> heard;
  bool complete_at_once = false;
  sc_core::sc_event came;

  SC_HAS_PROCESS(initiator);
  initiator(const sc_core::sc_module_name &module_name, std::function<void(initiator &)> what)
      : sc_core::sc_module(module_name), body(std::move(what)) {
    socket.register_nb_transport_bw(this, &initiator::nb_transport_bw);
    SC_THREAD(run);
  }
  void run() {
    body(*this);
    ended = true;
  }
  tlm::tlm_sync_enum nb_transport_bw(payload &asked, tlm::tlm_phase &phase, sc_time &) {
    heard.emplace_back(phase, &asked);
    came.notify(SC_ZERO_TIME);
    return phase == tlm::BEGIN_RESP && complete_at_once ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
  }
  /** b_transport, and how long it took: waited and annotated. */
  sc_time move(payload &asked) {
    const sc_time began = sc_core::sc_time_stamp();
    sc_time delay = SC_ZERO_TIME;
    socket->b_transport(asked, delay);
    return sc_core::sc_time_stamp() - began + delay;
  }
};

struct filled : public payload {
  filled(tlm::tlm_command command, std::uint64_t address, std::vector<unsigned char> &bytes) {
    set_command(command);
    set_address(address);
    set_data_ptr(bytes.data());
    set_data_length(static_cast<unsigned>(bytes.size()));
    set_streaming_width(static_cast<unsigned>(bytes.size()));
  }
};

/** Die A has an initiator, die B a memory. */
struct platform {
  oio::tlm_link<> link;
  memory far{"far"};
  initiator near;

  platform(const oio::tlm_settings &settings, std::function<void(initiator &)> what)
      : link("link", settings), near("near", std::move(what)) {
    near.socket.bind(link.a.target);
    link.b.initiator.bind(far.socket);
  }
  void run() {
    sc_core::sc_start();
    CHECK(near.ended);
  }
};

inline std::vector<unsigned char> numbered(std::size_t nbytes, unsigned seed) {
  std::vector<unsigned char> made(nbytes);
  for (unsigned char &byte : made) byte = static_cast<unsigned char>((seed = seed * 1103515245 + 12345) >> 16);
  return made;
}

/** Runs the case that the command line names. */
using tlm_cases = std::map<std::string, void (*)()>;
inline int run_case(const tlm_cases &cases, int argc, char **argv) {
  const auto found = cases.find(argc == 2 ? argv[1] : "");
  if (found == cases.end()) {
    std::fprintf(stderr, "usage: %s CASE\n", argv[0]);
    return 2;
  }
  found->second();
  return 0;
}

#define CASE(name)                                                                                                                         \
  { #name, name }

#endif

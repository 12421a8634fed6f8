// SPDX-License-Identifier: Apache-2.0
// Two dies, each with an initiator and a memory: each initiator writes the other die's memory over the link and reads it back.
// usage: platform [MEBIBYTES [KEY=VALUE]...]   (1; keys of oio, tlm.timing and the others of docs/systemc.md)
#include <oio/systemc/oio_tlm.h>

#include <chrono>
#include <cstdio>
#include <tlm_utils/simple_target_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

enum : unsigned { BYTES = 256, MEMORY_BYTES = 1 << 20 };

SC_MODULE(memory) {
  tlm_utils::simple_target_socket<memory> socket{"socket"};
  std::vector<unsigned char> bytes = std::vector<unsigned char>(MEMORY_BYTES);

  SC_CTOR(memory) {
    socket.register_b_transport(this, &memory::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload & asked, sc_core::sc_time & delay) {
    unsigned char *at = bytes.data() + asked.get_address() % (MEMORY_BYTES - BYTES + 1);
    if (asked.is_write()) std::memcpy(at, asked.get_data_ptr(), asked.get_data_length());
    if (asked.is_read()) std::memcpy(asked.get_data_ptr(), at, asked.get_data_length());
    delay += sc_core::sc_time(40, sc_core::SC_NS);
    asked.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

struct initiator : public sc_core::sc_module {
  tlm_utils::simple_initiator_socket<initiator> socket{"socket"};
  SC_HAS_PROCESS(initiator);
  initiator(const sc_core::sc_module_name &module_name, std::uint64_t pairs) : sc_core::sc_module(module_name), left(pairs) {
    SC_THREAD(run);
  }

  void run() {
    tlm_utils::tlm_quantumkeeper keeper;
    std::uint32_t sent[BYTES / 4], got[BYTES / 4];
    keeper.reset();
    for (std::uint64_t i = 0; i < left; i++) {
      for (std::uint32_t &word : sent) word = number = number * 1664525 + 1013904223;
      wrong += !transport(tlm::TLM_WRITE_COMMAND, i * BYTES % MEMORY_BYTES, sent, keeper);
      wrong += !transport(tlm::TLM_READ_COMMAND, i * BYTES % MEMORY_BYTES, got, keeper);
      wrong += std::memcmp(sent, got, sizeof sent) != 0;
    }
    keeper.sync();
    ended = sc_core::sc_time_stamp();
  }

  bool transport(tlm::tlm_command command, std::uint64_t address, std::uint32_t *words, tlm_utils::tlm_quantumkeeper &keeper) {
    tlm::tlm_generic_payload *payload = payloads.take();
    sc_core::sc_time delay = keeper.get_local_time();
    payload->set_command(command);
    payload->set_address(address);
    payload->set_data_ptr(reinterpret_cast<unsigned char *>(words));
    payload->set_data_length(BYTES);
    payload->set_streaming_width(BYTES);
    socket->b_transport(*payload, delay);
    keeper.set(delay);
    if (keeper.need_sync()) keeper.sync();
    const bool good = payload->is_response_ok();
    payload->release();
    return good;
  }

  oio::tlm_payloads payloads;
  std::uint64_t left, wrong = 0;
  std::uint32_t number = 1;
  sc_core::sc_time ended;
};

int sc_main(int argc, char **argv) {
  char *rest = nullptr;
  const std::uint64_t mebibytes = argc > 1 ? std::strtoull(argv[1], &rest, 10) : 1, transactions = mebibytes * (1 << 20) / BYTES;
  if (transactions == 0 || (rest != nullptr && *rest != '\0')) {
    std::fprintf(stderr, "usage: platform [MEBIBYTES [KEY=VALUE]...]: MEBIBYTES is a whole number from 1\n");
    return 2;
  }
  oio::tlm_settings settings;
  for (int i = 2; i < argc; i++) settings.set(argv[i]);
  tlm_utils::tlm_quantumkeeper::set_global_quantum(sc_core::sc_time(10, sc_core::SC_US));

  oio::tlm_link<> link("link", settings);
  initiator left("left", transactions / 4), right("right", transactions / 4); // each a write and a read a turn
  memory left_memory("left_memory"), right_memory("right_memory");
  left.socket.bind(link.a.target), right.socket.bind(link.b.target);
  link.a.initiator.bind(left_memory.socket), link.b.initiator.bind(right_memory.socket);

  const auto began = std::chrono::steady_clock::now();
  sc_core::sc_start();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const sc_core::sc_time end = left.ended > right.ended ? left.ended : right.ended;
  std::printf("%llu transactions of %u bytes, %.3f us of simulated time, %llu wrong\n", static_cast<unsigned long long>(link.answered()),
              BYTES, end.to_seconds() * 1e6, static_cast<unsigned long long>(left.wrong + right.wrong));
  std::fprintf(stderr, "%.2f s, %.2f million transactions a second\n", seconds, static_cast<double>(link.answered()) / seconds * 1e-6);
  return left.wrong + right.wrong == 0 && link.answered() == transactions ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
// The SystemC modules where something is not as it should be: reset from the start, failed links, configurations that do not hold, busy
// wires. usage: test_systemc CASE
#include "oio/config.h"
#include "oio_systemc.h"

#include <cstdio>
#include <cstdlib>
#include <map>

namespace {

#define CHECK(condition)                                                                                                                   \
  do {                                                                                                                                     \
    if (!(condition)) {                                                                                                                    \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                                         \
      std::exit(1);                                                                                                                        \
    }                                                                                                                                      \
  } while (0)

[[noreturn]] void no_error_came() {
  std::fprintf(stderr, "no error was thrown\n");
  std::exit(1);
}

oio_config configuration(std::initializer_list<const char *> settings = {}) {
  oio_config config;
  oio_config_defaults(&config);
  for (const char *setting : settings) CHECK(oio_config_set(&config, "test", setting, nullptr) == OIO_OK);
  CHECK(oio_config_resolve(&config, nullptr) == OIO_OK);
  return config;
}

oio_die_config die_of(const oio_config &config) {
  oio_die_config die;
  oio_config_die(&config, &die);
  return die;
}

oio_channel_config channel_of(const oio_config &config) {
  oio_channel_config channel;
  oio_config_optical_channel(&config, 0, &channel);
  return channel;
}

void run_ns(double ns) {
  sc_core::sc_start(ns, sc_core::SC_NS);
}

/** A flit that acknowledges what was never sent: by rule R5 it fails the link end that gets it. */
oio::wire false_ack(const oio_link_config &link, std::uint64_t number) {
  oio::wire made;
  const struct oio_flit_format *format = oio_flit_format(link.format);
  const oio_flit_head head = {OIO_PROTOCOL_NOP, OIO_ACK, 100, 0, 0, static_cast<std::uint16_t>(link.peer_buffer_flits)};
  made.number = number;
  oio_flit_put_head(format, made.flit.bytes, &head);
  oio_flit_seal(format, made.flit.bytes);
  return made;
}

/** Counts how often an event is notified. */
SC_MODULE(listener) {
  unsigned heard = 0;
  SC_HAS_PROCESS(listener);
  listener(const sc_core::sc_module_name &module_name, const sc_core::sc_event &event) : sc_core::sc_module(module_name) {
    SC_METHOD(on_event);
    sensitive << event;
    dont_initialize();
  }
  void on_event() {
    heard++;
  }
};

/** A die whose flits go into a channel that leads nowhere; what it receives is the test's to write. */
struct lone_die {
  const oio_config config;
  sc_core::sc_signal<oio::wire> sent{"sent"}, arrived{"arrived"}, in{"in"};
  sc_core::sc_signal<oio_time_ps> free_ps{"free_ps"};
  sc_core::sc_signal<bool> reset;
  oio::die die;
  oio::channel channel;
  listener failed;

  explicit lone_die(bool held, const oio_config &of = configuration({"net.topology=pair"}))
      : config(of), reset("reset", held), die("die", die_of(config)), channel("channel", channel_of(config)),
        failed("failed", die.failed()) {
    die.reset(reset), channel.reset(reset);
    die.pins.in(in), die.pins.out(sent), die.pins.free_ps(free_ps);
    channel.in(sent), channel.free_ps(free_ps), channel.out(arrived);
  }
};

const oio_message thousand_bytes = {0, 0, 1, 1000, nullptr}; // five flits

void held_from_the_start_nothing_is_sent_and_then_everything() {
  lone_die b(true);
  CHECK(b.die.send(thousand_bytes) == OIO_OK);
  run_ns(100);
  CHECK(b.die.send(thousand_bytes) == OIO_OK);
  run_ns(1000);
  CHECK(b.sent.read().number == 0 && b.arrived.read().number == 0);
  b.reset.write(false);
  run_ns(100);
  CHECK(b.sent.read().number == 9); // 2000 bytes and two first descriptors more
  CHECK(b.arrived.read().number == 9);
}

void a_reset_drops_what_was_queued_before_it() {
  lone_die b(false);
  CHECK(b.die.send(thousand_bytes) == OIO_OK);
  run_ns(5);
  const std::uint64_t before = b.sent.read().number;
  CHECK(before == 2);
  b.reset.write(true);
  run_ns(100);
  CHECK(b.sent.read().number == before);
  CHECK(b.die.send(thousand_bytes) == OIO_OK);
  b.reset.write(false);
  run_ns(100);
  CHECK(b.sent.read().number == before + 5);
}

void a_failed_link_throws_an_error_that_names_it() {
  lone_die b(false);
  run_ns(10);
  b.in.write(false_ack(die_of(b.config).link, 1));
  try {
    run_ns(10);
    no_error_came();
  } catch (const sc_core::sc_report &report) {
    CHECK(std::string(report.get_msg_type()) == oio::LINK_FAILED);
    CHECK(std::string(report.get_msg()).find("die: the link end has failed: ack range") != std::string::npos);
  }
}

void a_failed_link_is_an_event_and_an_answer_where_errors_do_not_throw() {
  sc_core::sc_report_handler::set_actions(oio::LINK_FAILED, sc_core::SC_DO_NOTHING);
  lone_die b(false);
  run_ns(10);
  CHECK(b.failed.heard == 0 && b.die.send(thousand_bytes) == OIO_OK);
  b.in.write(false_ack(die_of(b.config).link, 1));
  run_ns(100);
  CHECK(b.failed.heard == 1 && b.die.send(thousand_bytes) == OIO_ERR_FAILED);
  CHECK(sc_core::sc_report_handler::get_count(oio::LINK_FAILED) == 1);
  b.reset.write(true);
  run_ns(10);
  b.reset.write(false);
  run_ns(10);
  CHECK(b.die.send(thousand_bytes) == OIO_OK);
  b.in.write(false_ack(die_of(b.config).link, 2));
  run_ns(10);
  CHECK(b.failed.heard == 2 && sc_core::sc_report_handler::get_count(oio::LINK_FAILED) == 2);
}

void a_link_that_nobody_answers_fails_by_name() {
  lone_die b(false, configuration({"net.topology=pair", "link.replay_limit=2"}));
  CHECK(b.die.send(thousand_bytes) == OIO_OK);
  try {
    run_ns(1e6);
    no_error_came();
  } catch (const sc_core::sc_report &report) {
    CHECK(std::string(report.get_msg()).find("replay limit") != std::string::npos);
  }
}

void a_bridge_says_which_side_has_failed() {
  const oio_config config = configuration();
  oio_bridge_config bridge_config;
  oio_config_bridge(&config, &bridge_config);
  sc_core::sc_signal<oio::wire> in[2], out[2];
  sc_core::sc_signal<oio_time_ps> free_ps[2];
  sc_core::sc_signal<bool> reset;
  oio::bridge bridge("bridge", bridge_config, OIO_DIE_SIDE);
  bridge.reset(reset);
  for (const oio_bridge_side side : {OIO_DIE_SIDE, OIO_OPTICAL_SIDE}) {
    oio::link_pins &pins = bridge.pins(side);
    pins.in(in[side]), pins.out(out[side]), pins.free_ps(free_ps[side]);
  }
  run_ns(10);
  in[OIO_OPTICAL_SIDE].write(false_ack(bridge_config.optical, 1));
  try {
    run_ns(10);
    no_error_came();
  } catch (const sc_core::sc_report &report) {
    CHECK(std::string(report.get_msg()).find("bridge: the link end on the optical side has failed: ack range") != std::string::npos);
  }
}

void a_bad_configuration_throws_whatever_the_action_of_errors() {
  oio_die_config die = die_of(configuration());
  oio_channel_config channel = channel_of(configuration());
  oio_bridge_config bridge;
  const oio_config config = configuration();
  oio_config_bridge(&config, &bridge);
  die.vcs = 9;
  channel.lanes = 0;
  bridge.logic_ps = OIO_NEVER;
  for (const sc_core::sc_actions actions : {sc_core::SC_THROW, sc_core::SC_DISPLAY, sc_core::SC_DO_NOTHING}) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, actions);
    unsigned thrown = 0;
    try {
      oio::die made("die", die);
    } catch (const std::exception &why) {
      thrown += std::string(why.what()).find("die vcs 9: use 1..8") != std::string::npos;
    }
    try {
      oio::channel made("channel", channel);
    } catch (const std::exception &why) {
      thrown += std::string(why.what()).find("channel lanes 0: use 1..1024") != std::string::npos;
    }
    try {
      oio::bridge made("bridge", bridge, OIO_DIE_SIDE);
    } catch (const std::exception &why) {
      thrown += std::string(why.what()).find("bridge logic_ps: use at most 1 ms") != std::string::npos;
    }
    CHECK(thrown == 3);
  }
}

void another_time_resolution_throws_whatever_the_action_of_errors() {
  sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
  sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_DO_NOTHING);
  try {
    oio::die made("die", die_of(configuration()));
    no_error_came();
  } catch (const std::exception &why) {
    CHECK(std::string(why.what()).find("the time resolution must be 1 ps") != std::string::npos);
  }
}

/** A channel whose flits are the test's to write. */
struct lone_channel {
  sc_core::sc_signal<oio::wire> in{"in"}, out{"out"};
  sc_core::sc_signal<oio_time_ps> free_ps{"free_ps"};
  sc_core::sc_signal<bool> reset;
  oio::channel channel;

  explicit lone_channel(bool held) : reset("reset", held), channel("channel", channel_of(configuration())) {
    channel.in(in), channel.out(out), channel.free_ps(free_ps), channel.reset(reset);
  }
  void send(std::uint64_t number) {
    oio::wire wire;
    wire.number = number;
    in.write(wire);
  }
};

void a_flit_onto_a_busy_wire_is_an_error() {
  lone_channel b(false);
  unsigned thrown = 0;
  b.send(1);
  run_ns(1);
  b.send(2);
  try {
    run_ns(1);
  } catch (const sc_core::sc_report &report) {
    thrown += std::string(report.get_msg_type()) == oio::CHANNEL_BUSY;
  }
  CHECK(thrown == 1);
}

void a_channel_in_reset_carries_nothing_and_answers() {
  lone_channel b(true);
  for (std::uint64_t number = 1; number <= 3; number++) {
    b.send(number);
    run_ns(4);
    CHECK(b.free_ps.read() == number * 4 * OIO_NS); // 256 bytes on 16 lanes of 32 Gb/s
  }
  run_ns(1000);
  CHECK(b.out.read().number == 0);
  b.reset.write(false);
  run_ns(1);
  b.send(4);
  run_ns(1000);
  CHECK(b.out.read().number == 1);
}

#define CASE(name)                                                                                                                         \
  { #name, name }
const std::map<std::string, void (*)()> cases = {
    CASE(held_from_the_start_nothing_is_sent_and_then_everything),
    CASE(a_reset_drops_what_was_queued_before_it),
    CASE(a_failed_link_throws_an_error_that_names_it),
    CASE(a_failed_link_is_an_event_and_an_answer_where_errors_do_not_throw),
    CASE(a_link_that_nobody_answers_fails_by_name),
    CASE(a_bridge_says_which_side_has_failed),
    CASE(a_bad_configuration_throws_whatever_the_action_of_errors),
    CASE(another_time_resolution_throws_whatever_the_action_of_errors),
    CASE(a_flit_onto_a_busy_wire_is_an_error),
    CASE(a_channel_in_reset_carries_nothing_and_answers),
};

} // namespace

int sc_main(int argc, char **argv) {
  const auto found = cases.find(argc > 1 ? argv[1] : "");
  if (found == cases.end()) {
    std::fprintf(stderr, "usage: test_systemc CASE; the cases are in %s\n", __FILE__);
    return 2;
  }
  found->second();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// How to wire the model to a module of your own: a die sends one message over a channel, and the module counts what comes out of the fibre.
#include <oio/config.h>
#include <oio/systemc/oio_systemc.h>

#include <iostream>

SC_MODULE(your_module) {
  sc_core::sc_in<oio::wire> in{"in"};

  SC_CTOR(your_module) {
    SC_METHOD(on_flit);
    sensitive << in;
    dont_initialize();
  }
  void on_flit() {
    std::cout << sc_core::sc_time_stamp() << "  " << in.read() << "\n";
  }
};

int sc_main(int, char **) {
  oio_config config;
  oio_config_defaults(&config); // then oio_config_set(&config, "here", "optical.length_m=100", &error) and so on
  if (oio_config_resolve(&config, nullptr) != OIO_OK) return 1;
  oio_die_config die_config;
  oio_channel_config channel_config;
  oio_config_die(&config, &die_config);
  oio_config_optical_channel(&config, 0, &channel_config);

  sc_core::sc_signal<oio::wire> sent{"sent"}, arrived{"arrived"}, nothing{"nothing"};
  sc_core::sc_signal<oio_time_ps> free_ps{"free_ps"};
  sc_core::sc_signal<bool> reset{"reset"};
  oio::die die("die", die_config);
  oio::channel channel("channel", channel_config);
  your_module yours("yours");
  die.reset(reset), channel.reset(reset);
  die.pins.in(nothing), die.pins.out(sent), die.pins.free_ps(free_ps);
  channel.in(sent), channel.free_ps(free_ps), channel.out(arrived);
  yours.in(arrived);

  // A bridged path expects a bridge here; this one is fed by hand. Nobody acknowledges, so that after a while the die sends again.
  oio_message message{}; // on VC 0, of the pattern
  message.id = 1;
  message.bytes = 1000;
  if (die.send(message) != OIO_OK) return 1;
  sc_core::sc_start(100.0, sc_core::SC_NS);
  return arrived.read().number == 5 ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
// oio-systemc: `oio sim` as SystemC modules. Same options, same results, same bits on the wire.
#include "options.h"
#include "out_of_memory.h"
#include "traffic.h"

extern "C" {
#include "interrupt.h"
#include "progress.h"
}

#include <cstdio>
#include <cstdlib>

namespace {

const char host_name[] = "SystemC";

/** Takes all of the net down once, for as long as the configuration says. */
class reset_line : public sc_core::sc_module {
public:
  sc_core::sc_out<bool> reset{"reset"};

  reset_line(const sc_core::sc_module_name &module_name, const oio_config &config)
      : sc_core::sc_module(module_name), hold_ps_(config.reset_hold_ps),
        at_ps_(config.reset_scope == OIO_RESET_ALL ? config.reset_at_ps : 0) {
    SC_METHOD(on_change);
    sensitive << change_.event();
    dont_initialize();
  }

protected:
  SC_HAS_PROCESS(reset_line);

private:
  void start_of_simulation() override {
    if (at_ps_ > 0) change_.set(at_ps_);
  }
  void on_change() {
    change_.passed();
    down_ = !down_;
    reset.write(down_);
    if (down_) change_.set(oio::now_ps() + hold_ps_);
  }

  const oio_time_ps hold_ps_, at_ps_;
  oio::deadline change_;
  bool down_ = false;
};

/** All modules of a run, wired up. */
struct bench {
  sc_core::sc_signal<bool> reset{"reset"};
  reset_line line;
  net dies;
  class traffic traffic;

  explicit bench(oio_host *host) : line("reset_line", host->config), dies("net", host->net), traffic("traffic", host, dies) {
    line.reset(reset);
    dies.reset(reset);
    traffic.reset(reset);
  }
};

int report(const options &options, const oio_host &host, const traffic &traffic, double wall_s, double cpu_s) {
  oio_results results;
  oio_host_get_results(&host, traffic.last_ps(), traffic.starved(), &results);
  results.wall_s = clock_wall_s() - wall_s;
  results.cpu_s = clock_cpu_s() - cpu_s;
  const int status = options_report(&options, &results, host_name, host.net, host.traffic, nullptr);
  out_of_memory::said = status == EXIT_UNUSABLE;
  return status;
}

int run(const options &options, oio_host &host) {
  bench bench(&host);
  progress progress;
  const double wall_s = clock_wall_s(), cpu_s = clock_cpu_s();
  progress_start(&progress, "oio-systemc");
  while (bench.traffic.run() && !interrupt_requested()) {
    if (!options.quiet) progress_update(&progress, oio_traffic_fraction(host.traffic));
  }
  progress_end(&progress);
  if (bench.traffic.status() != OIO_OK) {
    std::fprintf(stderr, "%s\n", bench.traffic.error().text);
    return EXIT_UNUSABLE;
  }
  return report(options, host, bench.traffic, wall_s, cpu_s);
}

int create_and_run(const options *given) {
  const options &options = *given;
  oio_host host;
  if (options.repeat > 1 || options.append != nullptr) {
    std::fprintf(stderr, "oio-systemc: --repeat and --append are those of oio sim; leave them out, or use that\n");
    return EXIT_UNUSABLE;
  }
  oio_error error = {};
  if (oio_host_create(&host, &options.config, options.reader, &error) != OIO_OK) {
    std::fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  options_echo(&options, host_name);
  const int status = run(options, host);
  oio_host_destroy(&host);
  return status;
}

} // namespace

int sc_main(int argc, char **argv) {
  sc_core::sc_report_handler::set_actions(oio::LINK_FAILED, sc_core::SC_DO_NOTHING); // the results say it
  return options_run(argc, argv, false, create_and_run);
}

// The library's own main greets on stderr, which --quiet forbids; a user's variable wins.
int main(int argc, char **argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}

// SPDX-License-Identifier: Apache-2.0
// oio-c2c: `oio sim` with its loop in SystemVerilog, the model behind DPI. Same options, same results, same bits on the wire.
#include "Voio_c2c_top.h"
#include "oio_dpi.h"
#include "options.h"
#include "out_of_memory.h"

extern "C" {
#include "interrupt.h"
#include "progress.h"
}

#include <verilated.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace {

const char host[] = "Verilator, DPI C to C";

enum { INSTANTS_PER_LOOK = 65536 };

std::string config_text(const oio_config &config) {
  std::string text;
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    oio_config_key key;
    char value[1100];
    oio_config_describe(&config, i, &key);
    oio_config_value(&config, i, value, sizeof value);
    text += std::string(static_cast<const char *>(key.name)) + "=" + value + "\n";
  }
  return text;
}

void pass_arguments(VerilatedContext &context, const options &options) {
  const std::string config = "+oio_config=" + config_text(options.config);
  const std::string trace = std::string("+oio_trace=") + (options.trace == nullptr ? "" : options.trace);
  const char *arguments[] = {"oio-c2c", config.c_str(), trace.c_str()};
  context.commandArgs(3, arguments);
}

void look(Voio_c2c_top &top, oio_results &results) {
  static_assert(sizeof results <= sizeof top.results_o, "oio_dpi_pkg::results_t holds struct oio_results");
  top.look_i = !top.look_i;
  top.eval();
  std::memcpy(&results, &top.results_o, sizeof results);
}

void carry_out(VerilatedContext &context, Voio_c2c_top &top, bool quiet) {
  progress progress;
  oio_results results;
  progress_start(&progress, "oio-c2c");
  for (unsigned instants = 1; !top.over_o; instants++) {
    context.time(top.next_ps_o);
    top.tick_i = !top.tick_i;
    top.eval();
    if (instants % INSTANTS_PER_LOOK != 0) continue;
    if (interrupt_requested()) break;
    if (quiet) continue;
    look(top, results);
    progress_update(&progress, top.fraction_o);
  }
  progress_end(&progress);
}

// The model behind DPI opens the trace again, by its name.
bool can_be_read_twice(const char *trace) {
  struct stat info;
  return trace == nullptr || (stat(trace, &info) == 0 && S_ISREG(info.st_mode));
}

int run(const options *given) {
  const options &options = *given;
  if (options.waves != nullptr) {
    std::fprintf(stderr, "oio cosim: --rtl none has no RTL to draw waves of; leave --waves out\n");
    return EXIT_UNUSABLE;
  }
  if (options.csv != nullptr) {
    std::fprintf(stderr, "oio cosim: --rtl none keeps no tables; leave --csv out, or use oio sim\n");
    return EXIT_UNUSABLE;
  }
  if (!can_be_read_twice(options.trace)) {
    std::fprintf(stderr, "%s: a pipe can be read only once, and --rtl none reads the trace's head twice; give it as a file\n",
                 options.trace);
    return EXIT_UNUSABLE;
  }
  options_echo(&options, host);
  VerilatedContext context;
  pass_arguments(context, options);
  Voio_c2c_top top(&context);
  oio_results results;
  const double wall_s = clock_wall_s(), cpu_s = clock_cpu_s();
  top.eval();
  carry_out(context, top, options.quiet);
  int status = EXIT_UNUSABLE;
  if (!top.unusable_o) {
    look(top, results);
    results.wall_s = clock_wall_s() - wall_s;
    results.cpu_s = clock_cpu_s() - cpu_s;
    status = options_report(&options, &results, host, nullptr, nullptr, nullptr);
    out_of_memory::said = status == EXIT_UNUSABLE;
  }
  top.final();
  return status;
}

} // namespace

int main(int argc, char **argv) {
  return options_run(argc, argv, true, run);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The `oio` command: hands over to its subcommands. */
#define _POSIX_C_SOURCE 200809L
#include "command.h"
#include "outputs.h"
#include "wave_command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char help[] = "usage: oio COMMAND [OPTION]...\n"
                           "An optical chiplet link, to simulate, to verify against, to measure.\n"
                           "\n"
                           "  sim      simulate dies joined by optical links, two or many, event by event\n"
                           "  sweep    simulate over the values of any keys, on all processors; a line a run, line charts\n"
                           "  results  databases of results: list, show, compare, export, plot, a page, check\n"
                           "  cosim    the same traffic through the Verilated RTL bridge against the C model\n"
                           "  new-bench  a bench around a link end of your own RTL, its ports guessed\n"
                           "  regress  many short runs, drawn, against a device; the shortest that breaks each rule\n"
                           "  check    the rules of the link over a recorded wire\n"
                           "  trace    import, look at and record traffic\n"
                           "  net      look at a net of many dies: routes, deadlock, load, a drawing\n"
                           "  tech     what links can be made of: latency, energy, errors, and what each value rests on\n"
                           "  compare  the same traffic on every technology that reaches, side by side\n"
                           "  faults   a failure trace from the field as a schedule of faults; what a schedule costs\n"
                           "  cover    which situations of the protocol runs have been in: add up, report\n"
                           "  flit     make or take apart one flit\n"
                           "  wavediff compare two waveforms: what changed first?\n"
                           "  wave     check rules, keep golden waveforms\n"
                           "\n"
                           "`oio COMMAND --help` lists the options of each; `man oio` tells the rest.\n";

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
} commands[] = {
    {"sim", oio_command_sim},     {"sweep", oio_command_sweep},         {"results", oio_command_results},
    {"cosim", oio_command_cosim}, {"trace", oio_command_trace},         {"net", oio_command_net},
    {"tech", oio_command_tech},   {"compare", oio_command_compare},     {"faults", oio_command_faults},
    {"cover", oio_command_cover}, {"flit", oio_command_flit},           {"wavediff", oio_command_wavediff},
    {"wave", oio_command_wave},   {"new-bench", oio_command_new_bench}, {"regress", oio_command_regress},
    {"check", oio_command_check},
};

static int carry_out(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
    fputs(help, argc < 2 ? stderr : stdout);
    return argc < 2 ? 2 : 0;
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("oio %s\n", oio_version());
    return 0;
  }
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
  }
  fprintf(stderr, "oio: there is no command '%.80s'; `oio --help` lists them\n", argv[1]);
  return 2;
}

/* What a command printed has to arrive, whichever it was. */
int main(int argc, char **argv) {
  return outputs_finish(carry_out(argc, argv));
}

// SPDX-License-Identifier: Apache-2.0
// The clock of a bench that `oio new-bench` wrote. Exit status: 0 all has arrived, 1 a finding, 2 the bench cannot be made.
#include <Voio_new_bench.h>
#include <verilated.h>

#include <cstdio>

int main(int argc, char **argv) {
  VerilatedContext context;
  context.commandArgs(argc, argv);
  Voio_new_bench bench(&context, "bench");
  bench.eval();
  while (bench.done_o == 0 && !context.gotFinish()) {
    context.timeInc(1);
    bench.clk_i = !bench.clk_i;
    bench.eval();
  }
  bench.final();
  if (bench.done_o == 0) {
    std::printf("bench: BAD: the device ended the simulation ($finish or $fatal) before all had arrived\n");
    return 1;
  }
  return bench.done_o == 1 ? 0 : static_cast<int>(bench.done_o) - 1;
}

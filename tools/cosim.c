/* SPDX-License-Identifier: Apache-2.0 */
/* `oio cosim`: hands over to the Verilated bench beside this program, so that `oio` itself needs no Verilator. Which build of the bench
 * serves depends on the waves asked for (a bench that can trace is slower, even when it does not) and on the width of the datapath. */
#include "bench.h"
#include "command.h"
#include "own_path.h"

int oio_command_cosim(int argc, char **argv) {
  struct options options;
  char name[BENCH_NAME_BYTES];
  const int status = options_read(&options, argc, argv, true);
  if (status >= 0) return status;
  const int chosen = bench_choose(&options, name);
  if (chosen >= 0) return chosen;
  return own_hand_over("cosim", name, argv, "build it with Verilator installed (./run build)");
}

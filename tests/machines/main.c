/* SPDX-License-Identifier: Apache-2.0 */
/* `oio` with no other commands than those that need nothing but the model. */
#include "command.h"
#include "outputs.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "sim") == 0) return outputs_finish(oio_command_sim(argc - 1, argv + 1));
  if (argc > 1 && strcmp(argv[1], "net") == 0) return outputs_finish(oio_command_net(argc - 1, argv + 1));
  fputs("usage: oio-aarch64 sim|net [OPTION]...\n", stderr);
  return 2;
}

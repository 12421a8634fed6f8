/* SPDX-License-Identifier: Apache-2.0 */
/* Beside `oio`, which goes on as this program: `oio results` where serve serves. */
#include "command.h"

int main(int argc, char **argv) {
  return oio_command_results(argc, argv);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The plain program `wavediff`, for those who want nothing else. */
#include "wave_command.h"

#include "interrupt.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    printf("wavediff %s\n", OIO_VERSION);
    return 0;
  }
  const int status = oio_command_wavediff(argc, argv);
  if (ferror(stdout)) interrupt_by_pipe();
  return status;
}

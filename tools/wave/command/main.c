/* SPDX-License-Identifier: Apache-2.0 */
/* The plain program `wavediff`, for those who want nothing else. */
#include "wave_command.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    printf("wavediff %s\n", OIO_VERSION);
    return 0;
  }
  return oio_command_wavediff(argc, argv);
}

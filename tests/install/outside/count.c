/* SPDX-License-Identifier: Apache-2.0 */
/* count FILE N: the waves of a counter that goes up to N. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  FILE *file = argc == 3 ? fopen(argv[1], "w") : NULL;
  if (file == NULL) return 2;
  fprintf(file, "$timescale 1ns $end\n$scope module top $end\n$var wire 1 ! odd $end\n$upscope $end\n$enddefinitions $end\n");
  for (int i = 0; i <= atoi(argv[2]); i++) fprintf(file, "#%d\n%d!\n", i, i & 1);
  return fclose(file) == 0 ? 0 : 1;
}

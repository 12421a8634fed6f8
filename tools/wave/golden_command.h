/* SPDX-License-Identifier: Apache-2.0 */
/** `oio wave bless`, `oio wave check` and `oio wave parts`; argv[0] is that word. */
#ifndef WAVE_GOLDEN_COMMAND_H
#define WAVE_GOLDEN_COMMAND_H

#include <stdio.h>

int golden_bless(int argc, char **argv);
int golden_check(int argc, char **argv);
int wave_parts(int argc, char **argv);

/** The lines that a command printed, each with a mark before it; NULL: nothing. */
void golden_print_said(FILE *file, const char *said);

#endif

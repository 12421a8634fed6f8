/* SPDX-License-Identifier: Apache-2.0 */
/** `oio wave bless` and `oio wave check`; argv[0] is that word. */
#ifndef WAVE_GOLDEN_COMMAND_H
#define WAVE_GOLDEN_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

int golden_bless(int argc, char **argv);
int golden_check(int argc, char **argv);

/** A number from 1 to 1000000; else says what is wrong. */
bool golden_take_number(const char *command, const char *option, const char *value, uint32_t *number);
/** The lines that a command printed, each with a mark before it; NULL: nothing. */
void golden_print_said(FILE *file, const char *said);

#endif

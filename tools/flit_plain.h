/* SPDX-License-Identifier: Apache-2.0 */
/* `oio flit` of the plain profile. */
#ifndef OIO_TOOLS_FLIT_PLAIN_H
#define OIO_TOOLS_FLIT_PLAIN_H

#include <stddef.h>
#include <stdint.h>

/* What both profiles share; in flit.c. Hex: the number of bytes, or -1. */
long flit_read_hex(const char *text, uint8_t *out, size_t most);
void flit_print_hex(const uint8_t *bytes, size_t count);
int flit_refuse(const char *what, const char *which);
/* A flit of `bytes`, from the argument or, without, from standard input. 0, or the exit status. */
int flit_read(const char *hex, uint8_t *flit, size_t bytes);

/* The arguments behind `--profile plain` of encode and decode. Returns the exit status. */
int flit_plain_encode(int argc, char **argv);
int flit_plain_decode(int argc, char **argv);

#endif

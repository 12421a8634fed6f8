/* SPDX-License-Identifier: Apache-2.0 */
/** Arguments for Verilator: in a port map, in the folder of the bench, and in its Makefile. */
#ifndef ARGUMENT_H
#define ARGUMENT_H

#include <stdbool.h>

enum { ARGUMENT_BYTES = 1000 };

/** The argument with the paths in it seen from the root, so that it means the same in every folder: -I, +incdir+, and what follows -y, -v,
 * -f and -F, which is what `before` is. False: no line of a port map holds it, being too long, empty, with a # or with blanks at its ends.
 */
bool argument_from_here(const char *before, const char *text, char out[ARGUMENT_BYTES]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The Verilated bench is built several times, each build for one width and one kind of waves. Which of them a run needs is decided here,
 * for `oio cosim`, which starts it, and for the builds themselves, which may have been started without it.
 */
#ifndef BENCH_H
#define BENCH_H

#include "options.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BENCH_NAME_BYTES = 32 };

/** The program that the run needs: "oio-cosim-128-fst", "oio-c2c". -1 to go on, else EXIT_UNUSABLE after one line on stderr: no build does
 * that. */
int bench_choose(const struct options *options, char name[BENCH_NAME_BYTES]);
/** As bench_choose, of a run that has been given to the build `name`: one with waves may also run without. */
int bench_serves(const struct options *options, const char *name);

#ifdef __cplusplus
}
#endif
#endif

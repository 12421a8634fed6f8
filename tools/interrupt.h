/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Signals that would end a command in the middle. Those that ask it to end (SIGINT, SIGTERM, SIGHUP, SIGXCPU) become a question: it asks
 * now and then, stops, keeps what it has, cleans up and returns INTERRUPT_EXIT. SIGXFSZ and SIGPIPE become the error of the write that they
 * are.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { INTERRUPT_EXIT = 130 };

void interrupt_install(void);
/** Whether who read standard output has gone, as `head` does: no error to be told of. False where SIGPIPE is ignored. */
bool interrupt_reader_gone(void);
/** The end of a command that could not write to standard output, after everything else was done: where its reader has gone, by SIGPIPE, as
 * shells expect. Else it returns. */
void interrupt_by_pipe(void);
bool interrupt_requested(void);

#ifdef __cplusplus
}
#endif
#endif

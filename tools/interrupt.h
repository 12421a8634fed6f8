/* SPDX-License-Identifier: Apache-2.0 */
/**
 * SIGINT and SIGTERM as a question: a command asks now and then, stops, cleans up and returns INTERRUPT_EXIT.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { INTERRUPT_EXIT = 130 };

void interrupt_install(void);
bool interrupt_requested(void);

#ifdef __cplusplus
}
#endif
#endif

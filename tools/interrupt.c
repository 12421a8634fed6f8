/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t requested;

static void request(int signal_number) {
  (void)signal_number;
  requested = 1;
}

void interrupt_install(void) {
  /* A second signal ends the program at once, whatever it is doing. */
  struct sigaction action = {.sa_handler = request, .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

bool interrupt_requested(void) {
  return requested != 0;
}

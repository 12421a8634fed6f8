/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t requested;

static void request(int signal_number) {
  (void)signal_number;
  requested = 1;
}

/* Nothing to do: the write that met the limit, or the closed pipe, says so to whoever wrote. Not SIG_IGN, which programs started from here
 * would inherit. */
static void leave_to_the_write(int signal_number) {
  (void)signal_number;
}

static void handle(int signal_number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, &action, NULL);
}

static bool ignored(int signal_number) {
  struct sigaction now;
  return sigaction(signal_number, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_IGN;
}

void interrupt_install(void) {
  /* A second signal ends the program at once, whatever it is doing. */
  const int once = (int)SA_RESETHAND | SA_RESTART;
  handle(SIGINT, request, once);
  handle(SIGTERM, request, once);
  handle(SIGXCPU, request, once);
  if (!ignored(SIGHUP)) handle(SIGHUP, request, once); /* else nohup wants it so */
  if (!ignored(SIGXFSZ)) handle(SIGXFSZ, leave_to_the_write, SA_RESTART);
  if (!ignored(SIGPIPE)) handle(SIGPIPE, leave_to_the_write, SA_RESTART);
}

bool interrupt_reader_gone(void) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return !ignored(SIGPIPE) && poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

void interrupt_by_pipe(void) {
  if (!interrupt_reader_gone()) return;
  handle(SIGPIPE, SIG_DFL, 0);
  raise(SIGPIPE);
}

bool interrupt_requested(void) {
  return requested != 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double first_s = 2.0, interval_s = 0.25;

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void progress_start(struct progress *progress, const char *label) {
  const double now = now_s();
  *progress = (struct progress){.label = label, .terminal = isatty(STDERR_FILENO) == 1, .started_s = now, .next_s = now + first_s};
}

void progress_update(struct progress *progress, double fraction) {
  if (!progress->terminal) return;
  const double now = now_s();
  if (now < progress->next_s) return;
  const double elapsed = now - progress->started_s;
  progress->next_s = now + interval_s;
  progress->shown = true;
  if (fraction > 0)
    fprintf(stderr, "\r\033[K%s: %3.0f %%, %.0f s left", progress->label, 100 * fraction, elapsed * (1 - fraction) / fraction);
  else
    fprintf(stderr, "\r\033[K%s: %.0f s", progress->label, elapsed);
  fflush(stderr);
}

void progress_end(struct progress *progress) {
  if (!progress->shown) return;
  fputs("\r\033[K", stderr);
  progress->shown = false;
}

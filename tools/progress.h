/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A progress line on stderr for what takes longer than two seconds; silent when stderr is no terminal.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct progress {
  const char *label;
  bool terminal;
  bool shown;
  double started_s;
  double next_s;
};

void progress_start(struct progress *progress, const char *label);
/** fraction 0..1; cheap enough for every few thousand steps. */
void progress_update(struct progress *progress, double fraction);
/** Removes the line. */
void progress_end(struct progress *progress);

#ifdef __cplusplus
}
#endif
#endif

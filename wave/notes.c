/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of a report, and the lines that it says beside its findings. */
#include "explain.h"
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *wave_text_made(struct explain *explain, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *made = length < 0 ? NULL : wave_malloc((size_t)length + 1);
  if (made == NULL) {
    explain->out_of_memory = true;
    return NULL;
  }
  va_start(arguments, format);
  vsnprintf(made, (size_t)length + 1, format, arguments);
  va_end(arguments);
  return made;
}

void wave_note(struct explain *explain, char *line) {
  struct wave_report *report = explain->report;
  char **moved = wave_realloc(report->notes, (report->n_notes + 1) * sizeof *moved);
  if (moved == NULL || line == NULL) {
    explain->out_of_memory = true;
    free(line);
    return;
  }
  report->notes = moved;
  report->notes[report->n_notes++] = line;
}

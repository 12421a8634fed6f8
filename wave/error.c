/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

enum wave_status wave_fail(struct wave_error *error, const char *format, ...) {
  va_list arguments;
  if (error == NULL) return WAVE_ERROR;
  va_start(arguments, format);
  vsnprintf(error->text, sizeof error->text, format, arguments);
  va_end(arguments);
  error->memory = false;
  for (char *c = error->text; *c != '\0'; c++) {
    if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
  }
  return WAVE_ERROR;
}

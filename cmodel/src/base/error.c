/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/base.h"

#include <stdarg.h>
#include <stdio.h>

enum oio_status oio_error_set(struct oio_error *error, enum oio_status status, const char *format, ...) {
  if (error != NULL) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
  }
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A text that grows. */
#ifndef OIO_TEXT_H
#define OIO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct oio_text {
  char *bytes;
  size_t used, size;
  bool out_of_memory;
};

void oio_text_add(struct oio_text *text, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* A JSON string, quoted and escaped. */
void oio_text_add_quoted(struct oio_text *text, const char *value);
/* The text for the caller to free, or NULL when memory ran out. */
char *oio_text_take(struct oio_text *text);

#endif

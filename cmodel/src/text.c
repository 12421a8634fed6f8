/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool room_for(struct oio_text *text, size_t more) {
  if (text->used + more + 1 <= text->size) return true;
  size_t size = text->size == 0 ? 4096 : text->size;
  while (size < text->used + more + 1) size *= 2;
  char *grown = realloc(text->bytes, size);
  if (grown == NULL) {
    text->out_of_memory = true;
    return false;
  }
  text->bytes = grown;
  text->size = size;
  return true;
}

void oio_text_add(struct oio_text *text, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, arguments);
  if (length >= 0 && room_for(text, (size_t)length)) {
    vsnprintf(text->bytes + text->used, text->size - text->used, format, again);
    text->used += (size_t)length;
  }
  va_end(again);
  va_end(arguments);
}

void oio_text_add_quoted(struct oio_text *text, const char *value) {
  oio_text_add(text, "\"");
  for (; *value != '\0'; value++) {
    const unsigned char c = (unsigned char)*value;
    if (c == '"' || c == '\\') {
      oio_text_add(text, "\\%c", c);
    } else if (c < 0x20 || c >= 0x7F) {
      oio_text_add(text, "\\u%04x", c);
    } else {
      oio_text_add(text, "%c", c);
    }
  }
  oio_text_add(text, "\"");
}

char *oio_text_take(struct oio_text *text) {
  if (!text->out_of_memory) return text->bytes;
  free(text->bytes);
  return NULL;
}

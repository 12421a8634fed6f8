/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text.h"

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

/* The bytes of the UTF-8 character at text, or 0: it is none. The shortest form only, no surrogates, nothing behind U+10FFFF. */
static size_t utf8_length(const unsigned char *text) {
  const unsigned char first = text[0];
  const size_t length = first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
  for (size_t i = 1; i < length; i++) {
    if ((text[i] & 0xC0) != 0x80) return 0;
  }
  if ((first == 0xE0 && text[1] < 0xA0) || (first == 0xED && text[1] > 0x9F)) return 0;
  if ((first == 0xF0 && text[1] < 0x90) || (first == 0xF4 && text[1] > 0x8F)) return 0;
  return length;
}

void oio_text_add_quoted(struct oio_text *text, const char *value) {
  oio_text_add(text, "\"");
  while (*value != '\0') {
    const unsigned char c = (unsigned char)*value;
    const size_t length = c >= 0x80 ? utf8_length((const unsigned char *)value) : 0;
    if (length > 0) {
      oio_text_add(text, "%.*s", (int)length, value);
    } else if (c == '"' || c == '\\') {
      oio_text_add(text, "\\%c", c);
    } else if (c < 0x20 || c >= 0x7F) {
      oio_text_add(text, "\\u%04x", c);
    } else {
      oio_text_add(text, "%c", c);
    }
    value += length > 0 ? length : 1;
  }
  oio_text_add(text, "\"");
}

char *oio_text_take(struct oio_text *text) {
  if (!text->out_of_memory) return text->bytes;
  free(text->bytes);
  return NULL;
}

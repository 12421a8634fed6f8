/* SPDX-License-Identifier: Apache-2.0 */
#include "out.h"
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for more bytes and the NUL. */
static bool reserve(struct wave_out *out, size_t more) {
  if (out->failed) return false;
  if (more < out->room - out->size) return true;
  size_t room = out->room < 256 ? 256 : out->room;
  while (room - out->size <= more) {
    if (room > SIZE_MAX / 2) {
      out->failed = true;
      return false;
    }
    room *= 2;
  }
  char *larger = wave_realloc(out->bytes, room);
  if (larger == NULL) {
    out->failed = true;
    return false;
  }
  out->bytes = larger;
  out->room = room;
  return true;
}

void wave_out_bytes(struct wave_out *out, const void *bytes, size_t size) {
  if (!reserve(out, size)) return;
  if (size > 0) memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
  out->bytes[out->size] = '\0';
}

void wave_out_text(struct wave_out *out, const char *text) {
  wave_out_bytes(out, text, strlen(text));
}

void wave_out_fill(struct wave_out *out, char character, size_t times) {
  if (!reserve(out, times)) return;
  memset(out->bytes + out->size, character, times);
  out->size += times;
  out->bytes[out->size] = '\0';
}

void wave_out_format(struct wave_out *out, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length >= 0 && reserve(out, (size_t)length)) {
    vsnprintf(out->bytes + out->size, (size_t)length + 1, format, again);
    out->size += (size_t)length;
  }
  va_end(again);
}

void wave_out_clear(struct wave_out *out) {
  out->size = 0;
  if (out->bytes != NULL) out->bytes[0] = '\0';
}

void wave_out_free(struct wave_out *out) {
  free(out->bytes);
  *out = (struct wave_out){0};
}

/* How many bytes follow the first of a character, and the least character that needs them. */
static int followers(unsigned char first, int32_t *least) {
  if (first < 0x80) return *least = 0, 0;
  if (first >= 0xc2 && first < 0xe0) return *least = 0x80, 1;
  if (first >= 0xe0 && first < 0xf0) return *least = 0x800, 2;
  if (first >= 0xf0 && first < 0xf5) return *least = 0x10000, 3;
  return -1;
}

int32_t wave_utf8(const char **text) {
  const unsigned char *at = (const unsigned char *)*text;
  int32_t least = 0;
  const int more = followers(*at, &least);
  *text += 1;
  if (more <= 0) return more < 0 ? -1 : *at;
  int32_t character = *at & (0x3f >> more);
  for (int i = 1; i <= more; i++) {
    if ((at[i] & 0xc0) != 0x80) return -1;
    character = character << 6 | (at[i] & 0x3f);
  }
  if (character < least || character > 0x10ffff || (character >= 0xd800 && character < 0xe000)) return -1;
  *text += more;
  return character;
}

static bool is_control(int32_t character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x61c ||
         (character >= 0x200b && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
         (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

static size_t columns_of(int32_t character) {
  if (is_control(character) || character < 0x300) return 1;
  if (character <= 0x36f || (character >= 0xfe00 && character <= 0xfe0f)) return 0;
  const bool wide = (character >= 0x1100 && character <= 0x115f) || (character >= 0x2e80 && character <= 0xa4cf) ||
                    (character >= 0xac00 && character <= 0xd7a3) || (character >= 0xf900 && character <= 0xfaff) ||
                    (character >= 0xfe30 && character <= 0xfe6f) || (character >= 0xff00 && character <= 0xff60) ||
                    (character >= 0x1f300 && character <= 0x1faff) || (character >= 0x20000 && character <= 0x3fffd);
  return wide ? 2 : 1;
}

size_t wave_columns(const char *text) {
  size_t columns = 0;
  while (*text != '\0') columns += columns_of(wave_utf8(&text));
  return columns;
}

static void clean_until(struct wave_out *out, const char *text, const char *end) {
  while (text < end) {
    const char *from = text;
    if (is_control(wave_utf8(&text)))
      wave_out_fill(out, '?', 1);
    else
      wave_out_bytes(out, from, (size_t)(text - from));
  }
}

void wave_out_clean(struct wave_out *out, const char *text) {
  clean_until(out, text, text + strlen(text));
}

size_t wave_out_fit(struct wave_out *out, const char *text, size_t columns, bool keep_end) {
  size_t has = wave_columns(text);
  if (has <= columns) {
    wave_out_clean(out, text);
    return has;
  }
  if (columns < 3) {
    wave_out_fill(out, '.', columns);
    return columns;
  }
  if (keep_end) {
    while (has > columns - 2) has -= columns_of(wave_utf8(&text));
    wave_out_text(out, "..");
    wave_out_clean(out, text);
    return has + 2;
  }
  const char *end = text;
  for (has = 0;;) {
    const char *next = end;
    const size_t more = columns_of(wave_utf8(&next));
    if (has + more > columns - 2) break;
    has += more;
    end = next;
  }
  clean_until(out, text, end);
  wave_out_text(out, "..");
  return has + 2;
}

void wave_out_json(struct wave_out *out, const char *text) {
  if (text == NULL) {
    wave_out_text(out, "null");
    return;
  }
  wave_out_fill(out, '"', 1);
  while (*text != '\0') {
    const char *from = text;
    const int32_t character = wave_utf8(&text);
    if (character < 0)
      wave_out_text(out, "\\ufffd");
    else if (character == '"' || character == '\\')
      wave_out_format(out, "\\%c", (int)character);
    else if (character == '<' || character == '>' || character == '&' || (is_control(character) && character < 0x10000))
      wave_out_format(out, "\\u%04x", (unsigned)character);
    else
      wave_out_bytes(out, from, (size_t)(text - from));
  }
  wave_out_fill(out, '"', 1);
}

static const char *xml_entity(int32_t character) {
  switch (character) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  case '\t':
    return "&#9;";
  case '\n':
    return "\n";
  default:
    break;
  }
  return character < 0x20 || is_control(character) || character == 0xfffe || character == 0xffff ? "\xef\xbf\xbd" : NULL;
}

void wave_out_xml(struct wave_out *out, const char *text) {
  while (*text != '\0') {
    const char *from = text;
    const char *entity = xml_entity(wave_utf8(&text));
    if (entity != NULL)
      wave_out_text(out, entity);
    else
      wave_out_bytes(out, from, (size_t)(text - from));
  }
}

void wave_out_shell(struct wave_out *out, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=@%+";
  if (*word != '\0' && word[strspn(word, plain)] == '\0') {
    wave_out_text(out, word);
    return;
  }
  wave_out_fill(out, '\'', 1);
  for (; *word != '\0'; word++)
    if (*word == '\'')
      wave_out_text(out, "'\\''");
    else
      wave_out_bytes(out, word, 1);
  wave_out_fill(out, '\'', 1);
}

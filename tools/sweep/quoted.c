/* SPDX-License-Identifier: Apache-2.0 */
#include "quoted.h"

#include <stdbool.h>
#include <string.h>

void quoted_put(FILE *out, const char *text) {
  putc('"', out);
  for (; *text != '\0'; text++) {
    const unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\')
      fprintf(out, "\\%c", byte);
    else if (byte < ' ' || byte == 0x7F)
      fprintf(out, "\\u%04x", byte);
    else
      putc(byte, out);
  }
  putc('"', out);
}

/* Behind the text that begins here. */
static const char *behind_text(const char *at) {
  for (at++; *at != '"' && *at != '\0'; at++) at += *at == '\\' && at[1] != '\0';
  return *at == '"' ? at + 1 : at;
}

/* The comma or brace that ends the value which begins here. */
static const char *behind_value(const char *at) {
  unsigned depth = 0;
  while (*at != '\0' && (depth > 0 || strchr(",}]", *at) == NULL)) {
    if (*at == '"') {
      at = behind_text(at);
      continue;
    }
    depth += *at == '{' || *at == '[';
    depth -= *at == '}' || *at == ']';
    at++;
  }
  return at;
}

static bool is_one_of(const char *name, const char *const *names) {
  for (; *names != NULL; names++) {
    if (strncmp(name + 1, *names, strlen(*names)) == 0 && name[1 + strlen(*names)] == '"') return true;
  }
  return false;
}

static void put(FILE *out, const char *from, const char *to) {
  while (from < to) {
    const char *next = *from == '"' ? behind_text(from) : from + 1;
    if (strchr(" \n", *from) == NULL) fwrite(from, 1, (size_t)(next - from), out);
    from = next;
  }
}

void quoted_put_compact(FILE *out, const char *object, const char *const *left_out) {
  bool first = true;
  putc('{', out);
  for (const char *at = strchr(object, '"'); at != NULL && *at == '"';) {
    const char *end = behind_value(at);
    if (!is_one_of(at, left_out)) {
      if (!first) putc(',', out);
      put(out, at, end);
      first = false;
    }
    at = *end == ',' ? strchr(end, '"') : NULL;
  }
  putc('}', out);
}

/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "argument.h"

#include <string.h>
#include <unistd.h>

static bool append(char *out, const char *text, size_t length) {
  const size_t at = strlen(out);
  if (at + length >= ARGUMENT_BYTES) return false;
  memcpy(out + at, text, length);
  out[at + length] = '\0';
  return true;
}

static bool append_path(char *out, const char *path, size_t length) {
  char here[ARGUMENT_BYTES];
  if (length == 0 || path[0] == '/') return append(out, path, length);
  if (getcwd(here, sizeof here) == NULL) return false;
  return append(out, here, strlen(here)) && append(out, "/", 1) && append(out, path, length);
}

static bool is_blank(char letter) {
  return letter == ' ' || letter == '\t';
}

bool argument_from_here(const char *before, const char *text, char out[ARGUMENT_BYTES]) {
  static const char *const of_path[] = {"-y", "-v", "-f", "-F"}, incdir[] = "+incdir+";
  const size_t length = strlen(text);
  out[0] = '\0';
  if (length == 0 || strpbrk(text, "#\r\n") != NULL || is_blank(text[0]) || is_blank(text[length - 1])) return false;
  for (size_t i = 0; before != NULL && i < sizeof of_path / sizeof *of_path; i++) {
    if (strcmp(before, of_path[i]) == 0) return append_path(out, text, length);
  }
  if (strncmp(text, "-I", 2) == 0) return append(out, "-I", 2) && append_path(out, text + 2, length - 2);
  if (strncmp(text, incdir, strlen(incdir)) != 0) return append(out, text, length);
  if (!append(out, incdir, strlen(incdir) - 1)) return false;
  for (text += strlen(incdir) - 1; *text == '+'; text += strcspn(text, "+")) {
    text++;
    if (!append(out, "+", 1) || !append_path(out, text, strcspn(text, "+"))) return false;
  }
  return true;
}

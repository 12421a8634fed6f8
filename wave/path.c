/* SPDX-License-Identifier: Apache-2.0 */
#include "match.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The scopes above a name and the name itself, written from its end: scopes may be nested as deep as a file likes. dot: one stands between
 * the name and what is above it; an element of an array, "[3]", needs none. Returns the length; without room for it the text is empty. */
static size_t path_to(const struct wave_decl *decl, uint32_t scope, const char *name, bool dot, char *text, size_t size) {
  const size_t own = strlen(name);
  size_t length = own;
  bool dotted = dot;
  for (uint32_t i = scope; i != WAVE_NONE; i = decl->scopes[i].parent) {
    const char *above = decl->names + decl->scopes[i].name;
    if (*above == '\0') continue;
    length += strlen(above) + dotted;
    dotted = *above != '[';
  }
  if (length >= size) {
    if (size > 0) text[0] = '\0';
    return length;
  }
  char *at = text + length - own;
  memcpy(at, name, own + 1);
  for (uint32_t i = scope; at > text; i = decl->scopes[i].parent) {
    const char *above = decl->names + decl->scopes[i].name;
    const size_t n = strlen(above);
    if (n == 0) continue;
    if (dot) *--at = '.';
    at -= n;
    memcpy(at, above, n);
    dot = *above != '[';
  }
  return length;
}

char *wave_full_scope(const struct wave_decl *decl, uint32_t scope) {
  const size_t size = path_to(decl, scope, "", false, NULL, 0) + 1;
  char *text = wave_malloc(size);
  if (text != NULL) path_to(decl, scope, "", false, text, size);
  return text;
}

size_t wave_path(const struct wave_decl *decl, uint32_t var, char *text, size_t size) {
  const char *name = decl->names + decl->vars[var].name;
  return path_to(decl, decl->vars[var].scope, name, *name != '[', text, size);
}

char *wave_full_path(const struct wave_decl *decl, uint32_t var) {
  const struct wave_var *about = &decl->vars[var];
  size_t length = wave_path(decl, var, NULL, 0) + 32;
  char *text = wave_malloc(length);
  if (text == NULL) return NULL;
  size_t used = wave_path(decl, var, text, length);
  if (about->ranged) snprintf(text + used, length - used, "[%d:%d]", about->msb, about->lsb);
  return text;
}

uint32_t wave_depth(const struct wave_decl *decl, uint32_t var) {
  uint32_t depth = 0;
  for (uint32_t scope = decl->vars[var].scope; scope != WAVE_NONE; scope = decl->scopes[scope].parent) depth++;
  return depth;
}

uint32_t wave_find(const struct wave_decl *decl, const char *path) {
  size_t length = strlen(path);
  char *text = wave_malloc(length + 64);
  uint32_t found = WAVE_NONE;
  for (uint32_t i = 0; text != NULL && i < decl->n_vars && found == WAVE_NONE; i++) {
    size_t used = wave_path(decl, i, text, length + 32);
    if (used > length) continue;
    if (strcmp(text, path) == 0) found = i;
    if (used < length && path[used] == '[' && memcmp(text, path, used) == 0 && decl->vars[i].ranged) {
      snprintf(text + used, 32, "[%d:%d]", decl->vars[i].msb, decl->vars[i].lsb);
      if (strcmp(text, path) == 0) found = i;
    }
  }
  free(text);
  return found;
}

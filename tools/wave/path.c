/* SPDX-License-Identifier: Apache-2.0 */
#include "match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t add(char *text, size_t size, size_t used, const char *more) {
  size_t length = strlen(more);
  if (used < size) {
    size_t room = size - used - 1, n = length < room ? length : room;
    memcpy(text + used, more, n);
    text[used + n] = '\0';
  }
  return used + length;
}

/* Adds a name below what there is; an element of an array, "[3]", needs no dot. */
static size_t add_below(char *text, size_t size, size_t used, const char *name) {
  if (used > 0 && *name != '[') used = add(text, size, used, ".");
  return add(text, size, used, name);
}

static size_t scope_path(const struct wave_decl *decl, uint32_t scope, char *text, size_t size) {
  if (size > 0) text[0] = '\0';
  if (scope == WAVE_NONE) return 0;
  size_t used = scope_path(decl, decl->scopes[scope].parent, text, size);
  const char *name = decl->names + decl->scopes[scope].name;
  return *name == '\0' ? used : add_below(text, size, used, name);
}

char *wave_full_scope(const struct wave_decl *decl, uint32_t scope) {
  size_t size = scope_path(decl, scope, NULL, 0) + 1;
  char *text = malloc(size);
  if (text != NULL) scope_path(decl, scope, text, size);
  return text;
}

size_t wave_path(const struct wave_decl *decl, uint32_t var, char *text, size_t size) {
  return add_below(text, size, scope_path(decl, decl->vars[var].scope, text, size), decl->names + decl->vars[var].name);
}

char *wave_full_path(const struct wave_decl *decl, uint32_t var) {
  const struct wave_var *about = &decl->vars[var];
  size_t length = wave_path(decl, var, NULL, 0) + 32;
  char *text = malloc(length);
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
  char *text = malloc(length + 64);
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

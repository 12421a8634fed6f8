/* SPDX-License-Identifier: Apache-2.0 */
#include "glob.h"
#include "memory.h"
#include "rules.h"

#include <stdlib.h>
#include <string.h>

bool wave_rule_fits(const struct wave_rule *rule, const char *path, size_t length) {
  for (size_t k = 0; rule->globs[k] != NULL; k++)
    if (wave_glob_fits(rule->globs[k], &rule->shapes[k], path, length)) return true;
  return false;
}

const struct wave_rule *wave_rules_find(const struct wave_rules *rules, const char *path) {
  const size_t length = strlen(path);
  for (uint32_t i = 0; i < rules->n_rules; i++) {
    if (wave_rule_fits(&rules->rules[i], path, length)) return &rules->rules[i];
  }
  return NULL;
}

/* The scope itself, what is below it, or an element of it. */
static char *move_prefix(const struct wave_rename *rename, const char *path) {
  const size_t from = strlen(rename->from), to = strlen(rename->to);
  if (strncmp(path, rename->from, from) != 0 || strchr(".[", path[from]) == NULL) return NULL;
  const size_t rest = strlen(path + from);
  char *moved = wave_malloc(to + rest + 1);
  if (moved == NULL) return NULL;
  memcpy(moved, rename->to, to);
  memcpy(moved + to, path + from, rest + 1);
  return moved;
}

/* The other glob with what the wildcards stood for put in. */
static char *fill(const char *glob, const char *path, const struct wave_capture *captures) {
  char *filled = wave_malloc(strlen(glob) + strlen(path) + 1), *out = filled;
  if (filled == NULL) return NULL;
  while (*glob != '\0') {
    const size_t length = wave_wildcard_length(glob);
    if (length == 0) {
      *out++ = *glob++;
      continue;
    }
    memcpy(out, path + captures->begin, captures->end - captures->begin);
    out += captures->end - captures->begin;
    captures++;
    glob += length;
  }
  *out = '\0';
  return filled;
}

char *wave_rules_rename(const struct wave_rules *rules, const char *path) {
  uint32_t which;
  return wave_rules_rename_by(rules, path, &which);
}

char *wave_rules_rename_by(const struct wave_rules *rules, const char *path, uint32_t *which) {
  struct wave_capture captures[WAVE_WILDCARDS_MAX];
  for (uint32_t i = 0; i < rules->n_renames; i++) {
    const struct wave_rename *rename = &rules->renames[i];
    *which = i;
    char *moved = rename->prefix ? move_prefix(rename, path) : NULL;
    if (!rename->prefix && wave_glob_captures(rename->from, path, captures)) return fill(rename->to, path, captures);
    if (moved != NULL) return moved;
  }
  return NULL;
}

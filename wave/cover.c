/* SPDX-License-Identifier: Apache-2.0 */
#include "cover.h"
#include "memory.h"

#include "match.h"

#include <stdlib.h>
#include <string.h>

static uint32_t scope_of(const struct wave_decl *decl, uint32_t var) {
  return decl->vars[var].scope == WAVE_NONE ? decl->n_scopes : decl->vars[var].scope;
}

/* What one part has. A variable of another width or type is there: a comparison tells what is wrong with it. */
static void count_part(struct wave_cover *cover, const struct wave_names *golden, uint32_t part) {
  const struct wave_decl *decl = golden->decl;
  for (uint32_t i = 0; i < decl->n_vars; i++) {
    if (golden->fate[i] == WAVE_EXCLUDED) {
      cover->of_var[i] = WAVE_NONE;
    } else if (golden->fate[i] != WAVE_UNMATCHED) {
      cover->of_var[i]++;
      cover->of_scope[(size_t)scope_of(decl, i) * cover->n_parts + part]++;
    }
  }
}

static void count_all(struct wave_cover *cover) {
  const struct wave_decl *decl = &cover->golden->decl;
  for (uint32_t i = 0; i < decl->n_vars; i++) {
    if (cover->of_var[i] == WAVE_NONE) continue;
    cover->variables[scope_of(decl, i)]++;
    *(cover->of_var[i] == 0 ? &cover->in_none : cover->of_var[i] == 1 ? &cover->in_one : &cover->in_several) += 1;
  }
}

static enum wave_status add_part(struct wave_cover *cover, const char *path, uint32_t part, const struct wave_rules *rules,
                                 struct wave_error *error) {
  struct wave_source *source;
  struct wave_match match;
  if (wave_open(&source, path, error) != WAVE_OK) return WAVE_ERROR;
  enum wave_status status = wave_match(&match, &cover->golden->decl, &source->decl, rules, error);
  if (status == WAVE_OK) {
    count_part(cover, &match.golden, part);
    wave_match_free(&match);
  }
  wave_close(source);
  return status;
}

enum wave_status wave_cover_make(struct wave_cover *cover, const char *golden, const char *const *parts, uint32_t n,
                                 const struct wave_rules *rules, struct wave_error *error) {
  *cover = (struct wave_cover){.n_parts = n};
  if (wave_open(&cover->golden, golden, error) != WAVE_OK) {
    cover->golden = NULL;
    return WAVE_ERROR;
  }
  const size_t scopes = (size_t)cover->golden->decl.n_scopes + 1;
  cover->of_var = wave_calloc(cover->golden->decl.n_vars + (size_t)1, sizeof *cover->of_var);
  cover->variables = wave_calloc(scopes, sizeof *cover->variables);
  cover->of_scope = wave_calloc(scopes * n + 1, sizeof *cover->of_scope);
  if (cover->of_var == NULL || cover->variables == NULL || cover->of_scope == NULL) return wave_fail(error, "out of memory");
  for (uint32_t i = 0; i < n; i++) {
    if (add_part(cover, parts[i], i, rules, error) != WAVE_OK) return WAVE_ERROR;
  }
  count_all(cover);
  return WAVE_OK;
}

void wave_cover_free(struct wave_cover *cover) {
  if (cover->golden != NULL) wave_close(cover->golden);
  free(cover->of_var);
  free(cover->variables);
  free(cover->of_scope);
  *cover = (struct wave_cover){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "fst_hierarchy.h"
#include "memory.h"

#include "chain.h"

#include <stdlib.h>
#include <string.h>

/* What marks an entry that is no variable. */
enum { entry_scope = 254, entry_up = 255 };

/* Per scope, and one more for what stands outside of any: its scopes and variables as linked lists, in the order of declaration. */
struct lists {
  uint32_t *first_scope, *next_scope, *first_var, *next_var;
  uint32_t *number; /* of each handle in the file, from 1; 0: not yet */
};

void fst_varint(struct wave_out *out, uint64_t value) {
  uint8_t bytes[10];
  wave_out_bytes(out, bytes, (size_t)(wave_put_varint(bytes, value) - bytes));
}

static uint32_t *fill(uint32_t count, uint32_t value) {
  uint32_t *array = wave_malloc(((size_t)count + 1) * sizeof *array);
  for (uint32_t i = 0; array != NULL && i <= count; i++) array[i] = value;
  return array;
}

static void free_lists(struct lists *lists) {
  free(lists->first_scope);
  free(lists->next_scope);
  free(lists->first_var);
  free(lists->next_var);
  free(lists->number);
}

static bool make_lists(struct lists *lists, const struct wave_decl *decl) {
  lists->first_scope = fill(decl->n_scopes, WAVE_NONE);
  lists->next_scope = fill(decl->n_scopes, WAVE_NONE);
  lists->first_var = fill(decl->n_scopes, WAVE_NONE);
  lists->next_var = fill(decl->n_vars, WAVE_NONE);
  lists->number = fill(decl->n_handles, 0);
  if (lists->first_scope == NULL || lists->next_scope == NULL || lists->first_var == NULL || lists->next_var == NULL ||
      lists->number == NULL)
    return false;
  for (uint32_t i = decl->n_scopes; i-- > 0;) {
    const uint32_t parent = decl->scopes[i].parent == WAVE_NONE ? decl->n_scopes : decl->scopes[i].parent;
    lists->next_scope[i] = lists->first_scope[parent];
    lists->first_scope[parent] = i;
  }
  for (uint32_t i = decl->n_vars; i-- > 0;) {
    const uint32_t scope = decl->vars[i].scope == WAVE_NONE ? decl->n_scopes : decl->vars[i].scope;
    lists->next_var[i] = lists->first_var[scope];
    lists->first_var[scope] = i;
  }
  return true;
}

static bool is_real_type(uint8_t type) {
  return type == FST_REAL || type == 4 || type == 20 || type == 29;
}

/* A reader takes the kind of values from the type, so both have to agree. */
static uint8_t type_of(const struct wave_var *var, enum wave_kind kind) {
  const uint8_t type = var->type < FST_TYPES ? var->type : FST_WIRE;
  switch (kind) {
  case WAVE_REAL:
    return is_real_type(type) ? type : FST_REAL;
  case WAVE_STRING:
    return FST_STRING;
  case WAVE_EVENT:
    return FST_EVENT;
  case WAVE_PORT:
    return FST_PORT;
  case WAVE_BITS:
    break;
  }
  return type == FST_EVENT || type == FST_STRING || type == FST_PORT || is_real_type(type) ? FST_WIRE : type;
}

static uint32_t length_of(const struct wave_handle *handle) {
  return handle->kind == WAVE_REAL ? 8 : handle->kind == WAVE_STRING ? 0 : handle->kind == WAVE_EVENT ? 1 : handle->width;
}

static void add_geometry(struct fst_hierarchy *hierarchy, const struct wave_handle *handle) {
  fst_varint(&hierarchy->geometry, handle->kind == WAVE_REAL ? 0 : handle->kind == WAVE_STRING ? UINT32_MAX : length_of(handle));
}

static void add_var(struct fst_hierarchy *hierarchy, struct lists *lists, const struct wave_decl *decl, uint32_t index) {
  const struct wave_var *var = &decl->vars[index];
  const struct wave_handle *handle = &decl->handles[var->handle];
  struct wave_out *out = &hierarchy->scopes;
  const uint8_t head[2] = {type_of(var, (enum wave_kind)handle->kind), var->direction < 6 ? var->direction : 0};
  wave_out_bytes(out, head, sizeof head);
  wave_out_text(out, decl->names + var->name);
  if (var->ranged) wave_out_format(out, " [%ld:%ld]", (long)var->msb, (long)var->lsb);
  wave_out_fill(out, '\0', 1);
  fst_varint(out, length_of(handle));
  fst_varint(out, lists->number[var->handle]);
  hierarchy->n_vars++;
  if (lists->number[var->handle] != 0) return;
  hierarchy->order[hierarchy->n_handles++] = var->handle;
  lists->number[var->handle] = hierarchy->n_handles;
  add_geometry(hierarchy, handle);
}

static void add_vars(struct fst_hierarchy *hierarchy, struct lists *lists, const struct wave_decl *decl, uint32_t scope) {
  for (uint32_t var = lists->first_var[scope]; var != WAVE_NONE; var = lists->next_var[var]) add_var(hierarchy, lists, decl, var);
}

static void enter(struct fst_hierarchy *hierarchy, struct lists *lists, const struct wave_decl *decl, uint32_t scope) {
  const uint8_t head[2] = {entry_scope, decl->scopes[scope].type < FST_SCOPES ? decl->scopes[scope].type : 0};
  wave_out_bytes(&hierarchy->scopes, head, sizeof head);
  wave_out_text(&hierarchy->scopes, decl->names + decl->scopes[scope].name);
  wave_out_fill(&hierarchy->scopes, '\0', 2);
  hierarchy->n_scopes++;
  add_vars(hierarchy, lists, decl, scope);
}

/* Depth first without recursion: declarations may be nested as deep as a file likes. */
static void walk(struct fst_hierarchy *hierarchy, struct lists *lists, const struct wave_decl *decl) {
  uint32_t scope = lists->first_scope[decl->n_scopes];
  add_vars(hierarchy, lists, decl, decl->n_scopes);
  while (scope != WAVE_NONE) {
    enter(hierarchy, lists, decl, scope);
    uint32_t next = lists->first_scope[scope];
    while (next == WAVE_NONE && scope != WAVE_NONE) {
      wave_out_fill(&hierarchy->scopes, (char)entry_up, 1);
      next = lists->next_scope[scope];
      scope = decl->scopes[scope].parent;
    }
    scope = next;
  }
}

bool fst_hierarchy_make(struct fst_hierarchy *hierarchy, const struct wave_decl *decl) {
  struct lists lists = {0};
  *hierarchy = (struct fst_hierarchy){.order = fill(decl->n_handles, 0)};
  const bool made = make_lists(&lists, decl) && hierarchy->order != NULL;
  if (made) walk(hierarchy, &lists, decl);
  free_lists(&lists);
  return made && !hierarchy->scopes.failed && !hierarchy->geometry.failed;
}

void fst_hierarchy_free(struct fst_hierarchy *hierarchy) {
  wave_out_free(&hierarchy->scopes);
  wave_out_free(&hierarchy->geometry);
  free(hierarchy->order);
  *hierarchy = (struct fst_hierarchy){0};
}

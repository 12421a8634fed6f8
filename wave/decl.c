/* SPDX-License-Identifier: Apache-2.0 */
#include "decl.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void wave_decl_init(struct wave_decl *decl) {
  memset(decl, 0, sizeof *decl);
}

void wave_decl_free(struct wave_decl *decl) {
  free(decl->scopes);
  free(decl->vars);
  free(decl->handles);
  free(decl->names);
  memset(decl, 0, sizeof *decl);
}

/* Makes room for one more of a growing array; doubling keeps the cost per item constant. */
static void *room_for_one(void *array, uint32_t used, uint32_t *size, size_t item) {
  if (used < *size) return array;
  if (used >= WAVE_NONE / 2) return NULL;
  uint32_t larger = *size == 0 ? 64 : *size * 2;
  void *moved = wave_realloc(array, larger * item);
  if (moved != NULL) *size = larger;
  return moved;
}

static uint32_t add_name(struct wave_decl *decl, const char *name, size_t length) {
  size_t need = decl->names_used + length + 1;
  if (need >= WAVE_NONE) return WAVE_NONE;
  if (need > decl->names_size) {
    size_t larger = decl->names_size * 2 > need ? decl->names_size * 2 : need + 1024;
    char *moved = wave_realloc(decl->names, larger);
    if (moved == NULL) return WAVE_NONE;
    decl->names = moved;
    decl->names_size = larger;
  }
  uint32_t place = (uint32_t)decl->names_used;
  if (length > 0) memcpy(decl->names + place, name, length);
  decl->names[place + length] = '\0';
  decl->names_used = need;
  return place;
}

static void trim(const char **name, size_t *length) {
  if (*length > 0 && (*name)[0] == '\\') {
    (*name)++;
    (*length)--;
  }
  while (*length > 0 && ((*name)[*length - 1] == ' ' || (*name)[*length - 1] == '\n')) (*length)--;
}

uint32_t wave_decl_scope(struct wave_decl *decl, uint32_t parent, uint8_t type, const char *name, size_t length) {
  trim(&name, &length);
  if (length == 4 && memcmp(name, "$end", 4) == 0) length = 0; /* how a converter takes a scope without a name */
  /* The scope last opened is the likely one; an older one is found when the variables are matched, by path. */
  for (uint32_t i = decl->n_scopes, looked = 0; i-- > 0 && looked < 4; looked++) {
    const struct wave_scope *scope = &decl->scopes[i];
    const char *known = decl->names + scope->name;
    if (scope->parent == parent && strlen(known) == length && memcmp(known, name, length) == 0) return i;
  }
  void *moved = room_for_one(decl->scopes, decl->n_scopes, &decl->scopes_size, sizeof *decl->scopes);
  if (moved == NULL) return WAVE_NONE;
  decl->scopes = moved;
  uint32_t place = add_name(decl, name, length);
  if (place == WAVE_NONE) return WAVE_NONE;
  decl->scopes[decl->n_scopes] = (struct wave_scope){.parent = parent, .name = place, .type = type};
  return decl->n_scopes++;
}

uint32_t wave_decl_handle(struct wave_decl *decl, enum wave_kind kind, uint32_t width) {
  if (width > WAVE_WIDTH_MAX) return WAVE_NONE;
  void *moved = room_for_one(decl->handles, decl->n_handles, &decl->handles_size, sizeof *decl->handles);
  if (moved == NULL) return WAVE_NONE;
  decl->handles = moved;
  decl->handles[decl->n_handles] = (struct wave_handle){.width = width, .kind = (uint8_t)kind};
  return decl->n_handles++;
}

/* Reads an int before a place, as the 7 in "[7:0": where it begins, or NULL. */
static const char *int_before(const char *begin, const char *end, int32_t *value) {
  const char *at = end;
  int64_t sum = 0, scale = 1;
  while (at > begin && at[-1] >= '0' && at[-1] <= '9' && end - at < 10) {
    sum += (at[-1] - '0') * scale;
    scale *= 10;
    at--;
  }
  if (at == end || sum > INT32_MAX) return NULL;
  if (at > begin && at[-1] == '-') {
    at--;
    sum = -sum;
  }
  *value = (int32_t)sum;
  return at;
}

/* Where the index at the end of a text begins, "[3]" or "(3)", with the blanks before it; length when there is none behind a name. */
static size_t index_begin(const char *text, size_t length) {
  int32_t index;
  if (length < 4 || (text[length - 1] != ']' && text[length - 1] != ')')) return length;
  const char *at = int_before(text, text + length - 1, &index);
  if (at == NULL || at <= text + 1 || at[-1] != (text[length - 1] == ']' ? '[' : '(')) return length;
  size_t left = (size_t)(at - 1 - text);
  while (left > 0 && text[left - 1] == ' ') left--;
  return left > 0 ? left : length;
}

/* Rewrites the indices at the end, as in " [3] [2]" or "(3)(2)", as "[3][2]". Returns the new length. */
static size_t canonical_index(char *text, size_t length) {
  size_t begin = length;
  for (size_t left = index_begin(text, begin); left < begin; left = index_begin(text, begin)) begin = left;
  size_t used = begin;
  for (size_t i = begin; i < length; i++) {
    if (text[i] == ' ') continue;
    text[used++] = (char)(text[i] == '(' ? '[' : text[i] == ')' ? ']' : text[i]);
  }
  return used;
}

/* Splits "[msb:lsb]" off the end. Returns the length left. */
static size_t split_range(char *text, size_t length, struct wave_var *var) {
  int32_t msb, lsb;
  if (length < 6 || text[length - 1] != ']') return length;
  const char *at = int_before(text, text + length - 1, &lsb);
  if (at == NULL || at <= text || at[-1] != ':') return length;
  at = int_before(text, at - 1, &msb);
  if (at == NULL || at <= text + 1 || at[-1] != '[') return length;
  var->ranged = true;
  var->msb = msb;
  var->lsb = lsb;
  size_t left = (size_t)(at - 1 - text);
  while (left > 0 && text[left - 1] == ' ') left--;
  return left > 0 ? left : length;
}

uint32_t wave_decl_var(struct wave_decl *decl, uint32_t scope, uint8_t type, uint8_t direction, const char *name, size_t length,
                       uint32_t handle) {
  trim(&name, &length);
  void *moved = room_for_one(decl->vars, decl->n_vars, &decl->vars_size, sizeof *decl->vars);
  if (moved == NULL) return WAVE_NONE;
  decl->vars = moved;
  struct wave_var *var = &decl->vars[decl->n_vars];
  *var = (struct wave_var){.scope = scope, .handle = handle, .type = type, .direction = direction};
  var->name = add_name(decl, name, length);
  if (var->name == WAVE_NONE) return WAVE_NONE;
  size_t left = split_range(decl->names + var->name, length, var);
  left = canonical_index(decl->names + var->name, left);
  decl->names[var->name + left] = '\0';
  decl->names_used = var->name + left + 1;
  return decl->n_vars++;
}

void wave_decl_set_unit(struct wave_decl *decl, int exponent) {
  decl->timescale_exponent = exponent - (int)decl->unit_places;
  decl->timescale_known = true;
  decl->tick_divisor = decl->unit_mantissa;
}

static const char *const type_words[] = {
    "event", "integer", "parameter", "real",     "real_parameter", "reg",  "supply0", "supply1",   "time",    "tri",      "triand",
    "trior", "trireg",  "tri0",      "tri1",     "wand",           "wire", "wor",     "port",      "sparray", "realtime", "string",
    "bit",   "logic",   "int",       "shortint", "longint",        "byte", "enum",    "shortreal",
};
enum { N_TYPES = sizeof type_words / sizeof type_words[0] };

uint8_t wave_type_of_word(const char *word, size_t length) {
  for (uint8_t i = 0; i < N_TYPES; i++) {
    if (strlen(type_words[i]) == length && memcmp(type_words[i], word, length) == 0) return i;
  }
  return WAVE_TYPE_UNKNOWN;
}

enum wave_kind wave_kind_of_type(uint8_t type, uint32_t width) {
  switch (type) {
  case 0:
    return WAVE_EVENT;
  case 3:
  case 4:
  case 20:
  case 29:
    return WAVE_REAL;
  case 18:
    return WAVE_PORT;
  case 21:
    return WAVE_STRING;
  default:
    return width == 0 ? WAVE_STRING : WAVE_BITS;
  }
}

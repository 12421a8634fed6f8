/* SPDX-License-Identifier: Apache-2.0 */
#include "match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Golden's variables by path: open addressing on the path's hash; variables of one path hang on each other in the order of declaration. */
struct table {
  const struct wave_decl *decl;
  const struct wave_rules *renames; /* of new: paths are those that the renames give; NULL: as declared */
  uint32_t *slots;                  /* the first variable of a path, or WAVE_NONE */
  uint32_t *next;                   /* of each variable: the next of the same path */
  uint32_t *last;                   /* of the first: the last */
  uint64_t *hash;                   /* of each variable */
  uint32_t mask;
};

static uint64_t hash_of(const char *text, size_t length) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
  return hash ^ hash >> 29;
}

/* A path in memory that grows. */
struct path {
  char *text;
  size_t size, length;
};

static bool path_of(struct path *path, const struct wave_decl *decl, uint32_t var) {
  path->length = wave_path(decl, var, path->text, path->size);
  if (path->length < path->size) return true;
  char *larger = realloc(path->text, path->length * 2 + 64);
  if (larger == NULL) return false;
  path->text = larger;
  path->size = path->length * 2 + 64;
  wave_path(decl, var, path->text, path->size);
  return true;
}

/* The path that a variable goes by in a comparison. */
static bool table_path(const struct table *table, struct path *path, uint32_t var) {
  if (!path_of(path, table->decl, var)) return false;
  char *renamed = table->renames == NULL ? NULL : wave_rules_rename(table->renames, path->text);
  if (renamed == NULL) return true;
  free(path->text);
  path->text = renamed;
  path->length = strlen(renamed);
  path->size = path->length + 1;
  return true;
}

/* The slot of a path: where its first variable stands, or would. */
static uint32_t slot_of(const struct table *table, const char *path, size_t length, uint64_t hash, struct path *room) {
  for (uint32_t slot = (uint32_t)hash & table->mask;; slot = (slot + 1) & table->mask) {
    uint32_t var = table->slots[slot];
    if (var == WAVE_NONE) return slot;
    if (table->hash[var] != hash) continue;
    if (table_path(table, room, var) && room->length == length && memcmp(room->text, path, length) == 0) return slot;
  }
}

static bool table_make(struct table *table, const struct wave_decl *decl, const struct wave_rules *renames, struct path *path,
                       struct path *room) {
  uint32_t size = 64;
  while (size < decl->n_vars * (uint64_t)2) size *= 2;
  *table = (struct table){.decl = decl, .mask = size - 1};
  if (renames != NULL && renames->n_renames > 0) table->renames = renames;
  table->slots = malloc(size * sizeof *table->slots);
  table->next = malloc((decl->n_vars + 1) * sizeof *table->next);
  table->last = malloc((decl->n_vars + 1) * sizeof *table->last);
  table->hash = malloc((decl->n_vars + 1) * sizeof *table->hash);
  if (table->slots == NULL || table->next == NULL || table->last == NULL || table->hash == NULL) return false;
  memset(table->slots, 0xff, size * sizeof *table->slots);
  for (uint32_t i = 0; i < decl->n_vars; i++) {
    if (!table_path(table, path, i)) return false;
    table->hash[i] = hash_of(path->text, path->length);
    table->next[i] = WAVE_NONE;
    uint32_t slot = slot_of(table, path->text, path->length, table->hash[i], room);
    uint32_t first = table->slots[slot];
    if (first == WAVE_NONE) {
      table->slots[slot] = i;
      table->last[i] = i;
    } else {
      table->next[table->last[first]] = i;
      table->last[first] = i;
    }
  }
  return true;
}

static void table_free(struct table *table) {
  free(table->slots);
  free(table->next);
  free(table->last);
  free(table->hash);
}

static uint32_t first_of(const struct table *table, const char *path, size_t length, struct path *room) {
  return table->slots[slot_of(table, path, length, hash_of(path, length), room)];
}

/* What a match is made with. */
struct work {
  struct wave_match *match;
  const struct wave_rules *rules;
  struct table golden, fresh; /* fresh: by the paths that the renames give */
  uint32_t *golden_rule;      /* of each variable of golden, or WAVE_NONE */
  uint32_t *pair_slots;       /* pairs by both handles and rule */
  uint32_t pair_mask;
  struct path path, room;
};

static const struct wave_handle *handle_of(const struct wave_decl *decl, uint32_t var) {
  return &decl->handles[decl->vars[var].handle];
}

/* The name that a pair goes by is the one that is furthest up; of two at one height the first. */
static void prefer_name(struct wave_match *match, struct wave_pair *pair, uint32_t golden, uint32_t fresh) {
  if (wave_depth(match->golden.decl, golden) < wave_depth(match->golden.decl, pair->var)) {
    pair->var = golden;
    pair->new_var = fresh;
  }
}

static uint32_t pair_for(struct work *work, struct wave_pair wanted) {
  struct wave_match *match = work->match;
  uint64_t key[2] = {(uint64_t)wanted.golden << 32 | wanted.fresh, wanted.rule};
  uint32_t slot = (uint32_t)hash_of((const char *)key, sizeof key) & work->pair_mask;
  for (; work->pair_slots[slot] != WAVE_NONE; slot = (slot + 1) & work->pair_mask) {
    struct wave_pair *pair = &match->pairs[work->pair_slots[slot]];
    if (pair->golden == wanted.golden && pair->fresh == wanted.fresh && pair->rule == wanted.rule) {
      prefer_name(match, pair, wanted.var, wanted.new_var);
      return work->pair_slots[slot];
    }
  }
  match->pairs[match->n_pairs] = wanted;
  return work->pair_slots[slot] = match->n_pairs++;
}

/* Ports and strings are texts both; an event may be written as a bit by one tool and not by another. */
static bool kinds_fit(uint8_t golden, uint8_t fresh, uint8_t *kind) {
  *kind = golden;
  if (golden == fresh) return true;
  if ((golden == WAVE_EVENT && fresh == WAVE_BITS) || (golden == WAVE_BITS && fresh == WAVE_EVENT)) {
    *kind = WAVE_BITS;
    return true;
  }
  return false;
}

static void join(struct work *work, uint32_t golden, uint32_t fresh) {
  struct wave_match *match = work->match;
  const struct wave_handle *g = handle_of(match->golden.decl, golden), *n = handle_of(match->fresh.decl, fresh);
  struct wave_pair pair = {.golden = match->golden.decl->vars[golden].handle,
                           .fresh = match->fresh.decl->vars[fresh].handle,
                           .var = golden,
                           .new_var = fresh,
                           .rule = work->golden_rule[golden],
                           .width = g->width};
  enum wave_fate fate = WAVE_MATCHED;
  if (!kinds_fit(g->kind, n->kind, &pair.kind)) {
    fate = WAVE_OTHER_TYPE;
  } else if (g->width != n->width) {
    fate = WAVE_OTHER_WIDTH;
  } else {
    match->golden.pair[golden] = match->fresh.pair[fresh] = pair_for(work, pair);
  }
  match->golden.fate[golden] = match->fresh.fate[fresh] = (uint8_t)fate;
  match->golden.other[golden] = fresh;
  match->fresh.other[fresh] = golden;
}

static bool same_range(const struct wave_var *a, const struct wave_var *b) {
  return a->ranged == b->ranged && (!a->ranged || (a->msb == b->msb && a->lsb == b->lsb));
}

/* The first free variable of golden under a path that fits: 0 same range and width, 1 same width, 2 any. */
static uint32_t free_golden(const struct work *work, uint32_t first, uint32_t fresh, int looseness) {
  const struct wave_match *match = work->match;
  for (uint32_t i = first; i != WAVE_NONE; i = work->golden.next[i]) {
    if (match->golden.fate[i] != WAVE_UNMATCHED) continue;
    bool width = handle_of(match->golden.decl, i)->width == handle_of(match->fresh.decl, fresh)->width;
    if (looseness == 2 || (width && (looseness == 1 || same_range(&match->golden.decl->vars[i], &match->fresh.decl->vars[fresh]))))
      return i;
  }
  return WAVE_NONE;
}

static bool fresh_path(struct work *work, uint32_t fresh) {
  return table_path(&work->fresh, &work->path, fresh);
}

static bool join_by_path(struct work *work, int looseness) {
  struct wave_match *match = work->match;
  for (uint32_t i = 0; i < match->fresh.decl->n_vars; i++) {
    if (match->fresh.fate[i] != WAVE_UNMATCHED) continue;
    if (!fresh_path(work, i)) return false;
    uint32_t first = first_of(&work->golden, work->path.text, work->path.length, &work->room);
    uint32_t golden = first == WAVE_NONE ? WAVE_NONE : free_golden(work, first, i, looseness);
    if (golden != WAVE_NONE) join(work, golden, i);
  }
  return true;
}

/* Bits of a vector: by the declared range, or width - 1 down to 0. */
static int32_t index_of_bit(const struct wave_var *var, uint32_t width, uint32_t bit) {
  if (!var->ranged) return (int32_t)(width - 1 - bit);
  return var->msb >= var->lsb ? var->msb - (int32_t)bit : var->msb + (int32_t)bit;
}

/* The free variable that holds a bit: one named "name[i]", or one of the same name whose range begins there. */
static uint32_t piece_at(struct work *work, const struct table *table, const struct wave_names *names, const char *path, int32_t index) {
  char *indexed = NULL;
  size_t length = strlen(path);
  uint32_t found = WAVE_NONE;
  for (uint32_t i = first_of(table, path, length, &work->room); i != WAVE_NONE && found == WAVE_NONE; i = table->next[i]) {
    const struct wave_var *var = &names->decl->vars[i];
    if (names->fate[i] == WAVE_UNMATCHED && var->ranged && var->msb == index) found = i;
  }
  if (found != WAVE_NONE || (indexed = malloc(length + 16)) == NULL) return found;
  snprintf(indexed, length + 16, "%s[%d]", path, index);
  for (uint32_t i = first_of(table, indexed, strlen(indexed), &work->room); i != WAVE_NONE && found == WAVE_NONE; i = table->next[i]) {
    if (names->fate[i] == WAVE_UNMATCHED && handle_of(names->decl, i)->width == 1) found = i;
  }
  free(indexed);
  return found;
}

static bool add_composite(struct wave_names *names, struct wave_composite composite) {
  struct wave_composite *moved = realloc(names->composites, (names->n_composites + 1) * sizeof *moved);
  if (moved == NULL) return false;
  names->composites = moved;
  names->composites[names->n_composites++] = composite;
  return true;
}

/* Looks for the pieces of a vector on the other side, and joins them as one signal when they are all there. */
static bool join_pieces(struct work *work, struct wave_names *whole, uint32_t var, struct wave_names *parts, const struct table *table,
                        const char *path) {
  struct wave_match *match = work->match;
  uint32_t width = handle_of(whole->decl, var)->width;
  if (width < 2 || handle_of(whole->decl, var)->kind != WAVE_BITS) return true;
  uint32_t most = width < parts->decl->n_vars ? width : parts->decl->n_vars; /* a header may claim any width */
  struct wave_composite composite = {.handles = malloc((most + (size_t)1) * sizeof *composite.handles), .width = width};
  uint32_t *vars = malloc((most + (size_t)1) * sizeof *vars);
  if (composite.handles == NULL || vars == NULL) goto out_of_memory;
  uint32_t bit = 0;
  while (bit < width) {
    uint32_t piece = piece_at(work, table, parts, path, index_of_bit(&whole->decl->vars[var], width, bit));
    if (piece == WAVE_NONE) break;
    const struct wave_handle *about = handle_of(parts->decl, piece);
    if (about->kind != WAVE_BITS || about->width > width - bit) break;
    parts->fate[piece] = WAVE_PIECE;
    vars[composite.n] = piece;
    composite.handles[composite.n++] = parts->decl->vars[piece].handle;
    bit += about->width;
  }
  if (bit < width || composite.n < 2) {
    for (uint32_t i = 0; i < composite.n; i++) parts->fate[vars[i]] = WAVE_UNMATCHED;
    free(composite.handles);
    free(vars);
    return true;
  }
  bool golden_whole = whole == &match->golden;
  uint32_t handle = parts->decl->n_handles + parts->n_composites;
  if (!add_composite(parts, composite)) goto out_of_memory;
  uint32_t golden = golden_whole ? var : vars[0], fresh = golden_whole ? vars[0] : var;
  struct wave_pair pair = {.golden = golden_whole ? whole->decl->vars[var].handle : handle,
                           .fresh = golden_whole ? handle : whole->decl->vars[var].handle,
                           .var = golden,
                           .new_var = fresh,
                           .rule = work->golden_rule[golden],
                           .width = width,
                           .kind = WAVE_BITS};
  uint32_t index = pair_for(work, pair);
  whole->pair[var] = index;
  whole->fate[var] = WAVE_MATCHED;
  whole->other[var] = vars[0];
  for (uint32_t i = 0; i < composite.n; i++) {
    parts->pair[vars[i]] = index;
    parts->other[vars[i]] = var;
  }
  free(vars);
  return true;
out_of_memory:
  free(composite.handles);
  free(vars);
  return false;
}

/* Vectors that one side has in one piece and the other in several. */
static bool join_composites(struct work *work) {
  struct wave_match *match = work->match;
  for (uint32_t i = 0; i < match->golden.decl->n_vars; i++) {
    if (match->golden.fate[i] != WAVE_UNMATCHED) continue;
    if (!path_of(&work->path, match->golden.decl, i) ||
        !join_pieces(work, &match->golden, i, &match->fresh, &work->fresh, work->path.text)) {
      return false;
    }
  }
  for (uint32_t i = 0; i < match->fresh.decl->n_vars; i++) {
    if (match->fresh.fate[i] != WAVE_UNMATCHED) continue;
    if (!fresh_path(work, i) || !join_pieces(work, &match->fresh, i, &match->golden, &work->golden, work->path.text)) return false;
  }
  return true;
}

/* Which rule counts for each variable; what is left out is so on both sides. */
static bool apply_rules(struct work *work) {
  struct wave_match *match = work->match;
  const struct wave_rules *rules = work->rules;
  for (uint32_t i = 0; i < match->golden.decl->n_vars; i++) {
    work->golden_rule[i] = WAVE_NONE;
    if (rules == NULL || (rules->n_rules == 0 && !rules->only_included)) continue;
    if (!path_of(&work->path, match->golden.decl, i)) return false;
    const struct wave_rule *rule = wave_rules_find(rules, work->path.text);
    if (rule != NULL) work->golden_rule[i] = (uint32_t)(rule - rules->rules);
    if (rule == NULL ? rules->only_included : rule->action == WAVE_EXCLUDE) {
      match->golden.fate[i] = WAVE_EXCLUDED;
      match->excluded++;
    }
  }
  for (uint32_t i = 0; i < match->fresh.decl->n_vars; i++) {
    if (rules == NULL || (rules->n_rules == 0 && !rules->only_included)) break;
    if (!fresh_path(work, i)) return false;
    const struct wave_rule *rule = wave_rules_find(rules, work->path.text);
    if (rule == NULL ? rules->only_included : rule->action == WAVE_EXCLUDE) match->fresh.fate[i] = WAVE_EXCLUDED;
  }
  return true;
}

static bool names_make(struct wave_names *names, const struct wave_decl *decl) {
  size_t n = (size_t)decl->n_vars + 1;
  names->decl = decl;
  names->pair = malloc(n * sizeof *names->pair);
  names->other = malloc(n * sizeof *names->other);
  names->fate = calloc(n, 1);
  if (names->pair == NULL || names->other == NULL || names->fate == NULL) return false;
  memset(names->pair, 0xff, n * sizeof *names->pair);
  memset(names->other, 0xff, n * sizeof *names->other);
  return true;
}

static void names_free(struct wave_names *names) {
  for (uint32_t i = 0; i < names->n_composites; i++) free(names->composites[i].handles);
  free(names->composites);
  free(names->pair);
  free(names->other);
  free(names->fate);
}

static bool prepare(struct work *work) {
  struct wave_match *match = work->match;
  uint64_t most = (uint64_t)match->golden.decl->n_vars + match->fresh.decl->n_vars + 1;
  uint32_t size = 64;
  while (size < most * 2) size *= 2;
  work->pair_mask = size - 1;
  work->pair_slots = malloc(size * sizeof *work->pair_slots);
  work->golden_rule = malloc((match->golden.decl->n_vars + 1) * sizeof *work->golden_rule);
  match->pairs = malloc(most * sizeof *match->pairs);
  if (work->pair_slots == NULL || work->golden_rule == NULL || match->pairs == NULL) return false;
  memset(work->pair_slots, 0xff, size * sizeof *work->pair_slots);
  return table_make(&work->golden, match->golden.decl, NULL, &work->path, &work->room) &&
         table_make(&work->fresh, match->fresh.decl, work->rules, &work->path, &work->room);
}

enum wave_status wave_match(struct wave_match *match, const struct wave_decl *golden, const struct wave_decl *fresh,
                            const struct wave_rules *rules, struct wave_error *error) {
  struct work work = {.match = match, .rules = rules};
  *match = (struct wave_match){0};
  bool good = names_make(&match->golden, golden) && names_make(&match->fresh, fresh) && prepare(&work) && apply_rules(&work) &&
              join_by_path(&work, 0) && join_by_path(&work, 1) && join_composites(&work) && join_by_path(&work, 2);
  table_free(&work.golden);
  table_free(&work.fresh);
  free(work.golden_rule);
  free(work.pair_slots);
  free(work.path.text);
  free(work.room.text);
  if (good) return WAVE_OK;
  wave_match_free(match);
  return wave_fail(error, "out of memory for the names of signals");
}

void wave_match_free(struct wave_match *match) {
  names_free(&match->golden);
  names_free(&match->fresh);
  free(match->pairs);
  *match = (struct wave_match){0};
}

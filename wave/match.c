/* SPDX-License-Identifier: Apache-2.0 */
#include "match_internal.h"
#include "memory.h"

#define HASH_BEGIN 0xcbf29ce484222325u

static uint64_t hash_on(uint64_t hash, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
  return hash;
}

static uint64_t hash_end(uint64_t hash) {
  return hash ^ hash >> 29;
}

static uint64_t hash_of(const char *text, size_t length) {
  return hash_end(hash_on(HASH_BEGIN, text, length));
}

/* The hash, not ended, of the path of a scope; a path that goes on from there is hashed from it. */
struct scope_hash {
  uint64_t hash;
  bool named; /* the path is not empty */
};

static struct scope_hash hash_below(struct scope_hash above, const char *name) {
  if (above.named && *name != '[') above.hash = hash_on(above.hash, ".", 1);
  return (struct scope_hash){hash_on(above.hash, name, strlen(name)), above.named || *name != '\0'};
}

/* Of each scope, and behind them of what stands outside of any. NULL: no memory. */
static struct scope_hash *hash_scopes(const struct wave_decl *decl) {
  struct scope_hash *hashes = wave_malloc((decl->n_scopes + (size_t)1) * sizeof *hashes);
  if (hashes == NULL) return NULL;
  hashes[decl->n_scopes] = (struct scope_hash){HASH_BEGIN, false};
  for (uint32_t i = 0; i < decl->n_scopes; i++) {
    const struct wave_scope *scope = &decl->scopes[i];
    const char *name = decl->names + scope->name;
    const struct scope_hash above = hashes[scope->parent == WAVE_NONE ? decl->n_scopes : scope->parent];
    hashes[i] = *name == '\0' ? above : hash_below(above, name);
  }
  return hashes;
}

static bool path_of(struct path *path, const struct wave_decl *decl, uint32_t var) {
  path->length = wave_path(decl, var, path->text, path->size);
  if (path->length < path->size) return true;
  char *larger = wave_realloc(path->text, path->length * 2 + 64);
  if (larger == NULL) return false;
  path->text = larger;
  path->size = path->length * 2 + 64;
  wave_path(decl, var, path->text, path->size);
  return true;
}

bool wave_table_path(const struct table *table, struct path *path, uint32_t var) {
  if (!path_of(path, table->decl, var)) return false;
  uint32_t which;
  char *renamed = table->renames == NULL ? NULL : wave_rules_rename_by(table->renames, path->text, &which);
  if (renamed == NULL) return true;
  table->rename_fits[which] = true;
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
    if (wave_table_path(table, room, var) && room->length == length && memcmp(room->text, path, length) == 0) return slot;
  }
}

/* Whether two variables have the same name, and the same scopes above it up to the top. twins: of each scope of a, the one of b that is
 * known to be the same, so that each is walked over once. */
static bool same_scopes_to_top(const struct wave_decl *a, uint32_t i, const struct wave_decl *b, uint32_t j, uint32_t *twins) {
  if (strcmp(a->names + a->vars[i].name, b->names + b->vars[j].name) != 0) return false;
  uint32_t one = a->vars[i].scope, other = b->vars[j].scope;
  if (a == b) return one == other;
  while (one != WAVE_NONE && other != WAVE_NONE && twins[one] != other) {
    if (strcmp(a->names + a->scopes[one].name, b->names + b->scopes[other].name) != 0) return false;
    one = a->scopes[one].parent;
    other = b->scopes[other].parent;
  }
  if ((one == WAVE_NONE) != (other == WAVE_NONE)) return false;
  const uint32_t known = one;
  for (one = a->vars[i].scope, other = b->vars[j].scope; one != known; one = a->scopes[one].parent, other = b->scopes[other].parent)
    twins[one] = other;
  return true;
}

/* The slot in a table of the path that a variable of another, or of the same, goes by. twins: of the table's scopes; with another only. */
static uint32_t slot_of_var(const struct table *table, const struct table *from, uint32_t var, uint32_t *twins, struct path *path,
                            struct path *room) {
  const uint64_t hash = from->hash[var];
  const bool declared = table->renames == NULL && from->renames == NULL;
  for (uint32_t slot = (uint32_t)hash & table->mask;; slot = (slot + 1) & table->mask) {
    const uint32_t known = table->slots[slot];
    if (known == WAVE_NONE) return slot;
    if (table->hash[known] != hash) continue;
    if (declared && same_scopes_to_top(table->decl, known, from->decl, var, twins)) return slot;
    if (wave_table_path(from, path, var) && wave_table_path(table, room, known) && room->length == path->length &&
        memcmp(room->text, path->text, path->length) == 0)
      return slot;
  }
}

static bool hash_paths(struct table *table, struct path *path) {
  const struct wave_decl *decl = table->decl;
  struct scope_hash *scopes = table->renames == NULL ? hash_scopes(decl) : NULL;
  bool good = scopes != NULL || table->renames != NULL;
  for (uint32_t i = 0; good && i < decl->n_vars; i++) {
    const struct wave_var *var = &decl->vars[i];
    if (scopes != NULL)
      table->hash[i] = hash_end(hash_below(scopes[var->scope == WAVE_NONE ? decl->n_scopes : var->scope], decl->names + var->name).hash);
    else if ((good = wave_table_path(table, path, i)))
      table->hash[i] = hash_of(path->text, path->length);
  }
  free(scopes);
  return good;
}

/* rename_fits: what of the renames was applied; with renames only. */
static bool table_make(struct table *table, const struct wave_decl *decl, const struct wave_rules *renames, bool *rename_fits,
                       struct path *path, struct path *room) {
  uint32_t size = 64;
  while (size < decl->n_vars * (uint64_t)2) size *= 2;
  *table = (struct table){.decl = decl, .rename_fits = rename_fits, .mask = size - 1};
  if (renames != NULL && renames->n_renames > 0) table->renames = renames;
  table->slots = wave_malloc(size * sizeof *table->slots);
  table->next = wave_malloc((decl->n_vars + 1) * sizeof *table->next);
  table->last = wave_malloc((decl->n_vars + 1) * sizeof *table->last);
  table->hash = wave_malloc((decl->n_vars + 1) * sizeof *table->hash);
  if (table->slots == NULL || table->next == NULL || table->last == NULL || table->hash == NULL) return false;
  memset(table->slots, 0xff, size * sizeof *table->slots);
  if (!hash_paths(table, path)) return false;
  for (uint32_t i = 0; i < decl->n_vars; i++) {
    table->next[i] = WAVE_NONE;
    uint32_t slot = slot_of_var(table, table, i, NULL, path, room);
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

uint32_t wave_table_first(const struct table *table, const char *path, size_t length, struct path *room) {
  return table->slots[slot_of(table, path, length, hash_of(path, length), room)];
}

/* The name that a pair goes by is the one that is furthest up; of two at one height the first. */
static void prefer_name(struct wave_match *match, struct wave_pair *pair, uint32_t golden, uint32_t fresh) {
  if (wave_depth(match->golden.decl, golden) < wave_depth(match->golden.decl, pair->var)) {
    pair->var = golden;
    pair->new_var = fresh;
  }
}

uint32_t wave_pair_for(struct work *work, struct wave_pair wanted) {
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

/* What a pair of two kinds is compared as: an event may be written as a bit by one tool and not by another, a port as what it carries. */
static bool kinds_fit(uint8_t golden, uint8_t fresh, uint8_t *kind) {
  *kind = golden;
  if (golden == fresh) return true;
  bool bits[2] = {golden == WAVE_BITS || golden == WAVE_EVENT, fresh == WAVE_BITS || fresh == WAVE_EVENT};
  *kind = WAVE_BITS;
  return (bits[0] && bits[1]) || (golden == WAVE_PORT && fresh == WAVE_BITS) || (golden == WAVE_BITS && fresh == WAVE_PORT);
}

/* Both have the same bits by index, in the other order. */
static bool runs_other_way(const struct wave_var *golden, const struct wave_var *fresh, uint32_t width) {
  if (!golden->ranged || !fresh->ranged || golden->msb != fresh->lsb || golden->lsb != fresh->msb) return false;
  int64_t apart = (int64_t)golden->msb - golden->lsb;
  return apart != 0 && (apart < 0 ? -apart : apart) + 1 == width;
}

/* The handle by which a variable is compared: its own, or that of its bits in golden's order. WAVE_NONE: no memory. */
static uint32_t compared_handle(struct wave_names *names, uint32_t var, bool reversed, bool states) {
  uint32_t handle = names->decl->vars[var].handle, width = wave_bits_of(&names->decl->handles[handle]);
  if (!reversed && !(states && names->decl->handles[handle].kind == WAVE_PORT)) return handle;
  const struct wave_piece whole = {.handle = handle, .width = width, .reversed = reversed};
  return wave_composite_handle(names, &whole, 1);
}

/* 0, or what keeps two variables from being compared. */
static enum wave_fate clash(const struct wave_handle *golden, const struct wave_handle *fresh, uint8_t *kind) {
  if (!kinds_fit(golden->kind, fresh->kind, kind)) return WAVE_OTHER_TYPE;
  bool same = golden->kind == fresh->kind ? golden->width == fresh->width : wave_bits_of(golden) == wave_bits_of(fresh);
  return same ? WAVE_UNMATCHED : WAVE_OTHER_WIDTH;
}

/* Whether only what ports carry counts for a variable of golden. */
static bool without_strength(const struct work *work, uint32_t golden) {
  const struct wave_rules *rules = work->rules;
  uint32_t rule = work->golden_rule[golden];
  return rules != NULL && (rules->ignore_strength || (rule != WAVE_NONE && rules->rules[rule].policy.strength));
}

bool wave_join(struct work *work, uint32_t golden, uint32_t fresh) {
  struct wave_match *match = work->match;
  const struct wave_var *g = &match->golden.decl->vars[golden], *n = &match->fresh.decl->vars[fresh];
  const struct wave_handle *handles[2] = {wave_handle_of(match->golden.decl, golden), wave_handle_of(match->fresh.decl, fresh)};
  struct wave_pair pair = {.var = golden, .new_var = fresh, .rule = work->golden_rule[golden], .width = handles[0]->width};
  enum wave_fate fate = clash(handles[0], handles[1], &pair.kind);
  if (fate == WAVE_UNMATCHED) {
    bool states = handles[0]->kind != handles[1]->kind || (pair.kind == WAVE_PORT && without_strength(work, golden));
    if (states) {
      pair.width = wave_bits_of(handles[0]);
      pair.kind = WAVE_BITS;
    }
    bool reversed = pair.kind == WAVE_BITS && runs_other_way(g, n, pair.width);
    fate = WAVE_MATCHED;
    pair.golden = compared_handle(&match->golden, golden, false, states);
    pair.fresh = compared_handle(&match->fresh, fresh, reversed, states);
    if (pair.golden == WAVE_NONE || pair.fresh == WAVE_NONE) return false;
    match->golden.pair[golden] = match->fresh.pair[fresh] = wave_pair_for(work, pair);
  }
  match->golden.fate[golden] = match->fresh.fate[fresh] = (uint8_t)fate;
  match->golden.other[golden] = fresh;
  match->fresh.other[fresh] = golden;
  return true;
}

/* How much alike two variables of one path are declared; each has all that those behind it have. */
enum likeness { ALIKE_TO_SCOPES, ALIKE_TO_RANGE, ALIKE_TO_WIDTH, ALIKE_IN_NAME };

/* Whether a path is made of the same scopes and name: "a.b" may be a name. What one side has above the other does not matter. */
static bool same_scopes(const struct wave_decl *golden, uint32_t g, const struct wave_decl *fresh, uint32_t n) {
  if (strcmp(golden->names + golden->vars[g].name, fresh->names + fresh->vars[n].name) != 0) return false;
  uint32_t scopes[2] = {golden->vars[g].scope, fresh->vars[n].scope};
  while (scopes[0] != WAVE_NONE && scopes[1] != WAVE_NONE) {
    const struct wave_scope *above[2] = {&golden->scopes[scopes[0]], &fresh->scopes[scopes[1]]};
    if (strcmp(golden->names + above[0]->name, fresh->names + above[1]->name) != 0) return false;
    scopes[0] = above[0]->parent;
    scopes[1] = above[1]->parent;
  }
  return true;
}

/* The first free variable of golden under a path that is so much alike. */
static uint32_t free_golden(const struct work *work, uint32_t first, uint32_t fresh, enum likeness likeness) {
  const struct wave_match *match = work->match;
  const struct wave_decl *golden = match->golden.decl, *new = match->fresh.decl;
  uint32_t before = WAVE_NONE; /* the last that stays in the list */
  for (uint32_t i = first; i != WAVE_NONE; i = work->golden_left[i]) {
    uint8_t kind;
    if (match->golden.fate[i] == WAVE_MATCHED && before != WAVE_NONE) {
      work->golden_left[before] = work->golden_left[i]; /* nobody needs to pass it again */
      continue;
    }
    before = i;
    if (match->golden.fate[i] != WAVE_UNMATCHED) continue;
    if (likeness == ALIKE_IN_NAME) return i;
    if (clash(wave_handle_of(golden, i), wave_handle_of(new, fresh), &kind) != WAVE_UNMATCHED) continue;
    if (likeness == ALIKE_TO_WIDTH) return i;
    if (!wave_same_range(&golden->vars[i], &new->vars[fresh])) continue;
    if (likeness == ALIKE_TO_RANGE || same_scopes_to_top(golden, i, new, fresh, work->twins) || same_scopes(golden, i, new, fresh))
      return i;
  }
  return WAVE_NONE;
}

static bool fresh_path(struct work *work, uint32_t fresh) {
  return wave_table_path(&work->fresh, &work->path, fresh);
}

static bool join_by_path(struct work *work, enum likeness likeness) {
  struct wave_match *match = work->match;
  for (uint32_t i = 0; i < match->fresh.decl->n_vars; i++) {
    if (match->fresh.fate[i] != WAVE_UNMATCHED) continue;
    uint32_t first = work->golden.slots[slot_of_var(&work->golden, &work->fresh, i, work->twins, &work->path, &work->room)];
    uint32_t golden = first == WAVE_NONE ? WAVE_NONE : free_golden(work, first, i, likeness);
    if (golden != WAVE_NONE && !wave_join(work, golden, i)) return false;
  }
  return true;
}

/* A variable that a file declares twice, with the same name and handle, is one. */
static bool join_repeats(const struct table *table, struct wave_names *names) {
  const struct wave_decl *decl = names->decl;
  uint32_t *known =
      wave_malloc((decl->n_handles + (size_t)1) * sizeof *known); /* of each handle: a compared variable of the path in hand */
  if (known == NULL) return false;
  memset(known, 0xff, (decl->n_handles + (size_t)1) * sizeof *known);
  for (uint32_t slot = 0; slot <= table->mask; slot++) {
    uint32_t first = table->slots[slot];
    if (first == WAVE_NONE || table->next[first] == WAVE_NONE) continue;
    for (uint32_t i = first; i != WAVE_NONE; i = table->next[i]) {
      if (wave_is_compared(names->fate[i])) known[decl->vars[i].handle] = i;
    }
    for (uint32_t i = first; i != WAVE_NONE; i = table->next[i]) {
      uint32_t before = known[decl->vars[i].handle];
      if (names->fate[i] != WAVE_UNMATCHED || before == WAVE_NONE || !wave_same_range(&decl->vars[i], &decl->vars[before])) continue;
      names->fate[i] = WAVE_REPEAT;
      names->pair[i] = names->pair[before];
      names->other[i] = names->other[before];
    }
    for (uint32_t i = first; i != WAVE_NONE; i = table->next[i]) known[decl->vars[i].handle] = WAVE_NONE;
  }
  free(known);
  return true;
}

/* From what is most alike to what is not; what is in pieces goes before another width of the same name. */
static bool join_all(struct work *work) {
  struct wave_match *match = work->match;
  return join_by_path(work, ALIKE_TO_SCOPES) && join_by_path(work, ALIKE_TO_RANGE) && join_by_path(work, ALIKE_TO_WIDTH) &&
         wave_join_pieces(work, false) && join_repeats(&work->golden, &match->golden) && join_repeats(&work->fresh, &match->fresh) &&
         wave_join_pieces(work, true) && join_by_path(work, ALIKE_IN_NAME);
}

/* The pairs of the variables of a path that are declared as one of them is, from that one on, if no other name has such a pair. */
static bool add_tie(struct work *work, uint32_t first, uint32_t *uses) {
  struct wave_match *match = work->match;
  const struct wave_decl *decl = match->golden.decl;
  struct wave_tie tie = {.n = 0};
  uint32_t n = 0;
  for (uint32_t i = first; i != WAVE_NONE; i = work->golden.next[i]) {
    uint32_t pair = match->golden.pair[i];
    if (match->golden.fate[i] != WAVE_MATCHED || uses[pair] != 1 || !same_scopes(decl, first, decl, i)) continue;
    if (!wave_same_range(&decl->vars[first], &decl->vars[i]) || match->pairs[pair].width != match->pairs[match->golden.pair[first]].width ||
        match->pairs[pair].kind != match->pairs[match->golden.pair[first]].kind)
      continue;
    uses[pair] = 0; /* it is in a tie, or was asked */
    if (n < WAVE_TIE_MOST) tie.pairs[n] = pair;
    n++;
  }
  tie.n = n;
  if (n > WAVE_TIE_MOST) match->n_by_order += n;
  if (n < 2 || n > WAVE_TIE_MOST) return true;
  struct wave_tie *moved = wave_room_for_more(match->ties, match->n_ties, sizeof *moved);
  if (moved == NULL) return false;
  match->ties = moved;
  match->ties[match->n_ties++] = tie;
  return true;
}

static bool find_ties(struct work *work) {
  struct wave_match *match = work->match;
  if (work->rules != NULL && work->rules->strict) return true; /* then the order counts */
  const struct table *table = &work->golden;
  uint32_t *uses = wave_calloc(match->n_pairs + (size_t)1, sizeof *uses); /* of each pair: by so many variables of golden */
  bool good = uses != NULL;
  for (uint32_t i = 0; good && i < match->golden.decl->n_vars; i++) {
    if (match->golden.pair[i] != WAVE_NONE) uses[match->golden.pair[i]]++;
  }
  for (uint32_t slot = 0; good && slot <= table->mask; slot++) {
    uint32_t first = table->slots[slot];
    if (first == WAVE_NONE || table->next[first] == WAVE_NONE) continue;
    for (uint32_t i = first; good && i != WAVE_NONE; i = table->next[i]) {
      if (match->golden.fate[i] == WAVE_MATCHED && uses[match->golden.pair[i]] == 1) good = add_tie(work, i, uses);
    }
  }
  free(uses);
  return good;
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
    if (rule != NULL) match->rule_fits[work->golden_rule[i] = (uint32_t)(rule - rules->rules)] = true;
    if (rule == NULL ? rules->only_included : rule->action == WAVE_EXCLUDE) {
      match->golden.fate[i] = WAVE_EXCLUDED;
      match->excluded++;
    }
  }
  for (uint32_t i = 0; i < match->fresh.decl->n_vars; i++) {
    if (rules == NULL || (rules->n_rules == 0 && !rules->only_included)) break;
    if (!fresh_path(work, i)) return false;
    const struct wave_rule *rule = wave_rules_find(rules, work->path.text);
    if (rule != NULL) match->rule_fits[rule - rules->rules] = true;
    if (rule == NULL ? rules->only_included : rule->action == WAVE_EXCLUDE) match->fresh.fate[i] = WAVE_EXCLUDED;
  }
  return true;
}

static bool names_make(struct wave_names *names, const struct wave_decl *decl) {
  size_t n = (size_t)decl->n_vars + 1;
  names->decl = decl;
  names->pair = wave_malloc(n * sizeof *names->pair);
  names->other = wave_malloc(n * sizeof *names->other);
  names->fate = wave_calloc(n, 1);
  if (names->pair == NULL || names->other == NULL || names->fate == NULL) return false;
  memset(names->pair, 0xff, n * sizeof *names->pair);
  memset(names->other, 0xff, n * sizeof *names->other);
  return true;
}

static void names_free(struct wave_names *names) {
  for (uint32_t i = 0; i < names->n_composites; i++) free(names->composites[i].pieces);
  free(names->composites);
  free(names->composite_of);
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
  work->pair_slots = wave_malloc(size * sizeof *work->pair_slots);
  work->golden_rule = wave_malloc((match->golden.decl->n_vars + 1) * sizeof *work->golden_rule);
  match->pairs = wave_malloc(most * sizeof *match->pairs);
  if (work->pair_slots == NULL || work->golden_rule == NULL || match->pairs == NULL) return false;
  memset(work->pair_slots, 0xff, size * sizeof *work->pair_slots);
  match->rule_fits = wave_calloc(work->rules == NULL ? 1 : work->rules->n_rules + (size_t)1, sizeof *match->rule_fits);
  match->rename_fits = wave_calloc(work->rules == NULL ? 1 : work->rules->n_renames + (size_t)1, sizeof *match->rename_fits);
  if (match->rule_fits == NULL || match->rename_fits == NULL) return false;
  if (!table_make(&work->golden, match->golden.decl, NULL, NULL, &work->path, &work->room) ||
      !table_make(&work->fresh, match->fresh.decl, work->rules, match->rename_fits, &work->path, &work->room))
    return false;
  const size_t bytes = (match->golden.decl->n_vars + (size_t)1) * sizeof *work->golden_left;
  const size_t scopes = (match->golden.decl->n_scopes + (size_t)1) * sizeof *work->twins;
  work->golden_left = wave_malloc(bytes);
  work->twins = wave_malloc(scopes);
  if (work->golden_left == NULL || work->twins == NULL) return false;
  memset(work->twins, 0xff, scopes);
  memcpy(work->golden_left, work->golden.next, bytes);
  return true;
}

enum wave_status wave_match(struct wave_match *match, const struct wave_decl *golden, const struct wave_decl *fresh,
                            const struct wave_rules *rules, struct wave_error *error) {
  struct work work = {.match = match, .rules = rules};
  *match = (struct wave_match){0};
  bool good = names_make(&match->golden, golden) && names_make(&match->fresh, fresh) && prepare(&work) && apply_rules(&work) &&
              join_all(&work) && find_ties(&work);
  table_free(&work.golden);
  table_free(&work.fresh);
  free(work.golden_rule);
  free(work.golden_left);
  free(work.twins);
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
  free(match->ties);
  free(match->rule_fits);
  free(match->rename_fits);
  *match = (struct wave_match){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors that one side has whole and the other in pieces: "v[7:4]" and "v[3:0]", or a variable for each bit. Bits are the same by index.
 */
#include "match_internal.h"
#include "memory.h"

/* A variable that is a part of a vector of the other side. */
struct part {
  uint32_t whole, var;
  uint32_t place; /* of its first bit in the whole */
  bool reversed;  /* its bits run the other way */
  bool indexed;   /* named after its bit, "v[3]" */
};

struct parts {
  struct part *list;
  uint32_t n, size;
};

static bool same_pieces(const struct wave_composite *composite, const struct wave_piece *pieces, uint32_t n) {
  for (uint32_t i = 0; i < n && composite->n == n; i++) {
    const struct wave_piece *a = &composite->pieces[i], *b = &pieces[i];
    if (a->handle != b->handle || a->first != b->first || a->width != b->width || a->reversed != b->reversed) return false;
  }
  return composite->n == n;
}

void *wave_room_for_more(void *array, uint32_t used, size_t item) {
  if ((used & (used - 1)) != 0) return array;
  return wave_realloc(array, (used == 0 ? 1 : 2 * (size_t)used) * item);
}

uint32_t wave_composite_handle(struct wave_names *names, const struct wave_piece *pieces, uint32_t n) {
  uint32_t *head = names->composite_of;
  if (head == NULL) {
    head = names->composite_of = wave_malloc((names->decl->n_handles + (size_t)1) * sizeof *head);
    if (head == NULL) return WAVE_NONE;
    memset(head, 0xff, (names->decl->n_handles + (size_t)1) * sizeof *head);
  }
  for (uint32_t i = head[pieces[0].handle]; i != WAVE_NONE; i = names->composites[i].next) {
    if (same_pieces(&names->composites[i], pieces, n)) return names->decl->n_handles + i;
  }
  struct wave_composite *moved = wave_room_for_more(names->composites, names->n_composites, sizeof *moved);
  if (moved != NULL) names->composites = moved;
  struct wave_piece *copy = moved == NULL ? NULL : wave_malloc(n * sizeof *copy);
  if (copy == NULL) return WAVE_NONE;
  memcpy(copy, pieces, n * sizeof *copy);
  struct wave_composite composite = {.pieces = copy, .n = n, .next = head[pieces[0].handle]};
  for (uint32_t i = 0; i < n; i++) composite.width += pieces[i].width;
  names->composites[names->n_composites] = composite;
  head[pieces[0].handle] = names->n_composites;
  return names->decl->n_handles + names->n_composites++;
}

/* Where the bit of an index stands in a vector, the first bit being 0: by its range, or width - 1 down to 0. False: outside of it. */
static bool place_of(const struct wave_decl *decl, uint32_t var, int64_t index, uint32_t *place) {
  const struct wave_var *about = &decl->vars[var];
  uint32_t width = wave_bits_of(wave_handle_of(decl, var));
  int64_t first = about->ranged ? about->msb : (int64_t)width - 1;
  int64_t at = about->ranged && about->msb < about->lsb ? index - first : first - index;
  *place = (uint32_t)at;
  return at >= 0 && at < width;
}

/* Splits the index off "name[3]". Returns the length of the name, 0 when there is none. */
static size_t split_index(const struct path *path, int64_t *index) {
  const char *open = path->length > 3 && path->text[path->length - 1] == ']' ? strrchr(path->text, '[') : NULL;
  if (open == NULL || open == path->text) return 0;
  char *end;
  *index = strtoll(open + 1, &end, 10);
  return end > open + 1 && *end == ']' && end[1] == '\0' ? (size_t)(open - path->text) : 0;
}

/* One bit without a range is "v[0]" of the other side, but not when that has more of them: then they are an array. */
static bool is_array(struct work *work, const struct table *parts, const struct wave_decl *decl, uint32_t whole, const char *name,
                     size_t length) {
  if (decl->vars[whole].ranged || wave_bits_of(wave_handle_of(decl, whole)) > 1) return false;
  char *second = wave_malloc(length + 4);
  if (second == NULL) return true;
  memcpy(second, name, length);
  memcpy(second + length, "[1]", 4);
  bool found = wave_table_first(parts, second, length + 3, &work->room) != WAVE_NONE;
  free(second);
  return found;
}

/* The whole that a variable, whose path is in work->path, is a part of. WAVE_NONE: none. */
static struct part find_whole(struct work *work, const struct wave_names *wholes, const struct table *table, const struct wave_names *parts,
                              const struct table *part_table, uint32_t var) {
  const struct wave_var *about = &parts->decl->vars[var];
  uint32_t width = wave_bits_of(wave_handle_of(parts->decl, var));
  struct part part = {.whole = WAVE_NONE, .var = var};
  int64_t first = about->msb, last = about->lsb;
  size_t length = about->ranged ? work->path.length : 0;
  if (width == 0 || wave_handle_of(parts->decl, var)->kind == WAVE_EVENT || (!about->ranged && width > 1)) return part;
  if (!about->ranged) {
    length = split_index(&work->path, &first);
    last = first;
    part.indexed = true;
  }
  if (length == 0) return part;
  for (uint32_t i = wave_table_first(table, work->path.text, length, &work->room); i != WAVE_NONE; i = table->next[i]) {
    const struct wave_handle *handle = wave_handle_of(wholes->decl, i);
    uint32_t places[2], bits = wave_bits_of(handle);
    if (wholes->fate[i] != WAVE_UNMATCHED || handle->kind == WAVE_EVENT || bits < width) continue;
    if (!place_of(wholes->decl, i, first, &places[0]) || !place_of(wholes->decl, i, last, &places[1])) continue;
    part.reversed = places[1] < places[0];
    part.place = part.reversed ? places[1] : places[0];
    uint32_t span = (part.reversed ? places[0] : places[1]) - part.place + 1;
    if (span != width || (part.indexed && is_array(work, part_table, wholes->decl, i, work->path.text, length))) continue;
    part.whole = i;
    break;
  }
  return part;
}

static int compare_parts(const void *a, const void *b) {
  const struct part *left = a, *right = b;
  if (left->whole != right->whole) return left->whole < right->whole ? -1 : 1;
  if (left->place != right->place) return left->place < right->place ? -1 : 1;
  return left->var < right->var ? -1 : left->var > right->var;
}

/* All parts of one side of vectors of the other, sorted by these. */
static bool find_parts(struct work *work, const struct wave_names *wholes, const struct table *table, const struct wave_names *names,
                       const struct table *part_table, struct parts *parts) {
  for (uint32_t i = 0; i < names->decl->n_vars; i++) {
    if (names->fate[i] != WAVE_UNMATCHED) continue;
    if (!wave_table_path(part_table, &work->path, i)) return false;
    struct part part = find_whole(work, wholes, table, names, part_table, i);
    if (part.whole == WAVE_NONE) continue;
    struct part *moved = wave_room_for_more(parts->list, parts->n, sizeof *moved);
    if (moved == NULL) return false;
    parts->list = moved;
    parts->list[parts->n++] = part;
  }
  if (parts->n > 0) qsort(parts->list, parts->n, sizeof *parts->list, compare_parts);
  return true;
}

/* Of the parts of one whole, those that follow each other without a bit in two of them; returns how many, and the bits that they have. */
static uint32_t keep_apart(const struct wave_decl *decl, struct part *parts, uint32_t n, uint32_t *bits) {
  uint32_t kept = 0, free_from = 0;
  *bits = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t width = wave_bits_of(wave_handle_of(decl, parts[i].var));
    if (parts[i].place < free_from) continue;
    free_from = parts[i].place + width;
    *bits += width;
    parts[kept++] = parts[i];
  }
  return kept;
}

/* The parts as pieces, and what they cover of the whole: neighbours are one piece of it. */
static uint32_t make_pieces(const struct wave_decl *decl, const struct part *parts, uint32_t n, uint32_t whole, struct wave_piece *pieces,
                            struct wave_piece *covered) {
  uint32_t n_covered = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t width = wave_bits_of(wave_handle_of(decl, parts[i].var));
    pieces[i] = (struct wave_piece){.handle = decl->vars[parts[i].var].handle, .width = width, .reversed = parts[i].reversed};
    if (n_covered > 0 && covered[n_covered - 1].first + covered[n_covered - 1].width == parts[i].place)
      covered[n_covered - 1].width += width;
    else
      covered[n_covered++] = (struct wave_piece){.handle = whole, .first = parts[i].place, .width = width};
  }
  return n_covered;
}

/* Joins a whole with its parts. False: no memory. */
static bool join_whole(struct work *work, struct wave_names *wholes, struct wave_names *names, const struct part *parts, uint32_t n,
                       uint32_t bits) {
  uint32_t whole = parts[0].whole, handle = wholes->decl->vars[whole].handle;
  const struct wave_handle *about = wave_handle_of(wholes->decl, whole);
  bool partial = bits < wave_bits_of(about), golden_whole = wholes == &work->match->golden;
  uint32_t golden = golden_whole ? whole : parts[0].var, fresh = golden_whole ? parts[0].var : whole;
  if (n == 1 && !partial && !parts[0].reversed) return wave_join(work, golden, fresh);
  struct wave_piece *pieces = wave_malloc(n * sizeof *pieces), *covered = wave_malloc(n * sizeof *covered);
  uint32_t of_parts = WAVE_NONE;
  if (pieces != NULL && covered != NULL) {
    uint32_t n_covered = make_pieces(names->decl, parts, n, handle, pieces, covered);
    if (partial || about->kind == WAVE_PORT) handle = wave_composite_handle(wholes, covered, n_covered);
    if (handle != WAVE_NONE) of_parts = wave_composite_handle(names, pieces, n);
  }
  free(pieces);
  free(covered);
  if (of_parts == WAVE_NONE) return false;
  struct wave_pair pair = {.golden = golden_whole ? handle : of_parts,
                           .fresh = golden_whole ? of_parts : handle,
                           .var = golden,
                           .new_var = fresh,
                           .rule = work->golden_rule[golden],
                           .width = bits,
                           .kind = WAVE_BITS};
  uint32_t index = wave_pair_for(work, pair);
  wholes->pair[whole] = index;
  wholes->fate[whole] = partial ? WAVE_PARTIAL : WAVE_MATCHED;
  wholes->other[whole] = parts[0].var;
  for (uint32_t i = 0; i < n; i++) {
    names->fate[parts[i].var] = WAVE_PIECE;
    names->pair[parts[i].var] = index;
    names->other[parts[i].var] = whole;
  }
  return true;
}

static bool join_side(struct work *work, struct wave_names *wholes, const struct table *table, struct wave_names *names,
                      const struct table *part_table, bool partial) {
  struct parts parts = {0};
  bool good = find_parts(work, wholes, table, names, part_table, &parts);
  for (uint32_t i = 0, next; good && i < parts.n; i = next) {
    for (next = i + 1; next < parts.n && parts.list[next].whole == parts.list[i].whole;) next++;
    uint32_t bits, n = keep_apart(names->decl, &parts.list[i], next - i, &bits);
    bool complete = bits == wave_bits_of(wave_handle_of(wholes->decl, parts.list[i].whole));
    /* A lone range of the same name is the same variable with another width. */
    if (complete || (partial && (n > 1 || parts.list[i].indexed))) good = join_whole(work, wholes, names, &parts.list[i], n, bits);
  }
  free(parts.list);
  return good;
}

bool wave_join_pieces(struct work *work, bool partial) {
  struct wave_names *golden = &work->match->golden, *fresh = &work->match->fresh;
  return join_side(work, golden, &work->golden, fresh, &work->fresh, partial) &&
         join_side(work, fresh, &work->fresh, golden, &work->golden, partial);
}

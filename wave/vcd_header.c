/* SPDX-License-Identifier: Apache-2.0 */
/* The declarations of a VCD file: everything up to $enddefinitions. */
#include "vcd_header.h"

#include <stdlib.h>

static uint64_t line_of(const struct vcd_text *text, const uint8_t *place) {
  uint64_t line = text->lines + 1;
  for (const uint8_t *at = text->begin; (at = memchr(at, '\n', (size_t)(place - at))) != NULL; at++) line++;
  return line;
}

enum wave_status vcd_refuse(struct vcd_header *header, const uint8_t *place, const char *what) {
  const struct vcd *vcd = header->vcd;
  return wave_fail(header->error, "%s: line %llu: %s", vcd->source.name, (unsigned long long)line_of(&vcd->text, place), what);
}

struct vcd_span vcd_take(struct vcd_span *words) {
  const uint8_t *at = words->at, *end = words->at + words->size;
  while (at < end && vcd_blank(*at)) at++;
  struct vcd_span word = {at, 0};
  while (at < end && !vcd_blank(*at)) at++;
  word.size = (size_t)(at - word.at);
  *words = (struct vcd_span){at, (size_t)(end - at)};
  return word;
}

bool vcd_join(struct wave_scratch *scratch, struct vcd_span words, size_t extra, struct vcd_span *joined) {
  uint8_t *to = wave_scratch_reserve(scratch, words.size + extra + 2);
  if (to == NULL) return false;
  joined->at = to;
  joined->size = 0;
  for (struct vcd_span word = vcd_take(&words); word.size > 0; word = vcd_take(&words)) {
    if (joined->size > 0) to[joined->size++] = ' ';
    memcpy(to + joined->size, word.at, word.size);
    joined->size += word.size;
  }
  return true;
}

static bool number_of(struct vcd_span word, uint64_t *number) {
  *number = 0;
  for (size_t i = 0; i < word.size; i++) {
    if (word.at[i] < '0' || word.at[i] > '9' || *number > UINT32_MAX) return false;
    *number = *number * 10 + (uint64_t)(word.at[i] - '0');
  }
  return word.size > 0;
}

/* The bits of "8" or "[7:0]" or "[7]". */
static bool bits_of(struct vcd_span word, uint64_t *bits) {
  if (word.size < 3 || word.at[0] != '[' || word.at[word.size - 1] != ']') return number_of(word, bits);
  const uint8_t *colon = memchr(word.at, ':', word.size);
  uint64_t one, other;
  if (colon == NULL) {
    *bits = 1;
    return number_of((struct vcd_span){word.at + 1, word.size - 2}, &one);
  }
  struct vcd_span left = {word.at + 1, (size_t)(colon - word.at - 1)};
  struct vcd_span right = {colon + 1, (size_t)(word.at + word.size - 1 - (colon + 1))};
  if (!number_of(left, &one) || !number_of(right, &other)) return false;
  *bits = (one > other ? one - other : other - one) + 1;
  return true;
}

static const char *const scope_words[] = {
    "module",
    "task",
    "function",
    "begin",
    "fork",
    "generate",
    "struct",
    "union",
    "class",
    "interface",
    "package",
    "program",
    "vhdl_architecture",
    "vhdl_procedure",
    "vhdl_function",
    "vhdl_record",
    "vhdl_process",
    "vhdl_block",
    "vhdl_for_generate",
    "vhdl_if_generate",
    "vhdl_generate",
    "vhdl_package",
};

static uint8_t scope_type(struct vcd_span word) {
  for (uint8_t i = 0; i < sizeof scope_words / sizeof scope_words[0]; i++) {
    if (vcd_is(word, scope_words[i])) return i;
  }
  return 0;
}

static enum wave_status open_scope(struct vcd_header *header, struct vcd_span words) {
  struct wave_decl *decl = &header->vcd->source.decl;
  struct vcd_span type = vcd_take(&words), name;
  if (!vcd_join(&header->name, words, 0, &name)) return vcd_refuse(header, type.at, "out of memory");
  header->scope = wave_decl_scope(decl, header->scope, scope_type(type), (const char *)name.at, name.size);
  return header->scope != WAVE_NONE ? WAVE_OK : vcd_refuse(header, type.at, "there are too many scopes for the memory");
}

/* What an id stands for: the handle it has, or a new one. An id that is declared again with more bits gets them. */
static uint32_t handle_of(struct vcd_header *header, struct vcd_span id, enum wave_kind kind, uint32_t width) {
  struct vcd *vcd = header->vcd;
  uint32_t handle = vcd_ids_find(&vcd->ids, id.at, id.size);
  if (handle == WAVE_NONE) {
    handle = wave_decl_handle(&vcd->source.decl, kind, width);
    if (handle == WAVE_NONE || !vcd_ids_add(&vcd->ids, id.at, id.size)) return WAVE_NONE;
    header->bits += width;
    return handle;
  }
  struct wave_handle *known = &vcd->source.decl.handles[handle];
  if (known->kind == (uint8_t)kind && width > known->width) {
    header->bits += width - known->width;
    known->width = width;
  }
  return handle;
}

/* A port of an extended VCD has an id "<number"; otherwise "port" is a type as any other. */
static enum wave_kind kind_of(uint8_t type, uint64_t bits, struct vcd_span id) {
  enum wave_kind kind = wave_kind_of_type(type, (uint32_t)bits);
  if (kind == WAVE_PORT && id.at[0] != '<') return WAVE_BITS;
  return kind;
}

static uint32_t width_of(enum wave_kind kind, uint64_t bits) {
  switch (kind) {
  case WAVE_REAL:
    return 64;
  case WAVE_STRING:
    return 0;
  case WAVE_EVENT:
    return 1;
  case WAVE_PORT:
    return (uint32_t)(3 * bits + 2);
  default:
    return bits > 0 ? (uint32_t)bits : 1;
  }
}

static enum wave_status add_variable(struct vcd_header *header, struct vcd_span words) {
  struct vcd *vcd = header->vcd;
  struct vcd_span type_word = vcd_take(&words), size = vcd_take(&words), id = vcd_take(&words), name;
  uint64_t bits;
  if (id.size == 0) return vcd_refuse(header, type_word.at, "a $var needs a type, a size, an id and a name");
  if (!bits_of(size, &bits)) return vcd_refuse(header, size.at, "the size of a $var is no number");
  if (bits > WAVE_WIDTH_MAX) return vcd_refuse(header, size.at, "a variable of more than 1048576 bits");
  if (!vcd_join(&header->name, words, size.size + 1, &name)) return vcd_refuse(header, size.at, "out of memory");
  if (size.at[0] == '[' && memchr(name.at, '[', name.size) == NULL) {
    uint8_t *end = (uint8_t *)(uintptr_t)name.at + name.size;
    *end = ' ';
    memcpy(end + 1, size.at, size.size);
    name.size += size.size + 1;
  }
  uint8_t type = wave_type_of_word((const char *)type_word.at, type_word.size);
  enum wave_kind kind = kind_of(type, bits, id);
  header->ports |= kind == WAVE_PORT;
  header->undecided += kind == WAVE_STRING && wave_kind_of_type(type, 1) != WAVE_STRING;
  uint32_t handle = handle_of(header, id, kind, width_of(kind, bits));
  if (handle == WAVE_NONE) return vcd_refuse(header, size.at, "there are too many variables for the memory");
  if (header->bits > VCD_BITS_MAX) return vcd_refuse(header, size.at, "the variables have more than 268435456 bits; trace fewer of them");
  if (wave_decl_var(&vcd->source.decl, header->scope, type, 0, (const char *)name.at, name.size, handle) == WAVE_NONE)
    return vcd_refuse(header, size.at, "there are too many variables for the memory");
  return WAVE_OK;
}

static enum wave_status obey(struct vcd_header *header, struct vcd_span keyword, struct vcd_span words) {
  if (vcd_is(keyword, "$var")) return add_variable(header, words);
  if (vcd_is(keyword, "$scope")) return open_scope(header, words);
  if (vcd_is(keyword, "$timescale")) return vcd_set_timescale(header, words);
  if (vcd_is(keyword, "$timezero")) return vcd_set_timezero(header, words);
  if (vcd_is(keyword, "$upscope") && header->scope != WAVE_NONE) header->scope = header->vcd->source.decl.scopes[header->scope].parent;
  return WAVE_OK;
}

/* Moves to the next word, with more text if needed; false: there is none. */
static bool to_word(struct vcd_text *text) {
  for (;;) {
    while (text->at < text->end && vcd_blank(*text->at)) text->at++;
    if (text->at < text->end) return true;
    if (!vcd_more(text) && text->final) return text->at < text->end;
  }
}

/* Some tools write the next keyword or time right behind "$end". */
static bool ends_end(uint8_t c) {
  return vcd_blank(c) || c == '$' || c == '#';
}

/* The "$end" that stands alone, from a place on; NULL: not in this text. */
static const uint8_t *find_end(const uint8_t *at, const struct vcd_text *text) {
  while ((at = memchr(at, '$', (size_t)(text->end - at))) != NULL) {
    size_t left = (size_t)(text->end - at);
    if (left >= 4 && memcmp(at, "$end", 4) == 0 && vcd_blank(at[-1]) && (left > 4 ? ends_end(at[4]) : text->final)) return at;
    at++;
  }
  return NULL;
}

/* The word at the text's place; more text is fetched until its end is there. */
static struct vcd_span whole_word(struct vcd_text *text) {
  size_t size = 0;
  for (;;) {
    while (size < (size_t)(text->end - text->at) && !vcd_blank(text->at[size])) size++;
    if (size < (size_t)(text->end - text->at) || text->final) break;
    if (!vcd_more(text) && !text->final) break;
  }
  return (struct vcd_span){text->at, size};
}

/* The whole command at the text's place up to its $end. NULL: it never ends, or it is absurdly long. */
static const uint8_t *whole_command(struct vcd_text *text, size_t keyword_size) {
  size_t looked = keyword_size;
  for (;;) {
    const uint8_t *end = find_end(text->at + looked, text);
    if (end != NULL) return end;
    size_t held = (size_t)(text->end - text->at);
    if (text->final || held > VCD_TOKEN_MAX) return NULL;
    looked = held > keyword_size + 8 ? held - 8 : keyword_size;
    vcd_more(text);
  }
}

static enum wave_status read_commands(struct vcd_header *header) {
  struct vcd_text *text = &header->vcd->text;
  while (to_word(text)) {
    struct vcd_span keyword = whole_word(text);
    if (keyword.at[0] != '$') {
      bool began = header->vcd->source.decl.n_vars > 0;
      return vcd_refuse(header, text->at,
                        began ? "a value before $enddefinitions; is the file cut or damaged?" : "this is neither a VCD nor an FST file");
    }
    if (vcd_is(keyword, "$enddefinitions")) {
      text->at += keyword.size;
      return WAVE_OK;
    }
    if (vcd_is(keyword, "$end")) {
      text->at += keyword.size;
      continue;
    }
    const uint8_t *end = whole_command(text, keyword.size);
    if (end == NULL) return vcd_refuse(header, text->at, "there is no $end for this keyword; is the file cut or damaged?");
    struct vcd_span words = {text->at + keyword.size, (size_t)(end - text->at) - keyword.size};
    keyword.at = text->at;
    if (obey(header, keyword, words) != WAVE_OK) return WAVE_ERROR;
    text->at = end + 4;
  }
  if (wave_gzip_damage(text->gzip) != NULL) return vcd_refuse(header, text->at, wave_gzip_damage(text->gzip));
  return vcd_refuse(header, text->at, "there is no $enddefinitions; is the file cut or damaged?");
}

/* Steps over the "$end" of $enddefinitions, so that the body begins with changes. */
static void pass_end(struct vcd_text *text) {
  if (!to_word(text)) return;
  struct vcd_span word = whole_word(text);
  if (word.size >= 4 && memcmp(word.at, "$end", 4) == 0 && (word.size == 4 || ends_end(word.at[4]))) text->at += 4;
}

enum wave_status vcd_read_header(struct vcd *vcd, struct wave_error *error) {
  struct vcd_header header = {.vcd = vcd, .scope = WAVE_NONE, .mantissa = 1, .error = error};
  static const uint8_t mark[3] = {0xef, 0xbb, 0xbf};
  struct vcd_text *text = &vcd->text;
  if (text->at == text->end) vcd_more(text);
  if (text->end - text->at >= 3 && memcmp(text->at, mark, 3) == 0) text->at += 3;
  enum wave_status status = read_commands(&header);
  if (status == WAVE_OK) {
    pass_end(text);
    status = vcd_set_tick(&header);
    if (status == WAVE_OK && header.undecided > 0) vcd_settle_kinds(&header);
  }
  wave_scratch_free(&header.name);
  vcd->source.format = text->gzip != NULL ? (header.ports ? "EVCD, gzip" : "VCD, gzip") : (header.ports ? "EVCD" : "VCD");
  return status;
}

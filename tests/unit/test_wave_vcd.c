/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The VCD reader against an interpreter that is slow and plain: it splits the text into words, and keeps every change as a string. Random
 * texts with all the quirks of simulators, and every VCD file of the folder OIO_WAVE_CORPUS.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_vcd"
#include "chance.h"

#include "source.h"
#include "vcd_internal.h"

#include <ctype.h>
#include <fts.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* --- A text that grows. --- */

struct text {
  char *bytes;
  size_t size, room;
};

static void add_bytes(struct text *text, const void *bytes, size_t size) {
  if (text->size + size + 1 > text->room) {
    text->room = 2 * (text->size + size) + 64;
    text->bytes = realloc(text->bytes, text->room);
    assert_non_null(text->bytes);
  }
  memcpy(text->bytes + text->size, bytes, size);
  text->size += size;
  text->bytes[text->size] = '\0';
}

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...) {
  char piece[4096];
  va_list arguments;
  va_start(arguments, format);
  int size = vsnprintf(piece, sizeof piece, format, arguments);
  va_end(arguments);
  assert_true(size >= 0 && (size_t)size < sizeof piece);
  add_bytes(text, piece, (size_t)size);
}

/* --- The plain interpreter. --- */

struct change {
  uint64_t time;
  char *value; /* digits of the full width, "r" and %a, "s" and the bytes, "p" and the port's text */
};
struct signal {
  char *id;
  enum wave_kind kind;
  unsigned width;
  struct change *changes;
  size_t count, room;
};
struct run {
  struct signal *signals;
  size_t n_signals, n_vars;
  uint64_t *times;
  size_t n_times;
  bool usable, partial, timed;
  unsigned places; /* decimal places of times */
};

struct word {
  const char *at;
  size_t size;
};

static bool next_word(const char **at, const char *end, struct word *word) {
  while (*at < end && (unsigned char)**at <= ' ') (*at)++;
  word->at = *at;
  while (*at < end && (unsigned char)**at > ' ') (*at)++;
  word->size = (size_t)(*at - word->at);
  return word->size > 0;
}

static bool is(struct word word, const char *text) {
  return strlen(text) == word.size && memcmp(word.at, text, word.size) == 0;
}

static struct signal *find(struct run *run, struct word id) {
  for (size_t i = 0; i < run->n_signals; i++) {
    if (is(id, run->signals[i].id)) return &run->signals[i];
  }
  return NULL;
}

static void declare(struct run *run, struct word type, struct word size, struct word id) {
  unsigned bits = (unsigned)strtoul(size.at, NULL, 10), high, low;
  if (sscanf(size.at, "[%u:%u]", &high, &low) == 2) bits = (high > low ? high - low : low - high) + 1;
  enum wave_kind kind = bits == 0 ? WAVE_STRING : WAVE_BITS;
  if (is(type, "real") || is(type, "realtime") || is(type, "shortreal") || is(type, "real_parameter")) kind = WAVE_REAL;
  if (is(type, "string")) kind = WAVE_STRING;
  if (is(type, "event")) kind = WAVE_EVENT;
  if (is(type, "port") && id.at[0] == '<') kind = WAVE_PORT;
  if (kind == WAVE_EVENT) bits = 1;
  run->n_vars++;
  struct signal *known = find(run, id);
  if (known != NULL) {
    if (known->kind == kind && bits > known->width) known->width = bits;
    return;
  }
  run->signals = realloc(run->signals, (run->n_signals + 1) * sizeof *run->signals);
  run->signals[run->n_signals++] = (struct signal){.id = strndup(id.at, id.size), .kind = kind, .width = bits};
}

static void note(struct signal *signal, uint64_t time, char *value) {
  if (signal->count == signal->room) {
    signal->room = 2 * signal->room + 8;
    signal->changes = realloc(signal->changes, signal->room * sizeof *signal->changes);
  }
  signal->changes[signal->count++] = (struct change){time, value};
}

/* NULL: the digits are no value. */
static char *digits_of(struct word word, unsigned width) {
  if (word.size >= 2 && word.at[0] == '0' && tolower(word.at[1]) == 'b') {
    word.at += 2;
    word.size -= 2;
  }
  if (word.size == 0) return NULL;
  for (size_t i = 0; i < word.size; i++) {
    if (word.at[i] == '\0' || strchr("01xzhuwl-?", tolower(word.at[i])) == NULL) return NULL;
  }
  char *value = malloc(width + 1u);
  for (unsigned i = 0; i < width; i++) {
    /* Digit i of the value, counted from the right. */
    int c = i < word.size ? tolower(word.at[word.size - 1 - i]) : tolower(word.at[0]);
    if (i >= word.size && c == '1') c = '0';
    value[width - 1 - i] = (char)c;
  }
  value[width] = '\0';
  return value;
}

static char *real_of(struct word word, bool bits) {
  char copy[512], *end, *value;
  double number = 0;
  if (word.size == 0 || word.size >= sizeof copy) return NULL;
  if (bits) {
    for (size_t i = 0; i < word.size; i++) {
      if (strchr("01xzhuwl-?", tolower(word.at[i])) == NULL) return NULL;
      number = word.at[i] == '0' || word.at[i] == '1' ? number * 2 + (word.at[i] - '0') : NAN;
    }
  } else {
    memcpy(copy, word.at, word.size);
    copy[word.size] = '\0';
    number = strtod(copy, &end);
    if (*end != '\0') return NULL;
  }
  assert_true(asprintf(&value, "r%a", isnan(number) ? (double)NAN : number) > 0);
  return value;
}

static char *string_of(struct word word) {
  char *value = calloc(1, word.size + 2), *to = value;
  *to++ = 's';
  for (size_t i = 0; i < word.size; i++) {
    unsigned octal;
    if (word.at[i] != '\\' || i + 1 == word.size) {
      *to++ = word.at[i];
    } else if (word.at[i + 1] >= '0' && word.at[i + 1] <= '7') {
      int took = 0;
      char three[4] = {0};
      memcpy(three, word.at + i + 1, word.size - i - 1 < 3 ? word.size - i - 1 : 3);
      sscanf(three, "%o%n", &octal, &took);
      *to++ = (char)octal;
      i += (size_t)took;
    } else {
      *to++ = word.at[++i] == 'n' ? '\n' : word.at[i] == 't' ? '\t' : word.at[i];
    }
  }
  return value;
}

static char *value_of(const struct signal *signal, char letter, struct word word) {
  bool digits = letter != 'r' && letter != 's';
  if (letter == 'p') return NULL;
  if (signal->kind == WAVE_BITS || signal->kind == WAVE_EVENT) return digits ? digits_of(word, signal->width) : NULL;
  if (signal->kind == WAVE_REAL && letter == 's') return strdup("rnan"); /* a word for a real: which, no number can tell */
  if (signal->kind == WAVE_REAL) return real_of(word, digits);
  return signal->kind == WAVE_STRING ? string_of(word) : NULL;
}

static char *port_of(const struct signal *signal, struct word states, struct word zero, struct word one) {
  char *value;
  if (signal->kind != WAVE_PORT || states.size != signal->width || zero.size != signal->width || one.size != signal->width) return NULL;
  assert_true(asprintf(&value, "p%.*s %.*s %.*s", (int)states.size, states.at, (int)zero.size, zero.at, (int)one.size, one.at) > 0);
  return value;
}

/* Takes the changes of the last time away: it is not whole. */
static void drop_tick(struct run *run) {
  if (run->n_times == 0) return;
  uint64_t time = run->times[--run->n_times];
  for (size_t i = 0; i < run->n_signals; i++) {
    struct signal *signal = &run->signals[i];
    while (signal->count > 0 && signal->changes[signal->count - 1].time == time) free(signal->changes[--signal->count].value);
  }
}

static void begin_time(struct run *run, uint64_t time) {
  if (run->n_times > 0 && run->times[run->n_times - 1] == time) return;
  run->times = realloc(run->times, (run->n_times + 1) * sizeof *run->times);
  run->times[run->n_times++] = time;
}

static bool time_of(const struct run *run, struct word word, uint64_t *time) {
  *time = 0;
  unsigned after = 0;
  bool dot = false;
  for (size_t i = 1; i < word.size; i++) {
    if (word.at[i] == '.' && !dot && i > 1) {
      dot = true;
      continue;
    }
    if (!isdigit((unsigned char)word.at[i])) return false;
    if (dot && ++after > run->places) continue;
    if (*time > UINT64_MAX / 10 - 1) return false;
    *time = *time * 10 + (uint64_t)(word.at[i] - '0');
  }
  for (; after < run->places; after++) *time *= 10;
  return word.size > 1;
}

/* The body; returns whether it is whole. */
static bool interpret_body(struct run *run, const char *at, const char *end) {
  struct word word, id, more[2] = {{0}};
  bool timed = false;
  while (next_word(&at, end, &word)) {
    char letter = (char)tolower(word.at[0]), *value;
    if (letter == '#') {
      uint64_t time;
      if (!time_of(run, word, &time)) return false;
      if (timed && time < run->times[run->n_times - 1]) {
        begin_time(run, UINT64_MAX); /* what is dropped */
        return false;
      }
      begin_time(run, time);
      timed = true;
      continue;
    }
    if (letter == '$') {
      static const char *const sections = " $end $dumpvars $dumpall $dumpon $dumpoff $dumpports $dumpportsall $dumpportson $dumpportsoff "
                                          "$dumpportsflush $dumpflush $vcdclose ";
      char name[64];
      snprintf(name, sizeof name, " %.*s ", (int)(word.size < 40 ? word.size : 40), word.at);
      if (strstr(sections, name) != NULL) continue;
      do {
        if (!next_word(&at, end, &word)) return false;
      } while (!is(word, "$end"));
      continue;
    }
    if (letter == '\0' || strchr("01xzhuwl-?brsp", letter) == NULL) return false;
    bool scalar = strchr("brsp", letter) == NULL;
    struct word digits = {word.at + 1, word.size - 1};
    if (letter == 'p' && !(next_word(&at, end, &more[0]) && next_word(&at, end, &more[1]))) return false;
    if (scalar) digits = (struct word){word.at, 1};
    id = (struct word){word.at + 1, word.size - 1};
    if ((!scalar || id.size == 0) && !next_word(&at, end, &id)) return false;
    if (!timed) begin_time(run, 0);
    timed = true;
    struct signal *signal = find(run, id);
    if (signal == NULL) return false;
    value = letter == 'p' ? port_of(signal, digits, more[0], more[1]) : value_of(signal, letter, digits);
    if (value == NULL) return false;
    note(signal, run->times[run->n_times - 1], value);
  }
  return true;
}

static unsigned places_in(const char *at, const char *end) {
  unsigned most = 0;
  struct word word;
  while (next_word(&at, end, &word)) {
    const char *dot = memchr(word.at, '.', word.size);
    if (word.at[0] != '#' || dot == NULL || strspn(word.at + 1, "0123456789.") < word.size - 1) continue;
    const char *last = word.at + word.size;
    while (last[-1] == '0') last--;
    if ((unsigned)(last - dot - 1) > most) most = (unsigned)(last - dot - 1);
  }
  return most;
}

static void interpret(struct run *run, const char *at, const char *end) {
  struct word word, type, size, id;
  memset(run, 0, sizeof *run);
  while (next_word(&at, end, &word)) {
    if (is(word, "$enddefinitions")) {
      run->usable = true;
      break;
    }
    if (is(word, "$end")) continue;
    if (is(word, "$var")) {
      next_word(&at, end, &type);
      next_word(&at, end, &size);
      next_word(&at, end, &id);
      declare(run, type, size, id);
    }
    while (next_word(&at, end, &word) && !is(word, "$end")) {
    }
  }
  if (!run->usable) return;
  run->places = places_in(at, end);
  run->partial = !interpret_body(run, at, end);
  if (run->partial) drop_tick(run);
}

static void run_free(struct run *run) {
  for (size_t i = 0; i < run->n_signals; i++) {
    for (size_t j = 0; j < run->signals[i].count; j++) free(run->signals[i].changes[j].value);
    free(run->signals[i].changes);
    free(run->signals[i].id);
  }
  free(run->signals);
  free(run->times);
}

/* --- Chains back into strings. --- */

static char *digits_from(const uint8_t *bytes, unsigned width, bool two) {
  char *value = malloc(width + 1u);
  for (unsigned i = 0; i < width; i++) value[i] = (char)(two ? '0' + (bytes[i / 8] >> (7 - i % 8) & 1) : bytes[i]);
  value[width] = '\0';
  if (two && width % 8 != 0) assert_int_equal(bytes[width / 8] & (0xff >> width % 8), 0);
  if (!two) assert_true(strspn(value, "01xzhuwl-?") == width && strpbrk(value, "xzhuwl-?") != NULL);
  return value;
}

static char *value_from(const struct wave_handle *handle, enum wave_form form, const uint8_t *bytes, size_t size) {
  char *value;
  double number;
  switch (form) {
  case WAVE_DOUBLE:
    assert_int_equal(handle->kind, WAVE_REAL);
    memcpy(&number, bytes, 8);
    assert_true(asprintf(&value, "r%a", number) > 0);
    return value;
  case WAVE_BYTES:
    assert_int_equal(handle->kind, WAVE_STRING);
    value = calloc(1, size + 2);
    value[0] = 's';
    if (size > 0) memcpy(value + 1, bytes, size);
    return value;
  default:
    if (handle->kind == WAVE_PORT) {
      assert_true(asprintf(&value, "p%.*s", (int)handle->width, (const char *)bytes) > 0);
      return value;
    }
    assert_true(handle->kind == WAVE_BITS || handle->kind == WAVE_EVENT);
    return digits_from(bytes, handle->width, form == WAVE_TWO);
  }
}

/* Takes one entry off a chain. */
static char *take_entry(const struct wave_handle *handle, const uint8_t **at, const uint8_t *end, uint64_t *place) {
  uint64_t head = 0, size = 0;
  *at = wave_varint(*at, end, &head);
  assert_non_null(*at);
  char *value;
  if (handle->width == 1 && (handle->kind == WAVE_BITS || handle->kind == WAVE_EVENT)) {
    *place += head & 1 ? head >> 4 : head >> 2;
    value = calloc(1, 2);
    value[0] = (char)(head & 1 ? WAVE_CODES[head >> 1 & 7] : '0' + (int)(head >> 1 & 1));
    return value;
  }
  *place += head >> 1;
  enum wave_form form = head & 1 ? WAVE_NINE : WAVE_TWO;
  size = head & 1 ? handle->width : (handle->width + 7u) / 8;
  if (handle->kind == WAVE_REAL) {
    form = WAVE_DOUBLE;
    size = 8;
  } else if (handle->kind == WAVE_STRING) {
    form = WAVE_BYTES;
    assert_int_equal(head & 1, 0);
    *at = wave_varint(*at, end, &size);
    assert_non_null(*at);
  }
  if (handle->kind == WAVE_REAL || handle->kind == WAVE_PORT) assert_int_equal(head & 1, 1);
  assert_true((size_t)(end - *at) >= size);
  value = value_from(handle, form, *at, (size_t)size);
  *at += size;
  return value;
}

/* --- The comparison. --- */

struct check {
  struct run *run;
  struct wave_source *source;
  size_t *next; /* each signal's change that comes next */
  size_t next_time;
  char what[300];
};

#define WRONG(check, ...)                                                                                                                  \
  do {                                                                                                                                     \
    print_error("%s: ", (check)->what);                                                                                                    \
    FAIL_WITH_REPLAY(__VA_ARGS__);                                                                                                         \
  } while (0)

static void check_frame(struct check *check) {
  const struct wave_source *source = check->source;
  assert_true(source->ops->load_frame(check->source));
  for (uint32_t i = 0; i < source->decl.n_handles; i++) {
    struct wave_value frame;
    const struct signal *signal = &check->run->signals[i];
    source->ops->frame(source, i, &frame);
    size_t next = check->next[i];
    if (next == 0) {
      if (frame.form != WAVE_UNKNOWN) WRONG(check, "%s has a value before its first", signal->id);
      continue;
    }
    if (frame.form == WAVE_UNKNOWN) WRONG(check, "%s has no value after its first", signal->id);
    char *value = value_from(&source->decl.handles[i], frame.form, frame.bytes, frame.size);
    const char *expected = signal->changes[next - 1].value;
    if (strcmp(value, expected) != 0)
      WRONG(check, "%s is %.80s at begin %" PRIu64 ", but is %.80s", signal->id, value, source->block.begin, expected);
    free(value);
  }
}

static void check_chain(struct check *check, uint32_t handle) {
  const struct wave_source *source = check->source;
  struct signal *signal = &check->run->signals[handle];
  struct wave_scratch scratch = {0};
  struct wave_packed packed;
  struct wave_chain chain;
  uint64_t place = 0;
  assert_true(source->ops->chain(source, handle, &scratch, &chain));
  const uint8_t *at = chain.at;
  size_t size = (size_t)(chain.end - chain.at);
  source->ops->packed(source, handle, &packed);
  assert_true(packed.pack == 0 && packed.size == size && packed.unpacked == size && (size == 0 || packed.bytes == at));
  const uint8_t *end = at + size;
  while (size > 0 && at < end) {
    char *value = take_entry(&source->decl.handles[handle], &at, end, &place);
    if (place >= source->block.n_times) WRONG(check, "%s changes behind the time table", signal->id);
    uint64_t time = source->block.times[place];
    if (check->next[handle] >= signal->count) WRONG(check, "%s changes too often, to %.80s at %" PRIu64, signal->id, value, time);
    const struct change *expected = &signal->changes[check->next[handle]++];
    if (expected->time != time || strcmp(expected->value, value) != 0)
      WRONG(check, "%s becomes %.80s at %" PRIu64 ", but %.80s at %" PRIu64, signal->id, value, time, expected->value, expected->time);
    free(value);
  }
  if (check->next[handle] < signal->count && signal->changes[check->next[handle]].time <= source->block.end)
    WRONG(check, "%s misses a change at %" PRIu64, signal->id, signal->changes[check->next[handle]].time);
}

static void check_block(struct check *check, uint64_t before, bool first, uint64_t until) {
  const struct wave_block *block = &check->source->block;
  if (block->n_times == 0) WRONG(check, "a block without times");
  if (!first && block->begin != before + 1) WRONG(check, "a block begins at %" PRIu64 " after %" PRIu64, block->begin, before);
  if (block->begin > block->times[0] || block->end != block->times[block->n_times - 1]) WRONG(check, "a block's span is wrong");
  if (block->end > until && block->n_times > 1) WRONG(check, "a block ends at %" PRIu64 ", not until %" PRIu64, block->end, until);
  for (uint32_t i = 0; i < block->n_times; i++) {
    if (check->next_time >= check->run->n_times || check->run->times[check->next_time] != block->times[i])
      WRONG(check, "time %zu of %zu is %" PRIu64 ", not %" PRIu64 ", begin %" PRIu64 ", %s", check->next_time, check->run->n_times,
            block->times[i], check->next_time < check->run->n_times ? check->run->times[check->next_time] : 0, block->begin,
            check->source->format);
    check->next_time++;
  }
}

static void check_end(struct check *check) {
  if (check->next_time != check->run->n_times) WRONG(check, "%zu times, but %zu", check->next_time, check->run->n_times);
  for (size_t i = 0; i < check->run->n_signals; i++) {
    if (check->next[i] != check->run->signals[i].count) WRONG(check, "%s misses changes at the end", check->run->signals[i].id);
  }
  if (check->source->partial != check->run->partial) WRONG(check, "partial is %d: %s", check->source->partial, check->source->why.text);
}

/* Reads from here to the end; chance: for wishes; NULL: none. */
static void check_blocks(struct check *check, uint64_t *chances, bool first, uint64_t before) {
  struct wave_error error;
  enum wave_status status;
  for (;; first = false) {
    uint64_t until = UINT64_MAX;
    if (chances != NULL && chance_below(chances, 3) == 0) until = before + chance_below(chances, 40);
    if (chances != NULL && chance_below(chances, 4) == 0) until = check->source->ops->peek(check->source);
    status = check->source->ops->next(check->source, until, &error);
    if (status != WAVE_OK) break;
    bool wished = until > before || first;
    if (chances == NULL || chance_below(chances, 2)) check_frame(check);
    check_block(check, before, first, wished ? until : UINT64_MAX);
    for (uint32_t i = 0; i < check->source->decl.n_handles; i++) check_chain(check, i);
    before = check->source->block.end;
  }
  if (status != WAVE_END) WRONG(check, "ends with %s", error.text);
  check_end(check);
}

static void restart(struct check *check) {
  memset(check->next, 0, check->run->n_signals * sizeof *check->next);
  check->next_time = 0;
}

static void check_source(struct check *check, struct wave_source *source, uint64_t *chances) {
  struct wave_error error;
  check->source = source;
  if (source->decl.n_handles != check->run->n_signals || source->decl.n_vars != check->run->n_vars)
    WRONG(check, "%u handles, %u variables", source->decl.n_handles, source->decl.n_vars);
  check->next = calloc(check->run->n_signals + 1, sizeof *check->next);
  check->next_time = 0;
  check_blocks(check, NULL, true, 0);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(source->ops->rewind(source, &error), WAVE_OK);
    if (i > 0) wave_vcd_set_window(source, 1 + chance_below(chances, 400), 1 + (uint32_t)chance_below(chances, 20));
    restart(check);
    check_blocks(check, i == 1 ? NULL : chances, true, 0);
  }
  free(check->next);
}

/* --- Files in memory. --- */

struct file {
  int number;
  char path[64];
};

static struct file put_file(const void *bytes, size_t size) {
  struct file file = {.number = memfd_create("vcd", 0)};
  assert_true(file.number >= 0 && write(file.number, bytes, size) == (ssize_t)size);
  snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.number);
  return file;
}

static size_t to_gzip(const void *bytes, size_t size, uint8_t *out, size_t room) {
  z_stream stream = {0};
  assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = (uint8_t *)(uintptr_t)bytes;
  stream.avail_in = (uInt)size;
  stream.next_out = out;
  stream.avail_out = (uInt)room;
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflateEnd(&stream);
  return room - stream.avail_out;
}

static struct wave_source *open_bytes(const void *bytes, size_t size) {
  struct wave_source *source;
  struct wave_map map;
  struct wave_error error;
  struct file file = put_file(bytes, size);
  assert_int_equal(wave_map_open(&map, file.path, &error), WAVE_OK);
  if (wave_open_vcd(&source, "some.vcd", &map, &error) != WAVE_OK) fail_msg("%s", error.text);
  close(file.number);
  return source;
}

static void check_text(const char *what, const struct text *text, uint64_t *chances) {
  struct run run;
  struct check check = {.run = &run};
  snprintf(check.what, sizeof check.what, "%s", what);
  interpret(&run, text->bytes, text->bytes + text->size);
  assert_true(run.usable);
  struct wave_source *source = open_bytes(text->bytes, text->size);
  check_source(&check, source, chances);
  struct wave_error why = source->why;
  wave_close(source);
  size_t room = text->size + text->size / 10 + 1000;
  uint8_t *packed = malloc(room);
  size_t size = to_gzip(text->bytes, text->size, packed, room);
  source = open_bytes(packed, size);
  check_source(&check, source, chances);
  assert_string_equal(source->why.text, why.text);
  wave_close(source);
  free(packed);
  run_free(&run);
}

/* --- Random texts. --- */

struct maker {
  uint64_t chances;
  struct text text;
  struct {
    char id[24];
    char kind; /* b r s e p */
    unsigned width;
  } signals[60];
  unsigned n_signals;
  const char *line; /* how lines end */
  uint64_t time;
  bool places; /* times have decimal places */
};

static uint64_t pick(struct maker *maker, uint64_t below) {
  return chance_below(&maker->chances, below);
}

static void make_id(struct maker *maker, unsigned style, unsigned number, char *id) {
  size_t size = 0;
  switch (style) {
  case 0: /* lowest digit first */
  case 1: /* last */
    for (unsigned rest = number;; rest = rest / 94 - 1) {
      id[size++] = (char)('!' + rest % 94);
      if (rest < 94) break;
    }
    id[size] = '\0';
    if (style == 1 && size == 2) {
      char swap = id[0];
      id[0] = id[1];
      id[1] = swap;
    }
    return;
  case 2:
    snprintf(id, 24, "aa%c%c%c", 'a' + (int)(number / 26 / 26 % 26), 'a' + (int)(number / 26 % 26), 'a' + (int)(number % 26));
    return;
  case 3:
    snprintf(id, 24, "<%u", number);
    return;
  default:
    for (size = 0; size < 1 + number % 12; size++) id[size] = (char)('!' + pick(maker, 94));
    snprintf(id + size, 24 - size, "%u", number);
    if (number % 7 == 0) id[0] = (char)0xc3;
  }
}

static const unsigned widths[] = {1, 1, 1, 2, 3, 7, 8, 8, 9, 16, 31, 32, 33, 63, 64, 65, 72, 100, 127, 128, 129, 200, 512, 600};

static void make_header(struct maker *maker) {
  unsigned style = (unsigned)pick(maker, 5), base = pick(maker, 3) ? 0 : (unsigned)pick(maker, 8000);
  struct text *text = &maker->text;
  if (pick(maker, 2)) add(text, "$date%s today $enddate$end x%s$end%s", maker->line, maker->line, maker->line);
  if (pick(maker, 2)) add(text, "$timescale\t1 ns $end%s", maker->line);
  add(text, "$scope module top $end%s", maker->line);
  maker->n_signals = 1 + (unsigned)pick(maker, 60);
  for (unsigned i = 0; i < maker->n_signals; i++) {
    unsigned width = widths[pick(maker, sizeof widths / sizeof widths[0])], kind = (unsigned)pick(maker, 16);
    bool port = style == 3 && kind < 8;
    const char *type = kind == 12 ? "real" : kind == 13 ? "string" : kind == 14 ? "event" : kind == 15 ? "integer" : "wire";
    if (kind == 12) width = pick(maker, 2) ? 64 : 1;
    if (kind == 13) width = 0;
    if (kind == 14) width = 1;
    if (port) type = "port";
    make_id(maker, style, base + i, maker->signals[i].id);
    maker->signals[i].kind = port ? 'p' : "bbbbbbbbbbbbrseb"[kind];
    maker->signals[i].width = width;
    if (port && width > 1)
      add(text, "$var port [%u:0] %s p%u $end%s", width - 1, maker->signals[i].id, i, maker->line);
    else
      add(text, "$var %s\t%u %s n%u [%u:0] $end%s", type, width, maker->signals[i].id, i, width > 0 ? width - 1 : 0, maker->line);
    if (pick(maker, 8) == 0 && !port && width > 0 && kind < 12) {
      unsigned other = 1 + (unsigned)pick(maker, 90);
      add(text, "$var reg %u %s alias%u $end%s", other, maker->signals[i].id, i, maker->line);
      if (other > width) maker->signals[i].width = other;
    }
    if (pick(maker, 10) == 0) add(text, "$attrbegin misc 02 X $end $scope module s%u $end %s $upscope $end\n", i, maker->line);
  }
  add(text, "$upscope $end%s$enddefinitions%s$end%s", maker->line, pick(maker, 2) ? " " : "\n\t", maker->line);
}

static void make_digits(struct maker *maker, unsigned width) {
  unsigned how = (unsigned)pick(maker, 12), count = width;
  if (how < 3) count = 1 + (unsigned)pick(maker, width);
  if (how == 3) count = width + (unsigned)pick(maker, 70);
  bool two = pick(maker, 4) != 0, zeros = pick(maker, 3) == 0;
  if (how == 4) add(&maker->text, "0%c", pick(maker, 2) ? 'b' : 'B');
  for (unsigned i = 0; i < count; i++) {
    char digit = (char)('0' + pick(maker, 2));
    if (zeros && pick(maker, 8)) digit = '0';
    if (!two && pick(maker, 3) == 0) digit = "xzXZuwhlUWHL-?"[pick(maker, 14)];
    add_bytes(&maker->text, &digit, 1);
  }
}

static void make_change(struct maker *maker, unsigned signal) {
  struct text *text = &maker->text;
  unsigned width = maker->signals[signal].width;
  char kind = maker->signals[signal].kind;
  const char *gap = pick(maker, 20) ? "" : pick(maker, 2) ? " " : maker->line;
  if (kind == 'b' && width == 1 && pick(maker, 10)) kind = 'e';
  if (kind == 'b' && pick(maker, 30) == 0) kind = 'e';
  switch (kind) {
  case 'e':
    add(text, "%c%s", "01010101010101xzXZuwhl-?"[pick(maker, 24)], gap);
    break;
  case 'r':
    if (pick(maker, 6) == 0) {
      add(text, "%s ", pick(maker, 2) ? "b1011" : "bx");
      break;
    }
    if (pick(maker, 12) == 0)
      add(text, "r%s ", pick(maker, 2) ? "NaN" : "-inf");
    else
      add(text, pick(maker, 2) ? "r%.17g " : "R%g ", (chance_unit(&maker->chances) - 0.5) * (pick(maker, 2) ? 1e3 : 1e-280));
    break;
  case 's':
    add(text, "s%.*s\\040%c ", (int)pick(maker, 12), "some\\nText\\\\", 'a' + (int)pick(maker, 26));
    break;
  case 'p':
    add(text, "p");
    for (unsigned part = 0; part < 3; part++) {
      for (unsigned i = 0; i < width; i++) add(text, "%c", part == 0 ? "DUNZLHX"[pick(maker, 7)] : '0' + (int)pick(maker, 8));
      add(text, pick(maker, 20) ? " " : "  ");
    }
    break;
  default:
    add(text, pick(maker, 5) ? "b" : "B");
    make_digits(maker, width);
    add(text, pick(maker, 30) ? " " : pick(maker, 2) ? " \t" : "\n");
  }
  add(text, "%s%s", maker->signals[signal].id, pick(maker, 25) ? maker->line : " ");
}

static void make_body(struct maker *maker, unsigned steps) {
  struct text *text = &maker->text;
  if (pick(maker, 3) == 0) {
    add(text, "$dumpvars%s", maker->line);
    for (unsigned i = 0; i < maker->n_signals; i++) make_change(maker, i);
    add(text, "$end%s", maker->line);
  }
  for (unsigned i = 0; i < steps; i++) {
    if (pick(maker, 20)) maker->time += pick(maker, 10) == 0 ? pick(maker, 1000000) : 1 + pick(maker, 5);
    if (pick(maker, 500) == 0) maker->time += 1000000000000;
    if (maker->places)
      add(text, "#%" PRIu64 ".%u%s%s", maker->time, (unsigned)(maker->time % 100), pick(maker, 2) ? "0" : "", maker->line);
    else
      add(text, "#%" PRIu64 "%s", maker->time, pick(maker, 20) ? maker->line : " ");
    if (pick(maker, 50) == 0) add(text, "$comment #1 0! $dumpvars 1%s$ends $end%s", maker->line, maker->line);
    if (pick(maker, 50) == 0) add(text, "%s%s", pick(maker, 2) ? "$dumpoff" : "$dumpportsall", maker->line);
    for (unsigned j = (unsigned)pick(maker, 12); j > 0; j--) make_change(maker, (unsigned)pick(maker, maker->n_signals));
    if (pick(maker, 50) == 0) add(text, "$end%s%s", maker->line, maker->line);
  }
}

static void make_text(struct maker *maker, uint64_t stream) {
  memset(maker, 0, sizeof *maker);
  maker->chances = stream;
  maker->line = pick(maker, 4) ? "\n" : "\r\n";
  maker->places = pick(maker, 6) == 0;
  make_header(maker);
  make_body(maker, (unsigned)pick(maker, 200));
}

static size_t body_of(const struct text *text) {
  char *at = strstr(strstr(text->bytes, "$enddefinitions") + 15, "$end");
  return (size_t)(at + 4 - text->bytes);
}

/* Breaks the end of a body, or something in it. */
static void damage_text(struct maker *maker, size_t body) {
  struct text *text = &maker->text;
  static const char *const odd[] = {
      "#0\n", "1nobody\n", "b01 nobody\n", "q\n", "b012 !\n", "$comment\n", "#12x\n", "r1 ", "#99999999999999999999999\n"};
  if (pick(maker, 2)) {
    text->size = body + pick(maker, text->size - body + 1);
    text->bytes[text->size] = '\0';
  } else {
    add(text, "%s", odd[pick(maker, sizeof odd / sizeof odd[0])]);
    if (pick(maker, 2)) make_body(maker, 5);
  }
}

/* OIO_KEEP=ROUND: leaves that text in kept.vcd. */
static void keep(unsigned round, const struct text *text) {
  const char *wanted = getenv("OIO_KEEP");
  if (wanted == NULL || strtoul(wanted, NULL, 0) != round) return;
  FILE *file = fopen("kept.vcd", "wb");
  assert_non_null(file);
  fwrite(text->bytes, 1, text->size, file);
  fclose(file);
}

static void random_texts_are_cooked_as_the_plain_interpreter_reads_them(void **state) {
  (void)state;
  for (unsigned round = 0; round < 400; round++) {
    struct maker maker;
    char what[64];
    make_text(&maker, chance_stream(1000 + round));
    if (pick(&maker, 2)) damage_text(&maker, body_of(&maker.text));
    snprintf(what, sizeof what, "random text %u", round);
    keep(round, &maker.text);
    check_text(what, &maker.text, &maker.chances);
    free(maker.text.bytes);
  }
}

static void a_long_text_goes_through_the_window_of_gzip(void **state) {
  (void)state;
  struct maker maker = {.chances = chance_stream(3), .line = "\n"};
  make_header(&maker);
  while (maker.text.size < 9500000) make_body(&maker, 1000);
  add(&maker.text, "1nobody\n");
  check_text("a long text", &maker.text, &maker.chances);
  free(maker.text.bytes);
}

/* --- Text that two files share. --- */

/* The same body, but for one place or its end. */
static struct text differing(struct maker *maker, size_t body) {
  struct text other = {0};
  add_bytes(&other, maker->text.bytes, maker->text.size);
  size_t at = body + pick(maker, other.size - body);
  unsigned how = (unsigned)pick(maker, 5);
  if (how == 0) return other;
  if (how == 1) {
    other.size = at;
    return other;
  }
  if (how == 2) {
    add(&other, "#%" PRIu64 "\n", maker->time + 10);
    return other;
  }
  while (at < other.size && other.bytes[at] != '0' && other.bytes[at] != '1') at++;
  if (at < other.size) other.bytes[at] ^= 1;
  return other;
}

/* Where both sides are, as the interpreter has it. */
static void follow(struct check *check) {
  const struct run *run = check->run;
  uint64_t last = check->source->last_tick;
  while (check->next_time < run->n_times && run->times[check->next_time] <= last) check->next_time++;
  for (size_t i = 0; i < run->n_signals; i++) {
    while (check->next[i] < run->signals[i].count && run->signals[i].changes[check->next[i]].time <= last) check->next[i]++;
  }
}

struct side {
  struct run run;
  struct check check;
  const struct text *text;
};

static void open_side(struct side *side, const struct text *text, const char *what) {
  side->text = text;
  interpret(&side->run, text->bytes, text->bytes + text->size);
  side->check = (struct check){.run = &side->run, .source = open_bytes(text->bytes, text->size)};
  side->check.next = calloc(side->run.n_signals + 1, sizeof *side->check.next);
  snprintf(side->check.what, sizeof side->check.what, "%s", what);
}

static void close_side(struct side *side) {
  free(side->check.next);
  wave_close(side->check.source);
  run_free(&side->run);
}

/* Some blocks of both, as long as their texts are equal. */
static void cook_some(struct side *sides, unsigned blocks) {
  for (; blocks > 0; blocks--) {
    const struct vcd *left = (struct vcd *)sides[0].check.source, *right = (struct vcd *)sides[1].check.source;
    size_t ahead = (size_t)(left->text.at - left->text.begin) + 800;
    if (ahead > sides[0].text->size || ahead > sides[1].text->size) break;
    if (memcmp(sides[0].text->bytes, sides[1].text->bytes, ahead) != 0 ||
        left->text.at - left->text.begin != right->text.at - right->text.begin)
      break;
    for (int i = 0; i < 2; i++) {
      struct wave_source *source = sides[i].check.source;
      source->ops->next(source, UINT64_MAX, NULL);
    }
  }
}

static unsigned skip_and_check(struct maker *maker, const struct text *other, const char *what) {
  struct side sides[2];
  open_side(&sides[0], &maker->text, what);
  open_side(&sides[1], other, what);
  unsigned skips = 0;
  for (int i = 0; i < 2; i++) wave_vcd_set_window(sides[i].check.source, 100, 5);
  for (int round = 0; round < 2; round++) {
    cook_some(sides, (unsigned)pick(maker, 4));
    skips += wave_vcd_skip_equal(sides[0].check.source, sides[1].check.source) > 0;
  }
  for (int i = 0; i < 2; i++) {
    bool first = !((struct vcd *)sides[i].check.source)->passed;
    if (!first) follow(&sides[i].check);
    check_blocks(&sides[i].check, &maker->chances, first, sides[i].check.source->last_tick);
    close_side(&sides[i]);
  }
  return skips;
}

static void equal_text_is_passed_over_without_loss(void **state) {
  (void)state;
  unsigned skips = 0;
  for (unsigned round = 0; round < 600; round++) {
    struct maker maker;
    char what[64];
    make_text(&maker, chance_stream(5000 + round));
    struct text other = differing(&maker, body_of(&maker.text));
    snprintf(what, sizeof what, "skip %u", round);
    skips += skip_and_check(&maker, &other, what);
    free(other.bytes);
    free(maker.text.bytes);
  }
  print_message("%u skips\n", skips);
  assert_true(skips > 200);
}

/* --- Files of simulators. --- */

static bool load(const char *path, struct text *text) {
  char piece[65536];
  size_t got;
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  text->size = 0;
  while ((got = fread(piece, 1, sizeof piece, file)) > 0) add_bytes(text, piece, got);
  fclose(file);
  return true;
}

static void check_file(const char *path) {
  struct text text = {0};
  struct run run;
  uint64_t chances = chance_stream(77);
  assert_true(load(path, &text));
  interpret(&run, text.bytes, text.bytes + text.size);
  if (run.usable) {
    check_text(path, &text, &chances);
  } else {
    struct wave_source *source;
    struct wave_error error;
    assert_int_equal(wave_open(&source, path, &error), WAVE_ERROR);
    print_message("%s\n", error.text);
  }
  run_free(&run);
  free(text.bytes);
}

static void files_of_simulators_are_cooked_as_the_plain_interpreter_reads_them(void **state) {
  (void)state;
  char *folder = getenv("OIO_WAVE_CORPUS");
  if (folder == NULL) {
    print_message("OIO_WAVE_CORPUS is not set: no files of simulators\n");
    skip();
  }
  char *roots[] = {folder, NULL};
  FTS *walk = fts_open(roots, FTS_PHYSICAL, NULL);
  unsigned count = 0;
  assert_non_null(walk);
  for (FTSENT *entry; (entry = fts_read(walk)) != NULL;) {
    size_t size = strlen(entry->fts_name);
    if (entry->fts_info != FTS_F || size < 4 || strcmp(entry->fts_name + size - 4, ".vcd") != 0) continue;
    check_file(entry->fts_path);
    count++;
  }
  fts_close(walk);
  print_message("%u files\n", count);
  assert_true(count > 0);
}

static int start(void **state) {
  (void)state;
  chance_start();
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_texts_are_cooked_as_the_plain_interpreter_reads_them),
      cmocka_unit_test(a_long_text_goes_through_the_window_of_gzip),
      cmocka_unit_test(equal_text_is_passed_over_without_loss),
      cmocka_unit_test(files_of_simulators_are_cooked_as_the_plain_interpreter_reads_them),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of the VCD reader against the plain interpreter. Include after chance.h, with _GNU_SOURCE. */
#ifndef OIO_TESTS_WAVE_VCD_CHECK_H
#define OIO_TESTS_WAVE_VCD_CHECK_H

#include "wave_vcd_oracle.h"

#include "source.h"
#include "vcd_internal.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* --- Chains back into strings. --- */

static inline char *digits_from(const uint8_t *bytes, unsigned width, bool two) {
  char *value = malloc(width + 1u);
  for (unsigned i = 0; i < width; i++) value[i] = (char)(two ? '0' + (bytes[i / 8] >> (7 - i % 8) & 1) : bytes[i]);
  value[width] = '\0';
  if (two && width % 8 != 0) assert_int_equal(bytes[width / 8] & (0xff >> width % 8), 0);
  if (!two) assert_true(strspn(value, "01xzhuwl-?") == width && strpbrk(value, "xzhuwl-?") != NULL);
  return value;
}

static inline char *value_from(const struct wave_handle *handle, enum wave_form form, const uint8_t *bytes, size_t size) {
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
static inline char *take_entry(const struct wave_handle *handle, const uint8_t **at, const uint8_t *end, uint64_t *place) {
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

static inline void check_frame(struct check *check) {
  const struct wave_source *source = check->source;
  assert_true(source->ops->load_frame(check->source));
  for (uint32_t i = 0; i < source->decl.n_handles; i++) {
    struct wave_value frame;
    const struct signal *signal = &check->run->signals[i];
    source->ops->frame(source, i, &frame);
    size_t next = check->next[i];
    if (next == 0 || signal->kind == WAVE_EVENT) { /* an event has no state */
      if (frame.form != WAVE_UNKNOWN) WRONG(check, "%s has a value before its first, or is an event with one", signal->id);
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

static inline void check_chain(struct check *check, uint32_t handle) {
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

static inline void check_block(struct check *check, uint64_t before, bool first, uint64_t until) {
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

static inline void check_end(struct check *check) {
  if (check->next_time != check->run->n_times) WRONG(check, "%zu times, but %zu", check->next_time, check->run->n_times);
  for (size_t i = 0; i < check->run->n_signals; i++) {
    if (check->next[i] != check->run->signals[i].count) WRONG(check, "%s misses changes at the end", check->run->signals[i].id);
  }
  if (check->source->partial != check->run->partial) WRONG(check, "partial is %d: %s", check->source->partial, check->source->why.text);
}

/* Reads from here to the end; chance: for wishes; NULL: none. */
static inline void check_blocks(struct check *check, uint64_t *chances, bool first, uint64_t before) {
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

static inline void restart(struct check *check) {
  memset(check->next, 0, check->run->n_signals * sizeof *check->next);
  check->next_time = 0;
}

static inline void check_source(struct check *check, struct wave_source *source, uint64_t *chances) {
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

static inline struct file put_file(const void *bytes, size_t size) {
  struct file file = {.number = memfd_create("vcd", 0)};
  assert_true(file.number >= 0 && write(file.number, bytes, size) == (ssize_t)size);
  snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.number);
  return file;
}

static inline size_t to_gzip(const void *bytes, size_t size, uint8_t *out, size_t room) {
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

static inline struct wave_source *open_bytes(const void *bytes, size_t size) {
  struct wave_source *source;
  struct wave_map map;
  struct wave_error error;
  struct file file = put_file(bytes, size);
  assert_int_equal(wave_map_open(&map, file.path, &error), WAVE_OK);
  if (wave_open_vcd(&source, "some.vcd", &map, &error) != WAVE_OK) fail_msg("%s", error.text);
  close(file.number);
  return source;
}

static inline void check_text(const char *what, const struct text *text, uint64_t *chances) {
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

#endif

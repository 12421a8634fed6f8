/* SPDX-License-Identifier: Apache-2.0 */
#include "json_file.h"

#include "json_memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t file_max_bytes = (size_t)1 << 30;

struct json_file {
  const char *path;
  char *text;
  size_t length, at;
  uint64_t line; /* of `at` */
};

static enum oio_status bad(const struct json_file *in, uint64_t line, struct oio_error *error, const char *what) {
  char shown[180];
  snprintf(shown, sizeof shown, "%.170s", what);
  for (char *at = shown; *at != '\0'; at++)
    if (*at < ' ' || *at > '~') *at = '?';
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: %s", in->path, (unsigned long long)line, shown);
}

static enum oio_status load_from(struct json_file *in, FILE *file, struct oio_error *error) {
  for (size_t room = 0;;) {
    if (in->length == room) {
      room = room == 0 ? 65536 : 2 * room;
      char *larger = room <= file_max_bytes ? realloc(in->text, room) : NULL;
      if (larger == NULL)
        return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: more than %zu MiB of JSON do not fit the memory; import the capture in parts",
                             in->path, in->length >> 20);
      in->text = larger;
    }
    const size_t got = fread(in->text + in->length, 1, room - in->length, file);
    if (memchr(in->text + in->length, '\0', got) != NULL)
      return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: a NUL byte: this is no JSON; name a capture in JSON", in->path);
    in->length += got;
    if (got == 0) break;
  }
  if (ferror(file)) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; copy the file again", in->path, strerror(errno));
  return OIO_OK;
}

static enum oio_status load(struct json_file *in, struct oio_error *error) {
  FILE *file = fopen(in->path, "rb");
  if (file == NULL) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be opened: %s; check the name", in->path, strerror(errno));
  const enum oio_status status = load_from(in, file, error);
  fclose(file);
  return status;
}

static void advance(struct json_file *in, size_t bytes) {
  for (const size_t end = in->at + bytes; in->at < end; in->at++) in->line += in->text[in->at] == '\n';
}

/* The next byte that is no space, or '\0' at the end; it is not taken. */
static char peek(struct json_file *in) {
  while (in->at < in->length && memchr(" \t\r\n", in->text[in->at], 4) != NULL) advance(in, 1);
  return in->at < in->length ? in->text[in->at] : '\0';
}

static enum oio_status take_object(struct json_file *in, json_file_taker *take, void *context, struct oio_error *error) {
  char what[200];
  json_error_t cause;
  if (peek(in) != '{') return bad(in, in->line, error, "an event in braces is expected here; the file is damaged or no such capture");
  json_memory_watch();
  json_t *object = json_loadb(in->text + in->at, in->length - in->at, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &cause);
  if (json_memory_lacked()) {
    json_decref(object);
    return oio_error_set(error, OIO_ERR_NOMEM, "%.110s:%llu: out of memory; close other programs", in->path, (unsigned long long)in->line);
  }
  if (object == NULL) {
    snprintf(what, sizeof what, "%.120s; the file is damaged or cut short: copy it again", cause.text);
    return bad(in, in->line + (uint64_t)(cause.line > 0 ? cause.line - 1 : 0), error, what);
  }
  const enum oio_status status = take(context, object, in->line, error);
  json_decref(object);
  advance(in, (size_t)cause.position);
  return status;
}

static enum oio_status each(struct json_file *in, json_file_taker *take, void *context, struct oio_error *error) {
  if (peek(in) != '[') return bad(in, in->line, error, "no JSON array of events begins here; name a tt-npe capture");
  advance(in, 1);
  bool first = true;
  for (; peek(in) != ']'; first = false) {
    if (!first) {
      if (peek(in) != ',')
        return bad(in, in->line, error, "a comma or ] is expected here; the file is damaged or cut short: copy it again");
      advance(in, 1);
    }
    const enum oio_status status = take_object(in, take, context, error);
    if (status != OIO_OK) return status;
  }
  advance(in, 1);
  if (peek(in) != '\0' || in->at < in->length) return bad(in, in->line, error, "there is more after the array of events; remove it");
  return OIO_OK;
}

/* Objects one behind the other, with or without commas. */
static enum oio_status each_object(struct json_file *in, json_file_taker *take, void *context, struct oio_error *error) {
  if (peek(in) == '[') return each(in, take, context, error);
  while (peek(in) != '\0' || in->at < in->length) {
    const enum oio_status status = take_object(in, take, context, error);
    if (status != OIO_OK) return status;
    if (peek(in) == ',') advance(in, 1);
  }
  return OIO_OK;
}

enum oio_status json_file_each_object(const char *path, json_file_taker *take, void *context, struct oio_error *error) {
  struct json_file in = {.path = path, .line = 1};
  enum oio_status status = load(&in, error);
  if (status == OIO_OK) status = each_object(&in, take, context, error);
  free(in.text);
  return status;
}

enum oio_status json_file_each(const char *path, json_file_taker *take, void *context, struct oio_error *error) {
  struct json_file in = {.path = path, .line = 1};
  enum oio_status status = load(&in, error);
  if (status == OIO_OK) status = each(&in, take, context, error);
  free(in.text);
  return status;
}

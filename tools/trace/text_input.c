/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "text_input.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char white[] = " \t\r\v\f";

enum oio_status text_bad(const struct text_input *in, struct oio_error *error, const char *format, ...) {
  char text[200];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  for (char *at = text; *at != '\0'; at++)
    if (*at < ' ' || *at > '~') *at = '?';
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: %s", in->path, (unsigned long long)in->line, text);
}

enum oio_status text_open(struct text_input *in, const char *path, struct oio_error *error) {
  *in = (struct text_input){.path = path};
  in->text = malloc(TEXT_LINE_MAX);
  if (in->text == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
  errno = 0;
  in->file = gzopen(path, "rb");
  if (in->file != NULL) return OIO_OK;
  const int cause = errno;
  free(in->text);
  in->text = NULL;
  if (cause == 0 || cause == ENOMEM) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
  return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be opened: %s; check the name", path, strerror(cause));
}

void text_close(struct text_input *in) {
  if (in->file != NULL) gzclose_r(in->file);
  free(in->text);
  *in = (struct text_input){0};
}

static enum oio_status unreadable(const struct text_input *in, struct oio_error *error) {
  int cause;
  const char *what = gzerror(in->file, &cause);
  if (cause == Z_MEM_ERROR) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", in->path);
  if (cause == Z_ERRNO)
    return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; copy the file again", in->path, strerror(errno));
  return text_bad(in, error, "its gzip data is damaged or cut short (%.60s); copy the file again", what);
}

enum oio_status text_line(struct text_input *in, bool *more, struct oio_error *error) {
  int cause;
  const z_off_t before = gztell(in->file);
  *more = gzgets(in->file, in->text, TEXT_LINE_MAX) != NULL;
  gzerror(in->file, &cause);
  if (cause != Z_OK && cause != Z_STREAM_END) return unreadable(in, error);
  if (!*more) return OIO_OK;
  in->line++;
  size_t length = strlen(in->text);
  if ((z_off_t)length != gztell(in->file) - before) return text_bad(in, error, "a NUL byte; the file is damaged or no text");
  const bool whole = length > 0 && in->text[length - 1] == '\n';
  if (!whole && length == TEXT_LINE_MAX - 1)
    return text_bad(in, error, "a line of more than %d bytes; the file is damaged or no text", TEXT_LINE_MAX - 2);
  if (whole) in->text[--length] = '\0';
  if (length > 0 && in->text[length - 1] == '\r') in->text[length - 1] = '\0';
  return OIO_OK;
}

/* Blanks what is a comment, from *at on; in->comment says whether one goes on. */
static void blank_comments(struct text_input *in) {
  for (char *at = in->text; *at != '\0'; at++) {
    if (in->comment) {
      in->comment = !(at[0] == '*' && at[1] == '/');
      if (!in->comment) *at++ = ' ';
      *at = ' ';
    } else if (at[0] == '/' && at[1] == '*') {
      in->comment = true;
      *at++ = ' ';
      *at = ' ';
    } else if (at[0] == '/' && at[1] == '/') {
      *at = '\0';
      return;
    }
  }
}

enum oio_status text_word(struct text_input *in, const char **word, struct oio_error *error) {
  static const char *const braces[] = {"{", "}"};
  bool more = true;
  *word = NULL;
  for (;;) {
    if (in->word != NULL) in->word += strspn(in->word, white);
    if (in->word != NULL && *in->word != '\0') break;
    const enum oio_status status = text_line(in, &more, error);
    if (status != OIO_OK) return status;
    if (!more) return in->comment ? text_bad(in, error, "a comment has no end; the file is cut short: copy it again") : OIO_OK;
    blank_comments(in);
    in->word = in->text;
  }
  char *begin = in->word;
  if (*begin == '{' || *begin == '}') {
    in->word++;
    *word = braces[*begin == '}'];
    return OIO_OK;
  }
  const size_t length = strcspn(begin, " \t\r\v\f{}");
  /* One byte to the left there is room: a word before it is no longer needed, or white space is there. */
  if (begin[length] == '{' || begin[length] == '}') {
    if (begin == in->text) return text_bad(in, error, "a space is missing before %c; correct the file", begin[length]);
    memmove(begin - 1, begin, length);
    begin[length - 1] = '\0';
    *word = begin - 1;
    in->word = begin + length;
    return OIO_OK;
  }
  in->word = begin[length] == '\0' ? begin + length : begin + length + 1;
  begin[length] = '\0';
  *word = begin;
  return OIO_OK;
}

bool text_number(const char *text, const char *tail, uint64_t limit, uint64_t *value) {
  uint64_t sum = 0;
  const size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 19 || strcmp(text + digits, tail) != 0) return false;
  for (size_t i = 0; i < digits; i++) sum = 10 * sum + (uint64_t)(text[i] - '0');
  *value = sum;
  return sum <= limit;
}

size_t text_split(char *line, char **words, size_t room) {
  size_t count = 0;
  for (char *at = line + strspn(line, white); *at != '\0'; at += strspn(at, white)) {
    if (count < room) words[count] = at;
    count++;
    at += strcspn(at, white);
    if (*at != '\0') *at++ = '\0';
  }
  return count;
}

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A text file, gzip or not, line by line or word by word, in constant memory. Errors name file and line.
 */
#ifndef TRACE_TEXT_INPUT_H
#define TRACE_TEXT_INPUT_H

#include "oio/base.h"

#include <zlib.h>

enum { TEXT_LINE_MAX = 65536 };

struct text_input {
  const char *path;
  gzFile file;
  uint64_t line; /**< of what was read last, from 1 */
  char *text;    /**< TEXT_LINE_MAX bytes */
  char *word;    /**< of text, what text_word has not taken yet; NULL: a new line is needed */
  bool comment;  /**< inside one of slash and star */
};

enum oio_status text_open(struct text_input *in, const char *path, struct oio_error *error);
void text_close(struct text_input *in);
/** The next line without its end, in in->text; *more false: there are no more. OIO_ERR_FORMAT: no text, or a line that is too long. */
enum oio_status text_line(struct text_input *in, bool *more, struct oio_error *error);
/** The next word between white space, comments of C and C++ left out; braces are words of their own. Valid until the next call; NULL: there
 * are no more. */
enum oio_status text_word(struct text_input *in, const char **word, struct oio_error *error);
/** "PATH:LINE: what". */
enum oio_status text_bad(const struct text_input *in, struct oio_error *error, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;
/** Digits, all of the text but for `tail` behind them ("": nothing), up to `limit`. */
bool text_number(const char *text, const char *tail, uint64_t limit, uint64_t *value);
/** Splits a line at white space, in place; returns how many words there are, of which the first `room` are in words. */
size_t text_split(char *line, char **words, size_t room);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Text line by line, in memory that does not grow with it. What is no sound line (too long, with a NUL byte in it, cut off by an error or
 * for want of memory) is told from the end of the text. It knows nothing of what it reads: everything that reads lines stands on this.
 */
#ifndef OIO_LINES_H
#define OIO_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OIO_LINES_ROOM = 16384 };

enum oio_lines_result {
  OIO_LINES_ONE,        /**< a line */
  OIO_LINES_END,        /**< all lines have been taken */
  OIO_LINES_TOO_LONG,   /**< a line of more than line_max bytes */
  OIO_LINES_TOO_MUCH,   /**< more than text_max bytes */
  OIO_LINES_NUL,        /**< a NUL byte: no text */
  OIO_LINES_UNREADABLE, /**< read() failed, or errno is in cause */
};

struct oio_lines {
  bool (*read)(void *context, char *out, size_t room, size_t *got); /**< 1..room bytes, *got = 0 at the end; false: it cannot */
  void *context;
  char *buffer;      /**< size bytes; line_max + OIO_LINES_ROOM at least */
  size_t size;       /**< bytes */
  size_t line_max;   /**< bytes of a line with its newline, also with the one that the last line may lack */
  uint64_t text_max; /**< bytes of all lines */
  uint64_t number;   /**< of the line taken last, or that could not be; the first is 1 */
  int cause;         /**< of OIO_LINES_UNREADABLE, where read() is that of oio_lines_open */

  int file;                    /* of oio_lines_open */
  uint64_t taken;              /* bytes read so far */
  size_t begin, end, searched; /* of buffer: bytes not yet taken; none before `searched` is a newline */
  size_t nul;                  /* the first NUL byte at or behind begin, or size */
  bool at_end;
};

/** Over read(), which the caller fills in with context, buffer, size, line_max and text_max; nothing is to be released. */
void oio_lines_start(struct oio_lines *lines);
/** Over a file: false when it cannot be opened or memory is out, with the reason in errno and nothing to close. */
bool oio_lines_open(struct oio_lines *lines, const char *path, size_t line_max, uint64_t text_max);
void oio_lines_close(struct oio_lines *lines);
/**
 * The next line, until the next call the caller's to change: *nbytes bytes, then its newline, or a NUL byte where the text ends without
 * one. After anything but OIO_LINES_ONE nothing more is to be asked for.
 */
enum oio_lines_result oio_lines_next(struct oio_lines *lines, char **line, size_t *nbytes);
/** What comes next, without taking it: *got bytes at *at, fewer than nbytes (at most line_max) only at the end of the text. */
enum oio_lines_result oio_lines_peek(struct oio_lines *lines, size_t nbytes, const char **at, size_t *got);
/** What is wrong, as part of a sentence, in out: "the line is longer than 65536 bytes". */
const char *oio_lines_why(const struct oio_lines *lines, enum oio_lines_result result, char *out, size_t out_nbytes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Text that grows in memory, so that a file can be written whole or not at all, and the ways in which it is made safe for who reads it.
 * When memory runs out, `failed` is set and what follows is dropped: look once, at the end.
 */
#ifndef WAVE_OUT_H
#define WAVE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wave_out {
  char *bytes; /**< NUL-terminated once anything was added; else NULL */
  size_t size, room;
  bool failed;
};

void wave_out_bytes(struct wave_out *out, const void *bytes, size_t size);
void wave_out_text(struct wave_out *out, const char *text);
/** The same character, so many times. */
void wave_out_fill(struct wave_out *out, char character, size_t times);
void wave_out_format(struct wave_out *out, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/** Forgets the text but keeps the memory. */
void wave_out_clear(struct wave_out *out);
void wave_out_free(struct wave_out *out);

/** For a terminal: control bytes, what is no UTF-8 and what turns the direction of writing become '?'. */
void wave_out_clean(struct wave_out *out, const char *text);
/** In quotes, valid JSON and safe inside an HTML script: '<', '>' and '&' are escaped, too. NULL becomes null; what is no UTF-8, U+FFFD. */
void wave_out_json(struct wave_out *out, const char *text);
/** For XML and HTML text and attributes in double quotes; characters that XML forbids become U+FFFD. */
void wave_out_xml(struct wave_out *out, const char *text);
/** One word of a POSIX shell, in quotes only where it needs them. */
void wave_out_shell(struct wave_out *out, const char *word);

/** How many columns of a terminal the text takes after wave_out_clean: wide characters take two, combining ones none. */
size_t wave_columns(const char *text);
/** At most so many columns of text, cleaned; a longer one loses its begin (or its end), shown by "..". Returns the columns written. */
size_t wave_out_fit(struct wave_out *out, const char *text, size_t columns, bool keep_end);

/** The next character of UTF-8 text, which is moved past it; -1 for a byte that belongs to none. Not at the terminating NUL. */
int32_t wave_utf8(const char **text);

#endif

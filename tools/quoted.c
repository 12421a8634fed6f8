/* SPDX-License-Identifier: Apache-2.0 */
#include "quoted.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

void quoted_put(FILE *out, const char *text) {
  putc('"', out);
  for (; *text != '\0'; text++) {
    const unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\')
      fprintf(out, "\\%c", byte);
    else if (byte < ' ' || byte == 0x7F)
      fprintf(out, "\\u%04x", byte);
    else
      putc(byte, out);
  }
  putc('"', out);
}

void quoted_put_word(FILE *out, const char *text, bool in_make) {
  putc('\'', out);
  for (; *text != '\0'; text++) {
    if (*text == '\'')
      fputs("'\\''", out);
    else if (*text == '$' && in_make)
      fputs("$$", out);
    else
      putc(*text, out);
  }
  putc('\'', out);
}

/* Behind the text that begins here. */
static const char *behind_text(const char *at) {
  for (at++; *at != '"' && *at != '\0'; at++) at += *at == '\\' && at[1] != '\0';
  return *at == '"' ? at + 1 : at;
}

/* The comma or brace that ends the value which begins here. */
static const char *behind_value(const char *at) {
  unsigned depth = 0;
  while (*at != '\0' && (depth > 0 || strchr(",}]", *at) == NULL)) {
    if (*at == '"') {
      at = behind_text(at);
      continue;
    }
    depth += *at == '{' || *at == '[';
    depth -= *at == '}' || *at == ']';
    at++;
  }
  return at;
}

static bool is_one_of(const char *name, const char *const *names) {
  for (; *names != NULL; names++) {
    if (strncmp(name + 1, *names, strlen(*names)) == 0 && name[1 + strlen(*names)] == '"') return true;
  }
  return false;
}

static void put(FILE *out, const char *from, const char *to) {
  while (from < to) {
    const char *next = *from == '"' ? behind_text(from) : from + 1;
    if (strchr(" \n", *from) == NULL) fwrite(from, 1, (size_t)(next - from), out);
    from = next;
  }
}

void quoted_put_compact(FILE *out, const char *object, const char *const *left_out) {
  bool first = true;
  putc('{', out);
  for (const char *at = strchr(object, '"'); at != NULL && *at == '"';) {
    const char *end = behind_value(at);
    if (!is_one_of(at, left_out)) {
      if (!first) putc(',', out);
      put(out, at, end);
      first = false;
    }
    at = *end == ',' ? strchr(end, '"') : NULL;
  }
  putc('}', out);
}

__extension__ typedef unsigned __int128 wide;

/* 128 bits in digits. */
static void put_sum(FILE *out, const struct oio_sum_ps *sum) {
  wide rest = (wide)sum->high << 64 | sum->low;
  char digits[40], *at = digits + sizeof digits - 1;
  *at = '\0';
  do {
    *--at = (char)('0' + (int)(rest % 10));
    rest /= 10;
  } while (rest > 0);
  fprintf(out, "\"%s\"", at);
}

void quoted_put_latency(FILE *out, const struct oio_histogram *latency) {
  fprintf(out, ",\"latency\":{\"count\":%" PRIu64 ",\"sum_ps\":", latency->count);
  put_sum(out, &latency->sum);
  fprintf(out, ",\"min_ps\":%" PRIu64 ",\"max_ps\":%" PRIu64 ",\"buckets\":[", latency->min, latency->max);
  uint64_t seen = 0;
  for (unsigned i = 0; seen < latency->count; i++) {
    if (latency->buckets[i] == 0) continue;
    fprintf(out, "%s[%" PRIu64 ",%" PRIu64 "]", seen == 0 ? "" : ",", oio_histogram_top_ps(i), latency->buckets[i]);
    seen += latency->buckets[i];
  }
  fputs("]}", out);
}

void quoted_put_xml(FILE *out, const char *text) {
  for (; *text != '\0'; text++) {
    const unsigned char byte = (unsigned char)*text;
    if (byte == '&')
      fputs("&amp;", out);
    else if (byte == '<')
      fputs("&lt;", out);
    else if (byte == '>')
      fputs("&gt;", out);
    else if (byte == '"')
      fputs("&quot;", out);
    else
      putc(byte < ' ' && byte != '\n' && byte != '\t' ? '?' : byte, out);
  }
}

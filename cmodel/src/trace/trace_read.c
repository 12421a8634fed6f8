/* SPDX-License-Identifier: Apache-2.0 */
#include "lines.h"
#include "trace/trace_input.h"
#include "trace/trace_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_1 = 262144, BUFFER_BYTES = OIO_TRACE_LINE_MAX + 65536 };

static const char magic[] = "oio-trace ";

struct oio_trace_reader {
  struct oio_trace_input *input;
  struct oio_trace_name name;
  struct oio_trace_header header;
  struct oio_trace_rules rules;
  struct oio_error failure;
  enum oio_status failed; /* not OIO_OK: every call returns it and `failure` again */
  bool ended;
  struct oio_lines lines;
  size_t line_bytes;            /* of the line taken last, without its newline */
  enum oio_status input_status; /* of what the lines are made of */
  struct oio_error input_error;
  uint64_t waits[OIO_TRACE_WAITS_MAX];
  oio_time_ps delays_ps[OIO_TRACE_WAITS_MAX];
  uint8_t payload[OIO_TRACE_PAYLOAD_MAX];
  char buffer[BUFFER_BYTES];
};

static enum oio_status fail(struct oio_trace_reader *reader, enum oio_status status, const char *why, struct oio_error *error) {
  reader->failed = oio_error_set(&reader->failure, status, "%s:%" PRIu64 ": %s", reader->name.text, reader->lines.number, why);
  if (error != NULL) *error = reader->failure;
  return status;
}

static bool read_input(void *context, char *out, size_t room, size_t *got) {
  struct oio_trace_reader *reader = context;
  reader->input_status = oio_trace_input_read(reader->input, out, room, got, &reader->input_error);
  return reader->input_status == OIO_OK;
}

static enum oio_status bad_line(struct oio_trace_reader *reader, enum oio_lines_result result, struct oio_error *error) {
  char cause[64], why[128];
  if (result == OIO_LINES_UNREADABLE) return fail(reader, reader->input_status, reader->input_error.text, error);
  snprintf(why, sizeof why, "%s; this is no trace, or it is damaged", oio_lines_why(&reader->lines, result, cause, sizeof cause));
  return fail(reader, OIO_ERR_FORMAT, why, error);
}

/* The text ends with nbytes of a line, or with none. */
static enum oio_status cut_short(struct oio_trace_reader *reader, size_t nbytes, struct oio_error *error) {
  char why[160];
  if (nbytes == 0 && reader->lines.number == 1) return fail(reader, OIO_ERR_FORMAT, "the file is empty; record or import a trace", error);
  snprintf(why, sizeof why, "the file stops %s, after %" PRIu64 " records and before its end line; copy or record it again",
           nbytes > 0 ? "inside a line" : "here", reader->rules.records);
  return fail(reader, OIO_ERR_FORMAT, why, error);
}

/* The next line, comments too; it ends with its newline and stays where it is until the next call. */
static enum oio_status take_any(struct oio_trace_reader *reader, const char **line, struct oio_error *error) {
  char *taken = NULL;
  const enum oio_lines_result result = oio_lines_next(&reader->lines, &taken, &reader->line_bytes);
  *line = taken;
  if (result == OIO_LINES_END) return cut_short(reader, 0, error);
  if (result != OIO_LINES_ONE) return bad_line(reader, result, error);
  return taken[reader->line_bytes] == '\n' ? OIO_OK : cut_short(reader, reader->line_bytes, error);
}

static enum oio_status take_line(struct oio_trace_reader *reader, const char **line, struct oio_error *error) {
  enum oio_status status;
  do status = take_any(reader, line, error);
  while (status == OIO_OK && **line == '#');
  return status;
}

/* Whether the line is `word` and a space, or `word` alone; *rest then is what follows. */
static bool starts_with(const char *line, const char *word, const char **rest) {
  const size_t length = strlen(word);
  if (strncmp(line, word, length) != 0) return false;
  *rest = line + length;
  return true;
}

/* What is no text, or has no first line, is not called cut short but by its name. */
static enum oio_status check_magic(struct oio_trace_reader *reader, struct oio_error *error) {
  static const char foreign[] =
      "not a trace: it does not begin with \"oio-trace 1\" or \"oio-trace 2\"; convert a capture with `oio trace import`";
  struct oio_trace_why why;
  const char *line, *at;
  uint64_t version;
  size_t got;
  reader->lines.number = 1;
  const enum oio_lines_result result = oio_lines_peek(&reader->lines, sizeof magic - 1, &at, &got);
  if (result != OIO_LINES_ONE) return bad_line(reader, result, error);
  if (got > 0 && (got < sizeof magic - 1 || memcmp(at, magic, got) != 0)) return fail(reader, OIO_ERR_FORMAT, foreign, error);
  reader->lines.number = 0;
  const enum oio_status status = take_any(reader, &line, error);
  if (status != OIO_OK) return status;
  at = line + sizeof magic - 1;
  if (!oio_trace_number(&at, &version) || *at != '\n') return fail(reader, OIO_ERR_FORMAT, foreign, error);
  if (version < 1 || version > OIO_TRACE_VERSION) {
    oio_trace_why_set(&why, "version %" PRIu64 "; this program reads 1 and 2: update it, or record or import the trace again", version);
    return fail(reader, OIO_ERR_FORMAT, why.text, error);
  }
  reader->header.version = (uint32_t)version;
  if (version > 1) reader->lines.line_max = OIO_TRACE_LINE_MAX;
  return OIO_OK;
}

static bool store_text(char *field, size_t room, const char *text, size_t length, const char *name, struct oio_trace_why *why) {
  if (field[0] != '\0')
    oio_trace_why_set(why, "a second %s line; keep one", name);
  else if (length >= room)
    oio_trace_why_set(why, "the %s is longer than %zu characters; shorten it", name, room - 1);
  else if (memchr(text, '\0', length) != NULL)
    oio_trace_why_set(why, "the %s is no text; correct the line", name);
  else {
    memcpy(field, text, length);
    return true;
  }
  return false;
}

/* `low` to as many as there may be nodes: of them, or of dies. */
static bool store_number(uint32_t *field, uint32_t low, const char *text, const char *name, struct oio_trace_why *why) {
  uint64_t number;
  if (*field != 0)
    oio_trace_why_set(why, "a second %s line; keep one", name);
  else if (!oio_trace_number(&text, &number) || *text != '\n' || number < low || number > OIO_TRACE_NODES_MAX)
    oio_trace_why_set(why, "the number of %s is not %" PRIu32 " to %d; correct it", name, low, OIO_TRACE_NODES_MAX);
  else {
    *field = (uint32_t)number;
    return true;
  }
  return false;
}

static bool store_head_line(struct oio_trace_reader *reader, const char *line, struct oio_trace_why *why) {
  struct oio_trace_header *header = &reader->header;
  const char *rest;
  if (starts_with(line, "nodes ", &rest)) return store_number(&header->nodes, 1, rest, "nodes", why);
  if (header->version > 1 && starts_with(line, "dies ", &rest)) return store_number(&header->dies, 2, rest, "dies", why);
  const size_t length = reader->line_bytes;
  if (starts_with(line, "map ", &rest)) return store_text(header->map, sizeof header->map, rest, length - 4, "map", why);
  if (starts_with(line, "source ", &rest)) return store_text(header->source, sizeof header->source, rest, length - 7, "source", why);
  oio_trace_why_set(why, "not a line of the head: nodes, %smap, source, or --- before the records; correct it",
                    header->version > 1 ? "dies, " : "");
  return false;
}

static enum oio_status read_head(struct oio_trace_reader *reader, struct oio_error *error) {
  struct oio_trace_why why;
  enum oio_status status = check_magic(reader, error);
  if (status != OIO_OK) return status;
  for (;;) {
    const char *line;
    status = take_line(reader, &line, error);
    if (status != OIO_OK) return status;
    if (reader->line_bytes == 3 && memcmp(line, "---", 3) == 0) break;
    if (!store_head_line(reader, line, &why)) return fail(reader, OIO_ERR_FORMAT, why.text, error);
  }
  if (reader->header.nodes == 0) return fail(reader, OIO_ERR_FORMAT, "the head has no nodes line; write `nodes N` above this line", error);
  if (!oio_trace_rules_header(&reader->header, &why)) return fail(reader, OIO_ERR_FORMAT, why.text, error);
  reader->rules = (struct oio_trace_rules){.version = reader->header.version, .nodes = reader->header.nodes};
  return OIO_OK;
}

enum oio_status oio_trace_open(struct oio_trace_reader **reader, const char *path, struct oio_error *error) {
  *reader = NULL;
  struct oio_trace_reader *opened = calloc(1, sizeof *opened);
  if (opened == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "%.200s: out of memory; close other programs", path);
  opened->name = oio_trace_name_of(path);
  opened->lines = (struct oio_lines){.read = read_input,
                                     .context = opened,
                                     .buffer = opened->buffer,
                                     .size = sizeof opened->buffer,
                                     .line_max = LINE_MAX_1,
                                     .text_max = UINT64_MAX};
  oio_lines_start(&opened->lines);
  enum oio_status status = oio_trace_input_open(&opened->input, path, error);
  if (status == OIO_OK) status = read_head(opened, error);
  if (status != OIO_OK)
    oio_trace_close(opened);
  else
    *reader = opened;
  return status;
}

const struct oio_trace_header *oio_trace_header_of(const struct oio_trace_reader *reader) {
  return &reader->header;
}

/* The end line has been taken: it must agree, and nothing may follow. */
static enum oio_status finish(struct oio_trace_reader *reader, const char *count_text, struct oio_error *error) {
  struct oio_trace_why why;
  uint64_t count;
  const char *at;
  size_t got;
  if (!oio_trace_number(&count_text, &count) || *count_text != '\n')
    return fail(reader, OIO_ERR_FORMAT, "the end line is not `end` and the number of records; correct it", error);
  if (count != reader->rules.records) {
    oio_trace_why_set(&why, "the end line says %" PRIu64 " records, the file has %" PRIu64 "; copy or record it again", count,
                      reader->rules.records);
    return fail(reader, OIO_ERR_FORMAT, why.text, error);
  }
  const enum oio_lines_result result = oio_lines_peek(&reader->lines, 1, &at, &got);
  if (result != OIO_LINES_ONE) return bad_line(reader, result, error);
  reader->lines.number++;
  if (got > 0)
    return fail(reader, OIO_ERR_FORMAT, "there is more after the end line; remove it, or keep each trace in its own file", error);
  reader->ended = true;
  return OIO_OK;
}

enum oio_status oio_trace_next(struct oio_trace_reader *reader, struct oio_record *record, bool *more, struct oio_error *error) {
  struct oio_trace_why why;
  const char *line, *rest;
  *more = false;
  if (reader->failed != OIO_OK) {
    if (error != NULL) *error = reader->failure;
    return reader->failed;
  }
  if (reader->ended) return OIO_OK;
  const enum oio_status status = take_line(reader, &line, error);
  if (status != OIO_OK) return status;
  if (*line == 'e' && starts_with(line, "end ", &rest)) return finish(reader, rest, error);
  oio_time_ps *delays_ps = reader->header.version > 1 ? reader->delays_ps : NULL;
  if (!oio_trace_line_parse(line, record, reader->waits, delays_ps, reader->payload, &why) ||
      !oio_trace_rules_accept(&reader->rules, record, &why))
    return fail(reader, OIO_ERR_FORMAT, why.text, error);
  *more = true;
  return OIO_OK;
}

uint64_t oio_trace_records(const struct oio_trace_reader *reader) {
  return reader->rules.records;
}

double oio_trace_fraction(const struct oio_trace_reader *reader) {
  return oio_trace_input_fraction(reader->input);
}

void oio_trace_close(struct oio_trace_reader *reader) {
  if (reader == NULL) return;
  oio_trace_input_close(reader->input);
  free(reader);
}

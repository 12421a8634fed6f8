/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "trace/trace_rules.h"
#include "whole.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { GATHER_BYTES = 65536, OUT_BYTES = 65536, GZIP_ONLY = 15 + 16, LEVEL = 4, MEMORY_LEVEL = 9 };

struct oio_trace_writer {
  struct oio_whole whole;
  struct oio_trace_name name;
  struct oio_trace_rules rules;
  struct oio_error failure;
  enum oio_status failed; /* not OIO_OK: every call returns it and `failure` again */
  z_stream deflate;
  bool deflating;
  size_t used; /* of text: waits to be compressed */
  char text[OIO_TRACE_LINE_MAX + GATHER_BYTES];
  unsigned char out[OUT_BYTES];
};

static enum oio_status fail(struct oio_trace_writer *writer, enum oio_status status, const char *why, struct oio_error *error) {
  writer->failed = oio_error_set(&writer->failure, status, "%s: %s", writer->name.text, why);
  if (error != NULL) *error = writer->failure;
  return status;
}

static enum oio_status write_out(struct oio_trace_writer *writer, size_t bytes, struct oio_error *error) {
  struct oio_trace_why why;
  const unsigned char *at = writer->out;
  while (bytes > 0) {
    const ssize_t written = write(fileno(writer->whole.file), at, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      oio_trace_why_set(&why, "cannot be written: %s; free some space or choose another folder", strerror(errno));
      return fail(writer, OIO_ERR_IO, why.text, error);
    }
    at += written;
    bytes -= (size_t)written;
  }
  return OIO_OK;
}

/* Compresses what has been gathered; with Z_FINISH, all that is left. */
static enum oio_status compress_text(struct oio_trace_writer *writer, int flush, struct oio_error *error) {
  z_stream *stream = &writer->deflate;
  int result;
  stream->next_in = (unsigned char *)writer->text;
  stream->avail_in = (uInt)writer->used;
  do {
    stream->next_out = writer->out;
    stream->avail_out = OUT_BYTES;
    result = deflate(stream, flush);
    const enum oio_status status = write_out(writer, OUT_BYTES - stream->avail_out, error);
    if (status != OIO_OK) return status;
  } while (stream->avail_out == 0 || (flush == Z_FINISH && result != Z_STREAM_END));
  writer->used = 0;
  return OIO_OK;
}

static enum oio_status open_output(struct oio_trace_writer *writer, const char *path, struct oio_error *error) {
  struct oio_trace_why why;
  if (oio_whole_begin(&writer->whole, path)) {
    writer->whole.lasting = true;
    return OIO_OK;
  }
  if (errno == EISDIR) return fail(writer, OIO_ERR_IO, "is a folder; name a file in it", error);
  oio_trace_why_set(&why, "cannot be created: %s; choose a folder that exists and can be written", strerror(errno));
  return fail(writer, errno == ENOMEM ? OIO_ERR_NOMEM : OIO_ERR_IO, why.text, error);
}

static void put_header(struct oio_trace_writer *writer, const struct oio_trace_header *header) {
  char *at = writer->text;
  at += sprintf(at, "oio-trace %" PRIu32 "\nnodes %" PRIu32 "\n", header->version, header->nodes);
  if (header->dies != 0) at += sprintf(at, "dies %" PRIu32 "\n", header->dies);
  if (header->map[0] != '\0') at += sprintf(at, "map %s\n", header->map);
  if (header->source[0] != '\0') at += sprintf(at, "source %s\n", header->source);
  at += sprintf(at, "---\n");
  writer->used = (size_t)(at - writer->text);
}

static enum oio_status start(struct oio_trace_writer *writer, const char *path, const struct oio_trace_header *wanted,
                             struct oio_error *error) {
  struct oio_trace_why why;
  struct oio_trace_header header = *wanted;
  if (header.version == 0) header.version = header.dies == 0 ? 1 : 2;
  if (!oio_trace_rules_header(&header, &why)) return fail(writer, OIO_ERR_FORMAT, why.text, error);
  writer->rules = (struct oio_trace_rules){.version = header.version, .nodes = header.nodes};
  if (deflateInit2(&writer->deflate, LEVEL, Z_DEFLATED, GZIP_ONLY, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
    return fail(writer, OIO_ERR_NOMEM, "out of memory; close other programs", error);
  writer->deflating = true;
  const enum oio_status status = open_output(writer, path, error);
  if (status == OIO_OK) put_header(writer, &header);
  return status;
}

enum oio_status oio_trace_create(struct oio_trace_writer **writer, const char *path, const struct oio_trace_header *header,
                                 struct oio_error *error) {
  *writer = NULL;
  struct oio_trace_writer *created = calloc(1, sizeof *created);
  if (created == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "%.200s: out of memory; close other programs", path);
  created->name = oio_trace_name_of(path);
  const enum oio_status status = start(created, path, header, error);
  if (status != OIO_OK)
    oio_trace_abandon(created);
  else
    *writer = created;
  return status;
}

enum oio_status oio_trace_put(struct oio_trace_writer *writer, const struct oio_record *record, struct oio_error *error) {
  struct oio_trace_why why, whole;
  if (writer->failed != OIO_OK) {
    if (error != NULL) *error = writer->failure;
    return writer->failed;
  }
  if (!oio_trace_rules_accept(&writer->rules, record, &why)) {
    oio_trace_why_set(&whole, "record %" PRIu64 ": %.170s", writer->rules.records + 1, why.text);
    return fail(writer, OIO_ERR_FORMAT, whole.text, error);
  }
  writer->used += oio_trace_line_format(record, writer->text + writer->used);
  return writer->used >= GATHER_BYTES ? compress_text(writer, Z_NO_FLUSH, error) : OIO_OK;
}

static enum oio_status publish(struct oio_trace_writer *writer, struct oio_error *error) {
  struct oio_trace_why why;
  if (oio_whole_end(&writer->whole)) return OIO_OK;
  oio_trace_why_set(&why, "cannot be written: %s; free some space or choose another folder", strerror(errno));
  return fail(writer, OIO_ERR_IO, why.text, error);
}

enum oio_status oio_trace_finish(struct oio_trace_writer *writer, struct oio_error *error) {
  enum oio_status status = writer->failed;
  if (status != OIO_OK) {
    if (error != NULL) *error = writer->failure;
  } else {
    writer->used += (size_t)sprintf(writer->text + writer->used, "end %" PRIu64 "\n", writer->rules.records);
    status = compress_text(writer, Z_FINISH, error);
    if (status == OIO_OK) status = publish(writer, error);
  }
  oio_trace_abandon(writer);
  return status;
}

void oio_trace_abandon(struct oio_trace_writer *writer) {
  if (writer == NULL) return;
  if (writer->deflating) deflateEnd(&writer->deflate);
  oio_whole_abandon(&writer->whole);
  free(writer);
}

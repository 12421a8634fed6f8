/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "trace/trace_input.h"

#include "trace/trace_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

enum { CHUNK_BYTES = 65536, GZIP_ONLY = 15 + 16 };

enum coding { CODING_UNKNOWN, CODING_PLAIN, CODING_GZIP };

struct oio_trace_input {
  int fd;
  enum coding coding;
  bool in_member; /* inside a gzip member: the end of the file here means it is cut short */
  bool at_end;
  uint64_t file_bytes;
  uint64_t read_bytes;
  enum oio_status held; /* a fault found behind bytes that had to be handed out first */
  struct oio_error held_error;
  z_stream inflate; /* next_in, avail_in: what was read and not yet used, in both codings */
  unsigned char chunk[CHUNK_BYTES];
};

static enum oio_status check_kind(struct oio_trace_input *input, const char *name, struct oio_error *error) {
  struct stat status;
  if (fstat(input->fd, &status) != 0) return oio_error_set(error, OIO_ERR_IO, "%s: cannot be examined: %s", name, strerror(errno));
  if (S_ISDIR(status.st_mode)) return oio_error_set(error, OIO_ERR_IO, "%s: is a folder; name the trace file in it", name);
  input->file_bytes = S_ISREG(status.st_mode) && status.st_size > 0 ? (uint64_t)status.st_size : 0;
  return OIO_OK;
}

enum oio_status oio_trace_input_open(struct oio_trace_input **input, const char *path, struct oio_error *error) {
  struct oio_trace_name name = oio_trace_name_of(path);
  *input = NULL;
  struct oio_trace_input *opened = calloc(1, sizeof *opened);
  if (opened == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "%s: out of memory; close other programs", name.text);
  opened->fd = open(path, O_RDONLY | O_CLOEXEC);
  if (opened->fd < 0) {
    const int cause = errno;
    free(opened);
    return oio_error_set(error, OIO_ERR_IO, "%s: cannot be opened: %s; check the name and its permissions", name.text, strerror(cause));
  }
  const enum oio_status status = check_kind(opened, name.text, error);
  if (status != OIO_OK) {
    close(opened->fd);
    free(opened);
    return status;
  }
  *input = opened;
  return OIO_OK;
}

/* Reads behind what is still unused. */
static enum oio_status refill(struct oio_trace_input *input, struct oio_error *error) {
  const size_t kept = input->inflate.avail_in;
  if (kept > 0 && input->inflate.next_in != input->chunk) memmove(input->chunk, input->inflate.next_in, kept);
  ssize_t got;
  do got = read(input->fd, input->chunk + kept, CHUNK_BYTES - kept);
  while (got < 0 && errno == EINTR);
  if (got < 0) return oio_error_set(error, OIO_ERR_IO, "cannot be read: %s; check the disk, or copy the file again", strerror(errno));
  input->inflate.next_in = input->chunk;
  input->inflate.avail_in = (uInt)(kept + (size_t)got);
  input->read_bytes += (uint64_t)got;
  input->at_end = got == 0;
  return OIO_OK;
}

static enum oio_status detect(struct oio_trace_input *input, struct oio_error *error) {
  while (input->inflate.avail_in < 2 && !input->at_end) {
    const enum oio_status status = refill(input, error);
    if (status != OIO_OK) return status;
  }
  input->coding = CODING_PLAIN;
  if (input->inflate.avail_in < 2 || input->inflate.next_in[0] != 0x1f || input->inflate.next_in[1] != 0x8b) return OIO_OK;
  if (inflateInit2(&input->inflate, GZIP_ONLY) != Z_OK) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  input->coding = CODING_GZIP;
  input->in_member = true;
  return OIO_OK;
}

static enum oio_status read_plain(struct oio_trace_input *input, void *out, size_t room, size_t *got, struct oio_error *error) {
  if (input->inflate.avail_in == 0) {
    const enum oio_status status = refill(input, error);
    if (status != OIO_OK) return status;
  }
  *got = room < input->inflate.avail_in ? room : input->inflate.avail_in;
  memcpy(out, input->inflate.next_in, *got);
  input->inflate.next_in += *got;
  input->inflate.avail_in -= (uInt)*got;
  return OIO_OK;
}

static enum oio_status step_gzip(struct oio_trace_input *input, struct oio_error *error) {
  if (!input->in_member) {
    if (input->inflate.next_in[0] != 0x1f)
      return oio_error_set(error, OIO_ERR_FORMAT, "there are bytes after the end of the gzip data; copy or record the file again");
    inflateReset(&input->inflate);
    input->in_member = true;
  }
  switch (inflate(&input->inflate, Z_NO_FLUSH)) {
  case Z_OK:
  case Z_BUF_ERROR:
    return OIO_OK;
  case Z_STREAM_END:
    input->in_member = false;
    return OIO_OK;
  case Z_MEM_ERROR:
    return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  default:
    return oio_error_set(error, OIO_ERR_FORMAT, "the gzip data is damaged (%s); copy or record the file again",
                         input->inflate.msg != NULL ? input->inflate.msg : "needs a dictionary");
  }
}

static enum oio_status read_gzip(struct oio_trace_input *input, void *out, size_t room, size_t *got, struct oio_error *error) {
  input->inflate.next_out = out;
  input->inflate.avail_out = (uInt)room;
  while (input->inflate.avail_out == room) {
    enum oio_status status = OIO_OK;
    if (input->inflate.avail_in == 0) status = refill(input, error);
    if (status != OIO_OK) return status;
    if (input->at_end) {
      if (input->in_member)
        return oio_error_set(error, OIO_ERR_FORMAT, "the gzip data stops early: the file is cut short; copy or record it again");
      break;
    }
    status = step_gzip(input, error);
    if (status == OIO_OK) continue;
    if (input->inflate.avail_out == room) return status;
    input->held = status;
    input->held_error = *error;
    break;
  }
  *got = room - input->inflate.avail_out;
  return OIO_OK;
}

enum oio_status oio_trace_input_read(struct oio_trace_input *input, void *out, size_t room, size_t *got, struct oio_error *error) {
  *got = 0;
  if (input->held != OIO_OK) {
    *error = input->held_error;
    return input->held;
  }
  if (input->coding == CODING_UNKNOWN) {
    const enum oio_status status = detect(input, error);
    if (status != OIO_OK) return status;
  }
  return input->coding == CODING_GZIP ? read_gzip(input, out, room, got, error) : read_plain(input, out, room, got, error);
}

double oio_trace_input_fraction(const struct oio_trace_input *input) {
  if (input->file_bytes == 0) return 0;
  const double fraction = (double)(input->read_bytes - input->inflate.avail_in) / (double)input->file_bytes;
  return fraction < 1 ? fraction : 1;
}

void oio_trace_input_close(struct oio_trace_input *input) {
  if (input == NULL) return;
  if (input->coding == CODING_GZIP) inflateEnd(&input->inflate);
  close(input->fd);
  free(input);
}

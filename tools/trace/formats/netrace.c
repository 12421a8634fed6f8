/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "trace/importers.h"

#include "interrupt.h"
#include "progress.h"

#include <bzlib.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 72, REGION_BYTES = 24, RECORD_BYTES = 21, DEPENDENTS_MAX = 255, LOOK_AROUND = 4096, TRIM_EVERY = 64, TYPES = 31 };
static const uint32_t magic = 0x484A5455;
static const oio_time_ps default_cycle_ps = 500;

enum { VC_REQUEST, VC_RESPONSE, VC_WRITEBACK, VC_PROBE, VC_ANSWER };

/* Index: netrace's message type; 0 bytes: no such type. */
static const struct {
  uint8_t bytes;
  uint8_t vc;
} types[TYPES] = {
    [1] = {8, VC_REQUEST},    [2] = {72, VC_RESPONSE}, [3] = {72, VC_RESPONSE}, [4] = {72, VC_REQUEST}, [5] = {8, VC_RESPONSE},
    [6] = {72, VC_WRITEBACK}, [13] = {8, VC_REQUEST},  [14] = {8, VC_RESPONSE}, [15] = {8, VC_REQUEST}, [16] = {72, VC_RESPONSE},
    [25] = {8, VC_RESPONSE},  [27] = {8, VC_PROBE},    [28] = {8, VC_ANSWER},   [29] = {8, VC_PROBE},   [30] = {72, VC_ANSWER},
};

struct packet_id {
  uint32_t id;
  uint32_t order;
};

/* A dependent as the file names it: the packet at `order` must arrive before packet `id` enters. */
struct dependent {
  uint32_t order;
  uint32_t id;
};

struct netrace {
  const char *name;
  FILE *file;
  BZFILE *stream;
  bool at_end;
  uint64_t offset; /* in the decompressed data */
  uint32_t nodes;
  uint64_t packets, cycles;
  long file_bytes;
  struct spill ids, dependents; /* of struct packet_id, struct dependent */
};

static enum oio_status bad(const struct netrace *in, struct oio_error *error, const char *what) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: byte %" PRIu64 " of the decompressed data: %s", in->name, in->offset, what);
}

static enum oio_status bz_failure(const struct netrace *in, int result, struct oio_error *error) {
  if (result == BZ_MEM_ERROR) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", in->name);
  if (result == BZ_IO_ERROR)
    return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; copy the file again", in->name, strerror(errno));
  if (result == BZ_UNEXPECTED_EOF) return bad(in, error, "the bzip2 data stops early: the file is cut short; fetch it again");
  return bad(in, error, "the bzip2 data is damaged; fetch the file again");
}

/* Exactly `wanted` bytes; *got says how many there were when the stream ends first. */
static enum oio_status take(struct netrace *in, void *out, size_t wanted, size_t *got, struct oio_error *error) {
  int result = BZ_OK;
  *got = 0;
  while (*got < wanted && !in->at_end) {
    const int read = BZ2_bzRead(&result, in->stream, (char *)out + *got, (int)(wanted - *got));
    if (result != BZ_OK && result != BZ_STREAM_END) return bz_failure(in, result, error);
    *got += (size_t)read;
    in->offset += (uint64_t)read;
    in->at_end = result == BZ_STREAM_END;
  }
  return OIO_OK;
}

static enum oio_status take_whole(struct netrace *in, void *out, size_t wanted, const char *what, struct oio_error *error) {
  char text[120];
  size_t got;
  const enum oio_status status = take(in, out, wanted, &got, error);
  if (status != OIO_OK || got == wanted) return status;
  snprintf(text, sizeof text, "the data ends inside %s; fetch the file again", what);
  return bad(in, error, text);
}

static uint64_t little_endian(const uint8_t *bytes, unsigned count) {
  uint64_t value = 0;
  while (count-- > 0) value = value << 8 | bytes[count];
  return value;
}

static enum oio_status skip(struct netrace *in, uint64_t bytes, const char *what, struct oio_error *error) {
  uint8_t sink[4096];
  enum oio_status status = OIO_OK;
  for (; bytes > 0 && status == OIO_OK; bytes -= bytes < sizeof sink ? bytes : sizeof sink)
    status = take_whole(in, sink, bytes < sizeof sink ? (size_t)bytes : sizeof sink, what, error);
  return status;
}

static void describe(const uint8_t *name, oio_time_ps cycle_ps, struct oio_trace_header *header) {
  char shown[31] = "";
  for (size_t i = 0; i < 30 && name[i] != '\0'; i++) shown[i] = name[i] >= ' ' && name[i] <= '~' ? (char)name[i] : '?';
  snprintf(header->source, sizeof header->source, "netrace %s, %" PRIu64 " ps per cycle", shown, cycle_ps);
}

static enum oio_status read_header(struct netrace *in, oio_time_ps cycle_ps, struct oio_trace_header *header, struct oio_error *error) {
  static const uint8_t version_1[4] = {0x00, 0x00, 0x80, 0x3f}; /* 1.0 as a little-endian float */
  uint8_t bytes[HEADER_BYTES];
  enum oio_status status = take_whole(in, bytes, sizeof bytes, "the header", error);
  if (status != OIO_OK) return status;
  if (little_endian(bytes, 4) != magic) return bad(in, error, "no netrace header (magic 0x484a5455); name a netrace .tra.bz2 file");
  if (memcmp(bytes + 4, version_1, 4) != 0) return bad(in, error, "not netrace version 1.0; convert it with netrace's own tools");
  in->nodes = bytes[38];
  in->cycles = little_endian(bytes + 40, 8);
  in->packets = little_endian(bytes + 48, 8);
  if (in->nodes == 0) return bad(in, error, "the header says 0 nodes; fetch the file again");
  header->nodes = in->nodes;
  describe(bytes + 8, cycle_ps, header);
  status = skip(in, little_endian(bytes + 56, 4), "the notes", error);
  return status == OIO_OK ? skip(in, REGION_BYTES * little_endian(bytes + 60, 4), "the table of regions", error) : status;
}

static enum oio_status bad_record(const struct netrace *in, const struct messages *messages, struct oio_error *error, const char *format,
                                  unsigned long long value) {
  char what[100];
  snprintf(what, sizeof what, format, value);
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: record %zu (it ends at byte %" PRIu64 " of the decompressed data): %s", in->name,
                       messages->count + 1, in->offset, what);
}

static enum oio_status remember(struct netrace *in, uint32_t order, uint32_t id, const uint8_t *dependents, unsigned count,
                                struct oio_error *error) {
  bool fits = true;
  struct packet_id *added = spill_push(&in->ids);
  if (added != NULL) *added = (struct packet_id){.id = id, .order = order};
  for (unsigned i = 0; i < count && fits; i++) {
    struct dependent *dependent = spill_push(&in->dependents);
    fits = dependent != NULL;
    if (fits) *dependent = (struct dependent){.order = order, .id = (uint32_t)little_endian(dependents + 4 * i, 4)};
  }
  if (added == NULL || !fits) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: does not fit the memory; import a part of it", in->name);
  return OIO_OK;
}

static enum oio_status read_record(struct netrace *in, const struct import_options *options, oio_time_ps cycle_ps,
                                   struct messages *messages, struct oio_error *error) {
  uint8_t bytes[RECORD_BYTES], dependents[4 * DEPENDENTS_MAX];
  enum oio_status status = take_whole(in, bytes, sizeof bytes, "a record, before the number of packets that the header says", error);
  if (status != OIO_OK) return status;
  const unsigned count = bytes[20];
  status = take_whole(in, dependents, 4 * count, "a record's dependents", error);
  if (status != OIO_OK) return status;
  const uint8_t type = bytes[16], source = bytes[17], destination = bytes[18];
  struct message message = {.source = source, .destination = destination};
  if (type >= TYPES || types[type].bytes == 0)
    return bad_record(in, messages, error, "type %llu is not a message type of netrace; fetch the file again", type);
  if (source >= in->nodes || destination >= in->nodes)
    return bad_record(in, messages, error, "node %llu is beyond the nodes of the header; fetch the file again",
                      source >= in->nodes ? source : destination);
  const uint64_t cycle = little_endian(bytes, 8);
  if (!import_time(cycle, cycle_ps, &message.time_ps))
    return bad_record(in, messages, error, "cycle %llu gives a time beyond 2^62 ps; use a smaller --cycle-ps", cycle);
  message.bytes = types[type].bytes;
  message.vc = options->one_vc ? 0 : types[type].vc;
  status = remember(in, (uint32_t)messages->count, (uint32_t)little_endian(bytes + 8, 4), dependents, count, error);
  return status == OIO_OK ? messages_add(messages, &message, error) : status;
}

static enum oio_status read_records(struct netrace *in, const struct import_options *options, oio_time_ps cycle_ps,
                                    struct messages *messages, struct oio_error *error) {
  struct progress progress;
  enum oio_status status = OIO_OK;
  progress_start(&progress, "reading");
  while (messages->count < in->packets && status == OIO_OK) {
    status = read_record(in, options, cycle_ps, messages, error);
    if (messages->count % LOOK_AROUND == 0) {
      if (interrupt_requested()) break;
      progress_update(&progress, (double)messages->count / (double)in->packets);
    }
  }
  progress_end(&progress);
  return status;
}

/* The header's count and the file's size must agree: nothing more in the stream, nothing behind it. */
static enum oio_status check_end(struct netrace *in, struct oio_error *error) {
  uint8_t more;
  size_t got;
  const enum oio_status status = take(in, &more, 1, &got, error);
  if (status != OIO_OK) return status;
  if (got > 0) return bad(in, error, "there are more records than the packets that the header says; fetch the file again");
  int result, unused_bytes = 0;
  void *unused = NULL;
  BZ2_bzReadGetUnused(&result, in->stream, &unused, &unused_bytes);
  if (unused_bytes > 0 || fgetc(in->file) != EOF)
    return bad(in, error, "there are bytes after the end of the bzip2 data; fetch the file again");
  return ferror(in->file) ? bad(in, error, "what follows the bzip2 data cannot be read; copy the file again") : OIO_OK;
}

static int by_id(const void *left, const void *right) {
  const struct packet_id *a = left, *b = right;
  return a->id < b->id ? -1 : a->id > b->id;
}

/* Turns "these wait for me" into "I wait for that one". */
static enum oio_status resolve(struct netrace *in, struct messages *messages, struct import_notes *notes, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  const size_t count = messages->count;
  if (count == 0) return OIO_OK;
  if (!spill_sort(&in->ids, by_id))
    return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: does not fit the memory; import a part of it", in->name);
  const struct packet_id *ids = in->ids.list;
  const struct dependent *dependents = in->dependents.list;
  for (size_t i = 1; i < count; i++) {
    if (i % TRIM_EVERY == 0) spill_trim();
    if (ids[i].id == ids[i - 1].id)
      return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: record %lu: packet id %" PRIu32 " is there twice; fetch the file again",
                           in->name, (unsigned long)ids[i].order + 1, ids[i].id);
  }
  for (size_t i = 0; i < in->dependents.count && status == OIO_OK; i++) {
    const struct dependent *dependent = &dependents[i];
    const struct packet_id wanted = {.id = dependent->id};
    const struct packet_id *found = bsearch(&wanted, ids, count, sizeof wanted, by_id);
    if (found != NULL)
      status = messages_add_wait(messages, found->order, dependent->order, error);
    else if (dependent->id > ids[count - 1].id)
      import_left_out(notes, "dependents beyond the end", 1);
    else
      return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: record %lu: its dependent packet %" PRIu32 " is not in the file; fetch it again",
                           in->name, (unsigned long)dependent->order + 1, dependent->id);
    if (i % TRIM_EVERY == 0) spill_trim();
  }
  return status;
}

enum oio_status import_netrace(struct import_context *context, struct oio_error *error) {
  const struct import_options *options = context->options;
  const char *path = context->paths[0];
  struct netrace in = {.name = path, .ids.size = sizeof(struct packet_id), .dependents.size = sizeof(struct dependent)};
  const oio_time_ps cycle_ps = options->cycle_ps != 0 ? options->cycle_ps : default_cycle_ps;
  int result;
  in.file = fopen(path, "rb");
  if (in.file == NULL) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be opened: %s; check the name", path, strerror(errno));
  in.stream = BZ2_bzReadOpen(&result, in.file, 0, 0, NULL, 0);
  enum oio_status status = in.stream != NULL ? OIO_OK : bz_failure(&in, result, error);
  if (status == OIO_OK) status = read_header(&in, cycle_ps, &context->header, error);
  if (status == OIO_OK) status = read_records(&in, options, cycle_ps, context->messages, error);
  if (status == OIO_OK && !interrupt_requested()) status = check_end(&in, error);
  if (status == OIO_OK && !interrupt_requested()) status = resolve(&in, context->messages, &context->notes, error);
  if (in.stream != NULL) BZ2_bzReadClose(&result, in.stream);
  fclose(in.file);
  spill_free(&in.ids);
  spill_free(&in.dependents);
  return status;
}

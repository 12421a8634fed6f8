/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "trace/importers.h"

#include "interrupt.h"
#include "trace/formats/tt_topology.h"
#include "trace/json_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { VC_WRITE, VC_READ, VC_OTHER };
static const oio_time_ps default_cycle_ps = 1000;

struct tt_npe {
  const struct import_options *options;
  oio_time_ps cycle_ps;
  struct messages *messages;
  struct import_notes *notes;
  long device_max;
  const char *path; /* of the file being read */
  json_t *topology; /* of its folder, once it is needed */
};

static enum oio_status bad_event(const struct tt_npe *in, uint64_t line, struct oio_error *error, const char *what) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: %s", in->path, (unsigned long long)line, what);
}

static bool starts_with(const char *text, const char *start) {
  return strncmp(text, start, strlen(start)) == 0;
}

/* An integer in 0..limit; -1: absent, null or something else. */
static long integer(const json_t *event, const char *key, long limit) {
  const json_t *value = json_object_get(event, key);
  if (!json_is_integer(value)) return -1;
  const json_int_t number = json_integer_value(value);
  return number >= 0 && number <= limit ? (long)number : -1;
}

static enum oio_status need_topology(struct tt_npe *in, struct oio_error *error) {
  char path[4096];
  const char *slash = strrchr(in->path, '/');
  if (in->topology != NULL) return OIO_OK;
  const int folder = slash != NULL ? (int)(slash - in->path) + 1 : 0;
  snprintf(path, sizeof path, "%.*stopology.json", folder, in->path);
  in->topology = tt_topology_load(path, error);
  return in->topology != NULL ? OIO_OK : OIO_ERR_FORMAT;
}

/* Where a fabric event without a foreign dst_device_id ends. */
static enum oio_status fabric_end(struct tt_npe *in, const json_t *event, long source, uint64_t line, long *end, struct oio_error *error) {
  const json_t *send = json_object_get(event, "fabric_send"), *way = json_object_get(send, "path");
  if (json_array_size(way) > 0) {
    *end = integer(json_array_get(way, json_array_size(way) - 1), "device", OIO_TRACE_NODES_MAX - 1);
    return *end >= 0 ? OIO_OK : bad_event(in, line, error, "the last step of fabric_send.path names no device; correct the capture");
  }
  const long channel = integer(send, "eth_chan", 65535), hops = integer(send, "hops", 65535);
  if (channel < 0 || hops < 0)
    return bad_event(in, line, error, "a fabric event without a destination, eth_chan or hops; record the capture again");
  const enum oio_status status = need_topology(in, error);
  if (status != OIO_OK) return status;
  *end = tt_topology_follow(in->topology, source, channel, hops);
  if (*end >= 0 && *end < OIO_TRACE_NODES_MAX) return OIO_OK;
  return bad_event(in, line, error, "topology.json does not say where this fabric event ends; take the one that belongs to the capture");
}

static uint8_t vc_of(const struct tt_npe *in, const char *type) {
  if (in->options->one_vc) return 0;
  if (strstr(type, "READ") != NULL) return VC_READ;
  return strstr(type, "WRITE") != NULL ? VC_WRITE : VC_OTHER;
}

static enum oio_status keep_event(struct tt_npe *in, const json_t *event, const char *type, long source, long destination, uint64_t line,
                                  struct oio_error *error) {
  const json_t *timestamp = json_object_get(event, "timestamp");
  struct message message = {.vc = vc_of(in, type)};
  if (!json_is_integer(timestamp) || json_integer_value(timestamp) < 0)
    return bad_event(in, line, error, "no timestamp, or not a whole number of cycles; record the capture again");
  if (!import_time((uint64_t)json_integer_value(timestamp), in->cycle_ps, &message.time_ps))
    return bad_event(in, line, error, "the timestamp gives a time beyond 2^62 ps; use a smaller --cycle-ps");
  const bool reads = starts_with(type, "READ"); /* its data travels towards the source */
  message.source = (uint16_t)(reads ? destination : source);
  message.destination = (uint16_t)(reads ? source : destination);
  message.bytes = (uint32_t)integer(event, "num_bytes", (long)OIO_TRACE_BYTES_MAX);
  if (source > in->device_max) in->device_max = source;
  if (destination > in->device_max) in->device_max = destination;
  return messages_add(in->messages, &message, error);
}

static enum oio_status take_event(void *context, const json_t *event, uint64_t line, struct oio_error *error) {
  struct tt_npe *in = context;
  const char *type = json_string_value(json_object_get(event, "type"));
  const long source = integer(event, "src_device_id", OIO_TRACE_NODES_MAX - 1);
  const json_t *bytes = json_object_get(event, "num_bytes");
  long destination = integer(event, "dst_device_id", OIO_TRACE_NODES_MAX - 1);
  const bool fabric = type != NULL && starts_with(type, "FABRIC_");
  const bool between = fabric || (type != NULL && destination >= 0 && destination != source);
  if (interrupt_requested()) return OIO_OK;
  if (!between || (json_is_integer(bytes) && json_integer_value(bytes) == 0)) {
    import_left_out(in->notes, "events between no two nodes", 1);
    in->notes->for_what += type != NULL && strcmp(type, "SEMAPHORE_WAIT") == 0;
    return OIO_OK;
  }
  if (source < 0)
    return bad_event(in, line, error, "a message between devices without src_device_id (0 to 65535); record the capture again");
  if (!json_is_integer(bytes) || json_integer_value(bytes) < 0 || json_integer_value(bytes) > (json_int_t)OIO_TRACE_BYTES_MAX)
    return bad_event(in, line, error, "num_bytes is not a whole number up to 2^30; record the capture again");
  if (fabric && (destination < 0 || destination == source)) {
    const enum oio_status status = fabric_end(in, event, source, line, &destination, error);
    if (status != OIO_OK) return status;
  }
  return keep_event(in, event, type, source, destination, line, error);
}

static enum oio_status import_file(struct tt_npe *in, const char *path, struct oio_error *error) {
  in->path = path;
  const enum oio_status status = json_file_each(path, take_event, in, error);
  json_decref(in->topology);
  in->topology = NULL;
  return status;
}

static bool ends_with(const char *name, const char *end) {
  const size_t length = strlen(name), tail = strlen(end);
  return length >= tail && strcmp(name + length - tail, end) == 0;
}

static int is_raw(const struct dirent *entry) {
  return starts_with(entry->d_name, "noc_trace_") && ends_with(entry->d_name, ".json");
}

static int is_events(const struct dirent *entry) {
  return ends_with(entry->d_name, ".json") && strcmp(entry->d_name, "topology.json") != 0;
}

static enum oio_status import_folder(struct tt_npe *in, const char *folder, struct oio_error *error) {
  struct dirent **entries = NULL;
  char path[4096];
  int count = scandir(folder, &entries, is_raw, alphasort);
  if (count == 0) {
    free(entries);
    count = scandir(folder, &entries, is_events, alphasort);
  }
  if (count < 0) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; check its permissions", folder, strerror(errno));
  enum oio_status status = OIO_OK;
  if (count == 0) status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no .json file in this folder; name the capture's folder", folder);
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
    if (status == OIO_OK) status = import_file(in, path, error);
    free(entries[i]);
  }
  free(entries);
  return status;
}

enum oio_status import_tt_npe(struct import_context *context, struct oio_error *error) {
  const struct import_options *options = context->options;
  char *const *paths = context->paths;
  const int count = context->count;
  struct messages *messages = context->messages;
  struct tt_npe in = {.options = options, .messages = messages, .notes = &context->notes};
  in.cycle_ps = options->cycle_ps != 0 ? options->cycle_ps : default_cycle_ps;
  enum oio_status status = OIO_OK;
  for (int i = 0; i < count && status == OIO_OK; i++) {
    struct stat kind;
    const bool folder = stat(paths[i], &kind) == 0 && S_ISDIR(kind.st_mode);
    status = folder ? import_folder(&in, paths[i], error) : import_file(&in, paths[i], error);
  }
  if (status == OIO_OK && messages->count == 0 && !interrupt_requested())
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no event crosses devices; import a capture of more than one device", paths[0]);
  context->header.nodes = (uint32_t)in.device_max + 1;
  snprintf(context->header.source, sizeof context->header.source, "tt-npe capture, %llu ps per cycle", (unsigned long long)in.cycle_ps);
  return status;
}

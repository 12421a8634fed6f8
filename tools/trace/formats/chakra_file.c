/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "trace/formats/chakra_file.h"

#include "interrupt.h"
#include <chakra.pb-c.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { NODE_BYTES_MAX = 1 << 24, DECODED_BYTES_MAX = 1 << 26, PS_IN_US = 1000000, PIECE = 65536 };

struct chakra_file {
  const char *path;
  gzFile file;
  uint64_t offset;
  uint8_t *bytes;
  size_t room, left; /* left: bytes that decoding may still take */
  bool lacked;
};

static enum oio_status bad(const struct chakra_file *in, struct oio_error *error, const char *what) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: byte %llu: %s", in->path, (unsigned long long)in->offset, what);
}

static enum oio_status no_memory(const struct chakra_file *in, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: byte %llu: out of memory; close other programs", in->path,
                       (unsigned long long)in->offset);
}

/* Decoding takes bounded memory, whatever a message says. */
static void *take_memory(void *context, size_t size) {
  struct chakra_file *in = context;
  if (size > in->left) return NULL;
  in->left -= size;
  void *memory = malloc(size);
  in->lacked |= memory == NULL;
  return memory;
}

static void give_back(void *context, void *memory) {
  (void)context;
  free(memory);
}

/* *got < wanted: the file ends. */
static enum oio_status take(struct chakra_file *in, uint8_t *out, size_t wanted, size_t *got, struct oio_error *error) {
  int cause;
  errno = 0;
  const int read = gzread(in->file, out, (unsigned)wanted);
  const char *what = gzerror(in->file, &cause);
  *got = read > 0 ? (size_t)read : 0;
  if (cause == Z_MEM_ERROR) return no_memory(in, error);
  if (read < 0 && cause == Z_ERRNO)
    return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; copy the file again", in->path, strerror(errno));
  if (read < 0 || cause != Z_OK) {
    char text[160];
    snprintf(text, sizeof text, "its gzip data is damaged or cut short (%.60s); copy the file again", what);
    return bad(in, error, text);
  }
  in->offset += *got;
  return OIO_OK;
}

/* The length of the next message; *more false: the file ends here. */
static enum oio_status take_length(struct chakra_file *in, uint64_t *length, bool *more, struct oio_error *error) {
  *length = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    uint8_t byte;
    size_t got;
    const enum oio_status status = take(in, &byte, 1, &got, error);
    if (status != OIO_OK) return status;
    *more = got == 1 || shift > 0;
    if (got == 0) return shift == 0 ? OIO_OK : bad(in, error, "the file ends inside a length; copy it again");
    *length |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) return OIO_OK;
  }
  return bad(in, error, "a length of more than 64 bits; the file is damaged or no Chakra trace");
}

/* The next message; its memory grows with what is there, not with what its length says. */
static enum oio_status take_message(struct chakra_file *in, size_t *length, bool *more, struct oio_error *error) {
  uint64_t wanted;
  enum oio_status status = take_length(in, &wanted, more, error);
  if (status != OIO_OK || !*more) return status;
  if (wanted > NODE_BYTES_MAX) return bad(in, error, "a node of more than 16 MiB; the file is damaged or no Chakra trace");
  *length = 0;
  while (*length < wanted && status == OIO_OK) {
    const size_t piece = wanted - *length < PIECE ? (size_t)wanted - *length : PIECE;
    size_t got;
    if (*length + piece > in->room) {
      const size_t room = 2 * in->room + PIECE;
      uint8_t *larger = realloc(in->bytes, room);
      if (larger == NULL) return no_memory(in, error);
      in->bytes = larger;
      in->room = room;
    }
    status = take(in, in->bytes + *length, piece, &got, error);
    *length += got;
    if (status == OIO_OK && got < piece) return bad(in, error, "the file ends inside a node; copy it again");
  }
  return status;
}

/* An attribute's number, whatever its type; false: it has none, or a negative one. */
static bool number_of(const Chakra__Attribute *attribute, uint64_t *value) {
  int64_t number;
  switch (attribute->value_case) {
  case CHAKRA__ATTRIBUTE__VALUE_INT32_VALUE:
    number = attribute->int32_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_INT64_VALUE:
    number = attribute->int64_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_UINT32_VALUE:
    number = attribute->uint32_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_UINT64_VALUE:
    *value = attribute->uint64_value;
    return true;
  case CHAKRA__ATTRIBUTE__VALUE_SINT32_VALUE:
    number = attribute->sint32_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_SINT64_VALUE:
    number = attribute->sint64_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_FIXED32_VALUE:
    number = attribute->fixed32_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_FIXED64_VALUE:
    *value = attribute->fixed64_value;
    return true;
  case CHAKRA__ATTRIBUTE__VALUE_SFIXED32_VALUE:
    number = attribute->sfixed32_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_SFIXED64_VALUE:
    number = attribute->sfixed64_value;
    break;
  case CHAKRA__ATTRIBUTE__VALUE_BOOL_VALUE:
    number = attribute->bool_value != 0;
    break;
  default:
    return false;
  }
  *value = (uint64_t)number;
  return number >= 0;
}

/* A process group, which is a name or a number. */
static uint64_t group_of(const Chakra__Attribute *attribute) {
  uint64_t number;
  if (attribute->value_case != CHAKRA__ATTRIBUTE__VALUE_STRING_VALUE) return number_of(attribute, &number) ? number + 1 : 0;
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
  for (const char *at = attribute->string_value; *at != '\0'; at++) hash = (hash ^ (unsigned char)*at) * 0x100000001b3u;
  return hash | (uint64_t)1 << 63;
}

static void take_attribute(const Chakra__Attribute *attribute, struct chakra_node *node) {
  const char *name = attribute->name;
  uint64_t value = 0;
  if (strcmp(name, "pg_name") == 0 || strcmp(name, "comm_group") == 0) node->group = group_of(attribute);
  if (!number_of(attribute, &value)) return;
  if (strcmp(name, "comm_size") == 0) {
    node->size = value;
    node->has_size = true;
  } else if (strcmp(name, "comm_type") == 0) {
    node->collective = value;
    node->has_collective = true;
  } else if (strcmp(name, "comm_src") == 0) {
    node->source = value;
  } else if (strcmp(name, "comm_dst") == 0) {
    node->destination = value;
  } else if (strcmp(name, "comm_tag") == 0) {
    node->tag = value;
  } else if (strcmp(name, "is_cpu_op") == 0) {
    node->is_cpu = value != 0;
  } else if (strcmp(name, "root") == 0 || strcmp(name, "comm_root") == 0 || strcmp(name, "root_rank") == 0) {
    node->root = value;
    node->has_root = true;
  }
}

static Chakra__Node *decode(struct chakra_file *in, size_t length) {
  ProtobufCAllocator allocator = {.alloc = take_memory, .free = give_back, .allocator_data = in};
  in->left = DECODED_BYTES_MAX;
  return chakra__node__unpack(&allocator, length, in->bytes);
}

static enum oio_status take_node(struct chakra_file *in, size_t length, uint32_t number, chakra_node_taker *take_it, void *context,
                                 struct oio_error *error) {
  ProtobufCAllocator allocator = {.alloc = take_memory, .free = give_back, .allocator_data = in};
  Chakra__Node *decoded = decode(in, length);
  if (decoded == NULL && in->lacked) return no_memory(in, error);
  if (decoded == NULL) return bad(in, error, "what ends here is no node; the file is damaged or no Chakra trace");
  struct chakra_node node = {.id = decoded->id,
                             .type = decoded->type,
                             .number = number,
                             .source = UINT64_MAX,
                             .destination = UINT64_MAX,
                             .control = decoded->control_dependencies,
                             .control_count = decoded->n_control_dependencies,
                             .data = decoded->data_dependencies,
                             .data_count = decoded->n_data_dependencies};
  node.duration_ps = decoded->duration_micros < UINT64_MAX / PS_IN_US ? decoded->duration_micros * PS_IN_US : UINT64_MAX;
  for (size_t i = 0; i < decoded->n_attributes; i++) take_attribute(decoded->attributes[i], &node);
  const enum oio_status status = take_it(context, &node, error);
  chakra__node__free_unpacked(decoded, &allocator);
  return status;
}

static enum oio_status open_file(struct chakra_file *in, const char *path, struct oio_error *error) {
  *in = (struct chakra_file){.path = path};
  errno = 0;
  in->file = gzopen(path, "rb");
  if (in->file != NULL) return OIO_OK;
  if (errno == 0 || errno == ENOMEM) return no_memory(in, error);
  return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be opened: %s; check the name", path, strerror(errno));
}

static void close_file(struct chakra_file *in) {
  gzclose_r(in->file);
  free(in->bytes);
}

enum oio_status chakra_file_each(const char *path, chakra_node_taker *take_it, void *context, struct oio_error *error) {
  struct chakra_file in;
  size_t length;
  bool more = true;
  enum oio_status status = open_file(&in, path, error);
  if (status != OIO_OK) return status;
  /* The first message is about the file. */
  for (uint32_t number = 0; number < UINT32_MAX; number++) {
    status = take_message(&in, &length, &more, error);
    if (status != OIO_OK || !more || (number % 4096 == 0 && interrupt_requested())) break;
    if (number > 0) status = take_node(&in, length, number, take_it, context, error);
    if (status != OIO_OK) break;
  }
  close_file(&in);
  return status;
}

bool chakra_file_name(const char *path, uint32_t number, uint64_t *id, char *name, size_t room) {
  ProtobufCAllocator allocator = {.alloc = take_memory, .free = give_back};
  struct oio_error error;
  struct chakra_file in;
  size_t length = 0;
  bool more = true;
  if (open_file(&in, path, &error) != OIO_OK) return false;
  for (uint32_t at = 0; at <= number && more; at++) more = take_message(&in, &length, &more, &error) == OIO_OK && more;
  Chakra__Node *node = more ? decode(&in, length) : NULL;
  allocator.allocator_data = &in;
  if (node != NULL) {
    *id = node->id;
    snprintf(name, room, "%s", node->name);
    for (char *at = name; *at != '\0'; at++)
      if (*at < ' ' || *at > '~' || *at == '"') *at = '?';
    chakra__node__free_unpacked(node, &allocator);
  }
  close_file(&in);
  return node != NULL;
}

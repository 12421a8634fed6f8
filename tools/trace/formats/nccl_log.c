/* SPDX-License-Identifier: Apache-2.0 */
/* What NCCL and RCCL print with NCCL_DEBUG=INFO and NCCL_DEBUG_SUBSYS=INIT,COLL: a line a call, and a line a communicator that says its
 * rank. Without the latter a process is the rank that it comes in, and its n-th communicator that of the others. */
#include "trace/formats/nccl.h"
#include "trace/text_input.h"

#include "interrupt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 48, PROCESSES_MAX = 65536, NOT_SAID = -1 };

/* A communicator of a process, as that process calls it. */
struct communicator {
  uint64_t identity, pointer;
  uint64_t id; /* commId, the same at all its ranks; 0: not said */
  uint32_t rank, ranks, ordinal;
};

struct nccl_log {
  struct text_input in;
  struct graph graph;
  struct import_context *context;
  struct spill calls, communicators, identities; /* of struct nccl_call, struct communicator, uint64 */
  size_t last;                                   /* communicator found last */
};

static enum oio_status no_room(const struct nccl_log *log, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s:%llu: does not fit the memory and the temporary folder; import a part", log->in.path,
                       (unsigned long long)log->in.line);
}

static uint64_t hexadecimal(const char *text) {
  return strtoull(text, NULL, 16);
}

static enum oio_status find(struct nccl_log *log, uint64_t identity, uint64_t pointer, struct communicator **found,
                            struct oio_error *error) {
  struct communicator *list = log->communicators.list;
  uint32_t ordinal = 0;
  if (log->last < log->communicators.count && list[log->last].identity == identity && list[log->last].pointer == pointer) {
    *found = &list[log->last];
    return OIO_OK;
  }
  for (size_t i = 0; i < log->communicators.count; i++) {
    if (list[i].identity != identity) continue;
    ordinal++;
    if (list[i].pointer != pointer) continue;
    log->last = i;
    *found = &list[i];
    return OIO_OK;
  }
  struct communicator *added = log->communicators.count < PROCESSES_MAX ? spill_push(&log->communicators) : NULL;
  if (added == NULL) return no_room(log, error);
  *added = (struct communicator){.identity = identity, .pointer = pointer, .rank = UINT32_MAX, .ordinal = ordinal};
  log->last = log->communicators.count - 1;
  *found = added;
  return OIO_OK;
}

/* The word behind `key`; NULL: there is none. */
static const char *after(char *const *words, size_t count, const char *key) {
  for (size_t i = 0; i + 1 < count; i++)
    if (strcmp(words[i], key) == 0) return words[i + 1];
  return NULL;
}

static uint32_t small_number(const char *text) {
  uint64_t value;
  return text != NULL && text_number(text, "", INT32_MAX, &value) ? (uint32_t)value : UINT32_MAX;
}

/* "comm P rank R nranks N ... commId C": of a communicator that begins. */
static enum oio_status take_communicator(struct nccl_log *log, char **words, size_t count, uint64_t identity, struct oio_error *error) {
  const char *pointer = after(words, count, "comm"), *id = after(words, count, "commId");
  const uint32_t rank = small_number(after(words, count, "rank")), ranks = small_number(after(words, count, "nranks"));
  struct communicator *found;
  if (pointer == NULL || rank == UINT32_MAX || ranks == UINT32_MAX || rank >= ranks) return OIO_OK;
  const enum oio_status status = find(log, identity, hexadecimal(pointer), &found, error);
  if (status != OIO_OK) return status;
  found->rank = rank;
  found->ranks = ranks;
  if (id != NULL) found->id = hexadecimal(id);
  return OIO_OK;
}

static uint64_t bytes_of(uint32_t datatype) {
  static const uint8_t bytes[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2, 1, 1};
  return datatype < sizeof bytes ? bytes[datatype] : 0;
}

static enum oio_status take_call(struct nccl_log *log, char **words, size_t count, uint64_t identity, uint8_t kind, bool own,
                                 struct oio_error *error) {
  const char *order = after(words, count, "opCount"), *elements = after(words, count, "count"), *pointer = after(words, count, "comm");
  const char *stream = after(words, count, "stream");
  const uint32_t root = small_number(after(words, count, "root")), global = small_number(after(words, count, "globalrank"));
  const uint64_t size = bytes_of(small_number(after(words, count, "datatype")));
  uint64_t number;
  struct communicator *communicator;
  if (order == NULL || elements == NULL || pointer == NULL || size == 0 || !text_number(elements, "", INT64_MAX / 8, &number)) {
    import_left_out(&log->context->notes, "lines of calls that are cut or of an unknown datatype", 1);
    return OIO_OK;
  }
  enum oio_status status = find(log, identity, hexadecimal(pointer), &communicator, error);
  if (status != OIO_OK) return status;
  for (size_t i = 0; i < count; i++)
    if (strncmp(words[i], "[nranks=", 8) == 0 && communicator->ranks == 0) communicator->ranks = (uint32_t)strtoul(words[i] + 8, NULL, 10);
  if (communicator->rank == UINT32_MAX && global != UINT32_MAX) communicator->rank = global;
  struct nccl_call *call = log->calls.count < INT32_MAX ? spill_push(&log->calls) : NULL;
  if (call == NULL) return no_room(log, error);
  *call = (struct nccl_call){.identity = identity,
                             .communicator = log->last, /* for now */
                             .stream = stream != NULL ? hexadecimal(stream) : 0,
                             .order = hexadecimal(order),
                             .bytes = number * size,
                             .peer = root,
                             .place = (uint32_t)log->in.line,
                             .index = (uint32_t)log->calls.count - 1,
                             .kind = kind,
                             .own = own};
  return OIO_OK;
}

/* The place of a process among those that there are, in the order in which they came. */
static enum oio_status note_identity(struct nccl_log *log, uint64_t identity, struct oio_error *error) {
  const uint64_t *list = log->identities.list;
  for (size_t i = log->identities.count; i-- > 0;)
    if (list[i] == identity) return OIO_OK;
  uint64_t *added = log->identities.count < PROCESSES_MAX ? spill_push(&log->identities) : NULL;
  if (added == NULL) return no_room(log, error);
  *added = identity;
  return OIO_OK;
}

/* HOST:PID:TID [GPU] NCCL INFO WHAT: ... */
static enum oio_status take_line(struct nccl_log *log, struct oio_error *error) {
  static const char mark[] = "NCCL INFO ";
  char *words[WORDS], *at = strstr(log->in.text, mark);
  char process[160];
  uint8_t kind;
  bool own;
  if (at == NULL) return OIO_OK;
  /* The thread is left out: one process calls from many. */
  char *first = log->in.text, *colon = strchr(first, ':');
  const char *end = colon != NULL && colon < at ? colon + 1 + strspn(colon + 1, "0123456789") : first;
  const char *gpu = strchr(first, '[');
  snprintf(process, sizeof process, "%.*s[%d", (int)(end - first < 120 ? end - first : 120), first,
           gpu != NULL && gpu < at ? atoi(gpu + 1) : NOT_SAID);
  const uint64_t identity = nccl_hash(0, process);
  const size_t all = text_split(at + sizeof mark - 1, words, WORDS), count = all < WORDS ? all : WORDS;
  if (count == 0) return OIO_OK;
  if (after(words, count, "nranks") != NULL && after(words, count, "opCount") == NULL)
    return take_communicator(log, words, count, identity, error);
  const size_t length = strlen(words[0]);
  if (length < 2 || words[0][length - 1] != ':') return OIO_OK;
  words[0][length - 1] = '\0';
  if (!nccl_kind(words[0], &kind, &own)) {
    if (after(words, count, "opCount") != NULL) import_left_out(&log->context->notes, "calls of a kind that is not known", 1);
    return OIO_OK;
  }
  const enum oio_status status = note_identity(log, identity, error);
  return status == OIO_OK ? take_call(log, words + 1, count - 1, identity, kind, own, error) : status;
}

static enum oio_status take_file(void *context, const char *path, struct oio_error *error) {
  struct nccl_log *log = context;
  bool more;
  enum oio_status status = text_open(&log->in, path, error);
  while (status == OIO_OK && (status = text_line(&log->in, &more, error)) == OIO_OK && more) {
    status = take_line(log, error);
    if (log->in.line % 4096 == 0 && interrupt_requested()) break;
  }
  text_close(&log->in);
  log->in.path = log->context->paths[0];
  return status;
}

static uint32_t ordinal_of(const struct nccl_log *log, uint64_t identity) {
  const uint64_t *list = log->identities.list;
  for (size_t i = 0; i < log->identities.count; i++)
    if (list[i] == identity) return (uint32_t)i;
  return UINT32_MAX;
}

/* What a call says of its communicator, now that all that is said of it is known. */
static enum oio_status settle(struct nccl_log *log, struct oio_error *error) {
  struct nccl_call *calls = log->calls.list;
  struct communicator *communicators = log->communicators.list;
  const uint32_t said = log->context->options->ranks;
  for (size_t i = 0; i < log->communicators.count; i++) {
    struct communicator *at = &communicators[i];
    if (at->rank == UINT32_MAX) at->rank = ordinal_of(log, at->identity);
    if (at->ranks == 0) at->ranks = said > 0 ? said : (uint32_t)log->identities.count;
    if (at->id == 0) at->id = at->ordinal + 1;
  }
  for (size_t i = 0; i < log->calls.count; i++) {
    const struct communicator *at = &communicators[calls[i].communicator];
    if (at->ranks < 2 && log->identities.count == 1)
      return oio_error_set(error, OIO_ERR_CONFIG,
                           "%.110s:%lu: the log of one process, which does not say of how many ranks; say it with --ranks",
                           log->context->paths[0], (unsigned long)calls[i].place);
    if (at->rank >= at->ranks)
      return oio_error_set(error, OIO_ERR_FORMAT,
                           "%.110s:%lu: more processes than the %lu ranks of the communicator; log with NCCL_DEBUG_SUBSYS=INIT,COLL",
                           log->context->paths[0], (unsigned long)calls[i].place, (unsigned long)at->ranks);
    calls[i].communicator = at->id;
    calls[i].rank = at->rank;
    calls[i].ranks = at->ranks;
    if (i % 1024 == 0) spill_trim();
  }
  return OIO_OK;
}

static void describe(void *context, const struct graph_op *op, char *text, size_t room) {
  (void)context;
  snprintf(text, room, "the call of line %lu", (unsigned long)op->place);
}

enum oio_status import_nccl_log(struct import_context *context, struct oio_error *error) {
  struct nccl_log log = {.context = context,
                         .calls.size = sizeof(struct nccl_call),
                         .communicators.size = sizeof(struct communicator),
                         .identities.size = sizeof(uint64_t)};
  graph_start(&log.graph, context->paths[0], context->options->limit);
  log.graph.describe = describe;
  enum oio_status status = OIO_OK;
  for (int i = 0; i < context->count && status == OIO_OK; i++) status = nccl_each_file(context->paths[i], take_file, &log, error);
  if (status == OIO_OK && log.calls.count == 0 && !interrupt_requested())
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no call of a collective; log with NCCL_DEBUG=INFO NCCL_DEBUG_SUBSYS=INIT,COLL",
                           context->paths[0]);
  if (status == OIO_OK) status = settle(&log, error);
  if (status == OIO_OK && !interrupt_requested()) status = nccl_make(context, &log.graph, &log.calls, false, "NCCL log", error);
  spill_free(&log.calls);
  spill_free(&log.communicators);
  spill_free(&log.identities);
  graph_free(&log.graph);
  return status;
}

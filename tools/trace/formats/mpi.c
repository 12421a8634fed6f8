/* SPDX-License-Identifier: Apache-2.0 */
/* What `oio trace record PROGRAM` left behind: for each rank its MPI calls in their order, with the time of the program between them. */
#include "mpi_paths.h"
#include "mpi_rank.h"
#include "trace/expand.h"
#include "trace/graph.h"

#include "interrupt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PS_IN_NS = 1000 };

/* An operation that has begun. `op` is over when it is; waits: a call that ends it came back when it was over. */
struct post {
  uint32_t op, comm;
  bool receive, waits, done;
};

struct comm {
  uint64_t identity, size;
  uint32_t sequence; /* of its next collective */
};

struct mpi {
  struct import_context *context;
  struct import_notes *notes;
  struct graph graph;
  struct spill members; /* of struct expand_member */
  struct mpi_paths paths;
  uint64_t begin_ns; /* when the first rank began */
  uint64_t span_ns;  /* from there to the end of the last call that was recorded */
  uint32_t ranks, unfinished;
  bool one_host;
  char program[MPI_TEXT_MAX], library[MPI_TEXT_MAX], host[MPI_TEXT_MAX];
  bool *seen; /* [ranks] */
};

/* One rank while it is read. */
struct walker {
  struct mpi *mpi;
  struct mpi_rank file;
  struct spill posts, comms; /* of struct post, struct comm */
  uint64_t think_ns, now_ns, call_ns;
  uint32_t at; /* the operation after which the rank goes on */
  bool more, finished;
};

static enum oio_status out_of_memory(const struct walker *walker, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: the memory and the temporary folder do not hold it; record less", walker->file.path);
}

/* A number of an event; where the recording ends in it, walker->more is false and the event counts for nothing. */
static enum oio_status number(struct walker *walker, uint64_t limit, const char *what, uint64_t *value, struct oio_error *error) {
  *value = 0;
  if (!walker->more) return OIO_OK;
  const enum oio_status status = mpi_rank_number(&walker->file, value, &walker->more, error);
  if (status != OIO_OK || !walker->more || *value <= limit) return status;
  return mpi_rank_bad(&walker->file, error, "%s %" PRIu64 " is more than %" PRIu64, what, *value, limit);
}

static enum oio_status new_op(struct walker *walker, uint64_t time_ns, uint32_t *op, struct oio_error *error) {
  return graph_compute(&walker->mpi->graph, walker->file.rank, time_ns * PS_IN_NS, (uint32_t)walker->file.event, op, error);
}

/* An operation that begins here. */
static enum oio_status op_here(struct walker *walker, uint32_t *op, struct oio_error *error) {
  const enum oio_status status = new_op(walker, 0, op, error);
  return status == OIO_OK ? graph_edge(&walker->mpi->graph, *op, walker->at, error) : status;
}

/* What the program did since is before what comes now. */
static enum oio_status go_on(struct walker *walker, struct oio_error *error) {
  uint32_t op;
  if (walker->think_ns == 0) return OIO_OK;
  enum oio_status status = new_op(walker, walker->think_ns, &op, error);
  if (status == OIO_OK) status = graph_edge(&walker->mpi->graph, op, walker->at, error);
  walker->at = op;
  walker->think_ns = 0;
  return status;
}

static uint64_t key_of(const struct comm *comm, uint64_t kind, uint64_t tag) {
  uint64_t key = (comm->identity ^ (kind + 1)) * UINT64_C(0x9e3779b97f4a7c15);
  key = ((key ^ key >> 29) + tag) * UINT64_C(0xbf58476d1ce4e5b9);
  return key ^ key >> 32;
}

static struct comm *comm_at(const struct walker *walker, uint64_t place) {
  return (struct comm *)walker->comms.list + place;
}

static enum oio_status read_comm(struct walker *walker, uint64_t *place, struct oio_error *error) {
  if (walker->comms.count == 0) return mpi_rank_bad(&walker->file, error, "a communicator before any was made");
  return number(walker, walker->comms.count - 1, "a communicator", place, error);
}

static enum oio_status add_post(struct walker *walker, const struct post *post, struct oio_error *error) {
  struct post *added = spill_push(&walker->posts);
  if (added == NULL) return out_of_memory(walker, error);
  *added = *post;
  walker->think_ns += walker->call_ns;
  return OIO_OK;
}

static enum oio_status make_send(struct walker *walker, uint64_t peer, uint64_t key, uint64_t bytes, uint32_t op, struct oio_error *error) {
  if (bytes == 0) import_changed(walker->mpi->notes, "messages of no bytes", "given one", 1);
  return graph_make_send(&walker->mpi->graph, op, (uint32_t)peer, key, bytes > 0 ? bytes : 1, error);
}

static bool is_waited_for(const struct walker *walker, uint64_t bytes, uint64_t mode) {
  return mode == RECORD_SYNCHRONOUS || (mode == RECORD_STANDARD && bytes > walker->mpi->context->options->eager_bytes);
}

static enum oio_status take_send(struct walker *walker, struct oio_error *error) {
  uint64_t mode, peer, tag, bytes, place;
  struct post post = {0};
  enum oio_status status = number(walker, RECORD_MODES - 1, "a kind of send", &mode, error);
  if (status == OIO_OK) status = number(walker, walker->mpi->ranks - 1, "a rank", &peer, error);
  if (status == OIO_OK) status = number(walker, UINT64_MAX, "a tag", &tag, error);
  if (status == OIO_OK) status = number(walker, OIO_TRACE_BYTES_MAX, "a message's size", &bytes, error);
  if (status == OIO_OK) status = read_comm(walker, &place, error);
  if (status != OIO_OK || !walker->more) return status;
  status = op_here(walker, &post.op, error);
  if (status == OIO_OK) status = make_send(walker, peer, key_of(comm_at(walker, place), 0, tag), bytes, post.op, error);
  post.waits = is_waited_for(walker, bytes, mode);
  return status == OIO_OK ? add_post(walker, &post, error) : status;
}

static enum oio_status take_receive(struct walker *walker, struct oio_error *error) {
  uint64_t place;
  struct post post = {.receive = true, .waits = true};
  enum oio_status status = read_comm(walker, &place, error);
  if (status != OIO_OK || !walker->more) return status;
  post.comm = (uint32_t)place;
  status = op_here(walker, &post.op, error);
  return status == OIO_OK ? add_post(walker, &post, error) : status;
}

/* One of a DONE: *after is an operation that the rank waited for. */
static enum oio_status end_post(struct walker *walker, uint32_t *after, bool *waited, struct oio_error *error) {
  uint64_t back, matched = 1, peer, tag;
  enum oio_status status = number(walker, walker->posts.count, "an operation so far back", &back, error);
  if (status != OIO_OK || !walker->more) return status;
  struct post *post = (struct post *)walker->posts.list + (walker->posts.count - back);
  if (back == 0 || post->done) return mpi_rank_bad(&walker->file, error, "an operation is over twice, or before it begins");
  post->done = true;
  *waited = post->waits;
  *after = post->op;
  if (!post->receive) return OIO_OK;
  status = number(walker, 1, "the end of a receive", &matched, error);
  if (status != OIO_OK || !walker->more) return status;
  if (matched == 0) import_left_out(walker->mpi->notes, "receives that were cancelled", 1);
  *waited = matched != 0;
  if (matched == 0) return OIO_OK;
  status = number(walker, walker->mpi->ranks - 1, "a rank", &peer, error);
  if (status == OIO_OK) status = number(walker, UINT64_MAX, "a tag", &tag, error);
  if (status != OIO_OK || !walker->more) return status;
  return graph_make_receive(&walker->mpi->graph, post->op, (uint32_t)peer, key_of(comm_at(walker, post->comm), 0, tag), error);
}

static enum oio_status take_done(struct walker *walker, struct oio_error *error) {
  uint64_t count;
  uint32_t next;
  bool any = false;
  enum oio_status status = number(walker, walker->posts.count, "a count of operations", &count, error);
  if (status == OIO_OK) status = op_here(walker, &next, error);
  for (uint64_t i = 0; i < count && status == OIO_OK && walker->more; i++) {
    uint32_t after;
    bool waited = false;
    status = end_post(walker, &after, &waited, error);
    if (status == OIO_OK && waited) status = graph_edge(&walker->mpi->graph, next, after, error);
    any |= waited;
  }
  walker->at = next;
  if (!any)
    walker->think_ns += walker->call_ns;
  else if (status == OIO_OK && walker->mpi->context->options->link.ps_per_byte > 0)
    status = graph_seen(&walker->mpi->graph, next, walker->now_ns * PS_IN_NS, error);
  return status;
}

static enum oio_status take_collective(struct walker *walker, struct oio_error *error) {
  uint64_t kind, place, bytes, root;
  struct post post = {.waits = true};
  enum oio_status status = number(walker, RECORD_COLLECTIVES - 1, "a kind of collective", &kind, error);
  if (status == OIO_OK) status = read_comm(walker, &place, error);
  if (status == OIO_OK) status = number(walker, UINT64_MAX, "a size", &bytes, error);
  if (status == OIO_OK) status = number(walker, UINT64_MAX, "a rank", &root, error);
  if (status != OIO_OK || !walker->more) return status;
  struct comm *comm = comm_at(walker, place);
  struct expand_member *member = spill_push(&walker->mpi->members);
  if (member == NULL) return out_of_memory(walker, error);
  *member = (struct expand_member){.group = comm->identity,
                                   .bytes = bytes,
                                   .sequence = comm->sequence++,
                                   .place = (uint32_t)walker->file.event,
                                   .rank = walker->file.rank,
                                   .root = root < walker->mpi->ranks ? (uint32_t)root : UINT32_MAX,
                                   .ranks = (uint32_t)comm->size,
                                   .kind = (uint8_t)kind,
                                   .own = kind == RECORD_ALL_GATHER || kind == RECORD_GATHER || kind == RECORD_SCATTER ||
                                          kind == RECORD_ALL_TO_ALL};
  status = op_here(walker, &member->start, error);
  if (status == OIO_OK) status = new_op(walker, 0, &member->end, error);
  post.op = member->end;
  return status == OIO_OK ? add_post(walker, &post, error) : status;
}

/* Its receives, after which `end` is; behind them, of a chain, begin its sends. */
static enum oio_status receive_shares(struct walker *walker, const struct comm *comm, uint32_t end, struct spill *senders,
                                      struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (size_t i = 0; i < senders->count && status == OIO_OK; i++) {
    uint32_t op;
    status = op_here(walker, &op, error);
    if (status == OIO_OK)
      status = graph_make_receive(&walker->mpi->graph, op, ((const uint32_t *)senders->list)[i], key_of(comm, 1, comm->sequence), error);
    if (status == OIO_OK) status = graph_edge(&walker->mpi->graph, end, op, error);
  }
  return status;
}

struct share {
  uint64_t bytes;
  uint32_t peer;
};

static enum oio_status send_shares(struct walker *walker, const struct comm *comm, uint32_t after, uint32_t end, const struct spill *shares,
                                   struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (size_t i = 0; i < shares->count && status == OIO_OK; i++) {
    const struct share *share = (const struct share *)shares->list + i;
    uint32_t op;
    status = op_here(walker, &op, error);
    if (status == OIO_OK && after != walker->at) status = graph_edge(&walker->mpi->graph, op, after, error);
    if (status == OIO_OK) status = make_send(walker, share->peer, key_of(comm, 1, comm->sequence), share->bytes, op, error);
    if (status == OIO_OK && after == walker->at && is_waited_for(walker, share->bytes, RECORD_STANDARD))
      status = graph_edge(&walker->mpi->graph, end, op, error);
  }
  return status;
}

static enum oio_status read_shares(struct walker *walker, struct spill *to, struct spill *from, struct oio_error *error) {
  uint64_t count, peer, bytes;
  enum oio_status status = number(walker, walker->mpi->ranks, "a count of ranks", &count, error);
  for (uint64_t i = 0; i < count && status == OIO_OK && walker->more; i++) {
    struct share *share = spill_push(to);
    status = share == NULL ? out_of_memory(walker, error) : number(walker, walker->mpi->ranks - 1, "a rank", &peer, error);
    if (status == OIO_OK) status = number(walker, OIO_TRACE_BYTES_MAX, "a message's size", &bytes, error);
    if (status == OIO_OK) *share = (struct share){.peer = (uint32_t)peer, .bytes = bytes};
  }
  if (status == OIO_OK) status = number(walker, walker->mpi->ranks, "a count of ranks", &count, error);
  for (uint64_t i = 0; i < count && status == OIO_OK && walker->more; i++) {
    uint32_t *sender = spill_push(from);
    status = sender == NULL ? out_of_memory(walker, error) : number(walker, walker->mpi->ranks - 1, "a rank", &peer, error);
    if (status == OIO_OK) *sender = (uint32_t)peer;
  }
  return status;
}

static enum oio_status take_exchange(struct walker *walker, struct oio_error *error) {
  uint64_t place, chain;
  struct post post = {.waits = true};
  struct spill to = {.size = sizeof(struct share)}, from = {.size = sizeof(uint32_t)};
  enum oio_status status = read_comm(walker, &place, error);
  if (status == OIO_OK) status = number(walker, 1, "an order", &chain, error);
  if (status == OIO_OK) status = read_shares(walker, &to, &from, error);
  if (status == OIO_OK && walker->more) {
    struct comm *comm = comm_at(walker, place);
    status = op_here(walker, &post.op, error);
    if (status == OIO_OK) status = receive_shares(walker, comm, post.op, &from, error);
    if (status == OIO_OK) status = send_shares(walker, comm, chain ? post.op : walker->at, post.op, &to, error);
    comm->sequence++;
    if (status == OIO_OK) status = add_post(walker, &post, error);
  }
  spill_free(&to);
  spill_free(&from);
  return status;
}

static enum oio_status take_comm(struct walker *walker, struct oio_error *error) {
  uint64_t place, identity, size;
  enum oio_status status = number(walker, walker->comms.count, "a communicator", &place, error);
  if (status == OIO_OK) status = number(walker, UINT64_MAX, "an identity", &identity, error);
  if (status == OIO_OK) status = number(walker, walker->mpi->ranks, "a count of ranks", &size, error);
  if (status != OIO_OK || !walker->more) return status;
  if (place == walker->comms.count && spill_push(&walker->comms) == NULL) return out_of_memory(walker, error);
  *comm_at(walker, place) = (struct comm){.identity = identity, .size = size};
  return OIO_OK;
}

static enum oio_status take_left_out(struct walker *walker, struct oio_error *error) {
  static const char *const kinds[RECORD_KINDS] = {
      [RECORD_ONE_SIDED] = "one-sided operations",
      [RECORD_BETWEEN_GROUPS] = "collectives between two groups",
      [RECORD_UNKNOWN_COMMUNICATOR] = "calls on communicators with processes from outside",
      [RECORD_NEIGHBOURS] = "neighbourhood collectives",
      [RECORD_PROBE] = "probes that found a message",
      [RECORD_SPAWN] = "spawned programs",
  };
  uint64_t kind;
  const enum oio_status status = number(walker, RECORD_KINDS - 1, "a kind of call", &kind, error);
  if (status == OIO_OK && walker->more) import_left_out(walker->mpi->notes, kinds[kind], 1);
  return status;
}

static enum oio_status take_polls(struct walker *walker, struct oio_error *error) {
  uint64_t count;
  const enum oio_status status = number(walker, UINT64_MAX / 2, "a count of calls", &count, error);
  if (status == OIO_OK && walker->more)
    import_changed(walker->mpi->notes, "tests and probes that found nothing", "taken as waiting", count);
  return status;
}

static enum oio_status take_event(struct walker *walker, uint64_t code, struct oio_error *error) {
  switch (code) {
  case RECORD_FINALIZE:
    walker->finished = true;
    walker->more = false;
    return OIO_OK;
  case RECORD_COMM:
    return take_comm(walker, error);
  case RECORD_SEND:
    return take_send(walker, error);
  case RECORD_RECEIVE:
    return take_receive(walker, error);
  case RECORD_DONE:
    return take_done(walker, error);
  case RECORD_POLL:
    return take_polls(walker, error);
  case RECORD_COLLECTIVE:
    return take_collective(walker, error);
  case RECORD_EXCHANGE:
    return take_exchange(walker, error);
  default:
    return take_left_out(walker, error);
  }
}

/* Its code and times, and what the program did before it. */
static enum oio_status next_event(struct walker *walker, struct oio_error *error) {
  const uint64_t most_ns = OIO_TRACE_TIME_MAX / PS_IN_NS / 4;
  uint64_t code, gap_ns;
  walker->file.event++;
  enum oio_status status = number(walker, RECORD_EVENTS - 1, "a kind of event", &code, error);
  if (status == OIO_OK && walker->more && code == 0) return mpi_rank_bad(&walker->file, error, "no kind of event");
  if (status == OIO_OK) status = number(walker, most_ns, "a time", &gap_ns, error);
  if (status == OIO_OK) status = number(walker, most_ns, "a time", &walker->call_ns, error);
  if (status != OIO_OK || !walker->more) return status;
  walker->think_ns += gap_ns;
  walker->now_ns += gap_ns + walker->call_ns;
  if (walker->now_ns > most_ns) return mpi_rank_bad(&walker->file, error, "its times come to more than a trace can hold");
  const bool traffic = code != RECORD_FINALIZE && code != RECORD_COMM && code != RECORD_POLL && code != RECORD_LEFT_OUT;
  if (traffic) status = go_on(walker, error);
  if (status == OIO_OK) status = take_event(walker, code, error);
  if (traffic && walker->now_ns > walker->mpi->span_ns) walker->mpi->span_ns = walker->now_ns;
  return status;
}

static enum oio_status walk(struct walker *walker, struct oio_error *error) {
  struct mpi *mpi = walker->mpi;
  const uint64_t late_ns = mpi->one_host ? walker->file.begin_ns - mpi->begin_ns : 0;
  enum oio_status status = new_op(walker, 0, &walker->at, error);
  walker->think_ns = walker->now_ns = late_ns;
  while (status == OIO_OK && walker->more && !interrupt_requested()) {
    status = next_event(walker, error);
    if (walker->file.event % 64 == 0) spill_trim();
  }
  uint64_t open = 0;
  for (size_t i = 0; i < walker->posts.count; i++) {
    const struct post *post = (const struct post *)walker->posts.list + i;
    open += post->receive && !post->done;
    if (i % 1024 == 0) spill_trim();
  }
  import_left_out(mpi->notes, "receives of whose end the program did not ask", open);
  mpi->unfinished += !walker->finished;
  return status;
}

static enum oio_status read_rank(struct mpi *mpi, const char *path, struct oio_error *error) {
  struct walker walker = {.mpi = mpi, .more = true, .posts.size = sizeof(struct post), .comms.size = sizeof(struct comm)};
  enum oio_status status = mpi_rank_open(&walker.file, path, error);
  if (status != OIO_OK) return status;
  status = walk(&walker, error);
  mpi_rank_close(&walker.file);
  spill_free(&walker.posts);
  spill_free(&walker.comms);
  return status;
}

/* What all ranks must agree on, and when the first of them began. */
static enum oio_status look_at(struct mpi *mpi, const char *path, bool first, struct oio_error *error) {
  struct mpi_rank file;
  enum oio_status status = mpi_rank_open(&file, path, error);
  if (status != OIO_OK) return status;
  if (first) {
    mpi->ranks = file.ranks;
    mpi->begin_ns = file.begin_ns;
    mpi->one_host = true;
    memcpy(mpi->program, file.program, sizeof mpi->program);
    memcpy(mpi->library, file.library, sizeof mpi->library);
    memcpy(mpi->host, file.host, sizeof mpi->host);
    mpi->seen = calloc(file.ranks, sizeof *mpi->seen);
    if (mpi->seen == NULL) status = oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
  }
  if (file.begin_ns < mpi->begin_ns) mpi->begin_ns = file.begin_ns;
  mpi->one_host &= strcmp(file.host, mpi->host) == 0;
  if (status == OIO_OK && file.ranks != mpi->ranks)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: one of %u ranks, where another is of %u; name the files of one run", path,
                           (unsigned)file.ranks, (unsigned)mpi->ranks);
  else if (status == OIO_OK && mpi->seen[file.rank])
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: rank %u is there twice; name the files of one run", path, (unsigned)file.rank);
  if (status == OIO_OK) mpi->seen[file.rank] = true;
  mpi_rank_close(&file);
  return status;
}

static void describe(void *context, const struct graph_op *op, char *text, size_t room) {
  (void)context;
  snprintf(text, room, "event %u of rank %u", (unsigned)op->place, (unsigned)op->source);
}

static void fill_head(const struct mpi *mpi, struct oio_trace_header *header) {
  char partial[80] = "";
  header->version = 2;
  header->nodes = mpi->ranks;
  if (mpi->unfinished > 0)
    snprintf(partial, sizeof partial, "; partial: %u of %u ranks did not come to MPI_Finalize", (unsigned)mpi->unfinished,
             (unsigned)mpi->ranks);
  snprintf(header->source, sizeof header->source, "%.60s, %u ranks of MPI, %.60s, measured %" PRIu64 ".%06" PRIu64 " ms%s", mpi->program,
           (unsigned)mpi->ranks, mpi->library, mpi->span_ns / 1000000, mpi->span_ns % 1000000, partial);
}

static enum oio_status read_all(struct mpi *mpi, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (size_t i = 0; i < mpi->paths.count && status == OIO_OK; i++) status = look_at(mpi, mpi->paths.list[i], i == 0, error);
  if (status != OIO_OK) return status;
  if (!mpi->one_host && mpi->context->options->link.ps_per_byte > 0)
    return oio_error_set(error, OIO_ERR_FORMAT,
                         "%.110s: ranks on several machines, whose clocks nothing relates; leave --recorded-link out", mpi->paths.list[0]);
  if (!mpi->one_host)
    import_changed(mpi->notes, "ranks on several machines, whose clocks nothing relates:", "all begin at once", mpi->ranks);
  for (size_t i = 0; i < mpi->paths.count && status == OIO_OK; i++) status = read_rank(mpi, mpi->paths.list[i], error);
  const uint32_t missing = mpi->ranks - (uint32_t)mpi->paths.count;
  import_left_out(mpi->notes, "ranks that left no recording", missing);
  mpi->unfinished += missing;
  const char *algorithm = mpi->context->options->algorithm;
  if (status == OIO_OK) status = expand_all(&mpi->graph, &mpi->members, algorithm != NULL ? algorithm : "auto", mpi->notes, error);
  if (status == OIO_OK && !interrupt_requested()) status = graph_finish(&mpi->graph, mpi->context->messages, mpi->notes, error);
  if (status == OIO_OK && mpi->context->messages->count == 0 && !interrupt_requested())
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no message between ranks was recorded; record a program that sends some",
                           mpi->paths.list[0]);
  return status;
}

enum oio_status import_mpi(struct import_context *context, struct oio_error *error) {
  struct mpi mpi = {.context = context, .notes = &context->notes, .members.size = sizeof(struct expand_member)};
  graph_start(&mpi.graph, context->paths[0], context->options->limit);
  mpi.graph.describe = describe;
  mpi.graph.remedy = "the program relies on a collective that does not wait; record again";
  mpi.graph.reduce = true;
  mpi.graph.link = context->options->link;
  enum oio_status status = mpi_paths_find(&mpi.paths, context->paths, context->count, error);
  if (status == OIO_OK) status = read_all(&mpi, error);
  context->joins = mpi.graph.joins;
  fill_head(&mpi, &context->header);
  graph_free(&mpi.graph);
  spill_free(&mpi.members);
  mpi_paths_free(&mpi.paths);
  free(mpi.seen);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Collectives: what each is and how large. Those whose sizes differ by rank are said as what this rank sends to and has from each. */
#include "recorder.h"
#include "stream.h"

/* What a collective is, and the request it leaves; NULL: it is over when the call is. */
static void begun(struct call *call, const struct comm *comm, MPI_Request *left) {
  if (left == NULL) {
    const struct completion done = {.operation = operations() - 1, .kind = REQUEST_COLLECTIVE};
    say_done(call, &done, 1);
    return;
  }
  struct request *request = request_add(*left, REQUEST_COLLECTIVE, comm);
  if (request != NULL) request->operation = operations() - 1;
}

/* The communicator of a collective that can be said. */
static const struct comm *comm_within(struct call *call, MPI_Comm handle) {
  const struct comm *comm = comm_of(handle);
  if (comm != NULL && !comm->between_groups) return comm;
  call_left_out(call, comm == NULL ? RECORD_UNKNOWN_COMMUNICATOR : RECORD_BETWEEN_GROUPS);
  return NULL;
}

static void collective(struct call *call, enum record_collective kind, MPI_Comm handle, int root, uint64_t bytes, MPI_Request *left) {
  const struct comm *comm = comm_within(call, handle);
  if (comm == NULL) return;
  if (left == NULL) call_event(call, RECORD_COLLECTIVE);
  if (left != NULL) call_last_event(call, RECORD_COLLECTIVE);
  stream_number(kind);
  stream_number(comm->number);
  stream_number(bytes);
  stream_number((uint64_t)comm_world(comm, root));
  event_end();
  next_operation();
  begun(call, comm, left);
}

/* The bytes for, or from, each rank of a communicator, or only one; of itself nothing is said. */
struct shares {
  const int *counts;         /* NULL: count for each */
  const MPI_Datatype *types; /* NULL: type for each */
  MPI_Datatype type;
  int count;
  bool one; /* only one, which there may not be */
  int only;
};

static uint64_t share_of(const struct shares *shares, int rank, int self) {
  if (rank == self || (shares->one && rank != shares->only)) return 0;
  return bytes_of(shares->counts != NULL ? shares->counts[rank] : shares->count,
                  shares->types != NULL ? shares->types[rank] : shares->type);
}

static void say_shares(const struct comm *comm, const struct shares *shares, int self, bool with_bytes) {
  uint64_t peers = 0;
  for (int i = 0; i < comm->size; i++) peers += share_of(shares, i, self) > 0;
  stream_number(peers);
  for (int i = 0; i < comm->size; i++) {
    const uint64_t bytes = share_of(shares, i, self);
    if (bytes == 0) continue;
    stream_number((uint64_t)comm->world[i]);
    if (with_bytes) stream_number(bytes);
  }
}

/* To whom and from whom this rank has something; the other end finds the same. */
static void exchange(struct call *call, MPI_Comm handle, struct shares to, struct shares from, bool chain, MPI_Request *left) {
  const struct comm *comm = comm_within(call, handle);
  int self;
  if (comm == NULL) return;
  PMPI_Comm_rank(handle, &self);
  if (left == NULL) call_event(call, RECORD_EXCHANGE);
  if (left != NULL) call_last_event(call, RECORD_EXCHANGE);
  stream_number(comm->number);
  stream_number(chain);
  say_shares(comm, &to, self, true);
  say_shares(comm, &from, self, false);
  event_end();
  next_operation();
  begun(call, comm, left);
}

static int rank_in(MPI_Comm comm) {
  int rank = -1;
  PMPI_Comm_rank(comm, &rank);
  return rank;
}

static bool between(MPI_Comm handle) {
  const struct comm *comm = comm_of(handle);
  return comm == NULL || comm->between_groups;
}

/* What the root has for each, or from each, and the others for or from it. Counts are significant at the root alone, and in a
 * communicator between groups at none. */
static void rooted(struct call *call, MPI_Comm comm, int root, bool to_root, const int *counts, MPI_Datatype types, int count,
                   MPI_Datatype type, MPI_Request *left) {
  const bool at_root = !between(comm) && rank_in(comm) == root;
  const struct shares none = {.one = true, .only = -1};
  const struct shares all = {.counts = counts, .type = types}, one = {.count = count, .type = type, .one = true, .only = root};
  if (between(comm)) {
    comm_within(call, comm);
  } else {
    const bool sends = at_root != to_root;
    exchange(call, comm, sends ? (at_root ? all : one) : none, sends ? none : (at_root ? all : one), false, left);
  }
}

/* Each rank has what the one before has made, and makes what the next one has. */
static void chain(struct call *call, MPI_Comm comm, int count, MPI_Datatype type, MPI_Request *left) {
  const int rank = between(comm) ? 0 : rank_in(comm);
  const struct shares to = {.count = count, .type = type, .one = true, .only = rank + 1};
  const struct shares from = {.count = count, .type = type, .one = true, .only = rank - 1};
  exchange(call, comm, to, from, true, left);
}

static uint64_t sum_of(MPI_Comm comm, const int counts[], MPI_Datatype type) {
  uint64_t bytes = 0;
  if (between(comm)) return 0;
  for (int i = 0; i < comm_of(comm)->size; i++) bytes += bytes_of(counts[i], type);
  return bytes;
}

/* A collective and its twin that leaves a request. */
#define OIO_COLLECTIVE(name, twin, parameters, arguments, said)                                                                            \
  int MPI_##name(OIO_UNPACK parameters) {                                                                                                  \
    MPI_Request *const request = NULL;                                                                                                     \
    struct call call = call_begin();                                                                                                       \
    const int result = PMPI_##name(OIO_UNPACK arguments);                                                                                  \
    if (call_made(&call, result)) said;                                                                                                    \
    return result;                                                                                                                         \
  }                                                                                                                                        \
  int MPI_##twin(OIO_UNPACK parameters, MPI_Request *request) {                                                                            \
    struct call call = call_begin();                                                                                                       \
    const int result = PMPI_##twin(OIO_UNPACK arguments, request);                                                                         \
    if (call_made(&call, result)) said;                                                                                                    \
    return result;                                                                                                                         \
  }

OIO_COLLECTIVE(Barrier, Ibarrier, (MPI_Comm comm), (comm), collective(&call, RECORD_BARRIER, comm, 0, 1, request))
OIO_COLLECTIVE(Bcast, Ibcast, (void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm), (buffer, count, type, root, comm),
               collective(&call, RECORD_BROADCAST, comm, root, bytes_of(count, type), request))
OIO_COLLECTIVE(Reduce, Ireduce, (const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm),
               (from, to, count, type, op, root, comm), collective(&call, RECORD_REDUCE, comm, root, bytes_of(count, type), request))
OIO_COLLECTIVE(Allreduce, Iallreduce, (const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm),
               (from, to, count, type, op, comm), collective(&call, RECORD_ALL_REDUCE, comm, 0, bytes_of(count, type), request))
OIO_COLLECTIVE(Allgather, Iallgather,
               (const void *from, int count, MPI_Datatype type, void *to, int to_count, MPI_Datatype to_type, MPI_Comm comm),
               (from, count, type, to, to_count, to_type, comm),
               collective(&call, RECORD_ALL_GATHER, comm, 0, bytes_of(to_count, to_type), request))
OIO_COLLECTIVE(Alltoall, Ialltoall,
               (const void *from, int count, MPI_Datatype type, void *to, int to_count, MPI_Datatype to_type, MPI_Comm comm),
               (from, count, type, to, to_count, to_type, comm),
               collective(&call, RECORD_ALL_TO_ALL, comm, 0, bytes_of(to_count, to_type), request))
/* At the root what is its own may stay in place. */
OIO_COLLECTIVE(Gather, Igather,
               (const void *from, int count, MPI_Datatype type, void *to, int to_count, MPI_Datatype to_type, int root, MPI_Comm comm),
               (from, count, type, to, to_count, to_type, root, comm),
               collective(&call, RECORD_GATHER, comm, root,
                          !between(comm) && rank_in(comm) == root ? bytes_of(to_count, to_type) : bytes_of(count, type), request))
OIO_COLLECTIVE(Scatter, Iscatter,
               (const void *from, int count, MPI_Datatype type, void *to, int to_count, MPI_Datatype to_type, int root, MPI_Comm comm),
               (from, count, type, to, to_count, to_type, root, comm),
               collective(&call, RECORD_SCATTER, comm, root,
                          !between(comm) && rank_in(comm) == root ? bytes_of(count, type) : bytes_of(to_count, to_type), request))
OIO_COLLECTIVE(Reduce_scatter, Ireduce_scatter,
               (const void *from, void *to, const int counts[], MPI_Datatype type, MPI_Op op, MPI_Comm comm),
               (from, to, counts, type, op, comm), collective(&call, RECORD_REDUCE_SCATTER, comm, 0, sum_of(comm, counts, type), request))
OIO_COLLECTIVE(Reduce_scatter_block, Ireduce_scatter_block,
               (const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm), (from, to, count, type, op, comm),
               collective(&call, RECORD_REDUCE_SCATTER, comm, 0, between(comm) ? 0 : bytes_of(count, type) * (uint64_t)comm_of(comm)->size,
                          request))
OIO_COLLECTIVE(Scan, Iscan, (const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm),
               (from, to, count, type, op, comm), chain(&call, comm, count, type, request))
OIO_COLLECTIVE(Exscan, Iexscan, (const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm),
               (from, to, count, type, op, comm), chain(&call, comm, count, type, request))
OIO_COLLECTIVE(Gatherv, Igatherv,
               (const void *from, int count, MPI_Datatype type, void *to, const int counts[], const int places[], MPI_Datatype to_type,
                int root, MPI_Comm comm),
               (from, count, type, to, counts, places, to_type, root, comm),
               rooted(&call, comm, root, true, counts, to_type, count, type, request))
OIO_COLLECTIVE(Scatterv, Iscatterv,
               (const void *from, const int counts[], const int places[], MPI_Datatype type, void *to, int count, MPI_Datatype to_type,
                int root, MPI_Comm comm),
               (from, counts, places, type, to, count, to_type, root, comm),
               rooted(&call, comm, root, false, counts, type, count, to_type, request))
OIO_COLLECTIVE(Allgatherv, Iallgatherv,
               (const void *from, int count, MPI_Datatype type, void *to, const int counts[], const int places[], MPI_Datatype to_type,
                MPI_Comm comm),
               (from, count, type, to, counts, places, to_type, comm),
               exchange(&call, comm, (struct shares){.count = between(comm) ? 0 : counts[rank_in(comm)], .type = to_type},
                        (struct shares){.counts = counts, .type = to_type}, false, request))
OIO_COLLECTIVE(Alltoallv, Ialltoallv,
               (const void *from, const int counts[], const int places[], MPI_Datatype type, void *to, const int to_counts[],
                const int to_places[], MPI_Datatype to_type, MPI_Comm comm),
               (from, counts, places, type, to, to_counts, to_places, to_type, comm),
               exchange(&call, comm,
                        from == MPI_IN_PLACE ? (struct shares){.counts = to_counts, .type = to_type}
                                             : (struct shares){.counts = counts, .type = type},
                        (struct shares){.counts = to_counts, .type = to_type}, false, request))
OIO_COLLECTIVE(Alltoallw, Ialltoallw,
               (const void *from, const int counts[], const int places[], const MPI_Datatype types[], void *to, const int to_counts[],
                const int to_places[], const MPI_Datatype to_types[], MPI_Comm comm),
               (from, counts, places, types, to, to_counts, to_places, to_types, comm),
               exchange(&call, comm,
                        from == MPI_IN_PLACE ? (struct shares){.counts = to_counts, .types = to_types}
                                             : (struct shares){.counts = counts, .types = types},
                        (struct shares){.counts = to_counts, .types = to_types}, false, request))

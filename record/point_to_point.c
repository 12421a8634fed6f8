/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of which both ends are named, and the requests that they leave. */
#include "recorder.h"

/* A blocking call: over when it comes back. */
static void send_over(struct call *call, MPI_Comm handle, enum record_mode mode, int peer, int tag, uint64_t bytes) {
  const struct comm *comm = comm_of(handle);
  if (!say_send(call, false, comm, mode, peer, tag, bytes)) return;
  const struct completion done = {.operation = operations() - 1, .kind = REQUEST_SEND};
  say_done(call, &done, 1);
}

static void receive_over(struct call *call, MPI_Comm handle, const MPI_Status *status) {
  const struct comm *comm = comm_of(handle);
  if (status->MPI_SOURCE == MPI_PROC_NULL) return;
  if (comm == NULL) {
    call_left_out(call, RECORD_UNKNOWN_COMMUNICATOR);
    return;
  }
  say_receive(call, false, comm);
  const struct completion done = {
      .operation = operations() - 1, .kind = REQUEST_RECEIVE, .comm = comm, .source = status->MPI_SOURCE, .tag = status->MPI_TAG};
  say_done(call, &done, 1);
}

static void send_begun(struct call *call, MPI_Comm handle, enum record_mode mode, int peer, int tag, uint64_t bytes, MPI_Request made) {
  const struct comm *comm = comm_of(handle);
  if (!say_send(call, true, comm, mode, peer, tag, bytes)) return;
  struct request *request = request_add(made, REQUEST_SEND, comm);
  if (request != NULL) request->operation = operations() - 1;
}

static void receive_posted(struct call *call, MPI_Comm handle, int peer, MPI_Request made) {
  const struct comm *comm = comm_of(handle);
  if (peer == MPI_PROC_NULL) return;
  if (comm == NULL) {
    call_left_out(call, RECORD_UNKNOWN_COMMUNICATOR);
    return;
  }
  say_receive(call, true, comm);
  struct request *request = request_add(made, REQUEST_RECEIVE, comm);
  if (request != NULL) request->operation = operations() - 1;
}

#define OIO_SEND(name, mode)                                                                                                               \
  int MPI_##name(const void *buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm) {                                     \
    struct call call = call_begin();                                                                                                       \
    const int result = PMPI_##name(buffer, count, type, peer, tag, comm);                                                                  \
    if (call_made(&call, result)) send_over(&call, comm, mode, peer, tag, bytes_of(count, type));                                          \
    return result;                                                                                                                         \
  }
OIO_SEND(Send, RECORD_STANDARD)
OIO_SEND(Ssend, RECORD_SYNCHRONOUS)
OIO_SEND(Rsend, RECORD_STANDARD)
OIO_SEND(Bsend, RECORD_BUFFERED)

#define OIO_ISEND(name, mode)                                                                                                              \
  int MPI_##name(const void *buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Request *request) {               \
    struct call call = call_begin();                                                                                                       \
    const int result = PMPI_##name(buffer, count, type, peer, tag, comm, request);                                                         \
    if (call_made(&call, result)) send_begun(&call, comm, mode, peer, tag, bytes_of(count, type), *request);                               \
    return result;                                                                                                                         \
  }
OIO_ISEND(Isend, RECORD_STANDARD)
OIO_ISEND(Issend, RECORD_SYNCHRONOUS)
OIO_ISEND(Irsend, RECORD_STANDARD)
OIO_ISEND(Ibsend, RECORD_BUFFERED)

int MPI_Recv(void *buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Status *status) {
  MPI_Status own, *got = status == MPI_STATUS_IGNORE ? &own : status;
  struct call call = call_begin();
  const int result = PMPI_Recv(buffer, count, type, peer, tag, comm, got);
  if (call_made(&call, result)) receive_over(&call, comm, got);
  return result;
}

int MPI_Irecv(void *buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Request *request) {
  struct call call = call_begin();
  const int result = PMPI_Irecv(buffer, count, type, peer, tag, comm, request);
  if (call_made(&call, result)) receive_posted(&call, comm, peer, *request);
  return result;
}

/* Both begin at once, and both are over when the call is. */
static void both_over(struct call *call, MPI_Comm handle, int to, int send_tag, uint64_t bytes, const MPI_Status *status) {
  const struct comm *comm = comm_of(handle);
  struct completion done[2];
  size_t count = 0;
  if (comm == NULL) {
    call_left_out(call, RECORD_UNKNOWN_COMMUNICATOR);
    return;
  }
  if (say_send(call, false, comm, RECORD_STANDARD, to, send_tag, bytes))
    done[count++] = (struct completion){.operation = operations() - 1, .kind = REQUEST_SEND};
  if (status->MPI_SOURCE != MPI_PROC_NULL) {
    say_receive(call, false, comm);
    done[count++] = (struct completion){
        .operation = operations() - 1, .kind = REQUEST_RECEIVE, .comm = comm, .source = status->MPI_SOURCE, .tag = status->MPI_TAG};
  }
  if (count > 0) say_done(call, done, count);
}

int MPI_Sendrecv(const void *buffer, int count, MPI_Datatype type, int to, int send_tag, void *into, int room, MPI_Datatype into_type,
                 int from, int receive_tag, MPI_Comm comm, MPI_Status *status) {
  MPI_Status own, *got = status == MPI_STATUS_IGNORE ? &own : status;
  struct call call = call_begin();
  const int result = PMPI_Sendrecv(buffer, count, type, to, send_tag, into, room, into_type, from, receive_tag, comm, got);
  if (call_made(&call, result)) both_over(&call, comm, to, send_tag, bytes_of(count, type), got);
  return result;
}

int MPI_Sendrecv_replace(void *buffer, int count, MPI_Datatype type, int to, int send_tag, int from, int receive_tag, MPI_Comm comm,
                         MPI_Status *status) {
  MPI_Status own, *got = status == MPI_STATUS_IGNORE ? &own : status;
  struct call call = call_begin();
  const int result = PMPI_Sendrecv_replace(buffer, count, type, to, send_tag, from, receive_tag, comm, got);
  if (call_made(&call, result)) both_over(&call, comm, to, send_tag, bytes_of(count, type), got);
  return result;
}

/* Persistent requests: nothing is sent until they are started. */
static void prepared(enum request_kind kind, MPI_Comm handle, enum record_mode mode, int peer, int tag, uint64_t bytes, MPI_Request made) {
  struct request *request = peer == MPI_PROC_NULL ? NULL : request_add(made, kind, comm_of(handle));
  if (request == NULL) return;
  request->persistent = true;
  request->active = false;
  request->mode = mode;
  request->peer = peer;
  request->tag = tag;
  request->bytes = bytes;
}

#define OIO_SEND_INIT(name, mode)                                                                                                          \
  int MPI_##name(const void *buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Request *request) {               \
    struct call call = call_begin();                                                                                                       \
    const int result = PMPI_##name(buffer, count, type, peer, tag, comm, request);                                                         \
    if (call_made(&call, result)) prepared(REQUEST_SEND, comm, mode, peer, tag, bytes_of(count, type), *request);                          \
    return result;                                                                                                                         \
  }
OIO_SEND_INIT(Send_init, RECORD_STANDARD)
OIO_SEND_INIT(Ssend_init, RECORD_SYNCHRONOUS)
OIO_SEND_INIT(Rsend_init, RECORD_STANDARD)
OIO_SEND_INIT(Bsend_init, RECORD_BUFFERED)

int MPI_Recv_init(void *buffer, int count, MPI_Datatype type, int peer, int tag, MPI_Comm comm, MPI_Request *request) {
  struct call call = call_begin();
  const int result = PMPI_Recv_init(buffer, count, type, peer, tag, comm, request);
  if (call_made(&call, result)) prepared(REQUEST_RECEIVE, comm, RECORD_STANDARD, peer, tag, 0, *request);
  return result;
}

/* The time of the call is that of the first. */
static void started(struct call *call, MPI_Request handle) {
  struct request *request = request_find(handle, false);
  if (request == NULL) return;
  if (request->comm == NULL) {
    call_left_out(call, RECORD_UNKNOWN_COMMUNICATOR);
  } else if (request->kind == REQUEST_RECEIVE) {
    say_receive(call, true, request->comm);
    request->active = true;
  } else {
    request->active = say_send(call, true, request->comm, request->mode, request->peer, request->tag, request->bytes);
  }
  request->operation = operations() - 1;
  call->gap_ns = call->taken_ns = 0;
}

int MPI_Start(MPI_Request *request) {
  struct call call = call_begin();
  const int result = PMPI_Start(request);
  if (call_made(&call, result)) started(&call, *request);
  return result;
}

int MPI_Startall(int count, MPI_Request requests[]) {
  struct call call = call_begin();
  const int result = PMPI_Startall(count, requests);
  if (call_made(&call, result))
    for (int i = 0; i < count; i++) started(&call, requests[i]);
  return result;
}

int MPI_Request_free(MPI_Request *request) {
  const MPI_Request handle = *request;
  struct call call = call_begin();
  const int result = PMPI_Request_free(request);
  struct request *known = call_made(&call, result) ? request_find(handle, false) : NULL;
  if (known != NULL) request_remove(known);
  return result;
}

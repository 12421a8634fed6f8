/* SPDX-License-Identifier: Apache-2.0 */
/* What ends requests, and what looks for messages. */
#include "recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the program gave, before the call changes it; and places for what the call says when the program does not want to know. */
static MPI_Request *before;
static MPI_Status *own;
static struct completion *done;
static size_t room;

static bool make_room(int count) {
  const size_t needed = count > 0 ? (size_t)count : 1;
  if (needed <= room) return true;
  free(before);
  free(own);
  free(done);
  before = malloc(needed * sizeof *before);
  own = malloc(needed * sizeof *own);
  done = malloc(needed * sizeof *done);
  room = before != NULL && own != NULL && done != NULL ? needed : 0;
  if (room == 0) fputs("oio record: out of memory; a completion is not recorded\n", stderr);
  return room > 0;
}

static void keep_in_new_room(struct call *call, int count, const MPI_Request requests[]) {
  if (make_room(count)) memcpy(before, requests, (size_t)(count > 0 ? count : 0) * sizeof *before);
  if (room == 0) call->light = call->recorded = call_made(call, MPI_ERR_OTHER);
}

/* Keeps the requests; without room for them the call is not recorded. */
static inline void keep(struct call *call, int count, const MPI_Request requests[]) {
  if (!call->recorded) return;
  if (count <= 0 || (size_t)count > room) {
    keep_in_new_room(call, count, requests);
    return;
  }
  memcpy(before, requests, (size_t)count * sizeof *before);
}

/* One more that is over; false: it was no request of ours. */
static bool over(MPI_Request handle, const MPI_Status *status, struct completion *at) {
  struct request *request = request_find(handle, true);
  int cancelled = 0;
  if (request == NULL) return false;
  if (request->kind == REQUEST_RECEIVE) PMPI_Test_cancelled(status, &cancelled);
  *at = (struct completion){.operation = request->operation,
                            .kind = request->kind,
                            .comm = request->comm,
                            .cancelled = cancelled != 0,
                            .source = status->MPI_SOURCE,
                            .tag = status->MPI_TAG};
  request->active = false;
  if (!request->persistent) request_remove(request);
  return true;
}

static void one_over(struct call *call, MPI_Request handle, const MPI_Status *status) {
  struct completion at;
  if (over(handle, status, &at)) say_done(call, &at, 1);
}

/* Those of `indices`, or all where it is NULL; statuses are in the same order. */
static void some_over(struct call *call, int count, const int indices[], const MPI_Status statuses[]) {
  size_t ended = 0;
  for (int i = 0; i < count; i++) ended += over(before[indices == NULL ? i : indices[i]], &statuses[i], &done[ended]);
  if (ended > 0) say_done(call, done, ended);
}

int MPI_Wait(MPI_Request *request, MPI_Status *status) {
  const MPI_Request handle = *request;
  MPI_Status mine, *got = status == MPI_STATUS_IGNORE ? &mine : status;
  struct call call = call_begin();
  const int result = PMPI_Wait(request, got);
  if (call_made(&call, result)) one_over(&call, handle, got);
  return result;
}

int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status) {
  const MPI_Request handle = *request;
  MPI_Status mine, *got = status == MPI_STATUS_IGNORE ? &mine : status;
  struct call call = poll_begin();
  const int result = PMPI_Test(request, flag, got);
  if (!poll_made(&call, result, *flag != 0)) return result;
  one_over(&call, handle, got);
  return result;
}

int MPI_Waitall(int count, MPI_Request requests[], MPI_Status statuses[]) {
  struct call call = call_begin();
  keep(&call, count, requests);
  MPI_Status *got = call.recorded && statuses == MPI_STATUSES_IGNORE ? own : statuses;
  const int result = PMPI_Waitall(count, requests, got);
  if (call_made(&call, result)) some_over(&call, count, NULL, got);
  return result;
}

int MPI_Testall(int count, MPI_Request requests[], int *flag, MPI_Status statuses[]) {
  struct call call = poll_begin();
  keep(&call, count, requests);
  MPI_Status *got = call.recorded && statuses == MPI_STATUSES_IGNORE ? own : statuses;
  const int result = PMPI_Testall(count, requests, flag, got);
  if (!poll_made(&call, result, *flag != 0)) return result;
  some_over(&call, count, NULL, got);
  return result;
}

int MPI_Waitany(int count, MPI_Request requests[], int *index, MPI_Status *status) {
  MPI_Status mine, *got = status == MPI_STATUS_IGNORE ? &mine : status;
  struct call call = call_begin();
  keep(&call, count, requests);
  const int result = PMPI_Waitany(count, requests, index, got);
  if (call_made(&call, result) && *index != MPI_UNDEFINED) some_over(&call, 1, index, got);
  return result;
}

int MPI_Testany(int count, MPI_Request requests[], int *index, int *flag, MPI_Status *status) {
  MPI_Status mine, *got = status == MPI_STATUS_IGNORE ? &mine : status;
  struct call call = poll_begin();
  keep(&call, count, requests);
  const int result = PMPI_Testany(count, requests, index, flag, got);
  if (!poll_made(&call, result, *flag != 0)) return result;
  if (*index != MPI_UNDEFINED) some_over(&call, 1, index, got);
  return result;
}

int MPI_Waitsome(int count, MPI_Request requests[], int *ended, int indices[], MPI_Status statuses[]) {
  struct call call = call_begin();
  keep(&call, count, requests);
  MPI_Status *got = call.recorded && statuses == MPI_STATUSES_IGNORE ? own : statuses;
  const int result = PMPI_Waitsome(count, requests, ended, indices, got);
  if (call_made(&call, result) && *ended != MPI_UNDEFINED) some_over(&call, *ended, indices, got);
  return result;
}

int MPI_Testsome(int count, MPI_Request requests[], int *ended, int indices[], MPI_Status statuses[]) {
  struct call call = poll_begin();
  keep(&call, count, requests);
  MPI_Status *got = call.recorded && statuses == MPI_STATUSES_IGNORE ? own : statuses;
  const int result = PMPI_Testsome(count, requests, ended, indices, got);
  if (!poll_made(&call, result, *ended != 0) || *ended == MPI_UNDEFINED) return result;
  some_over(&call, *ended, indices, got);
  return result;
}

/* The message of a probe comes with the receive; the probe itself is counted. */
int MPI_Probe(int source, int tag, MPI_Comm comm, MPI_Status *status) {
  struct call call = call_begin();
  const int result = PMPI_Probe(source, tag, comm, status);
  if (call_made(&call, result)) call_left_out(&call, RECORD_PROBE);
  return result;
}

int MPI_Iprobe(int source, int tag, MPI_Comm comm, int *flag, MPI_Status *status) {
  struct call call = poll_begin();
  const int result = PMPI_Iprobe(source, tag, comm, flag, status);
  if (!poll_made(&call, result, *flag != 0)) return result;
  call_left_out(&call, RECORD_PROBE);
  return result;
}

/* A probe that takes its message is where the message is matched: the receive is posted here. */
static void taken(struct call *call, MPI_Comm handle, MPI_Message message) {
  const struct comm *comm = comm_of(handle);
  if (message == MPI_MESSAGE_NO_PROC) return;
  if (comm == NULL) {
    call_left_out(call, RECORD_UNKNOWN_COMMUNICATOR);
    return;
  }
  call->taken_ns = 0; /* it waited */
  say_receive(call, true, comm);
  struct request *request = request_add(message, REQUEST_RECEIVE, comm);
  if (request != NULL) request->operation = operations() - 1;
}

int MPI_Mprobe(int source, int tag, MPI_Comm comm, MPI_Message *message, MPI_Status *status) {
  struct call call = call_begin();
  const int result = PMPI_Mprobe(source, tag, comm, message, status);
  if (call_made(&call, result)) taken(&call, comm, *message);
  return result;
}

int MPI_Improbe(int source, int tag, MPI_Comm comm, int *flag, MPI_Message *message, MPI_Status *status) {
  struct call call = poll_begin();
  const int result = PMPI_Improbe(source, tag, comm, flag, message, status);
  if (!poll_made(&call, result, *flag != 0)) return result;
  taken(&call, comm, *message);
  return result;
}

int MPI_Mrecv(void *buffer, int count, MPI_Datatype type, MPI_Message *message, MPI_Status *status) {
  const void *handle = *message;
  MPI_Status mine, *got = status == MPI_STATUS_IGNORE ? &mine : status;
  struct completion at;
  struct call call = call_begin();
  const int result = PMPI_Mrecv(buffer, count, type, message, got);
  if (call_made(&call, result) && over((MPI_Request)handle, got, &at)) say_done(&call, &at, 1);
  return result;
}

int MPI_Imrecv(void *buffer, int count, MPI_Datatype type, MPI_Message *message, MPI_Request *request) {
  const void *handle = *message;
  struct call call = call_begin();
  const int result = PMPI_Imrecv(buffer, count, type, message, request);
  struct request *taken_one = call_made(&call, result) ? request_find(handle, true) : NULL;
  if (taken_one == NULL) return result;
  const struct request was = *taken_one;
  request_remove(taken_one);
  struct request *posted = request_add(*request, REQUEST_RECEIVE, was.comm);
  if (posted != NULL) posted->operation = was.operation;
  return result;
}

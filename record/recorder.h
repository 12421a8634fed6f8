/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the wrappers of MPI calls share: one call at a time, since no program with MPI_THREAD_MULTIPLE is recorded. A wrapper begins a call,
 * makes it, ends it, and says what it was: the first event has the time of the program before it, the last the time of the call.
 */
#ifndef RECORDER_H
#define RECORDER_H

#include "record_format.h"

#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>

/** What lies between MPI_Init and MPI_Finalize and is not itself inside a call of MPI. */
struct call {
  uint64_t begin_ns, gap_ns, taken_ns;
  bool recorded, light;
};

struct call call_begin(void);
/** After the call itself; true: say what it was. A call that failed is not recorded. */
bool call_made(struct call *call, int result);
/** Tests and probes that find nothing and are neither timed nor told one by one: of those that were granted so many are left. While one is
 * made, as while any call is, there is another inside it that is no call of the program's. */
struct light_polls {
  unsigned left, granted;
  bool inside;
};
extern struct light_polls light_polls;

struct call heavy_poll_begin(void);
bool heavy_poll_made(struct call *call, int result, bool found);

/** The same around a test or a probe; one that has found nothing is counted, and its time is not the program's. A program may ask millions
 * of times, so the usual case is all here. */
static inline struct call poll_begin(void) {
  if (light_polls.left == 0 || light_polls.inside) return heavy_poll_begin();
  light_polls.inside = true;
  return (struct call){.recorded = true, .light = true};
}
static inline bool poll_made(struct call *call, int result, bool found) {
  if (!call->light || found) return heavy_poll_made(call, result, found);
  light_polls.inside = false;
  light_polls.left--;
  return false;
}
/** An event that another one of the same call follows, and the last. */
void call_event(struct call *call, enum record_event code);
void call_last_event(struct call *call, enum record_event code);
/** Ends what call_event or call_last_event has begun. */
void event_end(void);
/** A call that is not recorded, by kind, as its only event. */
void call_left_out(struct call *call, enum record_kind kind);
/** Time that the recorder itself took since the call was made is not the program's. */
void recorder_open(const char *folder);
void recorder_close(void);
uint64_t recorder_now_ns(void);

/** The number of the next operation, which the event just begun is. */
uint64_t next_operation(void);
uint64_t operations(void);

/** A communicator of the program. */
struct comm {
  MPI_Comm handle;
  uint64_t identity; /**< the same at all its ranks, and of no other communicator */
  unsigned number;   /**< in the events of this rank */
  int size;          /**< of the group that messages go to */
  int *world;        /**< [size]: world ranks */
  bool between_groups;
};

/** To be called in the same order at all ranks of the communicator, as MPI asks for its creation itself. MPI_COMM_NULL is none, and
 * neither is one with a process outside MPI_COMM_WORLD: what is done in it is left out. */
void comm_add(MPI_Comm handle);
/** The same for one of the group of another. */
void comm_add_copy(MPI_Comm of, MPI_Comm handle);
void comm_remove(MPI_Comm handle);
/** NULL: it was made by a call that is not recorded, or is of processes outside MPI_COMM_WORLD too. */
const struct comm *comm_of(MPI_Comm handle);
/** -1: none. */
int comm_world(const struct comm *comm, int rank);

enum request_kind { REQUEST_SEND, REQUEST_RECEIVE, REQUEST_COLLECTIVE };

/** A request of the program, or a message that a probe has taken. Several may have the same handle, of sends that are over. */
struct request {
  const void *handle;
  const struct comm *comm;
  uint64_t operation, bytes;
  enum request_kind kind;
  enum record_mode mode;
  int peer, tag;
  bool persistent, active;
  struct request *next;
};

/** A new one; NULL: no memory, and it is said. */
struct request *request_add(const void *handle, enum request_kind kind, const struct comm *comm);
/** NULL: none that is recorded. active: only one that is. */
struct request *request_find(const void *handle, bool active);
/** Takes it out of the table and forgets it. */
void request_remove(struct request *request);

/** Bytes of so many of a type; 0 for none. */
uint64_t bytes_of(int count, MPI_Datatype type);
/** Says that a receive has been posted or a send has begun; returns its operation. A peer of MPI_PROC_NULL is nothing: false. */
bool say_send(struct call *call, bool last, const struct comm *comm, enum record_mode mode, int peer, int tag, uint64_t bytes);
void say_receive(struct call *call, bool last, const struct comm *comm);
/** DONE of `count` operations, those of a receive with their status. */
struct completion {
  uint64_t operation;
  enum request_kind kind;
  const struct comm *comm;
  bool cancelled;
  int source, tag;
};
void say_done(struct call *call, const struct completion *list, size_t count);

/** Parameters or arguments that a macro is given in brackets, without them. */
#define OIO_UNPACK(...) __VA_ARGS__

#endif

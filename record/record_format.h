/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a rank of a recorded MPI program leaves behind, read by `oio trace import` (docs/record.md): a stream, RECORD_STREAM, gzip, flushed
 * whenever the tail is full; and the tail, RECORD_TAIL, what is not in the stream yet, a mapped file that a killed process leaves whole.
 *
 * Both together are one text head, lines of a word and a value up to "---", and then events. An event is numbers, each in groups of seven
 * bits, the lowest first, with the highest bit set in all but the last: its code, the nanoseconds of the program since the MPI call before,
 * those of this call (0 where another event of the same call follows), and what the code says. A number with a sign is 2 n or -2 n - 1.
 */
#ifndef RECORD_FORMAT_H
#define RECORD_FORMAT_H

#include <stdint.h>

#define RECORD_FIRST_LINE "oio-record 1"
#define RECORD_TAIL_MAGIC UINT64_C(0x6c6961742d6f696f) /* "oio-tail" */
#define RECORD_STREAM "rank-%06u.oiorec"
#define RECORD_TAIL "rank-%06u.tail"
#define RECORD_REFUSED "threads" /* a file: MPI_THREAD_MULTIPLE was asked for */
#define RECORD_FOLDER_VARIABLE "OIO_RECORD_FOLDER"

enum { RECORD_TAIL_BYTES = 65536, RECORD_EVENT_MAX = 64 };

/* Operations (sends, receives, collectives) have numbers from 0, in the order of their events; DONE counts back from the next. */
enum record_event {
  RECORD_FINALIZE = 1, /**< the last event of a rank that came to MPI_Finalize */
  RECORD_COMM,         /**< number, identity, size: a communicator; a number may be given anew */
  RECORD_SEND,         /**< enum record_mode, world rank, tag (signed), bytes, communicator: begins */
  RECORD_RECEIVE,      /**< communicator: is posted */
  RECORD_DONE,         /**< count, then of each how far back, and behind a receive 0 (cancelled) or 1, world rank, tag (signed) */
  RECORD_POLL,         /**< count: tests and probes that found nothing since the event before, and the time in them */
  RECORD_COLLECTIVE,   /**< enum record_collective, communicator, bytes, world rank of the root: begins */
  RECORD_EXCHANGE,     /**< communicator, 1 if it sends only what it has received, count, (world rank, bytes) of what it sends; count, world
                            ranks of what it receives: begins */
  RECORD_LEFT_OUT,     /**< enum record_kind: a call that is not recorded */
  RECORD_EVENTS
};

enum record_mode { RECORD_STANDARD, RECORD_SYNCHRONOUS, RECORD_BUFFERED, RECORD_MODES };

/* Bytes of a collective: of the whole buffer, or of a rank's share (RECORD_SHARE). */
enum record_collective {
  RECORD_ALL_REDUCE,
  RECORD_REDUCE,
  RECORD_ALL_GATHER, /**< share */
  RECORD_GATHER,     /**< share */
  RECORD_SCATTER,    /**< share */
  RECORD_BROADCAST,
  RECORD_ALL_TO_ALL, /**< share: what one rank has for one other */
  RECORD_REDUCE_SCATTER,
  RECORD_BARRIER,
  RECORD_COLLECTIVES
};

enum record_kind {
  RECORD_ONE_SIDED,
  RECORD_BETWEEN_GROUPS,
  RECORD_UNKNOWN_COMMUNICATOR,
  RECORD_NEIGHBOURS,
  RECORD_PROBE,
  RECORD_SPAWN,
  RECORD_KINDS
};

/** The head of the tail file; events follow it. */
struct record_tail {
  uint64_t magic;
  uint64_t base; /**< bytes of head and events before these */
  uint64_t used; /**< bytes of events here */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Calls of NCCL, whoever recorded them, as messages: which node a call is of, which calls are one collective, and what comes after what.
 */
#ifndef TRACE_NCCL_H
#define TRACE_NCCL_H

#include "trace/expand.h"

enum { NCCL_SEND = 100, NCCL_RECEIVE = 101 };

struct nccl_call {
  uint64_t communicator; /**< the same number at all its ranks */
  uint64_t identity;     /**< of the process, or of its GPU */
  uint64_t stream;       /**< calls of one come one after the other */
  uint64_t order;        /**< in the communicator: sends and receives with the same one are of one group, and begin together */
  uint64_t bytes;
  oio_time_ps think_ps;    /**< from the end of the call before it in its stream */
  uint32_t rank, ranks;    /**< in the communicator, and how many it has */
  uint32_t peer;           /**< a rank of the communicator: root, source or destination */
  uint32_t place, index;   /**< for errors; in the order of the capture */
  uint32_t sequence, node; /**< set here, but for sequence where `numbered` */
  uint8_t kind;            /**< enum expand_kind, NCCL_SEND or NCCL_RECEIVE */
  bool own;                /**< see struct expand_member */
};

/** Calls: a spill of struct nccl_call. numbered: sequence says which collective of its communicator a call is. */
enum oio_status nccl_make(struct import_context *context, struct graph *graph, struct spill *calls, bool numbered, const char *what,
                          struct oio_error *error);
/** "AllReduce", "Send"; false: it is none. */
bool nccl_kind(const char *name, uint8_t *kind, bool *own);
typedef enum oio_status nccl_file_taker(void *context, const char *path, struct oio_error *error);
/** A file, or all of a folder in the order of their names, but for hidden ones. */
enum oio_status nccl_each_file(const char *path, nccl_file_taker *take, void *context, struct oio_error *error);
/** FNV-1a of a text, going on from `hash`; 0 begins. */
uint64_t nccl_hash(uint64_t hash, const char *text);

#endif

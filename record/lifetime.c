/* SPDX-License-Identifier: Apache-2.0 */
/* Begin and end of a rank, and of its communicators. */
#include "recorder.h"
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { REFUSED_EXIT = 2 };

static void begin(void) {
  MPI_Comm parent;
  const char *folder = getenv(RECORD_FOLDER_VARIABLE);
  PMPI_Comm_get_parent(&parent);
  if (folder != NULL && parent == MPI_COMM_NULL) recorder_open(folder);
}

/* Which thread waits for what nobody can say afterwards, so a trace would be wrong. */
static void refuse_threads(const char *folder) {
  char path[4096];
  snprintf(path, sizeof path, "%.4000s/" RECORD_REFUSED, folder);
  FILE *file = fopen(path, "w");
  if (file != NULL) fclose(file);
  _exit(REFUSED_EXIT);
}

int MPI_Init(int *count, char ***arguments) {
  const int result = PMPI_Init(count, arguments);
  if (result == MPI_SUCCESS) begin();
  return result;
}

int MPI_Init_thread(int *count, char ***arguments, int required, int *provided) {
  const char *folder = getenv(RECORD_FOLDER_VARIABLE);
  if (folder != NULL && required == MPI_THREAD_MULTIPLE) refuse_threads(folder);
  const int result = PMPI_Init_thread(count, arguments, required, provided);
  if (result == MPI_SUCCESS) begin();
  return result;
}

int MPI_Finalize(void) {
  struct call call = call_begin();
  if (call_made(&call, MPI_SUCCESS)) {
    call_last_event(&call, RECORD_FINALIZE);
    event_end();
  }
  recorder_close();
  return PMPI_Finalize();
}

#define OIO_MAKES_COMM(name, parameters, arguments)                                                                                        \
  int MPI_##name(OIO_UNPACK parameters, MPI_Comm *made) {                                                                                  \
    struct call call = call_begin();                                                                                                       \
    const int result = PMPI_##name(OIO_UNPACK arguments, made);                                                                            \
    if (call_made(&call, result)) comm_add(*made);                                                                                         \
    return result;                                                                                                                         \
  }

OIO_MAKES_COMM(Comm_dup, (MPI_Comm comm), (comm))
OIO_MAKES_COMM(Comm_dup_with_info, (MPI_Comm comm, MPI_Info info), (comm, info))
OIO_MAKES_COMM(Comm_create, (MPI_Comm comm, MPI_Group group), (comm, group))
OIO_MAKES_COMM(Comm_create_group, (MPI_Comm comm, MPI_Group group, int tag), (comm, group, tag))
OIO_MAKES_COMM(Comm_split, (MPI_Comm comm, int colour, int key), (comm, colour, key))
OIO_MAKES_COMM(Comm_split_type, (MPI_Comm comm, int type, int key, MPI_Info info), (comm, type, key, info))
OIO_MAKES_COMM(Intercomm_create, (MPI_Comm local, int leader, MPI_Comm peer, int other, int tag), (local, leader, peer, other, tag))
OIO_MAKES_COMM(Intercomm_merge, (MPI_Comm between, int high), (between, high))
OIO_MAKES_COMM(Cart_create, (MPI_Comm comm, int dimensions, const int sizes[], const int periods[], int reorder),
               (comm, dimensions, sizes, periods, reorder))
OIO_MAKES_COMM(Cart_sub, (MPI_Comm comm, const int remain[]), (comm, remain))
OIO_MAKES_COMM(Graph_create, (MPI_Comm comm, int nodes, const int index[], const int edges[], int reorder),
               (comm, nodes, index, edges, reorder))
OIO_MAKES_COMM(Dist_graph_create,
               (MPI_Comm comm, int count, const int sources[], const int degrees[], const int targets[], const int weights[], MPI_Info info,
                int reorder),
               (comm, count, sources, degrees, targets, weights, info, reorder))
OIO_MAKES_COMM(Dist_graph_create_adjacent,
               (MPI_Comm comm, int in, const int sources[], const int in_weights[], int out, const int targets[], const int out_weights[],
                MPI_Info info, int reorder),
               (comm, in, sources, in_weights, out, targets, out_weights, info, reorder))

/* Its group is that of the old one, long before it may be used. */
int MPI_Comm_idup(MPI_Comm comm, MPI_Comm *made, MPI_Request *request) {
  struct call call = call_begin();
  const int result = PMPI_Comm_idup(comm, made, request);
  if (call_made(&call, result)) comm_add_copy(comm, *made);
  return result;
}

int MPI_Comm_free(MPI_Comm *comm) {
  const MPI_Comm handle = *comm;
  struct call call = call_begin();
  const int result = PMPI_Comm_free(comm);
  if (call_made(&call, result)) comm_remove(handle);
  return result;
}

int MPI_Comm_disconnect(MPI_Comm *comm) {
  const MPI_Comm handle = *comm;
  struct call call = call_begin();
  const int result = PMPI_Comm_disconnect(comm);
  if (call_made(&call, result)) comm_remove(handle);
  return result;
}

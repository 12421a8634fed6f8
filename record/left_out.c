/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic that is counted, not recorded. */
#include "recorder.h"

#define OIO_LEFT_OUT(name, kind, parameters, arguments)                                                                                    \
  int MPI_##name(OIO_UNPACK parameters) {                                                                                                  \
    struct call call = call_begin();                                                                                                       \
    const int result = PMPI_##name(OIO_UNPACK arguments);                                                                                  \
    if (call_made(&call, result)) call_left_out(&call, kind);                                                                              \
    return result;                                                                                                                         \
  }
/* And its twin that leaves a request. */
#define OIO_BOTH_LEFT_OUT(name, twin, kind, parameters, arguments)                                                                         \
  OIO_LEFT_OUT(name, kind, parameters, arguments)                                                                                          \
  OIO_LEFT_OUT(twin, kind, (OIO_UNPACK parameters, MPI_Request * request), (OIO_UNPACK arguments, request))

#define OIO_ORIGIN const void *origin, int count, MPI_Datatype type
#define OIO_ORIGIN_OUT void *origin, int count, MPI_Datatype type
#define OIO_TARGET int target, MPI_Aint at, int target_count, MPI_Datatype target_type

OIO_BOTH_LEFT_OUT(Put, Rput, RECORD_ONE_SIDED, (OIO_ORIGIN, OIO_TARGET, MPI_Win window),
                  (origin, count, type, target, at, target_count, target_type, window))
OIO_BOTH_LEFT_OUT(Get, Rget, RECORD_ONE_SIDED, (OIO_ORIGIN_OUT, OIO_TARGET, MPI_Win window),
                  (origin, count, type, target, at, target_count, target_type, window))
OIO_BOTH_LEFT_OUT(Accumulate, Raccumulate, RECORD_ONE_SIDED, (OIO_ORIGIN, OIO_TARGET, MPI_Op op, MPI_Win window),
                  (origin, count, type, target, at, target_count, target_type, op, window))
OIO_BOTH_LEFT_OUT(Get_accumulate, Rget_accumulate, RECORD_ONE_SIDED,
                  (OIO_ORIGIN, void *into, int into_count, MPI_Datatype into_type, OIO_TARGET, MPI_Op op, MPI_Win window),
                  (origin, count, type, into, into_count, into_type, target, at, target_count, target_type, op, window))
OIO_LEFT_OUT(Fetch_and_op, RECORD_ONE_SIDED,
             (const void *origin, void *into, MPI_Datatype type, int target, MPI_Aint at, MPI_Op op, MPI_Win window),
             (origin, into, type, target, at, op, window))
OIO_LEFT_OUT(Compare_and_swap, RECORD_ONE_SIDED,
             (const void *origin, const void *compare, void *into, MPI_Datatype type, int target, MPI_Aint at, MPI_Win window),
             (origin, compare, into, type, target, at, window))

#define OIO_FROM const void *from, int count, MPI_Datatype type
#define OIO_FROM_EACH const void *from, const int counts[], const int places[], MPI_Datatype type
#define OIO_TO void *to, int to_count, MPI_Datatype to_type
#define OIO_TO_EACH void *to, const int to_counts[], const int to_places[], MPI_Datatype to_type

OIO_BOTH_LEFT_OUT(Neighbor_allgather, Ineighbor_allgather, RECORD_NEIGHBOURS, (OIO_FROM, OIO_TO, MPI_Comm comm),
                  (from, count, type, to, to_count, to_type, comm))
OIO_BOTH_LEFT_OUT(Neighbor_alltoall, Ineighbor_alltoall, RECORD_NEIGHBOURS, (OIO_FROM, OIO_TO, MPI_Comm comm),
                  (from, count, type, to, to_count, to_type, comm))
OIO_BOTH_LEFT_OUT(Neighbor_allgatherv, Ineighbor_allgatherv, RECORD_NEIGHBOURS, (OIO_FROM, OIO_TO_EACH, MPI_Comm comm),
                  (from, count, type, to, to_counts, to_places, to_type, comm))
OIO_BOTH_LEFT_OUT(Neighbor_alltoallv, Ineighbor_alltoallv, RECORD_NEIGHBOURS, (OIO_FROM_EACH, OIO_TO_EACH, MPI_Comm comm),
                  (from, counts, places, type, to, to_counts, to_places, to_type, comm))
OIO_BOTH_LEFT_OUT(Neighbor_alltoallw, Ineighbor_alltoallw, RECORD_NEIGHBOURS,
                  (const void *from, const int counts[], const MPI_Aint places[], const MPI_Datatype types[], void *to,
                   const int to_counts[], const MPI_Aint to_places[], const MPI_Datatype to_types[], MPI_Comm comm),
                  (from, counts, places, types, to, to_counts, to_places, to_types, comm))

OIO_LEFT_OUT(Comm_spawn, RECORD_SPAWN,
             (const char *command, char *arguments[], int most, MPI_Info info, int root, MPI_Comm comm, MPI_Comm *between, int errors[]),
             (command, arguments, most, info, root, comm, between, errors))
OIO_LEFT_OUT(Comm_spawn_multiple, RECORD_SPAWN,
             (int count, char *commands[], char **arguments[], const int most[], const MPI_Info infos[], int root, MPI_Comm comm,
              MPI_Comm *between, int errors[]),
             (count, commands, arguments, most, infos, root, comm, between, errors))

/* SPDX-License-Identifier: Apache-2.0 */
/* Small MPI programs by name, each with messages that can be listed by hand: tests/record/trace_mpi.sh does. */
#define _POSIX_C_SOURCE 200809L
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 3, MOST = 1 << 20 };

static int rank, ranks;
static const char *own_path;
static char out[MOST], in[MOST];

static void pause_ms(long ms) {
  const struct timespec span = {.tv_nsec = ms * 1000000};
  nanosleep(&span, NULL);
}

/* A token of 100 bytes goes round three times; each rank thinks a millisecond before it sends on. */
static void ring(void) {
  for (int round = 0; round < ROUNDS; round++) {
    if (rank > 0 || round > 0) MPI_Recv(in, 100, MPI_BYTE, (rank + ranks - 1) % ranks, round, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    pause_ms(1);
    if (rank < ranks - 1 || round < ROUNDS - 1)
      MPI_Send(out, 100, MPI_BYTE, (rank + 1) % ranks, (round + (rank == ranks - 1)), MPI_COMM_WORLD);
  }
}

/* Each but rank 0 sends it two messages, with tags that rank 0 does not name; it answers each by as many bytes as the tag says. */
static void wildcard(void) {
  MPI_Status status;
  if (rank > 0) {
    MPI_Send(out, 10 * rank, MPI_BYTE, 0, 20 + rank, MPI_COMM_WORLD);
    MPI_Send(out, 10 * rank, MPI_BYTE, 0, 30 + rank, MPI_COMM_WORLD);
    MPI_Recv(in, MOST, MPI_BYTE, 0, MPI_ANY_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Recv(in, MOST, MPI_BYTE, 0, MPI_ANY_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return;
  }
  for (int i = 0; i < 2 * (ranks - 1); i++) {
    MPI_Recv(in, MOST, MPI_BYTE, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
    MPI_Send(out, status.MPI_TAG, MPI_BYTE, status.MPI_SOURCE, 5, MPI_COMM_WORLD);
  }
}

/* All kinds of completion: each rank sends 4 messages to the next, of 1000, 2000, 3000 and 4000 bytes. */
static void nonblocking(void) {
  MPI_Request requests[8];
  MPI_Status statuses[8];
  int index, indices[8], done, flag = 0, over = 0;
  const int next = (rank + 1) % ranks, before = (rank + ranks - 1) % ranks;
  for (int i = 0; i < 4; i++) MPI_Irecv(in + 10000 * i, 1000 * (i + 1), MPI_BYTE, before, i, MPI_COMM_WORLD, &requests[i]);
  for (int i = 0; i < 4; i++) MPI_Isend(out, 1000 * (i + 1), MPI_BYTE, next, i, MPI_COMM_WORLD, &requests[4 + i]);
  MPI_Waitany(8, requests, &index, MPI_STATUS_IGNORE);
  over++;
  MPI_Waitsome(8, requests, &done, indices, statuses);
  over += done;
  while (over < 8 && done != MPI_UNDEFINED) {
    MPI_Testsome(8, requests, &done, indices, MPI_STATUSES_IGNORE);
    if (done != MPI_UNDEFINED) over += done;
  }
  MPI_Irecv(in, 8, MPI_BYTE, before, 9, MPI_COMM_WORLD, &requests[0]);
  MPI_Issend(out, 8, MPI_BYTE, next, 9, MPI_COMM_WORLD, &requests[1]);
  while (!flag) MPI_Testall(2, requests, &flag, MPI_STATUSES_IGNORE);
}

/* Rank 1 has a receive that it cancels; persistent requests are started twice; each rank has something for itself and for nobody. */
static void other(void) {
  MPI_Request requests[2];
  MPI_Status status;
  const int next = (rank + 1) % ranks, before = (rank + ranks - 1) % ranks;
  MPI_Send_init(out, 500, MPI_BYTE, next, 1, MPI_COMM_WORLD, &requests[0]);
  MPI_Recv_init(in, 500, MPI_BYTE, before, 1, MPI_COMM_WORLD, &requests[1]);
  for (int i = 0; i < 2; i++) {
    MPI_Startall(2, requests);
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
  }
  MPI_Request_free(&requests[0]);
  MPI_Request_free(&requests[1]);
  MPI_Sendrecv(out, 700, MPI_BYTE, rank, 2, in, 700, MPI_BYTE, rank, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Sendrecv(out, 0, MPI_BYTE, next, 3, in, 0, MPI_BYTE, before, 3, MPI_COMM_WORLD, &status);
  MPI_Send(out, 900, MPI_BYTE, MPI_PROC_NULL, 4, MPI_COMM_WORLD);
  if (rank == 1) {
    MPI_Irecv(in, 1, MPI_BYTE, 0, 77, MPI_COMM_WORLD, &requests[0]);
    MPI_Cancel(&requests[0]);
    MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
  }
  MPI_Message message;
  if (rank == 0) MPI_Send(out, 64, MPI_INT, 1, 5, MPI_COMM_WORLD);
  if (rank == 0) MPI_Send(out, 32, MPI_INT, 1, 6, MPI_COMM_WORLD);
  if (rank != 1) return;
  MPI_Probe(0, 5, MPI_COMM_WORLD, &status);
  MPI_Recv(in, 64, MPI_INT, 0, 5, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Mprobe(MPI_ANY_SOURCE, 6, MPI_COMM_WORLD, &message, &status);
  MPI_Mrecv(in, 32, MPI_INT, &message, MPI_STATUS_IGNORE);
}

/* One collective after the other, of 4096 bytes a rank or in all. */
static void collectives(void) {
  static double a[512], b[2048];
  const int n = 512 / ranks;
  MPI_Request request;
  MPI_Allreduce(a, b, 512, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  MPI_Bcast(a, 512, MPI_DOUBLE, 1, MPI_COMM_WORLD);
  MPI_Reduce(a, b, 512, MPI_DOUBLE, MPI_SUM, 1, MPI_COMM_WORLD);
  MPI_Gather(a, n, MPI_DOUBLE, b, n, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  MPI_Scatter(b, n, MPI_DOUBLE, a, n, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  MPI_Allgather(a, n, MPI_DOUBLE, b, n, MPI_DOUBLE, MPI_COMM_WORLD);
  MPI_Alltoall(a, n, MPI_DOUBLE, b, n, MPI_DOUBLE, MPI_COMM_WORLD);
  MPI_Reduce_scatter_block(a, b, n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  MPI_Ibcast(a, 512, MPI_DOUBLE, 0, MPI_COMM_WORLD, &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  MPI_Barrier(MPI_COMM_WORLD);
}

/* Sizes that differ: rank r has r + 1 times 10 bytes for each; and a scan. */
static void uneven(void) {
  int counts[16], places[16], own[16];
  for (int i = 0; i < ranks; i++) {
    counts[i] = 10 * (i + 1);
    own[i] = 10 * (rank + 1);
    places[i] = 1000 * i;
  }
  MPI_Alltoallv(out, own, places, MPI_BYTE, in, counts, places, MPI_BYTE, MPI_COMM_WORLD);
  MPI_Allgatherv(out, own[0], MPI_BYTE, in, counts, places, MPI_BYTE, MPI_COMM_WORLD);
  MPI_Gatherv(out, own[0], MPI_BYTE, in, counts, places, MPI_BYTE, 1, MPI_COMM_WORLD);
  MPI_Scatterv(out, counts, places, MPI_BYTE, in, counts[rank], MPI_BYTE, 1, MPI_COMM_WORLD);
  MPI_Scan(out, in, 40, MPI_CHAR, MPI_SUM, MPI_COMM_WORLD);
}

/* Even and odd ranks apart, with the order of their ranks turned round: the first of each group sends to the second. */
static void split(void) {
  MPI_Comm half, again, whole;
  int place;
  MPI_Comm_split(MPI_COMM_WORLD, rank % 2, -rank, &half);
  MPI_Comm_dup(half, &again);
  MPI_Comm_dup(MPI_COMM_WORLD, &whole);
  MPI_Comm_rank(half, &place);
  /* The same tag in three communicators, received the other way round; the first that is received is answered. */
  MPI_Request requests[3];
  if (place == 0) {
    MPI_Isend(out, 111, MPI_BYTE, 1, 7, half, &requests[0]);
    MPI_Isend(out, 222, MPI_BYTE, 1, 7, again, &requests[1]);
    MPI_Isend(out, 333, MPI_BYTE, rank - 2, 7, whole, &requests[2]);
    MPI_Waitall(3, requests, MPI_STATUSES_IGNORE);
    MPI_Recv(in, 5, MPI_BYTE, rank - 2, 8, whole, MPI_STATUS_IGNORE);
  } else {
    MPI_Recv(in, 333, MPI_BYTE, rank + 2, 7, whole, MPI_STATUS_IGNORE);
    MPI_Send(out, 5, MPI_BYTE, rank + 2, 8, whole);
    MPI_Recv(in, 222, MPI_BYTE, 0, 7, again, MPI_STATUS_IGNORE);
    MPI_Recv(in, 111, MPI_BYTE, 0, 7, half, MPI_STATUS_IGNORE);
  }
  MPI_Bcast(out, 50, MPI_BYTE, 0, half);
  MPI_Comm_free(&half);
  MPI_Comm_free(&again);
  MPI_Comm_free(&whole);
}

static void window(void) {
  MPI_Win made;
  char *shared;
  MPI_Win_allocate(MOST, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &shared, &made);
  MPI_Win_fence(0, made);
  if (rank == 0) MPI_Put(out, 10, MPI_BYTE, 1, 0, 10, MPI_BYTE, made);
  MPI_Win_fence(0, made);
  MPI_Win_free(&made);
  if (rank == 0) MPI_Send(out, 6, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
  if (rank == 1) MPI_Recv(in, 6, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

/* Both start a third process, and have a communicator with it, in which nothing is recorded. */
static void spawn(void) {
  MPI_Comm parent, between, whole;
  char *arguments[] = {"spawn", NULL};
  MPI_Comm_get_parent(&parent);
  between = parent;
  if (parent == MPI_COMM_NULL) {
    if (rank == 0) MPI_Send(out, 8, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
    if (rank == 1) MPI_Recv(in, 8, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Comm_spawn(own_path, arguments, 1, MPI_INFO_NULL, 0, MPI_COMM_WORLD, &between, MPI_ERRCODES_IGNORE);
  }
  MPI_Intercomm_merge(between, parent != MPI_COMM_NULL, &whole);
  MPI_Bcast(out, 50, MPI_BYTE, 0, whole);
  MPI_Barrier(whole);
  MPI_Comm_free(&whole);
  MPI_Comm_disconnect(&between);
}

/* Rank 1 is killed after 2000 messages that came. */
static void crash(void) {
  for (int i = 0; i < 2000 && rank < 2; i++) {
    if (rank == 0) MPI_Send(out, 8, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
    if (rank == 1) MPI_Recv(in, 8, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  }
  if (rank == 1) raise(SIGKILL);
  MPI_Barrier(MPI_COMM_WORLD);
}

static void give_up(void) {
  if (rank == 0) MPI_Send(out, 48, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
  if (rank == 1) MPI_Recv(in, 48, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  if (rank == 1) MPI_Abort(MPI_COMM_WORLD, 3);
  MPI_Barrier(MPI_COMM_WORLD);
}

static void waits_for_ever(void) {
  if (rank == 0) MPI_Send(out, 21, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
  if (rank == 1) {
    MPI_Recv(in, 21, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    puts("received");
    fflush(stdout);
  }
  MPI_Recv(in, 1, MPI_BYTE, MPI_ANY_SOURCE, 99, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

/* Two messages that are larger than 4096 bytes and one that is not. */
static void large(void) {
  const int sizes[] = {5000, 6000, 100};
  for (int i = 0; i < 3; i++) {
    if (rank == 0) MPI_Send(out, sizes[i], MPI_BYTE, 1, i, MPI_COMM_WORLD);
    if (rank == 1) MPI_Recv(in, sizes[i], MPI_BYTE, 0, i, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  }
}

/* Rank 1 asks 1000 times in vain, in two ways, before rank 0 may send. */
static void asks(void) {
  MPI_Request request;
  int found = 0;
  if (rank == 0) {
    MPI_Recv(in, 1, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Send(out, 65, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
    MPI_Recv(in, 2, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Send(out, 66, MPI_BYTE, 1, 2, MPI_COMM_WORLD);
  }
  if (rank == 1) {
    MPI_Irecv(in, 65, MPI_BYTE, 0, 1, MPI_COMM_WORLD, &request);
    for (int i = 0; i < 777; i++) MPI_Test(&request, &found, MPI_STATUS_IGNORE);
    for (int i = 0; i < 223; i++) MPI_Iprobe(0, 2, MPI_COMM_WORLD, &found, MPI_STATUS_IGNORE);
    MPI_Send(out, 1, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    MPI_Irecv(in, 66, MPI_BYTE, 0, 2, MPI_COMM_WORLD, &request);
    MPI_Send(out, 2, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
  }
}

/* Rank 1 asks until each message is there. */
static void asks_until(void) {
  MPI_Request request;
  int found;
  for (int i = 0; i < 20; i++) {
    if (rank == 0) {
      pause_ms(1);
      MPI_Send(out, 77, MPI_BYTE, 1, i, MPI_COMM_WORLD);
    }
    if (rank != 1) continue;
    MPI_Irecv(in, 77, MPI_BYTE, 0, i, MPI_COMM_WORLD, &request);
    for (found = 0; !found;) MPI_Test(&request, &found, MPI_STATUS_IGNORE);
  }
}

static void nothing(void) {}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*run)(void);
  } cases[] = {{"ring", ring},       {"wildcard", wildcard},       {"nonblocking", nonblocking},
               {"other", other},     {"collectives", collectives}, {"uneven", uneven},
               {"split", split},     {"window", window},           {"crash", crash},
               {"give-up", give_up}, {"waits", waits_for_ever},    {"large", large},
               {"nothing", nothing}, {"threads", nothing},         {"spawn", spawn},
               {"asks", asks},       {"asks-until", asks_until}};
  int provided;
  if (argc < 2) return 2;
  own_path = argv[0];
  if (strcmp(argv[1], "threads") == 0)
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
  else
    MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    if (strcmp(cases[i].name, argv[1]) == 0) cases[i].run();
  MPI_Finalize();
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "recorder.h"
#include "stream.h"

#include <stdlib.h>

/*
 * Ranks agree on an identity without a word: all that a communicator has make it together, so of those of the same group, in the same
 * order, each counts the same.
 */
struct known {
  struct comm comm;
  uint64_t group; /* what its members are */
  bool removed;   /* its requests may still be under way */
  struct known *next;
};

static struct known *first, *found;
static unsigned numbers;

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ hash >> 29;
}

/* World ranks of a group, in its order; *hash says which. */
static int *world_ranks(MPI_Group group, int size, uint64_t *hash) {
  MPI_Group world;
  int *ranks = malloc(2 * sizeof(int) * (size_t)(size > 0 ? size : 1));
  if (ranks == NULL) return NULL;
  int *own = ranks + size;
  for (int i = 0; i < size; i++) own[i] = i;
  PMPI_Comm_group(MPI_COMM_WORLD, &world);
  PMPI_Group_translate_ranks(group, size, own, world, ranks);
  PMPI_Group_free(&world);
  *hash = mix(1, (uint64_t)size);
  for (int i = 0; i < size; i++) {
    if (ranks[i] == MPI_UNDEFINED) ranks[i] = -1;
    *hash = mix(*hash, (uint64_t)ranks[i]);
  }
  return ranks;
}

/* As `of` has it. */
static bool fill(struct known *known, MPI_Comm of, MPI_Comm handle) {
  MPI_Group group;
  int between;
  uint64_t local;
  struct comm *comm = &known->comm;
  *comm = (struct comm){.handle = handle};
  PMPI_Comm_test_inter(of, &between);
  comm->between_groups = between != 0;
  PMPI_Comm_group(of, &group);
  PMPI_Group_size(group, &comm->size);
  comm->world = world_ranks(group, comm->size, &local);
  PMPI_Group_free(&group);
  known->group = local;
  if (!comm->between_groups) return comm->world != NULL;
  uint64_t remote;
  free(comm->world);
  PMPI_Comm_remote_group(of, &group);
  PMPI_Group_size(group, &comm->size);
  comm->world = world_ranks(group, comm->size, &remote);
  PMPI_Group_free(&group);
  known->group = local < remote ? mix(mix(2, local), remote) : mix(mix(2, remote), local);
  return comm->world != NULL;
}

static void say(const struct comm *comm) {
  stream_event(RECORD_COMM, 0, 0);
  stream_number(comm->number);
  stream_number(comm->identity);
  stream_number((uint64_t)comm->size);
  event_end();
}

static bool has_outsiders(const struct comm *comm) {
  for (int i = 0; i < comm->size; i++)
    if (comm->world[i] < 0) return true;
  return false;
}

void comm_add_copy(MPI_Comm of, MPI_Comm handle) {
  if (!stream_is_open() || handle == MPI_COMM_NULL) return;
  struct known *known = calloc(1, sizeof *known);
  if (known == NULL || !fill(known, of, handle) || has_outsiders(&known->comm)) {
    if (known != NULL) free(known->comm.world);
    free(known);
    return;
  }
  uint64_t before = 0;
  for (const struct known *at = first; at != NULL; at = at->next) before += at->group == known->group;
  known->comm.identity = mix(known->group, before);
  known->comm.number = numbers++;
  known->next = first;
  first = known;
  say(&known->comm);
}

void comm_add(MPI_Comm handle) {
  comm_add_copy(handle, handle);
}

static struct known *find(MPI_Comm handle) {
  if (found != NULL && !found->removed && found->comm.handle == handle) return found;
  for (struct known *at = first; at != NULL; at = at->next)
    if (!at->removed && at->comm.handle == handle) return found = at;
  return NULL;
}

void comm_remove(MPI_Comm handle) {
  struct known *known = find(handle);
  if (known != NULL) known->removed = true;
}

const struct comm *comm_of(MPI_Comm handle) {
  const struct known *known = find(handle);
  return known == NULL ? NULL : &known->comm;
}

int comm_world(const struct comm *comm, int rank) {
  return comm != NULL && rank >= 0 && rank < comm->size ? comm->world[rank] : -1;
}

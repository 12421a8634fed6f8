/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files of a Chakra execution trace, node by node.
 */
#ifndef TRACE_CHAKRA_FILE_H
#define TRACE_CHAKRA_FILE_H

#include "oio/base.h"

/** Of a node what matters here. What is not in the file is 0 and its has_... false; source, destination: UINT64_MAX. */
struct chakra_node {
  uint64_t id, size, collective, source, destination, tag, group, root;
  const uint64_t *control, *data; /**< ids of nodes that it comes after */
  size_t control_count, data_count;
  oio_time_ps duration_ps;
  uint32_t number; /**< in the file, from 1 */
  uint32_t type;   /**< 4 compute, 5 send, 6 receive, 7 collective, ... */
  bool has_size, has_collective, has_root, is_cpu;
};

typedef enum oio_status chakra_node_taker(void *context, const struct chakra_node *node, struct oio_error *error);

/** Calls take for each node; stops with OIO_OK when the user interrupts. The file may be gzip. Memory is that of one node, which is
 * bounded. */
enum oio_status chakra_file_each(const char *path, chakra_node_taker *take, void *context, struct oio_error *error);
/** Reads a file once more for the id and the name, printable, of its number-th node. False: it cannot be read. */
bool chakra_file_name(const char *path, uint32_t number, uint64_t *id, char *name, size_t room);

/** Starts as {0}. */
struct chakra_paths {
  char **list;
  uint32_t count;
};

/** The files of all ranks, in their order: that of the number before .et, where all names have one, and else that of the names. */
enum oio_status chakra_paths_find(struct chakra_paths *found, char *const *paths, int count, struct oio_error *error);
void chakra_paths_free(struct chakra_paths *found);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace_rules.h"

#include <stdlib.h>
#include <string.h>

#define NO_DIE UINT32_MAX

struct map_range {
  uint64_t first;
  uint64_t last;
  uint64_t die;
};

/* FIRST[-LAST]:DIE; moves *at behind it. */
static bool parse_range(const char **at, struct map_range *range) {
  if (!oio_trace_number(at, &range->first)) return false;
  range->last = range->first;
  if (**at == '-') {
    ++*at;
    if (!oio_trace_number(at, &range->last)) return false;
  }
  if (**at != ':') return false;
  ++*at;
  return oio_trace_number(at, &range->die);
}

static enum oio_status cover(const struct map_range *range, uint32_t nodes, uint32_t dies, uint32_t *die, struct oio_error *error) {
  if (range->die >= dies)
    return oio_error_set(error, OIO_ERR_FORMAT,
                         "the map names die %llu; there are dies 0 %s %lu: correct the map, or take a net of more dies",
                         (unsigned long long)range->die, dies == 2 ? "and" : "to", (unsigned long)dies - 1);
  if (range->first > range->last)
    return oio_error_set(error, OIO_ERR_FORMAT, "the map has the range %llu-%llu; write the lower node first",
                         (unsigned long long)range->first, (unsigned long long)range->last);
  if (range->last >= nodes)
    return oio_error_set(error, OIO_ERR_FORMAT, "the map names node %llu; the trace has nodes 0 to %lu", (unsigned long long)range->last,
                         (unsigned long)nodes - 1);
  for (uint64_t node = range->first; node <= range->last; node++) {
    if (die[node] != NO_DIE)
      return oio_error_set(error, OIO_ERR_FORMAT, "the map names node %llu twice; give each node one die", (unsigned long long)node);
    die[node] = (uint32_t)range->die;
  }
  return OIO_OK;
}

static enum oio_status parse_into(const char *map, uint32_t nodes, uint32_t dies, uint32_t *die, struct oio_error *error) {
  const char *at = map;
  for (;; at++) {
    struct map_range range;
    if (!parse_range(&at, &range) || (*at != ',' && *at != '\0'))
      return oio_error_set(error, OIO_ERR_FORMAT, "the map cannot be read at character %zu; write it like 0-31:0,32-63:1",
                           (size_t)(at - map) + 1);
    const enum oio_status status = cover(&range, nodes, dies, die, error);
    if (status != OIO_OK) return status;
    if (*at == '\0') break;
  }
  for (uint32_t node = 0; node < nodes; node++) {
    if (die[node] == NO_DIE)
      return oio_error_set(error, OIO_ERR_FORMAT, "the map leaves out node %lu; give each of the %lu nodes a die", (unsigned long)node,
                           (unsigned long)nodes);
  }
  return OIO_OK;
}

enum oio_status oio_trace_map_parse(const char *map, uint32_t nodes, uint32_t dies, uint32_t *die, struct oio_error *error) {
  if (nodes < 1 || nodes > OIO_TRACE_NODES_MAX)
    return oio_error_set(error, OIO_ERR_CONFIG, "%lu nodes; a trace has 1 to %d", (unsigned long)nodes, OIO_TRACE_NODES_MAX);
  uint32_t *covered = malloc(nodes * sizeof *covered);
  if (covered == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory for a map of %lu nodes", (unsigned long)nodes);
  memset(covered, 0xff, nodes * sizeof *covered);
  const enum oio_status status = parse_into(map, nodes, dies, covered, error);
  if (status == OIO_OK && die != NULL) memcpy(die, covered, nodes * sizeof *covered);
  free(covered);
  return status;
}

enum oio_status oio_trace_place(const struct oio_trace_header *header, uint32_t dies, uint32_t *die, struct oio_error *error) {
  if (header->map[0] != '\0') return oio_trace_map_parse(header->map, header->nodes, dies, die, error);
  const uint32_t each = header->nodes / dies, more = header->nodes % dies;
  for (uint32_t at = 0, node = 0; at < dies; at++) {
    for (uint32_t i = 0; i < each + (at < more); i++) die[node++] = at;
  }
  return OIO_OK;
}

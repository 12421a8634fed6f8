/* SPDX-License-Identifier: Apache-2.0 */
/**
 * topology.json of a tt-npe capture: which Ethernet channel of which device is wired to which, and which channels forward to each other.
 */
#ifndef TRACE_TT_TOPOLOGY_H
#define TRACE_TT_TOPOLOGY_H

#include "oio/base.h"

#include <jansson.h>

/** NULL on failure; error then says what and where. Freed by json_decref. */
json_t *tt_topology_load(const char *path, struct oio_error *error);
/** Where a message ends that leaves `device` on `channel` and makes `hops` hops; -1 when the topology does not say. */
long tt_topology_follow(const json_t *topology, long device, long channel, long hops);

#endif

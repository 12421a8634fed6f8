/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/formats/tt_topology.h"

#include "trace/json_memory.h"

enum { HOPS_MAX = 1024 };

json_t *tt_topology_load(const char *path, struct oio_error *error) {
  json_error_t cause;
  json_memory_watch();
  json_t *topology = json_load_file(path, 0, &cause);
  if (json_memory_lacked()) {
    json_decref(topology);
    oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
    return NULL;
  }
  if (topology == NULL) {
    oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%d: %.120s; the destinations of the capture cannot be found without it", path,
                  cause.line > 0 ? cause.line : 1, cause.text);
    return NULL;
  }
  if (json_is_array(json_object_get(topology, "inter_device_channel_pairs")) &&
      json_is_array(json_object_get(topology, "forwarding_channel_pairs")))
    return topology;
  json_decref(topology);
  oio_error_set(error, OIO_ERR_FORMAT,
                "%.110s:1: no inter_device_channel_pairs or no forwarding_channel_pairs; take the file that belongs to the capture", path);
  return NULL;
}

static bool field_is(const json_t *object, const char *key, long value) {
  const json_t *field = json_object_get(object, key);
  return json_is_integer(field) && json_integer_value(field) == value;
}

static long field(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_integer(value) && json_integer_value(value) >= 0 ? (long)json_integer_value(value) : -1;
}

/* Over the wire: *device and *channel become the other end's. */
static bool cross(const json_t *topology, long *device, long *channel) {
  const json_t *pairs = json_object_get(topology, "inter_device_channel_pairs");
  for (size_t i = 0; i < json_array_size(pairs); i++) {
    const json_t *pair = json_array_get(pairs, i);
    const bool from_local = field_is(pair, "local_device_id", *device) && field_is(pair, "local_eth_channel", *channel);
    const bool from_remote = field_is(pair, "remote_device_id", *device) && field_is(pair, "remote_eth_channel", *channel);
    if (!from_local && !from_remote) continue;
    *device = field(pair, from_local ? "remote_device_id" : "local_device_id");
    *channel = field(pair, from_local ? "remote_eth_channel" : "local_eth_channel");
    return *device >= 0;
  }
  return false;
}

/* The channel that `device` forwards to what comes in on `channel`; -1: none. */
static long forwarded(const json_t *topology, long device, long channel) {
  const json_t *pairs = json_object_get(topology, "forwarding_channel_pairs");
  for (size_t i = 0; i < json_array_size(pairs); i++) {
    const json_t *pair = json_array_get(pairs, i), *channels = json_object_get(pair, "channels");
    if (!field_is(pair, "device_id", device) || json_array_size(channels) != 2) continue;
    const long first = (long)json_integer_value(json_array_get(channels, 0));
    const long second = (long)json_integer_value(json_array_get(channels, 1));
    if (first == channel) return second;
    if (second == channel) return first;
  }
  return -1;
}

long tt_topology_follow(const json_t *topology, long device, long channel, long hops) {
  if (hops < 1 || hops > HOPS_MAX) return -1;
  for (long hop = 1; hop <= hops; hop++) {
    if (!cross(topology, &device, &channel)) return -1;
    if (hop < hops) channel = forwarded(topology, device, channel);
  }
  return device;
}

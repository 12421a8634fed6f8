/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulation would take. */
#include "base/memory.h"
#include "oio/sim.h"
#include "sim/many.h"
#include "sim/trains.h"

enum oio_status oio_sim_memory(const struct oio_config *config, struct oio_memory *memory, struct oio_error *error) {
  uint32_t dies = 0, ports = 0;
  *memory = (struct oio_memory){0, 0};
  const enum oio_status status = oio_net_memory(config, memory, &dies, &ports, error);
  if (status != OIO_OK) return status;
  oio_many_memory(ports, dies, memory);
  oio_memory_add(memory, 2 * ports * sizeof(uint32_t)); /* whose share each is */
  oio_traffic_memory(config, dies, memory);
  if (config->trains == OIO_TRAINS_ON && !oio_config_is_routed(config)) oio_trains_memory(memory);
  return OIO_OK;
}

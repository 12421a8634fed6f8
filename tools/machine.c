/* SPDX-License-Identifier: Apache-2.0 */
/* What memory there is, and whether a net fits into it. */
#define _GNU_SOURCE
#include "machine.h"

#include "oio/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t lesser(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

/* The first number of a file of the system. False: there is none. */
static bool read_number(const char *path, uint64_t *number) {
  FILE *file = fopen(path, "r");
  const bool good = file != NULL && fscanf(file, "%" SCNu64, number) == 1;
  if (file != NULL) fclose(file);
  return good;
}

/* MemAvailable: without what is cached and can go. */
static uint64_t available_bytes(void) {
  char line[200];
  uint64_t kib = 0;
  bool found = false;
  FILE *file = fopen("/proc/meminfo", "r");
  while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) found = sscanf(line, "MemAvailable: %" SCNu64, &kib) == 1;
  if (file != NULL) fclose(file);
  return found ? kib << 10 : UINT64_MAX;
}

/* Of a control group's limit, what is not used; both versions. */
static uint64_t group_bytes(const char *limit_path, const char *used_path) {
  uint64_t limit, used;
  if (!read_number(limit_path, &limit) || !read_number(used_path, &used)) return UINT64_MAX;
  return limit > used ? limit - used : 0;
}

uint64_t machine_free_bytes(void) {
  const uint64_t new = group_bytes("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current");
  const uint64_t old = group_bytes("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes");
  return lesser(available_bytes(), lesser(new, old));
}

uint64_t machine_address_bytes(void) {
  struct rlimit limit;
  uint64_t pages = 0;
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
  read_number("/proc/self/statm", &pages);
  const uint64_t used = pages * (uint64_t)sysconf(_SC_PAGESIZE);
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

static double gb(uint64_t nbytes) {
  return (double)nbytes / 1e9;
}

void machine_print(const struct oio_config *config) {
  struct oio_memory memory;
  const uint64_t room = machine_free_bytes();
  if (!oio_config_is_routed(config) || oio_sim_memory(config, &memory, NULL) != OIO_OK || memory.most_bytes <= room) return;
  printf("memory         %.3g GB, and up to %.3g GB when all buffers are in use; there are %.3g GB\n", gb(memory.least_bytes),
         gb(memory.most_bytes), gb(room));
}

enum oio_status machine_has_room(const struct oio_config *config, struct oio_error *error) {
  struct oio_memory memory;
  if (!oio_config_is_routed(config)) return OIO_OK;
  const enum oio_status status = oio_sim_memory(config, &memory, error);
  if (status != OIO_OK) return status;
  const uint64_t room = machine_free_bytes(), address = machine_address_bytes();
  if (memory.least_bytes <= room && memory.most_bytes <= address) return OIO_OK;
  return oio_error_set(
      error, OIO_ERR_NOMEM,
      "net '%.60s' wants %.3g GB of memory, and up to %.3g GB when all its buffers are in use; there are %.3g GB%s: use fewer "
      "dies or shorter links (window_flits, buffer_flits), or a machine with more",
      config->net, gb(memory.least_bytes), gb(memory.most_bytes), gb(lesser(room, address)), address < room ? " (ulimit -v)" : "");
}

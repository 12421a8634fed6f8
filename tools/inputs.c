/* SPDX-License-Identifier: Apache-2.0 */
#include "inputs.h"

#include "oio/faults.h"
#include "oio/topology.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* FNV-1a, 64 bits: not against forgery. */
enum oio_status inputs_add_file(uint64_t *digest, const char *path, struct oio_error *error) {
  unsigned char bytes[65536];
  size_t got;
  struct stat about;
  if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
    return oio_error_set(error, OIO_ERR_IO, "%.200s: every run reads it from its start; copy it to a file first", path);
  FILE *file = fopen(path, "rb");
  while (file != NULL && (got = fread(bytes, 1, sizeof bytes, file)) > 0) {
    for (size_t i = 0; i < got; i++) *digest = (*digest ^ bytes[i]) * UINT64_C(0x100000001b3);
  }
  const bool good = file != NULL && !ferror(file);
  const int cause = errno;
  if (file != NULL) fclose(file);
  *digest = (*digest ^ 0x100) * UINT64_C(0x100000001b3);
  return good ? OIO_OK : oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be read: %s; check the name", path, strerror(cause));
}

/* Is there such a net? Its file, if it is one, is part of the digest. */
static enum oio_status take_net(const char *net, uint64_t *digest, struct oio_error *error) {
  struct oio_topology *topology = NULL;
  if (strcmp(net, "pair") == 0 || strcmp(net, "bridged") == 0) return OIO_OK;
  const bool is_file = strpbrk(net, "/.") != NULL;
  enum oio_status status = is_file ? inputs_add_file(digest, net, error) : OIO_OK;
  if (status == OIO_OK) status = is_file ? oio_topology_load(&topology, net, error) : oio_topology_create(&topology, net, error);
  oio_topology_destroy(topology);
  return status;
}

/* The same of a schedule: a text is taken as it stands, anything else is a file. */
static enum oio_status take_schedule(const char *schedule, uint64_t *digest, struct oio_error *error) {
  struct oio_faults *faults = NULL;
  if (schedule[strspn(schedule, " \t")] == '\0') return OIO_OK;
  enum oio_status status = oio_faults_is_text(schedule) ? OIO_OK : inputs_add_file(digest, schedule, error);
  if (status == OIO_OK) status = oio_faults_read(&faults, schedule, error);
  if (status == OIO_OK) oio_faults_destroy(faults);
  return status;
}

/* Keys whose value may be the name of a file. */
static const struct {
  const char *key;
  enum oio_status (*take)(const char *value, uint64_t *digest, struct oio_error *error);
} file_keys[] = {{"net.topology", take_net}, {"faults.schedule", take_schedule}};

unsigned inputs_keys(void) {
  return sizeof file_keys / sizeof file_keys[0];
}

const char *inputs_key(unsigned index) {
  return file_keys[index].key;
}

enum oio_status inputs_add_value(uint64_t *digest, unsigned index, const char *value, struct oio_error *error) {
  return file_keys[index].take(value, digest, error);
}

enum oio_status inputs_add_key(uint64_t *digest, unsigned index, const struct oio_config *config, struct oio_error *error) {
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    char value[1100];
    oio_config_describe(config, i, &key);
    if (strcmp(key.name, inputs_key(index)) != 0) continue;
    return inputs_add_value(digest, index, oio_config_value(config, i, value, sizeof value), error);
  }
  return OIO_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "head.h"

#include "oio/faults.h"
#include "oio/topology.h"
#include "page.h"
#include "quoted.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char shard_member[] = ",\"shard\":";

/* FNV-1a, 64 bits: not against forgery. */
static enum oio_status digest_file(uint64_t *digest, const char *path, struct oio_error *error) {
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
  enum oio_status status = is_file ? digest_file(digest, net, error) : OIO_OK;
  if (status == OIO_OK) status = is_file ? oio_topology_load(&topology, net, error) : oio_topology_create(&topology, net, error);
  oio_topology_destroy(topology);
  return status;
}

/* The same of a schedule: a text is taken as it stands, anything else is a file. */
static enum oio_status take_schedule(const char *schedule, uint64_t *digest, struct oio_error *error) {
  struct oio_faults *faults = NULL;
  if (schedule[strspn(schedule, " \t")] == '\0') return OIO_OK;
  enum oio_status status = oio_faults_is_text(schedule) ? OIO_OK : digest_file(digest, schedule, error);
  if (status == OIO_OK) status = oio_faults_read(&faults, schedule, error);
  if (status == OIO_OK) oio_faults_destroy(faults);
  return status;
}

/* Keys whose value may be the name of a file. */
static const struct {
  const char *key;
  enum oio_status (*take)(const char *value, uint64_t *digest, struct oio_error *error);
} file_keys[] = {{"net.topology", take_net}, {"faults.schedule", take_schedule}};

/* Every value that the key has in a run. */
static enum oio_status digest_key(const struct grid *grid, size_t which, uint64_t *digest, struct oio_error *error) {
  char value[RANGE_VALUE_BYTES];
  struct oio_config_key key;
  enum oio_status status = OIO_OK;
  for (unsigned i = 0; i < grid->ranges; i++) {
    if (strcmp(grid->range[i].key, file_keys[which].key) != 0) continue;
    for (uint64_t k = 0; k < grid->range[i].count && status == OIO_OK; k++)
      status = file_keys[which].take(range_value(&grid->range[i], k, 0, value), digest, error);
    return status;
  }
  for (size_t i = 0; i < oio_config_count(&grid->base.config); i++) {
    oio_config_describe(&grid->base.config, i, &key);
    if (strcmp(key.name, file_keys[which].key) != 0) continue;
    return file_keys[which].take(oio_config_value(&grid->base.config, i, value, sizeof value), digest, error);
  }
  return status;
}

/* Of the bytes of all files that runs read. */
static enum oio_status digest_inputs(const struct grid *grid, uint64_t *digest, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  *digest = UINT64_C(0xcbf29ce484222325);
  if (grid->base.trace != NULL) status = digest_file(digest, grid->base.trace, error);
  for (size_t i = 0; i < sizeof file_keys / sizeof file_keys[0] && status == OIO_OK; i++) status = digest_key(grid, i, digest, error);
  return status;
}

/* Threads change nothing in the results. */
static void put_config(FILE *out, const struct oio_config *config) {
  bool first = true;
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    char value[RANGE_VALUE_BYTES];
    oio_config_describe(config, i, &key);
    if (strcmp(key.name, "sim.threads") == 0) continue;
    oio_config_value(config, i, value, sizeof value);
    fprintf(out, "%s\"%s\":", first ? "" : ",", key.name);
    if (key.quoted)
      quoted_put(out, value);
    else
      fputs(value, out);
    first = false;
  }
}

static void put_shard(FILE *out, const struct shard *shard) {
  fprintf(out, "%s\"%" PRIu64 "/%" PRIu64 "\"}\n", shard_member, shard->which, shard->of);
}

char *head_make(const struct grid *grid, const struct shard *shard, struct oio_error *error) {
  struct page page;
  uint64_t inputs;
  if (digest_inputs(grid, &inputs, error) != OIO_OK) return NULL;
  char *text = NULL;
  if (page_begin(&page)) {
    fprintf(page.out, "{\"oio_sweep\":1,\"oio\":\"%s\",\"runs\":%" PRIu64 ",\"repeat\":%" PRIu64 ",\"samples\":%" PRIu64 ",\"over\":{",
            oio_version(), grid->runs, grid->repeat, grid->samples);
    for (unsigned i = 0; i < grid->ranges; i++) {
      fprintf(page.out, "%s\"%s\":", i == 0 ? "" : ",", grid->range[i].key);
      quoted_put(page.out, grid->range[i].text);
    }
    fprintf(page.out, "},\"trace\":%s,\"inputs\":\"%016" PRIx64 "\",\"config\":{", grid->base.trace != NULL ? "true" : "false", inputs);
    put_config(page.out, &grid->base.config);
    fputs("}", page.out);
    put_shard(page.out, shard);
    text = page_end(&page);
  }
  if (text == NULL) oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  return text;
}

/* Where the shard begins, which is last. A text in quotes cannot hold it: a quote in it has a backslash before it. */
static size_t shard_at(const char *head) {
  const char *at = NULL;
  for (const char *next = strstr(head, shard_member); next != NULL; next = strstr(next + 1, shard_member)) at = next;
  return at == NULL ? 0 : (size_t)(at - head);
}

char *head_of_shard(const char *head, const struct shard *shard) {
  struct page page;
  const size_t at = shard_at(head);
  if (at == 0 || !page_begin(&page)) return NULL;
  fwrite(head, 1, at, page.out);
  put_shard(page.out, shard);
  return page_end(&page);
}

bool head_read(const char *head, uint64_t *runs, struct shard *shard) {
  json_t *object = json_loads(head, 0, NULL);
  const char *text = json_string_value(json_object_get(object, "shard"));
  bool good = json_integer_value(json_object_get(object, "oio_sweep")) == 1 && text != NULL &&
              sscanf(text, "%" SCNu64 "/%" SCNu64, &shard->which, &shard->of) == 2 && shard_at(head) > 0;
  *runs = (uint64_t)json_integer_value(json_object_get(object, "runs"));
  good = good && *runs >= 1 && *runs <= GRID_RUNS_MAX && shard->which >= 1 && shard->which <= shard->of;
  json_decref(object);
  return good;
}

static char *shown(const json_t *value) {
  return value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
}

/* The first member of `there` in which they differ; of objects, in those. False: none. turned: there is here. */
static bool differ(json_t *there, json_t *here, bool turned, char *out, size_t out_nbytes) {
  const char *key;
  json_t *value;
  json_object_foreach(there, key, value) {
    json_t *other = json_object_get(here, key);
    if (json_equal(value, other)) continue;
    if (json_is_object(value) && json_is_object(other)) {
      if (differ(value, other, turned, out, out_nbytes) || differ(other, value, !turned, out, out_nbytes)) return true;
      continue;
    }
    char *a = shown(turned ? other : value), *b = shown(turned ? value : other);
    if (strcmp(key, "inputs") == 0)
      snprintf(out, out_nbytes, "the trace, the net or the schedule has other bytes in its file");
    else
      snprintf(out, out_nbytes, "%s is %.60s there and %.60s here", key, a != NULL ? a : "not", b != NULL ? b : "not");
    free(a);
    free(b);
    return true;
  }
  return false;
}

const char *head_difference(const char *there, const char *here, char *out, size_t out_nbytes) {
  json_t *a = json_loads(there, 0, NULL), *b = json_loads(here, 0, NULL);
  snprintf(out, out_nbytes, a == NULL ? "it does not begin as one" : "its first line has another order");
  if (a != NULL && b != NULL) differ(a, b, false, out, out_nbytes);
  json_decref(a);
  json_decref(b);
  return out;
}

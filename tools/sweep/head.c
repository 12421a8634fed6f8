/* SPDX-License-Identifier: Apache-2.0 */
#include "head.h"

#include "inputs.h"
#include "page.h"
#include "quoted.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char shard_member[] = ",\"shard\":";

/* Every value that the key has in a run. */
static enum oio_status digest_key(const struct grid *grid, unsigned which, uint64_t *digest, struct oio_error *error) {
  char value[RANGE_VALUE_BYTES];
  enum oio_status status = OIO_OK;
  for (unsigned i = 0; i < grid->ranges; i++) {
    if (strcmp(grid->range[i].key, inputs_key(which)) != 0) continue;
    for (uint64_t k = 0; k < grid->range[i].count && status == OIO_OK; k++)
      status = inputs_add_value(digest, which, range_value(&grid->range[i], k, 0, value), NULL, error);
    return status;
  }
  return inputs_add_key(digest, which, &grid->base.config, NULL, error);
}

/* Of the bytes of all files that runs read. */
static enum oio_status digest_inputs(const struct grid *grid, uint64_t *digest, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  *digest = INPUTS_BEGIN;
  if (grid->base.trace != NULL) status = inputs_add_file(digest, grid->base.trace, NULL, error);
  for (unsigned i = 0; i < inputs_keys() && status == OIO_OK; i++) status = digest_key(grid, i, digest, error);
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

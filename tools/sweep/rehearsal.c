/* SPDX-License-Identifier: Apache-2.0 */
#include "rehearsal.h"

#include "effect.h"

#include <stdlib.h>
#include <string.h>

enum { TRIED_MAX = 20000, KEYS_MAX = 256 };

/* A key that the command line sets or sweeps, and whether it matters in a run. */
struct key {
  char name[OIO_CONFIG_KEY_NAME_BYTES];
  const char *option;
  const char *needs; /* NULL: it matters */
};

struct keys {
  struct key key[KEYS_MAX];
  unsigned count, idle;
};

static void add(struct keys *keys, const char *option, const char *name) {
  if (keys->count == KEYS_MAX) return;
  struct key *key = &keys->key[keys->count++];
  *key = (struct key){.option = option, .needs = ""};
  memcpy(key->name, name, strlen(name) + 1);
  keys->idle++;
}

static enum oio_status gather(struct keys *keys, const struct grid *grid, int argc, char **argv, struct oio_error *error) {
  char name[OIO_CONFIG_KEY_NAME_BYTES];
  for (int i = 1; i + 1 < argc; i += options_step(argv[i])) {
    if (!options_key(argv[i], argv[i + 1], name, sizeof name)) continue;
    for (unsigned k = 0; k < grid->ranges; k++) {
      if (strcmp(grid->range[k].key, name) != 0 || strcmp(name, "sim.seed") == 0) continue;
      return oio_error_set(error, OIO_ERR_CONFIG, "%s sets %s, which --over sweeps; leave one out", argv[i], name);
    }
    add(keys, argv[i], name);
  }
  for (unsigned k = 0; k < grid->ranges; k++) add(keys, "--over", grid->range[k].key);
  return OIO_OK;
}

static void look_at(struct keys *keys, const struct options *run) {
  for (unsigned i = 0; i < keys->count && keys->idle > 0; i++) {
    if (keys->key[i].needs == NULL) continue;
    keys->key[i].needs = effect_needs(run, keys->key[i].name);
    keys->idle -= keys->key[i].needs == NULL;
  }
}

static enum oio_status judge(const struct keys *keys, const struct rehearsal *rehearsal, struct oio_error *error) {
  if (rehearsal->refused == rehearsal->tried)
    return oio_error_set(error, OIO_ERR_CONFIG, "no run is possible: %.250s", rehearsal->first.text);
  for (unsigned i = 0; i < keys->count; i++) {
    if (keys->key[i].needs == NULL) continue;
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s has no effect in any of these runs: it needs %s; leave it out, or add that",
                         keys->key[i].option, keys->key[i].name, keys->key[i].needs);
  }
  return OIO_OK;
}

enum oio_status rehearse(const struct grid *grid, int argc, char **argv, struct rehearsal *rehearsal, struct oio_error *error) {
  struct oio_trace_reader *reader = NULL;
  struct options run;
  struct keys keys = {.count = 0};
  enum oio_status status = gather(&keys, grid, argc, argv, error);
  if (status == OIO_OK && grid->base.trace != NULL) status = oio_trace_open(&reader, grid->base.trace, error);
  if (reader != NULL) oio_trace_close(reader);
  if (status != OIO_OK) return status;
  *rehearsal = (struct rehearsal){.tried = grid->runs < TRIED_MAX ? grid->runs : TRIED_MAX};
  for (uint64_t i = 0; i < rehearsal->tried; i++) {
    struct oio_error why = {""};
    const uint64_t number = i * grid->runs / rehearsal->tried;
    if (grid_resolve(grid, number, &run, &why) != OIO_OK && rehearsal->refused++ == 0) rehearsal->first = why;
    look_at(&keys, &run);
  }
  return judge(&keys, rehearsal, error);
}

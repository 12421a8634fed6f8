/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/path.h"

#include "base/digest.h"
#include "base/precondition.h"

#include <stdlib.h>

static enum oio_status make_channels(struct oio_path *path, const struct oio_config *config, struct oio_error *error) {
  for (unsigned l = 0; l < path->links; l++) {
    for (unsigned direction = 0; direction < 2; direction++) {
      struct oio_channel_config channel;
      if (l == oio_path_optical(path)) {
        oio_config_optical_channel(config, direction, &channel);
      } else {
        oio_config_die_channel(config, l / 2, direction, &channel);
      }
      const enum oio_status status = oio_channel_create(&path->channel[l][direction], &channel, error);
      if (status != OIO_OK) return status;
    }
  }
  return OIO_OK;
}

static enum oio_status make_ends(struct oio_path *path, const struct oio_config *config, const bool left_out[2], struct oio_error *error) {
  struct oio_die_config die;
  struct oio_bridge_config bridge;
  oio_config_die(config, &die);
  oio_config_bridge(config, &bridge);
  for (unsigned side = 0; side < 2; side++) {
    enum oio_status status = oio_die_create(&path->die[side], &die, error);
    if (status == OIO_OK && path->links > 1 && !(left_out != NULL && left_out[side]))
      status = oio_bridge_create(&path->bridge[side], &bridge, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

enum oio_status oio_path_create(struct oio_path **path, const struct oio_config *config, const bool left_out[2], struct oio_error *error) {
  *path = NULL;
  const enum oio_status checked = oio_config_check(config, error);
  if (checked != OIO_OK) return checked;
  struct oio_path *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "path: out of memory");
  made->links = config->topology == OIO_DIRECT ? 1 : 3;
  enum oio_status status = make_channels(made, config, error);
  if (status == OIO_OK) status = make_ends(made, config, left_out, error);
  if (status != OIO_OK) {
    oio_path_destroy(made);
    return status;
  }
  *path = made;
  return OIO_OK;
}

void oio_path_destroy(struct oio_path *path) {
  if (path == NULL) return;
  for (unsigned side = 0; side < 2; side++) {
    oio_die_destroy(path->die[side]);
    oio_bridge_destroy(path->bridge[side]);
    for (unsigned l = 0; l < OIO_PATH_LINKS_MAX; l++) oio_channel_destroy(path->channel[l][side]);
  }
  free(path);
}

void oio_path_reset(struct oio_path *path) {
  for (unsigned side = 0; side < 2; side++) {
    oio_die_reset(path->die[side]);
    if (path->bridge[side] != NULL) oio_bridge_reset(path->bridge[side]);
    for (unsigned l = 0; l < path->links; l++) oio_channel_drop(path->channel[l][side]);
  }
}

unsigned oio_path_optical(const struct oio_path *path) {
  return path->links / 2;
}

struct oio_end oio_path_end(const struct oio_path *path, unsigned link, unsigned side) {
  OIO_PRECONDITION(link < path->links && side < 2);
  struct oio_end end = {.die = NULL, .bridge = NULL, .side = link == oio_path_optical(path) ? OIO_OPTICAL_SIDE : OIO_DIE_SIDE};
  const unsigned place = link + side; /* from left to right: die, bridge, bridge, die */
  if (place == 0) {
    end.die = path->die[0];
  } else if (place == path->links) {
    end.die = path->die[1];
  } else {
    end.bridge = path->bridge[place - 1];
  }
  return end;
}

bool oio_end_tx(const struct oio_end *end, oio_time_ps now_ps, struct oio_wire *wire) {
  if (end->die != NULL) return oio_die_tx(end->die, now_ps, wire);
  return end->bridge != NULL && oio_bridge_tx(end->bridge, end->side, now_ps, wire);
}

oio_time_ps oio_end_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps) {
  if (end->die != NULL) return oio_die_next_tx_ps(end->die, now_ps);
  return end->bridge != NULL ? oio_bridge_next_tx_ps(end->bridge, end->side, now_ps) : OIO_NEVER;
}

void oio_end_rx(const struct oio_end *end, oio_time_ps now_ps, const struct oio_wire *wire) {
  if (end->die != NULL) {
    oio_die_rx(end->die, now_ps, wire);
  } else if (end->bridge != NULL) {
    oio_bridge_rx(end->bridge, end->side, now_ps, wire);
  }
}

bool oio_end_failed(const struct oio_end *end) {
  if (end->die != NULL) return oio_die_failed(end->die);
  return end->bridge != NULL && oio_bridge_failed(end->bridge, end->side);
}

bool oio_end_get_link_state(const struct oio_end *end, struct oio_link_state *state) {
  if (end->die != NULL) {
    oio_die_get_link_state(end->die, state);
  } else if (end->bridge != NULL) {
    oio_bridge_get_link_state(end->bridge, end->side, state);
  } else {
    return false;
  }
  return true;
}

bool oio_path_failed(const struct oio_path *path) {
  for (unsigned i = 0; i < 2 * path->links; i++) {
    const struct oio_end end = oio_path_end(path, i / 2, i % 2);
    if (oio_end_failed(&end)) return true;
  }
  return false;
}

uint64_t oio_path_wire_digest(const struct oio_path *path) {
  uint64_t digest = 0;
  for (unsigned side = 0; side < 2; side++) {
    struct oio_channel_state state;
    oio_channel_get_state(path->channel[oio_path_optical(path)][side], &state);
    digest = oio_digest_add_word(digest, side, state.digest);
  }
  return digest;
}

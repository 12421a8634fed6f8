/* SPDX-License-Identifier: Apache-2.0 */
#include "base/precondition.h"
#include "node/die_state.h"

#include <stdlib.h>

#define VC_BUFFER_BYTES_MAX ((uint64_t)1 << 26)

enum oio_status oio_die_create(struct oio_die **die, const struct oio_die_config *config, struct oio_error *error) {
  *die = NULL;
  if (config->vcs < 1 || config->vcs > OIO_VCS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "die vcs %u: use 1..%d", config->vcs, OIO_VCS_MAX);
  }
  if (config->vc_buffer_bytes < OIO_GRANULE_BYTES || config->vc_buffer_bytes > VC_BUFFER_BYTES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "die vc_buffer_bytes %llu: use %d..%llu", (unsigned long long)config->vc_buffer_bytes,
                         OIO_GRANULE_BYTES, (unsigned long long)VC_BUFFER_BYTES_MAX);
  }
  struct oio_die *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "die: out of memory");
  made->config = *config;
  made->buffer_granules = (uint32_t)(config->vc_buffer_bytes / OIO_GRANULE_BYTES);
  uint32_t places = 1;
  while (places < made->buffer_granules) places *= 2;
  made->held_mask = places - 1;
  made->held_sizes = calloc(config->vcs, places);
  const enum oio_status status = made->held_sizes == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "die: out of memory")
                                                          : oio_link_create(&made->link, &config->link, error);
  if (status != OIO_OK) {
    oio_die_destroy(made);
    return status;
  }
  oio_die_reset(made);
  *die = made;
  return OIO_OK;
}

void oio_die_destroy(struct oio_die *die) {
  if (die == NULL) return;
  oio_link_destroy(die->link);
  free(die->held_sizes);
  free(die);
}

void oio_die_reset(struct oio_die *die) {
  const uint32_t buffer = die->buffer_granules;
  oio_link_reset(die->link);
  for (unsigned v = 0; v < die->config.vcs; v++) {
    die->vcs[v] = (struct oio_vc){.queue = die->queues[v],
                                  .credit = {.limit = buffer, .ahead = buffer},
                                  .credit_sent = buffer,
                                  .held = {.sizes = die->held_sizes + v * (die->held_mask + 1), .mask = die->held_mask}};
  }
  die->queued = die->news = 0;
  die->funded = (1u << OIO_VCS_MAX) - 1;
  die->turn = die->credit_turn = 0;
  die->credit_due_ps = OIO_NEVER;
  die->opened = NULL;
  die->segments_left = 0;
  die->brought = false;
}

enum oio_status oio_die_send(struct oio_die *die, oio_time_ps now_ps, const struct oio_message *message) {
  (void)now_ps;
  if (message->vc >= die->config.vcs || message->bytes < 1 || message->bytes > OIO_MESSAGE_BYTES_MAX) return OIO_ERR_FORMAT;
  if (oio_link_failed(die->link)) return OIO_ERR_FAILED;
  struct oio_vc *vc = &die->vcs[message->vc];
  if (vc->count == OIO_DIE_QUEUE_MESSAGES) return OIO_ERR_FULL;
  struct oio_message *place = &vc->queue[(vc->head + vc->count) % OIO_DIE_QUEUE_MESSAGES];
  place->vc = message->vc;
  place->id = message->id;
  place->bytes = message->bytes;
  place->data = message->data;
  if (message->data != NULL) die->brought = true;
  vc->count++;
  die->queued |= 1u << message->vc;
  return OIO_OK;
}

unsigned oio_die_queued(const struct oio_die *die, unsigned vc) {
  OIO_PRECONDITION(vc < die->config.vcs);
  return die->vcs[vc].count;
}

void oio_die_return_credit(struct oio_die *die, oio_time_ps now_ps, unsigned vc, uint32_t granules) {
  die->vcs[vc].credit_sent += granules;
  die->news |= 1u << vc;
  const oio_time_ps due_ps = now_ps + die->config.credit_delay_ps;
  if (due_ps < die->credit_due_ps) die->credit_due_ps = due_ps;
}

enum oio_status oio_die_release(struct oio_die *die, oio_time_ps now_ps, unsigned vc, uint32_t bytes) {
  if (vc >= OIO_VCS_MAX) return OIO_ERR_FORMAT;
  struct oio_held *held = &die->vcs[vc].held;
  if (bytes > held->bytes) return OIO_ERR_FORMAT;
  const uint32_t granules = bytes == held->bytes ? oio_held_release_all(held) : oio_held_release_some(held, bytes);
  if (granules > 0) oio_die_return_credit(die, now_ps, vc, granules);
  return OIO_OK;
}

bool oio_die_tx(struct oio_die *die, oio_time_ps now_ps, struct oio_wire *wire) {
  if (oio_die_ready(die) != 0 || now_ps >= die->credit_due_ps) {
    struct oio_payload *payload = oio_link_next_slot(die->link);
    if (payload != NULL) {
      oio_die_pack(die, payload);
      payload->stamp = (struct oio_stamp){.enter_ps = now_ps};
      oio_link_send_commit(die->link, now_ps);
    }
  }
  return oio_link_tx(die->link, now_ps, wire);
}

oio_time_ps oio_die_next_tx_ps(const struct oio_die *die, oio_time_ps now_ps) {
  const bool wanted = oio_link_wants_payload(die->link);
  if (wanted && oio_die_ready(die) != 0) return now_ps;
  const oio_time_ps own_ps = oio_link_next_tx_ps(die->link, now_ps);
  if (!wanted) return own_ps;
  const oio_time_ps credit_ps = die->credit_due_ps > now_ps ? die->credit_due_ps : now_ps;
  return credit_ps < own_ps ? credit_ps : own_ps;
}

void oio_die_rx(struct oio_die *die, oio_time_ps now_ps, const struct oio_wire *wire) {
  oio_link_rx(die->link, now_ps, wire);
}

uint64_t oio_die_malformed(const struct oio_die *die) {
  return die->malformed;
}

bool oio_die_failed(const struct oio_die *die) {
  return oio_link_failed(die->link);
}

void oio_die_get_link_state(const struct oio_die *die, struct oio_link_state *state) {
  oio_link_get_state(die->link, state);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "link/link_state.h"

#include <stdlib.h>
#include <string.h>

static uint32_t buffer_max(const struct oio_link_config *c) {
  return c->profile == OIO_PROFILE_ROUTED ? 16383 : 32767;
}

static uint32_t window_max(unsigned sequence_bits) {
  return (1u << (sequence_bits - 1)) - 1;
}

static enum oio_status check(const struct oio_link_config *c, struct oio_error *error) {
  if (oio_flit_format(c->format) == NULL) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link format %u: there is no such flit format; use 3 or 6", c->format);
  }
  if (c->fidelity != OIO_EVENT && c->fidelity != OIO_BIT) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link fidelity %d: use OIO_EVENT or OIO_BIT", (int)c->fidelity);
  }
  if (c->sequence_bits != 8 && c->sequence_bits != 16) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link sequence_bits %u: use 8 or 16", c->sequence_bits);
  }
  if (c->profile != OIO_PROFILE_EXTENDED && c->profile != OIO_PROFILE_ROUTED) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link profile %u: use OIO_PROFILE_EXTENDED or OIO_PROFILE_ROUTED", c->profile);
  }
  if (c->profile == OIO_PROFILE_ROUTED && c->sequence_bits != 16) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link sequence_bits %u: the routed profile has 16", c->sequence_bits);
  }
  if (c->window_flits < 1 || c->window_flits > window_max(c->sequence_bits)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link window_flits %u: use 1..%u with %u sequence bits", c->window_flits,
                         window_max(c->sequence_bits), c->sequence_bits);
  }
  if (c->buffer_flits < 1 || c->buffer_flits > buffer_max(c) || c->peer_buffer_flits < 1 || c->peer_buffer_flits > buffer_max(c)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link buffer_flits %u, peer_buffer_flits %u: use 1..%u", c->buffer_flits,
                         c->peer_buffer_flits, buffer_max(c));
  }
  if (c->replay_limit < 1 || c->replay_limit > 65535) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link replay_limit %u: use 1..65535", c->replay_limit);
  }
  if (c->timeout_ps < 1 || c->nak_repeat_ps < 1) {
    return oio_error_set(error, OIO_ERR_CONFIG, "link timeout_ps and nak_repeat_ps: use at least 1, and more than the round trip");
  }
  return OIO_OK;
}

/* The receive buffer, not zeroed: a place is written before it is read, and memory of a link that stands idle is not touched. False: out of
 * memory. */
static bool make_buffer(struct oio_link *link) {
  const bool routed = oio_link_routed(link);
  const uint32_t flits = link->config.buffer_flits * (routed ? OIO_HOP_VCS : 1);
  uint32_t size = 1;
  while (size < flits) size *= 2;
  link->buffer_mask = size - 1;
  link->buffer = malloc((routed ? flits : size) * sizeof *link->buffer);
  if (routed) link->places.freed = malloc(flits * sizeof *link->places.freed);
  return link->buffer != NULL && (!routed || link->places.freed != NULL);
}

enum oio_status oio_link_create(struct oio_link **link, const struct oio_link_config *config, struct oio_error *error) {
  *link = NULL;
  const enum oio_status checked = check(config, error);
  if (checked != OIO_OK) return checked;
  struct oio_link *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "link: out of memory");
  made->config = *config;
  made->format = oio_flit_format(config->format);
  made->modulus = (1u << config->sequence_bits) - 1;
  if (!make_buffer(made) || oio_replay_create(&made->replay, config->window_flits, made->modulus) != OIO_OK) {
    oio_link_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "link: out of memory for %u + %u flits", config->window_flits, config->buffer_flits);
  }
  oio_link_reset(made);
  memset(made->counted.seen, 0, sizeof made->counted.seen);
  *link = made;
  return OIO_OK;
}

void oio_link_destroy(struct oio_link *link) {
  if (link == NULL) return;
  oio_replay_destroy(&link->replay);
  free(link->buffer);
  free(link->places.freed);
  free(link);
}

void oio_link_memory(const struct oio_link *link, struct oio_memory *memory) {
  const bool routed = oio_link_routed(link);
  const uint64_t flits = routed ? (uint64_t)OIO_HOP_VCS * link->config.buffer_flits : (uint64_t)link->buffer_mask + 1;
  oio_memory_add(memory, sizeof *link);
  oio_memory_add_untouched(memory, flits * sizeof *link->buffer);
  if (routed) oio_memory_add_untouched(memory, flits * sizeof *link->places.freed);
  oio_memory_add_untouched(memory, (link->replay.whole_mask + 1) * sizeof *link->replay.slots);
}

static void reset_hops(struct oio_link *link) {
  const struct oio_link_config *c = &link->config;
  for (unsigned v = 0; v < OIO_HOP_VCS; v++) {
    link->hops[v] = (struct oio_link_hop){.credit = {.limit = c->peer_buffer_flits, .ahead = c->peer_buffer_flits},
                                          .credit_due_ps = OIO_NEVER,
                                          .credit_sent = (uint16_t)c->buffer_flits};
  }
  link->places.count = link->places.fresh = 0;
  link->newest = OIO_NONE;
  link->told = OIO_HOP_VCS - 1;
  link->doubted = 0;
  link->doubt_due_ps = OIO_NEVER;
}

static bool any_buffered(const struct oio_link *link) {
  return link->buffer_count + link->hops[0].buffered + link->hops[1].buffered > 0;
}

static void see_reset(struct oio_link *link) {
  const struct oio_replay *replay = &link->replay;
  const bool unacked = oio_replay_unacked(replay) > 0, buffered = any_buffered(link);
  oio_link_see_if(link, unacked, OIO_SEEN_RESET_UNACKED);
  oio_link_see_if(link, link->waiting, OIO_SEEN_RESET_WAITING);
  oio_link_see_if(link, replay->cursor != replay->sent, OIO_SEEN_RESET_REPLAY);
  oio_link_see_if(link, buffered, OIO_SEEN_RESET_BUFFERED);
  oio_link_see_if(link, link->counted.failed != OIO_LINK_ALIVE, OIO_SEEN_RESET_FAILED);
  const bool used = replay->tail > 0 || link->expected != 1; /* since the last one: a host may reset twice */
  oio_link_see_if(link, used && !unacked && !buffered && !link->waiting, OIO_SEEN_RESET_IDLE);
}

void oio_link_reset(struct oio_link *link) {
  see_reset(link);
  oio_replay_reset(&link->replay);
  link->credit = (struct oio_credit_sender){.limit = link->config.peer_buffer_flits, .ahead = link->config.peer_buffer_flits};
  link->progress_ps = 0;
  link->replay_start_ps = OIO_NEVER;
  link->replays_without_progress = 0;
  link->round = 0;
  link->force_explicit = true;
  link->last_was_explicit = false;
  link->resync = false;
  link->expected = 1;
  link->previous = (uint16_t)link->modulus;
  link->round_seen = 0;
  link->lost = link->waiting = false;
  link->nak_due_ps = link->ack_due_ps = link->credit_due_ps = OIO_NEVER;
  link->buffer_head = link->buffer_count = 0;
  link->credit_sent = (uint16_t)link->config.buffer_flits;
  link->counted.failed = OIO_LINK_ALIVE;
  if (oio_link_routed(link)) reset_hops(link);
}

const struct oio_payload *oio_link_peek(const struct oio_link *link) {
  OIO_PRECONDITION(!oio_link_routed(link));
  return link->buffer_count == 0 ? NULL : &link->buffer[link->buffer_head];
}

void oio_link_pop(struct oio_link *link, oio_time_ps now_ps) {
  OIO_PRECONDITION(link->buffer_count > 0);
  link->buffer_count--;
  /* An empty buffer starts over at its first place, which is still in the cache. */
  link->buffer_head = link->buffer_count == 0 ? 0 : (link->buffer_head + 1) & link->buffer_mask;
  link->credit_sent++;
  oio_link_owe(&link->credit_due_ps, now_ps + link->config.ack_delay_ps);
}

bool oio_link_recv(struct oio_link *link, oio_time_ps now_ps, struct oio_payload *payload) {
  const struct oio_payload *oldest = oio_link_peek(link);
  if (oldest == NULL) return false;
  *payload = *oldest;
  oio_link_pop(link, now_ps);
  return true;
}

static void get_hops(const struct oio_link *link, struct oio_link_state *state) {
  state->credit_limit = state->credit_sent = 0;
  for (unsigned v = 0; v < OIO_HOP_VCS; v++) {
    const struct oio_link_hop *hop = &link->hops[v];
    state->hops[v] = (struct oio_hop_state){
        .sent_total = (uint16_t)((hop->credit.limit - hop->credit.ahead) & ((1u << OIO_HOP_CREDIT_BITS) - 1)),
        .credit_limit = (uint16_t)hop->credit.limit,
        .credit_sent = hop->credit_sent,
        .buffered_flits = hop->buffered,
    };
    state->buffered_flits += hop->buffered;
  }
}

void oio_link_get_state(const struct oio_link *link, struct oio_link_state *state) {
  *state = link->counted;
  state->next_tx = link->replay.next_tx;
  state->acked = link->replay.acked_sequence;
  state->expected = link->expected;
  state->sent_total = (uint16_t)link->replay.tail;
  state->credit_limit = (uint16_t)link->credit.limit;
  state->credit_sent = link->credit_sent;
  state->round = link->round;
  state->round_seen = link->round_seen;
  state->waiting = link->waiting;
  state->lost = link->lost;
  state->unacked_flits = oio_replay_unacked(&link->replay);
  state->buffered_flits = link->buffer_count;
  if (oio_link_routed(link)) get_hops(link, state);
}

void oio_link_fail(struct oio_link *link, enum oio_link_failure why) {
  OIO_PRECONDITION(why != OIO_LINK_ALIVE);
  if (link->counted.failed == OIO_LINK_ALIVE) link->counted.failed = why;
}

bool oio_link_failed(const struct oio_link *link) {
  return link->counted.failed != OIO_LINK_ALIVE;
}

const char *oio_link_failure_name(enum oio_link_failure failure) {
  switch (failure) {
  case OIO_LINK_ALIVE:
    return "alive";
  case OIO_LINK_REPLAY_LIMIT:
    return "replay limit";
  case OIO_LINK_ACK_RANGE:
    return "ack range";
  case OIO_LINK_SEQUENCE_ZERO:
    return "sequence zero";
  case OIO_LINK_OVERFLOW:
    return "overflow";
  case OIO_LINK_CREDIT_RANGE:
    return "credit range";
  case OIO_LINK_VC_CREDIT_RANGE:
    return "vc credit range";
  }
  return "unknown";
}

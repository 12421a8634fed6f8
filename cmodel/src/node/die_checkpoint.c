/* SPDX-License-Identifier: Apache-2.0 */
#include "node/die_checkpoint.h"

#include "link/link_checkpoint.h"
#include "node/die_state.h"

void oio_message_checkpoint(struct oio_message *message, struct oio_checkpoint *c) {
  OIO_KEEP_ANY(c, message->id);
  OIO_KEEP(c, message->bytes, OIO_MESSAGE_BYTES_MAX);
  oio_checkpoint_require(c, "message->bytes", message->bytes > 0);
  oio_checkpoint_brought(c, &message->data);
}

static void keep_queue(struct oio_die *die, unsigned v, struct oio_checkpoint *c) {
  struct oio_vc *vc = &die->vcs[v];
  OIO_KEEP(c, vc->count, OIO_DIE_QUEUE_MESSAGES);
  if (oio_checkpoint_loads(c)) vc->head = 0;
  for (uint32_t i = 0; i < vc->count; i++) {
    struct oio_message *message = &vc->queue[(vc->head + i) % OIO_DIE_QUEUE_MESSAGES];
    if (oio_checkpoint_loads(c)) message->vc = (uint8_t)v;
    oio_message_checkpoint(message, c);
  }
  OIO_KEEP_ANY(c, vc->packed_bytes);
  oio_checkpoint_require(c, "vc->packed_bytes", vc->packed_bytes < (vc->count == 0 ? 1 : vc->queue[vc->head].bytes));
}

/* How many segments are held: their sizes stand at the first granule of each. */
static uint32_t held_segments(const struct oio_held *held) {
  uint32_t segments = 0;
  for (uint32_t at = 0; at < held->granules; at += oio_granules(held->sizes[(held->first + at) & held->mask])) segments++;
  return segments;
}

static void keep_held(struct oio_held *held, uint32_t buffer_granules, struct oio_checkpoint *c) {
  const struct oio_held was = *held;
  uint32_t segments = held_segments(held), at = 0;
  OIO_KEEP(c, segments, buffer_granules);
  if (oio_checkpoint_loads(c)) held->first = held->granules = held->bytes = 0;
  for (uint32_t i = 0; i < segments; i++) {
    uint8_t size = was.sizes[(was.first + at) & was.mask];
    OIO_KEEP(c, size, OIO_SEGMENT_BYTES_MAX);
    at += oio_granules(size);
    if (!oio_checkpoint_require(c, "size", size > 0 && at <= buffer_granules)) return;
    if (oio_checkpoint_loads(c)) oio_held_add(held, size);
  }
  OIO_KEEP_ANY(c, held->released);
  if (!oio_checkpoint_require(c, "held->released", held->released < (segments == 0 ? 1 : held->sizes[held->first & held->mask]))) return;
  if (oio_checkpoint_loads(c)) held->bytes -= held->released;
}

/* What follows: the sets of VCs that have something queued, and credit. */
static void keep_vc(struct oio_die *die, unsigned v, struct oio_checkpoint *c) {
  const uint64_t mask = ((uint64_t)1 << OIO_VC_CREDIT_BITS) - 1;
  struct oio_vc *vc = &die->vcs[v];
  keep_queue(die, v, c);
  OIO_KEEP(c, vc->credit.limit, mask);
  OIO_KEEP(c, vc->credit.ahead, mask);
  OIO_KEEP_ANY(c, vc->credit_sent);
  keep_held(&vc->held, die->buffer_granules, c);
  if (!oio_checkpoint_loads(c)) return;
  const uint32_t bit = 1u << v;
  die->queued = (die->queued & ~bit) | (vc->count > 0 ? bit : 0);
  die->funded = (die->funded & ~bit) | (oio_credit_any(&vc->credit, OIO_VC_CREDIT_BITS) ? bit : 0);
}

/* The payload being handed out is the link's oldest. */
static void keep_opened(struct oio_die *die, struct oio_checkpoint *c) {
  unsigned segments_left = die->segments_left;
  OIO_KEEP(c, segments_left, OIO_SEGMENTS_MAX);
  if (!oio_checkpoint_loads(c)) return;
  die->segments_left = 0;
  if (c->wrong == OIO_CHECKPOINT_GOOD && segments_left > 0) oio_checkpoint_require(c, "segments_left", oio_die_reopen(die, segments_left));
}

void oio_die_checkpoint(struct oio_die *die, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "vcs", die->config.vcs);
  oio_checkpoint_same(c, "vc_buffer_bytes", die->config.vc_buffer_bytes);
  oio_checkpoint_same(c, "credit_delay_ps", die->config.credit_delay_ps);
  oio_checkpoint_same(c, "seed", die->config.seed);
  oio_link_checkpoint(die->link, c);
  for (unsigned v = 0; v < die->config.vcs; v++) keep_vc(die, v, c);
  OIO_KEEP(c, die->brought, true);
  OIO_KEEP(c, die->news, (1u << die->config.vcs) - 1);
  OIO_KEEP(c, die->turn, die->config.vcs - 1u);
  OIO_KEEP(c, die->credit_turn, die->config.vcs - 1u);
  OIO_KEEP_ANY(c, die->credit_due_ps);
  OIO_KEEP_ANY(c, die->malformed);
  keep_opened(die, c);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/packing.h"

#include "base/turn.h"

#include <string.h>

enum { FLITS_MAX = 1 << 16 };

/* What of the messages at the head of each VC is still to be packed, and whose turn it is: the next flit follows from this alone. */
struct state {
  uint64_t left[OIO_VCS_MAX];
  unsigned turn;
};

struct packer {
  struct state state;
  uint64_t message_bytes;
  unsigned vcs;
  uint32_t room, granule; /* of a flit for segments with their descriptors; what is cut off a message comes in whole granules */
  uint64_t flits, bytes;  /* so far */
};

static void pack_segments(struct packer *p) {
  struct state *s = &p->state;
  uint32_t room = p->room, open = (1u << p->vcs) - 1;
  for (unsigned count = 0; count < OIO_SEGMENTS_MAX && room > OIO_DESCRIPTOR_BYTES && open != 0;) {
    const unsigned v = oio_turn_of(open, s->turn);
    const uint32_t space = room - OIO_DESCRIPTOR_BYTES;
    const uint32_t taken = s->left[v] <= space ? (uint32_t)s->left[v] : space / p->granule * p->granule;
    if (taken == 0) {
      open &= ~(1u << v);
      continue;
    }
    count++;
    room -= taken + OIO_DESCRIPTOR_BYTES;
    p->bytes += taken;
    s->left[v] -= taken;
    if (s->left[v] == 0) s->left[v] = p->message_bytes;
    s->turn = oio_turn_after(v, p->vcs);
  }
  p->flits++;
}

/* Flits in the midst of long messages hold a segment each, and VCs take turns: whole rounds are gone over at once. */
static void pass_whole_flits(struct packer *p) {
  const uint32_t whole = p->room - OIO_DESCRIPTOR_BYTES;
  uint64_t least = UINT64_MAX;
  for (unsigned v = 0; v < p->vcs; v++) {
    if (p->state.left[v] < least) least = p->state.left[v];
  }
  const uint64_t rounds = (least - 1) / whole;
  for (unsigned v = 0; v < p->vcs; v++) p->state.left[v] -= rounds * whole;
  p->flits += rounds * p->vcs;
  p->bytes += rounds * p->vcs * whole;
}

static struct packer packer_of(uint64_t message_bytes, unsigned vcs, bool routed) {
  struct packer p = {.message_bytes = message_bytes, .vcs = routed ? 1 : vcs};
  p.room = OIO_DESCRIPTOR_BYTES + (routed ? OIO_ROUTED_SEGMENT_BYTES_MAX : OIO_SEGMENT_BYTES_MAX);
  p.granule = routed ? 1 : OIO_GRANULE_BYTES;
  for (unsigned v = 0; v < p.vcs; v++) p.state.left[v] = message_bytes;
  return p;
}

/* From some flit on they recur (Brent's way of finding it: the state held on to is renewed at powers of two). */
double oio_packing_bytes_per_flit(uint64_t message_bytes, unsigned vcs, bool routed) {
  struct packer p = packer_of(message_bytes, vcs, routed);
  struct state held = p.state;
  for (uint32_t steps = 1, renewal = 1; steps < FLITS_MAX; steps++) {
    pass_whole_flits(&p);
    pack_segments(&p);
    if (memcmp(&p.state, &held, sizeof held) == 0) break;
    if (steps != renewal) continue;
    held = p.state;
    renewal *= 2;
    p.flits = p.bytes = 0;
  }
  return (double)p.bytes / (double)p.flits;
}

/* Flits that so many messages of one routed flow take. */
static uint64_t flits_of(uint64_t message_bytes, uint64_t messages) {
  struct packer p = packer_of(message_bytes, 1, true);
  while (p.bytes < messages * message_bytes) {
    pass_whole_flits(&p);
    pack_segments(&p);
  }
  return p.flits;
}

uint32_t oio_packing_run(uint64_t message_bytes) {
  const double full = oio_packing_bytes_per_flit(message_bytes, 1, true);
  double most = 0;
  uint32_t best = 1;
  for (uint32_t run = 1; run <= OIO_RUN_MESSAGES_MAX; run++) {
    const double filled = (double)message_bytes * run / (double)flits_of(message_bytes, run) / full;
    if (filled <= most) continue;
    most = filled;
    best = run;
    if (most >= 0.99) break;
  }
  return best;
}

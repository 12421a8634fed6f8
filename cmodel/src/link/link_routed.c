/* SPDX-License-Identifier: Apache-2.0 */
/* The routed profile (SPEC.md section 11): credit and receive buffer of each hop VC. */
#include "link/receiver.h"

enum { HOP_CREDIT_MASK = (1 << OIO_HOP_CREDIT_BITS) - 1 };

bool oio_link_has_room_vc(const struct oio_link *link, unsigned hop_vc) {
  const struct oio_replay *replay = &link->replay;
  return oio_replay_unacked(replay) < replay->window && oio_credit_any(&link->hops[hop_vc].credit, OIO_HOP_CREDIT_BITS);
}

bool oio_link_wants_vc(const struct oio_link *link, unsigned hop_vc) {
  OIO_PRECONDITION(oio_link_routed(link) && hop_vc < OIO_HOP_VCS);
  return !oio_replay_pending(&link->replay) && oio_link_has_room_vc(link, hop_vc) && link->counted.failed == OIO_LINK_ALIVE;
}

struct oio_payload *oio_link_next_slot_vc(struct oio_link *link, unsigned hop_vc) {
  return oio_link_wants_vc(link, hop_vc) ? &link->replay.next->payload : NULL;
}

void oio_link_send_commit_vc(struct oio_link *link, oio_time_ps now_ps, unsigned hop_vc) {
  struct oio_payload *slot = &link->replay.next->payload;
  OIO_PRECONDITION(oio_link_can_send(link) && oio_link_has_room_vc(link, hop_vc) && oio_link_hop_vc(slot) == hop_vc);
  slot->touched_bytes = oio_link_touched(link, slot->touched_bytes);
  oio_replay_accept(&link->replay, now_ps);
  oio_credit_use(&link->hops[hop_vc].credit, 1);
  oio_link_see_send(link, &link->hops[hop_vc].credit);
}

/* The one that has news, in turn where both have, else in turn. */
static unsigned hop_to_tell(const struct oio_link *link) {
  const unsigned other = !link->told;
  const bool only_told = link->hops[other].credit_due_ps == OIO_NEVER && link->hops[link->told].credit_due_ps != OIO_NEVER;
  return only_told ? link->told : other;
}

static void note_due(struct oio_link *link) {
  link->credit_due_ps = link->doubt_due_ps;
  for (unsigned v = 0; v < OIO_HOP_VCS; v++) oio_link_owe(&link->credit_due_ps, link->hops[v].credit_due_ps);
}

OIO_COLD void oio_link_owe_credits(struct oio_link *link, oio_time_ps now_ps) {
  oio_link_see(link, OIO_SEEN_CREDIT_RETOLD);
  for (unsigned v = 0; v < OIO_HOP_VCS; v++) oio_link_owe(&link->hops[v].credit_due_ps, now_ps);
  note_due(link);
}

OIO_COLD void oio_link_doubt(struct oio_link *link, oio_time_ps now_ps) {
  oio_link_see(link, OIO_SEEN_DOUBT);
  if (link->doubted == 0) link->doubt_due_ps = now_ps + link->config.nak_repeat_ps;
  link->doubted = (1u << OIO_HOP_VCS) - 1;
  note_due(link);
}

OIO_COLD static void ask_about_doubt(struct oio_link *link, oio_time_ps now_ps) {
  if (link->waiting) return; /* a Nak is due, too */
  oio_link_see(link, OIO_SEEN_DOUBT_ASKED);
  link->waiting = true;
  link->nak_due_ps = now_ps;
  link->counted.asked_crc++;
}

void oio_link_settle_doubt(struct oio_link *link, oio_time_ps now_ps) {
  if (now_ps >= link->doubt_due_ps) ask_about_doubt(link, now_ps);
}

uint16_t oio_link_tell_credit(struct oio_link *link, oio_time_ps now_ps, bool nak) {
  const unsigned v = hop_to_tell(link);
  if (nak && link->doubted != 0) link->doubt_due_ps = now_ps + link->config.nak_repeat_ps;
  link->told = (uint8_t)v;
  link->hops[v].credit_due_ps = OIO_NEVER;
  note_due(link);
  oio_link_settle_doubt(link, now_ps);
  return (uint16_t)(link->hops[v].credit_sent | v << OIO_HOP_CREDIT_BITS);
}

/* A valid flit has told this hop VC's limit. */
OIO_COLD static void trust(struct oio_link *link, unsigned hop_vc) {
  link->doubted &= (uint8_t) ~(1u << hop_vc);
  if (link->doubted == 0) link->doubt_due_ps = OIO_NEVER;
  note_due(link);
}

/* Has a payload of this hop VC been taken from above that has never been on the wire? */
static bool staged(const struct oio_link *link, unsigned hop_vc) {
  const struct oio_replay *replay = &link->replay;
  return oio_replay_staged(replay) && oio_link_hop_vc(&oio_replay_at(replay, replay->sent)->payload) == hop_vc;
}

bool oio_link_take_credit(struct oio_link *link, uint16_t told) {
  const unsigned v = told >> OIO_HOP_CREDIT_BITS;
  struct oio_credit_sender *credit = &link->hops[v].credit;
  const uint32_t sent = credit->limit - credit->ahead - staged(link, v);
  if (link->doubted >> v & 1) trust(link, v);
  const bool good = oio_credit_raise(credit, told & HOP_CREDIT_MASK, sent + link->config.peer_buffer_flits, OIO_HOP_CREDIT_BITS);
  oio_link_see_if(link, credit->ahead == link->config.peer_buffer_flits, OIO_SEEN_CREDIT_ALL);
  return good;
}

struct oio_payload *oio_link_take_place(struct oio_link *link, unsigned hop_vc) {
  struct oio_link_places *places = &link->places;
  link->hops[hop_vc].buffered++;
  link->newest = places->count > 0 ? places->freed[--places->count] : places->fresh++;
  return &link->buffer[link->newest];
}

uint32_t oio_link_newest(const struct oio_link *link) {
  OIO_PRECONDITION(oio_link_routed(link));
  return link->newest;
}

const struct oio_payload *oio_link_buffered(const struct oio_link *link, uint32_t place) {
  OIO_PRECONDITION(oio_link_routed(link) && place < link->places.fresh);
  return &link->buffer[place];
}

void oio_link_free(struct oio_link *link, oio_time_ps now_ps, uint32_t place) {
  struct oio_link_hop *hop = &link->hops[oio_link_hop_vc(oio_link_buffered(link, place))];
  OIO_PRECONDITION(hop->buffered > 0);
  hop->buffered--;
  link->places.freed[link->places.count++] = place;
  hop->credit_sent = (hop->credit_sent + 1) & HOP_CREDIT_MASK;
  const oio_time_ps due_ps = now_ps + link->config.ack_delay_ps;
  oio_link_owe(&hop->credit_due_ps, due_ps);
  oio_link_owe(&link->credit_due_ps, due_ps);
}

void oio_link_rx_routed(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire) {
  link->newest = OIO_NONE;
  receive(link, now_ps, wire, true, true);
}

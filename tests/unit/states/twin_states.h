/* SPDX-License-Identifier: Apache-2.0 */
/* An end of the library and one of spec_states.h, clocked alike and compared after every clock. A clock returns NULL, or what differs. */
#ifndef OIO_TESTS_TWIN_STATES_H
#define OIO_TESTS_TWIN_STATES_H

#include "oio/states.h"
#include "spec_states.h"

#include <stdio.h>

struct twin_states {
  struct oio_states ours;
  struct spec_states spec;
  char what[200];
};

static inline struct oio_states_parameters twin_parameters(const struct spec_parameters *p) {
  return (struct oio_states_parameters){
      .units = (uint16_t)p->units, .formats = (uint8_t)p->formats, .profiles = (uint8_t)p->profiles, .retry = p->retry != 0};
}

static inline enum oio_status twin_states_create(struct twin_states *t, const struct spec_states_config *c) {
  const struct oio_states_config config = {.parameters = twin_parameters(&c->own),
                                           .repeat_ps = c->repeat,
                                           .answer_ps = c->answer,
                                           .stall_ps = c->stall,
                                           .refuse_ps = c->refuse,
                                           .gated = c->gated,
                                           .receiver = c->fdi};
  spec_states_start(&t->spec, *c);
  return oio_states_create(&t->ours, &config, NULL);
}

static inline void twin_states_reset(struct twin_states *t) {
  spec_states_reset(&t->spec);
  oio_states_reset(&t->ours);
}

#define TWIN_STATES_SAME(name, ours, must)                                                                                                 \
  do {                                                                                                                                     \
    if ((uint64_t)(ours) != (uint64_t)(must)) {                                                                                            \
      snprintf(t->what, sizeof t->what, "%s is %llu, must be %llu (status %x asks %x heard %x)", name, (unsigned long long)(ours),         \
               (unsigned long long)(must), t->spec.status, t->spec.asks, t->spec.heard);                                                   \
      return t->what;                                                                                                                      \
    }                                                                                                                                      \
  } while (0)

static inline const char *twin_states_compare(struct twin_states *t) {
  const struct oio_states_out *out = &t->ours.out;
  const struct spec_states *e = &t->spec;
  TWIN_STATES_SAME("pl_state_sts", out->status, e->status);
  TWIN_STATES_SAME("pl_stallreq", out->stallreq, e->stallreq);
  TWIN_STATES_SAME("pl_clk_req", out->clk_req, e->clk_req);
  TWIN_STATES_SAME("pl_wake_ack", out->wake_ack, e->wake_ack);
  TWIN_STATES_SAME("pl_rx_active_req", out->rx_active_req, e->rx_req);
  TWIN_STATES_SAME("pl_inband_pres", out->inband_pres, e->exchanged);
  TWIN_STATES_SAME("pl_phyinrecenter", out->phyinrecenter, e->status == SPEC_RETRAIN);
  TWIN_STATES_SAME("pl_trainerror", out->trainerror, e->status == SPEC_LINK_ERROR && e->by_below);
  TWIN_STATES_SAME("what it asks", t->ours.asked, e->asks);
  TWIN_STATES_SAME("what it has heard", t->ours.heard, e->heard);
  TWIN_STATES_SAME("whether the parameters are known", t->ours.known, e->known);
  TWIN_STATES_SAME("the other end's resets", t->ours.restarts, e->restarts);
  TWIN_STATES_SAME("how often it left the data states", t->ours.left_active, e->left_data);
  return NULL;
}

static inline const char *twin_states_clock(struct twin_states *t, uint64_t now, const struct spec_states_in *in, const uint8_t *arrived) {
  const struct oio_states_in pins = {.request = (uint8_t)in->request,
                                     .linkerror = in->linkerror,
                                     .stallack = in->stallack,
                                     .clk_ack = in->clk_ack,
                                     .wake_req = in->wake_req,
                                     .rx_active_sts = in->rx_sts,
                                     .trained = in->trained,
                                     .failed = in->failed,
                                     .retrain = in->retrain,
                                     .hold = in->hold,
                                     .unknown = in->unknown,
                                     .refuse = in->refuse,
                                     .restart = in->restart};
  struct oio_side_message message, sent;
  struct spec_side m;
  const bool is = arrived != NULL && oio_side_read(arrived, &message);
  if (is) {
    m = (struct spec_side){.kind = arrived[0] / 16u, .state = arrived[0] % 16u, .tag = arrived[1], .life = arrived[6]};
    m.parameters = (struct spec_parameters){arrived[2] + 256u * arrived[3], arrived[4], arrived[5] % 4u, arrived[5] / 4u};
  }
  spec_states_clock(&t->spec, now, in, is ? &m : NULL);
  oio_states_step(&t->ours, now, &pins, is ? &message : NULL);
  for (unsigned n = 0;; n++) {
    uint8_t bytes[OIO_SIDE_BYTES], must[OIO_SIDE_BYTES];
    const bool more = oio_states_send(&t->ours, &sent);
    TWIN_STATES_SAME("whether a message is sent", more, n < t->spec.out_count);
    if (!more) break;
    oio_side_write(&sent, bytes);
    spec_side_bytes(&t->spec.out[n], must);
    for (unsigned i = 0; i < OIO_SIDE_BYTES; i++) TWIN_STATES_SAME("a byte of a message", bytes[i], must[i]);
  }
  return twin_states_compare(t);
}

/* A message near what an end waits for, drawn from `bits`. */
static inline void twin_states_near(const struct spec_states *e, uint64_t bits, uint8_t *bytes) {
  static const unsigned states[] = {SPEC_RESET,      SPEC_ACTIVE,     SPEC_L1,      SPEC_L2,
                                    SPEC_LINK_RESET, SPEC_LINK_ERROR, SPEC_RETRAIN, SPEC_DISABLED};
  struct spec_side m = {.kind = 1 + (unsigned)(bits & 31) % 6, .tag = e->tag};
  if (m.kind == SPEC_REQ) {
    m.state = states[bits >> 5 & 7];
    m.tag = bits >> 20 & 1 ? e->answered_tag + (unsigned)(bits >> 21 & 1) : (unsigned)(bits >> 8 & 255);
  } else if (m.kind == SPEC_RSP) {
    m.state = bits >> 5 & 3 ? e->asks : bits >> 7 & 1 ? SPEC_PMNAK : states[bits >> 16 & 7];
    if (m.state == SPEC_NOTHING) m.state = SPEC_ACTIVE;
    if ((bits >> 19 & 7) == 0) m.tag--;
  } else if (m.kind >= SPEC_STALL) {
    m.tag = 0;
  } else {
    m.parameters = (struct spec_parameters){bits >> 24 & 0xFFFF, (bits >> 40 & 15) ? 0x7E : bits >> 44 & 0x7E, (bits >> 52 & 15) ? 1 : 2,
                                            bits >> 56 & 1};
    if (m.kind == SPEC_ACCEPT && (bits >> 19 & 7) == 0) m.tag--;
    if (m.kind == SPEC_OFFER) m.tag = bits >> 8 & 255;
  }
  m.tag %= 256;
  m.life = (e->far_life + ((bits >> 57) == 0)) % 256;
  spec_side_bytes(&m, bytes);
}

#endif

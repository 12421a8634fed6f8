/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Section 18 of SPEC.md once more, without a line of the library's: its tables as tables, its rules one by one. The oracle of the tests.
 */
#ifndef OIO_TESTS_SPEC_STATES_H
#define OIO_TESTS_SPEC_STATES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
  SPEC_RESET = 0,
  SPEC_ACTIVE = 1,
  SPEC_PMNAK = 3,
  SPEC_L1 = 4,
  SPEC_L2 = 8,
  SPEC_LINK_RESET = 9,
  SPEC_LINK_ERROR = 10,
  SPEC_RETRAIN = 11,
  SPEC_DISABLED = 12,
  SPEC_NOTHING = 15
};
enum { SPEC_REQ = 1, SPEC_RSP, SPEC_OFFER, SPEC_ACCEPT, SPEC_STALL, SPEC_HELLO };

struct spec_parameters {
  unsigned units, formats, profiles, retry;
};

struct spec_side {
  unsigned kind, state, tag, life;
  struct spec_parameters parameters;
};

static inline void spec_side_bytes(const struct spec_side *m, uint8_t *bytes) {
  bytes[0] = (uint8_t)(m->kind * 16 + m->state);
  bytes[1] = (uint8_t)m->tag;
  bytes[2] = (uint8_t)(m->parameters.units % 256);
  bytes[3] = (uint8_t)(m->parameters.units / 256);
  bytes[4] = (uint8_t)m->parameters.formats;
  bytes[5] = (uint8_t)(m->parameters.profiles + 4 * m->parameters.retry);
  bytes[6] = (uint8_t)m->life;
  bytes[7] = 0xA5;
  for (unsigned i = 0; i < 7; i++) bytes[7] = (uint8_t)(bytes[7] ^ bytes[i]);
}

struct spec_states_config {
  struct spec_parameters own;
  uint64_t repeat, answer, stall, refuse;
  bool gated, fdi;
};

/* What is driven at an end. */
struct spec_states_in {
  unsigned request;
  bool linkerror, stallack, clk_ack, wake_req, rx_sts, trained, failed, retrain;
  bool hold, unknown, refuse, restart; /* of a bridge */
};

struct spec_states {
  struct spec_states_config is;
  unsigned status, request, asks, heard, heard_tag, tag;
  bool armed, exchanged, known, offers, unsent, mute, offer_waits, far_reset;
  unsigned offer_tag, life, far_life;
  bool met, confirmed;
  struct spec_parameters far, own;
  bool has_answered;
  unsigned answered_tag, answered_with;
  uint64_t sent_at, limit_from, heard_at, stall_at;
  bool stalling;
  bool stallreq, clk_req, wake_ack, rx_req; /* pins */
  bool stall_wanted, clk_wanted, rx_wanted;
  bool by_below; /* LinkError because of the layer below */
  unsigned restarts, left_data;
  struct spec_side out[8];
  unsigned out_count;
};

/* ---- the tables ---- */

enum spec_row { ROW_RESET, ROW_ACTIVE, ROW_PMNAK, ROW_L1, ROW_L2, ROW_RETRAIN, ROW_DOWN, SPEC_ROWS };
enum spec_column { COL_ACTIVE, COL_SLEEP, COL_RESET, COL_RETRAIN, COL_DOWN, SPEC_COLUMNS };
enum spec_action { DROP, ENTER, SAY, AGREE, SLEEP, REFUSE, OWN_OR_DROP, IF_ASKED, LEAVE, AGAIN, BY_RANK };

static const enum spec_action spec_table[SPEC_ROWS][SPEC_COLUMNS] = {
    /*                 Active  L1, L2       Reset  Retrain   LinkReset, Disabled, LinkError */
    [ROW_RESET] = {AGREE, DROP, SAY, IF_ASKED, ENTER},   [ROW_ACTIVE] = {SAY, SLEEP, DROP, ENTER, ENTER},
    [ROW_PMNAK] = {SAY, REFUSE, DROP, ENTER, ENTER},     [ROW_L1] = {DROP, OWN_OR_DROP, DROP, ENTER, ENTER},
    [ROW_L2] = {DROP, OWN_OR_DROP, ENTER, ENTER, ENTER}, [ROW_RETRAIN] = {AGREE, DROP, DROP, SAY, ENTER},
    [ROW_DOWN] = {AGAIN, AGAIN, LEAVE, AGAIN, BY_RANK},
};

static const struct {
  unsigned state, rank;
  enum spec_row row;
  enum spec_column column;
} spec_states_are[] = {
    {SPEC_RESET, 0, ROW_RESET, COL_RESET},    {SPEC_ACTIVE, 0, ROW_ACTIVE, COL_ACTIVE},
    {SPEC_PMNAK, 0, ROW_PMNAK, COL_ACTIVE},   {SPEC_L1, 0, ROW_L1, COL_SLEEP},
    {SPEC_L2, 0, ROW_L2, COL_SLEEP},          {SPEC_RETRAIN, 1, ROW_RETRAIN, COL_RETRAIN},
    {SPEC_LINK_RESET, 2, ROW_DOWN, COL_DOWN}, {SPEC_DISABLED, 3, ROW_DOWN, COL_DOWN},
    {SPEC_LINK_ERROR, 4, ROW_DOWN, COL_DOWN}, {SPEC_NOTHING, 0, SPEC_ROWS, SPEC_COLUMNS},
};

static inline unsigned spec_index(unsigned state) {
  unsigned i = 0;
  while (spec_states_are[i].state != state) i++;
  return i;
}
static inline unsigned spec_rank(unsigned state) {
  return spec_states_are[spec_index(state)].rank;
}
static inline bool spec_data(unsigned state) {
  return state == SPEC_ACTIVE || state == SPEC_PMNAK;
}
static inline bool spec_sleep(unsigned state) {
  return state == SPEC_L1 || state == SPEC_L2;
}

/* ---- an end ---- */

static inline void spec_states_reset(struct spec_states *e) {
  const struct spec_states_config is = e->is;
  const unsigned tag = e->tag, life = (e->life + 1) % 256;
  memset(e, 0, sizeof *e);
  e->is = is;
  e->own = is.own;
  e->tag = tag;
  e->life = life;
  e->asks = e->heard = SPEC_NOTHING;
}

static inline void spec_states_start(struct spec_states *e, struct spec_states_config is) {
  memset(e, 0, sizeof *e);
  e->is = is;
  spec_states_reset(e);
}

static inline void spec_put(struct spec_states *e, struct spec_side m) {
  m.life = e->life;
  e->out[e->out_count++] = m;
}

static inline void spec_enter(struct spec_states *e, unsigned state) {
  if (spec_data(e->status) && !spec_data(state)) e->left_data++;
  e->status = state;
  e->asks = e->heard = SPEC_NOTHING;
  e->offers = e->armed = e->far_reset = false;
  if (state != SPEC_RESET) e->offer_waits = false;
  if (state == SPEC_RESET) e->has_answered = false;
  if (state == SPEC_RESET && !e->offer_waits) e->known = false;
  if (state == SPEC_RESET || spec_rank(state) >= 2) e->exchanged = false;
}

static inline void spec_ask(struct spec_states *e, uint64_t now, unsigned state) {
  if (spec_rank(state) > 0 && spec_rank(e->heard) <= spec_rank(state)) e->heard = SPEC_NOTHING;
  e->asks = state;
  e->tag = (e->tag + 1) % 256;
  e->unsent = true;
  e->limit_from = now;
}

static inline void spec_fail(struct spec_states *e, uint64_t now) {
  spec_enter(e, SPEC_LINK_ERROR);
  spec_ask(e, now, SPEC_LINK_ERROR);
  e->by_below = false;
}

/* S1 */
static inline void spec_take_request(struct spec_states *e, const struct spec_states_in *in) {
  const unsigned known[] = {SPEC_ACTIVE, SPEC_L1, SPEC_L2, SPEC_LINK_RESET, SPEC_RETRAIN, SPEC_DISABLED};
  const bool asleep = !spec_data(e->status) && e->status != SPEC_RETRAIN;
  if (e->is.gated && asleep && (!in->wake_req || !e->wake_ack)) return;
  e->request = 0;
  for (unsigned i = 0; i < 6; i++)
    if (in->request == known[i]) e->request = known[i];
  if (e->status == SPEC_RESET && e->request == 0) e->armed = true;
  if (e->status != SPEC_RESET && e->request != SPEC_ACTIVE) e->armed = true;
}

static inline unsigned spec_held(const struct spec_states *e, const struct spec_states_in *in) {
  if (in->linkerror || in->failed) return SPEC_LINK_ERROR;
  if (e->request == SPEC_DISABLED || e->request == SPEC_LINK_RESET) return e->request;
  return SPEC_NOTHING;
}

static inline void spec_answer(struct spec_states *e, unsigned state, unsigned tag) {
  spec_put(e, (struct spec_side){.kind = SPEC_RSP, .state = state, .tag = tag});
}

/* S2 */
static inline void spec_take_req(struct spec_states *e, uint64_t now, const struct spec_side *m) {
  if (e->asks != SPEC_NOTHING && spec_rank(e->asks) > spec_rank(m->state)) return;
  if (e->has_answered && e->answered_tag == m->tag) {
    spec_answer(e, e->answered_with, m->tag);
    return;
  }
  if (e->heard != m->state || e->heard_tag != m->tag) e->heard_at = now;
  e->heard = m->state;
  e->heard_tag = m->tag;
}

/* S3 */
static inline void spec_take_rsp(struct spec_states *e, const struct spec_side *m) {
  if (e->asks == SPEC_NOTHING || m->tag != e->tag) return;
  if (m->state != e->asks && !(m->state == SPEC_PMNAK && spec_sleep(e->asks))) return;
  e->heard = SPEC_NOTHING;
  e->confirmed = true;
  if (spec_rank(e->asks) > 0) {
    e->asks = SPEC_NOTHING;
  } else {
    spec_enter(e, m->state);
  }
}

/* S4: HELLO, an OFFER, or a message of another life. */
static inline void spec_far_in_reset(struct spec_states *e, uint64_t now, const struct spec_states_in *in, const struct spec_side *offer) {
  if (spec_rank(e->status) >= 2) {
    if (e->asks == e->status) return;
    if (e->asks == SPEC_NOTHING && spec_held(e, in) == e->status) {
      spec_ask(e, now, e->status);
      return;
    }
  }
  if (offer != NULL) {
    e->heard = SPEC_NOTHING;
    e->known = true;
    e->far = offer->parameters;
    e->offer_waits = true;
    e->offer_tag = offer->tag;
  } else if (e->status == SPEC_RESET && e->exchanged) {
    spec_enter(e, SPEC_RESET);
  }
  if (e->status == SPEC_RESET) return;
  if (e->asks == SPEC_RESET) {
    spec_enter(e, SPEC_RESET);
  } else {
    if (!e->far_reset) e->restarts++;
    e->far_reset = true;
  }
}

static inline void spec_take_life(struct spec_states *e, uint64_t now, const struct spec_states_in *in, unsigned life) {
  if (e->met && e->far_life != life) {
    e->heard = SPEC_NOTHING;
    e->has_answered = e->offer_waits = false;
    spec_far_in_reset(e, now, in, NULL);
  }
  e->met = true;
  e->far_life = life;
}

/* S5 */
static inline void spec_take_accept(struct spec_states *e, uint64_t now, const struct spec_side *m) {
  if (!e->offers || m->tag != e->tag) return;
  e->offers = false;
  e->confirmed = true;
  e->heard = SPEC_NOTHING;
  e->known = true;
  e->far = m->parameters;
  if ((e->own.formats & e->far.formats & 0x7E) == 0 || (e->own.profiles & e->far.profiles & 3) == 0) {
    spec_fail(e, now);
  } else {
    e->exchanged = true;
  }
}

/* S8 */
static inline unsigned spec_wants(const struct spec_states *e, const struct spec_states_in *in) {
  const unsigned held = spec_held(e, in);
  const bool active = e->request == SPEC_ACTIVE;
  if (held != SPEC_NOTHING && spec_rank(held) > spec_rank(e->status)) return held;
  if (spec_data(e->status) && (!in->trained || in->retrain || e->request == SPEC_RETRAIN)) return SPEC_RETRAIN;
  if (e->status == SPEC_RESET && active && e->armed && e->exchanged && in->trained) return SPEC_ACTIVE;
  if (e->status == SPEC_ACTIVE && spec_sleep(e->request)) return e->request;
  if (e->status == SPEC_PMNAK && active) return SPEC_ACTIVE;
  if (e->status == SPEC_L1 && (active || e->request == SPEC_RETRAIN)) return SPEC_RETRAIN;
  if (e->status == SPEC_L2 && active) return SPEC_RESET;
  if (spec_rank(e->status) >= 2 && active && e->armed && held != e->status) return SPEC_RESET;
  if (e->status == SPEC_RETRAIN && active && in->trained) return SPEC_ACTIVE;
  return SPEC_NOTHING;
}

/* S13: do the pins allow it? What must be up for it is wanted. */
static inline bool spec_allowed(struct spec_states *e, const struct spec_states_in *in, unsigned to) {
  bool allowed = true;
  if (to == SPEC_LINK_ERROR) return true;
  e->clk_wanted = true;
  if (e->is.gated) allowed = e->clk_req && in->clk_ack;
  if (spec_data(e->status) && !spec_data(to)) {
    e->stall_wanted = true;
    allowed = allowed && e->stallreq && in->stallack;
  }
  if (to == SPEC_ACTIVE && e->is.fdi) {
    e->rx_wanted = true;
    allowed = allowed && e->rx_req && in->rx_sts;
  }
  return allowed;
}

static inline void spec_answer_heard(struct spec_states *e, unsigned state) {
  spec_answer(e, state, e->heard_tag);
  e->has_answered = true;
  e->answered_tag = e->heard_tag;
  e->answered_with = state;
  e->heard = SPEC_NOTHING;
}

static inline void spec_enter_heard(struct spec_states *e, uint64_t now, const struct spec_states_in *in) {
  const unsigned to = e->heard;
  if (!spec_allowed(e, in, to)) return;
  const bool too = (spec_rank(e->asks) > 0 || !e->confirmed) && spec_rank(to) > 0;
  spec_enter(e, to);
  spec_answer_heard(e, to);
  if (too) spec_ask(e, now, to);
  if (to == SPEC_LINK_ERROR) e->by_below = false;
}

static inline void spec_again(struct spec_states *e, uint64_t now) {
  e->heard = SPEC_NOTHING;
  if (e->asks == SPEC_NOTHING || e->asks == SPEC_RESET) spec_ask(e, now, e->status);
}

/* S11, by the table. */
static inline void spec_act(struct spec_states *e, uint64_t now, const struct spec_states_in *in) {
  const unsigned to = e->heard;
  const bool mine = e->asks == to || spec_wants(e, in) == to;
  switch (spec_table[spec_states_are[spec_index(e->status)].row][spec_states_are[spec_index(to)].column]) {
  case DROP:
    e->heard = SPEC_NOTHING;
    return;
  case ENTER:
    if (!in->hold) spec_enter_heard(e, now, in);
    return;
  case SAY:
    if (spec_rank(to) > 0 && spec_rank(e->asks) == 0) e->asks = SPEC_NOTHING;
    spec_answer_heard(e, to);
    return;
  case AGREE:
    if (mine) spec_enter_heard(e, now, in);
    return;
  case SLEEP:
    if (e->asks == to || (e->asks == SPEC_NOTHING && mine)) {
      spec_enter_heard(e, now, in);
    } else if (e->asks != SPEC_NOTHING || in->refuse || (!in->hold && now - e->heard_at >= e->is.refuse)) {
      spec_answer_heard(e, SPEC_PMNAK);
    }
    return;
  case REFUSE:
    spec_answer_heard(e, SPEC_PMNAK);
    return;
  case OWN_OR_DROP:
    if (to == e->status) {
      spec_answer_heard(e, to);
    } else {
      e->heard = SPEC_NOTHING;
    }
    return;
  case IF_ASKED:
    if (e->asks != SPEC_ACTIVE) {
      e->heard = SPEC_NOTHING;
    } else if (!in->hold) {
      spec_enter_heard(e, now, in);
    }
    return;
  case LEAVE:
    if (spec_held(e, in) != e->status && !in->hold) spec_enter_heard(e, now, in);
    return;
  case AGAIN:
    spec_again(e, now);
    return;
  case BY_RANK:
    if (to == e->status) {
      if (spec_rank(e->asks) == 0) e->asks = SPEC_NOTHING;
      spec_answer_heard(e, to);
    } else if (spec_rank(to) < spec_rank(e->status)) {
      spec_again(e, now);
    } else if (!in->hold) {
      spec_enter_heard(e, now, in);
    }
    return;
  }
}

/* S9 to S12. */
static inline void spec_change(struct spec_states *e, uint64_t now, const struct spec_states_in *in) {
  const unsigned wants = spec_wants(e, in);
  bool done = false;
  if (e->asks == SPEC_RESET && spec_held(e, in) == e->status) spec_ask(e, now, e->status);
  if (spec_rank(wants) > 0 && spec_allowed(e, in, wants)) {
    spec_enter(e, wants);
    spec_ask(e, now, wants);
    e->has_answered = false;
    if (wants == SPEC_LINK_ERROR) e->by_below = !in->linkerror;
    return;
  }
  if (e->far_reset || in->restart) {
    if (spec_allowed(e, in, SPEC_RESET)) spec_enter(e, SPEC_RESET);
    done = true;
  }
  if (!done) {
    const unsigned before = e->status;
    if (e->heard != SPEC_NOTHING) spec_act(e, now, in);
    if (e->status == before && wants != SPEC_NOTHING && spec_rank(wants) == 0) {
      if (e->status == SPEC_PMNAK) {
        if (spec_allowed(e, in, wants)) spec_enter(e, wants);
      } else if (e->asks == SPEC_NOTHING && spec_allowed(e, in, wants)) {
        spec_ask(e, now, wants);
      }
    }
  }
  if (e->status == SPEC_RESET && e->offer_waits && !in->unknown) {
    spec_put(e, (struct spec_side){.kind = SPEC_ACCEPT, .tag = e->offer_tag, .parameters = e->own});
    e->offer_waits = false;
  }
}

static inline void spec_send(struct spec_states *e, uint64_t now, const struct spec_states_in *in) {
  const bool is_reset = e->status == SPEC_RESET, mute = is_reset && (in->unknown || (!in->trained && e->asks == SPEC_NOTHING));
  const bool offering = is_reset && !mute && !e->exchanged;
  if (mute) {
    if (!e->mute) e->unsent = true;
    e->exchanged = false;
    e->asks = SPEC_NOTHING;
  }
  e->mute = mute;
  if (offering && !e->offers && e->asks == SPEC_NOTHING) {
    e->offers = e->unsent = true;
    e->tag = (e->tag + 1) % 256;
    e->limit_from = now;
  }
  if (!offering) e->offers = false;
  if ((e->offers || mute || e->asks != SPEC_NOTHING) && (e->unsent || now - e->sent_at >= e->is.repeat)) {
    e->unsent = false;
    e->sent_at = now;
    if (mute) {
      spec_put(e, (struct spec_side){.kind = SPEC_HELLO});
    } else if (e->offers) {
      spec_put(e, (struct spec_side){.kind = SPEC_OFFER, .tag = e->tag, .parameters = e->own});
    } else {
      spec_put(e, (struct spec_side){.kind = SPEC_REQ, .state = e->asks, .tag = e->tag});
    }
  }
  const bool waits = e->heard != SPEC_NOTHING || e->offer_waits || mute;
  if (waits && !e->stalling) e->stall_at = now + e->is.stall;
  e->stalling = waits;
  if (waits && now >= e->stall_at) {
    e->stall_at += e->is.stall;
    spec_put(e, (struct spec_side){.kind = SPEC_STALL});
  }
}

static inline bool spec_shake(bool is, bool wanted, bool answer) {
  if (!is) return wanted && !answer;
  return wanted || !answer;
}

/* S13 */
static inline void spec_pins(struct spec_states *e, const struct spec_states_in *in) {
  const bool data = spec_data(e->status);
  const bool agrees = e->asks != SPEC_NOTHING && spec_rank(e->asks) == 0;
  e->stallreq = spec_shake(e->stallreq, data && (e->stall_wanted || spec_sleep(e->asks)), in->stallack);
  e->clk_req = !e->is.gated || spec_shake(e->clk_req, e->clk_wanted || data || e->status == SPEC_RETRAIN || agrees, in->clk_ack);
  e->rx_req = e->is.fdi && spec_shake(e->rx_req, e->rx_wanted || data || e->asks == SPEC_ACTIVE, in->rx_sts);
  e->wake_ack = in->wake_req;
}

static inline void spec_states_clock(struct spec_states *e, uint64_t now, const struct spec_states_in *in, const struct spec_side *m) {
  e->out_count = 0;
  e->stall_wanted = e->clk_wanted = e->rx_wanted = false;
  spec_take_request(e, in);
  if (m != NULL) spec_take_life(e, now, in, m->life);
  if (m != NULL && m->kind == SPEC_REQ) spec_take_req(e, now, m);
  if (m != NULL && m->kind == SPEC_RSP) spec_take_rsp(e, m);
  if (m != NULL && m->kind == SPEC_OFFER) spec_far_in_reset(e, now, in, m);
  if (m != NULL && m->kind == SPEC_HELLO) {
    e->limit_from = now;
    spec_far_in_reset(e, now, in, NULL);
  }
  if (m != NULL && m->kind == SPEC_ACCEPT) spec_take_accept(e, now, m);
  if (m != NULL && m->kind == SPEC_STALL) e->limit_from = now;
  const bool limited = e->offers || spec_sleep(e->asks) || (spec_rank(e->asks) >= 1 && spec_rank(e->asks) <= 3);
  if (limited && e->is.answer > 0 && now - e->limit_from >= e->is.answer) spec_fail(e, now);
  spec_change(e, now, in);
  spec_send(e, now, in);
  spec_pins(e, in);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What an end wants, and what it answers: the table of SPEC.md section 18. */
#include "states/states_rules.h"

unsigned oio_states_rank(unsigned state) {
  switch (state) {
  case OIO_STATE_LINK_ERROR:
    return 4;
  case OIO_STATE_DISABLED:
    return 3;
  case OIO_STATE_LINK_RESET:
    return 2;
  case OIO_STATE_RETRAIN:
    return 1;
  default:
    return 0;
  }
}

static bool is_forced(unsigned state) {
  return oio_states_rank(state) > 0;
}

/* Where its own pins hold it, be it there or not. */
static unsigned reason(const struct oio_states *s, const struct oio_states_in *in) {
  if (in->linkerror || in->failed) return OIO_STATE_LINK_ERROR;
  if (s->request == OIO_STATE_DISABLED || s->request == OIO_STATE_LINK_RESET) return s->request;
  return OIO_STATE_NONE;
}

static unsigned wish_of_data(const struct oio_states *s, const struct oio_states_in *in) {
  if (!in->trained || in->retrain || s->request == OIO_STATE_RETRAIN) return OIO_STATE_RETRAIN;
  if (s->out.status == OIO_STATE_PMNAK) return s->request == OIO_STATE_ACTIVE ? OIO_STATE_ACTIVE : OIO_STATE_NONE;
  return oio_states_is_sleep(s->request) ? s->request : OIO_STATE_NONE;
}

/* Where it wants to go; OIO_STATE_NONE: it is content. */
static unsigned wish(const struct oio_states *s, const struct oio_states_in *in) {
  const unsigned status = s->out.status, held = reason(s, in);
  const bool active = s->request == OIO_STATE_ACTIVE;
  if (held != OIO_STATE_NONE && oio_states_rank(held) > oio_states_rank(status)) return held;
  switch (status) {
  case OIO_STATE_RESET:
    return active && s->armed && s->done && in->trained ? OIO_STATE_ACTIVE : OIO_STATE_NONE;
  case OIO_STATE_ACTIVE:
  case OIO_STATE_PMNAK:
    return wish_of_data(s, in);
  case OIO_STATE_RETRAIN:
    return active && in->trained ? OIO_STATE_ACTIVE : OIO_STATE_NONE;
  case OIO_STATE_L1:
    return active || s->request == OIO_STATE_RETRAIN ? OIO_STATE_RETRAIN : OIO_STATE_NONE;
  case OIO_STATE_L2:
    return active ? OIO_STATE_RESET : OIO_STATE_NONE;
  default:
    return active && s->armed && held != status ? OIO_STATE_RESET : OIO_STATE_NONE;
  }
}

/* May its status change now? What is asked of those above stays asked until it may. */
static bool open(struct oio_states *s, const struct oio_states_in *in, unsigned to) {
  const bool stalls = oio_states_is_data(s->out.status) && !oio_states_is_data(to), receives = to == OIO_STATE_ACTIVE && s->config.receiver;
  const bool clock = !s->config.gated || (s->out.clk_req && in->clk_ack);
  if (to == OIO_STATE_LINK_ERROR) return true;
  s->want_clk = true;
  s->want_stall = s->want_stall || stalls;
  s->want_rx = s->want_rx || receives;
  if (stalls && !(s->out.stallreq && in->stallack)) return false;
  if (receives && !(s->out.rx_active_req && in->rx_active_sts)) return false;
  return clock;
}

static void say(struct oio_states *s) {
  oio_states_push(s, (struct oio_side_message){.kind = OIO_SIDE_RSP, .state = s->answer, .tag = s->answered_tag});
}

static void answer(struct oio_states *s, unsigned state) {
  s->answered = true;
  s->answered_tag = s->heard_tag;
  s->answer = (uint8_t)state;
  s->heard = OIO_STATE_NONE;
  say(s);
}

/* The other end may still hear what this one asked for before, or not know yet that it has been reset. */
static void enter_and_answer(struct oio_states *s, uint64_t now, unsigned state) {
  const bool gives_up = is_forced(s->asked) || !s->confirmed;
  oio_states_enter(s, state);
  answer(s, state);
  if (gives_up && is_forced(state)) oio_states_ask(s, now, state);
  if (state == OIO_STATE_LINK_ERROR) s->fault = OIO_STATES_FAR_ERROR;
}

/* The other end is not where this one holds it. */
static void assert_again(struct oio_states *s, uint64_t now) {
  s->heard = OIO_STATE_NONE;
  if (s->asked == OIO_STATE_NONE || s->asked == OIO_STATE_RESET) oio_states_ask(s, now, s->out.status);
}

/* Has it been in Active, or would be if the answer had come? */
static bool can_retrain(const struct oio_states *s) {
  const unsigned status = s->out.status;
  return oio_states_is_data(status) || oio_states_is_sleep(status) || (status == OIO_STATE_RESET && s->asked == OIO_STATE_ACTIVE);
}

static void act_on_forced(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const unsigned to = s->heard, status = s->out.status;
  if (oio_states_rank(to) < oio_states_rank(status)) {
    assert_again(s, now);
  } else if (to == OIO_STATE_RETRAIN && !can_retrain(s)) {
    s->heard = OIO_STATE_NONE;
  } else if (!in->hold && open(s, in, to)) {
    enter_and_answer(s, now, to);
  }
}

static void act_on_active(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const unsigned status = s->out.status;
  if (oio_states_rank(status) > 1) {
    assert_again(s, now);
  } else if (status != OIO_STATE_RESET && status != OIO_STATE_RETRAIN) {
    s->heard = OIO_STATE_NONE;
  } else if ((s->asked == OIO_STATE_ACTIVE || wish(s, in) == OIO_STATE_ACTIVE) && open(s, in, OIO_STATE_ACTIVE)) {
    enter_and_answer(s, now, OIO_STATE_ACTIVE);
  }
}

static bool refuses(const struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  if (s->asked != OIO_STATE_NONE || s->out.status == OIO_STATE_PMNAK || in->refuse) return true;
  return !in->hold && now - s->heard_ps >= s->config.refuse_ps;
}

static void act_on_sleep(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const unsigned to = s->heard, status = s->out.status;
  if (oio_states_rank(status) > 1) {
    assert_again(s, now);
  } else if (!oio_states_is_data(status)) {
    s->heard = OIO_STATE_NONE;
  } else if (s->asked == to || (s->asked == OIO_STATE_NONE && wish(s, in) == to)) {
    if (open(s, in, to)) enter_and_answer(s, now, to);
  } else if (refuses(s, now, in)) {
    answer(s, OIO_STATE_PMNAK);
  }
}

static void act_on_leave(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const unsigned status = s->out.status;
  if (status != OIO_STATE_L2 && oio_states_rank(status) < 2) {
    s->heard = OIO_STATE_NONE;
  } else if (reason(s, in) != status && !in->hold && open(s, in, OIO_STATE_RESET)) {
    enter_and_answer(s, now, OIO_STATE_RESET);
  }
}

static void act_on_heard(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const unsigned to = s->heard, status = s->out.status;
  if (to == status || (to == OIO_STATE_ACTIVE && status == OIO_STATE_PMNAK)) {
    if (is_forced(to) && !is_forced(s->asked)) s->asked = OIO_STATE_NONE; /* it was asked before the other end came here again */
    answer(s, to);
  } else if (is_forced(to)) {
    act_on_forced(s, now, in);
  } else if (to == OIO_STATE_ACTIVE) {
    act_on_active(s, now, in);
  } else if (oio_states_is_sleep(to)) {
    act_on_sleep(s, now, in);
  } else if (to == OIO_STATE_RESET) {
    act_on_leave(s, now, in);
  }
}

/* What it wants itself. True: it has changed. */
static bool act_on_wish(struct oio_states *s, uint64_t now, const struct oio_states_in *in, unsigned to) {
  if (to == OIO_STATE_NONE) return false;
  if (is_forced(to)) {
    if (!open(s, in, to)) return false;
    oio_states_enter(s, to);
    oio_states_ask(s, now, to);
    s->answered = false;
    if (to == OIO_STATE_LINK_ERROR) s->fault = in->linkerror ? OIO_STATES_PINS : OIO_STATES_BELOW;
    return true;
  }
  if (s->out.status == OIO_STATE_PMNAK) {
    if (open(s, in, to)) oio_states_enter(s, to);
    return true;
  }
  if (s->asked == OIO_STATE_NONE && open(s, in, to)) oio_states_ask(s, now, to);
  return false;
}

void oio_states_decide(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const unsigned wanted = wish(s, in);
  const bool restart = in->restart || s->restarted;
  if (s->asked == OIO_STATE_RESET && reason(s, in) == s->out.status) oio_states_ask(s, now, s->out.status);
  if (is_forced(wanted) && act_on_wish(s, now, in, wanted)) return;
  if (restart && open(s, in, OIO_STATE_RESET)) {
    s->fault = s->restarted ? OIO_STATES_FAR_RESTARTED : s->fault;
    oio_states_enter(s, OIO_STATE_RESET);
  } else if (!restart) {
    const unsigned before = s->out.status;
    if (s->heard != OIO_STATE_NONE) act_on_heard(s, now, in);
    if (!is_forced(wanted) && s->out.status == before) act_on_wish(s, now, in, wanted);
  }
  if (s->offer_heard && s->out.status == OIO_STATE_RESET && !in->unknown) {
    oio_states_push(s, (struct oio_side_message){.kind = OIO_SIDE_ACCEPT, .tag = s->offer_tag, .parameters = s->own});
    s->offer_heard = false;
  }
}

static void learn(struct oio_states *s, const struct oio_side_message *m) {
  s->far = m->parameters;
  s->known = true;
  s->heard = OIO_STATE_NONE; /* asked before it knew this end */
}

/* The other end is in Reset. False: it may have said so before this one was heard, or is to be told. */
static bool may_follow(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const unsigned status = s->out.status;
  if (oio_states_rank(status) < 2) return true;
  if (s->asked == status) return false;
  if (s->asked != OIO_STATE_NONE || reason(s, in) != status) return true;
  oio_states_ask(s, now, status);
  return false;
}

static void follow(struct oio_states *s) {
  if (s->out.status == OIO_STATE_RESET) return;
  if (s->asked == OIO_STATE_RESET) {
    oio_states_enter(s, OIO_STATE_RESET); /* as good as an answer */
  } else if (!s->restarted) {
    s->restarted = true;
    s->restarts++;
  }
}

/* It begins anew: what it has asked or been told before is over. */
static void take_reset(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  if (!may_follow(s, now, in)) return;
  if (s->out.status == OIO_STATE_RESET && s->done) oio_states_enter(s, OIO_STATE_RESET); /* to be exchanged once more */
  follow(s);
}

static void take_life(struct oio_states *s, uint64_t now, const struct oio_states_in *in, uint8_t life) {
  const bool another = s->met && s->far_life != life;
  s->met = true;
  s->far_life = life;
  if (!another) return;
  s->heard = OIO_STATE_NONE;
  s->answered = s->offer_heard = false;
  take_reset(s, now, in);
}

static void take_offer(struct oio_states *s, uint64_t now, const struct oio_states_in *in, const struct oio_side_message *m) {
  if (!may_follow(s, now, in)) return;
  learn(s, m);
  s->offer_heard = true;
  s->offer_tag = m->tag;
  follow(s);
}

static void take_accept(struct oio_states *s, uint64_t now, const struct oio_side_message *m) {
  if (!s->offering || m->tag != s->tag) return;
  s->offering = false;
  s->confirmed = true;
  learn(s, m);
  if (oio_states_format(&s->own, &s->far) == 0) {
    oio_states_fail(s, now, OIO_STATES_NO_FORMAT);
  } else {
    s->done = true;
  }
}

static void take_request_of_far(struct oio_states *s, uint64_t now, const struct oio_side_message *m) {
  const bool again = s->heard == m->state && s->heard_tag == m->tag;
  if (s->asked != OIO_STATE_NONE && is_forced(s->asked) && oio_states_rank(m->state) < oio_states_rank(s->asked)) return;
  if (s->answered && s->answered_tag == m->tag) {
    say(s);
    return;
  }
  s->heard = m->state;
  s->heard_tag = m->tag;
  if (!again) s->heard_ps = now;
}

static void take_answer(struct oio_states *s, const struct oio_side_message *m) {
  const bool refused = m->state == OIO_STATE_PMNAK && oio_states_is_sleep(s->asked);
  if (s->asked == OIO_STATE_NONE || m->tag != s->tag || (m->state != s->asked && !refused)) return;
  s->heard = OIO_STATE_NONE; /* what came before it is overtaken */
  s->confirmed = true;
  if (is_forced(s->asked)) {
    s->asked = OIO_STATE_NONE;
  } else {
    oio_states_enter(s, m->state);
  }
}

void oio_states_take(struct oio_states *s, uint64_t now, const struct oio_states_in *in, const struct oio_side_message *m) {
  take_life(s, now, in, m->life);
  switch (m->kind) {
  case OIO_SIDE_REQ:
    take_request_of_far(s, now, m);
    break;
  case OIO_SIDE_RSP:
    take_answer(s, m);
    break;
  case OIO_SIDE_OFFER:
    take_offer(s, now, in, m);
    break;
  case OIO_SIDE_ACCEPT:
    take_accept(s, now, m);
    break;
  case OIO_SIDE_HELLO:
    s->since_ps = now;
    take_reset(s, now, in);
    break;
  case OIO_SIDE_STALL:
    s->since_ps = now;
    break;
  default:
    break;
  }
}

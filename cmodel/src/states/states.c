/* SPDX-License-Identifier: Apache-2.0 */
/* Life, clock and pins of an end. */
#include "oio/states.h"

#include "states/states_rules.h"

static const uint64_t us_ps = 1000000;

struct oio_states_config oio_states_usual(void) {
  return (struct oio_states_config){.parameters = {.formats = 0x7C, .profiles = 1, .retry = true},
                                    .repeat_ps = 1000 * us_ps,
                                    .answer_ps = 8000 * us_ps,
                                    .stall_ps = 4000 * us_ps,
                                    .refuse_ps = 2 * us_ps,
                                    .gated = true,
                                    .receiver = true};
}

enum oio_status oio_states_create(struct oio_states *s, const struct oio_states_config *c, struct oio_error *error) {
  if (c->repeat_ps < 1) return oio_error_set(error, OIO_ERR_CONFIG, "states repeat_ps 0: use at least 1");
  if (c->stall_ps < 1 || (c->answer_ps > 0 && c->stall_ps >= c->answer_ps))
    return oio_error_set(error, OIO_ERR_CONFIG, "states stall_ps %llu: use at least 1, and less than answer_ps",
                         (unsigned long long)c->stall_ps);
  if ((c->parameters.formats & ~0x7E) != 0 || c->parameters.profiles > 3)
    return oio_error_set(error, OIO_ERR_CONFIG, "states formats 0x%x, profiles 0x%x: use bits 1..6 and 0..1", c->parameters.formats,
                         c->parameters.profiles);
  *s = (struct oio_states){.config = *c};
  oio_states_reset(s);
  return OIO_OK;
}

void oio_states_reset(struct oio_states *s) {
  const uint8_t tag = s->tag, life = (uint8_t)(s->life + 1);
  *s = (struct oio_states){
      .config = s->config, .own = s->config.parameters, .tag = tag, .life = life, .asked = OIO_STATE_NONE, .heard = OIO_STATE_NONE};
}

void oio_states_push(struct oio_states *s, struct oio_side_message message) {
  message.life = s->life;
  s->go[s->go_count++] = message;
}

bool oio_states_send(struct oio_states *s, struct oio_side_message *message) {
  if (s->gone == s->go_count) return false;
  *message = s->go[s->gone++];
  return true;
}

void oio_states_enter(struct oio_states *s, unsigned state) {
  if (oio_states_is_data(s->out.status) && !oio_states_is_data(state)) s->left_active++;
  s->out.status = (uint8_t)state;
  s->armed = s->restarted = false;
  s->asked = s->heard = OIO_STATE_NONE;
  s->offering = false;
  s->done = s->done && state != OIO_STATE_RESET && oio_states_rank(state) < 2;
  if (state != OIO_STATE_RESET) s->offer_heard = false;
  if (state != OIO_STATE_RESET) return;
  s->answered = false;
  s->known = s->known && s->offer_heard;
}

void oio_states_ask(struct oio_states *s, uint64_t now, unsigned state) {
  if (oio_states_rank(state) > 0 && oio_states_rank(s->heard) <= oio_states_rank(state)) s->heard = OIO_STATE_NONE; /* it is overtaken */
  s->asked = (uint8_t)state;
  s->tag++;
  s->due = true;
  s->since_ps = now;
}

void oio_states_fail(struct oio_states *s, uint64_t now, enum oio_states_fault why) {
  oio_states_enter(s, OIO_STATE_LINK_ERROR);
  oio_states_ask(s, now, OIO_STATE_LINK_ERROR);
  s->fault = why;
}

/* Asleep, its clocks may stand, and a request says nothing before they have been woken. */
static void take_request(struct oio_states *s, const struct oio_states_in *in) {
  const unsigned status = s->out.status;
  const bool awake = oio_states_is_data(status) || status == OIO_STATE_RETRAIN;
  const bool known = in->request == OIO_STATE_ACTIVE || oio_states_is_sleep(in->request) || in->request == OIO_STATE_LINK_RESET ||
                     in->request == OIO_STATE_RETRAIN || in->request == OIO_STATE_DISABLED;
  if (s->config.gated && !awake && !(in->wake_req && s->out.wake_ack)) return;
  s->request = known ? in->request : OIO_STATE_NOP;
  if (status == OIO_STATE_RESET ? s->request == OIO_STATE_NOP : s->request != OIO_STATE_ACTIVE) s->armed = true;
}

static bool has_limit(const struct oio_states *s) {
  const unsigned asked = s->asked;
  if (s->offering || oio_states_is_sleep(asked)) return true;
  return asked == OIO_STATE_RETRAIN || asked == OIO_STATE_LINK_RESET || asked == OIO_STATE_DISABLED;
}

/* What it has said of itself before holds no longer. */
static void greet(struct oio_states *s) {
  if (!s->greeting) s->due = true;
  s->greeting = true;
  s->offering = s->done = false;
  s->asked = OIO_STATE_NONE;
}

static void offer(struct oio_states *s, uint64_t now, const struct oio_states_in *in) {
  const bool is_reset = s->out.status == OIO_STATE_RESET;
  if (is_reset && (in->unknown || (!in->trained && s->asked == OIO_STATE_NONE))) {
    greet(s);
    return;
  }
  s->greeting = false;
  if (is_reset && !s->done && !s->offering && s->asked == OIO_STATE_NONE) {
    s->offering = s->due = true;
    s->tag++;
    s->since_ps = now;
  }
  s->offering = s->offering && is_reset && !s->done;
}

static void repeat(struct oio_states *s, uint64_t now) {
  if (!s->offering && !s->greeting && s->asked == OIO_STATE_NONE) return;
  if (!s->due && now - s->sent_ps < s->config.repeat_ps) return;
  s->due = false;
  s->sent_ps = now;
  if (s->greeting) {
    oio_states_push(s, (struct oio_side_message){.kind = OIO_SIDE_HELLO});
  } else if (s->offering) {
    oio_states_push(s, (struct oio_side_message){.kind = OIO_SIDE_OFFER, .tag = s->tag, .parameters = s->own});
  } else {
    oio_states_push(s, (struct oio_side_message){.kind = OIO_SIDE_REQ, .state = s->asked, .tag = s->tag});
  }
}

static void stall(struct oio_states *s, uint64_t now) {
  if (s->heard == OIO_STATE_NONE && !s->offer_heard && !s->greeting) {
    s->stall_due_ps = 0;
    return;
  }
  if (s->stall_due_ps == 0) s->stall_due_ps = now + s->config.stall_ps;
  if (now < s->stall_due_ps) return;
  s->stall_due_ps += s->config.stall_ps;
  oio_states_push(s, (struct oio_side_message){.kind = OIO_SIDE_STALL});
}

/* Four phases: it rises when the answer is down, and falls when the answer is up. */
static bool shake(bool level, bool want, bool answer) {
  return level ? want || !answer : want && !answer;
}

static void drive(struct oio_states *s, const struct oio_states_in *in) {
  struct oio_states_out *out = &s->out;
  const bool data = oio_states_is_data(out->status);
  const bool sleeps = oio_states_is_sleep(s->asked) && data;
  out->stallreq = shake(out->stallreq, data && (s->want_stall || sleeps), in->stallack);
  const bool clock =
      s->want_clk || data || out->status == OIO_STATE_RETRAIN || (s->asked != OIO_STATE_NONE && oio_states_rank(s->asked) == 0);
  out->clk_req = !s->config.gated || shake(out->clk_req, clock, in->clk_ack);
  out->rx_active_req =
      s->config.receiver && shake(out->rx_active_req, data || s->want_rx || s->asked == OIO_STATE_ACTIVE, in->rx_active_sts);
  out->wake_ack = in->wake_req;
  out->inband_pres = s->done;
  out->phyinrecenter = out->status == OIO_STATE_RETRAIN;
  out->trainerror = out->status == OIO_STATE_LINK_ERROR && s->fault == OIO_STATES_BELOW;
}

void oio_states_step(struct oio_states *s, uint64_t now_ps, const struct oio_states_in *in, const struct oio_side_message *arrived) {
  s->go_count = s->gone = 0;
  s->want_clk = s->want_stall = s->want_rx = false;
  take_request(s, in);
  if (arrived != NULL) oio_states_take(s, now_ps, in, arrived);
  if (has_limit(s) && s->config.answer_ps > 0 && now_ps - s->since_ps >= s->config.answer_ps)
    oio_states_fail(s, now_ps, OIO_STATES_NO_ANSWER);
  oio_states_decide(s, now_ps, in);
  offer(s, now_ps, in);
  repeat(s, now_ps);
  stall(s, now_ps);
  drive(s, in);
}

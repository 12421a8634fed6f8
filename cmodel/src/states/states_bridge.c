/* SPDX-License-Identifier: Apache-2.0 */
/* A bridge: what one end has been asked for is asked of the other, and answered when that is answered. */
#include "states/states_rules.h"

enum oio_status oio_states_bridge_create(struct oio_states_bridge *b, const struct oio_states_config config[2], struct oio_error *error) {
  *b = (struct oio_states_bridge){0};
  for (unsigned i = 0; i < 2; i++) {
    struct oio_states_config c = config[i];
    c.gated = c.receiver = false; /* nobody stands above */
    const enum oio_status status = oio_states_create(&b->end[i], &c, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

void oio_states_bridge_reset(struct oio_states_bridge *b) {
  for (unsigned i = 0; i < 2; i++) oio_states_reset(&b->end[i]);
}

/* Is it, or may it find itself, in a state that needs a die at the other end? */
static bool relies(const struct oio_states *s) {
  return s->out.status == OIO_STATE_RESET ? s->asked == OIO_STATE_ACTIVE : oio_states_rank(s->out.status) < 2;
}

/* What an end has been asked for; Active only when it could enter it. */
static unsigned asked_of(const struct oio_states *s) {
  const bool early = s->heard == OIO_STATE_ACTIVE && s->out.status == OIO_STATE_RESET && !s->done;
  return early ? (unsigned)OIO_STATE_NONE : s->heard;
}

/* Is there a state that holds this end too? It is being left where Reset is heard, and waited for where this end has heard of it. */
static bool pulls(const struct oio_states *s, const struct oio_states *other) {
  const unsigned there = other->out.status;
  return oio_states_rank(there) > 1 && oio_states_rank(there) > oio_states_rank(s->out.status) && other->heard == OIO_STATE_NONE &&
         s->heard != there;
}

/* What stands for lp_state_req at an end: what the other has been asked for, or what lets this one follow it. */
static unsigned request_of(const struct oio_states *s, const struct oio_states *other) {
  const unsigned status = s->out.status, there = other->out.status, asked = asked_of(other);
  const bool moves = status == OIO_STATE_PMNAK || oio_states_is_data(there);
  if (asked == OIO_STATE_ACTIVE || asked == OIO_STATE_RESET || (asked == OIO_STATE_NONE && moves))
    return s->armed || status == OIO_STATE_PMNAK || status == OIO_STATE_RETRAIN ? OIO_STATE_ACTIVE : OIO_STATE_NOP;
  if (asked == OIO_STATE_LINK_ERROR) return OIO_STATE_NOP;
  if (asked != OIO_STATE_NONE) return asked;
  return oio_states_is_sleep(there) || (pulls(s, other) && there != OIO_STATE_LINK_ERROR) ? there : OIO_STATE_NOP;
}

/* Has the other end been given the answer that this one owes? */
static bool answered(const struct oio_states *s, const struct oio_states *other) {
  const unsigned asked = s->heard, there = other->out.status;
  if (asked == OIO_STATE_RESET) return there == OIO_STATE_RESET || other->heard == OIO_STATE_RESET;
  if (asked == OIO_STATE_RETRAIN && !oio_states_is_data(there) && there != OIO_STATE_L1) return other->asked != OIO_STATE_RETRAIN;
  return (there == asked || oio_states_rank(there) > oio_states_rank(asked)) && other->asked != there;
}

static struct oio_states_in pins_of(const struct oio_states_bridge *b, unsigned i) {
  const struct oio_states *s = &b->end[i], *other = &b->end[1 - i];
  const bool pulled = pulls(s, other) && other->out.status == OIO_STATE_LINK_ERROR;
  const bool error = s->heard != OIO_STATE_LINK_ERROR && (other->heard == OIO_STATE_LINK_ERROR || pulled);
  return (struct oio_states_in){
      .request = (uint8_t)request_of(s, other),
      .linkerror = error,
      .stallack = s->out.stallreq,
      .hold = s->heard == OIO_STATE_NONE || !answered(s, other), /* also what this clock may bring */
      .unknown = !other->known,
      .refuse = other->out.status == OIO_STATE_PMNAK,
      .restart = relies(s) && other->out.status == OIO_STATE_RESET && !other->done,
  };
}

/* What an end may promise is what the far end beyond the other can do too; the buffer is its own. */
static void promise(struct oio_states *s, const struct oio_states *other) {
  if (!other->known) return;
  s->own = s->config.parameters;
  s->own.formats &= other->far.formats;
  s->own.profiles &= other->far.profiles;
  s->own.retry = s->own.retry || other->far.retry;
}

void oio_states_bridge_step(struct oio_states_bridge *b, uint64_t now_ps, const bool trained[2], const bool failed[2],
                            const struct oio_side_message *const arrived[2]) {
  for (unsigned i = 0; i < 2; i++) {
    struct oio_states *s = &b->end[i];
    struct oio_states_in in = pins_of(b, i);
    in.trained = trained[i];
    in.failed = failed[i];
    promise(s, &b->end[1 - i]);
    oio_states_step(s, now_ps, &in, arrived[i]);
  }
}

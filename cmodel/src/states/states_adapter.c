/* SPDX-License-Identifier: Apache-2.0 */
/* An adapter between its two faces: what the state of its FDI asks of its RDI, and what that says of the layer below. */
#include "states/states_rules.h"

static unsigned request_of(const struct oio_states *fdi, const struct oio_states *phy, bool retrain) {
  const struct oio_states_out *rdi = &phy->out;
  const unsigned status = fdi->out.status;
  const bool waits = !phy->armed && (rdi->status == OIO_STATE_RESET || oio_states_rank(rdi->status) > 1);
  const bool leaves = fdi->armed && fdi->request == OIO_STATE_ACTIVE;
  if (status == OIO_STATE_LINK_RESET || status == OIO_STATE_DISABLED) return status;
  if (waits) return OIO_STATE_NOP; /* the one that it needs before Active */
  if (status == OIO_STATE_LINK_ERROR) return leaves ? OIO_STATE_ACTIVE : OIO_STATE_NOP;
  if (oio_states_is_sleep(status)) return rdi->status == OIO_STATE_RESET ? (unsigned)OIO_STATE_NOP : status;
  return retrain && oio_states_is_data(rdi->status) ? OIO_STATE_RETRAIN : OIO_STATE_ACTIVE;
}

struct oio_states_in oio_states_below(const struct oio_states *fdi, const struct oio_states *phy, bool retrain) {
  const struct oio_states_out *rdi = &phy->out;
  return (struct oio_states_in){.request = (uint8_t)request_of(fdi, phy, retrain),
                                .linkerror = fdi->out.status == OIO_STATE_LINK_ERROR && fdi->asked == OIO_STATE_LINK_ERROR,
                                .stallack = rdi->stallreq,
                                .clk_ack = rdi->clk_req,
                                .rx_active_sts = rdi->rx_active_req,
                                .wake_req = true};
}

void oio_states_above(const struct oio_states_out *rdi, struct oio_states_in *fdi) {
  fdi->trained = oio_states_is_data(rdi->status);
  fdi->failed = rdi->status == OIO_STATE_LINK_ERROR;
}

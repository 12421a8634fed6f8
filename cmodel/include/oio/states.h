/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The states of a link (SPEC.md section 18): what stands behind the pins of an FDI or RDI. One end asks and answers the other by messages
 * on the side band; a bridge is two ends that answer one die when the other has. Sans I/O: the caller passes time, pins and messages.
 */
#ifndef OIO_STATES_H
#define OIO_STATES_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** On pl_state_sts; those that can be asked for also on lp_state_req, where 0 is NOP. */
enum oio_state {
  OIO_STATE_RESET = 0,
  OIO_STATE_NOP = 0,
  OIO_STATE_ACTIVE = 1,
  OIO_STATE_PMNAK = 3, /**< Active.PMNAK: the other end has refused to sleep */
  OIO_STATE_L1 = 4,
  OIO_STATE_L2 = 8,
  OIO_STATE_LINK_RESET = 9,
  OIO_STATE_LINK_ERROR = 10,
  OIO_STATE_RETRAIN = 11,
  OIO_STATE_DISABLED = 12,
  OIO_STATE_NONE = 15, /**< of what is asked: nothing */
};

/** What an end tells the other when they meet. */
struct oio_states_parameters {
  uint16_t units;   /**< of 256 bytes in its buffer (section 17); 0: it is no bridge */
  uint8_t formats;  /**< bit f: it can do format f, 1..6 */
  uint8_t profiles; /**< bit 0: plain, 1: extended */
  bool retry;       /**< it wants retry */
};
/** The format of two ends: the highest that both can do, 0: none. */
unsigned oio_states_format(const struct oio_states_parameters *one, const struct oio_states_parameters *other);

/** A message of the side band. The encoding is this project's own. */
struct oio_side_message {
  uint8_t kind;                            /**< enum oio_side_kind */
  uint8_t state;                           /**< enum oio_state, of REQ and RSP; else 0 */
  uint8_t tag;                             /**< of REQ and OFFER; RSP and ACCEPT repeat it; else 0 */
  uint8_t life;                            /**< how often its sender has been reset, modulo 256 */
  struct oio_states_parameters parameters; /**< of OFFER and ACCEPT; else zeros */
};
enum oio_side_kind { OIO_SIDE_REQ = 1, OIO_SIDE_RSP = 2, OIO_SIDE_OFFER = 3, OIO_SIDE_ACCEPT = 4, OIO_SIDE_STALL = 5, OIO_SIDE_HELLO = 6 };
enum { OIO_SIDE_BYTES = 8 };
void oio_side_write(const struct oio_side_message *message, uint8_t *bytes);
/** False: these are no message, which is as good as lost; *message is left alone. */
bool oio_side_read(const uint8_t *bytes, struct oio_side_message *message);

/** What section 18 leaves open is here. */
struct oio_states_config {
  struct oio_states_parameters parameters; /**< its own */
  uint64_t repeat_ps;                      /**< a message that is not answered is sent again: at least 1 */
  uint64_t answer_ps;                      /**< an answer that must come takes less than that, mostly 8 ms; 0: no limit */
  uint64_t stall_ps;                       /**< who keeps the other waiting says so every so often: less than answer_ps, mostly 4 ms */
  uint64_t refuse_ps;                      /**< a sleep that those above have not asked for is refused after so long */
  bool gated;                              /**< its clocks stop in sleep: a request counts while lp_wake_req and pl_wake_ack stand */
  bool receiver;                           /**< an FDI: before Active pl_rx_active_req asks for lp_rx_active_sts */
};
/** 8 ms, 4 ms, a repeat after 1 ms and a refusal after 2 us; formats 2 to 6, plain, retry; an FDI with gated clocks. */
struct oio_states_config oio_states_usual(void);

/** What is driven at an end, sampled by each step. */
struct oio_states_in {
  uint8_t request; /**< lp_state_req; what is no request counts as NOP */
  bool linkerror, stallack, clk_ack, wake_req, rx_active_sts;
  bool trained; /**< the layer below is in Active; of a PHY: the lanes are trained */
  bool failed;  /**< the layer below is in LinkError; of a PHY: training has failed */
  bool retrain; /**< the link end above the lanes asks for Retrain (section 16) */
  bool hold;    /**< a bridge: what the other end asks for is not answered yet */
  bool unknown; /**< a bridge: it cannot say its parameters yet */
  bool refuse;  /**< a bridge: sleep is refused at once */
  bool restart; /**< a bridge: go to Reset, its other end has been reset */
};

/** What an end drives, as it is after a step. */
struct oio_states_out {
  uint8_t status; /**< pl_state_sts */
  bool stallreq, clk_req, wake_ack, rx_active_req;
  bool inband_pres; /**< also pl_protocol_vld: the parameters are exchanged */
  bool phyinrecenter, trainerror;
};

/** Why an end went to LinkError by itself, or to Reset. */
enum oio_states_fault {
  OIO_STATES_NO_FAULT,
  OIO_STATES_PINS,         /**< lp_linkerror */
  OIO_STATES_BELOW,        /**< the layer below has failed */
  OIO_STATES_NO_ANSWER,    /**< answer_ps is over */
  OIO_STATES_NO_FORMAT,    /**< the parameters have no format or no profile in common */
  OIO_STATES_FAR_ERROR,    /**< the other end has asked for LinkError */
  OIO_STATES_FAR_RESTARTED /**< the other end has been reset: what it had not acknowledged is lost */
};

/** One end. Read only, but for oio_states_*. Names are those of SPEC.md section 18. */
struct oio_states {
  struct oio_states_config config;
  struct oio_states_parameters own; /**< of a bridge: what its other end allows too */
  struct oio_states_out out;
  enum oio_states_fault fault; /**< of the last LinkError or restart */
  uint8_t request;             /**< as it was last taken */
  bool armed;                  /**< a request that is not Active (in Reset: NOP) has been seen since it entered its status */
  bool done;                   /**< the other end has accepted the parameters */
  bool known;                  /**< `far` are the other end's parameters */
  struct oio_states_parameters far;
  uint8_t asked, tag;              /**< REQ that waits for its answer, and the tag of the last REQ or OFFER */
  bool offering;                   /**< OFFER waits for its answer */
  bool greeting;                   /**< it is in Reset and cannot say its parameters yet */
  bool due;                        /**< it has not been sent yet */
  uint64_t sent_ps, since_ps;      /**< when it was sent last; since when it waits */
  uint8_t heard, heard_tag;        /**< REQ of the other end that is not answered */
  uint64_t heard_ps, stall_due_ps; /**< since when, and when the next STALL is due */
  bool answered;                   /**< the last REQ that was, so that the same comes again if that was lost */
  uint8_t answered_tag, answer;
  bool offer_heard; /**< OFFER of the other end that is not answered */
  uint8_t offer_tag;
  bool restarted;                /**< the other end has been reset, and this one is still to follow */
  uint8_t life, far_life;        /**< its own, and that of the other end's last message */
  bool met;                      /**< there was one */
  bool confirmed;                /**< the other end has answered it in this life */
  uint32_t restarts;             /**< of the other end that were seen */
  uint32_t left_active;          /**< times that it left Active and Active.PMNAK: credits are to be reloaded (section 17) */
  struct oio_side_message go[6]; /**< messages of the last step */
  uint8_t go_count, gone;
  bool want_clk, want_stall, want_rx; /**< in this step */
};

/** OIO_ERR_CONFIG with the field and its range. */
enum oio_status oio_states_create(struct oio_states *states, const struct oio_states_config *config, struct oio_error *error);
/** Power-on reset of one end: Reset, nothing asked or heard. The tag goes on, and the life is the next, by which the other end knows. */
void oio_states_reset(struct oio_states *states);
/** One clock at time `now_ps`, which never goes back. `arrived`: a message, or NULL. The messages of the step before that were not fetched
 * are lost. */
void oio_states_step(struct oio_states *states, uint64_t now_ps, const struct oio_states_in *in, const struct oio_side_message *arrived);
/** The next message of this step, in their order. The side band keeps it. */
bool oio_states_send(struct oio_states *states, struct oio_side_message *message);

/** An adapter: what its FDI's end drives at its RDI, where the end `phy` stands. trained and failed are left for the PHY. `retrain`: the
 * link end asks for Retrain. */
struct oio_states_in oio_states_below(const struct oio_states *fdi, const struct oio_states *phy, bool retrain);
/** And what the RDI says of the layer below its FDI: trained and failed. */
void oio_states_above(const struct oio_states_out *rdi, struct oio_states_in *fdi);

/** Two ends back to back: 0 and 1. */
struct oio_states_bridge {
  struct oio_states end[2];
};
enum oio_status oio_states_bridge_create(struct oio_states_bridge *bridge, const struct oio_states_config config[2],
                                         struct oio_error *error);
void oio_states_bridge_reset(struct oio_states_bridge *bridge);
/** A clock of both. trained and failed of each end are the caller's. */
void oio_states_bridge_step(struct oio_states_bridge *bridge, uint64_t now_ps, const bool trained[2], const bool failed[2],
                            const struct oio_side_message *const arrived[2]);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The lives of a net's flits, as the loop that moves them notes them: of each flit once before it is on its wire, once behind that, and
 * once when the receiver has had it and it is still there. What happened to its bits and to its link is read off the two ends' states. */
#ifndef OIO_LIVES_STATE_H
#define OIO_LIVES_STATE_H

#include "net/net_state.h"
#include "oio/lives.h"

struct oio_lives;

/* False: out of memory. Precondition: no node is left out. */
bool oio_lives_create(struct oio_lives **lives, struct oio_net *net, enum oio_fidelity fidelity, const struct oio_flit_format *format);
void oio_lives_destroy(struct oio_lives *lives);

void oio_lives_sending(struct oio_lives *lives, uint32_t wire, oio_time_ps now_ps, const struct oio_wire *flit);
void oio_lives_sent(struct oio_lives *lives, uint32_t wire);
void oio_lives_arrived(struct oio_lives *lives, uint32_t wire);
/* All that are still on their way end now. */
void oio_lives_end(struct oio_lives *lives);

/* Those that have ended since the last call of forget, in the order in which they did. */
const struct oio_life *oio_lives_ended(const struct oio_lives *lives, size_t *count);
void oio_lives_forget(struct oio_lives *lives);
/* Has memory run out? Then some are missing. */
bool oio_lives_short(const struct oio_lives *lives);

#endif

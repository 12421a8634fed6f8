/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver in the extended profile. */
#include "link/receiver.h"

void oio_link_rx(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire) {
  if (OIO_UNLIKELY(oio_link_routed(link))) {
    oio_link_rx_routed(link, now_ps, wire);
  } else {
    receive(link, now_ps, wire, false, true);
  }
}

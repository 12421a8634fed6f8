/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor, and flits made by hand that go into its device and come out. Include after <cmocka.h>. */
#ifndef OIO_TESTS_ONE_PORT_H
#define OIO_TESTS_ONE_PORT_H

#include "oio/monitor.h"

enum { FORMAT = 3, WINDOW = 16, BUFFER = 8, PEER_BUFFER = 1000 };
enum { ACK_DELAY = 200, NAK_REPEAT = 1000, TIMEOUT = 5000 };

/* response_ps 0: nothing is due. */
static inline struct oio_monitor *make(oio_time_ps response_ps) {
  const struct oio_monitor_config config = {.name = "port",
                                            .format = FORMAT,
                                            .sequence_bits = 8,
                                            .window_flits = WINDOW,
                                            .buffer_flits = BUFFER,
                                            .peer_buffer_flits = PEER_BUFFER,
                                            .inside_flits = 64,
                                            .logic_ps = 4,
                                            .timeout_ps = TIMEOUT,
                                            .nak_repeat_ps = NAK_REPEAT,
                                            .ack_delay_ps = ACK_DELAY,
                                            .response_ps = response_ps};
  struct oio_monitor *monitor;
  assert_int_equal(oio_monitor_create(&monitor, &config, NULL), OIO_OK);
  return monitor;
}

static inline struct oio_wire flit_of(struct oio_flit_head head) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  if (head.credit_limit == 0) head.credit_limit = BUFFER;
  oio_flit_put_head(oio_flit_format(FORMAT), wire.bytes, &head);
  oio_flit_seal(oio_flit_format(FORMAT), wire.bytes);
  return wire;
}

static inline void out(struct oio_monitor *monitor, oio_time_ps start_ps, struct oio_flit_head head) {
  struct oio_wire wire = flit_of(head);
  oio_monitor_out(monitor, start_ps, &wire);
}
static inline void into(struct oio_monitor *monitor, oio_time_ps now_ps, struct oio_flit_head head) {
  if (head.credit_limit == 0) head.credit_limit = PEER_BUFFER;
  const struct oio_wire wire = flit_of(head);
  oio_monitor_into(monitor, now_ps, now_ps, &wire);
}

#endif

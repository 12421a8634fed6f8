/* SPDX-License-Identifier: Apache-2.0 */
/* A switch of four ports between far ends made by hand (routed.h), which put payloads with a mark into it. Include after <cmocka.h>. */
#ifndef OIO_TESTS_ONE_SWITCH_H
#define OIO_TESTS_ONE_SWITCH_H

#include "oio/switch.h"
#include "routed.h"

enum { PORTS = 4, LATENCY = 5000 };

struct bench {
  struct oio_switch *sw;
  struct far_end far[PORTS];
  unsigned limit[PORTS]; /* that the far end has told of hop VC 0 */
  unsigned wait_code;    /* that what arrives tells */
};

static inline struct bench make_turning(enum oio_switch_queues queues, enum oio_switch_turns turns, uint32_t far_buffer_flits) {
  struct bench b = {0};
  struct oio_link_config links[PORTS];
  for (unsigned p = 0; p < PORTS; p++) {
    links[p] = far_link(far_buffer_flits, OIO_BIT);
    b.limit[p] = far_buffer_flits;
  }
  const struct oio_switch_config config = {.links = links, .ports = PORTS, .latency_ps = LATENCY, .queues = queues, .turns = turns};
  struct oio_error error;
  if (oio_switch_create(&b.sw, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return b;
}

static inline struct bench make(enum oio_switch_queues queues, uint32_t far_buffer_flits) {
  return make_turning(queues, OIO_SWITCH_INPUTS, far_buffer_flits);
}

/* Where to, and by which hop VC on either side. */
struct trip {
  unsigned from, in_vc, to, out_vc;
};

static inline void arrive(struct bench *b, uint64_t now, struct trip t, unsigned mark) {
  uint8_t payload[236] = {0};
  far_put_head(payload, (struct far_head){1, mark % 8, t.in_vc | b->wait_code << 1, 100 + t.to, 200 + t.from});
  for (unsigned i = 6; i < 236; i++) payload[i] = (uint8_t)(mark * i);
  payload[6] = (uint8_t)mark;
  payload[7] = (uint8_t)(mark >> 8);
  const struct oio_wire wire = far_flit(&b->far[t.from], payload, b->limit[t.from]);
  oio_switch_rx(b->sw, t.from, now, &wire);
}

static inline void put(struct bench *b, uint64_t now, struct trip t, unsigned mark) {
  arrive(b, now, t, mark);
  struct oio_arrival a;
  assert_true(oio_switch_arrived(b->sw, t.from, &a));
  assert_int_equal(a.port, t.from);
  assert_int_equal(a.source, 200 + t.from);
  assert_int_equal(a.destination, 100 + t.to);
  assert_int_equal(a.vc, mark % 8);
  assert_int_equal(a.hop_vc, t.in_vc);
  oio_switch_forward(b->sw, now, &a, t.to, t.out_vc);
  assert_false(oio_switch_arrived(b->sw, t.from, &a));
}

static inline void credit(struct bench *b, unsigned port, unsigned hop_vc, unsigned limit) {
  if (hop_vc == 0) b->limit[port] = limit;
  const struct oio_wire wire = far_credit(hop_vc, limit);
  oio_switch_rx(b->sw, port, 0, &wire);
}

static inline void each_kind_of_queue(void (*check)(enum oio_switch_queues queues)) {
  check(OIO_SWITCH_OUTPUTS);
  check(OIO_SWITCH_FIFO);
}

#endif

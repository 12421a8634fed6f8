/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic of more than two dies: who may send to whom, what each flow is held against, and when what waits for a die is handed to it. The
 * net is this program's: it takes what there is room for, and notes it; deliveries are made by hand.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_flows"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/traffic.h"
#include "recorded.h"

enum { RECORDS_MAX = 6000, VCS = 3, DIES_MAX = 8, NODES_A_DIE = 3 };

/* ---- the net ---- */

struct oio_net {
  unsigned room; /* of a die, messages of all its flows; a flow has room for OIO_DIE_QUEUE_MESSAGES where flows are full */
  bool flows_are_full;
  unsigned held[DIES_MAX], held_for[DIES_MAX][DIES_MAX];
  unsigned asked;  /* calls of oio_net_send */
  unsigned looked; /* calls of oio_net_queued_in_all */
  unsigned count;
  struct {
    uint32_t die, destination;
    uint8_t vc;
    uint64_t id;
  } taken[RECORDS_MAX];
};

enum oio_status oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message) {
  (void)now_ps;
  net->asked++;
  assert_true(die < DIES_MAX && message->destination < DIES_MAX && message->destination != die);
  if (net->held[die] == net->room || oio_net_queued(net, die, message->destination, 0) == OIO_DIE_QUEUE_MESSAGES) return OIO_ERR_FULL;
  net->held[die]++;
  net->held_for[die][message->destination]++;
  net->taken[net->count].die = die;
  net->taken[net->count].destination = message->destination;
  net->taken[net->count].vc = message->vc;
  net->taken[net->count++].id = message->id;
  return OIO_OK;
}

unsigned oio_net_queued(const struct oio_net *net, uint32_t die, uint32_t destination, unsigned vc) {
  (void)vc;
  return net->flows_are_full ? net->held_for[die][destination] : 0;
}

bool oio_net_next_lost(const struct oio_net *net, const struct oio_net_part *part, struct oio_lost_walk *walk, struct oio_lost *lost) {
  (void)net;
  (void)part;
  (void)walk;
  (void)lost;
  return false;
}
void oio_net_reset_part(struct oio_net *net, const struct oio_net_part *part, oio_time_ps now_ps, oio_time_ps hold_ps) {
  (void)net;
  (void)part;
  (void)now_ps;
  (void)hold_ps;
}

unsigned oio_net_queued_in_all(const struct oio_net *net, uint32_t die) {
  ((struct oio_net *)(uintptr_t)net)->looked++;
  return net->held[die];
}

/* ---- a trace and its traffic ---- */

struct bench {
  struct oio_config config;
  struct recorded recorded;
  struct oio_traffic *traffic;
  struct oio_net net;
};

static enum oio_status try_start(struct bench *b, uint32_t dies, const struct oio_trace_header *header, const struct oio_record *records,
                                 unsigned count, struct oio_error *error) {
  struct oio_trace_writer *writer;
  struct recorded *r = &b->recorded;
  memset(b, 0, sizeof *b);
  oio_config_defaults(&b->config);
  set(&b->config, "sim.fidelity=event");
  if (oio_config_resolve(&b->config, error) != OIO_OK) fail_msg("%s", error->text);
  b->net.room = RECORDS_MAX;
  snprintf(r->path, sizeof r->path, CHANCE_PROGRAM "-%ld.oiotrace.gz", (long)getpid());
  assert_int_equal(oio_trace_create(&writer, r->path, header, NULL), OIO_OK);
  for (unsigned i = 0; i < count; i++) assert_int_equal(oio_trace_put(writer, &records[i], NULL), OIO_OK);
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  assert_int_equal(oio_trace_open(&r->trace, r->path, NULL), OIO_OK);
  return oio_traffic_create(&b->traffic, &b->config, dies, r->trace, error);
}

static void start(struct bench *b, uint32_t dies, uint32_t nodes, const struct oio_record *records, unsigned count) {
  struct oio_error error;
  if (try_start(b, dies, &(struct oio_trace_header){.nodes = nodes}, records, count, &error) != OIO_OK) fail_msg("%s", error.text);
}

static void finish(struct bench *b) {
  oio_traffic_destroy(b->traffic);
  forget(&b->recorded);
}

static void enter(struct bench *b, oio_time_ps now_ps) {
  assert_int_equal(oio_traffic_enter(b->traffic, now_ps, &b->net, NULL), OIO_OK);
}

static struct oio_traffic_counts counts_of(const struct bench *b) {
  struct oio_traffic_counts counts;
  oio_traffic_get_counts(b->traffic, &counts);
  assert_int_equal(counts.sent, counts.delivered + counts.outstanding + counts.lost);
  return counts;
}

static void deliver(struct bench *b, oio_time_ps now_ps, uint32_t source, uint32_t die, unsigned vc, uint64_t id, bool wrong) {
  static const struct oio_stamp stamp;
  static const uint8_t bits[16] = {[7] = 0x40};
  const struct oio_segment segment = {.vc = (uint8_t)vc,
                                      .source = source,
                                      .first = true,
                                      .last = true,
                                      .id = id,
                                      .bytes = 16,
                                      .data = wrong ? bits : NULL,
                                      .tainted = wrong,
                                      .packed_ps = now_ps,
                                      .stamp = &stamp};
  oio_traffic_deliver(b->traffic, now_ps, die, &segment);
}

/* ---- three dies by hand: nodes 0-2, 3-4 and 5-6 ---- */

static const struct oio_record three[] = {
    {.id = 0, .bytes = 16, .source = 0, .destination = 3}, /* 0 to 1 */
    {.id = 1, .bytes = 16, .source = 2, .destination = 5}, /* 0 to 2: node 2 is die 0's */
    {.id = 2, .bytes = 16, .source = 4, .destination = 6}, /* 1 to 2 */
    {.id = 3, .bytes = 16, .source = 1, .destination = 4}, /* 0 to 1 */
    {.id = 4, .bytes = 16, .source = 5, .destination = 6}, /* inside 2 */
    {.id = 5, .bytes = 16, .source = 3, .destination = 5}, /* 1 to 2 */
};

static void nodes_are_spread_evenly_over_the_dies_in_order(void **state) {
  (void)state;
  static const uint32_t ends[][2] = {{0, 1}, {0, 2}, {1, 2}, {0, 1}, {1, 2}};
  struct bench b;
  start(&b, 3, 7, three, 6);
  enter(&b, 0);
  assert_int_equal(b.net.count, 5);
  for (unsigned i = 0; i < 5; i++) {
    assert_int_equal(b.net.taken[i].die, ends[i][0]);
    assert_int_equal(b.net.taken[i].destination, ends[i][1]);
  }
  assert_int_equal(counts_of(&b).local, 1);
  for (uint32_t die, expected = 0; oio_traffic_next_fed(b.traffic, &die); expected++) assert_int_equal(die, expected);
  finish(&b);
}

static void what_overtakes_in_another_flow_is_in_order_and_what_comes_out_of_the_wrong_one_is_corrupted(void **state) {
  (void)state;
  struct oio_flow_counts flow;
  struct bench b;
  start(&b, 3, 7, three, 6);
  enter(&b, 0);
  deliver(&b, 10, 1, 2, 0, 2, false); /* though 1, for the same die, has not come */
  deliver(&b, 20, 0, 1, 0, 0, false);
  deliver(&b, 30, 0, 2, 0, 5, false); /* 5 is of die 1 */
  deliver(&b, 30, 1, 0, 0, 5, false); /* and not for die 0 */
  deliver(&b, 30, 1, 2, 1, 5, false); /* and not on VC 1 */
  deliver(&b, 30, 9, 2, 0, 5, false); /* there is no die 9 */
  deliver(&b, 30, 1, 2, 0, 4, false); /* 4 is inside a die */
  assert_int_equal(counts_of(&b).corrupted, 5);
  assert_int_equal(counts_of(&b).delivered, 2);
  deliver(&b, 40, 1, 2, 0, 5, false);
  deliver(&b, 50, 0, 1, 0, 3, false);
  deliver(&b, 60, 0, 2, 0, 1, false);
  const struct oio_traffic_counts c = counts_of(&b);
  assert_true(c.delivered == 5 && c.lost == 0 && c.reordered == 0 && c.duplicated == 0 && c.corrupted == 5);
  deliver(&b, 70, 0, 2, 0, 0, false); /* 0 is over, and was for die 1 */
  deliver(&b, 70, 0, 1, 0, 0, false); /* which has had it */
  assert_true(counts_of(&b).corrupted == 6 && counts_of(&b).duplicated == 1);
  assert_true(oio_traffic_get_flow(b.traffic, 2, &flow)); /* third of first use: 1 to 2 */
  assert_true(flow.source == 1 && flow.destination == 2 && flow.vc == 0);
  assert_true(flow.sent == 2 && flow.delivered == 2 && flow.lost == 0 && flow.bytes == 32 && flow.latency.low == 10 + 40);
  assert_false(oio_traffic_get_flow(b.traffic, 3, &flow));
  finish(&b);
}

static void a_map_that_names_a_die_that_is_not_there_is_refused(void **state) {
  (void)state;
  struct oio_error error;
  struct bench b;
  assert_int_equal(try_start(&b, 3, &(struct oio_trace_header){.nodes = 7, .map = "0-5:1,6:0"}, NULL, 0, &error), OIO_OK);
  oio_traffic_destroy(b.traffic);
  b.traffic = NULL;
  set(&b.config, "trace.map=0-5:2,6:3");
  assert_int_equal(oio_traffic_create(&b.traffic, &b.config, 3, b.recorded.trace, &error), OIO_ERR_FORMAT);
  assert_string_equal(error.text, "the map names die 3; there are dies 0 to 2: correct the map, or take a net of more dies");
  forget(&b.recorded);
}

/* ---- what waits for a die ---- */

static void what_a_die_has_no_room_for_waits_and_each_flow_gets_its_turn(void **state) {
  (void)state;
  struct oio_record records[9];
  static const uint64_t order[] = {0, 1, 2, 3, 6, 4, 7, 5, 8}; /* 0 and 1 at once; then the flows in turn, as they began to wait */
  struct bench b;
  for (unsigned i = 0; i < 9; i++) records[i] = (struct oio_record){.id = i, .bytes = 16, .source = 0, .destination = 1 + i / 3};
  start(&b, 4, 4, records, 9);
  b.net.room = 2;
  enter(&b, 0);
  assert_int_equal(b.net.count, 2);
  for (unsigned i = 2; i < 9; i++) {
    const unsigned asked = b.net.asked;
    enter(&b, i);
    assert_int_equal(b.net.count, i);
    assert_true(b.net.asked <= asked + 1); /* a die that has no room is asked once, not for every flow */
    b.net.held[0]--;
    if (i >= 5) oio_traffic_room(b.traffic, 0);
    enter(&b, i);
    assert_int_equal(b.net.count, i + 1);
  }
  for (unsigned i = 0; i < 9; i++) {
    if (i >= 2) assert_true(b.net.taken[i].destination == 1 + b.net.taken[i].id / 3);
    assert_int_equal(b.net.taken[i].id, order[i]);
  }
  finish(&b);
}

/* Flow 0 to 1 has all that its queue in the die holds, and one more waits; one of flow 0 to 2 waits behind it for the die's room alone. */
static void a_flow_of_which_a_die_has_enough_holds_up_no_other(void **state) {
  (void)state;
  struct oio_record records[OIO_DIE_QUEUE_MESSAGES + 2];
  struct bench b;
  for (unsigned i = 0; i < OIO_DIE_QUEUE_MESSAGES + 2; i++)
    records[i] = (struct oio_record){.id = i, .bytes = 16, .source = 0, .destination = i <= OIO_DIE_QUEUE_MESSAGES ? 1 : 2};
  start(&b, 3, 3, records, OIO_DIE_QUEUE_MESSAGES + 2);
  b.net.flows_are_full = true;
  b.net.room = OIO_DIE_QUEUE_MESSAGES;
  enter(&b, 0);
  assert_int_equal(b.net.count, OIO_DIE_QUEUE_MESSAGES);
  b.net.room++;
  enter(&b, 1);
  assert_int_equal(b.net.count, OIO_DIE_QUEUE_MESSAGES + 1);
  assert_int_equal(b.net.taken[OIO_DIE_QUEUE_MESSAGES].destination, 2);
  finish(&b);
}

static void a_host_that_tells_who_has_room_has_no_other_die_asked(void **state) {
  (void)state;
  struct oio_record records[4];
  struct bench b;
  for (unsigned i = 0; i < 4; i++) records[i] = (struct oio_record){.id = i, .bytes = 16, .source = i % 2, .destination = 2};
  start(&b, 3, 3, records, 4);
  b.net.room = 1;
  enter(&b, 0);
  assert_int_equal(b.net.count, 2);
  oio_traffic_room(b.traffic, 1);
  enter(&b, 1); /* die 0 too: it has not been asked since its second message came */
  const unsigned asked = b.net.asked;
  enter(&b, 2);
  assert_int_equal(b.net.asked, asked);
  b.net.held[0] = b.net.held[1] = 0;
  oio_traffic_room(b.traffic, 1);
  enter(&b, 3);
  assert_int_equal(b.net.count, 3);
  assert_int_equal(b.net.taken[2].die, 1);
  oio_traffic_room(b.traffic, 0);
  enter(&b, 4);
  assert_int_equal(b.net.count, 4);
  finish(&b);
}

/* ---- saturating traffic ---- */

static void what_saturates_asks_only_the_dies_that_had_room(void **state) {
  (void)state;
  struct bench b = {.net = {.room = 4}};
  oio_config_defaults(&b.config);
  set(&b.config, "net.topology=star:8");
  set(&b.config, "workload.generate=saturate");
  set(&b.config, "sim.fidelity=event");
  assert_int_equal(oio_config_resolve(&b.config, NULL), OIO_OK);
  assert_int_equal(oio_traffic_create(&b.traffic, &b.config, 8, NULL, NULL), OIO_OK);
  oio_traffic_room(b.traffic, 7);
  enter(&b, 0); /* all at first, the least number first */
  assert_int_equal(b.net.count, 8 * 4);
  for (unsigned i = 0; i < 8 * 4; i++) assert_int_equal(b.net.taken[i].die, i / 4);
  b.net.looked = 0;
  enter(&b, 1);
  assert_int_equal(b.net.looked, 0);
  static const uint32_t packed[] = {6, 2, 6};
  for (unsigned i = 0; i < 3; i++) {
    b.net.held[packed[i]]--;
    oio_traffic_room(b.traffic, packed[i]);
  }
  enter(&b, 2);
  assert_int_equal(b.net.count, 8 * 4 + 3);
  assert_int_equal(b.net.taken[32].die, 2);
  assert_int_equal(b.net.taken[33].die, 6);
  assert_int_equal(b.net.taken[34].die, 6);
  assert_int_equal(b.net.looked, 5); /* once for each, and once when it has enough */
  oio_traffic_destroy(b.traffic);
}

/* ---- eight dies against an account of their own ---- */

struct account {
  uint64_t on_way[RECORDS_MAX], skipped[RECORDS_MAX], done[RECORDS_MAX];
  unsigned first, count, skipped_count, done_count;
  uint64_t lost, delivered;
};

static struct account accounts[DIES_MAX][DIES_MAX][VCS];

static void take_account(const struct oio_net *net) {
  memset(accounts, 0, sizeof accounts);
  for (unsigned i = 0; i < net->count; i++) {
    struct account *a = &accounts[net->taken[i].die][net->taken[i].destination][net->taken[i].vc];
    a->on_way[a->count++] = net->taken[i].id;
  }
}

/* One delivery at random, right or wrong, and what it must count as. */
static void deliver_some(struct bench *b, uint64_t *stream, uint32_t from, uint32_t to, unsigned vc, struct oio_traffic_counts *e) {
  struct account *a = &accounts[from][to][vc];
  const unsigned left = a->count - a->first;
  switch (chance_below(stream, 7)) {
  case 0: /* again */
    if (a->done_count == 0) return;
    deliver(b, 9, from, to, vc, a->done[chance_below(stream, a->done_count)], false);
    e->duplicated++;
    return;
  case 1: /* the one behind the next */
    if (left < 2) return;
    a->skipped[a->skipped_count++] = a->on_way[a->first++];
    a->lost++;
    break;
  case 2: /* one that had been skipped */
    if (a->skipped_count == 0) return;
    a->done[a->done_count++] = a->skipped[--a->skipped_count];
    deliver(b, 9, from, to, vc, a->done[a->done_count - 1], false);
    a->lost--;
    a->delivered++;
    e->reordered++;
    return;
  case 3: /* at another die, from another die, or on another VC */
    if (left < 1) return;
    const unsigned kind = (unsigned)chance_below(stream, 3);
    deliver(b, 9, kind == 0 ? (from + 1) % DIES_MAX : from, kind == 1 ? (to + 1) % DIES_MAX : to, kind == 2 ? (vc + 1) % VCS : vc,
            a->on_way[a->first], false);
    e->corrupted++;
    return;
  default:
    if (left < 1) return;
    break;
  }
  const bool wrong = chance_below(stream, 8) == 0;
  deliver(b, 9, from, to, vc, a->on_way[a->first], wrong);
  a->done[a->done_count++] = a->on_way[a->first++];
  a->delivered++;
  e->corrupted += wrong;
}

static void expect_flows(const struct bench *b) {
  struct oio_flow_counts flow;
  unsigned found = 0, used = 0;
  for (; oio_traffic_get_flow(b->traffic, found, &flow); found++) {
    const struct account *a = &accounts[flow.source][flow.destination][flow.vc];
    assert_int_equal(flow.sent, a->count);
    assert_int_equal(flow.delivered, a->delivered);
    assert_int_equal(flow.lost, a->lost);
  }
  for (unsigned i = 0; i < DIES_MAX * DIES_MAX * VCS; i++) used += (&accounts[0][0][0])[i].count > 0;
  assert_int_equal(found, used);
}

static void between_eight_dies_every_delivery_is_called_what_it_is(void **state) {
  (void)state;
  static struct oio_record records[RECORDS_MAX];
  uint64_t stream = chance_stream(1);
  for (unsigned i = 0; i < RECORDS_MAX; i++) {
    const uint32_t source = (uint32_t)chance_below(&stream, DIES_MAX * NODES_A_DIE);
    const uint32_t further = NODES_A_DIE * (1 + (uint32_t)chance_below(&stream, DIES_MAX - 1));
    records[i] = (struct oio_record){.id = 1000 + i,
                                     .bytes = 16,
                                     .source = source,
                                     .destination = (source + further) % (DIES_MAX * NODES_A_DIE),
                                     .vc = (uint8_t)chance_below(&stream, VCS)};
  }
  struct bench b;
  start(&b, DIES_MAX, DIES_MAX * NODES_A_DIE, records, RECORDS_MAX);
  enter(&b, 0);
  assert_int_equal(b.net.count, RECORDS_MAX);
  for (unsigned i = 0; i < RECORDS_MAX; i++) {
    assert_int_equal(b.net.taken[i].id, 1000 + i); /* there is room: in the order of the trace */
    assert_int_equal(b.net.taken[i].die, records[i].source / NODES_A_DIE);
    assert_int_equal(b.net.taken[i].destination, records[i].destination / NODES_A_DIE);
  }
  take_account(&b.net);
  struct oio_traffic_counts expected = {0};
  for (unsigned i = 0; i < 8 * RECORDS_MAX; i++) {
    const uint32_t from = (uint32_t)chance_below(&stream, DIES_MAX), to = (uint32_t)chance_below(&stream, DIES_MAX);
    if (from != to) deliver_some(&b, &stream, from, to, (unsigned)chance_below(&stream, VCS), &expected);
  }
  for (unsigned i = 0; i < DIES_MAX * DIES_MAX * VCS; i++) {
    expected.delivered += (&accounts[0][0][0])[i].delivered;
    expected.lost += (&accounts[0][0][0])[i].lost;
  }
  const struct oio_traffic_counts c = counts_of(&b);
  assert_int_equal(c.delivered, expected.delivered);
  assert_int_equal(c.lost, expected.lost);
  assert_int_equal(c.duplicated, expected.duplicated);
  assert_int_equal(c.reordered, expected.reordered);
  assert_int_equal(c.corrupted, expected.corrupted);
  assert_true(expected.delivered > 1000 && expected.duplicated > 100 && expected.reordered > 100 && expected.corrupted > 100);
  expect_flows(&b);
  finish(&b);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nodes_are_spread_evenly_over_the_dies_in_order),
      cmocka_unit_test(what_overtakes_in_another_flow_is_in_order_and_what_comes_out_of_the_wrong_one_is_corrupted),
      cmocka_unit_test(a_map_that_names_a_die_that_is_not_there_is_refused),
      cmocka_unit_test(what_a_die_has_no_room_for_waits_and_each_flow_gets_its_turn),
      cmocka_unit_test(a_flow_of_which_a_die_has_enough_holds_up_no_other),
      cmocka_unit_test(a_host_that_tells_who_has_room_has_no_other_die_asked),
      cmocka_unit_test(what_saturates_asks_only_the_dies_that_had_room),
      cmocka_unit_test(between_eight_dies_every_delivery_is_called_what_it_is),
  };
  return cmocka_run_group_tests_name("flows", tests, NULL, NULL);
}

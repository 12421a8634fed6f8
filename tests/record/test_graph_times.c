/* SPDX-License-Identifier: Apache-2.0 */
/* What a wait took beyond the link it was recorded on stays with its rank: small graphs, worked out by hand. */
#include "trace/graph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A message of no bytes takes 50 ps, a byte 2 ps more. */
enum { LATENCY_PS = 50, PS_PER_BYTE = 2 };

struct made {
  struct graph graph;
  struct messages messages;
  struct import_notes notes;
};

static void begin(struct made *made) {
  *made = (struct made){0};
  graph_start(&made->graph, "by hand", 100);
  made->graph.link = (struct import_link){.latency_ps = LATENCY_PS, .ps_per_byte = PS_PER_BYTE};
}

static uint32_t compute(struct made *made, uint32_t rank, oio_time_ps time_ps, uint32_t after) {
  uint32_t op;
  struct oio_error error;
  assert_int_equal(graph_compute(&made->graph, rank, time_ps, 0, &op, &error), OIO_OK);
  if (after != UINT32_MAX) assert_int_equal(graph_edge(&made->graph, op, after, &error), OIO_OK);
  return op;
}

static uint32_t message(struct made *made, uint32_t from, uint32_t to, uint64_t bytes, uint32_t after) {
  uint32_t op;
  struct oio_error error;
  assert_int_equal(graph_message(&made->graph, from, to, bytes, 0, &op, &error), OIO_OK);
  assert_int_equal(graph_edge(&made->graph, op, after, &error), OIO_OK);
  return op;
}

static void see(struct made *made, uint32_t op, oio_time_ps time_ps) {
  struct oio_error error;
  assert_int_equal(graph_seen(&made->graph, op, time_ps, &error), OIO_OK);
}

/* The delay behind the only wait of the message of so many bytes. */
static oio_time_ps delay_of(const struct made *made, uint32_t bytes) {
  const struct message_wait *waits = made->messages.held_waits.list;
  oio_time_ps delay_ps = OIO_NEVER;
  for (size_t i = 0; i < made->messages.waits_count; i++) {
    if (((const struct message *)made->messages.held.list)[waits[i].message].bytes != bytes) continue;
    assert_true(delay_ps == OIO_NEVER);
    delay_ps = waits[i].delay_ps;
  }
  return delay_ps;
}

static void finish(struct made *made) {
  struct oio_error error;
  assert_int_equal(graph_finish(&made->graph, &made->messages, &made->notes, &error), OIO_OK);
}

static void end(struct made *made) {
  graph_free(&made->graph);
  messages_free(&made->messages);
}

/* Rank 0 computes for 100 ps and sends 10 bytes: delivered at 100 + 20 + 50. Rank 1 had them at 400, and answers 7 ps later. */
static void a_wait_that_took_longer_keeps_the_rest(void **state) {
  (void)state;
  const struct { oio_time_ps seen_ps, delay_ps; } cases[] = {{400, 230 + 7}, {170, 7}, {171, 1 + 7}, {90, 7}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct made made;
    begin(&made);
    const uint32_t sent = message(&made, 0, 1, 10, compute(&made, 0, 100, UINT32_MAX));
    const uint32_t had = compute(&made, 1, 0, sent);
    see(&made, had, cases[i].seen_ps);
    message(&made, 1, 0, 11, compute(&made, 1, 7, had));
    finish(&made);
    assert_int_equal(delay_of(&made, 11), cases[i].delay_ps);
    end(&made);
  }
}

/* Two messages of one rank at 0 share its link: 1000 bytes are delivered at 2050, the 10 behind them at 2070; of another rank at 70. */
static void messages_of_a_rank_follow_one_another(void **state) {
  (void)state;
  for (uint32_t other = 0; other < 2; other++) {
    struct made made;
    begin(&made);
    const uint32_t first = compute(&made, 0, 0, UINT32_MAX), second = compute(&made, other == 0 ? 0 : 2, 0, UINT32_MAX);
    message(&made, 0, 1, 1000, first);
    const uint32_t had = compute(&made, 1, 0, message(&made, other == 0 ? 0 : 2, 1, 10, second));
    see(&made, had, 2100);
    message(&made, 1, 0, 11, had);
    finish(&made);
    assert_int_equal(delay_of(&made, 11), other == 0 ? 30 : 2030);
    end(&made);
  }
}

/* What was added once is there for what comes after: seen at 500 and again, behind the answer's way back, at 600 = 500 + 22 + 50 + 28. */
static void what_was_added_moves_what_comes_after(void **state) {
  (void)state;
  struct made made;
  begin(&made);
  const uint32_t had = compute(&made, 1, 0, message(&made, 0, 1, 10, compute(&made, 0, 0, UINT32_MAX)));
  see(&made, had, 500);
  const uint32_t back = compute(&made, 0, 0, message(&made, 1, 0, 11, had));
  see(&made, back, 600);
  message(&made, 0, 1, 12, back);
  finish(&made);
  assert_int_equal(delay_of(&made, 11), 500 - 70);
  assert_int_equal(delay_of(&made, 12), 28);
  assert_int_equal(made.notes.left_out[0].count, 0); /* in whole microseconds */
  end(&made);
}

static void what_was_not_seen_is_as_it_was(void **state) {
  (void)state;
  struct made made;
  begin(&made);
  const uint32_t had = compute(&made, 1, 3, message(&made, 0, 1, 10, compute(&made, 0, 100, UINT32_MAX)));
  message(&made, 1, 0, 11, had);
  finish(&made);
  assert_int_equal(delay_of(&made, 11), 3);
  end(&made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_wait_that_took_longer_keeps_the_rest),
      cmocka_unit_test(messages_of_a_rank_follow_one_another),
      cmocka_unit_test(what_was_added_moves_what_comes_after),
      cmocka_unit_test(what_was_not_seen_is_as_it_was),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

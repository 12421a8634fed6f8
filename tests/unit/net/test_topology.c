/* SPDX-License-Identifier: Apache-2.0 */
/* Nets on paper against closed forms, published bounds, and a check of deadlock by transitive closure over enumerated routes. */
#define _POSIX_C_SOURCE 200809L
#define CHANCE_PROGRAM "test_topology"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/routes.h"

static struct oio_topology *make(const char *shape) {
  struct oio_topology *t;
  struct oio_error error = {""};
  if (oio_topology_create(&t, shape, &error) != OIO_OK) fail_msg("%s: %s", shape, error.text);
  return t;
}

/* Reads a net file of that text. */
static enum oio_status load(struct oio_topology **t, const char *text, struct oio_error *error) {
  char path[] = "/tmp/oio_net_XXXXXX";
  const int file = mkstemp(path);
  assert_true(file >= 0);
  assert_int_equal(write(file, text, strlen(text)), strlen(text));
  close(file);
  const enum oio_status status = oio_topology_load(t, path, error);
  unlink(path);
  return status;
}

static struct oio_topology *parse(const char *text) {
  struct oio_topology *t;
  struct oio_error error = {""};
  if (load(&t, text, &error) != OIO_OK) fail_msg("%s\n%s", error.text, text);
  return t;
}

static void shapes_have_as_many_nodes_and_links_and_as_short_routes_as_their_closed_forms_say(void **state) {
  (void)state;
  /* Routes in links, the two from die to switch and back included. Mean distance of a k-mesh's switches (themselves included): (k^2 - 1) /
   * 3k a dimension; of a k-torus k / 4 (k even); both over ordered pairs of distinct dies. Cuts: of the halves of the dies in their order.
   */
  static const struct {
    const char *shape;
    uint32_t dies, nodes, links, longest, cut;
    double mean;
  } rows[] = {
      {"pair", 2, 2, 1, 1, 1, 1},
      {"bridged", 2, 4, 3, 3, 1, 3},
      {"full:6", 6, 6, 15, 1, 9, 1},
      {"loop:3", 3, 3, 3, 1, 2, 1},
      {"star:8", 8, 9, 8, 2, 4, 2},
      {"ring:8", 8, 16, 16, 6, 2, 2 + 2.0 * 8 / 7},
      {"ring:2", 2, 4, 3, 3, 1, 3},
      {"mesh:4x4", 16, 32, 40, 8, 4, 2 + 2 * (15.0 / 12) * 16 / 15},
      {"mesh:8x8", 64, 128, 176, 16, 8, 2 + 2 * (63.0 / 24) * 64 / 63},
      {"mesh:2x3x4", 24, 48, 24 + 12 + 16 + 18, 8, 6, 2 + (3.0 / 6 + 8.0 / 9 + 15.0 / 12) * 24 / 23},
      {"torus:8x8", 64, 128, 192, 10, 16, 2 + 4.0 * 64 / 63},
      {"torus:4x4x4", 64, 128, 256, 8, 32, 2 + 3.0 * 64 / 63},
      {"torus:2x2", 4, 8, 8, 4, 2, 2 + 4.0 / 3},
      {"fat-tree:4", 16, 36, 48, 6, 8, (2 * 1 + 4 * 2 + 6 * 12) / 15.0},
      {"leaf-spine:4,2", 8, 14, 16, 4, 4, (2 * 1 + 4 * 6) / 7.0},
      {"leaf-spine:4,2,8", 32, 38, 40, 4, 4, (2 * 7 + 4 * 24) / 31.0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct oio_topology *t = make(rows[i].shape);
    struct oio_route_lengths lengths;
    uint32_t cut = 0;
    oio_routes_lengths(&lengths, t);
    assert_int_equal(oio_routes_cut(&cut, t, NULL), OIO_OK);
    if (oio_topology_dies(t) != rows[i].dies || oio_topology_nodes(t) != rows[i].nodes || oio_topology_links(t) != rows[i].links ||
        lengths.longest != rows[i].longest || cut != rows[i].cut || fabs(lengths.mean - rows[i].mean) > 1e-9) {
      fail_msg("%s: %u dies, %u nodes, %u links, longest %u, cut %u, mean %.9f (must be %.9f)", rows[i].shape, oio_topology_dies(t),
               oio_topology_nodes(t), oio_topology_links(t), lengths.longest, cut, lengths.mean, rows[i].mean);
    }
    assert_false(lengths.unreachable);
    oio_topology_destroy(t);
  }
}

/* The load on the most loaded wire between switches, or on any. */
static double heaviest(const char *shape, enum oio_pattern pattern) {
  struct oio_topology *t = make(shape);
  double *load = calloc(2 * oio_topology_links(t), sizeof *load), most = 0;
  assert_non_null(load);
  uint32_t *partners = calloc(oio_topology_dies(t), sizeof *partners);
  assert_non_null(partners);
  assert_int_equal(oio_pattern_partners(partners, t, pattern, 1, NULL), OIO_OK);
  assert_int_equal(oio_routes_load(load, t, partners, NULL, NULL), OIO_OK);
  free(partners);
  for (uint32_t wire = 0; wire < 2 * oio_topology_links(t); wire++) {
    const bool inner = oio_topology_node_of(t, wire) >= oio_topology_dies(t) && oio_topology_node_of(t, wire ^ 1) >= oio_topology_dies(t);
    if (inner && load[wire] > most) most = load[wire];
  }
  free(load);
  oio_topology_destroy(t);
  return most;
}

/* Of the nine orders of four in which none keeps its place each is as likely; of 9,000 drawn the chi-square of eight degrees is below 35
 * but for 3 of 100,000. */
static void a_permutation_sends_each_die_to_another_and_every_way_of_that_is_as_likely(void **state) {
  (void)state;
  unsigned seen[256] = {0}, kinds = 0;
  uint32_t partners[4], again[4];
  double chi = 0;
  struct oio_topology *t = make("star:4");
  for (unsigned drawn = 0; drawn < 9000; drawn++) {
    unsigned to = 0, number = 0;
    assert_int_equal(oio_pattern_partners(partners, t, OIO_PATTERN_PERMUTATION, drawn, NULL), OIO_OK);
    assert_int_equal(oio_pattern_partners(again, t, OIO_PATTERN_PERMUTATION, drawn, NULL), OIO_OK);
    assert_memory_equal(partners, again, sizeof partners);
    for (unsigned die = 0; die < 4; die++) {
      assert_true(partners[die] < 4 && partners[die] != die);
      to |= 1u << partners[die];
      number = 4 * number + partners[die];
    }
    assert_int_equal(to, 15);
    kinds += seen[number]++ == 0;
  }
  oio_topology_destroy(t);
  for (unsigned i = 0; i < 256; i++) chi += seen[i] > 0 ? (seen[i] - 1000.0) * (seen[i] - 1000.0) / 1000 : 0;
  assert_int_equal(kinds, 9);
  assert_true(chi < 35);
}

static void the_most_loaded_channel_is_that_of_the_published_bounds(void **state) {
  (void)state;
  /* Bounds of uniform traffic that may go to its own source (as BookSim2 has it): mesh k x k at 4 / k of a flit a cycle and node, torus at
   * 8 / k; ours leaves the source out, which makes the load n / (n - 1) times that. Half way round, a torus' traffic takes either way by a
   * hash, so its wires are not all alike: the bound is reached in the mean and passed by the heaviest. */
  assert_true(fabs(heaviest("mesh:8x8", OIO_PATTERN_UNIFORM) - 2.0 * 64 / 63) < 1e-9);
  assert_true(fabs(heaviest("mesh:4x4", OIO_PATTERN_UNIFORM) - 1.0 * 16 / 15) < 1e-9);
  const double torus = heaviest("torus:8x8", OIO_PATTERN_UNIFORM);
  assert_true(torus >= 1.0 * 64 / 63 && torus < 1.25 * 64 / 63);
  assert_true(fabs(heaviest("torus:5x5", OIO_PATTERN_UNIFORM) - 25.0 / 24 * (1 + 2) / 5) < 1e-9); /* odd: every way is the only one */
  assert_true(fabs(heaviest("torus:8x8", OIO_PATTERN_TORNADO) - 3) < 1e-9);                       /* 1/3 of the capacity */
  assert_true(fabs(heaviest("mesh:8x8", OIO_PATTERN_TRANSPOSE) - 7) < 1e-9);
  assert_true(fabs(heaviest("ring:8", OIO_PATTERN_NEIGHBOUR) - 1) < 1e-9);
  assert_true(fabs(heaviest("mesh:4x4", OIO_PATTERN_COMPLEMENT) - 2) < 1e-9);
}

static enum oio_deadlock_verdict verdict(const struct oio_topology *t, enum oio_buffers buffers) {
  struct oio_deadlock deadlock;
  assert_int_equal(oio_routes_check(&deadlock, t, buffers, NULL), OIO_OK);
  const enum oio_deadlock_verdict is = deadlock.verdict;
  assert_int_equal(is == OIO_DEADLOCK_POSSIBLE, deadlock.cycle_length > 0);
  oio_deadlock_free(&deadlock);
  return is;
}

static void rings_and_tori_deadlock_without_datelines_and_only_then(void **state) {
  (void)state;
  static const struct {
    const char *shape;
    bool cyclic; /* without datelines: when ways of two steps along a ring overlap all round it */
  } rows[] = {
      {"ring:3", false}, /* every way is one step: nothing waits for a second wire of the ring */
      {"ring:4", true},       {"ring:5", true},    {"torus:16x16", true}, {"torus:4x4", true}, {"torus:3x3", false},
      {"torus:2x2x2", false}, {"mesh:5x4", false}, {"mesh:3x3x3", false}, {"star:7", false},   {"fat-tree:4", false},
      {"fat-tree:6", false},  {"full:5", false},   {"bridged", false},    {"pair", false},     {"leaf-spine:3,2", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct oio_topology *t = make(rows[i].shape);
    if (verdict(t, OIO_BUFFERS_PER_PORT) != OIO_DEADLOCK_FREE) fail_msg("%s deadlocks", rows[i].shape);
    oio_topology_drop_datelines(t);
    if (verdict(t, OIO_BUFFERS_PER_PORT) != (rows[i].cyclic ? OIO_DEADLOCK_POSSIBLE : OIO_DEADLOCK_FREE)) {
      fail_msg("%s without datelines: the verdict is wrong", rows[i].shape);
    }
    oio_topology_destroy(t);
  }
}

static void two_switches_with_shared_buffers_can_wait_for_each_other(void **state) {
  (void)state;
  /* Of two switches each full of what its die sends to the other's, neither can take what the other holds; one switch alone only waits for
   * dies; in a tree, what goes up waits for what comes down, which waits for what goes up. */
  struct oio_topology *mesh = make("mesh:2"), *star = make("star:4"), *tree = make("fat-tree:4");
  assert_int_equal(verdict(mesh, OIO_BUFFERS_PER_PORT), OIO_DEADLOCK_FREE);
  assert_int_equal(verdict(mesh, OIO_BUFFERS_SHARED), OIO_DEADLOCK_POSSIBLE);
  assert_int_equal(verdict(star, OIO_BUFFERS_SHARED), OIO_DEADLOCK_FREE);
  assert_int_equal(verdict(tree, OIO_BUFFERS_SHARED), OIO_DEADLOCK_POSSIBLE);
  oio_topology_destroy(mesh);
  oio_topology_destroy(star);
  oio_topology_destroy(tree);
}

static void the_circle_that_is_named_is_one(void **state) {
  (void)state;
  struct oio_topology *t = make("ring:6");
  struct oio_deadlock deadlock;
  oio_topology_drop_datelines(t);
  assert_int_equal(oio_routes_check(&deadlock, t, OIO_BUFFERS_PER_PORT, NULL), OIO_OK);
  assert_int_equal(deadlock.verdict, OIO_DEADLOCK_POSSIBLE);
  assert_int_equal(deadlock.cycle_length, 6); /* the six wires one way round */
  for (uint32_t i = 0; i < 6; i++) {
    const struct oio_buffer *at = &deadlock.cycle[i], *next = &deadlock.cycle[(i + 1) % 6];
    assert_int_equal(at->node, oio_topology_node_of(t, at->wire ^ 1));
    assert_int_equal(at->node, oio_topology_node_of(t, next->wire));
    assert_int_equal(at->vc, 0);
  }
  oio_deadlock_free(&deadlock);
  oio_topology_destroy(t);
}

enum { NODES = 12, BUFFERS = 160 };

/* All routes from `node`, reached over port `in`, to one die, depth first; marks which wire waits for which. */
static void enumerate(const struct oio_topology *t, uint32_t node, uint32_t in, uint32_t destination, uint8_t waits[BUFFERS][BUFFERS]) {
  struct oio_hops hops;
  if (node == destination) return;
  oio_topology_ways_on(t, node, in, 0, destination, &hops);
  assert_true(hops.count > 0);
  for (unsigned i = 0; i < hops.count; i++) {
    assert_true(2 * oio_topology_links(t) <= BUFFERS);
    if (in != OIO_NONE) waits[in ^ 1][hops.hop[i].port] = 1;
    enumerate(t, oio_topology_node_of(t, hops.hop[i].port ^ 1), hops.hop[i].port ^ 1, destination, waits);
  }
}

static bool closes(const struct oio_topology *t) {
  static uint8_t waits[BUFFERS][BUFFERS];
  memset(waits, 0, sizeof waits);
  for (uint32_t a = 0; a < oio_topology_dies(t); a++) {
    for (uint32_t b = 0; b < oio_topology_dies(t); b++) {
      if (a != b) enumerate(t, a, OIO_NONE, b, waits);
    }
  }
  for (unsigned k = 0; k < BUFFERS; k++) {
    for (unsigned i = 0; i < BUFFERS; i++) {
      for (unsigned j = 0; waits[i][k] && j < BUFFERS; j++) waits[i][j] |= waits[k][j];
    }
  }
  for (unsigned i = 0; i < BUFFERS; i++) {
    if (waits[i][i]) return true;
  }
  return false;
}

/* A connected net of a few switches and a die at each. */
static void draw(char *text, size_t room, uint64_t *stream, const char *routing) {
  const unsigned switches = 3 + (unsigned)chance_below(stream, NODES / 2 - 2);
  size_t used = (size_t)snprintf(text, room, "oio-net 1\nrouting %s\n", routing);
  for (unsigned i = 0; i < switches; i++) used += (size_t)snprintf(text + used, room - used, "die d%u\n", i);
  for (unsigned i = 0; i < switches; i++) used += (size_t)snprintf(text + used, room - used, "switch s%u\n", i);
  for (unsigned i = 0; i < switches; i++) used += (size_t)snprintf(text + used, room - used, "link d%u s%u package\n", i, i);
  for (unsigned i = 1; i < switches; i++) {
    used += (size_t)snprintf(text + used, room - used, "link s%u s%u rack\n", i, (unsigned)chance_below(stream, i));
  }
  for (unsigned i = (unsigned)chance_below(stream, switches); i > 0; i--) {
    const unsigned a = (unsigned)chance_below(stream, switches), b = (unsigned)chance_below(stream, switches);
    if (a != b) used += (size_t)snprintf(text + used, room - used, "link s%u s%u rack 1\n", a, b);
  }
}

static void the_check_agrees_with_the_closure_of_all_routes_of_random_nets(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  unsigned cyclic = 0;
  char text[2048];
  for (unsigned trial = 0; trial < 600; trial++) {
    draw(text, sizeof text, &stream, "shortest");
    struct oio_topology *t = parse(text);
    const bool closed = closes(t);
    if ((verdict(t, OIO_BUFFERS_PER_PORT) == OIO_DEADLOCK_POSSIBLE) != closed) FAIL_WITH_REPLAY("closure says %d of\n%s", closed, text);
    cyclic += closed;
    oio_topology_destroy(t);
  }
  assert_in_range(cyclic, 30, 570);
}

static void up_down_reaches_all_and_never_deadlocks(void **state) {
  (void)state;
  uint64_t stream = chance_stream(2);
  char text[2048];
  for (unsigned trial = 0; trial < 600; trial++) {
    draw(text, sizeof text, &stream, "up-down");
    struct oio_topology *t = parse(text);
    struct oio_route_lengths lengths;
    oio_routes_lengths(&lengths, t);
    if (closes(t) || lengths.unreachable) FAIL_WITH_REPLAY("a circle, or a pair without a way, in\n%s", text);
    oio_topology_destroy(t);
  }
}

static void a_way_is_always_the_same_and_ways_spread_over_what_is_equally_good(void **state) {
  (void)state;
  struct oio_topology *t = make("leaf-spine:2,8,16");
  unsigned taken[8] = {0};
  for (uint32_t to = 16; to < 32; to++) {
    for (uint8_t vc = 0; vc < 8; vc++) {
      const struct oio_way way = {.source = 3, .destination = to, .vc = vc};
      struct oio_hop first, again;
      const uint32_t leaf = 32, in = oio_topology_port_at(t, leaf, 3);
      assert_true(oio_topology_next(t, &way, leaf, in, 0, &first) && oio_topology_next(t, &way, leaf, in, 0, &again));
      assert_int_equal(first.port, again.port);
      taken[oio_topology_node_of(t, first.port ^ 1) - 34]++;
    }
  }
  for (unsigned spine = 0; spine < 8; spine++) assert_in_range(taken[spine], 4, 32); /* 16 each in the mean of 128, 5 sigma */
  oio_topology_destroy(t);
}

static void a_wrong_net_is_refused_with_line_and_remedy(void **state) {
  (void)state;
  static const struct {
    const char *text, *says;
  } rows[] = {
      {"", "first line is 'oio-net 1'"},
      {"oio-net 2\n", "first line is 'oio-net 1'"},
      {"oio-net 1\nnode d0\n", ":2: unknown word 'node'"},
      {"oio-net 1\ndie d0 d1\nlink d0 d2 rack\n", ":3: there is no node 'd2'"},
      {"oio-net 1\ndie d0 d1\nlink d0\n", ":3: a link has two ends"},
      {"oio-net 1\ndie d0 d1\nlink d0 d0 rack\n", ":3: a link from d0 to itself"},
      {"oio-net 1\ndie d0 d1\nlink d0 d1\n", ":3: a link wants a class"},
      {"oio-net 1\ndie d0 d1\nlink d0 d1 rack 0\n", ":3: behind the class"},
      {"oio-net 1\ndie d0 d1 d1\n", ":2: d1 is there already"},
      {"oio-net 1\ndie\n", ":2: a name is missing"},
      {"oio-net 1\ndie d/0\n", ":2: 'd/0' is no name"},
      {"oio-net 1\nswitch s\ndie d\n", ":3: a die after"},
      {"oio-net 1\ndie d0\n", "1 dies; a net has at least two"},
      {"oio-net 1\nrouting best\n", ":2: routing is shortest or up-down"},
      {"oio-net 1\ndie d0 d1 d2\nlink d0 d1 rack\n", "d2 has 0 links and wants one at least"},
      {"oio-net 1\ndie d0 d1\nswitch s\nlink d0 d1 rack\nlink d0 s rack\n", "s has 1 links and wants two at least"},
      {"oio-net 1\ndie d0 d1 d2\nbridge b\nlink d0 b rack\nlink d1 b rack\nlink d2 b rack\n", "b has 3 links and wants exactly two"},
      {"oio-net 1\ndie d0 d1 d2\nlink d0 d1 rack\nlink d1 d2 rack\n", "d0 cannot reach d2 (dies pass nothing on)"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct oio_topology *t;
    struct oio_error error = {""};
    assert_int_equal(load(&t, rows[i].text, &error), OIO_ERR_FORMAT);
    assert_null(t);
    if (strstr(error.text, rows[i].says) == NULL) fail_msg("'%s' does not say '%s'", error.text, rows[i].says);
  }
  static const struct {
    const char *shape, *says;
  } shapes[] = {
      {"", "no such shape"},
      {"cube:3", "no such shape"},
      {"ring", "write ring:N"},
      {"ring:1", "at least 2"},
      {"ring:4x4", "write ring:N"},
      {"mesh:4x", "write mesh"},
      {"mesh:4x4x4x4", "write mesh"},
      {"pair:2", "write pair"},
      {"full:10000", "49995000 links"},
      {"fat-tree:3", "fat-tree:4"},
      {"star:99999999999", "write star:N"},
      {"leaf-spine:2,300", "at most 256"},
      {"torus:999x999x999", "nodes"},
      {"mesh:-4", "write mesh"},
      {"star:4 ", "write star:N"},
  };
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    struct oio_topology *t;
    struct oio_error error = {""};
    assert_int_equal(oio_topology_create(&t, shapes[i].shape, &error), OIO_ERR_CONFIG);
    if (strstr(error.text, shapes[i].says) == NULL) fail_msg("'%s' does not say '%s'", error.text, shapes[i].says);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shapes_have_as_many_nodes_and_links_and_as_short_routes_as_their_closed_forms_say),
      cmocka_unit_test(a_permutation_sends_each_die_to_another_and_every_way_of_that_is_as_likely),
      cmocka_unit_test(the_most_loaded_channel_is_that_of_the_published_bounds),
      cmocka_unit_test(rings_and_tori_deadlock_without_datelines_and_only_then),
      cmocka_unit_test(two_switches_with_shared_buffers_can_wait_for_each_other),
      cmocka_unit_test(the_circle_that_is_named_is_one),
      cmocka_unit_test(the_check_agrees_with_the_closure_of_all_routes_of_random_nets),
      cmocka_unit_test(up_down_reaches_all_and_never_deadlocks),
      cmocka_unit_test(a_way_is_always_the_same_and_ways_spread_over_what_is_equally_good),
      cmocka_unit_test(a_wrong_net_is_refused_with_line_and_remedy),
  };
  return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}

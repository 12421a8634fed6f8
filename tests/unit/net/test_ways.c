/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways that payloads take in a net that runs are those that its topology has on paper: each message, walked there hop by hop, is one
 * flit on each wire it passes, and on no other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_ways"
#include "chance.h"
#include "configured.h"
#include "oio/routed_die.h"
#include "oio/sim.h"
#include "oio/workload.h"

static void walk(const struct oio_topology *topology, const struct oio_way *way, uint64_t *flits) {
  struct oio_hop hop;
  uint32_t node = way->source, in = OIO_NONE;
  uint8_t vc = 0;
  while (node != way->destination) {
    assert_true(oio_topology_next(topology, way, node, in, vc, &hop));
    flits[hop.port]++;
    in = hop.port ^ 1;
    vc = hop.vc;
    node = oio_topology_node_of(topology, in);
  }
}

static void expected_of(const struct oio_config *config, const struct oio_topology *topology, uint32_t dies, uint64_t *flits) {
  struct oio_workload *workload;
  struct oio_record record;
  assert_int_equal(oio_workload_create(&workload, config, dies, NULL), OIO_OK);
  while (oio_workload_next(workload, &record)) {
    const struct oio_way way = {.source = record.source, .destination = record.destination, .vc = record.vc};
    walk(topology, &way, flits);
  }
  oio_workload_destroy(workload);
}

static void every_message_takes_the_way_that_is_on_paper(void **state) {
  (void)state;
  static const char *const nets[] = {"leaf-spine:4,4,4", "fat-tree:4", "torus:4x4", "torus:2x4x2",
                                     "mesh:4x3",         "ring:8",     "star:12",   "torus:32x4"};
  for (unsigned n = 0; n < sizeof nets / sizeof *nets; n++) {
    struct oio_config config;
    char text[80];
    oio_config_defaults(&config);
    snprintf(text, sizeof text, "net.topology=%s", nets[n]);
    set(&config, text);
    set(&config, "workload.generate=poisson");
    set(&config, n % 2 == 0 ? "workload.pattern=uniform" : "workload.pattern=hot-spot");
    config.messages = 20000;
    config.message_bytes = OIO_ROUTED_SEGMENT_BYTES_MAX; /* one to a flit */
    config.generated_vcs = n % 2 == 0 ? 3 : 1;
    config.seed = seed;
    resolve(&config);
    struct oio_sim *sim = start_sim(&config);
    struct oio_net *net = oio_sim_net(sim);
    uint64_t *expected = calloc(oio_net_ports(net), sizeof *expected);
    bool more = true;
    assert_non_null(expected);
    while (more) assert_int_equal(oio_sim_run(sim, 100000, &more, NULL), OIO_OK);
    expected_of(&config, oio_net_topology(net), oio_net_dies(net), expected);
    for (uint32_t p = 0; p < oio_net_ports(net); p++) {
      struct oio_link_state link;
      assert_true(oio_net_get_link_state(net, p, &link));
      if (link.sent_payload != expected[p])
        FAIL_WITH_REPLAY("%s: %llu payload flits left port %u, and %llu messages lead that way", nets[n],
                         (unsigned long long)link.sent_payload, p, (unsigned long long)expected[p]);
    }
    free(expected);
    oio_sim_destroy(sim);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_message_takes_the_way_that_is_on_paper)};
  return cmocka_run_group_tests_name("ways", tests, NULL, NULL);
}

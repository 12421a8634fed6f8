/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thousand small nets, as random as their keys allow, run by the simulator: everything comes once and in order of its source, destination
 * and VC, or a failure is named; none hangs. Accounts of the test's own (ledger.h) say so. OIO_SEED chooses them.
 */
#define CHANCE_PROGRAM "test_random_nets"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "chance.h"
#include "ledger.h"

enum { NETS = 1000, ARGUMENTS_BYTES = 2048, EVENTS_MAX = 10000000 };

/* ---- keys by chance ---- */

struct drawn {
  struct oio_config config;
  char arguments[ARGUMENTS_BYTES]; /* of `oio sim` for the same run */
  size_t used;
};

static void set(struct drawn *d, const char *form, ...) {
  char assignment[128];
  struct oio_error error;
  va_list list;
  va_start(list, form);
  vsnprintf(assignment, sizeof assignment, form, list);
  va_end(list);
  if (oio_config_set(&d->config, "test", assignment, &error) != OIO_OK) fail_msg("%s", error.text);
  d->used += (size_t)snprintf(d->arguments + d->used, sizeof d->arguments - d->used, " --set %s", assignment);
  assert_true(d->used < sizeof d->arguments);
}

/* 1 .. most, mostly little. */
static unsigned little(uint64_t *stream, unsigned most) {
  return 1 + (unsigned)chance_below(stream, chance_below(stream, 2) == 0 ? (most < 4 ? most : 4) : most);
}

/* Only neighbours of a loop reach each other. */
static bool draw_shape(struct drawn *d, uint64_t *stream) {
  const unsigned kind = (unsigned)chance_below(stream, 12), a = 2 + (unsigned)chance_below(stream, 4),
                 b = 2 + (unsigned)chance_below(stream, 2);
  if (kind == 0) set(d, "net.topology=pair");
  if (kind == 1) set(d, "net.topology=bridged");
  if (kind == 2) set(d, "net.topology=full:%u", a);
  if (kind == 3) set(d, "net.topology=loop:%u", a + 1);
  if (kind == 4) set(d, "net.topology=star:%u", a + 2 * b);
  if (kind == 5) set(d, "net.topology=ring:%u", a + b);
  if (kind == 6 || kind == 7) set(d, "net.topology=mesh:%ux%u", a, b);
  if (kind == 8) set(d, "net.topology=torus:%ux%u", a, b);
  if (kind == 9) set(d, "net.topology=torus:%ux2x2", b);
  if (kind == 10) set(d, "net.topology=fat-tree:%u", chance_below(stream, 4) == 0 ? 4 : 2);
  if (kind == 11) set(d, "net.topology=leaf-spine:%u,%u,%u", b, a, a);
  return kind != 3;
}

static void draw_class(struct drawn *d, uint64_t *stream, const char *class, double rate) {
  const bool die_link = strcmp(class, "die_link") == 0;
  set(d, "%s.bit_error_rate=%.3g", class, rate);
  set(d, "%s.length_m=%.3f", class, 4 * chance_unit(stream));
  set(d, "%s.lanes=%u", class, 8 + (unsigned)chance_below(stream, 25));
  set(d, "%s.window_flits=%u", class, little(stream, die_link ? 127 : 200));
  set(d, "%s.buffer_flits=%u", class, little(stream, 100));
}

/* Only keys that have an effect are drawn: the command refuses others. */
static void draw_links(struct drawn *d, uint64_t *stream) {
  static const char *const classes[] = {"optical", "die_link", "package", "rack", "row"};
  const double rate = chance_below(stream, 4) == 0 ? 0 : 1e-4 * chance_unit(stream);
  const bool routed = oio_config_is_routed(&d->config), bridged = strcmp(d->config.net, "bridged") == 0;
  for (unsigned i = routed ? 2 : 0; i < (routed ? 5u : bridged ? 2u : 1u); i++) draw_class(d, stream, classes[i], rate);
  if (routed) {
    set(d, "switch.queues=%s", chance_below(stream, 2) == 0 ? "outputs" : "fifo");
    set(d, "switch.turns=%s", chance_below(stream, 2) == 0 ? "inputs" : "longest");
    set(d, "switch.latency_ps=%u", (unsigned)chance_below(stream, 50000));
  }
  if (bridged) set(d, "bridge.buffer_flits=%u", little(stream, 64));
  set(d, "link.format=%u", chance_below(stream, 2) == 0 ? 3 : 6);
  set(d, "link.ack_delay_flits=%u", (unsigned)chance_below(stream, 20));
  set(d, "link.replay_limit=%u", chance_below(stream, 10) == 0 ? 1 + (unsigned)chance_below(stream, 2) : 255);
}

static void draw_traffic(struct drawn *d, uint64_t *stream, bool any_pattern) {
  static const char *const kinds[] = {"saturate", "poisson", "burst"};
  static const char *const patterns[] = {"uniform", "neighbour", "hot-spot", "complement"};
  const unsigned kind = (unsigned)chance_below(stream, 3);
  set(d, "workload.generate=%s", kinds[kind]);
  if (oio_config_is_routed(&d->config)) set(d, "workload.pattern=%s", any_pattern ? patterns[chance_below(stream, 4)] : "neighbour");
  set(d, "workload.messages=%u", 100 + (unsigned)chance_below(stream, 900));
  set(d, "workload.message_bytes=%u", 1 + (unsigned)chance_below(stream, chance_below(stream, 3) == 0 ? 3000 : 300));
  if (kind > 0) set(d, "workload.load=%.2f", 0.05 + 0.9 * chance_unit(stream));
  if (kind == 2) set(d, "workload.burst_messages=%u", little(stream, 40));
  if (kind == 0) set(d, "workload.depth=%u", little(stream, 64));
  set(d, "vc.count=%u", 1 + (unsigned)chance_below(stream, OIO_VCS_MAX));
  set(d, "workload.vcs=%u", 1 + (unsigned)chance_below(stream, d->config.vc_count));
  set(d, "vc.buffer_bytes=%u", chance_below(stream, 3) == 0 ? 0 : 224 * little(stream, 60));
}

/* Of all of the net, a die or a link. */
static void draw_reset(struct drawn *d, uint64_t *stream) {
  struct oio_topology *topology;
  set(d, "reset.at_ps=%u", 1 + (unsigned)chance_below(stream, 2000000));
  set(d, "reset.hold_ps=%u", 1 + (unsigned)chance_below(stream, 300000));
  if (!oio_config_is_routed(&d->config) || chance_below(stream, 3) == 0) return;
  assert_int_equal(oio_topology_create(&topology, d->config.net, NULL), OIO_OK);
  const bool is_die = chance_below(stream, 2) == 0;
  set(d, "reset.scope=%s", is_die ? "die" : "link");
  set(d, "reset.which=%u", (unsigned)chance_below(stream, is_die ? oio_topology_dies(topology) : oio_topology_links(topology)));
  oio_topology_destroy(topology);
}

static void draw(struct drawn *d, unsigned number) {
  uint64_t stream = chance_stream(number);
  struct oio_error error;
  d->used = 0;
  oio_config_defaults(&d->config);
  const bool any_pattern = draw_shape(d, &stream);
  draw_links(d, &stream);
  draw_traffic(d, &stream, any_pattern);
  set(d, "sim.seed=%u", (unsigned)chance_below(&stream, 100000));
  if (chance_below(&stream, 2) == 0) draw_reset(d, &stream);
  if (oio_config_resolve(&d->config, &error) != OIO_OK) fail_msg("%s: %s", d->arguments, error.text);
}

/* ---- a run ---- */

#define FAIL_WITH_COMMAND(d, fidelity, number, wrong)                                                                                      \
  do {                                                                                                                                     \
    fprintf(stderr, "oio sim --fidelity %s%s\n", fidelity, (d)->arguments); /* longer than cmocka prints */                                \
    FAIL_WITH_REPLAY("net %u: %s", number, wrong);                                                                                         \
  } while (0)

/* NULL: all is well. */
static const char *run(const struct drawn *d, enum oio_fidelity fidelity, struct oio_results *results) {
  struct oio_sim *sim;
  struct oio_error error;
  struct oio_config config = d->config;
  bool more = true;
  config.fidelity = fidelity;
  ledger_start();
  if (oio_sim_create(&sim, &config, NULL, NULL, &error) != OIO_OK) fail_msg("%s: %s", d->arguments, error.text);
  for (unsigned events = 0; more && events < EVENTS_MAX; events += 10000) {
    if (oio_sim_run(sim, 10000, &more, &error) != OIO_OK) fail_msg("%s: %s", d->arguments, error.text);
  }
  oio_sim_get_results(sim, results);
  const bool finished = oio_traffic_finished(oio_sim_traffic(sim));
  oio_sim_destroy(sim);
  if (more) return "it hangs";
  if (finished) ledger_end();
  if (ledger.wrong != NULL) return ledger.wrong;
  const struct oio_traffic_counts *t = &results->traffic;
  if (t->sent < ledger.sent || t->delivered != ledger.delivered || (finished ? t->lost != ledger.lost : t->lost < ledger.lost))
    return "the scoreboard has counted otherwise";
  if (t->duplicated + t->reordered + t->corrupted + t->revived > 0) return "the scoreboard has seen a fault where there is none";
  if (results->failure[0] != '\0') return NULL;
  if (!finished || ledger.on_their_way > 0) return "it stands still";
  return t->records == config.messages && t->delivered + t->lost == t->records ? NULL : "not all came";
}

static void in_event_fidelity_too(const struct drawn *d, unsigned number, const struct oio_results *bit) {
  struct oio_results event;
  const char *wrong = run(d, OIO_EVENT, &event);
  if (wrong == NULL && event.decision_digest != bit->decision_digest) wrong = "it decides otherwise than in bit fidelity";
  if (wrong == NULL && event.sim_time_ps != bit->sim_time_ps) wrong = "it ends at another time than in bit fidelity";
  if (wrong != NULL) FAIL_WITH_COMMAND(d, "event", number, wrong);
}

static void each_delivers_everything_once_and_in_order_or_names_what_failed(void **state) {
  (void)state;
  static struct drawn d;
  uint64_t delivered = 0, lost = 0, replayed = 0;
  unsigned failed = 0, reset = 0;
  for (unsigned number = 0; number < NETS; number++) {
    struct oio_results results;
    draw(&d, number);
    const char *wrong = run(&d, OIO_BIT, &results);
    if (wrong == NULL && results.failure[0] != '\0' && d.config.link_replay_limit > 2) wrong = results.failure;
    if (wrong != NULL) FAIL_WITH_COMMAND(&d, "bit", number, wrong);
    failed += results.failure[0] != '\0';
    reset += results.traffic.dropped > 0;
    delivered += results.traffic.delivered;
    lost += results.traffic.lost;
    replayed += results.links.replayed;
    if (number % 3 == 0) in_event_fidelity_too(&d, number, &results);
  }
  print_message("%u nets: %" PRIu64 " messages delivered, %" PRIu64 " flits sent again, %" PRIu64
                " messages lost in %u resets, %u failures\n",
                NETS, delivered, replayed, lost, reset, failed);
  assert_true(delivered > 100 * NETS && replayed > NETS && reset > NETS / 20 && failed < NETS / 10);
}

/* ---- shares ---- */

/* Senders of a star, all of whose flits for die 0 come to the switch in the same picoseconds. Returns by how many messages any two of them
 * have been apart at most, while all had some to send. */
static uint64_t most_apart(unsigned senders, unsigned message_bytes, const char *queues) {
  enum { EACH = 500 };
  struct drawn d = {.used = 0};
  struct oio_sim *sim;
  struct oio_error error;
  uint64_t apart = 0;
  bool more = true, all = true;
  oio_config_defaults(&d.config);
  set(&d, "net.topology=star:%u", senders + 1);
  set(&d, "workload.generate=saturate");
  set(&d, "workload.pattern=hot-spot");
  set(&d, "workload.messages=%u", senders * EACH);
  set(&d, "workload.message_bytes=%u", message_bytes);
  set(&d, "switch.queues=%s", queues);
  ledger_start();
  if (oio_config_resolve(&d.config, &error) != OIO_OK) fail_msg("%s", error.text);
  if (oio_sim_create(&sim, &d.config, NULL, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  while (more && all) {
    assert_int_equal(oio_sim_run(sim, 1, &more, &error), OIO_OK);
    uint64_t least = UINT64_MAX, most = 0;
    for (unsigned s = 1; s <= senders; s++) {
      if (ledger.delivered_of[s] < least) least = ledger.delivered_of[s];
      if (ledger.delivered_of[s] > most) most = ledger.delivered_of[s];
    }
    all = most < EACH;
    if (all && most - least > apart) apart = most - least;
  }
  assert_null(ledger.wrong);
  assert_false(all); /* one has sent them all */
  oio_sim_destroy(sim);
  return apart;
}

static void senders_that_tie_at_one_picosecond_are_never_more_than_a_message_apart(void **state) {
  (void)state;
  static const unsigned senders[] = {2, 3, 7}, bytes[] = {222, 60, 2000};
  for (unsigned i = 0; i < 9; i++) {
    for (unsigned queues = 0; queues < 2; queues++) {
      const uint64_t apart = most_apart(senders[i % 3], bytes[i / 3], queues == 0 ? "outputs" : "fifo");
      /* 60 bytes: four fill a flit that is a turn, and come at once */
      const uint64_t most = bytes[i / 3] == 60 ? 4 : 1;
      if (apart > most) fail_msg("%u senders of %u bytes: %" PRIu64 " messages apart", senders[i % 3], bytes[i / 3], apart);
      assert_true(apart > 0);
    }
  }
}

/* ---- routes that can deadlock ---- */

static bool datelines_dropped;

enum oio_status __real_oio_topology_create(struct oio_topology **topology, const char *shape, struct oio_error *error);
enum oio_status __wrap_oio_topology_create(struct oio_topology **topology, const char *shape, struct oio_error *error);
enum oio_status __wrap_oio_topology_create(struct oio_topology **topology, const char *shape, struct oio_error *error) {
  const enum oio_status status = __real_oio_topology_create(topology, shape, error);
  if (status == OIO_OK && datelines_dropped) oio_topology_drop_datelines(*topology);
  return status;
}

static void refuse(const char *net) {
  struct drawn d = {.used = 0};
  struct oio_sim *sim;
  struct oio_error error = {{0}};
  oio_config_defaults(&d.config);
  set(&d, "net.topology=%s", net);
  if (oio_config_resolve(&d.config, &error) != OIO_OK) fail_msg("%s", error.text);
  if (oio_sim_create(&sim, &d.config, NULL, NULL, &error) != OIO_ERR_CONFIG) fail_msg("%s is not refused", net);
  if (strstr(error.text, "can deadlock: the buffers of ") == NULL || strstr(error.text, "in a circle of ") == NULL)
    fail_msg("%s", error.text);
}

static void a_ring_or_torus_whose_datelines_were_forgotten_is_refused(void **state) {
  (void)state;
  static const char *const shapes[] = {"ring:4", "ring:5", "ring:9", "torus:4x4", "torus:5x2", "torus:2x2x5"};
  datelines_dropped = true;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) refuse(shapes[i]);
  datelines_dropped = false;
}

/* A ring of switches, a die at each. */
static void a_net_file_with_cyclic_routes_is_refused(void **state) {
  (void)state;
  for (unsigned switches = 4; switches < 12; switches++) {
    const char *path = "./" CHANCE_PROGRAM ".net";
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "oio-net 1\n");
    for (unsigned i = 0; i < switches; i++) fprintf(file, "die d%u\n", i);
    for (unsigned i = 0; i < switches; i++) fprintf(file, "switch s%u\n", i);
    for (unsigned i = 0; i < switches; i++) fprintf(file, "link d%u s%u package\nlink s%u s%u rack\n", i, i, i, (i + 1) % switches);
    assert_int_equal(fclose(file), 0);
    refuse(path);
    remove(path);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_delivers_everything_once_and_in_order_or_names_what_failed),
      cmocka_unit_test(senders_that_tie_at_one_picosecond_are_never_more_than_a_message_apart),
      cmocka_unit_test(a_ring_or_torus_whose_datelines_were_forgotten_is_refused),
      cmocka_unit_test(a_net_file_with_cyclic_routes_is_refused),
  };
  return cmocka_run_group_tests_name("random nets", tests, NULL, NULL);
}

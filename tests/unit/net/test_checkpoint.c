/* SPDX-License-Identifier: Apache-2.0 */
/* A net saved in the middle of its traffic and loaded into another: both go on, hosted by one plain loop, and nothing tells them apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_checkpoint"
#include "chance.h"
#include "configured.h"
#include "net_host.h"

enum { RUNS = 400, INSTANTS_AFTER = 500 };

static void begin(struct net_host *h, const char *shape, uint64_t stream) {
  net_host_draw(h, shape, stream);
  if (h->net == NULL) fail_msg("a net of %s cannot be made", h->config.net);
}

static void run(struct net_host *h, unsigned instants) {
  for (unsigned i = 0; i < instants; i++) {
    if (!net_host_step(h)) fail_msg("nothing is left to do");
  }
}

static struct net_host_bytes saved(const struct oio_net *net) {
  const struct net_host_bytes bytes = net_host_save(net);
  if (bytes.at == NULL) fail_msg("it cannot be saved");
  return bytes;
}

static void load(struct oio_net *net, const struct net_host_bytes *bytes) {
  struct oio_error error;
  if (oio_net_load(net, bytes->at, bytes->nbytes, &error) != OIO_OK) fail_msg("%s", error.text);
}

/* Both step by step; returns after how many they differ, 0: they do not. */
static unsigned differ(struct net_host *a, struct net_host *b, unsigned instants) {
  for (unsigned i = 1; i <= instants; i++) {
    if (net_host_step(a) != net_host_step(b) || a->now_ps != b->now_ps || a->sum != b->sum) return i;
  }
  return net_host_states(a->net) == net_host_states(b->net) ? 0 : instants;
}

/* ---- it goes on ---- */

/* False: not at all, for what was brought does not get out of a die any more. */
static bool go_on_from(unsigned number, uint64_t *seen) {
  struct net_host unbroken, loaded;
  begin(&unbroken, NULL, chance_stream(number));
  uint64_t stream = chance_stream(1000 + number);
  run(&unbroken, 1 + (unsigned)chance_below(&stream, 3 * INSTANTS_AFTER));
  const struct net_host_bytes bytes = net_host_save_soon(&unbroken);
  if (bytes.at == NULL) {
    assert_true(unbroken.bring_instants > 0);
    oio_net_destroy(unbroken.net);
    return false;
  }
  unbroken.bring_instants = 0;
  loaded = unbroken;
  loaded.net = net_host_net(&unbroken.config);
  if (number % 2 == 0) { /* into a net that has run before */
    struct net_host other = unbroken;
    other.net = loaded.net;
    other.bring_instants = UINT32_MAX; /* and still has bytes that were brought */
    other.now_ps = 0;
    other.send_ps = other.wake_ps = 0;
    memset(other.held, 0, sizeof other.held);
    run(&other, number % 4 == 0 ? 200 : 3 * INSTANTS_AFTER); /* and its lines may be narrower by then */
  }
  load(loaded.net, &bytes);
  const bool same_bytes = net_host_saves_the_same(loaded.net, &bytes);
  const unsigned at = differ(&unbroken, &loaded, INSTANTS_AFTER);
  const struct net_host_bytes end = saved(unbroken.net);
  const bool same_end = net_host_saves_the_same(loaded.net, &end);
  if (!same_bytes || at != 0 || !same_end) {
    FAIL_WITH_REPLAY("run %u, %s: saved again the same %d, differs after %u instants, the same in the end %d", number, unbroken.config.net,
                     same_bytes, at, same_end);
  }
  *seen += unbroken.flits;
  free(bytes.at);
  free(end.at);
  oio_net_destroy(unbroken.net);
  oio_net_destroy(loaded.net);
  return true;
}

static void a_net_goes_on_from_a_checkpoint_as_if_unbroken(void **state) {
  (void)state;
  uint64_t flits = 0;
  unsigned whole = 0;
  for (unsigned number = 0; number < RUNS; number++) whole += go_on_from(number, &flits);
  assert_true(whole > RUNS / 2); /* two thirds bring nothing */
  assert_true(flits > RUNS * 200);
}

/* Both hop VCs of a switch's ports have something to send: whose turn it is decides only then. */
static void a_crowded_net_goes_on_from_any_of_many_checkpoints(void **state) {
  (void)state;
  static const char *const shapes[] = {"ring:6", "torus:3x3", "ring:5", "torus:4"};
  uint64_t flits = 0;
  for (unsigned number = 0; number < 4 * 4; number++) {
    struct net_host unbroken, loaded;
    begin(&unbroken, shapes[number % 4], chance_stream(2000 + number));
    net_host_crowd(&unbroken);
    run(&unbroken, 2000);
    for (unsigned i = 0; i < 30; i++) {
      const struct net_host_bytes bytes = saved(unbroken.net);
      loaded = unbroken;
      loaded.net = net_host_net(&unbroken.config);
      load(loaded.net, &bytes);
      const unsigned at = differ(&unbroken, &loaded, 100);
      if (at != 0) FAIL_WITH_REPLAY("run %u, %s: from checkpoint %u on, it differs after %u instants", number, unbroken.config.net, i, at);
      free(bytes.at);
      oio_net_destroy(loaded.net);
    }
    flits += unbroken.flits;
    oio_net_destroy(unbroken.net);
  }
  assert_true(flits > 4 * 4 * 500);
}

static void a_net_that_stands_still_is_seen_to_at_the_same_look(void **state) {
  (void)state;
  for (unsigned kind = 0; kind < 2; kind++) {
    struct net_host unbroken, loaded;
    begin(&unbroken, "pair", 7);
    unbroken.lazy_one_in = unbroken.reset_one_in = unbroken.forge_one_in = unbroken.bring_instants = 0;
    run(&unbroken, 300);
    net_host_rest(&unbroken);
    assert_false(oio_net_look(unbroken.net, unbroken.now_ps, 1, true));
    const oio_time_ps patience_ps = unbroken.net->patience_ps;
    const struct net_host_bytes bytes = saved(unbroken.net);
    loaded = unbroken;
    loaded.net = net_host_net(&unbroken.config);
    load(loaded.net, &bytes);
    /* A thousand flits are waited for, or the end of patience. */
    const oio_time_ps each_ps = kind == 0 ? 2 * patience_ps : patience_ps / 20 + 1;
    const unsigned nops = kind == 0 ? 100 : 1500, looks = kind == 0 ? 10 : 20;
    assert_int_equal(net_host_look_at_nops(&unbroken, each_ps, nops), looks);
    assert_int_equal(net_host_look_at_nops(&loaded, each_ps, nops), looks);
    free(bytes.at);
    oio_net_destroy(unbroken.net);
    oio_net_destroy(loaded.net);
  }
}

/* ---- what is refused, and leaves the net as it was ---- */

struct refusal {
  struct net_host host;
  struct net_host_bytes before;
};

static void begin_refusal(struct refusal *r, const char *shape, uint64_t stream) {
  begin(&r->host, shape, stream);
  r->host.bring_instants = 0;
  run(&r->host, 400);
  r->before = saved(r->host.net);
}

static void end_refusal(struct refusal *r) {
  free(r->before.at);
  oio_net_destroy(r->host.net);
}

static void refuse(struct refusal *r, const uint8_t *in, size_t nbytes, enum oio_status status, const char *why) {
  struct oio_error error = {{0}};
  const enum oio_status got = oio_net_load(r->host.net, in, nbytes, &error);
  if (got != status || strstr(error.text, why) == NULL || strchr(error.text, '\n') != NULL) {
    fail_msg("status %d rather than %d, '%s' has no '%s'", got, status, error.text, why);
  }
  if (!net_host_saves_the_same(r->host.net, &r->before)) fail_msg("'%s', but the net is another", error.text);
}

static void a_checkpoint_cut_off_anywhere_is_refused(void **state) {
  (void)state;
  struct refusal r;
  begin_refusal(&r, "pair", 3);
  for (size_t nbytes = 0; nbytes < r.before.nbytes; nbytes += nbytes < 40 ? 1 : 97) {
    refuse(&r, r.before.at, nbytes, OIO_ERR_FORMAT, nbytes < 32 ? "no checkpoint" : "load it whole");
  }
  end_refusal(&r);
}

static void a_checkpoint_with_a_wrong_bit_anywhere_is_refused(void **state) {
  (void)state;
  struct refusal r;
  begin_refusal(&r, "ring:4", 5);
  uint64_t stream = chance_stream(5000);
  for (unsigned i = 0; i < 600; i++) {
    const size_t bit = i < 256 ? i : (size_t)chance_below(&stream, 8 * r.before.nbytes);
    uint8_t *byte = &r.before.at[bit / 8];
    const struct net_host_bytes good = saved(r.host.net);
    *byte ^= (uint8_t)(1u << bit % 8);
    const enum oio_status status = oio_net_load(r.host.net, r.before.at, r.before.nbytes, NULL);
    *byte ^= (uint8_t)(1u << bit % 8);
    if (status != OIO_ERR_FORMAT || !net_host_saves_the_same(r.host.net, &good)) {
      FAIL_WITH_REPLAY("bit %zu: status %d, or the net is another", bit, status);
    }
    free(good.at);
  }
  end_refusal(&r);
}

static void a_checkpoint_of_another_version_says_which(void **state) {
  (void)state;
  struct refusal r;
  begin_refusal(&r, "pair", 3);
  r.before.at[8] = 2;
  struct oio_error error;
  assert_int_equal(oio_net_load(r.host.net, r.before.at, r.before.nbytes, &error), OIO_ERR_FORMAT);
  assert_non_null(strstr(error.text, "of version 2, and this library reads 1"));
  end_refusal(&r);
}

/* Each key that a net is made by, the name that the refusal says it by. */
static const struct {
  const char *shape, *setting, *differs;
} others[] = {
    {"pair", "net.topology=bridged", "nodes of net 0 is 2 there and 4 here"},
    {"ring:4", "net.topology=ring:5", "dies of net 0 is 4 there and 5 here"},
    {"ring:4", "net.topology=mesh:4", "ports of net 0 is 16 there and 14 here"},
    {"mesh:3x2", "net.topology=mesh:2x3", "routes"},
    {"pair", "optical.bit_error_rate=0.25", "bit_error_rate of wire 0 is 1e-05 there and 0.25 here"},
    {"pair", "optical.fec=kp4", "fec_data_symbols of wire 0 is 0 there and 514 here"},
    {"pair", "optical.fec=ll", "fec_data_symbols of wire 0 is 0 there and 258 here"},
    {"pair", "optical.length_m=7", "flight_ps of wire 0 is 0 there"},
    {"pair", "optical.lanes=8", "lanes of wire 0 is 16 there and 8 here"},
    {"pair", "optical.lane_rate_gbps=31", "lane_rate_bits_per_s of wire 0"},
    {"pair", "optical.logic_ps=9", "logic_ps of wire 0 is 10000 there and 9 here"},
    {"pair", "optical.window_flits=11", "window_flits of node 0 is 10 there and 11 here"},
    {"pair", "optical.buffer_flits=11", "buffer_flits of node 0 is 10 there and 11 here"},
    {"pair", "optical.timeout_flits=999", "timeout_ps of node 0"},
    {"pair", "optical.nak_repeat_flits=999", "nak_repeat_ps of node 0"},
    {"pair", "link.ack_delay_flits=9", "of node 0"},
    {"pair", "link.replay_limit=9", "replay_limit of node 0 is 1000 there and 9 here"},
    {"pair", "link.format=3", "format of wire 0 is 6 there and 3 here"},
    {"pair", "sim.fidelity=bit", "fidelity of wire 0 is 0 there and 1 here"},
    {"pair", "sim.seed=5", "seed of node 0 is 1 there and 5 here"},
    {"pair", "vc.count=3", "vcs of net 0 is 2 there and 3 here"},
    {"pair", "vc.buffer_bytes=999", "vc_buffer_bytes of node 0 is 2000 there and 999 here"},
    {"bridged", "bridge.logic_ps=3", "logic_ps of node 2"},
    {"star:4", "switch.latency_ps=3", "latency_ps of node 4"},
    {"star:4", "switch.queues=fifo", "queues of node 4 is 0 there and 1 here"},
    {"star:4", "switch.turns=longest", "turns of node 4 is 0 there and 1 here"},
};

static struct oio_config plain_config(const char *shape, const char *setting) {
  static const char *const settings[] = {"optical.bit_error_rate=1e-5",
                                         "optical.length_m=0",
                                         "optical.window_flits=10",
                                         "optical.buffer_flits=10",
                                         "link.replay_limit=1000",
                                         "link.format=6",
                                         "sim.seed=1",
                                         "vc.count=2",
                                         "vc.buffer_bytes=2000",
                                         "optical.logic_ps=10000",
                                         "sim.fidelity=event"};
  struct oio_config config;
  oio_config_defaults(&config);
  strcpy(config.net, shape);
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) set(&config, settings[i]);
  if (setting != NULL) set(&config, setting);
  resolve(&config);
  return config;
}

static void a_checkpoint_of_another_net_says_what_differs(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    const struct oio_config here = plain_config(others[i].shape, others[i].setting), there = plain_config(others[i].shape, NULL);
    struct oio_net *from = net_host_net(&there), *to = net_host_net(&here);
    const struct net_host_bytes bytes = saved(from), before = saved(to);
    struct oio_error error = {{0}};
    const enum oio_status status = oio_net_load(to, bytes.at, bytes.nbytes, &error);
    if (status != OIO_ERR_CONFIG || strstr(error.text, others[i].differs) == NULL) {
      fail_msg("%s, %s: status %d, %s", others[i].shape, others[i].setting, status, error.text);
    }
    assert_non_null(strstr(error.text, "load it into a net of the same configuration"));
    assert_true(net_host_saves_the_same(to, &before));
    free(bytes.at);
    free(before.at);
    oio_net_destroy(from);
    oio_net_destroy(to);
  }
}

static void too_little_room_is_refused_and_told(void **state) {
  (void)state;
  struct net_host h;
  begin(&h, "star:4", 11);
  h.bring_instants = 0;
  run(&h, 100);
  const struct net_host_bytes bytes = saved(h.net);
  uint8_t *room = malloc(bytes.nbytes);
  memset(room, 0xA5, bytes.nbytes);
  size_t nbytes = bytes.nbytes - 1;
  struct oio_error error;
  assert_int_equal(oio_net_save(h.net, room, &nbytes, &error), OIO_ERR_FULL);
  assert_int_equal(nbytes, bytes.nbytes);
  for (size_t i = 0; i < bytes.nbytes; i++) assert_int_equal(room[i], 0xA5);
  assert_int_equal(oio_net_save(h.net, room, &nbytes, &error), OIO_OK);
  assert_memory_equal(room, bytes.at, bytes.nbytes);
  free(room);
  free(bytes.at);
  oio_net_destroy(h.net);
}

static void a_net_with_a_node_left_out_is_refused(void **state) {
  (void)state;
  static const bool left_out[4] = {false, false, true, false};
  const struct oio_config config = plain_config("bridged", NULL);
  struct oio_net *net;
  struct oio_error error;
  size_t nbytes = 0;
  assert_int_equal(oio_net_create(&net, &config, left_out, NULL), OIO_OK);
  assert_int_equal(oio_net_save(net, NULL, &nbytes, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "node 2 is left out"));
  assert_int_equal(oio_net_load(net, "", 0, &error), OIO_ERR_CONFIG);
  oio_net_destroy(net);
}

/* ---- bytes that were brought ---- */

/* Where the bytes of a brought message are, from its send on: one instant each, and whether it can be saved then. */
static void save_while_brought(const char *shape, const char *fidelity) {
  static uint8_t data[700];
  for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)(i * 7);
  struct net_host h = {.config = plain_config(shape, fidelity), .send_ps = OIO_NEVER};
  h.net = net_host_net(&h.config);
  const struct oio_message message = {.destination = 1, .bytes = sizeof data, .data = data};
  assert_int_equal(oio_net_send(h.net, 0, 0, &message), OIO_OK);
  const bool bit = h.config.fidelity == OIO_BIT;
  bool last_taken = false, more = true;
  while (more) {
    struct oio_error error = {{0}};
    size_t nbytes = 0;
    const bool brought = bit ? oio_net_queued_in_all(h.net, 0) > 0 : !last_taken;
    const enum oio_status status = oio_net_save(h.net, NULL, &nbytes, &error);
    if (status == OIO_OK && brought) fail_msg("%s, %s: saved with its bytes elsewhere", shape, fidelity);
    if (status != OIO_OK) {
      assert_int_equal(status, OIO_ERR_FORMAT);
      assert_non_null(strstr(error.text, "by pointer (data), which cannot be saved; save before"));
      if (bit) assert_true(brought);
    }
    const uint64_t before = h.taken;
    more = net_host_step(&h);
    if (h.taken > before && h.taken == 4) last_taken = true;
  }
  assert_true(last_taken);
  const struct net_host_bytes bytes = saved(h.net); /* at rest: nothing is elsewhere any more */
  free(bytes.at);
  oio_net_destroy(h.net);
}

static void bytes_that_were_brought_are_refused_while_they_are_needed(void **state) {
  (void)state;
  save_while_brought("pair", "sim.fidelity=event");
  save_while_brought("pair", "sim.fidelity=bit");
  save_while_brought("bridged", "sim.fidelity=event");
  save_while_brought("star:2", "sim.fidelity=event");
  save_while_brought("star:2", "sim.fidelity=bit");
}

/* What differs is found after the wires have been loaded. */
static void a_load_refused_leaves_bytes_that_were_brought_where_they_are(void **state) {
  (void)state;
  static const uint8_t data[500] = {7};
  static const char *const shapes[] = {"pair", "star:2"};
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_config here = plain_config(shapes[i], NULL), there = plain_config(shapes[i], "sim.seed=77");
    struct net_host h = {.config = here, .send_ps = OIO_NEVER};
    struct oio_net *other = net_host_net(&there);
    const struct net_host_bytes bytes = saved(other);
    struct oio_segment segment;
    uint64_t offset = 0;
    h.net = net_host_net(&here);
    assert_int_equal(oio_net_send(h.net, 0, 0, &(struct oio_message){.destination = 1, .bytes = 500, .data = data}), OIO_OK);
    while (offset < 500) {
      assert_int_equal(oio_net_load(h.net, bytes.at, bytes.nbytes, NULL), OIO_ERR_CONFIG);
      for (uint32_t p = 0; p < oio_net_ports(h.net); p++) net_host_arrive(&h, p);
      while (oio_net_take(h.net, 1, h.now_ps, &segment)) {
        assert_ptr_equal(segment.data, data + offset);
        offset += segment.bytes;
      }
      for (uint32_t p = 0; p < oio_net_ports(h.net); p++) net_host_transmit(&h, p);
      h.now_ps += 1000;
      assert_true(h.now_ps < OIO_MS);
    }
    free(bytes.at);
    oio_net_destroy(other);
    oio_net_destroy(h.net);
  }
}

/* A loop that remembers when a port has something to send must ask them all again. */
static void every_port_is_to_be_asked_again_after_a_load(void **state) {
  (void)state;
  struct net_host h;
  begin(&h, "ring:4", 21);
  const struct net_host_bytes bytes = saved(h.net);
  oio_net_forget_stirred(h.net, &h.net->stirs);
  load(h.net, &bytes);
  assert_int_equal(h.net->stirs.count, oio_net_ports(h.net));
  free(bytes.at);
  oio_net_destroy(h.net);
}

/* ---- the form ---- */

static void the_head_is_as_it_is_described(void **state) {
  (void)state;
  const struct oio_config config = plain_config("pair", NULL);
  struct oio_net *net = net_host_net(&config);
  const struct net_host_bytes bytes = saved(net);
  uint64_t nbytes = 0;
  assert_memory_equal(bytes.at, "oio net\n\1\0\0\0\0\0\0\0", 16);
  for (unsigned i = 0; i < 8; i++) nbytes |= (uint64_t)bytes.at[16 + i] << 8 * i;
  assert_int_equal(nbytes, bytes.nbytes);
  assert_int_equal(bytes.at[32], 2); /* dies */
  free(bytes.at);
  oio_net_destroy(net);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_net_goes_on_from_a_checkpoint_as_if_unbroken),
      cmocka_unit_test(a_crowded_net_goes_on_from_any_of_many_checkpoints),
      cmocka_unit_test(a_net_that_stands_still_is_seen_to_at_the_same_look),
      cmocka_unit_test(a_checkpoint_cut_off_anywhere_is_refused),
      cmocka_unit_test(a_checkpoint_with_a_wrong_bit_anywhere_is_refused),
      cmocka_unit_test(a_checkpoint_of_another_version_says_which),
      cmocka_unit_test(a_checkpoint_of_another_net_says_what_differs),
      cmocka_unit_test(too_little_room_is_refused_and_told),
      cmocka_unit_test(a_net_with_a_node_left_out_is_refused),
      cmocka_unit_test(bytes_that_were_brought_are_refused_while_they_are_needed),
      cmocka_unit_test(a_load_refused_leaves_bytes_that_were_brought_where_they_are),
      cmocka_unit_test(every_port_is_to_be_asked_again_after_a_load),
      cmocka_unit_test(the_head_is_as_it_is_described),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

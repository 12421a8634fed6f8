/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every precondition that a public header states, broken: a library built with assertions stops there, in a process of its own, and says
 * which condition did not hold. What a call refuses is in the tests of its file.
 */
#define _GNU_SOURCE

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "oio/crc16.h"
#include "oio/fec_rates.h"
#include "oio/pins.h"
#include "oio/results.h"
#include "oio/rng.h"
#include "oio/routed_die.h"
#include "oio/switch.h"

static struct oio_config unresolved(void) {
  struct oio_config config;
  oio_config_defaults(&config);
  config.generator = OIO_SATURATE;
  return config;
}

static struct oio_config resolved(enum oio_fidelity fidelity) {
  struct oio_config config = unresolved();
  config.fidelity = fidelity;
  oio_config_resolve(&config, NULL);
  return config;
}

static struct oio_link *link_of(enum oio_fidelity fidelity) {
  const struct oio_config config = resolved(fidelity);
  struct oio_link_config link;
  struct oio_link *made;
  oio_config_optical_link(&config, &link);
  return oio_link_create(&made, &link, NULL) == OIO_OK ? made : NULL;
}

static struct oio_link_config routed_config(void) {
  const struct oio_config config = resolved(OIO_BIT);
  struct oio_link_config link;
  oio_config_optical_link(&config, &link);
  link.profile = OIO_PROFILE_ROUTED;
  link.sequence_bits = 16;
  link.buffer_flits = link.peer_buffer_flits = 8;
  return link;
}

static struct oio_link *routed_link_of(void) {
  const struct oio_link_config config = routed_config();
  struct oio_link *made;
  return oio_link_create(&made, &config, NULL) == OIO_OK ? made : NULL;
}

static struct oio_routed_die *routed_die_of(void) {
  const struct oio_link_config link = routed_config();
  struct oio_routed_die *made;
  const struct oio_routed_die_config config = {.links = &link, .ports = 1, .vcs = 1, .queue_messages = 1};
  return oio_routed_die_create(&made, &config, NULL) == OIO_OK ? made : NULL;
}

/* A switch at whose port 0 a payload waits for its way. */
static struct oio_switch *switch_of(void) {
  const struct oio_link_config links[2] = {routed_config(), routed_config()};
  const struct oio_switch_config config = {.links = links, .ports = 2};
  const struct oio_flit_head head = {.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1, .credit_limit = 8};
  struct oio_wire first = {.touched_bytes = 0};
  struct oio_switch *made;
  if (oio_switch_create(&made, &config, NULL) != OIO_OK) return NULL;
  oio_flit_put_head(oio_flit_format(links[0].format), first.bytes, &head);
  oio_flit_seal(oio_flit_format(links[0].format), first.bytes);
  oio_switch_rx(made, 0, 0, &first);
  return made;
}

static struct oio_channel *channel_of(void) {
  const struct oio_config config = resolved(OIO_BIT);
  struct oio_channel_config channel;
  struct oio_channel *made;
  oio_config_optical_channel(&config, 0, &channel);
  return oio_channel_create(&made, &channel, NULL) == OIO_OK ? made : NULL;
}

static struct oio_bridge *bridge_of(void) {
  const struct oio_config config = resolved(OIO_BIT);
  struct oio_bridge_config bridge;
  struct oio_bridge *made;
  oio_config_bridge(&config, &bridge);
  return oio_bridge_create(&made, &bridge, NULL) == OIO_OK ? made : NULL;
}

static struct oio_die *die_of(void) {
  const struct oio_config config = resolved(OIO_BIT);
  struct oio_die_config die;
  struct oio_die *made;
  oio_config_die(&config, &die);
  die.vcs = 3;
  return oio_die_create(&made, &die, NULL) == OIO_OK ? made : NULL;
}

static struct oio_pins *pins_of(struct oio_channel *channel) {
  const struct oio_pins_config config = {.in = channel, .out = channel, .clock_ps = 1000, .beat_bytes = 64};
  struct oio_pins *made;
  return oio_pins_create(&made, &config, NULL) == OIO_OK ? made : NULL;
}

static struct oio_sim *sim_at(oio_time_ps now_ps) {
  const struct oio_config config = resolved(OIO_EVENT);
  struct oio_sim *made;
  if (oio_sim_create(&made, &config, NULL, NULL, NULL) != OIO_OK) return NULL;
  return oio_sim_advance(made, now_ps, NULL) == OIO_OK ? made : NULL;
}

static const struct oio_flit_format *format(void) {
  return oio_flit_format(3);
}

/* ---- the calls ---- */

static uint8_t bytes[512];
static struct oio_wire wire;
static const enum oio_bridge_side no_side = (enum oio_bridge_side)2;

static void crc16_of_more_than_a_message(void) {
  oio_crc16(bytes, 129);
}
static void crc16_of_a_bit_behind_the_message(void) {
  oio_crc16_bit(1024);
}
static uint16_t symbols[5 * 16];
static struct oio_fec *small_code(void) {
  struct oio_fec *fec;
  return oio_fec_create(&fec, oio_fec_code_named("rs15"), NULL, NULL) == OIO_OK ? fec : NULL;
}
static void encode_five_ways(void) {
  oio_fec_encode(small_code(), symbols, 75, 5);
}
static void encode_no_data(void) {
  oio_fec_encode(small_code(), symbols, 9, 2);
}
static void encode_more_than_a_codeword(void) {
  oio_fec_encode(small_code(), symbols, 31, 2);
}
static void check_a_symbol_that_is_none(void) {
  symbols[14] = 16;
  oio_fec_check(small_code(), symbols, 15, 1);
}
static void decode_a_symbol_that_is_none(void) {
  struct oio_fec_outcome outcome;
  symbols[0] = 0xFFFF;
  oio_fec_decode(small_code(), symbols, 15, 1, &outcome);
}
static void decode_two_errors(uint16_t first, uint16_t second, uint16_t value, uint32_t of) {
  const struct oio_fec_error errors[2] = {{first, 1}, {second, value}};
  struct oio_fec_error residual[4];
  uint32_t count;
  oio_fec_decode_errors(small_code(), of, errors, 2, residual, &count);
}
static void decode_errors_out_of_order(void) {
  decode_two_errors(3, 2, 1, 15);
}
static void decode_one_error_twice(void) {
  decode_two_errors(3, 3, 1, 15);
}
static void decode_an_error_of_nothing(void) {
  decode_two_errors(3, 4, 0, 15);
}
static void decode_an_error_beyond_the_field(void) {
  decode_two_errors(3, 4, 16, 15);
}
static void decode_an_error_behind_the_word(void) {
  decode_two_errors(3, 9, 1, 9);
}
static void decode_errors_of_a_word_of_parity(void) {
  decode_two_errors(0, 1, 1, 4);
}
static void loss_at_a_rate_above_one(void) {
  oio_fec_more_wrong(544, 15, 1.5);
}
static void bursts_of_no_end(void) {
  const struct oio_fec_bursts bursts = {.bit_error_rate = 1e-3, .propagation = 1.0, .ways = 1};
  oio_fec_burst_loss(oio_fec_code_named("kp4"), &bursts);
}
static void bursts_on_half_symbols(void) {
  const struct oio_fec_code code = {"9 bits", 0x211, 9, 2, 20, 16};
  const struct oio_fec_bursts bursts = {.bit_error_rate = 1e-3, .propagation = 0.5, .ways = 1};
  oio_fec_burst_loss(&code, &bursts);
}
static void syndrome_of_a_bit_behind_the_flit(void) {
  oio_flit_syndrome(format(), 5000);
}
static void put_more_than_a_payload(void) {
  oio_flit_put_payload(format(), wire.bytes, bytes, 237);
}
static void get_more_than_a_payload(void) {
  oio_flit_get_payload(format(), wire.bytes, bytes, 237);
}
static void put_a_protocol_of_three_bits(void) {
  oio_flit_put_head(format(), wire.bytes, &(const struct oio_flit_head){.protocol = 4});
}
static void put_a_command_of_three_bits(void) {
  oio_flit_put_head(format(), wire.bytes, &(const struct oio_flit_head){.command = 4});
}
static void ln_of_zero(void) {
  oio_ln(0);
}
static void ln1m_of_one(void) {
  oio_ln1m(1);
}
static void quantile_above_one(void) {
  oio_histogram_quantile(&(const struct oio_histogram){0}, 1.5);
}
static void pop_of_nothing(void) {
  oio_link_pop(link_of(OIO_BIT), 0);
}
static void commit_without_a_slot(void) {
  struct oio_link *link = link_of(OIO_BIT);
  oio_link_send_commit(link, 0);
  oio_link_send_commit(link, 0); /* the first still waits for the wire */
}
static void commit_of_more_touched_bytes_than_there_are(void) {
  struct oio_link *link = link_of(OIO_EVENT);
  oio_link_send_slot(link)->touched_bytes = 237;
  oio_link_send_commit(link, 0);
}
static void rx_of_more_touched_bytes_than_there_are(void) {
  const struct oio_flit_head head = {.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1, .credit_limit = 64};
  struct oio_link *link = link_of(OIO_EVENT);
  struct oio_link_state state;
  oio_link_get_state(link, &state);
  struct oio_flit_head own = head;
  own.credit_limit = state.credit_limit;
  oio_flit_put_head(format(), wire.bytes, &own);
  wire.touched_bytes = 237;
  oio_link_rx(link, 0, &wire);
}
static void peek_of_a_routed_link(void) {
  oio_link_peek(routed_link_of());
}
static void slot_of_a_routed_link_without_its_hop_vc(void) {
  oio_link_next_slot(routed_link_of());
}
static void newest_of_an_extended_link(void) {
  oio_link_newest(link_of(OIO_BIT));
}
static void payload_of_a_third_hop_vc(void) {
  oio_link_wants_vc(routed_link_of(), 2);
}
static void commit_of_another_hop_vc_than_the_payload_says(void) {
  struct oio_link *link = routed_link_of();
  oio_link_next_slot_vc(link, 0)->bytes[1] = 1;
  oio_link_send_commit_vc(link, 0, 0);
}
static void free_of_a_place_with_nothing_in_it(void) {
  oio_link_free(routed_link_of(), 0, 0);
}
static void tx_of_a_port_that_a_die_has_not(void) {
  oio_routed_die_tx(routed_die_of(), 1, 0, &wire);
}
static void rx_where_a_payload_waits_for_its_way(void) {
  oio_switch_rx(switch_of(), 0, 1, &wire);
}
static void forward_twice(void) {
  struct oio_switch *sw = switch_of();
  struct oio_arrival arrival;
  if (!oio_switch_arrived(sw, 0, &arrival)) return;
  oio_switch_forward(sw, 0, &arrival, 1, 0);
  oio_switch_forward(sw, 0, &arrival, 1, 0);
}
static void forward_to_a_port_that_is_not_there(void) {
  struct oio_switch *sw = switch_of();
  struct oio_arrival arrival;
  if (oio_switch_arrived(sw, 0, &arrival)) oio_switch_forward(sw, 0, &arrival, 2, 0);
}
static void forward_in_a_third_hop_vc(void) {
  struct oio_switch *sw = switch_of();
  struct oio_arrival arrival;
  if (oio_switch_arrived(sw, 0, &arrival)) oio_switch_forward(sw, 0, &arrival, 1, 2);
}
static void failing_of_nothing(void) {
  oio_link_fail(link_of(OIO_BIT), OIO_LINK_ALIVE);
}
static void push_onto_a_busy_wire(void) {
  struct oio_channel *channel = channel_of();
  oio_channel_push(channel, 100);
  oio_channel_push(channel, 200);
}
static void push_of_more_than_can_be_in_flight(void) {
  struct oio_channel *channel = channel_of();
  while (oio_channel_slot(channel) != NULL) oio_channel_push(channel, oio_channel_free_ps(channel));
  oio_channel_push(channel, oio_channel_free_ps(channel));
}
static void pop_of_an_empty_channel(void) {
  oio_channel_pop(channel_of());
}
static void queued_on_a_vc_that_is_not_in_use(void) {
  oio_die_queued(die_of(), 3);
}
static void tx_of_no_side(void) {
  oio_bridge_tx(bridge_of(), no_side, 0, &wire);
}
static void next_tx_of_no_side(void) {
  oio_bridge_next_tx_ps(bridge_of(), no_side, 0);
}
static void rx_of_no_side(void) {
  oio_bridge_rx(bridge_of(), no_side, 0, &wire);
}
static void failed_of_no_side(void) {
  oio_bridge_failed(bridge_of(), no_side);
}
static void state_of_no_side(void) {
  struct oio_link_state state;
  oio_bridge_get_link_state(bridge_of(), no_side, &state);
}
static void key_behind_the_last(void) {
  struct oio_config_key key;
  const struct oio_config config = unresolved();
  oio_config_describe(&config, oio_config_count(&config), &key);
}
static void value_of_a_key_behind_the_last(void) {
  const struct oio_config config = unresolved();
  oio_config_value(&config, oio_config_count(&config), (char *)bytes, sizeof bytes);
}
static void value_into_no_room(void) {
  const struct oio_config config = unresolved();
  oio_config_value(&config, 0, (char *)bytes, 0);
}
static void link_of_an_unresolved_configuration(void) {
  const struct oio_config config = unresolved();
  oio_config_optical_link(&config, &(struct oio_link_config){0});
}
static void die_link_of_an_unresolved_configuration(void) {
  const struct oio_config config = unresolved();
  oio_config_die_link(&config, true, &(struct oio_link_config){0});
}
static void channel_of_a_third_direction(void) {
  const struct oio_config config = resolved(OIO_BIT);
  oio_config_optical_channel(&config, 2, &(struct oio_channel_config){0});
}
static void channel_of_a_third_end(void) {
  const struct oio_config config = resolved(OIO_BIT);
  oio_config_die_channel(&config, 2, 0, &(struct oio_channel_config){0});
}
static void end_of_a_link_that_is_not_there(void) {
  const struct oio_config config = resolved(OIO_BIT);
  struct oio_net *net;
  if (oio_net_create(&net, &config, NULL, NULL) == OIO_OK) oio_net_ours(net, 6);
}
static void delivery_at_a_third_die(void) {
  const struct oio_config config = resolved(OIO_BIT);
  struct oio_traffic *traffic;
  if (oio_traffic_create(&traffic, &config, 2, NULL, NULL) == OIO_OK) oio_traffic_deliver(traffic, 0, 2, &(const struct oio_segment){0});
}
static void delivery_on_a_ninth_vc(void) {
  const struct oio_config config = resolved(OIO_BIT);
  struct oio_traffic *traffic;
  if (oio_traffic_create(&traffic, &config, 2, NULL, NULL) == OIO_OK)
    oio_traffic_deliver(traffic, 0, 0, &(const struct oio_segment){.vc = 8});
}
static void beat_that_is_not_shown(void) {
  oio_pins_beat(pins_of(channel_of()), bytes);
}
static void put_onto_a_channel_that_is_full(void) {
  struct oio_channel *channel = channel_of();
  while (oio_channel_slot(channel) != NULL) oio_channel_push(channel, oio_channel_free_ps(channel));
  oio_pins_put(pins_of(channel), oio_channel_free_ps(channel), true, bytes);
}
static void advance_into_the_past(void) {
  oio_sim_advance(sim_at(5000), 4999, NULL);
}
static void settle_in_the_past(void) {
  oio_sim_settle(sim_at(5000), 4999, NULL);
}

#define BROKEN(call)                                                                                                                       \
  { #call, call }
static const struct {
  const char *name;
  void (*call)(void);
} broken[] = {
    BROKEN(crc16_of_more_than_a_message),
    BROKEN(crc16_of_a_bit_behind_the_message),
    BROKEN(encode_five_ways),
    BROKEN(encode_no_data),
    BROKEN(encode_more_than_a_codeword),
    BROKEN(check_a_symbol_that_is_none),
    BROKEN(decode_a_symbol_that_is_none),
    BROKEN(decode_errors_out_of_order),
    BROKEN(decode_one_error_twice),
    BROKEN(decode_an_error_of_nothing),
    BROKEN(decode_an_error_beyond_the_field),
    BROKEN(decode_an_error_behind_the_word),
    BROKEN(decode_errors_of_a_word_of_parity),
    BROKEN(loss_at_a_rate_above_one),
    BROKEN(bursts_of_no_end),
    BROKEN(bursts_on_half_symbols),
    BROKEN(syndrome_of_a_bit_behind_the_flit),
    BROKEN(put_more_than_a_payload),
    BROKEN(get_more_than_a_payload),
    BROKEN(put_a_protocol_of_three_bits),
    BROKEN(put_a_command_of_three_bits),
    BROKEN(ln_of_zero),
    BROKEN(ln1m_of_one),
    BROKEN(quantile_above_one),
    BROKEN(pop_of_nothing),
    BROKEN(commit_without_a_slot),
    BROKEN(commit_of_more_touched_bytes_than_there_are),
    BROKEN(rx_of_more_touched_bytes_than_there_are),
    BROKEN(peek_of_a_routed_link),
    BROKEN(slot_of_a_routed_link_without_its_hop_vc),
    BROKEN(newest_of_an_extended_link),
    BROKEN(payload_of_a_third_hop_vc),
    BROKEN(commit_of_another_hop_vc_than_the_payload_says),
    BROKEN(free_of_a_place_with_nothing_in_it),
    BROKEN(tx_of_a_port_that_a_die_has_not),
    BROKEN(rx_where_a_payload_waits_for_its_way),
    BROKEN(forward_twice),
    BROKEN(forward_to_a_port_that_is_not_there),
    BROKEN(forward_in_a_third_hop_vc),
    BROKEN(failing_of_nothing),
    BROKEN(push_onto_a_busy_wire),
    BROKEN(push_of_more_than_can_be_in_flight),
    BROKEN(pop_of_an_empty_channel),
    BROKEN(queued_on_a_vc_that_is_not_in_use),
    BROKEN(tx_of_no_side),
    BROKEN(next_tx_of_no_side),
    BROKEN(rx_of_no_side),
    BROKEN(failed_of_no_side),
    BROKEN(state_of_no_side),
    BROKEN(key_behind_the_last),
    BROKEN(value_of_a_key_behind_the_last),
    BROKEN(value_into_no_room),
    BROKEN(link_of_an_unresolved_configuration),
    BROKEN(die_link_of_an_unresolved_configuration),
    BROKEN(channel_of_a_third_direction),
    BROKEN(channel_of_a_third_end),
    BROKEN(end_of_a_link_that_is_not_there),
    BROKEN(delivery_at_a_third_die),
    BROKEN(delivery_on_a_ninth_vc),
    BROKEN(beat_that_is_not_shown),
    BROKEN(put_onto_a_channel_that_is_full),
    BROKEN(advance_into_the_past),
    BROKEN(settle_in_the_past),
};

/* Carries out one call in a child whose standard error is kept. Returns how the child ended. */
static int in_a_child(void (*call)(void), char *said, size_t said_nbytes) {
  int ends[2], status = 0;
  assert_int_equal(pipe(ends), 0);
  fflush(NULL);
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    signal(SIGABRT, SIG_DFL); /* cmocka catches it */
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    call();
    _exit(0);
  }
  close(ends[1]);
  size_t got = 0;
  for (ssize_t more; got + 1 < said_nbytes && (more = read(ends[0], said + got, said_nbytes - 1 - got)) > 0;) got += (size_t)more;
  said[got] = '\0';
  close(ends[0]);
  assert_int_equal(waitpid(child, &status, 0), child);
  return status;
}

static void every_broken_precondition_stops_at_the_call_and_says_what_did_not_hold(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    char said[1000];
    const int status = in_a_child(broken[i].call, said, sizeof said);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT || strstr(said, "cmodel/src/") == NULL || strstr(said, "ssertion") == NULL)
      fail_msg("%s: ended with %#x and said '%s'", broken[i].name, (unsigned)status, said);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_broken_precondition_stops_at_the_call_and_says_what_did_not_hold),
  };
  return cmocka_run_group_tests_name("preconditions", tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
// The tests of oio_bridge: each takes a flit format and a seed, and ends the program when something is wrong.
#ifndef OIO_TESTS_RTL_BRIDGE_TESTS_H
#define OIO_TESTS_RTL_BRIDGE_TESTS_H

#include "dut.h"

// The test plays the peers by hand, and sends up to three flits before it looks at the credit.
#define OIO_HAND_TESTS(TEST)                                                                                                               \
  TEST(a_flit_crosses_with_the_documented_latency)                                                                                         \
  TEST(a_wrong_crc_is_answered_by_a_nak_and_the_replay_is_accepted_once)                                                                   \
  TEST(any_wrong_bit_that_is_covered_makes_a_flit_invalid_and_no_other_does)                                                               \
  TEST(duplicates_are_acknowledged_at_once_and_not_delivered)                                                                              \
  TEST(a_gap_is_answered_by_a_nak_of_the_last_in_order)                                                                                    \
  TEST(implicit_numbers_count_payload_flits_only)                                                                                          \
  TEST(an_explicit_nop_tells_a_receiver_that_it_lost_nothing)                                                                              \
  TEST(what_rule_r2_names_is_discarded)                                                                                                    \
  TEST(a_beat_lost_or_doubled_makes_a_flit_invalid)                                                                                        \
  TEST(a_flit_cut_short_for_good_is_asked_for)                                                                                             \
  TEST(silence_is_answered_by_a_replay_after_the_timeout)                                                                                  \
  TEST(a_link_fails_after_the_replay_limit_and_then_sends_nothing)                                                                         \
  TEST(an_ack_of_what_was_not_sent_fails_the_link)                                                                                         \
  TEST(a_payload_numbered_zero_fails_the_link)                                                                                             \
  TEST(a_peer_without_credit_fails_the_link)                                                                                               \
  TEST(credit_is_an_absolute_limit)                                                                                                        \
  TEST(a_credit_limit_that_goes_back_or_that_the_peers_buffer_cannot_justify_fails_the_link)                                               \
  TEST(an_ignored_nak_owes_no_ack)                                                                                                         \
  TEST(what_a_failed_link_had_accepted_still_goes_on)                                                                                      \
  TEST(a_nak_starts_one_replay_and_a_stale_one_none)                                                                                       \
  TEST(a_nak_with_nothing_outstanding_is_answered_by_an_explicit_nop)                                                                      \
  TEST(a_cursor_moved_by_an_ack_goes_on_with_an_explicit_number)                                                                           \
  TEST(a_full_replay_buffer_takes_no_more_and_replays_all)                                                                                 \
  TEST(straps_make_window_and_buffer_smaller)                                                                                              \
  TEST(a_reset_with_traffic_in_flight_leaves_nothing_behind)

// Either side alike, every bit of what has a number: of a bridge with small windows and buffers. The short ones first: what is broken is
// seen soon.
#define OIO_SIDES_TESTS(TEST)                                                                                                              \
  TEST(a_full_window_is_kept_to_and_replayed_whole)                                                                                        \
  TEST(an_ack_amid_a_replay_moves_it_on)                                                                                                   \
  TEST(a_nak_is_of_the_round_that_it_echoes)                                                                                               \
  TEST(a_replay_after_the_timeout_says_its_number)                                                                                         \
  TEST(payloads_that_carry_acks_and_naks_are_numbered_by_the_ones_before)                                                                  \
  TEST(an_ack_that_comes_as_the_time_is_out_is_progress)                                                                                   \
  TEST(an_ack_that_comes_as_a_flit_begins_is_counted_with_it)                                                                              \
  TEST(every_duration_is_kept_to_the_cycle)                                                                                                \
  TEST(a_stale_nak_is_honoured_from_the_repeat_time_on_and_not_before)                                                                     \
  TEST(an_ack_is_taken_of_what_is_outstanding_and_of_nothing_else)                                                                         \
  TEST(a_limit_is_taken_that_the_peers_buffer_justifies_and_no_other)                                                                      \
  TEST(credit_is_counted_through_any_sequence_of_flits)                                                                                    \
  TEST(a_limit_that_comes_as_a_flit_begins_is_taken_with_it)                                                                               \
  TEST(what_is_sent_is_counted_and_says_by_turns_its_number_and_an_ack)                                                                    \
  TEST(an_ack_owed_anew_as_another_is_paid_is_paid_in_its_own_time)                                                                        \
  TEST(a_credit_owed_anew_as_another_is_paid_is_paid_in_its_own_time)                                                                      \
  TEST(a_receiver_makes_of_any_flits_what_the_specification_does)                                                                          \
  TEST(long_durations_are_kept_to_the_cycle)                                                                                               \
  TEST(a_link_fails_after_just_as_many_replays_as_it_may_make)                                                                             \
  TEST(a_long_run_is_counted_to_the_flit)                                                                                                  \
  TEST(numbers_of_every_bit_are_received_and_sent_again)

// Peers that follow all rules.
#define OIO_TRAFFIC_TESTS(TEST)                                                                                                            \
  TEST(traffic_runs_at_full_rate_in_both_directions_at_once)                                                                               \
  TEST(numbers_wrap_without_losing_a_payload)                                                                                              \
  TEST(every_payload_crosses_one_bridge_once_and_in_order_over_bad_wires)                                                                  \
  TEST(every_payload_crosses_two_bridges_once_and_in_order_over_bad_wires)

#define OIO_DECLARE(name) void name(unsigned format, uint64_t seed);
OIO_HAND_TESTS(OIO_DECLARE)
OIO_SIDES_TESTS(OIO_DECLARE)
OIO_TRAFFIC_TESTS(OIO_DECLARE)
#undef OIO_DECLARE

#endif

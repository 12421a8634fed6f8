/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The channel (SPEC.md sections 8 and 10) against 128-bit arithmetic, closed forms and libm. OIO_SEED is the seed of the channels: every
 * seed must pass the statistics at 4 to 5 sigma.
 */
#define CHANCE_PROGRAM "test_channel"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/channel.h"
#include "oio/config.h"
#include "oio/fec.h"
#include "oio/rng.h"

static struct oio_channel_config perfect(void) {
  return (struct oio_channel_config){
      .format = 3, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 32000000000u, .flight_ps = 48970, .seed = seed};
}

static struct oio_channel *make(struct oio_channel_config config) {
  struct oio_channel *channel;
  struct oio_error error;
  if (oio_channel_create(&channel, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return channel;
}

static const struct oio_wire *send_zeros(struct oio_channel *channel, uint64_t start_ps) {
  struct oio_wire *wire = oio_channel_slot(channel);
  memset(wire, 0, sizeof *wire);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  oio_channel_push(channel, start_ps);
  return wire;
}

/* ---- time ---- */

/* floor(k * 2048 * 10^12 / rate), in 128 bits by hand: ISO C has no 128-bit integer. */
static uint64_t exact_ps(uint64_t k, uint64_t rate) {
  const uint64_t one = 2048000000000000u, whole = one / rate, rest = one % rate;
  /* k * rest / rate, bit by bit of k, keeping the remainder below rate */
  uint64_t quotient = 0, remainder = 0;
  for (int bit = 63; bit >= 0; bit--) {
    quotient *= 2;
    remainder *= 2;
    if (remainder >= rate) {
      remainder -= rate;
      quotient++;
    }
    if (k >> bit & 1) {
      remainder += rest;
      if (remainder >= rate) {
        remainder -= rate;
        quotient++;
      }
    }
  }
  return k * whole + quotient;
}

static void the_oracle_of_exact_time_agrees_with_long_double_and_known_values(void **state) {
  (void)state;
  assert_int_equal(exact_ps(1, 512000000000u), 4000);
  assert_int_equal(exact_ps(3, 3000000000000u), 2048);
  assert_int_equal(exact_ps(1000000000, 7000000000000u), 292571428571);
  for (uint64_t k = 1; k < 1000; k++)
    assert_int_equal(exact_ps(k, 1234567891011u), (uint64_t)((long double)k * 2048e12L / 1234567891011.0L));
}

static const struct {
  uint32_t lanes;
  uint64_t rate;
} rates[] = {{16, 32000000000u}, {3, 1000000000000u},   {7, 1000000000000u}, {64, 16000000000u},
             {1, 53125000000u},  {1024, 999999999989u}, {1, 1000000u},       {13, 106250000001u}};

static void flit_k_of_a_busy_wire_starts_at_the_floor_of_k_flit_times(void **state) {
  (void)state;
  for (unsigned i = 0; i < sizeof rates / sizeof rates[0]; i++) {
    struct oio_channel_config config = perfect();
    config.lanes = rates[i].lanes;
    config.lane_rate_bits_per_s = rates[i].rate;
    config.flight_ps = 0;
    struct oio_channel *channel = make(config);
    const uint64_t rate = config.lanes * config.lane_rate_bits_per_s, begin = 12345;
    assert_int_equal(oio_channel_flit_ps(channel), exact_ps(1, rate));
    uint64_t start = begin;
    for (uint64_t k = 1; k <= 300000; k++) {
      send_zeros(channel, start);
      start = oio_channel_free_ps(channel);
      if (start != begin + exact_ps(k, rate))
        fail_msg("rate %llu, flit %llu: the wire is free %llu", (unsigned long long)rate, (unsigned long long)k, (unsigned long long)start);
      if (oio_channel_arrival_ps(channel) != start) fail_msg("flit %llu arrives late", (unsigned long long)k);
      oio_channel_pop(channel);
    }
    oio_channel_destroy(channel);
  }
}

/* The remainder is a number below the rate that goes round: if it comes back after a period, the billionth flit is on time because the
 * period is. 7 Tb/s: the period is 7 flits in 2048 ps. */
static void the_billionth_flit_is_not_late_because_the_remainder_comes_round(void **state) {
  (void)state;
  struct oio_channel_config config = perfect();
  config.lanes = 7;
  config.lane_rate_bits_per_s = 1000000000000u;
  config.flight_ps = 0;
  struct oio_channel *channel = make(config);
  uint64_t start = 0;
  for (uint64_t round = 1; round <= 100000; round++) {
    for (unsigned k = 0; k < 7; k++) {
      send_zeros(channel, start);
      oio_channel_pop(channel);
      start = oio_channel_free_ps(channel);
    }
    assert_int_equal(start, 2048 * round);
  }
  assert_int_equal(exact_ps(1000000000, 7000000000000u), (uint64_t)(1000000000u / 7) * 2048 + exact_ps(1000000000 % 7, 7000000000000u));
  oio_channel_destroy(channel);
}

static void after_a_pause_time_counts_from_the_flit_that_ends_it(void **state) {
  (void)state;
  struct oio_channel_config config = perfect();
  config.lanes = 7;
  config.lane_rate_bits_per_s = 1000000000000u; /* 292.57 ps */
  struct oio_channel *channel = make(config);
  send_zeros(channel, 0);
  assert_int_equal(oio_channel_free_ps(channel), 292);
  send_zeros(channel, 293); /* idle for a picosecond: the remainder is forgotten */
  assert_int_equal(oio_channel_free_ps(channel), 293 + 292);
  send_zeros(channel, 585);
  assert_int_equal(oio_channel_free_ps(channel), 293 + 585);
  oio_channel_destroy(channel);
}

static void ten_metres_of_fibre_take_48970_ps_and_logic_is_added(void **state) {
  (void)state;
  struct oio_config keys;
  struct oio_channel_config config;
  oio_config_defaults(&keys);
  assert_int_equal(oio_config_set(&keys, "test", "optical.length_m=10", NULL), OIO_OK);
  assert_int_equal(oio_config_resolve(&keys, NULL), OIO_OK);
  assert_int_equal(oio_config_flight_ps(&keys), 48970);
  oio_config_optical_channel(&keys, 0, &config);
  struct oio_channel *channel = make(config);
  const struct oio_wire *wire = send_zeros(channel, 1000);
  assert_int_equal(oio_channel_arrival_ps(channel), 1000 + 4000 + 48970 + 10000);
  assert_int_equal(wire->stamp.parts_ps[OIO_PART_SERIALISE], 4000);
  assert_int_equal(wire->stamp.parts_ps[OIO_PART_FLIGHT], 48970);
  assert_int_equal(wire->stamp.parts_ps[OIO_PART_LOGIC], 10000);
  oio_channel_destroy(channel);
}

static void flits_arrive_in_order_as_sent_and_a_drop_empties_the_wire(void **state) {
  (void)state;
  struct oio_channel_config config = perfect();
  struct oio_channel *channel = make(config);
  assert_null(oio_channel_peek(channel));
  assert_true(oio_channel_arrival_ps(channel) == OIO_NEVER);
  uint64_t start = 0;
  for (unsigned round = 0; round < 50; round++) {
    struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
    for (unsigned k = 0; k < 13; k++) { /* as many as 48.97 ns hold, and one */
      memset(wire.bytes, (int)(13 * round + k), sizeof wire.bytes);
      oio_channel_send(channel, start, &wire);
      start = oio_channel_free_ps(channel);
    }
    for (unsigned k = 0; k < 13; k++) {
      if (round == 49 && k == 5) {
        oio_channel_drop(channel);
        assert_null(oio_channel_peek(channel));
        break;
      }
      memset(wire.bytes, (int)(13 * round + k), sizeof wire.bytes);
      assert_memory_equal(oio_channel_peek(channel)->bytes, wire.bytes, sizeof wire.bytes);
      oio_channel_pop(channel);
    }
  }
  oio_channel_destroy(channel);
}

/* ---- errors ---- */

/* Sends until `wanted` wrong bits were seen or `flits` flits; each(gap) gets the right bits before every wrong one. */
struct gaps {
  uint64_t right, wrong, flits, wrong_flits;
  double sum, squares;
  uint64_t cell[64];
  double cell_at[64]; /* gaps below cell_at[i] and not below cell_at[i-1] fall into cell i */
  unsigned cells;
};

static void note_gap(struct gaps *g) {
  const double gap = (double)g->right;
  g->sum += gap;
  g->squares += gap * gap;
  unsigned i = 0;
  while (i + 1 < g->cells && gap >= g->cell_at[i]) i++;
  g->cell[i]++;
  g->wrong++;
  g->right = 0;
}

static void collect(struct oio_channel_config config, uint64_t flits, struct gaps *g) {
  struct oio_channel *channel = make(config);
  for (g->flits = 0; g->flits < flits; g->flits++) {
    const struct oio_wire *wire = send_zeros(channel, oio_channel_free_ps(channel));
    oio_channel_pop(channel);
    bool any = false;
    for (unsigned byte = 0; byte < 256; byte++) {
      if (wire->bytes[byte] == 0) {
        g->right += 8;
        continue;
      }
      any = true;
      for (unsigned bit = 0; bit < 8; bit++) {
        if (wire->bytes[byte] >> bit & 1) {
          note_gap(g);
        } else {
          g->right++;
        }
      }
    }
    g->wrong_flits += any;
  }
  struct oio_channel_state s;
  oio_channel_get_state(channel, &s);
  assert_int_equal(s.flits, flits);
  assert_int_equal(s.wrong_bits, g->wrong);
  assert_int_equal(s.wrong_flits, g->wrong_flits);
  oio_channel_destroy(channel);
}

static void the_gaps_between_wrong_bits_are_geometric(void **state) {
  (void)state;
  static const double probabilities[] = {0.4, 0.05, 1e-2, 1e-3};
  for (unsigned i = 0; i < 4; i++) {
    const double p = probabilities[i], q = 1 - p;
    struct oio_channel_config config = perfect();
    config.bit_error_rate = p;
    config.format = i % 2 ? 3 : 6;
    struct gaps g = {.cells = 0};
    for (unsigned c = 1; c < 30; c++) { /* 30 cells of about the same probability */
      const double at = ceil(log(1 - c / 30.0) / log(q));
      if (g.cells == 0 || at > g.cell_at[g.cells - 1]) g.cell_at[g.cells++] = at;
    }
    g.cell_at[g.cells++] = INFINITY;
    collect(config, i < 2 ? 2000 : 60000, &g);
    const double n = (double)g.wrong, mean = g.sum / n, variance = g.squares / n - mean * mean;
    const double true_mean = q / p, true_variance = q / (p * p);
    const double mean_sigma = sqrt(true_variance / n);
    /* the fourth central moment of the geometric distribution, for the variance's own spread */
    const double fourth = true_variance * true_variance * (9 + p * p / q);
    const double variance_sigma = sqrt((fourth - true_variance * true_variance) / n);
    double chi = 0;
    for (unsigned c = 0; c < g.cells; c++) {
      const double below = c == 0 ? 0 : g.cell_at[c - 1];
      const double expected = n * (pow(q, below) - (c + 1 == g.cells ? 0 : pow(q, g.cell_at[c])));
      assert_true(expected > 20);
      chi += ((double)g.cell[c] - expected) * ((double)g.cell[c] - expected) / expected;
    }
    const double freedom = g.cells - 1, limit = freedom + 5 * sqrt(2 * freedom) + 10;
    print_message("p %g: %g gaps, mean %+.2f sigma, variance %+.2f sigma, chi-square %.1f with %g\n", p, n, (mean - true_mean) / mean_sigma,
                  (variance - true_variance) / variance_sigma, chi, freedom);
    if (fabs(mean - true_mean) > 4.5 * mean_sigma || fabs(variance - true_variance) > 4.5 * variance_sigma || chi > limit) {
      FAIL_WITH_REPLAY("the gaps at p = %g are not geometric", p);
    }
  }
}

static void check_flit_error_probability(double p, uint64_t flits) {
  struct oio_channel_config config = perfect();
  config.bit_error_rate = p;
  struct gaps g = {.cells = 1, .cell_at = {INFINITY}};
  collect(config, flits, &g);
  const double expected = -expm1(2048 * log1p(-p)), seen = (double)g.wrong_flits / (double)flits;
  const double sigma = sqrt(expected * (1 - expected) / (double)flits);
  print_message("p %g: a flit is wrong with %.4e, in closed form %.4e, %+.2f sigma\n", p, seen, expected, (seen - expected) / sigma);
  if (fabs(seen - expected) > 4 * sigma) FAIL_WITH_REPLAY("flit error probability at p = %g", p);
}

static void a_flit_is_wrong_as_often_as_the_closed_form_says(void **state) {
  (void)state;
  assert_true(fabs(-expm1(2048 * log1p(-1e-6)) - 2.046e-3) < 5e-7); /* the published 2.046e-3 */
  check_flit_error_probability(1e-6, 2000000);
  check_flit_error_probability(1e-5, 1000000);
  check_flit_error_probability(1e-4, 200000);
  check_flit_error_probability(1e-3, 100000);
}

/* Section 10 once more with libm: gap after gap from the stream, over all bits of all flits, whatever the flit boundaries. */
static void wrong_bits_are_where_the_stream_of_gaps_puts_them(void **state) {
  (void)state;
  struct oio_channel_config config = perfect();
  config.bit_error_rate = 3e-4;
  config.stream = 5;
  struct oio_channel *channel = make(config);
  struct oio_rng rng;
  oio_rng_seed(&rng, config.seed, config.stream);
  uint64_t next = (uint64_t)(log(oio_rng_unit(&rng)) / log1p(-3e-4));
  for (uint64_t k = 0; k < 100000; k++) {
    uint8_t expected[OIO_FLIT_BYTES] = {0};
    for (; next < (k + 1) * OIO_FLIT_BITS; next += 1 + (uint64_t)(log(oio_rng_unit(&rng)) / log1p(-3e-4))) {
      expected[next / 8 % OIO_FLIT_BYTES] |= (uint8_t)(1u << next % 8);
    }
    const struct oio_wire *wire = send_zeros(channel, oio_channel_free_ps(channel));
    if (memcmp(wire->bytes, expected, sizeof expected) != 0) FAIL_WITH_REPLAY("flit %llu", (unsigned long long)k);
    oio_channel_pop(channel);
  }
  oio_channel_destroy(channel);
}

static void every_bit_of_the_flit_is_hit_alike(void **state) {
  (void)state;
  struct oio_channel_config config = perfect();
  config.bit_error_rate = 1e-2;
  struct oio_channel *channel = make(config);
  static uint64_t hits[2048];
  memset(hits, 0, sizeof hits);
  enum { FLITS = 60000 };
  for (unsigned k = 0; k < FLITS; k++) {
    const struct oio_wire *wire = send_zeros(channel, oio_channel_free_ps(channel));
    oio_channel_pop(channel);
    for (unsigned bit = 0; bit < 2048; bit++) hits[bit] += wire->bytes[bit / 8] >> bit % 8 & 1;
  }
  const double expected = FLITS * 1e-2, sigma = sqrt(expected * 0.99);
  for (unsigned bit = 0; bit < 2048; bit++) {
    if (fabs((double)hits[bit] - expected) > 5.5 * sigma) FAIL_WITH_REPLAY("bit %u was hit %llu times", bit, (unsigned long long)hits[bit]);
  }
  oio_channel_destroy(channel);
}

static void wrong_bits_and_syndrome_say_what_was_flipped_under_a_crc(void **state) {
  (void)state;
  for (unsigned number = 3; number <= 6; number += 3) {
    struct oio_channel_config config = perfect();
    config.format = (uint8_t)number;
    config.bit_error_rate = 2e-3;
    struct oio_channel *channel = make(config);
    for (unsigned k = 0; k < 20000; k++) {
      const struct oio_wire *wire = send_zeros(channel, oio_channel_free_ps(channel));
      oio_channel_pop(channel);
      uint32_t syndrome = 0;
      unsigned covered = 0;
      for (unsigned bit = 0; bit < 2048; bit++) {
        if ((wire->bytes[bit / 8] >> bit % 8 & 1) == 0) continue;
        syndrome ^= oio_flit_syndrome(oio_flit_format(number), bit);
        covered += number == 6 || bit / 8 < 242 || bit / 8 >= 252;
      }
      if (wire->syndrome != syndrome || wire->wrong_bits != covered) FAIL_WITH_REPLAY("flit %u", k);
    }
    oio_channel_destroy(channel);
  }
}

/* The flips of 3000 flits as one number. */
static uint64_t flips_of(uint64_t of_seed, uint64_t stream, enum oio_fidelity fidelity) {
  struct oio_channel_config config = perfect();
  config.bit_error_rate = 1e-3;
  config.seed = of_seed;
  config.stream = stream;
  config.fidelity = fidelity;
  struct oio_channel *channel = make(config);
  uint64_t sum = 0;
  for (unsigned k = 0; k < 3000; k++) {
    const struct oio_wire *wire = send_zeros(channel, oio_channel_free_ps(channel));
    oio_channel_pop(channel);
    for (unsigned byte = 0; byte < 256; byte++) sum = (sum ^ wire->bytes[byte]) * 0x100000001B3u;
  }
  oio_channel_destroy(channel);
  return sum;
}

static void the_same_seed_makes_the_same_errors_and_every_seed_and_stream_others(void **state) {
  (void)state;
  uint64_t seen[64];
  unsigned count = 0;
  for (uint64_t s = 0; s < 4; s++) {
    for (uint64_t stream = 0; stream < 6; stream++) {
      const uint64_t flips = flips_of(seed + s, stream, OIO_BIT);
      assert_true(flips == flips_of(seed + s, stream, OIO_BIT));
      assert_true(flips == flips_of(seed + s, stream, OIO_EVENT));
      for (unsigned i = 0; i < count; i++) assert_true(seen[i] != flips);
      seen[count++] = flips;
    }
  }
}

static void a_channel_without_errors_flips_nothing(void **state) {
  (void)state;
  struct gaps g = {.cells = 1, .cell_at = {INFINITY}};
  collect(perfect(), 200000, &g);
  assert_int_equal(g.wrong, 0);
}

static void a_configuration_out_of_range_is_refused(void **state) {
  (void)state;
  struct oio_channel *channel;
  struct oio_error error;
  struct oio_channel_config c;
#define REFUSED(field, value)                                                                                                              \
  do {                                                                                                                                     \
    c = perfect();                                                                                                                         \
    c.field = (value);                                                                                                                     \
    assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_ERR_CONFIG);                                                            \
    assert_null(channel);                                                                                                                  \
  } while (0)
  REFUSED(format, 4);
  REFUSED(lanes, 0);
  REFUSED(lanes, 1025);
  REFUSED(lane_rate_bits_per_s, 999999);
  REFUSED(lane_rate_bits_per_s, 1000000000001u);
  REFUSED(flight_ps, OIO_MS + 1);
  REFUSED(logic_ps, OIO_MS + 1);
  REFUSED(bit_error_rate, -1e-9);
  REFUSED(bit_error_rate, 0.51);
  REFUSED(bit_error_rate, (double)NAN);
  REFUSED(fec, "kp5");
  REFUSED(fec, "rs15"); /* a flit does not fit into a block of it */
#define REFUSED_WITH(field, value)                                                                                                         \
  do {                                                                                                                                     \
    c = perfect();                                                                                                                         \
    c.fec = "kp4";                                                                                                                         \
    c.fec_ways = 1;                                                                                                                        \
    c.field = (value);                                                                                                                     \
    assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_ERR_CONFIG);                                                            \
  } while (0)
  REFUSED_WITH(fec_ways, 0);
  REFUSED_WITH(fec_ways, 3);
  REFUSED_WITH(fec_ways, 8);
  REFUSED_WITH(fec_ps, OIO_MS + 1);
  struct oio_fec *other;
  assert_int_equal(oio_fec_create(&other, oio_fec_code_named("ll"), NULL, &error), OIO_OK);
  REFUSED_WITH(fec_tables, other);
  oio_fec_destroy(other);
  c = perfect();
  c.fec = "kp4";
  c.fec_ways = 1;
  c.lanes = 1000;
  c.lane_rate_bits_per_s = 100000000001u;
  assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_ERR_CONFIG);
  c.lane_rate_bits_per_s--;
  assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_OK);
  oio_channel_destroy(channel);
}

/* In event fidelity most bytes of a payload are never written: where a wrong bit falls among them, it is the only thing to be seen. */
static void in_event_fidelity_wrong_bits_are_all_that_there_is_behind_the_touched_bytes(void **state) {
  (void)state;
  for (unsigned format = 3; format <= 6; format += 3) {
    struct oio_channel_config config = perfect();
    config.format = (uint8_t)format;
    config.fidelity = OIO_EVENT;
    config.bit_error_rate = 0.01;
    struct oio_channel *channel = make(config);
    struct oio_wire *wire = oio_channel_slot(channel);
    const struct oio_flit_format *layout = oio_flit_format(format);
    uint8_t payload[OIO_PAYLOAD_BYTES];
    memset(wire, 0, sizeof *wire);
    memset(payload, 0xFF, sizeof payload); /* what was there before */
    oio_flit_put_payload(layout, wire->bytes, payload, sizeof payload);
    wire->touched_bytes = 12;
    oio_channel_push(channel, 0);
    oio_flit_get_payload(layout, wire->bytes, payload, sizeof payload);
    unsigned set_bits = 0;
    for (unsigned bit = 8 * 12; bit < 8 * OIO_PAYLOAD_BYTES; bit++) set_bits += payload[bit / 8] >> bit % 8 & 1u;
    assert_int_equal(wire->touched_bytes, OIO_PAYLOAD_BYTES);
    assert_in_range(set_bits, 1, 60); /* 18 are wrong in the mean, of 1792 */
    oio_channel_destroy(channel);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_oracle_of_exact_time_agrees_with_long_double_and_known_values),
      cmocka_unit_test(flit_k_of_a_busy_wire_starts_at_the_floor_of_k_flit_times),
      cmocka_unit_test(the_billionth_flit_is_not_late_because_the_remainder_comes_round),
      cmocka_unit_test(after_a_pause_time_counts_from_the_flit_that_ends_it),
      cmocka_unit_test(ten_metres_of_fibre_take_48970_ps_and_logic_is_added),
      cmocka_unit_test(flits_arrive_in_order_as_sent_and_a_drop_empties_the_wire),
      cmocka_unit_test(the_gaps_between_wrong_bits_are_geometric),
      cmocka_unit_test(a_flit_is_wrong_as_often_as_the_closed_form_says),
      cmocka_unit_test(wrong_bits_are_where_the_stream_of_gaps_puts_them),
      cmocka_unit_test(every_bit_of_the_flit_is_hit_alike),
      cmocka_unit_test(wrong_bits_and_syndrome_say_what_was_flipped_under_a_crc),
      cmocka_unit_test(the_same_seed_makes_the_same_errors_and_every_seed_and_stream_others),
      cmocka_unit_test(a_channel_without_errors_flips_nothing),
      cmocka_unit_test(a_configuration_out_of_range_is_refused),
      cmocka_unit_test(in_event_fidelity_wrong_bits_are_all_that_there_is_behind_the_touched_bytes),
  };
  return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}

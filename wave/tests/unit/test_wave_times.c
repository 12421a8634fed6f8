/* SPDX-License-Identifier: Apache-2.0 */
/* Times as rules have them: exact, against arithmetic in 128 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_times"
#include "chance.h"
#include "wave_rules_fixture.h"

__extension__ typedef __int128 wide;

/* ---- times ---- */

static wide power(int exponent) {
  wide value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

/* A decimal times its unit in units of 10^-24 s, against ticks times theirs. */
static void times_are_exact(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int exponent;
  } units[] = {{"s", 0}, {"ms", -3}, {"us", -6}, {"ns", -9}, {"ps", -12}, {"fs", -15}, {"as", -18}};
  uint64_t stream = chance_stream(3);
  unsigned whole = 0, runs = 0;
  for (; runs < 200000; runs++) {
    const unsigned unit = (unsigned)chance_below(&stream, 7), decimals = (unsigned)chance_below(&stream, 6);
    uint64_t mantissa = chance(&stream) >> (24 + chance_below(&stream, 40));
    if (chance_below(&stream, 2)) mantissa -= mantissa % 1000;
    const int sign = chance_below(&stream, 3) == 0 ? -1 : 1, shift = (int)chance_below(&stream, 7) - 3;
    const int target = -3 * (int)chance_below(&stream, 7);
    char text[80], exponent[8] = "";
    if (chance_below(&stream, 3) == 0) snprintf(exponent, sizeof exponent, "e%d", shift);
    const int effective = exponent[0] != '\0' ? shift : 0;
    const uint64_t scale = (uint64_t)power((int)decimals);
    int used = snprintf(text, sizeof text, "%s%llu", sign < 0 ? "-" : "", (unsigned long long)(mantissa / scale));
    if (decimals > 0)
      used += snprintf(text + used, sizeof text - (size_t)used, ".%0*llu", (int)decimals, (unsigned long long)(mantissa % scale));
    snprintf(text + used, sizeof text - (size_t)used, "%s%s", exponent, units[unit].name);
    struct wave_span span, again;
    int64_t ticks = 0;
    char printed[64];
    if (wave_span_parse(&span, text, &error) != WAVE_OK) FAIL_WITH_REPLAY("%s", error.text);
    /* value * 10^(unit - decimals + effective) against ticks * 10^target */
    const int power_of = units[unit].exponent - (int)decimals + effective - target;
    const wide amount = (wide)mantissa * sign;
    const wide expected = power_of >= 0 ? amount * power(power_of > 25 ? 25 : power_of) : amount / power(-power_of);
    const bool fits = (power_of >= 0 || amount % power(-power_of) == 0) && expected <= INT64_MAX && expected >= -INT64_MAX;
    if (power_of > 19 && amount != 0) {
      if (wave_span_ticks(&span, target, &ticks)) FAIL_WITH_REPLAY("%s in 1e%d is no overflow", text, target);
      continue;
    }
    const bool got = wave_span_ticks(&span, target, &ticks);
    if (got != fits || (fits && (wide)ticks != expected)) FAIL_WITH_REPLAY("%s in 1e%d is %d: %lld", text, target, got, (long long)ticks);
    whole += fits;
    wave_span_text(&span, printed, sizeof printed);
    if (wave_span_parse(&again, printed, &error) != WAVE_OK) FAIL_WITH_REPLAY("%s: %s", text, error.text);
    span_equal(printed, span, again);
  }
  assert_true(whole > runs / 10 && whole < runs - runs / 10);
}

struct good_time {
  const char *text;
  int64_t value;
  int exponent;
  enum wave_unit unit;
  const char *printed;
};

static void times_are_read_as_people_write_them(void **state) {
  (void)state;
  static const struct good_time good[] = {
      {"12.5ns", 125, -10, WAVE_SECONDS, "12.5ns"},
      {"1e-3us", 1, -9, WAVE_SECONDS, "1ns"},
      {" 100 ticks ", 100, 0, WAVE_TICKS, "100ticks"},
      {"1tick", 1, 0, WAVE_TICKS, "1ticks"},
      {"20cycles", 20, 0, WAVE_CYCLES, "20cycles"},
      {"2e1cycles", 20, 0, WAVE_CYCLES, "20cycles"},
      {"2.0cycles", 2, 0, WAVE_CYCLES, "2cycles"},
      {"0", 0, 0, WAVE_SECONDS, "0"},
      {"-0.0", 0, 0, WAVE_SECONDS, "0"},
      {"0ps", 0, 0, WAVE_SECONDS, "0"},
      {"0ticks", 0, 0, WAVE_SECONDS, "0"}, /* no time is no time */
      {"0cycles", 0, 0, WAVE_CYCLES, "0cycles"},
      {".5s", 5, -1, WAVE_SECONDS, "0.5s"},
      {"-1ns", -1, -9, WAVE_SECONDS, "-1ns"},
      {"-0.05ns", -5, -11, WAVE_SECONDS, "-0.05ns"},
      {"+3as", 3, -18, WAVE_SECONDS, "3as"},
      {"9223372036854775807s", INT64_MAX, 0, WAVE_SECONDS, "9223372036854775807s"},
      {"1.0000000000000000000000000000s", 1, 0, WAVE_SECONDS, "1s"},
      {"1E3ns", 1, -6, WAVE_SECONDS, "1us"},
      {"7e5s", 7, 5, WAVE_SECONDS, "7e5s"},
      {"0.001as", 1, -21, WAVE_SECONDS, "1e-21s"},
  };
  for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
    struct wave_span span, again;
    char text[64];
    if (wave_span_parse(&span, good[i].text, &error) != WAVE_OK) fail_msg("%s", error.text);
    wave_span_text(&span, text, sizeof text);
    assert_int_equal(wave_span_parse(&again, text, NULL), WAVE_OK);
    span_equal(text, span, again);
    span_equal(good[i].text, span, (struct wave_span){good[i].value, good[i].exponent, good[i].unit});
    assert_string_equal(text, good[i].printed);
  }
}

static void what_is_no_time_is_refused(void **state) {
  (void)state;
  static const char *const bad[][2] = {
      {"", "is no time"},
      {"ns", "is no time"},
      {".ns", "is no time"},
      {"-", "is no time"},
      {"5", "has no unit"},
      {"5 n s", "is no unit"},
      {"5NS", "is no unit"},
      {"1e", "is no unit"},
      {"1ens", "is no unit"},
      {"1e+ns", "is no unit"},
      {"1.5ticks", "whole"},
      {"1e-1cycles", "whole"},
      {"1e30ticks", "whole"},
      {"9223372036854775808s", "too large"},
      {"1e99999999999s", "too large"},
      {"1e2000s", "too large"},
      {"0x10ns", "is no unit"},
      {"1,5ns", "is no unit"},
      {"1.2.3ns", "is no unit"},
      {"0.12345678901234567890123s", "too many digits"},
      {"5nsnsnsnsnsnsnsnsnsnsns", "is no unit"},
  };
  for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    struct wave_span span;
    if (wave_span_parse(&span, bad[i][0], &error) == WAVE_OK) fail_msg("'%s' is accepted", bad[i][0]);
    if (strstr(error.text, bad[i][1]) == NULL) fail_msg("'%s': '%s' does not say '%s'", bad[i][0], error.text, bad[i][1]);
  }
  int64_t ticks;
  assert_false(wave_span_ticks(&(struct wave_span){3, 0, WAVE_CYCLES}, 0, &ticks));
  assert_true(wave_span_ticks(&(struct wave_span){3, 0, WAVE_TICKS}, -12, &ticks) && ticks == 3);
  assert_true(wave_span_ticks(&(struct wave_span){0}, -1000, &ticks) && ticks == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(times_are_exact),
      TEST(times_are_read_as_people_write_them),
      TEST(what_is_no_time_is_refused),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Globs against a matcher that follows the definition by plain recursion, over random pairs of short texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_glob"
#include "chance.h"

#include "glob.h"
#include "rules.h"

static bool naive(const char *glob, const char *path) {
  if (glob[0] == '\0') return path[0] == '\0';
  if (glob[0] == '*' && glob[1] == '*') {
    size_t stars = strspn(glob, "*");
    for (;; path++) {
      if (naive(glob + stars, path)) return true;
      if (path[0] == '\0') return false;
    }
  }
  if (glob[0] == '*') {
    for (;; path++) {
      if (naive(glob + 1, path)) return true;
      if (path[0] == '\0' || path[0] == '.') return false;
    }
  }
  if (path[0] == '\0' || (glob[0] == '?' ? path[0] == '.' : path[0] != glob[0])) return false;
  return naive(glob + 1, path + 1);
}

static void draw(uint64_t *stream, char *text, size_t longest, const char *letters) {
  const size_t length = chance_below(stream, longest + 1);
  for (size_t i = 0; i < length; i++) text[i] = letters[chance_below(stream, strlen(letters))];
  text[length] = '\0';
}

/* A path that fits more often than not: the glob with its wildcards played out, at times with a letter changed. */
static void play(uint64_t *stream, const char *glob, char *path) {
  for (; *glob != '\0'; glob++) {
    if (*glob == '*') {
      draw(stream, path, 3, glob[1] == '*' ? "ab." : "ab");
      path += strlen(path);
    } else {
      *path++ = *glob == '?' ? 'b' : *glob;
    }
  }
  *path = '\0';
}

/* What the wildcards stand for, put into the glob, is the path; and each may stand for it. */
static void check_captures(const char *glob, const char *path) {
  struct wave_capture captures[WAVE_WILDCARDS_MAX];
  char built[256], *out = built;
  size_t k = 0, end = 0;
  assert_true(wave_glob_captures(glob, path, captures));
  for (const char *at = glob; *at != '\0';) {
    const size_t length = wave_wildcard_length(at);
    if (length == 0) {
      *out++ = *at++;
      continue;
    }
    const struct wave_capture c = captures[k++];
    if (c.begin < end || c.end < c.begin || c.end > strlen(path)) FAIL_WITH_REPLAY("'%s' on '%s': a capture is out of place", glob, path);
    end = c.end;
    if (length == 1 && memchr(path + c.begin, '.', c.end - c.begin) != NULL) FAIL_WITH_REPLAY("'%s' on '%s': a dot is taken", glob, path);
    if (*at == '?' && c.end != c.begin + 1) FAIL_WITH_REPLAY("'%s' on '%s': ? takes not one", glob, path);
    memcpy(out, path + c.begin, c.end - c.begin);
    out += c.end - c.begin;
    at += length;
  }
  *out = '\0';
  if (strcmp(built, path) != 0) FAIL_WITH_REPLAY("'%s' on '%s': the captures make '%s'", glob, path, built);
}

static void a_glob_fits_what_its_definition_says(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  unsigned fits = 0, runs = 0;
  for (; runs < 400000; runs++) {
    char glob[16], path[128];
    draw(&stream, glob, 9, runs % 3 == 0 ? "ab.**?" : "a.**?[");
    if (chance_below(&stream, 2) == 0)
      draw(&stream, path, 9, "ab.[");
    else
      play(&stream, glob, path);
    if (path[0] != '\0' && chance_below(&stream, 4) == 0) path[chance_below(&stream, strlen(path))] = "ab.["[chance_below(&stream, 4)];
    const bool expected = naive(glob, path);
    const struct wave_shape shape = wave_glob_shape(glob);
    if (wave_glob(glob, path) != expected) FAIL_WITH_REPLAY("'%s' and '%s': not %d", glob, path, expected);
    if (wave_glob_fits(glob, &shape, path, strlen(path)) != expected) FAIL_WITH_REPLAY("'%s' and '%s': the quick check", glob, path);
    if (expected) check_captures(glob, path);
    fits += expected;
  }
  assert_true(fits > runs / 10 && fits < runs - runs / 10);
}

static void every_character_but_the_wildcards_stands_for_itself(void **state) {
  (void)state;
  for (int c = 1; c < 256; c++) {
    const char text[2] = {(char)c, '\0'};
    assert_true(wave_glob(text, text) == true);
    if (c != '*' && c != '?') assert_false(wave_glob(text, c == 'a' ? "b" : "a"));
  }
  assert_true(wave_glob("tb.mem[3].q[7:0]", "tb.mem[3].q[7:0]"));
  assert_false(wave_glob("tb.mem[0-9]", "tb.mem3"));
  assert_true(wave_glob("tb.*.clk", "tb.dut.clk"));
  assert_false(wave_glob("tb.*.clk", "tb.dut.core.clk"));
  assert_true(wave_glob("tb.**.clk", "tb.dut.core.clk"));
  assert_true(wave_glob("**", ""));
}

/* A matcher that tries every star again would be busy for longer than the universe is old. */
static void many_stars_take_no_longer_than_the_square(void **state) {
  (void)state;
  static char path[4001], glob[400];
  for (int i = 0; i < 100; i++) memcpy(glob + 3 * i, "**a", 3);
  memcpy(glob + 300, "**b", 4);
  memset(path, 'a', 4000);
  const clock_t begin = clock();
  assert_false(wave_glob(glob, path));
  for (int i = 0; i < 100; i++) memcpy(glob + 2 * i, "*a", 3);
  memcpy(glob + 200, "*b", 3);
  assert_false(wave_glob(glob, path));
  assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_glob_fits_what_its_definition_says),
      cmocka_unit_test(every_character_but_the_wildcards_stands_for_itself),
      cmocka_unit_test(many_stars_take_no_longer_than_the_square),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

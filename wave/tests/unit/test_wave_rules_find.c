/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule counts for a path, and how paths of new are renamed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_rules_find"
#include "chance.h"
#include "wave_rules_fixture.h"

/* ---- which rule counts ---- */

static const struct wave_rule *plain_find(const char *path) {
  for (uint32_t i = 0; i < rules.n_rules; i++)
    for (char **glob = rules.rules[i].globs; *glob != NULL; glob++)
      if (wave_glob(*glob, path)) return &rules.rules[i];
  return NULL;
}

static void the_first_rule_that_fits_counts(void **state) {
  (void)state;
  add("compare tb.dut.bus : x=any");
  add("exclude tb.dut.dbg_* tb.**.tmp");
  add("channel c : clock=tb.clk valid=tb.v data=tb.d,tb.last");
  add("include tb.**");
  assert_ptr_equal(wave_rules_find(&rules, "tb.dut.bus"), &rules.rules[0]);
  assert_ptr_equal(wave_rules_find(&rules, "tb.dut.dbg_1"), &rules.rules[1]);
  assert_ptr_equal(wave_rules_find(&rules, "tb.x.y.tmp"), &rules.rules[1]);
  assert_ptr_equal(wave_rules_find(&rules, "tb.last"), &rules.rules[2]);
  assert_ptr_equal(wave_rules_find(&rules, "tb.v"), &rules.rules[3]);
  assert_null(wave_rules_find(&rules, "top.v"));
  assert_true(rules.only_included);
}

static void finding_agrees_with_a_plain_search(void **state) {
  (void)state;
  enum { RULES = 50, PATHS = 200000 };
  uint64_t stream = chance_stream(2);
  char text[120];
  for (unsigned i = 0; i < RULES; i++) {
    const char *form = PICK(&stream, "exclude tb.core%u.**", "exclude tb.**.sig_%u", "exclude tb.core?.u%u.*", "exclude tb.*.u%u.sig_*7",
                            "exclude tb.core3.u3.sig_%u");
    char exact[80];
    char *hole = strstr(strcpy(exact, form), "%u");
    snprintf(text, sizeof text, "%.*s%u%s", (int)(hole - exact), exact, (unsigned)(30 + chance_below(&stream, 40)), hole + 2);
    add(text);
  }
  double seconds = 0;
  unsigned found = 0;
  for (unsigned i = 0; i < PATHS; i++) {
    snprintf(text, sizeof text, "tb.core%u.u%u.sig_%u", (unsigned)chance_below(&stream, 9), (unsigned)chance_below(&stream, 70),
             (unsigned)chance_below(&stream, 1000));
    const clock_t begin = clock();
    const struct wave_rule *rule = wave_rules_find(&rules, text);
    seconds += (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (rule != plain_find(text)) FAIL_WITH_REPLAY("%s: another rule", text);
    found += rule != NULL;
  }
  assert_true(found > PATHS / 50 && found < PATHS - PATHS / 50);
  print_message("%d paths, %d rules: %.3f s, %u fit\n", PATHS, RULES, seconds, found);
}

static void renamed(const char *path, const char *expected) {
  char *text = wave_rules_rename(&rules, path);
  same_text(path, text, expected);
  free(text);
}

static void renames_put_new_paths_where_golden_has_them(void **state) {
  (void)state;
  add("rename tb.*.q?.** = TOP.u_*.r?_**");
  add("top tb.dut = TOP.wrap");
  add("rename ** = lib.**");
  renamed("TOP.u_core.r7_a.b", "tb.core.q7.a.b");
  renamed("TOP.wrap", "tb.dut");
  renamed("TOP.wrap.a.b", "tb.dut.a.b");
  renamed("TOP.wrap[3].a", "tb.dut[3].a");
  renamed("TOP.wrapper.a", NULL);
  renamed("lib.x.y", "x.y");
  renamed("other", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_first_rule_that_fits_counts),
      TEST(finding_agrees_with_a_plain_search),
      TEST(renames_put_new_paths_where_golden_has_them),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

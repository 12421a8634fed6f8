/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules language: what each rule means, what each mistake is told, that the normal form reads back the same, which rule counts for a
 * path (against a plain search), renames, and times against exact arithmetic with 128-bit numbers.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_rules"
#include "chance.h"

#include "expr.h"
#include "rules.h"

__extension__ typedef __int128 wide;

static struct wave_rules rules;
static struct wave_error error;

static int fresh(void **state) {
  (void)state;
  wave_rules_init(&rules);
  return 0;
}

static int gone(void **state) {
  (void)state;
  wave_rules_free(&rules);
  return 0;
}

static void restart(void) {
  wave_rules_free(&rules);
}

static void add(const char *text) {
  if (wave_rules_add(&rules, text, NULL, 0, &error) != WAVE_OK) fail_msg("'%s': %s", text, error.text);
}

static const struct wave_rule *last(void) {
  assert_true(rules.n_rules > 0);
  return &rules.rules[rules.n_rules - 1];
}

/* ---- what a rule means ---- */

static void options_of_compare_are_read(void **state) {
  (void)state;
  add("compare tb.a tb.b.** \"odd name\" : clock=tb.clk edge=falling offset=-1ns when=(tb.valid && !tb.stall) x=golden z=x abs=1e-9 "
      "rel=1e-6 strength");
  const struct wave_policy *policy = &last()->policy;
  assert_int_equal(last()->action, WAVE_COMPARE);
  assert_string_equal(last()->globs[0], "tb.a");
  assert_string_equal(last()->globs[1], "tb.b.**");
  assert_string_equal(last()->globs[2], "odd name");
  assert_null(last()->globs[3]);
  assert_string_equal(policy->clock, "tb.clk");
  assert_int_equal(policy->edge, WAVE_FALLING);
  assert_true(policy->offset_given && policy->offset.value == -1 && policy->offset.exponent == -9);
  assert_string_equal(wave_expr_text(policy->when), "tb.valid && !tb.stall");
  assert_true(policy->x == WAVE_X_GOLDEN && policy->z == WAVE_X_GOLDEN && policy->strength && !policy->tolerant);
  assert_true(policy->absolute == 1e-9 && policy->relative == 1e-6);
  add("compare ** : lead=1.5ns");
  assert_true(last()->policy.tolerant && last()->policy.lead.value == 15 && last()->policy.lead.exponent == -10);
  assert_true(last()->policy.trail.value == 0 && last()->policy.x == WAVE_X_EXACT);
}

static void a_channel_is_read(void **state) {
  (void)state;
  add("channel reads : clock=tb.clk valid=tb.v ready=tb.r data=tb.d,\"a,b\",tb.last[3:0]");
  assert_int_equal(last()->action, WAVE_CHANNEL);
  assert_string_equal(last()->name, "reads");
  assert_string_equal(last()->policy.valid, "tb.v");
  assert_string_equal(last()->policy.ready, "tb.r");
  assert_string_equal(last()->globs[0], "tb.d");
  assert_string_equal(last()->globs[1], "a,b");
  assert_string_equal(last()->globs[2], "tb.last");
  assert_null(last()->globs[3]);
}

static void settings_are_read(void **state) {
  (void)state;
  add("window 10ns..20us");
  add("trim # to the shorter run");
  add("shift -5 ns");
  add("scale 2/3");
  add("missing-in-new ignore");
  add("ignore until 20 cycles of tb.clk");
  assert_true(rules.from_given && rules.to_given && rules.from.value == 10 && rules.to.value == 20 && rules.to.exponent == -6);
  assert_true(rules.trim && rules.shift.value == -5 && rules.scale_num == 2 && rules.scale_den == 3);
  assert_int_equal(rules.missing, WAVE_MISSING_IN_NEW_IGNORED);
  assert_true(rules.ignore_until_given && rules.ignore_until.unit == WAVE_CYCLES && rules.ignore_until.value == 20);
  assert_string_equal(rules.ignore_clock, "tb.clk");
  add("missing-in-golden ignore");
  assert_int_equal(rules.missing, WAVE_MISSING_IGNORED);
  restart();
  add("ignore until tb.rst_n == 1");
  add("window ..20us");
  assert_false(rules.ignore_until_given || rules.from_given);
  assert_string_equal(wave_expr_text(rules.ignore_until_true), "tb.rst_n == 1");
  restart();
  add("ignore until 1'b1 == tb.rst_n");
  assert_non_null(rules.ignore_until_true);
  restart();
  add("ignore until 100 ns");
  assert_true(rules.ignore_until_given && rules.ignore_until.value == 100);
}

static void comments_and_blanks_mean_nothing(void **state) {
  (void)state;
  static const char *const nothing[] = {"", "   ", "# all", "\t#", "\r\n"};
  for (unsigned i = 0; i < 5; i++) add(nothing[i]);
  assert_true(rules.n_rules == 0 && rules.given == 0);
  add("\texclude   tb.a#1  \"#b\"\t# the rest\r\n");
  assert_string_equal(last()->text, "exclude   tb.a#1  \"#b\"");
  assert_string_equal(last()->globs[0], "tb.a#1");
  assert_string_equal(last()->globs[1], "#b");
  assert_null(last()->globs[2]);
}

static void a_range_as_reports_print_it_may_stay(void **state) {
  (void)state;
  add("exclude tb.a[7:0] tb.m[3] tb.m[3][-1:2] \"tb.q[7:0]\" [7:0] tb.x[7:] tb.x[a:0] tb.**[0:7]");
  static const char *const globs[] = {"tb.a", "tb.m[3]", "tb.m[3]", "tb.q[7:0]", "[7:0]", "tb.x[7:]", "tb.x[a:0]", "tb.**"};
  for (unsigned i = 0; i < 8; i++) assert_string_equal(last()->globs[i], globs[i]);
}

/* ---- mistakes ---- */

static const char *const mistakes[][3] = {
    /* what stood before, the rule, what is said */
    {"", "exlude tb.a", "there is no rule 'exlude'; did you mean exclude?"},
    {"", "Compare tb.a", "did you mean compare?"},
    {"", "missing-in-gold ignore", "did you mean missing-in-golden?"},
    {"", "frobnicate", "expected compare, include"},
    {"", "exclude", "expected a path or glob, as in tb.dut.**, found the end of the line"},
    {"", "exclude \"\"", "expected a path, found empty quotes"},
    {"", "exclude \"tb", "stays open"},
    {"", "exclude tb.a : x=any", "'exclude' takes no options"},
    {"", "include tb.a : x=any", "'include' takes no options"},
    {"", "compare", "expected a path or glob"},
    {"", "compare : x=any", "expected a path or glob, as in tb.dut.**, found ':'"},
    {"", "compare tb.a x=any", "expected a ':' with blanks around it before the options, found 'x=any'"},
    {"", "compare tb.a: x=any", "a blank before ':'"},
    {"", "compare tb.a :", "expected options after ':'"},
    {"", "compare tb.a : clok=tb.clk", "there is no option 'clok'; did you mean clock?"},
    {"", "compare tb.a : tolerance=5", "there is no option 'tolerance'; expected clock="},
    {"", "compare tb.a : clock=", "clock= expects a signal"},
    {"", "compare tb.a : clock = tb.clk", "without blanks"},
    {"", "compare tb.a : clock=tb.*", "clock= expects one signal, without * and ?, found 'tb.*'"},
    {"", "compare tb.a : x", "x= expects exact, golden, new or any"},
    {"", "compare tb.a : x=goldne", "did you mean golden?"},
    {"", "compare tb.a : x=any x=new", "x is given twice"},
    {"", "compare tb.a : strength strength", "strength is given twice"},
    {"", "compare tb.a : strength=1", "strength takes no value"},
    {"", "compare tb.a : z=x", "x= lets it match nothing else"},
    {"", "compare tb.a : edge=rising", "edge= needs clock="},
    {"", "compare tb.a : offset=1ns", "offset= needs clock="},
    {"", "compare tb.a : clock=c offset=1", "has no unit"},
    {"", "compare tb.a : clock=c offset=1cycles", "not cycles"},
    {"", "compare tb.a : clock=c edge=up", "rising, falling or both, found 'up'"},
    {"", "compare tb.a : clock=c trail=1ns", "trail= and clock= exclude each other"},
    {"", "compare tb.a : lead=-1ns", "lead= expects a time of 0 or more"},
    {"", "compare tb.a : abs=-1", "abs= expects a number of 0 or more"},
    {"", "compare tb.a : abs=nan", "abs= expects a number"},
    {"", "compare tb.a : abs=1e999", "abs= expects a number"},
    {"", "compare tb.a : rel=0x10", "rel= expects a number"},
    {"", "compare tb.a : rel=1e", "rel= expects a number"},
    {"", "compare tb.a : when=(a &&", "stays open"},
    {"", "compare tb.a : when=(a &&)", "when= expects an expression: 'a &&' ends where a name"},
    {"", "compare tb.a : when=()", "when= expects an expression"},
    {"", "compare tb.a : valid=tb.v", "valid= belongs to a channel"},
    {"", "channel", "a name for the channel"},
    {"", "channel c clock=a", "':' after the name"},
    {"", "channel c", "expected ':'"},
    {"", "channel c : valid=v data=d", "a channel needs clock="},
    {"", "channel c : clock=k data=d", "a channel needs valid="},
    {"", "channel c : clock=k valid=v", "a channel needs data="},
    {"", "channel c : clock=k valid=v data=d,", "expected a path"},
    {"", "channel c : clock=k valid=v data=d lead=1ns", "lead= makes no sense in a channel"},
    {"", "channel c : clock=k valid=v data=d when=a", "when= makes no sense in a channel"},
    {"channel c : clock=k valid=v data=d", "channel c : clock=k valid=v data=e", "there is a channel 'c' already"},
    {"", "window", "expected FROM..TO"},
    {"", "window 10ns", "expected FROM..TO"},
    {"", "window ..", "no time on either side"},
    {"", "window 1ns..2", "'2' has no unit"},
    {"", "window 1ns..2 parsecs", "is no unit"},
    {"", "window 2us..1000ns", "the window ends before it begins"},
    {"", "window 2cycles..", "cycles need a clock"},
    {"trim", "trim", "given twice"},
    {"window 1ns..", "window ..2ns", "given twice"},
    {"", "trim now", "expected nothing more, found 'now'"},
    {"", "shift", "a time that is added"},
    {"", "shift 99999999999999999999s", "too large"},
    {"", "scale 0", "what the times of new are multiplied by"},
    {"", "scale 1/0", "what the times"},
    {"", "scale 1.5", "what the times"},
    {"", "scale 1000000001", "what the times"},
    {"", "scale 1/2/3", "what the times"},
    {"", "missing", "expected 'ignore'"},
    {"", "missing differs", "expected 'ignore', found 'differs'"},
    {"missing-in-new ignore", "missing ignore", "given twice"},
    {"missing ignore", "missing-in-golden ignore", "given twice"},
    {"", "ignore tb.a", "expected 'until' after 'ignore' (to leave signals out, write 'exclude'), found 'tb.a'"},
    {"", "ignore until", "a time, cycles or an expression"},
    {"", "ignore until 5", "has no unit"},
    {"", "ignore until 5 cycles", "cycles are those of a clock"},
    {"", "ignore until 5 ns of tb.clk", "cycles are those of a clock"},
    {"", "ignore until 1.5 cycles of tb.clk", "whole numbers"},
    {"", "ignore until 5 cycles of tb.*", "one signal"},
    {"", "ignore until -5ns", "expected 0 or more"},
    {"", "ignore until tb.a ==", "expected a time, cycles or an expression: 'tb.a ==' ends where"},
    {"ignore until 5ns", "ignore until tb.a", "given twice"},
    {"", "top tb", "GOLDEN = NEW"},
    {"", "top tb=TOP", "GOLDEN = NEW, with blanks around"},
    {"", "top tb =", "the path in new"},
    {"", "top tb = TOP x", "nothing more, found 'x'"},
    {"", "top * = *", "a scope, without"},
    {"", "rename a.* = b", "the same wildcards"},
    {"", "rename a.*.** = b.**.*", "the same wildcards"},
    {"strict", "strict", "given twice"},
    {"compare a : x=any", "strict", "there is a rule that does: 'compare a : x=any'"},
    {"strict", "compare a : x=any", "strict, given earlier"},
    {"strict", "channel c : clock=k valid=v data=d", "strict, given earlier"},
    {"", "exclude a\x01", "control character"},
};

static void a_mistake_is_told_and_changes_nothing(void **state) {
  (void)state;
  for (unsigned i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
    restart();
    add(mistakes[i][0]);
    const struct wave_rules before = rules;
    error.text[0] = '\0';
    if (wave_rules_add(&rules, mistakes[i][1], "my.rules", 7, &error) == WAVE_OK) fail_msg("'%s' is accepted", mistakes[i][1]);
    if (strncmp(error.text, "my.rules:7: ", 12) != 0 || strstr(error.text, mistakes[i][2]) == NULL)
      fail_msg("'%s': '%s' does not say '%s'", mistakes[i][1], error.text, mistakes[i][2]);
    assert_memory_equal(&before, &rules, sizeof rules);
    assert_int_equal(wave_rules_add(&rules, mistakes[i][1], NULL, 0, &error), WAVE_ERROR);
    if (strncmp(error.text, "rule '", 6) != 0) fail_msg("%s", error.text);
  }
}

/* ---- normal form ---- */

static void span_equal(const char *text, struct wave_span a, struct wave_span b) {
  if (a.value != b.value || a.exponent != b.exponent || a.unit != b.unit) FAIL_WITH_REPLAY("a time of '%s' is not the same", text);
}

static void same_text(const char *where, const char *a, const char *b) {
  if (a == NULL || b == NULL ? a != b : strcmp(a, b) != 0)
    FAIL_WITH_REPLAY("%s: '%s' and '%s'", where, a != NULL ? a : "(none)", b != NULL ? b : "(none)");
}

static void same_policy(const char *text, const struct wave_policy *a, const struct wave_policy *b) {
  same_text(text, a->clock, b->clock);
  same_text(text, a->valid, b->valid);
  same_text(text, a->ready, b->ready);
  same_text(text, a->when == NULL ? NULL : wave_expr_text(a->when), b->when == NULL ? NULL : wave_expr_text(b->when));
  span_equal(text, a->lead, b->lead);
  span_equal(text, a->trail, b->trail);
  span_equal(text, a->offset, b->offset);
  const bool same = a->tolerant == b->tolerant && a->edge == b->edge && a->offset_given == b->offset_given && a->x == b->x &&
                    a->z == b->z && a->absolute == b->absolute && a->relative == b->relative && a->strength == b->strength;
  if (!same) FAIL_WITH_REPLAY("'%s' is not the same policy", text);
}

static void same_rule(const char *text, const struct wave_rule *a, const struct wave_rule *b) {
  if (a->action != b->action || a->include != b->include) FAIL_WITH_REPLAY("'%s' is another kind of rule", text);
  same_text(text, a->name, b->name);
  size_t i = 0;
  for (; a->globs[i] != NULL && b->globs[i] != NULL; i++) same_text(text, a->globs[i], b->globs[i]);
  same_text(text, a->globs[i], b->globs[i]);
  same_policy(text, &a->policy, &b->policy);
}

/* Text of the whole, as `oio wave rules` prints it. */
static void print_rules(const struct wave_rules *from, char *text, size_t size) {
  size_t used = wave_rules_text(from, text, size);
  for (uint32_t i = 0; i < from->n_rules; i++) {
    used += wave_rule_text(&from->rules[i], text + used, size - used);
    assert_true(used + 2 < size);
    strcpy(text + used++, "\n");
  }
}

static void read_text(struct wave_rules *to, char *text) {
  wave_rules_init(to);
  for (char *line = text, *end; *line != '\0'; line = end + 1) {
    end = strchr(line, '\n');
    *end = '\0';
    if (wave_rules_add(to, line, "normal form", 1, &error) != WAVE_OK) FAIL_WITH_REPLAY("'%s': %s", line, error.text);
    *end = '\n';
  }
}

static void check_round_trip(void) {
  static char text[65536], again[65536];
  struct wave_rules copy;
  print_rules(&rules, text, sizeof text);
  read_text(&copy, text);
  print_rules(&copy, again, sizeof again);
  same_text("second print", text, again);
  assert_int_equal(copy.n_rules, rules.n_rules);
  for (uint32_t i = 0; i < copy.n_rules; i++) same_rule(rules.rules[i].text, &rules.rules[i], &copy.rules[i]);
  assert_int_equal(copy.n_renames, rules.n_renames);
  for (uint32_t i = 0; i < copy.n_renames; i++) {
    same_text("from", rules.renames[i].from, copy.renames[i].from);
    same_text("to", rules.renames[i].to, copy.renames[i].to);
    assert_int_equal(rules.renames[i].prefix, copy.renames[i].prefix);
  }
  span_equal("from", rules.from, copy.from);
  span_equal("to", rules.to, copy.to);
  span_equal("shift", rules.shift, copy.shift);
  span_equal("until", rules.ignore_until, copy.ignore_until);
  same_text("clock", rules.ignore_clock, copy.ignore_clock);
  assert_true(copy.from_given == rules.from_given && copy.to_given == rules.to_given && copy.trim == rules.trim &&
              copy.missing == rules.missing && copy.strict == rules.strict && copy.only_included == rules.only_included &&
              copy.ignore_until_given == rules.ignore_until_given && copy.scale_num * rules.scale_den == rules.scale_num * copy.scale_den);
  same_text("until", rules.ignore_until_true == NULL ? NULL : wave_expr_text(rules.ignore_until_true),
            copy.ignore_until_true == NULL ? NULL : wave_expr_text(copy.ignore_until_true));
  wave_rules_free(&copy);
}

static void the_normal_form_is_what_one_would_write(void **state) {
  (void)state;
  char text[300];
  static const char *const cases[][2] = {
      {"compare   a.b  c : rel=0.000001 x=exact edge=rising clock=k", "compare a.b c : clock=k rel=1e-06"},
      {"compare a : trail=1500ps", "compare a : lead=0 trail=1500ps"},
      {"compare a : when=((a)&&(b)) lead=0.0025us", "compare a : lead=2.5ns trail=0 when=((a)&&(b))"},
      {"include **", "include **"},
      {"exclude \"a b\" \"plain\"", "exclude \"a b\" plain"},
      {"compare a", "compare a"},
      {"channel q : data=d,e valid=v clock=k z=any", "channel q : clock=k valid=v data=d,e z=any"},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    add(cases[i][0]);
    const size_t length = wave_rule_text(last(), text, sizeof text);
    assert_string_equal(text, cases[i][1]);
    assert_int_equal(length, strlen(text));
    char cut[8];
    assert_int_equal(wave_rule_text(last(), cut, sizeof cut), length);
    assert_memory_equal(cut, text, 7);
  }
  add("window 10 ns ..");
  add("missing ignore");
  add("top tb = TOP.dut");
  wave_rules_text(&rules, text, sizeof text);
  assert_string_equal(text, "window 10ns..\nmissing ignore\nrename tb = TOP.dut\n");
  check_round_trip();
}

/* ---- random rules ---- */

static const char *pick(uint64_t *stream, const char *const *from, size_t n) {
  return from[chance_below(stream, n)];
}
#define PICK(stream, ...) pick(stream, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *some_path(uint64_t *stream) {
  return PICK(stream, "tb.clk", "tb.u[3].q", "\"tb.a b\"", "x#y", "\"=\"", "\":\"", "\"when=(\"", "\"a,b\"", "tb.v[7:0]", "\"q[7:0]\"",
              "\"#\"");
}

static const char *some_glob(uint64_t *stream) {
  return chance_below(stream, 2) ? some_path(stream) : PICK(stream, "**", "tb.*.q?", "*", "tb.**.clk", "\"a *\"");
}

static const char *some_time(uint64_t *stream) {
  static char text[32];
  const uint64_t kind = chance_below(stream, 5);
  const unsigned value = (unsigned)chance_below(stream, 3000);
  if (kind == 0)
    snprintf(text, sizeof text, "%u.%03u%s", value % 30, value, PICK(stream, "s", "ms", "us", "ns", "ps", "fs", "as"));
  else if (kind == 1)
    snprintf(text, sizeof text, "%ue%d%s", value, (int)chance_below(stream, 60) - 30, PICK(stream, "s", "us", "as"));
  else if (kind == 2)
    snprintf(text, sizeof text, "%uticks", value);
  else
    snprintf(text, sizeof text, "%u%s", value, PICK(stream, "s", "ms", "us", "ns", "ps", "fs", "as"));
  return text;
}

static void random_options(uint64_t *stream, char *text, bool channel) {
  char *at = text;
  const bool clocked = channel || chance_below(stream, 2);
  if (clocked) at += sprintf(at, " clock=%s", some_path(stream));
  if (clocked && chance_below(stream, 2)) at += sprintf(at, " edge=%s", PICK(stream, "rising", "falling", "both"));
  if (clocked && chance_below(stream, 2)) at += sprintf(at, " offset=%s%s", PICK(stream, "", "-"), some_time(stream));
  if (!clocked && chance_below(stream, 2)) at += sprintf(at, " trail=%s", some_time(stream));
  if (!clocked && chance_below(stream, 2)) at += sprintf(at, " lead=%s", some_time(stream));
  if (!channel && chance_below(stream, 2))
    at += sprintf(at, " when=%s", PICK(stream, "a", "(a)", "( a && b )", "(a)&&(b)", "((a) || \"x ) y\")", "(\"p#q\" == 1)"));
  if (chance_below(stream, 2))
    at += sprintf(at, " x=%s z=%s", PICK(stream, "golden", "new", "any"), PICK(stream, "x", "any", "exact", "golden"));
  if (chance_below(stream, 3) == 0) at += sprintf(at, " abs=%.17g", chance_unit(stream));
  if (chance_below(stream, 3) == 0) at += sprintf(at, " rel=%s", PICK(stream, "1e-6", "0", "5", "1e300", "4.9e-324"));
  if (chance_below(stream, 3) == 0) at += sprintf(at, " strength");
  if (!channel) return;
  at += sprintf(at, " valid=%s", some_path(stream));
  if (chance_below(stream, 2)) at += sprintf(at, " ready=%s", some_path(stream));
  sprintf(at, " data=%s,%s", some_glob(stream), some_glob(stream));
}

static void random_rule(uint64_t *stream, unsigned number) {
  char text[1000], options[800] = "";
  const uint64_t kind = chance_below(stream, 5);
  random_options(stream, options, kind == 4);
  if (kind == 0) snprintf(text, sizeof text, "exclude %s %s", some_glob(stream), some_glob(stream));
  if (kind == 1) snprintf(text, sizeof text, "include %s", some_glob(stream));
  if (kind == 2) snprintf(text, sizeof text, "rename %s = %s", some_path(stream), some_path(stream));
  if (kind == 3) snprintf(text, sizeof text, "compare %s %s%s%s", some_glob(stream), some_glob(stream), *options ? " :" : "", options);
  if (kind == 4) snprintf(text, sizeof text, "channel \"c %u\" :%s", number, options);
  if (wave_rules_add(&rules, text, "random", 1, &error) != WAVE_OK) FAIL_WITH_REPLAY("'%s': %s", text, error.text);
}

static void random_settings(uint64_t *stream) {
  char text[200];
  if (chance_below(stream, 2)) add(PICK(stream, "window 1.5ns..", "window ..20us", "window 0..1ticks", "window 1ms..1s"));
  if (chance_below(stream, 2)) add("trim");
  snprintf(text, sizeof text, "shift %s%s", PICK(stream, "", "-"), some_time(stream));
  if (chance_below(stream, 2)) add(text);
  if (chance_below(stream, 2)) add(PICK(stream, "scale 2", "scale 4/6", "scale 1/1000000000"));
  if (chance_below(stream, 2)) add(PICK(stream, "missing ignore", "missing-in-new ignore", "missing-in-golden ignore"));
  snprintf(text, sizeof text, "ignore until 7 cycles of %s", some_path(stream));
  if (chance_below(stream, 2))
    add(PICK(stream, text, "ignore until 100ns", "ignore until a == 1", "ignore until 1 == \"a b\"[3]", "ignore until 0"));
}

static void rules_survive_print_and_read(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (unsigned run = 0; run < 2000; run++) {
    restart();
    random_settings(&stream);
    for (unsigned i = 0; i < 8; i++) random_rule(&stream, i);
    check_round_trip();
  }
}

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

/* ---- files ---- */

static void write_file(const char *path, const char *text, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, size, file), size);
  fclose(file);
}

static void a_file_of_rules_is_read_line_by_line(void **state) {
  (void)state;
  char path[] = "/tmp/oio-rules-XXXXXX", expected[80];
  const int handle = mkstemp(path);
  assert_true(handle >= 0);
  close(handle);
  static const char good[] = "\xef\xbb\xbf# rules\r\n\r\ntrim\r\nexclude tb.a # no\ninclude tb.**";
  write_file(path, good, sizeof good - 1);
  if (wave_rules_read(&rules, path, &error) != WAVE_OK) fail_msg("%s", error.text);
  assert_true(rules.trim && rules.n_rules == 2);
  assert_string_equal(rules.rules[0].file, path);
  assert_int_equal(rules.rules[0].line, 4);
  assert_int_equal(rules.rules[1].line, 5);
  assert_string_equal(rules.rules[1].globs[0], "tb.**");
  restart();
  write_file(path, "\n\ntrimm\n", 8);
  assert_int_equal(wave_rules_read(&rules, path, &error), WAVE_ERROR);
  snprintf(expected, sizeof expected, "%s:3: there is no rule 'trimm'; did you mean trim?", path);
  assert_string_equal(error.text, expected);
  write_file(path, "trim\nab\0c\n", 10);
  assert_int_equal(wave_rules_read(&rules, path, &error), WAVE_ERROR);
  snprintf(expected, sizeof expected, "%s:2: a NUL byte", path);
  assert_memory_equal(error.text, expected, strlen(expected));
  write_file(path, "", 0);
  assert_int_equal(wave_rules_read(&rules, path, &error), WAVE_OK);
  unlink(path);
  assert_int_equal(wave_rules_read(&rules, path, &error), WAVE_ERROR);
  assert_non_null(strstr(error.text, "cannot be opened"));
  assert_int_equal(wave_rules_read(&rules, "/tmp", &error), WAVE_ERROR);
}

/* The manual's own examples, each block by itself; `rename` and the like are written there as one would type them. */
static void the_examples_of_the_manual_are_accepted(void **state) {
  (void)state;
  FILE *file = fopen(OIO_SOURCE_DIR "/docs/wavediff.md", "r");
  assert_non_null(file);
  char line[400];
  bool section = false, inside = false, block = false;
  unsigned lines = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "## ", 3) == 0) section = strcmp(line, "## Rules") == 0 || strcmp(line, "## Recipes") == 0;
    if (strncmp(line, "```", 3) == 0) {
      inside = !inside;
      block = inside && line[3] == '\0';
      restart();
    } else if (section && block) {
      add(line);
      lines++;
    }
  }
  fclose(file);
  assert_true(lines > 15);
}

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

#define TEST(function) cmocka_unit_test_setup_teardown(function, fresh, gone)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(options_of_compare_are_read),
      TEST(a_channel_is_read),
      TEST(settings_are_read),
      TEST(comments_and_blanks_mean_nothing),
      TEST(a_range_as_reports_print_it_may_stay),
      TEST(a_mistake_is_told_and_changes_nothing),
      TEST(the_normal_form_is_what_one_would_write),
      TEST(rules_survive_print_and_read),
      TEST(the_first_rule_that_fits_counts),
      TEST(finding_agrees_with_a_plain_search),
      TEST(renames_put_new_paths_where_golden_has_them),
      TEST(a_file_of_rules_is_read_line_by_line),
      TEST(the_examples_of_the_manual_are_accepted),
      TEST(times_are_exact),
      TEST(times_are_read_as_people_write_them),
      TEST(what_is_no_time_is_refused),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

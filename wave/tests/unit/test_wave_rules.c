/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules language: what each rule means, what each mistake is told, that the normal form reads back the same, and files of rules.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_rules"
#include "chance.h"
#include "wave_folder.h"
#include "wave_rules_fixture.h"

#include "expr.h"

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
  add("ignore strength");
  add("ignore glitches shorter than 1.5 ns");
  assert_true(rules.ignore_strength && rules.glitch.value == 15 && rules.glitch.exponent == -10);
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
    {"", "ignore glitches", "expected ignore glitches shorter than TIME"},
    {"", "ignore glitches shorter than", "expected ignore glitches shorter than TIME"},
    {"", "ignore glitches shorter than 0", "expected a time of more than 0, found '0'"},
    {"", "ignore glitches shorter than 2 cycles", "cycles need a clock"},
    {"ignore glitches shorter than 2ns", "ignore glitches shorter than 2ns", "given twice"},
    {"strict", "ignore glitches shorter than 2ns", "strict, given earlier, tolerates nothing"},
    {"ignore glitches shorter than 2ns", "strict", "'ignore glitches'"},
    {"", "ignore strength now", "expected nothing more, found 'now'"},
    {"ignore strength", "ignore strength", "given twice"},
    {"strict", "ignore strength", "strict, given earlier, tolerates nothing"},
    {"ignore strength", "strict", "'ignore strength'"},
    {"", "ignore tb.a", "expected 'until', 'strength' or 'glitches' after 'ignore' (to leave signals out, write 'exclude'), found 'tb.a'"},
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
  span_equal("glitch", rules.glitch, copy.glitch);
  assert_true(rules.ignore_strength == copy.ignore_strength);
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

/* ---- files ---- */

static void write_file(const char *path, const char *text, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text, 1, size, file), size);
  fclose(file);
}

static void a_file_of_rules_is_read_line_by_line(void **state) {
  (void)state;
  char path[FOLDER_PATH], expected[FOLDER_PATH + 80];
  folder_path("rules", path);
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
  assert_int_equal(wave_rules_read(&rules, folder, &error), WAVE_ERROR);
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
      TEST(a_file_of_rules_is_read_line_by_line),
      TEST(the_examples_of_the_manual_are_accepted),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

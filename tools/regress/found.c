/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "found.h"

#include "quoted.h"
#include "waived.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

uint64_t found_sum(const uint64_t counts[PLAN_KINDS_MAX]) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < PLAN_KINDS_MAX; i++) sum += counts[i];
  return sum;
}

static void enter_bad(struct found *found, const struct plan_run *run, const struct trial_outcome *outcome) {
  unsigned i = 0;
  while (i < found->rules && strcmp(found->rule[i].outcome.rule, outcome->rule) != 0) i++;
  if (i == FOUND_RULES_MAX) {
    found->beyond++;
    return;
  }
  struct found_rule *rule = &found->rule[i];
  rule->runs++;
  if (i == found->rules) {
    found->rules++;
  } else if (rule->first.number < run->number) {
    return;
  }
  rule->outcome = *outcome;
  rule->first = *run;
}

void found_enter(struct found *found, const struct plan_run *run, const struct trial_outcome *outcome) {
  for (unsigned i = 0; i < outcome->waived_count; i++) {
    const struct trial_waived *waived = &outcome->waived[i];
    oio_waivers_take_many(&found->plan->waivers, waived->rule, waived->port[0] != '\0' ? waived->port : NULL, waived->findings);
  }
  found->runs[run->kind]++;
  if (outcome->verdict == TRIAL_BAD) {
    found->bad[run->kind]++;
    enter_bad(found, run, outcome);
  } else if (outcome->verdict == TRIAL_REFUSED) {
    if (found_sum(found->refused) == 0 || run->number < found->first_refused.number) {
      found->first_refused = *run;
      memcpy(found->why_refused, outcome->line, sizeof found->why_refused);
    }
    found->refused[run->kind]++;
  }
}

static int by_first_run(const void *left, const void *right) {
  const struct found_rule *a = left, *b = right;
  return a->first.number < b->first.number ? -1 : a->first.number > b->first.number;
}

void found_sort(struct found *found) {
  qsort(found->rule, found->rules, sizeof found->rule[0], by_first_run);
}

/* +set=KEY=VALUE,... */
static bool add_in_one_word(const struct found *found, const struct plan_run *run, struct trial_words *words) {
  char *text = NULL;
  size_t nbytes = 0;
  FILE *out = open_memstream(&text, &nbytes);
  if (out == NULL) return false;
  const char *between = "+set=";
  for (unsigned i = 0; i < run->count; i++, between = ",") fprintf(out, "%s%s=%s", between, run->setting[i].key, run->setting[i].value);
  for (unsigned i = 0; i < found->plan->fixed_count; i++, between = ",") fprintf(out, "%s%s", between, found->plan->fixed[i]);
  for (unsigned i = 0; i < found->plan->waivers.count; i++, between = ",") {
    char waiver[OIO_WAIVER_TEXT_BYTES];
    oio_waiver_text(&found->plan->waivers.waiver[i], waiver);
    fprintf(out, "%s%s=%s", between, strchr(waiver, '=') == NULL ? "waive" : "severity", waiver);
  }
  if (found->plan->waivers.strict) fprintf(out, "%sstrict=1", between);
  const bool whole = fclose(out) == 0 && trial_word(words, "%s", text);
  free(text);
  return whole;
}

static bool add_settings(const struct found *found, const struct plan_run *run, struct trial_words *words) {
  bool whole = trial_word(words, "--quiet");
  for (unsigned i = 0; i < run->count; i++) {
    const struct plan_setting *setting = &run->setting[i];
    if (setting->key[0] == '-')
      whole = whole && trial_word(words, "%s", setting->key) && trial_word(words, "%s", setting->value);
    else
      whole = whole && trial_word(words, "--set") && trial_word(words, "%s=%s", setting->key, setting->value);
  }
  for (unsigned i = 0; i < found->plan->fixed_count; i++)
    whole = whole && trial_word(words, "--set") && trial_word(words, "%s", found->plan->fixed[i]);
  for (unsigned i = 0; i < found->plan->waivers.count; i++) {
    char waiver[OIO_WAIVER_TEXT_BYTES];
    oio_waiver_text(&found->plan->waivers.waiver[i], waiver);
    whole = whole && trial_word(words, strchr(waiver, '=') == NULL ? "--waive" : "--severity") && trial_word(words, "%s", waiver);
  }
  if (found->plan->waivers.strict) whole = whole && trial_word(words, "--strict");
  return whole;
}

bool found_words(const struct found *found, const struct plan_run *run, struct trial_words *words) {
  for (const char *const *word = found->program; *word != NULL; word++) {
    if (!trial_word(words, "%s", *word)) return false;
  }
  return found->plan->bench->in_one_word ? add_in_one_word(found, run, words) : add_settings(found, run, words);
}

/* --- reports --- */

/* The command of a run as a line, for the caller to free; NULL: out of memory. */
static char *command_of(const struct found *found, const struct plan_run *run) {
  struct trial_words words = {0};
  char *text = NULL;
  size_t nbytes = 0;
  FILE *out = open_memstream(&text, &nbytes);
  bool whole = out != NULL && found_words(found, run, &words);
  if (whole && found->shown != NULL) {
    free(words.word[0]);
    words.word[0] = strdup(found->shown);
    whole = words.word[0] != NULL;
  }
  if (whole) trial_words_put(out, &words);
  if (out != NULL) whole = fclose(out) == 0 && whole;
  trial_words_free(&words);
  if (whole) return text;
  free(text);
  return NULL;
}

static bool put_rule(FILE *out, const struct found *found, const struct found_rule *rule) {
  const struct plan_run *best = &rule->reduction.best;
  char *command = command_of(found, best);
  if (command == NULL) return false;
  fprintf(out, "FOUND   %s: %" PRIu64 " run%s, the first is %" PRIu64 "\n        %s\n", rule->outcome.rule, rule->runs,
          rule->runs == 1 ? "" : "s", rule->first.number, rule->outcome.line);
  fprintf(out, "        from %u settings and %" PRIu64 " messages to %u and %" PRIu64 ", in %u runs\n        replay: %s\n",
          rule->first.count, plan_messages(found->plan, &rule->first), best->count, plan_messages(found->plan, best), rule->reduction.tries,
          command);
  if (rule->outcome.look[0] != '\0') fprintf(out, "        waves:  the same with %s\n", rule->outcome.look);
  free(command);
  return true;
}

static bool put_refused(FILE *out, const struct found *found) {
  char *command = command_of(found, &found->first_refused);
  if (command == NULL) return false;
  fprintf(out,
          "REFUSED %" PRIu64
          " runs, which prove nothing: --set the key, or leave it out by --without KEY; the first:\n        %s\n        %s\n",
          found_sum(found->refused), found->why_refused, command);
  free(command);
  return true;
}

bool found_text(FILE *out, const struct found *found) {
  bool whole = true;
  const uint64_t runs = found_sum(found->runs), bad = found_sum(found->bad), refused = found_sum(found->refused);
  fputs("kind          runs    bad\n", out);
  for (unsigned i = 0; i < plan_kinds(found->plan->bench); i++)
    fprintf(out, "%-10s %7" PRIu64 " %6" PRIu64 "\n", plan_kind_name(found->plan->bench, i), found->runs[i], found->bad[i]);
  for (unsigned i = 0; i < found->rules && whole; i++) whole = put_rule(out, found, &found->rule[i]);
  if (found->beyond > 0) fprintf(out, "FOUND   more rules in %" PRIu64 " runs\n", found->beyond);
  if (refused > 0) whole = whole && put_refused(out, found);
  waived_print(out, "WAIVED  ", &found->plan->waivers);
  fprintf(out, "%" PRIu64 " runs of plan seed %" PRIu64 " in %.1f s: %" PRIu64 " good, %" PRIu64 " bad by %u rule%s, %" PRIu64 " refused\n",
          runs, found->plan->seed, found->wall_s, runs - bad - refused, bad, found->rules, found->rules == 1 ? "" : "s", refused);
  return whole;
}

bool found_json(FILE *out, const struct found *found) {
  bool whole = true;
  const uint64_t runs = found_sum(found->runs), bad = found_sum(found->bad), refused = found_sum(found->refused);
  fprintf(out,
          "{\n  \"oio_regress\": 1,\n  \"seed\": %" PRIu64 ",\n  \"runs\": %" PRIu64 ",\n  \"good\": %" PRIu64 ",\n  \"bad\": %" PRIu64
          ",\n  \"refused\": %" PRIu64 ",\n  \"wall_s\": %.3f,\n  \"kinds\": [",
          found->plan->seed, runs, runs - bad - refused, bad, refused, found->wall_s);
  for (unsigned i = 0; i < plan_kinds(found->plan->bench); i++)
    fprintf(out, "%s\n    {\"kind\": \"%s\", \"runs\": %" PRIu64 ", \"bad\": %" PRIu64 ", \"refused\": %" PRIu64 "}", i > 0 ? "," : "",
            plan_kind_name(found->plan->bench, i), found->runs[i], found->bad[i], found->refused[i]);
  fputs("\n  ],\n  \"findings\": [", out);
  for (unsigned i = 0; i < found->rules && whole; i++) {
    const struct found_rule *rule = &found->rule[i];
    char *command = command_of(found, &rule->reduction.best);
    whole = command != NULL;
    if (!whole) break;
    fprintf(out, "%s\n    {\"rule\": ", i > 0 ? "," : "");
    quoted_put(out, rule->outcome.rule);
    fprintf(out, ", \"runs\": %" PRIu64 ", \"first_run\": %" PRIu64 ", \"says\": ", rule->runs, rule->first.number);
    quoted_put(out, rule->outcome.line);
    fprintf(out, ", \"settings\": %u, \"messages\": %" PRIu64 ", \"replay\": ", rule->reduction.best.count,
            plan_messages(found->plan, &rule->reduction.best));
    quoted_put(out, command);
    fputs("}", out);
    free(command);
  }
  fputs(found->rules > 0 ? "\n  ],\n  \"waived\": " : "],\n  \"waived\": ", out);
  waived_put_json(out, &found->plan->waivers);
  fputs("\n}\n", out);
  return whole;
}

/* A kind is a test; what was found in it first is its failure. */
bool found_junit(FILE *out, const struct found *found) {
  const struct plan_bench *bench = found->plan->bench;
  const unsigned kinds = plan_kinds(bench);
  unsigned failures = 0;
  bool whole = true;
  for (unsigned i = 0; i < kinds; i++) failures += found->bad[i] > 0;
  fprintf(out,
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"oio regress\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n"
          "  <testsuite name=\"plan seed %" PRIu64 "\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"0\" time=\"%.1f\">\n",
          kinds, failures, found->plan->seed, kinds, failures, found->wall_s);
  for (unsigned i = 0; i < kinds && whole; i++) {
    fprintf(out, "    <testcase classname=\"oio.regress\" name=\"%s\" time=\"0\"", plan_kind_name(bench, i));
    if (found->bad[i] == 0) {
      fputs("/>\n", out);
      continue;
    }
    fprintf(out, ">\n      <failure type=\"bad\" message=\"%" PRIu64 " of %" PRIu64 " runs\">", found->bad[i], found->runs[i]);
    for (unsigned r = 0; r < found->rules && whole; r++) {
      char *command = command_of(found, &found->rule[r].reduction.best);
      whole = command != NULL;
      if (!whole) break;
      quoted_put_xml(out, found->rule[r].outcome.line);
      fputs("\nreplay: ", out);
      quoted_put_xml(out, command);
      putc('\n', out);
      free(command);
    }
    fputs("</failure>\n    </testcase>\n", out);
  }
  fputs("  </testsuite>\n</testsuites>\n", out);
  return whole;
}

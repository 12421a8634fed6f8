/* SPDX-License-Identifier: Apache-2.0 */
/* `oio regress`: many short runs, drawn, against a device, on all processors; of each rule that one breaks the shortest run that shows it.
 */
#define _POSIX_C_SOURCE 200809L
#include "command.h"
#include "found.h"
#include "interrupt.h"
#include "options.h"
#include "outputs.h"
#include "own_path.h"
#include "progress.h"
#include "waived.h"
#include "whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: oio regress [OPTION]...\n"
    "Run a stress plan: many short runs with settings and seeds that are drawn, on all processors. Of each rule that is broken the first "
    "run "
    "is made shorter, in\n"
    "settings and in messages, as long as it breaks the same rule; its command is printed.\n"
    "\n"
    "  --bench PROGRAM         a bench that `oio new-bench` has made (FOLDER/build/bench)\n"
    "  --cosim PROGRAM         a bench with the options of `oio cosim`, around RTL of your own; without either, `oio cosim` itself\n"
    "  --runs N                how many; 1..100000000 (1000)\n"
    "  --seconds S             begin no run after so many seconds; 1..1000000\n"
    "  --seed N                of the plan: number and seed make a run (1)\n"
    "  --messages N            at most so many a run (of a bench of new-bench, payloads each way); 2..1000000000 (1000)\n"
    "  --jobs N                runs at a time; 1..256 (as many as there are processors)\n"
    "  --hang S                a run that takes longer hangs; 1..86400 seconds (60)\n"
    "  --set KEY=VALUE         in every run; repeatable\n"
    "  --without KEY           never drawn; repeatable\n"
    "  --waive RULE[@PORT]     findings of that rule, at that port or at all, are counted and told, and fail no run; repeatable\n"
    "  --waivers FILE          the same from a file: on each line RULE[@PORT] without blanks, then why; # begins a comment\n"
    "  --severity RULE[@PORT]=error|warning|waived\n"
    "                          of findings of that rule, at that port or at all: a warning is counted and told, and fails nothing;\n"
    "                          of --waive and this the first that matches decides; repeatable\n"
    "  --strict                warnings are errors\n"
    "  --first                 end with the first bad run, made shorter\n"
    "  --json FILE             write what was found (docs/regress.schema.json); -: to standard output, in place of the text\n"
    "  --junit FILE            the same for a CI system, a kind of run a test\n"
    "  --quiet                 print nothing when nothing is found\n"
    "  --help                  this\n"
    "\n"
    "Exit status: 0 all runs are good, 1 some are not, 2 unusable input or usage, or runs that the bench refuses, 130 interrupted.\n";

struct asked {
  struct plan plan;
  const char *bench, *cosim, *json, *junit;
  uint64_t runs, seconds, jobs, hang_s;
  bool first, quiet;
  char own[OUTPUTS_PATH_BYTES];
  const char *program[3];
};

static int refuse(const char *what, const char *value) {
  return options_refuse("regress", "%s%.200s; see `oio regress --help`", what, value);
}

static bool take_number(const char *text, uint64_t low, uint64_t high, uint64_t *number) {
  char *end;
  errno = 0;
  const unsigned long long value = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < low || value > high) return false;
  *number = value;
  return true;
}

static int take_list(const char **list, unsigned *count, const char *value) {
  if (*count == PLAN_FIXED_MAX) return refuse("too many of: ", value);
  list[(*count)++] = value;
  return -1;
}

/* -1: taken. */
static int take_option(struct asked *asked, const char *name, const char *value) {
  const struct {
    const char *name;
    uint64_t low, high, *number;
  } numbers[] = {
      {"--runs", 1, 100000000, &asked->runs},       {"--seconds", 1, 1000000, &asked->seconds},
      {"--seed", 0, UINT64_MAX, &asked->plan.seed}, {"--messages", 2, 1000000000, &asked->plan.messages},
      {"--jobs", 1, TRIALS_MAX, &asked->jobs},      {"--hang", 1, 86400, &asked->hang_s},
  };
  const struct {
    const char *name;
    const char **text;
  } texts[] = {{"--bench", &asked->bench}, {"--cosim", &asked->cosim}, {"--json", &asked->json}, {"--junit", &asked->junit}};
  if (value == NULL) return refuse("no such option, or its value is missing: ", name);
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (strcmp(name, numbers[i].name) != 0) continue;
    return take_number(value, numbers[i].low, numbers[i].high, numbers[i].number) ? -1 : refuse("a number out of range, or none: ", value);
  }
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (strcmp(name, texts[i].name) == 0) return *texts[i].text = value, -1;
  }
  if (strcmp(name, "--set") == 0 && strchr(value, '=') != NULL && value[0] != '=')
    return take_list(asked->plan.fixed, &asked->plan.fixed_count, value);
  struct oio_error error;
  const int waived = waived_option(&asked->plan.waivers, name, value, &error);
  if (waived != 0) return waived > 0 ? -1 : options_refuse("regress", "%s", error.text);
  if (strcmp(name, "--without") == 0) return take_list(asked->plan.left_out, &asked->plan.left_out_count, value);
  return refuse("no such option, or no such value: ", name);
}

/* -1: go on. */
static int read_options(struct asked *asked, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) return fputs(help, stdout), EXIT_DONE;
    bool *const flag = strcmp(argv[i], "--first") == 0    ? &asked->first
                       : strcmp(argv[i], "--quiet") == 0  ? &asked->quiet
                       : strcmp(argv[i], "--strict") == 0 ? &asked->plan.waivers.strict
                                                          : NULL;
    if (flag != NULL) {
      *flag = true;
      continue;
    }
    const int status = take_option(asked, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
    if (status >= 0) return status;
    i++;
  }
  if (asked->bench != NULL && asked->cosim != NULL) return refuse("--bench or --cosim, not both", "");
  asked->plan.bench = asked->bench != NULL ? &plan_new_bench : &plan_cosim;
  struct oio_error error;
  if (oio_waivers_bind(&asked->plan.waivers, asked->plan.bench->ports, 4, &error) != OIO_OK)
    return options_refuse("regress", "%s", error.text);
  for (unsigned i = 0; i < asked->plan.left_out_count; i++) {
    const char *key = asked->plan.left_out[i];
    if (!plan_knows(asked->plan.bench, key)) return refuse("--without: the plan draws no such key: ", key);
    if (strcmp(key, asked->plan.bench->messages) == 0 || strcmp(key, "workload.generate") == 0)
      return refuse("--without: no run goes without it, but --set can say what it is: ", key);
  }
  return -1;
}

static int choose_program(struct asked *asked) {
  const char *given = asked->bench != NULL ? asked->bench : asked->cosim;
  if (given == NULL) {
    if (!own_path(asked->own, sizeof asked->own)) return refuse("where this program is cannot be told; name a bench by --cosim", "");
    asked->program[0] = asked->own;
    asked->program[1] = "cosim";
    return -1;
  }
  if (access(given, X_OK) != 0) return options_refuse("regress", "%.200s: %s; build the bench", given, strerror(errno));
  asked->program[0] = given;
  /* What has no slash would be looked for elsewhere. */
  if (strchr(given, '/') == NULL) {
    if (snprintf(asked->own, sizeof asked->own, "./%s", given) >= (int)sizeof asked->own) return refuse("too long: ", given);
    asked->program[0] = asked->own;
  }
  return -1;
}

/* --- the plan --- */

static enum oio_status start(struct crew *crew, const struct found *found, const struct plan_run *run, uint64_t tag,
                             struct oio_error *error) {
  struct trial_words words = {0};
  const enum oio_status status = found_words(found, run, &words)
                                     ? crew_start(crew, &words, tag, error)
                                     : oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  trial_words_free(&words);
  return status;
}

/* Runs begun before the first bad one was known are waited for: which is the first does not depend on who was quicker. */
static enum oio_status go_through(const struct asked *asked, struct crew *crew, struct found *found, struct oio_error *error) {
  struct progress progress;
  struct trial_outcome outcome;
  struct plan_run run;
  uint64_t next = 0, ended = 0, tag;
  const double began_s = clock_wall_s();
  enum oio_status status = OIO_OK;
  progress_start(&progress, "oio regress");
  while (status == OIO_OK && !interrupt_requested()) {
    const double passed_s = clock_wall_s() - began_s;
    const bool over =
        next == asked->runs || (asked->seconds > 0 && passed_s >= (double)asked->seconds) || (asked->first && found->rules > 0);
    if (over && ended == next) break;
    if (!over && crew_idle(crew) > 0) {
      plan_draw(&asked->plan, next, &run);
      status = start(crew, found, &run, next++, error);
      continue;
    }
    if (!crew_next(crew, &tag, &outcome)) continue;
    ended++;
    plan_draw(&asked->plan, tag, &run);
    found_enter(found, &run, &outcome);
    const double by_runs = (double)ended / (double)asked->runs, by_time = asked->seconds > 0 ? passed_s / (double)asked->seconds : 0;
    if (!asked->quiet) progress_update(&progress, by_runs > by_time ? by_runs : by_time);
  }
  progress_end(&progress);
  return status;
}

/* The next rule of which something is to be tried. */
static struct found_rule *to_be_tried(struct found *found, struct plan_run *run) {
  for (unsigned i = 0; i < found->rules; i++) {
    if (!found->rule[i].busy && reduction_next(&found->rule[i].reduction, run)) return &found->rule[i];
  }
  return NULL;
}

static enum oio_status reduce(const struct asked *asked, struct crew *crew, struct found *found, struct oio_error *error) {
  struct trial_outcome outcome;
  struct plan_run run;
  struct found_rule *rule;
  enum oio_status status = OIO_OK;
  uint64_t tag;
  found_sort(found);
  for (unsigned i = 0; i < found->rules; i++) reduction_start(&found->rule[i].reduction, &asked->plan, &found->rule[i].first);
  while (status == OIO_OK && !interrupt_requested()) {
    if (crew_idle(crew) > 0 && (rule = to_be_tried(found, &run)) != NULL) {
      rule->busy = true;
      status = start(crew, found, &run, (uint64_t)(rule - found->rule), error);
      continue;
    }
    if (crew_idle(crew) == asked->jobs) break;
    if (!crew_next(crew, &tag, &outcome)) continue;
    rule = &found->rule[tag];
    rule->busy = false;
    const bool same = outcome.verdict == TRIAL_BAD && strcmp(outcome.rule, rule->outcome.rule) == 0;
    reduction_tell(&rule->reduction, same);
    if (same) rule->outcome = outcome;
  }
  return status;
}

/* --- what comes of it --- */

static int cannot_write(const char *path, int cause) {
  return options_refuse("regress", "%.200s: %s; %s", path, strerror(cause), oio_whole_remedy(cause));
}

/* -1: it can be written, as far as can be told before the runs. */
static int look_at_file(const char *path) {
  struct oio_whole whole;
  struct stat info;
  if (path == NULL || strcmp(path, "-") == 0 || (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))) return -1;
  if (!oio_whole_begin(&whole, path)) return cannot_write(path, errno);
  oio_whole_abandon(&whole);
  return -1;
}

static int write_file(const char *path, const struct found *found, bool (*put)(FILE *, const struct found *)) {
  struct oio_whole whole;
  if (path == NULL) return -1;
  if (!oio_whole_begin(&whole, path)) return cannot_write(path, errno);
  if (!put(whole.file, found)) {
    oio_whole_abandon(&whole);
    return options_refuse("regress", "out of memory; close other programs");
  }
  return oio_whole_end(&whole) ? -1 : cannot_write(path, errno);
}

static int report(const struct asked *asked, const struct found *found) {
  const bool to_stdout = asked->json != NULL && strcmp(asked->json, "-") == 0;
  const uint64_t bad = found_sum(found->bad), refused = found_sum(found->refused);
  int status = to_stdout ? (found_json(stdout, found) ? -1 : options_refuse("regress", "out of memory; close other programs"))
                         : write_file(asked->json, found, found_json);
  if (status < 0) status = write_file(asked->junit, found, found_junit);
  if (status >= 0) return status;
  if (!to_stdout && (!asked->quiet || bad + refused > 0) && !found_text(stdout, found))
    return options_refuse("regress", "out of memory; close other programs");
  if (interrupt_requested()) return INTERRUPT_EXIT;
  return bad > 0 ? EXIT_BAD_RESULT : refused > 0 ? EXIT_UNUSABLE : EXIT_DONE;
}

static int carry_out(struct asked *asked, struct crew *crew, struct found *found) {
  struct oio_error error = {0};
  found->plan = &asked->plan;
  found->program = asked->program;
  found->shown = asked->program[0] == asked->own && asked->program[1] != NULL ? "oio" : NULL;
  interrupt_install();
  const double began_s = clock_wall_s();
  enum oio_status status = go_through(asked, crew, found, &error);
  if (status == OIO_OK) status = reduce(asked, crew, found, &error);
  found->wall_s = clock_wall_s() - began_s;
  return status == OIO_OK ? report(asked, found) : options_refuse("regress", "%s", error.text);
}

int oio_command_regress(int argc, char **argv) {
  struct asked asked = {.plan = {.seed = 1, .messages = 1000}, .runs = 1000, .hang_s = 60};
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  asked.jobs = processors < 1 ? 1 : processors > TRIALS_MAX ? TRIALS_MAX : (uint64_t)processors;
  int status = read_options(&asked, argc, argv);
  if (status < 0) status = choose_program(&asked);
  if (status < 0) status = look_at_file(asked.json);
  if (status < 0) status = look_at_file(asked.junit);
  if (status >= 0) return status;
  struct crew *crew = crew_create((unsigned)asked.jobs, (unsigned)asked.hang_s);
  struct found *found = calloc(1, sizeof *found);
  status = crew != NULL && found != NULL ? carry_out(&asked, crew, found)
                                         : options_refuse("regress", "out of memory for %u jobs; take fewer", (unsigned)asked.jobs);
  crew_destroy(crew);
  free(found);
  return status;
}

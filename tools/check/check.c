/* SPDX-License-Identifier: Apache-2.0 */
/* `oio check`: the rules of the link over a wire that something else has recorded. */
#include "command.h"
#include "interrupt.h"
#include "judge.h"
#include "options.h"
#include "quoted.h"
#include "waived.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio check [--json] [--findings N] [--waive RULE[@PORT]]... [--waivers FILE]...\n"
    "                 [--severity RULE[@PORT]=error|warning|waived]... [--strict] LOG\n"
    "       oio check --rules [--json]\n"
    "Judge a device by what went in and came out at its ports: the rules that `oio cosim` checks, over a log that "
    "another simulator, a logic\n"
    "analyser or `oio cosim --wire-log` has written, plain or gzip. docs/checkers.md has its form.\n"
    "\n"
    "  --json               one JSON object on standard output\n"
    "  --findings N         show so many (10), of each port of the extended profile the first 64 at most\n"
    "  --waive RULE[@PORT]  findings of that rule, at that port or at all, are counted and told, and fail nothing; repeatable\n"
    "  --waivers FILE       the same from a file: on each line RULE[@PORT] without blanks, then why; # begins a comment\n"
    "  --severity RULE[@PORT]=error|warning|waived\n"
    "                       of findings of that rule, at that port or at all: a warning is counted and told, and fails nothing; of --waive "
    "and\n"
    "                       this the first that matches decides; repeatable\n"
    "  --strict             warnings are errors\n"
    "  --rules              the rules that findings name, of `oio cosim` and `oio new-bench` too: name, severity, profile, clause of "
    "SPEC.md,\n"
    "                       and what must hold\n"
    "\n"
    "Exit status: 0 no rule is broken, 1 one is, 2 a log that cannot be read or has no flit that the device sent.\n";

enum { SHOWN_MAX = 1000 };

struct check {
  const char *path;
  bool json, rules;
  struct oio_waivers waivers;
  unsigned shown_max;
  struct wire_log log;
  struct judge judge;
  struct shown {
    struct judge_finding finding;
    uint64_t line;
  } * shown;
  unsigned shown_count;
  uint64_t first_line; /* at which something is wrong */
};

static int refuse(const char *what, const char *which) {
  fprintf(stderr, "oio check: %s '%.80s'; see `oio check --help`\n", what, which);
  return EXIT_UNUSABLE;
}

/* -1: go on. */
static int parse(struct check *check, int argc, char **argv) {
  struct oio_error error;
  int taken;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      fputs(help, stdout);
      return EXIT_DONE;
    }
    if (strcmp(argv[i], "--json") == 0) {
      check->json = true;
    } else if (strcmp(argv[i], "--strict") == 0) {
      check->waivers.strict = true;
    } else if (strcmp(argv[i], "--rules") == 0) {
      check->rules = true;
    } else if (strcmp(argv[i], "--findings") == 0 && i + 1 < argc) {
      char *end;
      const unsigned long number = strtoul(argv[++i], &end, 10);
      if (*argv[i] < '0' || *argv[i] > '9' || *end != '\0' || number > SHOWN_MAX) return refuse("--findings is 0 to 1000, not", argv[i]);
      check->shown_max = (unsigned)number;
    } else if (i + 1 < argc && (taken = waived_option(&check->waivers, argv[i], argv[i + 1], &error)) != 0) {
      if (taken < 0) {
        fprintf(stderr, "oio check: %s\n", error.text);
        return EXIT_UNUSABLE;
      }
      i++;
    } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
      return refuse("no such option, or its value is missing:", argv[i]);
    } else if (check->path != NULL) {
      return refuse("one log at a time; what is", argv[i]);
    } else {
      check->path = argv[i];
    }
  }
  if (check->rules && check->path != NULL) return refuse("--rules prints the rules and judges nothing; leave out", check->path);
  return check->path != NULL || check->rules ? -1 : refuse("which log? there is", "nothing");
}

static int print_rules(const struct check *check) {
  const struct oio_rule *rule;
  if (check->json) printf("{\"rules\":[");
  for (unsigned id = 0; (rule = oio_rule_get(id)) != NULL; id++) {
    const char *severity = oio_severity_name(rule->severity), *profile = oio_rule_profile_name(rule->profile);
    if (check->json) {
      printf("%s{\"name\":\"%s\",\"sentence\":\"%s\",\"clause\":\"%s\",\"severity\":\"%s\",\"profile\":\"%s\"}", id > 0 ? "," : "",
             rule->name, rule->sentence, rule->clause, severity, profile);
    } else {
      printf("%-22s %-8s %-10s %-10s %s\n", rule->name, severity, profile, rule->clause, rule->sentence);
    }
  }
  if (check->json) printf("]}\n");
  return EXIT_DONE;
}

static void fetch(struct check *check) {
  struct judge_finding finding;
  while (judge_fetch(&check->judge, &finding)) {
    if (check->first_line == 0) check->first_line = check->log.lines.number;
    if (check->shown_count < check->shown_max) check->shown[check->shown_count++] = (struct shown){finding, check->log.lines.number};
  }
}

static enum oio_status judge_all(struct check *check, struct oio_error *error) {
  struct wire_event event;
  bool more = true;
  enum oio_status status = judge_start(&check->judge, &check->log, &check->waivers, error);
  while (status == OIO_OK && !interrupt_requested()) {
    status = wire_log_next(&check->log, &event, &more, error);
    if (status != OIO_OK || !more) break;
    status = judge_event(&check->judge, &event, error);
    fetch(check);
  }
  if (status == OIO_OK) judge_end(&check->judge);
  fetch(check);
  return status;
}

static void print_ports(const struct check *check) {
  for (unsigned i = 0; i < check->log.count; i++) {
    const struct wire_port *port = &check->log.ports[i];
    printf("%s{\"name\":\"%s\",\"profile\":\"%s\",\"format\":%" PRIu64 ",\"in\":%" PRIu64 ",\"out\":%" PRIu64 "}", i > 0 ? "," : "",
           port->name, port->plain ? "plain" : "extended", port->format, check->judge.ports[i].in, check->judge.ports[i].out);
  }
}

static void print_json(const struct check *check, uint64_t findings) {
  printf("{\"log\":");
  quoted_put(stdout, check->path);
  printf(",\"ports\":[");
  print_ports(check);
  printf("],\"findings\":%" PRIu64 ",\"waived\":", findings);
  waived_put_json(stdout, &check->waivers);
  printf(",\"shown\":[");
  for (unsigned i = 0; i < check->shown_count; i++) {
    const struct shown *shown = &check->shown[i];
    printf("%s{\"line\":%" PRIu64 ",\"time_ps\":%" PRIu64 ",\"rule\":\"%s\",\"text\":", i > 0 ? "," : "", shown->line,
           shown->finding.time_ps, shown->finding.rule);
    quoted_put(stdout, shown->finding.text);
    printf("}");
  }
  printf("]}\n");
}

static void print_text(const struct check *check, uint64_t findings) {
  for (unsigned i = 0; i < check->shown_count; i++) {
    const struct judge_finding *finding = &check->shown[i].finding;
    printf("%s:%" PRIu64 ": at %.3f ns: rule %s: %s\n", check->path, check->shown[i].line, (double)finding->time_ps / 1e3, finding->rule,
           finding->text);
  }
  for (unsigned i = 0; i < check->log.count; i++) {
    const struct judge_port *at = &check->judge.ports[i];
    printf("%-16s %" PRIu64 " flits in, %" PRIu64 " out\n", check->log.ports[i].name, at->in, at->out);
  }
  waived_print(stdout, "waived           ", &check->waivers);
  const bool waived = oio_waivers_taken(&check->waivers) > 0, warned = oio_waivers_warned(&check->waivers) > 0;
  printf("result           %s", findings > 0 ? "BAD: "
                                : warned     ? "good: no rule is broken that is not waived or a warning\n"
                                : waived     ? "good: no rule is broken that is not waived\n"
                                             : "good: no rule is broken\n");
  if (findings > 0)
    printf("rules are broken %" PRIu64 " times, first in line %" PRIu64 "\n", findings, check->shown_count > 0 ? check->shown[0].line : 0);
}

/* A port at which nothing came out proves nothing; but what is wrong elsewhere is told. */
static int report(const struct check *check) {
  const uint64_t findings = judge_findings(&check->judge);
  bool silent = false;
  for (unsigned i = 0; i < check->log.count; i++) {
    if (check->judge.ports[i].out > 0) continue;
    fprintf(stderr, "oio check: %.110s: nothing came out at port %s: there is nothing to judge; see docs/checkers.md\n", check->path,
            check->log.ports[i].name);
    silent = true;
  }
  if (silent && findings == 0) return EXIT_UNUSABLE;
  if (check->json)
    print_json(check, findings);
  else
    print_text(check, findings);
  return findings > 0 ? EXIT_BAD_RESULT : EXIT_DONE;
}

static int check_log(struct check *check) {
  struct oio_error error;
  enum oio_status status = wire_log_open(&check->log, check->path, &error);
  if (status == OIO_OK) {
    status = judge_all(check, &error);
    const int result = status == OIO_OK && !interrupt_requested() ? report(check) : EXIT_UNUSABLE;
    judge_free(&check->judge);
    wire_log_close(&check->log);
    if (status == OIO_OK && interrupt_requested()) {
      fprintf(stderr, "oio check: interrupted; nothing is said of the rest\n");
      return INTERRUPT_EXIT;
    }
    if (status == OIO_OK) return result;
  }
  fprintf(stderr, "oio check: %s\n", error.text);
  return EXIT_UNUSABLE;
}

int oio_command_check(int argc, char **argv) {
  struct check *check = calloc(1, sizeof *check);
  if (check != NULL) check->shown = calloc(SHOWN_MAX, sizeof *check->shown);
  int result = EXIT_UNUSABLE;
  if (check == NULL || check->shown == NULL) {
    fprintf(stderr, "oio check: out of memory; close other programs\n");
  } else {
    check->shown_max = 10;
    interrupt_install();
    result = parse(check, argc, argv);
    if (result < 0) result = check->rules ? print_rules(check) : check_log(check);
  }
  if (check != NULL) free(check->shown);
  free(check);
  return result;
}

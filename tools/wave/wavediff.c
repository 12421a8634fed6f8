/* SPDX-License-Identifier: Apache-2.0 */
/* `oio wavediff GOLDEN NEW`: options to rules, one comparison, and what it found in every form that was asked for. */
#define _POSIX_C_SOURCE 200809L
#include "memory.h"
#include "wave_command.h"

#include "command_line.h"
#include "compare.h"
#include "interrupt.h"
#include "output.h"
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char help[] =
    "usage: oio wavediff [OPTION]... GOLDEN NEW\n"
    "Did any waveform change, and if so what changed first? GOLDEN and NEW are VCD, EVCD or FST files, also inside gzip, in any mixture.\n"
    "\n"
    "what is compared (docs/wavediff.md tells the rules language):\n"
    "  --rules FILE         rules, one a line; the first that fits a signal counts\n"
    "  --rule 'LINE'        one rule, as a line of such a file; may be given often, and comes before those of files\n"
    "  --include GLOB       compare only what fits            --exclude GLOB    leave out what fits\n"
    "  --clock PATH         compare what holds at the rising edges of PATH, cycle by cycle\n"
    "  --tolerance TIME     a change may come so much earlier or later\n"
    "  --window A..B        compare between two times         --trim            only up to the end of the shorter run\n"
    "  --shift TIME         add TIME to the times of NEW      --top GOLDEN=NEW  a scope that has another name in NEW\n"
    "  --today DAY          judge the end of waivers as of this day, as 2026-12-31 (today, in UTC)\n"
    "  --strict             records as written: restated values, order and aliases count, too\n"
    "\n"
    "what is shown:\n"
    "  --max N              so many differences (10)          --around TIME     so much before and after the first difference\n"
    "  --json FILE          all of it for machines; - is standard output\n"
    "  --junit FILE         a test report                     --github          annotations for GitHub Actions\n"
    "  --html FILE          a page to look at                 --diff-fst FILE   golden, new and diff in one FST, with .gtkw and .sucl "
    "beside it\n"
    "  --quiet              no text, only the exit status     --colour WHEN     auto, always, never\n"
    "  --threads N          so many threads (as many as there are, at most 8)\n"
    "\n"
    "exit status: 0 the same, 1 different, 2 unusable input or usage, 3 nothing was compared\n";

static const struct command_name own_name = {"wavediff", "oio wavediff"};

struct request {
  const char *golden, *fresh, *json, *junit, *html, *diff_fst;
  struct wave_rules rules;
  struct wave_options options;
  const char *around;
  char **files; /* of rules: read after the command line's */
  int n_files;
  bool github, quiet, strict;
  int colour; /* -1: as the terminal is */
  uint32_t most;
};

/* Adds the rule that an option stands for. */
static bool add_rule(struct request *request, const char *format, const char *value) {
  struct wave_error error;
  size_t size = strlen(format) + 2 * strlen(value) + 1;
  char *line = wave_malloc(size);
  bool good = line != NULL;
  if (good) {
    snprintf(line, size, format, value, value);
    good = wave_rules_add(&request->rules, line, NULL, 0, &error) == WAVE_OK;
    if (!good) command_complain(&own_name, &error);
  }
  free(line);
  return good;
}

static bool add_top(struct request *request, const char *value) {
  const char *equals = strchr(value, '=');
  char line[1024];
  if (equals == NULL || (size_t)snprintf(line, sizeof line, "top %.*s = %s", (int)(equals - value), value, equals + 1) >= sizeof line) {
    command_usage_error(&own_name, "--top wants GOLDEN=NEW, not '%s'", value);
    return false;
  }
  return add_rule(request, "%s", line);
}

static const struct {
  const char *option, *rule;
} as_rules[] = {
    {"--rule", "%s"},
    {"--include", "include %s"},
    {"--exclude", "exclude %s"},
    {"--clock", "compare ** : clock=%s"},
    {"--tolerance", "compare ** : lead=%s trail=%s"},
    {"--window", "window %s"},
    {"--shift", "shift %s"},
};

/* Options without a value; 1 taken, 0 not one of them, -1 wrong. */
static int take_flag(struct request *request, const char *option) {
  if (strcmp(option, "--trim") == 0) return add_rule(request, "%s", "trim") ? 1 : -1;
  if (strcmp(option, "--strict") == 0) {
    request->strict = true;
  } else if (strcmp(option, "--github") == 0) {
    request->github = true;
  } else if (strcmp(option, "--quiet") == 0) {
    request->quiet = true;
  } else {
    return 0;
  }
  return 1;
}

static bool take_option(struct request *request, const char *option, char *value) {
  const struct {
    const char *option;
    const char **place;
  } files[] = {{"--json", &request->json},
               {"--junit", &request->junit},
               {"--html", &request->html},
               {"--diff-fst", &request->diff_fst},
               {"--around", &request->around}};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    if (strcmp(option, files[i].option) == 0) {
      *files[i].place = value;
      return true;
    }
  }
  for (size_t i = 0; i < sizeof as_rules / sizeof as_rules[0]; i++) {
    if (strcmp(option, as_rules[i].option) == 0) return add_rule(request, as_rules[i].rule, value);
  }
  if (strcmp(option, "--top") == 0) return add_top(request, value);
  if (strcmp(option, "--rules") == 0) {
    request->files[request->n_files++] = value;
    return true;
  }
  if (strcmp(option, "--max") == 0) return command_take_number(&own_name, option, value, &request->most);
  if (strcmp(option, "--today") == 0) {
    request->options.today = wave_day_parse(value);
    if (request->options.today != 0) return true;
    command_usage_error(&own_name, "--today wants a day such as 2026-12-31, not '%.80s'", value);
    return false;
  }
  if (strcmp(option, "--threads") == 0) return command_take_number(&own_name, option, value, &request->options.threads);
  if (strcmp(option, "--colour") == 0) {
    request->colour = strcmp(value, "always") == 0 ? 1 : strcmp(value, "never") == 0 ? 0 : -1;
    if (request->colour >= 0 || strcmp(value, "auto") == 0) return true;
    command_usage_error(&own_name, "--colour is auto, always or never, not '%.80s'", value);
    return false;
  }
  command_usage_error(&own_name, "there is no option '%.80s'", option);
  return false;
}

/* 0: go on; 1: help was shown; 2: wrong. */
static int take_arguments(struct request *request, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    char *argument = argv[i];
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
      fputs(help, stdout);
      return 1;
    }
    if (argument[0] != '-' || argument[1] == '\0') {
      if (request->fresh != NULL) return command_usage_error(&own_name, "two files are compared, '%.80s' is one too many", argument);
      *(request->golden == NULL ? &request->golden : &request->fresh) = argument;
      continue;
    }
    int flag = take_flag(request, argument);
    if (flag < 0) return 2;
    if (flag > 0) continue;
    char *equals = strchr(argument, '='), *value = equals == NULL ? NULL : equals + 1;
    if (equals != NULL) *equals = '\0';
    if (value == NULL && i + 1 < argc) value = argv[++i];
    if (value == NULL) return command_usage_error(&own_name, "'%.80s' is no option, or wants a value", argument);
    if (!take_option(request, argument, value)) return 2;
  }
  if (request->fresh == NULL) return command_usage_error(&own_name, "%s", "name the golden file and the new one");
  return 0;
}

static bool read_rules(struct request *request) {
  struct wave_error error;
  for (int i = 0; i < request->n_files; i++) {
    if (wave_rules_read(&request->rules, request->files[i], &error) == WAVE_OK) continue;
    command_complain(&own_name, &error);
    return false;
  }
  return !request->strict || add_rule(request, "%s", "strict");
}

static uint32_t columns_of_terminal(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char *columns = getenv("COLUMNS");
  long n = columns == NULL ? 0 : strtol(columns, NULL, 10);
  return n > 0 && n < 1000 ? (uint32_t)n : 80;
}

static void show_progress(void *context, double fraction) {
  progress_update(context, fraction);
}

static bool write_as(const char *path, void (*make)(struct wave_out *, const struct wave_report *), const struct wave_report *report) {
  struct wave_out out = {0};
  if (path == NULL) return true;
  make(&out, report);
  return command_write(&own_name, path, &out);
}

static bool write_text(const struct request *request, const struct wave_report *report) {
  struct wave_out out = {0};
  bool terminal = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
  struct wave_text_style style = {
      .columns = columns_of_terminal(), .most = request->most, .colour = request->colour < 0 ? terminal : request->colour == 1};
  bool to_stdout = request->json != NULL && strcmp(request->json, "-") == 0;
  bool good = true;
  if (!request->quiet && !to_stdout) {
    wave_text(&out, report, &style);
    good = command_write(&own_name, "-", &out);
  }
  if (request->github) {
    wave_github(&out, report, request->most);
    good = command_write(&own_name, "-", &out) && good;
    wave_markdown(&out, report, request->most);
    good = command_write_job_page(&own_name, &out) && good;
  }
  return good;
}

static bool write_all(const struct request *request, const struct wave_report *report) {
  struct wave_error error;
  bool good = write_text(request, report);
  good = write_as(request->json, wave_json, report) && good;
  good = write_as(request->junit, wave_junit, report) && good;
  good = write_as(request->html, wave_html, report) && good;
  if (request->diff_fst == NULL || report->n_divergences == 0 || wave_memory_failures() > 0) return good;
  if (wave_diff_fst(request->diff_fst, report, &error) == WAVE_OK) return good;
  command_complain(&own_name, &error);
  return false;
}

static int compare(struct request *request) {
  struct wave_report *report;
  struct wave_error error;
  struct progress progress;
  request->options.rules = &request->rules;
  request->options.detailed = request->html != NULL || request->diff_fst != NULL ? 200 : request->most;
  request->options.progress = show_progress;
  request->options.context = &progress;
  request->options.stop = interrupt_requested;
  if (request->around != NULL && wave_span_parse(&request->options.around, request->around, &error) != WAVE_OK) {
    fprintf(stderr, "wavediff: --around: %s\n", error.text);
    return 2;
  }
  interrupt_install();
  progress_start(&progress, "wavediff");
  enum wave_status status = wave_compare(&report, request->golden, request->fresh, &request->options, &error);
  progress_end(&progress);
  if (interrupt_requested()) {
    if (status == WAVE_OK) wave_report_free(report);
    fprintf(stderr, "wavediff: interrupted\n");
    return INTERRUPT_EXIT;
  }
  if (status != WAVE_OK) {
    command_complain(&own_name, &error);
    return 2;
  }
  int result = (int)report->verdict;
  if (!write_all(request, report)) result = 2;
  wave_report_free(report);
  return result;
}

int oio_command_wavediff(int argc, char **argv) {
  struct request request = {.colour = -1, .most = 10, .options = {.today = command_today()}};
  wave_rules_init(&request.rules);
  request.files = wave_calloc((size_t)argc + 1, sizeof *request.files);
  int status = request.files == NULL ? 2 : take_arguments(&request, argc, argv);
  if (status == 1) {
    status = 0;
  } else if (status == 0) {
    status = read_rules(&request) ? compare(&request) : 2;
  }
  free(request.files);
  wave_rules_free(&request.rules);
  return command_status(&own_name, status);
}

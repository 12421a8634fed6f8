/* SPDX-License-Identifier: Apache-2.0 */
/* `oio wave bless`: keeps a run that was found good. */
#define _POSIX_C_SOURCE 200809L
#include "golden_command.h"

#include "command_line.h"
#include "compare.h"
#include "interrupt.h"
#include "memory.h"
#include "output.h"
#include "workshop.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "usage: oio wave bless FOLDER/NAME --command 'COMMAND with {out}' [OPTION]...   run the command and keep its waves\n"
    "       oio wave bless RUN --as FOLDER/NAME [OPTION]...                         keep waves that are there already\n"
    "       oio wave bless FOLDER/NAME --force                                      make a golden again by its own command\n"
    "Keeps a run as FOLDER/NAME.fst, small and without noise, with its birth certificate FOLDER/NAME.golden.\n"
    "\n"
    "  --command 'COMMAND'  makes the run again: {out} stands for the file to write, ending in .fst; {out.vcd} in .vcd\n"
    "  --seed N             goes into the certificate, and for {seed} into the command\n"
    "  --rules FILE         new runs are compared under these rules, and what they exclude is not kept; copied to FOLDER/NAME.rules\n"
    "                       unless FILE lies in FOLDER\n"
    "  --note TEXT          what the run shows\n"
    "  --force              replace a golden; what changes is shown\n"
    "  --timeout S          end a command that takes longer\n"
    "\n"
    "A golden that is there is replaced with --force only. exit status: 0 kept, or there already; 2 refused\n";

static const struct command_name own_name = {"oio wave bless", "oio wave bless"};

struct bless {
  const char *what, *as, *command, *seed, *rules, *note;
  uint32_t timeout_s;
  bool force;
  struct wave_golden golden;
  struct workshop workshop;
  char *made, *said;
};

static int say(const struct wave_error *error) {
  command_complain(&own_name, error);
  return interrupt_requested() ? INTERRUPT_EXIT : 2;
}

/* 0: go on; 1: help was shown; 2: wrong. */
static int take_arguments(struct bless *bless, int argc, char **argv) {
  const struct command_option options[] = {{"--as", .text = &bless->as},
                                           {"--command", .text = &bless->command},
                                           {"--seed", .text = &bless->seed},
                                           {"--rules", .text = &bless->rules},
                                           {"--note", .text = &bless->note},
                                           {"--force", .flag = &bless->force},
                                           {"--timeout", .number = &bless->timeout_s}};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      fputs(help, stdout);
      return 1;
    }
    if (argv[i][0] != '-') {
      if (bless->what != NULL) return command_usage_error(&own_name, "one run is kept, '%.80s' is one too many", argv[i]);
      bless->what = argv[i];
      continue;
    }
    if (!command_take_option(&own_name, options, sizeof options / sizeof options[0], argc, argv, &i)) return 2;
  }
  return bless->what == NULL ? command_usage_error(&own_name, "%s", "name the golden, or a run and --as") : 0;
}

/* What the command line says goes before what the certificate said. */
static enum wave_status describe(struct bless *bless, struct wave_error *error) {
  struct wave_golden *golden = &bless->golden;
  char version[40];
  snprintf(version, sizeof version, "oio %s", OIO_VERSION);
  const struct {
    char **place;
    const char *what, *text;
  } given[] = {
      {&golden->command, "--command", bless->command}, {&golden->seed, "--seed", bless->seed}, {&golden->note, "--note", bless->note}};
  for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
    if (given[i].text != NULL && wave_golden_set(given[i].place, given[i].what, given[i].text, error) != WAVE_OK) return WAVE_ERROR;
  if (golden->command != NULL && workshop_refuses(golden->command) != NULL)
    return wave_fail(error, "%s", workshop_refuses(golden->command));
  if (golden->command == NULL && bless->as == NULL)
    return wave_fail(error, "%s: give the --command that makes the run, or a run and --as %s", bless->what, bless->what);
  return wave_golden_set(&golden->version, "version", version, error);
}

/* Tells what a golden that is there would become. WAVE_END: there is nothing to do. */
static enum wave_status show_change(struct bless *bless, const char *run, struct wave_error *error) {
  struct wave_rules rules;
  const struct wave_options options = {.rules = &rules, .detailed = 3, .today = command_today(), .stop = interrupt_requested};
  struct wave_report *report;
  char *old = wave_golden_path(&bless->golden, ".fst"), *named = wave_golden_rules_path(&bless->golden);
  const char *path = bless->rules != NULL ? bless->rules : named;
  wave_rules_init(&rules);
  enum wave_status status = wave_memory_failures() > 0 ? wave_fail(error, "out of memory") : WAVE_OK;
  if (status == WAVE_OK && path != NULL) status = wave_rules_read(&rules, path, error);
  if (status == WAVE_OK) status = wave_compare(&report, old, run, &options, error);
  wave_rules_free(&rules);
  free(named);
  if (status == WAVE_OK) {
    const bool same = report->verdict == WAVE_SAME;
    struct wave_out out = {0};
    wave_text(&out, report, &(struct wave_text_style){.columns = 100, .most = 3});
    if (!same && !out.failed) fwrite(out.bytes, 1, out.size, stdout);
    wave_out_free(&out);
    wave_report_free(report);
    if (!same && !bless->force)
      status = wave_fail(error, "%s is kept already, and this run differs; look at it, then --force replaces it", old);
    if (same && !bless->force) {
      printf("%s is kept already, and this run is the same; --force renews its certificate\n", old);
      status = WAVE_END;
    }
  } else if (bless->force && !interrupt_requested() && wave_memory_failures() == 0) {
    printf("the golden that was there cannot be compared: %s\n", error->text);
    status = WAVE_OK;
  }
  free(old);
  return status;
}

static void show_kept(const struct wave_golden *golden) {
  struct stat about = {0};
  char *path = wave_golden_path(golden, ".fst");
  if (path != NULL && stat(path, &about) == 0)
    printf("kept %s/%s.fst: %" PRIu64 " variables up to %s, %.1f KB\n", golden->folder, golden->name, golden->variables, golden->end,
           (double)about.st_size / 1000);
  free(path);
}

static enum wave_status keep(struct bless *bless, struct wave_error *error) {
  struct wave_golden *golden = &bless->golden;
  if (wave_golden_name(golden, bless->as != NULL ? bless->as : bless->what, error) != WAVE_OK) return WAVE_ERROR;
  const bool exists = wave_golden_exists(golden);
  if (exists && wave_golden_read(golden, error) != WAVE_OK) {
    if (!bless->force || wave_memory_failures() > 0) return WAVE_ERROR;
    wave_golden_free(golden);
    if (wave_golden_name(golden, bless->as != NULL ? bless->as : bless->what, error) != WAVE_OK) return WAVE_ERROR;
  }
  if (describe(bless, error) != WAVE_OK) return WAVE_ERROR;
  const char *run = bless->what;
  if (bless->as == NULL) {
    if (workshop_open(&bless->workshop, bless->timeout_s, error) != WAVE_OK) return WAVE_ERROR;
    if (workshop_run(&bless->workshop, golden, &bless->made, &bless->said, error) != WAVE_OK) return WAVE_ERROR;
    run = bless->made;
  }
  const enum wave_status status = exists ? show_change(bless, run, error) : WAVE_OK;
  if (status != WAVE_OK) return status;
  if (wave_golden_store(golden, run, bless->rules, interrupt_requested, error) != WAVE_OK) return WAVE_ERROR;
  show_kept(golden);
  return WAVE_OK;
}

int golden_bless(int argc, char **argv) {
  struct bless bless = {0};
  struct wave_error error;
  int status = take_arguments(&bless, argc, argv);
  if (status != 0) return status == 1 ? 0 : 2;
  interrupt_install();
  if (keep(&bless, &error) == WAVE_ERROR) {
    if (wave_memory_failures() == 0) golden_print_said(stderr, bless.said);
    status = say(&error);
  }
  free(bless.made);
  free(bless.said);
  workshop_close(&bless.workshop);
  wave_golden_free(&bless.golden);
  return command_status(&own_name, status);
}

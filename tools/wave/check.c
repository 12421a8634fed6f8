/* SPDX-License-Identifier: Apache-2.0 */
/* `oio wave check`: makes the runs of goldens again, several at a time, and compares each with its golden. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "memory.h"

#include "command_line.h"
#include "compare.h"
#include "golden_command.h"
#include "interrupt.h"
#include "output.h"
#include "pool.h"
#include "workshop.h"
#include "write_whole.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: oio wave check FOLDER [NAME]... [OPTION]...\n"
    "Makes the run of every golden in FOLDER again by the command in its certificate, compares it under its rules, and prints one table.\n"
    "Commands run in the current folder, with this oio first in PATH.\n"
    "\n"
    "  --jobs N           so many at a time (as many as there are processors)\n"
    "  --from FOLDER      compare with FOLDER/NAME.fst, .vcd, ... instead of running commands\n"
    "  --report           the report of each that differs, too\n"
    "  --keep FOLDER      keep each new run that differs there, with a page to look at (NAME.html) and NAME.diff.fst\n"
    "  --update           make the new runs that differ the goldens\n"
    "  --timeout S        end a command that takes longer\n"
    "  --json FILE        all of it for machines; - is standard output\n"
    "  --junit FILE       a test report\n"
    "  --github           annotations for GitHub Actions, and the page of the job\n"
    "  --quiet            no text, only the exit status\n"
    "\n"
    "exit status: 0 all the same, 1 one differs, 2 one is unusable, 3 for one nothing was compared; the worst of 2, 1, 3, 0\n";

static const struct command_name own_name = {"oio wave check", "oio wave check"};

struct request {
  struct check check;
  struct workshop workshop;
  const char *from, *keep, *json, *junit;
  char **names;
  uint32_t n_names, jobs, timeout_s, threads;
  bool report, update, github, quiet;
  pthread_mutex_t lock; /* of `done` and standard output */
  uint32_t printed;
};

/* 0: go on; 1: help was shown; 2: wrong. */
static int take_arguments(struct request *request, int argc, char **argv) {
  const struct command_option options[] = {{"--report", .flag = &request->report}, {"--update", .flag = &request->update},
                                           {"--github", .flag = &request->github}, {"--quiet", .flag = &request->quiet},
                                           {"--from", .text = &request->from},     {"--keep", .text = &request->keep},
                                           {"--json", .text = &request->json},     {"--junit", .text = &request->junit},
                                           {"--jobs", .number = &request->jobs},   {"--timeout", .number = &request->timeout_s}};
  for (int i = 1; i < argc; i++) {
    char *argument = argv[i];
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
      fputs(help, stdout);
      return 1;
    }
    if (argument[0] != '-') {
      if (request->check.folder == NULL)
        request->check.folder = argument;
      else
        request->names[request->n_names++] = argument;
      continue;
    }
    if (!command_take_option(&own_name, options, sizeof options / sizeof options[0], argc, argv, &i)) return 2;
  }
  return request->check.folder == NULL ? command_usage_error(&own_name, "%s", "name the folder of the goldens") : 0;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static bool name_golden(struct request *request, struct checked *checked, const char *name, struct wave_error *error) {
  struct wave_out path = {0};
  wave_out_format(&path, "%s/%s", request->check.folder, name);
  const enum wave_status status = path.failed ? wave_fail(error, "out of memory")
                                  : strchr(name, '/') != NULL
                                      ? wave_fail(error, "'%.80s' is a path; name goldens of %s", name, request->check.folder)
                                      : wave_golden_name(&checked->golden, path.bytes, error);
  wave_out_free(&path);
  return status == WAVE_OK;
}

/* Each golden once, in the order of names. */
static bool list_goldens(struct request *request, struct wave_error *error) {
  char **all;
  uint32_t n;
  bool good = wave_golden_list(request->check.folder, &all, &n, error) == WAVE_OK;
  if (good && n == 0) {
    wave_fail(error, "%s: holds no goldens; keep one with oio wave bless %s/NAME --command '...'", request->check.folder,
              request->check.folder);
    good = false;
  }
  const uint32_t count = request->n_names > 0 ? request->n_names : n;
  request->check.items = wave_calloc((size_t)count + 1, sizeof *request->check.items);
  if (good && request->check.items == NULL) {
    wave_fail(error, "out of memory");
    good = false;
  }
  for (uint32_t i = 0; i < count && good; i++) {
    const char *name = request->n_names > 0 ? request->names[i] : all[i];
    good = name_golden(request, &request->check.items[request->check.n++], name, error);
  }
  for (uint32_t i = 0; i < n; i++) free(all[i]);
  free(all);
  return good;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct checked *)a)->golden.name, ((const struct checked *)b)->golden.name);
}

static void sort_goldens(struct check *check) {
  uint32_t kept = 0;
  qsort(check->items, check->n, sizeof *check->items, by_name);
  for (uint32_t i = 0; i < check->n; i++) {
    if (kept > 0 && strcmp(check->items[kept - 1].golden.name, check->items[i].golden.name) == 0)
      wave_golden_free(&check->items[i].golden);
    else
      check->items[kept++] = check->items[i];
  }
  check->n = kept;
}

/* FOLDER/NAME with one of the endings that waves have. */
static enum wave_status find_run(const char *folder, struct checked *checked) {
  static const char *const endings[] = {".fst", ".vcd", ".evcd", ".fst.gz", ".vcd.gz", ".evcd.gz"};
  for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
    struct wave_out path = {0};
    wave_out_format(&path, "%s/%s%s", folder, checked->golden.name, endings[i]);
    if (path.failed) return wave_fail(&checked->error, "out of memory");
    if (access(path.bytes, F_OK) != 0) {
      wave_out_free(&path);
      continue;
    }
    if (checked->made != NULL) {
      wave_fail(&checked->error, "%s and %s are both there; leave one", checked->made, path.bytes);
      wave_out_free(&path);
      return WAVE_ERROR;
    }
    checked->made = path.bytes;
  }
  if (checked->made != NULL) return WAVE_OK;
  return wave_fail(&checked->error, "%s/%s.fst (or .vcd, ...): there is no new run", folder, checked->golden.name);
}

static enum wave_status compare(const struct request *request, struct checked *checked) {
  struct wave_rules rules;
  const struct wave_options options = {.rules = &rules,
                                       .threads = request->threads,
                                       .detailed = request->keep != NULL ? 200 : 10,
                                       .today = command_today(),
                                       .stop = interrupt_requested};
  char *golden = wave_golden_path(&checked->golden, ".fst"), *path = wave_golden_rules_path(&checked->golden);
  wave_rules_init(&rules);
  enum wave_status status =
      golden == NULL || (path == NULL && checked->golden.rules != NULL) ? wave_fail(&checked->error, "out of memory") : WAVE_OK;
  if (status == WAVE_OK && path != NULL) status = wave_rules_read(&rules, path, &checked->error);
  if (status == WAVE_OK) status = wave_compare(&checked->report, golden, checked->made, &options, &checked->error);
  wave_rules_free(&rules);
  free(golden);
  free(path);
  return status;
}

static enum wave_status check_golden(const struct request *request, struct checked *checked) {
  struct wave_golden *golden = &checked->golden;
  if (interrupt_requested()) return wave_fail(&checked->error, "interrupted");
  if (wave_memory_failures() > 0) return wave_fail(&checked->error, "out of memory");
  if (wave_golden_read(golden, &checked->error) != WAVE_OK || wave_golden_verify(golden, &checked->error) != WAVE_OK) return WAVE_ERROR;
  checked->temporary = request->from == NULL;
  enum wave_status status = checked->temporary ? workshop_run(&request->workshop, golden, &checked->made, &checked->said, &checked->error)
                                               : find_run(request->from, checked);
  return status == WAVE_OK ? compare(request, checked) : status;
}

/* Rows are printed as soon as all rows above them are. */
static void print_rows(struct request *request) {
  struct wave_out out = {0};
  while (request->printed < request->check.n && request->check.items[request->printed].done)
    check_row(&out, &request->check, &request->check.items[request->printed++]);
  if (!request->quiet && out.size > 0 && wave_memory_failures() == 0) {
    fwrite(out.bytes, 1, out.size, stdout);
    fflush(stdout);
  }
  wave_out_free(&out);
}

static void check_one(void *context, unsigned thread, uint32_t i) {
  struct request *request = context;
  struct checked *checked = &request->check.items[i];
  const double began = now();
  (void)thread;
  checked->verdict = check_golden(request, checked) == WAVE_OK ? checked->report->verdict : WAVE_UNUSABLE;
  checked->seconds = now() - began;
  if (checked->temporary && checked->verdict == WAVE_SAME && checked->made != NULL) unlink(checked->made);
  pthread_mutex_lock(&request->lock);
  checked->done = true;
  if (!interrupt_requested()) print_rows(request);
  pthread_mutex_unlock(&request->lock);
}

static bool check_all(struct request *request, struct wave_error *error) {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  const uint32_t most = processors < 1 ? 1 : (uint32_t)processors;
  uint32_t jobs = request->jobs > 0 ? request->jobs : most;
  if (jobs > request->check.n) jobs = request->check.n;
  request->threads = jobs < most ? most / jobs : 1;
  struct wave_pool *pool = wave_pool_new(jobs);
  if (pool == NULL) {
    wave_fail(error, "out of memory");
    return false;
  }
  const double began = now();
  wave_pool_run(pool, check_one, request, request->check.n);
  wave_pool_free(pool);
  request->check.seconds = now() - began;
  return true;
}

static bool write_as(const struct request *request, const char *path, void (*make)(struct wave_out *, const struct check *)) {
  struct wave_out out = {0};
  if (path == NULL) return true;
  make(&out, &request->check);
  return command_write(&own_name, path, &out);
}

static bool copy_file(const char *from, const char *to) {
  struct wave_whole whole;
  struct wave_error error;
  char bytes[16384];
  FILE *file = fopen(from, "rb");
  if (file == NULL) wave_memory_failed(errno);
  bool good = file != NULL;
  if (!good)
    wave_fail(&error, "%s: cannot be opened: %s", from, strerror(errno));
  else
    good = wave_whole_begin(&whole, to, &error) == WAVE_OK;
  const bool begun = good;
  for (size_t size; good && (size = fread(bytes, 1, sizeof bytes, file)) > 0;)
    good = wave_whole_add(&whole, bytes, size, &error) == WAVE_OK;
  if (good && ferror(file)) good = wave_fail(&error, "%s: cannot be read: %s", from, strerror(errno)) == WAVE_OK;
  if (good) {
    good = wave_whole_end(&whole, &error) == WAVE_OK;
  } else if (begun) {
    wave_whole_abandon(&whole);
  }
  if (file != NULL) fclose(file);
  if (!good) command_complain(&own_name, &error);
  return good;
}

/* FOLDER/NAME and an ending. */
static char *kept_path(const struct request *request, const struct checked *checked, const char *ending) {
  struct wave_out path = {0};
  wave_out_format(&path, "%s/%s%s", request->keep, checked->golden.name, ending);
  if (path.failed) wave_out_free(&path);
  return path.bytes;
}

static bool keep_one(const struct request *request, const struct checked *checked) {
  const char *ending = strrchr(checked->made, '.');
  char *run = kept_path(request, checked, ending != NULL && strchr(ending, '/') == NULL ? ending : ".fst");
  char *page = kept_path(request, checked, ".html"), *diff = kept_path(request, checked, ".diff.fst");
  struct wave_out out = {0};
  struct wave_error error;
  bool good = run != NULL && page != NULL && diff != NULL;
  if (!good) command_complain(&own_name, NULL);
  if (good && checked->temporary) good = copy_file(checked->made, run);
  if (good && checked->report != NULL) {
    wave_html(&out, checked->report);
    good = command_write(&own_name, page, &out);
    if (good && wave_diff_fst(diff, checked->report, &error) == WAVE_ERROR) {
      command_complain(&own_name, &error);
      good = false;
    }
  }
  free(run);
  free(page);
  free(diff);
  return good;
}

static bool keep_all(const struct request *request) {
  bool good = true, made = false;
  for (uint32_t i = 0; request->keep != NULL && i < request->check.n && good; i++) {
    const struct checked *checked = &request->check.items[i];
    if (checked->verdict == WAVE_SAME || checked->made == NULL) continue;
    if (!made && mkdir(request->keep, 0777) != 0 && errno != EEXIST) {
      fprintf(stderr, "oio wave check: %s: cannot be made: %s; make the folder first\n", request->keep, strerror(errno));
      return false;
    }
    made = true;
    good = keep_one(request, checked);
  }
  return good;
}

static bool update_all(struct request *request) {
  struct wave_error error;
  char version[40];
  snprintf(version, sizeof version, "oio %s", OIO_VERSION);
  for (uint32_t i = 0; request->update && i < request->check.n; i++) {
    struct checked *checked = &request->check.items[i];
    if (checked->verdict != WAVE_DIFFERENT) continue;
    if (wave_golden_set(&checked->golden.version, "version", version, &error) != WAVE_OK ||
        wave_golden_store(&checked->golden, checked->made, NULL, interrupt_requested, &error) != WAVE_OK) {
      command_complain(&own_name, &error);
      return false;
    }
    checked->updated = true;
    if (!request->quiet) printf("%s is a new golden now\n", checked->golden.name);
  }
  return true;
}

/* What belongs to single goldens, below the table. */
static void print_details(const struct request *request) {
  struct wave_out out = {0};
  for (uint32_t i = 0; i < request->check.n; i++) {
    const struct checked *checked = &request->check.items[i];
    if (checked->said != NULL) {
      printf("\n%s: %s\n", checked->golden.name, checked->golden.command);
      golden_print_said(stdout, checked->said);
    }
    if (!request->report || checked->report == NULL || checked->verdict == WAVE_SAME) continue;
    wave_out_format(&out, "\n%s:\n", checked->golden.name);
    wave_text(&out, checked->report, &(struct wave_text_style){.columns = 100});
  }
  if (wave_memory_failures() == 0 && out.size > 0) fwrite(out.bytes, 1, out.size, stdout);
  wave_out_free(&out);
}

static bool finish(struct request *request) {
  struct wave_out out = {0};
  bool good = true;
  if (!request->quiet) {
    check_sum(&out, &request->check);
    good = command_write(&own_name, "-", &out);
    print_details(request);
  }
  good = keep_all(request) && good;
  good = update_all(request) && good;
  request->check.status = check_status(&request->check);
  good = write_as(request, request->json, check_json) && good;
  good = write_as(request, request->junit, check_junit) && good;
  if (request->github) {
    good = write_as(request, "-", check_github) && good;
    check_markdown(&out, &request->check);
    good = command_write_job_page(&own_name, &out) && good;
  }
  return good && fflush(stdout) == 0;
}

static int run(struct request *request) {
  struct wave_error error;
  struct wave_out head = {0};
  interrupt_install();
  if (!list_goldens(request, &error) ||
      (request->from == NULL && workshop_open(&request->workshop, request->timeout_s, &error) != WAVE_OK)) {
    command_complain(&own_name, &error);
    return 2;
  }
  sort_goldens(&request->check);
  request->quiet = request->quiet || (request->json != NULL && strcmp(request->json, "-") == 0);
  check_head(&head, &request->check);
  const bool printed = request->quiet || command_write(&own_name, "-", &head);
  wave_out_free(&head);
  if (!check_all(request, &error)) {
    command_complain(&own_name, &error);
    return 2;
  }
  if (interrupt_requested()) {
    fputs("oio wave check: interrupted\n", stderr);
    return INTERRUPT_EXIT;
  }
  if (wave_memory_failures() > 0) return 2; /* what was found with too little is no result */
  return finish(request) && printed ? request->check.status : 2;
}

static void release(struct request *request) {
  for (uint32_t i = 0; request->check.items != NULL && i < request->check.n; i++) {
    struct checked *checked = &request->check.items[i];
    wave_golden_free(&checked->golden);
    if (checked->report != NULL) wave_report_free(checked->report);
    free(checked->said);
    free(checked->made);
  }
  free(request->check.items);
  free(request->names);
  workshop_close(&request->workshop);
  pthread_mutex_destroy(&request->lock);
}

int golden_check(int argc, char **argv) {
  struct request request = {0};
  pthread_mutex_init(&request.lock, NULL);
  request.names = wave_calloc((size_t)argc + 1, sizeof *request.names);
  int status = request.names == NULL ? 2 : take_arguments(&request, argc, argv);
  if (status == 1)
    status = 0;
  else if (status == 0)
    status = run(&request);
  release(&request);
  return command_status(&own_name, status);
}

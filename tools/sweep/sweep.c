/* SPDX-License-Identifier: Apache-2.0 */
/* `oio sweep`: many runs of `oio sim`, over the values of some keys. */
#include "sweep.h"

#include "batch.h"
#include "command.h"
#include "interrupt.h"
#include "outputs.h"
#include "overview.h"
#include "rehearsal.h"
#include "slurm.h"
#include "store.h"
#include "sweep_db.h"
#include "workers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_MAX = 10000000, REPEAT_MAX = 10000, SHARDS_MAX = 10000000 };

static const char help[] =
    "usage: oio sweep --over KEY=VALUES... [OPTION OF oio sim]... [--out FILE]\n"
    "       oio sweep plot FILE... --x KEY --y FIGURE [--by KEY] --svg FILE\n"
    "       oio sweep merge|pool FILE... -o FILE\n"
    "Run `oio sim` for every combination of values of some keys, on all processors, and write a line of JSON a run (docs/sweep.md).\n"
    "\n"
    "  plot     draw a figure over a key, a line for each value of another (oio sweep plot --help)\n"
    "  merge    put the files of several shards, or of one sweep that was done in parts, together\n"
    "  pool     add up the runs of each point, which differ in their seed alone\n"
    "\n"
    "  --over KEY=VALUES       sweep a key of `oio sim --help` (load, net, seed ... stand for theirs); repeatable. VALUES: a list 1,2,4\n"
    "                          (\\, is a comma in a value), LOW:HIGH:STEP, log:LOW:HIGH:COUNT, uniform:LOW:HIGH, log-uniform:LOW:HIGH\n"
    "  --samples N             how many random samples of each combination of the others; 1..10000000\n"
    "  --repeat N              run each N times, with the next seed each time; 1..10000\n"
    "  --jobs N                processes; 1..1024 (as many as there are processors; of each task of --slurm, 1)\n"
    "  --out FILE              the lines (docs/sweep.schema.json); the same command again goes on where it ended\n"
    "  --db FILE               add each run to a database of results, once (docs/results-db.md)\n"
    "  --resume                go on, and nothing else: FILE must be there\n"
    "  --shard I/N             only every N-th run, from the I-th on, for N machines; `oio sweep merge` puts their files together\n"
    "  --slurm N               do it as a job array of N tasks of Slurm: submit, wait, collect in --out, submit again what failed; "
    "1..10000\n"
    "  --sbatch OPTION         an option for sbatch, such as --partition=long; repeatable, with --slurm\n"
    "  --quiet                 print nothing but errors\n"
    "  --help                  this\n"
    "\n"
    "Other options are those of `oio sim`, but for --json, --csv, --append, --flit-log, --pcap and --perfetto: what they set is\n"
    "the same in all runs.\n"
    "Exit status: 0 all runs are good, 1 some are not, 2 unusable input or usage, 130 interrupted.\n";

struct asked {
  const char **over; /* argc at most */
  int overs;
  uint64_t samples, repeat, jobs, slurm;
  const char *out, *db;
  bool resume;
  struct shard shard;
  char **argv; /* what is left for the base: its name, and options of sim */
  int argc;
  char **task, **sbatch; /* what each task of --slurm is given of it, and sbatch */
  int tasks, sbatches;
};

#define refuse(...) options_refuse("sweep", __VA_ARGS__)

static bool read_count(const char *text, uint64_t most, uint64_t *count) {
  char *behind;
  *count = strtoull(text, &behind, 10);
  return *text >= '0' && *text <= '9' && *behind == '\0' && *count >= 1 && *count <= most;
}

static bool read_shard(const char *text, struct shard *shard) {
  char which[24];
  const size_t nbytes = strcspn(text, "/");
  if (text[nbytes] == '\0' || nbytes >= sizeof which) return false;
  memcpy(which, text, nbytes);
  which[nbytes] = '\0';
  return read_count(text + nbytes + 1, SHARDS_MAX, &shard->of) && read_count(which, shard->of, &shard->which);
}

/* An option of a sweep with its value. -1: it is none; 0: taken; else the exit status. */
static int take_option(struct asked *asked, const char *name, const char *value) {
  const struct {
    const char *name;
    uint64_t most, *count;
  } counts[] = {{"--samples", SAMPLES_MAX, &asked->samples},
                {"--repeat", REPEAT_MAX, &asked->repeat},
                {"--jobs", WORKERS_MAX, &asked->jobs},
                {"--slurm", BATCH_TASKS_MAX, &asked->slurm}};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    if (strcmp(name, counts[i].name) != 0) continue;
    if (value != NULL && read_count(value, counts[i].most, counts[i].count)) return 0;
    return refuse("%s is a whole number, 1..%" PRIu64 ", not '%.80s'", name, counts[i].most, value != NULL ? value : "");
  }
  const bool over = strcmp(name, "--over") == 0, out = strcmp(name, "--out") == 0, shard = strcmp(name, "--shard") == 0,
             db = strcmp(name, "--db") == 0, sbatch = strcmp(name, "--sbatch") == 0;
  if (!over && !out && !shard && !db && !sbatch) return -1;
  if (value == NULL) return refuse("%s: its value is missing; see --help", name);
  if (over) asked->over[asked->overs++] = value;
  if (out) asked->out = value;
  if (db) asked->db = value;
  if (sbatch) asked->sbatch[asked->sbatches++] = (char *)(uintptr_t)value;
  if (shard && !read_shard(value, &asked->shard)) return refuse("--shard is I/N with I from 1 to N, such as 1/3, not '%.80s'", value);
  return 0;
}

/* Options of a sweep on which hangs what runs there are: the tasks of --slurm have them too. */
static bool is_of_the_runs(const char *name) {
  return strcmp(name, "--over") == 0 || strcmp(name, "--samples") == 0 || strcmp(name, "--repeat") == 0;
}

/* Takes the options of a sweep, and leaves those of sim in argv. Returns -1 to go on, else the exit status. */
static int read_options(struct asked *asked, int argc, char **argv) {
  static const char *const others[] = {"--json", "--csv", "--append", "--cover", "--flit-log", "--pcap", "--perfetto"};
  asked->argv[asked->argc++] = argv[0];
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) return fputs(help, stdout), EXIT_DONE;
    if (strcmp(argv[i], "--resume") == 0) {
      asked->resume = true;
      continue;
    }
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
      if (strcmp(argv[i], others[k]) == 0) return refuse("%s is of one run; the lines of a sweep go to --out FILE", argv[i]);
    }
    const int taken = take_option(asked, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
    if (taken > 0) return taken;
    const bool more = taken == 0 || (options_step(argv[i]) == 2 && i + 1 < argc);
    if (taken < 0) asked->argv[asked->argc++] = argv[i];
    if (taken < 0 && more) asked->argv[asked->argc++] = argv[i + 1];
    if (taken < 0 || is_of_the_runs(argv[i])) {
      asked->task[asked->tasks++] = argv[i];
      if (more) asked->task[asked->tasks++] = argv[i + 1];
    }
    i += more;
  }
  if (asked->slurm > 0 && asked->out == NULL) return refuse("--slurm needs --out FILE, where the runs of the tasks are collected");
  if (asked->slurm > 0 && asked->shard.of > 1) return refuse("--slurm cuts the sweep into shards itself; leave --shard out");
  if (asked->sbatches > 0 && asked->slurm == 0) return refuse("--sbatch is for --slurm N; give that, too");
  if (asked->resume && asked->out == NULL) return refuse("--resume needs --out FILE, the file to go on with");
  return -1;
}

/* Where lines go, and what is still wanted. */
struct taker {
  struct store *store;
  struct sweep_db db;
  bool *wanted;
};

static bool take(void *context, const char *line, size_t nbytes) {
  struct taker *taker = context;
  struct store *store = taker->store;
  struct oio_error error;
  if (store_add(store, line, nbytes, &error) == OIO_OK) {
    const uint64_t number = store->line[store->lines - 1].number;
    taker->wanted[number] = false;
    if (sweep_db_add(&taker->db, number, line, &error) == OIO_OK) return true;
  }
  refuse("%s", error.text);
  return false;
}

/* What has come of it, for people. */
static int conclude(const struct asked *asked, const struct grid *grid, struct store *store, const struct workers *workers) {
  const uint64_t wanted = store_wanted(store);
  if (interrupt_requested()) {
    fprintf(stderr, "oio sweep: interrupted: %" PRIu64 " of %" PRIu64 " runs are done%s%s%s\n", store->lines, wanted,
            asked->out != NULL ? "; they are in " : ", and lost: name a file with --out", asked->out != NULL ? asked->out : "",
            asked->out != NULL ? ", and the same command goes on" : "");
    return INTERRUPT_EXIT;
  }
  if (workers->lost > 0)
    refuse("%" PRIu64 " runs could not be done, the first of them number %" PRIu64
           ": %.200s; the same command tries them again, perhaps with fewer --jobs",
           workers->lost, workers->lost_number, workers->lost_why.text);
  else if (store->lines < wanted)
    return EXIT_UNUSABLE; /* that has been said */
  if (!grid->base.quiet && overview_print(store) != EXIT_DONE) return EXIT_UNUSABLE;
  if (store->bad > 0) fprintf(stderr, "oio sweep: %" PRIu64 " of %" PRIu64 " runs are not good\n", store->bad, store->lines);
  return store->bad > 0 || workers->lost > 0 ? EXIT_BAD_RESULT : EXIT_DONE;
}

/* Where a run has several threads itself, so many fewer processes. */
static unsigned jobs_for(const struct grid *grid) {
  const uint64_t threads = oio_config_is_routed(&grid->base.config) ? grid->base.config.threads : 1;
  const unsigned jobs = workers_processors() / (unsigned)threads;
  return jobs > 0 ? jobs : 1;
}

/* No more tasks than runs. */
static enum oio_status run_by_slurm(const struct asked *asked, const struct grid *grid, const struct store *store, struct workers *workers,
                                    struct oio_error *error) {
  const struct slurm slurm = {.out = asked->out,
                              .tasks = asked->slurm < grid->runs ? asked->slurm : grid->runs,
                              .processors = asked->jobs > 0 ? (unsigned)asked->jobs : 1,
                              .sbatch = asked->sbatch,
                              .sbatch_count = asked->sbatches,
                              .argv = asked->task,
                              .argc = asked->tasks,
                              .quiet = grid->base.quiet};
  return slurm_run(&slurm, store, workers, error);
}

static int carry_out(const struct asked *asked, const struct grid *grid, struct store *store) {
  struct oio_error error = {""};
  bool *wanted = calloc(grid->runs, sizeof *wanted);
  struct taker taker = {.store = store, .wanted = wanted};
  struct workers workers = {.grid = grid, .private_file = store->file, .take = take, .context = &taker};
  if (wanted == NULL) return refuse("out of memory; close other programs");
  for (uint64_t number = 0; number < grid->runs; number++) wanted[number] = store_wants(store, number);
  for (uint64_t i = 0; i < store->lines; i++) wanted[store->line[i].number] = false;
  for (uint64_t number = 0; number < grid->runs; number++) workers.wanted_count += wanted[number];
  workers.wanted = wanted;
  workers.jobs = asked->jobs > 0 ? (unsigned)asked->jobs : jobs_for(grid);
  if (workers.jobs > workers.wanted_count) workers.jobs = (unsigned)workers.wanted_count;
  enum oio_status status = sweep_db_open(&taker.db, asked->db, grid, store, &error);
  if (status == OIO_OK && workers.wanted_count > 0)
    status = asked->slurm > 0 ? run_by_slurm(asked, grid, store, &workers, &error) : workers_run(&workers, grid->base.quiet, &error);
  sweep_db_close(&taker.db);
  free(wanted);
  if (status == OIO_OK) status = store_settle(store, &error);
  if (status != OIO_OK) return refuse("%s", error.text);
  if (asked->slurm > 0 && store->lines == store_wanted(store)) slurm_clean(asked->out);
  return conclude(asked, grid, store, &workers);
}

/* -1, or the exit status. */
static int make_grid(const struct asked *asked, struct grid *grid) {
  struct oio_error error = {""};
  struct rehearsal rehearsal;
  const int read = options_read(&grid->base, asked->argc, asked->argv, false);
  if (read >= 0) return read;
  grid->repeat = asked->repeat;
  enum oio_status status = OIO_OK;
  for (int i = 0; i < asked->overs && status == OIO_OK; i++) status = grid_add(grid, asked->over[i], &error);
  if (status == OIO_OK) status = grid_count(grid, asked->samples, &error);
  if (status == OIO_OK) status = rehearse(grid, asked->argc, asked->argv, &rehearsal, &error);
  if (status != OIO_OK) return refuse("%s", error.text);
  if (rehearsal.refused > 0)
    fprintf(stderr, "oio sweep: %" PRIu64 " of %" PRIu64 " runs that were looked at are refused, such as: %.250s\n", rehearsal.refused,
            rehearsal.tried, rehearsal.first.text);
  return -1;
}

static int sweep(const struct asked *asked) {
  struct oio_error error = {""};
  struct grid grid = {.ranges = 0};
  struct store store;
  int status = make_grid(asked, &grid);
  if (status < 0) {
    char *head = head_make(&grid, &asked->shard, &error);
    interrupt_install();
    if (head == NULL || (asked->db != NULL && results_db_can_open(asked->db, &error) != OIO_OK) ||
        store_open(&store, asked->out, head, asked->resume, &error) != OIO_OK) {
      status = refuse("%s", error.text);
    } else {
      status = carry_out(asked, &grid, &store);
      store_close(&store);
    }
    free(head);
  }
  grid_free(&grid);
  return status;
}

int oio_command_sweep(int argc, char **argv) {
  struct asked asked = {.repeat = 1, .shard = {1, 1}};
  if (argc >= 2 && strcmp(argv[1], "plot") == 0) return sweep_plot(argc - 1, argv + 1);
  if (argc >= 2 && (strcmp(argv[1], "merge") == 0 || strcmp(argv[1], "pool") == 0)) return sweep_merge(argc - 1, argv + 1);
  asked.over = calloc((size_t)argc, sizeof *asked.over);
  asked.argv = calloc((size_t)argc + 1, sizeof *asked.argv);
  asked.task = calloc((size_t)argc + 1, sizeof *asked.task);
  asked.sbatch = calloc((size_t)argc + 1, sizeof *asked.sbatch);
  const bool room = asked.over != NULL && asked.argv != NULL && asked.task != NULL && asked.sbatch != NULL;
  int status = !room ? refuse("out of memory; close other programs") : read_options(&asked, argc, argv);
  if (status < 0) status = sweep(&asked);
  free(asked.over);
  free(asked.argv);
  free(asked.task);
  free(asked.sbatch);
  return status;
}

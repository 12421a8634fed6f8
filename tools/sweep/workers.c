/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "workers.h"

#include "interrupt.h"
#include "point.h"
#include "progress.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 100, READ_BYTES = 65536, PARTS = 1000 };

/* What all processes see. */
struct shared {
  _Atomic uint64_t next; /* the number that is taken next, if it is wanted */
  struct {
    _Atomic uint64_t number;
    _Atomic unsigned part; /* of it, in thousandths */
    atomic_bool waits;     /* for memory */
    struct oio_error why;  /* it could not be done */
  } at[WORKERS_MAX];
};

struct worker {
  pid_t process; /* 0: none */
  int pipe;
  char *bytes; /* of a line that is not whole yet */
  size_t used, room;
};

struct crew {
  struct workers *asked;
  struct shared *shared;
  struct worker worker[WORKERS_MAX];
  unsigned alive;
  int last_status; /* of a process that did not end well */
  bool stop;
  struct oio_error *error;
};

unsigned workers_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const int count = CPU_COUNT(&set);
  return count < 1 ? 1 : count > WORKERS_MAX ? WORKERS_MAX : (unsigned)count;
}

/* A process, as its run sees it. */
struct place {
  const struct crew *crew;
  unsigned index;
};

static void note_part(void *context, double fraction) {
  const struct place *place = context;
  place->crew->shared->at[place->index].waits = false;
  place->crew->shared->at[place->index].part = (unsigned)(fraction * PARTS);
}

/* As long as others have memory that they will give back. Of those that all wait the first gives up, and takes its next run. */
static bool wait_for_memory(void *context) {
  const struct timespec pause = {0, LOOK_MS * 1000000L};
  const struct place *place = context;
  struct shared *shared = place->crew->shared;
  bool others = false;
  shared->at[place->index].waits = true;
  nanosleep(&pause, NULL);
  for (unsigned i = 0; i < place->crew->asked->jobs; i++)
    others = others || (i != place->index && shared->at[i].number != UINT64_MAX && (!shared->at[i].waits || i < place->index));
  return others;
}

static bool write_all(int file, const char *bytes, size_t nbytes) {
  while (nbytes > 0) {
    const ssize_t put = write(file, bytes, nbytes);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes += put;
    nbytes -= (size_t)put;
  }
  return true;
}

/* The whole life of a process. What it cannot hand over nobody waits for any more. */
static void work(const struct crew *crew, unsigned index, int out) {
  const struct grid *grid = crew->asked->grid;
  struct place place = {crew, index};
  const struct point_host host = {note_part, wait_for_memory, &place};
  for (;;) {
    const uint64_t number = atomic_fetch_add(&crew->shared->next, 1);
    if (number >= grid->runs) _exit(0);
    if (!crew->asked->wanted[number]) continue;
    crew->shared->at[index].part = 0;
    crew->shared->at[index].waits = false;
    crew->shared->at[index].number = number;
    struct oio_error *why = &crew->shared->at[index].why;
    why->text[0] = '\0';
    char *line = point_run(grid, number, &host, why);
    if (line == NULL || !write_all(out, line, strlen(line))) _exit(1);
    free(line);
    crew->shared->at[index].number = UINT64_MAX;
  }
}

/* A process of its own dies with its parent, and leaves what the terminal sends to that. */
static void become_worker(struct crew *crew, unsigned index, pid_t parent, int out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  if (crew->asked->private_file >= 0) close(crew->asked->private_file);
  work(crew, index, out);
}

static bool start(struct crew *crew, unsigned index) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  crew->shared->at[index].number = UINT64_MAX;
  const pid_t parent = getpid(), process = fork();
  if (process == 0) {
    close(ends[0]);
    become_worker(crew, index, parent, ends[1]);
  }
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    return false;
  }
  crew->worker[index].process = process;
  crew->worker[index].pipe = ends[0];
  crew->worker[index].used = 0;
  crew->alive++;
  return true;
}

/* Hands on the whole lines, and keeps the rest. There is room for the end of the text behind it. */
static void take_lines(struct crew *crew, struct worker *worker) {
  char *from = worker->bytes, *const end = worker->bytes + worker->used;
  for (char *newline; !crew->stop && (newline = memchr(from, '\n', (size_t)(end - from))) != NULL; from = newline + 1) {
    const char behind = newline[1];
    newline[1] = '\0';
    if (!crew->asked->take(crew->asked->context, from, (size_t)(newline + 1 - from)))
      crew->stop = true;
    else
      crew->asked->done++;
    newline[1] = behind;
  }
  worker->used = (size_t)(end - from);
  memmove(worker->bytes, from, worker->used);
}

/* A run that has no line, nor will have one. */
static void lose(struct crew *crew, uint64_t number, int status) {
  struct workers *asked = crew->asked;
  asked->wanted[number] = false;
  if (asked->lost++ > 0) return;
  asked->lost_number = number;
  if (WIFSIGNALED(status))
    oio_error_set(&asked->lost_why, OIO_ERR_FAILED, "its process ended by signal %d", WTERMSIG(status));
  else if (asked->lost_why.text[0] == '\0')
    oio_error_set(&asked->lost_why, OIO_ERR_FAILED, "its process ended with status %d", WEXITSTATUS(status));
}

/* The process has ended; where it was in the middle of a run that is lost, and another process goes on. */
static void end(struct crew *crew, unsigned index) {
  struct worker *worker = &crew->worker[index];
  int status = 0;
  close(worker->pipe);
  while (waitpid(worker->process, &status, 0) < 0 && errno == EINTR) {
  }
  worker->process = 0;
  crew->alive--;
  const uint64_t number = crew->shared->at[index].number;
  if (crew->stop || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) return;
  crew->last_status = status;
  if (number != UINT64_MAX && crew->asked->wanted[number]) {
    if (crew->asked->lost == 0) crew->asked->lost_why = crew->shared->at[index].why;
    lose(crew, number, status);
    if (crew->shared->next < crew->asked->grid->runs) start(crew, index);
  }
}

static bool make_room(struct worker *worker) {
  if (worker->room - worker->used > READ_BYTES) return true;
  const size_t room = 2 * worker->room + READ_BYTES + 1;
  char *more = realloc(worker->bytes, room);
  if (more == NULL) return false;
  worker->bytes = more;
  worker->room = room;
  return true;
}

static void hear(struct crew *crew, unsigned index) {
  struct worker *worker = &crew->worker[index];
  if (!make_room(worker)) {
    oio_error_set(crew->error, OIO_ERR_NOMEM, "out of memory; close other programs");
    crew->stop = true;
    return;
  }
  const ssize_t got = read(worker->pipe, worker->bytes + worker->used, READ_BYTES);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) {
    end(crew, index);
    return;
  }
  worker->used += (size_t)got;
  take_lines(crew, worker);
}

static double fraction(const struct crew *crew) {
  double done = (double)(crew->asked->done + crew->asked->lost);
  for (unsigned i = 0; i < crew->asked->jobs; i++) {
    if (crew->worker[i].process != 0 && crew->shared->at[i].number != UINT64_MAX) done += (double)crew->shared->at[i].part / PARTS;
  }
  return done / (double)crew->asked->wanted_count;
}

static void wait_for_lines(struct crew *crew) {
  struct pollfd ready[WORKERS_MAX];
  unsigned index[WORKERS_MAX], count = 0;
  for (unsigned i = 0; i < crew->asked->jobs; i++) {
    if (crew->worker[i].process == 0) continue;
    index[count] = i;
    ready[count++] = (struct pollfd){.fd = crew->worker[i].pipe, .events = POLLIN};
  }
  if (poll(ready, count, LOOK_MS) <= 0) return;
  for (unsigned i = 0; i < count && !crew->stop; i++) {
    if (ready[i].revents != 0) hear(crew, index[i]);
  }
}

static void dismiss(struct crew *crew) {
  crew->stop = true;
  for (unsigned i = 0; i < crew->asked->jobs; i++) {
    if (crew->worker[i].process == 0) continue;
    kill(crew->worker[i].process, SIGKILL);
    end(crew, i);
  }
  for (unsigned i = 0; i < crew->asked->jobs; i++) free(crew->worker[i].bytes);
}

/* A process that dies between taking a number and saying so leaves a run that nobody knows of: those are gone through again, as long as
 * that gets on. False: there is no process. */
static bool go_through(struct crew *crew, struct progress *progress, bool quiet) {
  struct workers *asked = crew->asked;
  uint64_t before = UINT64_MAX;
  while (asked->done + asked->lost < asked->wanted_count && !crew->stop && !interrupt_requested()) {
    if (before == asked->done + asked->lost) { /* not one of them, the whole time */
      for (uint64_t number = 0; number < asked->grid->runs; number++)
        if (asked->wanted[number]) lose(crew, number, crew->last_status);
      break;
    }
    before = asked->done + asked->lost;
    crew->shared->next = 0;
    for (unsigned i = 0; i < asked->jobs; i++) start(crew, i);
    if (crew->alive == 0) return false;
    while (crew->alive > 0 && !crew->stop && !interrupt_requested()) {
      wait_for_lines(crew);
      if (!quiet) progress_update(progress, fraction(crew));
    }
  }
  return true;
}

enum oio_status workers_run(struct workers *workers, bool quiet, struct oio_error *error) {
  struct crew *crew = calloc(1, sizeof *crew);
  struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (crew == NULL || shared == MAP_FAILED) {
    free(crew);
    if (shared != MAP_FAILED) munmap(shared, sizeof *shared);
    return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  }
  struct progress progress;
  crew->asked = workers;
  crew->shared = shared;
  crew->error = error;
  progress_start(&progress, "oio sweep");
  fflush(NULL);
  const bool any = go_through(crew, &progress, quiet);
  dismiss(crew);
  progress_end(&progress);
  munmap(shared, sizeof *shared);
  free(crew);
  if (!any) return oio_error_set(error, OIO_ERR_IO, "no process can be started: %s; close other programs", strerror(errno));
  return error->text[0] != '\0' ? OIO_ERR_IO : OIO_OK;
}

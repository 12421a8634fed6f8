/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "trial.h"

#include "options.h"
#include "quoted.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_BYTES = 65536, LOOK_MS = 100, NOT_STARTED = 127 };

/* Of these no shell makes anything. */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,/:@%"

struct trial {
  pid_t process; /* 0: none */
  int pipe;
  uint64_t tag;
  double until_s;
  bool hangs;
  size_t used;
  char said[SAID_BYTES]; /* what is beyond is read, and not kept */
};

struct crew {
  unsigned jobs, alive;
  double seconds;
  struct trial trial[];
};

bool trial_word(struct trial_words *words, const char *format, ...) {
  va_list values;
  if (words->count == TRIAL_WORDS_MAX) return false;
  va_start(values, format);
  const int nbytes = vasprintf(&words->word[words->count], format, values);
  va_end(values);
  if (nbytes < 0) words->word[words->count] = NULL;
  words->count += nbytes >= 0;
  if (nbytes >= 0) words->word[words->count] = NULL;
  return nbytes >= 0;
}

void trial_words_free(struct trial_words *words) {
  while (words->count > 0) free(words->word[--words->count]);
}

void trial_words_put(FILE *out, const struct trial_words *words) {
  for (unsigned i = 0; i < words->count; i++) {
    if (i > 0) putc(' ', out);
    if (words->word[i][strspn(words->word[i], PLAIN)] == '\0')
      fputs(words->word[i], out);
    else
      quoted_put_word(out, words->word[i], false);
  }
}

struct crew *crew_create(unsigned jobs, unsigned seconds) {
  struct crew *crew = calloc(1, sizeof *crew + jobs * sizeof crew->trial[0]);
  if (crew == NULL) return NULL;
  crew->jobs = jobs;
  crew->seconds = seconds;
  return crew;
}

unsigned crew_idle(const struct crew *crew) {
  return crew->jobs - crew->alive;
}

/* It dies with its parent, and leaves what the terminal sends to that. What it says comes through one pipe. */
static void become(const struct trial_words *words, pid_t parent, int out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(NOT_STARTED);
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0) _exit(NOT_STARTED);
  execvp(words->word[0], words->word);
  dprintf(STDERR_FILENO, "%s: %s\n", words->word[0], strerror(errno));
  _exit(NOT_STARTED);
}

enum oio_status crew_start(struct crew *crew, const struct trial_words *words, uint64_t tag, struct oio_error *error) {
  struct trial *trial = crew->trial;
  while (trial->process != 0) trial++;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return oio_error_set(error, OIO_ERR_IO, "no pipe can be made: %s; close other programs", strerror(errno));
  fflush(NULL);
  const pid_t parent = getpid(), process = fork();
  if (process == 0) become(words, parent, ends[1]);
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    return oio_error_set(error, OIO_ERR_IO, "no process can be started: %s; close other programs", strerror(errno));
  }
  trial->process = process;
  trial->pipe = ends[0];
  trial->tag = tag;
  trial->until_s = clock_wall_s() + crew->seconds;
  trial->hangs = false;
  trial->used = 0;
  crew->alive++;
  return OIO_OK;
}

/* --- what was said --- */

static void take_line(char *out, const char *line) {
  snprintf(out, TRIAL_LINE_BYTES, "%.*s", (int)strcspn(line, "\n"), line);
}

/* The last line with anything in it. */
static void take_last_line(char *out, const char *said) {
  size_t end = strlen(said);
  while (end > 0 && isspace((unsigned char)said[end - 1])) end--;
  size_t begin = end;
  while (begin > 0 && said[begin - 1] != '\n') begin--;
  snprintf(out, TRIAL_LINE_BYTES, "%.*s", (int)(end - begin), said + begin);
}

/* The rule of the line, or else what is wrong with the run, whose numbers differ from run to run. */
static void take_rule(struct trial_outcome *outcome) {
  const char *rule = strstr(outcome->line, ": rule ");
  if (rule != NULL) {
    rule += strlen(": rule ");
    snprintf(outcome->rule, sizeof outcome->rule, "%.*s", (int)strcspn(rule, ":"), rule);
    return;
  }
  const char *bad = strstr(outcome->line, "BAD: ");
  size_t used = 0;
  for (const char *c = bad == NULL ? "no verdict" : bad + strlen("BAD: "); *c != '\0' && used + 1 < sizeof outcome->rule; c++) {
    const bool number = isdigit((unsigned char)*c) || ((*c == '.' || *c == ',') && isdigit((unsigned char)c[1]));
    if (!number && (*c != ' ' || (used > 0 && outcome->rule[used - 1] != ' '))) outcome->rule[used++] = *c;
  }
  outcome->rule[used] = '\0';
}

static const char *line_with(const char *said, const char *words) {
  const char *found = strstr(said, words);
  while (found != NULL && found > said && found[-1] != '\n') found--;
  return found;
}

/* Lines of the form "3 findings waived: T3 at near die side: why", where words are " waived: ". */
static void take_waived(struct trial_outcome *outcome, const char *said, const char *words) {
  for (const char *at = said; outcome->waived_count < TRIAL_WAIVED_MAX && (at = strstr(at, words)) != NULL;) {
    struct trial_waived *waived = &outcome->waived[outcome->waived_count];
    const char *line = at;
    char rest[200];
    while (line > said && line[-1] != '\n') line--;
    at += strlen(words);
    snprintf(rest, sizeof rest, "%.*s", (int)strcspn(at, "\n"), at);
    const char *count = strstr(line, ": ");
    if (count == NULL || count > at || sscanf(count + 2, "%" SCNu64 " finding", &waived->findings) != 1) continue;
    char *why = strstr(rest, ": "), *port;
    if (why != NULL) *why = '\0';
    if ((port = strstr(rest, " at ")) != NULL) *port = '\0';
    snprintf(waived->rule, sizeof waived->rule, "%.47s", rest);
    snprintf(waived->port, sizeof waived->port, "%.63s", port != NULL ? port + strlen(" at ") : "");
    outcome->waived_count++;
  }
}

void trial_judge(struct trial_outcome *outcome, const char *said, int status, bool hangs) {
  *outcome = (struct trial_outcome){.verdict = TRIAL_BAD};
  const char *finding = line_with(said, ": rule "), *look = strstr(said, "--waves ");
  if (finding != NULL)
    take_line(outcome->line, finding);
  else
    take_last_line(outcome->line, said);
  if (look != NULL) take_line(outcome->look, look);
  take_waived(outcome, said, " waived: ");
  take_waived(outcome, said, " warned of: ");
  if (hangs) {
    strcpy(outcome->rule, "hang");
  } else if (WIFSIGNALED(status)) {
    snprintf(outcome->rule, sizeof outcome->rule, "crash: signal %d", WTERMSIG(status));
  } else if (WEXITSTATUS(status) == EXIT_DONE) {
    outcome->verdict = TRIAL_GOOD;
  } else if (WEXITSTATUS(status) == EXIT_BAD_RESULT) {
    take_rule(outcome);
  } else {
    outcome->verdict = TRIAL_REFUSED;
  }
}

static void end(struct crew *crew, struct trial *trial, struct trial_outcome *outcome) {
  int status = 0;
  close(trial->pipe);
  while (waitpid(trial->process, &status, 0) < 0 && errno == EINTR) {
  }
  trial->process = 0;
  crew->alive--;
  trial->said[trial->used] = '\0';
  trial_judge(outcome, trial->said, status, trial->hangs);
}

/* True: it has said all, and will not say more. */
static bool hear(struct trial *trial) {
  char beyond[4096];
  const size_t room = SAID_BYTES - 1 - trial->used;
  const ssize_t got = read(trial->pipe, room > 0 ? trial->said + trial->used : beyond, room > 0 ? room : sizeof beyond);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  if (got <= 0) return true;
  if (room > 0) trial->used += (size_t)got;
  return false;
}

static void end_what_hangs(struct crew *crew) {
  const double now_s = clock_wall_s();
  for (unsigned i = 0; i < crew->jobs; i++) {
    struct trial *trial = &crew->trial[i];
    if (trial->process == 0 || now_s < trial->until_s || trial->hangs) continue;
    trial->hangs = true;
    kill(-trial->process, SIGKILL);
    kill(trial->process, SIGKILL);
  }
}

bool crew_next(struct crew *crew, uint64_t *tag, struct trial_outcome *outcome) {
  struct pollfd ready[TRIALS_MAX];
  struct trial *of[TRIALS_MAX];
  unsigned count = 0;
  for (unsigned i = 0; i < crew->jobs; i++) {
    if (crew->trial[i].process == 0) continue;
    of[count] = &crew->trial[i];
    ready[count++] = (struct pollfd){.fd = crew->trial[i].pipe, .events = POLLIN};
  }
  end_what_hangs(crew);
  if (poll(ready, count, LOOK_MS) <= 0) return false;
  for (unsigned i = 0; i < count; i++) {
    if (ready[i].revents == 0 || !hear(of[i])) continue;
    *tag = of[i]->tag;
    end(crew, of[i], outcome);
    return true;
  }
  return false;
}

void crew_destroy(struct crew *crew) {
  struct trial_outcome outcome;
  if (crew == NULL) return;
  for (unsigned i = 0; i < crew->jobs; i++) {
    if (crew->trial[i].process == 0) continue;
    kill(-crew->trial[i].process, SIGKILL);
    kill(crew->trial[i].process, SIGKILL);
    end(crew, &crew->trial[i], &outcome);
  }
  free(crew);
}

/* SPDX-License-Identifier: Apache-2.0 */
/** Programs that run side by side, and what each said in the end. */
#ifndef REGRESS_TRIAL_H
#define REGRESS_TRIAL_H

#include "oio/base.h"

#include <stdio.h>

enum { TRIAL_WORDS_MAX = 256, TRIALS_MAX = 256, TRIAL_RULE_BYTES = 96, TRIAL_LINE_BYTES = 640, TRIAL_WAIVED_MAX = 64 };

/** A command line; its words end with the crew's next use of the place. */
struct trial_words {
  unsigned count;
  char *word[TRIAL_WORDS_MAX + 1];
};

/** Adds a word, of which a copy is made. False: out of memory, or too many. */
__attribute__((format(printf, 2, 3))) bool trial_word(struct trial_words *words, const char *format, ...);
void trial_words_free(struct trial_words *words);
/** As a line for a shell. */
void trial_words_put(FILE *out, const struct trial_words *words);

enum trial_verdict { TRIAL_GOOD = 0, TRIAL_BAD, TRIAL_REFUSED };

struct trial_outcome {
  enum trial_verdict verdict;
  /** Of what is bad: the rule that the first finding names, or what stands behind BAD without its numbers, or `crash`, or `hang`. */
  char rule[TRIAL_RULE_BYTES];
  char line[TRIAL_LINE_BYTES]; /**< the first finding, or what else was said; its end is cut off */
  char look[TRIAL_LINE_BYTES]; /**< options that show waves of it; or empty */
  /** Findings that it says are waived. */
  unsigned waived_count;
  struct trial_waived {
    char rule[48], port[64];
    uint64_t findings;
  } waived[TRIAL_WAIVED_MAX];
};

struct crew;

/** seconds: a program that takes longer is ended, and hangs. NULL: out of memory. */
struct crew *crew_create(unsigned jobs, unsigned seconds);
/** Ends all that still run. */
void crew_destroy(struct crew *crew);
/** How many more may be started now. */
unsigned crew_idle(const struct crew *crew);
/** Starts one, with `tag`. OIO_ERR_IO: the system gives no process. */
enum oio_status crew_start(struct crew *crew, const struct trial_words *words, uint64_t tag, struct oio_error *error);
/** Waits a tenth of a second at most for one to end. False: none has. */
bool crew_next(struct crew *crew, uint64_t *tag, struct trial_outcome *outcome);
/** What such a program said, and how it ended (as of wait()), means; exported for tests. */
void trial_judge(struct trial_outcome *outcome, const char *said, int status, bool hangs);

#endif

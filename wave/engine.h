/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The pass over two files that finds, for every pair of signals, when they differ. engine.c moves the blocks along, pair.c walks one pair
 * through a step. A pass has a lane for each axis that its pairs are compared on.
 */
#ifndef WAVE_ENGINE_H
#define WAVE_ENGINE_H

#include "match.h"
#include "plan.h"
#include "pool.h"
#include "source.h"

#include <pthread.h>

#define WAVE_NEVER INT64_MAX

/* A value that is kept from step to step. */
struct kept_value {
  uint8_t *bytes;
  uint32_t size, room;
  uint8_t form;
};

struct wave_tolerance;

/* How far one side of a pair has been read, and what holds there. */
struct pair_side {
  uint64_t block;         /* number of the block that offset and place belong to; 0: none yet */
  uint64_t offset, place; /* offset UINT64_MAX: all of the block's chain is passed */
  struct kept_value now;
  struct kept_value pending; /* counts from pending_at on, though its block is gone: only on a sampled axis */
  int64_t pending_at;        /* WAVE_NEVER: none */
};

struct pair_state {
  struct pair_side side[2];
  uint64_t live; /* step at which `now` was last known; 0 or smaller than engine.stale: they are equal, but not known */
  bool started;
  bool differs;      /* since `since` */
  bool moved[2];     /* which side has changed since then, and at that time */
  bool only_x;       /* in all spans, one side was unknown */
  bool only_glitch;  /* in all spans but the last, only one side moved */
  bool only_records; /* strict: in all spans, both held the same */
  int64_t since;
  int64_t count_from; /* what differs before does not count */
  /* The spans that count, on the axis of the pair. */
  int64_t first, until; /* WAVE_NEVER: none; until of the first span: WAVE_NEVER while it lasts */
  int64_t last_until;   /* of the last span */
  uint64_t times;
  int64_t total;
  int64_t after_end;          /* first change behind the end of the other run; WAVE_NEVER */
  int longer;                 /* after_end: the side that goes on */
  int64_t tail_since[2];      /* behind that end, a side holds something else than there since then; WAVE_NEVER */
  int64_t moved_last;         /* with engine.lag: golden's last change that counts; INT64_MIN: none */
  struct kept_value *opening; /* of golden and new: what held at `first`, two of them; NULL: not known. With lag: golden's last value */
  uint32_t recorded[2];       /* with opening, strict: how often a side states its value at `first` */
  struct wave_tolerance *tolerance;
};

enum { DENSITY = 256 };

/* What a thread owns. */
struct worker {
  struct wave_scratch scratch[2], pieces[2];
  struct kept_value before[2];
  uint64_t density[DENSITY];
  int64_t differing; /* change of engine.differing */
  uint64_t glitches; /* so many are ignored */
  bool damaged[2];
  bool out_of_memory;
};

/* An axis during a pass: where on it the times of the current blocks fall, and how far it is known. Places, all of them. */
struct lane {
  const struct wave_axis *axis;
  bool done;               /* no pair of it has anything more to learn */
  const int64_t *table[2]; /* of the times of the piece */
  int64_t *own[2];         /* the memory of the table, unless it is engine.times */
  size_t own_size[2];
  bool aligned;           /* equal time tables: equal chains are equal changes */
  bool opens;             /* aligned: both blocks begin with this step */
  int64_t horizon;        /* everything up to here is known on both sides */
  int64_t known[2];       /* of each side; INT64_MAX when it has ended */
  int64_t end;            /* of the comparison: end of the run that ends first; WAVE_NEVER before */
  bool tail;              /* behind the end of one run: does the other go on? */
  int64_t begin_place[2]; /* where each run begins */
};

struct engine {
  struct wave_source *sources[2];
  const struct wave_match *match;
  const struct wave_plan *plan;
  struct wave_pool *pool;
  struct worker *workers;
  pthread_mutex_t frame_lock;
  bool frame_loaded[2];

  struct pair_state *states; /* of each pair */
  const uint32_t *list;      /* the pairs of this pass: all of one axis, or of axes that are alike on both sides */
  uint32_t n_list;
  struct lane *lanes; /* of each axis */
  struct lane **active;
  uint32_t n_active;   /* lanes of this pass */
  struct lane *driver; /* the blocks move by the places of this lane; NULL: by time */

  /* The current step. */
  uint64_t step, stale;
  uint64_t block[2]; /* number of the current block of each side */
  bool ended[2];     /* no more blocks */
  bool due[2];       /* the current piece is used up by this step */
  int64_t *times[2]; /* common ticks of the piece */
  size_t times_size[2];
  int64_t differing;                    /* pairs that differ at the moment */
  int64_t side_end[2];                  /* common ticks, how far each run was read in this pass */
  int64_t run_end[2];                   /* and in any: a pass ends when it has seen enough */
  int64_t begin_time[2];                /* common ticks */
  int64_t lag;                          /* taken off the places of new, to ask whether it does the same so much later */
  bool probe;                           /* only whether a pair differs at all matters */
  bool waits;                           /* some rule is tolerant: changes may wait for the other side at any time */
  bool trim;                            /* what comes behind the end of the shorter run is of no interest */
  int64_t density_begin, density_width; /* common ticks; width 0: the length of the run is not known before */
  void (*progress)(void *, double);
  void *progress_context;
  bool (*stop)(void);
};

/* The place behind one; there is none behind the last. */
static inline int64_t wave_behind(int64_t place) {
  return place == INT64_MAX ? place : place + 1;
}

/* Walks a pair through the current step. */
void wave_pair_step(struct engine *engine, struct worker *worker, uint32_t pair);
/* Behind the last step: closes what is open. */
void wave_pair_end(struct engine *engine, struct worker *worker, uint32_t pair);
/* What is known of a pair before a pass. */
void wave_pair_init(struct pair_state *state);
void wave_pair_free(struct pair_state *state);
bool wave_pair_same(const struct engine *engine, const struct wave_pair *pair, const struct wave_policy_plan *policy,
                    const struct pair_state *state);

/* Memory for the lanes and workers; states are the caller's. */
enum wave_status wave_engine_make(struct engine *engine, struct wave_error *error);
void wave_engine_free(struct engine *engine);
/* Passes over both files for the pairs in list. */
enum wave_status wave_engine_pass(struct engine *engine, struct wave_error *error);

#endif

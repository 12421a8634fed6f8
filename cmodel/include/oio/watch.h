/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does a run still get on? Flits that move are no progress: two link ends may exchange NOPs for ever. Progress is a payload sent or
 * accepted, an Ack or a credit that moved, a replay (the replay limit bounds them), a message in or out. Each of these comes after a time
 * that the timers bound, or after a valid flit that brings it; so when flits move, a thousand of them have arrived whole in every direction
 * that is in use, and none of all that has come for longer than all timers together run, it will not come any more. Flits that arrive
 * damaged do not count: a wire may be as bad as it likes.
 *
 * A host with a loop of its own looks now and then, a thousand instants apart or so, and reports what oio_watch_waits says.
 */
#ifndef OIO_WATCH_H
#define OIO_WATCH_H

#include "oio/path.h"
#include "oio/traffic.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_ENDS_MAX = 2 * OIO_PATH_LINKS_MAX, OIO_WAITS_BYTES = 512 };

/** Both ends of every link of a path, by 2 * link + side: what each says of itself. */
struct oio_ends {
  unsigned count;
  struct oio_link_state state[OIO_ENDS_MAX];
  uint32_t buffer_flits[OIO_ENDS_MAX];
};

struct oio_watch {
  oio_time_ps patience_ps; /**< longer than all timers and ways there and back together */
  oio_time_ps progress_ps; /**< of the look that saw some last */
  uint64_t progress;       /**< what it saw */
  struct {
    uint64_t moved, valid; /**< flits from it, and valid ones into it, by then */
  } end[OIO_ENDS_MAX];
};

/** The configuration must have been resolved. */
void oio_watch_start(struct oio_watch *watch, const struct oio_config *config);
/** Looks. True: flits move, and nothing gets on. An end that is nothing of ours has to be filled in by the host: its counts of flits at
 * least. */
bool oio_watch_look(struct oio_watch *watch, oio_time_ps now_ps, const struct oio_ends *ends, const struct oio_traffic_counts *counts);

/** The ends of a path; those left out are zero but for their buffer. */
void oio_ends_get(struct oio_ends *ends, const struct oio_path *path, const struct oio_config *config);
/** Who waits for what of whom, where nothing gets on: one line without an end, with both ends' accounts. */
void oio_watch_waits(const struct oio_ends *ends, char text[OIO_WAITS_BYTES]);

#ifdef __cplusplus
}
#endif
#endif

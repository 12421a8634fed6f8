/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Judges a link end of the plain profile (SPEC.md section 16) that is not ours by the flits at its pins, both ways, with an account of its
 * own. It allows for what the device cannot know yet: a flit that has just come in, and the few flit times of its pipeline.
 */
#ifndef OIO_PLAIN_WATCH_H
#define OIO_PLAIN_WATCH_H

#include "oio/plain.h"
#include "oio/rules.h"
#include "oio/waivers.h"

enum { PLAIN_WATCH_TEXT_BYTES = 480, PLAIN_WATCH_GRACE_FLITS = 8 };

struct plain_watch {
  const struct oio_plain_format *format;
  struct oio_waivers *waivers; /**< findings that these match, at `port`, are theirs; NULL: there are none. To be set after the start */
  const char *port;
  uint16_t timeout_flits;
  uint8_t window_flits;
  /* What the device has sent. */
  uint64_t flits, payloads;
  uint64_t progress; /* flit time */
  uint64_t naks;
  uint8_t next_new, previous, acked, acknowledged;
  bool nak_came; /* and may not have been answered */
  /* What it has been given. */
  uint64_t asks; /* occasions for a Nak */
  uint8_t expected, before;
  bool lost, waiting;
};

void plain_watch_start(struct plain_watch *watch, const struct oio_plain_config *config);
/** A flit that the device has been given, all of it, at flit time `now`. */
void plain_watch_given(struct plain_watch *watch, uint64_t now, const uint8_t *flit);
/** A flit that it has sent. Returns the rule that is broken and not waived, and text says how; OIO_RULES: none is. */
enum oio_rule_id plain_watch_sent(struct plain_watch *watch, uint64_t now, const uint8_t *flit, char text[PLAIN_WATCH_TEXT_BYTES]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/** The ports of a wire log, each with what watches it. */
#ifndef CHECK_JUDGE_H
#define CHECK_JUDGE_H

#include "oio/monitor.h"
#include "oio/rules.h"
#include "oio/waivers.h"
#include "plain_watch.h"
#include "wire_log.h"

enum { JUDGE_TEXT_BYTES = PLAIN_WATCH_TEXT_BYTES + WIRE_NAME_MAX + 32 };

struct judge_finding {
  oio_time_ps time_ps;
  const char *rule;
  char text[JUDGE_TEXT_BYTES];
};

struct judge {
  const struct wire_log *log;
  struct oio_waivers *waivers;
  struct judge_port {
    struct oio_monitor *monitor; /**< of the extended profile */
    struct plain_watch watch;    /**< of the plain one */
    uint64_t in, out, plain_findings;
    bool plain_found; /**< and not fetched */
    struct judge_finding plain;
  } ports[WIRE_PORTS_MAX];
  oio_time_ps last_ps;
};

/** waivers: bound to the ports here. OIO_ERR_CONFIG: a port that cannot be watched as its line says, or a waiver at none. After an error
 * too it is to be freed. */
enum oio_status judge_start(struct judge *judge, const struct wire_log *log, struct oio_waivers *waivers, struct oio_error *error);
void judge_free(struct judge *judge);
/** OIO_ERR_FORMAT: no flit of that port's format. */
enum oio_status judge_event(struct judge *judge, const struct wire_event *event, struct oio_error *error);
/** The log ends: what was due by then is looked for. */
void judge_end(struct judge *judge);
/** What is wrong since the last event; false: no more. */
bool judge_fetch(struct judge *judge, struct judge_finding *finding);
/** How many there were that are not waived, fetched or not. */
uint64_t judge_findings(const struct judge *judge);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Findings that a user knows of and accepts: rules (oio/rules.h), at one port or at all. What is waived is counted, by waiver and port, so
 * that a report can tell of it; and a waiver that nothing has matched shows. Findings may be warnings, too, which are counted and told and
 * are not to fail a run, unless `strict` is set.
 */
#ifndef OIO_WAIVERS_H
#define OIO_WAIVERS_H

#include "oio/rules.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_WAIVERS_MAX = 64, OIO_WAIVER_PORTS_MAX = 64, OIO_WAIVER_PORT_BYTES = 64, OIO_WAIVER_REASON_BYTES = 160 };

struct oio_waiver {
  enum oio_rule_id rule;
  char port[OIO_WAIVER_PORT_BYTES]; /**< empty: at any */
  char reason[OIO_WAIVER_REASON_BYTES];
  enum oio_severity severity;
  uint64_t at[OIO_WAIVER_PORTS_MAX + 1]; /**< findings waived at each port; the last: of no port */
};

/** All zero: none. */
struct oio_waivers {
  bool strict; /**< warnings are errors */
  struct oio_waiver waiver[OIO_WAIVERS_MAX];
  unsigned count;
  char port[OIO_WAIVER_PORTS_MAX][OIO_WAIVER_PORT_BYTES]; /**< of oio_waivers_bind() */
  unsigned ports;
};

/** A rule, or a rule, an at sign and a port, as a command line has it; behind that maybe `=error`, `=warning` or
 * `=waived`, which is what it is otherwise. Of those that match, the first decides. OIO_ERR_CONFIG: there is no such rule or severity, too
 * many waivers, or too long a name. Names are compared as oio_rule_find() does. */
enum oio_status oio_waivers_add(struct oio_waivers *waivers, const char *text, struct oio_error *error);
/** A file: on each line one such word without blanks, then the reason; empty lines and those that begin with `#` say nothing.
 * OIO_ERR_IO, OIO_ERR_CONFIG, OIO_ERR_FORMAT: error names file, line and remedy. */
enum oio_status oio_waivers_read(struct oio_waivers *waivers, const char *path, struct oio_error *error);
/** The ports that there are, before anything is taken. OIO_ERR_CONFIG: a waiver names another. */
enum oio_status oio_waivers_bind(struct oio_waivers *waivers, const char *const *ports, unsigned count, struct oio_error *error);
/** A finding of that rule at that port (NULL: at none) is waived or a warning, and counted; NULL waivers, or false: it is an error. */
bool oio_waivers_take(struct oio_waivers *waivers, const char *rule, const char *port);
/** The same of so many. */
bool oio_waivers_take_many(struct oio_waivers *waivers, const char *rule, const char *port, uint64_t findings);
enum { OIO_WAIVER_TEXT_BYTES = OIO_WAIVER_PORT_BYTES + 48 };
/** As one word that oio_waivers_add() takes. */
void oio_waiver_text(const struct oio_waiver *waiver, char text[OIO_WAIVER_TEXT_BYTES]);
/** How many were waived, or warnings. */
uint64_t oio_waivers_taken(const struct oio_waivers *waivers);
/** How many of them were warnings. */
uint64_t oio_waivers_warned(const struct oio_waivers *waivers);

/** A line of a report: what a waiver was good for at a port. */
struct oio_waived {
  enum oio_severity severity;       /**< waived, or a warning */
  const char *rule, *port, *reason; /**< port, reason: maybe empty */
  uint64_t findings;                /**< 0: nothing has matched this waiver, anywhere */
};

/** Reports of all waivers, in their order and that of the ports: from *next, which begins at 0, the next one. False: there is no more. */
bool oio_waivers_report(const struct oio_waivers *waivers, unsigned *next, struct oio_waived *waived);

#ifdef __cplusplus
}
#endif
#endif

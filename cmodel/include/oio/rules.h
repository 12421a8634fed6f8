/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules that a device is held against, in one table: those of oio_monitor, those of a device of the plain profile, and those that a
 * bench itself sees broken. Each has the name that findings carry, a sentence, and its clause of SPEC.md.
 */
#ifndef OIO_RULES_H
#define OIO_RULES_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_rule_id {
  /* Of both profiles. */
  OIO_RULE_CRC,
  OIO_RULE_FRAMING,
  /* Of the extended profile. */
  OIO_RULE_SEQUENCE_RANGE,
  OIO_RULE_FORMAT,
  OIO_RULE_WINDOW,
  OIO_RULE_CREDIT,
  OIO_RULE_PAYLOAD,
  OIO_RULE_T1,
  OIO_RULE_T2,
  OIO_RULE_T3,
  OIO_RULE_NEEDLESS_ACK,
  OIO_RULE_T4,
  OIO_RULE_T5,
  OIO_RULE_NEEDLESS_NOP,
  OIO_RULE_T7,
  OIO_RULE_R4,
  OIO_RULE_R5,
  OIO_RULE_R7,
  OIO_RULE_QUIESCENCE,
  /* Of the plain profile. */
  OIO_RULE_PLAIN_WIRE,
  OIO_RULE_PLAIN_FORMATS,
  OIO_RULE_PLAIN_WINDOW,
  OIO_RULE_PLAIN_NOP,
  OIO_RULE_PLAIN_WATCHDOG,
  OIO_RULE_PT1,
  OIO_RULE_PT2,
  OIO_RULE_PT3,
  OIO_RULE_PT5,
  OIO_RULE_PT6,
  OIO_RULE_PR1,
  OIO_RULE_PR2,
  OIO_RULE_PR4,
  OIO_RULE_PR6,
  OIO_RULE_PR6_ORDER,
  OIO_RULE_PR6_ALTERED,
  OIO_RULES
};

/** What a finding of a rule is: known, and counted; told and counted; that, and the run is bad. */
enum oio_severity { OIO_SEVERITY_WAIVED, OIO_SEVERITY_WARNING, OIO_SEVERITY_ERROR };

/** What a rule may be broken by. */
enum oio_rule_profile { OIO_RULE_OF_BOTH, OIO_RULE_OF_EXTENDED, OIO_RULE_OF_PLAIN };

struct oio_rule {
  const char *name;           /**< as in findings: "T3", "section 16, window" */
  const char *sentence;       /**< what must hold */
  const char *clause;         /**< of SPEC.md: "T3", "section 16" */
  enum oio_severity severity; /**< where nothing else is asked for: oio/waivers.h */
  enum oio_rule_profile profile;
};

/** NULL: there is no such rule; else it stays. */
const struct oio_rule *oio_rule_get(unsigned id);
/** The name of a rule that there is. */
const char *oio_rule_name(enum oio_rule_id id);
const char *oio_severity_name(enum oio_severity severity);
const char *oio_rule_profile_name(enum oio_rule_profile profile);
/** The rule of that name; OIO_RULES: there is none. A run of blanks, commas, `-` and `_` is as good as any other: "section-16-window". */
enum oio_rule_id oio_rule_find(const char *name);
/** The rule whose name is nearest to that one, for a refusal. */
enum oio_rule_id oio_rule_nearest(const char *name);

#ifdef __cplusplus
}
#endif
#endif

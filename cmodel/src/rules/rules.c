/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/rules.h"

#include "base/precondition.h"
#include "base/spelling.h"
#include "rules/words.h"

#include <limits.h>
#include <string.h>

enum { NAME_BYTES = 40 };

#define RULE(of, names, clauses, says)                                                                                                     \
  { .name = (names), .sentence = (says), .clause = (clauses), .severity = OIO_SEVERITY_ERROR, .profile = OIO_RULE_OF_##of }

static const struct oio_rule rules[OIO_RULES] = {
    [OIO_RULE_CRC] = RULE(BOTH, "section 2", "section 2", "each flit that comes out has the CRCs of its bytes"),
    [OIO_RULE_FRAMING] = RULE(BOTH, "framing", "section 7",
                              "start and end of flit stand at its first and last beat, and a beat that is shown stays until it is taken"),
    [OIO_RULE_SEQUENCE_RANGE] = RULE(EXTENDED, "section 0", "section 0", "a sequence is one of 1 to M"),
    [OIO_RULE_FORMAT] = RULE(EXTENDED, "section 1", "section 1",
                             "reserved bits are zero, a header means something, and the echo is the round that came in last"),
    [OIO_RULE_WINDOW] = RULE(EXTENDED, "section 3", "section 3", "no more is unacknowledged than the window"),
    [OIO_RULE_CREDIT] = RULE(EXTENDED, "section 5", "section 5",
                             "nothing is sent without credit; credit never goes back, and never exceeds the buffer and what has left it"),
    [OIO_RULE_PAYLOAD] = RULE(EXTENDED, "section 7", "section 7", "what comes out is what went in: once, in order, unaltered"),
    [OIO_RULE_T1] = RULE(EXTENDED, "T1", "T1", "a replay begins in time when nothing is acknowledged"),
    [OIO_RULE_T2] = RULE(EXTENDED, "T2", "T2", "payload flits go out in sequence, and none is left out but what is acknowledged"),
    [OIO_RULE_T3] = RULE(EXTENDED, "T3", "T3",
                         "of two payload flits in a row one is explicit, as the first is, and no Nak goes out while nothing is asked for"),
    [OIO_RULE_NEEDLESS_ACK] = RULE(EXTENDED, "T3, needless Ack", "T3", "no payload flit has an Ack while none is owed"),
    [OIO_RULE_T4] = RULE(EXTENDED, "T4", "T4", "an explicit NOP says the sequence before the next new payload flit's"),
    [OIO_RULE_T5] = RULE(EXTENDED, "T5", "T5", "Acks, credits and Naks go out when they are due"),
    [OIO_RULE_NEEDLESS_NOP] = RULE(EXTENDED, "T5, needless NOP", "T5", "no NOP goes out while none is due"),
    [OIO_RULE_T7] = RULE(EXTENDED, "T7", "T7", "a replay has a Nak or a timeout for its cause, takes a new round and begins explicit"),
    [OIO_RULE_R4] = RULE(EXTENDED, "R4", "R4", "a credit limit that cannot be fails the link, and no other does"),
    [OIO_RULE_R5] =
        RULE(EXTENDED, "R5", "R5",
             "only what was received is acknowledged, a Nak is answered, and an Ack that cannot be, and no other, fails the link"),
    [OIO_RULE_R7] =
        RULE(EXTENDED, "R7", "R7", "a duplicate is acknowledged at once, and a payload flit numbered 0, and no other, fails the link"),
    [OIO_RULE_QUIESCENCE] = RULE(EXTENDED, "quiescence", "section 7", "when nothing moves any more both ends of each link agree"),
    [OIO_RULE_PLAIN_WIRE] = RULE(PLAIN, "section 16", "section 16", "no more flits come out than the wire has time for"),
    [OIO_RULE_PLAIN_FORMATS] = RULE(PLAIN, "section 16, formats", "section 16", "reserved bytes are zero"),
    [OIO_RULE_PLAIN_WINDOW] = RULE(PLAIN, "section 16, window", "section 16", "no more is outstanding than the window"),
    [OIO_RULE_PLAIN_NOP] = RULE(PLAIN, "section 16, NOP", "section 16", "an explicit NOP says the sequence of the last payload"),
    [OIO_RULE_PLAIN_WATCHDOG] = RULE(PLAIN, "section 16, watchdog", "section 16", "something arrives in time"),
    [OIO_RULE_PT1] = RULE(PLAIN, "PT1", "PT1", "the device leaves its reset and its handshake"),
    [OIO_RULE_PT2] = RULE(PLAIN, "PT2", "PT2", "no payload goes out again without a Nak or a timeout"),
    [OIO_RULE_PT3] = RULE(PLAIN, "PT3", "PT3", "payloads go out in sequence, none twice running and none left out"),
    [OIO_RULE_PT5] = RULE(PLAIN, "PT5", "PT5", "what is acknowledged never goes back"),
    [OIO_RULE_PT6] = RULE(PLAIN, "PT6", "PT6", "a replay begins behind what is acknowledged, and brings progress"),
    [OIO_RULE_PR1] = RULE(PLAIN, "PR1", "PR1", "no more Naks go out than are called for"),
    [OIO_RULE_PR2] = RULE(PLAIN, "PR2", "PR2", "no header is a reserved one"),
    [OIO_RULE_PR4] = RULE(PLAIN, "PR4", "PR4", "only what has been given is acknowledged"),
    [OIO_RULE_PR6] = RULE(PLAIN, "PR6", "PR6", "no payload is numbered 0"),
    [OIO_RULE_PR6_ORDER] = RULE(PLAIN, "PR6, once and in order", "PR6", "payloads arrive once and in order"),
    [OIO_RULE_PR6_ALTERED] = RULE(PLAIN, "PR6, unaltered", "PR6", "payloads arrive unaltered"),
};

const struct oio_rule *oio_rule_get(unsigned id) {
  return id < OIO_RULES ? &rules[id] : NULL;
}

const char *oio_rule_name(enum oio_rule_id id) {
  OIO_PRECONDITION(id < OIO_RULES);
  return rules[id].name;
}

const char *oio_severity_name(enum oio_severity severity) {
  return severity == OIO_SEVERITY_WARNING ? "warning" : severity == OIO_SEVERITY_WAIVED ? "waived" : "error";
}

const char *oio_rule_profile_name(enum oio_rule_profile profile) {
  return profile == OIO_RULE_OF_BOTH ? "both" : profile == OIO_RULE_OF_EXTENDED ? "extended" : "plain";
}

enum oio_rule_id oio_rule_find(const char *name) {
  char asked[NAME_BYTES], own[NAME_BYTES];
  unsigned id = 0;
  oio_words_settle(name, asked, sizeof asked);
  for (; id < OIO_RULES; id++) {
    oio_words_settle(rules[id].name, own, sizeof own);
    if (strcmp(asked, own) == 0) break;
  }
  return (enum oio_rule_id)id;
}

enum oio_rule_id oio_rule_nearest(const char *name) {
  char asked[NAME_BYTES], own[NAME_BYTES];
  unsigned least = UINT_MAX, best = 0;
  oio_words_settle(name, asked, sizeof asked);
  for (unsigned id = 0; id < OIO_RULES; id++) {
    oio_words_settle(rules[id].name, own, sizeof own);
    const unsigned far = oio_spelling_distance(asked, own);
    if (far < least) best = id;
    if (far < least) least = far;
  }
  return (enum oio_rule_id)best;
}

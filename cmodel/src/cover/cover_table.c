/* SPDX-License-Identifier: Apache-2.0 */
/* The table of bins: name, sentence, clause of SPEC.md, and a run that hits it. */
#include "cover/cover_table.h"

#include "base/precondition.h"
#include "oio/cover.h"

#include <stdio.h>
#include <string.h>

#define SIM "oio sim --quiet "
#define EVERY(what, mean) "'from flit 0 to flit 100000 all: " what ", one flit in " mean "'"

static const char saturated[] = SIM "--net pair --generate saturate --messages 5000";
static const char noisy[] = SIM "--net pair --generate saturate --messages 40000 --set optical.bit_error_rate=2e-5";
static const char wild[] = SIM "--net pair --generate poisson --load 0.4 --messages 5000 --faults " EVERY("flip bit any", "5");
static const char narrow[] =
    SIM "--net pair --generate saturate --messages 2000 --set optical.window_flits=1 --set optical.bit_error_rate=1e-4";
static const char bridged[] =
    SIM "--generate saturate --messages 5000 --set optical.bit_error_rate=1e-5 --set die_link.bit_error_rate=1e-5";
static const char few[] = SIM "--net pair --generate saturate --messages 2000 --set optical.buffer_flits=2";
static const char star[] = SIM "--net star:4 --generate poisson --load 0.4 --messages 20000 --set package.bit_error_rate=2e-5";
static const char idle_star[] = SIM "--net star:4 --generate poisson --load 0.02 --messages 2000 --set package.bit_error_rate=2e-4";
static const char dark[] =
    SIM "--net pair --generate poisson --load 0.4 --messages 2000 --set link.replay_limit=3 --faults 'at 1us all: down'";
static const char reset[] =
    SIM "--net pair --generate saturate --messages 5000 --set optical.bit_error_rate=1e-4 --set reset.at_ps=5000000";

static const char reset_bridged[] = SIM "--generate saturate --messages 5000 --set die_link.bit_error_rate=1e-4 --set reset.at_ps=2000000";

static const char reset_quiet[] = SIM "--generate poisson --load 0.02 --messages 500 --set reset.at_ps=1000000";

struct row {
  const char *name, *what, *clause, *command, *excuse;
};

static const char by_hand[] = "a sound end never sends it; unit tests of the link have it by hand";

static const struct row link_rows[OIO_COVER_LINK] = {
    [OIO_SEEN_NAK_PAYLOAD] = {"retry.nak_on_payload", "a Nak went out on a payload flit", "3 T3", wild, NULL},
    [OIO_SEEN_NAK_NOP] = {"retry.nak_on_nop", "a Nak went out on a NOP", "3 T4", wild, NULL},
    [OIO_SEEN_ACK_PAYLOAD] = {"retry.ack_on_payload", "an Ack went out on a payload flit", "3 T3", saturated, NULL},
    [OIO_SEEN_ACK_NOP] = {"retry.ack_on_nop", "an Ack went out on a NOP", "3 T4", saturated, NULL},
    [OIO_SEEN_ANSWER] = {"retry.nak_answered", "an explicit NOP answered a Nak that left nothing to replay", "3 T4", narrow, NULL},
    [OIO_SEEN_NAK_CURRENT] = {"retry.nak_honoured", "a Nak of the present round began a replay", "4 R5", wild, NULL},
    [OIO_SEEN_NAK_STALE] = {"retry.nak_stale_ignored", "a Nak of an older round was ignored, the replay answers it", "4 R5", noisy, NULL},
    [OIO_SEEN_NAK_STALE_HEEDED] = {"retry.nak_stale_honoured", "a Nak of an older round came so late that it began a replay", "4 R5",
                                   narrow, NULL},
    [OIO_SEEN_NAK_NOTHING] = {"retry.nak_of_nothing", "a Nak came when nothing was outstanding", "4 R5", narrow, NULL},
    [OIO_SEEN_REPLAY_AGAIN] = {"retry.replay_of_replay", "a replay followed one that had brought no progress", "3 T7", wild, NULL},
    [OIO_SEEN_REPLAY_UNDER_WAY] = {"retry.replay_in_replay", "a replay began while one was still being sent", "3 T7", wild, NULL},
    [OIO_SEEN_REPLAY_ONE] = {"retry.replay_of_one", "a replay had one flit", "3 T7", wild, NULL},
    [OIO_SEEN_REPLAY_WINDOW] = {"retry.replay_of_window", "a replay had a whole window", "3 T7", narrow, NULL},
    [OIO_SEEN_REPLAY_LAST] = {"retry.replay_last", "a replay was the last that the replay limit lets be", "3 T7", dark, NULL},
    [OIO_SEEN_ROUND_WRAP] = {"retry.round_wrap", "the round went from 15 to 0", "3 T7", wild, NULL},
    [OIO_SEEN_ACK_ALL] = {"retry.ack_of_all", "an Ack came of all that was outstanding", "4 R5", few, NULL},
    [OIO_SEEN_ACK_PART] = {"retry.ack_of_part", "an Ack came of a part of what was outstanding", "4 R5", saturated, NULL},
    [OIO_SEEN_ACK_AGAIN] = {"retry.ack_of_nothing_new", "an Ack came that had come before", "4 R5", wild, NULL},
    [OIO_SEEN_ACK_IN_REPLAY] = {"retry.ack_in_replay", "an Ack spared a replay flits that it was about to send", "4 R5", star, NULL},
    [OIO_SEEN_SEQUENCE_WRAP] = {"retry.sequence_wrap", "the last sequence was accepted, and 1 is next", "4 R7", bridged, NULL},
    [OIO_SEEN_WINDOW_FULL] = {"window.full", "the last place of the window was taken", "3", narrow, NULL},
    [OIO_SEEN_WINDOW_ONE] = {"window.one", "a window of one flit was taken", "3", narrow, NULL},
    [OIO_SEEN_CREDIT_ZERO] = {"credit.zero", "the last credit was used", "5", few, NULL},
    [OIO_SEEN_CREDIT_ALL] = {"credit.all_back", "a flit came, and all credit was back", "5", few, NULL},
    [OIO_SEEN_BUFFER_FULL] = {"credit.buffer_full", "the last place of the receive buffer was taken", "5", bridged, NULL},
    [OIO_SEEN_RESERVED] = {"receive.reserved", "a valid flit of no known kind was discarded", "4 R2",
                           SIM "--net pair --generate poisson --load 0.4 --messages 500 --faults 'at flit 0 wire 0: forge protocol 2'",
                           NULL},
    [OIO_SEEN_IMPLICIT_LOST] = {"receive.implicit_after_loss", "an implicit payload behind a loss was discarded", "4 R7", wild, NULL},
    [OIO_SEEN_LOSS_ENDS_PAYLOAD] = {"receive.loss_ends_payload", "an explicit payload told the sequence behind a loss", "4 R7", wild, NULL},
    [OIO_SEEN_LOSS_ENDS_NOP] = {"receive.loss_ends_nop", "an explicit NOP told that a loss was of nothing", "4 R6", narrow, NULL},
    [OIO_SEEN_NOP_GAP] = {"receive.nop_shows_gap", "an explicit NOP told that a payload was lost", "4 R6", narrow, NULL},
    [OIO_SEEN_ROUND_WAITED] = {"receive.round_seen", "the replay that was asked for arrived by its round", "4 R3", wild, NULL},
    [OIO_SEEN_DOUBT] = {"credit.doubt", "a flit of a routed link was lost, perhaps with credit", "11", star, NULL},
    [OIO_SEEN_DOUBT_ASKED] = {"credit.doubt_asked", "nothing told the credit since: it was asked for by a Nak", "11", idle_star, NULL},
    [OIO_SEEN_CREDIT_RETOLD] = {"credit.told_again", "a Nak came, and both hop VCs' credit was told again", "11", star, NULL},
    [OIO_SEEN_RESET_IDLE] = {"reset.idle", "a link end that had carried payloads was reset with none on its way", "9", reset_quiet, NULL},
    [OIO_SEEN_RESET_UNACKED] = {"reset.unacknowledged", "a link end was reset with payloads that were not acknowledged", "9", reset, NULL},
    [OIO_SEEN_RESET_WAITING] = {"reset.waiting", "a link end was reset while it waited for a replay", "9", reset, NULL},
    [OIO_SEEN_RESET_REPLAY] = {"reset.in_replay", "a link end was reset during a replay", "9", reset, NULL},
    [OIO_SEEN_RESET_BUFFERED] = {"reset.buffered", "a link end was reset with payloads in its receive buffer", "9", reset_bridged, NULL},
    [OIO_SEEN_RESET_FAILED] = {"reset.failed", "a link end was reset after it had failed", "9", "",
                               "a run ends with the link that fails; test_link_rules has it"},
    [OIO_LINK_SITUATIONS] = {"retry.timeout", "a replay began by the timeout", "3 T1", dark, NULL},
    {"receive.invalid", "a flit arrived with a wrong CRC", "4 R1", wild, NULL},
    {"receive.duplicate", "a payload arrived again", "4 R7", narrow, NULL},
    {"receive.ahead", "a payload arrived behind a gap", "4 R7", wild, NULL},
    {"receive.undetected", "a flit with wrong bits passed both CRCs", "10",
     SIM "--net pair --generate poisson --load 0.4 --messages 5000 --faults 'at flit 200 wire 0: flip bits 300,301,314,316'", NULL},
    {"fail.replay_limit", "a link failed: replay limit", "3 T7", dark, NULL},
    {"fail.ack_range", "a link failed: ack range", "4 R5",
     SIM "--net pair --generate poisson --load 0.4 --messages 500 --faults 'at flit 0 wire 0: forge command ack; at flit 0 wire 0: forge "
         "sequence 5000'",
     NULL},
    {"fail.sequence_zero", "a link failed: sequence zero", "4 R7",
     SIM "--net pair --generate poisson --load 0.4 --messages 500 --faults 'at flit 0 wire 0: forge sequence 0'", NULL},
    {"fail.overflow", "a link failed: overflow", "4 R7", "", by_hand},
    {"fail.credit_range", "a link failed: credit range", "4 R4",
     SIM "--net pair --generate poisson --load 0.4 --messages 500 --faults 'at flit 0 wire 0: forge credit by -1'", NULL},
    {"fail.vc_credit_range", "a link failed: vc credit range", "6", "", by_hand},
};

const double oio_cover_times[] = {1.05, 1.25, 2, 4, 16, 64};
static const char *const times[OIO_COVER_LATENCY] = {"1.05", "1.25", "2", "4", "16", "64", "more"};

static const char *const modes[OIO_COVER_MODES] = {"direct", "links", "tunnel", "tunnel_fec", "routed"};
static const char *const nets[OIO_COVER_MODES] = {
    "--net pair --load 0.4",
    "--net bridged --load 0.4",
    "--net bridged --load 0.4 --set bridge.mode=tunnel",
    "--net bridged --load 0.4 --set bridge.mode=tunnel --set optical.fec=kp4",
    "--net star:4 --load 0.2",
};
static const char *const classes[OIO_COVER_MODES] = {"optical", "optical", "optical", "optical", "package"};

/* What happens to wires; % stands for the class whose wires they are. */
static const struct {
  const char *name, *what, *more;
} errors[1 + OIO_EVENT_KINDS] = {
    {"random", "bits were wrong by the error rate", "--set %.bit_error_rate=2e-3"},
    [1 + OIO_EVENT_RATE] = {"rate", "the error rate changed", "--faults 'at 1us all: error rate 1e-5'"},
    [1 + OIO_EVENT_LOSS] = {"loss", "light was lost", "--set %.bit_error_rate=1e-9 --faults 'at 1us class %: loss 1.2 dB'"},
    [1 + OIO_EVENT_LANE] = {"lane", "a lane died",
                            "--set %.stripe_bits=1 --set %.spare_lanes=2 --set %.remap_ps=400000 --faults 'at 1us class %: lane 1 dies'"},
    [1 + OIO_EVENT_LASER] = {"laser", "a laser died",
                             "--set %.stripe_bits=1 --set %.spare_lanes=8 --set %.remap_ps=400000 --set %.wavelengths=4 --set "
                             "%.laser_fibres=2 --faults 'at 1us "
                             "class %: laser 1 dies'"},
    [1 + OIO_EVENT_FIBRE] = {"fibre", "a fibre was cut",
                             "--set %.stripe_bits=1 --set %.spare_lanes=8 --set %.remap_ps=400000 --set %.wavelengths=2 --faults 'at 1us "
                             "class %: fibre 1 cut'"},
    [1 + OIO_EVENT_DETUNE] =
        {"heat", "rings left their wavelength",
         "--set %.bit_error_rate=1e-9 --set %.ring_pm_per_k=80 --set %.ring_lock_ps=1000000 --faults 'at 1us class %: warms 0.6 K'"},
    [1 + OIO_EVENT_DOWN] = {"down", "a wire was down for a time", "--faults 'at 1us all: down for 300ns'"},
    [1 + OIO_EVENT_FLIP] = {"flip", "bits of a flit were flipped", "--faults 'at flit 40 all: flip bits 3,77,1024'"},
    [1 + OIO_EVENT_BURST] = {"burst", "a flit was hit by a burst", "--faults 'at flit 40 all: burst of 24 bits at 1010'"},
    [1 + OIO_EVENT_HEADER] = {"header", "the header of a flit was damaged", "--faults 'at flit 40 all: damage header'"},
    [1 + OIO_EVENT_DROP] = {"drop", "a flit was dropped", "--faults 'at flit 40 all: drop'"},
    [1 + OIO_EVENT_TRUNCATE] = {"truncate", "a flit was cut off", "--faults 'at flit 40 all: truncate at 1000'"},
    [1 + OIO_EVENT_DELAY] = {"delay", "a flit was delayed", "--faults 'at flit 40 all: delay 30ns'"},
    [1 + OIO_EVENT_LOSE_ACK] = {"lose_ack", "an Ack was lost", "--faults 'at flit 40 all: lose ack'"},
    [1 + OIO_EVENT_LOSE_CREDIT] = {"lose_credit", "a credit was lost", "--faults 'at flit 40 all: lose credit'"},
    [1 + OIO_EVENT_DUPLICATE] = {"duplicate", "a flit came twice", "--faults 'at flit 40 all: duplicate'"},
    [1 + OIO_EVENT_SWAP] = {"swap", "a flit came behind the next", "--faults 'at flit 40 all: swap'"},
    [1 + OIO_EVENT_FORGE] = {"forge", "a field of a flit was forged", "--faults 'at flit 40 all: forge echo by 1'"},
};

/* Appends, with the class for each %. */
static void append(char *out, size_t room, const char *text, const char *of_class) {
  size_t at = strlen(out);
  for (; *text != '\0' && at + 1 < room; text++) {
    if (*text == '%') {
      at += (size_t)snprintf(out + at, room - at, "%s", of_class);
    } else {
      out[at++] = *text;
      out[at] = '\0';
    }
  }
}

static void fault_bin(unsigned i, struct oio_cover_bin *out) {
  const unsigned mode = i % OIO_COVER_MODES, format = i / OIO_COVER_MODES % OIO_COVER_FORMATS == 0 ? 3 : 6;
  const unsigned error = i / (OIO_COVER_MODES * OIO_COVER_FORMATS);
  snprintf(out->name, sizeof out->name, "fault.%s.%u.%s", errors[error].name, format, modes[mode]);
  snprintf(out->what, sizeof out->what, "%s (format %u, %s)", errors[error].what, format, modes[mode]);
  snprintf(out->clause, sizeof out->clause, error == 0 ? "10" : "15");
  snprintf(out->command, sizeof out->command, SIM "--generate poisson --messages 600 %s --set link.format=%u ", nets[mode], format);
  append(out->command, sizeof out->command, errors[error].more, classes[mode]);
}

static void latency_bin(unsigned i, struct oio_cover_bin *out) {
  snprintf(out->name, sizeof out->name, "latency.%s", times[i]);
  if (i + 1 < OIO_COVER_LATENCY) {
    snprintf(out->what, sizeof out->what, "a message took up to %s times the quickest of its run", times[i]);
  } else {
    snprintf(out->what, sizeof out->what, "a message took more than %s times the quickest of its run", times[i - 1]);
  }
  snprintf(out->clause, sizeof out->clause, "8");
  snprintf(out->command, sizeof out->command, "%s",
           SIM "--net pair --generate poisson --load 0.6 --messages 20000 --faults 'at 3us all: down for 20us'");
}

void oio_cover_get_bin(unsigned bin, struct oio_cover_bin *out) {
  OIO_PRECONDITION(bin < OIO_COVER_BINS);
  *out = (struct oio_cover_bin){.excuse = NULL};
  if (bin >= OIO_COVER_LINK + OIO_COVER_LATENCY) {
    fault_bin(bin - OIO_COVER_LINK - OIO_COVER_LATENCY, out);
  } else if (bin >= OIO_COVER_LINK) {
    latency_bin(bin - OIO_COVER_LINK, out);
  } else {
    const struct row *row = &link_rows[bin];
    snprintf(out->name, sizeof out->name, "%s", row->name);
    snprintf(out->what, sizeof out->what, "%s", row->what);
    snprintf(out->clause, sizeof out->clause, "%s", row->clause);
    snprintf(out->command, sizeof out->command, "%s", row->command);
    out->excuse = row->excuse;
  }
}

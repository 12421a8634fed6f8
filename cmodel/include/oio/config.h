/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The configuration of a run: named keys with ranges, from the command line, a file or a program; and what follows from it for each link
 * end, channel and die. `oio sim --help` lists the keys.
 */
#ifndef OIO_CONFIG_H
#define OIO_CONFIG_H

#include "oio/channel.h"
#include "oio/die.h"
#include "oio/tunnel.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_fec_code; /* oio/fec.h */

enum oio_path_topology { OIO_DIRECT = 0, OIO_BRIDGED = 1 };
/** Of 8-bit sequences. */
enum { OIO_DIE_WINDOW_MAX = 127 };
enum oio_bridge_mode { OIO_BRIDGE_LINKS = 0, OIO_BRIDGE_TUNNEL = 1 };
/** From OIO_GENERATE_ALL_REDUCE on a collective: records that wait for each other. */
enum oio_generator {
  OIO_GENERATE_NOTHING = 0,
  OIO_SATURATE,
  OIO_POISSON,
  OIO_BURST,
  OIO_GENERATE_ALL_REDUCE,
  OIO_GENERATE_ALL_GATHER,
  OIO_GENERATE_REDUCE_SCATTER,
  OIO_GENERATE_ALL_TO_ALL,
  OIO_GENERATE_BROADCAST,
  OIO_GENERATE_STEP, /**< several, and compute: workload.step */
};
enum oio_idle { OIO_IDLE_SKIP = 0, OIO_IDLE_CLOCK };
/** What a reset takes down: SPEC sections 9 and 11. */
enum oio_reset_scope { OIO_RESET_ALL = 0, OIO_RESET_DIE, OIO_RESET_LINK };
enum oio_loop { OIO_OPEN_LOOP = 0, OIO_CLOSED_LOOP = 1 };
/** What is kept of messages beyond sums. Automatic: nothing; a program that writes it turns it on. */
enum oio_trains_choice { OIO_TRAINS_OFF = 0, OIO_TRAINS_ON };
enum oio_detail_choice { OIO_DETAIL_AUTO = 0, OIO_DETAIL_OFF, OIO_DETAIL_ON };
enum oio_directions { OIO_BOTH_WAYS = 0, OIO_A_TO_B, OIO_B_TO_A };

/** Links that are alike: each class has its own keys, NAME.length_m and so on. */
enum oio_link_class_index {
  OIO_CLASS_OPTICAL = 0, /**< the fibre between two dies or two bridges */
  OIO_CLASS_DIE_LINK,    /**< die to bridge: 8-bit sequences */
  OIO_CLASS_PACKAGE,     /**< the links of nets of many dies: in a package, a rack, a row of racks */
  OIO_CLASS_RACK,
  OIO_CLASS_ROW,
  OIO_LINK_CLASSES
};
enum {
  OIO_LINK_CLASSES_MAX = 16, /**< with those that a user makes */
  OIO_OWN_CLASSES_MAX = 11,  /**< of these, those that a user makes */
  OIO_CLASS_NAME_BYTES = 32, /**< with its end */
  OIO_CONFIG_KEY_NAME_BYTES = 64,
  OIO_TECH_NAME_BYTES = 48, /**< with its end */
};
/** Error correction of a class: SPEC section 13. */
enum { OIO_ERRORS_BYTES = 64 };
enum oio_fec_choice { OIO_FEC_NONE = 0, OIO_FEC_KP4, OIO_FEC_KR4, OIO_FEC_LL, OIO_FEC_FLIT, OIO_FEC_CHOICES };
struct oio_link_class {
  double bit_error_rate, length_m, lane_rate_gbps;
  uint64_t fec;      /* enum oio_fec_choice */
  uint64_t inner;    /* 1: hamming */
  uint64_t fec_mode; /* enum oio_fec_mode */
  uint64_t fec_ways, fec_ps;
  double lane_spread, walk;
  double ring_pm_per_k, ring_width_pm;
  uint64_t ring_lock_ps;
  uint64_t gearbox_ps, marker_bits, marker_period_bits;
  uint64_t stripe_bits, wavelengths, laser_fibres, spare_lanes, remap_ps, skew_ps, relink_ps, walk_ps;
  uint64_t ps_per_m, lanes, logic_ps, window_flits, buffer_flits, timeout_flits, nak_repeat_flits;
  char errors[OIO_ERRORS_BYTES];  /**< how wrong bits follow one another: `oio sim --help` */
  char tech[OIO_TECH_NAME_BYTES]; /**< of oio/tech.h, or empty */
  uint64_t tech_errors;           /**< 1: the technology brings error rate and correction too */
  uint64_t brought_errors;        /**< for oio_config_set, as the next */
  uint64_t own;                   /**< for oio_config_set: what it has set of what a technology brings */
};

/** A class of links that a user makes: NAME.like, then keys as package, rack and row have them. */
struct oio_own_class {
  char name[OIO_CLASS_NAME_BYTES], like[OIO_CLASS_NAME_BYTES];
};

/** Every value of a run. Where 0 means "automatic", oio_config_resolve replaces it. Fill with oio_config_defaults first. */
struct oio_config {
  /* Of all that is drawn, and of one process each; there 0: as seed. */
  uint64_t seed, errors_seed, spread_seed, walk_seed, faults_seed;
  uint64_t fidelity; /* enum oio_fidelity */
  uint64_t threads;
  uint64_t trains; /* enum oio_trains_choice */
  uint64_t lookahead_records;
  char net[512];
  struct oio_link_class classes[OIO_LINK_CLASSES_MAX]; /* those there always are, then the user's own */
  struct oio_own_class own[OIO_OWN_CLASSES_MAX];
  uint64_t own_classes;

  uint64_t bridge_mode; /* enum oio_bridge_mode */
  uint64_t die_local_ps, bridge_logic_ps, bridge_buffer_flits, switch_latency_ps;
  uint64_t switch_queues;                                        /* enum oio_switch_queues */
  uint64_t switch_turns;                                         /* enum oio_switch_turns */
  uint64_t link_format, link_replay_limit, link_ack_delay_flits; /* of every link */

  uint64_t vc_count, vc_buffer_bytes;

  uint64_t generator; /* enum oio_generator */
  uint64_t pattern;   /* enum oio_pattern */
  uint64_t algorithm; /* of a collective: automatic, ring, halving-doubling, tree, direct */
  uint64_t bytes, chunk_bytes, group, group_stride, iterations, compute_ps;
  double overlap;
  char step[1024]; /* the items of a step */
  uint64_t messages, message_bytes, burst_messages, burst_sources, generated_vcs, directions, depth;
  double load, burst_duty;
  uint64_t loop; /* enum oio_loop */
  double time_scale;
  char map[1024];

  uint64_t detail; /* enum oio_detail_choice */
  uint64_t detail_pairs, warm_up_ps, interval_ps;

  char faults[1024]; /* a schedule, or a file of one: oio/faults.h */
  uint64_t reset_at_ps, reset_hold_ps, reset_which;
  uint64_t reset_scope; /* enum oio_reset_scope */
  uint64_t rtl_clock_ps, rtl_datapath_bytes, rtl_response_cycles;
  uint64_t rtl_idle; /* enum oio_idle */
};

void oio_config_defaults(struct oio_config *config);
/** Sets one key from text "key=value". A number of bytes may have KiB, MiB or GiB behind it, one of ps also ns, us, ms or s, and then a
 * fraction, if it comes to a whole number. NAME.like=CLASS makes a class of links, with the values that CLASS has by then; CLASS.tech=NAME
 * brings it lanes, rate, flight and times of a technology, but for those that are set by their own keys, before or behind. where ("--set",
 * or "FILE:LINE") begins the error line. */
enum oio_status oio_config_set(struct oio_config *config, const char *where, const char *assignment, struct oio_error *error);
/**
 * Reads a file of `key = value` lines of at most 65536 bytes each; # begins a comment. A line `[rack]` begins a section, in which
 * `length_m` is rack.length_m and a key with a dot is refused. A section that no key begins with is a class of the user's own, if `like`
 * is its first key.
 */
enum oio_status oio_config_load(struct oio_config *config, const char *path, struct oio_error *error);
/** Is every value one that its key takes? For a program that fills the structure itself. OIO_ERR_CONFIG: error says which is not. */
enum oio_status oio_config_check(const struct oio_config *config, struct oio_error *error);
/** The same; then replaces automatic values by what follows from the others, and checks what must go together. Call once, last. */
enum oio_status oio_config_resolve(struct oio_config *config, struct oio_error *error);

/** The keys, for help, echo and results: 0 .. oio_config_count() - 1. Those of classes that a user made come last. */
struct oio_config_key {
  char name[OIO_CONFIG_KEY_NAME_BYTES]; /**< "optical.length_m" */
  const char *unit;                     /**< "m", "" */
  const char *range;                    /**< "0..10000", "pair|bridged" */
  const char *initial;                  /**< the default, as text; of a class that a user made "" */
  const char *help;                     /**< one line */
  bool quoted;                          /**< its value is text rather than a number */
  bool whole;                           /**< it takes whole numbers alone */
};
size_t oio_config_count(const struct oio_config *config);
/** Precondition: index is below oio_config_count(). */
void oio_config_describe(const struct oio_config *config, size_t index, struct oio_config_key *key);
/** The value of a key as text; returns out. Preconditions: index is below oio_config_count(), out_nbytes is at least 1. */
const char *oio_config_value(const struct oio_config *config, size_t index, char *out, size_t out_nbytes);

/** A key that had another name, which oio_config_set refuses with the new one; NULL behind the last. */
struct oio_config_renaming {
  const char *was, *is;
};
const struct oio_config_renaming *oio_config_renamed(size_t index);

/** Of two dies: which of both nets net.topology names. */
enum oio_path_topology oio_config_topology(const struct oio_config *config);
/** Does it name a net of many dies, whose links follow the routed profile? */
bool oio_config_is_routed(const struct oio_config *config);
/** Are its bridges tunnels (SPEC.md section 19)? */
bool oio_config_is_tunnelled(const struct oio_config *config);
/** How many classes of links there are: OIO_LINK_CLASSES, and those that a user made. */
unsigned oio_config_classes(const struct oio_config *config);
/** The name of a class, as its keys begin: "rack". Precondition, here and below: link_class is below oio_config_classes(). */
const char *oio_config_class_name(const struct oio_config *config, unsigned link_class);
/** The class of that name; oio_config_classes(): there is none. */
unsigned oio_config_class_named(const struct oio_config *config, const char *name);

/** trace.time_scale in millionths: 1000000 leaves times as they are. */
uint64_t oio_config_time_scale_millionths(const struct oio_config *config);

/** What follows for the parts. Preconditions, here and below: the configuration has been resolved; direction and end are 0 or 1. */
void oio_config_optical_channel(const struct oio_config *config, unsigned direction, struct oio_channel_config *channel);
/** end: 0 the die A - bridge A link, 1 the bridge B - die B link. */
void oio_config_die_channel(const struct oio_config *config, unsigned end, unsigned direction, struct oio_channel_config *channel);
void oio_config_optical_link(const struct oio_config *config, struct oio_link_config *link);
/** on_bridge: the bridge's end rather than the die's. */
void oio_config_die_link(const struct oio_config *config, bool on_bridge, struct oio_link_config *link);
void oio_config_die(const struct oio_config *config, struct oio_die_config *die);
void oio_config_bridge(const struct oio_config *config, struct oio_bridge_config *bridge);
/** Of a bridge that is a tunnel. */
void oio_config_tunnel(const struct oio_config *config, struct oio_tunnel_config *tunnel);
/** From the start of a flit at a die to that of the first flit from the other one that can acknowledge it, less ack_delay_ps, at least. */
oio_time_ps oio_config_tunnel_loop_ps(const struct oio_config *config);
/**
 * The same for a link of any class: a direction of it that draws its errors from stream (each wire of a run its own), with or without a
 * wire digest; and an end, both of which have the buffer of the class. sequence_bits and profile as in struct oio_link_config.
 */
void oio_config_class_channel(const struct oio_config *config, unsigned link_class, uint64_t stream, bool digest,
                              struct oio_channel_config *channel);
void oio_config_class_link(const struct oio_config *config, unsigned link_class, unsigned sequence_bits, enum oio_profile profile,
                           struct oio_link_config *link);
/** What a class of links carries in flits, bits a second: its lanes, less the parity of error correction. */
double oio_config_class_bits_per_s(const struct oio_config *config, unsigned link_class);
/** Its error correction; NULL: none. */
const struct oio_fec_code *oio_config_class_fec(const struct oio_config *config, unsigned link_class);
/** From the end of a flit to the end of what error correction takes, at most: a block, and encoder and decoder. */
oio_time_ps oio_config_class_fec_ps(const struct oio_config *config, unsigned link_class);
/** Flit time of a class of links, rounded down; its one-way flight time. */
oio_time_ps oio_config_class_flit_ps(const struct oio_config *config, unsigned link_class);
oio_time_ps oio_config_class_flight_ps(const struct oio_config *config, unsigned link_class);
/** Those of the optical channel. */
oio_time_ps oio_config_optical_flit_ps(const struct oio_config *config);
oio_time_ps oio_config_flight_ps(const struct oio_config *config);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One direction of a channel: exact serialisation, flight time, random bit errors (SPEC.md sections 8 and 10). It knows flits, not links.
 */
#ifndef OIO_CHANNEL_H
#define OIO_CHANNEL_H

#include "oio/flit.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_channel;
struct oio_fec; /* oio/fec.h */

/** The most bits a second, all lanes together, of a channel with error correction: positions and times fit their words up to the horizon.
 */
#define OIO_FEC_RATE_MAX ((uint64_t)100000000000000u)

/** How wrong bits follow one another (SPEC.md section 10). */
enum oio_error_kind {
  OIO_ERRORS_INDEPENDENT = 0,
  OIO_ERRORS_RUNS,    /**< of wrong symbols, as decision feedback makes them */
  OIO_ERRORS_GILBERT, /**< a good and a bad state (Gilbert, 1960; Elliott, 1963) */
  OIO_ERRORS_BOTH,    /**< runs, and their rate is that of such a state */
  OIO_ERROR_KINDS
};
struct oio_error_process {
  enum oio_error_kind kind;
  uint32_t symbol_bits; /**< runs: 1 (NRZ) or 2 (PAM4); a wrong symbol has one wrong bit */
  double propagation;   /**< runs: that a wrong symbol follows a wrong one, 0..0.99; at least what independent errors have */
  bool precoded;        /**< runs: 1 / (1 + D), so that only the first of a run is wrong, and the symbol after its last */
  double bad_rate;      /**< Gilbert: bit error rate of the bad state, 0..0.5; that of the good one follows, and is not negative */
  double bad_part;      /**< Gilbert: part of the bits in the bad state, above 0 and at most 0.5 */
  double bad_bits;      /**< Gilbert: mean length of a bad stretch, 1..10^9 bits */
};

/** What a decoder does (SPEC.md section 13). */
enum oio_fec_mode {
  OIO_FEC_CORRECT = 0, /**< corrects, and marks what it cannot */
  OIO_FEC_DETECT,      /**< corrects nothing, and marks all that is wrong: faster, its correction bypassed */
  OIO_FEC_UNMARKED,    /**< corrects, and does not wait to mark: what it cannot is left to the CRCs */
  OIO_FEC_MODES
};

/** What happens to a wire, and when (SPEC.md section 15). */
enum oio_channel_event_kind {
  OIO_EVENT_RATE = 0, /**< value: the bit error rate is that */
  OIO_EVENT_LOSS,     /**< value: so many dB more, negative: less */
  OIO_EVENT_LANE,     /**< number: a physical lane; here and below, it dies, or returns */
  OIO_EVENT_LASER,
  OIO_EVENT_FIBRE,
  OIO_EVENT_DETUNE, /**< value: rings are so many halves of their width further off their wavelength */
  OIO_EVENT_DOWN,   /**< for for_ps, OIO_NEVER: for good; returns: it is over */
  /** Of one flit, the one it takes effect with, behind error correction: */
  OIO_EVENT_FLIP,        /**< the first `bits` of `bit` are wrong */
  OIO_EVENT_BURST,       /**< bit[0] bits from number on are wrong */
  OIO_EVENT_HEADER,      /**< all 16 bits of the header are wrong */
  OIO_EVENT_DROP,        /**< it never arrives: its slot is empty */
  OIO_EVENT_TRUNCATE,    /**< nothing arrives of it from bit `number` on */
  OIO_EVENT_DELAY,       /**< the line stands still for for_ps, at most 1 ms, before it starts */
  OIO_EVENT_LOSE_ACK,    /**< dropped is the next flit with an Ack or a Nak, that one included */
  OIO_EVENT_LOSE_CREDIT, /**< dropped is the next flit whose credit limit is another than that of this one */
  /** What a wire cannot do, a transmitter that is wrong can; before errors and their correction: */
  OIO_EVENT_DUPLICATE, /**< it comes twice */
  OIO_EVENT_SWAP,      /**< it comes behind the next one */
  OIO_EVENT_FORGE,     /**< field bit[0] (enum oio_forged_field) is number, or, where `returns`, number more; the CRCs agree */
  OIO_EVENT_KINDS
};
enum { OIO_EVENT_FLIPS_MAX = 8 };
/** A field of a flit's header or control bytes (SPEC.md section 1). */
enum oio_forged_field {
  OIO_FORGED_PROTOCOL = 0,
  OIO_FORGED_COMMAND,
  OIO_FORGED_SEQUENCE, /**< S, all 16 bits */
  OIO_FORGED_ROUND,
  OIO_FORGED_ECHO,
  OIO_FORGED_CREDIT, /**< K2 and K3 as one number */
  OIO_FORGED_FIELDS
};
/** How many values a field has: a power of two. Precondition: there is such a field. */
uint32_t oio_forged_values(enum oio_forged_field field);
/** "protocol", "command", ... Precondition: there is such a field. */
const char *oio_forged_name(enum oio_forged_field field);
struct oio_channel_event {
  oio_time_ps at_ps; /**< by_flit: the number of the flit, of those put on the wire, from 0 */
  enum oio_channel_event_kind what;
  bool returns; /**< of a forgery: relative */
  bool by_flit; /**< of no kind that changes the errors: rate, loss, detune */
  uint8_t bits; /**< of a flip, 1..OIO_EVENT_FLIPS_MAX */
  uint32_t number;
  double value;
  oio_time_ps for_ps;
  uint16_t bit[OIO_EVENT_FLIPS_MAX]; /**< of a flip, no bit twice; of a burst the first is how many */
};
/** Is it of one flit, rather than of the wire from then on? */
static inline bool oio_event_is_of_a_flit(const struct oio_channel_event *event) {
  return event->what >= OIO_EVENT_FLIP;
}
/** The order of a schedule: first what has a time, by time, then what has a flit, by flit. Is `a` at `b` or before it? */
static inline bool oio_event_is_first(const struct oio_channel_event *a, const struct oio_channel_event *b) {
  return a->by_flit != b->by_flit ? b->by_flit : a->at_ps <= b->at_ps;
}

struct oio_channel_config {
  uint8_t format;                  /**< flit format: which bits the CRCs cover */
  enum oio_fidelity fidelity;      /**< as the links at its ends */
  uint32_t lanes;                  /**< 1..1024 */
  uint64_t lane_rate_bits_per_s;   /**< 10^6..10^12 */
  oio_time_ps flight_ps;           /**< from one end to the other: at most 1 ms */
  oio_time_ps logic_ps;            /**< fixed pipeline of PHY and adapter, both ends together: at most 1 ms */
  double bit_error_rate;           /**< 0..0.5, in the mean; of the line, parity included, and before precoding takes effect */
  struct oio_error_process errors; /**< zeros: independent */
  bool inner; /**< those are before an inner code, Hamming(128,120) with soft decision, whose rate they then have; independent */
  const char
      *fec; /**< name of a code of oio_fec_codes(): flit, or one that a flit fits into; NULL: no error correction, and none of these */
  const struct oio_fec *fec_tables; /**< of that code, which outlive the channel: 49 KB, of any number of channels; NULL: its own */
  uint32_t fec_ways;                /**< codewords in a block: 1, 2 or 4; or 3 of the code flit: in each flit by itself */
  enum oio_fec_mode fec_mode;
  oio_time_ps fec_ps;          /**< encoder and decoder together, beside the wait for the block: at most 1 ms */
  uint32_t stripe_bits;        /**< bits to a lane in turn; 0: to its errors the line is one lane */
  double lane_spread;          /**< of the bit error rates of lanes, in decades, 0..3; needs stripes, as what follows up to remap_ps does */
  uint32_t wavelengths;        /**< of a fibre, 1 and up; 0 as 1 */
  uint32_t laser_fibres;       /**< that a laser feeds; 0: all */
  uint32_t spare_lanes;        /**< 0..1024 */
  oio_time_ps remap_ps;        /**< until other lanes are taken where some are dead, at most 1 s; 0: never */
  oio_time_ps skew_ps;         /**< by which lanes arrive apart, at most 1 us */
  oio_time_ps gearbox_ps;      /**< counts as logic, at most 1 ms */
  uint64_t marker_bits;        /**< of a group of alignment markers, of the line; 0: there are none */
  uint64_t marker_period_bits; /**< of the line, from one group to the next: twice its bits and more, at most 10^12 */
  double walk;                 /**< of a ring, in halves of its width, 0..10; 0: none */
  oio_time_ps walk_ps;         /**< its time constant, with a walk 1000 and up */
  const struct oio_channel_event *events; /**< in order (oio_event_is_first); they stay where they are as long as the channel */
  uint32_t event_count;
  uint64_t seed;        /**< of wrong bits */
  uint64_t spread_seed; /**< of how unequal lanes are; 0: seed */
  uint64_t walk_seed;   /**< of a ring's walk; 0: seed */
  uint64_t stream;      /**< which random stream: another for each direction of each channel */
  bool digest;          /**< keep one of what is put on it */
  bool runs_ahead; /**< the transmitting end may be ahead of the receiving one, by as long as a flit takes to arrive: there is room for it,
                      and the two ends may be two threads' */
};

/** Is that a process that a channel can have, at such a rate? OIO_ERR_CONFIG: error says what is not. */
enum oio_status oio_channel_check_errors(const struct oio_error_process *process, double bit_error_rate, struct oio_error *error);
enum oio_status oio_channel_create(struct oio_channel **channel, const struct oio_channel_config *config, struct oio_error *error);
void oio_channel_destroy(struct oio_channel *channel);
/** Drops what is in flight. Counters, digest and random stream go on. */
void oio_channel_drop(struct oio_channel *channel);
/** Adds what it takes. */
void oio_channel_memory(const struct oio_channel *channel, struct oio_memory *memory);

/** When the wire is free for the next flit; in the past if it is idle. With error correction a slot begins a little later, perhaps. */
oio_time_ps oio_channel_free_ps(const struct oio_channel *channel);
/** From the start of a flit to its arrival, rounded down; with error correction at least that. */
oio_time_ps oio_channel_under_way_ps(const struct oio_channel *channel);
/** The flit time, rounded down. */
oio_time_ps oio_channel_flit_ps(const struct oio_channel *channel);

/** The place of the next flit, to be filled by the transmitter; then oio_channel_push. Never NULL for a host that pops what has arrived
 *  before it pushes: there is room for all that can be in flight and a few more. NULL: arrivals have been left waiting for too long. */
struct oio_wire *oio_channel_slot(struct oio_channel *channel);
/** The flit in the slot starts at start_ps. Draws its errors and its arrival. Preconditions: there is a slot, and start_ps is at or after
 *  oio_channel_free_ps. */
void oio_channel_push(struct oio_channel *channel, oio_time_ps start_ps);
/** Slot, copy, push. OIO_ERR_FULL, and nothing is sent: there is no slot, or the wire is not free at start_ps. */
enum oio_status oio_channel_send(struct oio_channel *channel, oio_time_ps start_ps, const struct oio_wire *wire);

/** When the oldest flit in flight arrives; OIO_NEVER when there is none. */
oio_time_ps oio_channel_arrival_ps(const struct oio_channel *channel);
/** When the last bit of the flit that was pushed last has left; before the wire is free where that came twice, or brought another. */
oio_time_ps oio_channel_left_ps(const struct oio_channel *channel);
/** When the flit that was pushed last arrives, or did: for the transmitting end. */
oio_time_ps oio_channel_last_arrival_ps(const struct oio_channel *channel);
/** The oldest flit in flight, for the receiver, or NULL when there is none. Valid until oio_channel_pop and the next push. */
const struct oio_wire *oio_channel_peek(const struct oio_channel *channel);
/** Takes the oldest flit off. Precondition: there is one. */
void oio_channel_pop(struct oio_channel *channel);

/** What went through, from create. */
struct oio_channel_state {
  uint64_t flits;
  uint64_t wrong_bits;  /**< flipped, covered by a CRC or not; with error correction those of the line, in blocks with flits */
  uint64_t wrong_flits; /**< handed over with at least one wrong bit, or condemned */
  /** With error correction, else 0: */
  uint64_t codewords;               /**< of blocks with flits */
  uint64_t corrected_symbols;       /**< changed by the decoder, rightly or not */
  uint64_t uncorrectable_codewords; /**< left as they came */
  uint64_t miscorrected_codewords;  /**< to others than were sent */
  uint64_t condemned_flits;         /**< with a bit in a block that has an uncorrectable codeword */
  /** Of what happens to a wire: */
  uint64_t events;        /**< that have taken effect */
  uint64_t dark_flits;    /**< started while it was down */
  uint64_t remaps;        /**< how often other lanes were taken */
  uint64_t missing_lanes; /**< fewer in use now than there are */
  uint64_t digest; /**< over start time and bytes of every flit put on it, in order (event fidelity: header and control bytes); 0 where none
                      is kept */
};
/** Is the wire down, by the events that have taken effect, for a flit that starts then? */
bool oio_channel_is_dark(const struct oio_channel *channel, oio_time_ps start_ps);
void oio_channel_get_state(const struct oio_channel *channel, struct oio_channel_state *state);
/** Has the flit that was pushed last been kept back, to come behind the next? */
bool oio_channel_keeps_back(const struct oio_channel *channel);
/** How many events of each kind have taken effect. */
void oio_channel_get_events(const struct oio_channel *channel, uint64_t counts[OIO_EVENT_KINDS]);

#ifdef __cplusplus
}
#endif
#endif

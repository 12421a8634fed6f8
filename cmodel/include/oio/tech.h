/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What links can be made of: the rungs of a ladder from pluggable modules to optics beside the chiplet, and copper and dies side by side
 * to compare with. Of each technology what is publicly known, low, typical and high, with what every single value rests on. Nothing here
 * was measured by us; DESIGN.md says how a value gets in.
 *
 * Rates are of one direction. Where a maker gives one error rate and networks in operation show another, both are there.
 */
#ifndef OIO_TECH_H
#define OIO_TECH_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_rung {
  OIO_RUNG_PLUGGABLE = 0, /**< a module at the edge of the board, retimed at both ends */
  OIO_RUNG_LRO,           /**< retimed at one end only */
  OIO_RUNG_LPO,           /**< linear: the host drives the optics */
  OIO_RUNG_MICROLED,      /**< many slow lanes */
  OIO_RUNG_NPO,           /**< optics near the package */
  OIO_RUNG_CPO,           /**< optics in the package */
  OIO_RUNG_OIO,           /**< optics beside the chiplet */
  OIO_RUNG_COPPER,        /**< a cable */
  OIO_RUNG_BOARD,         /**< a board or backplane */
  OIO_RUNG_UCIE,          /**< die to die in a package */
  OIO_RUNGS
};

/** What a value rests on. */
enum oio_basis {
  OIO_BASIS_NONE = 0, /**< there is no value */
  OIO_BASIS_ASSUMED,  /**< nobody says; an engineer's guess */
  OIO_BASIS_DERIVED,  /**< worked out from what a source says */
  OIO_BASIS_SOURCED,  /**< a source says so */
};

/** What is known of a technology. The unit is the end of the name, as in oio_tech_quantity_help. */
enum oio_tech_quantity {
  OIO_TECH_LANE_RATE_GBPS = 0, /**< on the line, with what coding adds */
  OIO_TECH_MODULATION,         /**< words */
  OIO_TECH_WAVELENGTHS,        /**< of a fibre, each direction */
  OIO_TECH_RATE_GBPS,          /**< of all lanes, one direction */
  OIO_TECH_REACH_M,
  OIO_TECH_HOST_REACH_MM,         /**< from the chip to the optics */
  OIO_TECH_PHY_NS,                /**< both ends, without FEC, flight and the serialisers of the host */
  OIO_TECH_FEC_NS,                /**< encoding, gathering a block and decoding */
  OIO_TECH_FLIGHT_NS_PER_M,       /**< of the medium */
  OIO_TECH_LINK_PJ_PER_BIT,       /**< both ends of the link, without the host */
  OIO_TECH_HOST_PJ_PER_BIT,       /**< serialisers of both hosts */
  OIO_TECH_LIMIT_ERROR_RATE,      /**< wrong bits before any correction: the most it is built for */
  OIO_TECH_OBSERVED_ERROR_RATE,   /**< the same as links in operation show it; of most nothing is known */
  OIO_TECH_FEC,                   /**< words */
  OIO_TECH_AFTER_FEC,             /**< words: what the limit leaves behind correction */
  OIO_TECH_SHORELINE_GBPS_PER_MM, /**< of an edge, one direction; 0: not bound by an edge */
  OIO_TECH_FAILURES_PER_1E9H,     /**< for good, of a module, port or engine, in 1e9 hours */
  OIO_TECH_FLAPS_PER_1E9H,        /**< down and up again */
  OIO_TECH_RELINK_MS,             /**< how long it then takes */
  OIO_TECH_THERMAL,               /**< words */
  OIO_TECH_ERRORS,                /**< words: how errors come */
  OIO_TECH_QUANTITIES
};

enum { OIO_TECH_SOURCES_MAX = 3 }; /**< of one value */

struct oio_tech_value {
  double low, typical, high; /**< low <= typical <= high */
  const char *words;         /**< of a quantity in words, which has no numbers; else NULL */
  enum oio_basis basis;
  const char *note;                            /**< how it comes from its sources, or NULL */
  unsigned char sources[OIO_TECH_SOURCES_MAX]; /**< for oio_tech_source; 0: none */
};

struct oio_tech {
  const char *name, *title;
  enum oio_rung rung;
  uint32_t lanes; /**< each direction */
  struct oio_tech_value value[OIO_TECH_QUANTITIES];
  const struct oio_optics *optics; /**< of its link budget (oio/budget.h); NULL: it has no light, or nothing is known of it */
};

/** Where a value was read. */
struct oio_tech_source {
  const char *key;       /**< what `oio tech show` calls it */
  const char *kind;      /**< standard, maker, field (a network in operation), press (second hand) or own */
  const char *publisher; /**< or author */
  const char *title;
  unsigned year;    /**< 0: not known */
  const char *host; /**< of its address, "" where none is known */
};

struct oio_tech_quantity_help {
  const char *name, *unit, *help;
  bool words;
};

/** The technologies there are, in the order of the ladder: index 0 and up; NULL behind the last. */
const struct oio_tech *oio_tech_at(unsigned index);
/** By name, or NULL. */
const struct oio_tech *oio_tech_find(const char *name);
/** The name that is most like this one; always one there is. */
const char *oio_tech_nearest(const char *name);
const char *oio_rung_name(enum oio_rung rung);
const char *oio_basis_name(enum oio_basis basis);
const struct oio_tech_quantity_help *oio_tech_quantity_help_of(enum oio_tech_quantity quantity);
/** Sources are numbered from 1; NULL: there is none of this number. */
const struct oio_tech_source *oio_tech_source_of(unsigned number);
/** How many of a technology's values rest on this. */
unsigned oio_tech_count(const struct oio_tech *tech, enum oio_basis basis);
/** The error rate that counts where none is asked for: the observed one, or where that is not known the limit. */
enum oio_tech_quantity oio_tech_error_rate(const struct oio_tech *tech);
/** Do rings modulate or receive its light, by what is known of its errors and heat? */
bool oio_tech_has_rings(const struct oio_tech *tech);
#define OIO_TECH_HOURS_A_YEAR 8760.0
/** Events of a link in a year, of a rate in 1e9 hours: OIO_TECH_FAILURES_PER_1E9H, of which a link has two ends, or
 * OIO_TECH_FLAPS_PER_1E9H, which are those of the link. */
double oio_tech_per_year(enum oio_tech_quantity quantity, double per_1e9h);
/** PHY, FEC and flight over so many metres, typical. It leaves out the time that bits take to leave. */
double oio_tech_latency_ns(const struct oio_tech *tech, double length_m);

#ifdef __cplusplus
}
#endif
#endif

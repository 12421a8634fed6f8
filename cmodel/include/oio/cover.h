/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Functional coverage of the protocol: which of its situations runs have been in, as one table of bins (docs/coverage.md). Link ends, wires
 * and the traffic count as they go (nothing is to be switched on), a host adds their counts up when a run is over, and files of counts
 * merge by sum.
 */
#ifndef OIO_COVER_H
#define OIO_COVER_H

#include "oio/net.h"
#include "oio/traffic.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Of the table: another is a file of another table. */
enum { OIO_COVER_VERSION = 1 };
/** Of link ends, with what they count and why they fail; of messages; of what happens to wires, by format and way of joining dies. */
enum { OIO_COVER_LINK = OIO_LINK_SITUATIONS + 11, OIO_COVER_LATENCY = 7, OIO_COVER_FAULTS = (1 + OIO_EVENT_KINDS) * 2 * 5 };
enum { OIO_COVER_BINS = OIO_COVER_LINK + OIO_COVER_LATENCY + OIO_COVER_FAULTS };

/** A bin: a situation that a run is in or not. */
struct oio_cover_bin {
  char name[40];      /**< GROUP.NAME, in files and reports */
  char what[120];     /**< a sentence */
  char clause[24];    /**< of SPEC.md */
  char command[520];  /**< that hits it; empty where none of `oio sim` can */
  const char *excuse; /**< why a run may not hit it; NULL: it is to be hit */
};

struct oio_cover {
  uint64_t hits[OIO_COVER_BINS]; /**< how often; saturates */
};

/** Precondition: there is such a bin. */
void oio_cover_get_bin(unsigned bin, struct oio_cover_bin *out);
/** Adds what a run has counted, from its create. Link ends that are not the net's own, as RTL, count as nothing. */
void oio_cover_collect(struct oio_cover *cover, const struct oio_config *config, const struct oio_net *net,
                       const struct oio_traffic *traffic);
/** Adds another's counts. */
void oio_cover_merge(struct oio_cover *cover, const struct oio_cover *other);
/** How many bins have been hit. */
unsigned oio_cover_hit(const struct oio_cover *cover);

/** A file of counts, which appears whole or not at all. OIO_ERR_IO, OIO_ERR_NOMEM. */
enum oio_status oio_cover_write(const struct oio_cover *cover, const char *path, struct oio_error *error);
/** OIO_ERR_IO: it cannot be read. OIO_ERR_FORMAT: it is no such file, of another version (error says which), cut off or damaged. *cover is
 * whole or left alone. */
enum oio_status oio_cover_read(struct oio_cover *cover, const char *path, struct oio_error *error);

#ifdef __cplusplus
}
#endif
#endif

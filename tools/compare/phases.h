/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `oio compare --phases FILE`: the same traffic on a cluster as it is now and as it becomes, phase by phase, each a net whose classes of
 * links have technologies.
 *
 *     net = leaf-spine:2,2,2          # above the first phase: of all
 *     [phase today]
 *     package.tech = cu_dac_112g
 *     [phase next]
 *     package.tech = cpo_bailly_51t2_100g
 */
#ifndef PHASES_H
#define PHASES_H

#include "comparison.h"

enum { PHASES_MAX = 32, PHASE_NAME_BYTES = 64 };

/* A class of a phase's net that has a technology and links. */
struct phase_part {
  unsigned link_class;
  struct oio_correction correction;
  const struct oio_tech *tech;
  uint32_t links;
};

struct phase {
  char name[PHASE_NAME_BYTES];
  struct oio_config config; /* not resolved */
  struct phase_part part[OIO_LINK_CLASSES_MAX];
  unsigned parts;
  struct ran ran[ERRORS_KINDS]; /* each class at its observed rate where there is one; all at their limits */
};

struct phases {
  const char *path, *trace, *workload;
  const char *db; /* database of results to which runs are added, or NULL */
  double offer_gbps;
  bool quiet;
  struct phase *phase;
  size_t count;
};

/* Reads the file; every phase begins as `common` with what stands above the first. OIO_ERR_CONFIG, OIO_ERR_IO: error says file, line,
 * remedy. */
enum oio_status phases_load(struct phases *phases, const struct oio_config *common, struct oio_error *error);
void phases_free(struct phases *phases);
/* Looks at the net of each, and runs them. As trials_run. */
enum oio_status phases_run(struct phases *phases, struct oio_error *error);
/* Adds them to the database of results, phase by phase. OIO_OK too when there is none. */
enum oio_status phases_add(const struct phases *phases, struct oio_error *error);
bool phases_good(const struct phases *phases);
/* Wrong bits on the line: observed where that is known and asked for, else the limit. */
double part_error_rate(const struct phase_part *part, enum errors errors);
const char *phase_class(const struct phase *phase, const struct phase_part *part);

void phases_table(FILE *out, const struct phases *phases);
void phases_json(FILE *out, const struct phases *phases);
void phases_csv(FILE *out, const struct phases *phases);
void phases_page(FILE *out, const struct phases *phases);

#endif

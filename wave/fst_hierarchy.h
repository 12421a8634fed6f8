/* SPDX-License-Identifier: Apache-2.0 */
/** The declarations of an FST file as bytes. */
#ifndef WAVE_FST_HIERARCHY_H
#define WAVE_FST_HIERARCHY_H

#include "decl.h"
#include "out.h"

/** How the format numbers what it holds. */
enum { FST_HEADER = 0, FST_GEOMETRY = 3, FST_HIERARCHY = 4, FST_CHANGES = 8, FST_WRAPPER = 254 };
enum { FST_EVENT = 0, FST_REAL = 3, FST_WIRE = 16, FST_PORT = 18, FST_STRING = 21, FST_TYPES = 30, FST_SCOPES = 22 };

struct fst_hierarchy {
  struct wave_out scopes;   /**< the hierarchy section, not packed */
  struct wave_out geometry; /**< the geometry section, not packed */
  uint32_t *order;          /**< handles in the order in which the file numbers them */
  uint32_t n_handles, n_scopes, n_vars;
};

/** False: no memory. */
bool fst_hierarchy_make(struct fst_hierarchy *hierarchy, const struct wave_decl *decl);
void fst_hierarchy_free(struct fst_hierarchy *hierarchy);

/** A varint at the end of out. */
void fst_varint(struct wave_out *out, uint64_t value);

#endif

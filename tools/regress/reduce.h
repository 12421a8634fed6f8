/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From a run that is bad to one that is shorter and has fewer settings, and is bad by the same rule. It says which run is to be tried next,
 * and is told what came of it: several go on side by side.
 */
#ifndef REGRESS_REDUCE_H
#define REGRESS_REDUCE_H

#include "plan.h"

struct reduction {
  const struct plan *plan;
  struct plan_run best; /**< the shortest so far that is bad by the rule */
  uint64_t good, bad;   /**< messages: so many are too few, so many enough */
  unsigned at;          /**< settings before this one stay */
  unsigned tries;       /**< so far */
  bool dropped;         /**< a setting, since the first was looked at */
  bool drops;           /**< it is at settings, not at messages */
};

void reduction_start(struct reduction *reduction, const struct plan *plan, const struct plan_run *bad);
/** The run to be tried; false: best is what there is. The same one until reduction_tell. */
bool reduction_next(const struct reduction *reduction, struct plan_run *run);
/** same: it is bad by the same rule. */
void reduction_tell(struct reduction *reduction, bool same);

#endif

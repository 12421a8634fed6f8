/* SPDX-License-Identifier: Apache-2.0 */
#include "reduce.h"

#include <string.h>

/* Settings that can go, each once, until none of them can; then as few messages as will do, to a sixteenth. */
enum { TRIES_MAX = 200, NEAR_ENOUGH = 16 };

static void skip_wanted(struct reduction *reduction) {
  const struct plan_run *best = &reduction->best;
  while (reduction->at < best->count && best->setting[reduction->at].wanted) reduction->at++;
  if (reduction->at < best->count) return;
  if (reduction->dropped) { /* what is gone may have been what another one was there for */
    reduction->dropped = false;
    reduction->at = 0;
    skip_wanted(reduction);
    return;
  }
  reduction->drops = false;
}

void reduction_start(struct reduction *reduction, const struct plan *plan, const struct plan_run *bad) {
  *reduction = (struct reduction){.plan = plan, .best = *bad, .bad = plan_messages(plan, bad), .drops = true};
  skip_wanted(reduction);
}

bool reduction_next(const struct reduction *reduction, struct plan_run *run) {
  if (reduction->tries >= TRIES_MAX) return false;
  *run = reduction->best;
  if (reduction->drops) {
    run->count--;
    memmove(&run->setting[reduction->at], &run->setting[reduction->at + 1], (run->count - reduction->at) * sizeof run->setting[0]);
    return true;
  }
  if (reduction->bad - reduction->good <= 1 + reduction->bad / NEAR_ENOUGH) return false;
  plan_set_messages(reduction->plan, run, reduction->good + (reduction->bad - reduction->good) / 2);
  return true;
}

void reduction_tell(struct reduction *reduction, bool same) {
  struct plan_run tried;
  const bool any = reduction_next(reduction, &tried);
  if (!any) return;
  reduction->tries++;
  if (same) reduction->best = tried;
  if (!reduction->drops) {
    *(same ? &reduction->bad : &reduction->good) = plan_messages(reduction->plan, &tried);
    return;
  }
  if (same)
    reduction->dropped = true;
  else
    reduction->at++;
  skip_wanted(reduction);
}

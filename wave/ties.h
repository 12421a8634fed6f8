/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ties: several variables of one file that nothing but their values tells apart, since they have the same name and declaration. They are
 * joined in the order of declaration at first; where that differs, any order that does not is the right one.
 */
#ifndef WAVE_TIES_H
#define WAVE_TIES_H

#include "engine.h"

/** Whether a pair of a tie was found to differ. */
bool wave_ties_differ(const struct engine *engine);
/** Compares all of each tie with all, and joins those that are equal. start: an engine that has not begun. changed: some are joined
 * otherwise now, so that all has to be compared again. */
enum wave_status wave_ties_settle(const struct engine *start, struct wave_match *match, bool *changed, struct wave_error *error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/** Keys that a user sets in vain. */
#ifndef EFFECT_H
#define EFFECT_H

#include "options.h"

/**
 * Refuses keys that the command line sets (--set, or an option that stands for a key) and that can change nothing in this run. Those of a
 * --config file are let pass: the configuration that a run echoes has every key, and is to be read back. Returns -1 to go on, or
 * EXIT_UNUSABLE after a one-line error on stderr.
 */
int effect_check(const struct options *options, int argc, char **argv);
/** What a key needs to change anything, that this run has not; NULL: nothing, it can. */
const char *effect_needs(const struct options *options, const char *key);
/** Whether the key can change anything in this run. */
bool effect_has(const struct options *options, const char *key);

#endif

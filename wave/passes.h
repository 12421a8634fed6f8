/* SPDX-License-Identifier: Apache-2.0 */
/** All the passes that the pairs of a match need: an engine for them, and what each pair did. */
#ifndef WAVE_PASSES_H
#define WAVE_PASSES_H

#include "engine.h"

/** Sources, match, plan and pool are given. Free it whatever this returns. */
enum wave_status wave_passes_make(struct engine *engine, struct wave_error *error);
/** Fills engine->states. */
enum wave_status wave_passes(struct engine *engine, struct wave_error *error);
void wave_passes_free(struct engine *engine);

#endif

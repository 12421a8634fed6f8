/* SPDX-License-Identifier: Apache-2.0 */
/** The save file for gtkwave beside a merged FST. */
#ifndef WAVE_GTKW_H
#define WAVE_GTKW_H

#include "report.h"

/** decl: of the merged file, whose variables it lists in order. */
enum wave_status wave_gtkw(const char *fst_path, const struct wave_decl *decl, const struct wave_report *report, struct wave_error *error);

/** The first divergence that a viewer can show; NULL: none. */
const struct wave_divergence *wave_first_shown(const struct wave_report *report);

#endif

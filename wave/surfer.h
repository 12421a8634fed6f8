/* SPDX-License-Identifier: Apache-2.0 */
/** The command file for the viewer Surfer beside a merged FST. */
#ifndef WAVE_SURFER_H
#define WAVE_SURFER_H

#include "report.h"

/** decl: of the merged file, whose variables it lists in order. WAVE_END: there is nothing to show, no file was written. */
enum wave_status wave_surfer(const char *fst_path, const struct wave_decl *decl, const struct wave_report *report,
                             struct wave_error *error);

#endif

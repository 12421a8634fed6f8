/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The comparison of two waveforms under rules: what the commands call. Runs on several threads; the answer does not depend on how many.
 */
#ifndef WAVE_COMPARE_H
#define WAVE_COMPARE_H

#include "report.h"
#include "rules.h"
#include "source.h"

struct wave_options {
  const struct wave_rules *rules; /**< NULL: none */
  unsigned threads;               /**< 0: as many as the machine has, at most 8 */
  uint32_t detailed;              /**< gather traces for so many of the first divergences */
  struct wave_span around;        /**< so much before and after the first difference; 0: chosen from the changes around it */
  void (*progress)(void *context, double fraction); /**< NULL: none */
  void *context;
  int today;          /**< as 20261231: waivers that end before do not count; 0: all count */
  bool (*stop)(void); /**< asked now and then: true gives up; NULL: never */
};

/** Compares; WAVE_OK with a report (also for WAVE_DIFFERENT, WAVE_NOTHING and a partial file), WAVE_ERROR when an input or a rule is
 * unusable. */
enum wave_status wave_compare(struct wave_report **report, const char *golden, const char *fresh, const struct wave_options *options,
                              struct wave_error *error);

#endif

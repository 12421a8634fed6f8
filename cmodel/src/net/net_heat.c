/* SPDX-License-Identifier: Apache-2.0 */
/* A ramp of temperature as steps by which the rings of a wire move (SPEC.md section 15). */
#include "base/normal.h"
#include "net/net_state.h"
#include "oio/faults.h"

enum { DECAY_STEPS = 64, STEPS_A_LOCK = 8 };

static uint32_t ramp_steps(const struct oio_fault *fault) {
  return fault->event.for_ps > 0 ? OIO_FAULT_LOSS_STEPS : 1;
}

uint32_t oio_net_heat_steps(const struct oio_link_class *of, const struct oio_fault *fault) {
  return ramp_steps(fault) + (of->ring_lock_ps > 0 ? DECAY_STEPS : 0);
}

/* Kelvin that the lock has not followed, so long after the ramp began and before it ends. */
static double on_ramp(const struct oio_link_class *of, const struct oio_fault *fault, double after_ps) {
  const double ramp_ps = (double)fault->event.for_ps, lock_ps = (double)of->ring_lock_ps;
  if (ramp_ps == 0) return fault->event.value;
  const double rate = fault->event.value / ramp_ps;
  return lock_ps == 0 ? rate * after_ps : rate * lock_ps * (1 - oio_exp(-after_ps / lock_ps));
}

/* The same behind a step; step -1: before the first. */
static double left_of(const struct oio_link_class *of, const struct oio_fault *fault, int step) {
  const int ramp = (int)ramp_steps(fault), fallen = step - ramp + 1;
  if (step < 0 || fallen == DECAY_STEPS) return 0;
  const double end_ps = (double)fault->event.for_ps;
  if (fallen <= 0) return on_ramp(of, fault, end_ps / ramp * (step + 1));
  return on_ramp(of, fault, end_ps) * oio_exp(-(double)fallen / STEPS_A_LOCK);
}

void oio_net_heat_step(const struct oio_link_class *of, const struct oio_fault *fault, uint32_t step, struct oio_channel_event *event) {
  const uint32_t ramp = ramp_steps(fault);
  const double kelvin = left_of(of, fault, (int)step) - left_of(of, fault, (int)step - 1);
  *event = fault->event;
  event->for_ps = 0;
  event->value = 2 * kelvin * of->ring_pm_per_k / of->ring_width_pm;
  event->at_ps +=
      step < ramp ? fault->event.for_ps / ramp * step : fault->event.for_ps + of->ring_lock_ps / STEPS_A_LOCK * (step - ramp + 1);
}

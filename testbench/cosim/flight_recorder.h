// SPDX-License-Identifier: Apache-2.0
// Waves of the time before something was found, of a run that has none: now and then a copy of the process is made, which waits. What was
// found wakes the newest that is old enough; it goes on from where it was made, with waves, while the run waits.
#ifndef OIO_FLIGHT_RECORDER_H
#define OIO_FLIGHT_RECORDER_H

#include "oio/base.h"

#include <sys/types.h>
#include <vector>

namespace oio {

class FlightRecorder {
public:
  // before_ps 0: it does nothing, in no time. What is found is told at most `late` cycles after its time.
  FlightRecorder(oio_time_ps before_ps, oio_time_ps clock_ps, unsigned late);
  ~FlightRecorder();
  FlightRecorder(const FlightRecorder &) = delete;
  FlightRecorder &operator=(const FlightRecorder &) = delete;

  // Behind each cycle; moved: flits so far. True: this is a copy that has been woken, and is to draw.
  bool keep(oio_time_ps now_ps, uint64_t moved) {
    return before_ps_ != 0 && !drawing_ && !asked_ && ++cycles_ >= period_ && copy(now_ps, moved);
  }
  // What was found at found_ps, or up to late_ps before, is drawn, from so long before that to a little behind. Once; nothing where there
  // is nothing to do.
  void wake(oio_time_ps found_ps, oio_time_ps late_ps);

  bool on() const { return before_ps_ != 0; }
  // Of a copy: it draws, between which times, and what for.
  bool drawing() const { return drawing_; }
  oio_time_ps from_ps() const { return window_.from_ps; }
  oio_time_ps to_ps() const { return window_.to_ps; }
  // Of the run: something was to be drawn, and it was, and when it was found.
  bool asked() const { return asked_; }
  oio_time_ps found_ps() const { return window_.found_ps; }
  bool drawn() const { return drawn_; }

private:
  struct Copy {
    pid_t process;
    int pipe;
    oio_time_ps at_ps;
  };
  struct Window {
    oio_time_ps from_ps, to_ps, found_ps;
  };
  // Where in a file is read next, which processes made of one another share.
  struct Place {
    int file;
    off_t offset;
  };
  static constexpr unsigned kCopies =
      3; // the newest may be behind the last flit, the next too near before it; the oldest is older than a window
  bool copy(oio_time_ps now_ps, uint64_t moved);
  bool wait_to_be_woken(int pipe, const std::vector<Place> &places);
  static void let_go(const Copy &copy);
  static std::vector<Place> places_read();

  oio_time_ps before_ps_, behind_ps_;
  uint64_t period_, cycles_, moved_ = 0;
  unsigned copies_ = 0;
  Copy copy_[kCopies] = {}; // the older first
  Window window_ = {OIO_NEVER, OIO_NEVER, OIO_NEVER};
  bool drawing_ = false, asked_ = false, drawn_ = false;
};

} // namespace oio

#endif

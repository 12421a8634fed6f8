// SPDX-License-Identifier: Apache-2.0
#include "flight_recorder.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oio {

namespace {

constexpr uint64_t kCyclesPerCopy = 1 << 17; // a copy costs about a millisecond
constexpr oio_time_ps kBehind = 100;         // cycles behind what was found

} // namespace

FlightRecorder::FlightRecorder(oio_time_ps before_ps, oio_time_ps clock_ps, unsigned late)
    : before_ps_(before_ps), behind_ps_(kBehind * clock_ps), period_(std::max<uint64_t>(kCyclesPerCopy, before_ps / clock_ps + 1 + late)),
      cycles_(period_ - 1) {}

FlightRecorder::~FlightRecorder() {
  for (unsigned i = 0; i < copies_; i++) let_go(copy_[i]);
}

// Its pipe ends, and it with it.
void FlightRecorder::let_go(const Copy &copy) {
  close(copy.pipe);
  while (waitpid(copy.process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// Of the files that are only read. One that has no places, a pipe, cannot be read twice.
std::vector<FlightRecorder::Place> FlightRecorder::places_read() {
  std::vector<Place> places;
  DIR *files = opendir("/proc/self/fd");
  if (files == nullptr) return places;
  while (const dirent *entry = readdir(files)) {
    const int file = atoi(entry->d_name);
    struct stat info;
    if (entry->d_name[0] == '.' || fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) continue;
    if ((fcntl(file, F_GETFL) & O_ACCMODE) == O_RDONLY) places.push_back({file, lseek(file, 0, SEEK_CUR)});
  }
  closedir(files);
  return places;
}

bool FlightRecorder::wait_to_be_woken(int pipe, const std::vector<Place> &places) {
  ssize_t got;
  do got = read(pipe, &window_, sizeof window_);
  while (got < 0 && errno == EINTR);
  if (got != sizeof window_) _exit(EXIT_FAILURE);
  close(pipe);
  for (const Place &place : places) {
    const int own = open(("/proc/self/fd/" + std::to_string(place.file)).c_str(), O_RDONLY);
    if (own < 0 || lseek(own, place.offset, SEEK_SET) < 0 || dup2(own, place.file) < 0) _exit(EXIT_FAILURE);
    close(own);
  }
  // The run speaks; what the copy would say has been said, or will be.
  const int nowhere = open("/dev/null", O_WRONLY);
  if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0 || dup2(nowhere, STDERR_FILENO) < 0) _exit(EXIT_FAILURE);
  drawing_ = true;
  return true;
}

// As long as no flit moves the copies there are serve: of a deadlock the time is drawn in which it came about.
bool FlightRecorder::copy(oio_time_ps now_ps, uint64_t moved) {
  if (copies_ > 0 && moved == moved_) return false;
  const std::vector<Place> places = places_read();
  int ends[2];
  cycles_ = 0;
  moved_ = moved;
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  fflush(nullptr);
  const pid_t parent = getpid(), process = fork();
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (const int ends : {SIGINT, SIGTERM, SIGHUP}) signal(ends, SIG_IGN); // a terminal tells all; this one ends with its run
    if (getppid() != parent) _exit(EXIT_FAILURE);
    close(ends[1]);
    for (unsigned i = 0; i < copies_; i++) close(copy_[i].pipe);
    copies_ = 0;
    return wait_to_be_woken(ends[0], places);
  }
  close(ends[0]);
  if (process < 0) {
    close(ends[1]);
    return false;
  }
  if (copies_ == kCopies) {
    let_go(copy_[0]);
    std::copy(copy_ + 1, copy_ + kCopies, copy_);
    copies_--;
  }
  copy_[copies_++] = {process, ends[1], now_ps};
  return false;
}

void FlightRecorder::wake(oio_time_ps found_ps, oio_time_ps late_ps) {
  if (!on() || drawing_ || asked_) return;
  asked_ = true;
  const oio_time_ps back_ps = before_ps_ + late_ps;
  const Window window = {found_ps > back_ps ? found_ps - back_ps : 0, found_ps + behind_ps_, found_ps};
  unsigned chosen = copies_;
  while (chosen > 1 && copy_[chosen - 1].at_ps > window.from_ps) chosen--;
  for (unsigned i = 0; i < copies_; i++) {
    if (i + 1 != chosen) {
      let_go(copy_[i]);
      continue;
    }
    int status = EXIT_FAILURE;
    const bool woken = write(copy_[i].pipe, &window, sizeof window) == sizeof window;
    close(copy_[i].pipe);
    while (waitpid(copy_[i].process, &status, 0) < 0 && errno == EINTR) {
    }
    drawn_ = woken && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
    if (!drawn_) continue;
    window_ = window;
    window_.from_ps = std::max(window.from_ps, copy_[i].at_ps);
  }
  copies_ = 0;
}

} // namespace oio

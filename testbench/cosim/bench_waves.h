// SPDX-License-Identifier: Apache-2.0
// Waves of the bench: opened when their window begins, and what there is to say of them behind the run.
#ifndef OIO_BENCH_WAVES_H
#define OIO_BENCH_WAVES_H

#include "Voio_bench.h"
#include "options.h"

#include <verilated.h>
#if VM_TRACE_FST
#include <verilated_fst_c.h>
using Trace = VerilatedFstC;
#elif VM_TRACE_VCD
#include <verilated_vcd_c.h>
using Trace = VerilatedVcdC;
#endif

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace oio {

// A symbolic link stays one: the writers of waves would put a file in its place.
inline std::string behind_links(const char *path) {
  char *target = path == nullptr ? nullptr : realpath(path, nullptr);
  const std::string found = target != nullptr ? target : path != nullptr ? path : "";
  free(target);
  return found;
}

inline const char *waves_path; // for vl_fatal, which has no other way to know
inline bool waves_broken;      // from vl_fatal, or before they have begun

// The writer of FST maps temporary files, of all values at one time: where these cannot have that size it would die of SIGBUS.
inline bool has_room_to_map() {
#if VM_TRACE_FST
  FILE *file = tmpfile();
  const bool room = file != nullptr && posix_fallocate(fileno(file), 0, 1 << 20) == 0;
  if (file != nullptr) fclose(file);
  return room;
#else
  return true;
#endif
}

// Waves over a window of time, opened when it begins.
class Waves {
public:
  explicit Waves(const options &o)
      : path_(behind_links(o.waves)), from_ps_(o.wave_before_ps > 0 ? OIO_NEVER : o.wave_from_ps), to_ps_(o.wave_to_ps) {
#if VM_TRACE
    // No model is there yet to say what a tick is: without this the file says seconds.
    trace_.set_time_unit("1ps");
    trace_.set_time_resolution("1ps");
#endif
  }
  void set_window(oio_time_ps from_ps, oio_time_ps to_ps) {
    from_ps_ = from_ps;
    to_ps_ = to_ps;
  }
#if VM_TRACE
  ~Waves() {
    close();
  }
  void add(Voio_bench *top) {
    if (!path_.empty()) top->trace(&trace_, 99);
  }
  void dump(oio_time_ps now_ps) {
    if (path_.empty() || now_ps < from_ps_) return;
    if (now_ps > to_ps_) {
      close();
      return;
    }
    if (!open_) {
      open_ = true;
      waves_broken = !has_room_to_map();
      if (!waves_broken) trace_.open(path_.c_str());
    }
    if (trace_.isOpen()) trace_.dump(now_ps);
  }
  bool begun() const {
    return open_;
  }
  void close() {
    if (open_ && trace_.isOpen()) trace_.close();
  }

private:
  Trace trace_;
  bool open_ = false;
#else
  void add(Voio_bench *) {}
  void dump(oio_time_ps) {}
  bool begun() const {
    return false;
  }
  void close() {}

private:
#endif
  std::string path_;
  oio_time_ps from_ps_, to_ps_;
};

// The writers of waves do not say when the disk is full: what cannot be written behind the end could not be written before it either.
inline bool has_room_behind(const char *path) {
  struct stat info;
  FILE *file = fopen(path, "ab");
  if (file == nullptr || fstat(fileno(file), &info) != 0) return false;
  const std::vector<char> probe(65536);
  bool room = info.st_size > 0 && fwrite(probe.data(), 1, probe.size(), file) == probe.size();
  room = fflush(file) == 0 && room;
  room = ftruncate(fileno(file), info.st_size) == 0 && room;
  return fclose(file) == 0 && room;
}

// What an earlier run left there is not this run's, should this one end before its window.
inline void remove_old_waves(const char *path) {
  struct stat info;
  if (path == nullptr || stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return;
  const std::string target = behind_links(path);
  if (remove(target.c_str()) != 0 && truncate(target.c_str(), 0) != 0) fprintf(stderr, "%s: what is there cannot be removed\n", path);
}

// What a process that was killed has left of them, with what the writer of FST keeps beside them.
inline void remove_half_waves(const char *path) {
  remove_old_waves(path);
  remove((behind_links(path) + ".hier").c_str());
}

// Why the waves that were asked for are not there, or nullptr. They have been closed.
inline const char *waves_fault(const options *options, bool begun) {
  if (options->waves == nullptr) return nullptr;
  if (!begun) return "not written: the run ended before the window of --wave-window began";
  if (!waves_broken && has_room_behind(options->waves)) return nullptr;
  struct stat info;
  if (stat(options->waves, &info) == 0 && S_ISREG(info.st_mode)) remove(behind_links(options->waves).c_str());
  return "cannot be written whole; free space there or choose another place";
}

} // namespace oio

#endif

// SPDX-License-Identifier: Apache-2.0
// The wire log of the RTL's ports (docs/checkers.md), written as its monitors see the flits.
#ifndef OIO_WIRE_TAP_H
#define OIO_WIRE_TAP_H

#include "oio/monitor.h"
#include "whole.h"

#include <memory>
#include <string>
#include <vector>

namespace oio {

class WireTap {
public:
  // path nullptr: nothing is written.
  explicit WireTap(const char *path) : path_(path) {}
  ~WireTap();
  WireTap(const WireTap &) = delete;
  WireTap &operator=(const WireTap &) = delete;

  // Before the run: the ports, and then begin(). False: why() says it.
  void add(oio_monitor *monitor, const char *name, const char *behind);
  bool begin();
  // A port was reset at now_ps.
  void reset(oio_time_ps now_ps);
  // This process writes no more of it, and another one does.
  void leave();
  // The file gets its name. False: why() says it.
  bool end();
  std::string why() const;

private:
  struct Port {
    WireTap *tap;
    oio_monitor *monitor;
    std::string name, behind;
  };
  static void put(void *port, oio_time_ps time_ps, bool out, const uint8_t *flit);
  void put_head(const Port &port);

  const char *path_;
  oio_whole whole_ = {};
  std::vector<std::unique_ptr<Port>> ports_;
  bool open_ = false;
  int cause_ = 0;
};

} // namespace oio

#endif

// SPDX-License-Identifier: Apache-2.0
#include "wire_tap.h"

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstring>

namespace oio {

namespace {

// A name of a port there is one word.
std::string word(const char *name) {
  std::string text = name;
  std::replace(text.begin(), text.end(), ' ', '-');
  return text;
}

} // namespace

WireTap::~WireTap() {
  if (open_) oio_whole_abandon(&whole_);
}

void WireTap::add(oio_monitor *monitor, const char *name, const char *behind) {
  if (path_ == nullptr) return;
  ports_.push_back(std::unique_ptr<Port>(new Port{this, monitor, word(name), word(behind)}));
  oio_monitor_tap(monitor, put, ports_.back().get());
}

void WireTap::put_head(const Port &port) {
  const oio_monitor_config *c = oio_monitor_get_config(port.monitor);
  fprintf(whole_.file,
          "port %s profile=extended format=%u sequence_bits=%u window_flits=%" PRIu32 " buffer_flits=%" PRIu32 " peer_buffer_flits=%" PRIu32
          " inside_flits=%" PRIu32 " timeout_ps=%" PRIu64 " nak_repeat_ps=%" PRIu64 " ack_delay_ps=%" PRIu64 " response_ps=%" PRIu64
          " behind=%s\n",
          port.name.c_str(), c->format, c->sequence_bits, c->window_flits, c->buffer_flits, c->peer_buffer_flits, c->inside_flits,
          c->timeout_ps, c->nak_repeat_ps, c->ack_delay_ps, c->response_ps, port.behind.c_str());
}

bool WireTap::begin() {
  if (path_ == nullptr) return true;
  open_ = oio_whole_begin(&whole_, path_);
  if (!open_) {
    cause_ = errno;
    return false;
  }
  fputs("oio-wire 1\n", whole_.file);
  for (const auto &port : ports_) put_head(*port);
  fputs("---\n", whole_.file);
  return true;
}

void WireTap::put(void *context, oio_time_ps time_ps, bool out, const uint8_t *flit) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const Port *port = static_cast<const Port *>(context);
  if (!port->tap->open_) return;
  char hex[2 * OIO_FLIT_BYTES + 1];
  for (unsigned i = 0; i < OIO_FLIT_BYTES; i++) {
    hex[2 * i] = kDigits[flit[i] >> 4];
    hex[2 * i + 1] = kDigits[flit[i] & 15];
  }
  hex[2 * OIO_FLIT_BYTES] = '\n';
  fprintf(port->tap->whole_.file, "%" PRIu64 " %s %s ", time_ps, port->name.c_str(), out ? "out" : "in");
  fwrite(hex, 1, sizeof hex, port->tap->whole_.file);
}

void WireTap::reset(oio_time_ps now_ps) {
  for (const auto &port : ports_) {
    if (open_) fprintf(whole_.file, "%" PRIu64 " %s reset\n", now_ps, port->name.c_str());
  }
}

void WireTap::leave() {
  open_ = false;
}

bool WireTap::end() {
  if (!open_) return true;
  open_ = false;
  errno = 0;
  if (oio_whole_end(&whole_)) return true;
  cause_ = errno;
  return false;
}

std::string WireTap::why() const {
  return std::string(path_) + ": cannot be written: " + strerror(cause_) + "; " + oio_whole_remedy(cause_);
}

} // namespace oio

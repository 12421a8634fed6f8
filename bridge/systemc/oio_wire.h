// SPDX-License-Identifier: Apache-2.0
/**
 * A flit as the value of a SystemC signal. Two equal flits in a row are two events: each carries its number.
 */
#ifndef OIO_SYSTEMC_WIRE_H
#define OIO_SYSTEMC_WIRE_H

#include "oio/flit.h"

#include <systemc>

#include <cstring>
#include <ostream>
#include <string>

namespace oio {

struct wire {
  std::uint64_t number = 0; ///< how many flits this pin has carried, this one included; 0: none yet
  oio_wire flit = {};
};

inline bool operator==(const wire &a, const wire &b) {
  return a.number == b.number && std::memcmp(a.flit.bytes, b.flit.bytes, sizeof a.flit.bytes) == 0;
}

inline bool operator!=(const wire &a, const wire &b) {
  return !(a == b);
}

/** "flit 17, 2 wrong bits" */
inline std::ostream &operator<<(std::ostream &out, const wire &w) {
  if (w.number == 0) return out << "no flit";
  return out << "flit " << w.number << ", " << w.flit.wrong_bits << " wrong bits";
}

/** A summary: the number, and how many bits the channel flipped. A trace of whole flits is what costs. */
inline void sc_trace(sc_core::sc_trace_file *file, const wire &w, const std::string &name) {
  sc_core::sc_trace(file, w.number, name + ".number");
  sc_core::sc_trace(file, w.flit.wrong_bits, name + ".wrong_bits");
}

} // namespace oio

#endif

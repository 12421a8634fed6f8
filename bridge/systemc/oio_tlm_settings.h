// SPDX-License-Identifier: Apache-2.0
/**
 * What a tlm_link is made with: the keys of oio, and a few of its own.
 */
#ifndef OIO_SYSTEMC_TLM_SETTINGS_H
#define OIO_SYSTEMC_TLM_SETTINGS_H

#include "oio/config.h"
#include "oio_pace.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>

namespace oio {

/**
 * Keys and values of oio (`oio sim --help`), and of tlm_link:
 *
 *     tlm.timing          model | loose         what b_transport does (docs/systemc.md)               [model]
 *     tlm.targets         blocking | phases     targets are called by b_transport, or nb_transport    [blocking]
 *     tlm.message_bytes   64..1048576           a transaction of more is cut into messages            [4096]
 *     tlm.outstanding     1..4096               transactions on their way, of each side and channel   [64]
 *
 * Keys of what a tlm_link has not (traffic of its own, resets, results, RTL) are refused.
 */
class tlm_settings {
public:
  tlm_settings() {
    oio_config_defaults(&config_);
    set("vc.count=8");
  }
  tlm_settings(std::initializer_list<const char *> assignments) : tlm_settings() {
    for (const char *assignment : assignments) set(assignment);
  }

  /** "KEY=VALUE". What cannot be is an error of type CANNOT_BE_MADE. */
  tlm_settings &set(const std::string &assignment) {
    oio_error error = {};
    if (assignment.compare(0, 4, "tlm.") == 0) {
      set_own(assignment);
      return *this;
    }
    for (const char *section : {"workload.", "trace.", "results.", "reset.", "rtl."}) {
      if (assignment.compare(0, std::strlen(section), section) == 0)
        refuse_to_make((assignment + ": a tlm_link has no keys that begin with " + section + "; leave it out").c_str());
    }
    if (oio_config_set(&config_, "tlm_settings", assignment.c_str(), &error) != OIO_OK) {
      refuse_to_make(error.text);
    }
    return *this;
  }

  /** All that follows from what was set. */
  oio_config resolved() const {
    oio_config config = config_;
    oio_error error = {};
    if (oio_config_resolve(&config, &error) != OIO_OK) refuse_to_make(error.text);
    return config;
  }
  bool loose() const { return loose_; }
  bool phases() const { return phases_; }
  bool faults() const { return config_.faults[0] != '\0'; }
  std::uint64_t message_bytes() const { return message_bytes_; }
  std::uint64_t outstanding() const { return outstanding_; }

private:
  void set_own(const std::string &assignment) {
    const std::string::size_type at = assignment.find('=');
    const std::string key = assignment.substr(0, at), value = at == std::string::npos ? "" : assignment.substr(at + 1);
    if (key == "tlm.timing") {
      loose_ = second(key, value, "model", "loose");
    } else if (key == "tlm.targets") {
      phases_ = second(key, value, "blocking", "phases");
    } else if (key == "tlm.message_bytes") {
      message_bytes_ = whole(key, value, 64, 1048576);
    } else if (key == "tlm.outstanding") {
      outstanding_ = whole(key, value, 1, 4096);
    } else {
      refuse_to_make(("there is no key " + key + "; there are tlm.timing, tlm.targets, tlm.message_bytes and tlm.outstanding").c_str());
    }
  }

  static bool second(const std::string &key, const std::string &value, const char *one, const char *other) {
    if (value != one && value != other) refuse_to_make((key + "='" + value + "': it is " + one + " or " + other).c_str());
    return value == other;
  }
  static std::uint64_t whole(const std::string &key, const std::string &value, std::uint64_t least, std::uint64_t most) {
    char *end = nullptr;
    const std::uint64_t number = std::strtoull(value.c_str(), &end, 10);
    if (value.empty() || value[0] < '0' || value[0] > '9' || *end != '\0' || number < least || number > most)
      refuse_to_make(
          (key + "='" + value + "': it is a whole number from " + std::to_string(least) + " to " + std::to_string(most)).c_str());
    return number;
  }

  oio_config config_;
  bool loose_ = false, phases_ = false;
  std::uint64_t message_bytes_ = 4096, outstanding_ = 64;
};

} // namespace oio

#endif

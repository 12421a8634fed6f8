// SPDX-License-Identifier: Apache-2.0
/**
 * The times of a link without its flits, for initiators that run ahead of simulated time: what a parcel takes, as the model itself has told
 * before the run, and when the link is taken up by others. No SystemC here: time is passed in.
 */
#ifndef OIO_SYSTEMC_LOOSE_H
#define OIO_SYSTEMC_LOOSE_H

#include "oio_carrier.h"

#include <iterator>

namespace oio {

/** What a parcel of some bytes takes on an idle link, and how long the link is taken up by it: of a table that the model itself has made.
 */
class calibration {
public:
  /** Sends parcels of rising sizes through a carrier of its own. */
  calibration(const oio_config &config, std::uint64_t message_bytes) {
    for (std::size_t nbytes = 32; nbytes <= LARGEST; nbytes += nbytes < 512 ? 32 : nbytes / 2) {
      row_.push_back({nbytes, latency_of(config, message_bytes, nbytes), occupancy_of(config, message_bytes, nbytes)});
    }
  }

  double latency_ps(std::size_t nbytes) const { return between(nbytes, &row::latency_ps); }
  double occupancy_ps(std::size_t nbytes) const { return between(nbytes, &row::occupancy_ps); }

private:
  static constexpr std::size_t LARGEST = 40000, TOGETHER_BYTES = 160000;
  static constexpr unsigned ALONE = 8;
  struct row {
    std::size_t nbytes;
    double latency_ps, occupancy_ps;
  };

  /** Linear between rows, and behind the last as between the last two. */
  double between(std::size_t nbytes, double row::*value) const {
    std::size_t at = nbytes < 512 ? (nbytes < 32 ? 0 : nbytes / 32 - 1) : 15;
    while (at + 2 < row_.size() && row_[at + 1].nbytes < nbytes) at++;
    const row &low = row_[at], &high = row_[at + 1];
    const double part = (static_cast<double>(nbytes) - static_cast<double>(low.nbytes)) / static_cast<double>(high.nbytes - low.nbytes);
    return low.*value + part * (high.*value - low.*value);
  }

  /** Runs until `parcels` have arrived at die 1, and returns when the first and the last of the second half did. */
  static std::pair<oio_time_ps, oio_time_ps> run(carrier &c, oio_time_ps &now_ps, std::size_t parcels) {
    std::size_t came = 0;
    oio_time_ps half_ps = now_ps;
    const auto delivered = [&](unsigned, unsigned, parcel &&) {
      if (++came == (parcels + 1) / 2) half_ps = now_ps;
    };
    c.step(now_ps, delivered);
    while (came < parcels) {
      if ((now_ps = c.next_ps(now_ps)) == OIO_NEVER || !c.failure().empty())
        throw std::invalid_argument("the link carries nothing while it is calibrated: " + c.failure());
      c.step(now_ps, delivered);
    }
    return {half_ps, now_ps};
  }

  /** The mean of some, each alone on the link. */
  static double latency_of(const oio_config &config, std::uint64_t message_bytes, std::size_t nbytes) {
    carrier c(config, message_bytes);
    oio_time_ps now_ps = 0, sum_ps = 0;
    for (unsigned i = 0; i < ALONE; i++) {
      const oio_time_ps sent_ps = now_ps;
      c.send(0, 0, {std::vector<std::uint8_t>(nbytes), nullptr, false});
      run(c, now_ps, 1);
      sum_ps += now_ps - sent_ps;
      for (oio_time_ps next_ps; (next_ps = c.next_ps(now_ps)) != OIO_NEVER;) c.step(now_ps = next_ps, [](unsigned, unsigned, parcel &&) {});
    }
    return static_cast<double>(sum_ps) / ALONE;
  }

  /** The mean of the second half of many that are sent at once. */
  static double occupancy_of(const oio_config &config, std::uint64_t message_bytes, std::size_t nbytes) {
    carrier c(config, message_bytes);
    const std::size_t parcels = 2 * std::max<std::size_t>(4, TOGETHER_BYTES / 2 / std::max<std::size_t>(nbytes, 1000));
    oio_time_ps now_ps = 0;
    for (std::size_t i = 0; i < parcels; i++) c.send(0, 0, {std::vector<std::uint8_t>(nbytes), nullptr, false});
    const auto times = run(c, now_ps, parcels);
    return static_cast<double>(times.second - times.first) / static_cast<double>(parcels / 2);
  }

  std::vector<row> row_;
};

/** When a wire is taken up. Who asks for a time before that of others, as initiators do that run ahead of simulated time, gets what is left
 *  between them. */
class timetable {
public:
  /** The first time from at_ps on at which it is free for so long, which is taken up from there. No later call asks for a time before
   * past_ps.
   */
  double reserve(double at_ps, double for_ps, double past_ps) {
    while (first_ < busy_.size() && busy_[first_].second <= past_ps) first_++;
    if (first_ > KEPT) {
      busy_.erase(busy_.begin(), busy_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    auto next = std::upper_bound(busy_.begin() + static_cast<std::ptrdiff_t>(first_), busy_.end(), at_ps,
                                 [](double time_ps, const std::pair<double, double> &one) { return time_ps < one.second; });
    while (next != busy_.end() && next->first < at_ps + for_ps) at_ps = std::max(at_ps, (next++)->second);
    take_up(next, at_ps, at_ps + for_ps);
    return at_ps;
  }

private:
  enum : std::size_t { KEPT = 256 };

  /** What touches what is taken up already becomes one with it. */
  void take_up(std::vector<std::pair<double, double>>::iterator next, double from_ps, double to_ps) {
    const bool before = next != busy_.begin() + static_cast<std::ptrdiff_t>(first_) && std::prev(next)->second >= from_ps;
    const bool behind = next != busy_.end() && next->first <= to_ps;
    if (before && behind) {
      std::prev(next)->second = next->second;
      busy_.erase(next);
    } else if (before) {
      std::prev(next)->second = to_ps;
    } else if (behind) {
      next->first = from_ps;
    } else {
      busy_.insert(next, {from_ps, to_ps});
    }
  }

  std::vector<std::pair<double, double>> busy_; ///< from, to; in order, apart; those before first_ are past
  std::size_t first_ = 0;
};

/** A direction of a link. */
class loose_way {
public:
  /** When a parcel that is to start at at_ps has arrived; no later call asks for a time before past_ps. */
  double carry(const calibration &times, double at_ps, std::size_t nbytes, double past_ps) {
    if (nbytes_ != nbytes) {
      nbytes_ = nbytes;
      latency_ps_ = times.latency_ps(nbytes);
      occupancy_ps_ = times.occupancy_ps(nbytes);
    }
    return taken_.reserve(at_ps, occupancy_ps_, past_ps) + latency_ps_;
  }

private:
  std::size_t nbytes_ = 0; ///< of the last parcel
  double latency_ps_ = 0, occupancy_ps_ = 0;
  timetable taken_;
};

} // namespace oio

#endif

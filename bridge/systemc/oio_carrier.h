// SPDX-License-Identifier: Apache-2.0
/**
 * Two dies and the link between them as a carrier of parcels: bytes of any number go in at one die on a virtual channel and come out of the
 * other, in order, having been cut into messages, packed into flits and put together again. No SystemC here: time is passed in.
 *
 *     carrier.send(0, vc, parcel);   while (...) { now = carrier.next_ps(now); carrier.step(now, delivered); }
 */
#ifndef OIO_SYSTEMC_CARRIER_H
#define OIO_SYSTEMC_CARRIER_H

#include "oio/net.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace oio {

struct parcel {
  std::vector<std::uint8_t> bytes; ///< at least one
  void *about = nullptr;           ///< the sender's; travels beside the bytes
  bool spoiled = false;            ///< wrong bits got past the CRCs and are in the bytes
};

class carrier {
public:
  /** A configuration that has been resolved, of a net of two dies; message_bytes: the most that a message has. Throws
   * std::invalid_argument.
   */
  carrier(const oio_config &config, std::uint64_t message_bytes)
      : fidelity_(static_cast<oio_fidelity>(config.fidelity)), message_bytes_(message_bytes), net_(made(config), oio_net_destroy),
        vcs_(static_cast<unsigned>(config.vc_count)) {
    for (auto &side : way_) side.resize(vcs_);
  }

  unsigned vcs() const { return vcs_; }

  /** The parcel goes out at the next step. Precondition: side is 0 or 1, vc below vcs(), and there are bytes. */
  void send(unsigned side, unsigned vc, parcel &&sent) {
    way &w = way_[side][vc];
    w.under_way.push_back({std::move(sent), w.next_id, 0, 0});
    w.next_id += messages(w.under_way.back());
    w.waiting++;
  }

  /** Everything that happens at that time, in the order of SPEC section 8. delivered(side, vc, parcel &&) is called for each parcel that is
   *  whole at `side`. Times do not go back. */
  template <class callback> void step(oio_time_ps now_ps, const callback &delivered) {
    const std::uint32_t ports = oio_net_ports(net_.get());
    for (std::uint32_t wire = 0; wire < ports; wire++) {
      oio_channel *channel = oio_net_wire(net_.get(), wire);
      for (; oio_channel_arrival_ps(channel) <= now_ps; oio_channel_pop(channel))
        oio_net_rx(net_.get(), wire ^ 1, now_ps, oio_channel_peek(channel));
    }
    for (unsigned side = 0; side < 2; side++) take(side, now_ps, delivered);
    for (unsigned side = 0; side < 2; side++) {
      for (unsigned vc = 0; vc < vcs_; vc++) offer(side, vc, now_ps);
    }
    for (std::uint32_t wire = 0; wire < ports; wire++) transmit(wire, now_ps);
  }

  /** When there is something to do next, now or later; OIO_NEVER. */
  oio_time_ps next_ps(oio_time_ps now_ps) const {
    oio_time_ps next = OIO_NEVER;
    const std::uint32_t ports = oio_net_ports(net_.get());
    for (std::uint32_t wire = 0; wire < ports; wire++) {
      const oio_channel *channel = oio_net_wire(net_.get(), wire);
      next = std::min(next, oio_channel_arrival_ps(channel));
      next = std::min(next, std::max(oio_net_next_tx_ps(net_.get(), wire, now_ps), oio_channel_free_ps(channel)));
    }
    return std::max(next, now_ps);
  }

  /** Payloads that a die has discarded, since what no CRC has seen made them unreadable; of tunnels none is known. */
  std::uint64_t discarded() const {
    std::uint64_t sum = 0;
    for (unsigned side = 0; side < 2; side++) {
      const oio_die *die = oio_net_die(net_.get(), side);
      if (die != nullptr) sum += oio_die_malformed(die);
    }
    return sum;
  }

  /** Why nothing is carried any more; empty: it is. */
  std::string failure() const {
    for (std::uint32_t port = 0; oio_net_failed(net_.get()) && port < oio_net_ports(net_.get()); port++) {
      oio_link_state state;
      if (!oio_net_get_link_state(net_.get(), port, &state) || state.failed == OIO_LINK_ALIVE) continue;
      return "link " + std::to_string(port / 2) + ", side " + (port % 2 == 0 ? "A" : "B") +
             " has failed: " + oio_link_failure_name(state.failed);
    }
    return "";
  }

private:
  static constexpr std::uint64_t ID_MASK = 0xFFFFFFFFFFFF;

  struct on_its_way {
    parcel carried;
    std::uint64_t first_id;    ///< of its messages
    std::size_t offered, came; ///< bytes given to the die, and out of the other
  };
  /** One direction of a virtual channel: what has not come out yet, oldest first; the last `waiting` are not wholly offered. */
  struct way {
    std::deque<on_its_way> under_way;
    std::size_t waiting = 0;
    std::uint64_t next_id = 0, offered_id = 0; ///< of the next message to be made, and to be offered
  };

  std::uint64_t messages(const on_its_way &p) const { return (p.carried.bytes.size() + message_bytes_ - 1) / message_bytes_; }

  static oio_net *made(const oio_config &config) {
    oio_net *net = nullptr;
    oio_error error = {};
    if (oio_config_is_routed(&config)) throw std::invalid_argument("net.topology: it has more than two dies; use pair or bridged");
    if (oio_net_create(&net, &config, nullptr, &error) != OIO_OK) throw std::invalid_argument(error.text);
    return net;
  }

  /** Cuts what waits into messages, as many as the die takes now. */
  void offer(unsigned side, unsigned vc, oio_time_ps now_ps) {
    way &w = way_[side][vc];
    while (w.waiting > 0) {
      on_its_way &next = w.under_way[w.under_way.size() - w.waiting];
      const std::vector<std::uint8_t> &bytes = next.carried.bytes;
      const std::uint64_t nbytes = std::min<std::uint64_t>(message_bytes_, bytes.size() - next.offered);
      const oio_message message = {static_cast<std::uint8_t>(vc), 1 - side, w.offered_id & ID_MASK, nbytes, bytes.data() + next.offered};
      if (oio_net_send(net_.get(), side, now_ps, &message) != OIO_OK) return;
      w.offered_id++;
      next.offered += nbytes;
      if (next.offered == bytes.size()) w.waiting--;
    }
  }

  /** Bytes as they came over the link: in event fidelity those of the sender, where they lie, with the wrong bits in them. */
  void copy(const oio_segment &segment, on_its_way &into) const {
    std::uint8_t *bytes = into.carried.bytes.data() + into.came;
    into.carried.spoiled |= segment.tainted;
    if (fidelity_ == OIO_BIT) {
      std::copy_n(segment.data, segment.bytes, bytes);
    } else if (segment.tainted && segment.data != nullptr) {
      for (std::uint32_t i = 0; i < segment.bytes; i++) bytes[i] ^= segment.data[i];
    }
  }

  template <class callback> void take(unsigned side, oio_time_ps now_ps, const callback &delivered) {
    oio_segment segment;
    while (oio_net_take(net_.get(), side, now_ps, &segment)) {
      if (segment.vc >= vcs_) continue; // as in put: no CRC has seen it
      way &w = way_[1 - side][segment.vc];
      const auto hand_out = [&] {
        parcel whole = std::move(w.under_way.front().carried);
        w.under_way.pop_front();
        delivered(side, static_cast<unsigned>(segment.vc), std::move(whole));
      };
      put(w, segment, hand_out);
    }
  }

  /** A segment into its parcel. Where wrong bits that no CRC has seen were in what says where it belongs, bytes are missing: the parcel is
   *  spoiled, and handed out no later than the next that comes. */
  template <class callback> void put(way &w, oio_segment &segment, const callback &hand_out) {
    if (w.under_way.empty()) return;
    const std::uint64_t ahead = (segment.id - w.under_way.front().first_id) & ID_MASK;
    if (ahead >= w.offered_id - w.under_way.front().first_id) return;
    const std::uint64_t id = w.under_way.front().first_id + ahead;
    while (id >= w.under_way.front().first_id + messages(w.under_way.front())) {
      w.under_way.front().carried.spoiled = true;
      hand_out();
    }
    on_its_way &oldest = w.under_way.front();
    const std::size_t size = oldest.carried.bytes.size(), start = (id - oldest.first_id) * message_bytes_;
    const std::size_t end = std::min<std::size_t>(start + message_bytes_, size);
    if (oldest.came < start) skip_to(oldest, start);
    if (segment.bytes > end - std::min(end, oldest.came)) {
      oldest.carried.spoiled = true;
      segment.bytes = static_cast<std::uint32_t>(end - std::min(end, oldest.came));
    }
    copy(segment, oldest);
    oldest.came += segment.bytes;
    if (segment.last && oldest.came < end) skip_to(oldest, end);
    if (oldest.came == size) hand_out();
  }
  static void skip_to(on_its_way &p, std::size_t to) {
    p.came = to;
    p.carried.spoiled = true;
  }

  void transmit(std::uint32_t wire, oio_time_ps now_ps) {
    oio_channel *channel = oio_net_wire(net_.get(), wire);
    if (oio_channel_free_ps(channel) > now_ps) return;
    oio_wire *slot = oio_channel_slot(channel);
    if (slot != nullptr && oio_net_tx(net_.get(), wire, now_ps, slot)) oio_channel_push(channel, now_ps);
  }

  oio_fidelity fidelity_;
  std::uint64_t message_bytes_;
  std::unique_ptr<oio_net, void (*)(oio_net *)> net_;
  unsigned vcs_;
  std::vector<way> way_[2];
};

} // namespace oio

#endif

// SPDX-License-Identifier: Apache-2.0
// A link end written rule by rule from cmodel/SPEC.md sections 3 to 5, in the plainest form: what the bridge talks to in the tests.
#ifndef OIO_TESTS_RTL_PEER_H
#define OIO_TESTS_RTL_PEER_H

#include "reference.h"

#include <cstddef>
#include <deque>
#include <string>

struct PeerConfig {
  unsigned format = 3;
  unsigned modulus = 255; // M
  unsigned window = 127;
  unsigned buffer = 64;      // this end's
  unsigned peer_buffer = 64; // the other end's
  uint64_t timeout = 2000;
  uint64_t nak_repeat = 400;
  uint64_t ack_delay = 8;
  unsigned replay_limit = 1000;
};

class Peer {
public:
  explicit Peer(const PeerConfig &config) : c_(config), acked_(config.modulus), limit_(config.peer_buffer), previous_(config.modulus) {}

  std::deque<Payload> to_send; // from above, without limit
  std::deque<Payload> buffer;  // accepted, not yet taken
  std::string failed;          // why, once it has
  uint64_t accepted = 0, duplicates = 0, invalid = 0, naks_seen = 0, replays_total = 0;
  uint64_t ahead_seen = 0, asked_crc = 0, asked_sequence = 0;

  // Takes the oldest payload out of the receive buffer.
  Payload take(uint64_t now) {
    Payload p = buffer.front();
    buffer.pop_front();
    taken_ = (taken_ + 1) & 0xffff;
    owe(credit_owed_, credit_due_, now + c_.ack_delay);
    return p;
  }

  void rx(uint64_t now, const Flit &f) {
    if (!failed.empty()) return;
    if (!valid(c_.format, f)) { // R1
      invalid++;
      lost_ = true;
      asked_crc += ask(now);
      return;
    }
    const Head h = head_of(c_.format, f);
    if ((h.protocol == kNop && h.command == kExplicit && h.number == 0) || h.protocol > 1 || h.command == 3) return; // R2
    if (h.round != round_seen_) {                                                                                    // R3
      round_seen_ = h.round;
      waiting_ = false;
    }
    if (!rx_limit(h.limit)) return;                        // R4
    if (h.command != kExplicit && !rx_ack(now, h)) return; // R5
    if (h.protocol == kNop)
      rx_nop(now, h);
    else
      rx_payload(now, h, f);
  }

  // The wire is free: the next flit, if there is one.
  bool tx(uint64_t now, Flit &out) {
    if (!failed.empty()) return false;
    if (cursor_ == unacked_.size() && !to_send.empty() && unacked_.size() < c_.window && credit() > 0) {
      unacked_.push_back({next_tx_, to_send.front()});
      to_send.pop_front();
      next_tx_ = next(next_tx_);
      sent_total_ = (sent_total_ + 1) & 0xffff;
    }
    if (!unacked_.empty() && now - progress_ >= c_.timeout) start_replay(now); // T1
    if (!failed.empty()) return false;
    if (cursor_ != unacked_.size()) return tx_payload(now, out);
    const bool due = resync_ || (waiting_ && now >= nak_due_) || (ack_owed_ && now >= ack_due_) || (credit_owed_ && now >= credit_due_);
    return due && tx_nop(now, out);
  }

  bool idle() const {
    return to_send.empty() && unacked_.empty() && !resync_ && !waiting_ && !ack_owed_ && !credit_owed_ && buffer.empty();
  }
  unsigned credit() const {
    const unsigned left = (limit_ - sent_total_) & 0xffff;
    return left <= 32767 ? left : 0;
  }
  unsigned limit() const { return limit_; }
  unsigned limit_sent() const { return (taken_ + c_.buffer) & 0xffff; }
  unsigned sent_total() const { return sent_total_; }
  unsigned next_tx() const { return next_tx_; }
  unsigned expected() const { return expected_; }
  unsigned round() const { return round_; }
  unsigned round_seen() const { return round_seen_; }
  unsigned acked() const { return acked_; }
  bool lost() const { return lost_; }
  bool waiting() const { return waiting_; }

private:
  struct Sent {
    unsigned number;
    Payload payload;
  };

  unsigned next(unsigned s) const { return s == c_.modulus ? 1 : s + 1; }
  unsigned before(unsigned s) const { return s == 1 ? c_.modulus : s - 1; }
  unsigned distance(unsigned a, unsigned b) const { return (b + c_.modulus - a) % c_.modulus; }
  bool ahead(unsigned a, unsigned b) const {
    const unsigned d = distance(a, b);
    return d >= 1 && d <= (c_.modulus - 1) / 2;
  }

  static void owe(bool &owed, uint64_t &due, uint64_t when) {
    if (!owed || when < due) due = when;
    owed = true;
  }

  // True when it is asked for from now on.
  bool ask(uint64_t now) {
    if (waiting_) return false;
    waiting_ = true;
    nak_due_ = now;
    return true;
  }

  void start_replay(uint64_t now) { // T7
    cursor_ = 0;
    round_ = (round_ + 1) % 16;
    force_explicit_ = true;
    progress_ = replay_start_ = now;
    replayed_ = true;
    replays_total++;
    if (++replays_ > c_.replay_limit) failed = "replay limit";
  }

  bool rx_limit(unsigned limit) {
    const unsigned left =
        (limit - sent_total_) & 0xffff; // with what is free or has left, no more than the buffer holds; nor less than before
    if (left > c_.peer_buffer || left < ((limit_ - sent_total_) & 0xffff)) failed = "credit range";
    limit_ = limit;
    return failed.empty();
  }

  bool rx_ack(uint64_t now, const Head &h) {
    size_t gone = 0; // how many are acknowledged
    if (h.number != acked_) {
      while (gone < cursor_limit() && unacked_[gone].number != h.number) gone++;
      if (gone == cursor_limit()) {
        failed = "ack range";
        return false;
      }
      gone++;
      acked_ = h.number;
      replays_ = 0;
      progress_ = now;
      unacked_.erase(unacked_.begin(), unacked_.begin() + static_cast<std::ptrdiff_t>(gone));
      cursor_ = cursor_ > gone ? cursor_ - gone : 0;
    }
    if (h.command != kNak) return true;
    naks_seen++;
    if (unacked_.empty()) {
      resync_ = true;
      force_explicit_ = true;
      if (h.echo == round_) round_ = (round_ + 1) % 16;
    } else if (h.echo == round_ || !replayed_ || now - replay_start_ >= c_.nak_repeat) {
      start_replay(now);
    } else {
      return true;
    }
    owe(ack_owed_, ack_due_, now);
    return failed.empty();
  }
  size_t cursor_limit() const { return unacked_.size(); }

  void rx_nop(uint64_t now, const Head &h) { // R6
    if (h.command != kExplicit) return;
    if (h.number == before(expected_)) {
      lost_ = waiting_ = false;
    } else if (h.number == expected_ || ahead(expected_, h.number)) {
      asked_sequence += ask(now);
    }
  }

  void rx_payload(uint64_t now, const Head &h, const Flit &f) { // R7
    unsigned q;
    if (h.command == kExplicit) {
      if (h.number == 0) {
        failed = "sequence zero";
        return;
      }
      q = h.number;
      lost_ = false;
    } else if (lost_) {
      asked_sequence += ask(now);
      return;
    } else {
      q = next(previous_);
    }
    previous_ = q;
    if (q == expected_) {
      if (buffer.size() == c_.buffer) {
        failed = "overflow";
        return;
      }
      buffer.push_back(payload_of(c_.format, f));
      accepted++;
      expected_ = next(q);
      waiting_ = false;
      owe(ack_owed_, ack_due_, now + c_.ack_delay);
    } else if (ahead(expected_, q)) {
      ahead_seen++;
      asked_sequence += ask(now);
    } else {
      duplicates++;
      owe(ack_owed_, ack_due_, now);
    }
  }

  void finish(uint64_t now, Head &h, unsigned own, const Payload *payload, Flit &out) { // T6
    h.number = h.command == kExplicit ? own : before(expected_);
    h.round = round_;
    h.echo = round_seen_;
    h.limit = limit_sent();
    if (h.command != kExplicit) ack_owed_ = false;
    if (h.command == kNak) nak_due_ = now + c_.nak_repeat;
    credit_owed_ = false;
    out = make_flit(c_.format, h, payload);
  }

  bool tx_payload(uint64_t now, Flit &out) {
    const Sent &s = unacked_[cursor_];
    if (cursor_ == 0) progress_ = now;
    Head h;
    h.protocol = kPayload;
    const bool is_explicit = force_explicit_ || !(ack_owed_ || waiting_) || !last_explicit_; // T3
    force_explicit_ = false;
    last_explicit_ = is_explicit;
    h.command = is_explicit ? kExplicit : waiting_ ? kNak : kAck;
    finish(now, h, s.number, &s.payload, out);
    cursor_++;
    return true;
  }

  bool tx_nop(uint64_t now, Flit &out) {
    Head h;
    h.command = resync_ ? kExplicit : waiting_ ? kNak : kAck; // T4
    resync_ = false;
    finish(now, h, before(next_tx_), nullptr, out);
    return true;
  }

  PeerConfig c_;
  std::deque<Sent> unacked_;
  size_t cursor_ = 0;
  unsigned next_tx_ = 1, acked_, round_ = 0, sent_total_ = 0, limit_, replays_ = 0;
  uint64_t progress_ = 0, replay_start_ = 0;
  bool resync_ = false, force_explicit_ = true, last_explicit_ = false, replayed_ = false;
  unsigned expected_ = 1, previous_, round_seen_ = 0, taken_ = 0;
  bool lost_ = false, waiting_ = false, ack_owed_ = false, credit_owed_ = false;
  uint64_t nak_due_ = 0, ack_due_ = 0, credit_due_ = 0;
};

#endif

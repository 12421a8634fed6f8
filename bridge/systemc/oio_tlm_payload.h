// SPDX-License-Identifier: Apache-2.0
/**
 * Generic payloads on their way over a link: channel and id as an extension, a pool with a memory manager, and what of a payload goes over
 * the link as bytes.
 */
#ifndef OIO_SYSTEMC_TLM_PAYLOAD_H
#define OIO_SYSTEMC_TLM_PAYLOAD_H

#include "oio_carrier.h"
#include "oio_pace.h"

#include <cstring>
#include <tlm>

namespace oio {

/** Message types of the reports of tlm_link, beside those of oio_pace.h. Errors: a transaction, or a phase of it, that may not be; a side
 *  at which no target is bound. A warning: wrong bits got past the CRCs, into the bytes of a transaction. */
inline constexpr char BAD_TRANSACTION[] = "/oio/bad_transaction", NO_TARGET[] = "/oio/no_target",
                      UNDETECTED_ERROR[] = "/oio/undetected_error";

/** Which channel a transaction takes over the link, and whose it is. Channel c has virtual channels 2c (requests) and 2c + 1 (responses);
 *  without this extension it is 0. The target gets a copy: the only extension that goes over the link. */
class tlm_route : public tlm::tlm_extension<tlm_route> {
public:
  unsigned channel = 0;
  std::uint64_t id = 0;

  tlm_route() = default;
  tlm_route(unsigned of_channel, std::uint64_t of_id) : channel(of_channel), id(of_id) {}
  tlm::tlm_extension_base *clone() const override { return new tlm_route(channel, id); }
  void copy_from(const tlm::tlm_extension_base &other) override {
    const tlm_route &route = static_cast<const tlm_route &>(other);
    channel = route.channel;
    id = route.id;
  }
};

/** A pool of generic payloads with a memory manager, for initiators too: a released one is reset and kept for the next. */
class tlm_payloads : public tlm::tlm_mm_interface {
public:
  /** Acquired once: release() gives it back. */
  tlm::tlm_generic_payload *take() {
    if (idle_.empty()) {
      all_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
      idle_.push_back(all_.back().get());
    }
    tlm::tlm_generic_payload *payload = idle_.back();
    idle_.pop_back();
    payload->acquire();
    return payload;
  }
  void free(tlm::tlm_generic_payload *payload) override {
    payload->reset();
    idle_.push_back(payload);
  }
  /** How many are taken. */
  std::size_t taken() const { return all_.size() - idle_.size(); }

private:
  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload *> idle_;
};

/** From the call of an initiator to its answer. */
struct tlm_transaction {
  tlm::tlm_generic_payload *asked = nullptr;
  unsigned side = 0, channel = 0; ///< of the initiator
  std::uint64_t id = 0;
  int initiator = -1; ///< index of its socket; -1: it waits in b_transport
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
  sc_core::sc_event done;
  bool over = false; ///< it has its answer
};

/** Bytes that stand before those of a transaction on the link: command, address, lengths, and in the other direction the status. */
enum : std::size_t { TLM_HEADER_BYTES = 32 };

inline bool tlm_writes(const tlm::tlm_generic_payload &asked) {
  return asked.get_command() == tlm::TLM_WRITE_COMMAND;
}
inline bool tlm_reads(const tlm::tlm_generic_payload &asked) {
  return asked.get_command() == tlm::TLM_READ_COMMAND;
}
inline std::size_t tlm_enables(const tlm::tlm_generic_payload &asked) {
  return asked.get_byte_enable_ptr() == nullptr ? 0 : asked.get_byte_enable_length();
}
/** Header, then the data of a write, then the byte enables as they were given. */
inline std::size_t tlm_request_bytes(const tlm::tlm_generic_payload &asked) {
  return TLM_HEADER_BYTES + (tlm_writes(asked) ? asked.get_data_length() : 0) + tlm_enables(asked);
}
/** Header, then the data of a read that went well. */
inline std::size_t tlm_response_bytes(const tlm::tlm_generic_payload &asked, tlm::tlm_response_status status) {
  return TLM_HEADER_BYTES + (tlm_reads(asked) && status == tlm::TLM_OK_RESPONSE ? asked.get_data_length() : 0);
}

/** A parcel of so many bytes, with its header. */
inline parcel tlm_parcel(tlm_transaction *t, std::size_t nbytes) {
  parcel made{std::vector<std::uint8_t>(nbytes), t, false};
  const auto put = [&made](std::size_t at, std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; i++) made.bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
  };
  put(0, t->id, 8);
  put(8, t->asked->get_address(), 8);
  put(16, t->asked->get_data_length(), 4);
  put(20, t->asked->get_streaming_width(), 4);
  put(24, tlm_enables(*t->asked), 4);
  put(28, static_cast<std::uint64_t>(t->asked->get_command()), 1);
  put(29, static_cast<std::uint64_t>(static_cast<int>(t->status) + 16), 1);
  return made;
}
inline parcel tlm_request(tlm_transaction *t) {
  parcel made = tlm_parcel(t, tlm_request_bytes(*t->asked));
  std::uint8_t *body = made.bytes.data() + TLM_HEADER_BYTES;
  const std::size_t data = tlm_writes(*t->asked) ? t->asked->get_data_length() : 0, enables = tlm_enables(*t->asked);
  if (data > 0) std::memcpy(body, t->asked->get_data_ptr(), data);
  if (enables > 0) std::memcpy(body + data, t->asked->get_byte_enable_ptr(), enables);
  return made;
}

/** What the target gets: the bytes that came with the request, and room in the response for those that it reads. `given` keeps a route of
 * its own, which goes when it does. */
inline void tlm_fill(tlm::tlm_generic_payload &given, const tlm_transaction &t, parcel &request, parcel &response) {
  const tlm::tlm_generic_payload &asked = *t.asked;
  const std::size_t data = tlm_writes(asked) ? asked.get_data_length() : 0, enables = tlm_enables(asked);
  std::uint8_t *body = request.bytes.data() + TLM_HEADER_BYTES;
  std::uint8_t *const read = response.bytes.data() + TLM_HEADER_BYTES;
  given.set_command(asked.get_command());
  given.set_address(asked.get_address());
  given.set_data_length(asked.get_data_length());
  given.set_streaming_width(asked.get_streaming_width());
  given.set_data_ptr(tlm_writes(asked) ? body : tlm_reads(asked) ? read : nullptr);
  given.set_byte_enable_ptr(enables > 0 ? body + data : nullptr);
  given.set_byte_enable_length(static_cast<unsigned>(enables));
  given.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  if (given.get_extension<tlm_route>() == nullptr) given.set_extension(new tlm_route);
  *given.get_extension<tlm_route>() = tlm_route(t.channel, t.id);
}

/** The data of a read, to the initiator: bytes that are not enabled stay as they are. */
inline void tlm_copy_read(tlm::tlm_generic_payload &asked, const parcel &response) {
  const std::uint8_t *bytes = response.bytes.data() + TLM_HEADER_BYTES;
  const std::size_t enables = tlm_enables(asked);
  if (enables == 0) {
    std::memcpy(asked.get_data_ptr(), bytes, asked.get_data_length());
    return;
  }
  for (unsigned i = 0; i < asked.get_data_length(); i++) {
    if (asked.get_byte_enable_ptr()[i % enables] == TLM_BYTE_ENABLED) asked.get_data_ptr()[i] = bytes[i];
  }
}

} // namespace oio

#endif

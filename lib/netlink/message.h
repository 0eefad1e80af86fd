// Netlink messages, by libnl: building one attribute by attribute, taking one apart. No socket. Numbers are
// in the machine's byte order, as netlink has them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/result.h"

struct nl_msg;

namespace hawser::nl {

// A message under construction. Lengths and padding are libnl's; the sequence number is the socket's.
class Message {
 public:
  // `flags` are NLM_F_*; NLM_F_REQUEST is added.
  Message(int type, int flags);

  // The fixed part after the netlink header: ifinfomsg, ifaddrmsg, rtmsg, genlmsghdr.
  template <class Header>
  void header(const Header& fixed) {
    static_assert(std::has_unique_object_representations_v<Header>, "padding would leak memory");
    append(&fixed, sizeof(fixed));
  }

  // A fixed part and attributes that were taken from another message, padded as there.
  void raw(ByteView value) { append(value.data(), value.size()); }
  void bytes(int type, ByteView value) { put(type, value.data(), value.size()); }
  void text(int type, std::string_view value);  // with the closing NUL
  void address(int type, const IpAddress& address) { bytes(type, address.bytes()); }
  template <class Number>
  void number(int type, Number value) {
    static_assert(std::has_unique_object_representations_v<Number>, "padding would leak memory");
    put(type, &value, sizeof(value));
  }
  // An attribute whose content is what `fill` adds.
  template <class Fill>
  void nest(int type, Fill fill) {
    const auto start = open(type);
    fill();
    close(start);
  }

  [[nodiscard]] ByteView bytes() const;
  // For the socket, which writes its number into it.
  [[nodiscard]] nl_msg* get() { return message_.get(); }

 private:
  struct Free {
    void operator()(nl_msg* message) const;
  };

  void make_room(std::size_t size);
  void append(const void* data, std::size_t size);
  void put(int type, const void* data, std::size_t size);
  std::size_t open(int type);
  void close(std::size_t start);

  std::unique_ptr<nl_msg, Free> message_;
};

// One message in a buffer that outlives the view.
struct MessageView {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  ByteView payload;  // after the netlink header
};

// Takes the first message off `rest`. Refused: a length below the header's or beyond the buffer.
Result<MessageView> next_message(ByteView& rest);

// What NLMSG_ERROR and NLMSG_DONE say: success, or the errno with the kernel's own words (extended
// acknowledgement), which are often absent.
Status decode_answer(const MessageView& message);

}  // namespace hawser::nl

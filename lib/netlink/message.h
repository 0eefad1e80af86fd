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

class Attr;

// Calls `visit(const Attr&)` for each attribute. False when a length does not fit, or when a visitor asked an
// attribute for something that it is not (a number of another width): the whole message is then refused.
template <class Visit>
bool for_each_attr(ByteView attributes, Visit visit);

class Attr {
 public:
  Attr(std::uint16_t type, ByteView value, bool& ok) : type_(type), value_(value), ok_(&ok) {}

  [[nodiscard]] int type() const { return type_; }
  [[nodiscard]] ByteView value() const { return value_; }
  template <class Number>
  [[nodiscard]] Number number() const {
    Reader reader{value_};
    const auto value = reader.native<Number>();
    note(reader.finished());
    return value;
  }
  // Unsigned of any width: counters that are 32 bits here and 64 there.
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::string text() const;  // up to the first NUL
  [[nodiscard]] IpAddress address() const;
  [[nodiscard]] MacAddress mac() const;  // all zero when the hardware address has another length
  // What the visitor found makes no sense: the whole message is refused.
  void refuse() const { note(false); }
  template <class Visit>
  void each(Visit visit) const {
    note(for_each_attr(value_, visit));
  }

 private:
  void note(bool good) const {
    if (!good) *ok_ = false;
  }

  std::uint16_t type_;
  ByteView value_;
  bool* ok_;
};

// Takes the first attribute off `rest`: its type (without NLA_F_NESTED and such) and value.
bool next_attr(ByteView& rest, std::uint16_t& type, ByteView& value);

template <class Visit>
bool for_each_attr(ByteView attributes, Visit visit) {
  bool ok = true;
  while (!attributes.empty()) {
    std::uint16_t type = 0;
    ByteView value;
    if (!next_attr(attributes, type, value)) return false;
    visit(Attr{type, value, ok});
  }
  return ok;
}

// What NLMSG_ERROR and NLMSG_DONE say: success, or the errno with the kernel's own words (extended
// acknowledgement), which are often absent.
Status decode_answer(const MessageView& message);

}  // namespace hawser::nl

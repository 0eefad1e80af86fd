#include "lib/netlink/message.h"

#include <algorithm>

#include <linux/netlink.h>

namespace hawser::nl {

namespace {

constexpr std::size_t kLengthOffset = 0;
constexpr std::int32_t kMaxErrno = 4095;  // MAX_ERRNO of <linux/err.h>
constexpr std::size_t kHeader = 16;       // nlmsghdr
constexpr std::size_t kAttrHeader = 4;    // nlattr

constexpr std::size_t padded(std::size_t length) {
  return (length + 3U) & ~std::size_t{3};
}

}  // namespace

Message::Message(int type, int flags) {
  writer_.native(std::uint32_t{0});
  writer_.native(static_cast<std::uint16_t>(type));
  writer_.native(static_cast<std::uint16_t>(flags | NLM_F_REQUEST));
  writer_.zeros(8);
}

void Message::bytes(int type, ByteView value) {
  const auto start = open(type);
  writer_.put(value);
  close(start);
}

void Message::text(int type, std::string_view value) {
  Bytes raw(value.begin(), value.end());
  raw.push_back(0);
  bytes(type, raw);
}

std::size_t Message::open(int type) {
  const auto start = writer_.size();
  writer_.native(std::uint16_t{0});
  writer_.native(static_cast<std::uint16_t>(type));
  return start;
}

// The length counts the header but not the padding; padding inside a nest is part of the nest's length.
void Message::close(std::size_t start) {
  const auto length = writer_.size() - start;
  writer_.set_native(start, static_cast<std::uint16_t>(length));
  writer_.zeros(padded(length) - length);
}

Bytes Message::take() {
  writer_.set_native(kLengthOffset, static_cast<std::uint32_t>(writer_.size()));
  return writer_.take();
}

Result<MessageView> next_message(ByteView& rest) {
  Reader reader{rest};
  const auto length = reader.native<std::uint32_t>();
  MessageView message;
  message.type = reader.native<std::uint16_t>();
  message.flags = reader.native<std::uint16_t>();
  message.sequence = reader.native<std::uint32_t>();
  reader.skip(4);  // port id
  if (!reader.ok() || length < kHeader || length > rest.size()) return fail("netlink message truncated");
  message.payload = rest.subspan(kHeader, length - kHeader);
  rest = rest.subspan(std::min(padded(length), rest.size()));
  return message;
}

bool next_attr(ByteView& rest, std::uint16_t& type, ByteView& value) {
  Reader reader{rest};
  const auto length = reader.native<std::uint16_t>();
  type = reader.native<std::uint16_t>() & NLA_TYPE_MASK;
  if (!reader.ok() || length < kAttrHeader || length > rest.size()) return false;
  value = rest.subspan(kAttrHeader, length - kAttrHeader);
  rest = rest.subspan(std::min(padded(length), rest.size()));
  return true;
}

std::uint64_t Attr::count() const {
  if (value_.size() == sizeof(std::uint32_t)) return number<std::uint32_t>();
  return number<std::uint64_t>();
}

std::string Attr::text() const {
  const auto end = std::find(value_.begin(), value_.end(), 0);
  return {value_.begin(), end};
}

IpAddress Attr::address() const {
  const auto address = IpAddress::from_bytes(value_);
  note(address.has_value());
  return address.value_or(IpAddress{});
}

MacAddress Attr::mac() const {
  MacAddress mac;
  if (value_.size() == mac.bytes.size()) std::copy(value_.begin(), value_.end(), mac.bytes.begin());
  return mac;
}

Status decode_answer(const MessageView& message) {
  Reader reader{message.payload};
  const auto code = reader.native<std::int32_t>();
  // NLMSG_DONE of a few kernels is empty; an error without its number is none that we know.
  if (!reader.ok() && message.type == NLMSG_ERROR) return fail("netlink answer truncated");
  if (code == 0 || !reader.ok()) return {};
  // An errno is a small negative number; anything else the kernel never says, and the smallest has no
  // negation.
  if (code > 0 || code < -kMaxErrno) return fail("netlink answer with impossible error {}", code);
  if (message.type == NLMSG_ERROR) {  // the request's header, and unless capped the whole request
    const auto length = reader.native<std::uint32_t>();
    reader.skip(kHeader - sizeof(length));
    if ((message.flags & NLM_F_CAPPED) == 0 && length > kHeader) reader.skip(padded(length - kHeader));
  }
  Error error{{}, -code};
  if ((message.flags & NLM_F_ACK_TLVS) != 0 && reader.ok())
    for_each_attr(reader.take(reader.left()), [&](const Attr& attr) {
      if (attr.type() == NLMSGERR_ATTR_MSG) error.text = attr.text();
    });
  return tl::unexpected(error);
}

}  // namespace hawser::nl

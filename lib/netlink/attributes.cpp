#include "lib/netlink/attributes.h"

#include <algorithm>

#include <netlink/attr.h>

namespace hawser::nl {

// nla_type(), nla_data() and nla_len() would be three calls more for each of a link's sixty attributes.
bool next_attr(ByteView& rest, std::uint16_t& type, ByteView& value) {
  const auto* const head = reinterpret_cast<const nlattr*>(rest.data());
  if (!nla_ok(head, static_cast<int>(rest.size()))) return false;
  const std::size_t length = head->nla_len;
  type = head->nla_type & NLA_TYPE_MASK;
  value = rest.subspan(NLA_HDRLEN, length - NLA_HDRLEN);
  rest = rest.subspan(std::min<std::size_t>(NLA_ALIGN(length), rest.size()));
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

void Attributes::sort(ByteView bytes) {
  const bool fits = for_each_attr(bytes, [&](const Attr& attr) {
    const auto type = static_cast<std::size_t>(attr.type());
    if (type < found_.size()) found_[type] = attr.value();
  });
  ok_ = ok_ && fits;
}

std::optional<Attr> Attributes::find(int type) {
  const auto value = found_.at(static_cast<std::size_t>(type));
  if (value.data() == nullptr) return std::nullopt;
  return Attr{static_cast<std::uint16_t>(type), value, ok_};
}

}  // namespace hawser::nl

#include "lib/netlink/message.h"

#include <algorithm>
#include <new>

#include <netlink/attr.h>
#include <netlink/msg.h>

namespace hawser::nl {

namespace {

constexpr std::int32_t kMaxErrno = 4095;  // MAX_ERRNO of <linux/err.h>
constexpr std::size_t kUsual = 512;  // most of ours are smaller; libnl's default is a page, zeroed each time
constexpr std::size_t kMargin = NLA_HDRLEN + 2 * NLMSG_ALIGNTO;

ByteView behind(ByteView bytes, std::size_t padded) {
  return bytes.subspan(std::min(padded, bytes.size()));
}

}  // namespace

void Message::Free::operator()(nl_msg* message) const {
  nlmsg_free(message);
}

Message::Message(int type, int flags) : message_(nlmsg_alloc_size(kUsual)) {
  if (!message_) throw std::bad_alloc{};
  nlmsg_put(get(), NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, flags | NLM_F_REQUEST);
}

// Of itself a message of libnl does not grow; a route over many hops fills any fixed size.
void Message::make_room(std::size_t size) {
  const auto have = nlmsg_get_max_size(get());
  const auto want = nlmsg_hdr(get())->nlmsg_len + size + kMargin;
  if (want > have && nlmsg_expand(get(), std::max(NLMSG_ALIGN(want), 2 * have)) < 0) throw std::bad_alloc{};
}

void Message::append(const void* data, std::size_t size) {
  make_room(size);
  nlmsg_append(get(), const_cast<void*>(data), size, NLMSG_ALIGNTO);
}

void Message::put(int type, const void* data, std::size_t size) {
  make_room(size);
  nla_put(get(), type, static_cast<int>(size), data);
}

void Message::text(int type, std::string_view value) {
  const std::string closed{value};
  put(type, closed.c_str(), closed.size() + 1);
}

// Where a nest begins is kept as a distance: the message may move as it grows.
std::size_t Message::open(int type) {
  make_room(0);
  const auto start = nlmsg_hdr(get())->nlmsg_len;
  nla_nest_start(get(), type);
  return start;
}

// Padding inside a nest is part of the nest's length; an empty one says "none of them".
void Message::close(std::size_t start) {
  auto* const head = reinterpret_cast<std::uint8_t*>(nlmsg_hdr(get()));
  nla_nest_end_keep_empty(get(), reinterpret_cast<nlattr*>(head + start));
}

ByteView Message::bytes() const {
  const auto* const head = nlmsg_hdr(message_.get());
  return {reinterpret_cast<const std::uint8_t*>(head), head->nlmsg_len};
}

Result<MessageView> next_message(ByteView& rest) {
  const auto* const head = reinterpret_cast<const nlmsghdr*>(rest.data());
  if (!nlmsg_ok(head, static_cast<int>(rest.size()))) return fail("netlink message truncated");
  const std::size_t length = head->nlmsg_len;
  const MessageView message{head->nlmsg_type, head->nlmsg_flags, head->nlmsg_seq,
                            rest.subspan(sizeof(nlmsghdr), length - sizeof(nlmsghdr))};
  rest = behind(rest, NLMSG_ALIGN(length));
  return message;
}

// nla_type(), nla_data() and nla_len() would be three calls more for each of a link's sixty attributes.
bool next_attr(ByteView& rest, std::uint16_t& type, ByteView& value) {
  const auto* const head = reinterpret_cast<const nlattr*>(rest.data());
  if (!nla_ok(head, static_cast<int>(rest.size()))) return false;
  const std::size_t length = head->nla_len;
  type = head->nla_type & NLA_TYPE_MASK;
  value = rest.subspan(NLA_HDRLEN, length - NLA_HDRLEN);
  rest = behind(rest, NLA_ALIGN(length));
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
    reader.skip(sizeof(nlmsghdr) - sizeof(length));
    if ((message.flags & NLM_F_CAPPED) == 0 && length > sizeof(nlmsghdr))
      reader.skip(NLMSG_ALIGN(length - sizeof(nlmsghdr)));
  }
  Error error{{}, -code};
  if ((message.flags & NLM_F_ACK_TLVS) != 0 && reader.ok())
    for_each_attr(reader.take(reader.left()), [&](const Attr& attr) {
      if (attr.type() == NLMSGERR_ATTR_MSG) error.text = attr.text();
    });
  return tl::unexpected(error);
}

}  // namespace hawser::nl

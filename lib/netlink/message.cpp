#include "lib/netlink/message.h"

#include <algorithm>
#include <new>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "lib/netlink/attributes.h"

namespace hawser::nl {

namespace {

constexpr std::int32_t kMaxErrno = 4095;  // MAX_ERRNO of <linux/err.h>
constexpr std::size_t kUsual = 512;  // most of ours are smaller; libnl's default is a page, zeroed each time
constexpr std::size_t kMargin = NLA_HDRLEN + 2 * NLMSG_ALIGNTO;

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
  rest = rest.subspan(std::min<std::size_t>(NLMSG_ALIGN(length), rest.size()));
  return message;
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
    Attributes{reader.take(reader.left())}.read(NLMSGERR_ATTR_MSG, error.text);
  return tl::unexpected(error);
}

}  // namespace hawser::nl

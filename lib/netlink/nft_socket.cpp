#include "lib/netlink/nft_socket.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace hawser::nl {

namespace {

constexpr timeval kAnswerWithin{10,
                                0};  // the kernel answers within the send; this only ends a wait for a bug
constexpr std::size_t kPage = 64U << 10U;
constexpr int kHearing = 1 << 20;
constexpr int kReadings = 7;

tl::unexpected<Error> from_errno() {
  return tl::unexpected(Error{{}, errno});
}

std::uint32_t number_of(ByteView message) {
  nlmsghdr header{};
  std::memcpy(&header, message.data(), sizeof header);
  return header.nlmsg_seq;
}

void append(Bytes& datagram, const NftMessage& message, std::uint16_t flags, std::uint32_t number) {
  const auto at = datagram.size();
  datagram.insert(datagram.end(), message.begin(), message.end());
  datagram.resize(at + MNL_ALIGN(message.size()), 0);
  nlmsghdr header{};
  std::memcpy(&header, datagram.data() + at, sizeof header);
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | flags);
  header.nlmsg_seq = number;
  std::memcpy(datagram.data() + at, &header, sizeof header);
}

NftMessage edge(nlmsghdr* (*build)(char*, std::uint32_t)) {
  std::array<char, 64> buffer{};
  const auto* header = build(buffer.data(), 0);
  const auto* data = reinterpret_cast<const std::uint8_t*>(buffer.data());
  return {data, data + header->nlmsg_len};
}

// 0: an acknowledgement.
int refusal_in(const nlmsghdr* header) {
  if (mnl_nlmsg_get_payload_len(header) < sizeof(int)) return EBADMSG;
  int code = 0;
  std::memcpy(&code, mnl_nlmsg_get_payload(header), sizeof code);
  return -code;
}

}  // namespace

void NftSocket::Close::operator()(mnl_socket* socket) const {
  mnl_socket_close(socket);
}

Result<NftSocket> NftSocket::open() {
  NftSocket socket{mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC)};
  if (!socket.socket_ || mnl_socket_bind(socket.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    return from_errno();
  (void)setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerWithin, sizeof kAnswerWithin);
  return socket;
}

int NftSocket::fd() const {
  return mnl_socket_get_fd(socket_.get());
}

Status NftSocket::join() {
  int group = NFNLGRP_NFTABLES;
  if (mnl_socket_setsockopt(socket_.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
    return from_errno();
  (void)setsockopt(fd(), SOL_SOCKET, SO_RCVBUFFORCE, &kHearing, sizeof kHearing);
  return {};
}

Result<bool> NftSocket::receive_now(Bytes& datagram) const {
  datagram.resize(kPage);
  const auto size = ::recv(fd(), datagram.data(), datagram.size(), MSG_DONTWAIT);
  if (size >= 0) datagram.resize(static_cast<std::size_t>(size));
  if (size >= 0) return true;
  if (errno == EAGAIN || errno == EINTR) return false;
  return from_errno();
}

Result<Bytes> NftSocket::receive() {
  Bytes datagram(kPage);
  const auto size = mnl_socket_recvfrom(socket_.get(), datagram.data(), datagram.size());
  if (size < 0 && errno == EAGAIN) return fail_with(ETIMEDOUT, "the kernel did not answer");
  if (size < 0) return from_errno();
  datagram.resize(static_cast<std::size_t>(size));
  return datagram;
}

// The kernel takes a datagram as large as the sender's buffer.
Status NftSocket::send(const Bytes& datagram) {
  const int size = static_cast<int>(datagram.size());
  if (datagram.size() > kPage) (void)setsockopt(fd(), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  if (mnl_socket_sendto(socket_.get(), datagram.data(), datagram.size()) < 0) return from_errno();
  return {};
}

Bytes transaction(const std::vector<NftMessage>& messages, std::uint32_t first) {
  Bytes datagram;
  append(datagram, edge(nftnl_batch_begin), 0, first);
  for (const auto& message : messages) {
    const auto flags = static_cast<std::uint16_t>(&message == &messages.back() ? NLM_F_ACK : 0);
    append(datagram, message, flags, ++first);
  }
  append(datagram, edge(nftnl_batch_end), 0, ++first);
  return datagram;
}

Status NftSocket::commit(const std::vector<NftMessage>& messages) {
  if (messages.empty()) return {};
  const auto first = number_ + 1;
  const auto last = first + static_cast<std::uint32_t>(messages.size());
  number_ = last + 1;
  if (auto sent = send(transaction(messages, first)); !sent) return sent;
  return answers(first, last);
}

Status NftSocket::answers(std::uint32_t first, std::uint32_t last) {
  int refused = 0;
  for (bool over = false; !over;) {
    const auto datagram = receive();
    if (!datagram) return tl::unexpected(datagram.error());
    auto read = each_message(*datagram, [&](ByteView message) -> Status {
      const auto* header = reinterpret_cast<const nlmsghdr*>(message.data());
      const auto number = header->nlmsg_seq;
      if (header->nlmsg_type != NLMSG_ERROR || number < first || number > last + 1) return {};
      const int code = refusal_in(header);
      if (refused == 0) refused = code;
      // What is refused as a whole is refused by the number of its beginning.
      over = over || number == last || (number == first && code != 0) || number == last + 1;
      return {};
    });
    if (!read) return read;
  }
  if (refused != 0) return tl::unexpected(Error{{}, refused});
  return {};
}

Status NftSocket::ask(const NftMessage& question, const std::function<Status(ByteView)>& visit) {
  Status status;
  bool torn = false;
  for (int attempt = 0; attempt < kReadings; ++attempt) {
    std::vector<Bytes> heard;
    status = ask_once(
        question,
        [&](ByteView message) -> Status {
          heard.emplace_back(message.begin(), message.end());
          return {};
        },
        torn);
    if (!status && status.error().code != EINTR) return status;
    if (!status || torn) continue;
    for (const auto& message : heard)
      if (auto taken = visit(message); !taken) return taken;
    return {};
  }
  return fail_with(EINTR, "the kernel's tables kept changing while they were read");
}

Status NftSocket::ask_once(const NftMessage& question, const std::function<Status(ByteView)>& visit,
                           bool& torn) {
  torn = false;
  Bytes datagram;
  append(datagram, question, 0, ++number_);
  if (auto sent = send(datagram); !sent) return sent;
  int refused = 0;
  for (bool over = false; !over;) {
    const auto answer = receive();
    if (!answer) return tl::unexpected(answer.error());
    auto read = each_message(*answer, [&](ByteView message) -> Status {
      const auto* header = reinterpret_cast<const nlmsghdr*>(message.data());
      if (number_of(message) != number_) return {};  // of an exchange that was given up
      if ((header->nlmsg_flags & NLM_F_DUMP_INTR) != 0) torn = true;
      if (header->nlmsg_type != NLMSG_ERROR && header->nlmsg_type != NLMSG_DONE) return visit(message);
      refused = refusal_in(header);
      over = true;
      return {};
    });
    if (!read) return read;
  }
  if (refused != 0) return tl::unexpected(Error{{}, refused});
  return {};
}

Status each_message(ByteView datagram, const std::function<Status(ByteView)>& visit) {
  while (!datagram.empty()) {
    const auto* header = reinterpret_cast<const nlmsghdr*>(datagram.data());
    // libmnl takes a length of more than 2 GiB for a negative one, which fits.
    if (!mnl_nlmsg_ok(header, static_cast<int>(datagram.size())) || header->nlmsg_len > datagram.size())
      return fail_with(EBADMSG, "nftables: a message that is longer than its datagram");
    if (auto taken = visit(datagram.first(header->nlmsg_len)); !taken) return taken;
    datagram = datagram.subspan(std::min<std::size_t>(MNL_ALIGN(header->nlmsg_len), datagram.size()));
  }
  return {};
}

}  // namespace hawser::nl

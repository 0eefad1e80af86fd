#include "lib/netlink/port_block.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "lib/netlink/socket.h"

namespace hawser::nl {

namespace {

// Before every other chain of the device: a rule that accepts a frame early would be no fault.
constexpr std::int32_t kFirst = -10000;

Message batch(int type) {
  Message message(type, 0);
  message.header(nfgenmsg{AF_UNSPEC, NFNETLINK_V0, htons(NFNL_SUBSYS_NFTABLES)});
  return message;
}

Message nft(int type, int flags) {
  Message message((NFNL_SUBSYS_NFTABLES << 8) | type, flags | NLM_F_ACK);
  message.header(nfgenmsg{NFPROTO_NETDEV, NFNETLINK_V0, 0});
  return message;
}

void number(Message& message, int type, std::uint32_t value) {
  message.number(type, htonl(value));
}

Message chain(const std::string& device, const char* name, std::uint32_t hook) {
  auto message = nft(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);
  message.text(NFTA_CHAIN_TABLE, kBlockTable);
  message.text(NFTA_CHAIN_NAME, name);
  message.nest(NFTA_CHAIN_HOOK, [&] {
    number(message, NFTA_HOOK_HOOKNUM, hook);
    number(message, NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(kFirst));
    message.text(NFTA_HOOK_DEV, device);
  });
  number(message, NFTA_CHAIN_POLICY, NF_DROP);
  message.text(NFTA_CHAIN_TYPE, "filter");
  return message;
}

// The kernel takes a transaction only as one datagram. Returns how many acknowledgements it owes.
Result<std::size_t> send(Socket& socket, std::vector<Message>& messages) {
  Bytes datagram;
  std::size_t owed = 0;
  for (auto& message : messages) {
    auto* const head = nlmsg_hdr(message.get());
    head->nlmsg_seq = nl_socket_use_seq(socket.get());
    if ((head->nlmsg_flags & NLM_F_ACK) != 0) ++owed;
    const auto bytes = message.bytes();
    datagram.insert(datagram.end(), bytes.begin(), bytes.end());
    datagram.resize(NLMSG_ALIGN(datagram.size()));
  }
  if (nl_sendto(socket.get(), datagram.data(), datagram.size()) < 0)
    return fail_with(errno, "{}", std::strerror(errno));
  return owed;
}

Status transact(std::vector<Message> messages) {
  auto socket = Socket::open(NETLINK_NETFILTER);
  if (!socket) return tl::unexpected(socket.error());
  auto owed = send(*socket, messages);
  if (!owed) return tl::unexpected(owed.error());
  while (*owed > 0) {
    const auto datagram = socket->receive();
    if (!datagram) return tl::unexpected(datagram.error());
    for (auto rest = datagram->bytes(); !rest.empty();) {
      const auto message = next_message(rest);
      if (!message) return tl::unexpected(message.error());
      if (message->type != NLMSG_ERROR) continue;
      if (auto answer = decode_answer(*message); !answer) return answer;
      if (*owed > 0) --*owed;
    }
  }
  return {};
}

std::string reason(const Error& why) {
  if (why.code == EEXIST)
    return fmt::format(
        "table netdev {0} exists: another drill runs, or one was killed together with what puts it back: "
        "\"nft delete table netdev {0}\" does that",
        kBlockTable);
  auto said = why.text.empty() ? std::string(std::strerror(why.code)) : why.text;
  if (why.code == EOPNOTSUPP || why.code == ENOENT)
    return fmt::format("{}: the kernel lacks nftables or its egress hook (Linux 5.16)", said);
  return said;
}

}  // namespace

std::vector<Message> block_messages(const std::string& device) {
  std::vector<Message> messages;
  messages.push_back(batch(NFNL_MSG_BATCH_BEGIN));
  messages.push_back(nft(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL));
  messages.back().text(NFTA_TABLE_NAME, kBlockTable);
  messages.push_back(chain(device, "in", NF_NETDEV_INGRESS));
  messages.push_back(chain(device, "out", NF_NETDEV_EGRESS));
  messages.push_back(batch(NFNL_MSG_BATCH_END));
  return messages;
}

std::vector<Message> unblock_messages() {
  std::vector<Message> messages;
  messages.push_back(batch(NFNL_MSG_BATCH_BEGIN));
  messages.push_back(nft(NFT_MSG_DELTABLE, 0));
  messages.back().text(NFTA_TABLE_NAME, kBlockTable);
  messages.push_back(batch(NFNL_MSG_BATCH_END));
  return messages;
}

Status block_port(const std::string& device) {
  if (const auto done = transact(block_messages(device)); !done)
    return fail_with(done.error().code, "{}: drop its frames: {}", device, reason(done.error()));
  return {};
}

Status unblock_port() {
  const auto done = transact(unblock_messages());
  if (done || done.error().code == ENOENT) return {};
  return fail_with(done.error().code, "table netdev {}: delete: {}", kBlockTable, reason(done.error()));
}

}  // namespace hawser::nl

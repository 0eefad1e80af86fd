#include "lib/netlink/port_block.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "lib/netlink/nft_socket.h"

namespace hawser::nl {

namespace {

// Before every other chain of the device: a rule that accepts a frame early would be no fault.
constexpr std::int32_t kFirst = -10000;

Message nft(int type, int flags) {
  Message message((NFNL_SUBSYS_NFTABLES << 8) | type, flags);
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

Status transact(const std::vector<Message>& messages) {
  auto socket = NftSocket::open();
  if (!socket) return tl::unexpected(socket.error());
  std::vector<NftMessage> bytes;
  bytes.reserve(messages.size());
  for (const auto& message : messages) bytes.emplace_back(message.bytes().begin(), message.bytes().end());
  return socket->commit(bytes);
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
  messages.push_back(nft(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL));
  messages.back().text(NFTA_TABLE_NAME, kBlockTable);
  messages.push_back(chain(device, "in", NF_NETDEV_INGRESS));
  messages.push_back(chain(device, "out", NF_NETDEV_EGRESS));
  return messages;
}

std::vector<Message> unblock_messages() {
  std::vector<Message> messages;
  messages.push_back(nft(NFT_MSG_DELTABLE, 0));
  messages.back().text(NFTA_TABLE_NAME, kBlockTable);
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

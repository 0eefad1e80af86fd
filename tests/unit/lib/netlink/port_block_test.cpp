// The nftables transactions that cut a port off and give it back, byte by byte, and the question for a way.
#include "lib/netlink/port_block.h"

#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

#include "lib/netlink/attributes.h"
#include "lib/netlink/way.h"

namespace hawser::nl {
namespace {

MessageView view_of(const Message& message) {
  auto rest = message.bytes();
  return *next_message(rest);
}

std::uint32_t big_endian(const std::optional<Attr>& attr) {
  return Reader(attr->value()).u32();
}

struct NfHeader {
  std::uint8_t family, version;
  std::uint16_t resource;
};

TEST(PortBlock, IsATableWithAChainForEachDirectionThatDropsWithoutARule) {
  const auto messages = block_messages("eth0");
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(view_of(messages[0]).type, (10 << 8) | NFT_MSG_NEWTABLE);
  for (const std::uint32_t hook : {0U, 1U}) {  // NF_NETDEV_INGRESS, NF_NETDEV_EGRESS
    const auto view = view_of(messages[1 + hook]);
    EXPECT_EQ(view.type, (10 << 8) | NFT_MSG_NEWCHAIN);
    EXPECT_NE(view.flags & NLM_F_EXCL, 0);
    NfHeader header{};
    Attributes chain(view, header);
    EXPECT_EQ(header.family, 5) << "NFPROTO_NETDEV";
    EXPECT_EQ(chain.find(NFTA_CHAIN_TABLE)->text(), "bondctl_drill");
    EXPECT_EQ(big_endian(chain.find(NFTA_CHAIN_POLICY)), 0U) << "NF_DROP";
    chain.inside(NFTA_CHAIN_HOOK, [&](Attributes& in) {
      EXPECT_EQ(big_endian(in.find(NFTA_HOOK_HOOKNUM)), hook);
      EXPECT_EQ(in.find(NFTA_HOOK_DEV)->text(), "eth0");
    });
    EXPECT_TRUE(chain.ok());
  }
}

TEST(PortBlock, GoesWithItsTable) {
  const auto messages = unblock_messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(view_of(messages[0]).type, (10 << 8) | NFT_MSG_DELTABLE);
}

TEST(Way, AsksForOneAddressAndReadsDeviceAndGateway) {
  const auto question = ask_way(*IpAddress::parse("198.51.100.9"));
  rtmsg asked{};
  Attributes attributes(view_of(question), asked);
  EXPECT_EQ(asked.rtm_dst_len, 32);
  EXPECT_EQ(attributes.find(RTA_DST)->address(), *IpAddress::parse("198.51.100.9"));

  Message answer(RTM_NEWROUTE, 0);
  answer.header(rtmsg{});
  answer.number<std::uint32_t>(RTA_OIF, 7);
  EXPECT_EQ(*decode_way(view_of(answer)), (Way{IfIndex{7}, std::nullopt}));
  answer.address(RTA_GATEWAY, *IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(*decode_way(view_of(answer)), (Way{IfIndex{7}, IpAddress::parse("192.0.2.1").value()}));
}

TEST(Way, ATruncatedAnswerIsRefused) {
  const Bytes few(5, 0);
  EXPECT_FALSE(decode_way(MessageView{RTM_NEWROUTE, 0, 1, few}));
}

}  // namespace
}  // namespace hawser::nl

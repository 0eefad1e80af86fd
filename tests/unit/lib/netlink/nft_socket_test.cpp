// A transaction of nf_tables as the datagram that the kernel takes whole or not at all.
#include "lib/netlink/nft_socket.h"

#include <cstring>

#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace hawser::nl {
namespace {

struct Seen {
  std::uint16_t type, flags;
  std::uint32_t number;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> seen_in(const Bytes& datagram) {
  std::vector<Seen> all;
  const auto read = each_message(datagram, [&](ByteView message) -> Status {
    nlmsghdr header{};
    std::memcpy(&header, message.data(), sizeof header);
    all.push_back({header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq});
    return {};
  });
  EXPECT_TRUE(read);
  return all;
}

NftMessage message_of(std::uint16_t type, std::size_t payload) {
  NftMessage message(sizeof(nlmsghdr) + payload, 0);
  const nlmsghdr header{static_cast<std::uint32_t>(message.size()), type, NLM_F_REQUEST, 0, 0};
  std::memcpy(message.data(), &header, sizeof header);
  return message;
}

TEST(NftTransaction, BeginsEndsAndHasTheLastMessageAcknowledged) {
  const auto seen = seen_in(transaction({message_of(0xa00, 5), message_of(0xa03, 8)}, 7));  // 5: padded to 8
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0].type, NFNL_MSG_BATCH_BEGIN);
  EXPECT_EQ(seen[0].number, 7U);
  EXPECT_EQ(seen[1], (Seen{0xa00, NLM_F_REQUEST, 8}));
  EXPECT_EQ(seen[2], (Seen{0xa03, NLM_F_REQUEST | NLM_F_ACK, 9}));
  EXPECT_EQ(seen[3].type, NFNL_MSG_BATCH_END);
  EXPECT_EQ(seen[3].number, 10U);
}

TEST(EachMessage, OfADatagramThatIsTornIsRefused) {
  auto datagram = transaction({message_of(0xa00, 8)}, 1);
  datagram.resize(datagram.size() - 4);
  EXPECT_FALSE(each_message(datagram, [](ByteView) -> Status { return {}; }));
}

}  // namespace
}  // namespace hawser::nl

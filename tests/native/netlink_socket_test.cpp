// The netlink socket against the machine's own kernel.
#include <cerrno>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "lib/netlink/address_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/socket.h"
#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

constexpr IfIndex kLoopback{1};
constexpr std::size_t kMany = 1000;  // some 80 kB, in pieces of at most 32

class NetlinkSocket : public LabTest {
 protected:
  [[nodiscard]] nl::Socket opened(int protocol = NETLINK_ROUTE) const {
    auto socket = host.inside([&] { return nl::Socket::open(protocol); });
    if (!socket) give_up("{}", socket.error().text);
    return std::move(*socket);
  }
  static Status put(nl::Socket& socket, const std::string& address) {
    return socket.request(nl::encode_put_address(nl::Put::kNew, kLoopback, *Prefix::parse(address), {}));
  }
  static void put_many(nl::Socket& socket) {
    for (std::size_t i = 0; i < kMany; ++i)
      if (const auto done = put(socket, fmt::format("2001:db8::{:x}/128", i + 1)); !done)
        give_up("address {}: {}", i, done.error().code);
  }
  static std::size_t addresses(nl::Socket& socket) {
    const auto all = socket.collect(nl::encode_get_addresses(), nl::decode_address);
    if (!all) give_up("{}", all.error().text);
    return all->size();
  }

  Namespace host{"nlsocket"};
};

TEST_F(NetlinkSocket, CollectsADumpOfManyDatagrams) {
  auto socket = opened();
  const auto before = addresses(socket);
  put_many(socket);
  EXPECT_EQ(addresses(socket), before + kMany);
}

TEST_F(NetlinkSocket, GivesTheKernelsNumberAndGoesOnAfterARefusal) {
  auto socket = opened();
  ASSERT_TRUE(put(socket, "192.0.2.1/32"));
  const auto refused = put(socket, "192.0.2.1/32");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, EEXIST);
  EXPECT_TRUE(put(socket, "192.0.2.2/32"));
}

TEST_F(NetlinkSocket, ReadsADumpToItsEndAfterAMessageThatItsReaderRefuses) {
  auto socket = opened();
  put_many(socket);
  const auto before = addresses(socket);
  const auto none = socket.collect(nl::encode_get_addresses(), [](const nl::MessageView&) -> Result<int> {
    return fail("not to my taste");
  });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().text, "not to my taste");
  EXPECT_EQ(addresses(socket), before);
}

TEST_F(NetlinkSocket, GivesWhatCameBeforeTheAcknowledgement) {
  auto socket = opened();
  const auto index = socket.index_of("lo");
  ASSERT_TRUE(index);
  nl::Message question{RTM_GETLINK, NLM_F_ACK};
  question.header(ifinfomsg{.ifi_family = 0,
                            .__ifi_pad = 0,
                            .ifi_type = 0,
                            .ifi_index = index->value,
                            .ifi_flags = 0,
                            .ifi_change = 0});
  const auto link = socket.ask(std::move(question), nl::decode_link);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->name, "lo");
  EXPECT_EQ(socket.index_of("none").error().code, ENODEV);
}

TEST_F(NetlinkSocket, KnowsTheNumberOfAFamilyOrThatThereIsNone) {
  auto socket = opened(NETLINK_GENERIC);
  EXPECT_EQ(socket.number_of("nlctrl"), std::uint16_t{GENL_ID_CTRL});
  const auto none = socket.number_of("hawser-none");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ENOENT);
  EXPECT_EQ(socket.number_of("nlctrl"), std::uint16_t{GENL_ID_CTRL}) << "and goes on";
}

}  // namespace
}  // namespace hawser::lab

// Macvlans, settings and neighbours as bytes. That the kernel takes them as meant is in
// tests/native/vipd_virtual_mac_test.cpp.
#include "lib/netlink/macvlan_codec.h"

#include <set>

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "captures.h"
#include "lib/netlink/inet_conf_codec.h"
#include "lib/netlink/neighbour_codec.h"

namespace hawser::nl {
namespace {

const MacAddress kMac = *MacAddress::parse("00:00:5e:00:01:33");

Bytes bytes_of(const Message& message) {
  return {message.bytes().begin(), message.bytes().end()};
}

// As the kernel tells of one; `kind` and its mode.
Bytes told(const std::string& kind, std::uint32_t mode) {
  Message message{RTM_NEWLINK, 0};
  ifinfomsg fixed{};
  fixed.ifi_index = 9;
  fixed.ifi_flags = IFF_UP;
  message.header(fixed);
  message.text(IFLA_IFNAME, "v4-51-front");
  message.bytes(IFLA_ADDRESS, kMac.bytes);
  message.number(IFLA_LINK, std::uint32_t{5});
  message.text(IFLA_IFALIAS, "whose it is");
  message.nest(IFLA_LINKINFO, [&] {
    message.text(IFLA_INFO_KIND, kind);
    message.nest(IFLA_INFO_DATA, [&] { message.number(IFLA_MACVLAN_MODE, mode); });
  });
  return bytes_of(message);
}

TEST(MacvlanCodec, ReadsWhatTheKernelTells) {
  const auto bytes = told("macvlan", MACVLAN_MODE_BRIDGE);
  const auto seen = decode_macvlan(view_of(bytes));
  ASSERT_TRUE(seen);
  EXPECT_EQ(*seen, (DecodedMacvlan{IfIndex{9}, "v4-51-front", "macvlan", IfIndex{5}, kMac, "whose it is",
                                   true, true}));
  const auto other = told("macvlan", MACVLAN_MODE_PRIVATE);
  EXPECT_FALSE(decode_macvlan(view_of(other))->bridge);
  const auto veth = told("veth", MACVLAN_MODE_BRIDGE);
  EXPECT_FALSE(decode_macvlan(view_of(veth))->bridge);
}

TEST(MacvlanCodec, WhatIsMadeIsReadAsThat) {
  const auto bytes = bytes_of(encode_make_macvlan({"v4-51-front", IfIndex{5}, kMac}));
  EXPECT_EQ(*decode_macvlan(view_of(bytes)),
            (DecodedMacvlan{IfIndex{}, "v4-51-front", "macvlan", IfIndex{5}, kMac, "", false, true}));
}

TEST(MacvlanCodec, RefusesEveryTruncation) {
  const auto bytes = told("macvlan", MACVLAN_MODE_BRIDGE);
  const auto whole = view_of(bytes);
  // Where an attribute ends the message may end as well; it has nothing before its name has come.
  std::set<std::size_t> ends;
  std::size_t end = sizeof(ifinfomsg);
  const auto* at = whole.payload.data();
  while (end < whole.payload.size()) {
    const std::size_t length = at[end] + std::size_t{256} * at[end + 1];
    const auto padded = (length + 3) / 4 * 4;
    for (auto more = length; more <= padded; ++more) ends.insert(end + more);
    end += padded;
  }
  ASSERT_GE(ends.size(), 5U);
  for (std::size_t length = 0; length < whole.payload.size(); ++length) {
    auto cut = whole;
    cut.payload = whole.payload.first(length);
    if (ends.contains(length)) continue;
    EXPECT_FALSE(decode_macvlan(cut)) << length;
  }
}

TEST(InetConfCodec, ReadsSettingsOutOfTheArrayAndSetsThemByNumber) {
  Message message{RTM_NEWLINK, 0};
  ifinfomsg fixed{};
  fixed.ifi_index = 5;
  message.header(fixed);
  message.text(IFLA_IFNAME, "front");
  Writer settings;
  for (int number = 1; number <= IPV4_DEVCONF_MAX; ++number) settings.native(std::uint32_t(100 + number));
  message.nest(IFLA_AF_SPEC,
               [&] { message.nest(AF_INET, [&] { message.bytes(IFLA_INET_CONF, settings.bytes()); }); });
  const auto bytes = bytes_of(message);
  const auto seen = decode_inet_conf(view_of(bytes));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->link, IfIndex{5});
  EXPECT_EQ(seen->name, "front");
  EXPECT_EQ(seen->settings, (std::map<InetSetting, std::uint32_t>{{InetSetting::kRpFilter, 108},
                                                                  {InetSetting::kArpFilter, 113},
                                                                  {InetSetting::kArpAnnounce, 118},
                                                                  {InetSetting::kArpIgnore, 119},
                                                                  {InetSetting::kPromoteSecondaries, 120}}));
  const auto set = bytes_of(encode_set_inet_conf(IfIndex{5}, {{InetSetting::kArpIgnore, 1}}));
  const Bytes one{8, 0, IPV4_DEVCONF_ARP_IGNORE, 0, 1, 0, 0, 0};
  EXPECT_TRUE(std::ranges::search(set, one));
}

Bytes neighbour(std::uint16_t state, bool known = true) {
  Message message{RTM_NEWNEIGH, 0};
  struct {
    std::uint8_t family = AF_INET, pad1 = 0;
    std::uint16_t pad2 = 0;
    std::int32_t link = 5;
    std::uint16_t state = 0;
    std::uint8_t flags = 0, type = 0;
  } fixed;
  fixed.state = state;
  message.header(fixed);
  message.address(NDA_DST, IpAddress::v4(192, 0, 2, 12));
  if (known) message.bytes(NDA_LLADDR, kMac.bytes);
  return bytes_of(message);
}

TEST(NeighbourCodec, KnowsAMacAndWhetherItIsConfirmed) {
  const auto seen = [](const Bytes& bytes) { return decode_neighbour(view_of(bytes)).value(); };
  EXPECT_EQ(seen(neighbour(NUD_REACHABLE)), (DecodedNeighbour{kMac, true}));
  EXPECT_EQ(seen(neighbour(NUD_PERMANENT)), (DecodedNeighbour{kMac, true}));
  for (const auto state : {NUD_STALE, NUD_DELAY, NUD_PROBE})
    EXPECT_EQ(seen(neighbour(static_cast<std::uint16_t>(state))), (DecodedNeighbour{kMac, false})) << state;
  for (const auto state : {NUD_INCOMPLETE, NUD_FAILED, NUD_NONE})
    EXPECT_EQ(seen(neighbour(static_cast<std::uint16_t>(state))), DecodedNeighbour{}) << state;
  EXPECT_EQ(seen(neighbour(NUD_REACHABLE, false)).mac, std::nullopt);
}

}  // namespace
}  // namespace hawser::nl

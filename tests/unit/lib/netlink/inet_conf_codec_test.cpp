#include "lib/netlink/inet_conf_codec.h"

#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace hawser::nl {
namespace {

constexpr IfIndex kFront{5};

// RTM_NEWLINK with the array of settings as the kernel has it (inet_fill_link_af): each is its own number.
Result<InetConf> decoded(int settings) {
  Message message{RTM_NEWLINK, 0};
  ifinfomsg fixed{};
  fixed.ifi_index = kFront.value;
  message.header(fixed);
  message.text(IFLA_IFNAME, "front");
  Writer array;
  for (int number = 1; number <= settings; ++number) array.native(static_cast<std::uint32_t>(number));
  message.nest(IFLA_AF_SPEC,
               [&] { message.nest(AF_INET, [&] { message.bytes(IFLA_INET_CONF, array.bytes()); }); });
  auto rest = message.bytes();
  return decode_inet_conf(*next_message(rest));
}

TEST(InetConfCodec, ReadsEachSettingOutOfTheArray) {
  const auto conf = decoded(IPV4_DEVCONF_MAX);
  ASSERT_TRUE(conf);
  EXPECT_EQ(conf->link, kFront);
  EXPECT_EQ(conf->name, "front");
  EXPECT_EQ(conf->settings, (std::map<InetSetting, std::uint32_t>{{InetSetting::kRpFilter, 8},
                                                                  {InetSetting::kArpFilter, 13},
                                                                  {InetSetting::kArpAnnounce, 18},
                                                                  {InetSetting::kArpIgnore, 19},
                                                                  {InetSetting::kPromoteSecondaries, 20}}));
}

TEST(InetConfCodec, KnowsNothingOfWhatAnOlderKernelDoesNotSay) {
  const auto conf = decoded(IPV4_DEVCONF_ARP_ANNOUNCE);
  ASSERT_TRUE(conf);
  EXPECT_EQ(conf->settings.size(), 3U);
  EXPECT_FALSE(conf->settings.contains(InetSetting::kArpIgnore));
}

TEST(InetConfCodec, WritesASettingAsAnAttribute) {
  const auto message = encode_set_inet_conf(kFront, {{InetSetting::kPromoteSecondaries, 1}});
  const auto bytes = message.bytes();
  // Lengths and types of IFLA_AF_SPEC, AF_INET, IFLA_INET_CONF (each nested), then number 20 with value 1.
  const Bytes expected{20, 0, IFLA_AF_SPEC, 0x80, 16, 0, AF_INET, 0x80, 12, 0, IFLA_INET_CONF, 0x80,
                       8,  0, 20,           0,    1,  0, 0,       0};
  EXPECT_EQ(Bytes(bytes.end() - 20, bytes.end()), expected);
}

}  // namespace
}  // namespace hawser::nl

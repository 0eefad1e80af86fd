// What vipd sends, as tcpdump reads it: everything is decoded, and every checksum is right.
#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

class VipdWire : public VipTest {
 protected:
  Neighbour client{"client", "192.0.2.200", segment};

  // What a host on the segment hears of another that becomes Active and leaves again.
  std::string heard(const VipFile& file, const std::string& last, const Namespace& where,
                    const std::string& device) {
    Process tcpdump(where,
                    {"tcpdump", "-n", "-vv", "-l", "--immediate-mode", "-i", device,
                     "ip proto 112 or ip6 proto 112 or arp or icmp6[icmp6type] == icmp6-neighboradvert"});
    EXPECT_TRUE(eventually(10s, [&] { return tcpdump.output().find("listening on") != std::string::npos; }))
        << tcpdump.output();
    lb1.write(file);
    lb1.start();
    EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
    EXPECT_TRUE(eventually(10s, [&] { return tcpdump.output().find(last) != std::string::npos; }))
        << tcpdump.output();
    EXPECT_EQ(lb1.daemon().stop(20s), 0);
    EXPECT_TRUE(eventually(10s, [&] { return tcpdump.output().find("prio 0") != std::string::npos; }));
    tcpdump.stop();
    return tcpdump.output();
  }
  std::string heard(const VipFile& file, const std::string& last) {
    return heard(file, last, client.host, "eth0");
  }
  static void expect_clean(const std::string& text) {
    for (const auto* wrong : {"bad ", "incorrect", "invalid", "[|", "malformed", "unknown", "wrong"})
      EXPECT_THAT(text, Not(HasSubstr(wrong)));
  }
};

TEST_F(VipdWire, VersionThreeAndGratuitousArpInBothForms) {
  const auto text = heard({}, "Reply 192.0.2.100 is-at");
  expect_clean(text);
  EXPECT_THAT(
      text, HasSubstr("192.0.2.11 > 224.0.0.18: VRRPv3, Advertisement, vrid 51, prio 200, intvl 10cs, length "
                      "12, addrs: 192.0.2.100"));
  EXPECT_THAT(text, HasSubstr("Request who-has 192.0.2.100"));
}

TEST_F(VipdWire, VersionTwoWithAPassword) {
  const auto password = lb1.directory() / "password";
  std::ofstream(password) << "1111\n";
  std::filesystem::permissions(password, std::filesystem::perms::owner_read);
  const auto text = heard(
      {.interval = "1s", .more = fmt::format("version = 2\npassword = \"file:{}\"\n", password.native())},
      "Reply 192.0.2.100 is-at");
  expect_clean(text);
  EXPECT_THAT(
      text,
      HasSubstr("VRRPv2, Advertisement, vrid 51, prio 200, authtype simple, intvl 1s, length 20, addrs: "
                "192.0.2.100 auth \"1111"));
}

TEST_F(VipdWire, Unicast) {
  const auto text =
      heard({.more = "transport = \"unicast\"\n"}, "192.0.2.11 > 192.0.2.12: VRRP", lb2.host(), "front");
  expect_clean(text);
  EXPECT_THAT(
      text, HasSubstr("VRRPv3, Advertisement, vrid 51, prio 200, intvl 10cs, length 12, addrs: 192.0.2.100"));
}

TEST_F(VipdWire, Ipv6AndItsNeighbourAdvertisements) {
  const auto text = heard({.addresses = R"(["fe80::100", "2001:db8::100"])"}, "tgt is 2001:db8::100");
  expect_clean(text);
  EXPECT_THAT(
      text, HasSubstr("VRRPv3, Advertisement, vrid 51, prio 200, intvl 10cs, length 40, addrs(2): fe80::100,"
                      "2001:db8::100"));
  EXPECT_THAT(text, HasSubstr("[icmp6 sum ok] ICMP6, neighbor advertisement"));
}

TEST_F(VipdWire, WithTheVirtualMac) {
  const auto text = heard({.more = "virtual_mac = true\n"}, "Reply 192.0.2.100 is-at 00:00:5e:00:01:33");
  expect_clean(text);
}

}  // namespace
}  // namespace hawser::lab

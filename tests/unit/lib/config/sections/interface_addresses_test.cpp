// Rules of the addresses of devices, vips and nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::IsEmpty;

std::string dummy(const std::string& addresses) {
  return "[link.d]\nkind = \"dummy\"\naddresses = [" + addresses + "]\n";
}
const std::string kNodes = "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n";
// On two nodes: `address` is at line 6.
std::string vip(const std::string& address, const std::string& priority = "{ lb1 = 150, lb2 = 100 }") {
  return kNodes + "[vip.a]\ninterface = \"eth0\"\naddresses = [" + address +
         "]\nvirtual_router_id = 1\npriority = " + priority + "\n";
}

TEST(AddressRules, ADevicesAddressHasAPrefixLength) {
  EXPECT_THAT(problems_of(dummy("\"192.0.2.1\", \"2001:db8::1\", \"192.0.2.2/32\"")),
              Lines("t.toml:3:14: link.d.addresses: \"192.0.2.1\" has no prefix length: write "
                    "\"192.0.2.1/24\", or \"192.0.2.1/32\" if no neighbour is in its network",
                    "t.toml:3:27: link.d.addresses: \"2001:db8::1\" has no prefix length: write "
                    "\"2001:db8::1/64\", or \"2001:db8::1/128\" if no neighbour is in its network"));
}

TEST(AddressRules, ADevicesAddressIsThatOfAHost) {
  EXPECT_THAT(
      problems_of(dummy("\"192.0.2.0/24\", \"192.0.2.255/24\", \"198.51.100.1/0\", \"127.0.0.1/8\", "
                        "\"255.255.255.255/32\", \"::ffff:192.0.2.9/128\", \"ff02::1/64\", \"::1/128\"")),
      Lines(
          "t.toml:3:14: link.d.addresses: 192.0.2.0/24 is the network itself: write an address in it, such "
          "as 192.0.2.1/24",
          "t.toml:3:30: link.d.addresses: 192.0.2.255 is the broadcast address of 192.0.2.0/24",
          "t.toml:3:48: link.d.addresses: 198.51.100.1/0: a network of length 0 would be the whole world",
          "t.toml:3:66: link.d.addresses: 127.0.0.1 is a loopback address: only \"lo\" and a VRF have one",
          "t.toml:3:81: link.d.addresses: 255.255.255.255 is not an address that a host can have",
          "t.toml:3:103: link.d.addresses: ::ffff:192.0.2.9 is an IPv4 address in IPv6 form: write 192.0.2.9",
          "t.toml:3:127: link.d.addresses: ff02::1 is not an address that a host can have",
          "t.toml:3:141: link.d.addresses: ::1 is a loopback address: only \"lo\" and a VRF have one"));
}

TEST(AddressRules, EveryAddressOfASmallNetworkIsAHosts) {
  EXPECT_THAT(problems_of(dummy("\"192.0.2.0/31\", \"192.0.2.3/31\", \"192.0.2.4/32\", \"2001:db8::/127\"")),
              IsEmpty());
  EXPECT_THAT(problems_of("[link.lo]\nkind = \"physical\"\naddresses = [\"127.0.0.5/8\", "
                          "\"203.0.113.0/24\"]\n[link.red]\nkind = "
                          "\"vrf\"\ntable = 9\naddresses = [\"127.0.0.1/8\", \"::1/128\"]\n"),
              IsEmpty());
}

TEST(AddressRules, TheRoutersAnycastAddressIsAskedAbout) {
  const auto loaded = load_text(dummy("\"2001:db8::/64\""));
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_THAT(
      notes(loaded),
      Lines("t.toml:3:14: link.d.addresses: note: 2001:db8::/64 is the address that every router in it "
            "answers to: is 2001:db8::1/64 meant?"));
}

TEST(AddressRules, APointToPointLinkHasNoAnycastAddress) {
  EXPECT_THAT(notes(load_text(dummy("\"2001:db8::/127\""))), IsEmpty());
}

TEST(AddressRules, ARangeOnTheLoopbackDeviceHasNoBroadcastAddress) {
  EXPECT_THAT(problems_of("[link.lo]\nkind = \"physical\"\naddresses = [\"203.0.113.1/24\"]\n"
                          "[service.s]\nvirtual = [\"tcp 203.0.113.255:80\"]\n"
                          "[[service.s.real]]\naddress = \"198.51.100.21\"\n"),
              IsEmpty());
}

TEST(AddressRules, AnAddressIsThereOnceInItsVrf) {
  EXPECT_THAT(problems_of(dummy("\"192.0.2.1/24\", \"192.0.2.1/32\"")),
              Lines("t.toml:3:30: link.d.addresses: 192.0.2.1 is also at t.toml:3"));
  EXPECT_THAT(problems_of(dummy("\"fe80::1/64\", \"fe80::1/128\"")),
              Lines("t.toml:3:28: link.d.addresses: fe80::1 is also at t.toml:3"));
  EXPECT_THAT(problems_of("[link.red]\nkind = \"vrf\"\ntable = 9\n[link.a]\nkind = \"dummy\"\nvrf = \"red\"\n"
                          "addresses = [\"192.0.2.1/24\"]\n" +
                          dummy("\"192.0.2.1/24\"")),
              IsEmpty());
}

TEST(AddressRules, AVipIsThatOfAHost) {
  EXPECT_THAT(
      problems_of(vip("\"192.0.2.255/24\", \"192.0.2.0/24\", \"127.0.0.1\", \"192.0.2.1/0\", "
                      "\"::ffff:192.0.2.9\""),
                  "lb1"),
      Lines("t.toml:6:14: vip.a.addresses: 192.0.2.255 is the broadcast address of 192.0.2.0/24",
            "t.toml:6:32: vip.a.addresses: 192.0.2.0/24 is the network itself: write an address in it, "
            "such as 192.0.2.1/24",
            "t.toml:6:48: vip.a.addresses: 127.0.0.1 is a loopback address: no other host has it",
            "t.toml:6:61: vip.a.addresses: 192.0.2.1/0: a network of length 0 would be the whole world",
            "t.toml:6:76: vip.a.addresses: ::ffff:192.0.2.9 is an IPv4 address in IPv6 form: write "
            "192.0.2.9"));
}

TEST(AddressRules, AVipIsNoNodesOwnUnlessThatOwnsIt) {
  const std::string said =
      "t.toml:6:14: vip.a.addresses: 192.0.2.12 is the own address of node lb2 (t.toml:3): that node must "
      "have "
      "priority 255 or the vip another address";
  EXPECT_THAT(problems_of(vip("\"192.0.2.12\""), "lb1"), Lines(said));
  EXPECT_THAT(problems_of(vip("\"192.0.2.12\""), "lb2"), Lines(said));
  EXPECT_THAT(problems_of(vip("\"192.0.2.12\"", "{ lb1 = 150, lb2 = 255 }"), "lb1"), IsEmpty());
  EXPECT_THAT(problems_of(vip("\"192.0.2.12\"", "{ lb1 = 150, lb2 = 255 }"), "lb2"), IsEmpty());
}

TEST(AddressRules, AVipIsNoAddressOfAnotherNodesDevice) {
  const auto text = [](const std::string& link) {
    return vip("\"192.0.2.100\"") + link + "addresses = { lb1 = [], lb2 = [\"192.0.2.100/24\"] }\n";
  };
  EXPECT_THAT(
      problems_of(text("[link.eth0]\nkind = \"physical\"\n"), "lb1"),
      Lines("t.toml:6:14: vip.a.addresses: 192.0.2.100 is the own address of node lb2 (t.toml:11): that "
            "node must have priority 255 or the vip another address"));
  EXPECT_THAT(problems_of(text("[link.eth0]\nkind = \"physical\"\n"), "lb2"),
              Lines("t.toml:11:32: link.eth0.addresses: 192.0.2.100 is also at t.toml:6"));
  // A real server of direct routing has the address where nobody is answered.
  EXPECT_THAT(problems_of(text("[link.lo]\nkind = \"physical\"\n"), "lb1"), IsEmpty());
}

TEST(AddressRules, NodesHaveDifferentAddresses) {
  EXPECT_THAT(
      problems_of("[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.11\"\nlb3 = \"127.0.0.1\"\n", "lb1"),
      Lines("t.toml:3:7: nodes.lb2.addresses: 192.0.2.11 is also at t.toml:2",
            "t.toml:4:7: nodes.lb3.addresses: 127.0.0.1 is a loopback address: no other host has it"));
}

TEST(AddressRules, AVipLivesWhereNeighboursHearOfIt) {
  const auto on = [](const std::string& interface, const std::string& more = {}) {
    return problems_of("[vip.a]\ninterface = \"" + interface +
                       "\"\nvirtual_router_id = 1\naddresses = [\"192.0.2.100\"]\n" + more);
  };
  EXPECT_THAT(on("eth0", "[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\n"),
              Lines("t.toml:2:13: vip.a.interface: \"eth0\" is a port of bond \"b\": write the bond"));
  EXPECT_THAT(on("lo"),
              Lines("t.toml:2:13: vip.a.interface: \"lo\" has no neighbours that could hear advertisements"));
  EXPECT_THAT(on("red", "[link.red]\nkind = \"vrf\"\ntable = 9\n"),
              Lines("t.toml:2:13: vip.a.interface: \"red\" is a VRF: write a device in it"));
  EXPECT_THAT(on(""), Lines("t.toml:2:13: vip.a.interface: must not be empty"));
}

TEST(AddressRules, AVipThatNobodyReachesIsAskedAbout) {
  const auto on = [](const std::string& interface, const std::string& addresses, const std::string& more) {
    const auto loaded = load_text("[vip.a]\ninterface = \"" + interface +
                                  "\"\nvirtual_router_id = 1\naddresses = [" + addresses + "]\n" + more);
    EXPECT_THAT(lines(loaded), IsEmpty());
    return notes(loaded);
  };
  const std::string one = "\"192.0.2.100\"";
  const std::string down = "\"eth0\" has up = false: no address is held there until it is up";
  const std::string card = "[link.eth0]\nkind = \"physical\"\nup = false\n";
  EXPECT_THAT(on("eth0", one, card), Lines("t.toml:2:13: vip.a.interface: note: " + down));
  EXPECT_THAT(on("eth1", R"({ address = "192.0.2.100", interface = "eth0" })", card),
              Lines("t.toml:4:14: vip.a.addresses: note: " + down));
  EXPECT_THAT(
      on("v", one, card + "[link.v]\nkind = \"vlan\"\non = \"eth0\"\nid = 3\nup = false\n"),
      Lines("t.toml:2:13: vip.a.interface: note: \"v\" has up = false: no address is held there until it "
            "is up"));
  const std::string dummy = "[link.d]\nkind = \"dummy\"\n";
  EXPECT_THAT(
      on("d", one, dummy),
      Lines("t.toml:2:13: vip.a.interface: note: \"d\" is a dummy, which has no neighbours: every host "
            "with the vip holds it at once"));
  // Elected elsewhere, an address may live there.
  EXPECT_THAT(on("eth0", R"({ address = "192.0.2.100", interface = "d" })", dummy), IsEmpty());
  EXPECT_THAT(on("eth0", one, "[link.eth0]\nkind = \"physical\"\n"), IsEmpty());
}

}  // namespace
}  // namespace hawser::config

// Rules of devices: names, what they stand on, MTU and MAC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string bond(const std::string& text) {
  return "[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\n" + text;
}
std::string vlan(const std::string& name, const std::string& on, const std::string& id,
                 const std::string& more = {}) {
  return "[link." + name + "]\nkind = \"vlan\"\non = \"" + on + "\"\nid = " + id + "\n" + more;
}

TEST(DeviceRules, ANameIsNoPatternOfTheKernels) {
  EXPECT_THAT(problems_of("[bond.\"a%d\"]\nmode = \"active-backup\"\nports = [\"eth0\"]\n"),
              Lines("t.toml:1:7: bond.\"a%d\": \"a%d\" is not a device name: the kernel puts a number in the "
                    "place of a %; write device = .."));
  EXPECT_THAT(problems_of("[link.a]\nkind = \"dummy\"\ndevice = \"all\"\n[link.default]\nkind = \"dummy\"\n"),
              Lines("t.toml:3:10: link.a.device: \"all\" is not a device name: the kernel has it for the "
                    "settings of all devices",
                    "t.toml:4:7: link.default: \"default\" is not a device name: the kernel has it for the "
                    "settings of all devices; write device = .."));
}

TEST(DeviceRules, ANameHasNoControlCharacters) {
  EXPECT_THAT(problems_of("[vip.\"a\\u001b[31m\"]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = "
                          "[\"192.0.2.100\"]\n[check.\"\"]\ntype = \"tcp\"\n"),
              Lines("t.toml:1:6: vip: the name \"a\\u001B[31m\" must be without control characters",
                    "t.toml:5:8: check: must have a name: [check.NAME]"));
  EXPECT_THAT(
      problems_of("[link.d]\nkind = \"dummy\"\ndescription = \"a\\nb\"\n"),
      Lines("t.toml:3:15: link.d.description: must be without control characters, not \"a\\u000Ab\""));
}

TEST(DeviceRules, TheLoopbackDeviceIsNoBond) {
  EXPECT_THAT(problems_of("[bond.lo]\nmode = \"active-backup\"\nports = [\"eth0\"]\n"),
              Lines("t.toml:1:7: bond.lo: device \"lo\" is the kernel's own: only kind = \"physical\" can "
                    "name it"));
}

TEST(DeviceRules, NothingStandsOnItself) {
  EXPECT_THAT(
      problems_of("[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\", \"v\"]\n" + vlan("v", "b", "3")),
      Lines("t.toml:3:18: bond.b.ports: \"v\" stands on the bond itself",
            "t.toml:6:6: link.v.on: \"v\" would stand on itself"));
  // By the devices' names, through a stack.
  EXPECT_THAT(problems_of("[bond.b]\nmode = \"active-backup\"\nports = [\"top0\"]\n" + vlan("v", "b", "3") +
                          vlan("w", "v", "3", "device = \"top0\"\n")),
              Lines("t.toml:3:10: bond.b.ports: \"top0\" stands on the bond itself",
                    "t.toml:6:6: link.v.on: \"v\" would stand on itself",
                    "t.toml:10:6: link.w.on: \"w\" would stand on itself"));
  EXPECT_THAT(problems_of(bond("") + vlan("v", "b", "3") + vlan("w", "v", "3")), IsEmpty());
}

TEST(DeviceRules, WhatIsNoIdIsNoOthersEither) {
  EXPECT_THAT(problems_of(bond("") + vlan("v", "b", "0") + vlan("a", "b", "4095")),
              ElementsAre(HasSubstr("link.v.id: must be"), HasSubstr("link.a.id: must be")));
}

TEST(DeviceRules, AVlanIsThereOnce) {
  EXPECT_THAT(problems_of(bond("") + vlan("v", "b", "3") + vlan("a", "b", "3")),
              Lines("t.toml:11:6: link.a.id: 3 on \"b\" is already that of [link.v]"));
  EXPECT_THAT(problems_of(bond("") + vlan("v", "b", "3") + vlan("a", "b", "3", "protocol = \"802.1ad\"\n") +
                          vlan("w", "v", "3")),
              IsEmpty());
}

TEST(DeviceRules, SomeDevicesCarryNoVlansAndAreInNoVrf) {
  const std::string vrf = "[link.red]\nkind = \"vrf\"\ntable = 9\n";
  EXPECT_THAT(problems_of(vrf + vlan("v", "red", "3")),
              Lines("t.toml:6:6: link.v.on: \"red\" is a VRF, which carries no VLANs"));
  EXPECT_THAT(problems_of("[link.lo]\nkind = \"physical\"\n" + vlan("v", "lo", "3")),
              Lines("t.toml:5:6: link.v.on: \"lo\" carries no VLANs"));
  EXPECT_THAT(problems_of("[link.lo]\nkind = \"physical\"\nvrf = \"red\"\n" + vrf +
                          "[link.blue]\nkind = \"vrf\"\ntable = 10\nvrf = \"red\"\n"),
              Lines("t.toml:3:7: link.lo.vrf: \"lo\" is in no VRF",
                    "t.toml:10:7: link.blue.vrf: a VRF is in no other VRF"));
  EXPECT_THAT(
      problems_of("[link.lo]\nkind = \"dummy\"\n"),
      Lines("t.toml:1:7: link.lo: device \"lo\" is the kernel's own: only kind = \"physical\" can name "
            "it"));
}

TEST(DeviceRules, AMacIsThatOfOneDevice) {
  EXPECT_THAT(problems_of(bond("mac = \"01:00:5e:00:00:01\"\n")),
              Lines("t.toml:4:7: bond.b.mac: 01:00:5e:00:00:01 is a multicast address: the first byte of a "
                    "device's is even"));
  EXPECT_THAT(problems_of("[link.d]\nkind = \"dummy\"\nmac = \"ff:ff:ff:ff:ff:ff\"\n[link.e]\nkind = "
                          "\"dummy\"\nmac = \"00:00:00:00:00:00\"\n"),
              Lines("t.toml:3:7: link.d.mac: ff:ff:ff:ff:ff:ff is a multicast address: the first byte of a "
                    "device's is even",
                    "t.toml:6:7: link.e.mac: 00:00:00:00:00:00 is no device's address"));
}

TEST(DeviceRules, AVlansMtuIsNotAboveItsDevices) {
  EXPECT_THAT(problems_of(bond("") + vlan("v", "b", "3", "mtu = 9000\n")),
              Lines("t.toml:8:7: link.v.mtu: 9000 is above the 1500 (default) of \"b\" below it: write mtu = "
                    "9000 there as well"));
  EXPECT_THAT(
      problems_of(bond("mtu = 4000\n") + vlan("v", "b", "3") + vlan("w", "v", "3", "mtu = 4001\n")),
      Lines("t.toml:13:7: link.w.mtu: 4001 is above the 4000 of \"v\" below it: write mtu = 4001 there "
            "as well"));
  EXPECT_THAT(problems_of(bond("mtu = 9000\n") + vlan("v", "b", "3", "mtu = 9000\n")), IsEmpty());
  // What a card has, the file need not say.
  EXPECT_THAT(problems_of("[link.eth0]\nkind = \"physical\"\n" + vlan("v", "eth0", "3", "mtu = 9000\n")),
              IsEmpty());
}

TEST(DeviceRules, AVlanIsUpOnlyOnWhatIsUp) {
  const std::string down = "[link.eth0]\nkind = \"physical\"\nup = false\n";
  EXPECT_THAT(
      problems_of(down + vlan("v", "eth0", "3")),
      Lines("t.toml:6:6: link.v.on: \"eth0\" has up = false: write up = false here too, as nothing on it "
            "can be up"));
  EXPECT_THAT(problems_of(down + vlan("v", "eth0", "3", "up = false\n")), IsEmpty());
}

TEST(DeviceRules, AnMtuIsWithinWhatItsKindTakes) {
  EXPECT_THAT(problems_of(bond("mtu = 65536\n")),
              Lines("t.toml:4:7: bond.b.mtu: 65536 is above 65535, the most of a bond"));
  EXPECT_THAT(problems_of("[link.red]\nkind = \"vrf\"\ntable = 9\nmtu = 1000\n"),
              Lines("t.toml:4:7: link.red.mtu: 1000 is below 1280, the least of a vrf"));
  EXPECT_THAT(problems_of("[link.eth0]\nkind = \"physical\"\nmtu = 65536\n"),
              Lines("t.toml:3:7: link.eth0.mtu: 65536 is above 65535, the most of a card"));
  for (const auto* good : {"[link.lo]\nkind = \"physical\"\n", "[link.d]\nkind = \"dummy\"\n",
                           "[link.r]\nkind = \"vrf\"\ntable = 9\n"})
    EXPECT_THAT(problems_of(good + std::string("mtu = 65536\n")), IsEmpty()) << good;
  EXPECT_THAT(problems_of("[link.eth0]\nkind = \"physical\"\nmtu = 65535\n"), IsEmpty());
}

TEST(DeviceRules, Ipv6NeedsAnMtuOf1280) {
  EXPECT_THAT(problems_of(bond("mtu = 1279\naddresses = [\"2001:db8::1/64\"]\n")),
              Lines("t.toml:4:7: bond.b.mtu: IPv6 needs an mtu of 1280 or more, and that of \"b\" is 1279"));
  EXPECT_THAT(
      problems_of(bond("mtu = 1000\n") +
                  vlan("v", "b", "3", "routes = [{ to = \"2001:db8:1::/64\", via = \"fe80::1\" }]\n") +
                  "[vip.a]\ninterface = \"b\"\nvirtual_router_id = 1\naddresses = [\"192.0.2.100\", "
                  "\"2001:db8::100\"]\n"),
      Lines("t.toml:9:10: link.v.routes: IPv6 needs an mtu of 1280 or more, and that of \"v\" is 1000",
            "t.toml:13:29: vip.a.addresses: IPv6 needs an mtu of 1280 or more, and that of \"b\" is "
            "1000"));
  EXPECT_THAT(problems_of(bond("mtu = 1280\naddresses = [\"2001:db8::1/64\"]\n")), IsEmpty());
  EXPECT_THAT(problems_of(bond("mtu = 1000\naddresses = [\"192.0.2.1/24\"]\n")), IsEmpty());
}

}  // namespace
}  // namespace hawser::config

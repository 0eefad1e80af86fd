// Rules between bonds and their ports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::IsEmpty;

std::string bond(const std::string& ports, const std::string& more = {}) {
  return "[bond.b]\nmode = \"active-backup\"\nports = [" + ports + "]\n" + more;
}

TEST(PortRules, ABondHasPorts) {
  EXPECT_THAT(problems_of("[bond.b]\nmode = \"active-backup\"\n"),
              Lines("t.toml:1:7: bond.b.ports: is missing: a bond without ports carries nothing"));
  EXPECT_THAT(problems_of(bond("")), Lines("t.toml:3:9: bond.b.ports: must name at least one"));
  EXPECT_THAT(
      problems_of(bond("\"a b\"")),
      Lines("t.toml:3:10: bond.b.ports: \"a b\" is not a device name: 1 to 15 characters without space, "
            "slash and colon"));
}

TEST(PortRules, MoreLinksThanPortsNeverGiveCarrier) {
  const auto lacp = [](int least) {
    return fmt::format("[bond.b]\nmode = \"802.3ad\"\nports = [\"eth0\", \"eth1\"]\nmin_links = {}\n", least);
  };
  EXPECT_THAT(problems_of(lacp(3)),
              Lines("t.toml:4:13: bond.b.min_links: 3 is above the number of ports, 2: the "
                    "bond would never have carrier"));
  EXPECT_THAT(problems_of(lacp(2)), IsEmpty());
}

TEST(PortRules, SomeDevicesAreNoPorts) {
  EXPECT_THAT(problems_of(bond("\"red\", \"lo\"", "[link.red]\nkind = \"vrf\"\ntable = 9\n")),
              Lines("t.toml:3:10: bond.b.ports: \"red\" is a VRF, which is no port of a bond",
                    "t.toml:3:17: bond.b.ports: \"lo\" is the loopback device, which is no port of a bond"));
  EXPECT_THAT(problems_of(bond("\"v\"",
                               "[link.v]\nkind = \"vlan\"\non = \"eth0\"\nid = 3\n[link.eth0]\nkind = "
                               "\"physical\"\n")),
              IsEmpty());
}

TEST(PortRules, ACardIsAPortOnceHoweverItsMacIsSpelled) {
  EXPECT_THAT(problems_of(bond("\"mac:52:54:00:12:34:ab\"") +
                          "[bond.c]\nmode = \"broadcast\"\nports = [\"mac:52:54:00:12:34:AB\"]\n"),
              Lines("t.toml:6:10: bond.c.ports: \"mac:52:54:00:12:34:AB\" is already a port of bond \"b\""));
}

TEST(PortRules, APortHasNoAddressesRoutesAndVrf) {
  EXPECT_THAT(
      problems_of(bond("\"eth0\"",
                       "[link.card]\nkind = \"physical\"\ndevice = \"eth0\"\naddresses = "
                       "[\"192.0.2.1/24\"]\nroutes = [{ to = \"default\", via = \"192.0.2.254\" "
                       "}]\nvrf = \"red\"\n[link.red]\nkind = \"vrf\"\ntable = 9\n")),
      Lines(
          "t.toml:7:13: link.card.addresses: \"card\" is a port of bond \"b\": addresses belong to the bond",
          "t.toml:8:10: link.card.routes: \"card\" is a port of bond \"b\": routes lead through the bond",
          "t.toml:9:7: link.card.vrf: \"card\" is a port of bond \"b\": the bond is what a VRF can have"));
  EXPECT_THAT(problems_of(bond("\"eth0\"", "[link.eth0]\nkind = \"physical\"\nmtu = 9000\n")), IsEmpty());
}

TEST(PortRules, PortsHaveTheMacOfTheirBond) {
  const std::string cards =
      "[link.eth0]\nkind = \"physical\"\nmac = \"02:00:00:00:00:01\"\n[link.eth1]\nkind = \"physical\"\n";
  EXPECT_THAT(problems_of(bond("\"eth0\", \"eth1\"", cards)), IsEmpty());
  EXPECT_THAT(
      problems_of(bond("\"eth0\", \"eth1\"", cards + "mac = \"02:00:00:00:00:02\"\n")),
      Lines("t.toml:9:7: link.eth1.mac: 02:00:00:00:00:02 is not the 02:00:00:00:00:01 of its bond: the "
            "kernel gives every port the bond's"));
  EXPECT_THAT(
      problems_of(bond("\"eth0\"", "mac = \"02:00:00:00:00:02\"\n" + cards)),
      Lines("t.toml:7:7: link.eth0.mac: 02:00:00:00:00:01 is not the 02:00:00:00:00:02 of its bond: the "
            "kernel gives every port the bond's"));
  EXPECT_THAT(problems_of(bond("\"eth0\", \"eth1\"",
                               "fail_over_mac = \"active\"\n" + cards + "mac = \"02:00:00:00:00:02\"\n")),
              IsEmpty());
}

TEST(PortRules, AQueueIsOneOfTheBonds) {
  EXPECT_THAT(problems_of(bond("\"eth0\"", "[bond.b.port.eth0]\nqueue_id = 17\n")),
              Lines("t.toml:5:12: bond.b.port.eth0.queue_id: must be from 0 to 16, not 17"));
  const auto unread =
      load_text("[bond.b]\nmode = \"802.3ad\"\nports = [\"eth0\"]\n[bond.b.port.eth0]\nqueue_id = 1\n");
  EXPECT_THAT(lines(unread), IsEmpty());
  EXPECT_THAT(notes(unread),
              Lines("t.toml:5:12: bond.b.port.eth0.queue_id: note: mode 802.3ad does not look at it"));
}

}  // namespace
}  // namespace hawser::config

#include "lib/config/ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Observed observed() {
  Observed result;
  const auto card = [&](const std::string& name, const char* mac) {
    result.state.links[name].mac = *MacAddress::parse(mac);
  };
  card("eth0", "02:00:00:00:00:01");
  card("eth1", "02:00:00:00:00:02");
  card("eth2", "02:00:00:00:00:03");
  // A VLAN carries its card's MAC, and is none.
  result.state.links["aaa"] = result.state.links["eth1"];
  result.state.links["aaa"].kind = LinkKind::kVlan;
  return result;
}

Config config(const std::string& ports, const std::string& more = {}) {
  const auto loaded = load_text("[bond.b]\nmode = \"active-backup\"\nports = [" + ports + "]\n" + more);
  EXPECT_THAT(lines(loaded), IsEmpty());
  return loaded.config;
}

ResolvedPorts resolved(const Config& config, const Observed& there = observed()) {
  return resolve_ports(config.network, config.bonds, there,
                       {{"pci-0000:01:00.0", "eth2"}, {"pci-gone", "eth9"}});
}

TEST(ResolvePorts, FindsMacsAndPaths) {
  const auto wanted =
      config("\"mac:02:00:00:00:00:02\", \"path:pci-0000:01:00.0\", \"eth0\"",
             "primary = \"mac:02:00:00:00:00:02\"\n[bond.b.port.\"path:pci-0000:01:00.0\"]\nprio = 7\n"
             "[link.eth2]\nkind = \"physical\"\n");
  const auto result = resolved(wanted);
  const auto& link = result.network.links.at("b");
  EXPECT_EQ(link.bond->ports,
            (std::map<std::string, BondPort>{{"eth0", {}}, {"eth1", {}}, {"eth2", {7, 0}}}));
  EXPECT_EQ(link.bond->primary, "eth1");
  EXPECT_THAT(result.bonds.at("b").port_order, Lines("eth1", "eth2", "eth0"));
  EXPECT_EQ(result.network.links.at("eth2").master, "b");
  EXPECT_THAT(result.missing, IsEmpty());
}

TEST(ResolvePorts, APortIsKnownByItsPermanentMac) {
  auto there = observed();
  there.state.links["eth1"].mac = MacAddress::parse("02:00:00:00:00:01").value();  // the bond's
  there.links["eth1"].port = PortStatus{true, MiiStatus::kUp, 0, *MacAddress::parse("02:00:00:00:00:02")};
  const auto result = resolved(config("\"mac:02:00:00:00:00:02\""), there);
  EXPECT_THAT(result.bonds.at("b").port_order, Lines("eth1"));
}

TEST(ResolvePorts, WhatIsNotThereIsLeftOutAndNamed) {
  const auto wanted =
      config("\"eth9\", \"mac:02:00:00:00:00:99\", \"path:nowhere\", \"path:pci-gone\", \"eth0\"",
             "primary = \"eth9\"\n");
  const auto result = resolved(wanted);
  EXPECT_THAT(result.missing,
              ElementsAre(MissingPort{"b", "eth9"}, MissingPort{"b", "mac:02:00:00:00:00:99"},
                          MissingPort{"b", "path:nowhere"}, MissingPort{"b", "path:pci-gone"}));
  EXPECT_EQ(result.network.links.at("b").bond->ports.size(), 1U);
  EXPECT_EQ(result.network.links.at("b").bond->primary, "");
}

TEST(ResolvePorts, WhatTheFileMakesIsThere) {
  const auto result = resolved(config("\"d0\", \"v0\"",
                                      "[link.d0]\nkind = \"dummy\"\n"
                                      "[link.eth0]\nkind = \"physical\"\n"
                                      "[link.v0]\nkind = \"vlan\"\non = \"eth0\"\nid = 5\n"));
  EXPECT_THAT(result.missing, IsEmpty());
  EXPECT_EQ(result.network.links.at("b").bond->ports.size(), 2U);
  EXPECT_EQ(result.network.links.at("d0").master, "b");
}

TEST(ResolvePorts, ASectionWhoseDeviceIsMissingIsLeftOutWithItsRoutesAndNamed) {
  const auto loaded = load_text(
      "[link.eth9]\nkind = \"physical\"\n"
      "[link.front]\nkind = \"vlan\"\non = \"eth9\"\nid = 5\naddresses = [\"192.0.2.1/24\"]\n"
      "routes = [{ to = \"198.51.100.0/24\", via = \"192.0.2.254\" }]\n"
      "[link.upper]\nkind = \"vlan\"\non = \"front\"\nid = 6\n[link.eth0]\nkind = \"physical\"\n");
  EXPECT_THAT(lines(loaded), IsEmpty());
  const auto result = resolved(loaded.config);
  EXPECT_THAT(result.missing_devices,
              ElementsAre(MissingDevice{"eth9", "eth9"}, MissingDevice{"front", "eth9"},
                          MissingDevice{"upper", "front"}));
  EXPECT_EQ(result.network.links.size(), 1U);
  EXPECT_THAT(result.network.routes, IsEmpty());
}

TEST(ResolvePorts, NamesTheLenderOfABondsMac) {
  auto there = observed();
  auto& bond = there.state.links["b"];
  bond.kind = LinkKind::kBond;
  bond.mac = MacAddress::parse("02:00:00:00:00:02").value();
  for (const auto* name : {"eth0", "eth1"}) {
    there.links[name].port = PortStatus{true, MiiStatus::kUp, 0, *there.state.links[name].mac};
    there.state.links[name].mac = bond.mac;
    there.state.links[name].master = "b";
  }
  const auto result = resolved(config("\"eth0\", \"eth1\""), there);
  EXPECT_EQ(result.network.links.at("b").bond->order.lender, "eth1");
  EXPECT_THAT(result.network.links.at("b").bond->order.names, ElementsAre("eth0", "eth1"));
}

// ---- one card, listed twice

TEST(ResolvePorts, ACardThatTwoBondsListIsTheFirstOnes) {
  const auto wanted = config("\"mac:02:00:00:00:00:01\", \"eth1\"",
                             "[bond.c]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth2\"]\n");
  const auto result = resolved(wanted);
  EXPECT_THAT(result.bonds.at("b").port_order, Lines("eth0", "eth1"));
  EXPECT_THAT(result.bonds.at("c").port_order, Lines("eth2"));
  EXPECT_THAT(result.doubled, ElementsAre(DoubledPort{"c", "eth0", "eth0", "b"}));
}

TEST(ResolvePorts, ACardThatOneBondListsTwiceIsInItOnce) {
  const auto result =
      resolved(config("\"eth0\", \"mac:02:00:00:00:00:01\"", "primary = \"mac:02:00:00:00:00:01\"\n"));
  EXPECT_THAT(result.bonds.at("b").port_order, Lines("eth0"));
  EXPECT_EQ(result.network.links.at("b").bond->primary, "eth0");
  EXPECT_THAT(result.doubled, ElementsAre(DoubledPort{"b", "mac:02:00:00:00:00:01", "eth0", "b"}));
}

TEST(ResolvePorts, AnotherNameOfADeviceIsTheDevice) {
  auto there = observed();
  there.links["eth0"].altnames = {"uplink", "enp1s0"};
  const auto result = resolved(config("\"uplink\", \"eth0\", \"eth1\""), there);
  EXPECT_THAT(result.bonds.at("b").port_order, Lines("eth0", "eth1"));
  EXPECT_THAT(result.doubled, ElementsAre(DoubledPort{"b", "eth0", "eth0", "b"}));
  EXPECT_THAT(result.missing, IsEmpty());
}

TEST(ResolvePorts, ASectionUnderAnotherNameIsLeftOutAndSaysWhichDeviceItMeans) {
  auto there = observed();
  there.links["eth0"].altnames = {"uplink"};
  const auto loaded = load_text("[link.uplink]\nkind = \"physical\"\n");
  EXPECT_THAT(resolved(loaded.config, there).missing_devices,
              ElementsAre(MissingDevice{"uplink", "uplink", "eth0"}));
}

// ---- the MAC of a bond

// Bond b has the MAC of `lender`, and its ports are `ports`.
Observed bond_of(const std::vector<std::string>& ports, const std::string& lender) {
  auto there = observed();
  auto& bond = there.state.links["b"];
  bond.kind = LinkKind::kBond;
  bond.bond.emplace();
  bond.mac = there.state.links.at(lender).mac;
  for (const auto& name : ports) {
    auto& card = there.state.links.at(name);
    there.links[name].port = PortStatus{true, MiiStatus::kUp, 0, *card.mac};
    card.mac = bond.mac;
    card.master = "b";
    bond.bond->ports[name] = {};
  }
  return there;
}

std::optional<MacAddress> mac_for(const Config& config, const Observed& there) {
  return resolved(config, there).network.links.at("b").mac;
}

TEST(ResolvePorts, ABondWhoseLenderIsToLeaveTakesTheMacOfThePortThatComesFirst) {
  const auto wanted = config("\"eth2\", \"eth1\"");
  EXPECT_EQ(mac_for(wanted, bond_of({"eth0", "eth1", "eth2"}, "eth0")),
            MacAddress::parse("02:00:00:00:00:03").value());
}

TEST(ResolvePorts, ABondWhoseLenderHasLeftTakesTheMacOfAPort) {
  EXPECT_EQ(mac_for(config("\"eth1\""), bond_of({"eth1"}, "eth0")),
            MacAddress::parse("02:00:00:00:00:02").value());
}

TEST(ResolvePorts, ABondKeepsItsMacWhereThatIsNoStrangers) {
  EXPECT_EQ(mac_for(config("\"eth1\", \"eth0\""), bond_of({"eth0", "eth1"}, "eth0")), std::nullopt);
  auto there = bond_of({"eth1"}, "eth0");
  for (const auto* name : {"b", "eth1"})
    there.state.links[name].mac = MacAddress::parse("02:00:00:00:00:77").value();  // an earlier file's
  EXPECT_EQ(mac_for(config("\"eth1\""), there), std::nullopt);
}

TEST(ResolvePorts, ABondWhoseMacFollowsItsActivePortIsGivenNone) {
  EXPECT_EQ(mac_for(config("\"eth1\"", "fail_over_mac = \"follow\"\n"), bond_of({"eth1"}, "eth0")),
            std::nullopt);
}

}  // namespace
}  // namespace hawser::config

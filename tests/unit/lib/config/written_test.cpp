#include "lib/config/written.h"

#include <random>

#include <gtest/gtest.h>

#include "lib/config/host_file.h"
#include "lib/state/bond_options.h"

namespace hawser::config {
namespace {

Bond read_back(const Bond& bond) {
  const auto text = "format = 1\n" + section_text("bond", "b", bond_section(bond));
  const auto file = judge_sources({{"", text}}, {}, Part::kNetd);
  EXPECT_TRUE(file.good()) << text << (file.good() ? "" : to_string(file.problems.front()));
  return file.good() ? *file.config.network.links.at("b").bond : Bond{};
}

TEST(Written, SaysNoMoreThanItMust) {
  auto bond = kernel_default_bond(BondMode::kActiveBackup);
  bond.set(BondOption::kMiimon, 100);
  bond.ports["eth0"];
  bond.ports["eth1"].prio = -4;
  bond.primary = "eth0";
  EXPECT_EQ(section_text("bond", "bond0.1", bond_section(bond)),
            "[bond.\"bond0.1\"]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nprimary = \"eth0\"\n"
            "miimon = \"100ms\"\nport = { eth1 = { prio = -4 } }\n");
}

// A value of the option that a kernel could hold, in a bond of this mode.
std::uint32_t any_value(const BondOptionInfo& info, std::mt19937& random) {
  const auto top = std::min<std::uint32_t>(info.maximum, info.minimum + 9);
  return std::uniform_int_distribution<std::uint32_t>(info.minimum, top)(random);
}

Bond any_bond(BondMode mode, std::mt19937& random) {
  auto bond = kernel_default_bond(mode);
  for (const auto& info : bond_options())
    if (option_applies(info, mode) && info.unit != BondUnit::kMilliseconds)
      bond.set(info.option, any_value(info, random));
  const bool may_arp = option_applies(info_of(BondOption::kArpInterval), mode);
  if (may_arp && random() % 2 == 0) {
    bond.set(BondOption::kArpInterval, 250);
    bond.arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  } else {
    bond.set(BondOption::kMiimon, 50);
    bond.set(BondOption::kArpValidate, 0);
    for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
      bond.set(option, static_cast<std::uint32_t>(random() % 3 * 50));
  }
  for (const auto* port : {"eth0", "eth1", "eth2"}) bond.ports[port];
  bond.set(BondOption::kMinLinks, static_cast<std::uint32_t>(random() % 3));
  if (has_active_port(mode)) bond.ports["eth1"].prio = static_cast<int>(random() % 9) - 4;
  if (has_active_port(mode) && random() % 2 == 0) bond.primary = "eth2";
  return bond;
}

TEST(Written, IsReadAsWhatItWasWrittenFrom) {
  std::mt19937 random(7);
  for (int i = 0; i < 700; ++i) {
    const auto bond = any_bond(static_cast<BondMode>(i % 7), random);
    EXPECT_EQ(read_back(bond), bond) << section_text("bond", "b", bond_section(bond));
  }
}

TEST(Written, LeavesOutWhatTheMonitorDoesNotUse) {
  auto bond = kernel_default_bond(BondMode::kActiveBackup);  // miimon 0, as `ip link add` makes it
  bond.arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  bond.set(BondOption::kArpValidate, 3);
  EXPECT_EQ(section_text("bond", "b", bond_section(bond)),
            "[bond.b]\nmode = \"active-backup\"\nmonitor = \"none\"\nports = []\n");
}

}  // namespace
}  // namespace hawser::config

#include "lib/state/bond_options.h"

#include <set>

#include <gtest/gtest.h>

namespace hawser {
namespace {

std::string refusal(std::string_view option, std::string_view text) {
  const auto value = parse_bond_value(*find_bond_option(option), text);
  return value ? "accepted" : value.error().text;
}

TEST(BondOptions, EveryOptionHasOneRowAndOneName) {
  std::set<BondOption> options;
  std::set<std::string_view> names;
  for (const auto& info : bond_options()) {
    options.insert(info.option);
    names.insert(info.name);
    EXPECT_EQ(&info_of(info.option), &info);
    EXPECT_EQ(find_bond_option(info.name), &info);
    EXPECT_FALSE(info.help.empty()) << info.name;
  }
  EXPECT_EQ(options.size(), kBondOptionCount);
  EXPECT_EQ(names.size(), kBondOptionCount);
}

TEST(BondOptions, DefaultsAndLimitsSurviveAsText) {
  for (const auto& info : bond_options()) {
    EXPECT_LE(info.minimum, info.default_value) << info.name;
    EXPECT_GE(info.maximum, info.default_value) << info.name;
    for (const auto value : {info.minimum, info.default_value, info.maximum}) {
      const auto again = parse_bond_value(info, format_bond_value(info, value));
      ASSERT_TRUE(again) << info.name << " " << format_bond_value(info, value) << ": " << again.error().text;
      EXPECT_EQ(*again, value) << info.name;
    }
  }
}

TEST(BondOptions, ComeInTheOrderOfTheKernel) {
  // The kernel refuses a delay while miimon is 0, so miimon must be set first.
  EXPECT_EQ(bond_options().front().option, BondOption::kMiimon);
  EXPECT_EQ(bond_options()[3].option, BondOption::kPeerNotifDelay);
  EXPECT_EQ(bond_options()[23].option, BondOption::kArpMissedMax);
  EXPECT_EQ(bond_options().back().option, BondOption::kLacpStrict);
}

TEST(BondOptions, WordsAndUnitsAreRead) {
  EXPECT_EQ(*parse_bond_value(info_of(BondOption::kMiimon), "1.5s"), 1500U);
  EXPECT_EQ(*parse_bond_value(info_of(BondOption::kLpInterval), "2m"), 120U);
  EXPECT_EQ(*parse_bond_value(info_of(BondOption::kXmitHashPolicy), "vlan+srcmac"), 5U);
  EXPECT_EQ(*parse_bond_value(info_of(BondOption::kLacpRate), "fast"), 1U);
  EXPECT_EQ(*parse_bond_value(info_of(BondOption::kUseCarrier), "off"), 0U);
  EXPECT_EQ(*parse_bond_value(info_of(BondOption::kPacketsPerSlave), "65535"), 65535U);
  EXPECT_EQ(find_bond_option("num_unsol_na"), &info_of(BondOption::kNumGratArp));
  EXPECT_EQ(find_bond_option("miimom"), nullptr);
}

TEST(BondOptions, RefusalsSayWhatWouldBeRight) {
  EXPECT_EQ(refusal("miimon", "100"), "\"100\" is not a duration such as \"100ms\", \"3s\" or \"5m\"");
  EXPECT_EQ(refusal("peer_notif_delay", "6m"), "must be from 0s to 5m, not 6m");
  EXPECT_EQ(refusal("lp_interval", "1500ms"), "must be whole seconds, not 1500ms");
  EXPECT_EQ(refusal("lp_interval", "0s"), "must be from 1s to 2147483647s, not 0s");
  EXPECT_EQ(refusal("arp_missed_max", "256"), "must be from 1 to 255, not 256");
  EXPECT_EQ(refusal("arp_missed_max", "0"), "must be from 1 to 255, not 0");
  EXPECT_EQ(refusal("arp_missed_max", "99999999999999999999"),
            "must be from 1 to 255, not 99999999999999999999");
  EXPECT_EQ(refusal("min_links", "two"), "must be a number from 0 to 2147483647, not \"two\"");
  EXPECT_EQ(refusal("min_links", ""), "must be a number from 0 to 2147483647, not \"\"");
  EXPECT_EQ(refusal("min_links", "-1"), "must be a number from 0 to 2147483647, not \"-1\"");
  EXPECT_EQ(refusal("primary_reselect", "never"), "must be always, better or failure, not \"never\"");
}

TEST(BondOptions, ApplyOnlyWhereTheKernelTakesThem) {
  const auto applies = [](BondOption option, BondMode mode) { return option_applies(info_of(option), mode); };
  EXPECT_TRUE(applies(BondOption::kLacpRate, BondMode::k8023ad));
  EXPECT_FALSE(applies(BondOption::kLacpRate, BondMode::kActiveBackup));
  EXPECT_TRUE(applies(BondOption::kArpInterval, BondMode::kBroadcast));
  EXPECT_FALSE(applies(BondOption::kArpInterval, BondMode::k8023ad));
  EXPECT_FALSE(applies(BondOption::kArpInterval, BondMode::kBalanceAlb));
  EXPECT_TRUE(applies(BondOption::kPacketsPerSlave, BondMode::kBalanceRr));
  EXPECT_FALSE(applies(BondOption::kPacketsPerSlave, BondMode::kBalanceXor));
  EXPECT_TRUE(applies(BondOption::kTlbDynamicLb, BondMode::kBalanceAlb));
  EXPECT_FALSE(applies(BondOption::kTlbDynamicLb, BondMode::kBalanceRr));
  for (const auto& [mode, name] : kNames<BondMode>) EXPECT_TRUE(applies(BondOption::kMiimon, mode)) << name;
}

TEST(BondOptions, AKernelDefaultBondIsUnmonitoredUnlessItsModeForbidsThat) {
  EXPECT_EQ(kernel_default_bond(BondMode::kActiveBackup).get(BondOption::kMiimon), 0U);
  EXPECT_EQ(kernel_default_bond(BondMode::kBroadcast).get(BondOption::kMiimon), 0U);
  for (const auto mode : {BondMode::k8023ad, BondMode::kBalanceTlb, BondMode::kBalanceAlb})
    EXPECT_EQ(kernel_default_bond(mode).get(BondOption::kMiimon), 100U);
  const auto bond = kernel_default_bond(BondMode::k8023ad);
  EXPECT_EQ(bond.mode, BondMode::k8023ad);
  EXPECT_EQ(bond.get(BondOption::kAdActorSysPrio), 65535U);
  EXPECT_EQ(bond.get(BondOption::kArpMissedMax), 2U);
  EXPECT_EQ(bond.get(BondOption::kUseCarrier), 1U);
  EXPECT_EQ(bond.get(BondOption::kUpdelay), 0U);
}

}  // namespace
}  // namespace hawser

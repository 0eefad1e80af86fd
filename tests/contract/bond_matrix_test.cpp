// Every option in every mode, made from the rows: what the kernel takes when a bond is made, what it takes
// and refuses on a running one, what is then read back, by us and by ip. A new option is in it by its row.
#include <cerrno>

#include <gmock/gmock.h>

#include "lib/plan/simulate.h"
#include "lib/state/bond_options.h"
#include "tests/contract/host.h"
#include "tests/contract/tools.h"
#include "tests/support/thorough.h"

namespace hawser::contract {
namespace {

constexpr std::uint32_t kByPortPrio = 3;  // ad_select, Linux 6.18
constexpr std::uint32_t kTick = 50;       // ms: every duration that is tried is a multiple

// Words: all of them. Numbers: both ends and one between.
std::vector<std::uint32_t> all_values_of(const BondOptionInfo& info) {
  std::vector<std::uint32_t> values;
  for (std::uint32_t word = 0; word < info.words.size(); ++word) values.push_back(word);
  if (!values.empty()) return values;
  if (info.unit == BondUnit::kMilliseconds) return {0, kTick, 20 * kTick};
  return {info.minimum, info.minimum + 6, info.maximum};
}

// The monitor by ARP excludes the other: its options are tried in a bond of their own.
bool is_of_arp(BondOption option) {
  return option == BondOption::kArpInterval || option == BondOption::kArpValidate;
}

// A bond in which the option can have a value at all.
Bond bond_for(BondMode mode, BondOption option) {
  auto bond = kernel_default_bond(mode);
  const bool arp = is_of_arp(option);
  bond.set(BondOption::kMiimon, arp ? 0 : kTick);
  if (arp && option_applies(info_of(BondOption::kArpInterval), mode))
    bond.set(BondOption::kArpInterval, 2 * kTick);
  if (arp) bond.arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  return bond;
}

std::string key_of_ip(std::string_view option) {
  if (option == "peer_notif_delay") return "peer_notify_delay";
  if (option == "num_grat_arp") return "num_peer_notif";
  if (option == "lacp_rate" || option == "lacp_active") return "ad_" + std::string(option);
  return std::string(option);
}

class BondMatrix : public HostTest {
 public:
  void SetUp() override {
    make(kernel_default_bond(BondMode::k8023ad));
    lacking_ = bond().lacking;
    const SetBondOption by_prio{"bond0", BondOption::kAdSelect, 0, kByPortPrio};
    if (!lacking_.options.contains(BondOption::kAdSelect)) has_by_port_prio_ = refused(by_prio) == 0;
    perform(DeleteLink{"bond0", LinkKind::kBond});
  }
  // On the real kernel, which is slow where it is emulated, a sample.
  [[nodiscard]] static bool is_whole() { return !is_real() || lab::thorough(); }
  [[nodiscard]] static std::vector<std::uint32_t> values_of(const BondOptionInfo& info) {
    const auto all = all_values_of(info);
    return is_whole() ? all : std::vector{all.front(), all.back()};
  }
  [[nodiscard]] static std::vector<BondMode> modes() {
    if (!is_whole())
      return {BondMode::kBalanceRr, BondMode::kActiveBackup, BondMode::k8023ad, BondMode::kBalanceAlb};
    std::vector<BondMode> all;
    all.reserve(kNames<BondMode>.size());
    for (const auto& [one, word] : kNames<BondMode>) all.push_back(one);
    return all;
  }
  [[nodiscard]] Bond bond() const { return link("bond0").bond.value_or(Bond{}); }
  [[nodiscard]] bool lacks(BondOption option) const { return lacking_.options.contains(option); }
  // Of an option that it has a kernel may lack the youngest word.
  [[nodiscard]] bool lacks(const BondOptionInfo& info, std::uint32_t value) const {
    const bool by_prio = info.option == BondOption::kAdSelect && value == kByPortPrio;
    return lacks(info.option) || (by_prio && !has_by_port_prio_);
  }
  void make(const Bond& wanted) const { perform(create(wanted)); }
  [[nodiscard]] static CreateLink create(const Bond& wanted) {
    Link made;
    made.kind = LinkKind::kBond;
    made.bond = wanted;
    return {"bond0", made};
  }
  void make_up_with_ports(const Bond& wanted) const {
    make(wanted);
    for (const auto* port : {"eth0", "eth1"}) {
      if (!observe().state.links.contains(port)) plug_in(port);
      perform(SetMaster{port, "", "bond0"});
    }
    perform(SetLinkUp{"bond0", true});
  }
  void expect_seen_by_ip(const BondOptionInfo& info, std::uint32_t value) const {
    if (!is_real()) return;
    const auto seen = at(ip_json("link show dev bond0"), "linkinfo/info_data/" + key_of_ip(info.name));
    const auto word = value < info.words.size() ? std::string(info.words[value]) : "";
    const bool too_young_for_ip = seen.empty() && info.option >= BondOption::kCoupledControl;
    EXPECT_TRUE(too_young_for_ip || seen == std::to_string(value) || seen == word ||
                (seen == "null" && value == 0))
        << "ip says " << seen;
  }
  // As the kernel answers for a bond that is up and has ports.
  [[nodiscard]] int expected_errno(const BondOptionInfo& info, BondMode mode) const {
    if (lacks(info.option)) return ENOSYS;
    if (!option_applies(info, mode)) return EACCES;
    if (info.when == BondWhen::kEmpty) return ENOTEMPTY;
    return info.when == BondWhen::kDown ? EBUSY : 0;
  }
  // Sets it, and expects what lib/plan/simulate.h expects: the value, and what it does to others.
  void expect_taken(const BondOptionInfo& info, std::uint32_t value) const {
    const SetBondOption step{"bond0", info.option, bond().get(info.option), value};
    auto expected = observe().state;
    simulate(expected, step);
    perform(step);
    EXPECT_EQ(bond(), *expected.links.at("bond0").bond);
    EXPECT_EQ(bond().get(info.option), value);
    expect_seen_by_ip(info, value);
  }
  void expect_refused(const BondOptionInfo& info, std::uint32_t value, int code) const {
    const auto before = bond();
    EXPECT_EQ(refused(SetBondOption{"bond0", info.option, before.get(info.option), value}), code);
    EXPECT_EQ(bond(), before);
  }
  template <class Each>
  void for_each_value(Each each) const {
    for (const auto mode : modes())
      for (const auto& info : bond_options())
        for (const auto value : values_of(info)) {
          SCOPED_TRACE(fmt::format("{}: {} {}", name_of(mode), info.name, format_bond_value(info, value)));
          each(mode, info, value);
          if (testing::Test::HasFatalFailure()) return;
        }
  }
  // On one running bond of each mode, and on one that is monitored by ARP.
  template <class Each>
  void for_each_mode_and_monitor(Each each) const {
    for (const auto mode : modes())
      for (const bool arp : {false, true}) {
        make_up_with_ports(bond_for(mode, arp ? BondOption::kArpInterval : BondOption::kMiimon));
        for (const auto& info : bond_options()) {
          if (is_of_arp(info.option) != arp) continue;
          SCOPED_TRACE(fmt::format("{}: {}", name_of(mode), info.name));
          each(mode, info);
        }
        perform(DeleteLink{"bond0", LinkKind::kBond});
      }
  }

 private:
  [[nodiscard]] static bool is_real() {
    return std::string_view(GetParam().name).starts_with("NetlinkKernel");
  }

  Lacking lacking_;
  bool has_by_port_prio_ = true;
};

INSTANTIATE_TEST_SUITE_P(, BondMatrix, testing::ValuesIn(hosts_of_every_age(Need::kBonding)), name_of_host);

TEST_P(BondMatrix, EveryOptionIsGivenToANewBondWhereItsModeTakesIt) {
  for_each_value([this](BondMode mode, const BondOptionInfo& info, std::uint32_t value) {
    auto wanted = bond_for(mode, info.option);
    if (!option_applies(info, mode)) return;
    if (info.option == BondOption::kArpInterval && value == 0) return;  // targets without a monitor
    wanted.set(info.option, value);
    if (info.option == BondOption::kMiimon && value == 0) wanted.set(BondOption::kMiimon, 0);
    if (lacks(info, value) && value != info.default_value) {
      EXPECT_EQ(refused(create(wanted)), ENOSYS);
      EXPECT_FALSE(observe().state.links.contains("bond0")) << "half a bond is there";
      return;
    }
    make(wanted);
    EXPECT_EQ(bond(), wanted);
    if (!lacks(info.option)) expect_seen_by_ip(info, value);
    perform(DeleteLink{"bond0", LinkKind::kBond});
  });
}

TEST_P(BondMatrix, EveryOptionIsTakenOrRefusedByARunningBondAsItsRowSays) {
  for_each_mode_and_monitor([this](BondMode mode, const BondOptionInfo& info) {
    const auto before = bond().get(info.option);
    const auto code = expected_errno(info, mode);
    for (const auto value : values_of(info)) {
      SCOPED_TRACE(format_bond_value(info, value));
      if (value == bond().get(info.option)) continue;
      if (code == 0)
        expect_taken(info, value);
      else
        expect_refused(info, value, code);
    }
    if (code == 0 && bond().get(info.option) != before) expect_taken(info, before);
  });
}

TEST_P(BondMatrix, WhatNeedsTheBondDownOrEmptyIsTakenThen) {
  for (const auto mode : modes()) {
    make_up_with_ports(bond_for(mode, BondOption::kMiimon));
    perform(SetLinkUp{"bond0", false});
    for (const auto when : {BondWhen::kDown, BondWhen::kEmpty}) {
      if (when == BondWhen::kEmpty)
        for (const auto* port : {"eth0", "eth1"}) perform(SetMaster{port, "bond0", ""});
      for (const auto& info : bond_options()) {
        if (info.when != when || !option_applies(info, mode)) continue;
        for (const auto value : values_of(info)) {
          SCOPED_TRACE(fmt::format("{}: {} {}", name_of(mode), info.name, format_bond_value(info, value)));
          if (value == bond().get(info.option)) continue;
          if (lacks(info, value))
            expect_refused(info, value, ENOSYS);
          else
            expect_taken(info, value);
        }
      }
    }
    perform(DeleteLink{"bond0", LinkKind::kBond});
  }
}

// One beyond each end, where the attribute has room for it.
TEST_P(BondMatrix, ValuesOutOfRangeAreRefused) {
  for (const auto& info : bond_options()) {
    if (lacks(info.option)) continue;
    auto mode = BondMode::kBalanceRr;
    while (!option_applies(info, mode)) mode = static_cast<BondMode>(static_cast<int>(mode) + 1);
    SCOPED_TRACE(fmt::format("{}: {}", name_of(mode), info.name));
    make(bond_for(mode, info.option));
    constexpr std::uint32_t kWidest = 65535;
    const bool has_room = info.maximum != 255 && info.maximum != kWidest &&
                          info.maximum < static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
    const auto before = bond();
    const auto expect_out_of_range = [&](std::uint32_t value) {
      // ERANGE: by the policy of the attribute (peer_notif_delay); a file has none.
      EXPECT_THAT(refused(SetBondOption{"bond0", info.option, before.get(info.option), value}),
                  testing::AnyOf(EINVAL, ERANGE));
      EXPECT_EQ(bond(), before);
    };
    if (has_room) expect_out_of_range(info.maximum + 1);
    if (info.minimum > 0) expect_out_of_range(info.minimum - 1);
    perform(DeleteLink{"bond0", LinkKind::kBond});
  }
}

// Of all modes into all others: what a new mode does to options, as lib/plan/simulate.h has it.
TEST_P(BondMatrix, AModeChangeLeavesOptionsAsSimulated) {
  for (const auto from : modes())
    for (const auto to : modes()) {
      if (from == to) continue;
      SCOPED_TRACE(fmt::format("{} -> {}", name_of(from), name_of(to)));
      const bool arp = option_applies(info_of(BondOption::kArpInterval), from);
      auto wanted = arp ? bond_for(from, BondOption::kArpValidate) : kernel_default_bond(from);
      if (arp) wanted.set(BondOption::kArpValidate, 3);
      for (const auto option : {BondOption::kTlbDynamicLb, BondOption::kBroadcastNeighbor})
        if (option_applies(info_of(option), from) && !lacks(option))
          wanted.set(option, info_of(option).default_value == 0 ? 1 : 0);
      make(wanted);
      auto expected = observe().state;
      const SetBondMode step{"bond0", from, to};
      simulate(expected, step);
      perform(step);
      EXPECT_EQ(bond(), *expected.links.at("bond0").bond);
      perform(DeleteLink{"bond0", LinkKind::kBond});
    }
}

TEST_P(BondMatrix, APortHasALacpPriorityInLacpOnlyAndWhereTheKernelHasIt) {
  for (const auto mode : modes()) {
    SCOPED_TRACE(name_of(mode));
    make_up_with_ports(bond_for(mode, BondOption::kMiimon));
    const auto there = bond().ports.at("eth1");
    auto wanted = there;
    wanted.actor_port_prio = 7;
    const SetPortOptions step{"bond0", "eth1", there, wanted};
    if (mode == BondMode::k8023ad && !bond().lacking.actor_port_prio) {
      perform(step);
      EXPECT_EQ(bond().ports.at("eth1"), wanted);
      perform(SetPortOptions{"bond0", "eth1", wanted, there});
      EXPECT_EQ(bond().ports.at("eth1"), there);
    } else {
      EXPECT_THAT(refused(step), testing::AnyOf(EACCES, ENOSYS));
      EXPECT_EQ(bond().ports.at("eth1"), there);
    }
    perform(DeleteLink{"bond0", LinkKind::kBond});
  }
}

}  // namespace
}  // namespace hawser::contract

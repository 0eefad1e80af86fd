// "options bonding mode=4 miimon=50 .." stands in /etc/modprobe.d of many a host, and every new bond begins
// with it. What is asked for is the same all the same, at once. Only on a machine that is thrown away: the
// module is loaded anew.
#include <cstdlib>

#include "lib/state/bond_options.h"
#include "tests/contract/drift.h"

namespace hawser::contract {
namespace {

class BondParameters : public HostTest {
 public:
  ~BondParameters() override { load("max_bonds=0"); }
  static void load(const std::string& parameters) {
    run("modprobe -r bonding && modprobe bonding " + parameters);
  }
  [[nodiscard]] static Desired wanted(BondMode mode, BondOption monitor) {
    Desired desired{.state = {}, .owner = Owner::kNetd, .journal = {}};
    auto& link = desired.state.links["bond0"];
    link.kind = LinkKind::kBond;
    link.up = true;
    link.bond = kernel_default_bond(mode);
    link.bond->set(BondOption::kMiimon, 0);
    link.bond->set(monitor, 300);
    if (monitor == BondOption::kArpInterval) link.bond->arp_ip_target = {*IpAddress::parse("192.0.2.254")};
    return desired;
  }
  // One pass over the plan, and nothing is left to do.
  void expect_as_asked() const {
    for (const auto& [mode, name] : kNames<BondMode>)
      for (const auto monitor : {BondOption::kMiimon, BondOption::kArpInterval}) {
        if (!option_applies(info_of(monitor), mode)) continue;
        SCOPED_TRACE(fmt::format("{} {}", name, info_of(monitor).name));
        make_so(*this, wanted(mode, monitor));
        const auto there = link("bond0").bond.value_or(Bond{});
        EXPECT_EQ(there.get(monitor), 300U);
        EXPECT_EQ(there.arp_ip_target, wanted(mode, monitor).state.links.at("bond0").bond->arp_ip_target);
        perform(DeleteLink{"bond0", LinkKind::kBond});
      }
  }
};

std::vector<HostKind> hosts_to_throw_away() {
  if (std::getenv("HAWSER_REQUIRE_MODULES") == nullptr) return {};
  return real_hosts(Need::kBonding);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BondParameters);
INSTANTIATE_TEST_SUITE_P(, BondParameters, testing::ValuesIn(hosts_to_throw_away()), name_of_host);

TEST_P(BondParameters, OfAnLacpBondChangeNothingOfWhatIsAskedFor) {
  load(
      "max_bonds=0 mode=4 miimon=50 updelay=100 downdelay=150 lacp_rate=1 ad_select=2 xmit_hash_policy=1 "
      "min_links=2 num_grat_arp=5 use_carrier=1 all_slaves_active=1 resend_igmp=9");
  expect_as_asked();
}

TEST_P(BondParameters, OfABondWithTargetsChangeNothingOfWhatIsAskedFor) {
  load(
      "max_bonds=0 mode=1 arp_interval=200 arp_ip_target=192.0.2.77,192.0.2.78 arp_validate=3 "
      "arp_all_targets=1 "
      "primary_reselect=2 fail_over_mac=1 packets_per_slave=7 lp_interval=4 tx_queues=8");
  expect_as_asked();
}

}  // namespace
}  // namespace hawser::contract

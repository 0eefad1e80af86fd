// "options bonding mode=4 miimon=50 .." stands in /etc/modprobe.d of many a host, and every new bond begins
// with it. What is asked for is the same all the same. Only on a machine that is thrown away: the module is
// loaded anew.
#include <cstdlib>
#include <filesystem>

#include "tests/contract/host.h"
#include "tests/contract/tools.h"

namespace hawser::contract {
namespace {

class BondParameters : public testing::TestWithParam<HostKind> {
 public:
  ~BondParameters() override { load("max_bonds=0"); }
  static void load(const std::string& parameters) {
    run("modprobe -r bonding && modprobe bonding " + parameters);
  }
};

std::vector<HostKind> hosts_to_throw_away() {
  if (std::getenv("HAWSER_REQUIRE_MODULES") == nullptr) return {};
  return real_hosts(Need::kBonding);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BondParameters);
INSTANTIATE_TEST_SUITE_P(, BondParameters, testing::ValuesIn(hosts_to_throw_away()), name_of_host);

// The tests of this very program, once more.
void expect_bonds_as_ever() {
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  EXPECT_NO_THROW(run("env -u HAWSER_REQUIRE_MODULES " + self +
                      " --gtest_brief=1 --gtest_filter='*Bond*/NetlinkKernel:-*BondPrice*'"));
}

TEST_P(BondParameters, OfAnLacpBondChangeNothingOfWhatIsAskedFor) {
  load(
      "max_bonds=0 mode=4 miimon=50 updelay=100 downdelay=150 lacp_rate=1 ad_select=2 xmit_hash_policy=1 "
      "min_links=2 num_grat_arp=5 use_carrier=1 all_slaves_active=1 resend_igmp=9");
  expect_bonds_as_ever();
}

TEST_P(BondParameters, OfABondWithTargetsChangeNothingOfWhatIsAskedFor) {
  load(
      "max_bonds=0 mode=1 arp_interval=200 arp_ip_target=192.0.2.77,192.0.2.78 arp_validate=3 "
      "arp_all_targets=1 "
      "primary_reselect=2 fail_over_mac=1 packets_per_slave=7 lp_interval=4 tx_queues=8");
  expect_bonds_as_ever();
}

}  // namespace
}  // namespace hawser::contract

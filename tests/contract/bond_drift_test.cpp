#include <gmock/gmock.h>

#include "lib/config/load.h"
#include "tests/contract/drift.h"

namespace hawser::contract {
namespace {

class BondDrift : public HostTest {
 public:
  // Read from a file, because what a file says nothing about (the ports as devices) is what drifts unseen.
  static State wanted(const std::string& options) {
    const auto loaded = config::load(
        {{"t.toml", "format = 1\n[bond.bond0]\nports = [\"eth0\", \"eth1\"]\nmtu = 1500\n" + options}}, {});
    for (const auto& problem : loaded.problems) ADD_FAILURE() << config::to_string(problem);
    return loaded.config.network;
  }
  void repaired(const State& state, const std::vector<Drift>& drifts) const {
    plug_in("eth0");
    plug_in("eth1");
    for (const auto& drift : drifts) expect_repaired(*this, state, drift);
  }
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BondDrift);
INSTANTIATE_TEST_SUITE_P(, BondDrift, testing::ValuesIn(real_hosts(Need::kBonding)), name_of_host);

TEST_P(BondDrift, ThePlanNamesExactlyTheOptionThatIpChanged) {
  const std::string set = "ip link set bond0 type bond ";
  repaired(wanted("mode = \"active-backup\"\nprimary = \"eth0\"\n"),
           {
               {set + "miimon 50", {"bond0: set miimon 50ms -> 100ms"}},
               {set + "updelay 200", {"bond0: set updelay 200ms -> 0s"}},
               {set + "downdelay 200", {"bond0: set downdelay 200ms -> 0s"}},
               {set + "peer_notify_delay 200", {"bond0: set peer_notif_delay 200ms -> 0s"}},
               {set + "use_carrier 0", {"bond0: set use_carrier off -> on"}},
               {set + "arp_all_targets all", {"bond0: set arp_all_targets all -> any"}},
               {set + "arp_missed_max 5", {"bond0: set arp_missed_max 5 -> 2"}},
               {set + "primary eth1", {"bond0: set primary eth1 -> eth0"}},
               {set + "primary_reselect better", {"bond0: set primary_reselect better -> always"}},
               {set + "xmit_hash_policy layer3+4", {"bond0: set xmit_hash_policy layer3+4 -> layer2"}},
               {set + "resend_igmp 4", {"bond0: set resend_igmp 4 -> 1"}},
               {set + "num_grat_arp 4", {"bond0: set num_grat_arp 4 -> 1"}},
               {set + "all_slaves_active 1", {"bond0: set all_slaves_active on -> off"}},
               {set + "min_links 2", {"bond0: set min_links 2 -> 0"}},
               {set + "lp_interval 9", {"bond0: set lp_interval 9s -> 1s"}},
               {set + "arp_ip_target 192.0.2.254", {"bond0: set arp_ip_target 192.0.2.254 -> none"}},
               {"ip link set eth1 type bond_slave prio 5", {"bond0: set port eth1: prio 5 -> 0"}},
               {"ip link set eth1 type bond_slave queue_id 3", {"bond0: set port eth1: queue_id 3 -> 0"}},
               {"ip link set bond0 mtu 1400", {"bond0: set mtu 1400 -> 1500"}},
               {"ip link set bond0 down", {"bond0: set up"}},
               {"ip link set eth1 down", {"eth1: set up"}},
               {"ip link set eth1 mtu 1400", {"eth1: set mtu 1400 -> 1500"}},
               {"ip link set eth1 nomaster", {"bond0: add port eth1"}},
           });
}

TEST_P(BondDrift, ThePlanNamesExactlyTheLacpOptionThatIpChanged) {
  const std::string set = "ip link set bond0 type bond ";
  repaired(wanted("mode = \"802.3ad\"\n"),
           {
               {set + "ad_actor_sys_prio 9", {"bond0: set ad_actor_sys_prio 9 -> 65535"}},
               {set + "ad_actor_system 02:00:00:00:00:99",
                {"bond0: set ad_actor_system 02:00:00:00:00:99 -> 00:00:00:00:00:00"}},
           });
}

TEST_P(BondDrift, TrafficFollowsTheAddressOfACardThatBecomesAPort) {
  plug_in_and_up("eth0");
  plug_in("eth1");
  run("ip address add 192.0.2.11/24 dev eth0");
  run("ip address add 2001:db8::11/64 dev eth0 nodad");
  run("ip route add default via 192.0.2.254");
  const Desired desired{
      wanted("mode = \"active-backup\"\naddresses = [\"192.0.2.11/24\", \"2001:db8::11/64\"]\n"
             "routes = [{ to = \"default\", via = \"192.0.2.254\" }]\n"),
      Owner::kNetd,
      {}};
  make_so(*this, desired);
  EXPECT_THAT(run("ip -o route get 192.0.2.254"), testing::HasSubstr("dev bond0"));
  EXPECT_THAT(run("ip -o route get 203.0.113.1"), testing::HasSubstr("dev bond0"));
  EXPECT_EQ(run("ip -o address show dev eth0"), "");
}

}  // namespace
}  // namespace hawser::contract

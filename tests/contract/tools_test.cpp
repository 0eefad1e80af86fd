// What we do, as ip and ipvsadm see it; and the words for what the kernel refuses.
#include "tests/contract/tools.h"

#include <cerrno>

#include <gmock/gmock.h>

#include "lib/plan/simulate.h"
#include "tests/contract/host.h"

namespace hawser::contract {
namespace {

class SeenByIp : public HostTest {};
class BondSeenByIp : public HostTest {
 public:
  static Link bond(BondMode mode) {
    Link wanted;
    wanted.kind = LinkKind::kBond;
    wanted.bond = kernel_default_bond(mode);
    return wanted;
  }
  [[nodiscard]] std::string words(const Step& step) const {
    const auto status = host().kernel().perform(step);
    return status ? "" : status.error().text;
  }
};
class SeenByIpvsadm : public HostTest {};
class WithoutModules : public BondSeenByIp {};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SeenByIp);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BondSeenByIp);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SeenByIpvsadm);
INSTANTIATE_TEST_SUITE_P(, SeenByIp, testing::ValuesIn(real_hosts(Need::kNothing)), name_of_host);
INSTANTIATE_TEST_SUITE_P(, BondSeenByIp, testing::ValuesIn(real_hosts(Need::kBonding)), name_of_host);
INSTANTIATE_TEST_SUITE_P(, SeenByIpvsadm, testing::ValuesIn(real_hosts(Need::kIpvs)), name_of_host);

TEST_P(SeenByIp, LinkAddressAndRouteAreWhatWasAsked) {
  plug_in_and_up("eth0");
  perform(SetMtu{"eth0", 1500, 1400});
  perform(SetMac{"eth0", {}, MacAddress{{2, 0, 0, 0, 0, 9}}});
  Address address;
  address.broadcast = *IpAddress::parse("192.0.2.255");
  address.preferred_lifetime = 0;
  address.protocol = 201;
  perform(AddAddress{"eth0", *Prefix::parse("192.0.2.11/24"), address});
  const RouteKey key{1000, *Prefix::parse("198.51.100.0/24"), 5};
  perform(AddRoute{key, Route{"eth0", *IpAddress::parse("192.0.2.254"), *IpAddress::parse("192.0.2.11"), true,
                              1300, 201}});

  const auto link = ip_json("address show dev eth0");
  EXPECT_EQ(at(link, "mtu"), "1400");
  EXPECT_EQ(at(link, "address"), "02:00:00:00:00:09");
  EXPECT_EQ(at(link, "operstate"), "UP");
  EXPECT_EQ(at(link, "addr_info/0/local"), "192.0.2.11");
  EXPECT_EQ(at(link, "addr_info/0/prefixlen"), "24");
  EXPECT_EQ(at(link, "addr_info/0/broadcast"), "192.0.2.255");
  EXPECT_EQ(at(link, "addr_info/0/deprecated"), "true");
  const auto route = ip_json("route show table 1000");
  EXPECT_EQ(at(route, "dst"), "198.51.100.0/24");
  EXPECT_EQ(at(route, "gateway"), "192.0.2.254");
  EXPECT_EQ(at(route, "prefsrc"), "192.0.2.11");
  EXPECT_EQ(at(route, "metric"), "5");
  EXPECT_EQ(at(route, "protocol"), "201");
  EXPECT_EQ(at(route, "flags/0"), "onlink");
  EXPECT_EQ(at(route, "metrics/0/mtu"), "1300");
}

TEST_P(SeenByIp, ALinkThatWasTakenAwayTakesItsAddressesAndRoutesAlong) {
  plug_in_and_up("eth0");
  run("ip link delete eth0");
  perform(RemoveAddress{"eth0", *Prefix::parse("192.0.2.11/24")});
  perform(
      RemoveRoute{RouteKey{254, *Prefix::parse("198.51.100.0/24"), 0}, Route{"eth0", {}, {}, false, 0, 201}});
}

TEST_P(BondSeenByIp, ABondIsWhatWasAsked) {
  auto wanted = bond(BondMode::kActiveBackup);
  wanted.bond->set(BondOption::kMiimon, 100);
  wanted.bond->set(BondOption::kUpdelay, 200);
  wanted.bond->set(BondOption::kNumGratArp, 3);
  wanted.bond->arp_ip_target = {*IpAddress::parse("192.0.2.254")};
  perform(CreateLink{"bond0", wanted});
  plug_in("eth0");
  perform(SetMaster{"eth0", "", "bond0"});
  perform(SetBondPrimary{"bond0", "", "eth0"});
  perform(SetPortOptions{"bond0", "eth0", {}, BondPort{5, 3}});
  const auto seen = ip_json("link show dev bond0");
  const std::string data = "linkinfo/info_data/";
  EXPECT_EQ(at(seen, data + "mode"), "active-backup");
  EXPECT_EQ(at(seen, data + "miimon"), "100");
  EXPECT_EQ(at(seen, data + "updelay"), "200");
  EXPECT_EQ(at(seen, data + "num_peer_notif"), "3");
  EXPECT_EQ(at(seen, data + "primary"), "eth0");
  EXPECT_EQ(at(seen, data + "arp_ip_target/0"), "192.0.2.254");
  const auto port = ip_json("link show dev eth0");
  EXPECT_EQ(at(port, "master"), "bond0");
  EXPECT_EQ(at(port, "linkinfo/info_slave_data/prio"), "5");
  EXPECT_EQ(at(port, "linkinfo/info_slave_data/queue_id"), "3");
}

TEST_P(BondSeenByIp, RefusalsAreWordsForPeople) {
  perform(CreateLink{"bond0", bond(BondMode::kActiveBackup)});
  plug_in_and_up("eth0");
  EXPECT_EQ(words(SetMaster{"eth9", "", "bond0"}),
            "bond0: add port eth9: no such interface: plug it in or correct its name");
  EXPECT_EQ(words(SetMaster{"eth0", "", "bond0"}),
            "bond0: add port eth0: Operation not permitted (Device can not be enslaved while up)");
  EXPECT_EQ(words(SetBondOption{"bond0", BondOption::kUpdelay, 0, 100}),
            "bond0: set updelay 0s -> 100ms: delays count in miimon intervals: set miimon first");
  EXPECT_EQ(words(SetPortOptions{"bond0", "eth0", {}, BondPort{5, 0}}),
            "bond0: set port eth0: prio 0 -> 5: not a port of a bond");
}

TEST_P(SeenByIpvsadm, ServicesAndRealServersAreWhatWasAsked) {
  const auto web = *ServiceKey::parse("tcp 192.0.2.100:80");
  const auto six = *ServiceKey::parse("udp [2001:db8::100]:53");
  perform(AddService{web, Service{"wrr", 0x1, 300, 24, "", {}}});
  perform(AddService{six, Service{"mh", 0x4 | 0x8, 0, 128, "", {}}});
  perform(AddService{*ServiceKey::parse("fwmark 7"), Service{"wlc", 0, 0, 32, "", {}}});
  perform(
      AddReal{web, *Endpoint::parse("198.51.100.21:8080"), {Forwarding::kMasquerade, 100, 2000, 1000, {}}});
  perform(AddReal{web,
                  *Endpoint::parse("198.51.100.22:80"),
                  {Forwarding::kTunnel, 0, 0, 0, {TunnelType::kGue, 6080, 1}}});
  perform(AddReal{six, *Endpoint::parse("[2001:db8:1::21]:53"), {Forwarding::kDirect, 7, 0, 0, {}}});
  EXPECT_EQ(ipvsadm(),
            (std::vector<std::string>{
                "-A -f 7 -s wlc",
                "-A -t 192.0.2.100:80 -s wrr -p 300 -M 255.255.255.0",
                "-A -u [2001:db8::100]:53 -s mh -o -b mh-fallback",
                "-a -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 100",
                "-a -t 192.0.2.100:80 -r 198.51.100.22:80 -i -w 0 --tun-type gue --tun-port 6080 --tun-csum",
                "-a -u [2001:db8::100]:53 -r [2001:db8:1::21]:53 -g -w 7",
            }));
}

TEST_P(SeenByIpvsadm, ThresholdsAreWhatWasAsked) {
  const auto web = *ServiceKey::parse("tcp 192.0.2.100:80");
  perform(AddService{web, Service{"wlc", 0, 0, 32, "", {}}});
  perform(AddReal{web, *Endpoint::parse("198.51.100.21:80"), {Forwarding::kMasquerade, 1, 2000, 1000, {}}});
  EXPECT_THAT(run("ipvsadm -Ln --thresholds"), testing::ContainsRegex("198[.]51[.]100[.]21:80 +2000 +1000 "));
}

TEST_P(SeenByIpvsadm, AChangedWeightIsOneChangedLine) {
  const auto web = *ServiceKey::parse("tcp 192.0.2.100:80");
  const auto web1 = *Endpoint::parse("198.51.100.21:80");
  const RealServer before{Forwarding::kDirect, 100, 0, 0, {}};
  auto after = before;
  after.weight = 0;
  perform(AddService{web, Service{"wlc", 0, 0, 32, "", {}}});
  perform(AddReal{web, web1, before});
  perform(EditReal{web, web1, before, after});
  EXPECT_EQ(ipvsadm().back(), "-a -t 192.0.2.100:80 -r 198.51.100.21:80 -g -w 0");
}

// The machine's own kernel where it lacks the modules: what the user is told.
std::vector<HostKind> hosts_without_modules() {
  if (kernel_has(Need::kBonding) || kernel_has(Need::kIpvs)) return {};
  return real_hosts(Need::kNothing);
}
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(WithoutModules);
INSTANTIATE_TEST_SUITE_P(, WithoutModules, testing::ValuesIn(hosts_without_modules()), name_of_host);

TEST_P(WithoutModules, SaysWhichModuleIsMissingAndSeesNoServices) {
  EXPECT_TRUE(words(CreateLink{"bond0", bond(BondMode::kActiveBackup)})
                  .ends_with(": bonding module missing: load it with modprobe bonding max_bonds=0"));
  EXPECT_TRUE(words(DeleteService{*ServiceKey::parse("tcp 192.0.2.100:80")})
                  .ends_with(": ip_vs module missing: load it with modprobe ip_vs"));
  EXPECT_TRUE(observe().state.services.empty());
}

TEST_P(SeenByIp, ADeviceHasAnotherName) {
  plug_in("eth0");
  run("ip link property add dev eth0 altname uplink altname a-name-that-is-longer-than-fifteen");
  EXPECT_EQ(observe().links["eth0"].altnames,
            (std::set<std::string>{"uplink", "a-name-that-is-longer-than-fifteen"}));
}

TEST_P(SeenByIp, WhereSecondariesArePromotedNoAddressGoesAlong) {
  plug_in_and_up("eth0");
  run("ip address add 192.0.2.11/24 dev eth0 && ip address add 192.0.2.12/24 dev eth0");
  for (const auto* of : {"all", "eth0"}) {
    EXPECT_FALSE(link("eth0").promotes_secondaries.value);
    const auto file = fmt::format("/proc/sys/net/ipv4/conf/{}/promote_secondaries", of);
    run("echo 1 > " + file);
    EXPECT_TRUE(link("eth0").promotes_secondaries.value) << of;
    run("echo 0 > " + file);
  }
  run("echo 1 > /proc/sys/net/ipv4/conf/eth0/promote_secondaries");
  auto before = observe().state;
  simulate(before, RemoveAddress{"eth0", *Prefix::parse("192.0.2.11/24")});
  perform(RemoveAddress{"eth0", *Prefix::parse("192.0.2.11/24")});
  EXPECT_EQ(link("eth0").addresses, before.links["eth0"].addresses);
  EXPECT_TRUE(link("eth0").addresses.contains(*Prefix::parse("192.0.2.12/24")));
}

}  // namespace
}  // namespace hawser::contract

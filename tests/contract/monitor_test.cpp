#include "lib/netlink/monitor.h"

#include <algorithm>

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "lib/netlink/address_codec.h"
#include "lib/netlink/local_route_codec.h"
#include "tests/contract/host.h"
#include "tests/contract/tools.h"

namespace hawser::contract {
namespace {

class MonitorTest : public HostTest {
 public:
  static Monitor open() {
    auto monitor = Monitor::open();
    EXPECT_TRUE(monitor.has_value());
    return std::move(monitor.value());
  }
  // All that comes until `done`, or until nothing comes any more.
  template <class Done>
  static Changes hear(Monitor& monitor, Done done) {
    Changes all;
    pollfd ready{monitor.fd(), POLLIN, 0};
    while (!done(all) && poll(&ready, 1, 3000) == 1) {
      const auto now = monitor.drain().value_or(Changes{});
      all.links |= now.links;
      all.addresses |= now.addresses;
      all.routes |= now.routes;
      all.lost |= now.lost;
      all.facts.insert(all.facts.end(), now.facts.begin(), now.facts.end());
      all.address_facts.insert(all.address_facts.end(), now.address_facts.begin(), now.address_facts.end());
      all.local_routes.insert(all.local_routes.end(), now.local_routes.begin(), now.local_routes.end());
    }
    return all;
  }
};
class BondMonitorTest : public MonitorTest {};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MonitorTest);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BondMonitorTest);
INSTANTIATE_TEST_SUITE_P(, MonitorTest, testing::ValuesIn(real_hosts(Need::kNothing)), name_of_host);
INSTANTIATE_TEST_SUITE_P(, BondMonitorTest, testing::ValuesIn(real_hosts(Need::kBonding)), name_of_host);

TEST_P(MonitorTest, HasNothingToSayWhenNothingHappens) {
  plug_in_and_up("eth0");
  auto monitor = open();
  // The card's own coming up may still be told of; then it is quiet.
  static_cast<void>(hear(monitor, [](const Changes&) { return false; }));
  const auto changes = monitor.drain();
  ASSERT_TRUE(changes);
  EXPECT_EQ(*changes, Changes{});
}

TEST_P(MonitorTest, TellsAPulledCable) {
  plug_in_and_up("eth0");
  auto monitor = open();
  host().set_carrier("eth0", false);
  const auto lost_carrier = [](const LinkFact& fact) {
    return fact.name == "eth0" && fact.up && !fact.carrier;
  };
  const auto changes =
      hear(monitor, [&](const Changes& all) { return std::ranges::any_of(all.facts, lost_carrier); });
  EXPECT_TRUE(changes.links);
  EXPECT_TRUE(std::ranges::any_of(changes.facts, lost_carrier));
  EXPECT_FALSE(changes.lost);
}

TEST_P(MonitorTest, TellsAddressesAndRoutesOfBothFamilies) {
  plug_in_and_up("eth0");
  for (const auto* line :
       {"ip address add 192.0.2.11/24 dev eth0", "ip -6 address add 2001:db8::11/64 dev eth0"}) {
    auto monitor = open();
    run(line);
    EXPECT_TRUE(hear(monitor, [](const Changes& all) { return all.addresses; }).addresses) << line;
  }
  for (const auto* line :
       {"ip route add 198.51.100.0/24 dev eth0", "ip -6 route add 2001:db8:1::/48 dev eth0"}) {
    auto monitor = open();
    run(line);
    EXPECT_TRUE(hear(monitor, [](const Changes& all) { return all.routes; }).routes) << line;
  }
}

// Who watches over what it made itself is not woken by that, nor by a routing daemon.
TEST_P(MonitorTest, OfOnesOwnStepsOnlyWhatElseCameOfThemIsNews) {
  plug_in_and_up("eth0");
  auto steps = nl::Socket::open(NETLINK_ROUTE);
  ASSERT_TRUE(steps);
  const auto eth0 = steps->index_of("eth0").value();
  constexpr std::uint8_t kOurs = 202;
  auto monitor = Monitor::open({.addresses = true, .routes = true, .own = {{kOurs, steps->port()}}});
  ASSERT_TRUE(monitor);
  static_cast<void>(hear(*monitor, [](const Changes&) { return false; }));
  const auto prefix = [](int last) {
    return Prefix{IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(last)), 24};
  };
  for (const int last : {11, 12})
    ASSERT_TRUE(steps->request(nl::encode_put_address(nl::Put::kNew, eth0, prefix(last), {})));
  run("ip route add 198.51.100.0/24 dev eth0 proto 186");
  const nl::LocalRoute route{eth0, {IpAddress::v4(192, 0, 2, 100), 32}, kOurs};
  ASSERT_TRUE(steps->request(nl::encode_add_local_route(route)));
  auto changes = hear(*monitor, [](const Changes& all) { return !all.local_routes.empty(); });
  EXPECT_EQ(changes.address_facts, std::vector<AddressFact>{});
  EXPECT_EQ(changes.local_routes,
            (std::vector<AddressFact>{{.link = eth0, .prefix = route.to, .protocol = kOurs}}));
  ASSERT_TRUE(steps->request(nl::encode_remove_address(eth0, prefix(11))));
  changes = hear(*monitor, [](const Changes& all) { return all.address_facts.size() == 2; });
  EXPECT_EQ(changes.address_facts.size(), 2U) << "the secondary goes with it";
  run("ip address add 192.0.2.13/24 dev eth0");
  EXPECT_TRUE(hear(*monitor, [](const Changes& all) { return all.addresses; }).addresses) << "another's";
}

TEST_P(MonitorTest, TellsARemovedLink) {
  plug_in("eth0");
  auto monitor = open();
  run("ip link delete eth0");
  const auto removed = [](const LinkFact& fact) { return fact.name == "eth0" && fact.removed; };
  const auto changes =
      hear(monitor, [&](const Changes& all) { return std::ranges::any_of(all.facts, removed); });
  EXPECT_TRUE(std::ranges::any_of(changes.facts, removed));
}

TEST_P(MonitorTest, AsksForAFreshLookWhenNotificationsWereLost) {
  plug_in_and_up("eth0");
  auto monitor = open();
  const int tiny = 2048;
  ASSERT_EQ(setsockopt(monitor.fd(), SOL_SOCKET, SO_RCVBUF, &tiny, sizeof(tiny)), 0);
  run("for i in $(seq 1 50); do echo address add 192.0.2.$i/32 dev eth0; done | ip -batch -");
  const auto changes = monitor.drain();
  ASSERT_TRUE(changes);
  EXPECT_TRUE(changes->lost);
  EXPECT_TRUE(changes->links && changes->addresses && changes->routes);
}

TEST_P(BondMonitorTest, TellsTheFailoverAfterAPulledCable) {
  Link bond;
  bond.kind = LinkKind::kBond;
  bond.bond = kernel_default_bond(BondMode::kActiveBackup);
  bond.bond->set(BondOption::kMiimon, 50);
  perform(CreateLink{"bond0", bond});
  for (const auto* port : {"eth0", "eth1"}) {
    plug_in(port);
    perform(SetMaster{port, "", "bond0"});
  }
  perform(SetLinkUp{"bond0", true});
  perform(SetActivePort{"bond0", "eth0"});
  const auto other = observe().links["eth1"].index;
  auto monitor = open();
  host().set_carrier("eth0", false);
  const auto failover = [&](const LinkFact& fact) { return fact.failover && fact.active_port == other; };
  const auto changes =
      hear(monitor, [&](const Changes& all) { return std::ranges::any_of(all.facts, failover); });
  const auto carrier_first = std::ranges::find_if(changes.facts, [](const LinkFact& fact) {
    return fact.name == "eth0" && !fact.carrier && fact.port && fact.port->active;
  });
  const auto then = std::ranges::find_if(changes.facts, failover);
  ASSERT_NE(then, changes.facts.end());
  EXPECT_LT(carrier_first, then);
}

}  // namespace
}  // namespace hawser::contract

// The network as the file wants it, and what it means for services.
#include "netd/controller.h"

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

config::Config bonded() {
  config::Config config;
  Link link;
  link.kind = LinkKind::kBond;
  link.up = true;
  link.bond = kernel_default_bond(BondMode::kActiveBackup);
  link.bond->set(BondOption::kMiimon, 100);
  link.bond->ports = {{"eth0", {}}, {"eth1", {}}};
  link.addresses[*Prefix::parse("192.0.2.11/24")] = {};
  config.network.links["bond0"] = link;
  config.bonds["bond0"].port_order = {"eth0", "eth1"};
  return config;
}

class NetdNetwork : public Netd {
 protected:
  void SetUp() override {
    kernel.plug_in("eth0");
    kernel.plug_in("eth1");
  }
  void changed() {
    controller->network_changed(now);
    pass(Attempts::kGather);
  }
  const Link& bond() { return kernel.state().links.at("bond0"); }
};

TEST_F(NetdNetwork, BringsUpTheBondOfTheFile) {
  start(bonded());
  EXPECT_TRUE(controller->settled());
  EXPECT_THAT(bond().bond->ports, ElementsAre(Key("eth0"), Key("eth1")));
  EXPECT_THAT(bond().addresses, Contains(Key(*Prefix::parse("192.0.2.11/24"))));
  EXPECT_THAT(journal.names.links, ElementsAre("bond0"));
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(NetdNetwork, ChangesNothingWhenItStartsAgainOrReadsTheSameFile) {
  start(bonded());
  const auto performed = kernel.performs();
  start(bonded());
  reload(bonded());
  changed();
  EXPECT_EQ(kernel.performs(), performed);
}

TEST_F(NetdNetwork, APulledCableIsNoDrift) {
  start(bonded());
  const auto performed = kernel.performs();
  kernel.set_carrier("eth0", false);
  changed();
  EXPECT_EQ(kernel.performs(), performed);
}

TEST_F(NetdNetwork, GathersAStreamOfEventsIntoOneLook) {
  start(bonded());
  const auto observed = kernel.looks().size();
  for (int i = 0; i < 50; ++i) {
    controller->network_changed(now);
    now += std::chrono::milliseconds{1};
    work();
  }
  EXPECT_GE(kernel.looks().size() - observed, 2U);
  EXPECT_LE(kernel.looks().size() - observed, 3U);
}

TEST_F(NetdNetwork, RepairsAnotherHandsChangeAndSaysWhatItWas) {
  start(bonded());
  forget_lines();
  ASSERT_TRUE(kernel.perform(SetBondOption{"bond0", BondOption::kMiimon, 100, 0}));
  changed();
  EXPECT_EQ(bond().bond->get(BondOption::kMiimon), 100U);
  EXPECT_THAT(lines, ElementsAre("bond0: set miimon 0s -> 100ms: changed by somebody else"));
}

// "ip route flush dev bond0": the address is still there, and reaches nobody.
TEST_F(NetdNetwork, PutsTheRouteToASubnetOfItsOwnBackAndThenWhatLeadsThroughIt) {
  auto config = bonded();
  Route route;
  route.device = "bond0";
  route.via = *IpAddress::parse("192.0.2.254");
  const RouteKey key{254, *Prefix::parse("0.0.0.0/0")};
  config.network.routes[key] = route;
  start(config);
  forget_lines();
  ASSERT_TRUE(kernel.perform(RemoveRoute{key, kernel.state().routes.at(key)}));
  kernel.lose_prefix_route("bond0", *Prefix::parse("192.0.2.11/24"));
  changed();
  EXPECT_THAT(kernel.state().gone, IsEmpty());
  EXPECT_THAT(
      lines,
      ElementsAre("route 192.0.2.0/24 dev bond0: add, source 192.0.2.11, as the kernel makes it: removed by "
                  "somebody else",
                  "route default via 192.0.2.254 dev bond0: add: removed by somebody else"));
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(NetdNetwork, LeavesTheRouteToASubnetOfSomebodyElseAsHeWantsIt) {
  start(bonded());
  forget_lines();
  ASSERT_TRUE(kernel.perform(AddAddress{"bond0", *Prefix::parse("198.51.100.1/24"), {}}));
  kernel.lose_prefix_route("bond0", *Prefix::parse("198.51.100.1/24"));
  changed();
  EXPECT_EQ(kernel.state().gone.size(), 1U);
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(NetdNetwork, RemovesABondThatItMadeAlsoAfterARestart) {
  start(bonded());
  start({});
  EXPECT_FALSE(kernel.state().links.contains("bond0"));
  EXPECT_TRUE(kernel.state().links.contains("eth0"));
  EXPECT_THAT(journal.names.links, IsEmpty());
}

TEST_F(NetdNetwork, LeavesABondThatItDidNotMakeWhenTheFileNamesItNoMore) {
  start(bonded());
  journal = {};
  start(bonded());
  reload({});
  EXPECT_TRUE(kernel.state().links.contains("bond0"));
}

TEST_F(NetdNetwork, LeavesABondThatSomebodyMadeInThePlaceOfItsOwn) {
  start(bonded());
  ASSERT_TRUE(kernel.perform(DeleteLink{"bond0", LinkKind::kBond}));
  ASSERT_TRUE(kernel.perform(CreateLink{"bond0", bonded().network.links.at("bond0")}));
  start({});
  EXPECT_TRUE(kernel.state().links.contains("bond0"));
}

TEST_F(NetdNetwork, LeavesABondThatSomebodyMadeWhenItsOwnWasRefused) {
  kernel.refuse_always([](const Step& step) { return is<CreateLink>(step); }, {"no", 1});
  start(bonded());
  EXPECT_THAT(journal.names.links, IsEmpty());
  kernel.refuse_always({}, {});
  ASSERT_TRUE(kernel.perform(CreateLink{"bond0", bonded().network.links.at("bond0")}));
  start({});
  EXPECT_TRUE(kernel.state().links.contains("bond0"));
}

TEST_F(NetdNetwork, SaysThatSomebodyElsesDeviceHasTheNameAndGoesOnOnceThatIsGone) {
  Link vlan;
  vlan.kind = LinkKind::kVlan;
  vlan.vlan = Vlan{.on = "eth0", .id = 7};
  ASSERT_TRUE(kernel.perform(CreateLink{"bond0", vlan}));
  start(bonded());
  EXPECT_TRUE(bond().vlan);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("that netd did not make")));
  for (int i = 0; i < 10; ++i) pass(seconds{10});
  EXPECT_EQ(warnings.size(), 1U);
  ASSERT_TRUE(kernel.perform(DeleteLink{"bond0", LinkKind::kVlan}));
  changed();
  EXPECT_TRUE(bond().bond);
}

TEST_F(NetdNetwork, RemovesABondThatItHadToMakeAnew) {
  start(bonded());
  ASSERT_TRUE(kernel.perform(DeleteLink{"bond0", LinkKind::kBond}));
  changed();
  ASSERT_TRUE(kernel.state().links.contains("bond0"));
  start({});
  EXPECT_FALSE(kernel.state().links.contains("bond0"));
}

TEST_F(NetdNetwork, NeverTouchesAnAddressThatAVipNames) {
  auto config = bonded();
  config.vips["web"].addresses = {{*Prefix::parse("192.0.2.100/32"), "bond0"}};
  start(config);
  for (const auto owner : {Owner::kVipd, Owner::kNone}) {
    Address address;
    address.protocol = static_cast<std::uint8_t>(owner);
    ASSERT_TRUE(kernel.perform(AddAddress{"bond0", *Prefix::parse("192.0.2.100/32"), address}));
    const auto performed = kernel.performs();
    changed();
    EXPECT_EQ(kernel.performs(), performed);
    auto named = config;
    named.network.links["bond0"].addresses[*Prefix::parse("192.0.2.100/32")] = {};
    reload(named);
    EXPECT_EQ(kernel.performs(), performed);
    ASSERT_TRUE(kernel.perform(RemoveAddress{"bond0", *Prefix::parse("192.0.2.100/32")}));
  }
}

// vipd removes only what bears its number, so on a Backup it would stay for ever beside the Active's.
TEST_F(NetdNetwork, TakesItsOwnAddressAwayWhenTheFileMakesItAVips) {
  auto config = bonded();
  config.network.links["bond0"].addresses[*Prefix::parse("192.0.2.100/24")] = {};
  start(config);
  ASSERT_THAT(bond().addresses, Contains(Key(*Prefix::parse("192.0.2.100/24"))));
  config = bonded();
  config.vips["web"].addresses = {{*Prefix::parse("192.0.2.100/32"), "bond0"}};
  reload(config);
  EXPECT_THAT(bond().addresses, ElementsAre(Key(*Prefix::parse("192.0.2.11/24"))));
}

TEST_F(NetdNetwork, LeavesItsOwnAddressWhereTheVipWritesTheSameOrTheLinkKeepsIt) {
  for (const auto* written : {"192.0.2.100/24", "192.0.2.100/32"}) {
    auto config = bonded();
    config.network.links["bond0"].addresses[*Prefix::parse("192.0.2.100/24")] = {};
    start(config);
    if (*Prefix::parse(written) == *Prefix::parse("192.0.2.100/24")) config = bonded();
    config.vips["web"].addresses = {{*Prefix::parse(written), "bond0"}};
    const auto performed = kernel.performs();
    reload(config);
    EXPECT_EQ(kernel.performs(), performed) << written;
    EXPECT_THAT(bond().addresses, Contains(Key(*Prefix::parse("192.0.2.100/24")))) << written;
  }
}

TEST_F(NetdNetwork, SaysWhatIsRefusedOnceAndDoesNotRunInCircles) {
  kernel.refuse_always([](const Step& step) { return is<SetMaster>(step); }, {"busy", 16});
  start(bonded());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("add port eth0: busy"), HasSubstr("add port eth1: busy")));
  EXPECT_TRUE(bond().up);
  const auto performed = kernel.performs();
  for (int i = 0; i < 20; ++i) changed();  // our own attempts make events, too
  EXPECT_EQ(kernel.performs(), performed);
  kernel.refuse_always({}, {});
  pass(seconds{1});
  EXPECT_THAT(bond().bond->ports, ElementsAre(Key("eth0"), Key("eth1")));
  EXPECT_EQ(warnings.size(), 2U);
}

TEST_F(NetdNetwork, ARefusedOptionThatCostsTheBondIsNotTriedAgainByTime) {
  auto config = bonded();
  start(config);
  config.network.links["bond0"].bond->set(BondOption::kAdSelect, 1);  // needs the bond down
  kernel.refuse_always([](const Step& step) { return is<SetBondOption>(step); }, {"no", 22});
  reload(config);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("ad_select stable -> bandwidth: no; not tried again until")));
  EXPECT_TRUE(bond().up);
  const auto performed = kernel.performs();
  for (int i = 0; i < 10; ++i) {
    changed();
    pass(seconds{60});
  }
  EXPECT_EQ(kernel.performs(), performed);
}

// bond_enslave() makes fail_over_mac active for IPoIB: to set it back the bond would have to be emptied.
TEST_F(Netd, DoesNotTakeABondDownAgainForWhatTheKernelTakesWithoutEffect) {
  kernel.plug_in_with_fixed_mac("eth0");
  kernel.plug_in_with_fixed_mac("eth1");
  auto config = bonded();
  auto& route = config.network.routes[{254, *Prefix::parse("0.0.0.0/0"), 0}];
  route.device = "bond0";
  route.via = *IpAddress::parse("203.0.113.254");  // refused, and so retried by time
  start(config);
  EXPECT_THAT(warnings,
              Contains(HasSubstr(
                  "bond0: still to do: set fail_over_mac active -> none: a port cannot change its MAC: write "
                  "fail_over_mac = \"active\" in the file; not tried again until")));
  forget_lines();
  const auto performed = static_cast<std::size_t>(kernel.performs());
  for (int i = 0; i < 10; ++i) {
    controller->network_changed(now);
    pass(seconds{30});
  }
  ASSERT_GT(kernel.performed().size(), performed);
  for (auto i = performed; i < kernel.performed().size(); ++i)
    EXPECT_TRUE(is<AddRoute>(kernel.performed()[i])) << describe(kernel.performed()[i]);
  EXPECT_THAT(warnings, IsEmpty());
  config.network.links["bond0"].bond->set(BondOption::kFailOverMac, 1);  // as the warning says
  config.network.routes.clear();
  reload(config);
  EXPECT_THAT(controller->network().refusals().waiting(), IsEmpty());
}

TEST_F(Netd, TriesWhatHadNoEffectAgainWhenSomethingChanged) {
  kernel.plug_in_with_fixed_mac("eth0");
  kernel.plug_in_with_fixed_mac("eth1");
  start(bonded());
  const auto performed = kernel.performs();
  pass(seconds{600});
  EXPECT_EQ(kernel.performs(), performed);
  ASSERT_TRUE(kernel.perform(SetMtu{"eth0", 1500, 1400}));
  controller->network_changed(now);
  pass(Attempts::kGather);
  EXPECT_GT(kernel.performs(), performed + 1);
}

// With one bond that the kernel has its own mind about, all else is kept as it should be all the same.
TEST_F(Netd, PutsARouteBackThoughSomethingElseWaits) {
  kernel.plug_in_with_fixed_mac("eth0");
  kernel.plug_in_with_fixed_mac("eth1");
  kernel.plug_in("eth2");
  auto config = bonded();
  auto& card = config.network.links["eth2"];
  card.up = true;
  card.addresses[*Prefix::parse("198.51.100.11/24")] = {};
  const RouteKey key{254, *Prefix::parse("203.0.113.0/24"), 0};
  config.network.routes[key].device = "eth2";
  start(config);
  ASSERT_FALSE(controller->network().refusals().waiting().empty());
  ASSERT_TRUE(kernel.state().routes.contains(key));
  const auto bond = kernel.state().links.at("bond0");
  const auto performed = kernel.performs();
  ASSERT_TRUE(kernel.perform(RemoveRoute{key, kernel.state().routes.at(key)}));
  controller->network_changed(now);
  pass(Attempts::kGather);
  EXPECT_TRUE(kernel.state().routes.contains(key));
  EXPECT_EQ(kernel.performs(), performed + 2) << "the removal, the putting back, and nothing for the bond";
  EXPECT_EQ(kernel.state().links.at("bond0"), bond);
}

TEST_F(NetdNetwork, TriesARouteAgainThatSomebodyElseTakesAwayAtOnce) {
  auto config = bonded();
  const RouteKey key{254, *Prefix::parse("203.0.113.0/24"), 0};
  config.network.routes[key].device = "bond0";
  kernel.swallow([](const Step& step) { return is<AddRoute>(step); });
  start(config);
  EXPECT_FALSE(kernel.state().routes.contains(key));
  EXPECT_THAT(warnings, ElementsAre(AllOf(HasSubstr("still to do"), HasSubstr("203.0.113.0/24"),
                                          HasSubstr("will be tried again"))));
  const auto performed = kernel.performs();
  changed();
  EXPECT_EQ(kernel.performs(), performed) << "not with each notification";
  kernel.swallow({});
  pass(seconds{1});
  EXPECT_TRUE(kernel.state().routes.contains(key));
  EXPECT_EQ(warnings.size(), 1U);
}

TEST_F(NetdNetwork, TriesARouteAgainWhoseSourceWasTentativeAndLeavesTheBond) {
  auto config = bonded();
  config.network.links["bond0"].addresses[*Prefix::parse("2001:db8::11/64")] = {};
  const RouteKey key{254, *Prefix::parse("::/0"), 1024};
  auto& route = config.network.routes[key];
  route.device = "bond0";
  route.via = *IpAddress::parse("2001:db8::fe");
  route.source = *IpAddress::parse("2001:db8::11");
  kernel.set_tentative(*route.source, true);
  start(config);
  EXPECT_THAT(bond().addresses, Contains(Key(*Prefix::parse("192.0.2.11/24"))));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("route IPv6 default")));
  kernel.set_tentative(*route.source, false);
  const auto performed = kernel.performs();
  pass(seconds{1});
  EXPECT_EQ(kernel.performs(), performed + 1);
  EXPECT_TRUE(kernel.state().routes.contains(key));
  EXPECT_THAT(controller->network().refusals().waiting(), IsEmpty());
}

TEST_F(Netd, TakesAnInterfaceInAsSoonAsItAppears) {
  kernel.plug_in("eth0");
  start(bonded());
  forget_lines();
  kernel.plug_in("eth1");
  controller->network_changed(now);
  pass(Attempts::kGather);
  EXPECT_THAT(kernel.state().links.at("bond0").bond->ports, ElementsAre(Key("eth0"), Key("eth1")));
  EXPECT_THAT(lines, Contains(HasSubstr("eth1 appeared")));
}

TEST_F(Netd, AnAppearingInterfaceLetsRefusedServicesTryAtOnce) {
  auto config = web();
  config.network = bonded().network;
  kernel.plug_in("eth0");
  kernel.refuse_always([](const Step& step) { return is<AddService>(step); }, {"no", 1});
  start(config);
  kernel.refuse_always({}, {});
  kernel.plug_in("eth1");
  controller->network_changed(now);
  pass(Attempts::kGather);
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
}

}  // namespace
}  // namespace hawser::netd

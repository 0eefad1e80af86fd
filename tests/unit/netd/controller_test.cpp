// netd as a whole against the fake kernel, with a clock that the tests turn.
#include "netd/controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/netd/site.h"

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
using testing::StartsWith;

class Netd : public testing::Test {
 protected:
  // A process: what it remembers is lost with it, the journal and the kernel stay.
  void start(const config::Config& config) {
    controller = std::make_unique<Controller>(
        kernel, journal,
        [this](const std::string& text) -> Status {
          journal = *decode_journal(text);
          ++journal_writes;
          return {};
        },
        [this](log::Level level, const std::string& text) {
          (level == log::Level::kWarning ? warnings : lines).push_back(text);
        });
    controller->configure(config, Why::kStart, now);
    work();
  }
  void reload(const config::Config& config) {
    controller->configure(config, Why::kReload, now);
    work();
  }
  void work() {
    for (int i = 0; i < 1000 && controller->work(now); ++i) {
    }
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    work();
  }
  void verdict(const Endpoint& real, const probes::Verdict& verdict, int times = 1) {
    for (int i = 0; i < times; ++i) controller->verdict(probe(real), verdict, now);
  }
  void forget_lines() {
    lines.clear();
    warnings.clear();
  }
  const Service& service() { return kernel.state().services.at(kWeb); }
  // web1 and web2 are in, as after a while.
  void start_in_service() {
    start(web());
    verdict(kWeb1, good());
    verdict(kWeb2, good());
    forget_lines();
  }

  FakeKernel kernel;
  Made journal{"this boot", {}, {}};
  int journal_writes = 0;
  TimePoint now{seconds{1000}};
  std::vector<std::string> lines, warnings;
  std::unique_ptr<Controller> controller;
};

TEST_F(Netd, ProgramsAServiceAndWaitsForTheFirstResults) {
  start(web());
  EXPECT_TRUE(controller->settled());
  EXPECT_THAT(service().reals, IsEmpty());
  EXPECT_THAT(lines, ElementsAre(StartsWith("tcp 192.0.2.100:80: add service")));
  verdict(kWeb1, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1)));
  EXPECT_EQ(lines.back(),
            "web: real server web1 198.51.100.21:8080: added: 1 check succeeded (site: status 200)");
}

TEST_F(Netd, TakesADeadBackendOutByFallAndBackInByRise) {
  start_in_service();
  verdict(kWeb1, bad(), 2);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  verdict(kWeb1, bad());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_THAT(lines, ElementsAre("web: real server web1 198.51.100.21:8080: removed: 3 checks failed (site: "
                                 "connect: Connection refused)"));
  verdict(kWeb1, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  verdict(kWeb1, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  EXPECT_EQ(lines.back(),
            "web: real server web1 198.51.100.21:8080: added: 2 checks succeeded (site: status 200)");
}

TEST_F(Netd, PerformsASingleStepForAVerdict) {
  start_in_service();
  const auto before = kernel.performs();
  verdict(kWeb1, bad(), 3);
  EXPECT_EQ(kernel.performs() - before, 1);
}

TEST_F(Netd, QuietsInsteadOfRemovingWhereThePoolSaysSo) {
  auto config = web();
  config.pools["web"].on_failure = config::OnFailure::kQuiesce;
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb1, bad(), 3);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
  EXPECT_EQ(lines.back(),
            "web: real server web1 198.51.100.21:8080: weight 100 -> 0: 3 checks failed (site: "
            "connect: Connection refused)");
}

TEST_F(Netd, AfterARestartAServerInServiceIsTakenOutByFallOnly) {
  start_in_service();
  start(web());
  verdict(kWeb1, bad(), 2);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  verdict(kWeb1, bad());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_THAT(lines.back(), HasSubstr("web1 198.51.100.21:8080: removed: 3 checks failed"));
}

TEST_F(Netd, ADeadServerThatWasNotInServiceStaysOut) {
  start(web());
  verdict(kWeb1, bad(), 5);
  EXPECT_THAT(service().reals, IsEmpty());
  EXPECT_THAT(lines, ElementsAre(StartsWith("tcp 192.0.2.100:80: add service")));
}

TEST_F(Netd, KeepsTheServiceAndSaysWhenNoRealServerIsLeft) {
  start_in_service();
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(warnings, IsEmpty());
  verdict(kWeb2, bad(), 3);
  EXPECT_THAT(service().reals, IsEmpty());
  EXPECT_THAT(warnings, ElementsAre("web: tcp 192.0.2.100:80: no real server in service"));
}

TEST_F(Netd, UsesOneProbeForSeveralServicesAndSaysItOnce) {
  auto config = web();
  const auto second = key("tcp 192.0.2.100:443");
  config.services["web"].keys.push_back(second);
  start(config);
  verdict(kWeb1, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1)));
  EXPECT_THAT(kernel.state().services.at(second).reals, ElementsAre(Key(kWeb1)));
  EXPECT_THAT(lines, Contains(HasSubstr("added: 1 check succeeded")).Times(1));
}

TEST_F(Netd, ChangesNothingWhenItStartsAgain) {
  start_in_service();
  verdict(kWeb2, bad(), 3);
  const auto before = kernel.state();
  const auto performed = kernel.performs();
  start(web());  // killed and started: nothing is known of the backends
  EXPECT_EQ(kernel.performs(), performed);
  verdict(kWeb1, good());
  verdict(kWeb2, bad());
  EXPECT_EQ(kernel.performs(), performed);
  EXPECT_EQ(kernel.state(), before);
}

TEST_F(Netd, ChangesNothingOnReloadOfTheSameFile) {
  start_in_service();
  const auto performed = kernel.performs();
  reload(web());
  verdict(kWeb1, good());
  pass(seconds{20});
  EXPECT_EQ(kernel.performs(), performed);
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(Netd, ChangesOnlyWhatDiffersOnReload) {
  start_in_service();
  const auto performed = kernel.performs();
  auto config = web();
  config.pools["web"].reals[0].server.weight = 50;
  reload(config);
  EXPECT_EQ(kernel.performs() - performed, 1);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 50U);
  EXPECT_THAT(lines,
              ElementsAre("web: real server web1 198.51.100.21:8080: weight 100 -> 50: the file says so"));
}

TEST_F(Netd, ANewCheckDoesNotTakeARunningServerOut) {
  start_in_service();
  auto config = web();
  config.checks["deep"] = check("deep");
  for (auto& real : config.pools["web"].reals) real.checks.emplace_back("deep");
  reload(config);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  for (int i = 0; i < 2; ++i) controller->verdict(probe(kWeb1, "deep"), bad(), now);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  controller->verdict(probe(kWeb1, "deep"), bad(), now);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
}

TEST_F(Netd, RemovesWhatItMadeWhenTheFileNamesItNoMore) {
  start_in_service();
  EXPECT_THAT(journal.names.services, ElementsAre(kWeb));
  reload({});
  EXPECT_THAT(kernel.state().services, IsEmpty());
  EXPECT_THAT(journal.names.services, IsEmpty());
}

TEST_F(Netd, JournalsAllNewServicesAtOnceBeforeTheFirstOfThem) {
  auto config = web();
  for (int port = 1000; port < 1100; ++port)
    config.services["web"].keys.push_back(key(fmt::format("tcp 192.0.2.100:{}", port)));
  start(config);
  EXPECT_EQ(kernel.state().services.size(), 101U);
  EXPECT_EQ(journal_writes, 1);
  EXPECT_EQ(journal.names.services.size(), 101U);
  reload(web());
  EXPECT_EQ(kernel.state().services.size(), 1U);
  EXPECT_EQ(journal_writes, 2);
  EXPECT_THAT(journal.names.services, ElementsAre(kWeb));
}

TEST_F(Netd, AServiceThatWasRefusedAndIsThenMadeBySomebodyElseIsNotItsOwn) {
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<AddService>(step); }, {"no", 1});
  start(web());
  EXPECT_THAT(journal.names.services, IsEmpty());
  kernel.refuse_always({}, {});
  ASSERT_TRUE(kernel.perform(AddService{kWeb, {}}));
  start({});
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
}

TEST_F(Netd, AServiceThatSomebodyDeletedAndMadeAnewIsNotItsOwn) {
  start_in_service();
  ASSERT_TRUE(kernel.perform(DeleteService{kWeb}));
  start({});
  EXPECT_THAT(journal.names.services, IsEmpty());
  ASSERT_TRUE(kernel.perform(AddService{kWeb, {}}));
  pass(seconds{6});  // ipvs_check
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
}

TEST_F(Netd, RemovesWhatItMadeAlsoAfterARestart) {
  start_in_service();
  start({});
  EXPECT_THAT(kernel.state().services, IsEmpty());
}

TEST_F(Netd, LeavesServicesOfOthersAlone) {
  State state;
  state.services[key("tcp 192.0.2.200:80")].netmask = 32;
  kernel = FakeKernel(state);
  start_in_service();
  reload({});
  EXPECT_THAT(kernel.state().services, ElementsAre(Key(key("tcp 192.0.2.200:80"))));
}

TEST_F(Netd, RepairsAnotherHandsChangeAtTheNextCheckAndSaysWhatItWas) {
  start_in_service();
  auto weak = service().reals.at(kWeb1);
  weak.weight = 5;
  ASSERT_TRUE(kernel.perform(EditReal{kWeb, kWeb1, service().reals.at(kWeb1), weak}));
  pass(std::chrono::milliseconds{4999});
  EXPECT_EQ(service().reals.at(kWeb1).weight, 5U);
  pass(std::chrono::milliseconds{1});
  EXPECT_EQ(service().reals.at(kWeb1).weight, 100U);
  EXPECT_THAT(lines,
              ElementsAre("tcp 192.0.2.100:80: edit real server 198.51.100.21:8080: weight 5 -> 100: changed "
                          "by somebody else"));
  EXPECT_EQ(controller->counters().drift_repairs, 1U);
}

TEST_F(Netd, SeesAnotherHandsChangeRightAfterItsOwn) {
  start_in_service();
  ASSERT_TRUE(kernel.perform(DeleteReal{kWeb, kWeb2}));
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_THAT(lines.back(), HasSubstr("removed by somebody else"));
}

TEST_F(Netd, LooksAtManyServicesInSlices) {
  auto config = web();
  config.services["web"].keys.clear();
  for (std::uint16_t port = 1; port <= 20; ++port)
    config.services["web"].keys.push_back({Transport::kTcp, {IpAddress::v4(192, 0, 2, 100), port}, 0});
  start(config);
  EXPECT_EQ(kernel.state().services.size(), 20U);
  now += seconds{5};
  const auto observed = kernel.looks().size();
  EXPECT_TRUE(controller->work(now));
  EXPECT_EQ(kernel.looks().size() - observed, 1U);
  EXPECT_TRUE(controller->work(now));
  EXPECT_FALSE(controller->work(now));
  EXPECT_EQ(controller->next(), now + seconds{5});
}

TEST_F(Netd, SaysARefusalOnceAndTriesAgain) {
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<AddService>(step); },
                       {"the kernel module ip_vs is missing", 65});
  start(web());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("the kernel module ip_vs is missing")));
  const auto performed = kernel.performs();
  pass(std::chrono::milliseconds{999});
  EXPECT_EQ(kernel.performs(), performed);
  pass(std::chrono::milliseconds{1});
  EXPECT_EQ(kernel.performs(), performed + 1);
  EXPECT_EQ(warnings.size(), 1U);
  EXPECT_THAT(controller->ipvs().refusals().waiting(), ElementsAre(Key(kWeb)));
  kernel.refuse_always({}, {});
  pass(seconds{2});
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
  EXPECT_THAT(controller->ipvs().refusals().waiting(), IsEmpty());
}

TEST_F(Netd, DoesNotHurryARefusedServiceAtThePeriodicCheck) {
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<AddService>(step); }, {"no", 1});
  start(web());
  for (const int wait : {1, 2, 4}) pass(seconds{wait});  // next: 8 s later
  const auto performed = kernel.performs();
  pass(seconds{5});
  EXPECT_EQ(kernel.performs(), performed);
  pass(seconds{3});
  EXPECT_EQ(kernel.performs(), performed + 1);
}

TEST_F(Netd, PutsAServiceBackAsItWasWhenAStepIsRefused) {
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<AddReal>(step); }, {"no", 22});
  auto config = web();
  for (auto& real : config.pools["web"].reals) real.checks.clear();
  start(config);
  EXPECT_THAT(kernel.state().services, IsEmpty());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("no; will be tried again")));
}

TEST_F(Netd, SurvivesAKernelThatCannotBeObservedAndSaysItOnce) {
  start_in_service();
  kernel.fail_observe({"IPVS: Operation not permitted", 1});
  for (int i = 0; i < 10; ++i) pass(seconds{5});
  EXPECT_THAT(warnings, ElementsAre("IPVS: Operation not permitted"));
  kernel.fail_observe({});
  ASSERT_TRUE(kernel.perform(DeleteReal{kWeb, kWeb2}));
  pass(seconds{5});
  EXPECT_THAT(service().reals, Contains(Key(kWeb2)));
}

TEST_F(Netd, ForgetsAResultOfAProbeThatIsNotWantedAnyMore) {
  start_in_service();
  verdict(at("203.0.113.1:1"), bad(), 9);
  EXPECT_THAT(lines, IsEmpty());
}

// --- network ---

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
    pass(NetworkKeeper::kGather);
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
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<CreateLink>(step); }, {"no", 1});
  start(bonded());
  EXPECT_THAT(journal.names.links, IsEmpty());
  kernel.refuse_always({}, {});
  ASSERT_TRUE(kernel.perform(CreateLink{"bond0", bonded().network.links.at("bond0")}));
  start({});
  EXPECT_TRUE(kernel.state().links.contains("bond0"));
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
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<SetMaster>(step); },
                       {"busy", 16});
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
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<SetBondOption>(step); },
                       {"no", 22});
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
  EXPECT_THAT(warnings, Contains(HasSubstr(
                            "bond0: set fail_over_mac active -> none: a port cannot change its MAC: write "
                            "fail_over_mac = \"active\" in the file; not tried again until")));
  forget_lines();
  const auto performed = static_cast<std::size_t>(kernel.performs());
  for (int i = 0; i < 10; ++i) {
    controller->network_changed(now);
    pass(seconds{30});
  }
  ASSERT_GT(kernel.performed().size(), performed);
  for (auto i = performed; i < kernel.performed().size(); ++i)
    EXPECT_TRUE(std::holds_alternative<AddRoute>(kernel.performed()[i])) << describe(kernel.performed()[i]);
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
  pass(NetworkKeeper::kGather);
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
  pass(NetworkKeeper::kGather);
  EXPECT_TRUE(kernel.state().routes.contains(key));
  EXPECT_EQ(kernel.performs(), performed + 2) << "the removal, the putting back, and nothing for the bond";
  EXPECT_EQ(kernel.state().links.at("bond0"), bond);
}

TEST_F(NetdNetwork, TriesARouteAgainThatSomebodyElseTakesAwayAtOnce) {
  auto config = bonded();
  const RouteKey key{254, *Prefix::parse("203.0.113.0/24"), 0};
  config.network.routes[key].device = "bond0";
  kernel.swallow([](const Step& step) { return std::holds_alternative<AddRoute>(step); });
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
  pass(NetworkKeeper::kGather);
  EXPECT_THAT(kernel.state().links.at("bond0").bond->ports, ElementsAre(Key("eth0"), Key("eth1")));
  EXPECT_THAT(lines, Contains(HasSubstr("eth1 appeared")));
}

TEST_F(Netd, AnAppearingInterfaceLetsRefusedServicesTryAtOnce) {
  auto config = web();
  config.network = bonded().network;
  kernel.plug_in("eth0");
  kernel.refuse_always([](const Step& step) { return std::holds_alternative<AddService>(step); }, {"no", 1});
  start(config);
  kernel.refuse_always({}, {});
  kernel.plug_in("eth1");
  controller->network_changed(now);
  pass(NetworkKeeper::kGather);
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
}

}  // namespace
}  // namespace hawser::netd

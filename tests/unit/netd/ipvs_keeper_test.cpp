// The IPVS table as the file and the health of the real servers want it.
#include "netd/ipvs_keeper.h"

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::StartsWith;

class Ipvs : public Netd {};

TEST_F(Ipvs, ProgramsAServiceAndWaitsForTheFirstResults) {
  start(web());
  EXPECT_TRUE(controller->settled());
  EXPECT_THAT(service().reals, IsEmpty());
  EXPECT_THAT(lines, ElementsAre(StartsWith("tcp 192.0.2.100:80: add service")));
  verdict(kWeb1, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1)));
  EXPECT_EQ(lines.back(),
            "web: real server web1 198.51.100.21:8080: added: 1 check succeeded (site: status 200)");
}

TEST_F(Ipvs, TakesADeadBackendOutByFallAndBackInByRise) {
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

TEST_F(Ipvs, PerformsASingleStepForAVerdict) {
  start_in_service();
  const auto before = kernel.performs();
  verdict(kWeb1, bad(), 3);
  EXPECT_EQ(kernel.performs() - before, 1);
}

TEST_F(Ipvs, QuietsInsteadOfRemovingWhereThePoolSaysSo) {
  auto config = web();
  config.pools["web"].policy.on_failure = config::OnFailure::kQuiesce;
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb1, bad(), 3);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
  EXPECT_EQ(lines.back(),
            "web: real server web1 198.51.100.21:8080: weight 100 -> 0: 3 checks failed (site: "
            "connect: Connection refused)");
}

TEST_F(Ipvs, AfterARestartAServerInServiceIsTakenOutByFallOnly) {
  start_in_service();
  start(web());
  verdict(kWeb1, bad(), 2);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  verdict(kWeb1, bad());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_THAT(lines.back(), HasSubstr("web1 198.51.100.21:8080: removed: 3 checks failed"));
}

TEST_F(Ipvs, ADeadServerThatWasNotInServiceStaysOut) {
  start(web());
  verdict(kWeb1, bad(), 5);
  EXPECT_THAT(service().reals, IsEmpty());
  EXPECT_THAT(lines,
              ElementsAre(StartsWith("tcp 192.0.2.100:80: add service"),
                          StartsWith("web: real server web1 198.51.100.21:8080: down: 3 checks failed")));
}

TEST_F(Ipvs, KeepsTheServiceAndSaysWhenNoRealServerIsLeft) {
  start_in_service();
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(warnings, IsEmpty());
  verdict(kWeb2, bad(), 3);
  EXPECT_THAT(service().reals, IsEmpty());
  EXPECT_THAT(warnings, ElementsAre("web: tcp 192.0.2.100:80: no real server in service"));
}

TEST_F(Ipvs, UsesOneProbeForSeveralServicesAndSaysItOnce) {
  auto config = web();
  const auto second = key("tcp 192.0.2.100:443");
  config.services["web"].keys.push_back(second);
  start(config);
  verdict(kWeb1, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1)));
  EXPECT_THAT(kernel.state().services.at(second).reals, ElementsAre(Key(kWeb1)));
  EXPECT_THAT(lines, Contains(HasSubstr("added: 1 check succeeded")).Times(1));
}

TEST_F(Ipvs, ChangesNothingWhenItStartsAgain) {
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

TEST_F(Ipvs, ChangesNothingOnReloadOfTheSameFile) {
  start_in_service();
  const auto performed = kernel.performs();
  reload(web());
  verdict(kWeb1, good());
  pass(seconds{20});
  EXPECT_EQ(kernel.performs(), performed);
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(Ipvs, ChangesOnlyWhatDiffersOnReload) {
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

TEST_F(Ipvs, ANewCheckDoesNotTakeARunningServerOut) {
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

TEST_F(Ipvs, RemovesWhatItMadeWhenTheFileNamesItNoMore) {
  start_in_service();
  EXPECT_THAT(journal.names.services, ElementsAre(kWeb));
  reload({});
  EXPECT_THAT(kernel.state().services, IsEmpty());
  EXPECT_THAT(journal.names.services, IsEmpty());
}

TEST_F(Ipvs, JournalsAllNewServicesAtOnceBeforeTheFirstOfThem) {
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

TEST_F(Ipvs, AServiceThatWasRefusedAndIsThenMadeBySomebodyElseIsNotItsOwn) {
  kernel.refuse_always([](const Step& step) { return is<AddService>(step); }, {"no", 1});
  start(web());
  EXPECT_THAT(journal.names.services, IsEmpty());
  kernel.refuse_always({}, {});
  ASSERT_TRUE(kernel.perform(AddService{kWeb, {}}));
  start({});
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
}

TEST_F(Ipvs, AServiceThatSomebodyDeletedAndMadeAnewIsNotItsOwn) {
  start_in_service();
  ASSERT_TRUE(kernel.perform(DeleteService{kWeb}));
  start({});
  EXPECT_THAT(journal.names.services, IsEmpty());
  ASSERT_TRUE(kernel.perform(AddService{kWeb, {}}));
  pass(seconds{6});  // ipvs_check
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
}

TEST_F(Ipvs, RemovesWhatItMadeAlsoAfterARestart) {
  start_in_service();
  start({});
  EXPECT_THAT(kernel.state().services, IsEmpty());
}

TEST_F(Ipvs, LeavesServicesOfOthersAlone) {
  State state;
  state.services[key("tcp 192.0.2.200:80")].netmask = 32;
  kernel = FakeKernel(state);
  start_in_service();
  reload({});
  EXPECT_THAT(kernel.state().services, ElementsAre(Key(key("tcp 192.0.2.200:80"))));
}

TEST_F(Ipvs, RepairsAnotherHandsChangeAtTheNextCheckAndSaysWhatItWas) {
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

TEST_F(Ipvs, SaysWhoMayHaveDoneIt) {
  start_in_service();
  controller->ask_who([](TimePoint) { return "keepalived (process 812) runs here"; });
  ASSERT_TRUE(kernel.perform(DeleteReal{kWeb, kWeb2}));
  pass(std::chrono::seconds{5});
  EXPECT_THAT(lines, ElementsAre(HasSubstr("removed by somebody else (keepalived (process 812) runs here)")));
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(lines.back(), testing::Not(HasSubstr("keepalived"))) << "that was netd itself";
}

TEST_F(Ipvs, SeesAnotherHandsChangeRightAfterItsOwn) {
  start_in_service();
  ASSERT_TRUE(kernel.perform(DeleteReal{kWeb, kWeb2}));
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_THAT(lines.back(), HasSubstr("removed by somebody else"));
}

TEST_F(Ipvs, LooksAtManyServicesInSlices) {
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

TEST_F(Ipvs, SaysARefusalOnceAndTriesAgain) {
  kernel.refuse_always([](const Step& step) { return is<AddService>(step); },
                       {"the kernel module ip_vs is missing", 65});
  start(web());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("the kernel module ip_vs is missing")));
  const auto performed = kernel.performs();
  pass(std::chrono::milliseconds{999});
  EXPECT_EQ(kernel.performs(), performed);
  pass(std::chrono::milliseconds{1});
  EXPECT_EQ(kernel.performs(), performed + 1);
  EXPECT_EQ(warnings.size(), 1U);
  EXPECT_THAT(controller->ipvs().refusals().waiting(),
              ElementsAre(Key(IpvsUnit{kWeb, {}, IpvsPart::kService})));
  kernel.refuse_always({}, {});
  pass(seconds{2});
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
  EXPECT_THAT(controller->ipvs().refusals().waiting(), IsEmpty());
}

TEST_F(Ipvs, DoesNotHurryARefusedServiceAtThePeriodicCheck) {
  kernel.refuse_always([](const Step& step) { return is<AddService>(step); }, {"no", 1});
  start(web());
  for (const int wait : {1, 2, 4}) pass(seconds{wait});  // next: 8 s later
  const auto performed = kernel.performs();
  pass(seconds{5});
  EXPECT_EQ(kernel.performs(), performed);
  pass(seconds{3});
  EXPECT_EQ(kernel.performs(), performed + 1);
}

TEST_F(Ipvs, SurvivesAKernelThatCannotBeObservedAndSaysItOnce) {
  start_in_service();
  kernel.fail_observe({"IPVS: Operation not permitted", 1});
  for (int i = 0; i < 10; ++i) pass(seconds{5});
  EXPECT_THAT(warnings, ElementsAre("IPVS: Operation not permitted"));
  kernel.fail_observe({});
  ASSERT_TRUE(kernel.perform(DeleteReal{kWeb, kWeb2}));
  pass(seconds{5});
  EXPECT_THAT(service().reals, Contains(Key(kWeb2)));
}

// keepalived #187: the weight of a quieted server stayed 0 for ever after a reload that changed it.
TEST_F(Ipvs, AQuietedServerWhoseWeightChangesComesBackWithTheNewOne) {
  auto config = web();
  config.pools["web"].policy.on_failure = config::OnFailure::kQuiesce;
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb1, bad(), 3);
  config.pools["web"].reals[0].server.weight = 9;
  reload(config);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
  verdict(kWeb1, good(), 2);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 9U);
}

// keepalived #492, #596: a quieted server that left the file stayed in the table.
TEST_F(Ipvs, AQuietedServerThatLeavesTheFileLeavesTheTable) {
  auto config = web();
  config.pools["web"].policy.on_failure = config::OnFailure::kQuiesce;
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  verdict(kWeb1, bad(), 3);
  config.pools["web"].reals.erase(config.pools["web"].reals.begin());
  reload(config);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
}

// keepalived #1757: a configured weight of 0 became 1.
TEST_F(Ipvs, AConfiguredWeightOfZeroIsZero) {
  auto config = web();
  config.pools["web"].reals[0].server.weight = 0;
  start(config);
  verdict(kWeb1, good());
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
}

TEST_F(Ipvs, AServiceWhoseRealServersAreAllReplacedIsNeverEmptyMeanwhile) {
  auto config = web();
  for (auto& real : config.pools["web"].reals) real.checks.clear();
  start(config);
  const auto performed = static_cast<std::size_t>(kernel.performs());
  for (auto& real : config.pools["web"].reals) real.port = 9090;
  reload(config);
  auto reals = std::set<Endpoint>{kWeb1, kWeb2};
  for (auto i = performed; i < kernel.performed().size(); ++i) {
    if (const auto* add = as<AddReal>(kernel.performed()[i])) reals.insert(add->real);
    if (const auto* gone = as<DeleteReal>(kernel.performed()[i])) reals.erase(gone->real);
    EXPECT_GE(reals.size(), 2U);
  }
  EXPECT_THAT(reals, ElementsAre(at("198.51.100.21:9090"), at("198.51.100.22:9090")));
}

TEST_F(Ipvs, SaysWhyAServerIsDownAndNotWhyItAnsweredOnceSince) {
  start_in_service();
  verdict(kWeb1, bad(), 3);
  verdict(kWeb1, good());
  const auto& ipvs = controller->ipvs();
  EXPECT_EQ(
      judge(ipvs.layout().at(kWeb), ipvs.layout().at(kWeb).members[0], controller->board().table()).reason(),
      "recovering: 1 of 2 good results (last failure: site: connect: Connection refused)");
}

TEST_F(Ipvs, ForgetsAResultOfAProbeThatIsNotWantedAnyMore) {
  start_in_service();
  verdict(at("203.0.113.1:1"), bad(), 9);
  EXPECT_THAT(lines, IsEmpty());
}

}  // namespace
}  // namespace hawser::netd

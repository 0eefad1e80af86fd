// What the kernel refuses of a service costs nothing else of it, and traffic is protected first.
#include <cerrno>

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

class IpvsRefusal : public Netd {
 protected:
  static config::Config with_scheduler(const std::string& scheduler) {
    auto config = web();
    config.services["web"].service.scheduler = scheduler;
    return config;
  }
  [[nodiscard]] std::vector<std::string> waiting() const {
    std::vector<std::string> units;
    for (const auto& [unit, retry] : controller->ipvs().refusals().waiting())
      units.push_back(to_string(unit));
    return units;
  }
  template <class Real>
  void refuse(const Endpoint& real, int code = EINVAL) {
    kernel.refuse_always(
        [real](const Step& step) {
          const auto* one = as<Real>(step);
          return one != nullptr && one->real == real;
        },
        {"refused", code});
  }
};

TEST_F(IpvsRefusal, OfARealServerCostsNoOtherAtAColdStart) {
  refuse<AddReal>(kWeb1);
  start(web());
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_THAT(warnings, Contains(AllOf(HasSubstr("add real server 198.51.100.21:8080"),
                                       HasSubstr("refused; will be tried again"))));
  EXPECT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 real server 198.51.100.21:8080"));
  forget_lines();
  pass(seconds{600});
  EXPECT_THAT(warnings, IsEmpty()) << "said once";
  kernel.refuse_always({}, {});
  pass(seconds{60});
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(IpvsRefusal, OfARealServerKeepsNoDeadOneIn) {
  start_in_service();
  auto config = web();
  config.pools["web"].reals.push_back(real("typo", "192.0.2.255", {}));
  refuse<AddReal>(at("192.0.2.255:8080"));
  reload(config);
  ASSERT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 real server 192.0.2.255:8080"));
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
}

TEST_F(IpvsRefusal, OfTheSchedulerKeepsNoDeadRealServerIn) {
  start_in_service();
  reload(with_scheduler("twos"));
  EXPECT_THAT(warnings, ElementsAre(AllOf(HasSubstr("scheduler wlc -> twos"), HasSubstr("will be tried"))));
  EXPECT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 scheduler"));
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  verdict(kWeb1, good(), 2);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  EXPECT_EQ(service().scheduler, "wlc");
  EXPECT_EQ(warnings.size(), 1U);
}

TEST_F(IpvsRefusal, OfTheSchedulerAtAColdStartLeavesAServiceWithAnother) {
  start(with_scheduler("twos"));
  verdict(kWeb1, good());
  EXPECT_EQ(service().scheduler, "wlc");
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1)));
  EXPECT_THAT(warnings,
              Contains(AllOf(HasSubstr("scheduler wlc -> twos"), HasSubstr("served with wlc until then"),
                             HasSubstr("will be tried again"))));
  EXPECT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 scheduler"));
  EXPECT_THAT(journal.names.services, ElementsAre(kWeb));
  forget_lines();
  pass(seconds{600});
  EXPECT_THAT(warnings, IsEmpty()) << "said once";
}

TEST_F(IpvsRefusal, OfTheSchedulerEndsWhenItIsThere) {
  bool installed = false;
  kernel.refuse_always(
      [&](const Step& step) {
        const auto* add = as<AddService>(step);
        const auto* edit = as<EditService>(step);
        const auto* service = add != nullptr ? &add->service : edit != nullptr ? &edit->to : nullptr;
        return !installed && service != nullptr && service->scheduler == "mh";
      },
      {"no such module", ENOENT});
  start(with_scheduler("mh"));
  EXPECT_EQ(service().scheduler, "sh") << "the same client, the same real server";
  installed = true;
  pass(seconds{1});
  EXPECT_EQ(service().scheduler, "mh");
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_THAT(lines.back(), HasSubstr("scheduler sh -> mh"));
  EXPECT_EQ(controller->counters().drift_repairs, 0U);
}

TEST_F(IpvsRefusal, OfThePersistenceEngineLeavesAServiceWithout) {
  auto config = web();
  config.services["web"].service.persistence_engine = "nope";
  config.services["web"].service.flags = 1;
  config.services["web"].service.persistence_timeout = 300;
  start(config);
  EXPECT_EQ(service().persistence_engine, "");
  EXPECT_EQ(service().persistence_timeout, 300U);
  EXPECT_EQ(service().scheduler, "wlc");
  EXPECT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 persistence_engine"));
  EXPECT_THAT(warnings, Contains(HasSubstr("persistence_engine none -> nope")));
}

TEST_F(IpvsRefusal, OfSchedulerAndEngineTogetherStillServes) {
  auto config = with_scheduler("twos");
  config.services["web"].service.persistence_engine = "nope";
  start(config);
  EXPECT_EQ(service().scheduler, "wlc");
  EXPECT_THAT(waiting(),
              ElementsAre("tcp 192.0.2.100:80 scheduler", "tcp 192.0.2.100:80 persistence_engine"));
}

TEST_F(IpvsRefusal, OfOneAttributeOfAServiceCostsNoOther) {
  start_in_service();
  auto config = with_scheduler("twos");
  config.services["web"].service.flags = 1;
  config.services["web"].service.persistence_timeout = 300;
  reload(config);
  EXPECT_EQ(service().persistence_timeout, 300U);
  EXPECT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 scheduler"));
}

TEST_F(IpvsRefusal, OfARealServersThresholdsCostsNotItsWeight) {
  start_in_service();
  kernel.refuse_always(
      [](const Step& step) {
        const auto* edit = as<EditReal>(step);
        return edit != nullptr && edit->to.upper_threshold > 0;
      },
      {"no", ERANGE});
  auto config = web();
  config.pools["web"].reals[0].server.weight = 7;
  config.pools["web"].reals[0].server.upper_threshold = 100;
  reload(config);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 7U);
  EXPECT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 real server 198.51.100.21:8080 thresholds"));
}

TEST_F(IpvsRefusal, OfTheWeightOfADeadServerTakesItOut) {
  auto config = web();
  config.pools["web"].policy.on_failure = config::OnFailure::kQuiesce;
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  kernel.refuse_always([](const Step& step) { return is<EditReal>(step); }, {"no", 22});
  verdict(kWeb1, bad(), 3);
  EXPECT_TRUE(!service().reals.contains(kWeb1) || service().reals.at(kWeb1).weight == 0);
  EXPECT_EQ(service().reals.at(kWeb2).weight, 100U);
}

TEST_F(IpvsRefusal, OfItsRemovalQuietsADeadServer) {
  start_in_service();
  refuse<DeleteReal>(kWeb1);
  verdict(kWeb1, bad(), 3);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
}

TEST_F(IpvsRefusal, DoesNotKeepAServerThatDiesLaterIn) {
  start_in_service();
  kernel.refuse_always([](const Step& step) { return is<EditReal>(step); }, {"no", 22});
  auto config = web();
  config.pools["web"].reals[0].server.weight = 7;
  reload(config);
  ASSERT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80 real server 198.51.100.21:8080 weight"));
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_THAT(waiting(), IsEmpty()) << "nobody wants it any more";
}

// keepalived #2295 and others: "Destination already exists", and the picture is never put right.
TEST_F(IpvsRefusal, ThatComesOfAnOldPictureIsALookAndNoWait) {
  start(web());
  RealServer others;
  others.weight = 5;
  ASSERT_TRUE(kernel.perform(AddReal{kWeb, kWeb1, others}));
  verdict(kWeb1, good());
  EXPECT_EQ(service().reals.at(kWeb1).weight, 100U);
  ASSERT_TRUE(kernel.perform(DeleteService{kWeb}));
  verdict(kWeb2, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(IpvsRefusal, OfAServiceGivesItsRealServersNoTurnAndNoWords) {
  kernel.refuse_always([](const Step& step) { return is<AddService>(step); }, {"no module", ENOPKG});
  auto config = web();
  for (auto& real : config.pools["web"].reals) real.checks.clear();
  start(config);
  EXPECT_EQ(warnings.size(), 1U);
  EXPECT_THAT(waiting(), ElementsAre("tcp 192.0.2.100:80"));
  const auto performed = kernel.performs();
  for (int i = 0; i < 100; ++i) controller->work(now);
  EXPECT_EQ(kernel.performs(), performed) << "no running in circles";
  kernel.refuse_always({}, {});
  pass(seconds{1});
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
}

TEST_F(IpvsRefusal, OfWhatIsInsideAServiceThatIsGoneMakesNoCircles) {
  refuse<AddReal>(kWeb1);
  start(web());
  verdict(kWeb1, good());
  kernel.refuse_always([](const Step& step) { return is<AddService>(step); }, {"no module", ENOPKG});
  ASSERT_TRUE(kernel.perform(DeleteService{kWeb}));
  for (int i = 0; i < 20; ++i) pass(seconds{1});
  EXPECT_GT(controller->next(), now);
}

}  // namespace
}  // namespace hawser::netd

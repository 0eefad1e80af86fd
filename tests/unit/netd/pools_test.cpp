// Pools that ramp, drain, lose their quorum and panic, as netd brings them to the kernel.
#include "netd/pools.h"

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

class NetdPools : public Netd {
 protected:
  void say(const std::string& real, Override what, std::optional<seconds> within = {}) {
    auto overrides = controller->ipvs().pools().overrides();
    overrides.say({"", real}, what, within, {{}, now});
    controller->set_overrides(std::move(overrides), now);
    work();
  }
  // Until there is nothing to do by itself.
  int wake_ups() {
    int count = 0;
    for (; count < 100 && controller->next() < now + seconds{3}; ++count) {
      now = controller->next();
      work();
    }
    return count;
  }
};

TEST_F(NetdPools, ARampIsToldWhenItBeginsAndWhenItEnds) {
  auto config = web();
  config.pools["web"].policy.slow_start = seconds{20};
  config.ipvs_check = seconds{3600};
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  verdict(kWeb1, bad(), 3);
  pass(seconds{30});
  forget_lines();
  verdict(kWeb1, good(), 2);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 4U);
  wake_ups();
  EXPECT_EQ(service().reals.at(kWeb1).weight, 100U);
  ASSERT_EQ(lines.size(), 2U) << testing::PrintToString(lines);
  EXPECT_THAT(lines[0],
              HasSubstr("web1 198.51.100.21:8080: added: slow start, full in 20s; 2 checks succeeded"));
  EXPECT_THAT(lines[1], HasSubstr("web1 198.51.100.21:8080: weight 95 -> 100"));
}

TEST_F(NetdPools, ARampWaitsForNothingElse) {
  auto config = web();
  config.pools["web"].policy.slow_start = seconds{20};
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  verdict(kWeb1, bad(), 3);
  pass(seconds{30});
  verdict(kWeb1, good(), 2);
  EXPECT_LE(controller->next(), now + seconds{1});
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2))) << "dead is dead, whatever its ramp";
}

TEST_F(NetdPools, WhatIsDrainedGetsNothingNewAndGoesWithItsLastConnection) {
  start_in_service();
  kernel.count(kWeb, kWeb1, {.active = 2, .inactive = 1, .persistent = 0, .traffic = {}});
  say("web1", Override::kDraining);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
  EXPECT_EQ(lines.back(), "web: real server web1 198.51.100.21:8080: weight 100 -> 0: draining");
  pass(seconds{2});
  EXPECT_EQ(sentence(*controller->ipvs().pools().find(kWeb, kWeb1)),
            "0 of 100: draining: 2 active, 1 inactive");
  kernel.count(kWeb, kWeb1, {});
  pass(seconds{2});
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_EQ(lines.back(), "web: real server web1 198.51.100.21:8080: removed: drained");
  say("web1", Override::kNone);
  EXPECT_EQ(service().reals.at(kWeb1).weight, 100U);
  EXPECT_EQ(lines.back(), "web: real server web1 198.51.100.21:8080: added: enabled by hand");
}

TEST_F(NetdPools, WhatIsDrainedGoesAtItsDeadline) {
  start_in_service();
  kernel.count(kWeb, kWeb1, {.active = 2, .inactive = 0, .persistent = 0, .traffic = {}});
  say("web1", Override::kDraining, seconds{10});
  pass(seconds{9});
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
  pass(seconds{1});
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
}

TEST_F(NetdPools, WhatIsDisabledStaysOutWhateverItsChecksSay) {
  start_in_service();
  say("198.51.100.21", Override::kDisabled);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
  EXPECT_EQ(lines.back(), "web: real server web1 198.51.100.21:8080: removed: disabled by hand");
  verdict(kWeb1, bad(), 3);
  verdict(kWeb1, good(), 2);
  reload(web());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
}

TEST_F(NetdPools, ADrainingThatSomebodyUndoesInTheKernelIsPutBack) {
  start_in_service();
  kernel.count(kWeb, kWeb1, {.active = 1, .inactive = 0, .persistent = 0, .traffic = {}});
  say("web1", Override::kDraining);
  auto there = service().reals.at(kWeb1);
  auto by_hand = there;
  by_hand.weight = 100;
  ASSERT_TRUE(kernel.perform(EditReal{kWeb, kWeb1, there, by_hand}));
  pass(seconds{6});  // ipvs_check
  EXPECT_EQ(service().reals.at(kWeb1).weight, 0U);
}

TEST_F(NetdPools, PanicIsSaidOnceAndItsEnd) {
  auto config = web();
  config.pools["web"].policy.panic_threshold = 60;
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  const std::string begun =
      "web: tcp 192.0.2.100:80: fewer than 60% of the real servers are up: the last good ones stay";
  EXPECT_THAT(warnings, ElementsAre(begun));
  pass(seconds{20});
  EXPECT_THAT(warnings, ElementsAre(begun));
  verdict(kWeb1, good(), 2);
  EXPECT_EQ(lines.back(), "web: tcp 192.0.2.100:80: 60% of the real servers are up again");
}

TEST_F(NetdPools, AQuorumThatIsLostCallsTheSorryServers) {
  auto config = web();
  auto sorry = real("sorry", "198.51.100.29", {});
  sorry.server.weight = 1;
  config.pools["web"].sorry = {sorry};
  config.pools["web"].policy.quorum = 200;
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  forget_lines();
  verdict(kWeb1, bad(), 3);
  EXPECT_EQ(service().reals.at(at("198.51.100.29:8080")).weight, 1U);
  EXPECT_EQ(service().reals.at(kWeb2).weight, 0U);
  EXPECT_THAT(warnings,
              ElementsAre("web: tcp 192.0.2.100:80: the quorum of 200 is lost: sorry servers answer"));
}

TEST_F(NetdPools, ACheckerThatHearsNothingDoesNotEmptyThem) {
  start_in_service();
  const probes::Verdict silence{probes::Outcome::kBad, "no answer within 500ms", true};
  for (int i = 0; i < 10; ++i) verdict(kWeb1, silence), verdict(kWeb2, silence);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  verdict(kWeb2, good());
  verdict(kWeb1, silence, 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
}

TEST_F(NetdPools, WhoPlansWithoutTheDaemonPlansTheSame) {
  auto config = web();
  config.pools["web"].policy.slow_start = seconds{20};
  start(config);
  verdict(kWeb1, good());
  verdict(kWeb2, good());
  verdict(kWeb1, bad(), 3);
  pass(seconds{30});
  verdict(kWeb1, good(), 2);
  pass(seconds{10});
  kernel.count(kWeb, kWeb2, {.active = 1, .inactive = 0, .persistent = 0, .traffic = {}});
  say("web2", Override::kDraining);
  const auto wanted = desired_services(lay_out(config), controller->known(now), kernel.state().services);
  EXPECT_EQ(wanted.services.at(kWeb), service());
  EXPECT_EQ(service().reals.at(kWeb1).weight, 52U);
  EXPECT_EQ(service().reals.at(kWeb2).weight, 0U);
}

}  // namespace
}  // namespace hawser::netd

// Timeouts and sync daemons: from what is there to a wish, and back.
#include "lib/plan/ipvs_host_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/plan/object.h"
#include "lib/plan/restore.h"
#include "lib/plan/simulate.h"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr IpvsTimeouts kUsual{900, 120, 300};
const SyncDaemon kRunning{"eth0", 7, 1472, IpAddress::v4(224, 0, 0, 81), 8848, 1};

SyncDaemon wished() {
  auto daemon = kRunning;
  daemon.maxlen = 0;
  return daemon;
}

std::vector<std::string> lines(const std::vector<IpvsHostStep>& steps) {
  std::vector<std::string> all;
  all.reserve(steps.size());
  for (const auto& step : steps) all.push_back(family::describe(step));
  return all;
}

TEST(IpvsHostSteps, LeaveWhatIsNotNamed) {
  const IpvsHost there{kUsual, {{SyncRole::kBackup, kRunning}}};
  EXPECT_THAT(towards_ipvs_host(there, {}), IsEmpty());
  EXPECT_THAT(towards_ipvs_host(there, there), IsEmpty());
  EXPECT_THAT(towards_ipvs_host(there, {IpvsTimeouts{0, 0, 300}, {{SyncRole::kBackup, wished()}}}),
              IsEmpty());
}

TEST(IpvsHostSteps, SayWhatTheyChange) {
  auto other = wished();
  other.group = IpAddress::v4(224, 0, 0, 82);
  other.ttl = 3;
  const IpvsHost there{kUsual, {{SyncRole::kMaster, kRunning}}};
  EXPECT_THAT(lines(towards_ipvs_host(there, {IpvsTimeouts{1800, 0, 10}, {{SyncRole::kMaster, other}}})),
              ElementsAre("ipvs: set timeouts: tcp 15m -> 30m, udp 5m -> 10s", "sync master: stop daemon",
                          "sync master: start daemon: interface eth0, id 7, group 224.0.0.82, ttl 3"));
  EXPECT_EQ(describe(IpvsHostStep{ZeroCounters{*ServiceKey::parse("fwmark 7")}}),
            "fwmark 7: set counters to zero");
  EXPECT_EQ(object_of(IpvsHostStep{StopSync{SyncRole::kBackup}}), "sync backup");
}

TEST(IpvsHostSteps, KnowThatABackupTakesNoLessThan1024Bytes) {
  auto less = kRunning;
  less.maxlen = 500;
  auto least = kRunning;
  least.maxlen = 1024;
  const IpvsHost there{kUsual, {{SyncRole::kMaster, kRunning}, {SyncRole::kBackup, least}}};
  EXPECT_THAT(towards_ipvs_host(there, {{}, {{SyncRole::kBackup, less}}}), IsEmpty());
  EXPECT_EQ(towards_ipvs_host(there, {{}, {{SyncRole::kMaster, less}}}).size(), 2U);
}

TEST(IpvsHostSteps, LeadWhereTheyWereToLead) {
  State state;
  state.ipvs = {kUsual, {{SyncRole::kMaster, kRunning}}};
  auto other = kRunning;
  other.id = 9;
  const IpvsHost wish{IpvsTimeouts{0, 60, 0}, {{SyncRole::kMaster, other}, {SyncRole::kBackup, kRunning}}};
  for (const auto& step : towards_ipvs_host(state.ipvs, wish)) simulate(state, step);
  EXPECT_EQ(state.ipvs, (IpvsHost{IpvsTimeouts{900, 60, 300}, wish.daemons}));
  EXPECT_THAT(towards_ipvs_host(state.ipvs, wish), IsEmpty());
}

TEST(IpvsHostSteps, AreTakenBackByWhoeverDidThem) {
  State before;
  before.ipvs = {kUsual, {{SyncRole::kMaster, kRunning}}};
  auto other = kRunning;
  other.id = 9;
  std::vector<Step> done;
  auto now = before;
  for (const auto& step : towards_ipvs_host(
           before.ipvs, {IpvsTimeouts{1, 2, 3}, {{SyncRole::kMaster, other}, {SyncRole::kBackup, other}}})) {
    simulate(now, step);
    done.emplace_back(step);
  }
  for (const auto& step : way_back(before, now, done, Owner::kNetd)) simulate(now, step);
  EXPECT_EQ(now, before);
  // Steps that are not about it leave it alone.
  now.ipvs.timeouts = IpvsTimeouts{1, 2, 3};
  const std::vector<Step> about_services{DeleteService{*ServiceKey::parse("fwmark 7")}};
  EXPECT_THAT(way_back(before, now, about_services, Owner::kNetd), IsEmpty());
}

}  // namespace
}  // namespace hawser

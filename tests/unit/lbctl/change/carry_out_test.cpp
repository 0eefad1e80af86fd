// What a verb makes of a table, whose it is, and what becomes of it when the kernel says no.
#include "lbctl/change/carry_out.h"

#include <cerrno>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/change/change_verbs.h"
#include "lbctl/change/host_verbs.h"
#include "tests/support/fake/fake_kernel.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const ServiceKey kWeb = *ServiceKey::parse("tcp 192.0.2.100:80");
const ServiceKey kDns = *ServiceKey::parse("udp 192.0.2.100:53");
const Endpoint kFirst = *Endpoint::parse("198.51.100.21:8080");
const Endpoint kSecond = *Endpoint::parse("198.51.100.22:8080");

State table() {
  State state;
  state.services[kWeb] = {"wlc", 0, 0, 32, "", {{kFirst, {Forwarding::kMasquerade, 5, 0, 0, {}}}}};
  return state;
}

std::vector<std::string> told(const TableChange& change) {
  auto all = change.problems;
  for (const auto& [line, step] : change.steps) all.push_back(describe(step));
  return all;
}

TEST(LbChange, AddsAServiceOnce) {
  const std::vector<std::string> words{"scheduler=rr"};
  EXPECT_THAT(told(add_service({}, kWeb, words)),
              ElementsAre("tcp 192.0.2.100:80: add service: scheduler rr"));
  EXPECT_THAT(told(add_service(table(), kWeb, {})), IsEmpty());
  EXPECT_THAT(told(add_service(table(), kWeb, words)),
              ElementsAre("tcp 192.0.2.100:80: is there already: write 'lbctl edit tcp 192.0.2.100:80 ..'"));
}

TEST(LbChange, EditsWhatItNames) {
  const std::vector<std::string> words{"persistence=5m"};
  EXPECT_THAT(told(edit_service(table(), kWeb, words)),
              ElementsAre("tcp 192.0.2.100:80: edit service: persistence none -> 5m"));
  const std::vector<std::string> weight{"weight=0"};
  EXPECT_THAT(told(edit_real(table(), kWeb, kFirst, weight)),
              ElementsAre("tcp 192.0.2.100:80: edit real server 198.51.100.21:8080: weight 5 -> 0"));
  const std::vector<std::string> same{"weight=5"};
  EXPECT_THAT(told(edit_real(table(), kWeb, kFirst, same)), IsEmpty());
}

TEST(LbChange, SaysWhatIsNotThere) {
  EXPECT_THAT(told(edit_service({}, kWeb, {})), ElementsAre("tcp 192.0.2.100:80: no such service"));
  EXPECT_THAT(told(delete_service({}, kWeb)), ElementsAre("tcp 192.0.2.100:80: no such service"));
  EXPECT_THAT(told(add_real({}, kWeb, kFirst, {})), ElementsAre("tcp 192.0.2.100:80: no such service"));
  EXPECT_THAT(told(delete_real(table(), kWeb, kSecond)),
              ElementsAre("tcp 192.0.2.100:80: no such real server: 198.51.100.22:8080"));
  EXPECT_EQ(delete_service({}, kWeb).status, kRefused);
  const std::vector<std::string> nonsense{"weight=heavy"};
  EXPECT_EQ(add_real(table(), kWeb, kSecond, nonsense).status, kUsage);
}

TEST(LbChange, DeletesOneOrAll) {
  EXPECT_THAT(told(delete_real(table(), kWeb, kFirst)),
              ElementsAre("tcp 192.0.2.100:80: delete real server 198.51.100.21:8080"));
  auto two = table();
  two.services[kDns] = {};
  EXPECT_THAT(told(clear_table(two)),
              ElementsAre("tcp 192.0.2.100:80: delete service", "udp 192.0.2.100:53: delete service"));
}

// "delete tcp 192.0.2.100:80 198.51.100.21" deletes neither.
TEST(LbChange, DeletesNothingWhereAWordIsTooMany) {
  const std::vector<std::string> more{"198.51.100.21"};
  EXPECT_THAT(told(delete_service(table(), kWeb, more)),
              ElementsAre("tcp 192.0.2.100:80: \"198.51.100.21\" is one word too many"));
  EXPECT_THAT(told(delete_real(table(), kWeb, kFirst, more)),
              ElementsAre("tcp 192.0.2.100:80: \"198.51.100.21\" is one word too many"));
  EXPECT_EQ(delete_service(table(), kWeb, more).status, kUsage);
}

TEST(LbChange, DoesNotRestartADaemonThatRunsAsAsked) {
  State there;
  there.ipvs.daemons[SyncRole::kMaster] = {"eth0", 7, 1472, IpAddress::v4(224, 0, 0, 81), 8848, 1};
  const std::vector<std::string> same{"interface=eth0", "id=7"};
  EXPECT_THAT(told(start_sync(there, SyncRole::kMaster, same)), IsEmpty());
  const std::vector<std::string> other{"interface=eth0", "id=8"};
  EXPECT_THAT(
      told(start_sync(there, SyncRole::kMaster, other)),
      ElementsAre(HasSubstr("runs already, with other settings: write 'lbctl sync stop master' first")));
}

// --- whose it is ---

KeptServices kept() {
  return kept_in(boost::json::parse(R"({"config": {"file": "/etc/hawser/hawser.toml"},
      "services": [{"name": "web", "virtual": "tcp 192.0.2.100:80"}]})"),
                 {kDns});
}

TEST(LbOwner, IsNetdByItsAnswerOrByItsJournal) {
  EXPECT_THAT(kept().why(kWeb),
              HasSubstr("change [service.web] in /etc/hawser/hawser.toml and run 'netd reload'"));
  EXPECT_THAT(kept().why(kDns), HasSubstr("netd made it"));
  EXPECT_EQ(kept().why(*ServiceKey::parse("fwmark 7")), "");
}

TEST(LbOwner, IsAskedForEveryServiceOfAPlanOnce) {
  const std::vector<RuleStep> steps{
      {1, AddReal{kWeb, kFirst, {}}}, {2, AddReal{kWeb, kSecond, {}}},
      {3, DeleteService{kDns}},       {4, AddService{*ServiceKey::parse("fwmark 7"), {}}},
      {5, ZeroCounters{kWeb}},        {6, SetIpvsTimeouts{}}};
  EXPECT_THAT(refused_by_owner(kept(), steps), SizeIs(2));
  EXPECT_THAT(refused_by_owner({}, steps), IsEmpty());
}

// --- carrying out ---

TableChange change(std::vector<RuleStep> steps, bool goes_on = false) {
  return {std::move(steps), {}, kRefused, goes_on, true, "rules.txt"};
}

const RealServer kMulticastRefused{};
std::vector<RuleStep> with_a_refused_one() {
  return {{1, AddService{kDns, {"wlc", 0, 0, 32, "", {}}}},
          {2,
           EditReal{
               kWeb, kFirst, {Forwarding::kMasquerade, 5, 0, 0, {}}, {Forwarding::kMasquerade, 7, 0, 0, {}}}},
          {3, SetIpvsTimeouts{{900, 120, 300}, {100, 0, 0}}},
          {4, AddReal{kDns, *Endpoint::parse("224.0.0.9:53"), kMulticastRefused}},
          {5, AddReal{kDns, *Endpoint::parse("198.51.100.30:53"), {}}}};
}

TEST(LbCarryOut, TakesEverythingBackWhenAStepIsRefused) {
  FakeKernel kernel(table());
  const auto before = kernel.observe(kAllOfIpvs)->state;
  const auto wanted = change(with_a_refused_one());
  const auto carried = carry_out(wanted, before, kernel);
  ASSERT_TRUE(carried);
  EXPECT_THAT(carried->done, IsEmpty());
  ASSERT_THAT(carried->refused, SizeIs(1));
  EXPECT_THAT(carried->refused.front().why.text,
              testing::StartsWith("rules.txt:4: udp 192.0.2.100:53: add real"));
  EXPECT_FALSE(carried->not_undone);
  EXPECT_EQ(kernel.observe(kAllOfIpvs)->state, before);
}

TEST(LbCarryOut, TouchesOnTheWayBackOnlyWhatItTouched) {
  FakeKernel kernel(table());
  const auto before = kernel.observe(kAllOfIpvs)->state;
  // Somebody else, meanwhile.
  ASSERT_TRUE(kernel.perform(AddService{*ServiceKey::parse("fwmark 7"), {"rr", 0, 0, 32, "", {}}}));
  const auto wanted = change(with_a_refused_one());
  ASSERT_TRUE(carry_out(wanted, before, kernel));
  EXPECT_TRUE(kernel.state().services.contains(*ServiceKey::parse("fwmark 7")));
}

TEST(LbCarryOut, GoesOnBesideARefusedOneWhenAskedTo) {
  FakeKernel kernel(table());
  const auto before = kernel.observe(kAllOfIpvs)->state;
  const auto wanted = change(with_a_refused_one(), true);
  const auto carried = carry_out(wanted, before, kernel);
  ASSERT_TRUE(carried);
  EXPECT_THAT(carried->done, SizeIs(4));
  EXPECT_THAT(carried->refused, SizeIs(1));
  EXPECT_EQ(kernel.state().services.at(kDns).reals.size(), 1U);
}

TEST(LbCarryOut, AsksForNoRealServerOfAServiceThatWasRefused) {
  FakeKernel kernel;
  const auto wanted = change({{1, AddService{kWeb, {"best", 0, 0, 32, "", {}}}},
                              {2, AddReal{kWeb, kFirst, {}}},
                              {3, AddService{kDns, {"rr", 0, 0, 32, "", {}}}}},
                             true);
  const auto carried = carry_out(wanted, {}, kernel);
  ASSERT_TRUE(carried);
  EXPECT_THAT(carried->refused, SizeIs(1));
  EXPECT_THAT(carried->done, SizeIs(1));
}

// Somebody else made one of that address after our look: it is not to be given real servers of ours.
TEST(LbCarryOut, GivesNoRealServersToAServiceThatAnotherProgramMade) {
  FakeKernel kernel;
  const Service theirs{"sh", 0, 0, 32, "", {}};
  ASSERT_TRUE(kernel.perform(AddService{kWeb, theirs}));
  for (const bool goes_on : {false, true}) {
    const auto wanted =
        change({{1, AddService{kWeb, {"rr", 0, 0, 32, "", {}}}}, {2, AddReal{kWeb, kFirst, {}}}}, goes_on);
    const auto carried = carry_out(wanted, {}, kernel);
    ASSERT_TRUE(carried);
    EXPECT_THAT(carried->refused, SizeIs(1));
    EXPECT_EQ(kernel.state().services.at(kWeb), theirs);
  }
}

TEST(LbCarryOut, SaysWhatItCouldNotTakeBack) {
  FakeKernel kernel(table());
  const auto before = kernel.observe(kAllOfIpvs)->state;
  kernel.refuse_always([](const Step& step) { return is<AddReal>(step) || is<DeleteService>(step); },
                       {"", EBUSY});
  const auto wanted =
      change({{1, AddService{kDns, {"rr", 0, 0, 32, "", {}}}}, {2, AddReal{kDns, kFirst, {}}}});
  const auto carried = carry_out(wanted, before, kernel);
  ASSERT_TRUE(carried);
  EXPECT_TRUE(carried->not_undone);
  EXPECT_THAT(carried->done, SizeIs(1));
}

}  // namespace
}  // namespace hawser::lbctl

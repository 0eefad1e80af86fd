#include "netd/guard/protocol.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "netd/guard/watch.h"

namespace hawser::netd {
namespace {

boost::json::object parsed(std::string_view text) {
  return boost::json::parse(boost::json::string_view(text.data(), text.size())).as_object();
}
// As it goes over the channel: as text.
boost::json::object sent(const boost::json::object& message) {
  return parsed(boost::json::serialize(message));
}

TEST(GuardOrders, AreReadAsTheyWereWritten) {
  const Orders orders{{{"bond0", "eth1", {"eth1", "eth0"}}, {"bond1", "", {}}}};
  EXPECT_EQ(decode_to_guard(sent(encode(orders))).value(), ToGuard(orders));
  EXPECT_EQ(decode_to_guard(sent(encode(Orders{}))).value(), ToGuard(Orders{}));
  EXPECT_EQ(boost::json::serialize(encode(Orders{{{"bond0", "", {"eth0"}}}})),
            R"({"type":"orders","bonds":[{"name":"bond0","primary":"","ports":["eth0"]}]})");
}

TEST(GuardOrders, OfThousandsOfBondsAreOneMessage) {
  Orders many;
  for (int i = 0; i < 3000; ++i)
    many.bonds.push_back(
        {fmt::format("bond{}", i), "", {fmt::format("left{}", i), fmt::format("right{}", i)}});
  EXPECT_EQ(decode_to_guard(sent(encode(many))).value(), ToGuard(many));
}

TEST(GuardOrders, ThatAreNoneAreRefused) {
  for (const auto* text : {"{}", R"({"bonds": []})", R"({"type": "poem"})", R"({"type": "orders"})",
                           R"({"type": "orders", "bonds": 7})"})
    EXPECT_FALSE(decode_to_guard(parsed(text))) << text;
}

TEST(GuardOrders, APingIsNoOrder) {
  EXPECT_EQ(decode_to_guard(sent(encode(Ping{}))).value(), ToGuard(Ping{}));
}

TEST(GuardReport, IsReadAsItWasWritten) {
  for (const auto kind :
       {ReportKind::kReady, ReportKind::kSwitched, ReportKind::kRefused, ReportKind::kAlive}) {
    const Report report{kind, "bond0", "eth0 lost its carrier", "eth0", "eth1"};
    EXPECT_EQ(*decode_report(sent(encode(report))), report);
  }
}

TEST(GuardStatus, CountsSwitchesOfEachBondAndKeepsRefusalsApart) {
  GuardStatus status;
  count(status, {ReportKind::kSwitched, "bond0", "why", "a", "b"});
  count(status, {ReportKind::kSwitched, "bond1", "why", "c", "d"});
  count(status, {ReportKind::kSwitched, "bond1", "why", "d", "c"});
  count(status, {ReportKind::kRefused, "bond0", "bond0: no"});
  count(status, {ReportKind::kRefused, "", "bond guard: orders: not a JSON object"});
  EXPECT_EQ(status.switches, 3U);
  EXPECT_EQ(status.last, "bond1: d -> c: why");
  EXPECT_EQ(status.bonds["bond0"], (BondHistory{1, "bond0: a -> b: why", "bond0: no"}));
  EXPECT_EQ(status.bonds["bond1"], (BondHistory{2, "bond1: d -> c: why", ""}));
  EXPECT_EQ(status.bonds.size(), 2U);
}

TEST(GuardReport, OfAnUnknownKindIsRefused) {
  EXPECT_FALSE(decode_report(parsed(R"({"type":"poem","text":""})")));
  EXPECT_FALSE(decode_report({}));
}

LinkFact fact(const std::string& name, int index) {
  LinkFact result;
  result.name = name;
  result.index = IfIndex(index);
  result.up = true;
  result.carrier = true;
  return result;
}

TEST(GuardWatch, FollowsCarrierAndMaster) {
  Observed observed;
  note(observed, fact("bond0", 2));
  auto port = fact("eth0", 3);
  port.master = IfIndex(2);
  port.port = PortStatus{};
  note(observed, port);
  EXPECT_EQ(observed.state.links.at("eth0").master, "bond0");
  EXPECT_TRUE(observed.links.at("eth0").carrier);
  port.carrier = false;
  note(observed, port);
  EXPECT_FALSE(observed.links.at("eth0").carrier);
  EXPECT_TRUE(observed.state.links.at("eth0").up);
}

TEST(GuardWatch, FollowsTheActivePort) {
  Observed observed;
  note(observed, fact("eth0", 3));
  auto bond = fact("bond0", 2);
  bond.active_port = IfIndex(3);
  note(observed, bond);
  EXPECT_EQ(observed.links.at("bond0").active_port, "eth0");
  bond.active_port = IfIndex(0);
  note(observed, bond);
  EXPECT_EQ(observed.links.at("bond0").active_port, "");
}

TEST(GuardWatch, ForgetsWhatWasRemovedAndTheOldNameOfWhatWasRenamed) {
  Observed observed;
  note(observed, fact("eth0", 3));
  note(observed, fact("wan0", 3));
  EXPECT_FALSE(observed.links.contains("eth0"));
  EXPECT_TRUE(observed.links.contains("wan0"));
  auto gone = fact("wan0", 3);
  gone.removed = true;
  note(observed, gone);
  EXPECT_TRUE(observed.links.empty());
  EXPECT_TRUE(observed.state.links.empty());
}

TEST(GuardWatch, KeepsWhatOnlyALookShows) {
  Observed observed;
  observed.state.links["bond0"].bond = kernel_default_bond(BondMode::kActiveBackup);
  observed.links["bond0"].index = IfIndex(2);
  note(observed, fact("bond0", 2));
  EXPECT_TRUE(observed.state.links.at("bond0").bond.has_value());
}

}  // namespace
}  // namespace hawser::netd

// Why the active port is active, in one sentence.
#include "bondctl/show/why.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::bondctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class Why : public testing::Test {
 protected:
  Why() {
    Link link;
    link.kind = LinkKind::kBond;
    link.up = true;
    link.bond = kernel_default_bond(BondMode::kActiveBackup);
    view.observed.state.links[name] = link;
    view.observed.links[name].active_port = "eth0";
    for (const auto* port : {"eth0", "eth1"}) {
      view.observed.state.links[port].up = true;
      view.observed.links[port].carrier = true;
      view.observed.links[port].port = PortStatus{};
      bond().ports[port];
    }
    view.details.ports["eth1"].carrier_ups = 3;
    view.details.ports["eth1"].carrier_downs = 4;
  }
  Bond& bond() { return *view.observed.state.links[name].bond; }
  LinkStatus& eth1() { return view.observed.links["eth1"]; }
  void tell(const char* kind, const char* to, const char* cause) {
    view.guard.emplace();
    view.events.push_back({{"kind", kind},
                           {"object", "bond0"},
                           {"to", to},
                           {"at", "2026-11-26T01:02:03.004Z"},
                           {"cause", {{"text", cause}}},
                           {"line", std::string("bond0: ") + cause}});
  }
  std::string why() { return why_active(subject_of(view, name)); }
  std::string text(std::size_t width = 0) { return why_text(subject_of(view, name), width); }

  View view;
  const std::string name = "bond0";
};

TEST_F(Why, ThePrimary) {
  bond().primary = "eth0";
  EXPECT_EQ(why(), "eth0 is active: it is the primary");
}

TEST_F(Why, TheOnlyOneThatIsUp) {
  eth1().carrier = false;
  EXPECT_EQ(why(), "eth0 is active: it is the only port that is up: eth1 has no carrier");
  view.observed.state.links["eth1"].up = false;
  EXPECT_EQ(why(), "eth0 is active: it is the only port that is up: eth1 is set down");
  bond().ports.erase("eth1");
  EXPECT_EQ(why(), "eth0 is active: it is the only port");
}

TEST_F(Why, ItWasMovedThere) {
  tell("switch", "eth0", "eth1 lost its carrier");
  EXPECT_EQ(why(), "eth0 is active: it took over at 2026-11-26T01:02:03.004Z: eth1 lost its carrier");
  tell("switch", "eth1", "eth0 lost its carrier");
  EXPECT_THAT(why(), HasSubstr("nothing prefers another")) << "that switch led elsewhere";
}

TEST_F(Why, ItsRank) {
  bond().ports["eth0"].prio = 10;
  EXPECT_EQ(why(), "eth0 is active: it has the highest prio (10)");
  bond().ports["eth1"].prio = 10;
  EXPECT_EQ(why(),
            "eth0 is active: nothing prefers another: no primary, no higher prio, so the kernel stays on "
            "the one that it has");
  bond().primary = "eth1";
  bond().set(BondOption::kPrimaryReselect, 2);
  EXPECT_EQ(
      why(),
      "eth0 is active: the primary eth1 is up, but primary_reselect failure leaves the bond where it is");
}

TEST_F(Why, NoneIsActive) {
  view.observed.links[name].active_port.clear();
  view.observed.links["eth0"].carrier = false;
  eth1().port->mii = MiiStatus::kDown;
  EXPECT_EQ(why(), "no port is active: eth0 has no carrier, eth1 is down for the bond's monitor");
  view.observed.state.links[name].up = false;
  EXPECT_EQ(why(), "no port is active: the bond is set down");
  bond().ports.clear();
  EXPECT_EQ(why(), "no port is active: the bond has no ports");
}

// Nothing monitors it: the kernel goes on with a dead port.
TEST_F(Why, ADeadOne) {
  view.observed.links["eth0"].carrier = false;
  EXPECT_EQ(why(), "eth0 is active: although it has no carrier: no other port is better");
}

TEST_F(Why, InModesWithoutAnActivePortEveryOneCarries) {
  bond().mode = BondMode::kBalanceXor;
  EXPECT_EQ(why(), "eth0, eth1 carry: in mode balance-xor every port that is up does");
  eth1().carrier = false;
  EXPECT_EQ(why(), "eth0 carries: in mode balance-xor every port that is up does");
}

TEST_F(Why, WithoutNetdTheKernelsCountsAreAllThereIs) {
  eth1().port->failures = 2;
  EXPECT_EQ(
      text(),
      "bond0: eth0 is active: nothing prefers another: no primary, no higher prio, so the kernel stays "
      "on the one that it has\n"
      "  eth0: carries; failures 0, carrier ups 0, carrier downs 0\n"
      "  eth1: does not carry: it is up and waits; failures 2, carrier ups 3, carrier downs 4\n"
      "netd does not answer, so nobody has noted when this happened: 'bondctl watch' tells what comes\n");
}

TEST_F(Why, TellsTheLastTenThatNetdNoted) {
  for (int i = 0; i < 12; ++i) tell("state", "", ("change " + std::to_string(i)).c_str());
  EXPECT_THAT(text(), Not(HasSubstr("change 1\n")));
  EXPECT_THAT(text(), HasSubstr("what netd has noted:\n  2026-11-26T01:02:03.004Z bond0: change 2\n"));
  const auto value = why_json(subject_of(view, name));
  EXPECT_EQ(value.at("events").as_array().size(), 10U);
  EXPECT_EQ(value.at("ports").at(1).at("carrier_downs"), 4);
  view.guard.reset();
  EXPECT_TRUE(why_json(subject_of(view, name)).at("events").is_null());
}

TEST_F(Why, FitsIntoEightyColumns) {
  tell("state", "",
       "a long cause that goes on and on and on until the line is longer than a terminal is wide");
  const auto shown = text(80);
  for (std::size_t at = 0, end = 0; at < shown.size(); at = end + 1) {
    end = shown.find('\n', at);
    EXPECT_LE(end - at, 80U) << shown;
  }
}

}  // namespace
}  // namespace hawser::bondctl

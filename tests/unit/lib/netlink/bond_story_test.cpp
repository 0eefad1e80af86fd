#include "lib/netlink/bond_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "captures.h"
#include "tests/unit/lib/netlink/bond_facts.h"

namespace hawser {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using test::at;
using test::bond;
using test::kBond;
using test::kEth0;
using test::kEth1;
using test::port;

LacpDetails lacp(std::uint16_t aggregator, std::uint8_t actor, std::uint8_t partner) {
  LacpDetails details;
  details.aggregator = aggregator;
  details.actor_state = actor;
  details.partner_state = partner;
  return details;
}

std::vector<std::string> lines(const BondStory::News& news) {
  std::vector<std::string> result;
  for (const auto& one : news) result.push_back(line_of(one));
  return result;
}

class Story : public testing::Test {
 protected:
  Story() { story.begin({port("eth0", kEth0, true), port("eth1", kEth1, false), bond()}, at(0)); }
  std::vector<std::string> hear(const LinkFact& fact, int ms) { return lines(story.hear(fact, at(ms))); }

  LinkFact without_carrier() {
    auto fact = port("eth0", kEth0, true);
    fact.carrier = false;
    fact.carrier_changes = 3;
    return fact;
  }
  LinkFact down() {
    auto fact = without_carrier();
    fact.port->mii = MiiStatus::kDown;
    return fact;
  }
  BondStory story;
};

TEST_F(Story, BeginsWithWhatIsThere) {
  BondStory fresh;
  EXPECT_THAT(lines(fresh.begin({port("eth0", kEth0, true), bond()}, at(0))),
              ElementsAre("bond0: active-backup, active port eth0, 1 of 1 ports up"));
  EXPECT_THAT(lines(BondStory().begin({}, at(0))), IsEmpty());
}

// The messages of anchors: carrier, poll, role, role, failover, announcement.
TEST_F(Story, TellsAPulledCableAsAChainOfCauses) {
  EXPECT_THAT(hear(without_carrier(), 100), ElementsAre("bond0: eth0: lost its carrier"));
  EXPECT_THAT(hear(down(), 148), ElementsAre("bond0: eth0: down for the bond's monitor (48ms later)"));
  auto backup = down();
  backup.port->active = false;
  EXPECT_THAT(hear(backup, 150), IsEmpty());
  auto moved = bond(kEth1);
  moved.failover = true;
  EXPECT_THAT(hear(moved, 152), ElementsAre("bond0: eth0 -> eth1: eth0 lost its carrier 52ms before"));
  moved.failover = false;
  moved.announced = true;
  const auto told = story.hear(moved, at(153));
  EXPECT_THAT(lines(told), ElementsAre("bond0: carrier -> poll 48ms -> failover 52ms -> announced 53ms"));
  ASSERT_EQ(told.front().chain.size(), 4U);
  EXPECT_EQ(told.front().chain.front(), (ChainLink{BondChange::kCarrier, "eth0", at(100)}));
  EXPECT_THAT(hear(moved, 253), ElementsAre("bond0: announced"));  // num_grat_arp more than 1
}

TEST_F(Story, SaysThatSomebodyMovedTheBondBeforeThePoll) {
  hear(without_carrier(), 100);
  EXPECT_THAT(
      hear(bond(kEth1), 103),
      ElementsAre("bond0: eth0 -> eth1: eth0 lost its carrier, moved before the poll saw it 3.0ms before"));
}

TEST_F(Story, SaysWhyAnotherPortWasTaken) {
  const auto why = [&](const LinkFact& old, const LinkFact& moved) {
    BondStory fresh;
    fresh.begin({port("eth0", kEth0, true), port("eth1", kEth1, false), bond()}, at(0));
    fresh.hear(old, at(1));
    return fresh.hear(moved, at(2)).back().why;
  };
  auto old = port("eth0", kEth0, true);
  EXPECT_EQ(why(old, bond(kEth1)), "somebody asked for it (bond guard, operator)");
  auto with_primary = bond(kEth1);
  with_primary.primary = kEth1;
  EXPECT_EQ(why(old, with_primary), "eth1 is the primary");
  old.prio = -1;
  EXPECT_EQ(why(old, bond(kEth1)), "eth1 has the higher prio");
  old.port->mii = MiiStatus::kDown;
  EXPECT_EQ(why(old, bond(kEth1)), "the bond's monitor holds eth0 for down");
  old.up = false;
  EXPECT_EQ(why(old, bond(kEth1)), "eth0 was set down");
  old.master = IfIndex{};
  EXPECT_EQ(why(old, bond(kEth1)), "eth0 left the bond");
  old.removed = true;
  EXPECT_EQ(why(old, bond(kEth1)), "the old port is gone");
}

TEST_F(Story, TellsThatNoPortIsLeftAndThatOneIsBack) {
  hear(down(), 1);
  auto none = bond(IfIndex{});
  none.carrier = false;
  EXPECT_THAT(hear(none, 2), ElementsAre("bond0: lost its carrier",
                                         "bond0: eth0 -> none: eth0 lost its carrier 1.0ms before"));
  EXPECT_THAT(hear(port("eth0", kEth0, true), 3),
              ElementsAre("bond0: eth0: has a carrier", "bond0: eth0: up for the bond's monitor"));
  EXPECT_THAT(hear(bond(), 4),
              ElementsAre("bond0: has a carrier", "bond0: none -> eth0: it is the first port that is up"));
}

// ENOBUFS, or linkwatch that told two changes as one.
TEST_F(Story, CountsTheFlapsThatWereNotTold) {
  auto fact = port("eth0", kEth0, true);
  fact.carrier_changes = 8;
  EXPECT_THAT(hear(fact, 1), ElementsAre("bond0: eth0: its carrier changed 6 times more than was told"));
  fact.carrier = false;
  fact.carrier_changes = 11;
  const auto news = story.look_again({fact, port("eth1", kEth1, false), bond()}, at(2));
  EXPECT_THAT(lines(news), ElementsAre("bond0: eth0: its carrier changed 2 times more than was told",
                                       "bond0: eth0: lost its carrier"));
  EXPECT_EQ(news.front().count, 2U);
}

TEST_F(Story, SettingAPortDownIsNoFlap) {
  auto fact = port("eth0", kEth0, true);
  fact.up = fact.carrier = false;
  fact.carrier_changes = 3;
  EXPECT_THAT(hear(fact, 1), ElementsAre("bond0: eth0: set down"));
}

TEST_F(Story, LooksAgainAndFindsWhatIsGoneAndWhatIsNew) {
  auto other = bond(IfIndex{});
  other.index = IfIndex{20};
  other.name = "bond7";
  EXPECT_THAT(lines(story.look_again({port("eth0", kEth0, true), bond(), other}, at(1))),
              ElementsAre("bond0: eth1: left", "bond7: created: active-backup, no active port, no ports"));
}

TEST_F(Story, FollowsNamesPortsAndModes) {
  auto renamed = bond();
  renamed.name = "uplink";
  EXPECT_THAT(hear(renamed, 1), ElementsAre("uplink: renamed from bond0"));
  auto gone = port("eth1", kEth1, false);
  gone.master = IfIndex{};
  gone.port.reset();
  EXPECT_THAT(hear(gone, 2), ElementsAre("uplink: eth1: left"));
  EXPECT_THAT(hear(port("eth1", kEth1, false), 3), ElementsAre("uplink: eth1: joined"));
  auto other = renamed;
  other.mode = BondMode::kBalanceXor;
  EXPECT_THAT(hear(other, 4), ElementsAre("uplink: mode balance-xor, was active-backup"));
  other.removed = true;
  EXPECT_THAT(hear(other, 5), ElementsAre("uplink: removed"));
  EXPECT_THAT(hear(other, 6), IsEmpty());
}

TEST_F(Story, TellsLacpByWhatChangedInIt) {
  auto lag = bond(IfIndex{});
  lag.mode = BondMode::k8023ad;
  lag.aggregator = 1;
  auto before = port("eth0", kEth0, true);
  before.lacp = lacp(1, 0x45, 0);
  BondStory fresh;
  fresh.begin({before, lag}, at(0));
  EXPECT_TRUE(fresh.has_lacp());
  EXPECT_FALSE(story.has_lacp());
  auto now = before;
  now.lacp = lacp(2, 0x3d, 0x3f);
  lag.aggregator = 2;
  EXPECT_THAT(lines(fresh.look_again({now, lag}, at(1))),
              ElementsAre("bond0: eth0: in aggregator 2, was 1",
                          "bond0: eth0: LACP: +in_sync +collecting +distributing -defaulted",
                          HasSubstr("bond0: eth0: LACP partner: +active +short_timeout +aggregating"),
                          "bond0: carried by aggregator 2, was 1"));
}

TEST_F(Story, OtherLinksAreNoNews) {
  LinkFact lone;
  lone.name = "eth9";
  lone.index = IfIndex{77};
  EXPECT_THAT(hear(lone, 1), IsEmpty());
  lone.up = lone.carrier = true;
  EXPECT_THAT(hear(lone, 2), IsEmpty());
  lone.removed = true;
  EXPECT_THAT(hear(lone, 3), IsEmpty());
}

// The kernel's own messages.
TEST_F(Story, UnderstandsACapturedFailover) {
  Changes changes;
  auto datagram = nl::capture("event_port_without_carrier");
  const auto second = nl::capture("event_failover");
  datagram.insert(datagram.end(), second.begin(), second.end());
  note_changes(datagram, changes);
  ASSERT_EQ(changes.facts.size(), 2U);
  auto before = changes.facts[0];
  before.carrier = true;
  --before.carrier_changes;
  auto bond_before = changes.facts[1];
  bond_before.active_port = before.index;
  BondStory real;
  real.begin({before, bond_before}, at(0));
  EXPECT_THAT(lines(real.hear(changes.facts[0], at(1))), ElementsAre("bond0: eth0: lost its carrier"));
  const auto moved = real.hear(changes.facts[1], at(2));
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].change, BondChange::kFailover);
  EXPECT_THAT(line_of(moved[0]), HasSubstr("eth0 lost its carrier"));
}

}  // namespace
}  // namespace hawser

#include "lib/netlink/monitor.h"

#include <sys/socket.h>

#include "captures.h"

namespace hawser {
namespace {

Changes changes_of(const Bytes& datagram) {
  Changes changes;
  note_changes(datagram, changes);
  return changes;
}

TEST(Monitor, TellsAPulledCableAsALinkFact) {
  const auto changes = changes_of(nl::capture("event_port_without_carrier"));
  EXPECT_TRUE(changes.links);
  EXPECT_FALSE(changes.addresses);
  EXPECT_FALSE(changes.routes);
  EXPECT_FALSE(changes.lost);
  ASSERT_EQ(changes.facts.size(), 1U);
  const auto& fact = changes.facts.front();
  EXPECT_EQ(fact.name, "eth0");
  EXPECT_TRUE(fact.up);
  EXPECT_FALSE(fact.carrier);
  EXPECT_FALSE(fact.removed);
  ASSERT_TRUE(fact.port);
  EXPECT_TRUE(fact.port->active);
  EXPECT_EQ(fact.port->mii, MiiStatus::kUp);  // the bond has not looked yet
  EXPECT_NE(fact.master, IfIndex{});
}

TEST(Monitor, TellsAFailoverWithTheNewActivePort) {
  const auto changes = changes_of(nl::capture("event_failover"));
  ASSERT_EQ(changes.facts.size(), 1U);
  EXPECT_TRUE(changes.facts.front().failover);
  EXPECT_NE(changes.facts.front().active_port, IfIndex{});
  EXPECT_FALSE(changes.facts.front().port);
}

TEST(Monitor, TellsTheHardwareAddress) {
  const auto changes = changes_of(nl::capture("event_port_without_carrier"));
  ASSERT_EQ(changes.facts.size(), 1U);
  EXPECT_NE(changes.facts.front().mac, MacAddress{});
}

// The 17th byte is ifi_family. A bridge tells of its ports in link messages of its own.
TEST(Monitor, ABridgesWordOnItsPortIsNoFactAboutTheLink) {
  for (const auto* name : {"event_failover", "event_removed"}) {
    auto datagram = nl::capture(name);
    datagram[16] = AF_BRIDGE;
    const auto changes = changes_of(datagram);
    EXPECT_TRUE(changes.links) << name;
    EXPECT_TRUE(changes.facts.empty()) << name;
  }
}

TEST(Monitor, TellsARemovedLink) {
  const auto changes = changes_of(nl::capture("event_removed"));
  ASSERT_EQ(changes.facts.size(), 1U);
  EXPECT_TRUE(changes.facts.front().removed);
}

TEST(Monitor, MarksAddressesAndRoutesWithoutDetail) {
  auto datagram = nl::capture("address_v4_broadcast");
  auto changes = changes_of(datagram);
  EXPECT_TRUE(changes.addresses);
  EXPECT_FALSE(changes.links);
  EXPECT_FALSE(changes.routes);
  changes = changes_of(nl::capture("route_v4_table"));
  EXPECT_TRUE(changes.routes);
  EXPECT_FALSE(changes.addresses);
  EXPECT_TRUE(changes.any());
}

TEST(Monitor, TellsAllMessagesOfOneDatagramInOrder) {
  auto datagram = nl::capture("event_port_without_carrier");
  const auto second = nl::capture("event_failover");
  datagram.insert(datagram.end(), second.begin(), second.end());
  const auto changes = changes_of(datagram);
  ASSERT_EQ(changes.facts.size(), 2U);
  EXPECT_EQ(changes.facts[0].name, "eth0");
  EXPECT_EQ(changes.facts[1].name, "bond0");
}

TEST(Monitor, AsksForAFreshLookAtEverythingAfterATornDatagram) {
  auto datagram = nl::capture("event_failover");
  datagram.resize(datagram.size() - 1);
  const auto changes = changes_of(datagram);
  EXPECT_TRUE(changes.lost);
  EXPECT_TRUE(changes.links && changes.addresses && changes.routes);
}

}  // namespace
}  // namespace hawser

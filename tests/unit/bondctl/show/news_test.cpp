// What `bondctl watch` prints, and of whom.
#include "bondctl/show/news.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hawser::bondctl {
namespace {

using std::chrono::milliseconds;

Moment at(std::int64_t ms) {
  return {std::chrono::system_clock::time_point(milliseconds(1'795'654'923'004 + ms)),
          TimePoint(milliseconds(ms))};
}

BondNews news(int ms, BondChange change, const std::string& port = "") {
  BondNews one;
  one.at = at(ms);
  one.bond_index = IfIndex{9};
  one.bond = "bond0";
  one.port = port;
  one.change = change;
  return one;
}

BondNews failover() {
  auto one = news(52, BondChange::kFailover);
  one.from = "eth0";
  one.to = "eth1";
  one.why = "eth0 lost its carrier";
  one.chain = {{BondChange::kCarrier, "eth0", at(0)},
               {BondChange::kMonitor, "eth0", at(48)},
               {BondChange::kFailover, "eth1", at(52)}};
  return one;
}

TEST(WatchText, WritesTheDayWhenItIsAnother) {
  Stamped stamped;
  EXPECT_EQ(stamped.text(news(0, BondChange::kCarrier, "eth0")),
            "2026-11-26\n01:02:03.004Z bond0: eth0: lost its carrier\n");
  EXPECT_EQ(stamped.text(failover()),
            "01:02:03.056Z bond0: eth0 -> eth1: eth0 lost its carrier 52ms before\n");
  EXPECT_EQ(stamped.text(news(86'400'000, BondChange::kAnnounced)),
            "2026-11-27\n01:02:03.004Z bond0: announced\n");
}

TEST(WatchText, FitsIntoEightyColumns) {
  Stamped stamped;
  auto told = failover();
  told.change = BondChange::kAnnounced;
  told.chain.push_back({BondChange::kAnnounced, "eth1", at(53)});
  for (const auto& one : {failover(), told, news(0, BondChange::kRemoved)}) {
    const auto text = stamped.text(one);
    EXPECT_LE(text.size() - 1 - text.rfind('\n', text.size() - 2) - 1, 80U) << text;
  }
}

TEST(WatchText, ANameFromOutsideReachesNoTerminalRaw) {
  auto one = news(0, BondChange::kCarrier, "a\x1b[2J");
  EXPECT_EQ(Stamped().text(one).find('\x1b'), std::string::npos);
}

TEST(WatchJson, IsOneObjectWithTheWholeChain) {
  const auto value = to_json(failover());
  EXPECT_EQ(boost::json::value(value), boost::json::parse(R"({
      "at":"2026-11-26T01:02:03.056Z","bond":"bond0","port":"","change":"failover","from":"eth0","to":"eth1",
      "why":"eth0 lost its carrier","count":0,
      "chain":[{"change":"carrier","port":"eth0","at":"2026-11-26T01:02:03.004Z","after_ms":0.0},
               {"change":"poll","port":"eth0","at":"2026-11-26T01:02:03.052Z","after_ms":48.0},
               {"change":"failover","port":"eth1","at":"2026-11-26T01:02:03.056Z","after_ms":52.0}],
      "line":"bond0: eth0 -> eth1: eth0 lost its carrier 52ms before"})"))
      << boost::json::serialize(value);
}

TEST(WatchFollowing, WithoutANameIsEverybody) {
  EXPECT_TRUE(Following("").wants(news(0, BondChange::kCreated)));
}

TEST(WatchFollowing, ABondThatComesLaterAndIsRenamed) {
  Following following("bond0");
  auto other = news(0, BondChange::kCreated);
  other.bond = "bond5";
  other.bond_index = IfIndex{5};
  EXPECT_FALSE(following.wants(other));
  EXPECT_TRUE(following.wants(news(1, BondChange::kCreated)));
  auto renamed = news(2, BondChange::kRenamed);
  renamed.bond = "uplink";
  EXPECT_TRUE(following.wants(renamed));
  other.bond = "bond0";
  EXPECT_FALSE(following.wants(other)) << "another bond took the name";
  renamed.change = BondChange::kRemoved;
  EXPECT_TRUE(following.wants(renamed));
  EXPECT_TRUE(following.wants(other)) << "the next one of that name";
}

TEST(WatchFollowing, EverybodyIsToldOfALoss) {
  BondNews lost;
  lost.change = BondChange::kLost;
  EXPECT_TRUE(Following("bond0").wants(lost));
}

}  // namespace
}  // namespace hawser::bondctl

#include "vipd/daemon/carry.h"

#include <cstdlib>

#include <boost/json.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

const IpAddress kPeer = IpAddress::v4(192, 0, 2, 12);

CarriedRouter router(Role role, std::uint8_t id = 51, Family family = Family::kIpv4) {
  RouterState state;
  state.machine = {role, Heard{kPeer, Priority(200), TimePoint(99s)}};
  state.since = TimePoint(90s);
  state.why = "started";
  state.source = IpAddress::v4(192, 0, 2, 11);
  return {{"front", family, Vrid(id)}, std::move(state)};
}

CarriedPast past() {
  Past past;
  past.changes = {{TimePoint(80s), RoleName::kInitialize, RoleName::kBackup, Priority(100), "started", {}},
                  {TimePoint(90s), RoleName::kBackup, RoleName::kActive, Priority(254), "no advertisement",
                   Rare<Heard>(Heard{kPeer, Priority(200), TimePoint(86s)})}};
  past.late = {3, {0xFFFFFFFFFFFFFFFF, 2, 1, 0}, 2500ms};
  past.counters = {1, 2, 3, 4, 5, 6, {}};
  past.counters.bad.count(BadPacket::kReplayed);
  return {{"front", Family::kIpv6, Vrid(54)}, past};
}

Carry example() {
  Carry carry;
  carry.settings.emplace();
  carry.settings->node = "lb1";
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.virtual_router_id = Vrid(51);
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}};
  vip.manner.change().version = 2;
  vip.manner.change().password = "file:/etc/hawser/password";
  vip.manner.change().password_text = "1111";
  vip.manner.change().hmac = {{1, "file:/etc/hawser/vrrp.key", Bytes(32, 7)}};
  carry.settings->vips = {vip};
  carry.last_good = true;
  carry.stands = R"({"format": 1})";
  Active active{TimePoint(100s), TimePoint(101s), TimePoint(102s), true};
  Backup backup;
  backup.wait = Backup::Wait::kSkew;
  backup.since = TimePoint(98s);
  backup.interval = Centiseconds(25);
  backup.preempt_at = TimePoint(120s);
  backup.discarded = Centiseconds(50);
  backup.holding = true;
  auto six = router(backup, 52, Family::kIpv6);
  six.state.machine.heard.reset();
  six.state.checksum = VrrpChecksum::kPlain;
  six.state.signing.sent = 0xFEDCBA9876543210;
  six.state.signing.heard.last.fill() = {{{IpAddress::v4(192, 0, 2, 12), 1}, {0xFFFFFFFFFFFFFFFF, 7}},
                                         {{*IpAddress::parse("fe80::12"), 255}, {1, 8}}};
  carry.routers = {router(active), six, router(Backup{}, 53)};
  carry.sockets = {{"front", Family::kIpv6, IfIndex{3}, 17}};
  carry.pasts = {past(), {{"front", Family::kIpv4, Vrid(51)}, {}}};
  return carry;
}

TEST(Carry, IsReadBackWhole) {
  const auto back = read_carry(write_carry(example()));
  ASSERT_TRUE(back.has_value()) << back.error().text;
  EXPECT_EQ(*back, example());
}

// What an earlier version leaves.
TEST(Carry, WithoutSignaturesIsReadToo) {
  auto carry = example();
  carry.routers.erase(carry.routers.begin(), carry.routers.begin() + 2);
  auto old = write_carry(carry);
  const std::string signing = R"(,"signing":{"sent":0,"heard":[]})";
  const auto at = old.find(signing);
  ASSERT_NE(at, std::string::npos);
  old.erase(at, signing.size());
  const auto back = read_carry(old);
  ASSERT_TRUE(back.has_value()) << back.error().text;
  EXPECT_EQ(*back, carry);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(Carry, WithoutAPastIsReadToo) {
  const auto written = write_carry(example());
  const auto back = read_carry(written.substr(0, written.find(R"(,"pasts":)")) + "}");
  ASSERT_TRUE(back.has_value()) << back.error().text;
  EXPECT_EQ(back->routers, example().routers);
  EXPECT_TRUE(back->pasts.empty());
}

// Whatever stands there, the roles go on, and so does the other past.
TEST(Carry, APastThatIsNotUnderstoodIsForgottenAlone) {
  const auto written = write_carry(example());
  for (const auto& [what, with] : std::vector<std::pair<std::string, std::string>>{
           {R"("to":"Active")", R"("to":"Emperor")"},
           {R"("to":"Active")", R"("ot":"Active")"},
           {R"("at":80000000000)", R"("at":-9223372036854775808)"},
           {R"("at":86000000000)", R"("at":9223372036854775807)"},
           {R"("longest":2500000000)", R"("longest":-9223372036854775808)"},
           {R"("priority":254)", R"("priority":256)"},
           {R"("why":"no advertisement")", R"("why":null)"},
           {R"("by_quarter":[18446744073709551615,2,1,0])", R"("by_quarter":[1,2])"},
           {R"("sent":1,)", R"("sent":-1,)"},
           {R"("replayed":1)", R"("replayed":"one")"},
           {R"("family":"ipv6","id":54)", R"("family":"ipv6","id":300)"}}) {
    const auto back = read_carry(replaced(written, what, with));
    ASSERT_TRUE(back.has_value()) << with;
    EXPECT_EQ(back->routers, example().routers) << with;
    ASSERT_EQ(back->pasts.size(), 1U) << with;
    EXPECT_EQ(back->pasts.front(), example().pasts.back()) << with;
  }
  const auto at = written.find(R"("pasts":)");
  for (const auto* nothing : {"null", "5", "{}", "[]", "[[]]", "[{}]"}) {
    const auto back = read_carry(written.substr(0, at) + R"("pasts":)" + nothing + "}");
    ASSERT_TRUE(back.has_value()) << nothing;
    EXPECT_TRUE(back->pasts.empty()) << nothing;
  }
}

// Of another version: what it counts beside, or does not count.
TEST(Carry, CountersThatAreNotKnownAreNotThere) {
  const auto back =
      read_carry(replaced(replaced(write_carry(example()), R"("put_back":6)", R"("evened_out":6)"),
                          R"("replayed":1)", R"("odd":1)"));
  ASSERT_TRUE(back.has_value());
  ASSERT_EQ(back->pasts.size(), 2U);
  const auto& counters = back->pasts.front().past.counters;
  EXPECT_EQ(counters.announced, 5U);
  EXPECT_EQ(counters.put_back, 0U);
  EXPECT_EQ(counters.bad, BadPackets());
}

TEST(Carry, OfManyChangesTheLastOnesAreKept) {
  auto carry = example();
  auto& changes = carry.pasts.front().past.changes;
  while (changes.size() < kMostChanges + 3)
    changes.insert(changes.begin(),
                   {TimePoint(1s), RoleName::kActive, RoleName::kBackup, Priority(1), "", {}});
  const auto back = read_carry(write_carry(carry));
  ASSERT_TRUE(back.has_value());
  ASSERT_EQ(back->pasts.front().past.changes.size(), kMostChanges);
  EXPECT_EQ(back->pasts.front().past.changes.back(), changes.back());
}

TEST(Carry, OfAnotherFormIsNotUsed) {
  for (const std::string text : {"", "{}", "[]", R"({"format": 2})", R"({"format": 1, "routers": 5})"})
    EXPECT_FALSE(read_carry(text).has_value()) << text;
  auto wrong = write_carry(example());
  const auto at = wrong.find("\"wait\":");
  ASSERT_NE(at, std::string::npos);
  wrong.replace(at, 8, "\"wait\":9");
  EXPECT_FALSE(read_carry(wrong).has_value());
}

TEST(Carry, RolesOutliveSettingsThatThisVersionDoesNotRead) {
  auto other = write_carry(example());
  const auto at = other.find("\"node\"");
  other.replace(at, 6, "\"edon\"");
  const auto back = read_carry(other);
  ASSERT_TRUE(back.has_value());
  EXPECT_FALSE(back->settings.has_value());
  EXPECT_EQ(back->routers, example().routers);
}

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

TEST(Carry, IsFoundOnceByWhoIsStartedNext) {
  auto carry = example();
  carry.sockets.front().fd = ::open("/dev/null", O_RDONLY);  // survives exec
  leave_carry(carry);
  EXPECT_EQ(find_carry(), carry);
  EXPECT_EQ(::fcntl(carry.sockets.front().fd, F_GETFD), FD_CLOEXEC) << "the worker does not get it";
  EXPECT_EQ(find_carry(), std::nullopt);
  ::close(carry.sockets.front().fd);
}

TEST(Carry, WhatIsNotUsedIsClosed) {
  auto carry = example();
  carry.sockets.front().fd = ::open("/dev/null", O_RDONLY);
  leave_carry(carry);
  std::string named = std::getenv("HAWSER_VIPD_CARRY");
  const auto second = named.find(' ');
  named.replace(second + 1, named.find(' ', second + 1) - second - 1,
                "0");  // left when the machine had just booted
  ::setenv("HAWSER_VIPD_CARRY", named.c_str(), 1);
  EXPECT_EQ(find_carry(), std::nullopt) << "from long ago";
  EXPECT_FALSE(is_open(carry.sockets.front().fd));
}

TEST(Carry, NonsenseClosesNothing) {
  for (const auto* text : {"nonsense", "", "0 0 0", "-1", "1 2 3 4"}) {
    ::setenv("HAWSER_VIPD_CARRY", text, 1);
    EXPECT_EQ(find_carry(), std::nullopt) << text;
  }
  EXPECT_TRUE(is_open(STDOUT_FILENO));
}

}  // namespace
}  // namespace hawser::vipd

#include <gtest/gtest.h>

#include "tests/unit/vipd/router/fake_effects.h"
#include "vipd/addresses/routed.h"
#include "vipd/router/routed_addresses.h"

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

const IpAddress kOwn = *IpAddress::parse("192.0.2.12");
const IpAddress kOther = *IpAddress::parse("192.0.2.11");
const AddressKey kHeld{std::string(config::kRoutedDevice), *Prefix::parse("203.0.113.10")};

config::Vip routed(const std::string& what = {}) {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("203.0.113.10"), std::string(config::kRoutedDevice)}};
  vip.virtual_router_id = Vrid(51);
  vip.manner.change().advertisement_interval = 100ms;
  vip.manner.change().transport = config::VrrpTransport::kUnicast;
  vip.manner.change().peers = {kOther};
  vip.manner.change().provider = "robot";
  vip.manner.change().arbiter = what == "arbiter";
  vip.manner.change().require_fencing = what == "fencing";
  return vip;
}

class RoutedRouter : public testing::Test {
 protected:
  void starts(const std::string& what = {}) {
    router.emplace(routed(what), effects);
    router->interface_usable(kOwn);
  }
  void waits(Milliseconds length) {
    const auto end = effects.time + length;
    for (auto due = router->due(); due && *due <= end; due = router->due()) {
      effects.time = std::max(effects.time, *due);
      router->on_time();
    }
    effects.time = end;
  }
  void sleeps(Milliseconds length) {
    effects.time += length;
    router->on_time();
  }
  void hears(std::uint8_t priority) {
    const Advertisement heard{Vrid(51), Priority(priority), Centiseconds(10), {}};
    router->receive(Received{heard, {3, VrrpChecksum::kPseudoHeader, {}}}, kOther);
  }

  FakeEffects effects;
  std::optional<VirtualRouter> router;
};

TEST_F(RoutedRouter, HoldsAndAnnouncesNothingItself) {
  starts();
  waits(1s);
  EXPECT_EQ(router->role(), RoleName::kActive);
  while (router->work()) continue;
  waits(10s);
  EXPECT_TRUE(effects.addresses.empty());
  EXPECT_TRUE(effects.announced.empty());
  EXPECT_EQ(router->status().fault, "") << "its addresses are another's to hold";
}

TEST_F(RoutedRouter, OneThatFindsItsAddressesOnlyListens) {
  effects.addresses.insert(kHeld);
  starts();
  waits(300ms);
  EXPECT_EQ(router->role(), RoleName::kActive) << "one interval and the skew, and not three";
}

TEST_F(RoutedRouter, LosersAreCountedFromTheFirstMomentOn) {
  starts();
  waits(1s);
  ASSERT_EQ(router->role(), RoleName::kActive);
  hears(50);
  EXPECT_EQ(router->losers_heard(), 1U);
  hears(0);
  EXPECT_EQ(router->losers_heard(), 1U) << "who leaves takes nothing";
  hears(200);
  EXPECT_EQ(router->role(), RoleName::kBackup);
  EXPECT_EQ(router->losers_heard(), 1U);
}

TEST_F(RoutedRouter, WhoIsLeftBehindTellsTheActiveRouterAlone) {
  const auto third = *IpAddress::parse("192.0.2.13");
  auto vip = routed();
  vip.manner.change().peers.push_back(third);
  router.emplace(vip, effects);
  router->interface_usable(kOwn);
  hears(200);
  effects.sent.clear();
  effects.sent_to.clear();
  router->left_behind();
  ASSERT_EQ(effects.sent_to, std::vector{kOther});
  const auto word = decode(effects.sent.front(), {kOwn, kOther, 255});
  ASSERT_TRUE(word);
  EXPECT_EQ(word->advertisement.priority, Priority(100));
}

// Its advertisement would end the other's role, or be no news to anybody.
TEST_F(RoutedRouter, WhoWouldWinOrIsActiveOrHeardNobodySaysNothingOfBeingLeftBehind) {
  auto vip = routed();
  vip.manner.change().preempt = false;
  router.emplace(vip, effects);
  router->interface_usable(kOwn);
  router->left_behind();
  EXPECT_TRUE(effects.sent.empty()) << "nobody heard";
  hears(50);
  router->left_behind();
  EXPECT_TRUE(effects.sent.empty()) << "it would win";
  waits(1s);
  ASSERT_EQ(router->role(), RoleName::kActive);
  effects.sent.clear();
  router->left_behind();
  EXPECT_TRUE(effects.sent.empty()) << "Active";
}

TEST_F(RoutedRouter, AnArbiterIsWaitedForHoweverLongItTakes) {
  starts("arbiter");
  waits(1s);
  EXPECT_EQ(router->role(), RoleName::kBackup);
  EXPECT_TRUE(router->asks());
  EXPECT_EQ(router->due(), std::nullopt) << "and nothing spins meanwhile";
  waits(1h);
  router->provider_says({});
  EXPECT_EQ(router->role(), RoleName::kBackup);
  router->provider_says({{Consent::kProvider}});
  EXPECT_EQ(router->role(), RoleName::kActive);
  EXPECT_FALSE(router->asks());
}

// Fencing would switch off whoever is Active by now.
TEST_F(RoutedRouter, WhoSleptListensBeforeItAsks) {
  for (const auto* what : {"arbiter", "fencing"}) {
    starts(what);
    hears(200);
    sleeps(1h);
    EXPECT_FALSE(router->asks()) << what;
    hears(200);
    waits(100ms);
    EXPECT_FALSE(router->asks()) << what;
    sleeps(1h);
    waits(1s);
    EXPECT_TRUE(router->asks()) << what << ": nobody was heard";
    EXPECT_EQ(router->due(), std::nullopt);
    waits(1h);
    router->provider_says({{Consent::kProvider, Consent::kFencing}});
    EXPECT_EQ(router->role(), RoleName::kActive) << what;
  }
}

TEST_F(RoutedRouter, WhoIsHeardMeanwhileHasTheRole) {
  starts("arbiter");
  waits(1s);
  ASSERT_TRUE(router->asks());
  hears(200);
  EXPECT_FALSE(router->asks());
  router->provider_says({{Consent::kProvider}});
  EXPECT_EQ(router->role(), RoleName::kBackup);
}

TEST_F(RoutedRouter, AnArbiterThatGaveItToAnotherEndsTheRoleAndIsNotAskedAgainAtOnce) {
  starts("arbiter");
  waits(1s);
  router->provider_says({{Consent::kProvider}});
  ASSERT_EQ(router->role(), RoleName::kActive);
  router->provider_says({{}, "robot leads 203.0.113.10 to lb1"});
  EXPECT_EQ(router->role(), RoleName::kBackup);
  waits(1min);
  EXPECT_FALSE(router->asks()) << "the two would take it from one another for ever";
  for (int i = 0; i < 12; ++i) waits(1min);
  EXPECT_TRUE(router->asks());
}

TEST_F(RoutedRouter, APeerThatIsHeardEndsThatWait) {
  starts("arbiter");
  waits(1s);
  router->provider_says({{Consent::kProvider}});
  router->provider_says({{}, "robot leads 203.0.113.10 to lb1"});
  hears(50);
  waits(1s);
  EXPECT_TRUE(router->asks());
}

TEST_F(RoutedRouter, SilenceIsFencedAndAFarewellIsNot) {
  starts("fencing");
  hears(200);
  waits(1s);
  EXPECT_TRUE(router->asks());
  EXPECT_TRUE(router->needs().contains(Consent::kFencing));
  EXPECT_EQ(router->last_heard(), kOther);
  router->provider_says({{Consent::kProvider}});
  EXPECT_EQ(router->role(), RoleName::kBackup) << "that is not what it waits for";
  router->provider_says({{Consent::kFencing}});
  EXPECT_EQ(router->role(), RoleName::kActive);

  starts("fencing");
  hears(200);
  hears(0);
  waits(1s);
  EXPECT_EQ(router->role(), RoleName::kActive);
}

TEST_F(RoutedRouter, ALowerOneThatIsHeardIsNotFenced) {
  starts("fencing");
  for (int i = 0; i < 4; ++i) {
    hears(50);
    waits(100ms);
  }
  EXPECT_EQ(router->role(), RoleName::kActive);
}

class RoutedAddressesTest : public testing::Test {
 protected:
  FakeEffects effects;
  RoutedAddresses routed{effects};
};

TEST_F(RoutedAddressesTest, AreHeldOnADummyThatIsMadeForThem) {
  effects.missing.insert(kHeld.first);
  routed.want({kHeld});
  EXPECT_EQ(effects.order, (std::vector<std::string>{"dummy hawser-vips", "add 203.0.113.10/32"}));
  EXPECT_TRUE(routed.troubles().empty());
  EXPECT_EQ(routed.ours(), 1U);
}

TEST_F(RoutedAddressesTest, OnADeviceOfTheUsersAreHeldWhenItIsThere) {
  effects.missing.insert("back");
  const AddressKey address{"back", kHeld.second};
  routed.want({address});
  EXPECT_EQ(routed.troubles().at(address), "back: interface missing");
  effects.missing.clear();
  routed.kernel_changed();
  EXPECT_TRUE(routed.troubles().empty());
}

TEST_F(RoutedAddressesTest, WhatSomebodyRemovesIsPutBackAndNotInAFight) {
  routed.want({kHeld});
  for (int i = 0; i < 100; ++i) {
    effects.addresses.clear();
    effects.time += 10ms;
    routed.kernel_changed();
    if (const auto due = routed.due(); due && effects.time >= *due) routed.on_time();
  }
  EXPECT_LE(std::ranges::count(effects.order, "add 203.0.113.10/32"), 3);
  EXPECT_EQ(effects.log.size(), 1U) << "once, not each time";
  effects.time += 2s;
  routed.on_time();
  EXPECT_EQ(routed.ours(), 1U);
}

TEST_F(RoutedAddressesTest, WhatTheKernelRefusesIsSaidAndTriedAgain) {
  effects.refuse_adding = "Permission denied";
  routed.want({kHeld});
  EXPECT_EQ(routed.troubles().size(), 1U);
  EXPECT_EQ(effects.log.size(), 1U);
  effects.refuse_adding.clear();
  effects.time += 1s;
  ASSERT_TRUE(routed.due() && *routed.due() <= effects.time);
  routed.on_time();
  EXPECT_TRUE(routed.troubles().empty());
}

TEST_F(RoutedAddressesTest, WhatLeavesTheFileGoes) {
  routed.want({kHeld});
  routed.want({});
  EXPECT_EQ(routed.ours(), 0U);
  EXPECT_TRUE(effects.addresses.empty());
  EXPECT_FALSE(routed.wants(kHeld));
}

TEST_F(RoutedAddressesTest, AThousandDoNotKeepAnAdvertisementWaiting) {
  effects.cost_of_adding = 100us;
  std::set<AddressKey> many;
  for (std::uint32_t i = 0; i < 1000; ++i) many.emplace("back", Prefix{IpAddress::v4(0xCB007100U + i), 32});
  const auto begun = effects.time;
  routed.want(many);
  EXPECT_LE(effects.time - begun, 3ms);
  for (int i = 0; i < 100 && routed.ours() < 1000; ++i) routed.on_time();
  EXPECT_EQ(routed.ours(), 1000U);
}

TEST(RoutedAddress, IsHeldAsOneAndKnownToTheProviderByItsNetwork) {
  const config::VipAddress address{*Prefix::parse("2001:db8:50::7/64"), "lo"};
  EXPECT_EQ(held_as(address).second, *Prefix::parse("2001:db8:50::7/128"));
  EXPECT_EQ(routed_as(address), *IpAddress::parse("2001:db8:50::"));
}

}  // namespace
}  // namespace hawser::vipd

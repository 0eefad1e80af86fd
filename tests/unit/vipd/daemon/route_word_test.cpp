#include "vipd/daemon/route_word.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

config::Vip web() {
  config::Vip vip;
  vip.name = "web";
  vip.manner.change().provider = "robot";
  vip.addresses = {{*Prefix::parse("203.0.113.10"), "lo"}, {*Prefix::parse("2001:db8:50::1/64"), "lo"}};
  return vip;
}

RouteReport report(const std::string& address, provider::Standing standing) {
  RouteReport route;
  route.vip = "web";
  route.address = *IpAddress::parse(address);
  route.provider = "robot";
  route.standing = standing;
  route.confirmed = standing == provider::Standing::kHere;
  route.target = "192.0.2.11";
  route.node = "lb1";
  return route;
}

RouteReports reports(provider::Standing first, provider::Standing second) {
  RouteReports all;
  for (const auto& route : {report("203.0.113.10", first), report("2001:db8:50::", second)})
    all[{"web", route.address}] = route;
  return all;
}

constexpr auto kHere = provider::Standing::kHere;
constexpr auto kElsewhere = provider::Standing::kElsewhere;

TEST(RouteWord, TheProviderConsentsWhenEveryAddressLeadsHere) {
  EXPECT_TRUE(word_of(web(), reports(kHere, kHere), nullptr).given.contains(Consent::kProvider));
  EXPECT_FALSE(word_of(web(), reports(kHere, kElsewhere), nullptr).given.contains(Consent::kProvider));
  EXPECT_FALSE(word_of(web(), {}, nullptr).given.contains(Consent::kProvider)) << "nothing is known";
}

TEST(RouteWord, WhatLeadsElsewhereIsNamed) {
  EXPECT_EQ(word_of(web(), reports(kHere, kElsewhere), nullptr).elsewhere,
            "robot leads 2001:db8:50:: to lb1 (192.0.2.11)");
  EXPECT_EQ(word_of(web(), reports(kHere, kHere), nullptr).elsewhere, "");
}

TEST(RouteWord, FencingIsDoneWhenItIsReportedOrWhenNobodyElseIsLedTo) {
  const FenceReport waits{"web", false, "lb1: 500"};
  const FenceReport done{"web", true, "lb1 is off"};
  EXPECT_FALSE(word_of(web(), reports(kElsewhere, kElsewhere), nullptr).given.contains(Consent::kFencing));
  EXPECT_FALSE(word_of(web(), reports(kElsewhere, kElsewhere), &waits).given.contains(Consent::kFencing));
  EXPECT_TRUE(word_of(web(), reports(kElsewhere, kElsewhere), &done).given.contains(Consent::kFencing));
  EXPECT_TRUE(word_of(web(), reports(kHere, kHere), nullptr).given.contains(Consent::kFencing));
  auto by_arp = web();
  by_arp.manner.change().provider.clear();
  EXPECT_FALSE(word_of(by_arp, {}, nullptr).given.contains(Consent::kFencing));
}

}  // namespace
}  // namespace hawser::vipd

#include "netd/renewals.h"

#include <gtest/gtest.h>

#include "lib/state/observed.h"

namespace hawser {
namespace {

AddressFact fact(const std::string& prefix, Owner owner, bool removed = false) {
  return {IfIndex{3}, *Prefix::parse(prefix), static_cast<std::uint8_t>(owner), removed, Detection::kPassed};
}

Changes told(std::vector<AddressFact> facts) {
  Changes changes;
  changes.addresses = true;
  changes.address_facts = std::move(facts);
  return changes;
}

TEST(Renewals, AnAddressOfVipdIsNewsOnceAndWhenItGoes) {
  Renewals renewals;
  const auto there = told({fact("192.0.2.100/32", Owner::kVipd)});
  EXPECT_TRUE(renewals.without(there).any());
  EXPECT_FALSE(renewals.without(there).any()) << "renewed";
  EXPECT_TRUE(renewals.without(told({fact("192.0.2.100/32", Owner::kVipd, true)})).any());
  EXPECT_TRUE(renewals.without(there).any()) << "it is there again";
}

TEST(Renewals, WhatElseIsToldIsNews) {
  Renewals renewals;
  const auto web = fact("192.0.2.100/32", Owner::kVipd);
  (void)renewals.without(told({web}));
  EXPECT_TRUE(renewals.without(told({web, fact("192.0.2.101/32", Owner::kVipd)})).any());
  EXPECT_TRUE(renewals.without(told({web, fact("192.0.2.11/24", Owner::kNetd)})).any());
  auto link = told({web});
  link.links = true;
  EXPECT_TRUE(renewals.without(link).any());
  EXPECT_FALSE(renewals.without(link).addresses);
  EXPECT_TRUE(renewals.without(told({})).any()) << "an address that could not be read";
}

TEST(Renewals, AfterALossNothingIsKnown) {
  Renewals renewals;
  const auto web = told({fact("192.0.2.100/32", Owner::kVipd)});
  (void)renewals.without(web);
  auto lost = web;
  lost.lost = true;
  EXPECT_TRUE(renewals.without(lost).any());
}

}  // namespace
}  // namespace hawser

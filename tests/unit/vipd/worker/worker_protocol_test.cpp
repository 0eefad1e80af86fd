#include "vipd/worker/worker_protocol.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

config::Vip every_field() {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}, {*Prefix::parse("2001:db8::100/64"), "back"}};
  vip.virtual_router_id = Vrid(255);
  vip.priority = Priority(254);
  vip.advertisement_interval = 10ms;
  vip.checksum = config::VrrpChecksum::kPlain;
  vip.transport = config::Transport::kUnicast;
  vip.peers = {IpAddress::v4(192, 0, 2, 12), IpAddress::v4(192, 0, 2, 13)};
  vip.own = {IpAddress::v4(192, 0, 2, 11), IpAddress::v4(198, 51, 100, 11)};
  vip.source = IpAddress::v4(192, 0, 2, 11);
  vip.preempt = false;
  vip.preempt_delay = 60s;
  vip.startup_delay = 3s;
  vip.announce = {7, 250ms, 60s};
  return vip;
}

Result<Reading> there_and_back(const Reading& reading) {
  Assembler assembler;
  for (const auto& piece : split_message(to_json(reading)))
    if (const auto text = assembler.add(piece)) return reading_from_json(*text);
  return fail("not complete");
}

TEST(Handover, EveryFieldArrives) {
  const Reading reading{
      Settings{"lb1", {every_field(), config::Vip{}}, 20, false, "debug"}, true, {{"a", 1, 2, "b", "c"}}};
  const auto arrived = there_and_back(reading);
  ASSERT_TRUE(arrived.has_value()) << arrived.error().text;
  EXPECT_EQ(*arrived, reading);
}

TEST(Handover, ProblemsArriveWithoutSettings) {
  const Reading reading{std::nullopt, false, {{"one", 1, 1, "", "x"}, {"two", 0, 0, "", "two: y"}}};
  EXPECT_EQ(*there_and_back(reading), reading);
}

TEST(Handover, TenThousandAddressesArriveInPieces) {
  auto vip = every_field();
  for (std::uint32_t i = 0; i < 10000; ++i)
    vip.addresses.push_back({{IpAddress::v4(0xC6336400U + i), 32}, "front"});
  const Reading reading{Settings{"", {vip}, 10, true, "info"}, false, {}};
  EXPECT_GT(split_message(to_json(reading)).size(), 10U);
  EXPECT_EQ(*there_and_back(reading), reading);
}

TEST(Handover, PiecesFitADatagramAndEvenNothingIsOne) {
  for (const std::size_t size : {0U, 1U, 32768U, 32769U, 100000U}) {
    const std::string text(size, 'x');
    Assembler assembler;
    std::optional<std::string> whole;
    for (const auto& piece : split_message(text)) {
      EXPECT_FALSE(whole.has_value()) << "complete before its last piece";
      EXPECT_LE(piece.size(), 32769U);
      whole = assembler.add(piece);
    }
    EXPECT_EQ(whole, text);
  }
}

TEST(Handover, AnEmptyDatagramIsNothing) {
  EXPECT_EQ(Assembler().add({}), std::nullopt);
}

TEST(Handover, WhatIsNotAReadingIsRefused) {
  for (const auto* text : {"", "{}", "[]", R"({"last_good":1,"problems":[]})",
                           R"({"last_good":false,"problems":[],"settings":{"node":1}})"})
    EXPECT_FALSE(reading_from_json(text).has_value()) << text;
}

TEST(Handover, SettingsAreThePartOfTheFileThatVipdUses) {
  config::Config config;
  config.node = "lb1";
  config.realtime = 5;
  config.lock_memory = false;
  config.log_level = "warning";
  auto vip = every_field();
  vip.priorities = {{"lb1", 254}, {"lb2", 100}};
  config.vips["web"] = vip;
  config.nodes["lb2"].addresses = {IpAddress::v4(192, 0, 2, 12)};
  config.nodes["lb3"].addresses = {IpAddress::v4(192, 0, 2, 13)};
  EXPECT_EQ(settings_of(config), (Settings{"lb1", {every_field()}, 5, false, "warning"}));
}

TEST(Handover, WhatPeersExpectIsKnownOnlyWhereTheyAreNodesOfTheFile) {
  config::Config config;
  config.vips["web"] = every_field();
  config.nodes["lb2"].addresses = {IpAddress::v4(192, 0, 2, 12)};
  EXPECT_TRUE(settings_of(config).vips.at(0).own.empty()) << "192.0.2.13 is no node";
  config.nodes["lb3"].addresses = {IpAddress::v4(192, 0, 2, 13)};
  EXPECT_EQ(settings_of(config).vips.at(0).own, every_field().own);
}

}  // namespace
}  // namespace hawser::vipd

#include "vipd/provider/budget.h"

#include <boost/json.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include "lib/base/fd.h"
#include "tests/support/temp_dir.h"
#include "vipd/provider/budget_file.h"

namespace hawser::vipd::provider {
namespace {

using namespace std::chrono_literals;

constexpr Limits kLimits{.reads = 4, .switches = 2, .window = 1h, .logins = 3, .locked_out = 10min};
const WallTime kNow{std::chrono::seconds(1'800'000'000)};

TEST(ProviderBudget, IsUsedUpAndComesBackCallByCall) {
  Budget budget(kLimits);
  EXPECT_EQ(budget.wait_for(Ask::kSet, kNow), 0ms);
  budget.made(Ask::kSet, kNow);
  EXPECT_EQ(budget.left(Ask::kSet, kNow), 1U);
  budget.made(Ask::kSet, kNow + 20min);
  EXPECT_EQ(budget.wait_for(Ask::kSet, kNow + 20min), 40min);
  EXPECT_EQ(budget.left(Ask::kSet, kNow + 20min), 0U);
  EXPECT_EQ(budget.wait_for(Ask::kGet, kNow + 20min), 0ms);
  EXPECT_EQ(budget.wait_for(Ask::kSet, kNow + 61min), 0ms);
  EXPECT_EQ(budget.left(Ask::kSet, kNow + 61min), 1U);
}

TEST(ProviderBudget, WhatNeverReachedThemCostsNothing) {
  Budget budget(kLimits);
  budget.made(Ask::kSet, kNow);
  budget.not_made(Ask::kSet);
  EXPECT_EQ(budget.left(Ask::kSet, kNow), 2U);
}

// What became of a reset nobody can ask: it is known by what was written down before it was sent.
TEST(ProviderBudget, AResetThatWasSentIsKnownToWhoeverComesAfter) {
  Budget before(kLimits);
  before.sent({"lb1", "power", kNow, false});
  before.sent({"lb2", "hw", kNow + 1s, false});
  before.reset_done("lb2");
  const Budget budget(kLimits, before.kept(kNow + 2s), kNow + 2s);
  EXPECT_EQ(budget.reset_after("lb1", kNow - 1s), (SentReset{"lb1", "power", kNow, false}));
  EXPECT_EQ(budget.reset_after("lb2", kNow), (SentReset{"lb2", "hw", kNow + 1s, true}));
  EXPECT_EQ(budget.reset_after("lb2", kNow + 1s), std::nullopt) << "it was heard since, and lives again";
  EXPECT_EQ(budget.reset_after("lb3", kNow - 1s), std::nullopt);
}

TEST(ProviderBudget, AResetThatSurelyWasNoneIsForgotten) {
  Budget budget(kLimits);
  budget.sent({"lb1", "hw", kNow, false});
  budget.sent({"lb1", "hw", kNow + 1s, false});
  budget.reset_not_done("lb1");
  EXPECT_EQ(budget.reset_after("lb1", kNow - 1s), (SentReset{"lb1", "hw", kNow, false}))
      << "the last one only";
  budget.reset_not_done("lb1");
  EXPECT_EQ(budget.reset_after("lb1", kNow - 1s), std::nullopt);
}

TEST(ProviderBudget, OfResetsThatMakeNoSenseNoneIsKept) {
  const auto kept = boost::json::parse(
      R"({"sent_resets":[7,{"server":"","at_ms":1},{"server":"a","at_ms":-1},{"server":"b"},{"server":"c","at_ms":9223372036854775807}]})");
  const Budget budget(kLimits, kept, kNow);
  for (const auto* server : {"", "a", "b"}) EXPECT_EQ(budget.reset_after(server, WallTime()), std::nullopt);
  EXPECT_EQ(budget.reset_after("c", WallTime()), (SentReset{"c", "", kNow, false})) << "a clock was ahead";
}

TEST(ProviderBudget, ResetsAreCountedApartFromSwitches) {
  constexpr Limits kOneReset{
      .reads = 4, .switches = 2, .resets = 1, .window = 1h, .logins = 3, .locked_out = 10min};
  Budget budget(kOneReset);
  budget.made(Ask::kPowerOff, kNow);
  EXPECT_EQ(budget.wait_for(Ask::kPowerOff, kNow), 1h);
  EXPECT_EQ(budget.wait_for(Ask::kSet, kNow), 0ms);
  EXPECT_EQ(budget.left(Ask::kPower, kNow), 4U);
  const Budget kept(kOneReset, budget.kept(kNow), kNow);
  EXPECT_EQ(kept.wait_for(Ask::kPowerOff, kNow), 1h);
}

TEST(ProviderBudget, WithoutALimitOnlyTheProvidersRefusalCounts) {
  Budget budget(Limits{.window = 1h});
  for (int i = 0; i < 3; ++i) budget.made(Ask::kGet, kNow);
  EXPECT_EQ(budget.wait_for(Ask::kGet, kNow), 0ms);
  budget.limited(Ask::kGet, kNow, 1min);
  EXPECT_EQ(budget.wait_for(Ask::kGet, kNow), 1min);
}

TEST(ProviderBudget, OneRefusedLoginLessThanLockOutIsTheLast) {
  Budget budget(kLimits);
  budget.denied(kNow, {});
  EXPECT_EQ(budget.wait_for_login(kNow, {}), 0ms);
  budget.denied(kNow + 1min, {});
  EXPECT_EQ(budget.wait_for_login(kNow + 1min, {}), 9min);
  EXPECT_EQ(budget.wait_for_login(kNow + 11min, {}), 0ms);
  EXPECT_EQ(budget.wait_for_login(kNow + 2min, kNow + 90s), 0ms) << "the credentials were changed";
  budget.denied(kNow + 2min, kNow + 90s);
  EXPECT_EQ(budget.wait_for_login(kNow + 2min, kNow + 90s), 0ms) << "of these it was the first";
  budget.accepted();
  EXPECT_EQ(budget.wait_for_login(kNow + 1min, {}), 0ms);
}

TEST(ProviderBudget, AnotherHostsCallsAreKnownByTheProvidersRefusal) {
  Budget budget(kLimits);
  budget.limited(Ask::kGet, kNow, 15min);
  EXPECT_EQ(budget.wait_for(Ask::kGet, kNow), 15min);
  EXPECT_EQ(budget.left(Ask::kGet, kNow), 0U);
  EXPECT_EQ(budget.wait_for(Ask::kGet, kNow + 15min), 0ms);
}

TEST(ProviderBudget, AClockThatIsSetBackStopsItForAnHourAtMost) {
  Budget budget(kLimits);
  for (int i = 0; i < 2; ++i) budget.made(Ask::kSet, kNow + 24h);
  EXPECT_LE(budget.wait_for(Ask::kSet, kNow), 1h);
  budget.limited(Ask::kGet, kNow + 24h, 1h);
  EXPECT_LE(budget.wait_for(Ask::kGet, kNow), 1h);
}

TEST(ProviderBudget, OutlivesTheProgram) {
  Budget budget(kLimits);
  budget.made(Ask::kGet, kNow);
  for (int i = 0; i < 2; ++i) budget.made(Ask::kSet, kNow);
  for (int i = 0; i < 2; ++i) budget.denied(kNow, {});
  budget.limited(Ask::kGet, kNow, 30min);
  const auto written = kNow + std::chrono::nanoseconds(123'456'789);
  for (int i = 0; i < 2; ++i) budget.denied(kNow, written);
  const Budget again(kLimits, boost::json::value(budget.kept(kNow)), kNow);
  EXPECT_EQ(again.wait_for(Ask::kSet, kNow), 1h);
  EXPECT_EQ(again.wait_for(Ask::kGet, kNow), 30min);
  EXPECT_EQ(again.wait_for_login(kNow, written), 10min);
  EXPECT_EQ(again.wait_for_login(kNow, written + 1ns), 0ms);
}

TEST(ProviderBudget, AFileOfAClockThatWasAYearAheadStopsItForAnHourAtMost) {
  Budget ahead(kLimits);
  const auto written = kNow;
  const auto in_a_year = kNow + 24h * 365;
  for (int i = 0; i < 2; ++i) ahead.made(Ask::kSet, in_a_year);
  for (int i = 0; i < 2; ++i) ahead.denied(in_a_year, written);
  ahead.limited(Ask::kGet, in_a_year, 1h);
  const auto kept = boost::json::value(ahead.kept(in_a_year));
  const Budget now(kLimits, kept, kNow);
  EXPECT_EQ(now.wait_for(Ask::kGet, kNow), 0ms);
  // Each program that reads it writes what it read.
  const Budget later(kLimits, boost::json::value(now.kept(kNow)), kNow + 61min);
  EXPECT_EQ(later.wait_for(Ask::kSet, kNow + 61min), 0ms);
  EXPECT_EQ(later.wait_for_login(kNow + 61min, written), 0ms);
}

TEST(ProviderBudget, AFileThatMakesNoSenseIsNone) {
  for (const auto* text : {"null", "[]", R"({"reads":7})", R"({"switches":["x",null]})"}) {
    const Budget budget(kLimits, boost::json::parse(text), kNow);
    EXPECT_EQ(budget.wait_for(Ask::kGet, kNow), 0ms) << text;
    EXPECT_EQ(budget.wait_for(Ask::kSet, kNow), 0ms) << text;
  }
}

TEST(ProviderBudgetFile, IsOneForAllWhoUseIt) {
  const test::TempDir directory;
  const auto file = directory.path() / "provider" / file_name(Kind::kHetznerRobot, "#ws+abc");
  EXPECT_EQ(file.filename(), "hetzner-robot-%23ws%2Babc.json");
  BudgetFile one(file, kLimits);
  BudgetFile other(file, kLimits);
  const auto now = std::chrono::system_clock::now();
  EXPECT_TRUE(one.use([&](Budget& budget) { budget.made(Ask::kSet, now); }));
  unsigned left = 9;
  EXPECT_TRUE(other.use([&](Budget& budget) { left = budget.left(Ask::kSet, now); }));
  EXPECT_EQ(left, 1U);
}

// Where it cannot be kept it counts on, in this program.
TEST(ProviderBudgetFile, ADiskThatTakesNothingStopsNothing) {
  const test::TempDir directory;
  std::filesystem::create_directory(directory.path() / "provider.json.lock");  // so it is no file
  BudgetFile budget(directory.path() / "provider.json", kLimits);
  const auto now = std::chrono::system_clock::now();
  EXPECT_FALSE(budget.use([&](Budget& one) { one.made(Ask::kSet, now); }));
  unsigned left = 9;
  EXPECT_FALSE(budget.use([&](Budget& one) { left = one.left(Ask::kSet, now); }));
  EXPECT_EQ(left, 1U);
}

TEST(ProviderBudgetFile, OneThatIsStoppedWhileItCountsStopsNobodyElse) {
  const test::TempDir directory;
  const auto file = directory.path() / "provider.json";
  const Fd other(::open((file.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
  bool changed = false;
  const auto kept = BudgetFile(file, kLimits).use([&](Budget& /*budget*/) { changed = true; });
  EXPECT_TRUE(changed);
  ASSERT_FALSE(kept);
  EXPECT_NE(kept.error().text.find("another program holds it"), std::string::npos);
}

}  // namespace
}  // namespace hawser::vipd::provider

// The demo's pure parts: figures from a list of requests, the kernel's text files, what is told.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/demo/figures.h"
#include "tests/lab/demo/observe.h"
#include "tests/lab/demo/report.h"
#include "tests/lab/demo/stall_clock.h"

namespace hawser::demo {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr lab::TimePoint kStart{1000s};

// A request each 20 ms, answered 2 ms later; those of `lost` are given up after 500 ms.
std::vector<lab::Sample> requests(int count, const std::vector<int>& lost = {}) {
  std::vector<lab::Sample> list;
  for (int number = 0; number < count; ++number) {
    const auto asked = kStart + number * 20ms;
    const bool answered = std::ranges::find(lost, number) == lost.end();
    list.push_back({asked, answered ? std::optional(asked + 2ms) : std::nullopt, ""});
  }
  return list;
}

TEST(DemoFigures, CountARequestWhereItsFateWasDecided) {
  const auto list = requests(100, {50, 51, 52});  // number 50 is asked at 1.0 s and given up at 1.5 s
  EXPECT_EQ(figures(list, 500ms, {kStart, kStart + 1500ms}).lost, 0U);
  EXPECT_EQ(figures(list, 500ms, {kStart + 1500ms, kStart + 1540ms}).lost, 2U);
  EXPECT_EQ(figures(list, 500ms, {kStart + 1500ms, kStart + 1541ms}).lost, 3U);
}

TEST(DemoFigures, CountEveryRequestInExactlyOneOfTwoNeighbouringWindows) {
  const auto list = requests(100, {50, 51, 52});
  const auto border = kStart + 1002ms;
  const auto end = kStart + 10s;
  EXPECT_EQ(figures(list, 500ms, {kStart, border}).of + figures(list, 500ms, {border, end}).of, 100U);
}

TEST(DemoFigures, MeasureTheLongestTimeBetweenTwoAnswers) {
  const auto result = figures(requests(100, {50, 51, 52}), 500ms, {kStart + 1000ms, kStart + 1800ms});
  EXPECT_EQ(result.gap, 80ms);
  EXPECT_EQ(result.gap_from, kStart + 982ms);
}

TEST(DemoFigures, AGapThatBeganBeforeTheWindowCountsWhole) {
  EXPECT_EQ(figures(requests(100, {50, 51, 52}), 500ms, {kStart + 1030ms, kStart + 1800ms}).gap, 80ms);
}

TEST(DemoFigures, AWindowWithoutAnswersCountsUpToItsEnd) {
  EXPECT_EQ(figures(requests(50), 500ms, {kStart + 1000ms, kStart + 1700ms}).gap, 718ms);
  EXPECT_EQ(figures({}, 500ms, {kStart, kStart + 700ms}).gap, 700ms);
}

TEST(DemoFigures, AnswersOutOfOrderAreNoNegativeGap) {
  const std::vector<lab::Sample> list{{kStart, kStart + 50ms, ""}, {kStart + 20ms, kStart + 22ms, ""}};
  const auto result = figures(list, 500ms, {kStart, kStart + 60ms});
  EXPECT_EQ(result.gap, 28ms);
}

TEST(DemoFigures, ServedAgainBeginsWithTheFirstAnswerOfARow) {
  const auto list = requests(100, {50, 53});
  EXPECT_EQ(served_again(list, kStart + 1000ms, 2), kStart + 1022ms);  // 51 and 52
  EXPECT_EQ(served_again(list, kStart + 1000ms, 3), kStart + 1082ms);  // 54, 55, 56
  EXPECT_EQ(served_again(list, kStart + 1080ms, 46), kStart + 1082ms);
  EXPECT_EQ(served_again(list, kStart + 1080ms, 47), std::nullopt);
}

constexpr std::string_view kBonding = R"(Ethernet Channel Bonding Driver: v6.1.0-40-amd64

Bonding Mode: fault-tolerance (active-backup)
Primary Slave: eth0 (primary_reselect always)
Currently Active Slave: eth1
MII Status: up
MII Polling Interval (ms): 100

Slave Interface: eth0
MII Status: down
Speed: 10000 Mbps
Link Failure Count: 1

Slave Interface: eth1
MII Status: up
Speed: 10000 Mbps
)";

TEST(DemoObserve, ReadsTheBondingFile) {
  EXPECT_EQ(active_port(kBonding), "eth1");
  EXPECT_THAT(ports_up(kBonding), ElementsAre("eth1"));
  EXPECT_EQ(active_port("Currently Active Slave: None\n"), "");
  EXPECT_EQ(active_port(""), "");
}

constexpr std::string_view kIpVs = R"(IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0000264:0050 wlc
  -> C6336417:1F90      Masq    0      0          0
  -> C6336416:1F90      Masq    1      0          3
  -> C6336415:1F90      Masq    1      1          0
TCP  [2001:0db8:0000:0000:0000:0000:0000:0100]:0050 wlc
  -> [2001:0db8:0000:0000:0000:0000:0000:0021]:1F90      Masq    1      0          0
)";

TEST(DemoObserve, ReadsTheRealServersThatGetConnections) {
  EXPECT_THAT(real_servers(kIpVs), ElementsAre("198.51.100.21:8080", "198.51.100.22:8080"));
  EXPECT_THAT(
      real_servers("  -> C633641:1F900 Masq 1 0 0\n  -> X6336415:1F90 Masq 1 0 0\n  -> C6336415:1F9 Masq\n"),
      IsEmpty());
}

constexpr std::string_view kFibTrie = R"(Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.100
           /32 host LOCAL
        |-- 192.0.2.101
           /32 universe UNICAST
        |-- 192.0.2.255
           /32 link BROADCAST
)";

TEST(DemoObserve, ReadsWhetherAnAddressIsHeld) {
  EXPECT_TRUE(holds_address(kFibTrie, "192.0.2.100"));
  EXPECT_FALSE(holds_address(kFibTrie, "192.0.2.10"));
  EXPECT_FALSE(holds_address(kFibTrie, "192.0.2.101"));
  EXPECT_FALSE(holds_address(kFibTrie, "192.0.2.255"));
}

TEST(DemoObserve, ReadsTheRoleOfAVip) {
  EXPECT_EQ(first_role(R"({"vips": [{"name": "web", "role": "Active"}]})"), "Active");
  EXPECT_EQ(first_role(R"({"vips": []})"), "");
  EXPECT_EQ(first_role("vipctl: vipd does not answer\n"), "");
}

Event event(std::optional<lab::Duration> second = 64ms) {
  return {
      .name = "the pulled cable of lb1 eth0",
      .window = {kStart, kStart + 2s},
      .cost = {.gap = 80ms, .gap_from = kStart, .lost = 2, .of = 100},
      .heals = {{"bond0 of lb1 uses eth1", 12ms, ""}, {"the client is answered", second, "3 of 10 answered"}},
      .stalled = {}};
}

TEST(DemoReport, TellsWhenAndWhatItCost) {
  EXPECT_EQ(line_at(12345ms, "something"), "  12.3 s  something");
  EXPECT_EQ(cost_in_words(event().cost), "no answer for 80 ms, 2 of 100 requests lost");
}

TEST(DemoReport, HealsWhenEverythingHasCome) {
  EXPECT_TRUE(event().healed());
  EXPECT_EQ(event().healed_after(), 64ms);
  EXPECT_EQ(complaint(event(), 8s), "");
}

TEST(DemoReport, NamesTheFaultThatDidNotHeal) {
  const Event broken = event(std::nullopt);
  EXPECT_FALSE(broken.healed());
  EXPECT_EQ(
      complaint(broken, 8s),
      "NOT HEALED: the pulled cable of lb1 eth0: the client is answered: not within 8 s: 3 of 10 answered");
}

TEST(DemoReport, AlignsTheSummary) {
  const std::string expected =
      "event                         no answer for  lost   of  healed\n"
      "the pulled cable of lb1 eth0          80 ms     2  100  after 64 ms\n"
      "the pulled cable of lb1 eth0          80 ms     2  100  NO\n";
  EXPECT_EQ(summary({event(), event(std::nullopt)}), expected);
}

Event nothing(lab::Duration gap, std::size_t lost, std::size_t of) {
  return {.name = "nothing",
          .window = {},
          .cost = {.gap = gap, .gap_from = kStart, .lost = lost, .of = of},
          .heals = {},
          .stalled = {}};
}

const Terms kTerms{.virtual_server = "192.0.2.100:80", .interval = 40ms, .timeout = 500ms};

TEST(DemoReport, SaysWhatTheFiguresAreWorth) {
  EXPECT_EQ(
      worth({nothing(44ms, 0, 100), event()}, kTerms),
      "The machine was quiet (with nothing done: no answer for 44 ms, 0 of 100 requests lost): a gap in the "
      "table is the event's, but for about 44 ms.");
  for (const auto& busy : {nothing(285ms, 0, 65), nothing(44ms, 1, 65)})
    EXPECT_THAT(worth({busy, event()}, kTerms),
                testing::StartsWith("THE MACHINE WAS BUSY: with nothing done: "));
}

TEST(DemoReport, SaysWhereAClockBesideStoodStill) {
  auto stalled = event();
  stalled.stalled = 430ms;
  auto hardly = event();
  hardly.stalled = 120ms;
  EXPECT_EQ(
      worth({nothing(44ms, 0, 100), hardly, stalled}, kTerms),
      "THE MACHINE WAS BUSY at times: a clock beside the demo stood still for 430 ms in the pulled cable of "
      "lb1 eth0. So much of these rows is the machine's, not Hawser's: run it again while nothing else "
      "runs.");
  stalled.toll = Toll::kNothing;
  stalled.cost.lost = 3 + 10;
  EXPECT_THAT(losses({nothing(44ms, 0, 100), stalled}, kTerms), IsEmpty())
      << "430 ms at 40 ms are ten requests";
  stalled.cost.lost = 3 + 11;
  EXPECT_THAT(losses({nothing(44ms, 0, 100), stalled}, kTerms), testing::SizeIs(1));
}

TEST(DemoReport, TheQuietTimeAfterwardsCountsAsTheOneBefore) {
  EXPECT_THAT(worth({nothing(44ms, 0, 100), event(), nothing(300ms, 0, 100)}, kTerms),
              testing::StartsWith("THE MACHINE WAS BUSY: with nothing done: no answer for 300 ms"));
}

TEST(Stalls, CountWhereTheyStoodStill) {
  Stalls stalls;
  stalls.tick(kStart, kStart + 10ms);  // as every timer
  EXPECT_EQ(stalls.longest({kStart - 1h, kStart + 1h}), lab::Duration{});
  stalls.tick(kStart + 1s, kStart + 1200ms);
  stalls.tick(kStart + 2s, kStart + 2100ms);
  EXPECT_EQ(stalls.longest({kStart, kStart + 3s}), 200ms);
  EXPECT_EQ(stalls.longest({kStart + 1100ms, kStart + 1110ms}), 200ms) << "begun before, ended after";
  EXPECT_EQ(stalls.longest({kStart + 1500ms, kStart + 3s}), 100ms);
  EXPECT_EQ(stalls.longest({kStart + 3s, kStart + 4s}), lab::Duration{});
}

TEST(DemoReport, AllowsWhatTheMachineLosesByItself) {
  EXPECT_EQ(allowance(nothing(44ms, 0, 100).cost, 100), 3U);
  EXPECT_EQ(allowance(nothing(44ms, 0, 300).cost, 100), 1U);
  EXPECT_EQ(allowance(nothing(44ms, 9, 65).cost, 65), 17U);
  EXPECT_EQ(allowance(nothing(44ms, 60, 65).cost, 10), 10U);
  EXPECT_EQ(allowance({}, 10), 10U);
}

TEST(DemoReport, NamesAPlannedActThatLostMoreThanTheMachineDoes) {
  auto planned = event();
  planned.name = "planned handover";
  planned.toll = Toll::kNothing;
  planned.cost.lost = 3;
  EXPECT_THAT(losses({nothing(44ms, 0, 100), planned}, kTerms), IsEmpty());
  planned.cost.lost = 4;
  EXPECT_THAT(
      losses({nothing(44ms, 0, 100), planned}, kTerms),
      ElementsAre("LOST TOO MUCH: planned handover: 4 of 100 requests, where the machine alone explains 3 "
                  "(with nothing done 0 of 100)"));
  planned.toll = Toll::kSome;
  EXPECT_THAT(losses({nothing(44ms, 0, 100), planned}, kTerms), IsEmpty());
}

TEST(DemoReport, RecordsWhatTheCaptureIsJudgedBy) {
  const Event nothing{.name = "nothing",
                      .window = {},
                      .cost = {.gap = 21ms, .gap_from = kStart, .lost = 0, .of = 50},
                      .heals = {},
                      .stalled = {}};
  const Terms terms{.virtual_server = "192.0.2.100:80", .interval = 20ms, .timeout = 500ms};
  const auto value =
      boost::json::parse(record({event(), nothing}, terms, std::chrono::microseconds{7'000'000'000'000}));
  EXPECT_EQ(value.at("virtual").as_string(), "192.0.2.100:80");
  EXPECT_EQ(value.at("interval_us").to_number<int>(), 20'000);
  EXPECT_EQ(value.at("timeout_us").to_number<int>(), 500'000);
  EXPECT_EQ(value.at("usual_gap_us").to_number<int>(), 21'000);
  const auto& first = value.at("events").at(0);
  EXPECT_EQ(first.at("from_us").to_number<std::int64_t>(), 7'001'000'000'000);
  EXPECT_EQ(first.at("to_us").to_number<std::int64_t>(), 7'001'002'000'000);
  EXPECT_EQ(first.at("gap_us").to_number<int>(), 80'000);
  EXPECT_EQ(first.at("lost").to_number<int>(), 2);
  EXPECT_EQ(first.at("of").to_number<int>(), 100);
  EXPECT_TRUE(first.at("healed").as_bool());
}

}  // namespace
}  // namespace hawser::demo

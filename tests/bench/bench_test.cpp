// The benchmarks' pure parts, and that what they give the daemons is a good file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/load.h"
#include "tests/bench/files.h"
#include "tests/bench/numbers.h"
#include "tests/bench/processes.h"
#include "tests/bench/wire.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;
using testing::Optional;

TEST(BenchNumbers, AQuantileIsOneOfTheValues) {
  const std::vector<double> values{40, 10, 30, 20};
  EXPECT_THAT(quantile(values, 0.5), Optional(20.0));
  EXPECT_THAT(quantile(values, 0.51), Optional(30.0));
  EXPECT_THAT(quantile(values, 0.99), Optional(40.0));
  EXPECT_THAT(quantile(values, 1), Optional(40.0));
  EXPECT_EQ(quantile({}, 0.5), std::nullopt);
}

TEST(BenchNumbers, ARatioNeedsBothSides) {
  EXPECT_EQ(ratio({1, 1, 1}, {4, 4, 4}), "0.25");
  EXPECT_EQ(ratio({1}, {}), "-");
  EXPECT_EQ(ratio({1}, {0}), "-");
}

TEST(BenchNumbers, ATableIsAligned) {
  EXPECT_EQ(table({{"", "ms"}, {"ours", "1.5"}}), "       ms\nours  1.5\n");
}

lab::Packet packet(std::chrono::milliseconds time, std::vector<std::uint8_t> after_macs,
                   std::uint8_t sender) {
  after_macs.insert(after_macs.begin(), 6, sender);
  after_macs.insert(after_macs.begin(), 6, 0xff);
  return {time, std::move(after_macs)};
}

// Type, IPv4 header without options, the first bytes of VRRP version 3: type 1, router 51, priority.
lab::Packet advertisement(std::chrono::milliseconds time, std::uint8_t priority) {
  return packet(time, {0x08, 0x00, 0x45, 0xc0, 0,  32,  0, 0, 0,  0,    255, 112,      0,
                       0,    192,  0,    2,    11, 224, 0, 0, 18, 0x31, 51,  priority, 1},
                priority);
}

// Of the host that advertises this priority.
lab::Packet arp(std::chrono::milliseconds time, std::uint8_t sender, std::uint8_t target,
                std::uint8_t priority = 100) {
  return packet(time, {0x08, 0x06, 0, 1, 8,      0, 6, 4, 0, 1, 2, 2,   2, 2, 2,
                       2,    192,  0, 2, sender, 0, 0, 0, 0, 0, 0, 192, 0, 2, target},
                priority);
}

TEST(BenchWire, ReadsAdvertisementsAndGratuitousArp) {
  EXPECT_TRUE(is_advertisement(advertisement(0ms, 150), 150));
  EXPECT_FALSE(is_advertisement(advertisement(0ms, 100), 150));
  EXPECT_FALSE(is_advertisement(arp(0ms, 100, 100), 150));
  EXPECT_TRUE(is_gratuitous_arp(arp(0ms, 100, 100)));
  EXPECT_FALSE(is_gratuitous_arp(arp(0ms, 200, 100)));
  EXPECT_FALSE(is_gratuitous_arp(arp(0ms, 200, 200)));
  EXPECT_FALSE(is_gratuitous_arp(advertisement(0ms, 150)));
}

TEST(BenchWire, SurvivesEveryTruncation) {
  for (const lab::Packet& whole : {advertisement(0ms, 150), arp(0ms, 100, 100)})
    for (std::size_t length = 0; length < whole.bytes.size() - 1; ++length) {
      const lab::Packet cut{0ms,
                            {whole.bytes.begin(), whole.bytes.begin() + static_cast<std::ptrdiff_t>(length)}};
      EXPECT_FALSE(is_gratuitous_arp(cut));
      EXPECT_FALSE(is_advertisement(cut, 150)) << length;
    }
}

TEST(BenchWire, CountsFromTheMomentOfTheActiveDownTimer) {
  // 3 x 100 ms + (256 - 100) x 100 ms / 256 = 360.9375 ms after the last advertisement.
  EXPECT_EQ(active_down(), 360'937'500ns);
  const std::vector<lab::Packet> packets{advertisement(900ms, 150),  advertisement(1000ms, 150),
                                         arp(1100ms, 200, 100),      arp(1363ms, 100, 100),
                                         advertisement(1364ms, 100), arp(2363ms, 100, 100)};
  EXPECT_THAT(takeover_lateness(packets), Optional(testing::DoubleNear(2.0625, 1e-6)));
}

TEST(BenchWire, TheFirstAnswerIsThatOfTheOtherHost) {
  // IPv4 and UDP, from the floating address or another.
  const auto answer = [](std::chrono::milliseconds time, std::uint8_t host, std::uint8_t sender) {
    return packet(time, {0x08, 0x00, 0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, host, 192, 0, 2, 9},
                  sender);
  };
  const std::vector<lab::Packet> packets{advertisement(1000ms, 150), answer(1200ms, 100, 150),
                                         answer(1300ms, 11, 100), answer(1363ms, 100, 100),
                                         answer(1364ms, 100, 100)};
  EXPECT_THAT(first_answer(packets), Optional(testing::DoubleNear(2.0625, 1e-6)));
  EXPECT_EQ(first_answer(std::vector{advertisement(1000ms, 150), answer(1200ms, 100, 150)}), std::nullopt);
}

TEST(BenchWire, ATakeoverIsWholeWhenTheLastAddressIsAnnouncedForTheFirstTime) {
  const std::vector<lab::Packet> packets{advertisement(1000ms, 150), arp(1363ms, 100, 100),
                                         arp(1364ms, 101, 101), arp(1370ms, 102, 102), arp(2363ms, 100, 100)};
  EXPECT_THAT(whole_takeover(packets), Optional(testing::DoubleNear(9.0625, 1e-6)));
  EXPECT_EQ(whole_takeover(std::vector{advertisement(1000ms, 150), arp(1363ms, 100, 100, 150)}),
            std::nullopt);
  EXPECT_EQ(whole_takeover({}), std::nullopt);
}

TEST(BenchWire, WhoWasActiveAndStartsAgainDoesNotTakeOver) {
  const std::vector<lab::Packet> packets{advertisement(1000ms, 150), arp(1200ms, 100, 100, 150),
                                         arp(1363ms, 100, 100)};
  EXPECT_THAT(takeover_lateness(packets), Optional(testing::DoubleNear(2.0625, 1e-6)));
}

TEST(BenchWire, MeasuresTheLongestTimeBetweenAdvertisementsOfOneHost) {
  const std::vector packets{advertisement(0ms, 100), advertisement(90ms, 100), advertisement(150ms, 150),
                            advertisement(290ms, 100), advertisement(390ms, 100)};
  EXPECT_THAT(longest_pause(packets, 100), Optional(200.0));
  EXPECT_EQ(longest_pause(packets, 150), std::nullopt);
}

TEST(BenchFiles, OfManyAddressesNameEachOnce) {
  EXPECT_EQ(last_address({}), kFloating);
  EXPECT_EQ(last_address({.interval = kAdvertisement, .addresses = 10000}), "198.18.39.15");
}

TEST(BenchWire, HasNoAnswerBeforeBothWereSeen) {
  EXPECT_EQ(takeover_lateness({}), std::nullopt);
  EXPECT_EQ(takeover_lateness(std::vector{advertisement(1000ms, 150)}), std::nullopt);
  EXPECT_EQ(takeover_lateness(std::vector{arp(1363ms, 100, 100)}), std::nullopt);
  EXPECT_EQ(takeover_lateness(std::vector{arp(1363ms, 100, 100), advertisement(1400ms, 150)}), std::nullopt);
}

TEST(BenchProcesses, ReadsWhatTheKernelSaysOfMemory) {
  constexpr std::string_view kRollup =
      "55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss:                9000 kB\nPss:                4000 kB\n"
      "Shared_Clean:       6000 kB\nPrivate_Clean:       100 kB\nPrivate_Dirty:      2900 kB\nAnonymous:     "
      "     2500 kB\n";
  constexpr std::string_view kMaps =
      "55d0-55d1 r--p 0 00:00 0 /usr/sbin/x\nSize: 4 kB\nRss:                 4 kB\n"
      "55d2-55d9 rw-p 00000000 00:00 0                          [heap]\nSize:   2048 kB\nRss:                "
      "2000 kB\n";
  EXPECT_EQ(parse_memory(kRollup, kMaps),
            (Memory{.rss = 9000, .shared = 6000, .own = 3000, .heap = 2000, .anonymous = 2500}));
  EXPECT_EQ(parse_memory("", ""), Memory{});
}

TEST(BenchProcesses, KnowsItself) {
  EXPECT_GT(memory_of(::getpid()).rss, 0);
  EXPECT_EQ(tree_of(::getpid()).front(), ::getpid());
  EXPECT_THAT(command_of(::getpid()), testing::HasSubstr("bench_tests"));
}

void expect_good(const std::string& text, std::size_t services) {
  const auto loaded =
      config::load({{"bench.toml", text}}, {.asked = "", .node_file = "", .host_name = "lb1"});
  for (const auto& problem : loaded.problems) ADD_FAILURE() << to_string(problem);
  EXPECT_EQ(loaded.config.services.size(), services);
}

TEST(BenchFiles, AreGood) {
  expect_good(pair_file(Product::kHawser, "lb1"), 0);
  expect_good(pair_file(Product::kHawser, "lb1", {.interval = 10ms, .addresses = 1000}), 0);
  expect_good(pair_file(Product::kHawser, "lb1", {.addresses = 1000, .store = "spread"}), 0);
  expect_good(routers_file(Product::kHawser, "lb1", 600), 0);
  expect_good(removal_file(Product::kHawser), 1);
  expect_good(large_file(Product::kHawser, 20, 8s), 20);
}

TEST(BenchFiles, OfTheOtherNameTheSameServers) {
  EXPECT_THAT(large_file(Product::kKeepalived, 2, 8s), testing::HasSubstr("real_server 198.51.100.24 10001"));
  EXPECT_THAT(large_file(Product::kHawser, 2, 8s),
              testing::HasSubstr("address = \"198.51.100.24\"\nport = 10001"));
}

TEST(Wire, KnowsTheFirstPacketOfAConnection) {
  lab::Packet packet;
  packet.bytes.assign(14 + 20 + 20, 0);
  packet.bytes[12] = 0x08;
  packet.bytes[14] = 0x45;
  packet.bytes[14 + 9] = 6;
  auto& flags = packet.bytes[14 + 20 + 13];
  flags = 0x02;
  EXPECT_TRUE(is_syn(packet));
  flags = 0x12;
  EXPECT_FALSE(is_syn(packet)) << "its answer";
  flags = 0x02;
  packet.bytes[14 + 9] = 17;
  EXPECT_FALSE(is_syn(packet)) << "UDP";
  packet.bytes.resize(30);
  EXPECT_FALSE(is_syn(packet));
}

lab::Packet of_connection(std::uint16_t port, std::uint8_t protocol = 6) {
  lab::Packet packet;
  packet.bytes.assign(14 + 20 + 20, 0);
  packet.bytes[12] = 0x08;
  packet.bytes[14] = 0x45;
  packet.bytes[14 + 9] = protocol;
  packet.bytes[14 + 20] = static_cast<std::uint8_t>(port >> 8U);
  packet.bytes[14 + 20 + 1] = static_cast<std::uint8_t>(port & 0xffU);
  return packet;
}

TEST(Wire, AConnectionThatBothHostsHaveAPartOfIsCutInTwo) {
  const std::vector<lab::Packet> one{of_connection(40001), of_connection(40001), of_connection(40002)};
  const std::vector<lab::Packet> other{of_connection(40002), of_connection(40002), of_connection(40003)};
  EXPECT_EQ(cut_in_two(one, other), 1U);
  EXPECT_EQ(cut_in_two(one, {}), 0U);
  const std::vector udp{of_connection(40001, 17)};
  EXPECT_EQ(cut_in_two(one, udp), 0U);
  auto broken = of_connection(40001);
  for (std::size_t size = 0; size < 14 + 20 + 2; ++size) {
    broken.bytes.resize(size);
    EXPECT_EQ(cut_in_two(one, std::vector{broken}), 0U) << size;
  }
}

}  // namespace
}  // namespace hawser::bench

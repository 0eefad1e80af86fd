// How much vipd writes, and sends, when the world is against it.
#include <gmock/gmock.h>

#include "tests/native/forger.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

class VipdLog : public VipTest {
 protected:
  static std::size_t lines(const std::string& log, std::string_view text) {
    std::size_t count = 0;
    for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++count;
    return count;
  }
  [[nodiscard]] static std::size_t lines(const VipHost& host) { return lines(host.daemon_output(), "\n"); }
  [[nodiscard]] static std::uint64_t counted(const VipHost& host, const std::string& counter) {
    return host.web().at("counters").at(counter).to_number<std::uint64_t>();
  }
};

// ../shared/cases/vrrp-2
TEST_F(VipdLog, TwentyRefusedAddressesAreALineEach) {
  lb1.host().sysctl("net.ipv6.conf.front.disable_ipv6", "1");
  std::string addresses = R"(["192.0.2.100")";
  for (int i = 1; i <= 20; ++i) addresses += fmt::format(R"(, "2001:db8::{:x}")", i);
  lb1.write({.addresses = addresses + "]"});
  lb1.start();
  ASSERT_TRUE(eventually(10s, [&] { return lines(lb1.daemon_output(), "add address") >= 20; }));
  std::this_thread::sleep_for(5s);
  EXPECT_EQ(lines(lb1.daemon_output(), "add address"), 20U) << lb1.daemon_output();
}

// ../shared/cases/vrrp-4
TEST_F(VipdLog, AnotherClusterWithOurRouterIdIsALineNotALineForEachPacket) {
  const Forger stranger(segment);
  settle();
  const auto message = stranger.advertisement(1, 51, {IpAddress::v4(203, 0, 113, 1)});
  stranger.send(message, 255, vipd::kVrrpGroup, 30, 100ms);
  EXPECT_TRUE(eventually(5s, [&] { return counted(lb2, "advertisements_received") > 30; }));
  EXPECT_EQ(lines(lb2.daemon_output(), "the files differ"), 1U) << lb2.daemon_output();
  EXPECT_THAT(lb2.vipctl({"status"}).text, HasSubstr("web: degraded: 192.0.2.66 advertises other addresses"));
}

TEST_F(VipdLog, AThousandAdvertisementsThatLoseAreAnsweredTenTimesASecond) {
  const Forger stranger(segment);
  settle();
  std::this_thread::sleep_for(1s);  // the last words of the takeover
  const auto sent = counted(lb1, "advertisements_sent");
  const auto announced = counted(lb1, "addresses_announced");
  const auto before = lines(lb1);
  const auto start = std::chrono::steady_clock::now();
  stranger.send(stranger.advertisement(1), 255, vipd::kVrrpGroup, 1000, 1ms);
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ASSERT_TRUE(eventually(5s, [&] { return counted(lb1, "advertisements_received") >= 500; }));
  const auto seconds = took + 5;
  EXPECT_LE(counted(lb1, "advertisements_sent") - sent, 20 * seconds);
  EXPECT_LE(counted(lb1, "addresses_announced") - announced, 5 * seconds);
  EXPECT_LE(lines(lb1) - before, 2U) << lb1.daemon_output();
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(VipdLog, PacketsOfEveryWrongKindAreCountedAndOnlyAnotherVersionOrTransportIsALine) {
  const Forger stranger(segment);
  settle();
  const auto before = lines(lb1);
  const auto good = stranger.advertisement(255);
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    auto message = good;
    message.at(at) = value;
    return message;
  };
  stranger.send(good, 254, vipd::kVrrpGroup, 100);              // TTL
  stranger.send(changed(0, 0x21), 255, vipd::kVrrpGroup, 100);  // version 2
  stranger.send(changed(0, 0x3F), 255, vipd::kVrrpGroup, 100);  // type
  stranger.send(changed(1, 52), 255, vipd::kVrrpGroup, 100);    // nobody's router id
  stranger.send(changed(7, 0), 255, vipd::kVrrpGroup, 100);     // checksum
  stranger.send(Bytes(good.begin(), good.begin() + 7), 255, vipd::kVrrpGroup, 100);
  stranger.send(good, 255, IpAddress::v4(192, 0, 2, 11), 100);  // unicast
  stranger.send(Bytes{}, 255, vipd::kVrrpGroup, 100);
  EXPECT_TRUE(eventually(
      5s, [&] { return lb1.web().at("counters").at("bad_packets").at("checksum").to_number<int>() >= 100; }));
  EXPECT_EQ(lines(lb1), before + 2) << lb1.daemon_output();
  EXPECT_EQ(lines(lb1.daemon_output(), "192.0.2.66 advertises router id 51"), 2U);
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(VipdLog, ARouterThatTakesAndLeavesTheRoleForEverIsDamped) {
  const Forger stranger(segment);
  settle();
  const auto takes = stranger.advertisement(255);
  const auto leaves = stranger.advertisement(0);
  for (int i = 0; i < 60; ++i) {
    stranger.send(takes);
    std::this_thread::sleep_for(5ms);
    stranger.send(leaves);
    std::this_thread::sleep_for(60ms);
  }
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(20s, [&] { return lb1.logged("more in the last"); }));
  EXPECT_LE(lines(lb1), 30U) << lb1.daemon_output();
}

}  // namespace
}  // namespace hawser::lab

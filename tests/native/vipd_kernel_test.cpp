// What happens to interfaces and addresses under a running vipd, and what the segment gets to see of it.
#include <gmock/gmock.h>
#include <sched.h>

#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class VipdKernel : public VipTest {
 protected:
  static constexpr std::string_view kAnnouncements = "arp and src host 192.0.2.100";

  // Or the rounds of the last takeover would announce too.
  static constexpr std::string_view kOneRound = "announce = { count = 1 }";

  // Whether a gratuitous ARP came from that hardware address, by its Ethernet header and its own field.
  [[nodiscard]] static bool announced(const Capture& capture, const std::string& mac) {
    const auto from = [&](const Packet& packet, std::size_t offset) {
      const auto* byte = packet.bytes.data() + offset;
      return mac == fmt::format("{:02x}", fmt::join(byte, byte + 6, ":"));
    };
    const auto packets = capture.packets();
    return std::ranges::any_of(packets,
                               [&](const Packet& packet) { return from(packet, 6) && from(packet, 22); });
  }
  [[nodiscard]] static std::int64_t times_active(const VipHost& host) {
    return host.web().at("counters").at("became_active").as_int64();
  }
};

TEST_F(VipdKernel, AfterAHealedSplitTheWinnerAnnouncesWhoeverSpeaksFirst) {
  const Neighbour client("client", "192.0.2.200", segment);
  both({.more = std::string(kOneRound)});
  settle();
  std::this_thread::sleep_for(1s);  // the takeover of lb1 is over
  for (int i = 0; i < 6; ++i) {
    segment.where().ip({"link set lb2-front nomaster"});  // the carrier stays
    ASSERT_TRUE(lb2.becomes("Active"));
    const Capture capture(client.host, "eth0", {.filter = std::string(kAnnouncements)});
    std::this_thread::sleep_for(i * 20ms);  // not always at the same point of an interval
    segment.where().ip({"link set lb2-front master bridge"});
    EXPECT_TRUE(lb2.becomes("Backup"));
    EXPECT_TRUE(eventually(5s, [&] { return announced(capture, lb1.mac()); })) << i;
    std::this_thread::sleep_for(400ms);  // one answer with announcements per Active_Down
  }
}

TEST_F(VipdKernel, AnotherHardwareAddressIsAnnouncedAtOnce) {
  const Neighbour client("client", "192.0.2.200", segment);
  both({.more = std::string(kOneRound)});
  lb1.host().sysctl("net.ipv6.conf.all.disable_ipv6", "1");  // its addresses would make vipd look
  settle();
  const Capture capture(client.host, "eth0", {.filter = std::string(kAnnouncements)});
  lb1.host().ip({"link set front address 02:00:00:00:00:99"});
  EXPECT_TRUE(eventually(10s, [&] { return announced(capture, "02:00:00:00:00:99"); }));
}

TEST_F(VipdKernel, ALowerAddressOnTheInterfaceDoesNotHideAHostFromItsUnicastPeers) {
  both({.more = "transport = \"unicast\""});
  settle();
  lb1.host().ip({"address add 192.0.2.5/24 dev front"});
  std::this_thread::sleep_for(1s);  // three times what lb2 would wait for
  EXPECT_EQ(lb2.role(), "Backup");
  EXPECT_EQ(times_active(lb2), 0);
  EXPECT_EQ(lb1.web().at("source").as_string(), "192.0.2.11");
}

TEST_F(VipdKernel, WhatAnEarlierRunHeldGoesWhenThisOneCannotUseTheInterface) {
  settle();
  lb1.daemon().kill();
  ASSERT_TRUE(lb1.holds("192.0.2.100"));
  lb1.write({.more = "source = \"192.0.2.99\""});
  lb1.start();
  EXPECT_TRUE(eventually(10s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb1.logged("does not have the source address 192.0.2.99"));
  EXPECT_TRUE(lb2.becomes("Active"));
}

TEST_F(VipdKernel, AnInterfaceThatReturnsWithTheSameIndexHearsAgain) {
  settle();
  const Namespace elsewhere("elsewhere");
  const Process there(elsewhere, {"sleep", "600"});
  const auto index = [&] { return lb2.host().check({"cat", "/sys/class/net/front/ifindex"}); };
  const auto before = index();
  lb2.host().ip({fmt::format("link set front netns {}", there.pid())});
  elsewhere.ip({fmt::format("link set front netns {}", lb2.daemon().pid())});
  lb2.host().ip({"link set front up", "address add 192.0.2.12/24 dev front"});
  ASSERT_EQ(index(), before) << "then this test shows nothing";
  EXPECT_TRUE(lb2.becomes("Backup"));
  std::this_thread::sleep_for(1s);  // three times what a deaf one waits for
  EXPECT_EQ(lb2.role(), "Backup");
  EXPECT_EQ(times_active(lb2), 0);
}

TEST_F(VipdKernel, AnAddressThatSomebodyElseAddedMeanwhileIsAnnouncedAndLeftToHim) {
  const Neighbour client("client", "192.0.2.200", segment);
  settle();
  lb2.host().ip({"address add 192.0.2.100/32 dev front"});
  const Capture capture(client.host, "eth0", {.filter = std::string(kAnnouncements)});
  lb1.daemon().kill();
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return announced(capture, lb2.mac()); }));
  lb1.start();
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(lb2.holds("192.0.2.100"));
  EXPECT_THAT(
      lb2.daemon().output(),
      HasSubstr("192.0.2.100 on front is there, and not by vipd: this host answers for it in any role"));
}

TEST_F(VipdKernel, AReloadGivesAndTakesTheRealTimeClass) {
  const auto policy = [&] { return ::sched_getscheduler(lb1.daemon().pid()) & ~SCHED_RESET_ON_FORK; };
  const auto with = [&](int priority) {
    auto text = VipFile{}.text();
    const std::string line = "realtime = 0";
    lb1.write_text(text.replace(text.find(line), line.size(), fmt::format("realtime = {}", priority)));
  };
  settle();
  EXPECT_EQ(policy(), SCHED_OTHER);
  with(5);
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_EQ(policy(), lb1.logged("real-time priority 5: Operation not permitted") ? SCHED_OTHER : SCHED_FIFO);
  with(0);
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_EQ(policy(), SCHED_OTHER);
}

}  // namespace
}  // namespace hawser::lab

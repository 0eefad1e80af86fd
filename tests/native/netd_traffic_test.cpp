// What netd says before it cuts traffic, what it refuses to cut, and whom it tells of what moved. One card
// and a neighbour; what needs bonding is in tests/lab.
#include <gmock/gmock.h>

#include "tests/support/fixture.h"
#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kCard = R"([link.eth0]
kind = "physical"
addresses = ["192.0.2.11/24", "2001:db8::11/64"]
)";

class NetdTraffic : public LabTest {
 protected:
  NetdTraffic() {
    here.ip({"link set eth0 up"});
    neighbour.ip({"link set eth0 up", "address add 192.0.2.9/24 dev eth0"});
    netd.write(kCard);
  }
  [[nodiscard]] bool has_address(const std::string& address) const {
    return here.check({"ip", "-o", "address", "show", "dev", "eth0"}).find(" " + address + "/") !=
           std::string::npos;
  }
  // How often both forms of a gratuitous ARP, or the Neighbor Advertisement, came from that MAC.
  [[nodiscard]] static std::size_t times(const Capture& capture, const std::string& mac, std::size_t size) {
    const auto is_it = [&](const Packet& packet) {
      return packet.bytes.size() >= size &&
             mac == fmt::format("{:02x}", fmt::join(packet.bytes.data() + 6, packet.bytes.data() + 12, ":"));
    };
    const auto packets = capture.packets();
    return static_cast<std::size_t>(std::ranges::count_if(packets, is_it));
  }

  Switch segment{"segment"};
  Namespace here{"lb1"};
  Namespace neighbour{"client"};
  Cable cable{segment.connect(here, "eth0")};
  Cable other_cable{segment.connect(neighbour, "eth0")};
  NetdHost netd{here};
};

constexpr const char* kGratuitous = "arp and src host 192.0.2.11 and dst host 192.0.2.11";
constexpr const char* kUnsolicited =
    "icmp6 and ip6[40] == 136 and src host 2001:db8::11 and dst host ff02::1";

TEST_F(NetdTraffic, TellsTheNeighboursOfAMacThatSomebodyElseChanged) {
  netd.start_and_await();
  // The IPv6 address comes after the IPv4 one: it is tentative at first.
  for (const auto* address : {"192.0.2.11", "2001:db8::11"})
    ASSERT_TRUE(netd.says(fmt::format("neighbours are told that {} is at", address))) << netd.log();
  std::this_thread::sleep_for(2500ms);  // the rounds of the start
  const Capture arp(neighbour, "eth0", {.filter = kGratuitous, .file = {}});
  const Capture advertisements(neighbour, "eth0", {.filter = kUnsolicited, .file = {}});
  const std::string mac = "52:54:00:00:53:77";
  here.ip({"link set eth0 address " + mac});
  EXPECT_TRUE(eventually(20s, [&] { return times(arp, mac, 42) == 6; })) << times(arp, mac, 42);
  EXPECT_TRUE(eventually(20s, [&] { return times(advertisements, mac, 78) == 3; }));
  EXPECT_TRUE(netd.has_said("eth0: neighbours are told that 192.0.2.11, 2001:db8::11 is at " + mac));
}

TEST_F(NetdTraffic, TellsTheNeighboursOnceAlsoWithoutADaemon) {
  const Capture arp(neighbour, "eth0", {.filter = kGratuitous, .file = {}});
  const auto apply = netd.ask({"apply"});
  EXPECT_EQ(apply.status, 0) << apply.text;
  EXPECT_GE(arp.count(), 6U);
  const auto told = arp.count();
  EXPECT_EQ(netd.ask({"apply"}).status, 0);
  EXPECT_EQ(arp.count(), told) << "nothing moved";
}

TEST_F(NetdTraffic, SaysNothingToTheNeighboursWhenItStartsAgain) {
  ASSERT_EQ(netd.ask({"apply"}).status, 0);
  const Capture arp(neighbour, "eth0", {.filter = kGratuitous, .file = {}});
  netd.start_and_await();
  ASSERT_TRUE(netd.has_said("netd: ready")) << netd.daemon().output();
  std::this_thread::sleep_for(1500ms);
  EXPECT_EQ(arp.count(), 0U);
}

TEST_F(NetdTraffic, SaysWhatACardThatIsSetDownLoses) {
  here.ip({"address add 198.51.100.11/24 dev eth0", "route add default via 198.51.100.254",
           "address add 2001:db8:1::5/64 dev eth0 nodad",
           "route add 203.0.113.0/24 table 100 nexthop via 198.51.100.1 dev eth0 nexthop via 198.51.100.2 "
           "dev eth0",
           "route add ::/0 via 2001:db8:1::9"});
  netd.write("[link.eth0]\nkind = \"physical\"\nup = false\n");
  const auto plan = netd.ask({"plan"});
  EXPECT_EQ(plan.status, 3) << plan.text;
  EXPECT_THAT(plan.text,
              AllOf(HasSubstr("eth0: set down\n"), HasSubstr("eth0: loses address 2001:db8:1::5/64\n"),
                    HasSubstr("eth0: loses route default via 198.51.100.254\n"),
                    HasSubstr("eth0: loses route 203.0.113.0/24 table 100\n"),
                    HasSubstr("eth0: loses route IPv6 default via 2001:db8:1::9\n")));
  EXPECT_THAT(plan.text, Not(HasSubstr("loses address 198.51.100.11"))) << "IPv4 addresses stay";
  const auto apply = netd.ask({"apply", "--allow-interruption"});
  EXPECT_EQ(apply.status, 0) << apply.text;
  EXPECT_THAT(apply.text, HasSubstr("eth0: loses route default via 198.51.100.254\n"));
  EXPECT_EQ(here.check({"ip", "route", "show", "table", "100"}), "");
}

TEST_F(NetdTraffic, InterruptsACardInUseOnlyWhereThatIsAllowed) {
  ASSERT_EQ(netd.ask({"apply"}).status, 0);
  const auto shown = [&] { return here.check({"ip", "address", "show"}) + here.check({"ip", "route"}); };
  const auto before = shown();
  netd.write("[link.eth0]\nkind = \"physical\"\nup = false\n");
  for (const Argv& words : {Argv{"plan"}, Argv{"apply", "--dry-run"}}) {
    const auto plan = netd.ask(words);
    EXPECT_EQ(plan.status, 3) << plan.text;
    EXPECT_THAT(plan.text, AllOf(HasSubstr("traffic interrupted  eth0: set down\n"),
                                 HasSubstr("\nprice: eth0: traffic interrupted\n")));
  }
  const auto refused = netd.ask({"apply"});
  EXPECT_EQ(refused.status, 1) << refused.text;
  EXPECT_THAT(refused.text, HasSubstr("netd: eth0: traffic interrupted: would interrupt traffic, nothing was "
                                      "changed: if that is meant, say so with --allow-interruption\n"));
  const auto document = netd.ask({"apply", "--json"});
  EXPECT_EQ(document.status, 1);
  EXPECT_THAT(document.text, AllOf(HasSubstr("\"error\""), HasSubstr("\"interrupts\": true")));
  EXPECT_EQ(shown(), before);
  EXPECT_EQ(netd.ask({"apply", "--allow-interruption"}).status, 0);
  EXPECT_THAT(here.check({"ip", "link", "show", "eth0"}), HasSubstr("state DOWN"));
}

TEST_F(NetdTraffic, RefusesAFileWithoutASectionWhateverIsAsked) {
  netd.start_and_await();
  ASSERT_TRUE(has_address("192.0.2.11")) << netd.daemon().output();
  for (const auto* text : {"", "format = 1\n", "# nothing\n", "[log]\nlevel = \"info\"\n"}) {
    netd.write(text);
    for (const auto* verb : {"check", "plan", "apply", "reload"}) {
      const auto answer = netd.ask({verb});
      EXPECT_EQ(answer.status, 78) << verb << ": " << answer.text;
      EXPECT_THAT(answer.text, HasSubstr("has no section")) << verb;
    }
  }
  netd.daemon().signal(SIGHUP);
  EXPECT_TRUE(netd.says("is not used"));
  EXPECT_TRUE(has_address("192.0.2.11"));
  const auto reload = netd.ask({"reload", "--allow-empty"});
  EXPECT_EQ(reload.status, 0) << reload.text;
  EXPECT_TRUE(eventually(20s, [&] { return !has_address("192.0.2.11"); }));
}

constexpr const char* kElsewhere = R"([nodes]
lb1 = "192.0.2.11"
lb2 = "192.0.2.12"

[link.eth0]
kind = "physical"
only = ["lb2"]
addresses = ["192.0.2.12/24"]
)";

TEST_F(NetdTraffic, RefusesAFileThatLeavesNothingOnThisHostUntilItIsSaidTwice) {
  ASSERT_EQ(netd.ask({"apply"}).status, 0);
  netd.write(kElsewhere);
  const auto refusal = HasSubstr(
      "hawser.toml: would remove every link of this host (eth0): if that is meant, say so with "
      "--allow-empty");
  for (const Argv& words :
       {Argv{"plan", "--node", "lb1"}, Argv{"apply", "--node", "lb1"}, Argv{"run", "--node", "lb1"}}) {
    const auto answer = netd.ask(words);
    EXPECT_EQ(answer.status, 78) << words.front() << ": " << answer.text;
    EXPECT_THAT(answer.text, refusal) << words.front();
  }
  EXPECT_EQ(netd.ask({"check", "--node", "lb1"}).status, 0) << "for another host it is good";
  EXPECT_TRUE(has_address("192.0.2.11"));
  EXPECT_THAT(netd.ask({"plan", "--node", "lb1", "--allow-empty"}).text,
              HasSubstr("eth0: remove address 192.0.2.11/24"));
  EXPECT_EQ(netd.ask({"apply", "--node", "lb1", "--allow-empty"}).status, 0);
  EXPECT_FALSE(has_address("192.0.2.11"));
  EXPECT_EQ(netd.ask({"apply", "--node", "lb1"}).status, 0) << "where nothing is, nothing is lost";
}

TEST_F(NetdTraffic, KeepsEverythingWhenAReloadWouldLeaveNothing) {
  netd.write(std::string("[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n") + kCard);
  netd.start_and_await({"--node", "lb1"});
  ASSERT_TRUE(has_address("192.0.2.11")) << netd.daemon().output();
  netd.write(kElsewhere);
  const auto reload = netd.ask({"reload"});
  EXPECT_EQ(reload.status, 78) << reload.text;
  EXPECT_THAT(reload.text, HasSubstr("would remove every link of this host (eth0)"));
  netd.daemon().signal(SIGHUP);
  EXPECT_TRUE(netd.says("is not used"));
  EXPECT_TRUE(has_address("192.0.2.11"));
  EXPECT_THAT(netd.ask({"status"}).text, HasSubstr("would remove every link"));
  EXPECT_EQ(netd.ask({"reload", "--allow-empty"}).status, 0);
  EXPECT_TRUE(eventually(20s, [&] { return !has_address("192.0.2.11"); }));
}

}  // namespace
}  // namespace hawser::lab

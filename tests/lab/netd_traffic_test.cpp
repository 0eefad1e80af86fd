// What netd does to traffic when a bond is made or made anew, judged through ip and by a client.
#include <gmock/gmock.h>

#include "tests/support/conversation.h"
#include "tests/support/echo.h"
#include "tests/support/fixture.h"
#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string bond(const std::string& mode, const std::string& ports = R"("eth0", "eth1")",
                 const std::string& more = {}) {
  return fmt::format(R"([bond.bond0]
mode = "{}"
ports = [{}]
miimon = "100ms"
addresses = ["192.0.2.11/24"]
{}
)",
                     mode, ports, more);
}

class NetdTrafficLab : public NetworkTest {
 protected:
  [[nodiscard]] std::string mac_of(const std::string& device) const {
    return lb1.check({"cat", "/sys/class/net/" + device + "/address"});
  }
  const Namespace& lb1 = network.host("lb1");
  NetdHost netd{lb1};
};

TEST_F(NetdTrafficLab, SaysWhichAddressesAndRoutesGoWhenACardBecomesAPort) {
  lb1.ip({"link set eth0 up", "address add 192.0.2.11/24 dev eth0", "route add default via 192.0.2.9",
          "address add 2001:db8::5/64 dev eth0 nodad", "route add ::/0 via 2001:db8::9"});
  netd.write(bond("active-backup"));
  const auto losses = AllOf(HasSubstr("eth0: loses address 2001:db8::5/64\n"),
                            HasSubstr("eth0: loses route default via 192.0.2.9\n"),
                            HasSubstr("eth0: loses route IPv6 default via 2001:db8::9\n"));
  for (const Argv& words :
       {Argv{"plan"}, Argv{"apply", "--dry-run"}, Argv{"apply", "--allow-interruption"}}) {
    const auto answer = netd.ask(words);
    EXPECT_THAT(answer.text, losses) << words.front();
  }
  EXPECT_EQ(lb1.check({"ip", "route", "show", "default"}), "");
}

TEST_F(NetdTrafficLab, SaysTheLossesOfAReloadOnceInTheLog) {
  lb1.ip({"link set eth1 up", "address add 203.0.113.5/24 dev eth1", "route add default via 203.0.113.9"});
  netd.write(bond("active-backup", R"("eth0")"));
  netd.start_and_await();
  netd.write(bond("active-backup"));
  ASSERT_EQ(netd.ask({"reload"}).status, 0);
  const std::string line = "eth1: loses route default via 203.0.113.9";
  ASSERT_TRUE(netd.says(line)) << netd.daemon().output();
  std::this_thread::sleep_for(2s);
  const auto output = netd.daemon().output();
  EXPECT_EQ(output.find(line), output.rfind(line)) << output;
}

TEST_F(NetdTrafficLab, PutsForeignRoutesBackWholeAfterTheBondWasDown) {
  netd.write(bond("active-backup"));
  ASSERT_EQ(netd.ask({"apply"}).status, 0);
  lb1.ip({"route add default via 192.0.2.254 dev bond0 mtu lock 1400 advmss 1200 initcwnd 20",
          "route add 203.0.113.0/25 nexthop via 192.0.2.3 dev bond0 weight 5 nexthop via 192.0.2.4 dev bond0",
          "route add 203.0.113.128/26 via 192.0.2.3 dev bond0 tos 0x10",
          "route add 203.0.113.128/26 via 192.0.2.4 dev bond0"});
  const auto shown = [&] { return lb1.check({"ip", "-d", "route", "show", "table", "main"}); };
  const auto before = shown();
  netd.write(bond("balance-xor"));
  const auto apply = netd.ask({"apply", "--allow-interruption"});
  EXPECT_EQ(apply.status, 0) << apply.text;
  EXPECT_THAT(apply.text, HasSubstr("bond0: set down"));
  EXPECT_THAT(apply.text, testing::Not(HasSubstr("loses")));
  EXPECT_EQ(shown(), before);
}

// Of nobody that netd knows: addresses of both families, a VLAN with both, routes in main and in table 77,
// default routes of both. Who is logged in over it stays so.
TEST_F(NetdTrafficLab, AModeChangeKeepsWhatOthersHaveOnTheBond) {
  netd.write(bond("active-backup", R"("eth0", "eth1")", "mtu = 1400"));
  ASSERT_EQ(netd.ask({"apply"}).status, 0);
  lb1.ip({"address add 198.51.100.7/24 dev bond0", "address add 2001:db8::7/64 dev bond0 nodad",
          "link add link bond0 name dmz type vlan id 7", "link set dmz up mtu 1300",
          "address add 203.0.113.7/25 dev dmz", "address add 2001:db8:7::7/64 dev dmz nodad",
          "route add default via 192.0.2.254", "route add ::/0 via 2001:db8::fe",
          "route add default via 203.0.113.1 dev dmz table 77",
          "route add 203.0.113.128/26 via 198.51.100.1 table 77",
          "route add 2001:db8:77::/64 via 2001:db8:7::1 dev dmz table 77 metric 5"});
  const auto shown = [&] {
    return lb1.check({"ip", "-o", "address", "show", "scope", "global"}) +
           lb1.check({"bash", "-c",
                      "(ip -4 route show table all; ip -6 route show table all) | grep -v fe80: | sort"}) +
           lb1.check({"bash", "-c", "ip -o link show type vlan; ip -o link show bond0 | grep -o 'mtu.*'"});
  };
  ASSERT_TRUE(eventually(20s, [&] { return shown().find("tentative") == std::string::npos; }));
  const auto before = shown();
  Conversation session(network.host("client"), lb1, "192.0.2.11");
  const auto goes_on = [&] {
    const auto heard = session.heard();
    return eventually(60s, [&] { return session.heard() > heard + 10; });
  };
  for (const auto* mode : {"802.3ad", "active-backup", "balance-tlb", "active-backup"}) {
    netd.write(bond(mode, R"("eth0", "eth1")", "mtu = 1400"));
    const auto refused = netd.ask({"apply"});
    EXPECT_EQ(refused.status, 1) << refused.text;
    EXPECT_THAT(refused.text, HasSubstr("bond0: bond down, ports released (eth0, eth1): would interrupt"));
    EXPECT_EQ(shown(), before) << "refused before anything was touched";
    ASSERT_TRUE(goes_on());
    (void)session.take_longest_silence();
    const auto apply = netd.ask({"apply", "--allow-interruption"});
    EXPECT_EQ(apply.status, 0) << apply.text;
    EXPECT_TRUE(eventually(20s, [&] { return shown() == before; })) << mode << ":\n" << shown() << before;
    ASSERT_TRUE(goes_on()) << mode;
    fmt::print("to {}: the connection lives; it stood still for {:.0f} ms\n", mode,
               milliseconds(session.take_longest_silence()));
  }
  const auto heard = session.end();
  EXPECT_EQ(heard.fault, "");
  EXPECT_EQ(heard.heard_by_server, heard.sent_to_server);
  EXPECT_EQ(heard.heard_by_client, heard.sent_to_client);
}

// `mac` set: a change of the MAC that nothing can avoid.
TEST_F(NetdTrafficLab, TellsTheNeighboursOfAnotherMacSoThatTheyMissNextToNothing) {
  netd.write(bond("active-backup"));
  netd.start_and_await();
  const Echo echo(lb1, "192.0.2.11", 7);
  Client client(network.host("client"),
                {.protocol = Client::Protocol::kUdp, .address = "192.0.2.11", .port = 7, .every = 10ms});
  ASSERT_TRUE(eventually(20s, [&] { return client.answered_in_a_row(50, {}); }));
  const auto changed = Clock::now();
  netd.write(bond("active-backup", R"("eth0", "eth1")", "mac = \"52:54:00:00:53:77\""));
  const auto plan = netd.ask({"plan"});
  EXPECT_THAT(plan.text, HasSubstr(" to 52:54:00:00:53:77: neighbours are told"));
  ASSERT_EQ(netd.ask({"reload"}).status, 0);
  ASSERT_TRUE(netd.says("bond0: neighbours are told that 192.0.2.11 is at 52:54:00:00:53:77"))
      << netd.daemon().output();
  EXPECT_TRUE(eventually(20s, [&] { return client.answered_in_a_row(100, changed); }));
  client.stop();
  const auto report = client.report();
  EXPECT_LT(report.longest_gap, 5s) << "an entry of a neighbour lives 20 s and more";
  EXPECT_EQ(mac_of("bond0"), "52:54:00:00:53:77\n");
}

TEST_F(NetdTrafficLab, TellsTheNeighboursWhenAnAddressMovesToARenamedBond) {
  netd.write(bond("active-backup"));
  netd.start_and_await();
  std::this_thread::sleep_for(3s);  // the rounds of the start
  const Capture arp(network.host("client"), "eth0",
                    {.filter = "arp and src host 192.0.2.11 and dst host 192.0.2.11", .file = {}});
  auto text = bond("active-backup");
  netd.write(text.replace(text.find("bond0"), 5, "uplink"));
  ASSERT_EQ(netd.ask({"reload"}).status, 0);
  EXPECT_TRUE(eventually(20s, [&] { return arp.count() >= 6; })) << netd.daemon().output();
  EXPECT_TRUE(netd.has_said("uplink: neighbours are told that 192.0.2.11 is at")) << netd.daemon().output();
}

}  // namespace
}  // namespace hawser::lab

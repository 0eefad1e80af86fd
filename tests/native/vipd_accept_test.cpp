// accept = false: what is sent to the addresses is dropped, and nothing else is.
#include <csignal>

#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"
#include "tests/support/echo.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

class VipdAccept : public VipTest {
 protected:
  Neighbour client{"client", "192.0.2.200", segment};

  void SetUp() override {
    client.host.ip({"address add 2001:db8::200/64 dev eth0 nodad"});
    lb1.host().ip({"address add 2001:db8::11/64 dev front nodad"});
    lb2.host().ip({"address add 2001:db8::12/64 dev front nodad"});
  }
  static VipFile closed(const std::string& more = "") {
    return {.addresses = R"(["192.0.2.100", "2001:db8::100"])", .more = "accept = false\n" + more};
  }
  // Whether the client knows whose the address is: ARP and neighbour discovery go through.
  [[nodiscard]] bool is_neighbour(const std::string& address) const {
    const auto shown = client.host.check({"ip", "neigh", "show", address});
    return shown.find("lladdr") != std::string::npos && shown.find("FAILED") == std::string::npos;
  }
  static std::string ruleset(const VipHost& host) { return host.host().check({"nft", "list", "ruleset"}); }
  static bool table_comes(const VipHost& host) {
    return eventually(5s, [&] { return ruleset(host).find("table inet hawser_vipd") != std::string::npos; });
  }
  static bool table_goes(const VipHost& host) {
    return eventually(5s, [&] { return ruleset(host).empty(); });
  }
  void become_active(const VipFile& file) {
    both(file);
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active"));
    ASSERT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100") && lb1.holds("2001:db8::100"); }));
  }
};

TEST_F(VipdAccept, PacketsToTheAddressesAreDroppedAndNeighboursAreAnswered) {
  become_active(closed());
  const auto rules = ruleset(lb1);
  EXPECT_THAT(rules, HasSubstr("comment \"made by vipd of Hawser: changed here, it is put back\""));
  EXPECT_THAT(rules, HasSubstr("type filter hook input priority 1000; policy accept;"));
  EXPECT_THAT(rules, HasSubstr("elements = { 192.0.2.100 }"));
  EXPECT_THAT(rules, HasSubstr("elements = { 2001:db8::100 }"));
  EXPECT_THAT(rules, HasSubstr("ip daddr @addresses4 drop"));
  for (const auto* address : {"192.0.2.100", "2001:db8::100"}) {
    EXPECT_FALSE(client.pings(address));
    EXPECT_TRUE(is_neighbour(address)) << address;
  }
  EXPECT_TRUE(client.pings("192.0.2.11"));
  EXPECT_TRUE(client.pings("2001:db8::11"));
  EXPECT_EQ(lb1.web().at("accept"), false);
  const auto status = lb1.vipctl({"status"});
  EXPECT_EQ(status.status, 0);
  EXPECT_THAT(status.text,
              HasSubstr("web: accept = false: packets to its addresses are dropped here, ping too"));
  EXPECT_FALSE(lb1.logged("changed by somebody else")) << "what it made is what it reads";
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(table_goes(lb1)) << ruleset(lb1);
}

TEST_F(VipdAccept, WhatIsLedElsewhereGetsThrough) {
  become_active(closed());
  const Namespace behind("behind");
  const Cable cable({&lb1.host(), "inside"}, {&behind, "eth0"});
  lb1.host().ip({"link set inside up", "address add 198.51.100.1/24 dev inside"});
  behind.ip(
      {"link set eth0 up", "address add 198.51.100.2/24 dev eth0", "route add default via 198.51.100.1"});
  lb1.host().check({"sysctl", "-qw", "net.ipv4.ip_forward=1"});
  lb1.host().check({"nft",
                    "add table ip nat; add chain ip nat pre { type nat hook prerouting priority -100; };"
                    "add rule ip nat pre ip daddr 192.0.2.100 dnat to 198.51.100.2"});
  EXPECT_TRUE(eventually(5s, [&] { return client.pings("192.0.2.100"); }));
}

TEST_F(VipdAccept, ComesBackWhenSomebodyFlushesAllRules) {
  become_active(closed());
  lb1.host().check({"nft", "flush", "ruleset"});
  EXPECT_TRUE(table_comes(lb1));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.logged("table inet hawser_vipd: changed by somebody else"); }))
      << lb1.daemon_output();
  lb1.host().check({"nft", "insert", "rule", "inet", "hawser_vipd", "input", "accept"});
  EXPECT_TRUE(eventually(5s, [&] { return ruleset(lb1).find("\t\taccept\n") == std::string::npos; }))
      << ruleset(lb1);
  EXPECT_FALSE(client.pings("192.0.2.100"));
}

TEST_F(VipdAccept, AReloadOpensAndCloses) {
  become_active(closed());
  both({.addresses = R"(["192.0.2.100", "2001:db8::100"])"});
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(table_goes(lb1)) << ruleset(lb1);
  EXPECT_TRUE(client.pings("192.0.2.100"));
  EXPECT_EQ(lb1.web().at("accept"), true);
  both(closed());
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(table_comes(lb1));
  EXPECT_FALSE(client.pings("192.0.2.100"));
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
}

TEST_F(VipdAccept, TheOwnerTakesThem) {
  lb1.write({.priority = "{ lb1 = 255, lb2 = 100 }", .more = "accept = false\n"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return client.pings("192.0.2.100"); }));
  EXPECT_EQ(lb1.web().at("accept"), true);
  EXPECT_EQ(ruleset(lb1), "");
  EXPECT_THAT(lb1.host().run(lb1.command({"check"})).text,
              HasSubstr("= false does nothing on this host: priority 255"));
}

// From before the first address is there until the last one is gone, also where a vipd was killed and another
// goes on.
TEST_F(VipdAccept, NothingIsTakenBetweenAKilledOneAndTheNext) {
  become_active(closed());
  const Echo echo(lb1.host(), "192.0.2.100", 7777);
  Client asking(client.host, kRequests);
  lb1.daemon().kill();
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  asking.stop();
  const auto report = asking.report();
  EXPECT_GT(report.sent, 100U);
  EXPECT_EQ(report.lost, report.sent);
}

TEST_F(VipdAccept, CleanupTakesAwayWhatAKilledOneLeft) {
  become_active(closed());
  lb1.daemon().kill();
  EXPECT_TRUE(table_comes(lb1));
  EXPECT_EQ(lb1.vipd(Argv{"cleanup", "--dry-run"}).status, 0);
  EXPECT_TRUE(table_comes(lb1));
  EXPECT_EQ(lb1.vipd("cleanup").status, 0);
  EXPECT_EQ(ruleset(lb1), "");
}

TEST_F(VipdAccept, CheckingAStartTouchesNothing) {
  lb1.write(closed());
  EXPECT_EQ(lb1.vipd(Argv{"check", "--start"}).status, 0);
  EXPECT_EQ(ruleset(lb1), "");
}

// Somebody else's table of that name is not touched: the vip works on, and status says what is not kept.
TEST_F(VipdAccept, WhatCannotBeKeptIsSaid) {
  lb1.host().check({"nft", "add", "table", "inet", "hawser_vipd"});
  become_active(closed());
  EXPECT_TRUE(lb1.logged("accept = false is not kept")) << lb1.daemon_output();
  EXPECT_TRUE(client.pings("192.0.2.100"));
  const auto status = lb1.vipctl({"status"});
  EXPECT_EQ(status.status, 3);
  EXPECT_THAT(status.text,
              HasSubstr("packets to its addresses are accepted in spite of accept = false: table "
                        "inet hawser_vipd is there and not vipd's"));
  lb1.host().check({"nft", "delete", "table", "inet", "hawser_vipd"});
  EXPECT_TRUE(eventually(15s, [&] { return !client.pings("192.0.2.100"); }));
  EXPECT_EQ(lb1.vipctl({"status"}).status, 0);
}

}  // namespace
}  // namespace hawser::lab

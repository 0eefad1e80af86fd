// store: addresses that live on dummies, or as routes of the local table, and are answered for all the same.
// Not every kernel has dummies: Debian's has.
#include <csignal>

#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"
#include "tests/support/echo.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSpread = "store = \"spread\"\n";
constexpr const char* kRoutes = "store = \"local-routes\"\n";

std::string list_of(int count) {
  std::string list = "[";
  for (int i = 0; i < count; ++i)
    list += fmt::format("{}\"198.51.{}.{}\"", i == 0 ? "" : ", ", 100 + i / 250, 1 + i % 250);
  return list + "]";
}

class VipdStore : public VipTest {
 protected:
  Neighbour client{"client", "192.0.2.200", segment};

  void SetUp() override {
    VipTest::SetUp();
    client.host.ip({"route add 198.51.0.0/16 dev eth0"});
  }
  static VipFile file(const std::string& more, const std::string& addresses = R"(["192.0.2.100"])") {
    return {.addresses = addresses, .more = more};
  }
  void alone(const VipFile& file) {
    lb1.write(file);
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
  }
  [[nodiscard]] static std::string shown(const VipHost& host, const Argv& argv) {
    return host.host().run(argv).text;
  }
  [[nodiscard]] static std::string dummies(const VipHost& host) {
    return shown(host, {"ip", "-o", "link", "show", "type", "dummy"});
  }
  [[nodiscard]] static std::string on(const VipHost& host, const std::string& device) {
    return shown(host, {"ip", "-o", "-4", "address", "show", "dev", device});
  }
  [[nodiscard]] static std::string routes(const VipHost& host) {
    return shown(host, {"ip", "route", "show", "table", "local", "proto", "202"});
  }
  [[nodiscard]] std::string mac_for(const std::string& address) const {
    client.host.ip({"neigh flush all"});
    (void)client.host.run({"ping", "-n", "-c", "1", "-W", "1", address});
    return client.host.check({"ip", "neigh", "show", address});
  }
  [[nodiscard]] static bool nothing_left(const VipHost& host) {
    return dummies(host).empty() && routes(host).empty();
  }
  // Where the last takeover led it, as a client that is told by gratuitous ARP alone knows it.
  [[nodiscard]] bool knows(const std::string& address, const VipHost& host) const {
    return client.host.check({"ip", "neigh", "show", address}).find(host.mac()) != std::string::npos;
  }
};

TEST_F(VipdStore, SpreadAddressesLiveOnADummyAndAreAnsweredWithTheInterfacesMac) {
  alone(file(kSpread));
  ASSERT_TRUE(eventually(5s, [&] {
    return on(lb1, "s51-0-front").find("192.0.2.100/32") != std::string::npos;
  })) << lb1.daemon_output();
  EXPECT_THAT(on(lb1, "front"), Not(HasSubstr("192.0.2.100")));
  EXPECT_THAT(mac_for("192.0.2.100"), HasSubstr(lb1.mac()));
  EXPECT_TRUE(client.pings("192.0.2.100"));
  EXPECT_THAT(shown(lb1, {"ip", "-6", "-o", "address", "show", "dev", "s51-0-front"}),
              Not(HasSubstr("fe80")));
  EXPECT_EQ(lb1.web().at("store").as_string(), "spread");
  EXPECT_THAT(on(lb1, "s51-0-front"), HasSubstr("valid_lft")) << "leased";
  EXPECT_THAT(on(lb1, "s51-0-front"), Not(HasSubstr("forever")));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(nothing_left(lb1)) << dummies(lb1);
}

TEST_F(VipdStore, LocalRoutesAreAnsweredAndServed) {
  alone(file(kRoutes));
  ASSERT_TRUE(eventually(5s, [&] { return routes(lb1).find("192.0.2.100") != std::string::npos; }))
      << lb1.daemon_output();
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_THAT(mac_for("192.0.2.100"), HasSubstr(lb1.mac()));
  EXPECT_TRUE(client.pings("192.0.2.100"));
  const Echo echo(lb1.host(), "192.0.2.100", 7777);  // a program can bind it
  EXPECT_TRUE(lb1.web().at("lease_seconds").is_null());
  const auto state = lb1.web().at("addresses").as_array().at(0).as_object();
  EXPECT_EQ(state.at("state").as_string(), "held");
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(nothing_left(lb1)) << routes(lb1) << dummies(lb1);
}

class VipdStored : public VipdStore, public testing::WithParamInterface<const char*> {
 protected:
  [[nodiscard]] static bool is_routes() { return GetParam() == std::string_view(kRoutes); }
  [[nodiscard]] static bool holds(const VipHost& host, const std::string& address = "192.0.2.100") {
    return is_routes() ? routes(host).find(" " + address + " ") != std::string::npos : host.holds(address);
  }
};
std::vector<const char*> ways() {
  return thorough() ? std::vector{kSpread, kRoutes} : std::vector{kRoutes};
}
INSTANTIATE_TEST_SUITE_P(, VipdStored, testing::ValuesIn(ways()), [](const auto& test) {
  return test.param == std::string_view(kRoutes) ? "LocalRoutes" : "Spread";
});

TEST_P(VipdStored, ATakeoverMovesAllAndTheClientIsTold) {
  const auto all = list_of(300);
  for (auto* host : {&lb1, &lb2}) host->write(file(GetParam(), all));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  ASSERT_TRUE(eventually(5s, [&] { return holds(lb1, "198.51.101.50"); }));
  if (!is_routes()) {
    EXPECT_THAT(on(lb1, "s51-0-front"), HasSubstr("198.51.100.2/")) << "the even ones";
    EXPECT_THAT(on(lb1, "s51-1-front"), HasSubstr("198.51.100.1/")) << "the odd ones";
  }
  EXPECT_THAT(mac_for("198.51.100.7"), HasSubstr(lb1.mac()));
  lb1.daemon().signal(SIGSTOP);
  ASSERT_TRUE(lb2.becomes("Active"));
  ASSERT_TRUE(eventually(10s, [&] { return holds(lb2, "198.51.101.50") && holds(lb2, "198.51.100.1"); }));
  EXPECT_TRUE(eventually(5s, [&] { return knows("198.51.100.7", lb2); })) << "by gratuitous ARP, unasked";
  lb1.daemon().signal(SIGCONT);
  ASSERT_TRUE(lb1.becomes("Active"));
  ASSERT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(eventually(10s, [&] { return !holds(lb2, "198.51.101.50") && holds(lb1, "198.51.101.50"); }));
  EXPECT_TRUE(eventually(5s, [&] { return knows("198.51.100.7", lb1); }));
  EXPECT_TRUE(client.pings("198.51.101.50"));
}

TEST_P(VipdStored, WhatSomebodyTakesAwayComesBack) {
  alone(file(GetParam()));
  ASSERT_TRUE(eventually(5s, [&] { return holds(lb1); }));
  if (is_routes())
    lb1.host().ip({"route flush table local proto 202"});
  else
    lb1.host().ip({"address flush dev s51-0-front"});
  EXPECT_TRUE(eventually(5s, [&] { return holds(lb1) && client.pings("192.0.2.100"); }))
      << lb1.daemon_output();
  const std::string device = is_routes() ? "r51-front" : "s51-0-front";
  lb1.host().ip({"link delete " + device});
  EXPECT_TRUE(eventually(5s, [&] { return holds(lb1) && client.pings("192.0.2.100"); }))
      << lb1.daemon_output();
  lb1.host().ip({"link set " + device + " down"});
  EXPECT_TRUE(eventually(5s, [&] { return holds(lb1) && client.pings("192.0.2.100"); }))
      << lb1.daemon_output();
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_P(VipdStored, AKilledOneGoesOnWhereItWas) {
  alone(file(GetParam()));
  ASSERT_TRUE(eventually(5s, [&] { return holds(lb1); }));
  lb1.daemon().kill();
  EXPECT_TRUE(holds(lb1));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(holds(lb1));
  EXPECT_FALSE(lb1.logged("removed")) << lb1.daemon_output();
  EXPECT_TRUE(client.pings("192.0.2.100"));
}

TEST_P(VipdStored, AReloadMovesThemWithoutARest) {
  alone({});
  ASSERT_TRUE(eventually(5s, [&] { return on(lb1, "front").find("192.0.2.100") != std::string::npos; }));
  const Echo echo(lb1.host(), "192.0.2.100", 7777);
  Client requests(client.host, kRequests);
  ASSERT_TRUE(eventually(5s, [&] { return requests.answered_in_a_row(20, {}); }));
  for (const auto& more : {std::string(GetParam()), std::string()}) {
    lb1.write(file(more));
    lb1.daemon().signal(SIGHUP);
    EXPECT_TRUE(eventually(5s,
                           [&] {
                             return (on(lb1, "front").find("192.0.2.100") == std::string::npos) ==
                                        !more.empty() &&
                                    nothing_left(lb1) == more.empty();
                           }))
        << lb1.daemon_output() << dummies(lb1);
  }
  requests.stop();
  EXPECT_EQ(requests.report().lost, 0U) << requests.report().sent;
}

TEST_P(VipdStored, WhereTheInterfaceAnswersForItselfAloneThereIsNoRole) {
  lb1.host().check({"sysctl", "-qw", "net.ipv4.conf.front.arp_ignore=1"});
  for (auto* host : {&lb1, &lb2}) host->write(file(GetParam()));
  lb1.start();
  lb2.start();
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_EQ(lb1.role(), "Initialize");
  EXPECT_THAT(lb1.vipctl({"status"}).text, HasSubstr("arp_ignore is 1"));
  lb1.host().check({"sysctl", "-qw", "net.ipv4.conf.front.arp_ignore=0"});
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
}

// Nobody is told when such a setting changes.
TEST_P(VipdStored, WhereTheInterfaceComesToAnswerForItselfAloneTheRoleGoesToTheOther) {
  for (auto* host : {&lb1, &lb2}) host->write(file(GetParam()));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  lb1.host().sysctl("net.ipv4.conf.front.arp_ignore", "1");
  EXPECT_TRUE(lb2.becomes("Active")) << lb1.daemon_output();
  EXPECT_THAT(lb1.vipctl({"status"}).text, HasSubstr("arp_ignore is 1"));
  lb1.host().sysctl("net.ipv4.conf.front.arp_ignore", "0");
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
}

// What vipd itself had set for the virtual MAC is on its way out.
TEST_P(VipdStored, AReloadFromAVirtualMacKeepsTheRole) {
  alone(file("virtual_mac = true\n"));
  lb1.write(file(GetParam()));
  lb1.daemon().signal(SIGHUP);
  EXPECT_TRUE(eventually(10s, [&] { return holds(lb1) && client.pings("192.0.2.100"); }))
      << lb1.daemon_output();
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1) << lb1.daemon_output();
}

TEST_P(VipdStored, InAVrfThereIsNoRole) {
  lb1.host().ip({"link add red type vrf table 10", "link set red up", "link set front master red"});
  lb1.write(file(GetParam()));
  lb1.start();
  EXPECT_TRUE(eventually(10s, [&] { return lb1.logged("front is in VRF red: nobody is answered there"); }))
      << lb1.daemon_output();
  EXPECT_EQ(lb1.role(), "Initialize");
  lb1.host().ip({"link set front nomaster"});
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
}

TEST_P(VipdStored, ADummyThatSomebodyPutsIntoAVrfEndsTheRole) {
  alone(file(GetParam()));
  const std::string device = is_routes() ? "r51-front" : "s51-0-front";
  lb1.host().ip({"link add red type vrf table 10", "link set red up", "link set " + device + " master red"});
  EXPECT_TRUE(eventually(10s, [&] {
    return lb1.logged(device + " is in VRF red, so that nobody is answered");
  })) << lb1.daemon_output();
  lb1.host().ip({"link set " + device + " nomaster"});
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
  EXPECT_TRUE(eventually(10s, [&] { return client.pings("192.0.2.100"); })) << lb1.daemon_output();
}

TEST_P(VipdStored, CleanupLeavesNothing) {
  alone(file(GetParam(), list_of(20)));
  ASSERT_TRUE(eventually(5s, [&] { return holds(lb1, "198.51.100.20"); }));
  lb1.daemon().kill();
  EXPECT_EQ(lb1.vipd("cleanup").status, 0);
  EXPECT_FALSE(holds(lb1, "198.51.100.20"));
  EXPECT_TRUE(nothing_left(lb1)) << dummies(lb1);
}

// What is called so and is not ours stays, and says why there is no role.
TEST_P(VipdStored, ADummyOfSomebodyElsesStays) {
  const std::string device = is_routes() ? "r51-front" : "s51-0-front";
  lb1.host().ip({"link add " + device + " type dummy", "link set " + device + " up"});
  lb1.write(file(GetParam()));
  lb1.start();
  EXPECT_TRUE(eventually(5s, [&] { return lb1.logged("is there and none of vipd's"); }))
      << lb1.daemon_output();
  EXPECT_EQ(lb1.role(), "Initialize");
  lb1.host().ip({"link delete " + device});
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
  EXPECT_TRUE(eventually(5s, [&] { return holds(lb1); }));
}

// Down and without a mark it could be one that vipd was making when it was killed, but that one was empty.
TEST_P(VipdStored, NorIsOneThatIsDownAndHasAnAddress) {
  const std::string device = is_routes() ? "r51-front" : "s51-0-front";
  lb1.host().ip({"link add " + device + " type dummy", "address add 203.0.113.77/32 dev " + device});
  lb1.write(file(GetParam()));
  lb1.start();
  EXPECT_TRUE(eventually(5s, [&] { return lb1.logged("is there and none of vipd's"); }))
      << lb1.daemon_output();
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_THAT(on(lb1, device), HasSubstr("203.0.113.77/32"));
}

TEST_F(VipdStore, WhatIsLeftOfTheLeaseGoesFromADummyToo) {
  alone(file(std::string(kSpread) + "lease = \"2s\"\n"));
  ASSERT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
  lb1.daemon().kill();
  EXPECT_TRUE(eventually(10s, [&] { return !lb1.holds("192.0.2.100"); }));
}

}  // namespace
}  // namespace hawser::lab

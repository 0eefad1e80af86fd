// virtual_mac = true: a MAC that moves with the addresses, and no other host and no other device answers with
// it.
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"
#include "tests/support/echo.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kMac = "00:00:5e:00:01:33";
constexpr const char* kMac6 = "00:00:5e:00:02:33";

class VipdVirtualMac : public VipTest {
 protected:
  Neighbour client{"client", "192.0.2.200", segment};

  static VipFile file(const std::string& more = "", const std::string& addresses = R"(["192.0.2.100"])") {
    return {.addresses = addresses, .more = "virtual_mac = true\n" + more};
  }
  [[nodiscard]] static std::string links(const VipHost& host) {
    return host.host().check({"ip", "-o", "-d", "link", "show"});
  }
  [[nodiscard]] static bool has_device(const VipHost& host, const std::string& name = "v4-51-front") {
    return links(host).find(" " + name + "@") != std::string::npos;
  }
  [[nodiscard]] static bool is_up(const VipHost& host, const std::string& name = "v4-51-front") {
    return host.host().check({"ip", "-o", "link", "show", "dev", name}).find(",UP") != std::string::npos;
  }
  [[nodiscard]] static bool holds_on(const VipHost& host, const std::string& address,
                                     const std::string& device = "v4-51-front") {
    const auto shown = host.host().run({"ip", "-o", "address", "show", "dev", device}).text;
    return shown.find(" " + address + "/") != std::string::npos;
  }
  static std::string sysctl(const VipHost& host, const std::string& name) {
    auto text = host.host().check({"sysctl", "-n", "net." + name});
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  // The MACs that answer one ARP question for the address, each as often as it does.
  [[nodiscard]] std::string answers(const std::string& address) const {
    client.host.ip({"neigh flush all"});
    (void)client.host.run({"ping", "-n", "-c", "1", "-W", "1", address});
    const auto shown = client.host.check({"ip", "neigh", "show", address});
    const auto at = shown.find("lladdr ");
    return at == std::string::npos ? "" : shown.substr(at + 7, 17);
  }
  void alone(const VipFile& file) {
    lb1.write(file);
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active"));
    ASSERT_TRUE(eventually(5s, [&] { return holds_on(lb1, "192.0.2.100"); })) << lb1.daemon_output();
  }
  [[nodiscard]] static bool nothing_left(const VipHost& host) {
    return !has_device(host) && !host.holds("192.0.2.100") &&
           sysctl(host, "ipv4.conf.front.arp_ignore") == "0" &&
           sysctl(host, "ipv4.conf.front.arp_announce") == "0";
  }
};

TEST_F(VipdVirtualMac, TheDeviceAnswersAndNobodyElseDoes) {
  both(file());
  settle();
  EXPECT_TRUE(holds_on(lb1, "192.0.2.100"));
  EXPECT_FALSE(holds_on(lb1, "192.0.2.100", "front"));
  EXPECT_THAT(links(lb1), HasSubstr(kMac));
  EXPECT_THAT(links(lb1), HasSubstr("macvlan mode bridge"));
  EXPECT_TRUE(is_up(lb1));
  EXPECT_TRUE(has_device(lb2));
  EXPECT_FALSE(is_up(lb2)) << links(lb2);
  EXPECT_EQ(sysctl(lb1, "ipv4.conf.front.arp_ignore"), "1");
  EXPECT_EQ(sysctl(lb1, "ipv4.conf.front.arp_announce"), "2");
  EXPECT_EQ(sysctl(lb1, "ipv6.conf.v4-51-front.disable_ipv6"), "1");
  EXPECT_EQ(answers("192.0.2.100"), kMac);
  EXPECT_TRUE(client.pings("192.0.2.100"));
  EXPECT_EQ(answers("192.0.2.11"), lb1.mac());
  EXPECT_EQ(answers("192.0.2.12"), lb2.mac());
  EXPECT_TRUE(client.pings("192.0.2.11"));
  const auto vip = lb1.web();
  EXPECT_EQ(vip.at("virtual_mac").at("mac").as_string(), kMac);
  EXPECT_EQ(vip.at("virtual_mac").at("device").as_string(), "v4-51-front");
  EXPECT_EQ(lb1.vipctl({"status"}).status, 0) << lb1.vipctl({"status"}).text;
}

// The host's own questions must not teach its neighbours another MAC.
TEST_F(VipdVirtualMac, WhatTheHostAsksInTheAddressesNameTeachesNothing) {
  alone(file());
  ASSERT_EQ(answers("192.0.2.100"), kMac);
  lb1.host().ip({"neigh flush all"});
  EXPECT_EQ(lb1.host().run({"ping", "-n", "-c", "1", "-W", "1", "-I", "192.0.2.100", "192.0.2.200"}).status,
            0);
  EXPECT_THAT(client.host.check({"ip", "neigh", "show", "192.0.2.100"}), HasSubstr(kMac));
}

TEST_F(VipdVirtualMac, MovesToTheOtherHostAndBack) {
  both(file());
  settle();
  ASSERT_EQ(answers("192.0.2.100"), kMac);
  EXPECT_EQ(lb1.vipctl({"handover", "web"}).status, 0);
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return holds_on(lb2, "192.0.2.100") && !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(eventually(5s, [&] { return !is_up(lb1); }));
  EXPECT_TRUE(client.pings("192.0.2.100")) << "with what the client knows of it";
  EXPECT_EQ(answers("192.0.2.100"), kMac);
  EXPECT_EQ(lb1.vipctl({"resume", "web"}).status, 0);
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return !is_up(lb2); }));
  EXPECT_TRUE(client.pings("192.0.2.100"));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_EQ(lb2.daemon().stop(20s), 0);
  EXPECT_TRUE(nothing_left(lb1)) << links(lb1);
  EXPECT_TRUE(nothing_left(lb2)) << links(lb2);
}

// Both bear the same MAC: each must hear the other in spite of that.
TEST_F(VipdVirtualMac, TwoThatAreActiveHearEachOtherOnceTheyCan) {
  both(file());
  settle();
  segment.where().set_link("lb1-front", false);
  ASSERT_TRUE(lb2.becomes("Active"));
  lb1.host().set_link("front", true);
  segment.where().set_link("lb1-front", true);
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(eventually(5s, [&] { return !is_up(lb2); }));
  EXPECT_EQ(answers("192.0.2.100"), kMac);
}

TEST_F(VipdVirtualMac, UnicastComesFromTheVirtualMac) {
  for (auto* host : {&lb1, &lb2}) host->write(file("transport = \"unicast\"\nannounce = { count = 0 }\n"));
  settle();
  // The first may have come before the peer's MAC was known.
  lb2.host().check({"nft",
                    "add table netdev seen; add chain netdev seen in { type filter hook ingress device front "
                    "priority 0; }; add rule netdev seen in ip protocol 112 ether saddr 00:00:5e:00:01:33 "
                    "counter comment \"virtual\"; add rule netdev seen in ip protocol 112 ether saddr != "
                    "00:00:5e:00:01:33 counter comment \"other\""});
  const auto seen = [&](const std::string& whose) {
    std::istringstream rules(lb2.host().check({"nft", "list", "table", "netdev", "seen"}));
    for (std::string line; std::getline(rules, line);)
      if (line.find('"' + whose + '"') != std::string::npos)
        return static_cast<int>(std::strtol(line.c_str() + line.find("packets ") + 8, nullptr, 10));
    return -1;
  };
  EXPECT_TRUE(eventually(5s, [&] { return seen("virtual") > 20; })) << seen("virtual");
  EXPECT_EQ(seen("other"), 0);
  EXPECT_EQ(lb2.role(), "Backup");
}

// What was set for a virtual MAC is put back by the next vipd, also by one whose file has none.
TEST_F(VipdVirtualMac, WhatAKilledOneSetIsPutBackByTheNextWithoutAVirtualMac) {
  lb1.write(file());
  lb1.start();
  ASSERT_TRUE(eventually(5s, [&] { return sysctl(lb1, "ipv4.conf.front.arp_ignore") == "1"; }))
      << lb1.daemon_output();
  lb1.daemon().kill();
  lb1.write({});
  lb1.start();
  EXPECT_TRUE(eventually(10s, [&] { return sysctl(lb1, "ipv4.conf.front.arp_ignore") == "0"; }))
      << lb1.daemon_output();
}

TEST_F(VipdVirtualMac, WhatComesToCountForAllDevicesEndsTheRole) {
  for (auto* host : {&lb1, &lb2}) host->write(file());
  settle();
  lb1.host().sysctl("net.ipv4.conf.all.arp_ignore", "2");
  EXPECT_TRUE(lb2.becomes("Active")) << lb1.daemon_output();
  EXPECT_TRUE(lb1.logged("with it no device answers for a virtual MAC alone"));
  lb1.host().sysctl("net.ipv4.conf.all.arp_ignore", "0");
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
}

TEST_F(VipdVirtualMac, OfIpv6TheOtherOneAnswers) {
  lb1.host().ip({"address add 2001:db8::11/64 dev front nodad"});
  client.host.ip({"address add 2001:db8::200/64 dev eth0 nodad"});
  lb1.write(file("lead = \"both\"\n", R"(["192.0.2.100", "2001:db8::100"])"));
  lb1.start();
  ASSERT_TRUE(eventually(10s, [&] {
    return holds_on(lb1, "192.0.2.100") && holds_on(lb1, "2001:db8::100", "v6-51-front");
  })) << lb1.daemon_output();
  EXPECT_EQ(answers("192.0.2.100"), kMac);
  EXPECT_EQ(answers("2001:db8::100"), kMac6);
  EXPECT_EQ(answers("2001:db8::11"), lb1.mac());
  EXPECT_TRUE(client.pings("2001:db8::100"));
  lb2.host().ip({"address add 2001:db8::12/64 dev front nodad"});
  lb2.write(file("lead = \"both\"\n", R"(["192.0.2.100", "2001:db8::100"])"));
  lb2.start();
  EXPECT_TRUE(eventually(10s, [&] {
    const auto status = lb2.status();
    return status.is_object() && std::ranges::all_of(status.at("vips").as_array(), [](const auto& vip) {
             return vip.at("role").as_string() == "Backup" && !vip.at("heard").is_null();
           });
  })) << lb2.daemon_output();
  EXPECT_FALSE(is_up(lb2));
  EXPECT_FALSE(is_up(lb2, "v6-51-front"));
  // Nothing comes by itself.
  EXPECT_THAT(lb1.host().check({"ip", "-6", "-o", "address", "show", "dev", "v6-51-front"}),
              Not(HasSubstr("fe80")));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_FALSE(has_device(lb1));
  EXPECT_FALSE(has_device(lb1, "v6-51-front"));
}

TEST_F(VipdVirtualMac, AReloadSwitchesItOnAndOffWithoutARest) {
  lb1.write({});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  ASSERT_TRUE(eventually(5s, [&] { return holds_on(lb1, "192.0.2.100", "front"); }));
  EXPECT_EQ(answers("192.0.2.100"), lb1.mac());
  lb1.write(file());
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(eventually(5s, [&] { return holds_on(lb1, "192.0.2.100"); })) << lb1.daemon_output();
  EXPECT_TRUE(eventually(5s, [&] { return !holds_on(lb1, "192.0.2.100", "front"); }));
  EXPECT_EQ(answers("192.0.2.100"), kMac);
  EXPECT_TRUE(client.pings("192.0.2.100"));
  lb1.write({});
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(eventually(5s, [&] { return holds_on(lb1, "192.0.2.100", "front") && !has_device(lb1); }))
      << links(lb1);
  EXPECT_EQ(answers("192.0.2.100"), lb1.mac());
  EXPECT_TRUE(eventually(5s, [&] { return sysctl(lb1, "ipv4.conf.front.arp_ignore") == "0"; }));
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
}

TEST_F(VipdVirtualMac, AnotherRouterIdIsAnotherDevice) {
  alone(file());
  auto other = file().text();
  other.replace(other.find("virtual_router_id = 51"), 22, "virtual_router_id = 52");
  lb1.write_text(other);
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(eventually(10s, [&] { return holds_on(lb1, "192.0.2.100", "v4-52-front"); })) << links(lb1);
  EXPECT_TRUE(eventually(10s, [&] { return !has_device(lb1); })) << links(lb1);
  EXPECT_TRUE(client.pings("192.0.2.100"));
}

TEST_F(VipdVirtualMac, ARestartAndAKilledOneGoOn) {
  alone(file());
  const Echo echo(lb1.host(), "192.0.2.100", 7777);
  Client asking(client.host, kRequests);
  ASSERT_TRUE(eventually(5s, [&] { return asking.answered_in_a_row(20, {}); }));
  EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(holds_on(lb1, "192.0.2.100"));
  lb1.daemon().kill();
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return holds_on(lb1, "192.0.2.100"); }));
  asking.stop();
  EXPECT_EQ(asking.report().lost, 0U) << "of " << asking.report().sent << lb1.daemon_output();
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(eventually(5s, [&] { return nothing_left(lb1); })) << links(lb1);
}

TEST_F(VipdVirtualMac, WhatTheAdministratorHadIsPutBackAfterACrashToo) {
  lb1.host().check({"sysctl", "-qw", "net.ipv4.conf.front.arp_ignore=3"});
  alone(file());
  EXPECT_TRUE(eventually(5s, [&] { return sysctl(lb1, "ipv4.conf.front.arp_ignore") == "1"; }));
  lb1.daemon().kill();
  EXPECT_EQ(lb1.vipd("cleanup").status, 0);
  EXPECT_EQ(sysctl(lb1, "ipv4.conf.front.arp_ignore"), "3");
  EXPECT_EQ(sysctl(lb1, "ipv4.conf.front.arp_announce"), "0");
  EXPECT_FALSE(has_device(lb1));
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdVirtualMac, TheInterfaceVanishesIsRenamedAndReturns) {
  both(file());
  settle();
  lb1.disconnect();
  ASSERT_TRUE(lb2.becomes("Active"));
  lb1.connect(segment);
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return holds_on(lb1, "192.0.2.100"); }));
  EXPECT_EQ(answers("192.0.2.100"), kMac);
  lb1.host().ip({"link set front down", "link set front name other", "link set other up"});
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return !has_device(lb1); })) << links(lb1);
  lb1.host().ip({"link set other down", "link set other name front", "link set front up"});
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return holds_on(lb1, "192.0.2.100"); }));
  EXPECT_EQ(answers("192.0.2.100"), kMac);
}

TEST_F(VipdVirtualMac, ADeviceOfThatNameIsLeftAloneAndSaid) {
  lb1.host().ip({"link add v4-51-front type veth peer name other"});
  lb1.write(file());
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Initialize"));
  const auto said = "v4-51-front: is there and none of vipd's";
  EXPECT_TRUE(eventually(5s, [&] { return lb1.logged(said); })) << lb1.daemon_output();
  EXPECT_THAT(lb1.vipctl({"status"}).text, HasSubstr(said));
  lb1.host().ip({"link del v4-51-front"});
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(answers("192.0.2.100"), kMac);
}

TEST_F(VipdVirtualMac, ASettingWithWhichItWouldNotAnswerIsSaid) {
  lb1.host().check({"sysctl", "-qw", "net.ipv4.conf.all.arp_filter=1"});
  lb1.write(file());
  lb1.start();
  EXPECT_TRUE(eventually(5s, [&] { return lb1.logged("net.ipv4.conf.all.arp_filter is on"); }))
      << lb1.daemon_output();
  EXPECT_EQ(lb1.role(), "Initialize");
  EXPECT_FALSE(is_up(lb1)) << links(lb1);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  lb1.host().check({"sysctl", "-qw", "net.ipv4.conf.all.arp_filter=0"});
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(answers("192.0.2.100"), kMac);
}

// With accept = false both are of one vip.
TEST_F(VipdVirtualMac, AnswersAndAcceptsNothing) {
  alone(file("accept = false\n"));
  EXPECT_EQ(answers("192.0.2.100"), kMac);
  EXPECT_FALSE(client.pings("192.0.2.100"));
}

TEST_F(VipdVirtualMac, APrefixIsNoSecondWayIntoTheSubnet) {
  alone(file("", R"(["192.0.2.100/24"])"));
  EXPECT_THAT(lb1.host().check({"ip", "route"}), Not(HasSubstr("v4-51-front")));
  EXPECT_TRUE(client.pings("192.0.2.100"));
}

}  // namespace
}  // namespace hawser::lab

// bondctl's verbs on the real kernel, without netd: judged through ip.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/lab/bondctl_by_hand.h"
#include "tests/support/netd_host.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

TEST_F(BondctlByHand, MakesABondThatIpReadsAsItWasAskedFor) {
  must({"create", "bond7", "mode=active-backup", "bond-miimon=50", "slaves=eth0,eth1", "primary=eth1",
        "num_unsol_na=4", "peer_notify_delay=100", "resend_igmp=2", "primary_reselect=better",
        "updelay=100ms"});
  const auto data = options("bond7");
  EXPECT_EQ(data.at("mode"), "active-backup");
  EXPECT_EQ(data.at("miimon"), 50);
  EXPECT_EQ(data.at("updelay"), 100);
  EXPECT_EQ(data.at("primary"), "eth1");
  EXPECT_EQ(data.at("num_peer_notif"), 4);
  EXPECT_EQ(data.at("peer_notify_delay"), 100);
  EXPECT_EQ(data.at("resend_igmp"), 2);
  EXPECT_EQ(data.at("primary_reselect"), "better");
  must({"set", "bond7", "mode=4", "lacp_rate=fast", "xmit_hash_policy=layer3+4", "ad_actor_sys_prio=7",
        "--allow-interruption"});
  const auto lacp = options("bond7");
  EXPECT_EQ(lacp.at("mode"), "802.3ad");
  EXPECT_EQ(lacp.at("ad_lacp_rate"), "fast");
  EXPECT_EQ(lacp.at("xmit_hash_policy"), "layer3+4");
  EXPECT_EQ(lacp.at("ad_actor_sys_prio"), 7);
  must({"delete", "bond7", "--allow-interruption"});
  EXPECT_THAT(host.check({"ip", "link"}), Not(HasSubstr("bond7")));
}

// Ports are not touched for what the kernel takes on a running bond: their carrier would have changed.
TEST_F(BondctlByHand, ChangesOnlyWhatIsNamed) {
  host.ip({"link add bond7 type bond mode active-backup miimon 100 num_grat_arp 9"});
  must({"add", "bond7", "eth0", "eth1", "prio=3"});
  host.ip({"link set bond7 up"});
  const auto before = table();
  must({"set", "bond7", "resend_igmp=5"});
  auto after = table();
  const auto at = after.find("resend_igmp 5");
  ASSERT_NE(at, std::string::npos) << after;
  EXPECT_EQ(after.replace(at, 13, "resend_igmp 1"), before);
}

TEST_F(BondctlByHand, WhatTheKernelRefusesLeavesAllAsItWas) {
  must({"create", "bond7", "mode=active-backup", "ports=eth0,eth1"});
  host.ip(
      {"address add 192.0.2.1/24 dev bond7", "link add link bond7 name v5 type vlan id 5", "link set v5 up"});
  const auto before = table();
  // Its own VLAN as a port: a loop, which only the kernel sees.
  const auto refused = bondctl({"set", "bond7", "miimon=50ms", "num_grat_arp=3", "ports+=v5"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.text, HasSubstr("bondctl: bond7: add port v5: "));
  EXPECT_EQ(table(), before);
}

TEST_F(BondctlByHand, PortsAreKnownByAllTheirNames) {
  host.ip({"link property add dev eth1 altname back"});
  const auto mac = json::parse(host.check({"ip", "-j", "link", "show", "eth0"})).at(0).at("address");
  const auto by_mac = fmt::format("mac:{}", std::string_view(mac.as_string()));
  const auto is_in = [&](const std::string& port) {
    return host.check({"ip", "link", "show", port}).find("master bond7") != std::string::npos;
  };
  const auto active = [&] { return std::string(options("bond7").at("active_slave").as_string()); };
  must({"create", "bond7", "mode=active-backup", "ports=back," + by_mac});
  EXPECT_TRUE(is_in("eth0") && is_in("eth1"));
  ASSERT_TRUE(eventually(10s, [&] { return bondctl({"switch", "bond7", by_mac}).status == 0; }));
  EXPECT_EQ(active(), "eth0");
  must({"switch", "bond7", "back"});
  EXPECT_EQ(active(), "eth1");
  must({"drain", "bond7", "back"});
  EXPECT_EQ(active(), "eth0");
  must({"undrain", "bond7", "back"});
  must({"set", "bond7", "mode=balance-xor", "--allow-interruption"});
  for (const std::string name : {"back", by_mac.c_str()}) {  // one of them lent the bond its MAC
    must({"drain", "bond7", name});
    must({"undrain", "bond7", name});
  }
  EXPECT_TRUE(is_in("eth0") && is_in("eth1"));
  must({"remove", "bond7", "back", by_mac, "--allow-interruption"});
  EXPECT_FALSE(is_in("eth0") || is_in("eth1"));
}

TEST_F(BondctlByHand, DefaultIsWhatANewBondHas) {
  must({"create", "bond7", "mode=active-backup", "ports=eth0,eth1", "mtu=1400", "mac=52:54:00:00:00:77"});
  must({"set", "bond7", "mtu=default", "mac=default", "--allow-interruption"});
  const auto now = json::parse(host.check({"ip", "-j", "link", "show", "bond7"})).at(0);
  EXPECT_EQ(now.at("mtu"), 1500);
  EXPECT_THAT(host.check({"ip", "-d", "link", "show", "eth0"}),
              HasSubstr("perm_hwaddr " + std::string(now.at("address").as_string())));
}

TEST_F(BondctlByHand, WhatNetdKeepsIsNotTaken) {
  must({"create", "bond7", "mode=active-backup", "ports=eth0"});
  NetdHost netd(host);
  netd.use_run_directory(kNoNetd);
  netd.write(
      "format = 1\n[link.eth1]\nkind = \"physical\"\n"
      "[link.eth2]\nkind = \"physical\"\naddresses = [\"198.51.100.1/24\"]\n");
  netd.start_and_await();
  await_link_local({"eth2"});
  const auto before = table();
  const std::vector<Argv> all{{"add", "bond7", "eth2"},
                              {"migrate", "eth2", "--into", "bond7", "--allow-interruption"},
                              {"migrate", "eth2", "--into", "bond8", "--with", "eth1", "--confirm", "5s"}};
  for (const auto& words : all) {
    const auto refused = bondctl(words);
    EXPECT_EQ(refused.status, 1) << refused.text;
    EXPECT_THAT(refused.text, HasSubstr("eth2: nothing changed: netd keeps it as the file says: change "
                                        "addresses of [link.eth2] in "));
  }
  EXPECT_EQ(table(), before);
  must({"add", "bond7", "eth1"});
  std::filesystem::remove_all(kNoNetd);
}

TEST_F(BondctlByHand, AModeChangeKeepsWhatStandsOnTheBond) {
  must({"create", "bond7", "mode=active-backup", "ports=eth0,eth1"});
  host.ip({"address add 192.0.2.1/24 dev bond7", "link add link bond7 name v5 type vlan id 5",
           "link set v5 up", "address add 198.51.100.1/24 dev v5", "address add 2001:db8:5::1/64 dev v5",
           "route add default via 192.0.2.9", "route add 203.0.113.0/24 via 198.51.100.9 table 77",
           "route add default via 2001:db8:5::9", "link set bond7 mtu 1400"});
  await_link_local({"bond7", "v5"});
  const auto before = routes();
  for (const auto* mode : {"balance-xor", "802.3ad", "active-backup"}) {
    must({"set", "bond7", fmt::format("mode={}", mode), "--allow-interruption"});
    EXPECT_TRUE(eventually(10s, [&] { return routes() == before; })) << mode << "\n" << before << routes();
  }
  EXPECT_THAT(host.check({"ip", "link", "show", "bond7"}), HasSubstr("mtu 1400"));
}

TEST_F(BondctlConfirm, WhatNobodyConfirmsIsTakenBack) {
  const auto before = table();
  must(change());
  EXPECT_EQ(options("bond7").at("mode"), "balance-xor");
  EXPECT_TRUE(has_mode("active-backup"));
  EXPECT_EQ(table(), before);
  EXPECT_EQ(bondctl({"confirm"}).text, "bondctl: no change waits to be confirmed\n");
}

// What only the other mode takes, the kernel keeps when that goes.
TEST_F(BondctlConfirm, NothingOfTheOtherModeIsLeft) {
  const auto before = table();
  const std::vector<Argv> others{{"mode=802.3ad", "lacp_rate=fast", "lacp_active=off", "ad_select=count"},
                                 {"mode=balance-rr", "packets_per_slave=7"}};
  for (const auto& other : others) {
    Argv words{"set", "bond7", "--allow-interruption", "--confirm", "5s"};
    words.insert(words.begin() + 2, other.begin(), other.end());
    // By what it prints: on a slow machine a look comes when it is taken back already.
    const auto done = bondctl(words);
    EXPECT_EQ(done.status, 0) << done.text;
    EXPECT_THAT(done.text, HasSubstr("bond7: set mode active-backup -> "));
    EXPECT_TRUE(has_mode("active-backup"));
    EXPECT_EQ(table(), before) << other.front();
  }
}

// A bond that is made anew has another number, which nobody wrote down; all else is as it was.
TEST_F(BondctlConfirm, ADeletedBondComesBackWithWhatStoodOnIt) {
  const auto without_numbers = [](const std::string& text) {
    return std::regex_replace(text, std::regex("(^|\n)[0-9]+: "), "$1");
  };
  const auto before = without_numbers(table());
  EXPECT_THAT(bondctl({"delete", "bond7", "--allow-interruption", "--confirm", "5s"}).text,
              HasSubstr("bond7: delete bond"));
  EXPECT_TRUE(eventually(20s, [&] { return look().find("v5") != std::string::npos; }));
  await_link_local({"bond7", "v5"});
  EXPECT_EQ(sorted(without_numbers(table())), sorted(before));
}

TEST_F(BondctlConfirm, NetdsStatusSaysThatAChangeWaits) {
  NetdHost netd(host);
  netd.write("format = 1\n[link.dummy9]\nkind = \"dummy\"\n");
  netd.start_and_await();
  const Argv status{program("netd"), "status", "--runtime-dir", netd.run_directory()};
  EXPECT_THAT(host.run(status).text, Not(HasSubstr("not confirmed")));
  must({"switch", "bond7", "eth1", "--confirm", "60s"});
  EXPECT_THAT(host.run(status).text, testing::StartsWith("not confirmed: bondctl switch bond7 eth1\n"));
  auto as_json = status;
  as_json.emplace_back("--json");
  EXPECT_EQ(json::parse(host.run(as_json).text).at("waiting").at("what"), "bondctl switch bond7 eth1");
  must({"confirm"});
  EXPECT_TRUE(json::parse(host.run(as_json).text).at("waiting").is_null());
}

TEST_F(BondctlConfirm, TheActiveRoleGoesBack) {
  const auto active = [&] { return std::string(options("bond7").at("active_slave").as_string()); };
  ASSERT_TRUE(eventually(10s, [&] { return active() == "eth0"; }));
  EXPECT_THAT(bondctl({"switch", "bond7", "eth1", "--confirm", "5s"}).text,
              HasSubstr("bond7: switch to port eth1"));
  EXPECT_TRUE(eventually(20s, [&] { return active() == "eth0"; }));
}

TEST_F(BondctlConfirm, WhatIsConfirmedStays) {
  must(change());
  const auto second = bondctl({"set", "bond7", "resend_igmp=3"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.text, HasSubstr("a change waits to be confirmed: bondctl set bond7 mode=balance-xor"));
  EXPECT_THAT(bondctl({"confirm"}).text, HasSubstr("confirmed: it stays"));
  std::this_thread::sleep_for(7s);
  EXPECT_EQ(options("bond7").at("mode"), "balance-xor");
  EXPECT_EQ(bondctl({"confirm"}).status, 1);
}

TEST_F(BondctlConfirm, NetdsApplyIsTakenBackToo) {
  const auto before = table();
  const auto directory = std::filesystem::path("/tmp/hawser-apply-confirm");
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "hawser.toml")
      << "format = 1\n[bond.bond7]\nmode = \"balance-xor\"\nports = [\"eth0\", \"eth1\"]\n"
         "addresses = [\"203.0.113.9/24\"]\n[link.dummy9]\nkind = \"dummy\"\naddresses = "
         "[\"203.0.113.77/32\"]\n";
  const auto done =
      host.run({program("netd"), "apply", "--allow-interruption", "--confirm", "5s", "-c",
                directory / "hawser.toml", "--runtime-dir", directory, "--state-dir", directory});
  EXPECT_EQ(done.status, 0) << done.text;
  EXPECT_THAT(done.text, testing::AllOf(HasSubstr("203.0.113.9/24"), HasSubstr("dummy9")));
  EXPECT_TRUE(has_mode("active-backup"));
  EXPECT_EQ(table(), before);
  std::filesystem::remove_all(directory);
}

// At whatever step: with its end before the change is complete it is taken back at once, afterwards in time.
TEST_F(BondctlConfirm, KilledInTheMiddleItIsTakenBack) {
  const auto before = table();
  const auto times = thorough() ? std::vector{30ms, 90ms, 150ms, 250ms, 400ms} : std::vector{90ms, 250ms};
  for (const auto after : times) {
    {
      Argv argv{program("bondctl")};
      for (const auto& word : change()) argv.push_back(word);
      argv.insert(argv.end(), {"--runtime-dir", "/tmp/hawser-no-netd"});
      Process process(host, argv);
      std::this_thread::sleep_for(after);
      ::kill(process.pid(), SIGKILL);
    }
    EXPECT_TRUE(eventually(20s, [&] {
      return bondctl({"confirm", "--dry-run"}).text.find("no change waits") != std::string::npos;
    }));
    EXPECT_EQ(table(), before) << after.count();
  }
}

TEST_F(BondctlByHand, WhatIsSavedIsAFileThatChangesNothing) {
  must({"create", "bond7", "mode=active-backup", "ports=eth0,eth1", "primary=eth0", "arp_interval=200",
        "arp_ip_target=192.0.2.254"});
  must({"create", "bond8", "mode=802.3ad", "ports=eth2", "lacp_rate=fast"});
  host.ip({"address add 192.0.2.1/24 dev bond7", "address add 2001:db8::1/64 dev bond7",
           "link add link bond7 name v5 type vlan id 5", "link set v5 up",
           "address add 198.51.100.1/24 dev v5", "route add default via 192.0.2.9",
           "route add 203.0.113.0/24 via 198.51.100.9 table 77"});
  const auto saved = json::parse(bondctl({"save", "--json"}).text);
  const auto toml = std::string(saved.at("toml").as_string());
  EXPECT_THAT(toml, HasSubstr("[link.v5]"));
  EXPECT_TRUE(saved.at("left_out").as_array().empty()) << saved;
  const auto directory = std::filesystem::path("/tmp/hawser-bondctl-save");
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "hawser.toml") << toml;
  const auto plan = host.run({program("netd"), "plan", "--json", "-c", directory / "hawser.toml",
                              "--runtime-dir", directory, "--state-dir", directory});
  EXPECT_EQ(plan.status, 0);
  EXPECT_TRUE(json::parse(plan.text).at("steps").as_array().empty()) << toml << plan.text;
  std::filesystem::remove_all(directory);
  host.ip({"link set v5 alias uplink", "link set v5 type vlan gvrp on egress-qos-map 1:2"});
  EXPECT_THAT(bondctl({"save"}).text, HasSubstr("v5: egress-qos-map: a VLAN has no key for it"));
}

TEST_F(BondctlByHand, TheActiveRoleMoves) {
  must({"create", "bond7", "mode=active-backup", "ports=eth0,eth1"});
  must({"switch", "bond7", "eth1"});
  EXPECT_EQ(options("bond7").at("active_slave"), "eth1");
  host.ip({"link set far-eth0 down"});
  EXPECT_TRUE(eventually(10s, [&] {
    const auto refused = bondctl({"switch", "bond7", "eth0"});
    return refused.status == 1 && refused.text.find("it has no carrier") != std::string::npos;
  }));
}

TEST_F(BondctlByHand, WithoutRightsNothingIsDoneAndItSaysSo) {
  must({"create", "bond7", "mode=active-backup", "ports=eth0,eth1"});
  const auto before = table();
  const auto refused = host.run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                 program("bondctl"), "set", "bond7", "miimon=50ms"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.text, HasSubstr("CAP_NET_ADMIN"));
  EXPECT_EQ(table(), before);
}

}  // namespace
}  // namespace hawser::lab

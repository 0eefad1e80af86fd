// bondctl drain, undrain and migrate on the real kernel, with traffic over what they move.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>
#include <utility>

#include <boost/json.hpp>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "tests/support/conversation.h"
#include "tests/support/failure.h"
#include "tests/support/fixture.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

std::string sorted(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

class BondctlMove : public LabTest {
 protected:
  BondctlMove() { std::filesystem::remove_all(kRuntime); }
  ~BondctlMove() override { std::filesystem::remove_all(kRuntime); }

  [[nodiscard]] Output bondctl(const Argv& words) const {
    Argv argv{program("bondctl")};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--runtime-dir", kRuntime});
    return host.run(argv, 60s);
  }
  std::string must(const Argv& words) const {
    const auto done = bondctl(words);
    EXPECT_EQ(done.status, 0) << done.text;
    return done.text;
  }
  [[nodiscard]] json::object link(const std::string& name) const {
    return json::parse(host.check({"ip", "-d", "-j", "link", "show", name})).at(0).as_object();
  }
  [[nodiscard]] std::string active() const {
    return std::string(link("bond0").at("linkinfo").at("info_data").at("active_slave").as_string());
  }
  [[nodiscard]] std::string option(const std::string& name) const {
    return json::serialize(link("bond0").at("linkinfo").at("info_data").at(name));
  }
  [[nodiscard]] bool is_up_and_alone(const std::string& port) const {
    const auto flags = json::serialize(link(port).at("flags"));
    return !link(port).contains("master") && flags.find("\"UP\"") != std::string::npos;
  }
  [[nodiscard]] bool answers(const std::string& address) const {
    return eventually(20s, [&] { return host.run({"ping", "-c1", "-W1", address}).status == 0; });
  }
  // How many of one ping a millisecond were lost while `act` was done.
  template <class Act>
  std::size_t lost_while(const std::string& address, Act act) const {
    Process ping(host, {"ping", "-q", "-i", "0.001", address});
    std::this_thread::sleep_for(500ms);
    act();
    std::this_thread::sleep_for(1s);
    ping.signal(SIGINT);
    EXPECT_TRUE(ping.wait(10s));
    const auto text = ping.output();
    std::smatch found;
    if (!std::regex_search(text, found, std::regex("([0-9]+) packets transmitted, ([0-9]+) received")))
      give_up("ping: {}", text);
    const auto sent = std::stoul(found[1]);
    const auto lost = sent - std::stoul(found[2]);
    std::cout << fmt::format("    {} of {} pings lost\n", lost, sent);
    EXPECT_GT(sent, 300U);
    return lost;
  }

  static constexpr const char* kRuntime = "/tmp/hawser-move";
  Namespace host{"near"};
};

// --- drain ---

// A host with a bond to one switch, another one at the switch.
class BondctlDrain : public BondctlMove {
 protected:
  BondctlDrain() {
    peer.set_link("eth0", true);
    peer.ip({"address add 192.0.2.9/24 dev eth0"});
  }
  void bond(const std::string& mode, const Argv& more = {}) {
    Argv words{"create", "bond0", "mode=" + mode, "ports=eth0,eth1"};
    words.insert(words.end(), more.begin(), more.end());
    must(words);
    host.ip({"address add 192.0.2.1/24 dev bond0"});
    ASSERT_TRUE(answers("192.0.2.9"));
  }

  Switch network{"sw"};
  Namespace peer{"far"};
  Cable first = network.connect(host, "eth0"), second = network.connect(host, "eth1"),
        far = network.connect(peer, "eth0");
};

TEST_F(BondctlDrain, TheActiveRoleMovesAndStaysAwayAndNothingIsLost) {
  bond("active-backup");
  ASSERT_EQ(active(), "eth0");
  EXPECT_EQ(lost_while("192.0.2.9", [&] { must({"drain", "bond0", "eth0"}); }), 0U);
  EXPECT_EQ(active(), "eth1");
  EXPECT_EQ(option("all_slaves_active"), "0");
  // Whatever makes the kernel choose again.
  must({"set", "bond0", "primary_reselect=better"});
  must({"set", "bond0", "primary_reselect=always"});
  EXPECT_EQ(active(), "eth1");
  first.pull();
  first.plug();
  EXPECT_FALSE(eventually(2s, [&] { return active() == "eth0"; }));
  EXPECT_EQ(lost_while("192.0.2.9", [&] { must({"undrain", "bond0", "eth0"}); }), 0U);
  EXPECT_EQ(link("eth0").at("linkinfo").at("info_slave_data").at("prio"), 0);
}

TEST_F(BondctlDrain, APrimaryComesBackWithItsPlace) {
  bond("active-backup", {"primary=eth0", "eth0.prio=7"});
  ASSERT_TRUE(eventually(10s, [&] { return active() == "eth0"; }));
  const auto dry = bondctl({"drain", "bond0", "eth0", "--dry-run"});
  EXPECT_EQ(dry.status, 3);
  EXPECT_THAT(dry.text, HasSubstr("bond0: switch to port eth1"));
  EXPECT_EQ(active(), "eth0");
  must({"drain", "bond0", "eth0"});
  EXPECT_EQ(active(), "eth1");
  EXPECT_THAT(must({"drain", "bond0", "eth0"}), HasSubstr("eth0 is drained already"));
  must({"undrain", "bond0", "eth0"});
  EXPECT_TRUE(eventually(10s, [&] { return active() == "eth0"; }));
  EXPECT_EQ(option("primary"), "\"eth0\"");
  EXPECT_EQ(link("eth0").at("linkinfo").at("info_slave_data").at("prio"), 7);
  const auto again = bondctl({"undrain", "bond0", "eth0"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.text, HasSubstr("is back already"));
}

TEST_F(BondctlDrain, TheLastPortThatCarriesIsNotDrained) {
  bond("active-backup");
  second.pull();
  ASSERT_TRUE(eventually(10s, [&] {
    return bondctl({"drain", "bond0", "eth0"}).text.find("no other port could carry on") != std::string::npos;
  }));
  EXPECT_EQ(bondctl({"drain", "bond0", "eth0"}).status, 1);
  EXPECT_EQ(bondctl({"drain", "bond0", "eth7"}).status, 1);
  EXPECT_EQ(bondctl({"drain", "bond0"}).status, 2);
  EXPECT_FALSE(std::filesystem::exists(std::string(kRuntime) + "/drained.json"));
}

TEST_F(BondctlDrain, WhatNobodyConfirmsIsTakenBack) {
  bond("active-backup");
  must({"drain", "bond0", "eth0", "--confirm", "5s"});
  EXPECT_EQ(active(), "eth1");
  EXPECT_TRUE(eventually(20s, [&] { return active() == "eth0"; }));
  EXPECT_TRUE(eventually(
      5s, [&] { return link("eth0").at("linkinfo").at("info_slave_data").at("prio").as_int64() == 0; }));
  EXPECT_TRUE(eventually(5s, [&] { return bondctl({"undrain", "bond0", "eth0"}).status == 1; }));
}

TEST_F(BondctlDrain, KilledInTheMiddleItIsFinishedByTheNext) {
  bond("active-backup");
  for (const auto after : {40ms, 90ms, 150ms, 250ms}) {
    {
      Process process(host, {program("bondctl"), "drain", "bond0", "eth0", "--runtime-dir", kRuntime});
      std::this_thread::sleep_for(after);
      ::kill(process.pid(), SIGKILL);
    }
    must({"drain", "bond0", "eth0"});
    EXPECT_EQ(active(), "eth1") << after.count();
    EXPECT_EQ(option("all_slaves_active"), "0") << after.count();
    must({"undrain", "bond0", "eth0"});
    must({"switch", "bond0", "eth0"});
  }
}

TEST_F(BondctlDrain, OfTlbThePortLeavesAndComesBack) {
  bond("balance-tlb", {"eth0.queue_id=2"});
  ASSERT_EQ(active(), "eth0");
  lost_while("192.0.2.9", [&] { must({"drain", "bond0", "eth0"}); });
  EXPECT_EQ(active(), "eth1");
  EXPECT_TRUE(is_up_and_alone("eth0"));
  EXPECT_NE(link("eth0").at("address"), link("bond0").at("address"));
  EXPECT_TRUE(answers("192.0.2.9"));
  lost_while("192.0.2.9", [&] { must({"undrain", "bond0", "eth0"}); });
  EXPECT_EQ(link("eth0").at("master"), "bond0");
  EXPECT_EQ(link("eth0").at("linkinfo").at("info_slave_data").at("queue_id"), 2);
}

// Two bonds, cabled to each other.
class BondctlDrainGroup : public BondctlMove {
 protected:
  void bonds(const std::string& mode) {
    must({"create", "bond0", "mode=" + mode, "ports=eth0,eth1"});
    host.ip({"address add 192.0.2.1/24 dev bond0"});
    const auto made = peer.run({program("bondctl"), "create", "bond0", "mode=" + mode, "ports=eth0,eth1"});
    ASSERT_EQ(made.status, 0) << made.text;
    peer.ip({"address add 192.0.2.9/24 dev bond0"});
    ASSERT_TRUE(answers("192.0.2.9"));
  }
  [[nodiscard]] bool lacp_uses_both() const {
    return eventually(60s, [&] {
      const auto text = bondctl({"show", "bond0", "--json"}).text;
      const auto bond = json::parse(text).at("bonds").at(0);
      return std::ranges::all_of(bond.at("ports").as_array(), [](const auto& port) {
        return port.at("lacp").is_object() && port.at("lacp").at("carries").as_bool();
      });
    });
  }

  Namespace peer{"far"};
  Cable first{{&host, "eth0"}, {&peer, "eth0"}}, second{{&host, "eth1"}, {&peer, "eth1"}};
};

TEST_F(BondctlDrainGroup, LacpTellsThePartner) {
  bonds("802.3ad");
  ASSERT_TRUE(lacp_uses_both());
  for (const auto* port : {"eth0", "eth1"}) {
    const auto lost = lost_while("192.0.2.9", [&] { must({"drain", "bond0", port}); });
    EXPECT_LE(lost, 20U) << port;  // what the partner sends until it has heard it
    EXPECT_TRUE(is_up_and_alone(port));
    EXPECT_NE(link(port).at("address"), link("bond0").at("address"));
    EXPECT_TRUE(answers("192.0.2.9"));
    const auto back = lost_while("192.0.2.9", [&] { must({"undrain", "bond0", port}); });
    EXPECT_LE(back, 20U) << port;
    EXPECT_EQ(link(port).at("master"), "bond0");
    ASSERT_TRUE(lacp_uses_both());
  }
}

TEST_F(BondctlDrainGroup, OfAStaticGroupThePortLeavesAndTheOtherEndIsToBeTold) {
  for (const auto* mode : {"balance-rr", "balance-xor", "broadcast"}) {
    bonds(mode);
    EXPECT_THAT(must({"drain", "bond0", "eth1"}), HasSubstr("nobody tells the other end"));
    EXPECT_TRUE(is_up_and_alone("eth1")) << mode;
    must({"undrain", "bond0", "eth1"});
    EXPECT_EQ(link("eth1").at("master"), "bond0") << mode;
    must({"delete", "bond0", "--allow-interruption"});
    peer.ip({"link delete bond0"});
  }
}

// --- migrate ---

class BondctlMigrate : public BondctlMove {
 protected:
  BondctlMigrate() {
    for (const auto* which : {"all", "default"}) {
      host.sysctl(fmt::format("net.ipv6.conf.{}.accept_ra", which), "0");
      peer.sysctl(fmt::format("net.ipv6.conf.{}.accept_ra", which), "0");
    }
    peer.set_link("eth0", true);
    peer.ip({"address add 192.0.2.9/24 dev eth0", "address add 2001:db8::9/64 dev eth0 nodad",
             "link add link eth0 name v5 type vlan id 5", "link set v5 up",
             "address add 198.51.100.9/24 dev v5", "address add 2001:db8:5::9/64 dev v5 nodad"});
    host.set_link("eth1", true);  // its first opening gives a card its queue, which it keeps
    host.set_link("eth1", false);
    host.set_link("eth0", true);
    host.ip({"address add 192.0.2.5/24 dev eth0", "address add 192.0.2.1/24 dev eth0",
             "address add 2001:db8::1/64 dev eth0", "link add link eth0 name v5 type vlan id 5",
             "link set v5 up", "address add 198.51.100.1/24 dev v5", "address add 2001:db8:5::1/64 dev v5",
             "route add default via 192.0.2.9", "route add 203.0.113.0/24 via 192.0.2.8 table 77",
             "route add 203.0.113.128/25 via 198.51.100.9", "route add default via 2001:db8::9",
             "route add 2001:db8:77::/48 via 2001:db8::8 table 77"});
    for (const auto* address : {"2001:db8::9", "2001:db8:5::9", "192.0.2.9", "198.51.100.9"})
      EXPECT_TRUE(answers(address)) << address;
  }

  // All that ip tells of the namespace, without what a new device or the clock changes, once it rests.
  [[nodiscard]] std::string table() const {
    std::string seen;
    EXPECT_TRUE(eventually(
        20s,
        [&] {
          const auto before = std::exchange(seen, look());
          return before == seen && seen.find("tentative") == std::string::npos;
        },
        1s))
        << seen;
    return seen;
  }
  [[nodiscard]] std::string look() const {
    const auto text = host.check({"ip", "-d", "-o", "link"}) + host.check({"ip", "-o", "address"}) +
                      host.check({"ip", "route", "show", "table", "all"}) +
                      host.check({"ip", "-6", "route", "show", "table", "all"});
    return sorted(std::regex_replace(text, std::regex("(^|\n)[0-9]+: "), "$1"));
  }
  // Of what was eth0's: as the bond has it now.
  [[nodiscard]] std::string routes(const std::string& device) const {
    std::string text;
    for (const auto* family : {"-4", "-6"})
      text += host.check({"ip", family, "route", "show", "table", "all", "dev", device});
    text += host.check({"ip", "-o", "address", "show", "dev", device});
    return sorted(std::regex_replace(
        text, std::regex(fmt::format("(^|\n)[0-9]+: {0}|dev {0}| {0}(?=\\\\)", device)), "$1"));
  }
  static Argv change(const std::string& how = "--allow-interruption", const std::string& value = {}) {
    Argv words{"migrate", "eth0", "--into", "bond0", "--with", "eth1", how};
    if (!value.empty()) words.push_back(value);
    return words;
  }

  Switch network{"sw"};
  Namespace peer{"far"};
  Cable first = network.connect(host, "eth0"), second = network.connect(host, "eth1"),
        far = network.connect(peer, "eth0");
};

void expect_whole(const Conversation::Heard& heard) {
  EXPECT_EQ(heard.fault, "");
  EXPECT_EQ(heard.heard_by_server, heard.sent_to_server);
  EXPECT_EQ(heard.heard_by_client, heard.sent_to_client);
  EXPECT_GT(heard.heard_by_client, 100U);
  std::cout << fmt::format(
      "    {} and {} numbers, none lost; the longest silence {} ms\n", heard.heard_by_server,
      heard.heard_by_client,
      std::chrono::duration_cast<std::chrono::milliseconds>(heard.longest_silence).count());
}

TEST_F(BondctlMigrate, ASessionOverItLosesNotOneByte) {
  for (const auto* address : {"192.0.2.1", "2001:db8::1", "198.51.100.1"}) {
    (void)table();  // nobody listens on an address that is tentative still
    Conversation session(peer, host, address);
    std::this_thread::sleep_for(300ms);
    std::cout << must(change());
    const auto heard = session.heard();
    EXPECT_TRUE(eventually(20s, [&] { return session.heard() > heard + 100; })) << address;
    expect_whole(session.end());
    EXPECT_EQ(active(), "eth0");
    must({"delete", "bond0", "--allow-interruption"});
    for (const auto* one : {"eth0", "eth1"}) host.ip({fmt::format("link set {} down", one)});
    host.set_link("eth0", true);
    host.ip({"address add 192.0.2.5/24 dev eth0", "address add 192.0.2.1/24 dev eth0",
             "address add 2001:db8::1/64 dev eth0", "link add link eth0 name v5 type vlan id 5",
             "link set v5 up", "address add 198.51.100.1/24 dev v5"});
    EXPECT_TRUE(answers("2001:db8::9"));
  }
}

TEST_F(BondctlMigrate, AllItHadIsTheBonds) {
  host.ip({"link set eth0 mtu 1400", "link set eth1 mtu 1500"});
  const auto mac = link("eth0").at("address");
  (void)table();
  const auto before = routes("eth0");
  const auto vlan = routes("v5");
  must(change());
  (void)table();
  EXPECT_EQ(routes("bond0"), before);
  EXPECT_EQ(routes("v5"), vlan);
  EXPECT_EQ(link("bond0").at("address"), mac);
  EXPECT_EQ(link("bond0").at("mtu"), 1400);
  EXPECT_EQ(option("mode"), "\"active-backup\"");
  EXPECT_EQ(option("miimon"), "100");
  EXPECT_EQ(link("v5").at("link"), "bond0");
  for (const auto* port : {"eth0", "eth1"}) EXPECT_EQ(link(port).at("master"), "bond0");
  for (const auto* address : {"2001:db8::9", "2001:db8:5::9", "192.0.2.9", "198.51.100.9"})
    EXPECT_TRUE(answers(address)) << address;
}

// The object goes when eth0 is taken down, and its routes with it.
TEST_F(BondctlMigrate, ARouteByWayOfANexthopObjectMovesToo) {
  host.ip({"nexthop add id 7 via 192.0.2.9 dev eth0", "nexthop add id 8 via 192.0.2.8 dev eth0",
           "nexthop add id 9 group 7/8", "route add 203.0.113.192/26 nhid 7",
           "route add 203.0.113.64/26 nhid 9"});
  EXPECT_THAT(must(change()), HasSubstr("its next-hop object 7 goes with eth0"));
  EXPECT_THAT(host.check({"ip", "route", "show", "203.0.113.192/26"}),
              testing::StartsWith("203.0.113.192/26 via 192.0.2.9 dev bond0"));
  EXPECT_THAT(host.check({"ip", "route", "show", "203.0.113.64/26"}),
              testing::AllOf(HasSubstr("nexthop via 192.0.2.9 dev bond0"),
                             HasSubstr("nexthop via 192.0.2.8 dev bond0")));
}

TEST_F(BondctlMigrate, WhatNobodyConfirmsIsUndoneUnderASession) {
  const auto before = table();
  Conversation session(peer, host, "192.0.2.1");
  must(change("--confirm", "5s"));
  EXPECT_EQ(link("eth0").at("master"), "bond0");
  ASSERT_TRUE(eventually(30s, [&] { return look().find("bond0") == std::string::npos; }));
  EXPECT_TRUE(eventually(
      20s, [&] { return look() == before; }, 500ms))
      << before << look();
  const auto heard = session.heard();
  EXPECT_TRUE(eventually(20s, [&] { return session.heard() > heard + 100; }));
  expect_whole(session.end());
}

TEST_F(BondctlMigrate, WhatIsConfirmedStays) {
  must(change("--confirm", "5s"));
  EXPECT_THAT(must({"confirm"}), HasSubstr("bondctl migrate eth0"));
  std::this_thread::sleep_for(7s);
  EXPECT_EQ(link("eth0").at("master"), "bond0");
}

TEST_F(BondctlMigrate, KilledInTheMiddleItIsTakenBack) {
  const auto before = table();
  Conversation session(peer, host, "192.0.2.1");
  const auto times = thorough() ? std::vector{40ms, 80ms, 130ms, 200ms, 300ms} : std::vector{80ms, 200ms};
  for (const auto after : times) {
    {
      Argv argv{program("bondctl")};
      for (const auto& word : change("--confirm", "5s")) argv.push_back(word);
      argv.insert(argv.end(), {"--runtime-dir", kRuntime});
      Process process(host, argv);
      std::this_thread::sleep_for(after);
      ::kill(process.pid(), SIGKILL);
    }
    EXPECT_TRUE(eventually(20s, [&] {
      return bondctl({"confirm", "--dry-run"}).text.find("no change waits") != std::string::npos;
    }));
    EXPECT_TRUE(eventually(
        20s, [&] { return look() == before; }, 500ms))
        << after.count() << "\n"
        << before << look();
  }
  expect_whole(session.end());
}

TEST_F(BondctlMigrate, ItIsRefusedBeforeAnythingIsTouched) {
  const auto before = table();
  const auto unsaid = bondctl({"migrate", "eth0", "--into", "bond0"});
  EXPECT_EQ(unsaid.status, 1);
  EXPECT_THAT(unsaid.text, HasSubstr("write --confirm 60s"));
  EXPECT_EQ(bondctl({"migrate", "eth0"}).status, 2);
  EXPECT_EQ(bondctl({"migrate", "eth7", "--into", "bond0", "--confirm", "5s"}).status, 1);
  EXPECT_EQ(bondctl({"migrate", "eth0", "--into", "bond0", "mode=9", "--confirm", "5s"}).status, 2);
  EXPECT_THAT(bondctl({"create", "bond0", "mode=active-backup", "ports=eth0"}).text,
              HasSubstr("'bondctl migrate eth0 --into bond0 --confirm 60s'"));
  const auto dry = bondctl({"migrate", "eth0", "--into", "bond0", "--with", "eth1", "--dry-run"});
  EXPECT_EQ(dry.status, 3);
  EXPECT_THAT(dry.text, HasSubstr("bond0: add port eth0"));
  EXPECT_EQ(table(), before);
}

TEST_F(BondctlMigrate, IntoABondThatIsThereTheNeighboursAreTold) {
  must({"create", "bond0", "mode=active-backup", "ports=eth1"});
  Conversation session(peer, host, "192.0.2.1");
  std::this_thread::sleep_for(200ms);
  must({"migrate", "eth0", "--into", "bond0", "--allow-interruption"});
  EXPECT_THAT(host.check({"ip", "address", "show", "bond0"}), HasSubstr("192.0.2.1/24"));
  const auto heard = session.heard();
  EXPECT_TRUE(eventually(20s, [&] { return session.heard() > heard + 100; }));
  expect_whole(session.end());
}

// --- apply ---

class BondctlApply : public BondctlMove {
 protected:
  BondctlApply() {
    std::filesystem::create_directories(kRuntime);
    for (const auto* name : {"eth0", "eth1", "eth2"})
      host.ip({fmt::format("link add {0} type veth peer name far-{0}", name),
               fmt::format("link set far-{} up", name)});
  }
  void write(const std::string& text) const {
    std::ofstream(file) << "format = 1\n"
                           "[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\n"
                           "addresses = [\"192.0.2.1/24\"]\n"
                           "[link.v5]\nkind = \"vlan\"\non = \"bond0\"\nid = 5\n"
                           "addresses = [\"198.51.100.1/24\"]\n"
                           "routes = [{ to = \"203.0.113.0/24\", via = \"198.51.100.9\" }]\n"
                           "[link.other]\nkind = \"dummy\"\naddresses = [\"203.0.113.77/32\"]\n"
                           "[service.web]\nvirtual = [\"tcp 192.0.2.100:80\"]\n"
                           "[[service.web.real]]\naddress = \"198.51.100.21:8080\"\n"
                        << text;
  }
  [[nodiscard]] Output apply(Argv words) const {
    words.insert(words.begin(), "apply");
    words.insert(words.end(), {"-c", file, "--state-dir", kRuntime});
    return bondctl(words);
  }
  [[nodiscard]] Output netd(const std::string& verb) const {
    Argv argv{program("netd"), verb, "-c", file, "--state-dir", kRuntime, "--runtime-dir", kRuntime};
    if (verb == "apply") argv.emplace_back("--allow-interruption");
    return host.run(argv, 60s);
  }
  [[nodiscard]] std::string devices() const { return host.check({"ip", "-o", "address"}); }

  const std::string file = std::string(kRuntime) + "/hawser.toml";
};

TEST_F(BondctlApply, MakesTheBondsOfTheFileAndNothingElse) {
  write("");
  const auto dry = apply({"--dry-run"});
  EXPECT_EQ(dry.status, 3) << dry.text;
  EXPECT_THAT(host.check({"ip", "link"}), Not(HasSubstr("bond0")));
  EXPECT_EQ(apply({}).status, 0);
  EXPECT_THAT(devices(), testing::AllOf(HasSubstr("192.0.2.1/24"), HasSubstr("198.51.100.1/24"),
                                        Not(HasSubstr("203.0.113.77"))));
  EXPECT_THAT(host.check({"ip", "route"}), HasSubstr("203.0.113.0/24 via 198.51.100.9 dev v5 proto 201"));
  EXPECT_THAT(host.check({"ipvsadm", "-ln"}), Not(HasSubstr("192.0.2.100")));
  EXPECT_EQ(apply({"bond0"}).status, 0);
  EXPECT_EQ(apply({"bond0", "--dry-run"}).status, 0);
}

// They have one journal and one mark: what the one made the other knows.
TEST_F(BondctlApply, LeavesWhatNetdAppliedAndNetdTakesItsOn) {
  write("");
  EXPECT_EQ(netd("apply").status, 0);
  EXPECT_THAT(devices(), HasSubstr("203.0.113.77"));
  write("[bond.bond1]\nmode = \"802.3ad\"\nports = [\"eth2\"]\n");
  EXPECT_EQ(apply({"bond1"}).status, 0);
  EXPECT_THAT(devices(), HasSubstr("203.0.113.77"));
  EXPECT_THAT(host.check({"ipvsadm", "-ln"}), HasSubstr("192.0.2.100"));
  EXPECT_EQ(netd("plan").status, 0) << netd("plan").text;
  write("");
  EXPECT_EQ(netd("apply").status, 0);
  EXPECT_THAT(host.check({"ip", "link"}), Not(HasSubstr("bond1")));
}

TEST_F(BondctlApply, WhatInterruptsIsAllowedFirstAndTakenBackWhenNobodyConfirms) {
  must({"create", "bond0", "mode=balance-xor", "ports=eth0,eth1"});
  host.ip({"address add 192.0.2.1/24 dev bond0"});
  write("");
  const auto refused = apply({});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.text, HasSubstr("--allow-interruption"));
  EXPECT_EQ(apply({"--allow-interruption", "--confirm", "5s"}).status, 0);
  EXPECT_EQ(option("mode"), "\"active-backup\"");
  EXPECT_TRUE(eventually(20s, [&] { return option("mode") == "\"balance-xor\""; }));
  EXPECT_TRUE(eventually(5s, [&] { return host.check({"ip", "link"}).find("v5") == std::string::npos; }));
}

TEST_F(BondctlApply, WhatIsWrongIsSaidAndNothingDone) {
  write("[bond.bond1]\nmode = \"802.3ad\"\nports = [\"eth9\"]\n");
  const auto missing = apply({});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.text, HasSubstr("bond1: add port eth9: no such device"));
  EXPECT_EQ(apply({"bond7"}).status, 1);
  write("[bond.bond1]\nmode = \"7\"\n");
  EXPECT_EQ(apply({}).status, 78);
  EXPECT_THAT(host.check({"ip", "link"}), Not(HasSubstr("bond")));
}

TEST_F(BondctlApply, BesideARunningNetdItIsRefused) {
  write("");
  Process daemon(host,
                 {program("netd"), "run", "-c", file, "--state-dir", kRuntime, "--runtime-dir", kRuntime});
  ASSERT_TRUE(eventually(30s, [&] { return devices().find("203.0.113.77") != std::string::npos; }));
  const auto refused = apply({});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.text, HasSubstr("use 'netd reload'"));
  daemon.stop();
}

}  // namespace
}  // namespace hawser::lab

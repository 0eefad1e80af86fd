// bondctl on the real bonding driver: what it shows is all that the kernel tells, what it watches is what
// happens.
#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/support/failure.h"
#include "tests/support/fixture.h"
#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

namespace json = boost::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr auto kPatience = 60s;  // the emulated machine is slow; nothing here measures

class BondctlLab : public NetworkTest {
 protected:
  [[nodiscard]] static Argv bondctl(const Argv& words) {
    Argv argv{program("bondctl")};
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
  }
  [[nodiscard]] Output ask(const Argv& words) const { return lb1.run(bondctl(words)); }
  [[nodiscard]] json::value ask_json(Argv words) const {
    words.emplace_back("--json");
    return json::parse(ask(words).text);
  }
  [[nodiscard]] json::value bond(const std::string& name) const {
    return ask_json({"show", name}).at("bonds").at(0);
  }
  [[nodiscard]] static bool says(const Process& process, const std::string& text) {
    return eventually(kPatience, [&] { return process.output().find(text) != std::string::npos; });
  }
  void make_active_backup() const {
    lb1.ip({"link add bond0 type bond mode active-backup miimon 100", "link set eth0 master bond0",
            "link set eth1 master bond0", "link set bond0 up"});
  }
  // lb1 and lb2, two cables, LACP at both ends; eth9 is a port whose other end speaks none.
  void make_lacp() {
    for (const auto* name : {"lag0", "lag1"})
      cables_.emplace_back(Cable::End{&lb1, name}, Cable::End{&lb2, name});
    cables_.emplace_back(Cable::End{&lb1, "deaf"}, Cable::End{&lb2, "mute"});
    const std::string add = "link add bond8 type bond mode 802.3ad lacp_rate fast miimon 100";
    lb2.ip({"link set lag0 down", "link set lag1 down", add, "link set lag0 master bond8",
            "link set lag1 master bond8", "link set bond8 up"});
    lb1.ip({add, "link set lag0 master bond8", "link set lag1 master bond8", "link set deaf master bond8",
            "link set bond8 up"});
  }
  [[nodiscard]] bool lacp_is_up() const {
    return eventually(kPatience, [&] {
      const auto ports = bond("bond8").at("ports");
      return ports.at(1).at("lacp").at("carries").as_bool() &&
             ports.at(2).at("lacp").at("carries").as_bool() && has(ports.at(0), "not one LACPDU has come in");
    });
  }
  static bool has(const json::value& value, const std::string& text) {
    return json::serialize(value).find(text) != std::string::npos;
  }

  static const json::value& port(const json::value& bond, std::string_view name) {
    const auto& ports = bond.at("ports").as_array();
    return *std::ranges::find_if(ports,
                                 [&](const json::value& one) { return one.at("name").as_string() == name; });
  }

  const Namespace& lb1 = network.host("lb1");
  const Namespace& lb2 = network.host("lb2");
  std::vector<Cable> cables_;
};

TEST_F(BondctlLab, WatchTellsAPulledCableAsAChainFromTheCarrierToTheAnnouncement) {
  make_active_backup();
  Process text(lb1, bondctl({"watch", "bond0"}));
  Process lines(lb1, bondctl({"watch", "--json"}));
  ASSERT_TRUE(says(text, "bond0: active-backup, active port eth0"));
  ASSERT_TRUE(says(lines, "\"change\":\"present\""));
  network.pull("lb1", "eth0");
  ASSERT_TRUE(says(text, "-> announced ")) << text.output();
  const auto seen = text.output();
  EXPECT_THAT(seen, ContainsRegex("Z bond0: eth0: lost its carrier\n"));
  EXPECT_THAT(seen, ContainsRegex("Z bond0: eth0: down for the bond's monitor \\([0-9.]+ms later\\)\n"));
  EXPECT_THAT(seen, ContainsRegex("Z bond0: eth0 -> eth1: eth0 lost its carrier [0-9.]+ms before\n"));
  EXPECT_THAT(seen, ContainsRegex("Z bond0: carrier -> poll [0-9.]+ms -> failover [0-9.]+ms -> announced "
                                  "[0-9.]+ms\n"));
  ASSERT_TRUE(says(lines, "\"change\":\"announced\"")) << lines.output();
  std::istringstream all(lines.output());
  std::vector<std::string> steps;
  for (std::string line; std::getline(all, line);) {
    const auto one = json::parse(line);
    if (one.at("change") != "announced") continue;
    for (const auto& link : one.at("chain").as_array()) steps.emplace_back(link.at("change").as_string());
  }
  EXPECT_THAT(steps, testing::ElementsAre("carrier", "poll", "failover", "announced")) << lines.output();
}

TEST_F(BondctlLab, WatchFollowsABondThatIsMadeLaterAndRenamed) {
  Process watch(lb1, bondctl({"watch", "bond0"}));
  lb1.ip({"link add bond7 type bond mode active-backup miimon 100"});
  ASSERT_TRUE(eventually(kPatience, [&] {
    lb1.ip({"link add bond0 type bond mode active-backup miimon 100"});
    const bool seen = eventually(2s, [&] { return watch.output().find("created") != std::string::npos; });
    if (!seen) lb1.ip({"link del bond0"});  // it was there before the watch was
    return seen;
  })) << watch.output();
  lb1.ip({"link set bond0 name uplink", "link set eth0 master uplink"});
  EXPECT_TRUE(says(watch, "uplink: renamed from bond0\n")) << watch.output();
  EXPECT_TRUE(says(watch, "uplink: eth0: joined\n")) << watch.output();
  lb1.ip({"link del uplink"});
  EXPECT_TRUE(says(watch, "uplink: removed\n")) << watch.output();
  EXPECT_THAT(watch.output(), Not(HasSubstr("bond7")));
  watch.signal(SIGINT);
  EXPECT_EQ(watch.wait(5s), 128 + SIGINT);
}

TEST_F(BondctlLab, LacpShowsPartnerStatesCountersAndWhyAPortDoesNotCarry) {
  make_lacp();
  ASSERT_TRUE(lacp_is_up()) << ask({"show", "bond8"}).text;
  const auto shown = bond("bond8");
  const auto partner = lb2.check({"cat", "/sys/class/net/bond8/address"});
  EXPECT_EQ(shown.at("lacp").at("aggregator").at("ports"), 2);
  EXPECT_EQ(std::string(shown.at("lacp").at("aggregator").at("partner").as_string()) + "\n", partner);
  const auto& port = shown.at("ports").at(1);
  EXPECT_EQ(json::serialize(port.at("lacp").at("actor").at("state_words")),
            R"(["active","short_timeout","aggregating","in_sync","collecting","distributing"])");
  EXPECT_GT(port.at("lacp").at("counters").at("lacpdu_rx").to_number<int>(), 0);
  EXPECT_GT(shown.at("lacp").at("counters").at("lacpdu_tx").to_number<int>(), 0);
  EXPECT_EQ(port.at("speed_mbps"), 10000);
  EXPECT_EQ(port.at("duplex"), "full");
  EXPECT_THAT(ask({"show", "bond8"}).text,
              HasSubstr("does not carry: no LACP partner: not one LACPDU has come in"));
  EXPECT_THAT(ask({"why", "bond8"}).text, HasSubstr("bond8: lag0, lag1 carry: aggregator "));
  EXPECT_THAT(ask({"why", "bond8"}).text, HasSubstr("deaf: does not carry: no LACP partner"));
}

TEST_F(BondctlLab, WatchTellsOfLacpWhatNoNotificationTells) {
  make_lacp();
  ASSERT_TRUE(lacp_is_up()) << ask({"show", "bond8"}).text;
  Process watch(lb1, bondctl({"watch"}));
  ASSERT_TRUE(says(watch, "bond8: 802.3ad"));
  lb2.ip({"link set lag1 nomaster", "link set lag1 up"});  // the link stays, the partner falls silent
  EXPECT_TRUE(says(watch, "bond8: lag1: LACP: ")) << watch.output();
  EXPECT_TRUE(says(watch, "+defaulted")) << watch.output();
}

TEST_F(BondctlLab, AnOrdinaryUserSeesAllButWhatTheKernelHides) {
  make_lacp();
  ASSERT_TRUE(lacp_is_up()) << ask({"show", "bond8"}).text;
  Argv argv{"setpriv", "--reuid", "65534", "--clear-groups"};
  for (const auto& word : bondctl({"show", "bond8"})) argv.push_back(word);
  const auto shown = lb1.run(argv);
  EXPECT_EQ(shown.status, 0) << shown.text;
  EXPECT_THAT(shown.text,
              HasSubstr("each port the LACP system, key and number of both ends: the kernel shows "
                        "them only with CAP_NET_ADMIN"));
  EXPECT_THAT(shown.text, HasSubstr("received, "));
  EXPECT_THAT(shown.text, HasSubstr("short_timeout"));
  EXPECT_THAT(ask({"show", "bond8"}).text, HasSubstr("priority 65535"));
}

// What /proc/net/bonding says and `shown` does not: line by line, by the key that we have for each.
std::vector<std::string> missing_of(const std::string& proc, const std::string& shown) {
  static const std::map<std::string, std::string> kNames{
      {"LACP rate", R"("lacp_rate":"{}")"},
      {"LACP active", R"("lacp_active":"{}")"},
      {"Min links", R"("min_links":"{}")"},
      {"Aggregator selection policy (ad_select)", R"("ad_select":"{}")"},
      {"Aggregator ID", R"(":{})"},
      {"Number of ports", R"("ports":{})"},
      {"Actor Key", R"("actor_key":{})"},
      {"Partner Key", R"("partner_key":{})"},
      {"Partner Mac Address", R"("partner":"{}")"},
      {"Slave Interface", R"("name":"{}")"},
      {"Duplex", R"("duplex":"{}")"},
      {"Link Failure Count", R"("failures":{})"},
      {"Permanent HW addr", R"("permanent_mac":"{}")"},
      {"Slave queue ID", R"("queue_id":{})"},
      {"Actor Churn State", R"("churn":"{}")"},
      {"Partner Churn State", R"("churn":"{}")"},
      {"Actor Churned Count", R"("churns":{})"},
      {"Partner Churned Count", R"("churns":{})"},
      {"System priority", R"("system_priority":{})"},
      {"System MAC address", R"("system":"{}")"},
      {"system priority", R"("system_priority":{})"},
      {"system mac address", R"("system":"{}")"},
      {"port key", R"("key":{})"},
      {"oper key", R"("key":{})"},
      {"port priority", R"("port_priority":{})"},
      {"port number", R"("port":{})"},
      {"port state", R"("state":{})"},
  };
  // In words or units of our own: tests/unit/bondctl/show/render_test.cpp has them.
  static const std::set<std::string> kInOtherWords{"Ethernet Channel Bonding Driver",
                                                   "Bonding Mode",
                                                   "Transmit Hash Policy",
                                                   "MII Status",
                                                   "MII Polling Interval (ms)",
                                                   "Up Delay (ms)",
                                                   "Down Delay (ms)",
                                                   "Peer Notification Delay (ms)",
                                                   "Speed"};
  std::vector<std::string> missing;
  std::istringstream lines(proc);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const auto first = line.find_first_not_of(" \t");
    const auto key = line.substr(first, colon - first);
    if (kInOtherWords.contains(key)) continue;
    const auto known = kNames.find(key);
    auto wanted = known == kNames.end() ? "a key for it" : known->second;
    if (const auto gap = wanted.find("{}"); gap != std::string::npos)
      wanted.replace(gap, 2, line.substr(colon + 2));
    if (shown.find(wanted) == std::string::npos) missing.push_back(line);
  }
  return missing;
}

// LACP's states change while one looks, so it is looked until both were read of the same moment.
TEST_F(BondctlLab, ShowHasAllThatProcHas) {
  make_lacp();
  ASSERT_TRUE(lacp_is_up()) << ask({"show", "bond8"}).text;
  std::string proc;
  std::vector<std::string> missing;
  EXPECT_TRUE(eventually(kPatience,
                         [&] {
                           proc = lb1.check({"cat", "/proc/net/bonding/bond8"});
                           missing = missing_of(proc, json::serialize(bond("bond8")));
                           return missing.empty();
                         }))
      << testing::PrintToString(missing) << json::serialize(bond("bond8"));
  EXPECT_GT(std::ranges::count(proc, ':'), 60);
}

// And what iproute2 reads of the same messages.
TEST_F(BondctlLab, ShowAgreesWithIp) {
  make_lacp();
  ASSERT_TRUE(lacp_is_up()) << ask({"show", "bond8"}).text;
  const auto shown = bond("bond8");
  const auto link = json::parse(lb1.check({"ip", "-d", "-j", "link", "show", "bond8"})).at(0);
  const auto& info = link.at("linkinfo").at("info_data").at("ad_info");
  const auto& active = shown.at("lacp").at("aggregator");
  EXPECT_EQ(active.at("id"), info.at("aggregator"));
  EXPECT_EQ(active.at("ports"), info.at("num_ports"));
  EXPECT_EQ(active.at("actor_key"), info.at("actor_key"));
  EXPECT_EQ(active.at("partner"), info.at("partner_mac"));
  for (const auto* name : {"lag0", "lag1", "deaf"}) {
    json::value ours;
    json::value data;
    EXPECT_TRUE(eventually(
        kPatience,
        [&] {  // states change between two looks
          ours = port(bond("bond8"), name);
          const auto theirs = json::parse(lb1.check({"ip", "-d", "-s", "-j", "link", "show", name})).at(0);
          data = theirs.at("linkinfo").at("info_slave_data");
          const auto& lacp = ours.at("lacp");
          return lacp.at("actor").at("state") == data.at("ad_actor_oper_port_state") &&
                 lacp.at("partner").at("state") == data.at("ad_partner_oper_port_state") &&
                 lacp.at("aggregator") == data.at("ad_aggregator_id");
        }))
        << name << json::serialize(ours) << json::serialize(data);
    EXPECT_EQ(ours.at("failures"), data.at("link_failure_count")) << name;
    EXPECT_EQ(ours.at("permanent_mac"), data.at("perm_hwaddr")) << name;
  }
}

TEST_F(BondctlLab, WhyTellsWhatNetdNotedWithItsCause) {
  NetdHost netd(lb1);
  netd.write(
      "format = 1\n[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nmiimon = "
      "\"100ms\"\n");
  netd.start_and_await();
  const Argv words{"why", "bond0", "--runtime-dir", netd.run_directory()};
  ASSERT_TRUE(eventually(kPatience, [&] { return ask(words).text.find("is active: ") != std::string::npos; }))
      << ask(words).text << netd.log();
  network.pull("lb1", "eth0");
  EXPECT_TRUE(eventually(kPatience, [&] {
    return ask(words).text.find(
               "bond0: eth1 is active: it is the only port that is up: eth0 has no carrier") !=
           std::string::npos;
  })) << ask(words).text;
  network.plug("lb1", "eth0");
  EXPECT_TRUE(eventually(kPatience, [&] {
    return ask(words).text.find("eth1 is active: it took over at 20") != std::string::npos;
  })) << ask(words).text;
  EXPECT_THAT(ask(words).text, HasSubstr(": eth0 lost its carrier"));
  EXPECT_THAT(ask({"show", "bond0", "--runtime-dir", netd.run_directory()}).text, HasSubstr("  last     20"));
}

// Without the guard's help: the kernel's own switch has its causes and times too, and what an operator does.
TEST_F(BondctlLab, ASwitchThatTheKernelMadeHasItsChain) {
  NetdHost netd(lb1);
  netd.write(
      "format = 1\n[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nmiimon = "
      "\"100ms\"\nfast_failover = false\n");
  netd.start_and_await();
  const Argv words{"show", "bond0", "--runtime-dir", netd.run_directory()};
  const auto shows = [&](const std::string& pattern) {
    return eventually(kPatience, [&] {
      auto text = ask(words).text;
      std::erase(text, '\n');
      return std::regex_search(std::regex_replace(text, std::regex(" +"), " "), std::regex(pattern));
    });
  };
  ASSERT_TRUE(shows("active port eth0"));
  network.pull("lb1", "eth0");
  EXPECT_TRUE(
      shows("last 20[^ ]*Z bond0: eth0 -> eth1: eth0 lost its carrier \\(carrier -> poll [0-9.]+ms -> "
            "failover [0-9.]+ms -> announced [0-9.]+ms\\)"))
      << ask(words).text << netd.log();
  network.plug("lb1", "eth0");
  ASSERT_TRUE(eventually(kPatience, [&] { return ask({"switch", "bond0", "eth0"}).status == 0; }));
  EXPECT_TRUE(shows("eth1 -> eth0: somebody asked for it")) << ask(words).text << netd.log();
}

}  // namespace
}  // namespace hawser::lab

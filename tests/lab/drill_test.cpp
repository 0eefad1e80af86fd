// bondctl drill on a real bond: its figures against a capture of the tests' own, and that nothing stays
// broken however it ends.
#include <map>
#include <memory>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTarget = "192.0.2.1";

// Of an echo packet without VLAN tags: Ethernet 14, IPv4 20, ICMP 8, the drill's mark 8, its number 4.
struct Echo {
  bool request = false;
  std::uint32_t number = 0;
  std::int64_t us = 0;
};

std::vector<Echo> echoes(const std::vector<Packet>& packets) {
  std::vector<Echo> result;
  for (const auto& [time, bytes] : packets) {
    if (bytes.size() < 54 || bytes[23] != 1 || (bytes[34] != 0 && bytes[34] != 8)) continue;
    std::uint32_t number = 0;
    for (std::size_t i = 50; i < 54; ++i) number = (number << 8U) | bytes[i];
    result.push_back({bytes[34] == 8, number, time / std::chrono::microseconds(1)});
  }
  return result;
}

struct Seen {
  std::int64_t outage_us = 0;
  std::size_t sent = 0, lost = 0;
};

// The same question as the drill's, answered from what passed the bond alone.
Seen seen_between(const std::vector<Echo>& all, std::int64_t from, std::int64_t to) {
  std::map<std::uint32_t, std::int64_t> asked;
  std::set<std::uint32_t> answered;
  for (const auto& echo : all) {
    if (!echo.request)
      answered.insert(echo.number);
    else if (echo.us >= from && echo.us < to)
      asked.try_emplace(echo.number, echo.us);
  }
  Seen seen{0, asked.size(), 0};
  std::int64_t since = 0;
  for (const auto& [number, moment] : asked) {
    const bool lost = !answered.contains(number);
    if (lost) ++seen.lost;
    if (lost && since == 0) since = moment;
    if (lost || since == 0) continue;
    seen.outage_us = std::max(seen.outage_us, moment - since);
    since = 0;
  }
  return seen;
}

std::int64_t number_in(const json::value& row, const char* key) {
  return row.at(key).to_number<std::int64_t>();
}
std::string text_in(const json::value& row, const char* key) {
  return std::string(row.at(key).as_string());
}

// Within 10 %, or what two probes on a slow machine make.
void expect_near(std::int64_t said, std::int64_t seen, std::int64_t floor, const std::string& what) {
  EXPECT_LE(std::abs(said - seen), std::max(seen / 10, floor)) << what << ": " << said << " said, " << seen;
}

class DrillLab : public LabTest {
 protected:
  // eth0 and eth1 of the host, and the target, at one switch.
  void behind_a_switch(const std::string& mode) {
    network.emplace("drillsw");
    cables.push_back(network->connect(host, "eth0"));
    cables.push_back(network->connect(host, "eth1"));
    cables.push_back(network->connect(target, "eth0"));
    target.ip({"link set eth0 up", fmt::format("address add {}/24 dev eth0", kTarget)});
    bond(host, mode + " miimon 200");
    start();
  }
  // Two bonds that speak LACP to each other.
  void speaking_lacp() {
    for (const auto* port : {"eth0", "eth1"})
      cables.emplace_back(Cable::End{&host, port}, Cable::End{&target, port});
    target.ip({"link set eth0 down", "link set eth1 down"});
    for (const auto* end : {&host, &target}) bond(*end, "802.3ad miimon 200 lacp_rate fast");
    target.ip({"link set bond0 up", fmt::format("address add {}/24 dev bond0", kTarget)});
    start();
    ASSERT_TRUE(eventually(
        60s,
        [&] {
          const auto details = host.check({"ip", "-d", "-j", "link", "show", "master", "bond0"});
          std::size_t synchronous = 0;
          const auto ports = json::parse(details);
          for (const auto& port : ports.as_array())
            if ((port.at("linkinfo").at("info_slave_data").at("ad_actor_oper_port_state").to_number<int>() &
                 0x20) != 0)
              ++synchronous;
          return synchronous == 2;
        },
        200ms));
  }
  static void bond(const Namespace& where, const std::string& options) {
    where.ip({"link add bond0 type bond mode " + options, "link set eth0 master bond0",
              "link set eth1 master bond0"});
  }
  void start() const {
    host.ip({"link set bond0 up", "address add 192.0.2.11/24 dev bond0",
             fmt::format("route add default via {}", kTarget)});
    ASSERT_TRUE(eventually(20s, [&] { return host.run({"ping", "-c1", "-W1", kTarget}).status == 0; }));
    ASSERT_TRUE(eventually(20s, [&] {
      const auto state = host.check({"cat", "/proc/net/bonding/bond0"});
      return state.find("MII Status: down") == std::string::npos;
    }));
  }
  [[nodiscard]] static Argv drill(const Argv& words) {
    Argv argv{program("bondctl"), "drill", "bond0"};
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
  }
  [[nodiscard]] Output run(const Argv& words) const { return host.run(drill(words), 240s); }

  // Runs a drill beside a capture at the bond and one at the target, and compares.
  void expect_what_a_capture_saw(const Argv& words, std::size_t faults_with_loss) {
    Capture at_bond(host, "bond0", {.filter = "icmp"});
    auto with_json = words;
    with_json.emplace_back("--json");
    const auto output = run(with_json);
    at_bond.stop();
    ASSERT_EQ(output.status, 0) << output.text;
    report = json::parse(output.text);
    const auto all = echoes(at_bond.packets());
    std::size_t with_loss = 0;
    for (const auto& row : report.at("rows").as_array()) {
      const auto name = text_in(row, "event") + " " + text_in(row, "port");
      const auto seen = seen_between(all, number_in(row, "from_us"), number_in(row, "to_us"));
      expect_near(number_in(row, "outage_us"), seen.outage_us, 3000, name + " outage");
      expect_near(number_in(row, "lost"), static_cast<std::int64_t>(seen.lost), 2, name + " lost");
      expect_near(number_in(row, "sent"), static_cast<std::int64_t>(seen.sent), 2, name + " sent");
      if (text_in(row, "event") == text_in(report, "how") && seen.lost > 0) ++with_loss;
    }
    EXPECT_GE(with_loss, faults_with_loss) << output.text;
  }
  [[nodiscard]] json::array rows(const std::string& event) const {
    json::array result;
    for (const auto& row : report.at("rows").as_array())
      if (text_in(row, "event") == event) result.push_back(row);
    return result;
  }

  [[nodiscard]] bool is_up(const std::string& port) const {
    return host.check({"ip", "-br", "link", "show", port}).find(",UP") != std::string::npos;
  }
  [[nodiscard]] bool blocked() const {
    return host.check({"nft", "list", "tables"}).find("bondctl_drill") != std::string::npos;
  }
  [[nodiscard]] std::string active() const {
    return host.check({"cat", "/sys/class/net/bond0/bonding/active_slave"});
  }
  [[nodiscard]] bool as_before() const {
    return is_up("eth0") && is_up("eth1") && !blocked() && active() == "eth0\n";
  }

  Namespace host{"host"};
  Namespace target{"target"};
  std::optional<Switch> network;
  std::vector<Cable> cables;
  json::value report;
};

TEST_F(DrillLab, MeasuresAPulledPortInActiveBackupAsACaptureDoesAndHearsTheGratuitousArp) {
  behind_a_switch("active-backup");
  Capture at_target(target, "eth0", {.filter = "arp"});
  expect_what_a_capture_saw({}, 2);
  EXPECT_EQ(rows("down").size(), 2U);
  EXPECT_EQ(rows("back").size(), 2U);
  for (const auto& row : rows("down")) {
    EXPECT_EQ(text_in(row, "role"), "active");
    EXPECT_NE(text_in(row, "active_before"), text_in(row, "active_after"));
    ASSERT_FALSE(row.at("announced").as_array().empty());
    EXPECT_EQ(text_in(row.at("announced").at(0), "port"), text_in(row, "active_after"));
    EXPECT_TRUE(row.at("missing").as_array().empty());
  }
  EXPECT_TRUE(as_before());
}

TEST_F(DrillLab, MeasuresAPulledPortInBalanceTlbAsACaptureDoes) {
  behind_a_switch("balance-tlb");
  expect_what_a_capture_saw({}, 1);
  EXPECT_TRUE(is_up("eth0") && is_up("eth1"));
}

TEST_F(DrillLab, MeasuresAPulledPortOfAnLacpBondAsACaptureDoesAndWaitsUntilThePartnerHasItBack) {
  speaking_lacp();
  expect_what_a_capture_saw({}, 0);
  std::set<std::string> roles;
  for (const auto& row : rows("down")) roles.insert(text_in(row, "role"));
  EXPECT_TRUE(roles.contains("carries"));
  EXPECT_TRUE(is_up("eth0") && is_up("eth1"));
}

TEST_F(DrillLab, DropsFramesInBothDirectionsOfAnLacpBondWhoseLinksStayUp) {
  speaking_lacp();
  expect_what_a_capture_saw({"--how", "path"}, 1);
  EXPECT_FALSE(blocked());
  for (const auto& row : rows("path"))
    EXPECT_EQ(number_in(row, "lost") > 0, text_in(row, "role") == "carries") << json::serialize(row);
}

TEST_F(DrillLab, SaysThatNothingSeesADeadPathBehindALiveLink) {
  behind_a_switch("active-backup");
  const auto output = run({"--how", "path", "--hold", "1s", "--wait", "2s"});
  EXPECT_EQ(output.status, 3) << output.text;
  EXPECT_THAT(output.text, HasSubstr("FAULT: eth0 path: no fail-over within 2s: 192.0.2.1 does not answer"));
  EXPECT_THAT(output.text, HasSubstr("arp_interval"));
  EXPECT_TRUE(as_before());
}

TEST_F(DrillLab, MovesTheActiveRoleAroundAndBackAndDrawsIt) {
  behind_a_switch("active-backup");
  const auto output = run({"--how", "switch", "--hold", "1s", "--svg", "/tmp/hawser-drill.svg"});
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr("eth1  switch"));
  EXPECT_TRUE(as_before());
  EXPECT_THAT(host.check({"cat", "/tmp/hawser-drill.svg"}), HasSubstr("</svg>"));
}

TEST_F(DrillLab, FindsThatNoGratuitousArpWasSent) {
  behind_a_switch("active-backup");
  // Told to send one and kept from it: what leaves the ports is what counts.
  host.check({"nft", "add table netdev mute"});
  for (const auto* port : {"eth0", "eth1"})
    host.check(
        {"nft", fmt::format("add chain netdev mute {0} {{ type filter hook egress device {0} priority 0; }}; "
                            "add rule netdev mute {0} arp operation request arp saddr ip 192.0.2.11 "
                            "arp daddr ip 192.0.2.11 drop",
                            port)});
  const auto output = run({"--how", "switch", "--hold", "1s"});
  EXPECT_EQ(output.status, 3) << output.text;
  EXPECT_THAT(output.text, HasSubstr("192.0.2.11 was not announced through eth1: no gratuitous ARP left it"));
}

TEST_F(DrillLab, RefusesWhatWouldCutTheBondOffAndTouchesNothing) {
  behind_a_switch("active-backup");
  EXPECT_THAT(run({"--target", "192.0.2.77"}).text, HasSubstr("does not answer: 0 of"));
  EXPECT_THAT(run({"--target", "192.0.2.11"}).text, HasSubstr("its route leads over lo, not over bond0"));
  cables[1].pull();
  ASSERT_TRUE(eventually(10s, [&] {
    return host.check({"ip", "-br", "link", "show", "eth1"}).find("NO-CARRIER") != std::string::npos;
  }));
  const auto output = run({});
  EXPECT_EQ(output.status, 1);
  EXPECT_THAT(output.text, HasSubstr("no second port is up (eth1: no carrier): without eth0 the bond"));
  EXPECT_EQ(active(), "eth0\n");
}

TEST_F(DrillLab, PutsEverythingBackWhenItIsKilled) {
  behind_a_switch("active-backup");
  Process drilling(host, drill({"--hold", "60s"}));
  ASSERT_TRUE(eventually(
      30s, [&] { return !is_up("eth0"); }, 50ms))
      << drilling.output();
  drilling.kill();
  EXPECT_TRUE(eventually(
      20s, [&] { return as_before(); }, 100ms));
  EXPECT_THAT(drilling.output(), HasSubstr("the drill ended early: its ports are as they were"));
}

TEST_F(DrillLab, LetsFramesPassAgainWhenItIsKilled) {
  behind_a_switch("active-backup");
  Process drilling(host, drill({"--how", "path", "--hold", "60s"}));
  ASSERT_TRUE(eventually(
      30s, [&] { return blocked(); }, 50ms))
      << drilling.output();
  EXPECT_NE(host.run({"ping", "-c1", "-W1", kTarget}).status, 0);
  drilling.kill();
  EXPECT_TRUE(eventually(
      20s, [&] { return as_before(); }, 100ms));
  EXPECT_EQ(host.run({"ping", "-c1", "-W2", kTarget}).status, 0);
}

TEST_F(DrillLab, PutsEverythingBackWhenItsTerminalIsGone) {
  behind_a_switch("active-backup");
  Argv argv{"setsid"};
  const auto command = drill({"--hold", "60s"});
  argv.insert(argv.end(), command.begin(), command.end());
  Process drilling(host, argv);
  ASSERT_TRUE(eventually(
      30s, [&] { return !is_up("eth0"); }, 50ms))
      << drilling.output();
  ASSERT_EQ(::kill(-drilling.pid(), SIGHUP), 0);  // to all of its session, as the kernel does
  EXPECT_TRUE(eventually(
      20s, [&] { return as_before(); }, 100ms));
}

TEST_F(DrillLab, PutsEverythingBackWhenItStandsStillAndThenGivesUp) {
  behind_a_switch("active-backup");
  Process drilling(host, drill({"--hold", "60s"}));
  ASSERT_TRUE(eventually(
      30s, [&] { return !is_up("eth0"); }, 50ms))
      << drilling.output();
  drilling.signal(SIGSTOP);
  EXPECT_TRUE(eventually(
      30s, [&] { return as_before(); }, 100ms));
  drilling.signal(SIGCONT);
  EXPECT_EQ(drilling.wait(30s), 1);
  EXPECT_THAT(drilling.output(), HasSubstr("stood still"));
  EXPECT_TRUE(as_before());
}

}  // namespace
}  // namespace hawser::lab

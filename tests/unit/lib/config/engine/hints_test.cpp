// Words of other programs, and values of the wrong type: what people are told.
#include "lib/config/engine/hints.h"

#include <set>

#include <gtest/gtest.h>

#include "lib/config/engine/schema.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

TEST(Hints, LeadToSettingsThatExist) {
  for (const auto& hint : key_hints()) {
    if (hint.target.empty()) {
      EXPECT_FALSE(hint.why.empty()) << hint.words;
      continue;
    }
    const auto dot = hint.target.find('.');
    const auto* info = find_key(hint.target.substr(0, dot), hint.target.substr(dot + 1));
    ASSERT_NE(info, nullptr) << hint.target;
    EXPECT_FALSE(info->example.empty()) << hint.target;
  }
}

TEST(Hints, AreOfKindsAndWordsThatMakeSense) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& hint : key_hints())
    for (const auto& kind : words_of(hint.kinds))
      for (const auto& word : words_of(hint.words)) {
        EXPECT_EQ(plain_word(word), word);
        EXPECT_TRUE(seen.emplace(kind, word).second) << kind << " " << word << " stands twice";
        EXPECT_EQ(find_key(kind, word), nullptr) << kind << "." << word << " is a setting";
      }
}

TEST(Hints, ForValuesAreRight) {
  for (const auto& hint : value_hints()) {
    const auto keys = describe_keys();
    const bool allowed = std::ranges::any_of(keys, [&](const KeyInfo& info) {
      return info.key == hint.key && info.range.find(quote(hint.right)) != std::string::npos;
    });
    EXPECT_TRUE(allowed) << hint.key << " = " << hint.right;
    for (const auto& word : words_of(hint.words)) EXPECT_EQ(plain_word(word), word);
  }
}

TEST(Hints, ForSectionsNameSectionsThatExist) {
  std::set<std::string> sections;
  for (const auto& info : describe_keys()) sections.insert(info.section);
  for (const auto& hint : section_hints()) {
    EXPECT_TRUE(sections.contains(std::string(hint.write))) << hint.write;
    for (const auto& word : words_of(hint.words)) EXPECT_FALSE(find_section(word) != nullptr) << word;
  }
}

struct Told {
  std::string text;
  std::string said;
};

// The first problem of each text.
void expect(const std::vector<Told>& cases) {
  for (const auto& [text, said] : cases) {
    const auto problems = load_text(text).problems;
    const bool found = std::ranges::any_of(
        problems, [&](const Problem& problem) { return problem.key + ": " + problem.what == said; });
    EXPECT_TRUE(found) << text << "\n  wants: " << said
                       << "\n  has: " << (problems.empty() ? "nothing" : to_string(problems.front()));
  }
}

TEST(Hints, TellWhatASettingIsCalledHere) {
  expect({
      {"[bond.b]\nslaves = \"eth0 eth1\"\n",
       "bond.b.slaves: no such setting: here it is ports = [\"eth0\", \"eth1\"]"},
      {"[bond.b]\nbond-mode = 4\n", "bond.b.bond-mode: no such setting; did you mean \"mode\"?"},
      {"[bond.b]\nMIIMonitorSec = \"100ms\"\n",
       "bond.b.MIIMonitorSec: no such setting: here it is miimon = \"100ms\""},
      {"[bond.b]\nlacp-rate = \"fast\"\n", "bond.b.lacp-rate: no such setting; did you mean \"lacp_rate\"?"},
      {"[bond.b]\nMTU = 1500\n", "bond.b.MTU: no such setting; did you mean \"mtu\"?"},
      {"[link.a]\ngateway4 = \"192.0.2.1\"\n",
       "link.a.gateway4: no such setting: here it is routes = [{ to = \"default\", via = \"192.0.2.254\" }]"},
      {"[link.a]\nnetmask = \"255.255.255.0\"\n",
       "link.a.netmask: no such setting: the prefix length stands with the address: write addresses = "
       "[\"192.0.2.1/24\", \"2001:db8::1/64\"]"},
      {"[link.a]\ndhcp4 = true\n",
       "link.a.dhcp4: no such setting: DHCP is not done here: leave the device to "
       "the program that does it"},
      {"[vip.a]\nadvert_int = 1\n",
       "vip.a.advert_int: no such setting: here it is advertisement_interval = \"1s\""},
      {"[vip.a]\nstate = \"MASTER\"\n",
       "vip.a.state: no such setting: the node with the highest priority holds the addresses: write priority "
       "= { lb1 = 150, lb2 = 100 }"},
      {"[vip.a]\nvirtual_ipaddress = [\"192.0.2.9\"]\n",
       "vip.a.virtual_ipaddress: no such setting: here it is addresses = [\"192.0.2.100\"]"},
      {"[vip.a]\nnopreempt = true\n", "vip.a.nopreempt: no such setting: here it is preempt = false"},
      {"[vip.a]\nauth_pass = \"x\"\n",
       "vip.a.auth_pass: no such setting: VRRP version 3 has no passwords (RFC 5798), and its advertisements "
       "can be "
       "signed: hmac"},
      {"[defaults.vip]\nvrid = 5\n", "defaults.vip.vrid: no such setting: here it is virtual_router_id = 51"},
      {"[service.w]\nlb_algo = \"rr\"\n",
       "service.w.lb_algo: no such setting: here it is scheduler = \"wrr\""},
      {"[service.w]\ndelay_loop = 6\n",
       "service.w.delay_loop: no such setting: here it is interval = \"1s\" in [check.NAME]"},
      {"[[pool.p.real]]\nip = \"192.0.2.1\"\n",
       "pool.p.real[1].ip: no such setting: here it is address = \"198.51.100.21:80\""},
      {"[pool.p]\nservers = [\"192.0.2.1\"]\n",
       "pool.p.servers: no such setting: here it is [[pool.NAME.real]] or [[service.NAME.real]]"},
      {"[check.c]\nrequest = \"/\"\n", "check.c.request: no such setting: here it is path = \"/healthz\""},
      {"[vrrp_instance.VI_1]\ninterface = \"eth0\"\n",
       "vrrp_instance: no such section: here it is [vip.NAME]"},
      {"[bonding]\nmode = 1\n", "bonding: no such section: here it is [bond.NAME]"},
      {"[virtual_server.x]\n", "virtual_server: no such section: here it is [service.NAME]"},
      {"[interfaces]\n", "interfaces: no such section: here it is [link.NAME]"},
      {"[vips.a]\n", "vips: no such section: here it is [vip.NAME]"},
      {"mode = \"802.3ad\"\n",
       "mode: stands above every section: write it below the line [bond.NAME] that it belongs to"},
      {"[bond]\nmode = \"802.3ad\"\n",
       "bond.mode: stands in no section: write [bond.NAME] above it, such as [bond.bond0]"},
      {"[[bond.bond0]]\nmode = \"802.3ad\"\n",
       "bond.bond0: is one section: write [bond.bond0] once, with single brackets"},
  });
}

TEST(Hints, TellTheRightValue) {
  const std::string modes =
      "must be \"balance-rr\", \"active-backup\", \"balance-xor\", \"broadcast\", \"802.3ad\", "
      "\"balance-tlb\" or \"balance-alb\", not ";
  expect({
      {"[bond.b]\nmode = \"lacp\"\n", "bond.b.mode: " + modes + "\"lacp\": write \"802.3ad\""},
      {"[bond.b]\nmode = 4\n", "bond.b.mode: " + modes + "4: write \"802.3ad\""},
      {"[bond.b]\nmode = \"ACTIVE_BACKUP\"\n",
       "bond.b.mode: " + modes + "\"ACTIVE_BACKUP\": write \"active-backup\""},
      {"[bond.b]\nmode = \"Active_Backup\"\n",
       "bond.b.mode: " + modes + "\"Active_Backup\": write \"active-backup\""},
      {"[bond.b]\nmode = \"active-bakcup\"\n",
       "bond.b.mode: " + modes + "\"active-bakcup\": write \"active-backup\""},
      {"[bond.b]\nmode = \"x\"\n", "bond.b.mode: " + modes + "\"x\""},
      {"[bond.b]\nlacp_rate = 1\n", "bond.b.lacp_rate: must be \"slow\" or \"fast\", not 1: write \"fast\""},
      {"[pool.p]\nforwarding = \"NAT\"\n",
       "pool.p.forwarding: must be \"masquerade\", \"tunnel\" or \"direct\", not \"NAT\": write "
       "\"masquerade\""},
      {"[check.c]\ntype = \"connect\"\n",
       "check.c.type: must be \"tcp\" or \"http\", not \"connect\": write "
       "\"tcp\""},
      {"[log]\nlevel = \"warn\"\n",
       "log.level: must be \"debug\", \"info\", \"warning\" or \"error\", not "
       "\"warn\": write \"warning\""},
  });
  const auto problems = problems_of(
      "[service.w]\nscheduler = \"roundrobin\"\nvirtual = [\"fwmark 7\"]\n"
      "[[service.w.real]]\naddress = \"198.51.100.21\"\n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems.front().ends_with("not \"roundrobin\": write \"rr\"")) << problems.front();
}

TEST(WrongType, IsToldWithAnExample) {
  expect({
      {"[bond.b]\nports = \"eth0\"\n",
       "bond.b.ports: must be a list such as [\"eth0\", \"eth1\"], not \"eth0\": write [\"eth0\"]"},
      {"[bond.b]\nports = \"eth0, eth1\"\n",
       "bond.b.ports: must be a list such as [\"eth0\", \"eth1\"], not "
       "\"eth0, eth1\": write [\"eth0\", \"eth1\"]"},
      {"[bond.b]\nports = [5]\n", "bond.b.ports: must be a port's name such as \"eth0\", not 5"},
      {"[bond.b]\nmtu = \"1500\"\n",
       "bond.b.mtu: must be a whole number from 68 to 65536, not \"1500\": write 1500"},
      {"[bond.b]\nup = \"yes\"\n", "bond.b.up: must be true or false, not \"yes\": write true"},
      {"[bond.b]\nup = 0\n", "bond.b.up: must be true or false, not 0: write false"},
      {"[bond.b]\ndescription = 5\n", "bond.b.description: must be text, not 5: write \"5\""},
      {"[bond.b]\ndescription = [\"x\"]\n", "bond.b.description: must be text, not a list: write \"x\""},
      {"[bond.b]\nmac = true\n", "bond.b.mac: must be a MAC as text such as \"52:54:00:12:34:56\", not true"},
      {"[bond.b]\nroutes = \"default\"\n",
       "bond.b.routes: must be a list such as [{ to = \"default\", via = \"192.0.2.254\" }], not "
       "\"default\""},
      {"[vip.a]\naddresses = \"192.0.2.9\"\n",
       "vip.a.addresses: must be a list such as [\"192.0.2.100\"], not \"192.0.2.9\": write [\"192.0.2.9\"]"},
      {"[vip.a]\nannounce = 5\n",
       "vip.a.announce: must be a table such as { count = 5, interval = \"1s\" }, not 5"},
      {"[check.c]\ninterval = 5\n",
       "check.c.interval: must be a duration such as \"100ms\", \"3s\" or \"5m\", not 5"},
      {"[pool.p]\nchecks = \"site\"\n",
       "pool.p.checks: must be a list such as [\"site\"], not \"site\": write [\"site\"]"},
      {"[service.w]\nvirtual = \"tcp 192.0.2.1:80\"\n",
       "service.w.virtual: must be a list such as [\"tcp 192.0.2.100:80\"], not \"tcp 192.0.2.1:80\": write "
       "[\"tcp "
       "192.0.2.1:80\"]"},
  });
}

// What the page and the messages show as right is taken.
TEST(Schema, TheExampleOfEveryKeyIsGood) {
  const std::string nodes = "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n";
  for (const auto& info : describe_keys()) {
    if (!info.supported) continue;
    ASSERT_FALSE(info.example.empty()) << info.section << " " << info.key;
    if (!info.section.starts_with("[") || info.section.find("] ") != std::string::npos) continue;
    auto header = info.section;
    for (const std::string name : {"NAME", "PORT"})
      if (const auto at = header.find(name); at != std::string::npos) header.replace(at, name.size(), "x");
    const auto text =
        fmt::format("{}{}\n{} = {}\n", info.kind == "nodes" ? "" : nodes, header, info.key, info.example);
    for (const auto& problem : load_text(text, info.kind == "nodes" ? "x" : "lb1").problems)
      EXPECT_FALSE(problem.line == (info.kind == "nodes" ? 2U : 5U) && problem.what.starts_with("must be"))
          << text << to_string(problem);
  }
}

}  // namespace
}  // namespace hawser::config

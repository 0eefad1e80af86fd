// `netd dump` is a file that means the same, and says truly where each value comes from.
#include "lib/config/dump.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/engine/statements.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

// Every way in which a value can get into a section.
const std::string kBig = R"(format = 1
[nodes]
lb1 = ["192.0.2.11", "2001:db8::11"]
[nodes.lb2]
addresses = ["192.0.2.12", "2001:db8::12"]
[nodes."lb.3"]
addresses = ["192.0.2.13"]

[defaults.bond]
resend_igmp = 2
[defaults.vip]
transport = "unicast"
advertisement_interval = "200ms"
[defaults.check]
interval = { lb1 = "2s", default = "3s" }
[defaults.pool]
on_failure = "quiesce"
[defaults.service]
scheduler = "wrr"

[log]
level = { lb1 = "debug", lb2 = "error" }
[netd]
ipvs_check = "7s"
[vipd]
realtime = { lb2 = 9 }

[bond.bond0]
lacp_rate = "fast"
mode = "802.3ad"
num_unsol_na = 3
ports = { lb1 = ["eth0", "eth1"], default = ["eth0", "eth3"] }
xmit_hash_policy = "layer3+4"
mtu = 9000
description = "to the \"core\" # really"
[bond.bond0.port.eth0]
queue_id = 2
[bond."bond.1"]
mode = "active-backup"
ports = ["eth8", "eth9"]
primary = "eth8"
arp_interval = "500ms"
arp_ip_target = ["192.0.2.253"]
monitor = "arp"
[bond."bond.1".port.eth9]
prio = -5

[link.front]
kind = "vlan"
on = "bond0"
id = 100
protocol = "802.1ad"
addresses = { lb1 = ["192.0.2.11/24"], lb2 = ["192.0.2.12/24"], "lb.3" = ["192.0.2.13/24"] }
routes = [{ to = "default", via = "192.0.2.254", metric = 5 }, { to = "198.51.100.0/24", via = "192.0.2.253" }]
[link.blue]
kind = "vrf"
table = 7
[link.d0]
kind = "dummy"
vrf = "blue"
only = ["lb1"]

[vip.web]
interface = "front"
addresses = ["192.0.2.100", { address = "2001:db8::100/64", interface = "d0" }]
virtual_router_id = 51
priority = { lb1 = 150, lb2 = 100 }
preempt = "60s"
announce = { count = 3 }
[vip.db]
interface = "front"
addresses = ["192.0.2.101"]
virtual_router_id = 52
priority = { lb1 = 50, default = 60, lb2 = 200 }
peers = ["lb1", "lb2"]

[check.site]
status = [200, "300-399"]
path = "/healthz"
type = "http"
[check.port]
type = "tcp"
[pool.web]
checks = ["site", { type = "tcp", timeout = "1s" }]
need = "any"
forwarding = "tunnel"
tunnel = { type = "gue", port = 6080 }
[[pool.web.real]]
name = "one"
addresses = ["198.51.100.21", "2001:db8:1::21"]
port = 80
weight = { lb1 = 5, lb2 = 6 }
[[pool.web.real]]
address = "198.51.100.22:80"
forwarding = "masquerade"
checks = ["port"]
[service.web]
virtual = ["tcp 192.0.2.100:80"]
pool = "web"
persistence = "300s"
persistence_netmask = "255.255.255.0"
[service.mark]
virtual = ["fwmark 7"]
[[service.mark.real]]
address = "198.51.100.23"
only = ["lb2"]
[[service.mark.real]]
address = "198.51.100.24"
weight = 0

[on.lb1.log]
level = "warning"
[on.lb1.bond.bond0]
min_links = 2
[on.lb1.link.extra]
kind = "dummy"
)";

void expect_same(const std::string& name, const std::vector<Source>& sources) {
  for (const auto& node : node_names(sources)) {
    const auto loaded = load(sources, {node, {}, "host"});
    ASSERT_THAT(lines(loaded), testing::IsEmpty()) << name << " as " << node;
    const auto text = dump_file(loaded.effective);
    const auto again = load({{"dump.toml", text}}, {node, {}, "host"});
    EXPECT_THAT(lines(again), testing::IsEmpty()) << name << " as " << node << "\n" << text;
    EXPECT_EQ(again.config, loaded.config) << name << " as " << node << "\n" << text;
    EXPECT_EQ(dump_file(again.effective).size() > 0, !text.empty());
  }
}

TEST(Dump, OfEveryExampleMeansTheSame) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(HAWSER_SOURCE_DIR) + "/examples")) {
    if (entry.path().extension() != ".toml") continue;
    const auto sources = read_sources(entry.path());
    ASSERT_TRUE(sources);
    expect_same(entry.path().string(), *sources);
    ++count;
  }
  EXPECT_GE(count, 6U);
}

TEST(Dump, OfTheDesignsSampleAndABigOneMeansTheSame) {
  std::ifstream file(std::string(HAWSER_SOURCE_DIR) + "/tests/unit/lib/config/design.toml");
  std::stringstream text;
  text << file.rdbuf();
  expect_same("design.toml", {{"design.toml", text.str()}});
  expect_same("big", {{"big.toml", kBig}});
}

TEST(Dump, ReadsAsAFile) {
  const auto loaded = load_text(
      "[log]\nlevel = \"debug\"\n[bond.b]\nports = [\"eth0\"]\nmode = \"active-backup\"\n[[pool.p.real]]\n"
      "address = \"198.51.100.21\"\n");
  ASSERT_THAT(lines(loaded), testing::IsEmpty());
  const auto text = dump_file(loaded.effective);
  EXPECT_THAT(text, testing::StartsWith("[log]\nlevel = \"debug\"  # t.toml:2\n"));
  EXPECT_THAT(text, testing::HasSubstr("\n\n[bond.b]\n"));
  EXPECT_THAT(text, testing::HasSubstr("\n# up = true  # default\nmode = \"active-backup\"  # t.toml:5\n"));
  EXPECT_THAT(text, testing::HasSubstr("\n[[pool.p.real]]\naddresses = [\"198.51.100.21\"]  # t.toml:7\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("max_body")));
}

// The row that a line of the file should have: aliases under their other name, real servers counted.
class RowNames {
 public:
  std::string row_of(const Statement& pair) {
    auto section = pair.section;
    auto key = pair.key;
    if (key == "address") key = "addresses";
    if (key == "num_unsol_na") key = "num_grat_arp";
    if (section == "nodes") return "nodes." + key + ".addresses";
    if (section.ends_with(".real")) section += fmt::format("[{}]", reals_[section]);
    return section.empty() ? key : section + "." + key;
  }
  void header(const Statement& header) {
    if (header.is_list) ++reals_[header.section];
  }

 private:
  std::map<std::string, int> reals_;
};

std::string unquoted(std::string text) {
  std::erase(text, '"');
  return text;
}

// For lb2, where nothing is left out by `only` and nothing laid over but what names it.
TEST(Dump, NamesTheLineOfEveryKeyThatIsWritten) {
  std::map<std::string, std::string> rows;
  for (const auto& row : load_text(kBig, "lb2").effective) rows[unquoted(row.key)] = row.origin;
  RowNames expected;
  std::size_t checked = 0;
  for (const auto& one : statements(kBig, kBig.size())) {
    if (one.is_header()) expected.header(one);
    if (one.is_header() || one.section.starts_with("on.") || one.section.starts_with("defaults.") ||
        one.section == "link.d0" || one.key == "only")
      continue;
    const auto key = unquoted(expected.row_of(one));
    const auto line = place_of(kBig, one.begin, 0).line;
    EXPECT_EQ(rows[key], fmt::format("t.toml:{}", line)) << key;
    ++checked;
  }
  EXPECT_GT(checked, 60U);
}

TEST(Dump, NamesDefaultsAndOverlays) {
  const auto loaded = load_text(kBig, "lb1");
  EXPECT_EQ(effective(loaded, "vip.web.transport"), "\"unicast\" (defaults.vip at t.toml:12)");
  EXPECT_EQ(effective(loaded, "check.site.interval"), "\"2s\" (defaults.check at t.toml:15)");
  EXPECT_EQ(effective(loaded, "pool.web.on_failure"), "\"quiesce\" (defaults.pool at t.toml:17)");
  EXPECT_EQ(effective(loaded, "service.mark.scheduler"), "\"wrr\" (defaults.service at t.toml:19)");
  EXPECT_EQ(effective(loaded, "bond.bond0.resend_igmp"), "2 (defaults.bond at t.toml:10)");
  const auto level = effective(loaded, "log.level");
  EXPECT_THAT(level, testing::StartsWith("\"warning\" (on.lb1 at t.toml:"));
  EXPECT_THAT(effective(loaded, "bond.bond0.min_links"), testing::StartsWith("2 (on.lb1 at t.toml:"));
  EXPECT_EQ(effective(loaded, "bond.bond0.lacp_rate"), "\"fast\" (t.toml:29)");  // written before the mode
  EXPECT_EQ(effective(loaded, "vipd.realtime"), "10 (default)");                 // of lb2 alone
  // What means nothing there is not said.
  EXPECT_EQ(effective(loaded, "check.port.path"), "no such row");
  EXPECT_EQ(effective(loaded, "service.web.forwarding"), "no such row");
  EXPECT_EQ(effective(loaded, "link.d0.protocol"), "no such row");
}

}  // namespace
}  // namespace hawser::config

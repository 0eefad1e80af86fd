// One host's view of the file: what comes out when nothing is wrong, and how files, nodes, overlays and
// defaults fit together. Rules and their words: rules_*_test.cpp.
#include "lib/config/load.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/state/bond_options.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(HAWSER_SOURCE_DIR) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Loaded design(const std::string& node) {
  return load_text(text_of("tests/unit/lib/config/design.toml"), node);
}

TEST(Load, TheExampleOfTheDesignHasNoProblems) {
  for (const auto* node : {"lb1", "lb2"}) EXPECT_THAT(lines(design(node)), IsEmpty()) << node;
}

TEST(Load, ABondGetsTheKernelsDefaultsAndAMonitor) {
  const auto link = design("lb1").config.network.links.at("bond0");
  auto expected = kernel_default_bond(BondMode::kActiveBackup);
  expected.set(BondOption::kMiimon, 100);
  expected.primary = "eth0";
  expected.ports = {{"eth0", {10, 0}}, {"eth1", {}}};
  EXPECT_EQ(link.kind, LinkKind::kBond);
  EXPECT_TRUE(link.up);
  EXPECT_EQ(link.bond, expected);
  EXPECT_EQ(link.mtu, std::nullopt);
  const auto policy = design("lb1").config.bonds.at("bond0");
  EXPECT_THAT(policy.port_order, Lines("eth0", "eth1"));
  EXPECT_TRUE(policy.fast_failover);
}

TEST(Load, ALinkHasThisNodesAddressesAndRoutesWithTheirOwner) {
  const auto config = design("lb2").config;
  const auto& front = config.network.links.at("front");
  EXPECT_EQ(front.vlan, (Vlan{"bond0", 100, 0x8100}));
  ASSERT_EQ(front.addresses.size(), 1U);
  EXPECT_EQ(to_string(front.addresses.begin()->first), "192.0.2.12/24");
  EXPECT_EQ(front.addresses.begin()->second.protocol, 201);
  EXPECT_EQ(front.addresses.begin()->second.broadcast, std::nullopt);
  ASSERT_EQ(config.network.routes.size(), 1U);
  const auto& [key, route] = *config.network.routes.begin();
  EXPECT_EQ(to_string(key), "default");
  EXPECT_EQ(route, (Route{"front", IpAddress::parse("192.0.2.254").value(), {}, false, 0, 201}));
}

TEST(Load, AVipKnowsEveryNodesPriority) {
  const auto vip = design("lb2").config.vips.at("web");
  EXPECT_EQ(vip.name, "web");
  EXPECT_EQ(vip.interface, "front");
  EXPECT_EQ(vip.priority, Priority{100});
  EXPECT_THAT(*vip.priorities, ElementsAre(Pair("lb1", 150), Pair("lb2", 100)));
  EXPECT_EQ(vip.virtual_router_id, Vrid{51});
  EXPECT_EQ(vip.manner->advertisement_interval, Milliseconds(100));
  EXPECT_TRUE(vip.manner->preempt);
  EXPECT_EQ(vip.manner->preempt_delay, Milliseconds(60'000));
  ASSERT_EQ(vip.addresses.size(), 2U);
  EXPECT_EQ(vip.addresses[0], (VipAddress{*Prefix::parse("192.0.2.100/32"), "front"}));
  EXPECT_EQ(vip.addresses[1], (VipAddress{*Prefix::parse("2001:db8::100/128"), "front"}));
}

TEST(Load, AServiceStandsOnItsVipAndPool) {
  const auto config = design("lb1").config;
  const auto& service = config.services.at("web");
  ASSERT_EQ(service.keys.size(), 2U);
  EXPECT_EQ(to_string(service.keys[0]), "tcp 192.0.2.100:80");
  EXPECT_EQ(to_string(service.keys[1]), "tcp [2001:db8::100]:80");
  EXPECT_EQ(service.pool, "web");
  EXPECT_EQ(service.service.scheduler, "wlc");
  EXPECT_EQ(service.service.flags, 1U);
  EXPECT_EQ(service.service.persistence_timeout, 300U);
  EXPECT_EQ(service.netmask4, 32U);
  EXPECT_EQ(service.netmask6, 128U);
  const auto& real = config.pools.at("web").reals.at(0);
  EXPECT_EQ(real.name, "web1");
  EXPECT_EQ(real.server.weight, 100U);
  EXPECT_EQ(real.port, 8080);
  EXPECT_THAT(real.checks, Lines("site"));
  const auto& check = config.checks.at("site");
  const auto& http = std::get<HttpCheck>(check.kind);
  EXPECT_EQ(http.path, "/healthz");
  EXPECT_THAT(http.status, ElementsAre(Pair(200, 200)));
}

TEST(Load, ShortFormsMeanTheSameAsLongOnes) {
  const auto loaded = load_text(kTwoNodes + R"(
[service.web]
virtual = ["192.0.2.100:80"]
protocol = "tcp"
forwarding = "direct"
checks = [{ type = "tcp", interval = "2s" }]
[[service.web.real]]
address = "198.51.100.21:80"
[[service.web.real]]
address = "198.51.100.22"
weight = 0
)",
                                "lb2");
  ASSERT_THAT(lines(loaded), IsEmpty());
  EXPECT_THAT(loaded.config.nodes.at("lb1").addresses, ElementsAre(*IpAddress::parse("192.0.2.11")));
  EXPECT_EQ(loaded.config.nodes.at("lb2").addresses.size(), 2U);
  const auto& service = loaded.config.services.at("web");
  EXPECT_EQ(service.pool, "service.web");
  const auto& pool = loaded.config.pools.at("service.web");
  ASSERT_EQ(pool.reals.size(), 2U);
  EXPECT_EQ(pool.reals[0].name, "198.51.100.21:80");
  EXPECT_EQ(pool.reals[1].name, "198.51.100.22");
  EXPECT_EQ(pool.reals[1].server, (RealServer{Forwarding::kDirect, 0, 0, 0, {}}));
  EXPECT_THAT(pool.reals[0].checks, Lines("service.web.checks[1]"));
  EXPECT_EQ(loaded.config.checks.at("service.web.checks[1]").interval, Milliseconds(2000));
}

TEST(Load, DefaultsFillWhatSectionsLeaveOut) {
  const auto loaded = load_text(R"([defaults.check]
interval = "5s"
timeout = "2s"
[check.a]
type = "tcp"
[check.b]
type = "tcp"
interval = "3s"
)");
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.checks.at("a").interval, Milliseconds(5000));
  EXPECT_EQ(loaded.config.checks.at("b").interval, Milliseconds(3000));
  EXPECT_EQ(loaded.config.checks.at("b").timeout, Milliseconds(2000));
  EXPECT_EQ(effective(loaded, "check.a.interval"), "\"5s\" (defaults.check at t.toml:2)");
}

TEST(Load, DefaultsOfAPoolReachUnnamedOnes) {
  const auto loaded = load_text(
      "[defaults.pool]\nforwarding = \"direct\"\n[service.web]\nvirtual = [\"fwmark 7\"]\n"
      "[[service.web.real]]\naddress = \"198.51.100.21\"\n");
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.pools.at("service.web").reals.at(0).server.forwarding, Forwarding::kDirect);
}

TEST(Load, DefaultsAreJudgedOnceAndByTheirOwnName) {
  EXPECT_THAT(problems_of(R"([defaults.check]
interval = 5
intervall = "5s"
jitter = 10
[defaults.rule]
[check.a]
type = "tcp"
[check.b]
type = "tcp"
)"),
              Lines("t.toml:2:12: defaults.check.interval: must be a duration such as \"100ms\", \"3s\" or "
                    "\"5m\", not 5",
                    "t.toml:3:1: defaults.check.intervall: no such setting; did you mean \"interval\"?",
                    "t.toml:4:1: defaults.check.jitter: not supported by this version",
                    "t.toml:5:11: defaults.rule: no such defaults: there are bond, vip, check, pool and "
                    "service"));
  EXPECT_THAT(problems_of("defaults = 1\n"),
              Lines("t.toml:1:12: defaults: must be tables: [defaults.SECTION]"));
  EXPECT_THAT(problems_of("[defaults]\nvip = 1\n"),
              Lines("t.toml:2:7: defaults.vip: must be a table of settings"));
}

TEST(Load, FilesContinueEachOthersTables) {
  const auto loaded = load({{"a.toml",
                             "[check.a]\ntype = \"tcp\"\n[pool.web]\nneed = \"any\"\n[[pool.web.real]]\n"
                             "address = \"198.51.100.21\"\n"},
                            {"b.toml",
                             "[check.a]\nfall = 5\n[check.b]\ntype = \"tcp\"\n[[pool.web.real]]\n"
                             "address = \"198.51.100.22\"\n"}},
                           {});
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.checks.at("a").fall, 5);
  EXPECT_EQ(loaded.config.checks.size(), 2U);
  EXPECT_EQ(loaded.config.pools.at("web").reals.size(), 2U);
}

TEST(Load, AKeySetTwiceNamesBothPlaces) {
  EXPECT_THAT(
      lines(load({{"a.toml", "[check.a]\ntype = \"tcp\"\nfall = 3\n"}, {"b.toml", "[check.a]\n\nfall = 5\n"}},
                 {})),
      Lines("b.toml:3:1: check.a.fall: is set twice: first at a.toml:3"));
  EXPECT_THAT(lines(load({{"a.toml", "[vip.a]\nannounce = { count = 3 }\n"},
                          {"b.toml", "[vip.a]\nannounce = { refresh = \"1m\" }\n"}},
                         {}, Part::kVipd)),
              testing::Contains("b.toml:2:1: vip.a.announce: is set twice: first at a.toml:2"));
}

TEST(Load, InOverlaysTheLaterFileWins) {
  const auto loaded = load({{"a.toml", kTwoNodes + "[on.lb1.log]\nlevel = \"error\"\n"},
                            {"b.toml", "[on.lb1.log]\nlevel = \"debug\"\n"}},
                           {"lb1", "", ""});
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.log_level, "debug");
}

TEST(Load, ALaterFormatIsNotJudgedFurther) {
  EXPECT_THAT(problems_of("format = 2\n[nonsense]\n"),
              Lines("t.toml:1:10: format: 2 needs a newer hawser: this one reads 1"));
  EXPECT_THAT(problems_of("format = 0\n"), Lines("t.toml:1:10: format: must be from 1 to 1, not 0"));
  EXPECT_THAT(problems_of("format = \"1\"\n"),
              Lines("t.toml:1:10: format: must be a whole number from 1 to 1, not \"1\": write 1"));
}

TEST(Load, OfSyntaxOnlyTheFirstProblemIsKnown) {
  const auto problems = problems_of("[vip.web]\npriority = = 5\nnonsense = 1\n");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0], testing::StartsWith("t.toml:2:12: "));
}

TEST(Load, AllProblemsComeInOneRunSortedByPlace) {
  EXPECT_THAT(lines(load({{"a.toml",
                           "[service.web]\nvirtual = [\"fwmark 7\"]\npool = \"wob\"\n[pool.web]\n"
                           "need = \"some\"\n"},
                          {"b.toml", "[log]\nlevel = 5\ncolour = true\n[bnd.x]\n[group.edge]\n"}},
                         {})),
              Lines("a.toml:3:8: service.web.pool: no [pool.wob] exists; did you mean \"web\"?",
                    "a.toml:5:8: pool.web.need: must be \"all\" or \"any\", not \"some\": write \"any\"",
                    "b.toml:2:9: log.level: must be \"debug\", \"info\", \"warning\" or \"error\", not 5",
                    "b.toml:3:1: log.colour: no such setting",
                    "b.toml:4:2: bnd: no such setting; did you mean "
                    "\"bond\"?",
                    "b.toml:5:2: group: not supported by this version"));
}

TEST(Load, EachDaemonHearsOnlyOfWhatItUses) {
  const std::string text = R"([vip.web]
interface = "eth0"
addresses = ["192.0.2.100"]
virtual_router_id = 300
[check.a]
type = "http"
timeout = "soon"
[log]
level = "loud"
)";
  const auto log =
      "t.toml:9:9: log.level: must be \"debug\", \"info\", \"warning\" or \"error\", not \"loud\"";
  const auto vip = "t.toml:4:21: vip.web.virtual_router_id: must be from 1 to 255, not 300";
  const auto check =
      "t.toml:7:11: check.a.timeout: must be a duration such as \"100ms\", \"3s\" or \"5m\", not \"soon\"";
  EXPECT_THAT(problems_of(text, "", Part::kNetd), Lines(check, log));
  EXPECT_THAT(problems_of(text, "", Part::kVipd), Lines(vip, log));
  EXPECT_THAT(problems_of(text), Lines(vip, check, log));
  // Where a vip's addresses stand concerns netd as well: it must leave them alone.
  EXPECT_THAT(
      problems_of("[vip.web]\ninterface = \"eth0\"\naddresses = [\"192.0.2\"]\nvirtual_router_id = 1\n", "",
                  Part::kNetd),
      Lines("t.toml:3:14: vip.web.addresses: \"192.0.2\" is not an IP address"));
}

TEST(Load, SectionsThatAreNotTablesAreRefused) {
  EXPECT_THAT(problems_of("log = 1\nvip = 2\nnodes = 3\n[bond]\nbond0 = 4\n"),
              Lines("t.toml:1:7: log: must be a table: [log], not 1",
                    "t.toml:2:7: vip: must be a table: [vip.NAME], not 2",
                    "t.toml:3:9: nodes: must be a table: [nodes.NAME], not 3",
                    "t.toml:5:9: bond.bond0: must be a table: [bond.bond0], not 4"));
}

TEST(Load, TheEffectiveFileSaysWhereEachValueComesFrom) {
  const auto loaded = design("lb1");
  EXPECT_EQ(effective(loaded, "vip.web.priority"), "150 (t.toml:29)");
  EXPECT_EQ(effective(loaded, "vip.web.addresses"),
            "[\"192.0.2.100/32\", \"2001:db8::100/128\"] (t.toml:27)");
  EXPECT_EQ(effective(loaded, "vip.web.startup_delay"), "\"0s\" (default)");
  EXPECT_EQ(effective(loaded, "vip.web.announce"),
            "{ count = 5, interval = \"1s\", refresh = \"0s\", rate = 0 } (default)");
  EXPECT_EQ(effective(loaded, "vip.web.preempt"), "\"1m\" (t.toml:33)");
  EXPECT_EQ(effective(loaded, "bond.bond0.miimon"), "\"100ms\" (t.toml:13)");
  EXPECT_EQ(effective(loaded, "bond.bond0.arp_missed_max"), "2 (default)");
  EXPECT_EQ(effective(loaded, "bond.bond0.lacp_rate"), "no such row");
  EXPECT_EQ(effective(loaded, "bond.bond0.port.eth0.prio"), "10 (t.toml:16)");
  EXPECT_EQ(effective(loaded, "link.front.addresses"), "[\"192.0.2.11/24\"] (t.toml:22)");
  EXPECT_EQ(effective(loaded, "link.front.routes"),
            "[{ to = \"default\", via = \"192.0.2.254\", onlink = false, mtu = 0 }] (t.toml:23)");
  EXPECT_EQ(effective(loaded, "check.site.status"), "[200] (t.toml:38)");
  EXPECT_EQ(effective(loaded, "pool.web.real[1].weight"), "100 (t.toml:52)");
  EXPECT_EQ(effective(loaded, "netd.ipvs_check"), "\"5s\" (default)");
}

TEST(Load, RefusesAFileWithoutAnySection) {
  const auto judged = [](const std::string& text) {
    return lines(load({{"t.toml", text}}, {"", "", "lb1"}));
  };
  const auto refused = Lines(
      "t.toml:1:1: has no section: it says nothing that should be; write [bond.NAME], [link.NAME], "
      "[vip.NAME] "
      "or [service.NAME] (reload --allow-empty takes everything away)");
  EXPECT_THAT(judged(""), refused);
  EXPECT_THAT(lines(load({{"t.toml", ""}}, {"lb1", "", ""})), refused) << "whatever node is asked for";
  EXPECT_THAT(judged("# all of it is gone\n\n"), refused);
  EXPECT_THAT(judged("format = 1\n"), refused);
  EXPECT_THAT(judged("format = 1\n[nodes.lb1]\n[log]\nlevel = \"info\"\n[netd]\n[vipd]\n"), refused);
  EXPECT_THAT(judged("[link]\n"), refused);
  EXPECT_THAT(lines(load({{"t.toml", ""}}, {}, Part::kAll, Emptiness::kAllowed)), Lines());
  EXPECT_THAT(judged("[nodes.lb1]\n[nodes.lb2]\n[link.eth0]\nonly = [\"lb2\"]\n"), Lines())
      << "another node's sections";
}

}  // namespace
}  // namespace hawser::config

// A file that several hosts share, as one of them reads it: values per node, whose vip it is, which node this
// host is, overlays
// ([on.NODE]) and sections of some nodes only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/load.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(LoadForNode, PerNodeValuesFallBackToDefault) {
  const std::string text = kTwoNodes +
                           "[vipd]\nrealtime = { lb1 = 5, default = 7 }\n[log]\nlevel = { lb2 = \"debug\", "
                           "lb1 = \"error\" }\n";
  EXPECT_EQ(load_text(text, "lb1").config.realtime, 5);
  EXPECT_EQ(load_text(text, "lb2").config.realtime, 7);
  EXPECT_EQ(load_text(text, "lb2").config.log_level, "debug");
}

TEST(LoadForNode, PerNodeValuesMustNameNodes) {
  EXPECT_THAT(problems_of(kTwoNodes + "[vipd]\nrealtime = { lb3 = 5, default = 7 }\n", "lb1"),
              Lines("t.toml:5:14: vipd.realtime: no node is named \"lb3\": the nodes are lb1 and lb2"));
  EXPECT_THAT(
      problems_of("[vipd]\nrealtime = { lb1 = 5 }\n"),
      Lines("t.toml:2:12: vipd.realtime: must not be a table: the file has no [nodes] that it could name"));
}

// Optional keys have their default there; a required one is one problem, not two.
TEST(LoadForNode, APerNodeValueMayLeaveOutANode) {
  const auto loaded = load_text(kTwoNodes + "[vipd]\nrealtime = { lb1 = 5 }\n", "lb2");
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.realtime, 10);
  EXPECT_THAT(
      problems_of(kTwoNodes + "[vip.a]\ninterface = { lb1 = \"eth0\" }\naddresses = "
                              "[\"192.0.2.9\"]\nvirtual_router_id = 1\npriority = { lb1 = 5, lb2 = 6 }\n",
                  "lb2"),
      Lines("t.toml:5:13: vip.a.interface: has no value for node lb2: add lb2 = .. or default = .., or "
            "keep the section to other nodes with only = [..]"));
  EXPECT_THAT(problems_of(kTwoNodes + "[log]\nlevel = {}\n", "lb2"),
              Lines("t.toml:5:9: log.level: names no node: write lb1 = .., lb2 = .."));
}

const std::string kThreeNodes = "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\nlb3 = \"192.0.2.13\"\n";

std::string vip_with(const std::string& rest) {
  return kThreeNodes + "[vip.a]\ninterface = \"eth0\"\naddresses = [\"192.0.2.9\"]\nvirtual_router_id = 1\n" +
         rest;
}

TEST(LoadForNode, AVipIsHeldByTheNodesThatItsPriorityNames) {
  const auto text = vip_with("priority = { lb1 = 150, lb2 = 100 }\ntransport = \"unicast\"\n");
  for (const auto* node : {"lb1", "lb2", "lb3"}) EXPECT_THAT(problems_of(text, node), IsEmpty()) << node;
  EXPECT_TRUE(load_text(text, "lb3").config.vips.empty());
  const auto vip = load_text(text, "lb1").config.vips.at("a");
  EXPECT_THAT(*vip.priorities, ElementsAre(Pair("lb1", 150), Pair("lb2", 100)));
  EXPECT_THAT(vip.manner->peers, ElementsAre(*IpAddress::parse("192.0.2.12")));
  const auto by_default = kThreeNodes + "[defaults.vip]\npriority = { lb1 = 5, lb2 = 6 }\n" +
                          vip_with("").substr(kThreeNodes.size());
  EXPECT_TRUE(load_text(by_default, "lb3").config.vips.empty());
  EXPECT_THAT(problems_of(by_default, "lb3"), IsEmpty());
}

TEST(LoadForNode, AMistypedNodeTakesNoVipAwayInSilence) {
  const auto text = vip_with("priority = { lb1 = 150, lb9 = 100 }\n");
  for (const auto* node : {"lb1", "lb2", "lb3"})
    EXPECT_THAT(
        problems_of(text, node),
        Lines("t.toml:9:25: vip.a.priority: no node is named \"lb9\": the nodes are lb1, lb2 and lb3"))
        << node;
}

TEST(LoadForNode, AServiceOnAVipThatThisNodeDoesNotHoldIsToldWhichDo) {
  const auto text =
      vip_with("priority = { lb1 = 150, lb2 = 100 }\n") +
      "[service.w]\nvirtual = [\"tcp @a:80\"]\n[[service.w.real]]\naddress = \"198.51.100.1\"\n";
  EXPECT_THAT(problems_of(text, "lb1"), IsEmpty());
  EXPECT_THAT(problems_of(text, "lb3"),
              Lines("t.toml:11:12: service.w.virtual: [vip.a] is not on this node: keep the service to those "
                    "that hold it, only = [\"lb1\", \"lb2\"]"));
}

TEST(LoadForNode, ANodeIsNotNamedLikeASetting) {
  EXPECT_THAT(problems_of("[nodes]\npriority = \"192.0.2.1\"\n", "priority"),
              Lines("t.toml:2:1: nodes.priority: a node must not be named like the setting \"priority\""));
  EXPECT_THAT(problems_of("[nodes]\ndefault = \"192.0.2.1\"\n", "default"),
              Lines("t.toml:2:1: nodes.default: a node must not be named like the setting \"default\""));
}

TEST(LoadForNode, TheNodeIsAskedForThenInItsFileThenTheHostName) {
  const std::vector<Source> sources{{"t.toml", kTwoNodes}};
  EXPECT_EQ(load(sources, {"lb2", "lb1", "lb1"}).config.node, "lb2");
  EXPECT_EQ(load(sources, {"", "lb2", "lb1"}).config.node, "lb2");
  EXPECT_EQ(load(sources, {"", "", "lb1"}).config.node, "lb1");
  EXPECT_THAT(
      lines(load(sources, {"", "", "box"})),
      Lines("t.toml:1:1: nodes: this host is \"box\" (its host name), which is not among lb1 and lb2: "
            "write its node name to /etc/hawser/node or give --node"));
  EXPECT_THAT(lines(load(sources, {"", "box", "lb1"})),
              Lines("t.toml:1:1: nodes: this host is \"box\" (/etc/hawser/node), which is not among lb1 and "
                    "lb2: write its node name to /etc/hawser/node or give --node"));
}

TEST(LoadForNode, ANodeIsFoundByTheWholeHostNameOrItsFirstPartInAnyCapitals) {
  const auto node = [](const std::string& nodes, const std::string& host) {
    const auto loaded =
        load({{"t.toml", "[nodes]\n" + nodes}}, {"", "", host}, Part::kAll, Emptiness::kAllowed);
    return loaded.good() ? loaded.config.node : "none";
  };
  const std::string two = "lb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n";
  EXPECT_EQ(node(two, "LB1"), "lb1");
  EXPECT_EQ(node(two, "Lb2.example.com"), "lb2");
  EXPECT_EQ(node(two, "lb10"), "none");
  EXPECT_EQ(node(two, ""), "none");
  EXPECT_EQ(node("\"lb1.example.com\" = \"192.0.2.11\"\n", "lb1.example.com"), "lb1.example.com");
  const std::string alike = "lb1 = \"192.0.2.11\"\nLB1 = \"192.0.2.12\"\n";
  EXPECT_EQ(node(alike, "LB1"), "LB1");
  EXPECT_EQ(node(alike, "Lb1"), "none");
}

// DHCP, cloud-init, "localhost" early in the boot: what was good for this host is so under its new name.
TEST(LoadForNode, AKeptFileIsReadForWhomItWasKeptWhereTheHostIsNotFound) {
  const std::vector<Source> sources{{"t.toml", kTwoNodes}};
  const auto as = [&](const std::string& host, const std::string& kept) {
    return load(sources, {"", "", host, kept}, Part::kAll, Emptiness::kAllowed);
  };
  EXPECT_THAT(lines(as("localhost", "lb2")), IsEmpty());
  EXPECT_EQ(as("localhost", "lb2").config.node, "lb2");
  EXPECT_EQ(as("lb1", "lb2").config.node, "lb1");
  EXPECT_FALSE(as("localhost", "lb9").good());
}

TEST(LoadForNode, ASingleHostNeedsNoNode) {
  EXPECT_TRUE(load({{"t.toml", ""}}, {"", "left over", "box"}, Part::kAll, Emptiness::kAllowed).good());
  EXPECT_EQ(load({{"t.toml", ""}}, {"", "left over", "box"}, Part::kAll, Emptiness::kAllowed).config.node,
            "");
  EXPECT_THAT(lines(load({{"t.toml", ""}}, {"lb1", "", ""}, Part::kAll, Emptiness::kAllowed)),
              Lines("t.toml:1:1: nodes: --node lb1 was given, but the file has no [nodes]"));
}

TEST(LoadForNode, NodeNamesAreThoseOfTheFile) {
  EXPECT_THAT(node_names({{"t.toml", kTwoNodes}}), Lines("lb1", "lb2"));
  EXPECT_THAT(node_names({{"t.toml", ""}}), Lines(""));
  EXPECT_THAT(node_names({{"t.toml", "= syntax"}}), Lines(""));
}

TEST(LoadForNode, OverlaysChangeOneHost) {
  const std::string text = kTwoNodes + R"(
[log]
level = "info"
[link.d0]
kind = "dummy"
mtu = 1400
[on.lb2.log]
level = "debug"
[on.lb2.link.d0]
mtu = 1300
[on.lb2.link.d1]
kind = "dummy"
)";
  const auto first = load_text(text, "lb1");
  const auto second = load_text(text, "lb2");
  EXPECT_THAT(lines(first), IsEmpty());
  EXPECT_THAT(lines(second), IsEmpty());
  EXPECT_EQ(first.config.log_level, "info");
  EXPECT_EQ(second.config.log_level, "debug");
  EXPECT_EQ(first.config.network.links.size(), 1U);
  EXPECT_EQ(second.config.network.links.size(), 2U);
  EXPECT_EQ(second.config.network.links.at("d0").mtu, 1300U);
  EXPECT_EQ(effective(second, "link.d0.mtu"), "1300 (on.lb2 at t.toml:13)");
}

TEST(LoadForNode, OverlaysMustNameNodes) {
  EXPECT_THAT(problems_of(kTwoNodes + "[on.lb9.log]\nlevel = \"info\"\n", "lb1"),
              Lines("t.toml:4:5: on.lb9: no node is named \"lb9\": the nodes are lb1 and lb2"));
  EXPECT_THAT(problems_of("[on.lb9.log]\nlevel = \"info\"\n"),
              Lines("t.toml:1:5: on.lb9: the file has no [nodes] that this could name"));
  EXPECT_THAT(problems_of(kTwoNodes + "[on]\nlb1 = 5\n", "lb1"),
              Lines("t.toml:5:7: on.lb1: must be tables: [on.NODE.SECTION]"));
  EXPECT_THAT(problems_of("on = 5\n"), Lines("t.toml:1:6: on: must be tables: [on.NODE.SECTION]"));
}

TEST(LoadForNode, OnlyKeepsASectionToSomeNodes) {
  const std::string text = kTwoNodes + R"(
[link.d0]
kind = "dummy"
only = ["lb1"]
[service.web]
virtual = ["fwmark 7"]
[[service.web.real]]
address = "198.51.100.21:80"
only = ["lb1"]
[[service.web.real]]
address = "198.51.100.22:80"
)";
  EXPECT_THAT(problems_of(text, "lb1"), IsEmpty());
  EXPECT_EQ(load_text(text, "lb1").config.network.links.size(), 1U);
  EXPECT_EQ(load_text(text, "lb1").config.pools.at("service.web").reals.size(), 2U);
  EXPECT_EQ(load_text(text, "lb2").config.network.links.size(), 0U);
  EXPECT_EQ(load_text(text, "lb2").config.pools.at("service.web").reals.size(), 1U);
}

TEST(LoadForNode, OnlyMustNameNodes) {
  EXPECT_THAT(problems_of(kTwoNodes + "[log]\nonly = [\"lb3\"]\n", "lb1"),
              Lines("t.toml:5:9: log.only: no node is named \"lb3\": the nodes are lb1 and lb2"));
  EXPECT_THAT(problems_of(kTwoNodes + "[log]\nonly = \"lb1\"\n", "lb1"),
              Lines("t.toml:5:8: log.only: must be a list of nodes, not \"lb1\""));
  EXPECT_THAT(problems_of("[log]\nonly = [\"lb1\"]\n"),
              Lines("t.toml:2:9: log.only: the file has no [nodes] that this could name"));
}

}  // namespace
}  // namespace hawser::config

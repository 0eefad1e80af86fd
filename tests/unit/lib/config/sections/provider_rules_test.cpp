#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::IsEmpty;

const std::string kRobot =
    "[provider.robot]\nkind = \"hetzner-robot\"\ncredentials = \"file:/etc/hawser/robot.cred\"\n";

std::string provider(const std::string& lines) {
  return "[provider.p]\n" + lines;
}

// Two nodes, each with its name at the provider.
std::string nodes(const std::string& of_lb2 = "provider.robot = \"192.0.2.12\"\n") {
  return "[nodes.lb1]\naddresses = [\"192.0.2.11\"]\nprovider.robot = \"192.0.2.11\"\n"
         "[nodes.lb2]\naddresses = [\"192.0.2.12\"]\n" +
         of_lb2;
}
std::string vip(const std::string& lines, const std::string& transport = "unicast") {
  return "[vip.web]\ninterface = \"front\"\naddresses = [\"203.0.113.10\"]\nvirtual_router_id = 51\n"
         "priority = { lb1 = 150, lb2 = 100 }\ntransport = \"" +
         transport + "\"\n" + lines;
}

TEST(ProviderRules, AVipIsRoutedByAProviderWhoKnowsEveryNode) {
  const auto loaded = load_text(nodes() + kRobot + vip("provider = \"robot\"\n"), "lb1");
  EXPECT_THAT(lines(loaded), IsEmpty());
  const auto& routed = loaded.config.vips.at("web");
  EXPECT_EQ(routed.manner->provider, "robot");
  EXPECT_EQ(routed.addresses.at(0).interface, kRoutedDevice);
  EXPECT_EQ(loaded.config.providers.at("robot").kind, ProviderKind::kHetznerRobot);
  EXPECT_EQ(loaded.config.providers.at("robot").timeout, Milliseconds(30'000));
  EXPECT_EQ(loaded.config.nodes.at("lb2").provider.at("robot"), std::vector<std::string>{"192.0.2.12"});
}

TEST(ProviderRules, ItMaySayWhereItsAddressesLive) {
  const auto loaded = load_text(
      nodes() + kRobot +
          "[vip.web]\ninterface = \"front\"\naddresses = [{ address = \"203.0.113.10\", interface = "
          "\"lo\" }]\nvirtual_router_id = 51\npriority = { lb1 = 150, lb2 = 100 }\n"
          "transport = \"unicast\"\nprovider = \"robot\"\n",
      "lb1");
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.vips.at("web").addresses.at(0).interface, "lo");
}

TEST(ProviderRules, WithoutProviderUnicastOrTargetItIsRefused) {
  EXPECT_THAT(problems_of(nodes() + kRobot + vip("provider = \"robt\"\n"), "lb1"),
              Lines("t.toml:16:12: vip.web.provider: there is no [provider.robt]: there is robot"));
  EXPECT_THAT(problems_of(nodes() + kRobot + vip("provider = \"robot\"\n", "multicast"), "lb1"),
              Lines("t.toml:16:12: vip.web.provider: needs transport = \"unicast\": between hosts whose "
                    "addresses are routed no multicast gets through"));
  EXPECT_THAT(
      problems_of(nodes("") + kRobot + vip("provider = \"robot\"\n"), "lb1"),
      Lines("t.toml:15:12: vip.web.provider: where does it lead IPv4 addresses when lb2 has the role? "
            "Write provider.robot = \"..\" in [nodes.lb2]: what lb2 is called there"));
  EXPECT_THAT(problems_of(nodes("provider.robt = \"x\"\nprovider.robot = \"192.0.2.12\"\n") + kRobot, "lb1"),
              Lines("t.toml:6:1: nodes.lb2.provider: there is no [provider.robt]: there is robot"));
}

TEST(ProviderRules, ANodeMayBeCalledOtherwiseForEachFamily) {
  const std::vector<std::string> names{"192.0.2.11", "2001:db8:1::"};
  EXPECT_EQ(name_for(names, Family::kIpv4), "192.0.2.11");
  EXPECT_EQ(name_for(names, Family::kIpv6), "2001:db8:1::");
  EXPECT_EQ(name_for({"lb1"}, Family::kIpv6), "lb1");
  EXPECT_EQ(name_for({"192.0.2.11"}, Family::kIpv6), "");
  const auto wants = [](const std::string& of_lb2) {
    return problems_of(
        "[nodes.lb1]\naddresses = [\"192.0.2.11\", \"2001:db8::11\"]\nprovider.robot = "
        "[\"192.0.2.11\", \"2001:db8:1::\"]\n[nodes.lb2]\naddresses = [\"192.0.2.12\", "
        "\"2001:db8::12\"]\nprovider.robot = " +
            of_lb2 + kRobot +
            "[vip.web]\ninterface = \"front\"\naddresses = [\"203.0.113.10\", "
            "\"2001:db8:50::1/64\"]\nvirtual_router_id = 51\npriority = { lb1 = 150, lb2 = 100 "
            "}\ntransport = \"unicast\"\nprovider = \"robot\"\n",
        "lb1");
  };
  EXPECT_THAT(wants("[\"192.0.2.12\", \"2001:db8:2::\"]\n"), IsEmpty());
  EXPECT_THAT(
      wants("\"192.0.2.12\"\n"),
      Lines("t.toml:16:12: vip.web.provider: where does it lead IPv6 addresses when lb2 has the role? "
            "Write provider.robot = \"..\" in [nodes.lb2]: what lb2 is called there"));
}

TEST(ProviderRules, AnArbiterIsAProviderAndOwnersAskNobody) {
  EXPECT_THAT(problems_of(nodes() + kRobot + vip("arbiter = true\n"), "lb1"),
              Lines("t.toml:16:11: vip.web.arbiter: needs provider: it is the one who is asked"));
  EXPECT_THAT(
      problems_of(nodes() + kRobot +
                      "[vip.web]\ninterface = \"front\"\naddresses = [\"203.0.113.10\"]\nvirtual_router_id = "
                      "51\npriority = { lb1 = 255, lb2 = 100 }\ntransport = \"unicast\"\nprovider = "
                      "\"robot\"\narbiter = true\n",
                  "lb1"),
      Lines(
          "t.toml:17:11: vip.web.arbiter: asks before the role is taken, and priority 255 takes it at once"));
}

TEST(ProviderRules, FencingNeedsToKnowHow) {
  EXPECT_THAT(problems_of(nodes() + kRobot +
                              vip("startup_delay = \"60s\"\nprovider = \"robot\"\nrequire_fencing = true\n"),
                          "lb1"),
              Lines("t.toml:18:19: vip.web.require_fencing: nothing says how lb2 is fenced: write fence = { "
                    "provider = \"..\" } in [nodes.lb2]"));
  EXPECT_THAT(
      problems_of(nodes("provider.robot = \"192.0.2.12\"\nfence = { provider = \"robot\" }\n") + kRobot +
                      vip("startup_delay = \"60s\"\nprovider = \"robot\"\nrequire_fencing = true\n"),
                  "lb1"),
      IsEmpty());
  EXPECT_THAT(
      problems_of(nodes("provider.robot = \"192.0.2.12\"\nfence = { provider = \"robot\" }\n") + kRobot +
                      vip("provider = \"robot\"\nrequire_fencing = true\n"),
                  "lb1"),
      Lines("t.toml:18:19: vip.web.require_fencing: needs startup_delay: a node that was reset must not "
            "come back into the role at once; write such as startup_delay = \"60s\""));
  EXPECT_THAT(problems_of(nodes("fence = { provider = \"robot\" }\n") + kRobot, "lb1"),
              Lines("t.toml:6:9: nodes.lb2.fence: who is it there? Write provider.robot = \"..\" too"));
}

TEST(ProviderRules, ANodeIsNotFencedByATechniciansOrder) {
  EXPECT_THAT(problems_of(nodes("provider.robot = \"192.0.2.12\"\nfence = { provider = \"robot\", type = "
                                "\"man\" }\n") +
                              kRobot,
                          "lb1"),
              Lines("t.toml:7:38: nodes.lb2.fence.type: must be \"hw\", \"power\" or \"sw\", not \"man\""));
}

TEST(ProviderRules, TwoNodesAreNotOneServer) {
  EXPECT_THAT(
      problems_of(nodes("provider.robot = \"192.0.2.11\"\n") + kRobot, "lb1"),
      Lines("t.toml:6:1: nodes.lb2.provider: \"192.0.2.11\" is what lb1 is called there: lb2 is another "
            "server"));
}

TEST(ProviderRules, OneNetworkIsLedOnce) {
  EXPECT_THAT(
      problems_of(nodes() + kRobot +
                      "[vip.web]\ninterface = \"front\"\naddresses = [\"203.0.113.9/29\", "
                      "\"203.0.113.10/29\"]\nvirtual_router_id = 51\npriority = { lb1 = 150, lb2 = 100 "
                      "}\ntransport = \"unicast\"\nprovider = \"robot\"\n",
                  "lb1"),
      Lines("t.toml:12:32: vip.web.addresses: 203.0.113.8/29 is led already, by an address before it"));
}

TEST(ProviderRules, EachKindSaysWhatItNeedsAndRefusesWhatIsAnothers) {
  EXPECT_THAT(problems_of(provider("")),
              Lines("t.toml:1:11: provider.p.kind: is missing: write hetzner-robot, "
                    "hetzner-cloud, exec or webhook"));
  EXPECT_THAT(
      problems_of(provider("kind = \"hetzner-cloud\"\n")),
      Lines("t.toml:1:11: provider.p.credentials: is missing: write \"file:/PATH\" or \"systemd:NAME\""));
  EXPECT_THAT(problems_of(provider("kind = \"exec\"\n")),
              Lines("t.toml:1:11: provider.p.program: is missing: write the path of the script"));
  EXPECT_THAT(problems_of(provider("kind = \"webhook\"\n")),
              Lines("t.toml:1:11: provider.p.url: is missing: write \"https://HOST/PATH\""));
  EXPECT_THAT(
      problems_of(provider("kind = \"exec\"\nprogram = \"/usr/local/sbin/x\"\nurl = \"https://a/b\"\n")),
      Lines("t.toml:4:7: provider.p.url: means nothing to kind = \"exec\""));
  EXPECT_THAT(problems_of(provider("kind = \"webhook\"\nurl = \"https://a.example/b\"\n")), IsEmpty());
}

// It may be the secret itself, and problems end in logs and tickets.
TEST(ProviderRules, ASecretInTheFileIsRefusedAndNotRepeated) {
  EXPECT_THAT(
      problems_of(provider("kind = \"hetzner-robot\"\ncredentials = \"#ws+abc:geheim\"\n")),
      Lines("t.toml:3:15: provider.p.credentials: must be \"file:/PATH\" or \"systemd:NAME\": the secret "
            "itself does not stand in this file"));
  EXPECT_THAT(problems_of(provider("kind = \"webhook\"\nurl = \"http://a.example/\"\n")),
              Lines("t.toml:3:7: provider.p.url: must be \"https://HOST[:PORT]/PATH\""));
}

}  // namespace
}  // namespace hawser::config

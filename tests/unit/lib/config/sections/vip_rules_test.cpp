// Each rule of [vip.*], with its exact words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kNodes = "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n";

// Lines of [vip.a] on a single host: the first is line 5.
std::string vip(const std::string& text) {
  return "[vip.a]\ninterface = \"eth0\"\naddresses = [\"192.0.2.100\"]\nvirtual_router_id = 1\n" + text;
}

TEST(VipRules, SomeKeysAreNeeded) {
  EXPECT_THAT(
      problems_of("[vip.a]\n"),
      Lines("t.toml:1:6: vip.a.addresses: is missing: write at least one address",
            "t.toml:1:6: vip.a.interface: is missing: write the device that the addresses live on",
            "t.toml:1:6: vip.a.virtual_router_id: is missing: write a number from 1 to 255, the same on "
            "every node"));
  EXPECT_THAT(problems_of("[vip.a]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = []\n"),
              Lines("t.toml:4:13: vip.a.addresses: must hold at least one address"));
}

TEST(VipRules, NumbersHaveRanges) {
  EXPECT_THAT(problems_of("[vip.a]\ninterface = \"eth0\"\naddresses = [\"192.0.2.100\"]\nvirtual_router_id = "
                          "0\npriority = 256\n"),
              Lines("t.toml:4:21: vip.a.virtual_router_id: must be from 1 to 255, not 0",
                    "t.toml:5:12: vip.a.priority: must be from 1 to 255, not 256"));
  EXPECT_EQ(load_text(vip("priority = 255\n")).config.vips.at("a").priority, Priority{255});
}

TEST(VipRules, AdvertisementIntervalIsWhatThePacketCanSay) {
  EXPECT_THAT(problems_of(vip("advertisement_interval = \"40.95s\"\n")), IsEmpty());
  EXPECT_THAT(problems_of(vip("advertisement_interval = \"10ms\"\n")), IsEmpty());
  EXPECT_THAT(
      problems_of(vip("advertisement_interval = \"40.96s\"\n")),
      Lines("t.toml:5:26: vip.a.advertisement_interval: must be from 10ms to 40950ms, not \"40.96s\""));
  EXPECT_THAT(problems_of(vip("advertisement_interval = \"9ms\"\n")),
              Lines("t.toml:5:26: vip.a.advertisement_interval: must be from 10ms to 40950ms, not \"9ms\""));
  EXPECT_THAT(problems_of(vip("advertisement_interval = \"15ms\"\n")),
              Lines("t.toml:5:26: vip.a.advertisement_interval: must be a multiple of 10ms, not \"15ms\""));
}

TEST(VipRules, VersionsAreTwoAndThree) {
  EXPECT_EQ(load_text(vip("version = 2\n")).config.vips.at("a").manner->version, 2);
  EXPECT_EQ(load_text(vip("")).config.vips.at("a").manner->version, 3);
  EXPECT_THAT(problems_of(vip("version = \"3\"\n")),
              Lines("t.toml:5:11: vip.a.version: must be 2 or 3, not \"3\""));
  EXPECT_THAT(problems_of(vip("version = 4\n")), Lines("t.toml:5:11: vip.a.version: must be 2 or 3, not 4"));
}

TEST(VipRules, VersionTwoCountsSeconds) {
  EXPECT_THAT(problems_of(vip("version = 2\nadvertisement_interval = \"3s\"\n")), IsEmpty());
  EXPECT_THAT(problems_of(vip("version = 2\nadvertisement_interval = \"1500ms\"\n")),
              Lines("t.toml:6:26: vip.a.advertisement_interval: 1500ms is none of version 2, which has whole "
                    "seconds: write \"1s\", or version = 3"));
}

TEST(VipRules, APasswordIsOfVersionTwoAndStandsElsewhere) {
  EXPECT_THAT(problems_of(vip("version = 2\npassword = \"file:/etc/hawser/vrrp.password\"\n")), IsEmpty());
  EXPECT_THAT(
      problems_of(vip("password = \"systemd:vrrp\"\n")),
      Lines(
          "t.toml:5:12: vip.a.password: needs version = 2: version 3 has no passwords (RFC 9568 9), and its "
          "advertisements can be signed: hmac"));
  const auto problems = problems_of(vip("version = 2\npassword = \"hunter2\"\n"));
  EXPECT_THAT(problems,
              Lines("t.toml:6:12: vip.a.password: must be \"file:/PATH\" or \"systemd:NAME\": the password "
                    "itself does not stand in this file"));
  EXPECT_THAT(problems_of(vip("version = 2\nchecksum = \"plain\"\n")),
              Lines("t.toml:6:12: vip.a.checksum: is of version 3: version 2 has one form only"));
}

TEST(VipRules, WhatIsNotSupportedYetIsRefused) {
  EXPECT_THAT(problems_of(vip("track = []\nsteps = []\n")),
              Lines("t.toml:5:1: vip.a.track: not supported by this version",
                    "t.toml:6:1: vip.a.steps: not supported by this version"));
}

TEST(VipRules, AVirtualMacIsOfTheInterfaceAndOfNoOwner) {
  EXPECT_TRUE(load_text(vip("virtual_mac = true\n")).config.vips.at("a").manner->virtual_mac);
  EXPECT_THAT(problems_of(vip("virtual_mac = true\npriority = 255\n")),
              testing::Contains(HasSubstr("vip.a.virtual_mac: is not for an owner (priority 255)")));
  const std::string there =
      "[vip.a]\ninterface = \"eth0\"\naddresses = [{ address = \"192.0.2.100\", interface = \"eth1\" }]\n"
      "virtual_router_id = 1\n";
  EXPECT_THAT(
      problems_of(there + "virtual_mac = true\n"),
      testing::Contains(HasSubstr(
          "vip.a.virtual_mac: is on eth0, where the vip advertises, and 192.0.2.100 is to live on eth1")));
  EXPECT_THAT(problems_of(there), IsEmpty());
}

TEST(VipRules, AnOwnerThatIsNotToAcceptIsToldThatItDoes) {
  EXPECT_FALSE(load_text(vip("accept = false\n")).config.vips.at("a").manner->accept);
  EXPECT_TRUE(load_text(vip("")).config.vips.at("a").manner->accept);
  const auto said = [](const std::string& text) { return notes(load_text(vip(text))); };
  EXPECT_THAT(
      said("accept = false\npriority = 255\n"),
      testing::Contains(HasSubstr("vip.a.accept: note: = false does nothing on this host: priority 255")));
  EXPECT_THAT(said("accept = false\npriority = 254\n"), IsEmpty());
}

TEST(VipRules, PreemptIsAFlagOrADelay) {
  EXPECT_FALSE(load_text(vip("preempt = false\n")).config.vips.at("a").manner->preempt);
  EXPECT_EQ(load_text(vip("preempt = \"5s\"\n")).config.vips.at("a").manner->preempt_delay,
            Milliseconds(5000));
  EXPECT_THAT(problems_of(vip("preempt = 5\n")),
              Lines("t.toml:5:11: vip.a.preempt: must be true, false or a delay such as \"60s\", not 5"));
  EXPECT_THAT(problems_of(vip("preempt = \"soon\"\n")),
              Lines("t.toml:5:11: vip.a.preempt: must be a duration such as \"100ms\", \"3s\" or \"5m\", not "
                    "\"soon\""));
}

TEST(VipRules, TheVipsOfAFileHaveWhatTheyHaveInCommonOnce) {
  const auto db = [](const std::string& text) {
    return "[vip.db]\ninterface = \"eth0\"\naddresses = [\"192.0.2.101\"]\nvirtual_router_id = 2\n" + text;
  };
  const auto vips = [&](const std::string& text) { return load_text(vip("") + db(text)).config.vips; };
  const auto alike = vips("");
  EXPECT_TRUE(alike.at("a").manner.is_same_as(alike.at("db").manner));
  const auto differ = vips("preempt = false\n");
  EXPECT_TRUE(differ.at("a").manner->preempt);
  EXPECT_FALSE(differ.at("db").manner->preempt);
}

TEST(VipRules, AnnounceIsATable) {
  const auto announce = load_text(vip("announce = { count = 2, interval = \"50ms\", refresh = \"1m\" }\n"))
                            .config.vips.at("a")
                            .manner->announce;
  EXPECT_EQ(*announce, (Announce{2, Milliseconds(50), Milliseconds(60'000)}));
  EXPECT_THAT(
      problems_of(vip("announce = 5\n")),
      Lines("t.toml:5:12: vip.a.announce: must be a table such as { count = 5, interval = \"1s\" }, not 5"));
}

TEST(VipRules, AddressesAreAddresses) {
  EXPECT_THAT(
      problems_of("[vip.a]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = [\"192.0.2.300\", 5, "
                  "\"224.0.0.1\", { interface = \"eth1\" }, { address = \"192.0.2.1\", interfaze = \"x\" }, "
                  "{ address = \"no\" }]\n"),
      Lines("t.toml:4:14: vip.a.addresses: \"192.0.2.300\" is not an IP address",
            "t.toml:4:29: vip.a.addresses: must be a prefix as text such as \"192.0.2.1/24\", not 5",
            "t.toml:4:32: vip.a.addresses: 224.0.0.1 is not an address that a host can have",
            "t.toml:4:45: vip.a.addresses: address is missing: write { address = .., interface = .. }",
            "t.toml:4:94: vip.a.addresses.interfaze: no such setting; did you mean \"interface\"?",
            "t.toml:4:125: vip.a.addresses.address: \"no\" is not an IP address"));
  EXPECT_THAT(
      problems_of("[vip.a]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = \"192.0.2.1\"\n"),
      Lines("t.toml:4:13: vip.a.addresses: must be a list such as [\"192.0.2.100\"], not \"192.0.2.1\": "
            "write [\"192.0.2.1\"]"));
}

TEST(VipRules, AnAdvertisementNamesAsManyAddressesAsFitAndAllAreHeld) {
  const auto with = [](int ipv4, int ipv6, const std::string& more = "") {
    std::string list;
    for (int i = 0; i < ipv4; ++i) list += fmt::format("\"198.51.{}.{}\", ", 100 + i / 200, 1 + i % 200);
    for (int i = 0; i < ipv6; ++i) list += fmt::format("\"2001:db8::{:x}\", ", i + 1);
    return load_text("[vip.a]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = [" + list + "]\n" +
                     more);
  };
  EXPECT_THAT(notes(with(255, 300)), IsEmpty());
  const auto many = with(256, 0);
  EXPECT_THAT(lines(many), IsEmpty());
  EXPECT_THAT(notes(many),
              Lines("t.toml:4:13: vip.a.addresses: note: holds 256 IPv4 addresses: advertisements name the "
                    "first 255, and all are held"));
  EXPECT_THAT(notes(with(0, 90)), IsEmpty());
  EXPECT_THAT(notes(with(0, 91)),
              ElementsAre(HasSubstr("holds 91 IPv6 addresses: advertisements name the first 90")));
  EXPECT_THAT(notes(with(256, 91, "lead = \"both\"\n")).size(), 2U);
}

TEST(VipRules, AnAddressMayLiveElsewhere) {
  const auto loaded = load_text(
      "[link.back]\nkind = \"physical\"\ndevice = \"eth1\"\n[vip.a]\ninterface = \"eth0\"\n"
      "virtual_router_id = 1\naddresses = [\"192.0.2.1/24\", { address = \"198.51.100.1\", "
      "interface = \"back\" }]\n");
  ASSERT_THAT(lines(loaded), IsEmpty());
  EXPECT_THAT(loaded.config.vips.at("a").addresses,
              ElementsAre(VipAddress{*Prefix::parse("192.0.2.1/24"), "eth0"},
                          VipAddress{*Prefix::parse("198.51.100.1/32"), "eth1"}));
}

TEST(VipRules, InterfacesAreDevices) {
  EXPECT_THAT(problems_of("[vip.a]\ninterface = \"eth 0\"\nvirtual_router_id = 1\naddresses = [{ address = "
                          "\"192.0.2.1\", interface = \"a/b\" }]\n"),
              Lines("t.toml:2:13: vip.a.interface: \"eth 0\" is not a device name: 1 to 15 characters "
                    "without space, slash and colon",
                    "t.toml:4:14: vip.a.addresses: \"a/b\" is not a device name: 1 to 15 characters without "
                    "space, slash and colon"));
}

TEST(VipRules, WhatIsNoRouterIdIsNoOthersEither) {
  const auto other = [](const std::string& name, const std::string& id) {
    return "[vip." + name + "]\ninterface = \"eth0\"\naddresses = [\"192.0.2.10" + (name == "b" ? "1" : "2") +
           "\"]\nvirtual_router_id = " + id + "\n";
  };
  EXPECT_THAT(problems_of(other("b", "0") + other("c", "256")),
              ElementsAre(HasSubstr("vip.b.virtual_router_id: must be"),
                          HasSubstr("vip.c.virtual_router_id: must be")));
}

TEST(VipRules, RouterIdsDifferOnOneInterfaceAndFamily) {
  const std::string first = vip("");
  const auto another = [](const std::string& name, const std::string& interface, const std::string& addresses,
                          const std::string& more = "") {
    return "[vip." + name + "]\ninterface = \"" + interface + "\"\naddresses = [" + addresses +
           "]\nvirtual_router_id = 1\n" + more;
  };
  EXPECT_THAT(
      problems_of(first + another("b", "eth0", "\"192.0.2.101\"")),
      Lines("t.toml:8:21: vip.b.virtual_router_id: 1 is already that of [vip.a] for IPv4 on \"eth0\""));
  EXPECT_THAT(
      problems_of(first + another("b", "eth0", "\"2001:db8::1\"") + another("c", "eth1", "\"192.0.2.101\"")),
      IsEmpty());
  EXPECT_THAT(
      problems_of(first + another("b", "eth0", "\"192.0.2.101\", \"2001:db8::1\"", "lead = \"ipv6\"\n")),
      IsEmpty())
      << "its IPv4 address rides along";
  EXPECT_THAT(
      problems_of(first + another("b", "eth0", "\"192.0.2.101\", \"2001:db8::1\"", "lead = \"both\"\n")),
      Lines("t.toml:8:21: vip.b.virtual_router_id: 1 is already that of [vip.a] for IPv4 on \"eth0\""));
}

std::string dual(const std::string& addresses, const std::string& more = "") {
  return "[vip.a]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = [" + addresses + "]\n" + more;
}

constexpr const char* kBothFamilies = R"("2001:db8::100", "192.0.2.100")";

TEST(VipRules, TheFamilyThatElectsHasAnAddress) {
  for (const auto* lead : {"", "lead = \"ipv4\"\n", "lead = \"ipv6\"\n", "lead = \"both\"\n"})
    EXPECT_THAT(problems_of(dual(kBothFamilies, lead)), IsEmpty()) << lead;
  EXPECT_THAT(problems_of(dual(R"("2001:db8::100")")), IsEmpty()) << "IPv6 elects where nothing else is";
  EXPECT_THAT(
      problems_of(dual(R"("2001:db8::100")", "lead = \"ipv4\"\n")),
      Lines("t.toml:5:8: vip.a.lead: \"ipv4\" wants an IPv4 address, and the vip has none: add one, or "
            "leave lead out"));
  EXPECT_THAT(
      problems_of(dual(R"("192.0.2.100")", "lead = \"both\"\n")),
      Lines("t.toml:5:8: vip.a.lead: \"both\" wants an IPv6 address, and the vip has none: add one, or "
            "leave lead out"));
  EXPECT_THAT(problems_of(dual(R"("192.0.2.100")", "lead = \"ipv5\"\n")),
              ElementsAre(HasSubstr("vip.a.lead: must be")));
}

TEST(VipRules, Ipv6HasOneVersionAndOneChecksum) {
  EXPECT_THAT(problems_of(dual(R"("2001:db8::100")", "version = 2\n")),
              Lines("t.toml:5:11: vip.a.version: 2 is of IPv4 alone, and here IPv6 elects: write 3"));
  EXPECT_THAT(problems_of(dual(R"("2001:db8::100")", "checksum = \"plain\"\n")),
              Lines("t.toml:5:12: vip.a.checksum: is of IPv4, and here IPv6 elects: it has one form only"));
  EXPECT_THAT(problems_of(dual(kBothFamilies, "version = 2\n")), IsEmpty()) << "IPv6 rides along";
  EXPECT_THAT(problems_of(dual(kBothFamilies, "lead = \"both\"\nchecksum = \"plain\"\n")), IsEmpty());
}

TEST(VipRules, TheSourceIsOfTheFamilyThatElects) {
  EXPECT_THAT(problems_of(dual(kBothFamilies, "source = \"fe80::11\"\n")),
              Lines("t.toml:5:10: vip.a.source: fe80::11 is IPv6, and no address of the vip that elects is"));
  EXPECT_THAT(problems_of(dual(kBothFamilies, "lead = \"ipv6\"\nsource = \"fe80::11\"\n")), IsEmpty());
  EXPECT_THAT(
      problems_of(dual(kBothFamilies, "lead = \"ipv6\"\nsource = \"2001:db8::11\"\n")),
      Lines("t.toml:6:10: vip.a.source: 2001:db8::11 is not link-local: multicast of IPv6 comes from an "
            "address of fe80::/10 (RFC 9568 5.1.2.1)"));
}

TEST(VipRules, AVipThatElectsByBothFamiliesIsTwo) {
  const auto loaded = load_text(
      "[nodes]\nlb1 = [\"192.0.2.11\", \"2001:db8::11\"]\nlb2 = [\"192.0.2.12\", "
      "\"2001:db8::12\"]\n" +
          dual(kBothFamilies,
               "lead = \"both\"\ntransport = \"unicast\"\npriority = { lb1 = "
               "150, lb2 = 100 }\n"),
      "lb1");
  ASSERT_THAT(lines(loaded), IsEmpty());
  const auto two = by_election(loaded.config.vips.at("a"));
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].name, "a/ipv4");
  EXPECT_EQ(two[1].name, "a/ipv6");
  EXPECT_EQ(family_of(two[1]), Family::kIpv6);
  EXPECT_EQ(two[0].manner->peers, std::vector{IpAddress::v4(192, 0, 2, 12)});
  EXPECT_EQ(two[1].manner->peers, std::vector{*IpAddress::parse("2001:db8::12")});
  EXPECT_EQ(two[1].addresses.size(), 1U);
  EXPECT_EQ(two[1].manner->own, std::vector{*IpAddress::parse("2001:db8::11")});
  EXPECT_EQ(by_election(two[0]), std::vector{two[0]}) << "each elects alone";
}

TEST(VipRules, FencingWantsOneElectionWhoseVoicesAreNodes) {
  EXPECT_THAT(problems_of(dual(kBothFamilies, "lead = \"both\"\nrequire_fencing = true\n")),
              testing::Contains(HasSubstr(
                  "vip.a.lead: \"both\" is two elections, and a node is off for both or for none")));
  EXPECT_THAT(
      problems_of(dual(kBothFamilies, "lead = \"ipv6\"\nrequire_fencing = true\n")),
      testing::Contains(HasSubstr("vip.a.require_fencing: needs transport = \"unicast\" where IPv6 elects")));
  EXPECT_THAT(problems_of(dual(kBothFamilies, "require_fencing = true\n")),
              testing::Not(testing::Contains(HasSubstr("where IPv6 elects"))));
}

TEST(VipRules, UnicastTalksToPeersOfTheFamilyThatElects) {
  const auto nodes =
      "[nodes]\nlb1 = [\"192.0.2.11\", \"2001:db8::11\"]\nlb2 = [\"192.0.2.12\", \"2001:db8::12\"]\n";
  const auto peers = [&](const std::string& lead) {
    return load_text(nodes + dual(kBothFamilies,
                                  lead + "transport = \"unicast\"\npriority = { lb1 = 150, lb2 = 100 "
                                         "}\n"),
                     "lb1")
        .config.vips.at("a")
        .manner->peers;
  };
  EXPECT_EQ(peers(""), std::vector{IpAddress::v4(192, 0, 2, 12)});
  EXPECT_EQ(peers("lead = \"ipv6\"\n"), std::vector{*IpAddress::parse("2001:db8::12")});
}

TEST(VipRules, LeasesAreWordsOrDurations) {
  const auto lease = [](const std::string& text) {
    return load_text(vip("lease = " + text + "\n")).config.vips.at("a").manner->lease;
  };
  EXPECT_EQ(lease("\"auto\""), Lease{});
  EXPECT_EQ(lease("\"off\""), (Lease{{}, true}));
  EXPECT_EQ(lease("\"10s\""), (Lease{Milliseconds(10'000), false}));
  EXPECT_THAT(problems_of(vip("lease = \"1s\"\n")),
              ElementsAre(HasSubstr("vip.a.lease: must be from 2s to 1h")));
  EXPECT_THAT(
      problems_of(vip("lease = 5\n")),
      Lines("t.toml:5:9: vip.a.lease: must be \"auto\", \"off\" or a duration such as \"10s\", not 5"));
}

TEST(VipRules, AnAddressMovesWithOneVip) {
  EXPECT_THAT(
      problems_of(vip("[vip.b]\ninterface = \"eth0\"\naddresses = [\"192.0.2.100/24\"]\nvirtual_router_id = "
                      "2\n[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.100/24\"]\n")),
      Lines("t.toml:7:14: vip.b.addresses: 192.0.2.100 is also at t.toml:3",
            "t.toml:11:14: link.eth0.addresses: 192.0.2.100 is also at t.toml:3",
            "t.toml:11:14: link.eth0.addresses: 192.0.2.100 is also at t.toml:7"));
}

TEST(VipRules, PrioritiesRankTheNodes) {
  const auto text = [](const std::string& priority) { return kNodes + vip(priority); };
  EXPECT_THAT(problems_of(text("priority = { lb1 = 150, lb2 = 100 }\n"), "lb1"), IsEmpty());
  EXPECT_THAT(
      problems_of(text("priority = { lb1 = 120, lb2 = 120 }\n"), "lb1"),
      Lines("t.toml:8:20: vip.a.priority: nodes lb1 and lb2 have the same, 120: give each its own, such "
            "as { lb1 = 150, lb2 = 100 }"));
  EXPECT_THAT(problems_of(text(""), "lb2"), Lines("t.toml:4:6: vip.a.priority: nodes lb1 and lb2 have the "
                                                  "same, 100 (default): give each its own, such "
                                                  "as { lb1 = 150, lb2 = 100 }"));
  // Every way of saying it counts: an overlay, `only`.
  EXPECT_THAT(problems_of(text("[on.lb2.vip.a]\npriority = 50\n"), "lb1"), IsEmpty());
  EXPECT_THAT(problems_of(text("only = [\"lb1\"]\n"), "lb1"), IsEmpty());
}

std::string unicast(const std::string& text) {
  return vip("priority = { lb1 = 150, lb2 = 100 }\ntransport = \"unicast\"\n" + text);
}

TEST(VipRules, AWeightMustBeAbleToChangeTheRanking) {
  const auto with = [](const std::string& track) {
    return kNodes +
           "[vip.a]\ninterface = \"eth0\"\naddresses = [\"192.0.2.100\"]\nvirtual_router_id = 1\n"
           "priority = { lb1 = 150, lb2 = 100 }\ntrack = [{ interface = \"eth1\"" +
           track + " }]\n";
  };
  const std::string refused = "t.toml:9:1: vip.a.track: not supported by this version";
  EXPECT_THAT(problems_of(with(", weight = -51"), "lb1"), Lines(refused));
  EXPECT_THAT(problems_of(with(", weight = 51"), "lb1"), Lines(refused));
  EXPECT_THAT(problems_of(with(""), "lb1"), Lines(refused));  // without a weight: a fault
  EXPECT_THAT(
      problems_of(with(", weight = -50"), "lb1"),
      Lines(refused,
            "t.toml:9:41: vip.a.track.weight: -50 cannot change the ranking: the priorities of two nodes lie "
            "50 apart or more, so write -51 or less"));
  EXPECT_THAT(
      problems_of(with(", weight = 50"), "lb1"),
      Lines(refused,
            "t.toml:9:41: vip.a.track.weight: 50 cannot change the ranking: the priorities of two nodes lie "
            "50 apart or more, so write 51 or more"));
  EXPECT_THAT(problems_of(with(", weight = 254"), "lb1"),
              Lines(refused, "t.toml:9:41: vip.a.track.weight: must be from -253 to 253, not 254"));
}

TEST(VipRules, UnicastPeersAreTheOtherNodes) {
  const auto peers = [](const std::string& text, const std::string& node) {
    const auto loaded = load_text(text, node);
    EXPECT_THAT(lines(loaded), IsEmpty());
    std::vector<std::string> result;
    for (const auto& peer : loaded.config.vips.at("a").manner->peers) result.push_back(to_string(peer));
    return result;
  };
  EXPECT_THAT(peers(kNodes + unicast(""), "lb1"), Lines("192.0.2.12"));
  EXPECT_THAT(peers(kNodes + unicast(""), "lb2"), Lines("192.0.2.11"));
  // The same list on every host: oneself is left out.
  EXPECT_THAT(peers(kNodes + unicast("peers = [\"lb1\", \"lb2\", \"192.0.2.13\"]\n"), "lb1"),
              Lines("192.0.2.12", "192.0.2.13"));
  EXPECT_THAT(peers(kNodes + unicast("peers = [\"192.0.2.11\", \"192.0.2.12\"]\n"), "lb1"),
              Lines("192.0.2.12"));
  EXPECT_THAT(peers(kNodes + vip("priority = { lb1 = 150, lb2 = 100 }\n"), "lb1"), IsEmpty());
}

TEST(VipRules, UnicastWithoutPeersIsNotSilentlyMulticast) {
  EXPECT_THAT(problems_of(vip("transport = \"unicast\"\n")),
              Lines("t.toml:5:13: vip.a.peers: no other node has an IPv4 address: add it to [nodes] or to "
                    "peers"));
  EXPECT_THAT(problems_of(kNodes + unicast("peers = []\n"), "lb1"),
              Lines("t.toml:10:9: vip.a.peers: no other node has an IPv4 address: add it to [nodes] or to "
                    "peers"));
  EXPECT_THAT(
      problems_of(kNodes +
                      "[vip.a]\ninterface = \"eth0\"\nvirtual_router_id = 1\npriority = { lb1 = 150, lb2 "
                      "= 100 }\ntransport = \"unicast\"\nlead = \"both\"\naddresses = [\"192.0.2.100\", "
                      "\"2001:db8::100\"]\n",
                  "lb1"),
      Lines("t.toml:8:13: vip.a.peers: no other node has an IPv6 address: add it to [nodes] or to "
            "peers"));
}

TEST(VipRules, PeersAreNodesOrAddresses) {
  EXPECT_THAT(problems_of(kNodes + unicast("peers = [\"lb3\", \"0.0.0.0\"]\n"), "lb1"),
              Lines("t.toml:10:10: vip.a.peers: \"lb3\" is neither a node nor an address",
                    "t.toml:10:17: vip.a.peers: 0.0.0.0 is not an address that a host can have"));
  EXPECT_THAT(problems_of(vip("peers = [\"192.0.2.12\"]\n")),
              Lines("t.toml:5:9: vip.a.peers: needs transport = \"unicast\""));
}

TEST(VipRules, TheSourceIsOfTheVipsFamily) {
  EXPECT_THAT(problems_of(vip("source = \"192.0.2.11\"\n")), IsEmpty());
  EXPECT_THAT(problems_of(vip("source = \"2001:db8::1\"\n")),
              Lines("t.toml:5:10: vip.a.source: 2001:db8::1 is IPv6, and no address of the vip is"));
  EXPECT_THAT(problems_of(vip("source = \"192.0.2.100\"\n")),
              Lines("t.toml:5:10: vip.a.source: 192.0.2.100 moves: the source is an address that stays"));
  EXPECT_THAT(problems_of(vip("source = \"0.0.0.0\"\n")),
              Lines("t.toml:5:10: vip.a.source: 0.0.0.0 is not an address that a host can have"));
}

TEST(VipRules, NodesHaveAddressesOfHosts) {
  EXPECT_THAT(
      problems_of(
          "[nodes]\nlb1 = \"0.0.0.0\"\nlb2 = \"here\"\nlb3 = 5\n[nodes.lb4]\nfence = {agent = \"x\"}\n",
          "lb1"),
      Lines("t.toml:2:7: nodes.lb1.addresses: 0.0.0.0 is not an address that a host can have",
            "t.toml:3:7: nodes.lb2.addresses: \"here\" is not an IP address",
            "t.toml:4:7: nodes.lb3.addresses: must be a list such as [\"192.0.2.11\"], not 5",
            "t.toml:6:10: nodes.lb4.fence.agent: not supported by this version"));
}

}  // namespace
}  // namespace hawser::config

// Values that are taken and do nothing: each is a note and no problem, and beside it what does have an
// effect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::IsEmpty;

std::vector<std::string> notes_of(const std::string& text, const std::string& node = {}) {
  const auto loaded = load_text(text, node);
  EXPECT_THAT(lines(loaded), IsEmpty()) << text;
  return notes(loaded);
}

std::string bond(const std::string& mode, const std::string& more) {
  return "[bond.b]\nmode = \"" + mode + "\"\nports = [\"eth0\", \"eth1\"]\n" + more + "\n";
}

TEST(BondEffects, OptionsOfAnotherModeDoNothing) {
  EXPECT_THAT(
      notes_of(bond("active-backup", "xmit_hash_policy = \"layer3+4\"")),
      Lines("t.toml:4:20: bond.b.xmit_hash_policy: note: has no effect in mode active-backup: only in "
            "balance-xor, 802.3ad, balance-tlb and balance-alb"));
  EXPECT_THAT(notes_of(bond("802.3ad", "xmit_hash_policy = \"layer3+4\"")), IsEmpty());
  EXPECT_THAT(
      notes_of(bond("active-backup", "min_links = 2")),
      Lines("t.toml:4:13: bond.b.min_links: note: has no effect in mode active-backup: only in 802.3ad"));
  EXPECT_THAT(notes_of(bond("802.3ad", "min_links = 2")), IsEmpty());
  EXPECT_THAT(notes_of(bond("802.3ad", "num_grat_arp = 5")),
              Lines("t.toml:4:16: bond.b.num_grat_arp: note: has no effect in mode 802.3ad: only in "
                    "active-backup"));
  EXPECT_THAT(notes_of(bond("active-backup", "num_grat_arp = 5")), IsEmpty());
}

TEST(BondEffects, EveryOptionOfTheKernelThatOneModeIgnoresIsKnown) {
  for (const auto* option : {"primary_reselect = \"better\"", "fail_over_mac = \"active\"", "resend_igmp = 3",
                             "lp_interval = \"5s\"", "all_slaves_active = \"on\"", "ad_select = \"count\""})
    EXPECT_EQ(notes_of(bond("balance-xor", option)).size(), 1U) << option;
}

TEST(BondEffects, WhatTheKernelHasAnywayIsNotWorthANote) {
  EXPECT_THAT(notes_of(bond("active-backup", "xmit_hash_policy = \"layer2\"\nmin_links = 0")), IsEmpty());
}

TEST(BondEffects, TlbHashesOnlyWithoutDynamicBalancing) {
  EXPECT_THAT(
      notes_of(bond("balance-tlb", "xmit_hash_policy = \"layer3+4\"")),
      Lines("t.toml:4:20: bond.b.xmit_hash_policy: note: has no effect without tlb_dynamic_lb = \"off\""));
  EXPECT_THAT(notes_of(bond("balance-tlb", "xmit_hash_policy = \"layer3+4\"\ntlb_dynamic_lb = \"off\"")),
              IsEmpty());
}

TEST(BondEffects, OptionsOfTheOtherMonitorDoNothing) {
  EXPECT_THAT(notes_of(bond("active-backup", "arp_missed_max = 5")),
              Lines("t.toml:4:18: bond.b.arp_missed_max: note: has no effect without monitor = \"arp\""));
  const std::string arp = "arp_interval = \"100ms\"\narp_ip_target = [\"192.0.2.254\"]\n";
  EXPECT_THAT(notes_of(bond("active-backup", arp + "arp_missed_max = 5")), IsEmpty());
  EXPECT_THAT(notes_of(bond("active-backup", arp + "use_carrier = \"off\"")),
              Lines("t.toml:6:15: bond.b.use_carrier: note: has no effect without monitor = \"mii\""));
  EXPECT_THAT(notes_of(bond("active-backup", arp + "arp_all_targets = \"all\"")),
              Lines("t.toml:6:19: bond.b.arp_all_targets: note: has no effect without arp_validate"));
  EXPECT_THAT(notes_of(bond("active-backup", arp + "arp_all_targets = \"all\"\narp_validate = \"all\"")),
              IsEmpty());
}

TEST(BondEffects, ADelayBetweenAnnouncementsNeedsTwo) {
  EXPECT_THAT(
      notes_of(bond("active-backup", "peer_notif_delay = \"1s\"")),
      Lines("t.toml:4:20: bond.b.peer_notif_delay: note: has no effect with num_grat_arp 1 (default): "
            "it is the time between two"));
  EXPECT_THAT(notes_of(bond("active-backup", "peer_notif_delay = \"1s\"\nnum_grat_arp = 2")), IsEmpty());
}

TEST(BondEffects, FastFailoverThatCannotBeIsSaid) {
  EXPECT_THAT(notes_of(bond("802.3ad", "fast_failover = true")),
              Lines("t.toml:4:17: bond.b.fast_failover: note: has no effect in mode 802.3ad: only in "
                    "active-backup, balance-tlb and balance-alb"));
  EXPECT_THAT(
      notes_of(bond("active-backup", "fast_failover = true\ndowndelay = \"200ms\"")),
      Lines("t.toml:4:17: bond.b.fast_failover: note: has no effect beside a downdelay, which is waited "
            "for"));
  EXPECT_THAT(notes_of(bond("active-backup", "fast_failover = true\nmonitor = \"none\"")),
              Lines("t.toml:4:17: bond.b.fast_failover: note: has no effect with monitor = \"none\""));
  EXPECT_THAT(notes_of(bond("active-backup", "fast_failover = true")), IsEmpty());
  EXPECT_THAT(notes_of(bond("802.3ad", "fast_failover = false")), IsEmpty());
}

std::string route(const std::string& more) {
  return "[link.eth0]\nkind = \"physical\"\nroutes = [{ " + more + " }]\n";
}

TEST(RouteEffects, TheKernelMakesAnotherMetricOf0OverIpv6) {
  EXPECT_THAT(notes_of(route("to = \"2001:db8:1::/48\", metric = 0")),
              Lines("t.toml:3:46: link.eth0.routes.metric: note: the kernel makes 1024 of 0 over IPv6: write "
                    "1024, or 1 for less"));
  EXPECT_THAT(notes_of(route("to = \"2001:db8:1::/48\", metric = 1")), IsEmpty());
  EXPECT_THAT(notes_of(route("to = \"2001:db8:1::/48\"")), IsEmpty());
  EXPECT_THAT(notes_of(route("to = \"198.51.100.0/24\", metric = 0")), IsEmpty());
}

// ip_metrics_convert() makes 65520 of whatever is above: we would set it for ever.
TEST(RouteEffects, AnMtuThatTheKernelWouldLowerIsRefused) {
  EXPECT_THAT(problems_of(route("to = \"198.51.100.0/24\", mtu = 65521")),
              Lines("t.toml:3:43: link.eth0.routes.mtu: must be from 0 to 65520, not 65521"));
  EXPECT_THAT(problems_of(route("to = \"198.51.100.0/24\", mtu = 65520")), IsEmpty());
}

std::string pair(const std::string& priority, const std::string& more) {
  return "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n[vip.web]\ninterface = \"eth0\"\naddresses = "
         "[\"192.0.2.100\"]\nvirtual_router_id = 51\npriority = " +
         priority + "\n" + more + "\n";
}

TEST(VipEffects, WhoHasPriority255AlwaysPreempts) {
  const std::string priority = "{ lb1 = 255, lb2 = 100 }";
  const std::string owner =
      "t.toml:8:20: vip.web.priority: note: 255 is for the host whose own addresses they are, and none is: "
      "write 254 or less for one that only comes first";
  EXPECT_THAT(notes_of(pair(priority, ""), "lb1"), Lines(owner));
  EXPECT_THAT(notes_of(pair(priority, ""), "lb2"), IsEmpty());
  EXPECT_THAT(notes_of(pair(priority, "preempt = false"), "lb1"),
              Lines(owner,
                    "t.toml:9:11: vip.web.preempt: note: has no effect with priority 255: the owner of the "
                    "addresses always takes over"));
  EXPECT_THAT(notes_of(pair("{ lb1 = 254, lb2 = 100 }", "preempt = false"), "lb1"), IsEmpty());
}

TEST(VipEffects, AnIntervalIsBetweenTwoAnnouncements) {
  const std::string priority = "{ lb1 = 150, lb2 = 100 }";
  EXPECT_THAT(
      notes_of(pair(priority, "announce = { count = 1, interval = \"2s\" }"), "lb1"),
      Lines("t.toml:9:12: vip.web.announce: note: interval has no effect with count 1: it is the time "
            "between two"));
  EXPECT_THAT(notes_of(pair(priority, "announce = { count = 0, refresh = \"60s\" }"), "lb1"),
              Lines("t.toml:9:12: vip.web.announce: note: count 0 beside a refresh: a takeover is announced "
                    "once all the same"));
  EXPECT_THAT(notes_of(pair(priority, "announce = { count = 2, interval = \"2s\" }"), "lb1"), IsEmpty());
  EXPECT_THAT(notes_of(pair(priority, "announce = { count = 0 }"), "lb1"), IsEmpty());
}

TEST(VipEffects, APeerOfAnotherFamilyIsNotHeard) {
  EXPECT_THAT(
      notes_of(pair("{ lb1 = 150, lb2 = 100 }",
                    "transport = \"unicast\"\npeers = [\"192.0.2.12\", \"2001:db8::12\"]"),
               "lb1"),
      Lines("t.toml:10:24: vip.web.peers: note: 2001:db8::12 is not used: no address of the vip is IPv6"));
}

std::string service(const std::string& more, const std::string& reals) {
  return "[service.web]\nvirtual = [\"tcp 192.0.2.100:80\"]\n" + more + "\n" + reals;
}

const std::string kTwoWeights =
    "[[service.web.real]]\naddress = \"198.51.100.21\"\nweight = 100\n"
    "[[service.web.real]]\naddress = \"198.51.100.22\"\nweight = 50\n";

TEST(ServiceEffects, SomeSchedulersDoNotLookAtWeights) {
  EXPECT_THAT(
      notes_of(service("scheduler = \"rr\"", kTwoWeights)),
      Lines("t.toml:3:13: service.web.scheduler: note: \"rr\" does not look at weights, but for 0: write "
            "\"wrr\""));
  EXPECT_THAT(notes_of(service("scheduler = \"dh\"", kTwoWeights)),
              Lines("t.toml:3:13: service.web.scheduler: note: \"dh\" does not look at weights, but for 0"));
  for (const auto* scheduler : {"wrr", "wlc", "sh", "sed"})
    EXPECT_THAT(notes_of(service(fmt::format("scheduler = \"{}\"", scheduler), kTwoWeights)), IsEmpty());
  EXPECT_THAT(notes_of(service("scheduler = \"rr\"",
                               "[[service.web.real]]\naddress = \"198.51.100.21\"\nweight = 100\n"
                               "[[service.web.real]]\naddress = \"198.51.100.22\"\nweight = 0\n")),
              IsEmpty());
}

const std::string kOneReal = "[[service.web.real]]\naddress = \"198.51.100.21\"\n";

TEST(ServiceEffects, QuiescingIsGoodWithHashesAndPersistence) {
  const std::string quiesce = "on_failure = \"quiesce\"\nchecks = [{ type = \"tcp\" }]\n";
  EXPECT_THAT(notes_of(service(quiesce + "persistence = \"300s\"", kOneReal)), IsEmpty())
      << "netd sets expire_quiescent_template";
  EXPECT_THAT(notes_of(service(quiesce + "scheduler = \"mh\"", kOneReal)), IsEmpty())
      << "netd sets mh-fallback for as long as it is needed";
}

TEST(ServiceEffects, SlowStartIsMadeOfWeights) {
  EXPECT_THAT(
      notes_of(service("slow_start = \"30s\"", kOneReal)),
      Lines(
          "t.toml:3:14: service.web.slow_start: note: has no effect with weights of 1: write weight = 100"));
  const auto heavy = kOneReal + "weight = 100\n";
  EXPECT_THAT(notes_of(service("slow_start = \"30s\"", heavy)), IsEmpty());
  EXPECT_THAT(
      notes_of(service("slow_start = \"30s\"\nscheduler = \"rr\"", heavy)),
      Lines("t.toml:4:13: service.web.scheduler: note: slow_start has no effect: \"rr\" does not look at "
            "weights, but for 0"));
}

TEST(ServiceEffects, FlagsAreOfShAndMh) {
  EXPECT_THAT(notes_of(service("scheduler = \"wlc\"\nscheduler_flags = [\"flag-1\"]", kOneReal)),
              Lines("t.toml:4:20: service.web.scheduler_flags: note: \"flag-1\" has no effect with scheduler "
                    "\"wlc\""));
  EXPECT_THAT(notes_of(service("scheduler = \"sh\"\nscheduler_flags = [\"flag-1\", \"flag-3\"]", kOneReal)),
              Lines("t.toml:4:30: service.web.scheduler_flags: note: \"flag-3\" has no effect with scheduler "
                    "\"sh\""));
}

TEST(ServiceEffects, OverflowCountsConnectionsThatUdpHasNot) {
  EXPECT_THAT(
      notes_of("[service.dns]\nvirtual = [\"udp 192.0.2.100:53\"]\nscheduler = \"ovf\"\n"
               "[[service.dns.real]]\naddress = \"198.51.100.21\"\n"),
      Lines("t.toml:3:13: service.dns.scheduler: note: \"ovf\" counts connections, which udp has none "
            "of: all go to one"));
}

TEST(ServiceEffects, AProtocolThatEveryAddressHasIsNotNeeded) {
  EXPECT_THAT(
      notes_of(service("protocol = \"udp\"", kOneReal)),
      Lines("t.toml:3:12: service.web.protocol: note: has no effect: every virtual address names its own"));
  EXPECT_THAT(notes_of("[service.web]\nvirtual = [\"192.0.2.100:80\"]\nprotocol = \"udp\"\n" + kOneReal),
              IsEmpty());
}

TEST(ServiceEffects, WithoutChecksNothingFails) {
  EXPECT_THAT(notes_of(service("on_failure = \"quiesce\"", kOneReal)),
              Lines("t.toml:3:14: service.web.on_failure: note: has no effect without checks"));
  EXPECT_THAT(notes_of(service("on_failure = \"quiesce\"\nchecks = [{ type = \"tcp\" }]", kOneReal)),
              IsEmpty());
}

TEST(CheckEffects, WithoutContainsTheBodyIsNotRead) {
  EXPECT_THAT(notes_of(service("checks = [{ type = \"http\", max_body = 10 }]", kOneReal)),
              Lines("t.toml:3:39: service.web.checks.max_body: note: has no effect without contains"));
  EXPECT_THAT(notes_of(service("checks = [{ type = \"http\", max_body = 10, contains = \"OK\" }]", kOneReal)),
              IsEmpty());
}

TEST(Unused, ChecksAndPoolsAreNamed) {
  EXPECT_THAT(notes_of("[check.site]\ntype = \"tcp\"\n[pool.web]\n[[pool.web.real]]\naddress = "
                       "\"198.51.100.21\"\n"),
              Lines("t.toml:1:8: check.site: note: no pool uses it: write checks = [..] where it is meant",
                    "t.toml:3:7: pool.web: note: no service uses it"));
}

TEST(Unused, WhatAnotherNodeOrTheDefaultsUseIsNot) {
  EXPECT_THAT(
      notes_of("[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n[defaults.pool]\nchecks = "
               "[\"site\"]\n[check.site]\ntype = \"tcp\"\n[pool.web]\n[[pool.web.real]]\naddress = "
               "\"198.51.100.21\"\n[service.web]\nonly = [\"lb2\"]\nvirtual = [\"tcp 192.0.2.100:80\"]\n"
               "pool = \"web\"\n",
               "lb1"),
      IsEmpty());
}

}  // namespace
}  // namespace hawser::config

// "key=value" on a service and on a real server: what is named changes, nothing else does.
#include "lbctl/change/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/change/host_verbs.h"
#include "lbctl/change/target.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ServiceKey kWeb = *ServiceKey::parse("tcp 192.0.2.100:80");
const ServiceKey kDns = *ServiceKey::parse("udp [2001:db8::1]:53");
const Endpoint kReal = *Endpoint::parse("198.51.100.21:80");
const Service kSticky{"sh", 0x1 | 0x8, 300, 24, "", {}};
const RealServer kGue{Forwarding::kTunnel, 5, 20, 10, {TunnelType::kGue, 6080, 1}};

Edited<Service> service(Service from, const std::vector<std::string>& words, const ServiceKey& key = kWeb) {
  return with_settings(std::move(from), key, words);
}
Edited<RealServer> server(const RealServer& from, const std::vector<std::string>& words,
                          const Endpoint& real = kReal) {
  return with_settings(from, kWeb, real, words);
}
Service good(Service from, const std::vector<std::string>& words, const ServiceKey& key = kWeb) {
  const auto edited = service(std::move(from), words, key);
  EXPECT_THAT(edited.wrong, IsEmpty());
  return edited.object;
}
RealServer good(const RealServer& from, const std::vector<std::string>& words) {
  const auto edited = server(from, words);
  EXPECT_THAT(edited.wrong, IsEmpty());
  return edited.object;
}

TEST(LbSettings, ChangeTheNamedAndKeepTheRest) {
  EXPECT_EQ(good(kSticky, {"scheduler=wrr"}), (Service{"wrr", 0x1 | 0x8, 300, 24, "", {}}));
  EXPECT_EQ(good(kSticky, {"persistence=10m"}), (Service{"sh", 0x1 | 0x8, 600, 24, "", {}}));
  EXPECT_EQ(good(kSticky, {"persistence=none"}), (Service{"sh", 0x8, 0, 24, "", {}}));
  EXPECT_EQ(good(kSticky, {"persistence_netmask=255.255.0.0"}), (Service{"sh", 0x1 | 0x8, 300, 16, "", {}}));
  EXPECT_EQ(good(kSticky, {"persistence-netmask=none"}), (Service{"sh", 0x1 | 0x8, 300, 32, "", {}}));
  EXPECT_EQ(good(kGue, {"weight=0"}),
            (RealServer{Forwarding::kTunnel, 0, 20, 10, {TunnelType::kGue, 6080, 1}}));
  EXPECT_EQ(good(kGue, {"tunnel.checksum=off", "lower_threshold=0"}),
            (RealServer{Forwarding::kTunnel, 5, 20, 0, {TunnelType::kGue, 6080, 0}}));
}

TEST(LbSettings, TakeFlagsAsAList) {
  EXPECT_EQ(good(kSticky, {"scheduler_flags=sh-port"}).flags, 0x1U | 0x10U);
  EXPECT_EQ(good(kSticky, {"scheduler_flags+=sh-port,flag-3"}).flags, 0x1U | 0x8U | 0x10U | 0x20U);
  EXPECT_EQ(good(kSticky, {"scheduler_flags-=sh-fallback"}).flags, 0x1U);
  EXPECT_EQ(good(kSticky, {"scheduler_flags=none"}).flags, 0x1U);
  EXPECT_EQ(good(kSticky, {"scheduler_flags=mh-port", "scheduler=mh"}).flags, 0x1U | 0x10U);
}

TEST(LbSettings, TakeWhatOnlyUdpHas) {
  EXPECT_EQ(good(Service{"wlc", 0, 0, 128, "", {}}, {"one_packet=on"}, kDns).flags, 0x4U);
  const auto sip =
      good(Service{"wlc", 0, 0, 128, "", {}}, {"persistence=60s", "persistence_engine=sip"}, kDns);
  EXPECT_EQ(sip, (Service{"wlc", 0x1, 60, 128, "sip", {}}));
  EXPECT_EQ(good(sip, {"persistence_engine=none"}, kDns).persistence_engine, "");
}

TEST(LbSettings, PassSchedulersOnThatNoFileKnowsYet) {
  EXPECT_EQ(good(kSticky, {"scheduler=newest_2"}).scheduler, "newest_2");
}

TEST(LbSettings, TakeATunnelAwayWithItsForwarding) {
  EXPECT_EQ(good(kGue, {"forwarding=masquerade"}), (RealServer{Forwarding::kMasquerade, 5, 20, 10, {}}));
  EXPECT_EQ(good(kGue, {"tunnel=ipip"}).tunnel, Tunnel{});
  EXPECT_EQ(good(kGue, {"tunnel=gre"}).tunnel, (Tunnel{TunnelType::kGre, 0, 1}));
  EXPECT_EQ(
      good(RealServer{}, {"forwarding=tunnel", "tunnel=gue", "tunnel.port=6081", "tunnel.remote_checksum=on"})
          .tunnel,
      (Tunnel{TunnelType::kGue, 6081, 2}));
}

TEST(LbSettings, NameAllThatIsWrongWithAService) {
  const auto wrong = [](const std::vector<std::string>& words, const ServiceKey& key = kWeb) {
    return fmt::format("{}", fmt::join(service(Service{"wlc", 0, 0, 32, "", {}}, words, key).wrong, "; "));
  };
  EXPECT_EQ(wrong({"shceduler=rr", "rr"}),
            "shceduler: no such setting: did you mean scheduler?; rr: not a setting: write KEY=VALUE, as in "
            "scheduler=..");
  EXPECT_THAT(wrong({"scheduler=RR!"}), HasSubstr("scheduler: \"RR!\" is not a scheduler"));
  EXPECT_THAT(wrong({"scheduler_flags=sh-port"}), HasSubstr("sh-port needs scheduler=sh"));
  EXPECT_THAT(wrong({"scheduler_flags=best"}), HasSubstr("\"best\" is none of"));
  EXPECT_THAT(wrong({"persistence=5"}), HasSubstr("persistence: must be a duration"));
  EXPECT_THAT(wrong({"persistence=1500ms"}), HasSubstr("persistence:"));
  EXPECT_THAT(wrong({"persistence=1m", "persistence_netmask=33"}), HasSubstr("must be from 1 to 32"));
  EXPECT_THAT(wrong({"persistence_netmask=24"}), HasSubstr("persistence_netmask: needs persistence"));
  EXPECT_THAT(wrong({"persistence_engine=sip"}), HasSubstr("persistence_engine: needs persistence"));
  EXPECT_THAT(wrong({"persistence=1m", "persistence_engine=sip"}), HasSubstr("only udp and fwmark"));
  EXPECT_THAT(wrong({"one_packet=on"}), HasSubstr("only udp and fwmark"));
  EXPECT_THAT(wrong({"one_packet=perhaps"}), HasSubstr("one_packet:"));
  EXPECT_THAT(wrong({"persistence=1m", "persistence=2m"}), HasSubstr("given twice"));
  EXPECT_THAT(wrong({"persistence+=1m"}), HasSubstr("are for lists"));
  EXPECT_THAT(wrong({}, *ServiceKey::parse("tcp 192.0.2.100:0")), HasSubstr("port 0, any port, needs it"));
  EXPECT_THAT(wrong({"persistence=1m", "persistence_netmask=255.255.0.0"},
                    *ServiceKey::parse("tcp [2001:db8::1]:80")),
              HasSubstr("prefix length"));
}

TEST(LbSettings, NameAllThatIsWrongWithARealServer) {
  const auto wrong = [](const std::vector<std::string>& words, const char* real = "198.51.100.21:80") {
    return fmt::format("{}", fmt::join(server(RealServer{}, words, *Endpoint::parse(real)).wrong, "; "));
  };
  EXPECT_THAT(wrong({"weight=-1"}), HasSubstr("weight:"));
  EXPECT_THAT(wrong({"weight=heavy"}), HasSubstr("weight:"));
  EXPECT_THAT(wrong({"forwarding=route"}), HasSubstr("forwarding:"));
  EXPECT_EQ(wrong({"lower_threshold=5"}), "lower_threshold: 5 is above upper_threshold 0");
  EXPECT_EQ(wrong({"tunnel=gre"}), "tunnel: needs forwarding=tunnel");
  EXPECT_THAT(wrong({"forwarding=tunnel", "tunnel=gue"}), HasSubstr("gue needs it"));
  EXPECT_THAT(wrong({"forwarding=tunnel", "tunnel.port=5"}), HasSubstr("only gue has it"));
  EXPECT_THAT(wrong({"forwarding=tunnel", "tunnel.checksum=on"}), HasSubstr("only gue and gre"));
  EXPECT_EQ(wrong({"forwarding=direct"}, "198.51.100.21:8080"),
            "forwarding: direct cannot change the port: 8080 must be the service's, 80");
  EXPECT_THAT(wrong({}, "[2001:db8:1::21]:80"), HasSubstr("must be tunnel"));
}

// A mark has no port, and is no "any port".
TEST(LbSettings, OfAMarkNeedNoPersistence) {
  const auto mark = *ServiceKey::parse("fwmark 7");
  EXPECT_EQ(good(Service{}, {"scheduler=rr"}, mark).scheduler, "rr");
  EXPECT_THAT(service(Service{}, {"scheduler=rr"}, *ServiceKey::parse("tcp 192.0.2.100:0")).wrong,
              ElementsAre(HasSubstr("port 0, any port, needs it")));
}

TEST(LbSettings, HaveARemoteChecksumInGueAlone) {
  EXPECT_EQ(good(kGue, {"tunnel.remote_checksum=on", "tunnel.checksum=off"}).tunnel.flags, 2U);
  EXPECT_THAT(server(kGue, {"tunnel.remote_checksum=on"}).wrong,
              ElementsAre(HasSubstr("takes the place of")));
  const RealServer gre{Forwarding::kTunnel, 1, 0, 0, {TunnelType::kGre, 0, 1}};
  EXPECT_THAT(server(gre, {"tunnel.remote_checksum=on"}).wrong,
              ElementsAre(HasSubstr("tunnel.remote_checksum: only gue has it")));
}

TEST(LbTarget, IsAServiceInOneWordOrTwo) {
  const std::vector<std::string> two{"tcp", "192.0.2.100:80", "weight=1"};
  const std::vector<std::string> one{"fwmark6 9"};
  ASSERT_TRUE(target_service(two));
  EXPECT_EQ(target_service(two)->key, kWeb);
  EXPECT_THAT(target_service(two)->rest, ElementsAre("weight=1"));
  EXPECT_EQ(to_string(target_service(one)->key), "fwmark6 9");
  EXPECT_TRUE(target_service(one)->rest.empty());
  const std::vector<std::string> half{"tcp"};
  EXPECT_FALSE(target_service(half));
  EXPECT_FALSE(target_service({}));
}

TEST(LbTarget, IsARealServerWithTheServicesPortWhereItHasNone) {
  EXPECT_EQ(target_real("198.51.100.21", kWeb), kReal);
  EXPECT_EQ(target_real("198.51.100.21:8080", kWeb), *Endpoint::parse("198.51.100.21:8080"));
  EXPECT_EQ(target_real("2001:db8:1::21", kWeb), *Endpoint::parse("[2001:db8:1::21]:80"));
  EXPECT_FALSE(target_real("web1", kWeb));
}

TEST(LbHostSettings, AreTimeoutsAndSyncDaemons) {
  const std::vector<std::string> times{"tcp=15m", "udp=10s"};
  EXPECT_EQ(with_timeouts(times).object, (IpvsTimeouts{900, 0, 10}));
  const std::vector<std::string> wrong_times{"tcp=0s", "icmp=5s", "udp=1500ms", "tcp_fin"};
  EXPECT_EQ(with_timeouts(wrong_times).wrong.size(), 4U);
  const std::vector<std::string> daemon{"interface=bond0", "id=7",      "maxlen=1400",
                                        "group=ff02::81",  "port=9000", "ttl=3"};
  EXPECT_EQ(with_sync_settings(daemon).object,
            (SyncDaemon{"bond0", 7, 1400, *IpAddress::parse("ff02::81"), 9000, 3}));
  const std::vector<std::string> wrong_daemon{"id=256", "group=192.0.2.1", "speed=1"};
  EXPECT_EQ(with_sync_settings(wrong_daemon).wrong.size(), 3U);
  const std::vector<std::string> twice{"tcp=15m", "tcp=10m"};
  EXPECT_THAT(with_timeouts(twice).wrong, ElementsAre("tcp: given twice"));
  const std::vector<std::string> daemon_twice{"interface=eth0", "id=7", "id=7"};
  EXPECT_THAT(with_sync_settings(daemon_twice).wrong, ElementsAre("id: given twice"));
  EXPECT_THAT(with_sync_settings({}).wrong, ElementsAre("interface: is missing: write interface=eth0"));
}

}  // namespace
}  // namespace hawser::lbctl

#include "vipd/worker/worker_protocol.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

config::Vip every_field() {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}, {*Prefix::parse("2001:db8::100/64"), "back"}};
  vip.virtual_router_id = Vrid(255);
  vip.priority = Priority(254);
  auto& manner = vip.manner.change();
  manner.advertisement_interval = 10ms;
  manner.checksum = config::VrrpChecksum::kPlain;
  manner.transport = config::VrrpTransport::kUnicast;
  manner.peers = {IpAddress::v4(192, 0, 2, 12), IpAddress::v4(192, 0, 2, 13)};
  manner.own = {IpAddress::v4(192, 0, 2, 11), IpAddress::v4(198, 51, 100, 11)};
  manner.source = IpAddress::v4(192, 0, 2, 11);
  manner.preempt_delay = 60s;
  manner.startup_delay = 3s;
  manner.return_delay = 4s;
  manner.announce.change() = {7, 250ms, 60s, 500};
  manner.lead = config::VrrpLead::kIpv4;
  manner.reset_connections = true;
  manner.accept = false;
  manner.virtual_mac = true;
  manner.store = config::Store::kSpread;
  manner.lease = {Milliseconds(10'000), false};
  manner.version = 2;
  manner.password = "systemd:vrrp";
  manner.password_text = "1111";
  manner.hmac = {{2, "systemd:vrrp", Bytes(32, 0xFE)}, {1, "file:/etc/hawser/vrrp.key", Bytes(64, 0)}};
  manner.hmac_mode = config::HmacMode::kReceiveOnly;
  manner.hmac_window = {Milliseconds(7000), false};
  return vip;
}

// As it goes over the channel: as text.
boost::json::object sent(const boost::json::object& message) {
  return boost::json::parse(boost::json::serialize(message)).as_object();
}

Result<Reading> there_and_back(const Reading& reading) {
  auto arrived = decode_from_worker(sent(encode(FromWorker(reading))));
  if (!arrived) return tl::unexpected(arrived.error());
  return std::get<Reading>(*arrived);
}

TEST(Handover, EveryFieldArrives) {
  auto patient = every_field();
  patient.manner.change().preempt = false;
  patient.manner.change().preempt_delay = 0s;
  patient.manner.change().lead = config::VrrpLead::kIpv6;
  patient.manner.change().lease = {{}, true};
  patient.manner.change().hmac_window = {{}, true};
  const Reading reading{Settings{{20, false},
                                 {"debug"},
                                 "lb1",
                                 {every_field(), patient, config::Vip{}},
                                 {IpAddress::v4(192, 0, 2, 11), *IpAddress::parse("2001:db8::11")}},
                        true,
                        {{"a", 1, 2, "b", "c"}},
                        "what was to be remembered"};
  const auto arrived = there_and_back(reading);
  ASSERT_TRUE(arrived.has_value()) << arrived.error().text;
  EXPECT_EQ(*arrived, reading);
}

TEST(Handover, ProblemsArriveWithoutSettings) {
  const Reading reading{std::nullopt, false, {{"one", 1, 1, "", "x"}, {"two", 0, 0, "", "two: y"}}};
  EXPECT_EQ(*there_and_back(reading), reading);
}

TEST(Handover, TenThousandAddressesArrive) {
  auto vip = every_field();
  for (std::uint32_t i = 0; i < 10000; ++i)
    vip.addresses.push_back({{IpAddress::v4(0xC6336400U + i), 32}, "front"});
  const Reading reading{Settings{{10, true}, {"info"}, "", {vip}}, false, {}};
  EXPECT_EQ(*there_and_back(reading), reading);
}

// A thousand of them would take as much room as a thousand vips.
TEST(Handover, WhatVipsHaveInCommonIsThereOnceAgain) {
  auto other = every_field();
  other.name = "db";
  auto third = other;
  third.name = "mail";
  third.manner.change().password_text = "2222";
  const auto arrived =
      there_and_back({Settings{{10, true}, {"info"}, "", {every_field(), other, third}}, false, {}});
  const auto& vips = arrived->settings->vips;
  EXPECT_TRUE(vips.at(0).manner.is_same_as(vips.at(1).manner));
  EXPECT_FALSE(vips.at(0).manner.is_same_as(vips.at(2).manner)) << "another password";
}

TEST(Handover, WhatIsNotAReadingIsRefused) {
  for (const auto* text :
       {"{}", R"({"type":"poem"})", R"({"type":"reading","last_good":1,"problems":[]})",
        R"({"type":"reading","last_good":false,"problems":[],"settings":{"node":1}})", R"({"type":7})"})
    EXPECT_FALSE(decode_from_worker(boost::json::parse(text).as_object()).has_value()) << text;
}

TEST(WorkerRequests, ArriveAsTheyWereSent) {
  for (const ToWorker& request :
       {ToWorker(Begin{{"/etc/hawser/hawser.toml", "/var/lib/hawser", "lb1"}}),
        ToWorker(ReadFile{config::Emptiness::kRefused}), ToWorker(ReadFile{config::Emptiness::kAllowed}),
        ToWorker(KeepLastGood{}), ToWorker(Remember{"{\"format\":1}"}),
        ToWorker(EndConnections{{IpAddress::v4(192, 0, 2, 100)}}), ToWorker(Secure{{"back", "front"}}),
        ToWorker(Secure{}), ToWorker(DropFor{}), ToWorker(Quiet{{"front"}}),
        ToWorker(DropFor{{{IpAddress::v4(192, 0, 2, 100)}, {{"front", *IpAddress::parse("fe80::100")}}}}),
        ToWorker(Begin{{"a", "b", "c", "d", true}}), ToWorker(Release{}), ToWorker(Follow{}),
        ToWorker(LeadAgain{"web"}), ToWorker(Lead{"web"}),
        ToWorker(Lead{"web", Side::kCandidate, provider::Begin::kByReading, *IpAddress::parse("192.0.2.11"),
                      true, provider::WallTime(1'800'000'000'123ms)})})
    EXPECT_EQ(decode_to_worker(sent(encode(request))).value(), request);
}

TEST(WorkerRequests, ThatAreNoneAreRefused) {
  for (const auto* text : {"{}", R"({"type":"poem"})", R"({"type":"begin","config":7})", R"({"type":"read"})",
                           R"({"type":"secure","interfaces":[7]})"})
    EXPECT_FALSE(decode_to_worker(boost::json::parse(text).as_object()).has_value()) << text;
}

TEST(WorkerReports, ArriveAsTheyWereTold) {
  RouteReport route;
  route.vip = "web";
  route.address = *IpAddress::parse("203.0.113.10");
  EXPECT_EQ(std::get<RouteReport>(*decode_from_worker(sent(encode(FromWorker(route))))), route);
  route.provider = "robot";
  route.standing = provider::Standing::kElsewhere;
  route.target = "192.0.2.11";
  route.node = "lb1";
  route.read_at = provider::WallTime(Milliseconds(1'700'000'000'123));
  route.since = provider::WallTime(Milliseconds(1'700'000'000'000));
  route.next = provider::WallTime(Milliseconds(1'700'000'300'000));
  route.trouble = "409 FAILOVER_LOCKED";
  route.asking = provider::Ask::kSet;
  route.confirmed = true;
  route.lost = true;
  route.left_behind = true;
  route.reads_left = 97;
  route.switches_left = 49;
  EXPECT_EQ(std::get<RouteReport>(*decode_from_worker(sent(encode(FromWorker(route))))), route);
  const DropReport drop{"no nf_tables"};
  EXPECT_EQ(std::get<DropReport>(*decode_from_worker(sent(encode(FromWorker(drop))))), drop);
  const FenceReport fence{"web", true, "lb1 is off"};
  EXPECT_EQ(std::get<FenceReport>(*decode_from_worker(sent(encode(FromWorker(fence))))), fence);
}

TEST(WorkerEvents, ArriveAsTheyWereTold) {
  const Event event{.kind = EventKind::kStorage,
                    .level = Level::kWarning,
                    .object = "vipd.last-good",
                    .cause = {CauseKind::kKernel, "No space left on device"}};
  EXPECT_EQ(std::get<Event>(*decode_from_worker(sent(encode(FromWorker(event))))), event);
}

TEST(Handover, SettingsAreThePartOfTheFileThatVipdUses) {
  config::Config config;
  config.node = "lb1";
  config.realtime = 5;
  config.lock_memory = false;
  config.log_level = "warning";
  auto vip = every_field();
  vip.priorities.fill() = {{"lb1", 254}, {"lb2", 100}};
  vip.manner.change().virtual_mac = false;
  vip.manner.change().store = config::Store::kInterface;
  config.vips["web"] = vip;
  config.nodes["lb2"].addresses = {IpAddress::v4(192, 0, 2, 12)};
  config.nodes["lb3"].addresses = {IpAddress::v4(192, 0, 2, 13)};
  auto arrives = every_field();
  arrives.manner.change().virtual_mac = false;
  arrives.manner.change().store = config::Store::kInterface;
  EXPECT_EQ(settings_of(config), (Settings{{5, false}, {"warning"}, "lb1", {arrives}}));
}

TEST(Handover, TheHostsOwnAddressesAreThoseOfItsNodeAndItsDevices) {
  config::Config config;
  config.node = "lb1";
  config.nodes["lb1"].addresses = {IpAddress::v4(192, 0, 2, 11)};
  config.nodes["lb2"].addresses = {IpAddress::v4(192, 0, 2, 12)};
  config.network.links["back"].addresses[*Prefix::parse("198.51.100.11/24")] = {};
  EXPECT_THAT(settings_of(config).own,
              testing::ElementsAre(IpAddress::v4(192, 0, 2, 11), IpAddress::v4(198, 51, 100, 11)));
  config.node.clear();
  EXPECT_THAT(settings_of(config).own, testing::ElementsAre(IpAddress::v4(198, 51, 100, 11)));
}

TEST(Handover, AddressesLiveInTheStoreOfTheirElection) {
  config::Config config;
  auto vip = every_field();
  vip.manner.change().version = 3;
  vip.manner.change().virtual_mac = false;
  vip.addresses = {{*Prefix::parse("192.0.2.100"), vip.interface}};
  config.vips["web"] = vip;
  const auto settings = settings_of(config);
  ASSERT_EQ(settings.vips.size(), 1U);
  EXPECT_EQ(settings.vips[0].addresses.at(0).interface, "s255-0-" + vip.interface);
}

TEST(Handover, AddressesWithAVirtualMacLiveOnTheDeviceOfTheirElection) {
  config::Config config;
  auto vip = every_field();
  vip.manner.change().version = 3;
  vip.manner.change().lead = config::VrrpLead::kBoth;
  vip.manner.change().virtual_mac = true;
  for (auto& address : vip.addresses) address.interface = "front";
  config.vips["web"] = vip;
  const auto settings = settings_of(config);
  ASSERT_EQ(settings.vips.size(), 2U);
  EXPECT_EQ(settings.vips[0].addresses.at(0).interface, "v4-255-front");
  EXPECT_EQ(settings.vips[1].addresses.at(0).interface, "v6-255-front");
  EXPECT_EQ(settings.vips[0].interface, "front");
}

TEST(Handover, WhatPeersExpectIsKnownOnlyWhereTheyAreNodesOfTheFile) {
  config::Config config;
  config.vips["web"] = every_field();
  config.nodes["lb2"].addresses = {IpAddress::v4(192, 0, 2, 12)};
  EXPECT_TRUE(settings_of(config).vips.at(0).manner->own.empty()) << "192.0.2.13 is no node";
  config.nodes["lb3"].addresses = {IpAddress::v4(192, 0, 2, 13)};
  EXPECT_EQ(settings_of(config).vips.at(0).manner->own, every_field().manner->own);
}

}  // namespace
}  // namespace hawser::vipd

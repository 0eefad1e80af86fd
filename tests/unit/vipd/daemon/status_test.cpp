#include "vipd/daemon/status.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/documented.h"
#include "vipd/daemon/names.h"
#include "vipd/daemon/why.h"
#include "vipd/status_text.h"
#include "vipd/vip_verbs.h"

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

DaemonStatus example() {
  RouterStatus router;
  router.vip.name = "web";
  router.vip.interface = "front";
  router.vip.virtual_router_id = Vrid(51);
  router.vip.priority = Priority(150);
  router.role = RoleName::kActive;
  router.why = "no advertisement from 192.0.2.12 for 3.61s";
  router.since = TimePoint(1000s);
  router.source = IpAddress::v4(192, 0, 2, 11);
  router.heard = Heard{IpAddress::v4(192, 0, 2, 12), Priority(100), TimePoint(1001s)};
  router.addresses[{"front", *Prefix::parse("192.0.2.100")}] = Holding::kOurs;
  router.answers = true;
  router.counters.sent = 17;
  router.counters.bad.count(BadPacket::kTtl);
  router.counters.bad.count(BadPacket::kChecksum);
  router.counters.bad.count(BadPacket::kChecksum);
  DaemonStatus status;
  status.pid = 42;
  status.node = "lb1";
  status.config_file = "/etc/hawser/hawser.toml";
  status.readings = 2;
  status.vips = {router};
  status.interfaces = {{"front", {}}, {"back", {}}};
  status.interfaces.at(0).bad.count(BadPacket::kRouterId);
  status.now = TimePoint(1090s);
  status.wall_clock = std::chrono::system_clock::from_time_t(1'700'000'090);
  status.started = std::chrono::system_clock::from_time_t(1'700'000'000) + 7ms;
  return status;
}

TEST(VipdStatus, HasNoKeyThatIsNotDocumented) {
  auto status = example();
  status.problems = {{"hawser.toml", 3, 1, "vip.web.priority", "must be 1 to 255"}};
  EXPECT_THAT(test::undocumented(to_json(status)), testing::IsEmpty());
  status.vips.at(0).vip.manner.change().provider = "robot";
  RouteReport route;
  route.vip = "web";
  status.routes = {route};
  EXPECT_THAT(test::undocumented(to_json(status)), testing::IsEmpty());
}

TEST(VipdStatus, JsonNamesRoleReasonPeerAndCounters) {
  const auto json = to_json(example());
  const auto& vip = json.at("vips").as_array().at(0);
  EXPECT_EQ(json.at("pid"), 42);
  EXPECT_EQ(json.at("started"), "2023-11-14T22:13:20.007Z");
  EXPECT_EQ(vip.at("role"), "Active");
  EXPECT_EQ(vip.at("since"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(vip.at("seconds"), 90.0);
  EXPECT_EQ(vip.at("why"), "no advertisement from 192.0.2.12 for 3.61s");
  EXPECT_EQ(vip.at("heard").at("address"), "192.0.2.12");
  EXPECT_EQ(vip.at("heard").at("seconds_ago"), 89.0);
  EXPECT_EQ(vip.at("source"), "192.0.2.11");
  EXPECT_EQ(vip.at("version"), 3);
  EXPECT_EQ(vip.at("checksum"), "pseudo-header");
  EXPECT_EQ(vip.at("authentication"), "none");
  EXPECT_EQ(vip.at("addresses").as_array().at(0).at("state"), "held");
  EXPECT_EQ(vip.at("counters").at("advertisements_sent"), 17);
  EXPECT_EQ(vip.at("counters").at("bad_packets").at("checksum"), 2);
  EXPECT_EQ(vip.at("counters").at("bad_packets").at("version"), 0);
  EXPECT_EQ(json.at("interfaces").as_array().at(0).at("bad_packets").at("router id"), 1);
  EXPECT_EQ(json.at("config").at("state"), "current");
  EXPECT_EQ(vip.at("answers"), true);
  EXPECT_EQ(vip.at("stance").at("is"), "ordinary");
}

TEST(VipdStatus, SaysWhatWouldMoveIt) {
  auto status = example();
  auto& web = status.vips.at(0);
  web.outlook = "yields to a priority above 150";
  web.lease = {std::chrono::seconds(4), std::chrono::seconds(1)};
  const auto json = to_json(status).at("vips").at(0);
  EXPECT_EQ(json.at("outlook"), "yields to a priority above 150");
  EXPECT_EQ(json.at("lease_seconds"), 4);
  EXPECT_EQ(json.at("family"), "ipv4");
  EXPECT_THAT(status_text(to_json(status)), HasSubstr("web: yields to a priority above 150\n"));
  web.lease = {};
  EXPECT_TRUE(to_json(status).at("vips").at(0).at("lease_seconds").is_null());
}

TEST(VipdStatus, SaysWhoseAddressesHaveNoLease) {
  auto status = example();
  EXPECT_THAT(status_text(to_json(status)), Not(HasSubstr("no lease")));
  status.vips.at(0).vip.manner.change().store = config::Store::kSpread;
  EXPECT_THAT(status_text(to_json(status)), Not(HasSubstr("no lease")));
  status.vips.at(0).vip.manner.change().store = config::Store::kLocalRoutes;
  EXPECT_THAT(status_text(to_json(status)),
              HasSubstr("web: no lease: its addresses are local routes: after a vipd that is killed for good "
                        "'vipd cleanup' removes them\n"));
}

TEST(VipdStatus, SaysHowLateAdvertisementsWere) {
  auto status = example();
  EXPECT_THAT(status_text(to_json(status)), Not(HasSubstr("down timer")));
  status.vips.at(0).late = {2, {0, 15, 1, 1}, 3s};
  EXPECT_EQ(to_json(status).at("vips").at(0).at("late").at("by_quarter").at(3), 1);
  EXPECT_THAT(status_text(to_json(status)),
              HasSubstr("web: 2 advertisements came after more than half of the down "
                        "timer, the latest 3s after the one before\n"));
}

TEST(VipdStatus, OfAFamilyItsOwn) {
  auto status = example();
  status.vips.at(0).vip.manner.change().lead = config::VrrpLead::kIpv6;
  status.interfaces.at(0).family = Family::kIpv6;
  const auto json = to_json(status);
  EXPECT_EQ(json.at("vips").at(0).at("family"), "ipv6");
  EXPECT_EQ(json.at("interfaces").at(0).at("family"), "ipv6");
  EXPECT_THAT(status_text(json), HasSubstr("other IPv6 packets on front"));
}

TEST(VipdWhy, TellsTheLastChangesWithWhatWasKnown) {
  const auto status = example();
  auto router = status.vips.at(0);
  router.outlook = "yields to a priority above 150";
  const Rare<Heard> heard(Heard{IpAddress::v4(192, 0, 2, 12), Priority(100), TimePoint(996s)});
  const std::vector<Change> changes{
      {TimePoint(990s), RoleName::kInitialize, RoleName::kBackup, Priority(150), "started", {}},
      {TimePoint(1000s), RoleName::kBackup, RoleName::kActive, Priority(150), router.why, heard}};
  const auto why = why_json(router, changes, status.now, status.wall_clock);
  EXPECT_THAT(test::undocumented(why), testing::IsEmpty());
  EXPECT_EQ(why.at("changes").at(1).at("heard").at("seconds_before"), 4.0);
  EXPECT_TRUE(why.at("changes").at(0).at("heard").is_null());
  const auto text = why_text(why, 0);
  EXPECT_THAT(text, HasSubstr("web is Active since 2023-11-14T22:13:20.000Z (1m30s): no advertisement from "
                              "192.0.2.12 for 3.61s\nnext: it yields to a priority above 150\n"));
  EXPECT_THAT(text, HasSubstr("192.0.2.12 priority 100, 4s before"));
}

TEST(VipdWhy, KnowsAVipByItsWholeName) {
  EXPECT_EQ(no_such_vip("web", {"db"}), "web: no such vip");
  EXPECT_EQ(no_such_vip("web", {"web/ipv4", "web/ipv6"}),
            "web: it elects by both families: write web/ipv4 or web/ipv6");
}

TEST(VipdStatus, SaysWhatAnOperatorAskedFor) {
  auto status = example();
  status.vips.at(0).stance = Stance::kStandingBy;
  status.stands["web"] = {Stance::kStandingBy, status.wall_clock + 10s};
  EXPECT_EQ(to_json(status).at("vips").at(0).at("stance").at("until"), "2023-11-14T22:15:00.000Z");
  EXPECT_THAT(status_text(to_json(status)),
              HasSubstr("web: stands by until 2023-11-14T22:15:00.000Z: 'vipctl resume web' ends that\n"));
  status.stands.clear();
  status.vips.at(0).stance = Stance::kTaking;
  EXPECT_THAT(status_text(to_json(status)),
              HasSubstr("web: took the role and keeps it: 'vipctl resume web' ends that\n"));
}

TEST(VipdStatus, JsonSaysHowTheFileIsAndWhatIsWrongWithIt) {
  auto status = example();
  status.changes = "web changed (priority)";
  EXPECT_EQ(to_json(status).at("state"), "ok");
  EXPECT_TRUE(to_json(status).at("findings").as_array().empty());
  EXPECT_EQ(to_json(status).at("config").at("changes"), "web changed (priority)");
  status.problems = {{"hawser.toml", 3, 9, "vip.web.priority", "must be 1 to 255"}};
  const auto json = to_json(status);
  EXPECT_EQ(json.at("state"), "degraded");
  EXPECT_EQ(
      boost::json::serialize(json.at("findings")),
      R"([{"object":"/etc/hawser/hawser.toml","state":"degraded","text":"broken: what was read before stays in use"}])");
  EXPECT_EQ(json.at("config").at("state"), "broken");
  EXPECT_EQ(
      boost::json::serialize(json.at("config").at("problems")),
      R"([{"file":"hawser.toml","line":3,"column":9,"key":"vip.web.priority","text":"must be 1 to 255"}])");
  status.last_good = true;
  EXPECT_EQ(to_json(status).at("config").at("state"), "last good");
}

TEST(VipdStatus, JsonSaysWhyANewStartWasRefused) {
  auto status = example();
  EXPECT_EQ(boost::json::serialize(to_json(status).at("restart")), R"({"tried":0,"refused":null})");
  status.restart = {2, "/usr/sbin/vipd would not start: exit status 1"};
  EXPECT_EQ(boost::json::serialize(to_json(status).at("restart")),
            R"({"tried":2,"refused":"/usr/sbin/vipd would not start: exit status 1"})");
}

TEST(VipdStatus, JsonSaysNullForWhatIsNotThere) {
  auto status = example();
  status.vips.at(0).heard.reset();
  status.vips.at(0).source = IpAddress();
  const auto vip = to_json(status).at("vips").as_array().at(0);
  EXPECT_TRUE(vip.at("heard").is_null());
  EXPECT_TRUE(vip.at("source").is_null());
}

TEST(VipdStatus, JsonSaysWhatIsHeldAndWhatOnlyLooksSo) {
  auto status = example();
  auto& router = status.vips.at(0);
  router.addresses = {{{"front", *Prefix::parse("192.0.2.100")}, Holding::kOurs},
                      {{"front", *Prefix::parse("192.0.2.101")}, Holding::kForeign},
                      {{"front", *Prefix::parse("192.0.2.102")}, Holding::kNo},
                      {{"front", *Prefix::parse("2001:db8::1")}, Holding::kOursMute},
                      {{"front", *Prefix::parse("2001:db8::2")}, Holding::kForeignTentative},
                      {{"front", *Prefix::parse("2001:db8::3")}, Holding::kForeignDuplicate}};
  std::vector<std::string> states;
  const auto json = to_json(status);
  for (const auto& address : json.at("vips").at(0).at("addresses").as_array())
    states.emplace_back(address.at("state").as_string());
  EXPECT_THAT(states, testing::ElementsAre("held", "held, not ours", "not held", "does not answer",
                                           "tentative, not ours", "duplicate, not ours"));
}

TEST(VipdStatus, AFaultIsInTheVipAndAmongTheFindings) {
  auto status = example();
  EXPECT_TRUE(to_json(status).at("vips").at(0).at("fault").is_null());
  auto& router = status.vips.at(0);
  router.fault = "Active without 192.0.2.100 on front (somebody made it tentative: it answers nobody)";
  router.addresses.begin()->second = Holding::kOursMute;
  const auto json = to_json(status);
  EXPECT_EQ(json.at("vips").at(0).at("fault").as_string(), router.fault);
  EXPECT_EQ(json.at("state"), "dead");
  EXPECT_EQ(json.at("findings").at(0).at("text").as_string(), router.fault);
}

TEST(VipdStatus, WhatOthersPutSomewhereIsInTheVipAndAmongTheFindings) {
  auto status = example();
  EXPECT_TRUE(to_json(status).at("vips").at(0).at("put_by_others").as_array().empty());
  status.vips.at(0).put_by_others = {{"back", *Prefix::parse("192.0.2.100/24")}};
  const auto json = to_json(status);
  EXPECT_EQ(boost::json::serialize(json.at("vips").at(0).at("put_by_others")),
            R"([{"address":"192.0.2.100/24","interface":"back"}])");
  EXPECT_EQ(json.at("state"), "degraded");
  EXPECT_THAT(std::string(json.at("findings").at(0).at("text").as_string()),
              HasSubstr("192.0.2.100/24 on back was put there by somebody else"));
}

TEST(VipdStatus, TablesAreAlignedAndShowOnlyReasonsThatWereCounted) {
  EXPECT_EQ(
      status_text(to_json(example())),
      fmt::format("vipd {} process 42 on node lb1: ok\n\n", HAWSER_VERSION) +
          "VIP  ROLE      FOR  PRIORITY  INTERFACE  ROUTER ID  HEARD                               WHY\n"
          "web  Active  1m30s       150  front             51  192.0.2.12 priority 100, 1m29s ago  "
          "no advertisement from 192.0.2.12 for 3.61s\n"
          "\n"
          "VIP  ADDRESS         ON     STATE\n"
          "web  192.0.2.100/32  front  held\n"
          "\n"
          "VIP                          SENT  REFUSED  RECEIVED  TAKEOVERS  ANNOUNCED  PUT BACK  BAD "
          "PACKETS\n"
          "web                            17        0         0          0          0         0  ttl 1, "
          "checksum "
          "2\n"
          "other IPv4 packets on front                                                           router id "
          "1\n"
          "\n"
          "loop: 0 of 0 timers more than 2 ms late, the latest 0.0 ms\n");
}

TEST(VipdStatus, VersionTwoIsCalledUnauthenticatedAndItsPasswordIsNotSaid) {
  auto status = example();
  auto& router = status.vips.at(0);
  router.form = {2, VrrpChecksum::kPseudoHeader, {}};
  EXPECT_THAT(status_text(to_json(status)), HasSubstr("\nweb: version 2, unauthenticated\n\nVIP "));
  router.form.password = router.vip.manner.change().password_text = "hunter2";
  const auto json = to_json(status);
  EXPECT_EQ(json.at("vips").at(0).at("checksum"), "plain");
  EXPECT_EQ(json.at("vips").at(0).at("authentication"), "password");
  EXPECT_THAT(boost::json::serialize(json), Not(HasSubstr("hunter2")));
  EXPECT_THAT(status_text(json),
              HasSubstr("\nweb: version 2, unauthenticated (its password is sent in clear: it "
                        "protects from mistakes only)\n\nVIP "));
}

TEST(VipdStatus, KeysAreNamedByTheirNumbers) {
  auto status = example();
  auto& router = status.vips.at(0);
  router.vip.manner.change().hmac = {{2, "file:/etc/hawser/secret-place", Bytes(32, 'q')},
                                     {1, "systemd:vrrp", Bytes(32, 'r')}};
  router.senders = {{IpAddress::v4(192, 0, 2, 12), {1, std::chrono::seconds(-2), status.now - 1500ms}}};
  const auto json = to_json(status);
  EXPECT_EQ(json.at("vips").at(0).at("authentication"), "hmac");
  EXPECT_EQ(json.at("vips").at(0).at("hmac"),
            boost::json::parse(R"({"mode": "enforce", "signs_with": 2, "keys": [2, 1], "window_seconds": 5,
              "senders": [{"address": "192.0.2.12", "key": 1, "clock_ahead_seconds": -2, "seconds_ago": 1.5}]})"));
  EXPECT_THAT(boost::json::serialize(json), AllOf(Not(HasSubstr("qqqq")), Not(HasSubstr("secret-place"))));
  EXPECT_THAT(status_text(json), HasSubstr("\nweb: hmac, enforce: signs with key 2\n\nVIP "));
}

TEST(VipdStatus, WhileAllLearnToSignItSaysWhoDoesNotYet) {
  auto status = example();
  auto& router = status.vips.at(0);
  EXPECT_EQ(to_json(status).at("vips").at(0).at("hmac"), nullptr);
  router.vip.manner.change().hmac = {{1, "systemd:vrrp", Bytes(32, 'r')}};
  router.vip.manner.change().hmac_mode = config::HmacMode::kReceiveOnly;
  router.vip.manner.change().hmac_window.off = true;
  router.senders = {{IpAddress::v4(192, 0, 2, 12), {{}, std::chrono::seconds(0), status.now}},
                    {IpAddress::v4(192, 0, 2, 13), {1, std::chrono::seconds(0), status.now}},
                    {IpAddress::v4(192, 0, 2, 14), {{}, std::chrono::seconds(0), status.now - 2min}}};
  const auto json = to_json(status);
  EXPECT_EQ(json.at("vips").at(0).at("hmac").at("signs_with"), nullptr);
  EXPECT_EQ(json.at("vips").at(0).at("hmac").at("window_seconds"), nullptr);
  EXPECT_THAT(status_text(json), HasSubstr("\nweb: hmac, receive-only: does not sign yet\n"
                                           "web: 192.0.2.12 does not sign yet\n\nVIP "));
}

TEST(VipdStatus, TablesSayThatTheFileIsBad) {
  auto status = example();
  status.problems = {{"hawser.toml", 3, 1, "vip.web.priority", "must be 1 to 255"}};
  EXPECT_THAT(status_text(to_json(status)),
              HasSubstr(" process 42 on node lb1: degraded\n"
                        "/etc/hawser/hawser.toml: degraded: broken: what was read before stays in use\n\n"));
  EXPECT_THAT(status_text(to_json(status)),
              HasSubstr("/etc/hawser/hawser.toml is wrong:\n"
                        "  hawser.toml:3:1: vip.web.priority: must be 1 to 255\n"));
  status.last_good = true;
  EXPECT_THAT(status_text(to_json(status)), HasSubstr("degraded: broken: the last good file is in use\n"));
  EXPECT_THAT(status_text(to_json(example())), Not(HasSubstr("broken")));
}

TEST(VipdStatus, TablesOfAnythingElseAreEmptyCellsNotACrash) {
  EXPECT_THAT(status_text(boost::json::parse("[]")), HasSubstr("no vips on this host\n"));
  EXPECT_THAT(status_text(boost::json::parse(R"({"vips":[{"name":"web","heard":7}]})")), HasSubstr("web"));
}

}  // namespace
}  // namespace hawser::vipd

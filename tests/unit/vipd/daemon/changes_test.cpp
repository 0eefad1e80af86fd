#include "vipd/daemon/changes.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

config::Vip vip(const std::string& name) {
  config::Vip vip;
  vip.name = name;
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}};
  return vip;
}

TEST(VipChanges, AreNamedPerVipWithTheKeysThatDiffer) {
  auto web = vip("web");
  web.priority = Priority(200);
  web.addresses.push_back({*Prefix::parse("192.0.2.101"), "front"});
  EXPECT_EQ(changes_between({vip("old"), vip("same"), vip("web")}, {vip("db"), vip("same"), web}),
            "db added, web changed (addresses, priority), old removed");
}

TEST(VipChanges, ARouterThatGoesIsNoVipThatGoes) {
  const auto web = vip("web");
  auto moved = web;
  moved.interface = "back";
  moved.virtual_router_id = Vrid(52);
  EXPECT_EQ(why_leaving(web, {vip("db"), moved}),
            "web: is on back with router id 52 now: leaves front with router id 0");
  EXPECT_EQ(why_leaving(web, {vip("db")}), "web: no longer in the file");
}

TEST(VipChanges, SayThatThereAreNone) {
  EXPECT_EQ(changes_between({vip("web")}, {vip("web")}), "no vip differs");
  EXPECT_EQ(changes_between({}, {}), "no vip differs");
}

// A setting that is compared by nobody would be "no vip differs" though the daemon takes it over.
TEST(VipChanges, MissNoSetting) {
  const auto before = vip("web");
  std::vector<config::Vip> others(16, before);
  others[0].interface = "back";
  others[1].addresses.clear();
  others[2].virtual_router_id = Vrid(7);
  others[3].priority = Priority(7);
  others[4].manner.change().advertisement_interval = Milliseconds(70);
  others[5].manner.change().checksum = config::VrrpChecksum::kPlain;
  others[6].manner.change().transport = config::VrrpTransport::kUnicast;
  others[7].manner.change().peers = {IpAddress::v4(192, 0, 2, 7)};
  others[8].manner.change().own = {IpAddress::v4(192, 0, 2, 7)};
  others[9].manner.change().source = IpAddress::v4(192, 0, 2, 7);
  others[10].manner.change().preempt = false;
  others[11].manner.change().startup_delay = Milliseconds(70);
  others[12].manner.change().announce.change().count = 7;
  others[13].manner.change().hmac = {{1, "file:/etc/hawser/vrrp.key", {}}};
  others[14].manner.change().hmac_mode = config::HmacMode::kPermissive;
  others[15].manner.change().hmac_window.off = true;
  for (const auto& other : others) EXPECT_NE(changes_between({before}, {other}), "no vip differs");
}

TEST(VipChanges, NameAKeyOfWhichOnlyTheContentDiffers) {
  auto before = vip("web");
  before.manner.change().hmac = {{1, "file:/etc/hawser/vrrp.key", Bytes(32, 1)}};
  auto after = before;
  after.manner.change().hmac[0].secret = Bytes(32, 2);
  EXPECT_EQ(changes_between({before}, {after}), "web changed (hmac)");
  after.manner.change().hmac.push_back({2, "systemd:second", Bytes(32, 3)});
  EXPECT_EQ(changes_between({before}, {after}), "web changed (hmac)");
}

}  // namespace
}  // namespace hawser::vipd

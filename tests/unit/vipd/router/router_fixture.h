// One virtual router on a host of its own, driven through time: what the tests of routers share.
#pragma once

#include <algorithm>
#include <list>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/vipd/router/fake_effects.h"

namespace hawser::vipd {

using namespace std::chrono_literals;

inline const IpAddress kOurs = IpAddress::v4(192, 0, 2, 11);
inline const IpAddress kPeer = IpAddress::v4(192, 0, 2, 12);

inline AddressKey key(const std::string& text, const std::string& interface = "front") {
  return {interface, *Prefix::parse(text)};
}

// The vip "web" on front.
inline config::Vip web(const std::vector<std::string>& addresses = {"192.0.2.100"}) {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.virtual_router_id = Vrid(51);
  vip.priority = Priority(128);
  for (const auto& address : addresses) vip.addresses.push_back({*Prefix::parse(address), "front"});
  return vip;
}

class RouterFixture : public testing::Test {
 protected:
  FakeEffects effects;

  // There until the test is over.
  VirtualRouter& make(const config::Vip& vip) { return made_.emplace_back(vip, effects); }
  static void finish(VirtualRouter& router) {
    while (router.work()) continue;
  }
  void pass(VirtualRouter& router, std::chrono::nanoseconds duration) {
    const auto end = effects.time + duration;
    while (router.due() && *router.due() <= end) {
      effects.time = std::max(effects.time, *router.due());
      router.on_time();
      finish(router);
    }
    effects.time = end;
  }
  VirtualRouter& active(const config::Vip& vip, std::chrono::nanoseconds after = 4s) {
    auto& router = make(vip);
    router.interface_usable(kOurs);
    pass(router, after);
    EXPECT_EQ(router.role(), RoleName::kActive);
    return router;
  }
  static void hear(VirtualRouter& router, const IpAddress& from, int priority,
                   std::vector<IpAddress> addresses = {IpAddress::v4(192, 0, 2, 100)},
                   VrrpChecksum form = VrrpChecksum::kPseudoHeader) {
    router.receive(
        {{Vrid(51), Priority(static_cast<std::uint8_t>(priority)), Centiseconds(100), std::move(addresses)},
         {3, form, {}}},
        from);
    finish(router);
  }
  // What was done so far is not what the test is about.
  void forget() {
    effects.order.clear();
    effects.sent.clear();
    effects.sent_to.clear();
    effects.announced.clear();
    effects.log.clear();
  }

 private:
  std::list<VirtualRouter> made_;
};

}  // namespace hawser::vipd

#include "lib/netlink/prefix_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::nl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr IfIndex kEth0{2};
constexpr IfIndex kEth1{3};
constexpr std::uint8_t kByKernel = 2;

DecodedAddress address(const char* text, IfIndex device = kEth0) {
  return {device, *Prefix::parse(text), {}};
}

// As the kernel makes it, or somebody in its place.
DecodedRoute route(const char* to, IfIndex device = kEth0, std::uint8_t protocol = kByKernel) {
  DecodedRoute route;
  route.key.to = *Prefix::parse(to);
  route.key.metric = route.key.to.address.is_v6() ? 256 : 0;
  route.device = device;
  route.route.protocol = protocol;
  return route;
}

class PrefixRoutesTest : public testing::Test {
 protected:
  std::vector<std::string> gone(const std::vector<DecodedAddress>& addresses,
                                const std::vector<DecodedRoute>& routes) {
    PrefixRoutes subnets(devices, addresses);
    for (const auto& one : routes) subnets.see(one);
    std::vector<std::string> texts;
    for (const auto& one : subnets.gone()) {
      const auto source = one.route.source ? to_string(*one.route.source) : "none";
      texts.push_back(fmt::format("{} dev {} table {} metric {} src {}", one.key.to, one.device.value,
                                  one.key.table, one.key.metric, source));
    }
    return texts;
  }

  std::map<IfIndex, RoutingDevice> devices{{kEth0, {.up = true}}, {kEth1, {.up = true}}};
};

TEST_F(PrefixRoutesTest, OfWhichEachIsThereAreNotGone) {
  EXPECT_THAT(gone({address("192.0.2.1/24"), address("2001:db8::1/64")},
                   {route("192.0.2.0/24"), route("2001:db8::/64")}),
              IsEmpty());
}

TEST_F(PrefixRoutesTest, ThatAreGoneAreAsTheKernelWouldMakeThem) {
  EXPECT_THAT(gone({address("192.0.2.1/24"), address("192.0.2.2/24"), address("2001:db8::1/64")}, {}),
              ElementsAre("192.0.2.0/24 dev 2 table 254 metric 0 src 192.0.2.1",
                          "2001:db8::/64 dev 2 table 254 metric 256 src none"));
}

TEST_F(PrefixRoutesTest, AreLookedForOnEachDevice) {
  EXPECT_THAT(gone({address("192.0.2.1/24"), address("192.0.2.2/24", kEth1)}, {route("192.0.2.0/24")}),
              ElementsAre("192.0.2.0/24 dev 3 table 254 metric 0 src 192.0.2.2"));
}

TEST_F(PrefixRoutesTest, AreInTheTableOfTheVrf) {
  devices[kEth0].table = 9;
  auto elsewhere = route("192.0.2.0/24");
  EXPECT_THAT(gone({address("192.0.2.1/24")}, {elsewhere}),
              ElementsAre("192.0.2.0/24 dev 2 table 9 metric 0 src 192.0.2.1"));
  elsewhere.key.table = 9;
  EXPECT_THAT(gone({address("192.0.2.1/24")}, {elsewhere}), IsEmpty());
}

TEST_F(PrefixRoutesTest, AreNotMissedWhereTheKernelMakesNone) {
  auto without = address("192.0.2.1/24");
  without.address.no_prefix_route = true;
  EXPECT_THAT(gone({without, address("198.51.100.1/32"), address("2001:db8::1/128")}, {}), IsEmpty());
  devices[kEth0].up = false;
  devices[kEth1].loopback = true;
  EXPECT_THAT(gone({address("192.0.2.1/24"), address("198.51.100.1/24", kEth1)}, {}), IsEmpty());
}

TEST_F(PrefixRoutesTest, AreNotMissedWhereSomebodyHasOneOfHisOwn) {
  auto via = route("192.0.2.0/24", kEth1, 3);
  via.route.via = *IpAddress::parse("198.51.100.9");
  EXPECT_THAT(gone({address("192.0.2.1/24")}, {via}), IsEmpty());
  auto metric = route("192.0.2.0/24");
  metric.key.metric = 100;
  EXPECT_THAT(gone({address("192.0.2.1/24")}, {metric}), IsEmpty());
}

}  // namespace
}  // namespace hawser::nl

#include "lib/reconcile/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using testing::ElementsAre;
using testing::Key;

VirtualServer only_virtual(const config::Config& config) {
  return lay_out(config).at(kWeb);
}

TEST(Layout, PutsEveryRealServerBehindItsService) {
  const auto layout = lay_out(web());
  ASSERT_THAT(layout, ElementsAre(Key(kWeb)));
  const auto& service = layout.at(kWeb);
  EXPECT_EQ(service.service, "web");
  ASSERT_EQ(service.members.size(), 2U);
  EXPECT_EQ(service.members[0].name, "web1");
  EXPECT_EQ(service.members[0].real, kWeb1);
  EXPECT_EQ(service.members[0].server.weight, 100U);
  EXPECT_THAT(service.members[0].probes, ElementsAre(probe(kWeb1)));
}

TEST(Layout, GivesEachVirtualAddressTheRealAddressesOfItsFamily) {
  auto config = web();
  config.services["web"].keys.push_back(key("tcp [2001:db8::100]:80"));
  config.pools["web"].reals[0].addresses.push_back(*IpAddress::parse("2001:db8:1::21"));
  const auto layout = lay_out(config);
  const auto& v6 = layout.at(key("tcp [2001:db8::100]:80"));
  ASSERT_EQ(v6.members.size(), 1U);
  EXPECT_EQ(v6.members[0].real, at("[2001:db8:1::21]:8080"));
  EXPECT_EQ(layout.at(kWeb).members.size(), 2U);
}

TEST(Layout, TakesThePortOfTheServiceWhereTheRealServerHasNone) {
  auto config = web();
  config.pools["web"].reals[0].port.reset();
  EXPECT_EQ(only_virtual(config).members[0].real, at("198.51.100.21:80"));
}

TEST(Layout, ProbesWhereTheCheckSays) {
  auto config = web();
  config.checks["site"].port = 9000;
  EXPECT_THAT(only_virtual(config).members[0].probes, ElementsAre(probe(at("198.51.100.21:9000"))));
  config.checks["site"].address = *IpAddress::parse("203.0.113.9");
  EXPECT_THAT(only_virtual(config).members[0].probes, ElementsAre(probe(at("203.0.113.9:9000"))));
}

TEST(Layout, ProbesATargetOnceForAllServicesThatUseIt) {
  auto config = web();
  config.services["web"].keys.push_back(key("tcp 192.0.2.100:443"));
  const auto layout = lay_out(config);
  EXPECT_THAT(probes_of(layout, config), ElementsAre(Key(probe(kWeb1)), Key(probe(kWeb2))));
  EXPECT_THAT(users_of(layout).at(probe(kWeb1)), ElementsAre(kWeb, key("tcp 192.0.2.100:443")));
}

}  // namespace
}  // namespace hawser

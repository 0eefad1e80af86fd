// Addresses that a provider routes live on a dummy that vipd makes: in every role, whatever others do to it.
#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"
#include "tests/support/provider.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

constexpr const char* kDevice = "hawser-vips";
constexpr const char* kV4 = "203.0.113.100/32";
constexpr const char* kV6 = "2001:db8:100::1/128";

class VipdDummy : public VipTest {
 protected:
  void begin() {
    provider.begin();
    for (auto* host : {&lb1, &lb2}) host->write_text(file(both()));
    lb1.host().ip({"address add 2001:db8::11/64 dev front nodad"});
    lb2.host().ip({"address add 2001:db8::12/64 dev front nodad"});
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
    lb2.start();
    ASSERT_TRUE(lb2.becomes("Backup")) << lb2.daemon_output();
    ASSERT_TRUE(lb2.hears_somebody());
  }
  static std::string both() { return R"("203.0.113.100", "2001:db8:100::1/64")"; }
  [[nodiscard]] std::string file(const std::string& addresses) const {
    return fmt::format(
        "format = 1\n[nodes.lb1]\naddresses = [\"192.0.2.11\", \"2001:db8::11\"]\nprovider.robot = "
        "[\"192.0.2.11\", "
        "\"2001:db8:1::\"]\n[nodes.lb2]\naddresses = [\"192.0.2.12\", \"2001:db8::12\"]\nprovider.robot = "
        "[\"192.0.2.12\", "
        "\"2001:db8:2::\"]\n[vipd]\nrealtime = 0\n[provider.robot]\nkind = \"hetzner-robot\"\ncredentials = "
        "\"file:{}\"\nendpoint = \"{}\"\nca = \"{}\"\ntimeout = \"10s\"\n[vip.web]\ninterface = "
        "\"front\"\naddresses = [{}]\nvirtual_router_id = 51\npriority = {{ lb1 = 200, lb2 = 100 "
        "}}\nadvertisement_interval = \"1s\"\ntransport = \"unicast\"\nprovider = \"robot\"\n",
        provider.at("robot.credentials"), provider.url(), provider.at("ca.pem"), addresses);
  }
  [[nodiscard]] static std::string device(const VipHost& host) {
    return host.host().run({"ip", "-o", "address", "show", "dev", kDevice, "up"}).text;
  }
  [[nodiscard]] static bool has(const VipHost& host, const std::string& address) {
    return eventually(
        40s, [&] { return device(host).find(" " + address + " ") != std::string::npos; }, 100ms);
  }
  [[nodiscard]] static bool lacks(const VipHost& host, const std::string& address) {
    return eventually(
        40s, [&] { return device(host).find(" " + address + " ") == std::string::npos; }, 100ms);
  }

  Neighbour api{"api", "192.0.2.50", segment};
  test::ProviderSim provider{api.host, "192.0.2.50"};
};

TEST_F(VipdDummy, HoldsTheAddressesInEveryRoleAndPutsBackWhatSomebodyRemoves) {
  begin();
  for (const auto* host : {&lb1, &lb2})
    for (const auto* address : {kV4, kV6})
      EXPECT_TRUE(has(*host, address)) << address << "\n" << device(*host);
  EXPECT_THAT(lb1.host().check({"ip", "-d", "link", "show", kDevice}), HasSubstr("dummy"));
  lb2.host().ip({fmt::format("address del {} dev {}", kV4, kDevice)});
  EXPECT_TRUE(has(lb2, kV4)) << lb2.daemon_output();
  lb2.host().ip({fmt::format("link del {}", kDevice)});
  EXPECT_TRUE(has(lb2, kV4)) << lb2.daemon_output();
  EXPECT_TRUE(has(lb2, kV6)) << lb2.daemon_output();
}

TEST_F(VipdDummy, WhatLeavesTheFileGoesAndWhatIsLeftStaysWhenVipdStops) {
  begin();
  ASSERT_TRUE(has(lb2, kV6));
  lb2.write_text(file(R"("203.0.113.100")"));
  lb2.daemon().signal(SIGHUP);
  EXPECT_TRUE(lacks(lb2, kV6)) << device(lb2) << lb2.daemon_output();
  EXPECT_EQ(lb2.daemon().stop(30s), 0);
  EXPECT_THAT(device(lb2), HasSubstr(kV4)) << "whoever is led here still is served";
}

TEST_F(VipdDummy, OneThatIsKilledAndStartedAgainAdoptsThemAndSwitchesNothing) {
  begin();
  ASSERT_TRUE(has(lb2, kV6));
  const auto switches = provider.calls("POST");
  lb2.daemon().kill();
  EXPECT_TRUE(has(lb2, kV4));
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody()) << lb2.daemon_output();
  EXPECT_EQ(lb2.role(), "Backup");
  EXPECT_TRUE(has(lb2, kV4)) << device(lb2);
  EXPECT_TRUE(has(lb2, kV6)) << device(lb2);
  EXPECT_FALSE(lb2.logged("web: Active")) << lb2.daemon_output();
  EXPECT_EQ(provider.calls("POST"), switches);
}

}  // namespace
}  // namespace hawser::lab

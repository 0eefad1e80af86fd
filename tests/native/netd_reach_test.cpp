// Addresses that are there and reach nobody: netd puts back what it can, and says the rest.
#include <gmock/gmock.h>

#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kFile = R"(format = 1
[link.eth0]
kind = "physical"
addresses = ["192.0.2.11/24", "2001:db8::11/64"]
routes = [{ to = "default", via = "192.0.2.9" }]
)";

class NetdReach : public LabTest {
 protected:
  NetdReach() : here("lb1"), there("lb2"), cable({&here, "eth0"}, {&there, "eth0"}) {
    there.ip({"address add 192.0.2.9/24 dev eth0", "address add 2001:db8::9/64 dev eth0 nodad"});
    netd.write(kFile);
  }
  void SetUp() override {
    netd.start();
    ASSERT_TRUE(eventually(20s, [&] { return netd.is_ready() && netd.state() == "ok"; }))
        << netd.ask({"status"}).text << netd.log();
  }
  [[nodiscard]] bool shows(int exit_code, const std::string& text) const {
    return eventually(20s, [&] {
      const auto status = netd.ask({"status"});
      return status.status == exit_code && status.text.find(text) != std::string::npos;
    });
  }
  [[nodiscard]] std::string routes(const std::string& family) const {
    return here.check({"ip", family, "route", "show"});
  }

  Namespace here, there;
  Cable cable;
  NetdHost netd{here};
};

TEST_F(NetdReach, PutsBackTheRouteToItsSubnetThatSomebodyFlushedAndWhatLeadsThroughIt) {
  const auto before = routes("-4");
  here.ip({"route flush dev eth0"});
  EXPECT_TRUE(
      netd.says("route 192.0.2.0/24 dev eth0: add, source 192.0.2.11, as the kernel makes it: removed "
                "by somebody else"))
      << netd.log();
  EXPECT_TRUE(eventually(20s, [&] { return routes("-4") == before; }))
      << before << routes("-4") << netd.log();
  EXPECT_TRUE(shows(0, ": ok\n")) << netd.ask({"status"}).text;
  EXPECT_EQ(here.run({"ping", "-c1", "-W5", "192.0.2.9"}).status, 0);
}

TEST_F(NetdReach, PutsBackTheIpv6RoutesToItsSubnetsToo) {
  // The kernel's own, to the link-local subnet, comes with the carrier.
  ASSERT_TRUE(eventually(20s, [&] { return routes("-6").find("fe80::/64") != std::string::npos; }));
  const auto before = routes("-6");
  here.check({"ip", "-6", "route", "flush", "dev", "eth0"});
  EXPECT_TRUE(netd.says("route 2001:db8::/64 metric 256 dev eth0: add, as the kernel makes it: removed by"))
      << netd.log();
  EXPECT_TRUE(eventually(20s, [&] { return routes("-6") == before; }))
      << before << routes("-6") << netd.log();
}

// What was put back goes with its address, as the kernel's own does.
TEST_F(NetdReach, ARouteThatWasPutBackGoesWithItsAddress) {
  for (const auto* family : {"-4", "-6"}) here.check({"ip", family, "route", "flush", "dev", "eth0"});
  ASSERT_TRUE(netd.says("route 192.0.2.0/24 dev eth0: add")) << netd.log();
  ASSERT_TRUE(netd.says("route 2001:db8::/64 metric 256 dev eth0: add")) << netd.log();
  netd.write("format = 1\n[link.eth0]\nkind = \"physical\"\naddresses = [\"198.51.100.11/24\"]\n");
  ASSERT_EQ(netd.ask({"reload"}).status, 0);
  EXPECT_TRUE(eventually(20s,
                         [&] {
                           return (routes("-4") + routes("-6")).find("192.0.2.") == std::string::npos &&
                                  routes("-6").find("2001:db8:") == std::string::npos;
                         }))
      << routes("-4") << routes("-6") << netd.log();
}

// The address is there and is not this host's any more: no route may have it as its source.
TEST_F(NetdReach, SaysWhatHelpsWhereTheKernelDoesNotTakeTheRouteBack) {
  here.ip({"route flush table all dev eth0"});
  EXPECT_TRUE(shows(3, "delete the address (ip address del 192.0.2.11/24 dev eth0): netd adds it again"))
      << netd.ask({"status"}).text;
  here.ip({"address del 192.0.2.11/24 dev eth0"});
  EXPECT_TRUE(eventually(20s,
                         [&] {
                           return here.run({"ping", "-c1", "-W1", "192.0.2.9"}).status == 0;
                         }))
      << routes("-4") << netd.log();
  EXPECT_TRUE(shows(0, ": ok\n")) << netd.ask({"status"}).text;
}

TEST_F(NetdReach, LeavesASubnetToWhoeverHasARouteOfHisOwnToIt) {
  here.ip({"route replace 192.0.2.0/24 dev eth0 proto static src 192.0.2.11 metric 50",
           "route del 192.0.2.0/24 dev eth0 proto kernel"});
  std::this_thread::sleep_for(500ms);
  EXPECT_THAT(netd.ask({"plan"}).text, Not(HasSubstr("192.0.2.0/24")));
  EXPECT_THAT(netd.log(), Not(HasSubstr("as the kernel makes it")));
}

TEST_F(NetdReach, SaysThatItsCardIsInABridgeOfSomebodyElseAndAnswersNobody) {
  here.ip({"link add br7 type bridge", "link set eth0 master br7"});
  EXPECT_TRUE(shows(3, "\neth0 addresses: dead: eth0 is in bridge br7, which netd did not make: they answer"))
      << netd.ask({"status"}).text;
  EXPECT_TRUE(netd.says("eth0 addresses: dead: eth0 is in bridge br7")) << netd.log();
  EXPECT_THAT(netd.ask({"plan"}).text, HasSubstr("eth0 addresses: eth0 is in bridge br7"));
  here.ip({"link set eth0 nomaster"});
  EXPECT_TRUE(shows(0, ": ok\n")) << netd.ask({"status"}).text;
  EXPECT_TRUE(netd.says("eth0 addresses: ok again: reachable")) << netd.log();
}

TEST_F(NetdReach, SaysThatAnotherDeviceHasItsAddressTooAndNotThatItMoved) {
  here.ip({"link add veth7 type veth peer name veth8", "link set veth7 up",
           "address add 192.0.2.11/24 dev veth7"});
  EXPECT_TRUE(
      shows(3, "\neth0 addresses: degraded: 192.0.2.11 is on veth7 too, not by netd: answers may leave"))
      << netd.ask({"status"}).text;
  EXPECT_TRUE(netd.says("eth0 addresses: degraded: 192.0.2.11 is on veth7 too")) << netd.log();
  here.ip({"route del default"});
  EXPECT_TRUE(netd.says("add: removed by somebody else")) << netd.log();
  EXPECT_THAT(netd.log(), Not(HasSubstr("changes its mac")));
}

}  // namespace
}  // namespace hawser::lab

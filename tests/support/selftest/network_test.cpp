#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

class CableTest : public LabTest {};
class WholeNetwork : public NetworkTest {
 protected:
  bool reaches(const char* from, const char* to) {
    return eventually(20s, [&] { return network.host(from).run({"ping", "-c1", "-W1", to}).status == 0; });
  }
  [[nodiscard]] std::string carrier(const char* host, const char* interface) const {
    return network.host(host).check({"cat", fmt::format("/sys/class/net/{}/carrier", interface)});
  }
};

TEST_F(CableTest, PulledItTakesTheCarrierAndNothingElse) {
  const Namespace one("one");
  const Namespace two("two");
  Cable cable({&one, "eth0"}, {&two, "far"});
  one.ip({"addr add 192.0.2.1/24 dev eth0", "link set eth0 up"});
  cable.pull();
  EXPECT_EQ(one.check({"cat", "/sys/class/net/eth0/carrier"}), "0\n");
  EXPECT_NE(one.check({"ip", "addr", "show", "eth0"}).find("192.0.2.1/24"), std::string::npos);
  cable.plug();
  EXPECT_EQ(one.check({"cat", "/sys/class/net/eth0/carrier"}), "1\n");
}

TEST_F(CableTest, EndsWithItsObject) {
  const Namespace one("one");
  const Namespace two("two");
  { const Cable cable({&one, "eth0"}, {&two, "far"}); }
  EXPECT_EQ(one.check({"ls", "/sys/devices/virtual/net"}), "lo\n");
}

TEST_F(CableTest, ASwitchPassesLacpOnlyWhenAsked) {
  Switch silent("silent");
  Switch passing("passing", Namespace::Naming::kUnique, Switch::Lacp::kPassed);
  const Namespace host("host");
  const Cable one = silent.connect(host, "eth0");
  const Cable two = passing.connect(host, "eth1");
  const auto mask = [](const Switch& of, const char* port) {
    return of.where().check({"cat", fmt::format("/sys/class/net/{}/brport/group_fwd_mask", port)});
  };
  EXPECT_EQ(mask(silent, "host-eth0"), "0x0\n");
  EXPECT_EQ(mask(passing, "host-eth1"), "0x4\n");
}

TEST_F(CableTest, WhatCannotBeWiredSaysWhy) {
  const Namespace one("one");
  const Namespace two("two");
  const Cable first({&one, "eth0"}, {&two, "far"});
  try {
    const Cable second({&one, "eth0"}, {&two, "further"});
    FAIL() << "two interfaces of one name";
  } catch (const Failure& why) {
    EXPECT_STREQ(why.what(), "two: add cable further to one eth0: File exists");
  }
}

TEST_F(WholeNetwork, JoinsBothSwitches) {
  network.host("lb1").ip({"addr add 192.0.2.11/24 dev eth1", "link set eth1 up"});
  EXPECT_TRUE(reaches("client", "192.0.2.11"));
  EXPECT_TRUE(reaches("web1", address::kWeb3));
}

TEST_F(WholeNetwork, CutsOneHostOffAndNoOther) {
  network.host("lb1").ip({"link set eth0 up", "link set eth1 up"});
  network.host("lb2").ip({"link set eth0 up"});
  network.cut("lb1");
  EXPECT_EQ(carrier("lb1", "eth0"), "0\n");
  EXPECT_EQ(carrier("lb1", "eth1"), "0\n");
  EXPECT_EQ(carrier("lb2", "eth0"), "1\n");
  network.mend("lb1");
  EXPECT_EQ(carrier("lb1", "eth0"), "1\n");
  EXPECT_EQ(carrier("lb1", "eth1"), "1\n");
}

TEST_F(WholeNetwork, LeavesTheLoadBalancersInterfacesToNetd) {
  const std::string eth0 = network.host("lb1").check({"ip", "-o", "addr", "show", "eth0"});
  EXPECT_EQ(eth0, "");
  EXPECT_THROW(static_cast<void>(network.host("lb3")), Failure);
  EXPECT_THROW(network.pull("lb1", "eth7"), Failure);
}

}  // namespace
}  // namespace hawser::lab

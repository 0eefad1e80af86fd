// Timeouts, sync daemons and sysctls of IPVS, as netd keeps them.
#include "netd/ipvs_host_keeper.h"

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class NetdIpvsHost : public Netd {
 protected:
  static config::Config dns() {
    auto config = web();
    config.services["web"].keys = {key("udp 192.0.2.100:53")};
    return config;
  }
  [[nodiscard]] std::uint32_t nodest() const {
    const auto& values = kernel.state().ipvs.sysctls;
    const auto found = values.find(IpvsSysctl::kExpireNodestConn);
    return found == values.end() ? 0 : found->second;
  }
};

TEST_F(NetdIpvsHost, LooksAtNothingWhereNothingIsWanted) {
  start_in_service();
  pass(seconds{60});
  for (const auto& scope : kernel.looks()) EXPECT_FALSE(scope.has(Look::kIpvsHost));
}

TEST_F(NetdIpvsHost, IsSetWithTheServiceAndGivenBackWithIt) {
  start(dns());
  EXPECT_EQ(nodest(), 1U);
  EXPECT_THAT(lines, Contains("net.ipv4.vs.expire_nodest_conn: set 0 -> 1"));
  EXPECT_EQ(journal.values.at("net.ipv4.vs.expire_nodest_conn"), "0") << "on the disk before it is done";
  start(dns());  // another process
  EXPECT_EQ(nodest(), 1U);
  reload(web());
  EXPECT_EQ(nodest(), 0U);
  pass(seconds{6});
  EXPECT_THAT(journal.values, IsEmpty());
}

TEST_F(NetdIpvsHost, OfAnAdministratorStaysHis) {
  ASSERT_TRUE(kernel.perform(IpvsHostStep{SetIpvsSysctl{IpvsSysctl::kExpireNodestConn, 0, 1}}));
  start(dns());
  EXPECT_THAT(journal.values, IsEmpty());
  reload(web());
  EXPECT_EQ(nodest(), 1U);
}

TEST_F(NetdIpvsHost, IsPutBackWhenSomebodyElseChangesIt) {
  start(dns());
  ASSERT_TRUE(kernel.perform(IpvsHostStep{SetIpvsSysctl{IpvsSysctl::kExpireNodestConn, 1, 0}}));
  forget_lines();
  pass(seconds{6});
  EXPECT_EQ(nodest(), 1U);
  EXPECT_THAT(lines, Contains(HasSubstr("set 0 -> 1: changed by somebody else")));
}

// The kernel's thread goes on with the number of an interface that is no more.
TEST_F(NetdIpvsHost, StartsASyncDaemonAnewWhenItsInterfaceIsAnotherOne) {
  kernel.plug_in("eth7");
  auto config = dns();
  config.ipvs_sync = SyncDaemon{"eth7", 7};
  start(config);
  ASSERT_EQ(kernel.state().ipvs.daemons.size(), 2U);
  pass(seconds{6});
  forget_lines();
  pass(seconds{6});
  EXPECT_THAT(lines, IsEmpty());
  kernel.plug_in("eth7");
  pass(seconds{6});
  EXPECT_THAT(lines, Contains(HasSubstr("sync master: stop daemon")));
  EXPECT_THAT(lines, Contains(HasSubstr("sync master: start daemon: interface eth7, id 7")));
  EXPECT_THAT(lines, Contains(HasSubstr("sync backup: start daemon: interface eth7, id 7")));
  forget_lines();
  pass(seconds{6});
  EXPECT_THAT(lines, IsEmpty()) << "once";
}

// A script that sets it every few seconds: named once, put back after pauses, and no line for each time.
TEST_F(NetdIpvsHost, IsNotFoughtOver) {
  start(dns());
  forget_lines();
  int put_back = 0;
  for (int i = 0; i < 100; ++i) {
    if (nodest() == 1) {
      ++put_back;
      ASSERT_TRUE(kernel.perform(IpvsHostStep{SetIpvsSysctl{IpvsSysctl::kExpireNodestConn, 1, 0}}));
    }
    pass(seconds{6});
  }
  EXPECT_LT(put_back, 30);
  EXPECT_GT(put_back, 6);
  EXPECT_LE(lines.size(), 6U) << testing::PrintToString(lines);
  EXPECT_THAT(warnings, Contains(HasSubstr(" times in ")));
  EXPECT_LE(warnings.size(), 2U) << testing::PrintToString(warnings);
  pass(seconds{300});
  EXPECT_EQ(nodest(), 1U) << "and it is not given up";
}

TEST_F(NetdIpvsHost, TimeoutsAndSyncAreAsTheFileSays) {
  auto config = web();
  config.ipvs_timeouts = IpvsTimeouts{0, 0, 30};
  config.ipvs_sync = SyncDaemon{"eth0", 7, 0, IpAddress::v4(224, 0, 0, 81), 8848, 1};
  kernel.plug_in("eth0");
  start(config);
  EXPECT_EQ(kernel.state().ipvs.timeouts, (IpvsTimeouts{900, 120, 30}));
  EXPECT_EQ(kernel.state().ipvs.daemons.size(), 2U);
  const auto performed = kernel.performs();
  pass(seconds{60});
  EXPECT_EQ(kernel.performs(), performed);
  reload(web());
  EXPECT_EQ(kernel.state().ipvs.timeouts, (IpvsTimeouts{900, 120, 300}));
  EXPECT_THAT(kernel.state().ipvs.daemons, IsEmpty());
}

TEST_F(NetdIpvsHost, WhatIsRefusedIsSaidOnceAndTriedAgain) {
  auto config = web();
  config.ipvs_sync = SyncDaemon{"eth0", 7, 0, IpAddress::v4(224, 0, 0, 81), 8848, 1};
  start(config);
  pass(seconds{20});
  EXPECT_EQ(warnings.size(), 2U) << testing::PrintToString(warnings);
  kernel.plug_in("eth0");
  pass(seconds{61});
  EXPECT_EQ(kernel.state().ipvs.daemons.size(), 2U);
  EXPECT_THAT(controller->ipvs_host().upkeep().refusals().waiting(), IsEmpty());
}

}  // namespace
}  // namespace hawser::netd

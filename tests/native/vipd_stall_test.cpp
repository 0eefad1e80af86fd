// A vipd that stood still for longer than the others wait.
#include <csignal>

#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

class VipdStall : public VipTest {
 protected:
  // Longer than any of them stands still: what is tried here is not the lease.
  static constexpr const char* kLease = "lease = \"20s\"\n";

  void SetUp() override { both({.more = kLease}); }
  static void stand_still(VipHost& host, Duration time = 1200ms) {
    host.daemon().signal(SIGSTOP);
    std::this_thread::sleep_for(time);
    EXPECT_TRUE(host.holds("192.0.2.100"));
    host.daemon().signal(SIGCONT);
  }
  static bool says(const VipHost& host, const std::string& text) {
    return eventually(10s, [&] { return host.logged(text); });
  }
  static std::int64_t takeovers(const VipHost& host) {
    return host.web().at("counters").at("became_active").as_int64();
  }
};

TEST_F(VipdStall, AloneItListensKeepsItsAddressesAndGoesOn) {
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  stand_still(lb1);
  EXPECT_TRUE(says(lb1, "late: listening for another router first, addresses kept"));
  EXPECT_TRUE(says(lb1, "no other router heard after the stall: addresses announced again"));
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  EXPECT_EQ(takeovers(lb1), 1);
  EXPECT_FALSE(lb1.logged("put back"));
}

TEST_F(VipdStall, ABetterOneThatTookOverMeanwhileKeepsTheRole) {
  both({.priority = "{ lb1 = 100, lb2 = 200 }", .more = std::string(kLease) + "preempt = false\n"});
  settle();
  stand_still(lb1);
  EXPECT_TRUE(lb1.becomes("Backup"));
  EXPECT_TRUE(says(lb1, "web: Backup: 192.0.2.12 has priority 200, ours is 100"));
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_EQ(lb2.role(), "Active");
  EXPECT_EQ(takeovers(lb2), 1);
}

TEST_F(VipdStall, AWorseOneThatTookOverMeanwhileGivesTheRoleBack) {
  settle();
  stand_still(lb1);
  EXPECT_TRUE(
      says(lb1, "192.0.2.12 was Active too with priority 100, ours is 200: addresses announced again"));
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_EQ(takeovers(lb1), 1);
  EXPECT_TRUE(eventually(5s, [&] { return !lb2.holds("192.0.2.100"); }));
}

}  // namespace
}  // namespace hawser::lab

// vipctl handover, take, release and resume, between two hosts.
#include <gmock/gmock.h>

#include "tests/native/forger.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

class VipdStance : public VipTest {
 protected:
  static std::string stance(const VipHost& host) {
    return std::string(host.web().at("stance").at("is").as_string());
  }
};

TEST_F(VipdStance, AHandoverLosesNoRequestAndStaysAcrossRestarts) {
  Neighbour client("client", "192.0.2.200", segment);
  const Backend on_lb1(lb1.host(), 7777);
  const Backend on_lb2(lb2.host(), 7777);
  settle();
  Client asking(client.host, kRequests);
  ASSERT_TRUE(eventually(5s, [&] { return asking.answered_in_a_row(20, {}); }));
  const auto handed = lb1.vipctl({"handover", "web"});
  EXPECT_EQ(handed.status, 0) << handed.text;
  EXPECT_THAT(handed.text, HasSubstr("web: Backup: handed over, 192.0.2.12 is Active"));
  EXPECT_EQ(lb2.role(), "Active");
  std::this_thread::sleep_for(300ms);
  asking.stop();
  EXPECT_EQ(asking.report().lost, 0U) << asking.report().sent;
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  // 200 is above 100, and it does not want the role: not after a restart either.
  lb1.daemon().kill();
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Backup"));
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(lb1.role(), "Backup");
  EXPECT_EQ(stance(lb1), "standing by");
  EXPECT_THAT(lb1.vipctl({"status"}).text, HasSubstr("web: stands by: 'vipctl resume web' ends that"));
  // Without another one it is better than nobody.
  lb2.daemon().kill();
  EXPECT_TRUE(lb1.becomes("Active"));
  lb2.start();
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(lb1.becomes("Backup"));
  EXPECT_THAT(lb1.vipctl({"resume"}).text, HasSubstr("as the file says again: web"));
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(stance(lb1), "ordinary");
}

TEST_F(VipdStance, WhereNobodyTakesOverTheRoleStays) {
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  const auto handed = lb1.vipctl({"handover", "web"});
  EXPECT_EQ(handed.status, 1);
  EXPECT_THAT(handed.text, HasSubstr("web: no other router took over: it is Active here, as before"));
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  EXPECT_EQ(stance(lb1), "ordinary");
  EXPECT_THAT(lb1.vipctl({"handover", "mail"}).text, HasSubstr("mail: no such vip"));
  EXPECT_EQ(lb1.vipctl({"handover"}).status, 2);
}

TEST_F(VipdStance, ARoleIsTakenFromAHigherPriority) {
  settle();
  EXPECT_THAT(lb2.vipctl({"handover", "web"}).text,
              HasSubstr("web: is Backup here: there is nothing to hand over"));
  const auto taken = lb2.vipctl({"take", "web"});
  EXPECT_EQ(taken.status, 0) << taken.text;
  EXPECT_TRUE(lb1.becomes("Backup"));
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(lb2.role(), "Active");
  EXPECT_EQ(lb2.vipctl({"resume", "web"}).status, 0);
  EXPECT_TRUE(lb1.becomes("Active"));
}

TEST_F(VipdStance, AReleaseEndsWithItsTime) {
  settle();
  const auto released = lb1.vipctl({"release", "--until", "8s"});
  EXPECT_EQ(released.status, 0) << released.text;
  EXPECT_EQ(stance(lb1), "standing by");
  EXPECT_EQ(lb2.role(), "Active");
  EXPECT_TRUE(eventually(30s, [&] { return stance(lb1) == "ordinary"; }));
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(lb1.vipctl({"release", "--until", "soon"}).status, 2);
}

}  // namespace
}  // namespace hawser::lab

// vipctl handover, take, release and resume, between two hosts.
#include <gmock/gmock.h>

#include "tests/native/forger.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
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

// And it tells what the verb itself would tell.
TEST_F(VipdStance, ADryRunChangesNothing) {
  settle();
  // Of its role; how old they are differs.
  const auto changes = [&](const VipHost& host) {
    const auto why = host.vipctl({"why", "web", "--json"}).text;
    std::size_t count = 0;
    for (auto at = why.find("\"from\""); at != std::string::npos; at = why.find("\"from\"", at + 1)) ++count;
    return count;
  };
  const auto before = changes(lb1);
  const auto dry = [](const VipHost& host, Argv words) {
    words.push_back("--dry-run");
    return host.vipctl(words);
  };
  EXPECT_THAT(dry(lb1, {"handover", "web"}).text,
              HasSubstr("web: Active here: would send priority 0 and go on answering until another router is "
                        "Active; then it is Active again in "));
  EXPECT_THAT(dry(lb1, {"release", "--until", "2h"}).text, HasSubstr("; as the file says again from 20"));
  EXPECT_EQ(dry(lb1, {"release", "--until", "soon"}).status, 2);
  EXPECT_THAT(
      dry(lb2, {"take", "web"}).text,
      AllOf(HasSubstr("web: Backup here: would advertise priority 254, hold the addresses and be Active"),
            HasSubstr("; 192.0.2.11 (priority 200) was heard ")));
  EXPECT_THAT(dry(lb1, {"announce"}).text, HasSubstr("web: would announce 1 addresses again\n"));
  EXPECT_EQ(dry(lb1, {"resume"}).text, "nothing would change\n");
  EXPECT_EQ(dry(lb1, {"restart"}).text, "web: Active here: would go on so, with its timers\n");
  for (const auto& words : std::vector<Argv>{{"handover", "web"},
                                             {"handover", "mail"},
                                             {"take", "mail"},
                                             {"announce", "web"},
                                             {"resume", "mail"}}) {
    const auto would = dry(lb2, words);
    EXPECT_EQ(would.status, 1) << would.text;
    // Both name whom they have asked.
    EXPECT_EQ(would.text, lb2.vipctl(words).text);
  }
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_EQ(lb2.role(), "Backup");
  EXPECT_EQ(stance(lb1), "ordinary");
  EXPECT_EQ(stance(lb2), "ordinary");
  EXPECT_EQ(changes(lb1), before);
  EXPECT_EQ(lb1.vipctl({"handover", "web"}).status, 0);
  EXPECT_THAT(dry(lb1, {"resume", "web"}).text,
              HasSubstr("web: Backup here: would go on with priority 200; then it takes over from 192.0.2.12 "
                        "(priority 100): priority 200 is above that"));
  EXPECT_EQ(stance(lb1), "standing by");
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

// Addresses that nobody renews any more go by themselves.
#include <csignal>

#include "tests/native/vipd_host.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

class VipdLease : public VipTest {
 protected:
  static bool goes(const VipHost& host) {
    return eventually(6s, [&] { return !host.holds("192.0.2.100"); });
  }
  // How long it may be there: the kernel takes up to 0.7 s more.
  static Duration lease(const VipHost& host) {
    return std::chrono::seconds(host.web().at("lease_seconds").as_int64()) + 1s;
  }
  static Duration a_while() { return thorough() ? Duration(1min) : Duration(4s); }
};

TEST_F(VipdLease, WhatAKilledOneHeldIsGoneAfterItAndNotBefore) {
  both({.addresses = R"(["192.0.2.100", "2001:db8::100"])"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  ASSERT_TRUE(lb1.holds("2001:db8::100"));
  EXPECT_EQ(lb1.web().at("lease_seconds").as_int64(), 2);
  std::this_thread::sleep_for(4s);
  EXPECT_TRUE(lb1.holds("192.0.2.100")) << "it is renewed";
  EXPECT_TRUE(lb1.holds("2001:db8::100"));
  EXPECT_FALSE(lb1.logged("put back")) << lb1.daemon_output();
  lb1.daemon().kill();
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(goes(lb1));
  EXPECT_TRUE(eventually(3s, [&] { return !lb1.holds("2001:db8::100"); }));
}

TEST_F(VipdLease, AHangThatCostsTheAddressIsSaidAndMendedWhereNobodyElseIsActive) {
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  lb1.daemon().signal(SIGSTOP);
  EXPECT_TRUE(goes(lb1));
  lb1.daemon().signal(SIGCONT);
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb1.logged("not renewed in time, so the kernel removed what was leased"))
      << lb1.daemon_output();
  EXPECT_FALSE(lb1.logged("removed by somebody else"));
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
}

TEST_F(VipdLease, AHangThroughWhichAnotherTookOverBringsNothingBack) {
  both({.priority = "{ lb1 = 100, lb2 = 200 }", .more = "preempt = false\n"});
  settle();
  const Answers answers(segment, "192.0.2.100");
  ASSERT_TRUE(answers.come_from("lb1"));
  const auto longest = lease(lb1);
  const auto stopped = Clock::now();
  lb1.daemon().signal(SIGSTOP);
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(goes(lb1));
  EXPECT_LE(milliseconds(Clock::now() - stopped), milliseconds(longest));
  EXPECT_FALSE(eventually(
      stopped + a_while() - Clock::now(), [&] { return lb1.holds("192.0.2.100"); }, 200ms));
  lb1.daemon().signal(SIGCONT);
  EXPECT_TRUE(lb1.becomes("Backup"));
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_EQ(lb2.role(), "Active");
  EXPECT_TRUE(answers.come_from("lb2"));
  const auto both_answered = longest_overlap(answers.all());
  RecordProperty("both_answered_ms", std::to_string(milliseconds(both_answered)));
  EXPECT_GT(milliseconds(both_answered), 0) << "the one that hangs cannot know";
  EXPECT_LE(milliseconds(both_answered), milliseconds(longest));
}

TEST_F(VipdLease, AHangOfTheBetterOneEndsWithItsReturnAndOneAnswersAtATime) {
  both({});
  settle();
  lb1.daemon().signal(SIGSTOP);
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(goes(lb1));
  std::this_thread::sleep_for(thorough() ? Duration(1min) : Duration(0s));
  const Answers answers(segment, "192.0.2.100");
  ASSERT_TRUE(answers.come_from("lb2"));
  lb1.daemon().signal(SIGCONT);
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(answers.come_from("lb1"));
  EXPECT_EQ(lb2.role(), "Backup");
  expect_one_at_a_time(answers, 100ms);
}

TEST_F(VipdLease, OffMeansForEver) {
  lb1.write({.more = "lease = \"off\"\n"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb1.web().at("lease_seconds").is_null());
  lb1.daemon().kill();
  std::this_thread::sleep_for(4s);
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdLease, AReloadSwitchesItOnAndOff) {
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  const auto valid = [&](const std::string& lifetime) {
    return eventually(5s, [&] {
      return lb1.host().check({"ip", "address", "show", "dev", "front"}).find("valid_lft " + lifetime) !=
             std::string::npos;
    });
  };
  EXPECT_TRUE(valid("2sec") || valid("1sec"));
  lb1.write({.more = "lease = \"off\"\n"});
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(eventually(5s, [&] { return lb1.web().at("lease_seconds").is_null(); }));
  std::this_thread::sleep_for(3s);
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  lb1.write({.more = "lease = \"30s\"\n"});
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(valid("30sec") || valid("29sec"));
}

}  // namespace
}  // namespace hawser::lab

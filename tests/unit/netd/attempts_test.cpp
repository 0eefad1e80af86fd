#include "netd/attempts.h"

#include <gmock/gmock.h>

namespace hawser::netd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Step kOption = SetBondOption{"bond0", BondOption::kMiimon, 0, 100};

State devices(bool up = true) {
  State state;
  state.links["bond0"].up = up;
  return state;
}

class AttemptsTest : public testing::Test {
 protected:
  // A look at devices that are not as the file wants them, at which one thing was refused.
  bool refuse(const std::string& reason = "bond0: no", Price price = Price::kNothing) {
    attempts.begin();
    attempts.saw(devices(), false);
    const bool news = attempts.failed({"bond0 option miimon", {kOption}, price, reason}, now);
    attempts.keep_only({"bond0 option miimon"}, devices());
    attempts.end();
    return news;
  }
  void pass(Milliseconds time) { now += time; }

  TimePoint now{std::chrono::hours(1)};
  Attempts attempts;
};

TEST_F(AttemptsTest, LeaveAloneWhatWasRefusedUntilItsTimeComes) {
  refuse();
  EXPECT_THAT(attempts.left_alone(now), ElementsAre("bond0 option miimon"));
  EXPECT_THAT(attempts.steps_of(attempts.left_alone(now)), ElementsAre(kOption));
  EXPECT_FALSE(attempts.due(now));
  EXPECT_EQ(attempts.next(), now + kFirstRetry);
  pass(kFirstRetry);
  EXPECT_THAT(attempts.left_alone(now), IsEmpty());
  EXPECT_TRUE(attempts.due(now));
}

TEST_F(AttemptsTest, WaitLongerEachTime) {
  refuse();
  pass(kFirstRetry);
  refuse();
  EXPECT_EQ(attempts.next(), now + 2 * kFirstRetry);
}

TEST_F(AttemptsTest, HaveAReasonToBeSaidOnce) {
  EXPECT_TRUE(refuse());
  EXPECT_FALSE(refuse());
  EXPECT_TRUE(refuse("bond0: something else"));
}

TEST_F(AttemptsTest, AreMadeAtOnceWhenSomethingChangesOnTheDevices) {
  refuse();
  attempts.saw(devices(false), false);
  EXPECT_THAT(attempts.left_alone(now), IsEmpty());
}

TEST_F(AttemptsTest, ThatCutTrafficAreNotRepeatedByTime) {
  refuse("bond0: no", Price::kCut);
  EXPECT_EQ(attempts.next(), TimePoint::max());
  pass(24h);
  EXPECT_FALSE(attempts.due(now));
  EXPECT_THAT(attempts.left_alone(now), ElementsAre("bond0 option miimon"));
  attempts.saw(devices(false), false);
  EXPECT_THAT(attempts.left_alone(now), IsEmpty());
}

TEST_F(AttemptsTest, AreForgottenWhenAllIsAsWanted) {
  refuse();
  attempts.saw(devices(), true);
  EXPECT_TRUE(attempts.holds_nothing());
  EXPECT_TRUE(attempts.refusals().waiting().empty());
  EXPECT_TRUE(refuse()) << "said again when it comes back";
}

TEST_F(AttemptsTest, OfWhatIsNotRefusedAnyMoreAreForgotten) {
  refuse();
  attempts.keep_only({}, devices());
  EXPECT_TRUE(attempts.holds_nothing());
  EXPECT_TRUE(attempts.refusals().waiting().empty());
}

TEST_F(AttemptsTest, ForANewFileAreAllMadeAtOnce) {
  refuse("bond0: no", Price::kCut);
  attempts.configure(Why::kReload, now);
  EXPECT_EQ(attempts.next(), now);
  EXPECT_TRUE(attempts.is_new());
  EXPECT_TRUE(attempts.due(now));
  EXPECT_THAT(attempts.left_alone(now), IsEmpty());
  EXPECT_EQ(attempts.why(), Why::kReload);
  attempts.begin();
  attempts.end();
  EXPECT_FALSE(attempts.is_new());
  EXPECT_EQ(attempts.next(), TimePoint::max());
}

TEST_F(AttemptsTest, AreDriftAfterAllWasAsWanted) {
  attempts.saw(devices(), true);
  attempts.saw(devices(false), false);
  EXPECT_EQ(attempts.why(), Why::kDrift);
  attempts.saw(devices(false), false);
  EXPECT_EQ(attempts.why(), Why::kRetry);
}

TEST_F(AttemptsTest, AreDriftTooWhenWhatIsLeftOutWasOnPurpose) {
  attempts.saw(devices(), false);
  attempts.settle(true);
  attempts.saw(devices(false), false);
  EXPECT_EQ(attempts.why(), Why::kDrift);
}

TEST_F(AttemptsTest, AreNotPutOffByAStreamOfChanges) {
  attempts.changed(now);
  attempts.changed(now + 10ms);
  EXPECT_EQ(attempts.next(), now + Attempts::kGather);
}

TEST_F(AttemptsTest, SayOnceThatTheKernelDoesNotAnswer) {
  attempts.begin();
  EXPECT_TRUE(attempts.blind("netlink: no", now));
  EXPECT_EQ(attempts.next(), now + kFirstRetry);
  EXPECT_FALSE(attempts.blind("netlink: no", now));
  attempts.answered();
  EXPECT_TRUE(attempts.blind("netlink: no", now));
}

}  // namespace
}  // namespace hawser::netd

#include "netd/contention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Event kRepair{.kind = EventKind::kStep,
                    .object = "bond0",
                    .what = "add address 192.0.2.1/24",
                    .cause = {CauseKind::kOthers, "removed by somebody else"}};
const std::string kAddress = "bond0: add address 192.0.2.1/24: removed by somebody else";

class Undone : public testing::Test {
 protected:
  // Somebody undoes it every 100 ms, and it is put back whenever that may be. How often it was.
  std::size_t fight(std::chrono::milliseconds time) {
    std::size_t repairs = 0;
    for (const auto end = now + time; now < end; now += milliseconds{100}) {
      for (const auto& event : contention.settle(now)) lines.push_back(line_of(event));
      if (contention.must_wait(kAddress, now)) continue;
      ++repairs;
      if (const auto event = contention.repaired(kRepair, now)) lines.push_back(line_of(*event));
    }
    return repairs;
  }

  Contention contention;
  TimePoint now{seconds{1000}};
  std::vector<std::string> lines;
};

TEST_F(Undone, OnceIsPutBackAtOnceAndIsNothingToSay) {
  EXPECT_EQ(contention.repaired(kRepair, now), std::nullopt);
  EXPECT_FALSE(contention.must_wait(kAddress, now));
  EXPECT_EQ(contention.next(now), TimePoint::max());
}

TEST_F(Undone, FiveTimesInTenSecondsIsNamedOnce) {
  fight(seconds{60});
  EXPECT_THAT(lines, ElementsAre(kAddress +
                                 " 5 times in 10s: put back from now on after 1s, then ever later, at most "
                                 "after 1m"));
}

TEST_F(Undone, FourTimesIsNotEnoughAndSlowerIsNotEither) {
  fight(milliseconds{400});
  EXPECT_THAT(lines, IsEmpty());
  contention.clear();
  for (int i = 0; i < 20; ++i) {
    now += milliseconds{2600};
    EXPECT_EQ(contention.repaired(kRepair, now), std::nullopt);
  }
}

TEST_F(Undone, WithoutEndIsPutBackEverMoreSeldom) {
  EXPECT_LE(fight(seconds{60}), 12U);
  EXPECT_LE(fight(seconds{600}), 12U);
  EXPECT_THAT(contention.contested(), ElementsAre(Pair(kAddress, milliseconds{60000})));
  EXPECT_GE(fight(seconds{600}), 9U) << "never given up";
}

TEST_F(Undone, TellsWhenItMayBePutBack) {
  fight(milliseconds{500});
  ASSERT_TRUE(contention.must_wait(kAddress, now));
  now = contention.next(now);
  EXPECT_FALSE(contention.must_wait(kAddress, now));
}

TEST_F(Undone, NoLongerIsSaidAndThenPutBackAtOnceAgain) {
  fight(seconds{5});
  lines.clear();
  now += seconds{30};
  ASSERT_EQ(contention.settle(now).size(), 1U);
  EXPECT_THAT(contention.contested(), IsEmpty());
  EXPECT_EQ(contention.repaired(kRepair, now), std::nullopt);
  EXPECT_FALSE(contention.must_wait(kAddress, now));
}

TEST_F(Undone, OfOneThingDoesNotKeepAnotherWaiting) {
  fight(seconds{5});
  EXPECT_FALSE(contention.must_wait("bond0: add address 192.0.2.2/24: removed by somebody else", now));
}

}  // namespace
}  // namespace hawser::netd

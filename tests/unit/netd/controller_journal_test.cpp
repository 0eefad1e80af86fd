// A journal that the disk does not take: nothing waits for it, nothing is lost from it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "netd/controller.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser::netd {
namespace {

using namespace site;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FullDisk : public testing::Test {
 protected:
  void pass(std::chrono::milliseconds time) {
    now += time;
    for (int i = 0; i < 100 && controller.work(now); ++i) {
    }
  }

  FakeKernel kernel;
  Status answer = fail("netd.journal: write: No space left on device");
  std::string journal;
  std::vector<std::string> said;
  TimePoint now{std::chrono::seconds{1000}};
  Controller controller{kernel, Made{"this boot", {}, {}},
                        [this](const std::string& text) -> Status {
                          if (answer) journal = text;
                          return answer;
                        },
                        [this](const Event& event) {
                          if (event.object == "journal") said.push_back(line_of(event));
                        }};
};

TEST_F(FullDisk, KeepsNoServiceDownAndIsSaidOnce) {
  controller.configure(web(), Why::kStart, now);
  pass({});
  EXPECT_TRUE(kernel.state().services.contains(kWeb));
  ASSERT_THAT(said, ElementsAre("journal: netd.journal: write: No space left on device",
                                HasSubstr("it would not know after a restart")));
  for (int i = 0; i < 100; ++i) pass(std::chrono::seconds{1});
  EXPECT_EQ(said.size(), 2U);
}

TEST_F(FullDisk, IsTriedAgainByTimeThoughNothingElseHappens) {
  auto config = web();
  config.ipvs_check = std::chrono::hours{1};  // which would find it too
  controller.configure(config, Why::kStart, now);
  pass({});
  EXPECT_LE(controller.next(), now + Controller::kJournalRetry);
  answer = {};
  pass(Controller::kJournalRetry);
  EXPECT_THAT(decode_journal(journal)->names.services, ElementsAre(kWeb));
  EXPECT_EQ(said.back(), "journal: written again");
}

TEST_F(FullDisk, ThatNeverWasIsNothingToSay) {
  answer = {};
  controller.configure(web(), Why::kStart, now);
  pass(std::chrono::seconds{60});
  EXPECT_THAT(said, IsEmpty());
}

}  // namespace
}  // namespace hawser::netd

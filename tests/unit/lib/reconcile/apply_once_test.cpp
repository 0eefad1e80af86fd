#include "lib/reconcile/apply_once.h"

#include <cerrno>

#include <gmock/gmock.h>

#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

class ApplyOnce : public testing::Test {
 protected:
  Applied apply(const Desired& desired, Rollback rollback) {
    const auto applied = apply_once(desired, own, book, rollback, [](const Error&) { FAIL(); });
    EXPECT_TRUE(applied);
    return *applied;
  }
  static Desired services(int count) {
    Desired desired;
    for (int i = 0; i < count; ++i) {
      auto& service = desired.state.services[key(fmt::format("tcp 192.0.2.100:{}", 1000 + i))];
      service.reals[kWeb1].weight = 1;
      service.reals[kWeb2].weight = 1;
    }
    return desired;
  }

  FakeKernel kernel;
  int writes = 0;
  Made disk{"this boot", {}, {}};
  JournalBook book{disk, [this](const std::string& text) -> Status {
                     ++writes;
                     disk = *decode_journal(text);
                     return {};
                   }};
  OwnKernel own{kernel, book, {}, [](const Error&) { FAIL(); }};
};

TEST_F(ApplyOnce, WritesTheJournalOnceForAllServices) {
  for (const auto rollback : {Rollback::kEverything, Rollback::kNothing}) {
    kernel = FakeKernel();
    writes = 0;
    EXPECT_TRUE(apply(services(300), rollback).complete());
    EXPECT_EQ(kernel.state().services.size(), 300U);
    EXPECT_LE(writes, 1);
    EXPECT_EQ(disk.names.services.size(), 300U);
  }
  Desired nothing;
  nothing.journal = book.names();
  writes = 0;
  apply(nothing, Rollback::kEverything);
  EXPECT_LE(writes, 1);
  EXPECT_THAT(disk.names.services, IsEmpty());
}

TEST_F(ApplyOnce, LeavesNothingAndNoNamesWhenOneServiceIsRefused) {
  kernel.refuse_always(
      [](const Step& step) {
        const auto* add = as<AddService>(step);
        return add != nullptr && add->key == key("tcp 192.0.2.100:1001");
      },
      {"no", EINVAL});
  const auto applied = apply(services(4), Rollback::kEverything);
  EXPECT_EQ(applied.refused.size(), 1U);
  EXPECT_THAT(kernel.state().services, IsEmpty());
  EXPECT_THAT(disk.names.services, IsEmpty());
}

TEST_F(ApplyOnce, KeepsAllOfAServiceButWhatIsRefused) {
  kernel.refuse_always(
      [](const Step& step) {
        const auto* add = as<AddReal>(step);
        return add != nullptr && add->real == kWeb1;
      },
      {"no", EINVAL});
  auto desired = services(1);
  desired.state.services.begin()->second.scheduler = "twos";
  const auto applied = apply(desired, Rollback::kNothing);
  const auto& made = kernel.state().services.begin()->second;
  EXPECT_THAT(made.reals, ElementsAre(Key(kWeb2)));
  EXPECT_EQ(made.scheduler, "wlc");
  EXPECT_FALSE(applied.complete());
  ASSERT_EQ(applied.refused.size(), 2U);
  EXPECT_THAT(applied.refused[0].why.text, HasSubstr("served with wlc until then"));
  EXPECT_EQ(applied.refused[1].object, "tcp 192.0.2.100:1000 real server 198.51.100.21:8080");
}

}  // namespace
}  // namespace hawser

// Somebody beside netd who undoes its services again and again: another load balancer, a script, kube-proxy.
#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;

class IpvsFought : public Netd {
 protected:
  IpvsFought() { start_in_service(); }

  void take_away(const Endpoint& real) {
    if (service().reals.contains(real)) (void)kernel.perform(DeleteReal{kWeb, real});
  }
  void fight(seconds time) {
    for (const auto end = now + time; now < end; pass(seconds{1})) take_away(kWeb1);
  }
  [[nodiscard]] std::size_t repairs() const {
    return static_cast<std::size_t>(std::ranges::count_if(kernel.performed(), [](const Step& step) {
      const auto* add = as<AddReal>(step);
      return add != nullptr && add->real == kWeb1;
    }));
  }
};

TEST_F(IpvsFought, IsPutBackEverMoreSeldomAndNamedOnce) {
  const auto before = repairs();
  fight(seconds{1800});
  EXPECT_LE(repairs() - before, 45U) << "of 360 looks";
  EXPECT_LE(lines.size(), 6U);
  ASSERT_THAT(warnings, ElementsAre(HasSubstr("add real server 198.51.100.21:8080")));
  EXPECT_THAT(warnings.front(), HasSubstr("removed by somebody else 5 times in"));
}

TEST_F(IpvsFought, KeepsNothingElseWaiting) {
  fight(seconds{120});
  (void)kernel.perform(DeleteReal{kWeb, kWeb2});
  pass(seconds{5});
  EXPECT_THAT(service().reals, testing::Contains(Key(kWeb2)));
}

TEST_F(IpvsFought, DoesNotKeepADeadRealServerIn) {
  for (int i = 0; i < 120; ++i) {
    auto& real = service().reals.at(kWeb1);
    if (real.weight != 7) {
      auto to = real;
      to.weight = 7;
      (void)kernel.perform(EditReal{kWeb, kWeb1, real, to});
    }
    pass(seconds{1});
  }
  ASSERT_EQ(service().reals.at(kWeb1).weight, 7U) << "then it is not left alone, and this shows nothing";
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb2)));
}

TEST_F(IpvsFought, IsAsTheFileWantsItOnceTheOtherStops) {
  fight(seconds{120});
  forget_lines();
  for (int i = 0; i < 400; ++i) pass(seconds{1});
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  ASSERT_THAT(lines, ElementsAre(HasSubstr("put back at once again")));
  take_away(kWeb1);
  pass(seconds{5});
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
}

TEST_F(IpvsFought, IsInTheStatusWhileItLastsAndBegunAnewByAReload) {
  fight(seconds{120});
  EXPECT_THAT(controller->ipvs().contested(), ElementsAre(HasSubstr("removed by somebody else")));
  reload(web());
  EXPECT_THAT(service().reals, ElementsAre(Key(kWeb1), Key(kWeb2)));
  EXPECT_THAT(controller->ipvs().contested(), IsEmpty());
}

}  // namespace
}  // namespace hawser::netd

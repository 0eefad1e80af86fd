// What may go to the kernel together.
#include "lbctl/change/waves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

ServiceKey key(int port) {
  return *ServiceKey::parse(fmt::format("tcp 192.0.2.100:{}", port));
}
Endpoint real(int number) {
  return *Endpoint::parse(fmt::format("198.51.100.{}:80", number));
}
Step service(int port) {
  return AddService{key(port), {}};
}
Step added(int port, int number) {
  return AddReal{key(port), real(number), {}};
}

// The lines of each wave.
std::vector<std::vector<std::size_t>> lines(const std::vector<Step>& steps) {
  std::vector<RuleStep> numbered;
  numbered.reserve(steps.size());
  for (const auto& step : steps) numbered.push_back({numbered.size() + 1, step});
  std::vector<std::vector<std::size_t>> all;
  for (const auto& wave : waves_of(numbered)) {
    all.emplace_back();
    for (const auto* one : wave) all.back().push_back(one->line);
  }
  return all;
}

TEST(LbWaves, LetRealServersWaitForTheirNewService) {
  EXPECT_THAT(lines({service(80), added(80, 1), added(80, 2), service(81), added(81, 1)}),
              ElementsAre(ElementsAre(1, 4), ElementsAre(2, 3, 5)));
}

// What serves is taken away only when what comes in its place is whole.
TEST(LbWaves, LetWhatGoesAndWhatChangesWaitForAllBeforeIt) {
  EXPECT_THAT(lines({service(80), added(80, 1), DeleteService{key(90)}, service(81), added(81, 1),
                     EditReal{key(80), real(1), {}, {}}, DeleteReal{key(80), real(1)}}),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4), ElementsAre(5),
                          ElementsAre(6), ElementsAre(7)));
  EXPECT_THAT(lines({DeleteService{key(80)}, service(80), added(80, 2)}),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3)));
}

TEST(LbWaves, PutWhatIsAddedToServicesThatAreThereTogether) {
  EXPECT_THAT(lines({added(80, 1), added(81, 1), added(80, 2)}), ElementsAre(ElementsAre(1, 2, 3)));
}

TEST(LbWaves, DoNotPassWhatIsOfTheHost) {
  EXPECT_THAT(lines({service(80), SetIpvsTimeouts{}, added(80, 1), ZeroCounters{}}),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4)));
}

TEST(LbWaves, AreNeverLargerThanCanBeTakenBack) {
  std::vector<Step> steps;
  steps.reserve(5000);
  for (int i = 0; i < 5000; ++i) steps.push_back(added(80, i % 250));
  EXPECT_THAT(lines(steps), ElementsAre(SizeIs(2000), SizeIs(2000), SizeIs(1000)));
  EXPECT_THAT(lines({}), IsEmpty());
}

}  // namespace
}  // namespace hawser::lbctl

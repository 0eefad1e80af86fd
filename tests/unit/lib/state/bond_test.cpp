#include "lib/state/bond.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Bond of_three() {
  Bond bond;
  for (const auto* name : {"eth0", "eth1", "eth2"}) bond.ports[name] = {};
  return bond;
}

TEST(JoiningOrder, IsTheFiles) {
  auto bond = of_three();
  bond.order = {{"eth2", "eth0", "eth1"}, "eth1"};
  EXPECT_THAT(joining_order(bond, JoinFor::kPreference), ElementsAre("eth2", "eth0", "eth1"));
}

TEST(JoiningOrder, BeginsWithTheLenderWhereTheBondIsToKeepItsMac) {
  auto bond = of_three();
  bond.order = {{"eth2", "eth0", "eth1"}, "eth1"};
  EXPECT_THAT(joining_order(bond, JoinFor::kItsMac), ElementsAre("eth1", "eth2", "eth0"));
}

TEST(JoiningOrder, OfAFileThatTellsNoneIsTheAlphabet) {
  EXPECT_THAT(joining_order(of_three(), JoinFor::kPreference), ElementsAre("eth0", "eth1", "eth2"));
  EXPECT_THAT(joining_order(of_three(), JoinFor::kItsMac), ElementsAre("eth0", "eth1", "eth2"));
}

TEST(JoiningOrder, HasEveryPortOnceAndNobodyElse) {
  auto bond = of_three();
  bond.order = {{"eth2", "gone", "eth2"}, "gone"};
  EXPECT_THAT(joining_order(bond, JoinFor::kItsMac), ElementsAre("eth2", "eth0", "eth1"));
  bond.ports.clear();
  EXPECT_THAT(joining_order(bond, JoinFor::kPreference), IsEmpty());
}

}  // namespace
}  // namespace hawser

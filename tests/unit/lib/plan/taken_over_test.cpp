#include "lib/plan/taken_over.h"

#include <gmock/gmock.h>

#include "tests/unit/lib/plan/host.h"

namespace hawser::world {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(TakenOver, ABondOfTheFileThatNetdDidNotMakeIsSaidWithWhatItHas) {
  EXPECT_THAT(taken_over(wanting(host(), {.links = {"front"}, .services = {}}), host()),
              ElementsAre(Pair("bond0",
                               "bond0: is a bond that netd did not make: it is changed to what the file "
                               "says (ports now: eth0, eth1), and stays when it is no longer in the file")));
}

TEST(TakenOver, WhatNetdMadeOrWhatIsInTheWayIsNot) {
  EXPECT_THAT(taken_over(wanting(host(), {.links = {"front", "bond0"}, .services = {}}), host()), IsEmpty());
  auto observed = host();
  observed.links["bond0"] = of_kind(LinkKind::kDummy);
  observed.links["front"].vlan->id = 7;
  EXPECT_THAT(taken_over(wanting(host()), observed), IsEmpty());
  EXPECT_THAT(taken_over(wanting(host()), {}), IsEmpty());
}

}  // namespace
}  // namespace hawser::world

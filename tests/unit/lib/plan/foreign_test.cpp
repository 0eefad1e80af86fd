// What somebody else made is named, and nobody is told to delete what cannot be deleted.
#include <gmock/gmock.h>

#include "lib/plan/plan.h"
#include "tests/unit/lib/plan/world.h"

namespace hawser::world {
namespace {

using testing::IsEmpty;

// A dummy "dmz" is wanted where a card has that name.
struct CardInTheWay {
  Desired desired = wanting({});
  State observed;

  CardInTheWay() {
    desired.state.links["dmz"].kind = LinkKind::kDummy;
    observed.links["dmz"] = card(true);
  }
};

TEST(Foreign, ACardIsNotToBeDeleted) {
  const CardInTheWay host;
  const auto foreign = foreign_in_the_way(host.desired, host.observed);
  ASSERT_EQ(foreign.size(), 1U);
  EXPECT_EQ(foreign.front().why.text, "dmz: is a network card that netd did not make: rename the section");
}

TEST(Foreign, IsTheAffairOfWhoMakesDevices) {
  CardInTheWay host;
  host.desired.owner = Owner::kVipd;
  EXPECT_THAT(foreign_in_the_way(host.desired, host.observed), IsEmpty());
}

}  // namespace
}  // namespace hawser::world

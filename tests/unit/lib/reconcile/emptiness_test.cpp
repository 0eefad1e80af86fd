// A file that leaves nothing of what there is must be meant.
#include "lib/reconcile/emptiness.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/plan/world.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace hawser::world;

config::Config with_a_link() {
  config::Config config;
  config.network.links["bond0"] = bond(BondMode::kActiveBackup, {"eth0"});
  return config;
}

TEST(Emptiness, NamesWhatAFileWithoutLinksAndServicesWouldRemove) {
  const Holdings held{{"bond0", "front"}, {site::kWeb}};
  EXPECT_EQ(refusal_to_empty(held, {}),
            "would remove every link of this host (bond0, front) and every service (tcp 192.0.2.100:80): if "
            "that is meant, say so with --allow-empty");
}

TEST(Emptiness, OfOneKindIsRefusedToo) {
  const Holdings held{{"bond0"}, {site::kWeb}};
  EXPECT_EQ(refusal_to_empty(held, with_a_link()),
            "would remove every service (tcp 192.0.2.100:80): if that is meant, say so with --allow-empty");
  EXPECT_EQ(refusal_to_empty(held, site::web()),
            "would remove every link of this host (bond0): if that is meant, say so with --allow-empty");
}

TEST(Emptiness, IsNothingToRefuseWhereSomethingStaysOrNothingWas) {
  EXPECT_EQ(refusal_to_empty({}, {}), std::nullopt);
  EXPECT_EQ(refusal_to_empty({{"bond0"}, {}}, with_a_link()), std::nullopt);
  EXPECT_EQ(refusal_to_empty({{}, {site::kWeb}}, site::web()), std::nullopt);
}

TEST(Emptiness, NamesNotMoreThanAPersonReads) {
  Holdings held;
  for (int i = 0; i < 8; ++i) held.links.insert(fmt::format("bond{}", i));
  EXPECT_EQ(refusal_to_empty(held, {}),
            "would remove every link of this host (bond0, bond1, bond2, bond3, bond4 and 3 more): if that is "
            "meant, say so with --allow-empty");
}

TEST(Emptiness, CountsWhatTheJournalNamesAndWhatBearsOurNumber) {
  State observed;
  observed.links["eth0"] = card(true);
  observed.links["eth0"].addresses[prefix("192.0.2.11/24")] = owned_by(kNetd);
  observed.links["eth1"] = card(true);
  observed.links["eth1"].addresses[prefix("192.0.2.12/24")] = owned_by(kBoot);
  observed.routes[route_to("198.51.100.0/24")] = route("eth2", {}, kNetd);
  const auto held = holdings({{"bond0"}, {site::kWeb}}, observed);
  EXPECT_EQ(held.links, (std::set<std::string>{"bond0", "eth0", "eth2"}));
  EXPECT_EQ(held.services, (std::set<ServiceKey>{site::kWeb}));
}

}  // namespace
}  // namespace hawser

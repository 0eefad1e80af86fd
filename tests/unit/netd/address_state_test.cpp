#include "netd/address_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Prefix prefix(const char* text) {
  return *Prefix::parse(text);
}

// bond0 with 192.0.2.1/24 as the file wants it, and a card eth2 that the file does not name.
class AddressState : public testing::Test {
 protected:
  AddressState() {
    Link bond;
    bond.up = true;
    bond.addresses[prefix("192.0.2.1/24")] = {};
    network.network.links["bond0"] = bond;
    observed.state.links["bond0"] = bond;
    observed.state.links["eth2"].up = true;
  }
  void put_into(const std::string& master, LinkKind kind, const std::string& kernel_kind) {
    observed.state.links[master].kind = kind;
    observed.links[master].kind = kernel_kind;
    observed.state.links["bond0"].master = master;
  }
  [[nodiscard]] std::vector<Finding> all() const { return states_of_addresses(network, observed); }
  [[nodiscard]] Finding only() const { return all().at(0); }

  config::ResolvedPorts network;
  Observed observed;
};

TEST_F(AddressState, IsOkWhereNothingIsInTheWay) {
  EXPECT_THAT(all(), ElementsAre(Finding{"bond0 addresses", Condition::kOk, "reachable"}));
}

TEST_F(AddressState, IsDeadInABridgeOfSomebodyElse) {
  put_into("br7", LinkKind::kOther, "bridge");
  EXPECT_EQ(only(), (Finding{"bond0 addresses", Condition::kDead,
                             "bond0 is in bridge br7, which netd did not make: they answer nobody: take it "
                             "out (ip link set bond0 nomaster)"}));
}

TEST_F(AddressState, IsDeadInABondOfSomebodyElse) {
  put_into("bond7", LinkKind::kBond, "bond");
  EXPECT_EQ(only().state, Condition::kDead);
}

TEST_F(AddressState, IsDegradedInAVrfOfSomebodyElse) {
  put_into("vrf9", LinkKind::kVrf, "vrf");
  EXPECT_EQ(only(), (Finding{"bond0 addresses", Condition::kDegraded,
                             "bond0 is in VRF vrf9, which netd did not make: they are reached through that "
                             "alone"}));
}

TEST_F(AddressState, IsOkInTheVrfOfTheFile) {
  put_into("blue", LinkKind::kVrf, "vrf");
  network.network.links["blue"].kind = LinkKind::kVrf;
  EXPECT_EQ(only().state, Condition::kOk);
}

TEST_F(AddressState, OfADeviceWithoutAddressesIsNobodysConcern) {
  network.network.links["bond0"].addresses.clear();
  put_into("br7", LinkKind::kOther, "bridge");
  EXPECT_THAT(all(), IsEmpty());
}

TEST_F(AddressState, IsDegradedWhileTheRouteToASubnetIsGone) {
  observed.state.gone[RouteKey{254, prefix("192.0.2.0/24")}].device = "bond0";
  observed.state.gone[RouteKey{254, prefix("198.51.100.0/24")}].device = "bond0";
  EXPECT_EQ(only(),
            (Finding{"bond0 addresses", Condition::kDegraded,
                     "the route to 192.0.2.0/24 is gone: where it does not come back, delete the address (ip "
                     "address del 192.0.2.1/24 dev bond0): netd adds it again"}));
}

TEST_F(AddressState, IsDegradedWhileAnotherDeviceHasOneToo) {
  observed.state.links["eth2"].addresses[prefix("192.0.2.1/32")] = {};
  EXPECT_EQ(only(), (Finding{"bond0 addresses", Condition::kDegraded,
                             "192.0.2.1 is on eth2 too, not by netd: answers may leave by either"}));
}

TEST_F(AddressState, IsOkWhereTheFileItselfOrTheLoopbackHasItTwice) {
  observed.state.links["eth2"].addresses[prefix("192.0.2.1/32")] = {};
  network.network.links["eth2"] = observed.state.links["eth2"];
  network.network.links["eth2"].addresses[prefix("192.0.2.1/32")] = {};
  observed.state.links["lo"].addresses[prefix("192.0.2.1/32")] = {};
  EXPECT_THAT(all(), ElementsAre(Finding{"bond0 addresses", Condition::kOk, "reachable"},
                                 Finding{"eth2 addresses", Condition::kOk, "reachable"}));
}

TEST_F(AddressState, IsOkWhereAnotherVrfHasTheSame) {
  observed.state.links["vrf9"].kind = LinkKind::kVrf;
  observed.state.links["eth2"].master = "vrf9";
  observed.state.links["eth2"].addresses[prefix("192.0.2.1/24")] = {};
  EXPECT_EQ(only().state, Condition::kOk);
}

}  // namespace
}  // namespace hawser::netd

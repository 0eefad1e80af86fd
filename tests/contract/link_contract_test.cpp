// VLANs, dummies and VRFs: what both kernels must do alike.
#include <cerrno>

#include "tests/contract/host.h"

namespace hawser::contract {
namespace {

class LinkContract : public HostTest {
 public:
  static Link of_kind(LinkKind kind) {
    Link wanted;
    wanted.kind = kind;
    return wanted;
  }
  static Link vlan(const char* on, std::uint16_t id, std::uint16_t protocol = 0x8100) {
    auto wanted = of_kind(LinkKind::kVlan);
    wanted.vlan = Vlan{on, id, protocol};
    return wanted;
  }
  static Link vrf(std::uint32_t table) {
    auto wanted = of_kind(LinkKind::kVrf);
    wanted.vrf_table = table;
    return wanted;
  }
};

INSTANTIATE_TEST_SUITE_P(, LinkContract, testing::ValuesIn(hosts(Need::kLinkKinds)), name_of_host);

TEST_P(LinkContract, CreatesADummyWithMtuAndMacAndTakesTheSameStepTwice) {
  auto wanted = of_kind(LinkKind::kDummy);
  wanted.mtu = 1400;
  wanted.mac = MacAddress{{2, 0, 0, 0, 0, 5}};
  perform(CreateLink{"dummy0", wanted});
  perform(CreateLink{"dummy0", wanted});
  EXPECT_EQ(link("dummy0"), wanted);
}

TEST_P(LinkContract, RefusesANameThatSomethingElseHas) {
  perform(CreateLink{"front", of_kind(LinkKind::kDummy)});
  EXPECT_EQ(refused(CreateLink{"front", vrf(77)}), EEXIST);
}

TEST_P(LinkContract, CreatesAVlanThatTakesMtuAndMacOfItsDevice) {
  plug_in_and_up("eth0");
  perform(CreateLink{"front", vlan("eth0", 100)});
  perform(CreateLink{"front", vlan("eth0", 100)});
  const auto seen = link("front");
  EXPECT_EQ(seen.kind, LinkKind::kVlan);
  EXPECT_EQ(seen.vlan, (Vlan{"eth0", 100, 0x8100}));
  EXPECT_EQ(seen.mac, link("eth0").mac);
  EXPECT_EQ(seen.mtu, 1500U);
  EXPECT_FALSE(seen.up);
  EXPECT_EQ(refused(CreateLink{"front", vlan("eth0", 101)}), EEXIST);
}

TEST_P(LinkContract, RefusesASecondVlanOfTheSameNumber) {
  plug_in("eth0");
  perform(CreateLink{"front", vlan("eth0", 100)});
  EXPECT_EQ(refused(CreateLink{"back", vlan("eth0", 100)}), EEXIST);
  perform(CreateLink{"outer", vlan("eth0", 100, 0x88a8)});
  EXPECT_EQ(link("outer").vlan, (Vlan{"eth0", 100, 0x88a8}));
}

TEST_P(LinkContract, RefusesAVlanOnAMissingDevice) {
  EXPECT_EQ(refused(CreateLink{"front", vlan("eth9", 100)}), ENODEV);
}

TEST_P(LinkContract, TakesAVlanDownAndUpWithItsDevice) {
  plug_in_and_up("eth0");
  perform(CreateLink{"front", vlan("eth0", 100)});
  perform(SetLinkUp{"front", true});
  perform(SetLinkUp{"eth0", false});
  EXPECT_FALSE(link("front").up);
  EXPECT_EQ(refused(SetLinkUp{"front", true}), ENETDOWN);
  perform(SetLinkUp{"eth0", true});
  EXPECT_TRUE(link("front").up);
}

TEST_P(LinkContract, RefusesAnMtuAboveThatOfTheDevice) {
  plug_in("eth0");
  perform(CreateLink{"front", vlan("eth0", 100)});
  EXPECT_EQ(refused(SetMtu{"front", 1500, 1501}), ERANGE);
  perform(SetMtu{"eth0", 1500, 1400});
  EXPECT_EQ(link("front").mtu, 1400U);
}

TEST_P(LinkContract, DeletesAVlanWithItsDevice) {
  perform(CreateLink{"dummy0", of_kind(LinkKind::kDummy)});
  perform(CreateLink{"front", vlan("dummy0", 100)});
  perform(DeleteLink{"dummy0", LinkKind::kDummy});
  EXPECT_FALSE(observe().state.links.contains("front"));
  perform(DeleteLink{"dummy0", LinkKind::kDummy});
}

TEST_P(LinkContract, PutsALinkIntoAVrfAndTakesItOut) {
  plug_in_and_up("eth0");
  perform(CreateLink{"blue", vrf(77)});
  perform(SetMaster{"eth0", "", "blue"});
  perform(SetMaster{"eth0", "", "blue"});
  EXPECT_EQ(link("eth0").master, "blue");
  EXPECT_EQ(link("blue").vrf_table, 77U);
  EXPECT_TRUE(link("eth0").up);
  perform(SetMaster{"eth0", "blue", ""});
  EXPECT_EQ(link("eth0").master, "");
}

TEST_P(LinkContract, RefusesAVrfWithoutATable) {
  EXPECT_EQ(refused(CreateLink{"blue", vrf(0)}), EINVAL);
}

}  // namespace
}  // namespace hawser::contract

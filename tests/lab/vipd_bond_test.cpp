// vipd on a bond: one that is deleted and made again, and one whose other port becomes the active one.
#include <optional>

#include "tests/native/vipd_host.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

class VipdOnBond : public VipTest {
 protected:
  std::optional<Cable> left, right;
  Neighbour client{"client", "192.0.2.200", segment};

  void SetUp() override {
    VipTest::SetUp();
    lb1.disconnect();
    left.emplace(segment.connect(lb1.host(), "eth0"));
    right.emplace(segment.connect(lb1.host(), "eth1"));
    make_bond();
  }
  void make_bond(const std::string& name = "front") const {
    lb1.host().ip({fmt::format("link add {} type bond mode active-backup miimon 50", name),
                   "link set eth0 down", "link set eth1 down", fmt::format("link set eth0 master {}", name),
                   fmt::format("link set eth1 master {}", name), fmt::format("link set {} up", name)});
    if (name == "front") lb1.host().ip({"address add 192.0.2.11/24 dev front"});
  }
  // The vip's interface is a VLAN of it, and the client is in that, too.
  void make_bond_with_a_vlan() const {
    lb1.host().ip({"link delete front"});
    make_bond("bond0");
    lb1.host().ip({"link add link bond0 name front type vlan id 5", "link set front up",
                   "address add 192.0.2.11/24 dev front"});
    client.host.ip({"address flush dev eth0", "link add link eth0 name web type vlan id 5", "link set web up",
                    "address add 192.0.2.200/24 dev web"});
  }
  [[nodiscard]] std::string active_port(const std::string& bond) const {
    const auto text = lb1.host().check({"cat", "/sys/class/net/" + bond + "/bonding/active_slave"});
    return text.substr(0, text.find('\n'));
  }
};

TEST_F(VipdOnBond, ABondThatIsMadeAgainIsTakenUpAgain) {
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  lb1.host().ip({"link delete front"});
  EXPECT_TRUE(lb1.becomes("Initialize"));
  EXPECT_TRUE(lb1.logged("web: Initialize: front: interface missing")) << lb1.daemon_output();
  make_bond();
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100") && client.pings("192.0.2.100"); }))
      << lb1.daemon_output();
}

// What a client hears of the address when the bond goes to its other port.
class VipdOnBondThatFailsOver : public VipdOnBond {
 protected:
  void is_announced_again(const std::string& store, const std::string& bond = "front",
                          const std::string& heard_on = "eth0") {
    lb1.write({.more = "announce = { count = 1 }\n" + store});
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active"));
    ASSERT_TRUE(eventually(5s, [&] { return client.pings("192.0.2.100"); })) << lb1.daemon_output();
    // From the address and for it: gratuitous.
    const Capture gratuitous(
        client.host, heard_on,
        {.filter = "arp and arp[14:4] = 0xc0000264 and arp[24:4] = 0xc0000264 and ether src " + lb1.mac()});
    EXPECT_EQ(lb1.vipctl({"announce", "web"}).status, 0);
    EXPECT_TRUE(eventually(5s, [&] { return gratuitous.count() > 0; })) << "it would be seen";
    ASSERT_TRUE(is_quiet(gratuitous));
    const auto before = gratuitous.count();
    const auto active = active_port(bond);
    (active == "eth0" ? left : right)->pull();
    EXPECT_TRUE(eventually(5s, [&] { return active_port(bond) == (active == "eth0" ? "eth1" : "eth0"); }));
    EXPECT_TRUE(eventually(5s, [&] { return gratuitous.count() > before; })) << lb1.daemon_output();
    EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1) << lb1.daemon_output();
    EXPECT_TRUE(client.pings("192.0.2.100"));
  }

 private:
  static bool is_quiet(const Capture& capture) {
    return eventually(30s, [&] {
      const auto before = capture.count();
      std::this_thread::sleep_for(2s);
      return capture.count() == before;
    });
  }
};

// The kernel does it (num_grat_arp of the bond), as the address is the bond's own.
TEST_F(VipdOnBondThatFailsOver, AnAddressOfItsOwnIsAnnouncedAgain) {
  is_announced_again("");
}

// Those on dummies are not the bond's, so that vipd has to.
class VipdOnBondSpread : public VipdOnBondThatFailsOver, public testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(, VipdOnBondSpread,
                         testing::ValuesIn(thorough() ? std::vector<bool>{false, true}
                                                      : std::vector<bool>{false}),
                         [](const auto& test) { return test.param ? "OnItsVlan" : "OnTheBond"; });

TEST_P(VipdOnBondSpread, AddressesAreAnnouncedAgain) {
  if (GetParam()) make_bond_with_a_vlan();
  is_announced_again("store = \"spread\"\n", GetParam() ? "bond0" : "front", GetParam() ? "web" : "eth0");
}

}  // namespace
}  // namespace hawser::lab

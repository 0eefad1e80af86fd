// What netd says and does of a card that two bonds list, and of a device that somebody else made.
#include <gmock/gmock.h>

#include "tests/unit/lib/plan/world.h"
#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BondsOfAFile : public Netd {
 protected:
  BondsOfAFile() {
    for (const auto* card : {"eth0", "eth1", "eth2"}) kernel.plug_in(card);
  }
  [[nodiscard]] std::string by_mac(const std::string& card) const {
    return "mac:" + to_string(*kernel.state().links.at(card).mac);
  }
  static void add_bond(config::Config& config, const std::string& name,
                       const std::vector<std::string>& ports) {
    config.network.links[name] = world::bond(BondMode::kActiveBackup, ports);
    config.bonds[name].port_order = ports;
  }
  [[nodiscard]] std::string master(const std::string& card) const {
    return kernel.state().links.at(card).master;
  }
};

TEST_F(BondsOfAFile, ACardThatTwoListIsTheFirstOnesForGoodAndThatIsSaidOnce) {
  config::Config config;
  add_bond(config, "bond0", {"eth0", "eth1"});
  add_bond(config, "bond1", {by_mac("eth0"), "eth2"});
  const auto text = fmt::format(
      "bond1: port {}: it is eth0, which bond0 of the same file has: remove it from one "
      "of the two",
      by_mac("eth0"));
  start(config);
  EXPECT_EQ(master("eth0"), "bond0");
  EXPECT_EQ(master("eth2"), "bond1");
  EXPECT_THAT(warnings, Contains(text).Times(1));
  forget_lines();
  const auto performed = kernel.performs();
  for (int i = 0; i < 100; ++i) {
    controller->network_changed(now);
    pass(seconds{1});
  }
  EXPECT_EQ(kernel.performs(), performed);
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(BondsOfAFile, ACardThatOneListsTwiceIsInItAndThatIsSaid) {
  config::Config config;
  add_bond(config, "bond0", {"eth0", by_mac("eth0")});
  start(config);
  EXPECT_EQ(master("eth0"), "bond0");
  EXPECT_THAT(warnings,
              ElementsAre(HasSubstr("it is eth0, which is in its list already: remove one of the two")));
}

TEST_F(BondsOfAFile, ABondWhoseLenderLeavesByReloadTakesTheMacOfAPortAndHasItAlone) {
  config::Config config;
  add_bond(config, "bond0", {"eth0", "eth1"});
  start(config);
  const auto lent = kernel.state().links.at("bond0").mac;
  add_bond(config, "bond0", {"eth1"});
  reload(config);
  EXPECT_EQ(kernel.state().links.at("eth0").mac, lent);
  EXPECT_NE(kernel.state().links.at("bond0").mac, lent);
  EXPECT_THAT(lines, Contains(HasSubstr("bond0: set mac")));
  forget_lines();
  controller->network_changed(now);
  pass(seconds{1});
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(BondsOfAFile, OneThatSomebodyElseMadeIsSaidOnceAndAgainWhenItIsMadeAnew) {
  const auto by_others = [this] {
    (void)kernel.perform(DeleteLink{"bond0", LinkKind::kBond});
    (void)kernel.perform(CreateLink{"bond0", world::bond(BondMode::kActiveBackup, {})});
  };
  by_others();
  config::Config config;
  add_bond(config, "bond0", {"eth0"});
  start(config);
  const auto said = HasSubstr("bond0: is a bond that netd did not make");
  EXPECT_THAT(warnings, Contains(said).Times(1));
  reload(config);
  for (int i = 0; i < 10; ++i) {
    controller->network_changed(now);
    pass(seconds{1});
  }
  EXPECT_THAT(warnings, Contains(said).Times(1));
  by_others();
  controller->network_changed(now);
  pass(seconds{1});
  EXPECT_THAT(warnings, Contains(said).Times(2));
}

TEST_F(BondsOfAFile, OneThatNetdMadeIsNot) {
  config::Config config;
  add_bond(config, "bond0", {"eth0"});
  start(config);
  start(config);
  EXPECT_THAT(warnings, IsEmpty());
}

}  // namespace
}  // namespace hawser::netd

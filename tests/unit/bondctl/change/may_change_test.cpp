// What netd keeps, by its status, and what of it a change would take.
#include "bondctl/change/may_change.h"

#include <boost/json.hpp>

#include "bondctl/change/migrate.h"
#include "tests/unit/bondctl/bond_host.h"

namespace hawser::bondctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kStatus = R"({
  "config": {"file": "/etc/hawser/hawser.toml"},
  "bonds": [{"name": "bond1", "ports": [{"name": "eth2"}]}],
  "links": [{"name": "eth0", "kind": "physical", "keeps": ["addresses", "routes"]},
            {"name": "eth3", "kind": "physical", "keeps": []},
            {"name": "eth4.5", "kind": "vlan", "keeps": []}]
})";

class MayChange : public BondHost {
 protected:
  MayChange() {
    for (const auto* name : {"eth0", "eth1", "eth2", "eth3", "eth4"})
      card(name, fmt::format("52:54:00:00:00:1{}", name[3]));
    bond(BondMode::kActiveBackup, {"eth1"});
  }
  [[nodiscard]] std::vector<std::string> refused(Change change) const {
    EXPECT_THAT(change.problems, IsEmpty());
    leave_to_netd(change, there, kept);
    return change.problems;
  }
  [[nodiscard]] std::vector<std::string> refused(const std::vector<std::string>& words) const {
    return refused(set(there, "bond0", parse_edits(words), {}));
  }
  [[nodiscard]] std::vector<std::string> migrating(const Migration& migration) const {
    return refused(migrate(there, migration, {}));
  }

  KeptByNetd kept = kept_in(boost::json::parse(kStatus));
};

TEST_F(MayChange, ABondThatNetdKeepsIsChangedInItsFile) {
  EXPECT_EQ(kept.why("bond1"),
            "bond1: nothing changed: netd keeps it as the file says: change [bond.bond1] in "
            "/etc/hawser/hawser.toml and run 'netd reload'");
  EXPECT_EQ(kept.why("bond0"), "");
}

TEST_F(MayChange, APortThatNetdUsesElsewhereIsNotTaken) {
  EXPECT_THAT(
      refused({"ports+=eth0"}),
      ElementsAre("eth0: nothing changed: netd keeps it as the file says: change addresses, routes of "
                  "[link.eth0] in /etc/hawser/hawser.toml and run 'netd reload'"));
  EXPECT_THAT(refused({"ports+=eth2"}), ElementsAre(HasSubstr("change ports of [bond.bond1] in")));
  EXPECT_THAT(refused({"ports+=eth3,eth4"}), IsEmpty()) << "nothing is said of them that a port has not";
}

TEST_F(MayChange, WhatIsInTheBondAlreadyIsNoNews) {
  kept.keys["eth1"] = "mtu of [link.eth1]";
  EXPECT_THAT(refused({"resend_igmp=3"}), IsEmpty());
  EXPECT_THAT(refused({"ports-=eth1"}), IsEmpty());
}

TEST_F(MayChange, ADeviceThatNetdKeepsDoesNotMigrate) {
  EXPECT_THAT(migrating({"eth0", "bond9", {"eth4"}, {}}),
              ElementsAre(HasSubstr("change addresses, routes of [link.eth0] in")));
  EXPECT_THAT(migrating({"eth4", "bond9", {"eth0"}, {}}), ElementsAre(HasSubstr("of [link.eth0] in")));
  EXPECT_THAT(migrating({"eth4", "bond0", {}, {}}), IsEmpty());
}

TEST_F(MayChange, NorDoesOneWithAVlanOfNetds) {
  card("eth4.5", "52:54:00:00:00:14");
  auto& vlan = there.state.links.at("eth4.5");
  vlan.kind = LinkKind::kVlan;
  vlan.vlan = Vlan{"eth4", 5};
  EXPECT_THAT(migrating({"eth4", "bond9", {}, {}}),
              ElementsAre(HasSubstr("eth4.5: nothing changed: netd keeps it as the file says: change "
                                    "[link.\"eth4.5\"] in")));
}

}  // namespace
}  // namespace hawser::bondctl

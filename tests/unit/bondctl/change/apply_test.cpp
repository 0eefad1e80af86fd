#include "bondctl/change/apply.h"

#include "lib/config/host_file.h"
#include "tests/unit/bondctl/bond_host.h"

namespace hawser::bondctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kFile = R"(
format = 1
[link.blue]
kind = "vrf"
table = 10
[bond.bond0]
mode = "active-backup"
ports = ["eth0", "eth1"]
addresses = ["192.0.2.1/24"]
routes = [{ to = "203.0.113.0/24", via = "192.0.2.9" }]
[link.eth0]
kind = "physical"
mtu = 1500
[link.v5]
kind = "vlan"
on = "bond0"
id = 5
vrf = "blue"
[bond.bond1]
mode = "802.3ad"
ports = ["eth2"]
[link.lo9]
kind = "dummy"
addresses = ["198.51.100.1/32"]
)";

class BondApply : public BondHost {
 protected:
  BondApply() {
    card("eth0", "52:54:00:00:00:10");
    card("eth1", "52:54:00:00:00:11");
    card("eth2", "52:54:00:00:00:12");
  }
  static FileNetwork file(const std::string& text = kFile) {
    const auto read = config::judge_sources({{"", text}}, {}, config::Part::kNetd);
    EXPECT_TRUE(read.good()) << config::to_string(read.problems.front());
    return network_of(read.config);
  }
  static std::vector<std::string> links(const FileNetwork& file) {
    std::vector<std::string> names;
    for (const auto& [name, link] : file.network.links) names.push_back(name);
    return names;
  }
  [[nodiscard]] Change apply(const std::set<std::string>& bonds, const Made& made = {}) {
    const auto part = only_bonds(file(), bonds);
    hide_others_marks(there, part, bonds);
    return apply_file(there, part, bonds, JournalBook(made, {}), {});
  }
  void dummy(const std::string& name) {
    card(name, "52:54:00:00:00:99");
    there.state.links[name].kind = LinkKind::kDummy;
  }
};

TEST_F(BondApply, TakesOfTheFileTheBondWithWhatIsOnItAndWhatItNeeds) {
  EXPECT_THAT(links(only_bonds(file(), {"bond0"})), ElementsAre("blue", "bond0", "eth0", "v5"));
  EXPECT_THAT(links(only_bonds(file(), {"bond1"})), ElementsAre("bond1"));
  EXPECT_THAT(only_bonds(file(), {"bond1"}).network.routes, IsEmpty());
  EXPECT_THAT(links(only_bonds(file(), {"bond0", "bond1"})),
              ElementsAre("blue", "bond0", "bond1", "eth0", "v5"));
}

TEST_F(BondApply, MakesItAsTheFileSays) {
  const auto lines = plan_of(apply({"bond0"}));
  EXPECT_THAT(lines, testing::IsSupersetOf({HasSubstr("bond0: create bond active-backup, miimon 100ms"),
                                            HasSubstr("bond0: add port eth1"),
                                            HasSubstr("bond0: add address 192.0.2.1/24"),
                                            HasSubstr("v5: create vlan 5 on bond0"),
                                            HasSubstr("203.0.113.0/24 via 192.0.2.9 dev bond0: add")}));
  for (const auto& line : lines) {
    EXPECT_THAT(line, testing::Not(HasSubstr("lo9")));
    EXPECT_THAT(line, testing::Not(HasSubstr("bond1")));
  }
}

// What netd made for other sections, with its mark and in its journal, is not this verb's to remove.
TEST_F(BondApply, LeavesAllElseThatIsNetds) {
  dummy("lo9");
  dummy("old");
  there.state.links["lo9"].addresses[*Prefix::parse("198.51.100.9/32")].protocol = 201;
  RouteKey key;
  key.to = *Prefix::parse("203.0.113.128/25");
  there.state.routes[key].device = "lo9";
  there.state.routes[key].protocol = 201;
  Made made;
  made.names.links = {"lo9", "old"};
  for (const auto& line : plan_of(apply({"bond0"}, made)))
    EXPECT_THAT(line, testing::AllOf(testing::Not(HasSubstr("lo9")), testing::Not(HasSubstr("old"))));
}

// An earlier file had more on this bond.
TEST_F(BondApply, RemovesWhatTheFileNoLongerHasOnTheBond) {
  bond(BondMode::kActiveBackup, {"eth0", "eth1"});
  there.state.links["bond0"].addresses[*Prefix::parse("192.0.2.7/24")].protocol = 201;
  card("v6", "52:54:00:00:00:10");
  there.state.links["v6"].kind = LinkKind::kVlan;
  there.state.links["v6"].vlan = Vlan{"bond0", 6};
  Made made;
  made.names.links = {"bond0", "v6"};
  EXPECT_THAT(plan_of(apply({"bond0"}, made)),
              testing::IsSupersetOf({"v6: delete vlan", "bond0: remove address 192.0.2.7/24"}));
}

TEST_F(BondApply, WhatIsThereAlreadyIsLeft) {
  const auto first = apply({"bond1"});
  for (const auto& step : plan_network(first.desired, there.state)) simulate(there.state, step);
  EXPECT_THAT(plan_of(apply({"bond1"})), IsEmpty());
}

TEST_F(BondApply, SaysAllThatStandsInTheWay) {
  there.state.links.erase("eth1");
  there.links.erase("eth1");
  there.state.links["eth2"].addresses[*Prefix::parse("192.0.2.3/24")];
  EXPECT_THAT(apply({"bond0", "bond1"}).problems,
              UnorderedElementsAre("bond0: add port eth1: no such device: 'ip link' lists those there are",
                                   HasSubstr("bond1: add port eth2: it has addresses")));
}

TEST_F(BondApply, ADeviceOfAnotherMakeStays) {
  dummy("bond1");
  EXPECT_THAT(apply({"bond1"}).problems, ElementsAre(HasSubstr("bond1: is a dummy that netd did not make")));
}

}  // namespace
}  // namespace hawser::bondctl

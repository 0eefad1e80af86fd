#include "lib/plan/step.h"

#include <map>
#include <set>

#include <gmock/gmock.h>

namespace hawser {
namespace {

TEST(StepKind, IsTheOneOfTheType) {
  EXPECT_EQ(kind_of(CreateLink{}), "create-link");
  EXPECT_EQ(kind_of(DeleteLink{}), "delete-link");
  EXPECT_EQ(kind_of(SetLinkUp{}), "set-link-up");
  EXPECT_EQ(kind_of(SetMtu{}), "set-mtu");
  EXPECT_EQ(kind_of(SetMac{}), "set-mac");
  EXPECT_EQ(kind_of(SetMaster{}), "set-master");
  EXPECT_EQ(kind_of(SetBondMode{}), "set-bond-mode");
  EXPECT_EQ(kind_of(SetBondOption{}), "set-bond-option");
  EXPECT_EQ(kind_of(SetBondPrimary{}), "set-bond-primary");
  EXPECT_EQ(kind_of(SetBondTargets{}), "set-bond-targets");
  EXPECT_EQ(kind_of(SetAdActorSystem{}), "set-actor-system");
  EXPECT_EQ(kind_of(SetPortOptions{}), "set-port-options");
  EXPECT_EQ(kind_of(SetActivePort{}), "set-active-port");
  EXPECT_EQ(kind_of(AddAddress{}), "add-address");
  EXPECT_EQ(kind_of(ChangeAddress{}), "change-address");
  EXPECT_EQ(kind_of(RemoveAddress{}), "remove-address");
  EXPECT_EQ(kind_of(AddRoute{}), "add-route");
  EXPECT_EQ(kind_of(ChangeRoute{}), "change-route");
  EXPECT_EQ(kind_of(RemoveRoute{}), "remove-route");
  EXPECT_EQ(kind_of(AddService{}), "add-service");
  EXPECT_EQ(kind_of(EditService{}), "edit-service");
  EXPECT_EQ(kind_of(DeleteService{}), "delete-service");
  EXPECT_EQ(kind_of(AddReal{}), "add-real");
  EXPECT_EQ(kind_of(EditReal{}), "edit-real");
  EXPECT_EQ(kind_of(DeleteReal{}), "delete-real");
}

// One of each kind, as it is by default.
template <class... Kinds>
void add_kinds(std::vector<Step>& all, const std::variant<Kinds...>* /*family*/) {
  (all.emplace_back(Kinds{}), ...);
}
template <class... Families>
std::vector<Step> every_kind(const std::variant<Families...>* /*step*/) {
  std::vector<Step> all;
  (add_kinds(all, static_cast<const Families*>(nullptr)), ...);
  return all;
}
std::vector<Step> every_kind() {
  return every_kind(static_cast<const Step*>(nullptr));
}

TEST(StepKind, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const auto& step : every_kind()) EXPECT_TRUE(names.insert(kind_of(step)).second) << kind_of(step);
}

TEST(StepKind, SaysWhatItDoesToItsThing) {
  for (const auto& step : every_kind()) {
    const auto name = kind_of(step);
    const auto makes = name.starts_with("create-") || name.starts_with("add-") || name.starts_with("start-");
    const auto removes =
        name.starts_with("delete-") || name.starts_with("remove-") || name.starts_with("stop-");
    EXPECT_EQ(act_of(step), makes ? Act::kMake : removes ? Act::kRemove : Act::kChange) << name;
  }
}

TEST(StepPrice, IsKnownForEveryKind) {
  const std::map<std::string_view, Price> costly{
      {"delete-link", Price::kCut}, {"set-master", Price::kCut},        {"set-mtu", Price::kBrief},
      {"set-mac", Price::kBrief},   {"set-active-port", Price::kBrief},
  };
  std::size_t found = 0;
  for (const auto& step : every_kind()) {
    const auto expected = costly.find(kind_of(step));
    found += expected != costly.end() ? 1 : 0;
    EXPECT_EQ(price_of(step), expected == costly.end() ? Price::kNothing : expected->second) << kind_of(step);
  }
  EXPECT_EQ(found, costly.size());
}

TEST(StepPrice, OfADeviceThatGoesDownIsItsTraffic) {
  EXPECT_EQ(price_of(SetLinkUp{"bond0", false}), Price::kCut);
  EXPECT_EQ(price_of(SetLinkUp{"bond0", true}), Price::kNothing);
}

TEST(StepPrice, OfAnOptionIsNothingSinceGoingDownForItIsAStepOfItsOwn) {
  EXPECT_EQ(price_of(SetBondOption{"bond0", BondOption::kMiimon, 0, 100}), Price::kNothing);
  EXPECT_EQ(price_of(SetBondMode{"bond0", BondMode::kBalanceRr, BondMode::k8023ad}), Price::kNothing);
}

TEST(Step, IsWhatItIsAndNothingElse) {
  const Step step = SetMtu{"eth0", 1500, 9000};
  ASSERT_NE(as<SetMtu>(step), nullptr);
  EXPECT_EQ(as<SetMtu>(step)->to, 9000U);
  EXPECT_EQ(as<SetMac>(step), nullptr);
  EXPECT_EQ(as<AddRoute>(step), nullptr);
  EXPECT_TRUE(is<SetMtu>(step));
  EXPECT_FALSE(is<AddReal>(step));
}

}  // namespace
}  // namespace hawser

#include "lib/plan/step_kind.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace hawser

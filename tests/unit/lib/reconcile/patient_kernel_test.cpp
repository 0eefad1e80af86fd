#include "lib/reconcile/patient_kernel.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "tests/support/fake/fake_kernel.h"

namespace hawser {
namespace {

const auto kSource = *IpAddress::parse("2001:db8::11");

class Patient : public testing::Test {
 protected:
  Patient() {
    kernel.plug_in("eth0");
    EXPECT_TRUE(kernel.perform(SetLinkUp{"eth0", true}));
    EXPECT_TRUE(kernel.perform(AddAddress{"eth0", *Prefix::parse("2001:db8::11/64"), {}}));
    route.device = "eth0";
    route.source = kSource;
  }
  Status add() { return patient.perform(AddRoute{key, route}); }

  FakeKernel kernel;
  Milliseconds slept{0};
  Milliseconds tentative_for{0};
  PatientKernel patient{kernel, [this](Milliseconds pause) {
                          slept += pause;
                          if (slept >= tentative_for) kernel.set_tentative(kSource, false);
                        }};
  RouteKey key{254, *Prefix::parse("2001:db8:1::/48"), 1024};
  Route route;
};

TEST_F(Patient, WaitsForASourceThatIsTentative) {
  kernel.set_tentative(kSource, true);
  tentative_for = Milliseconds{2000};
  EXPECT_TRUE(add());
  EXPECT_EQ(slept, Milliseconds{2000});
}

TEST_F(Patient, DoesNotWaitWhereNothingIsRefused) {
  EXPECT_TRUE(add());
  EXPECT_EQ(slept, Milliseconds{0});
}

TEST_F(Patient, GivesUpOnceForAllRoutes) {
  kernel.set_tentative(kSource, true);
  tentative_for = Milliseconds{60000};
  EXPECT_EQ(add().error().code, EINVAL);
  EXPECT_EQ(slept, PatientKernel::kPatience);
  EXPECT_EQ(add().error().code, EINVAL);
  EXPECT_EQ(slept, PatientKernel::kPatience);
}

TEST_F(Patient, WaitsForNothingElse) {
  route.source = IpAddress::v4(192, 0, 2, 77);
  key.to = *Prefix::parse("198.51.100.0/24");
  EXPECT_EQ(add().error().code, EINVAL);
  route.source = kSource;
  route.device = "eth9";
  EXPECT_EQ(add().error().code, ENODEV);
  EXPECT_FALSE(patient.perform(SetLinkUp{"eth9", true}));
  kernel.refuse_always([](const Step&) { return true; }, {"refused", EINVAL});
  EXPECT_FALSE(patient.perform(SetMtu{"eth0", 1500, 9000})) << "of what has no source";
  EXPECT_EQ(slept, Milliseconds{0});
}

}  // namespace
}  // namespace hawser

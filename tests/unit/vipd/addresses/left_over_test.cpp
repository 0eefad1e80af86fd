#include "vipd/addresses/left_over.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

TEST(LeftOver, IsListedWithTheFirstByName) {
  const Stray first{IfIndex{5}, "front", *Prefix::parse("192.0.2.100")};
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({first}), "192.0.2.100/32 on front");
  EXPECT_EQ(listed({first, first, first}), "192.0.2.100/32 on front and 2 more");
}

}  // namespace
}  // namespace hawser::vipd

#include "lib/netlink/attributes.h"

#include "captures.h"

namespace hawser::nl {
namespace {

TEST(NetlinkAttributes, TheLastOfSeveralOfOneNumberCountsAndAnAbsentOneChangesNothing) {
  const auto bytes = bytes_of_hex("05000100070000000500010008000000");
  Attributes attributes{bytes};
  std::uint8_t present = 0;
  std::uint8_t absent = 9;
  attributes.read(1, present);
  attributes.read(2, absent);
  EXPECT_EQ(present, 8);
  EXPECT_EQ(absent, 9);
  EXPECT_TRUE(attributes.ok());
}

TEST(NetlinkAttributes, RefuseANumberOfAnotherWidth) {
  const auto bytes = bytes_of_hex("0800010001020304");
  Attributes attributes{bytes};
  std::uint16_t half = 0;
  attributes.read(1, half);
  EXPECT_FALSE(attributes.ok());
}

TEST(NetlinkAttributes, RefuseWhatIsLeftOverBehindTheLast) {
  const auto bytes = bytes_of_hex("0500010007000000ff");
  EXPECT_FALSE(Attributes{bytes}.ok());
}

TEST(NetlinkAttributes, RefuseWhatIsWrongInsideANest) {
  const auto bytes = bytes_of_hex("0c0001800600020001020000");
  Attributes attributes{bytes};
  std::uint8_t wrong = 0;
  attributes.inside(1, [&](Attributes& nested) { nested.read(2, wrong); });
  EXPECT_FALSE(attributes.ok());
}

TEST(NetlinkAttributes, RefuseAMessageShorterThanItsFixedPart) {
  const auto bytes = bytes_of_hex("0102");
  std::uint32_t fixed = 0;
  EXPECT_FALSE((Attributes{MessageView{0, 0, 0, bytes}, fixed}.ok()));
}

TEST(NetlinkAttributes, PassOverNumbersThatNobodyReads) {
  const auto bytes = bytes_of_hex("05000100080000000500410007000000");
  Attributes attributes{bytes};
  std::uint8_t first = 0;
  attributes.read(1, first);
  EXPECT_EQ(first, 8);
  EXPECT_TRUE(attributes.ok());
}

}  // namespace
}  // namespace hawser::nl

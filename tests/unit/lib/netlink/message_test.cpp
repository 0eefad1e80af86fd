#include <cerrno>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "captures.h"
#include "lib/netlink/attributes.h"

namespace hawser::nl {
namespace {

TEST(NetlinkMessage, WritesLengthsPaddingAndNests) {
  Message message{RTM_NEWLINK, NLM_F_ACK};
  message.header(std::uint32_t{0x11223344});
  message.text(3, "eth0");
  message.nest(18, [&] { message.number(1, std::uint8_t{7}); });
  EXPECT_EQ(message, bytes_of_hex("2c000000"  // 44 bytes
                                  "1000"      // RTM_NEWLINK
                                  "0500"      // NLM_F_REQUEST | NLM_F_ACK
                                  "0000000000000000"
                                  "44332211"
                                  "09000300"
                                  "6574683000000000"  // eth0, NUL, padding
                                  "0c001280"          // nested: its length counts the padding inside
                                  "0500010007000000"));
}

TEST(NetlinkMessage, GrowsWithWhatIsPutIntoIt) {
  Message message{RTM_NEWLINK, 0};
  const Bytes many(1000, 7);
  message.nest(18, [&] {
    for (int i = 0; i < 20; ++i) message.bytes(1, many);
  });
  const auto bytes = message.bytes();
  ASSERT_EQ(bytes.size(), 16U + 4 + 20 * 1004);
  EXPECT_EQ(bytes[16] | bytes[17] << 8, 4 + 20 * 1004) << "the nest's own length";
  EXPECT_EQ(bytes.back(), 7);
}

TEST(NetlinkMessage, SplitsADatagramIntoMessages) {
  auto two = capture("taken");
  const auto second = capture("dump_done");
  two.insert(two.end(), second.begin(), second.end());
  ByteView rest{two};
  EXPECT_EQ(next_message(rest).value_or(MessageView{}).type, NLMSG_ERROR);
  EXPECT_EQ(next_message(rest).value_or(MessageView{}).type, NLMSG_DONE);
  EXPECT_TRUE(rest.empty());
}

TEST(NetlinkMessage, RefusesALengthBelowTheHeaders) {
  const auto bytes = bytes_of_hex("0f000000100000000000000000000000");
  ByteView rest{bytes};
  EXPECT_FALSE(next_message(rest));
}

TEST(NetlinkMessage, RefusesAnAttributeLongerThanItsMessage) {
  const auto bytes = bytes_of_hex("0900010001020304");
  EXPECT_FALSE(for_each_attr(bytes, [](const Attr&) {}));
}

TEST(NetlinkMessage, RefusesAnAttributeShorterThanItsHeader) {
  const auto bytes = bytes_of_hex("0300010001020304");
  EXPECT_FALSE(for_each_attr(bytes, [](const Attr&) {}));
}

TEST(NetlinkMessage, RefusesANumberOfAnotherWidth) {
  const auto bytes = bytes_of_hex("06000100010200000800020001020304");
  std::uint32_t second = 0;
  EXPECT_FALSE(for_each_attr(bytes, [&](const Attr& attr) {
    const auto number = attr.number<std::uint32_t>();
    if (attr.type() == 2) second = number;
  }));
  EXPECT_EQ(second, 0x04030201U);
}

TEST(NetlinkMessage, RefusesWhatIsWrongInsideANest) {
  const auto bytes = bytes_of_hex("0c0001800600020001020000");
  EXPECT_FALSE(for_each_attr(bytes, [](const Attr& nest) {
    nest.each([](const Attr& attr) { EXPECT_EQ(attr.number<std::uint8_t>(), 1); });
  }));
}

TEST(NetlinkMessage, TakesTextWithAndWithoutTheClosingNul) {
  const auto bytes = bytes_of_hex(
      "0700010061620000"
      "0600010061620000");
  int seen = 0;
  EXPECT_TRUE(for_each_attr(bytes, [&](const Attr& attr) {
    EXPECT_EQ(attr.text(), "ab");
    ++seen;
  }));
  EXPECT_EQ(seen, 2);
}

TEST(NetlinkAnswer, ZeroIsSuccess) {
  const auto bytes = capture("taken");
  EXPECT_TRUE(decode_answer(view_of(bytes)));
}

TEST(NetlinkAnswer, TheEndOfADumpIsSuccess) {
  const auto bytes = capture("dump_done");
  EXPECT_TRUE(decode_answer(view_of(bytes)));
}

TEST(NetlinkAnswer, KeepsTheKernelsWords) {
  const auto bytes = capture("refused_with_words");
  const auto answer = decode_answer(view_of(bytes));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), (Error{"unable to set option because the bond device has slaves", ENOTEMPTY}));
}

TEST(NetlinkAnswer, IsABareNumberWhereTheKernelHasNoWords) {
  const auto bytes = capture("refused_without_words");
  const auto answer = decode_answer(view_of(bytes));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), (Error{"", EPERM}));
}

TEST(NetlinkAnswer, FindsTheWordsBehindAnEchoedRequest) {
  // An older kernel, or one without NETLINK_CAP_ACK, repeats the whole refused request (20 bytes) first.
  const auto bytes = bytes_of_hex(
      "38000000020000020100000000000000"  // NLM_F_ACK_TLVS
      "efffffff"                          // -EEXIST
      "14000000100005000100000000000000"
      "aabbccdd"
      "0c0001006e6f207761790000"  // NLMSGERR_ATTR_MSG "no way"
  );
  ASSERT_EQ(bytes.size(), 0x34U + 0U);
  auto fixed = bytes;
  fixed[0] = static_cast<std::uint8_t>(bytes.size());
  const auto answer = decode_answer(view_of(fixed));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), (Error{"no way", EEXIST}));
}

// Found by fuzzing: the smallest number has no negation.
TEST(NetlinkAnswer, RefusesANumberThatIsNoErrno) {
  for (const auto* number : {"00000080", "01000000", "00f0ffff"}) {
    const auto bytes = bytes_of_hex(std::string("24000000020000010000000000000000") + number +
                                    "14000000100005000100000000000000");
    const auto answer = decode_answer(view_of(bytes));
    ASSERT_FALSE(answer) << number;
    EXPECT_EQ(answer.error().code, 0) << number;
  }
}

TEST(NetlinkAnswer, RefusesEveryTruncation) {
  const auto whole = capture("refused_with_words");
  for (std::size_t size = 16; size < 20; ++size) {
    Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    cut[0] = static_cast<std::uint8_t>(size);
    EXPECT_FALSE(decode_answer(view_of(cut))) << "cut at " << size;
  }
}

}  // namespace
}  // namespace hawser::nl

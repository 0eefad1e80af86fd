#include "lib/base/bytes.h"

#include <gtest/gtest.h>

namespace hawser {
namespace {

TEST(Reader, ReadsFieldsInNetworkOrder) {
  const Bytes bytes{1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 1, 0};
  Reader reader(bytes);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_EQ(reader.u64(), 256U);
  EXPECT_TRUE(reader.finished());
}

TEST(Reader, RemembersThatItRanPastTheEnd) {
  const Bytes bytes{1, 2, 3};
  Reader reader(bytes);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.finished());
}

TEST(Writer, WritesWhatTheReaderReads) {
  Writer writer;
  writer.u8(9);
  writer.u16(0xABCD);
  writer.u32(0x01020304);
  writer.u64(7);
  writer.native<std::uint16_t>(513);
  writer.set_u16(1, 0x1234);
  Reader reader(writer.bytes());
  EXPECT_EQ(reader.u8(), 9);
  EXPECT_EQ(reader.u16(), 0x1234);
  EXPECT_EQ(reader.u32(), 0x01020304U);
  EXPECT_EQ(reader.u64(), 7U);
  EXPECT_EQ(reader.native<std::uint16_t>(), 513);
  EXPECT_TRUE(reader.finished());
}

// The example of RFC 1071, section 3: the sum of these words is ddf2.
TEST(Checksum, AddsTheWordsOfRfc1071) {
  const Bytes bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(checksum_add(bytes), 0xddf2U);
  EXPECT_EQ(checksum_finish(checksum_add(bytes)), 0x220d);
}

TEST(Checksum, PadsAnOddByteWithZero) {
  EXPECT_EQ(checksum_add(Bytes{0x12}), 0x1200U);
  EXPECT_EQ(checksum_add(Bytes{0x12, 0x34, 0x56}), checksum_add(Bytes{0x12, 0x34, 0x56, 0x00}));
}

}  // namespace
}  // namespace hawser

#include "vipd/vrrp/sha256.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace hawser::vipd {
namespace {

using testing::ElementsAreArray;

// No two bytes that lie near each other are alike.
Bytes some_bytes(std::size_t count, unsigned seed = 1) {
  Bytes bytes;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1103515245U + 12345U;
    bytes.push_back(static_cast<std::uint8_t>(seed >> 16U));
  }
  return bytes;
}

Sha256Digest openssl_sha256(const Bytes& bytes) {
  Sha256Digest digest{};
  unsigned size = 0;
  EXPECT_EQ(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr), 1);
  EXPECT_EQ(size, digest.size());
  return digest;
}

Sha256Digest openssl_hmac(const Bytes& key, const Bytes& bytes) {
  Sha256Digest digest{};
  unsigned size = 0;
  EXPECT_NE(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(),
                 digest.data(), &size),
            nullptr);
  return digest;
}

// FIPS 180-4's own example.
TEST(Sha256, OfAbc) {
  const Bytes abc{'a', 'b', 'c'};
  EXPECT_THAT(sha256({abc}),
              ElementsAreArray({0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad}));
}

TEST(Sha256, IsOpensslsAtEveryLength) {
  for (std::size_t length = 0; length < 300; ++length) {
    const auto bytes = some_bytes(length);
    EXPECT_EQ(sha256({bytes}), openssl_sha256(bytes)) << length;
  }
}

TEST(Sha256, PartsAreOneMessage) {
  const auto bytes = some_bytes(200);
  for (std::size_t at = 0; at <= bytes.size(); at += 7)
    EXPECT_EQ(sha256({ByteView(bytes).first(at), {}, ByteView(bytes).subspan(at)}), openssl_sha256(bytes))
        << at;
}

TEST(HmacSha256, IsOpensslsWithEveryKey) {
  const auto message = some_bytes(77, 5);
  for (std::size_t length = 1; length < 140; ++length) {
    const auto key = some_bytes(length, 9);
    EXPECT_EQ(hmac_sha256(key, {message}), openssl_hmac(key, message)) << length;
  }
}

TEST(Codes, AreTheSameInEveryByteOrNotAtAll) {
  const auto code = some_bytes(16);
  EXPECT_TRUE(is_same_code(code, code));
  for (std::size_t bit = 0; bit < 128; ++bit) {
    auto other = code;
    other.at(bit / 8) ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(is_same_code(code, other)) << bit;
  }
  EXPECT_FALSE(is_same_code(code, ByteView(code).first(15)));
}

}  // namespace
}  // namespace hawser::vipd

// SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104). Our own sixty lines, because the process that advertises
// is not to map OpenSSL for them (doc/architecture.md); a test holds them against OpenSSL's.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "lib/base/bytes.h"

namespace hawser::vipd {

using Sha256Digest = std::array<std::uint8_t, 32>;

// Over all parts, one behind the other.
Sha256Digest sha256(std::initializer_list<ByteView> parts);
Sha256Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);

// In a time that says nothing of where they differ.
bool is_same_code(ByteView one, ByteView other);

}  // namespace hawser::vipd

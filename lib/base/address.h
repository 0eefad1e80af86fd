// IP addresses, prefixes and MAC addresses as values. Text forms are those of iproute2; IPv6 is printed as
// RFC 5952 says.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace hawser {

enum class Family : std::uint8_t { kIpv4, kIpv6 };

// An IPv4 or IPv6 address, bytes in network order. An IPv4 address uses the first four bytes, the rest is
// zero.
class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  static IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);
  static IpAddress v4(std::uint32_t host_order);
  // Takes 4 or 16 bytes; any other length is refused.
  static Result<IpAddress> from_bytes(std::span<const std::uint8_t> bytes);
  // "192.0.2.1" or "2001:db8::1"; no brackets, no zone, no prefix.
  static Result<IpAddress> parse(std::string_view text);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] bool is_v4() const { return family_ == Family::kIpv4; }
  [[nodiscard]] bool is_v6() const { return family_ == Family::kIpv6; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_.data(), is_v4() ? 4U : 16U}; }
  [[nodiscard]] std::uint32_t v4_host_order() const;  // only for IPv4
  [[nodiscard]] unsigned bits() const { return is_v4() ? 32 : 128; }
  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_multicast() const;
  [[nodiscard]] bool is_link_local() const;  // 169.254/16, fe80::/10
  [[nodiscard]] bool is_loopback() const;

  // IPv4 before IPv6, then as unsigned numbers in network order (RFC 9568 6.4.3 compares addresses so).
  auto operator<=>(const IpAddress&) const = default;

 private:
  Family family_ = Family::kIpv4;
  std::array<std::uint8_t, 16> bytes_{};
};

// An address with a prefix length, host bits kept: "192.0.2.11/24" as an interface carries it.
struct Prefix {
  IpAddress address;
  std::uint8_t length = 0;

  // "192.0.2.11/24"; without a slash the full length of the family.
  static Result<Prefix> parse(std::string_view text);
  [[nodiscard]] Prefix network() const;  // host bits cleared
  [[nodiscard]] bool contains(const IpAddress& other) const;
  auto operator<=>(const Prefix&) const = default;
};

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  static Result<MacAddress> parse(std::string_view text);
  [[nodiscard]] bool is_zero() const;
  auto operator<=>(const MacAddress&) const = default;
};

// Address and port of a transport endpoint; "192.0.2.1:80", "[2001:db8::1]:80".
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  static Result<Endpoint> parse(std::string_view text);
  auto operator<=>(const Endpoint&) const = default;
};

std::string to_string(const IpAddress& address);
std::string to_string(const Prefix& prefix);
std::string to_string(const MacAddress& mac);
std::string to_string(const Endpoint& endpoint);
std::string_view to_string(Family family);  // "ipv4", "ipv6"

}  // namespace hawser

template <class T>
  requires std::same_as<T, hawser::IpAddress> || std::same_as<T, hawser::Prefix> ||
           std::same_as<T, hawser::MacAddress> || std::same_as<T, hawser::Endpoint>
struct fmt::formatter<T> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    return fmt::formatter<std::string>::format(hawser::to_string(value), context);
  }
};

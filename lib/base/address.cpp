#include "lib/base/address.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

namespace hawser {

namespace {

// A decimal number that is the whole text and not above `limit`; leading zeros refused (inet_aton reads them
// as octal).
Result<unsigned> decimal(std::string_view text, unsigned limit) {
  unsigned value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (problem != std::errc{} || stop != end || value > limit || leading_zero)
    return fail("not a number up to {}", limit);
  return value;
}

}  // namespace

IpAddress IpAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  IpAddress result;
  result.bytes_ = {a, b, c, d};
  return result;
}

IpAddress IpAddress::v4(std::uint32_t host_order) {
  return v4(static_cast<std::uint8_t>(host_order >> 24U), static_cast<std::uint8_t>(host_order >> 16U),
            static_cast<std::uint8_t>(host_order >> 8U), static_cast<std::uint8_t>(host_order));
}

Result<IpAddress> IpAddress::from_bytes(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return fail("an address of {} bytes", bytes.size());
  IpAddress result;
  result.family_ = bytes.size() == 4 ? Family::kIpv4 : Family::kIpv6;
  std::copy(bytes.begin(), bytes.end(), result.bytes_.begin());
  return result;
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  namespace ip = boost::asio::ip;
  boost::system::error_code problem;
  // make_address() tries one after the other, which tens of thousands of rules feel.
  const bool is_six = text.find(':') != std::string_view::npos;
  const auto four = is_six ? ip::address_v4() : ip::make_address_v4(text, problem);
  const auto six = is_six ? ip::make_address_v6(text, problem) : ip::address_v6();
  if (problem || text.find('%') != std::string_view::npos) return fail("\"{}\" is not an IP address", text);
  return is_six ? from_bytes(six.to_bytes()) : from_bytes(four.to_bytes());
}

std::uint32_t IpAddress::v4_host_order() const {
  return (std::uint32_t{bytes_[0]} << 24U) | (std::uint32_t{bytes_[1]} << 16U) |
         (std::uint32_t{bytes_[2]} << 8U) | bytes_[3];
}

bool IpAddress::is_unspecified() const {
  return std::ranges::all_of(bytes_, [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_multicast() const {
  return is_v4() ? (bytes_[0] & 0xF0U) == 0xE0U : bytes_[0] == 0xFF;
}

bool IpAddress::is_link_local() const {
  if (is_v4()) return bytes_[0] == 169 && bytes_[1] == 254;
  return bytes_[0] == 0xFE && (bytes_[1] & 0xC0U) == 0x80U;
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[0] == 127;
  return bytes_[15] == 1 &&
         std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

Result<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return tl::unexpected(address.error());
  if (slash == std::string_view::npos) return Prefix{*address, static_cast<std::uint8_t>(address->bits())};
  const auto length = decimal(text.substr(slash + 1), address->bits());
  if (!length) return fail("\"{}\" has no prefix length from 0 to {}", text, address->bits());
  return Prefix{*address, static_cast<std::uint8_t>(*length)};
}

Prefix Prefix::network() const {
  std::array<std::uint8_t, 16> masked{};
  const auto source = address.bytes();
  for (std::size_t i = 0; i < source.size(); ++i) {
    const int kept = std::clamp(static_cast<int>(length) - static_cast<int>(8 * i), 0, 8);
    masked.at(i) = static_cast<std::uint8_t>(source[i] & (0xFFU << static_cast<unsigned>(8 - kept)));
  }
  return {*IpAddress::from_bytes(std::span(masked).first(source.size())), length};
}

bool Prefix::contains(const IpAddress& other) const {
  return other.family() == address.family() && Prefix{other, length}.network() == network();
}

Result<MacAddress> MacAddress::parse(std::string_view text) {
  MacAddress mac;
  bool good = text.size() == 17;
  for (std::size_t i = 0; good && i < 6; ++i) {
    const auto* begin = text.data() + 3 * i;
    const auto [stop, problem] = std::from_chars(begin, begin + 2, mac.bytes.at(i), 16);
    good = problem == std::errc{} && stop == begin + 2 && (i == 5 || *stop == ':');
  }
  if (!good) return fail("\"{}\" is not a MAC address such as 52:54:00:12:34:56", text);
  return mac;
}

bool MacAddress::is_zero() const {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail("\"{}\" has no port: write ADDRESS:PORT", text);
  auto host = text.substr(0, colon);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  if (!address) return tl::unexpected(address.error());
  if (address->is_v6() != brackets)
    return fail("\"{}\": write IPv6 as [ADDRESS]:PORT, IPv4 as ADDRESS:PORT", text);
  const auto port = decimal(text.substr(colon + 1), 65535);
  if (!port) return fail("\"{}\" has no port from 0 to 65535", text);
  return Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

std::string to_string(const IpAddress& address) {
  const auto bytes = address.bytes();
  if (address.is_v4()) return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
  boost::asio::ip::address_v6::bytes_type raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return boost::asio::ip::address_v6(raw).to_string();
}

std::string to_string(const Prefix& prefix) {
  return fmt::format("{}/{}", to_string(prefix.address), prefix.length);
}

std::string to_string(const MacAddress& mac) {
  return fmt::format("{:02x}", fmt::join(mac.bytes, ":"));
}

std::string to_string(const Endpoint& endpoint) {
  if (endpoint.address.is_v4()) return fmt::format("{}:{}", to_string(endpoint.address), endpoint.port);
  return fmt::format("[{}]:{}", to_string(endpoint.address), endpoint.port);
}

std::string_view to_string(Family family) {
  return family == Family::kIpv4 ? "ipv4" : "ipv6";
}

}  // namespace hawser

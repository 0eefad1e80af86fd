#include "lib/config/sections/addresses.h"

#include <algorithm>

#include "lib/config/sections/devices.h"

namespace hawser::config {

std::string_view family_name(Family family) {
  return family == Family::kIpv4 ? "IPv4" : "IPv6";
}

namespace {

// 192.0.2.1 of ::ffff:192.0.2.1 (RFC 4291 2.5.5.2); nullopt: not of that form.
std::optional<IpAddress> mapped_v4(const IpAddress& address) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  const auto bytes = address.bytes();
  if (address.is_v4() || !std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) return std::nullopt;
  return *IpAddress::from_bytes(bytes.last(4));
}

}  // namespace

std::string host_fault(const IpAddress& address) {
  constexpr std::uint32_t kBroadcast = 0xFFFFFFFF;
  const auto is_broadcast = address.is_v4() && address.v4_host_order() == kBroadcast;
  if (address.is_unspecified() || address.is_multicast() || is_broadcast)
    return fmt::format("{} is not an address that a host can have", address);
  if (const auto inside = mapped_v4(address))
    return fmt::format("{} is an IPv4 address in IPv6 form: write {}", address, *inside);
  return {};
}

std::string reachable_fault(const IpAddress& address) {
  if (address.is_loopback()) return fmt::format("{} is a loopback address: no other host has it", address);
  return host_fault(address);
}

namespace {

// Of these lengths every address is a host's: RFC 3021.
constexpr int kLongestWithBroadcast = 30;

bool has_broadcast(const Prefix& prefix) {
  return prefix.address.is_v4() && prefix.length > 0 && prefix.length <= kLongestWithBroadcast;
}

IpAddress broadcast_of(const Prefix& prefix) {
  return IpAddress::v4(prefix.address.v4_host_order() | (0xFFFFFFFFU >> prefix.length));
}

}  // namespace

std::string prefix_fault(const Prefix& prefix) {
  if (prefix.length == 0) return fmt::format("{}: a network of length 0 would be the whole world", prefix);
  if (!has_broadcast(prefix)) return {};
  const auto network = prefix.network();
  if (prefix == network)
    return fmt::format("{} is the network itself: write an address in it, such as {}/{}", prefix,
                       IpAddress::v4(prefix.address.v4_host_order() + 1), prefix.length);
  if (prefix.address == broadcast_of(prefix))
    return fmt::format("{} is the broadcast address of {}", prefix.address, network);
  return {};
}

Networks::Networks(const File& file) {
  // On lo a network is a range of own addresses, the first and the last as well.
  each_interface(file, [&](const std::string& name, const auto& section) {
    if (own_device(name, section) == "lo") return;
    for (const auto& prefix : section.spec.addresses) add(prefix);
  });
  for (const auto& [name, vip] : file.vips)
    for (const auto& address : vip.spec.addresses) add(address.prefix);
}

void Networks::add(const Prefix& prefix) {
  if (!has_broadcast(prefix)) return;
  const auto network = prefix.network();
  taken_.emplace(network.address, network);
  taken_.emplace(broadcast_of(prefix), network);
}

std::string Networks::fault(const IpAddress& address) const {
  const auto found = taken_.find(address);
  if (found == taken_.end()) return {};
  const bool is_network = found->second.address == address;
  return fmt::format("{} is the {} address of {}", address, is_network ? "network" : "broadcast",
                     found->second);
}

}  // namespace hawser::config

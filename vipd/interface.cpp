#include "vipd/interface.h"

#include <set>

namespace hawser::vipd {

namespace {

constexpr auto kOurNumber = static_cast<std::uint8_t>(Owner::kVipd);

bool belongs_to(const config::Vip& vip, const IpAddress& address) {
  return std::ranges::any_of(vip.addresses,
                             [&](const auto& candidate) { return candidate.prefix.address == address; });
}

tl::expected<IpAddress, std::string> configured_source(const Link& link, const config::Vip& vip) {
  for (const auto& [prefix, address] : link.addresses)
    if (prefix.address == *vip.source) return *vip.source;
  return tl::unexpected(fmt::format("{}: does not have the source address {}", vip.interface, *vip.source));
}

}  // namespace

tl::expected<IpAddress, std::string> source_on(const Observed& observed, const config::Vip& vip) {
  const auto& name = vip.interface;
  const auto link = observed.state.links.find(name);
  const auto status = observed.links.find(name);
  if (link == observed.state.links.end() || status == observed.links.end())
    return tl::unexpected(fmt::format(
        "{}: interface missing: waiting for it; create it or name another in [vip.{}]", name, vip.name));
  if (!link->second.up)
    return tl::unexpected(fmt::format("{}: interface down: set it up (ip link set {} up)", name, name));
  if (!status->second.carrier) return tl::unexpected(fmt::format("{}: no carrier", name));
  if (vip.source) return configured_source(link->second, vip);
  for (const auto& [prefix, address] : link->second.addresses)
    if (prefix.address.is_v4() && address.protocol != kOurNumber && !belongs_to(vip, prefix.address))
      return prefix.address;
  // The owner of an address has no other: the floating address is the interface's own.
  for (const auto& [prefix, address] : link->second.addresses)
    if (prefix.address.is_v4() && address.protocol != kOurNumber) return prefix.address;
  return tl::unexpected(fmt::format("{}: no IPv4 address to advertise from: give it one", name));
}

std::map<AddressKey, Holding> present_addresses(const Observed& observed, const config::Vip& vip) {
  std::map<AddressKey, Holding> present;
  for (const auto& wanted : vip.addresses) {
    const auto link = observed.state.links.find(wanted.interface);
    if (link == observed.state.links.end()) continue;
    const auto found = link->second.addresses.find(wanted.prefix);
    if (found == link->second.addresses.end()) continue;
    present.emplace(AddressKey{wanted.interface, wanted.prefix},
                    found->second.protocol == kOurNumber ? Holding::kOurs : Holding::kForeign);
  }
  return present;
}

std::vector<AddressKey> orphans(const Observed& observed, const std::vector<config::Vip>& named) {
  std::set<AddressKey> wanted;
  for (const auto& vip : named)
    for (const auto& address : vip.addresses) wanted.emplace(address.interface, address.prefix);
  std::vector<AddressKey> found;
  for (const auto& [name, link] : observed.state.links)
    for (const auto& [prefix, address] : link.addresses)
      if (address.protocol == kOurNumber && !wanted.contains({name, prefix}))
        found.emplace_back(name, prefix);
  return found;
}

}  // namespace hawser::vipd

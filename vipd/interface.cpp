#include "vipd/interface.h"

#include <algorithm>
#include <array>
#include <functional>
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

std::vector<Prefix> candidates_on(const Link& link) {
  std::vector<Prefix> found;
  for (const auto& [prefix, address] : link.addresses)
    if (prefix.address.is_v4() && address.protocol != kOurNumber) found.push_back(prefix);
  return found;
}

// What counts first stands first.
auto fitness(const Prefix& candidate, const config::Vip& vip, const IpAddress& present) {
  const auto& address = candidate.address;
  // The owner of an address may have no other: the floating address is the interface's own.
  return std::array{!belongs_to(vip, address), std::ranges::find(vip.own, address) != vip.own.end(),
                    address == present, candidate.length < 32};
}

}  // namespace

bool hears(const Observed& observed, const std::string& interface) {
  const auto link = observed.state.links.find(interface);
  return link != observed.state.links.end() &&
         std::ranges::any_of(link->second.addresses,
                             [](const auto& entry) { return entry.first.address.is_v4(); });
}

tl::expected<IpAddress, std::string> source_on(const Observed& observed, const config::Vip& vip,
                                               const IpAddress& present) {
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
  auto candidates = candidates_on(link->second);
  std::ranges::stable_sort(candidates, std::ranges::greater{},
                           [&](const Prefix& candidate) { return fitness(candidate, vip, present); });
  if (!candidates.empty()) return candidates.front().address;
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

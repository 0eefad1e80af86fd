#include "vipd/interface.h"

#include <algorithm>
#include <array>
#include <functional>

namespace hawser::vipd {

namespace {

bool belongs_to(const config::Vip& vip, const IpAddress& address) {
  return std::ranges::any_of(vip.addresses,
                             [&](const auto& candidate) { return candidate.prefix.address == address; });
}

tl::expected<IpAddress, std::string> configured_source(const Picture::Link& link, const config::Vip& vip) {
  for (const auto& [prefix, seen] : link.addresses)
    if (prefix.address == *vip.source) return *vip.source;
  return tl::unexpected(fmt::format("{}: does not have the source address {}", vip.interface, *vip.source));
}

std::vector<Prefix> candidates_on(const Picture::Link& link) {
  std::vector<Prefix> found;
  for (const auto& [prefix, seen] : link.addresses)
    if (prefix.address.is_v4() && !is_ours(seen)) found.push_back(prefix);
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

bool hears(const Picture& picture, const std::string& interface) {
  const auto* link = picture.find(interface);
  return link != nullptr &&
         std::ranges::any_of(link->addresses, [](const auto& entry) { return entry.first.address.is_v4(); });
}

tl::expected<IpAddress, std::string> source_on(const Picture& picture, const config::Vip& vip,
                                               const IpAddress& present) {
  const auto& name = vip.interface;
  const auto* link = picture.find(name);
  if (link == nullptr)
    return tl::unexpected(fmt::format(
        "{}: interface missing: waiting for it; create it or name another in [vip.{}]", name, vip.name));
  if (!link->seen.up)
    return tl::unexpected(fmt::format("{}: interface down: set it up (ip link set {} up)", name, name));
  if (!link->seen.carrier) return tl::unexpected(fmt::format("{}: no carrier", name));
  if (vip.source) return configured_source(*link, vip);
  auto candidates = candidates_on(*link);
  std::ranges::stable_sort(candidates, std::ranges::greater{},
                           [&](const Prefix& candidate) { return fitness(candidate, vip, present); });
  if (!candidates.empty()) return candidates.front().address;
  return tl::unexpected(fmt::format("{}: no IPv4 address to advertise from: give it one", name));
}

std::vector<Stray> strays(const Picture& picture, const std::function<bool(const AddressKey&)>& named) {
  std::vector<Stray> found;
  for (const auto& [index, link] : picture.links())
    for (const auto& [prefix, seen] : link.addresses)
      if (is_ours(seen) && !named({link.seen.name, prefix})) found.push_back({index, link.seen.name, prefix});
  return found;
}

namespace {

// An owner's own interface has the address as its own: that is what makes it the owner. And an IPv6 address
// is one on its interface, whatever its prefix: the vip then uses it.
bool as_it_should_be(const config::Vip& vip, const config::VipAddress& wanted, const AddressKey& there) {
  constexpr Priority kOwner{255};
  return there.first == wanted.interface &&
         (there.second == wanted.prefix || there.second.address.is_v6() || vip.priority == kOwner);
}

}  // namespace

PutByOthers put_by_others(const Picture& picture, const std::vector<const config::Vip*>& vips) {
  PutByOthers foreign;  // few, where ours may be thousands
  for (const auto& [index, link] : picture.links())
    for (const auto& [prefix, seen] : link.addresses)
      if (!is_ours(seen) && seen.detection != Detection::kFailed)
        foreign[prefix.address].emplace_back(link.seen.name, prefix);
  PutByOthers found;
  for (const auto* vip : vips)
    for (const auto& wanted : vip->addresses) {
      const auto there = foreign.find(wanted.prefix.address);
      if (there == foreign.end()) continue;
      for (const auto& address : there->second)
        if (!as_it_should_be(*vip, wanted, address)) found[address.second.address].push_back(address);
    }
  return found;
}

}  // namespace hawser::vipd

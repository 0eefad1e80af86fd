#include "vipd/addresses/virtual_link.h"

#include <set>
#include <string_view>

#include "vipd/addresses/store.h"

namespace hawser::vipd {

namespace {

constexpr std::size_t kLongestName = 15;  // IFNAMSIZ, without the closing NUL

// FNV-1a: the same on every start and of every version.
std::uint32_t number_for(const std::string& name) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char letter : name) hash = (hash ^ static_cast<std::uint8_t>(letter)) * 0x01000193;
  return hash;
}

}  // namespace

MacAddress virtual_mac(Family family, Vrid id) {
  return MacAddress{{0, 0, 0x5e, 0, static_cast<std::uint8_t>(family == Family::kIpv4 ? 1 : 2), id.value}};
}

std::string device_name(const std::string& start, const std::string& interface) {
  if (start.size() + interface.size() <= kLongestName) return start + interface;
  return (start + fmt::format("{:08x}", number_for(interface))).substr(0, kLongestName);
}

std::string virtual_link_name(const std::string& interface, Family family, Vrid id) {
  return device_name(fmt::format("v{}-{}-", family == Family::kIpv4 ? 4 : 6, id.value), interface);
}

std::optional<VirtualLink> virtual_link_of(const config::Vip& vip) {
  if (!vip.manner->virtual_mac) return std::nullopt;
  const auto family = family_of(vip);
  return VirtualLink{virtual_link_name(vip.interface, family, vip.virtual_router_id), vip.interface,
                     virtual_mac(family, vip.virtual_router_id), families_of(vip).contains(Family::kIpv6),
                     families_of(vip).contains(Family::kIpv4)};
}

config::Vip on_its_virtual_link(config::Vip vip) {
  const auto link = virtual_link_of(vip);
  for (auto& address : vip.addresses)
    if (link && address.interface == vip.interface) address.interface = link->name;
  return vip;
}

std::string asked_on(const config::Vip& vip, const config::VipAddress& held) {
  const auto link = virtual_link_of(vip);
  const bool mute = link && held.interface == link->name && held.prefix.address.family() == Family::kIpv6;
  return mute ? vip.interface : carrier_of(vip, held.interface);
}

// arp_filter counts where either is on; of arp_ignore the greater: 2 answers only within the subnet of the
// address, and a floating one has none, 3 for the addresses of other interfaces too, and more for none.
std::string why_not_answered(int arp_filter, int arp_ignore) {
  if (arp_filter > 0)
    return "net.ipv4.conf.all.arp_filter is on: with it no device answers for a virtual MAC: set it to 0";
  if (arp_ignore > 1)
    return fmt::format(
        "net.ipv4.conf.all.arp_ignore is {}: with it no device answers for a virtual MAC alone: set it to 0 "
        "or 1",
        arp_ignore);
  return {};
}

VirtualLinkPlan plan_virtual_links(const std::vector<VirtualLink>& wanted,
                                   const std::vector<SeenVirtualLink>& there,
                                   const std::map<std::string, IfIndex>& parents) {
  const auto parent_of = [&](const VirtualLink& link) {
    const auto found = parents.find(link.parent);
    return found == parents.end() ? std::optional<IfIndex>() : found->second;
  };
  std::map<std::string_view, const VirtualLink*> wishes;
  for (const auto& wish : wanted) wishes.emplace(wish.name, &wish);
  VirtualLinkPlan plan;
  std::set<std::string_view> stays;
  for (const auto& seen : there) {
    const auto found = wishes.find(seen.name);
    const auto* wish = found == wishes.end() ? nullptr : found->second;
    const bool right =
        wish != nullptr && parent_of(*wish) == seen.parent && wish->mac == seen.mac && seen.bridge;
    if (wish != nullptr ? !right : !seen.holds) {
      plan.remove.push_back(seen);
      continue;
    }
    stays.insert(seen.name);
    if (seen.up && !seen.holds) plan.lower.push_back(seen);
  }
  for (const auto& wish : wanted)
    if (parent_of(wish) && !stays.contains(wish.name)) plan.make.push_back(wish);
  return plan;
}

}  // namespace hawser::vipd

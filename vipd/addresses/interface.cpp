#include "vipd/addresses/interface.h"

#include <algorithm>
#include <array>
#include <functional>

#include "vipd/addresses/store.h"
#include "vipd/addresses/virtual_link.h"

namespace hawser::vipd {

namespace {

bool belongs_to(const config::Vip& vip, const IpAddress& address) {
  return std::ranges::any_of(vip.addresses,
                             [&](const auto& candidate) { return candidate.prefix.address == address; });
}

using Address = std::pair<Prefix, SeenAddress>;

// An IPv6 address is no source before duplicate address detection has passed; empty: it is one.
std::string why_no_source(const std::string& interface, const Address& address) {
  const auto& [prefix, seen] = address;
  if (seen.detection == Detection::kGoingOn)
    return fmt::format("{}: {} is tentative: waiting for duplicate address detection", interface,
                       prefix.address);
  if (seen.detection == Detection::kFailed)
    return fmt::format("{}: {} is another host's too (duplicate): give this host another", interface,
                       prefix.address);
  return {};
}

tl::expected<IpAddress, std::string> usable(const std::string& interface, const Address& address) {
  if (auto why = why_no_source(interface, address); !why.empty()) return tl::unexpected(std::move(why));
  return address.first.address;
}

std::string lacks_configured(const config::Vip& vip) {
  return fmt::format("{}: does not have the source address {}", vip.interface, *vip.manner->source);
}

tl::expected<IpAddress, std::string> configured_source(const Picture::Link& link, const config::Vip& vip) {
  for (const auto& address : link.addresses)
    if (address.first.address == *vip.manner->source) return usable(vip.interface, address);
  return tl::unexpected(lacks_configured(vip));
}

// RFC 9568 5.1.2.1: multicast of IPv6 comes from a link-local address; unicast from one that reaches the
// peers.
bool wants_link_local(const config::Vip& vip) {
  if (family_of(vip) == Family::kIpv4) return false;
  return vip.manner->transport == config::VrrpTransport::kMulticast ||
         std::ranges::any_of(vip.manner->peers, &IpAddress::is_link_local);
}

bool may_be_source(const config::Vip& vip, const IpAddress& address) {
  if (address.family() != family_of(vip)) return false;
  return address.is_v4() || address.is_link_local() == wants_link_local(vip);
}

std::vector<Address> candidates_on(const Picture::Link& link, const config::Vip& vip) {
  std::vector<Address> found;
  for (const auto& [prefix, seen] : link.addresses)
    if (may_be_source(vip, prefix.address) && !is_ours(seen)) found.emplace_back(prefix, seen);
  return found;
}

std::string no_candidate(const config::Vip& vip) {
  if (family_of(vip) == Family::kIpv4)
    return fmt::format("{}: no IPv4 address to advertise from: give it one", vip.interface);
  return fmt::format(
      "{0}: no {1}IPv6 address to advertise from: give it one, or switch IPv6 on there (sysctl "
      "net.ipv6.conf.{0}.disable_ipv6=0)",
      vip.interface, wants_link_local(vip) ? "link-local " : "");
}

// What counts first stands first.
auto fitness(const Address& candidate, const config::Vip& vip, const IpAddress& present) {
  const auto& [prefix, seen] = candidate;
  const auto& address = prefix.address;
  // The owner of an address may have no other: the floating address is the interface's own.
  return std::array{seen.detection == Detection::kPassed,
                    !belongs_to(vip, address),
                    std::ranges::find(vip.manner->own, address) != vip.manner->own.end(),
                    !seen.fleeting,
                    address == present,
                    prefix.length < address.bits()};
}

}  // namespace

std::string why_no_source(const config::Vip& vip, const std::vector<IpAddress>& there) {
  if (vip.manner->source)
    return std::ranges::find(there, *vip.manner->source) != there.end() ? "" : lacks_configured(vip);
  const auto may = [&](const IpAddress& address) { return may_be_source(vip, address); };
  return std::ranges::any_of(there, may) ? "" : no_candidate(vip);
}

bool hears(const Picture& picture, const std::string& interface, Family family) {
  const auto* link = picture.find(interface);
  return link != nullptr && std::ranges::any_of(link->addresses, [&](const auto& entry) {
           return entry.first.address.family() == family;
         });
}

std::string why_useless(const Picture& picture, const Picture::Link& link) {
  const auto& seen = link.seen;
  const auto& name = seen.name;
  if (!seen.up) return fmt::format("{}: interface down: set it up (ip link set {} up)", name, name);
  const auto master = picture.links().find(seen.master);
  // A port of a VRF keeps its traffic: the VRF only says which table routes it.
  if (master != picture.links().end() && master->second.seen.kind != "vrf") {
    const auto& of = master->second.seen;
    return fmt::format(
        "{0}: is a port of {1}{2}, which takes its traffic: use {1}, or take {0} out of it (ip link set {0} "
        "nomaster)",
        name, of.name, of.kind.empty() ? "" : fmt::format(" ({})", of.kind));
  }
  return seen.carrier ? std::string() : fmt::format("{}: no carrier", name);
}

std::string why_missing(const config::Vip& vip, const std::string& interface, const std::string& called) {
  if (!called.empty() && called != interface)
    return fmt::format("{0} is another name of {1}: write {1} in [vip.{2}]", interface, called, vip.name);
  return fmt::format("{}: interface missing: waiting for it; create it or name another in [vip.{}]",
                     interface, vip.name);
}

std::map<std::string, std::string> out_of_reach(const Picture& picture, const config::Vip& vip) {
  std::map<std::string, std::string> found;
  const auto own = virtual_link_of(vip);  // down while nothing is held there
  const auto carriers = carriers_of(vip);
  for (const auto& address : vip.addresses) {
    const bool home = address.interface == vip.interface || (own && own->name == address.interface) ||
                      carriers.contains(address.interface);
    const auto* link = home ? nullptr : picture.find(address.interface);
    if (link == nullptr || found.contains(address.interface)) continue;
    if (auto why = why_useless(picture, *link); !why.empty())
      found.emplace(address.interface, std::move(why));
  }
  return found;
}

tl::expected<IpAddress, std::string> source_on(const Picture& picture, const config::Vip& vip,
                                               const IpAddress& present) {
  const auto& name = vip.interface;
  const auto* link = picture.find(name);
  if (link == nullptr) return tl::unexpected(why_missing(vip, name, ""));
  if (auto why = why_useless(picture, *link); !why.empty()) return tl::unexpected(std::move(why));
  if (vip.manner->source) return configured_source(*link, vip);
  auto candidates = candidates_on(*link, vip);
  std::ranges::stable_sort(candidates, std::ranges::greater{},
                           [&](const Address& candidate) { return fitness(candidate, vip, present); });
  if (candidates.empty()) return tl::unexpected(no_candidate(vip));
  return usable(name, candidates.front());
}

std::vector<Stray> strays(const Picture& picture, const std::function<bool(const AddressKey&)>& named) {
  std::vector<Stray> found;
  for (const auto& [index, link] : picture.links())
    for (const auto& [prefix, seen] : link.addresses)
      if (is_ours(seen) && !named({link.seen.name, prefix}))
        found.push_back({index, link.seen.name, prefix, seen.is_route});
  return found;
}

namespace {

// An owner's own interface has the address as its own: that is what makes it the owner. And an IPv6 address
// is one on its interface, whatever its prefix: the vip then uses it.
bool as_it_should_be(const config::Vip& vip, const config::VipAddress& wanted, const AddressKey& there) {
  return there.first == wanted.interface &&
         (there.second == wanted.prefix || there.second.address.is_v6() || vip.priority == kOwnerPriority);
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

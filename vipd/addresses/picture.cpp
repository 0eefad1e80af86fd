#include "vipd/addresses/picture.h"

namespace hawser::vipd {

bool is_ours(const SeenAddress& address) {
  return address.protocol == static_cast<std::uint8_t>(Owner::kVipd);
}

bool Picture::see(const Observed& observed, const std::vector<OnDevice>& local_routes) {
  Picture fresh;
  for (const auto& [name, link] : observed.state.links) {
    const auto status = observed.links.find(name);
    if (status == observed.links.end()) continue;
    auto& entry = fresh.links_[status->second.index];
    const auto master = observed.links.find(link.master);
    entry.seen = {name,
                  link.up,
                  status->second.carrier,
                  link.mac.value_or(MacAddress{}),
                  status->second.kind,
                  master == observed.links.end() ? IfIndex{} : master->second.index};
    for (const auto& [prefix, address] : link.addresses)
      entry.addresses.emplace_hint(entry.addresses.end(), prefix,
                                   SeenAddress{address.protocol, {}, is_fleeting(prefix, address)});
    for (const auto& [prefix, detection] : status->second.undetected)
      if (const auto found = entry.addresses.find(prefix); found != entry.addresses.end())
        found->second.detection = detection;
    fresh.names_[name] = status->second.index;
  }
  for (const auto& [device, prefix] : local_routes)
    (void)fresh.address_is(device, prefix, {static_cast<std::uint8_t>(Owner::kVipd), {}, false, true});
  if (fresh == *this) return false;
  *this = std::move(fresh);
  return true;
}

bool Picture::link_is(IfIndex index, const SeenLink& seen) {
  const auto [found, fresh] = links_.try_emplace(index);
  auto& link = found->second;
  if (!fresh && link.seen == seen) return false;
  const auto old = names_.find(link.seen.name);
  if (old != names_.end() && old->second == index) names_.erase(old);
  link.seen = seen;
  names_[seen.name] = index;  // whoever had the name before has another: his own notification says which
  return true;
}

bool Picture::link_is_gone(IfIndex index) {
  const auto found = links_.find(index);
  if (found == links_.end()) return false;
  const auto name = names_.find(found->second.seen.name);
  if (name != names_.end() && name->second == index) names_.erase(name);
  links_.erase(found);
  return true;
}

bool Picture::address_is(IfIndex index, const Prefix& prefix, const SeenAddress& seen) {
  const auto link = links_.find(index);
  if (link == links_.end()) return true;
  const auto [found, fresh] = link->second.addresses.try_emplace(prefix, seen);
  if (!fresh && found->second == seen) return false;
  found->second = seen;
  return true;
}

bool Picture::address_is_gone(IfIndex index, const Prefix& prefix) {
  const auto link = links_.find(index);
  return link != links_.end() && link->second.addresses.erase(prefix) > 0;
}

std::optional<IfIndex> Picture::index_of(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

const Picture::Link* Picture::find(const std::string& name) const {
  const auto index = index_of(name);
  if (!index) return nullptr;
  const auto found = links_.find(*index);
  return found == links_.end() ? nullptr : &found->second;
}

Holding Picture::holding(const AddressKey& address) const {
  const auto& [interface, prefix] = address;
  const auto* link = find(interface);
  if (link == nullptr) return Holding::kNo;
  auto found = link->addresses.find(prefix);
  if (found == link->addresses.end() && prefix.address.is_v6()) {
    found = link->addresses.lower_bound(Prefix{prefix.address, 0});
    if (found != link->addresses.end() && found->first.address != prefix.address)
      found = link->addresses.end();
  }
  if (found == link->addresses.end()) return Holding::kNo;
  const auto& seen = found->second;
  if (is_ours(seen)) return seen.detection == Detection::kPassed ? Holding::kOurs : Holding::kOursMute;
  switch (seen.detection) {
    case Detection::kPassed:
      break;
    case Detection::kGoingOn:
      return Holding::kForeignTentative;
    case Detection::kFailed:
      return Holding::kForeignDuplicate;
  }
  return Holding::kForeign;
}

std::size_t Picture::ours() const {
  std::size_t count = 0;
  for (const auto& [index, link] : links_)
    for (const auto& [prefix, address] : link.addresses) count += is_ours(address) ? 1 : 0;
  return count;
}

}  // namespace hawser::vipd

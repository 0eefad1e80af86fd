#include "vipd/addresses/unaccepted.h"

namespace hawser::vipd {

bool accepts(const config::Vip& vip) {
  return vip.manner->accept || vip.priority == kOwnerPriority;
}

Unaccepted unaccepted_of(const std::vector<config::Vip>& vips) {
  Unaccepted found;
  for (const auto& vip : vips) {
    if (accepts(vip)) continue;
    for (const auto& [prefix, interface] : vip.addresses)
      if (prefix.address.is_v6() && prefix.address.is_link_local())
        found.on_links.emplace(interface, prefix.address);
      else
        found.addresses.insert(prefix.address);
  }
  return found;
}

Unaccepted either(const Unaccepted& one, const Unaccepted& other) {
  auto both = one;
  both.addresses.insert(other.addresses.begin(), other.addresses.end());
  both.on_links.insert(other.on_links.begin(), other.on_links.end());
  return both;
}

}  // namespace hawser::vipd

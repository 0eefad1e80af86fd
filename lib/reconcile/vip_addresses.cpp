#include "lib/reconcile/vip_addresses.h"

namespace hawser {

namespace {

bool is_leftover(const Prefix& prefix, const Address& address, const VipAddresses& vips) {
  return address.protocol == static_cast<std::uint8_t>(Owner::kNetd) && !vips.written.contains(prefix) &&
         !vips.also_links.contains(prefix.address);
}

}  // namespace

VipAddresses vip_addresses(const config::Config& config) {
  VipAddresses vips;
  for (const auto& [name, vip] : config.vips)
    for (const auto& address : vip.addresses) {
      vips.all.insert(address.prefix.address);
      vips.written.insert(address.prefix);
    }
  for (const auto& [name, link] : config.network.links)
    for (const auto& [prefix, address] : link.addresses)
      if (vips.all.contains(prefix.address)) vips.also_links.insert(prefix.address);
  return vips;
}

void hide_addresses(State& state, const VipAddresses& vips) {
  for (auto& [name, link] : state.links)
    std::erase_if(link.addresses, [&](const auto& item) {
      return vips.all.contains(item.first.address) && !is_leftover(item.first, item.second, vips);
    });
}

}  // namespace hawser

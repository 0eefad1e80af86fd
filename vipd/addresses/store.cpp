#include "vipd/addresses/store.h"

#include <algorithm>
#include <bit>
#include <set>
#include <string_view>

#include "vipd/addresses/virtual_link.h"

namespace hawser::vipd {

namespace {

// On one dummy. With 250 the list costs about as much as the rest of an addition.
constexpr std::size_t kOnOne = 256;
constexpr std::size_t kMostDummies = 64;

bool is_routes(const config::Vip& vip) {
  return vip.manner->store == config::Store::kLocalRoutes;
}

std::string start_of_names(const config::Vip& vip) {
  return fmt::format("{}{}-", is_routes(vip) ? 'r' : 's', vip.virtual_router_id.value);
}

// Those on its interface, and those that are in the store already.
std::size_t count_stored(const config::Vip& vip) {
  if (vip.manner->store == config::Store::kInterface) return 0;
  const auto start = start_of_names(vip);
  return static_cast<std::size_t>(std::ranges::count_if(vip.addresses, [&](const auto& address) {
    return address.prefix.address.is_v4() &&
           (address.interface == vip.interface || address.interface.starts_with(start));
  }));
}

// Addresses that follow one another are spread evenly by their last bits, and those do not change.
std::size_t dummies_for(std::size_t addresses) {
  return std::min(std::bit_ceil((addresses + kOnOne - 1) / kOnOne), kMostDummies);
}

std::vector<std::string> names_of_store(const config::Vip& vip) {
  const auto count = count_stored(vip);
  if (count == 0) return {};
  const auto start = start_of_names(vip);
  if (is_routes(vip)) return {device_name(start, vip.interface)};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < dummies_for(count); ++i)
    names.push_back(device_name(fmt::format("{}{}-", start, i), vip.interface));
  return names;
}

}  // namespace

config::Vip in_its_store(config::Vip vip) {
  const auto names = names_of_store(vip);
  if (names.empty()) return vip;
  for (auto& address : vip.addresses)
    if (address.prefix.address.is_v4() && address.interface == vip.interface)
      address.interface = names[address.prefix.address.v4_host_order() & (names.size() - 1)];
  return vip;
}

std::map<std::string, std::string> carriers_of(const config::Vip& vip) {
  std::map<std::string, std::string> carriers;
  for (const auto& name : names_of_store(vip)) carriers.emplace(name, vip.interface);
  return carriers;
}

std::string carrier_of(const config::Vip& vip, const std::string& held_on) {
  const auto names = names_of_store(vip);
  return std::ranges::find(names, held_on) == names.end() ? held_on : vip.interface;
}

std::vector<StoreLink> store_links_of(const config::Vip& vip) {
  std::vector<StoreLink> links;
  for (auto& name : names_of_store(vip)) links.push_back({std::move(name), is_routes(vip)});
  return links;
}

bool is_store_name(const std::string& name) {
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return name.size() > 1 && (name[0] == 's' || name[0] == 'r') && is_digit(name[1]);
}

namespace {
// As sysctl(8) takes it: a dot in a name must not be one between names ("front.100", a VLAN).
std::string sysctl_of(const std::string& interface, std::string_view setting) {
  const char between = interface.find('.') == std::string::npos ? '.' : '/';
  return fmt::format("net{0}ipv4{0}conf{0}{1}{0}{2}", between, interface, setting);
}
}  // namespace

std::string why_unanswered(const std::string& interface, int arp_ignore) {
  if (arp_ignore == 0) return {};
  return fmt::format(
      "{}: arp_ignore is {}: with it nobody is answered there for an address that lives elsewhere (store): "
      "set {} and net.ipv4.conf.all.arp_ignore to 0, or leave store out",
      interface, arp_ignore, sysctl_of(interface, "arp_ignore"));
}

std::string why_unanswered_from_vrf(const std::string& dummy, const std::string& vrf) {
  return fmt::format(
      "{0} is in VRF {1}, so that nobody is answered for what lives on it (store): take it out (ip link set "
      "{0} nomaster)",
      dummy, vrf);
}

std::string why_unanswered_in_vrf(const std::string& interface, const std::string& vrf) {
  return fmt::format(
      "{} is in VRF {}: nobody is answered there for an address that lives elsewhere (store): leave store "
      "out",
      interface, vrf);
}

StorePlan plan_store_links(const std::vector<StoreLink>& wanted, const std::vector<SeenStoreLink>& there) {
  StorePlan plan;
  std::set<std::string_view> stays;
  for (const auto& seen : there) {
    const bool is_wanted = std::ranges::find(wanted, seen.name, &StoreLink::name) != wanted.end();
    if (!is_wanted && !seen.holds) {
      plan.remove.push_back(seen.index);
      continue;
    }
    stays.insert(seen.name);
    if (!seen.up) plan.raise.push_back(seen.index);
  }
  for (const auto& wish : wanted)
    if (!stays.contains(wish.name)) plan.make.push_back(wish);
  return plan;
}

}  // namespace hawser::vipd

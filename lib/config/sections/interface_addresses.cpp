// Rules of the addresses of devices and of vips among each other.
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

// One use of an address: where, and the path for messages.
struct Use {
  Place place;
  std::string path;
  bool moves = false;  // a vip's
};

// The kernel takes 127.0.0.1 on any device, but no packet to it passes one (RFC 1122 3.2.1.3); a VRF is asked
// for it by what runs inside.
bool may_be_loopback(const std::string& device, LinkKind kind) {
  return device == "lo" || kind == LinkKind::kVrf;
}

std::string fault_of(const Prefix& prefix, const std::string& device, LinkKind kind) {
  if (auto wrong = host_fault(prefix.address); !wrong.empty()) return wrong;
  if (prefix.address.is_loopback() && !may_be_loopback(device, kind))
    return fmt::format("{} is a loopback address: only \"lo\" and a VRF have one", prefix.address);
  return device == "lo" ? std::string() : prefix_fault(prefix);
}

// RFC 4291 2.6.1; Linux takes it all the same.
bool is_router_anycast(const Prefix& prefix) {
  constexpr int kPointToPoint = 127;  // RFC 6164
  return prefix.address.is_v6() && prefix.length < kPointToPoint && prefix == prefix.network();
}

template <class S>
void addresses_are_hosts(const Section<S>& section, const std::string& device, LinkKind kind,
                         Report& report) {
  for (std::size_t i = 0; i < section.spec.addresses.size(); ++i) {
    const auto& prefix = section.spec.addresses[i];
    const auto place = section.at("addresses", i);
    const auto path = section.path + ".addresses";
    if (auto wrong = fault_of(prefix, device, kind); !wrong.empty())
      report.add(Part::kNetd, place, path, std::move(wrong));
    else if (device != "lo" && is_router_anycast(prefix))
      report.note(Part::kNetd, place, path,
                  fmt::format("{} is the address that every router in it answers to: is {}1/{} meant?",
                              prefix, prefix.address, prefix.length));
  }
}

void say_twice(const IpAddress& address, Use first, Use later, Report& report) {
  if (later.place < first.place) std::swap(first, later);
  report.add(Part::kNetd, later.place, later.path,
             fmt::format("{} is also at {}", address, report.where(first.place)));
}

// Where an address means the same: one VRF, and for link-local ones one device.
struct Realm {
  std::string vrf;
  std::string device;
  IpAddress address;
  auto operator<=>(const Realm&) const = default;
};

Realm realm_of(const File& file, const Devices& devices, const std::string& device,
               const IpAddress& address) {
  const auto* found = find_device(devices, device);
  const bool in_vrf = found != nullptr && found->spec != nullptr && !found->spec->vrf.empty();
  const bool is_vrf = found != nullptr && found->kind == LinkKind::kVrf;
  return {is_vrf   ? device
          : in_vrf ? device_of(file, found->spec->vrf)
                   : std::string(),
          address.is_link_local() ? device : std::string(), address};
}

void addresses_are_unique(const File& file, const Devices& devices, Report& report) {
  std::map<Realm, Use> seen;
  const auto use = [&](const std::string& device, const IpAddress& address, Use here) {
    const auto [there, added] = seen.try_emplace(realm_of(file, devices, device, address), here);
    // Two vips with one address: said by check_vip_addresses().
    if (!added && !(here.moves && there->second.moves)) say_twice(address, there->second, here, report);
  };
  each_interface(file, [&](const std::string& name, const auto& section) {
    for (std::size_t i = 0; i < section.spec.addresses.size(); ++i)
      use(own_device(name, section), section.spec.addresses[i].address,
          {section.at("addresses", i), section.path + ".addresses"});
  });
  for (const auto& [name, vip] : file.vips)
    for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i) {
      const auto& address = vip.spec.addresses[i];
      use(device_of(file, address.interface.empty() ? vip.spec.interface : address.interface),
          address.prefix.address, {vip.at("addresses", i), vip.path + ".addresses", true});
    }
}

}  // namespace

void check_addresses(const File& file, Report& report) {
  const auto devices = devices_of(file);
  for (const auto& [name, bond] : file.bonds)
    addresses_are_hosts(bond, own_device(name, bond), LinkKind::kBond, report);
  for (const auto& [name, link] : file.links)
    addresses_are_hosts(link, own_device(name, link), link.spec.kind.value_or(LinkKind::kPhysical), report);
  addresses_are_unique(file, devices, report);
}

}  // namespace hawser::config

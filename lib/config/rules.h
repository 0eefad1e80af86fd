// What one key cannot tell: rules between keys and sections, one small function each. A rule says where the
// words stand that must change, and what would be right.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "lib/config/sections.h"
#include "lib/state/bond_options.h"

namespace hawser::config {

void check_names(const File& file, Report& report);
void check_devices(const File& file, Report& report);
void check_bonds(const File& file, Report& report);
void check_ports(const File& file, Report& report);
void check_addresses(const File& file, Report& report);
void check_routes(const File& file, Report& report);
void check_vips(const File& file, Report& report);
void check_vip_addresses(const File& file, Report& report);
void check_services(const File& file, Report& report);
// What is good, but does nothing or not what it says; no problems, only notes.
void note_what_has_no_effect(const File& file, Report& report);
// All of the above.
void check_all(const File& file, Report& report);

template <class S>
void fault(Report& report, const Section<S>& section, std::string_view key, const std::string& what,
           Part part = Part::kNetd) {
  report.add(part, section.at(key), dotted(section.path, key), what);
}

// visit(name, section) for every bond and link.
template <class Visit>
void each_interface(const File& file, const Visit& visit) {
  for (const auto& [name, bond] : file.bonds) visit(name, bond);
  for (const auto& [name, link] : file.links) visit(name, link);
}

// The device of [bond.NAME] or [link.NAME].
template <class S>
std::string own_device(const std::string& name, const Section<S>& section) {
  return section.spec.device.empty() ? name : section.spec.device;
}
// The device that a reference means: a section's, or the name itself.
std::string device_of(const File& file, const std::string& name);
// The [link.*] of kind vrf with that name, or null.
const LinkSpec* find_vrf(const File& file, const std::string& name);

// A route put together; nullopt when its words make no sense (then a rule said so).
std::optional<RouteKey> route_key(const File& file, const InterfaceSpec& link, const RouteSpec& route);

// Why no host can have this address: "224.0.0.1 is not an address that a host can have"; empty: one can.
std::string host_fault(const IpAddress& address);
// The same for one that others reach this or another host by: not a loopback address either.
std::string reachable_fault(const IpAddress& address);
// Why a device cannot have it with this prefix length: the network's own address, its broadcast address, /0.
std::string prefix_fault(const Prefix& prefix);

// The addresses that are no host's in the networks which this host is in: 192.0.2.255 beside 192.0.2.1/24.
class Networks {
 public:
  explicit Networks(const File& file);
  // "192.0.2.255 is the broadcast address of 192.0.2.0/24"; empty: none of them.
  [[nodiscard]] std::string fault(const IpAddress& address) const;

 private:
  void add(const Prefix& prefix);
  std::map<IpAddress, Prefix> taken_;
};

// What the file says of one device, whichever section it is in.
struct Device {
  std::string section;  // "link.front"; empty: only listed as a port
  LinkKind kind = LinkKind::kPhysical;
  const InterfaceSpec* spec = nullptr;  // null: without a section
  const LinkSpec* link = nullptr;       // null: a bond, or without a section
  std::string bond;                     // the bond that lists it as a port, by its section's name
};
using Devices = std::map<std::string, Device>;  // by the kernel's name
Devices devices_of(const File& file);
const Device* find_device(const Devices& devices, const std::string& name);

// The modes in which one port is the active one.
inline constexpr BondModes kWithActivePort =
    mode_bit(BondMode::kActiveBackup) | mode_bit(BondMode::kBalanceTlb) | mode_bit(BondMode::kBalanceAlb);
std::string modes_of(BondModes modes);  // "active-backup and balance-rr"

std::set<Family> families_of(const Vip& vip);
std::string_view family_name(Family family);  // "IPv4"

void check_is_sound(const Section<Check>& check, Report& report);
// One pool, or the unnamed pool in a service.
void check_pool(const File& file, const Networks& networks, const PoolSpec& pool, const std::string& path,
                Report& report);

// Whom a unicast vip talks to: the peers written, or every other node that has the vip, by family of its
// addresses. What cannot be resolved is left out; `report` (may be null) hears of it.
std::vector<IpAddress> peers_of(const File& file, const std::string& name, const Section<VipSpec>& vip,
                                Report* report);

struct VirtualKey {
  ServiceKey key;
  Place place;
};
// Every virtual address of a service, "@vip" resolved; `report` (may be null) hears of what cannot be.
std::vector<VirtualKey> keys_of(const File& file, const Section<ServiceSpec>& service, Report* report);
// The pool that a service uses: its own or a [pool.*]; null when there is none.
const PoolSpec* pool_of(const File& file, const ServiceSpec& service);

}  // namespace hawser::config

// What one key cannot tell: rules between keys and sections, one small function each. A rule says where the
// words stand that must change, and what would be right.
#pragma once

#include <utility>
#include <vector>

#include "lib/config/sections.h"

namespace hawser::config {

void check_network(const File& file, Report& report);
void check_vips(const File& file, Report& report);
void check_services(const File& file, Report& report);

// The device of [bond.NAME] or [link.NAME].
template <class S>
std::string own_device(const std::string& name, const Section<S>& section) {
  return section.said.device.empty() ? name : section.said.device;
}
// The device that a reference means: a section's, or the name itself.
std::string device_of(const File& file, const std::string& name);
// The [link.*] of kind vrf with that name, or null.
const LinkSpec* find_vrf(const File& file, const std::string& name);

// A route put together; nullopt when its words make no sense (then a rule said so).
std::optional<RouteKey> route_key(const File& file, const InterfaceSpec& link, const RouteSpec& route);

// An address that a host can have: not 0.0.0.0, not multicast.
bool is_unicast(const IpAddress& address);

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

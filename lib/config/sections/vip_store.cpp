// Rules of where a vip's addresses live (store).
#include <algorithm>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using VipSection = Section<VipSpec>;

bool has_store(const VipSection& vip) {
  return vip.spec.store != Store::kInterface;
}

std::string written(const VipSection& vip) {
  return quote(std::string(name_of(vip.spec.store)));
}

bool lives_at_home(const VipSection& vip, const VipAddress& address) {
  return address.interface.empty() || address.interface == vip.spec.interface;
}

void store_is_of_ipv4(const VipSection& vip, Report& report) {
  const auto families = families_of(vip.spec);
  if (families.empty()) return;
  if (!families.contains(Family::kIpv4))
    fault(report, vip, "store",
          fmt::format("{} is of IPv4: an IPv6 address answers on its own interface only", written(vip)),
          Part::kVipd);
  else if (vip.spec.store == Store::kLocalRoutes && families.contains(Family::kIpv6))
    fault(
        report, vip, "store",
        "\"local-routes\" is of IPv4, and IPv6 addresses want their lease: give these a vip of their own, or "
        "write \"spread\", which leaves them on the interface",
        Part::kVipd);
}

void store_has_its_place(const VipSection& vip, Report& report) {
  if (!vip.spec.provider.empty())
    fault(report, vip, "store", "does nothing where a provider routes the addresses: leave it out",
          Part::kVipd);
  if (vip.spec.virtual_mac)
    fault(report, vip, "store",
          fmt::format("{} and virtual_mac both say where the addresses live: leave one out", written(vip)),
          Part::kVipd);
  if (vip.spec.priority.value == 255)
    fault(report, vip, "store",
          "is not for an owner (priority 255): the addresses are its interface's own; write priority 254, or "
          "leave store out",
          Part::kVipd);
}

// Elsewhere its subnet would lead away from the interface, and as a route it has none.
void stored_addresses_have_no_subnet(const VipSection& vip, Report& report) {
  for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i) {
    const auto& address = vip.spec.addresses[i];
    const auto& prefix = address.prefix;
    if (!prefix.address.is_v4() || prefix.length == prefix.address.bits() || !lives_at_home(vip, address))
      continue;
    report.add(
        Part::kVipd, vip.at("addresses", i), vip.path + ".addresses",
        fmt::format("{} has a subnet, and with store = {} it lives elsewhere: write {}, or leave store out",
                    prefix, written(vip), prefix.address));
  }
}

void local_routes_have_no_lease(const VipSection& vip, Report& report) {
  if (vip.spec.store == Store::kLocalRoutes && vip.spec.lease.length)
    fault(report, vip, "lease",
          "is none of local routes, which have no lifetime: write \"off\" or leave it out", Part::kVipd);
}

// There only what has the virtual MAC answers (arp_ignore).
void no_virtual_mac_beside(const File& file, const VipSection& vip, Report& report) {
  const auto here = device_of(file, vip.spec.interface);
  const auto other = std::ranges::find_if(file.vips, [&](const auto& entry) {
    return entry.second.spec.virtual_mac && device_of(file, entry.second.spec.interface) == here;
  });
  if (other == file.vips.end() || &other->second == &vip) return;
  fault(report, vip, "store",
        fmt::format(
            "{} does not go with [{}], which has a virtual MAC on {}: there an interface answers for its "
            "own addresses only",
            written(vip), other->second.path, quote(vip.spec.interface)),
        Part::kVipd);
}

}  // namespace

void check_vip_stores(const File& file, Report& report) {
  for (const auto& [name, vip] : file.vips) {
    if (!has_store(vip)) continue;
    store_is_of_ipv4(vip, report);
    store_has_its_place(vip, report);
    stored_addresses_have_no_subnet(vip, report);
    local_routes_have_no_lease(vip, report);
    no_virtual_mac_beside(file, vip, report);
  }
}

void note_vip_stores(const File& file, Report& report) {
  for (const auto& [name, vip] : file.vips)
    if (vip.spec.store == Store::kLocalRoutes && !vip.spec.lease.off)
      note(report, vip, "store",
           "\"local-routes\" has no lease: after a vipd that is killed for good this host goes on answering; "
           "`vipd cleanup` ends that (by ExecStopPost= too: see vipd(8)); lease = \"off\" says that it is "
           "known",
           Part::kVipd);
}

}  // namespace hawser::config

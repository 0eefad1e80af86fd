// The devices that a file names, across the sections that name them.
#pragma once

#include "lib/config/engine/reading.h"
#include "lib/config/engine/rules.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

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

// The addresses of another node's devices, which are that node's own. One on lo or a dummy is not answered
// for: it may be on several hosts, as on real servers of direct routing; one in a VRF is another network's.
template <class S>
void look_at_devices(const ReadContext& unheard, const Table& tree, std::string_view kind,
                     const Rows<S>& rows, File& file) {
  if (unheard.view.node == file.view.node) return;
  each_table(tree, kind, [&](const std::string& name, const Table& table) {
    const auto section = read_one(unheard, {}, rows, table);
    const auto& spec = section.spec;
    if (!spec.vrf.empty() || name == "lo" || spec.device == "lo" || is_dummy(spec)) return;
    for (std::size_t i = 0; i < spec.addresses.size(); ++i)
      file.own_addresses.emplace(spec.addresses[i].address,
                                 OwnAddress{unheard.view.node, section.at("addresses", i)});
  });
}
inline bool is_dummy(const LinkSpec& link) {
  return link.kind == LinkKind::kDummy;
}
inline bool is_dummy(const BondSpec& /*bond*/) {
  return false;
}

template <class S>
void metrics_are_kept(const Section<S>& section, Report& report) {
  for (const auto& route : section.spec.routes) {
    const auto to = Prefix::parse(route.spec.to);
    const bool is_v6 = to ? to->address.is_v6() : route.spec.via && route.spec.via->is_v6();
    if (is_v6 && route.spec.metric == 0U)  // IP6_RT_PRIO_USER
      note(report, route, "metric", "the kernel makes 1024 of 0 over IPv6: write 1024, or 1 for less");
  }
}

}  // namespace hawser::config

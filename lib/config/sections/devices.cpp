#include "lib/config/sections/devices.h"

namespace hawser::config {

std::string device_of(const File& file, const std::string& name) {
  if (const auto bond = file.bonds.find(name); bond != file.bonds.end())
    return own_device(name, bond->second);
  if (const auto link = file.links.find(name); link != file.links.end())
    return own_device(name, link->second);
  return name;
}

const LinkSpec* find_vrf(const File& file, const std::string& name) {
  const auto link = file.links.find(name);
  if (link == file.links.end() || link->second.spec.kind != LinkKind::kVrf) return nullptr;
  return &link->second.spec;
}

Devices devices_of(const File& file) {
  Devices devices;
  for (const auto& [name, link] : file.links)
    devices[own_device(name, link)] = {
        link.path, link.spec.kind.value_or(LinkKind::kPhysical), &link.spec, &link.spec, {}};
  for (const auto& [name, bond] : file.bonds)
    devices[own_device(name, bond)] = {bond.path, LinkKind::kBond, &bond.spec, nullptr, {}};
  for (const auto& [name, bond] : file.bonds)
    for (const auto& port : bond.spec.ports) devices[device_of(file, port)].bond = name;
  return devices;
}

const Device* find_device(const Devices& devices, const std::string& name) {
  const auto found = devices.find(name);
  return found == devices.end() ? nullptr : &found->second;
}

}  // namespace hawser::config

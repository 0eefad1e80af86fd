// The devices that a file names as they are on this machine at this moment: "mac:.." and "path:.." ports of
// bonds by name, without what is not there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/state/observed.h"

namespace hawser::config {

// udev's ID_PATH of each device ("pci-0000:01:00.0") and the device's name; given by the caller, because
// finding it out needs the file system.
using DevicesByPath = std::map<std::string, std::string>;

// A device by any of its names: its own, another one that it was given, "mac:..", "path:..". nullopt: it is
// not there.
std::optional<std::string> find_device(const std::string& name, const Observed& observed,
                                       const DevicesByPath& by_path);

struct MissingPort {
  std::string bond;  // device
  std::string port;  // as written: "eth1", "mac:52:54:00:12:34:56"
  bool operator==(const MissingPort&) const = default;
};

// A device that a section needs: its own card, or what its VLAN is on.
struct MissingDevice {
  std::string link;               // the section's device, which is left out
  std::string device;             // the one that is not there
  std::string another_name_of{};  // a device that is there: the kernel knows it by both
  bool operator==(const MissingDevice&) const = default;
};

// One device that the file lists twice: by name and by MAC, path or another name of it. Only here is it
// known.
struct DoubledPort {
  std::string bond;    // which does not get it
  std::string port;    // as written there
  std::string device;  // that it is
  std::string holder;  // the bond that has it; the same one where it lists the device twice
  bool operator==(const DoubledPort&) const = default;
};

// The MAC that a bond has when nobody says another: that of a port. nullopt: it has none.
std::optional<MacAddress> usual_mac(const Observed& observed, const std::string& name, const Bond& bond);

struct ResolvedPorts {
  State network;                            // ports by device name; those that are not there are left out
  std::map<std::string, BondPolicy> bonds;  // port_order likewise
  std::vector<MissingPort> missing;         // by bond, in the order of the file
  std::vector<MissingDevice> missing_devices;
  std::vector<DoubledPort> doubled;
};

// - "mac:" means the permanent address: a port may carry its bond's.
// - A missing port is left out, and a missing primary too: the kernel wants an existing device.
// - A section whose device is missing is left out with its routes until the device appears. What the file
//   itself makes (a VLAN, a dummy) counts as there.
// - A card that two bonds list belongs to the first.
// - A bond that still has the MAC of a card that left it gets that of a port it has: two cards with one MAC
// in
//   one network take each other's frames.
ResolvedPorts resolve_ports(const State& network, const std::map<std::string, BondPolicy>& bonds,
                            const Observed& observed, const DevicesByPath& by_path = {});

}  // namespace hawser::config

// What the kernel says of where its network devices sit.
#pragma once

#include "lib/config/ports.h"

namespace hawser {

// udev's ID_PATH of each network device that sits on a PCI bus: "pci-0000:01:00.0" -> "eth0".
config::DevicesByPath devices_by_path();

}  // namespace hawser

#include "lib/reconcile/device_paths.h"

#include <filesystem>

namespace hawser {

config::DevicesByPath devices_by_path() {
  namespace fs = std::filesystem;
  config::DevicesByPath paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/sys/class/net", error)) {
    // A virtio card sits on a virtio bus, which sits on PCI: the path is that of the nearest PCI device.
    auto device = fs::canonical(entry.path() / "device", error);
    for (; !error && device.has_relative_path(); device = device.parent_path()) {
      const auto bus = fs::read_symlink(device / "subsystem", error);
      if (!error && bus.filename() == "pci") break;
      error.clear();
    }
    if (!error && device.has_relative_path())
      paths.emplace("pci-" + device.filename().string(), entry.path().filename().string());
  }
  return paths;
}

}  // namespace hawser

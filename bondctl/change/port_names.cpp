#include "bondctl/change/port_names.h"

#include "lib/config/ports.h"

namespace hawser::bondctl {

namespace {

// "eth1,mac:52:54:00:00:00:02" -> "eth1,eth2".
std::string with_devices(const std::string& list, const Observed& observed, const FindPaths& find_paths) {
  std::string names;
  for (const auto& name : elements_of(list))
    names += (names.empty() ? "" : ",") + device_named(observed, name, find_paths);
  return names;
}

}  // namespace

std::string device_named(const Observed& observed, const std::string& name, const FindPaths& find_paths) {
  const bool by_path = name.starts_with("path:") && find_paths;
  return config::find_device(name, observed, by_path ? find_paths() : config::DevicesByPath{}).value_or(name);
}

Edits with_devices(Edits edits, const Observed& observed, const FindPaths& find_paths) {
  for (auto& one : edits.good) {
    if (one.key == "ports")
      one.value = with_devices(one.value, observed, find_paths);
    else if (one.key == "primary")
      one.value = device_named(observed, one.value, find_paths);
    else if (const auto port = port_key(one.key))
      one.key = fmt::format("{}.{}", device_named(observed, port->first, find_paths), port->second);
  }
  return edits;
}

}  // namespace hawser::bondctl

// The ports that `bondctl drain` freed of traffic, and what they had: what `undrain` gives back. Written to
// DIR/drained.json in the runtime directory, for it is about the bonds of this kernel: both end with the
// machine, and survive us.
#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/state/observed.h"

namespace hawser::bondctl {

// The least that the kernel takes: no port comes after one that has it, and the kernel makes it the active
// one only when there is no other.
inline constexpr std::int32_t kDrainedPrio = std::numeric_limits<std::int32_t>::min();

struct Drained {
  std::string bond;
  IfIndex bond_index, port_index;  // names may be given to others
  BondPort options;
  std::string primary;            // of the bond, where the port was it
  std::optional<MacAddress> mac;  // its own, where it got another for the time being
  std::uint32_t all_slaves_active = 0;

  bool operator==(const Drained&) const = default;
};
using DrainedPorts = std::map<std::string, Drained>;

// What was written down of this bond and of devices that are still the same.
DrainedPorts drained_of(const DrainedPorts& all, const Observed& observed, const std::string& bond);
// The port that was written down with this MAC as its own: it may have another one for the time being. Empty:
// none.
std::string drained_with_mac(const DrainedPorts& ports, const std::string& name);
// Whether it is so still: it was not cut off before it was done, and nobody undid it by other means.
bool is_drained(const Observed& observed, const std::string& bond, const std::string& port);

std::string encode(const DrainedPorts& ports);
Result<DrainedPorts> decode_drained(std::string_view text);

// Nothing was written: none. The error names the file.
Result<DrainedPorts> read_drained(const std::filesystem::path& directory);
Status write_drained(const std::filesystem::path& directory, const DrainedPorts& ports);

}  // namespace hawser::bondctl

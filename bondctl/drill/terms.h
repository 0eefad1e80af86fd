// What a drill may do to a bond, and what it has to know beforehand: refusals, target, ports, patience. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/result.h"
#include "lib/state/observed.h"

namespace hawser::bondctl::drill {

enum class How : std::uint8_t { kDown, kPath, kSwitch };

}  // namespace hawser::bondctl::drill

template <>
inline constexpr std::array<hawser::Name<hawser::bondctl::drill::How>, 3>
    hawser::kNames<hawser::bondctl::drill::How>{{
        {hawser::bondctl::drill::How::kDown, "down"},      // the port administratively down
        {hawser::bondctl::drill::How::kPath, "path"},      // its frames dropped, its link up
        {hawser::bondctl::drill::How::kSwitch, "switch"},  // only the active role moved
    }};

namespace hawser::bondctl::drill {

// A port that carries or could: nothing. Else why not: "no carrier".
std::optional<std::string> why_unusable(const Observed& observed, const std::string& bond,
                                        const std::string& port);

struct Subject {
  std::string name;
  Bond bond;
  std::string active;                 // of a mode that has an active port
  std::vector<std::string> ports;     // those that are drilled, each usable
  std::vector<std::string> left_out;  // "eth2: no carrier"
};

// Refused: no bond, down, no second port that could carry, a mode in which `how` means nothing.
Result<Subject> subject_of(const Observed& observed, const std::string& name, How how);

// The bond and every VLAN above it.
std::set<std::string> devices_over(const State& state, const std::string& bond);

struct Target {
  IpAddress address;
  std::string device;  // the bond or a VLAN of it

  bool operator==(const Target&) const = default;
};
// The default gateway over the bond, IPv4 before IPv6, the best metric first.
Result<Target> default_target(const State& state, const std::string& bond);

// What the kernel tells everybody after a fail-over: every address on the bond and its VLANs, where the mode
// and num_grat_arp have it do so (bond_change_active_slave: active-backup only).
std::vector<IpAddress> announced_addresses(const Observed& observed, const Subject& subject);

// How long a fault may last until the monitor must have seen it.
Milliseconds patience_for_failover(const Bond& bond, How how);
// How long a port may take until it is usable again.
Milliseconds patience_for_return(const Bond& bond);

// The active one first: a fault of a backup shows nothing. Empty: none is left.
std::string next_port(const std::vector<std::string>& pending, const std::string& active);
// In a ring: who gets the active role from `active`.
std::string after(const std::vector<std::string>& ports, const std::string& active);

}  // namespace hawser::bondctl::drill

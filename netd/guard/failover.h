// When the bond guard moves a bond to another port, and to which. Pure.
// In the modes with an active port the kernel looks for a new one only at the next tick of miimon
// (measured: median 50 ms at miimon 100 against 6 ms for who listens to events); until then it sends into
// a dead cable. The guard acts on the carrier event itself, and leaves everything else to the kernel: coming
// back, paths that are dead behind a living link, modes that spread by hash.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/duration.h"
#include "lib/config/config.h"
#include "lib/state/observed.h"

namespace hawser::netd {

struct GuardedBond {
  std::string name;
  std::string primary;             // empty: none
  std::vector<std::string> ports;  // as the file lists them

  bool operator==(const GuardedBond&) const = default;
};

// Why the guard does not watch a bond; empty: it does. It needs a mode with an active port, fast_failover,
// and a monitor: who writes monitor = "none" wants no failover at all. And who writes downdelay wants the
// kernel to wait, which acting on the event would undo.
std::string why_unguarded(const Bond& bond, const config::BondPolicy& policy);
// The bonds of the file that the guard watches.
std::vector<GuardedBond> guarded_bonds(const State& network,
                                       const std::map<std::string, config::BondPolicy>& policies);

enum class PortState : std::uint8_t {
  kGood,       // a port of the bond, with carrier, and up for the bond's monitor
  kNoCarrier,  // the cable, the card, or the switch port
  kAdminDown,
  kNotUp,  // has carrier, but the bond's monitor does not hold it for up (updelay, ARP): the kernel's
           // business
  kGone,   // no such device, or not in this bond
};

struct PortFacts {
  std::string name;
  PortState state = PortState::kGone;
  std::int32_t prio = 0;

  bool operator==(const PortFacts&) const = default;
};

struct BondFacts {
  std::string name;
  std::string active;  // empty: none
  std::string primary;
  std::vector<PortFacts> ports;  // in the file's order

  bool operator==(const BondFacts&) const = default;
};

BondFacts facts_of(const GuardedBond& bond, const Observed& observed);

struct Switch {
  std::string bond, from, to;
  std::string reason;  // "eth0 lost its carrier"

  bool operator==(const Switch&) const = default;
};

// nullopt: nothing to do, or nothing better to switch to. Among the good ports: the primary, else the highest
// prio, else the first in the file.
std::optional<Switch> decide(const BondFacts& facts);

// A bond whose ports all flap is left to the kernel's slower monitor for a while: five switches in ten
// seconds, and no more until the first of them is that long ago.
class Damping {
 public:
  static constexpr std::size_t kSwitches = 5;
  static constexpr Milliseconds kWindow{10000};

  // Whether one more is allowed now; if so it is counted.
  bool allow(const std::string& bond, TimePoint now);

 private:
  std::map<std::string, std::deque<TimePoint>> recent_;
};

}  // namespace hawser::netd

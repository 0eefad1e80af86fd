// What netd and the bond guard tell each other over their channel. The guard trusts netd; netd takes what it
// hears only for its log and status.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include <boost/json/fwd.hpp>
#include <sys/types.h>

#include "lib/base/result.h"
#include "lib/events/event.h"
#include "netd/guard/failover.h"

namespace hawser::netd {

// ---- netd to guard

struct Orders {  // from now on exactly these
  std::vector<GuardedBond> bonds;
  bool operator==(const Orders&) const = default;
};
struct Ping {  // whether the guard still works: answered with kAlive
  bool operator==(const Ping&) const = default;
};
using ToGuard = std::variant<Orders, Ping>;

// {"type": "orders", "bonds": [{"name", "primary", "ports"}]}, {"type": "ping"}
boost::json::object encode(const ToGuard& message);
Result<ToGuard> decode_to_guard(const boost::json::object& from);

// ---- guard to netd

enum class ReportKind : std::uint8_t { kReady, kSwitched, kRefused, kAlive };

// {"type": "switched", "bond": "bond0", "from": "eth0", "to": "eth1", "text": "eth0 lost its carrier"}
struct Report {
  ReportKind kind = ReportKind::kReady;
  std::string bond;          // of kReady and kAlive: empty; of a refusal: empty where it is about no bond
  std::string text;          // why; of kReady: empty, or why it has no real-time priority
  std::string from{}, to{};  // of kSwitched: the active port

  bool operator==(const Report&) const = default;
};
boost::json::object encode(const Report& report);
Result<Report> decode_report(const boost::json::object& from);

// Of a switch "bond0: eth0 -> eth1: eth0 lost its carrier", of a refusal what it says.
Event event_of(const Report& report);

// What the guard did for one bond.
struct BondHistory {
  std::uint64_t switches = 0;
  std::string last_switch, last_refusal;  // as reported; empty: none yet

  bool operator==(const BondHistory&) const = default;
};

// For the status.
struct GuardStatus {
  enum class State : std::uint8_t { kOff, kRunning, kRestarting };
  State state = State::kOff;
  pid_t pid = 0;
  std::uint64_t restarts = 0;
  std::uint64_t switches = 0;  // of all bonds
  std::string not_realtime;    // why; empty: it has real-time priority
  std::string last;            // the last switch of any bond
  std::map<std::string, BondHistory> bonds;
};

// A report of a switch or a refusal.
void count(GuardStatus& status, const Report& report);

}  // namespace hawser::netd

template <>
inline constexpr std::array<hawser::Name<hawser::netd::ReportKind>, 4>
    hawser::kNames<hawser::netd::ReportKind>{{
        {hawser::netd::ReportKind::kReady, "ready"},
        {hawser::netd::ReportKind::kSwitched, "switched"},
        {hawser::netd::ReportKind::kRefused, "refused"},
        {hawser::netd::ReportKind::kAlive, "alive"},
    }};

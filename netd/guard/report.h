// What netd and the bond guard tell each other over their socket: one JSON text a message. The guard trusts
// netd; netd takes what it hears only for its log and status.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "lib/base/result.h"
#include "lib/events/event.h"
#include "netd/guard/failover.h"

namespace hawser::netd {

// No message is larger: what the guard reads at once, and what the kernel always takes.
inline constexpr std::size_t kLargestMessage = 32768;

// netd to guard: from now on exactly these, in as many messages as it takes.
// {"part": 1, "of": 2, "bonds": [{"name", "primary", "ports"}]}
std::vector<std::string> encode_orders(const std::vector<GuardedBond>& bonds);

struct OrdersPart {
  std::uint64_t part = 1, of = 1;
  std::vector<GuardedBond> bonds;

  bool operator==(const OrdersPart&) const = default;
};
Result<OrdersPart> decode_orders(std::string_view text);

// Puts the parts together. A first part begins anew: netd changed its mind before it had sent the last.
class OrdersReader {
 public:
  // All of them, once the last part is there.
  std::optional<std::vector<GuardedBond>> take(OrdersPart part);

 private:
  std::uint64_t next_ = 1;
  std::vector<GuardedBond> bonds_;
};

// netd to guard, whenever it wants to know whether the guard still works: answered with kAlive. {"ping": 1}
std::string encode_ping();
bool is_ping(std::string_view text);

enum class ReportKind : std::uint8_t { kReady, kSwitched, kRefused, kAlive };

// guard to netd.
// {"kind": "switched", "bond": "bond0", "from": "eth0", "to": "eth1", "text": "eth0 lost its carrier"}
struct Report {
  ReportKind kind = ReportKind::kReady;
  std::string bond;          // of kReady and kAlive: empty; of a refusal: empty where it is about no bond
  std::string text;          // why; of kReady: empty, or why it has no real-time priority
  std::string from{}, to{};  // of kSwitched: the active port

  bool operator==(const Report&) const = default;
};
// Of a switch "bond0: eth0 -> eth1: eth0 lost its carrier", of a refusal what it says.
Event event_of(const Report& report);
std::string encode_report(const Report& report);
Result<Report> decode_report(std::string_view text);

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

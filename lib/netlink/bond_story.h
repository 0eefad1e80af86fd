// What link notifications mean for bonds: who joined, whose carrier went, what the monitor noticed when,
// which port took over because of that, when the neighbours were told. Pure: facts and the time come in,
// changes come out. A failover is a chain (carrier -> poll -> failover -> announced), and each change knows
// what went before it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/netlink/monitor.h"

namespace hawser {

// When something was heard of: for people, and to count from.
struct Moment {
  std::chrono::system_clock::time_point wall;
  TimePoint steady;

  bool operator==(const Moment&) const = default;
};

enum class BondChange : std::uint8_t {
  kPresent,     // there when we began to look
  kCreated,     //
  kRemoved,     //
  kRenamed,     // of a bond or a port
  kMode,        //
  kJoined,      // a port
  kLeft,        // a port
  kAdmin,       // of a bond or a port: set up, set down
  kCarrier,     // of a bond or a port
  kFlaps,       // of a port: the carrier changed more often than it was told
  kMonitor,     // of a port: what the bond holds it for
  kFailover,    // another active port
  kAnnounced,   // gratuitous ARP, unsolicited NA
  kAggregator,  // of a bond: another carries; of a port: it is in another
  kLacp,        // of a port: our state
  kPartner,     // of a port: its partner's state
  kLost,        // notifications were dropped, so everything was looked at again
};

// One link of the chain of causes.
struct ChainLink {
  BondChange change = BondChange::kCarrier;  // kAdmin, kLeft or kCarrier; kMonitor; kFailover; kAnnounced
  std::string port;
  Moment at;

  bool operator==(const ChainLink&) const = default;
};
using Chain = std::vector<ChainLink>;

struct BondNews {
  Moment at;
  IfIndex bond_index;
  std::string bond;
  std::string port;  // empty: it is about the bond
  BondChange change = BondChange::kPresent;
  std::string from, to;     // in the words of `bondctl show`; empty: none
  std::string why;          // of a failover: "eth0 lost its carrier"
  std::uint32_t count = 0;  // of kFlaps
  Chain chain;              // of kMonitor, kFailover, kAnnounced: what led to it, itself last

  bool operator==(const BondNews&) const = default;
};

// "bond0: eth0 -> eth1: eth0 lost its carrier 52ms before": object first, without the time. One line.
std::string line_of(const BondNews& news);
// "carrier -> poll 48ms -> failover 52ms -> announced 53ms", counted from the first
std::string describe(const Chain& chain);

class BondStory {
 public:
  using News = std::vector<BondNews>;

  // Each bond as it is. First of all, once.
  News begin(const std::vector<LinkFact>& all, const Moment& now);
  // One notification.
  News hear(const LinkFact& fact, const Moment& now);
  // A fresh look at all links: what no notification told. LACP's states change without any.
  News look_again(const std::vector<LinkFact>& all, const Moment& now);

  // Whether a look from time to time tells more: there is a bond whose kernel state changes in silence.
  [[nodiscard]] bool has_lacp() const;

 private:
  [[nodiscard]] std::string name_of_link(IfIndex index) const;
  [[nodiscard]] std::string why_moved(const LinkFact& bond, IfIndex from, IfIndex to) const;

  void hear_removal(const LinkFact& known, const Moment& now, News& news);
  void hear_bond(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news);
  void hear_active(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news);
  void hear_announcement(const LinkFact& fact, const Moment& now, News& news);
  void hear_membership(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news);
  void hear_port(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news);
  void hear_carrier(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news);
  void hear_monitor(const LinkFact& before, const LinkFact& fact, const Moment& now, News& news);

  std::map<IfIndex, LinkFact> links_;
  std::map<IfIndex, Chain> chains_;  // of a port: how it went down; of a bond: its failover, until announced
};

}  // namespace hawser

template <>
inline constexpr std::array<hawser::Name<hawser::BondChange>, 17> hawser::kNames<hawser::BondChange>{{
    {hawser::BondChange::kPresent, "present"},
    {hawser::BondChange::kCreated, "created"},
    {hawser::BondChange::kRemoved, "removed"},
    {hawser::BondChange::kRenamed, "renamed"},
    {hawser::BondChange::kMode, "mode"},
    {hawser::BondChange::kJoined, "joined"},
    {hawser::BondChange::kLeft, "left"},
    {hawser::BondChange::kAdmin, "admin"},
    {hawser::BondChange::kCarrier, "carrier"},
    {hawser::BondChange::kFlaps, "flaps"},
    {hawser::BondChange::kMonitor, "poll"},
    {hawser::BondChange::kFailover, "failover"},
    {hawser::BondChange::kAnnounced, "announced"},
    {hawser::BondChange::kAggregator, "aggregator"},
    {hawser::BondChange::kLacp, "lacp"},
    {hawser::BondChange::kPartner, "partner"},
    {hawser::BondChange::kLost, "lost"},
}};

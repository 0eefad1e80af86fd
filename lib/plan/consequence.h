// What a plan costs beside what its steps say: addresses and routes that go with a device that goes down,
// becomes a port or is deleted and that the same plan does not put back, and addresses that answer with
// another MAC afterwards. Found by simulating the plan; pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "lib/plan/step.h"
#include "lib/state/observed.h"

namespace hawser {

enum class HeldBy : std::uint8_t {
  kAnybody,
  kRouter,  // a router's advertisement made it, and the next one makes it anew
  kVipd,    // held for a vip, which is in no role without it
};

// A device of somebody else's that goes with one of ours.
struct LostLink {
  std::string link;
  std::string with;
  bool operator==(const LostLink&) const = default;
};
struct LostAddress {
  std::string link;
  Prefix prefix;
  HeldBy held_by = HeldBy::kAnybody;
  bool operator==(const LostAddress&) const = default;
};
struct LostRoute {
  RouteKey key;
  Route route;
  bool by_router = false;
  bool operator==(const LostRoute&) const = default;
};
// Put back by the plan, but not as it was.
struct PoorerRoute {
  RouteKey key;
  Route route;
  bool operator==(const PoorerRoute&) const = default;
};
struct MovedMac {
  std::string link;
  std::string from_link;         // the same, unless addresses move to another device
  std::vector<Prefix> prefixes;  // that move with it; empty where the device keeps its addresses
  MacAddress from;
  std::optional<MacAddress> to;  // nullopt: known only when it is done
  bool operator==(const MovedMac&) const = default;
};
// A bond keeps the MAC of a card that leaves it, and the card has it as well.
struct SharedMac {
  std::string link;  // the bond
  std::string with;  // the card
  MacAddress mac;
  bool operator==(const SharedMac&) const = default;
};
// A VLAN is never larger than what it is on (vlan_device_event()), and does not grow with it again.
struct SmallerMtu {
  std::string link;
  std::string with;  // the device that it is on
  std::uint32_t from = 0, to = 0;
  bool operator==(const SmallerMtu&) const = default;
};

using Consequence =
    std::variant<LostLink, LostAddress, LostRoute, PoorerRoute, MovedMac, SharedMac, SmallerMtu>;

std::vector<Consequence> consequences(const Observed& before, const std::vector<Step>& steps);
// The devices that go with those that are deleted, and are none of `made`: VLANs (the plan names them, and
// not whose they are), and what the kernel deletes without being asked.
std::vector<Consequence> lost_links(const Observed& before, const std::vector<Step>& steps,
                                    const std::set<std::string>& made);

// Whether a device of this status is one that the kernel deletes with `device`.
bool sits_on(const LinkStatus& status, const std::string& device);

// One line, object first: "eth0: loses route default via 192.0.2.9",
// "bond0: mac changes from 52:54:00:00:53:01 to 52:54:00:00:53:02: neighbours are told".
std::string describe(const Consequence& consequence);
std::string object_of(const Consequence& consequence);
// Whether something is gone or at odds after it, or only elsewhere.
bool is_loss(const Consequence& consequence);

}  // namespace hawser

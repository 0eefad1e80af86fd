// The VRRP state machine (RFC 9568 6.4) as a function: step(config, machine, event) -> {machine, actions}. It
// sees no clock, socket or log; the order of the actions is the order of their effects. Beside the RFC's
// three roles it has Leaving: priority 0 was sent, the addresses still answer until the new Active was heard
// and has had the time to announce them.
//
// What nobody expects in a role is "stay as you are": the peer chooses what we receive.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/maybe_time.h"
#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

// How long a takeover is answered by routers that yield to it. Their last words are no split that has healed;
// the rounds of the takeover go on for longer.
inline constexpr Milliseconds kSettling{1000};

struct VrrpConfig {
  Priority priority{100};
  Centiseconds interval{100};
  IpAddress source;     // ours, the tie-breaker between equal priorities
  bool preempt = true;  // take over from a lower priority; the owner always does
  Milliseconds preempt_delay{0};
  bool keeps_addresses = false;  // in every role: a provider routes them
  Milliseconds grace{100};       // leaving: how long we go on answering once the new Active was heard
  int version = 3;
  Milliseconds return_delay{0};  // after nobody was heard: how long the role is not taken from who is

  bool operator==(const VrrpConfig&) const = default;
};

// How long who leaves answers for so many addresses: the new Active may need that to add and announce them
// (we need about 0.1 ms for each).
constexpr Milliseconds leaving_grace(std::size_t addresses) {
  return Milliseconds(100) + Milliseconds(1) * addresses;
}

// (256 - priority) / 256 of an interval, exact; and three intervals more (RFC 9568 6.1).
std::chrono::nanoseconds skew_time(Priority priority, Centiseconds interval);
std::chrono::nanoseconds active_down_interval(Priority priority, Centiseconds interval);

// The same as the version of the router has it: the skew of version 2 is a part of a second, whatever the
// interval (RFC 3768 6.1).
std::chrono::nanoseconds skew_time(const VrrpConfig& config, Centiseconds interval);
std::chrono::nanoseconds active_down_interval(const VrrpConfig& config, Centiseconds interval);

// Where both are Active: whether this router gives up the role.
bool yields_to(const VrrpConfig& config, Priority priority, const IpAddress& source);

// ---- roles

struct Initialize {
  std::optional<TimePoint> start_at;  // a startup delay is running; none: not started, or no usable interface
  bool operator==(const Initialize&) const = default;
};

struct Backup {
  enum class Wait : std::uint8_t {
    kActiveDown,  // for the Active router to fall silent
    kSkew,        // after priority 0
    kListen,      // after a restart that found our addresses in place, or a stall: an interval and the skew
  };
  Wait wait = Wait::kActiveDown;
  TimePoint since;                       // the wait runs from here
  std::optional<Centiseconds> interval;  // learnt from the Active router; none: nobody heard, ours counts
  MaybeTime preempt_at;                  // a lower priority is Active and the preempt delay is running
  std::optional<Centiseconds>
      discarded;  // the last advertisement was of a lower priority, and we will take over; its interval
  bool holding = false;  // the addresses of an earlier run are still in the kernel
  // All others were silent, and are heard again: what brings them here may need a while, and silence is not
  // believed before.
  MaybeTime not_before;
  bool operator==(const Backup&) const = default;
};

struct Active {
  TimePoint advert_at;
  TimePoint quiet_until{};   // before this a losing router is answered without announcements
  TimePoint silent_until{};  // and before this not at all: it has just been answered
  // After a stall that was longer than the others wait: nothing is sent before it is known whether another
  // router is Active by now. The addresses stay: if nobody is, this host is the one that answers.
  bool listening = false;
  bool alone = false;  // it took over from silence, and has heard nobody since
  bool operator==(const Active&) const = default;
};

struct Leaving {
  TimePoint again_at;  // priority 0 is repeated each interval: it may have been lost
  TimePoint drop_at;
  std::optional<IpAddress> successor{};    // the new Active, once heard
  std::optional<Centiseconds> interval{};  // its
  bool stays = false;  // afterwards it is Backup, and where nobody takes over it is Active again
  bool operator==(const Leaving&) const = default;
};

using Role = std::variant<Initialize, Backup, Active, Leaving>;
enum class RoleName : std::uint8_t { kInitialize, kBackup, kActive, kLeaving };  // in the order of Role
RoleName name_of_role(const Role& role);

// The router that was last heard, whatever it said.
struct Heard {
  IpAddress source;
  Priority priority;
  TimePoint at;
  bool operator==(const Heard&) const = default;
};

struct Machine {
  Role role;
  std::optional<Heard> heard;
  bool operator==(const Machine&) const = default;
};

// When the machine wants a Timer event; none: never.
std::optional<TimePoint> deadline(const VrrpConfig& config, const Machine& machine);
// Whether it has slept through its time for as long as others wait: who is Active by now it cannot know.
bool is_stalled(const VrrpConfig& config, const Machine& machine, TimePoint now);
// Whether the addresses should be on the interface.
bool holds_addresses(const Machine& machine);
// Whether this host is the one that answers for them: Active, or holding them while it listens after a
// restart, or while it leaves and nobody else is Active yet.
bool answers(const Machine& machine);

// ---- events

struct Startup {  // the vip begins, or its interface became usable (again)
  TimePoint now;
  bool adopted = false;    // the kernel still has its addresses from an earlier run
  TimePoint not_before{};  // its delay ends; does not hold up an adopted vip
  bool returns = false;    // its interface was lost meanwhile
};
struct Shutdown {  // a planned leave: SIGTERM, the vip was removed from the file
  TimePoint now;
};
struct HandOver {  // the same for the role alone; `config` is that of who does not want it back
  TimePoint now;
};
struct TakeRole {  // an operator wants it here, whoever has it; `config` is that of who keeps it
  TimePoint now;
};
struct Timer {
  TimePoint now;
  bool awaited = false;  // a provider was asked first: it is late for that, not for a stall
};
struct AdvertisementHeard {
  TimePoint now;
  IpAddress source;
  Priority priority;
  Centiseconds interval{100};
};
struct PriorityChanged {  // `config` has another priority, and perhaps another rule for preemption
  TimePoint now;
};
struct Reload {  // `config` changed: interval, addresses, our source
  TimePoint now;
};
enum class FaultReason : std::uint8_t {
  kInterface,  // it cannot be used
  kAddresses,  // none of them can be held
  kProvider,   // it led them to another node
};
struct Fault {  // it cannot have the role
  TimePoint now;
  std::string why;  // "front: no carrier"
  FaultReason reason = FaultReason::kInterface;
};
using MachineEvent = std::variant<Startup, Shutdown, HandOver, TakeRole, Timer, AdvertisementHeard,
                                  PriorityChanged, Reload, Fault>;

// ---- actions

struct SendAdvertisement {
  Priority priority;
  Centiseconds interval{100};
  bool operator==(const SendAdvertisement&) const = default;
};
struct HoldAddresses {  // add every address that is missing; announce each as soon as it is there
  bool operator==(const HoldAddresses&) const = default;
};
struct DropAddresses {
  bool operator==(const DropAddresses&) const = default;
};
struct Announce {  // every address again
  bool operator==(const Announce&) const = default;
};
struct RoleChange {
  RoleName from;
  RoleName to;
  std::string why;  // "no advertisement from 192.0.2.11 for 3.61s"
  bool operator==(const RoleChange&) const = default;
};
struct Note {  // worth a line in the log, no change of role
  std::string text;
  bool operator==(const Note&) const = default;
};
using Action = std::variant<SendAdvertisement, HoldAddresses, DropAddresses, Announce, RoleChange, Note>;

struct Transition {
  Machine machine;
  std::vector<Action> actions;
  bool operator==(const Transition&) const = default;
};
Transition step(const VrrpConfig& config, Machine machine, const MachineEvent& event);

}  // namespace hawser::vipd

namespace hawser {

template <>
inline constexpr std::array<Name<vipd::RoleName>, 4> kNames<vipd::RoleName>{{
    {vipd::RoleName::kInitialize, "Initialize"},
    {vipd::RoleName::kBackup, "Backup"},
    {vipd::RoleName::kActive, "Active"},
    {vipd::RoleName::kLeaving, "Leaving"},
}};

}  // namespace hawser

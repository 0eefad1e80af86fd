// What happened, as a value. Whoever has something to tell makes one; the log's line, the journal's fields,
// `netd events` and the event stream are all made from it, so that no program has to search a sentence for
// what it means.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lib/base/duration.h"
#include "lib/base/names.h"

namespace hawser {

// Info: something changed. Warning: we cannot do what was asked, and retry. Error: we stop.
enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

// What it is about: the word that programs select by.
enum class EventKind : std::uint8_t {
  kRole,          // of a virtual router: `from`, `to` are RFC 9568's words
  kAddress,       // of a vip: held, missing, put back, somebody else's
  kPeer,          // what other hosts say or do not say
  kInterface,     // that a vip or a file needs
  kStep,          // the kernel was made to do something
  kSwitch,        // of a bond to another active port
  kRefusal,       // the kernel did not
  kContention,    // somebody else undoes again and again
  kTraffic,       // what a change cost
  kState,         // of an object: "ok", "degraded", "dead"
  kRealServer,    // in service, out of it, another weight
  kService,       // has real servers, has none
  kAnnouncement,  // neighbours were told
  kRoute,         // where a provider leads an address
  kFile,          // the configuration
  kProcess,       // the daemon and its children
  kStorage,       // journal, last good file, sockets, locks
};

// Why it happened, as far as that is of a kind.
enum class CauseKind : std::uint8_t {
  kNone,       // nothing to say, or only words
  kStart,      // of the daemon
  kFile,       // the file says so
  kProbe,      // what the checks of a real server said
  kOthers,     // somebody else changed the kernel
  kAppeared,   // a device that was missing
  kRetry,      // what was refused before
  kPeer,       // another router's advertisement, or its silence
  kInterface,  // an interface became usable, or is no more
  kKernel,     // an error of the kernel
  kOperator,   // somebody asked for it
  kProvider,   // who routes the address says so
};

struct Cause {
  CauseKind kind = CauseKind::kNone;
  std::string text;  // "no advertisement from 192.0.2.12 for 3.61s", "eth1 appeared"

  bool operator==(const Cause&) const = default;
};

// How it goes on.
enum class Outlook : std::uint8_t {
  kNone,
  kRetried,  // "will be tried again"
  kWaits,    // "not tried again until something changes"
};

// The same, kept back by a Damper since it was told last.
struct Repeats {
  std::uint64_t count = 0;
  Milliseconds within{0};

  bool operator==(const Repeats&) const = default;
};

struct Event {
  EventKind kind = EventKind::kProcess;
  Level level = Level::kInfo;
  std::string object{};  // "web", "bond0", "netd": its name in the file where it has one
  std::string what{};    // of the object: "real server web1 198.51.100.21:8080", "add port eth1"
  std::string from{};    // how it was; empty: not known, or it was not
  std::string to{};      // how it is now: "Active", "degraded", "removed"
  Cause cause{};
  std::string evidence{};                  // what was seen: "site: connect: Connection refused"
  std::optional<Milliseconds> duration{};  // how long `from` had been so
  Outlook outlook = Outlook::kNone;
  Repeats repeats{};

  bool operator==(const Event&) const = default;
};

// The line of the log, the only one there is: object first, then what changed, then why.
// "web: Active: no advertisement from 192.0.2.12 for 3.61s",
// "web: real server web1 198.51.100.21:8080: removed: 3 checks failed (site: connect: Connection refused)",
// "bond0: add port eth1: Device or resource busy; will be tried again (3 more in the last 20s)".
std::string line_of(const Event& event);

// From words that name the object first, as those of an Error and of a step do: "bond0: add port eth1".
Event event_from(std::string_view words, EventKind kind, Level level);

// Who is told of events.
using Tell = std::function<void(const Event&)>;

}  // namespace hawser

template <>
inline constexpr std::array<hawser::Name<hawser::Level>, 4> hawser::kNames<hawser::Level>{{
    {hawser::Level::kDebug, "debug"},
    {hawser::Level::kInfo, "info"},
    {hawser::Level::kWarning, "warning"},
    {hawser::Level::kError, "error"},
}};

template <>
inline constexpr std::array<hawser::Name<hawser::EventKind>, 17> hawser::kNames<hawser::EventKind>{{
    {hawser::EventKind::kRole, "role"},
    {hawser::EventKind::kAddress, "address"},
    {hawser::EventKind::kPeer, "peer"},
    {hawser::EventKind::kInterface, "interface"},
    {hawser::EventKind::kStep, "step"},
    {hawser::EventKind::kSwitch, "switch"},
    {hawser::EventKind::kRefusal, "refusal"},
    {hawser::EventKind::kContention, "contention"},
    {hawser::EventKind::kTraffic, "traffic"},
    {hawser::EventKind::kState, "state"},
    {hawser::EventKind::kRealServer, "real-server"},
    {hawser::EventKind::kService, "service"},
    {hawser::EventKind::kAnnouncement, "announcement"},
    {hawser::EventKind::kRoute, "route"},
    {hawser::EventKind::kFile, "file"},
    {hawser::EventKind::kProcess, "process"},
    {hawser::EventKind::kStorage, "storage"},
}};

template <>
inline constexpr std::array<hawser::Name<hawser::CauseKind>, 12> hawser::kNames<hawser::CauseKind>{{
    {hawser::CauseKind::kNone, "none"},
    {hawser::CauseKind::kStart, "start"},
    {hawser::CauseKind::kFile, "file"},
    {hawser::CauseKind::kProbe, "probe"},
    {hawser::CauseKind::kOthers, "others"},
    {hawser::CauseKind::kAppeared, "appeared"},
    {hawser::CauseKind::kRetry, "retry"},
    {hawser::CauseKind::kPeer, "peer"},
    {hawser::CauseKind::kInterface, "interface"},
    {hawser::CauseKind::kKernel, "kernel"},
    {hawser::CauseKind::kOperator, "operator"},
    {hawser::CauseKind::kProvider, "provider"},
}};

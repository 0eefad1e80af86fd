// What the advertising process and its worker tell each other over their channel.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <boost/json/fwd.hpp>

#include "lib/base/result.h"
#include "lib/config/load.h"
#include "lib/events/event.h"
#include "vipd/addresses/unaccepted.h"
#include "vipd/provider/budget.h"
#include "vipd/provider/route_keeper.h"

namespace hawser::vipd {

// All of the file that vipd uses.
struct Settings : config::VipdSpec, config::LogSpec {
  std::string node;
  std::vector<config::Vip> vips;  // by name; with the passwords themselves
  std::vector<IpAddress> own{};   // this host's, as [nodes], [bond.NAME] and [link.NAME] name them

  bool operator==(const Settings&) const = default;
};

struct Reading {
  std::optional<Settings> settings;       // none: the file must not be used, and there is no last good one
  bool last_good = false;                 // `settings` come from the kept file
  std::vector<config::Problem> problems;  // of the file
  std::string remembered{};               // with the first one: what was to be Remembered last

  bool operator==(const Reading&) const = default;
};

Settings settings_of(const config::Config& config);

// ---- vipd to worker

struct Files {
  std::filesystem::path config;
  std::filesystem::path state_directory;
  std::string node;                           // --node; empty: not given
  std::filesystem::path runtime_directory{};  // where hawser-runner is asked
  bool only_reads = false;                    // for who checks: nothing on this host is changed
  bool operator==(const Files&) const = default;
};

struct Begin {  // the first message; answered with a Reading, of the last good file where the present one is
                // bad
  Files files;
  bool operator==(const Begin&) const = default;
};
struct ReadFile {  // answered with a Reading
  config::Emptiness emptiness = config::Emptiness::kRefused;
  bool operator==(const ReadFile&) const = default;
};
struct KeepLastGood {  // what was read last is in use
  bool operator==(const KeepLastGood&) const = default;
};
struct Remember {  // to be kept as it is, across restarts: what operators ask of the vips
  std::string text;
  bool operator==(const Remember&) const = default;
};
struct Secure {  // these interfaces are to promote their secondaries, others no more
  std::set<std::string> interfaces{};
  bool operator==(const Secure&) const = default;
};
struct Quiet {  // on these interfaces other devices answer for virtual MACs: they themselves do not
  std::set<std::string> interfaces{};
  bool operator==(const Quiet&) const = default;
};
struct DropFor {  // nothing is accepted for these addresses, and for others as ever
  Unaccepted addresses{};
  bool operator==(const DropFor&) const = default;
};
struct EndConnections {  // TCP, of these addresses, which are another host's now
  std::vector<IpAddress> addresses;
  bool operator==(const EndConnections&) const = default;
};
struct Release {  // the addresses are gone: put back what was set, and end
  bool operator==(const Release&) const = default;
};
// The providers are asked about the addresses of what was read last, from now on.
struct Follow {
  bool operator==(const Follow&) const = default;
};
// What this host is in the election of a vip whose addresses a provider routes.
enum class Side : std::uint8_t {
  kOther,
  kCandidate,  // it would be Active, and the provider is asked first
  kActive,
};
struct Lead {
  std::string vip;
  Side side = Side::kOther;
  provider::Begin begin = provider::Begin::kBySwitching;  // a worker that was started again reads first
  std::optional<IpAddress> before{};                      // who had the role, as it advertised
  bool fence = false;                                     // a candidate's: whoever had it is to be off first
  std::optional<provider::WallTime> heard_at{};           // when that was last heard
  bool operator==(const Lead&) const = default;
};
struct LeadAgain {  // a losing router was heard: it may have led the addresses elsewhere
  std::string vip;
  bool operator==(const LeadAgain&) const = default;
};
using ToWorker = std::variant<Begin, ReadFile, KeepLastGood, Remember, Secure, Quiet, DropFor, EndConnections,
                              Release, Follow, Lead, LeadAgain>;

// {"type": "begin", "config": .., "state_directory": .., "node": .., "runtime_directory": .., "only_reads":
// false}, {"type": "read", "allow_empty": false}, {"type": "remember", "text": ".."},
// {"type": "keep"}, {"type": "secure", "interfaces": [..]}, {"type": "quiet", "interfaces": [..]}, {"type":
// "release"}, {"type": "follow"},
// {"type": "drop", "addresses": ["192.0.2.100"], "on_links": [["front", "fe80::100"]]},
// {"type": "end", "addresses": ["192.0.2.100"]},
// {"type": "lead", "vip": "web", "side": "active", "begin": "switching", "before": "192.0.2.11",
// "fence": false, "heard_at": 1800000000000},
// {"type": "again", "vip": "web"}
boost::json::object encode(const ToWorker& message);
Result<ToWorker> decode_to_worker(const boost::json::object& from);

// ---- worker to vipd

// Where a provider leads an address, told whenever that or what is done about it has changed.
struct RouteReport {
  std::string vip;
  IpAddress address;  // by which the provider knows it: of a network, its first
  std::string provider;
  provider::Standing standing = provider::Standing::kUnknown;
  std::string target;  // as the provider says
  std::string node;    // whose that is; empty: nobody's of the file
  std::optional<provider::WallTime> read_at;
  std::optional<provider::WallTime> since;  // it leads there, as far as was read
  std::string trouble;                      // the provider's last answer, where it told nothing
  std::optional<provider::WallTime> next;   // call, where nothing is on its way
  std::optional<provider::Ask> asking;
  bool confirmed = false;
  bool lost = false;
  bool left_behind = false;
  unsigned reads_left = 0, switches_left = 0;
  bool operator==(const RouteReport&) const = default;
};

// How far it is with the fencing that a candidate asked for.
struct FenceReport {
  std::string vip;
  bool done = false;  // all that were to be off are, or were reset
  std::string text;   // "lb1 is off, as cloud says", "lb2 was reset (unconfirmed)", or why not yet
  bool operator==(const FenceReport&) const = default;
};

// Whether what is sent to addresses with accept = false is dropped.
struct DropReport {
  std::string trouble;  // why not; empty: it is
  bool operator==(const DropReport&) const = default;
};

using FromWorker = std::variant<Reading, Event, RouteReport, FenceReport, DropReport>;

// {"type": "reading", "last_good": false, "problems": [..], "settings": {..}}, {"type": "event", ..} with
// what lib/events/event_json.h says, {"type": "route", ..} with the members of RouteReport,
// {"type": "fence", "vip": "web", "done": false, "text": ".."}, {"type": "dropping", "trouble": ".."}.
boost::json::object encode(const FromWorker& message);
Result<FromWorker> decode_from_worker(const boost::json::object& from);

}  // namespace hawser::vipd

template <>
inline constexpr std::array<hawser::Name<hawser::vipd::Side>, 3> hawser::kNames<hawser::vipd::Side>{{
    {hawser::vipd::Side::kOther, "other"},
    {hawser::vipd::Side::kCandidate, "candidate"},
    {hawser::vipd::Side::kActive, "active"},
}};

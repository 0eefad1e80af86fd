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

namespace hawser::vipd {

// All of the file that vipd uses.
struct Settings : config::VipdSpec, config::LogSpec {
  std::string node;
  std::vector<config::Vip> vips;  // by name

  bool operator==(const Settings&) const = default;
};

struct Reading {
  std::optional<Settings> settings;       // none: the file must not be used, and there is no last good one
  bool last_good = false;                 // `settings` come from the kept file
  std::vector<config::Problem> problems;  // of the file

  bool operator==(const Reading&) const = default;
};

Settings settings_of(const config::Config& config);

// ---- vipd to worker

struct Files {
  std::filesystem::path config;
  std::filesystem::path state_directory;
  std::string node;  // --node; empty: not given
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
struct Secure {  // these interfaces are to promote their secondaries, others no more
  std::set<std::string> interfaces{};
  bool operator==(const Secure&) const = default;
};
struct Release {  // the addresses are gone: put back what was set, and end
  bool operator==(const Release&) const = default;
};
using ToWorker = std::variant<Begin, ReadFile, KeepLastGood, Secure, Release>;

// {"type": "begin", "config": .., "state_directory": .., "node": ..}, {"type": "read", "allow_empty": false},
// {"type": "keep"}, {"type": "secure", "interfaces": [..]}, {"type": "release"}
boost::json::object encode(const ToWorker& message);
Result<ToWorker> decode_to_worker(const boost::json::object& from);

// ---- worker to vipd

using FromWorker = std::variant<Reading, Event>;

// {"type": "reading", "last_good": false, "problems": [..], "settings": {..}}, {"type": "event", ..} with
// what lib/events/event_json.h says.
boost::json::object encode(const FromWorker& message);
Result<FromWorker> decode_from_worker(const boost::json::object& from);

}  // namespace hawser::vipd

// What operators said of real servers beside the file: drained, disabled. Kept on the disk, so that it
// outlives a reload, a restart and a power cut; times are times of day there, in ms since 1970.
// {"format": 1, "overrides": [{"service": "", "real": "web1", "what": "draining",
//                              "since": 1795748400000, "deadline": 1795748700000}]}
#pragma once

#include <chrono>
#include <compare>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/reconcile/weight.h"

namespace hawser {

// Of whom: a real server by its name, "ADDRESS:PORT" or "ADDRESS", of one service or (empty) everywhere.
struct OverrideKey {
  std::string service;
  std::string real;
  auto operator<=>(const OverrideKey&) const = default;
};

struct OverrideEntry {
  OverrideKey key;
  OverrideState state;
  std::chrono::system_clock::time_point since;
  std::optional<std::chrono::system_clock::time_point> deadline{};  // the state's, by the clock on the wall
  bool operator==(const OverrideEntry&) const = default;
};

class Overrides {
 public:
  struct Clocks {
    std::chrono::system_clock::time_point wall;
    TimePoint steady;
  };

  // The last word counts, whatever name was used for it; kNone takes back.
  void say(const OverrideKey& key, Override what, std::optional<Milliseconds> within, const Clocks& now);
  // Forgets what decides nothing any more; what is of no real server of the layout is kept.
  void tidy(const Layout& layout);
  // In the order in which they were said.
  [[nodiscard]] const std::vector<OverrideEntry>& all() const { return entries_; }
  [[nodiscard]] std::map<Endpoint, OverrideState> of(const VirtualServer& service) const;
  [[nodiscard]] OverrideState of(const VirtualServer& service, const Member& member) const;

  [[nodiscard]] std::string encode() const;
  // Errors: not what encode() writes. A deadline that has passed meanwhile is now.
  static Result<Overrides> decode(const std::string& text, const Clocks& now);

  bool operator==(const Overrides&) const = default;

 private:
  [[nodiscard]] const OverrideEntry* deciding(const VirtualServer& service, const Member& member) const;

  std::vector<OverrideEntry> entries_;
};

// STATE_DIR/netd.overrides
std::filesystem::path overrides_file(const std::filesystem::path& state_dir);
// None where there is no such file.
Result<Overrides> read_overrides(const std::filesystem::path& file, const Overrides::Clocks& now);

// Whether `real`, as an operator writes it, is this one.
bool is_called(const Member& member, const std::string& real);

}  // namespace hawser

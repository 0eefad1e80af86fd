// What the worker tells the advertising process, and how: JSON over a socket pair of datagrams, long texts in
// pieces.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/bytes.h"
#include "lib/base/result.h"
#include "lib/config/load.h"

namespace hawser::vipd {

// All of the file that vipd uses.
struct Settings {
  std::string node;
  std::vector<config::Vip> vips;  // by name
  int realtime = 10;
  bool lock_memory = true;
  std::string log_level = "info";

  bool operator==(const Settings&) const = default;
};

struct Reading {
  std::optional<Settings> settings;       // none: the file must not be used, and there is no last good one
  bool last_good = false;                 // `settings` come from the kept file
  std::vector<config::Problem> problems;  // of the file

  bool operator==(const Reading&) const = default;
};

Settings settings_of(const config::Config& config);

std::string to_json(const Reading& reading);
Result<Reading> reading_from_json(std::string_view from);

// A text as datagrams that fit a socket's buffer, and back.
std::vector<Bytes> split_message(std::string_view message);
class Assembler {
 public:
  // The whole text once its last piece has come.
  std::optional<std::string> add(ByteView piece);

 private:
  std::string text_;
};

// What the advertising process asks of the worker.
inline constexpr std::string_view kRead = "read";  // answered with a Reading; at the start also sent unasked
inline constexpr std::string_view kReadEmpty = "read, also without a section";
inline constexpr std::string_view kKeep =
    "keep";  // what was read last is in use: keep it as the last good one
// Followed by names of interfaces, each after a space: these are to promote their secondaries, others no
// more.
inline constexpr std::string_view kSecure = "secure";
// The addresses are gone: put back what was set, and end.
inline constexpr std::string_view kRelease = "release";

}  // namespace hawser::vipd

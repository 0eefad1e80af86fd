// [check.NAME], and checks written in a pool.
#pragma once

#include <optional>
#include <set>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

enum class CheckType : std::uint8_t { kTcp, kHttp };

struct HttpCheck {
  std::string method = "GET";
  std::string path = "/";
  std::string host;                                     // empty: the address that is asked
  std::vector<std::pair<int, int>> status{{200, 299}};  // ranges, both ends in
  std::string contains;                                 // empty: any body
  std::size_t max_body = 65536;
  bool operator==(const HttpCheck&) const = default;
};

struct Check {
  std::string name;
  CheckType type = CheckType::kTcp;
  Milliseconds interval{1000};
  Milliseconds timeout{500};
  int fall = 3;
  int rise = 2;
  std::optional<IpAddress> address;  // where it differs from the real server's
  std::optional<std::uint16_t> port;
  HttpCheck http;
  bool operator==(const Check&) const = default;
};
const Rows<Check>& check_rows();

struct Checks {
  struct Written {
    Sections<Check> checks;
    std::set<std::string> used_checks;  // somewhere in the file, whichever node it is for
  };
  struct Built {
    std::map<std::string, Check> checks;
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

// One of a pool's or a real server's `checks`.
struct CheckRef {
  Place place;
  std::string name;  // of a [check.*]; empty: written here
  std::optional<Section<Check>> written;
};

// Every text in values of that key, at whatever depth: also those for another node, or in [defaults.*].
std::set<std::string> texts_of(const Table& root, std::string_view key);

void check_is_sound(const Section<Check>& check, Report& report);
void note_check(const Section<Check>& check, Report& report);

}  // namespace hawser::config

namespace hawser {

template <>
inline constexpr std::array<Name<config::CheckType>, 2> kNames<config::CheckType>{{
    {config::CheckType::kTcp, "tcp"},
    {config::CheckType::kHttp, "http"},
}};

}  // namespace hawser

// [check.NAME], and checks written in a pool.
#pragma once

#include <optional>
#include <set>
#include <tuple>
#include <variant>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

// How a check asks. A new kind is its struct here, its word, rows and rules in check_kinds.cpp, and its
// conversation in a file of probes/.
struct TcpCheck {
  bool operator==(const TcpCheck&) const = default;
};

struct HttpCheck {
  std::string method = "GET";
  std::string path = "/";
  std::string host;                                     // empty: the address that is asked
  std::vector<std::pair<int, int>> status{{200, 299}};  // ranges, both ends in
  std::string contains;                                 // empty: any body
  std::size_t max_body = 65536;
  bool operator==(const HttpCheck&) const = default;
};

using CheckKind = std::variant<TcpCheck, HttpCheck>;

struct Check {
  std::string name;
  Milliseconds interval{1000};
  Milliseconds timeout{500};
  int fall = 3;
  int rise = 2;
  std::optional<IpAddress> address;  // where it differs from the real server's
  std::optional<std::uint16_t> port;
  CheckKind kind;
  bool operator==(const Check&) const = default;
};

template <class Variant>
struct AllOf;
template <class... Kinds>
struct AllOf<std::variant<Kinds...>> {
  using Type = std::tuple<Kinds...>;
};

struct CheckSpec : Check {
  std::size_t type = 0;               // which of the kinds
  AllOf<CheckKind>::Type settings{};  // of every kind as written; those of another kind are refused
};
const Rows<CheckSpec>& check_rows();
Check check_of(const CheckSpec& spec);

struct Checks {
  struct Written {
    Sections<CheckSpec> checks;
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
  std::optional<Section<CheckSpec>> written;
};

// Every text in values of that key, at whatever depth: also those for another node, or in [defaults.*].
std::set<std::string> texts_of(const Table& root, std::string_view key);

void check_is_sound(const Section<CheckSpec>& check, Report& report);
void note_check(const Section<CheckSpec>& check, Report& report);

}  // namespace hawser::config

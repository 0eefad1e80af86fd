// A section as it is written: the shape its rows fill, with the place of every key for the rules that look
// across keys.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "lib/config/engine/value.h"

namespace hawser::config {

// The settings of a section, each declared once: lib/config/engine/rows.h.
template <class S>
class Rows;

// Where each key of a section was found: "priority", for elements of a list "addresses[0]".
using Places = std::map<std::string, Place, std::less<>>;

template <class S>
struct Section {
  std::string path;  // "vip.web"
  Place place;
  Places places;
  S spec{};

  [[nodiscard]] bool has(std::string_view key) const { return places.contains(key); }
  // The place of a key, or of the section where it is not written.
  [[nodiscard]] Place at(std::string_view key) const {
    const auto found = places.find(key);
    return found == places.end() ? place : found->second;
  }
  [[nodiscard]] Place at(std::string_view key, std::size_t element) const {
    const auto found = places.find(fmt::format("{}[{}]", key, element));
    return found == places.end() ? at(key) : found->second;
  }
};
template <class S>
using Sections = std::map<std::string, Section<S>>;  // by the user's name

// How a section stands in the file.
enum class Form : std::uint8_t {
  kAside,  // one: settings of how or for whom, which by themselves make nothing
  kNamed,  // any number, [vip.NAME]: each makes something
  kOther,  // not decided before it is supported
};

// The host whose values count.
struct NodeView {
  std::string node;                // empty: a single host
  std::vector<std::string> nodes;  // all of them
};

inline std::string dotted(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

}  // namespace hawser::config

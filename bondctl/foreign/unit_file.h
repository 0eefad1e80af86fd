// systemd's .netdev and .network files (systemd.syntax(7)): sections of KEY=VALUE. Pure.
#pragma once

#include <optional>

#include "lib/base/duration.h"
#include "lib/foreign/lines.h"

namespace hawser::bondctl {

struct UnitEntry {
  Spot at;
  std::string key, value;
};

struct UnitSection {
  Spot at;
  std::string name;  // "Network", without brackets
  std::vector<UnitEntry> entries;
};

struct UnitFile {
  std::vector<UnitSection> sections;  // in the order of the file; a name may be there more than once
  std::vector<LeftOut> left_out;      // lines that are neither a section nor a key
};

UnitFile parse_unit(const std::string& file, std::string_view text);

// "1", "yes", "true", "on"; nullopt: no such word.
std::optional<bool> unit_flag(std::string_view text);
// systemd.time(7): "100ms", "1min 30s", "1.5s"; a bare number is seconds. Finer than a millisecond: none.
std::optional<Milliseconds> unit_span(std::string_view text);

}  // namespace hawser::bondctl

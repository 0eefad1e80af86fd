// What other programs call our settings: whoever writes `slaves`, `advert_int` or "lacp" is told how that is
// written here. The tables: lib/config/sections/hints_table.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/value.h"

namespace hawser::config {

struct KeyHint {
  std::string_view kinds;   // of sections, as in KeyInfo::kind: "bond link"
  std::string_view words;   // of others: lower case, with _ for -
  std::string_view target;  // "bond.ports": the setting here; empty: there is none
  std::string_view write;   // empty: the target's key and example
  std::string_view why;     // said before it
};
std::span<const KeyHint> key_hints();

struct SectionHint {
  std::string_view words;
  std::string_view write;  // "[vip.NAME]"
};
std::span<const SectionHint> section_hints();

struct ValueHint {
  std::string_view key;
  std::string_view words;
  std::string_view right;  // the value here
};
std::span<const ValueHint> value_hints();

// Small letters, with _ for -, as the tables have them.
std::string plain_word(std::string_view word);

// What is said of a key that a section does not have: "no such setting: here it is ports = ["eth0", "eth1"]".
std::string unknown_key(std::string_view path, std::string_view word,
                        const std::vector<std::string_view>& known);
// The same at the top level, where sections are. `is_table`: a section, not a setting that stands above all.
enum class TopEntry : std::uint8_t { kSection, kSetting };
std::string unknown_section(std::string_view word, TopEntry entry,
                            const std::vector<std::string_view>& known);

// The right value of a setting for a wrong one, as TOML: ("mode", "lacp") -> "802.3ad" in quotes; empty: no
// idea.
std::string right_value(std::string_view key, const Value& wrong);
// The word of these that was meant: in other letters, or mistyped. Empty: none.
std::string_view meant_word(std::string_view wrong, const std::vector<std::string_view>& allowed);

}  // namespace hawser::config

// All sections and keys in one place: which daemon a section concerns, what [defaults.*] may hold, which
// names a node must not have, and the description that hawser.toml(5) is made of.
#pragma once

#include "lib/config/fields.h"

namespace hawser::config {

struct KeyInfo {
  std::string kind;     // "vip", "real", "top": the section's in one word
  std::string section;  // "[vip.NAME]"
  std::string key;
  std::string type;
  std::string range;          // "10ms to 40950ms in steps of 10ms"; empty: anything of that type
  std::string default_value;  // the default as TOML; empty: none
  std::string help;
  std::string example;  // as TOML
  bool required = false;
  bool supported = true;
};

// Every key of KEYS.md, section by section; what is not supported yet is marked so.
std::vector<KeyInfo> describe_keys();

// The setting of that kind of section, or null.
const KeyInfo* find_key(std::string_view kind, std::string_view key);
// The kind of the section at a path: "pool.web.real[1]" -> "real", "on.lb1.vip.web" -> "vip", "" -> "top".
std::string_view kind_of(std::string_view path);
// The type of a setting in a section as it is written: ("bond.bond0", "ports") -> "list of port". Empty for
// one that nobody knows.
std::string type_of_key(std::string_view section, std::string_view key);
// The first section that has a setting of that name: "[bond.NAME]"; empty: none.
std::string section_with(std::string_view key);

// Which daemon uses what stands under this path: "pool.web" -> netd.
Part part_of(std::string_view path);

bool is_section(std::string_view name);
bool is_unsupported_section(std::string_view name);
std::vector<std::string_view> section_names();
// A node of that name could not be told from a setting in { lb1 = .., default = .. }.
bool is_setting_name(std::string_view name);

// Judges the table [defaults.NAME] and removes from it what cannot be filled in.
void check_defaults(Entry& entry, const NodeView& view, Report& report);

}  // namespace hawser::config

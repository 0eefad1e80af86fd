// All sections and keys in one place: which daemon a section concerns, what [defaults.*] may hold, which
// names a node must not have, and the description that hawser.toml(5) is made of.
#pragma once

#include "lib/config/fields.h"

namespace hawser::config {

struct KeyInfo {
  std::string section;  // "[vip.NAME]"
  std::string key;
  std::string type;
  std::string range;     // "10ms to 40950ms in steps of 10ms"; empty: anything of that type
  std::string standard;  // the default as TOML; empty: none
  std::string help;
  bool required = false;
  bool supported = true;
};

// Every key of KEYS.md, section by section; what is not supported yet is marked so.
std::vector<KeyInfo> describe_keys();

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

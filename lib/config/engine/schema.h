// The sections that exist and their keys, as the engine knows them: names, whom each concerns, what
// [defaults.*] may hold, and the description that hawser.toml(5) is made of. The list itself:
// lib/config/sections/registry.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/read_context.h"

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

// An example of hawser.toml(5). All of them together are one file, for three hosts.
struct ManualExample {
  std::string_view section;  // as in KeyInfo::section
  std::string_view text;
};

// The sections of another kind that [defaults.NAME] fills as well, where they have this key.
struct AlsoFilled {
  std::string_view section;
  std::string_view having;
};

struct SectionInfo {
  std::string_view name;
  Part part = Part::kAll;
  Form form = Form::kAside;
  bool supported = true;
  bool is_always_there = false;           // with its defaults, where it is not written
  std::string_view example_name = "web";  // for messages: [vip.web]
  std::vector<KeyInfo> keys{};            // its own, then those of tables inside it
  std::vector<ManualExample> examples{};  // likewise
  // Judges [defaults.NAME] and removes from it what cannot be filled in; empty: there is no such table.
  std::function<void(const ReadContext&, Table&)> judge_defaults{};
  AlsoFilled also_filled{};
  // Whether a section of that name is another node's, by what it says itself.
  bool (*is_elsewhere)(const Table& section, const NodeView& view, const std::string& path,
                       Report& report) = nullptr;
};

// In the order of hawser.toml(5). Defined where the sections are: lib/config/sections/registry.cpp.
const std::vector<SectionInfo>& schema();

// Every key, section by section; what is not supported yet is marked so.
const std::vector<KeyInfo>& describe_keys();

// The setting of that kind of section, or null.
const KeyInfo* find_key(std::string_view kind, std::string_view key);
// The kind of the section at a path: "pool.web.real[1]" -> "real", "on.lb1.vip.web" -> "vip", "" -> "top".
std::string_view kind_of(std::string_view path);
// The type of a setting in a section as it is written: ("bond.bond0", "ports") -> "list of port". Empty for
// one that nobody knows.
std::string type_of_key(std::string_view section, std::string_view key);
// The first section that has a setting of that name: "[bond.NAME]"; empty: none.
std::string section_with(std::string_view key);

const SectionInfo* find_section(std::string_view name);
// Which daemon uses what stands under this path: "pool.web" -> netd.
Part part_of(std::string_view path);
std::vector<std::string_view> section_names();  // of those that are supported
// A node of that name could not be told from a setting in { lb1 = .., default = .. }.
bool is_setting_name(std::string_view name);

}  // namespace hawser::config

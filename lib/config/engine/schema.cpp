#include "lib/config/engine/schema.h"

#include <algorithm>

namespace hawser::config {

namespace {

// The word for a table inside a section, of which the path is "pool.web.real[1]" or "pool.web.tunnel".
bool is_inner_kind(std::string_view word) {
  return std::ranges::any_of(schema(), [&](const SectionInfo& section) {
    return std::ranges::any_of(section.keys, [&](const KeyInfo& key) {
      return key.kind == word && key.kind != section.keys.front().kind;
    });
  });
}

}  // namespace

const std::vector<KeyInfo>& describe_keys() {
  static const auto keys = [] {
    std::vector<KeyInfo> all;
    for (const auto& section : schema()) all.insert(all.end(), section.keys.begin(), section.keys.end());
    return all;
  }();
  return keys;
}

const KeyInfo* find_key(std::string_view kind, std::string_view key) {
  const auto& keys = describe_keys();
  const auto found = std::ranges::find_if(
      keys, [&](const KeyInfo& info) { return info.kind == kind && info.key == key && info.supported; });
  return found == keys.end() ? nullptr : &*found;
}

std::string_view kind_of(std::string_view path) {
  const auto drop_part = [&] {
    const auto dot = path.find('.');
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  };
  if (path.starts_with("on.")) drop_part(), drop_part();
  const bool named = !path.starts_with("defaults.");
  if (!named) drop_part();
  if (path.empty()) return "top";
  const auto kind = path.substr(0, path.find('.'));
  drop_part();
  if (named) drop_part();  // the user's name of the section
  const auto inner = path.substr(0, path.find_first_of(".["));
  if (inner == "checks") return "check";  // written in a pool
  return is_inner_kind(inner) ? inner : kind;
}

std::string type_of_key(std::string_view section, std::string_view key) {
  if (const auto* info = find_key(kind_of(section), key)) return info->type;
  const auto any = std::ranges::find(describe_keys(), key, &KeyInfo::key);
  return any == describe_keys().end() ? std::string() : any->type;
}

std::string section_with(std::string_view key) {
  const auto any = std::ranges::find_if(
      describe_keys(), [&](const KeyInfo& info) { return info.key == key && info.section.starts_with("["); });
  return any == describe_keys().end() ? std::string() : any->section;
}

const SectionInfo* find_section(std::string_view name) {
  const auto found = std::ranges::find(schema(), name, &SectionInfo::name);
  return found == schema().end() ? nullptr : &*found;
}

Part part_of(std::string_view path) {
  // A value under [on.NODE.SECTION] or [defaults.SECTION] belongs to the section.
  for (const std::string_view outer : {"on.", "defaults."}) {
    if (!path.starts_with(outer)) continue;
    path.remove_prefix(outer.size());
    if (outer == "on.") path.remove_prefix(std::min(path.size(), path.find('.') + 1));
  }
  const auto* section = find_section(path.substr(0, path.find('.')));
  return section == nullptr ? Part::kAll : section->part;
}

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  for (const auto& section : schema())
    if (section.supported) names.push_back(section.name);
  return names;
}

bool is_setting_name(std::string_view name) {
  return name == "default" || name == "only" || find_section(name) != nullptr ||
         std::ranges::any_of(describe_keys(), [&](const KeyInfo& info) { return info.key == name; });
}

}  // namespace hawser::config

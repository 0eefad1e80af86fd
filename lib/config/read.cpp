#include "lib/config/read.h"

#include "lib/config/engine/hints.h"
#include "lib/config/engine/merge.h"
#include "lib/config/sections/section_type.h"

namespace hawser::config {

namespace {

const SectionType* find_type(std::string_view name) {
  for (const auto& type : section_types())
    if (type.info.name == name) return &type;
  return nullptr;
}

void refuse_section(const Entry& entry, Report& report) {
  const auto* later = find_section(entry.key);
  if (later != nullptr && !later->supported)
    return report.add(later->part, entry.place, entry.key, "not supported by this version");
  const bool is_setting = entry.value.as<Table>() == nullptr && !entry.value.as<List>();
  report.add(
      Part::kAll, entry.place, entry.key,
      unknown_section(entry.key, is_setting ? TopEntry::kSetting : TopEntry::kSection, section_names()));
}

}  // namespace

File read_file(const Table& tree, const NodeView& view, Report& report, std::vector<Effective>* effective) {
  File file;
  file.view = view;
  const auto read = [&](const SectionType& type, const Entry& entry) {
    type.read({report, file.view, effective, "", "", type.info.part, nullptr, unknown_key}, entry, file);
  };
  for (const auto& entry : tree)
    if (const auto* type = find_type(entry.key))
      read(*type, entry);
    else
      refuse_section(entry, report);
  // [log] and the like have their defaults where they are not written.
  for (const auto& type : section_types())
    if (type.info.is_always_there && find(tree, type.info.name) == nullptr)
      read(type, {std::string(type.info.name), {}, {Table{}, {}, {}, false}});
  return file;
}

void look_around(const Table& root, const std::vector<Source>& sources, File& file) {
  for (const auto& type : section_types())
    if (type.look_at_root != nullptr) type.look_at_root(root, file);
  // What is wrong in other hosts' views is said when those are loaded.
  Report unheard(sources, Part::kAll);
  for (const auto& node : file.view.nodes) {
    const NodeView view{node, file.view.nodes};
    const auto tree = view_of(root, view, unheard);
    for (const auto& type : section_types())
      if (type.look_at_node != nullptr)
        type.look_at_node({unheard, view, nullptr, "", "", Part::kAll}, tree, file);
  }
}

void check_all(const File& file, Report& report) {
  for (const auto& type : section_types())
    for (const auto& rule : type.rules) rule(file, report);
  for (const auto& type : section_types())
    for (const auto& note : type.notes) note(file, report);
}

Config build(const File& file) {
  Config config;
  config.node = file.view.node;
  for (const auto& type : section_types())
    if (type.build != nullptr) type.build(file, config);
  return config;
}

}  // namespace hawser::config

#include "lib/config/engine/merge.h"

#include <algorithm>

#include "lib/config/engine/hints.h"
#include "lib/config/engine/schema.h"

namespace hawser::config {

namespace {

bool table_of_tables(const Value& value) {
  const auto* list = value.as<List>();
  return list != nullptr && !value.closed;
}

void merge_at(Table& base, const Table& more, const std::string& path, Report& report);

void merge_entry(Entry& there, const Entry& entry, const std::string& path, Report& report) {
  auto* table = there.value.as<Table>();
  const auto* extra = entry.value.as<Table>();
  if (table != nullptr && extra != nullptr && !there.value.closed && !entry.value.closed) {
    merge_at(*table, *extra, path, report);
  } else if (table_of_tables(there.value) && table_of_tables(entry.value)) {
    auto& list = *there.value.as<List>();
    list.insert(list.end(), entry.value.as<List>()->begin(), entry.value.as<List>()->end());
  } else if (path.starts_with("on.")) {
    there = entry;
  } else {
    report.add(part_of(path), entry.place, path,
               fmt::format("is set twice: first at {}", report.where(there.place)));
  }
}

void merge_at(Table& base, const Table& more, const std::string& path, Report& report) {
  for (const auto& entry : more) {
    const auto there = std::ranges::find(base, entry.key, &Entry::key);
    if (there == base.end())
      base.push_back(entry);
    else
      merge_entry(*there, entry, dotted(path, entry.key), report);
  }
}

void mark(Value& value, const std::string& via) {
  value.via = via;
  if (auto* table = value.as<Table>())
    for (auto& entry : *table) mark(entry.value, via);
  if (auto* list = value.as<List>())
    for (auto& item : *list) mark(item, via);
}

void overlay(Table& base, const Table& more, const std::string& via) {
  for (const auto& entry : more) {
    auto there = std::ranges::find(base, entry.key, &Entry::key);
    auto* table = there == base.end() ? nullptr : there->value.as<Table>();
    const auto* extra = entry.value.as<Table>();
    if (table != nullptr && extra != nullptr) {
      overlay(*table, *extra, via);
      continue;
    }
    if (there == base.end()) there = base.insert(base.end(), entry);
    *there = entry;
    mark(there->value, via);
  }
}

void apply_overlays(Table& root, const NodeView& view, Report& report) {
  const auto* all = find(root, "on");
  if (all == nullptr) return;
  const Value on = *all;
  std::erase_if(root, [](const Entry& entry) { return entry.key == "on"; });
  const auto* tables = on.as<Table>();
  if (tables == nullptr) return report.add(Part::kAll, on.place, "on", "must be tables: [on.NODE.SECTION]");
  for (const auto& entry : *tables) {
    const auto* sections = entry.value.as<Table>();
    if (std::ranges::find(view.nodes, entry.key) == view.nodes.end())
      report.add(Part::kAll, entry.place, "on." + entry.key,
                 view.nodes.empty() ? "the file has no [nodes] that this could name"
                                    : fmt::format("no node is named {}: the nodes are {}", quote(entry.key),
                                                  joined({view.nodes.begin(), view.nodes.end()}, " and ")));
    else if (sections == nullptr)
      report.add(Part::kAll, entry.value.place, "on." + entry.key, "must be tables: [on.NODE.SECTION]");
    else if (entry.key == view.node)
      overlay(root, *sections, "on." + entry.key);
  }
}

// Whether `only` lets this table stay on this host; removes the key.
bool stays(Table& table, const NodeView& view, const std::string& path, Report& report) {
  const auto* only = find(table, "only");
  if (only == nullptr) return true;
  const auto fault = [&](Place place, std::string what) {
    report.add(part_of(path), place, dotted(path, "only"), std::move(what));
  };
  bool here = false;
  const auto* names = only->as<List>();
  if (names == nullptr) fault(only->place, fmt::format("must be a list of nodes, not {}", in_words(*only)));
  for (const auto& name : names == nullptr ? List{} : *names) {
    const auto* text = name.as<std::string>();
    if (text == nullptr || std::ranges::find(view.nodes, *text) == view.nodes.end())
      fault(name.place, view.nodes.empty()
                            ? "the file has no [nodes] that this could name"
                            : fmt::format("no node is named {}: the nodes are {}", in_words(name),
                                          joined({view.nodes.begin(), view.nodes.end()}, " and ")));
    here = here || (text != nullptr && *text == view.node);
  }
  std::erase_if(table, [](const Entry& entry) { return entry.key == "only"; });
  return here;
}

void leave_out(Table& table, const NodeView& view, const std::string& path, Report& report) {
  const auto gone = [&](Value& value, const std::string& where) {
    auto* inner = value.as<Table>();
    if (inner == nullptr) return false;
    if (!stays(*inner, view, where, report)) return true;
    leave_out(*inner, view, where, report);
    return false;
  };
  std::erase_if(table, [&](Entry& entry) {
    const auto where = dotted(path, entry.key);
    if (auto* list = entry.value.as<List>())
      std::erase_if(*list, [&](Value& item) { return gone(item, where); });
    return gone(entry.value, where);
  });
}

// Copies what the section leaves out. Unknown keys were reported in [defaults.X] itself.
void fill(Table& section, const Table& defaults, const std::string& via) {
  for (const auto& entry : defaults) {
    if (find(section, entry.key) != nullptr) continue;
    section.push_back(entry);
    mark(section.back().value, via);
  }
}

std::string list_of_defaults() {
  std::vector<std::string_view> names;
  for (const auto& section : schema())
    if (section.judge_defaults) names.push_back(section.name);
  return joined(names, " and ");
}

// Judges the table [defaults.NAME], which then holds only what may be filled in.
void check_defaults(Entry& entry, const NodeView& view, Report& report) {
  const auto path = "defaults." + entry.key;
  const auto* section = find_section(entry.key);
  if (section == nullptr || !section->judge_defaults)
    return report.add(Part::kAll, entry.place, path, "no such defaults: there are " + list_of_defaults());
  if (auto* table = entry.value.as<Table>())
    section->judge_defaults({report, view, nullptr, path, path, section->part, nullptr, unknown_key}, *table);
  else
    report.add(section->part, entry.value.place, path, "must be a table of settings");
}

void apply_defaults(Table& root, const NodeView& view, Report& report) {
  const auto* all = find(root, "defaults");
  if (all == nullptr) return;
  Value defaults = *all;
  std::erase_if(root, [](const Entry& entry) { return entry.key == "defaults"; });
  auto* tables = defaults.as<Table>();
  if (tables == nullptr)
    return report.add(Part::kAll, defaults.place, "defaults", "must be tables: [defaults.SECTION]");
  for (auto& entry : *tables) {
    const auto via = "defaults." + entry.key;
    mark(entry.value, via);
    check_defaults(entry, view, report);
    const auto* wanted = entry.value.as<Table>();
    if (wanted == nullptr) continue;
    for (const auto& section : schema()) {
      if (section.also_filled.section != entry.key) continue;
      each_table(root, section.name, [&](const std::string&, Table& table) {
        if (find(table, section.also_filled.having) != nullptr) fill(table, *wanted, via);
      });
    }
    each_table(root, entry.key, [&](const std::string&, Table& table) { fill(table, *wanted, via); });
  }
}

void leave_out_elsewhere(Table& root, const NodeView& view, Report& report) {
  for (const auto& section : schema()) {
    auto* value = section.is_elsewhere == nullptr ? nullptr : find(root, section.name);
    auto* tables = value == nullptr ? nullptr : value->as<Table>();
    if (tables == nullptr) continue;
    std::erase_if(*tables, [&](const Entry& entry) {
      const auto* table = entry.value.as<Table>();
      return table != nullptr &&
             section.is_elsewhere(*table, view, dotted(section.name, toml_key(entry.key)), report);
    });
  }
}

}  // namespace

void merge(Table& base, const Table& more, Report& report) {
  merge_at(base, more, "", report);
}

Table view_of(const Table& root, const NodeView& view, Report& report) {
  Table result = root;
  apply_overlays(result, view, report);
  leave_out(result, view, "", report);
  apply_defaults(result, view, report);
  leave_out_elsewhere(result, view, report);
  return result;
}

}  // namespace hawser::config

#include "lib/config/merge.h"

#include <algorithm>

#include "lib/config/schema.h"

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

// A service with its own [[service.NAME.real]] is a pool as well.
void fill_unnamed_pools(Table& root, const Table& defaults, const std::string& via) {
  auto* services = find(root, "service");
  if (services == nullptr || services->as<Table>() == nullptr) return;
  for (auto& service : *services->as<Table>()) {
    auto* table = service.value.as<Table>();
    if (table != nullptr && find(*table, "real") != nullptr) fill(*table, defaults, via);
  }
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
    check_defaults(entry, view, report);  // leaves only what may be filled in
    const auto* wanted = entry.value.as<Table>();
    if (wanted != nullptr && entry.key == "pool") fill_unnamed_pools(root, *wanted, via);
    auto* sections = find(root, entry.key);
    if (wanted == nullptr || sections == nullptr || sections->as<Table>() == nullptr) continue;
    for (auto& section : *sections->as<Table>())
      if (auto* table = section.value.as<Table>()) fill(*table, *wanted, via);
  }
}

// Whether a vip's priority names other nodes only, without a default: then they hold it, and this one does
// not. A name that no node has would take it from a node without a word, so it is judged before.
bool held_elsewhere(const Value& priority, const NodeView& view, const std::string& path, Report& report) {
  const auto* table = priority.as<Table>();
  if (table == nullptr || table->empty() || view.nodes.empty()) return false;
  if (find(*table, view.node) != nullptr || find(*table, "default") != nullptr) return false;
  for (const auto& entry : *table)
    if (std::ranges::find(view.nodes, entry.key) == view.nodes.end())
      report.add(Part::kAll, entry.place, path + ".priority",
                 fmt::format("no node is named {}: the nodes are {}", quote(entry.key),
                             joined({view.nodes.begin(), view.nodes.end()}, " and ")));
  return true;
}

void leave_out_held_elsewhere(Table& root, const NodeView& view, Report& report) {
  auto* vips = find(root, "vip");
  auto* sections = vips == nullptr ? nullptr : vips->as<Table>();
  if (sections == nullptr) return;
  std::erase_if(*sections, [&](const Entry& vip) {
    const auto* table = vip.value.as<Table>();
    const auto* priority = table == nullptr ? nullptr : find(*table, "priority");
    return priority != nullptr && held_elsewhere(*priority, view, dotted("vip", toml_key(vip.key)), report);
  });
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
  leave_out_held_elsewhere(result, view, report);
  return result;
}

}  // namespace hawser::config

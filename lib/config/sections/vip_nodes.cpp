// Which nodes hold a vip, and with which priority.
#include <algorithm>

#include "lib/config/sections/make_section.h"

namespace hawser::config {

// Whether a vip's priority names other nodes only, without a default: then they hold it, and this one does
// not. A name that no node has would take it from a node without a word, so it is judged before.
bool vip_is_elsewhere(const Table& section, const NodeView& view, const std::string& path, Report& report) {
  const auto* priority = find(section, "priority");
  const auto* table = priority == nullptr ? nullptr : priority->as<Table>();
  if (table == nullptr || table->empty() || view.nodes.empty()) return false;
  if (find(*table, view.node) != nullptr || find(*table, "default") != nullptr) return false;
  for (const auto& entry : *table)
    if (std::ranges::find(view.nodes, entry.key) == view.nodes.end())
      report.add(Part::kAll, entry.place, path + ".priority",
                 fmt::format("no node is named {}: the nodes are {}", quote(entry.key),
                             joined({view.nodes.begin(), view.nodes.end()}, " and ")));
  return true;
}

void look_at_vips(const ReadContext& unheard, const Table& tree, File& file) {
  each_table(tree, "vip", [&](const std::string& name, const Table& table) {
    VipSpec vip;
    read_section(unheard, vip_rows(), table, vip);
    file.priorities[name][unheard.view.node] = vip.priority.value;
  });
}

// `dump` of one node is a file of its own, and the rules between nodes want every node's priority.
void dump_every_priority(const File& file, std::vector<Effective>& rows) {
  for (auto& row : rows) {
    if (!row.section.starts_with("vip.") || row.key != row.section + ".priority") continue;
    for (const auto& [name, vip] : file.vips) {
      const auto nodes = file.priorities.find(name);
      if (vip.path != row.section || nodes == file.priorities.end()) continue;
      for (const auto& [node, priority] : nodes->second)
        row.whole += fmt::format("{}{} = {}", row.whole.empty() ? "{ " : ", ", toml_key(node), priority);
      row.whole += " }";
    }
  }
}

}  // namespace hawser::config

// From several files and several hosts to one host's sections: files continue each other, [on.NODE.*]
// overlays, `only` leaves out, [defaults.*] fills, and a section may itself say which nodes have it
// (SectionInfo::is_elsewhere).
#pragma once

#include "lib/config/engine/read_context.h"

namespace hawser::config {

// Continues the tables of `base` with those of `more`; a key set twice is a problem naming both places,
// except in [on.*], where the later file wins.
void merge(Table& base, const Table& more, Report& report);

// One host's view of the whole file. `on` and `defaults` are gone from it.
Table view_of(const Table& root, const NodeView& view, Report& report);

// Every [KIND.NAME] of a tree: visit(name, table).
template <class Tree, class Visit>
void each_table(Tree& tree, std::string_view kind, const Visit& visit) {
  auto* sections = find(tree, kind);
  auto* tables = sections == nullptr ? nullptr : sections->template as<Table>();
  if (tables == nullptr) return;
  for (auto& entry : *tables)
    if (auto* table = entry.value.template as<Table>()) visit(entry.key, *table);
}

}  // namespace hawser::config

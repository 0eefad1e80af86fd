// From one host's tree to the sections' shapes.
#pragma once

#include "lib/config/sections.h"

namespace hawser::config {

// The names under [nodes], judged.
std::vector<std::string> read_node_names(const Table& root, Report& report);

// Reads every section of `tree` (a view_of()) for one host.
File read_file(const Table& tree, const NodeView& view, Report& report, std::vector<Effective>* effective);

// What the rules must know of every node's view: File::priorities and File::own_addresses.
void read_other_views(const Table& root, const std::vector<Source>& sources, File& file);

}  // namespace hawser::config

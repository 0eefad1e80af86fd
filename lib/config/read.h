// From one host's tree to the sections' shapes.
#pragma once

#include "lib/config/sections.h"

namespace hawser::config {

// The names under [nodes], judged.
std::vector<std::string> read_node_names(const Table& root, Report& report);

// Reads every section of `tree` (a view_of()) for one host.
File read_file(const Table& tree, const NodeView& view, Report& report, std::vector<Effective>* effective);

// What each node's file says of each vip's priority; nodes without the vip are absent.
std::map<std::string, std::map<std::string, std::uint8_t>> read_priorities(
    const Table& root, const NodeView& view, const std::vector<Source>& sources);

}  // namespace hawser::config

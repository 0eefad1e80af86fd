// One host's file through all sections: read, looked at from every node, judged, built.
#pragma once

#include "lib/config/sections/registry.h"

namespace hawser::config {

// Reads every section of `tree` (a view_of()) for one host.
File read_file(const Table& tree, const NodeView& view, Report& report, std::vector<Effective>* effective);

// What the rules must know beyond this host's view.
void look_around(const Table& root, const std::vector<Source>& sources, File& file);

// Every rule of every section, then what is only worth a note.
void check_all(const File& file, Report& report);

Config build(const File& file);

}  // namespace hawser::config

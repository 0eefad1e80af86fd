// What a kind of section is: how it is read, judged and built. Each is one pair of files in this folder; the
// list of them is registry.h.
#pragma once

#include <functional>
#include <vector>

#include "lib/config/engine/schema.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

using Rule = std::function<void(const File&, Report&)>;

struct SectionType {
  SectionInfo info;
  // Reads the section, or every section of that name, into its part of the file.
  std::function<void(const ReadContext& top, const Entry& entry, File& file)> read;
  // What rules want to know beyond this host's view: of the whole tree, and of every node's view in turn.
  void (*look_at_root)(const Table& root, File& file) = nullptr;
  void (*look_at_node)(const ReadContext& unheard, const Table& tree, File& file) = nullptr;
  // Rules between keys and sections; notes stop nobody.
  std::vector<Rule> rules{};
  std::vector<Rule> notes{};
  // Rows of `dump` that must say more than this host's value.
  void (*complete_dump)(const File& file, std::vector<Effective>& rows) = nullptr;
  // Total: what makes no sense was refused by the rules.
  void (*build)(const File& file, Config& config) = nullptr;
};

}  // namespace hawser::config

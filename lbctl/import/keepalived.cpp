#include "lbctl/import/keepalived.h"

#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;

// lvs_timeouts tcp 900 tcpfin 120 udp 300
void import_timeouts(const KaNode& line, Draft& draft) {
  config::Table table;
  for (std::size_t i = 1; i + 1 < line.words.size(); i += 2) {
    const auto time = seconds_in(line.words[i + 1]);
    if (!time)
      return draft.leave_out(line.origin, fmt::format("{} is no time in seconds", line.words[i + 1]));
    const auto& kind = line.words[i];
    table.push_back({kind == "tcpfin" ? "tcp_fin" : kind, {}, plain_value(format_duration(*time))});
  }
  if (table.empty() || line.words.size() % 2 == 0)
    return draft.leave_out(line.origin, "it holds no timeouts");
  draft.section("ipvs", line.origin).set("timeouts", plain_value(std::move(table)), line.origin);
}

void import_global_defs(const KaNode& node, KaGlobals& globals, Draft& draft) {
  KaBlock block(node, draft);
  if (const auto* line = block.last({"vrrp_version"}))
    if (const auto version = block.number(line); version) globals.vrrp_version = *version == 3 ? 3 : 2;
  if (const auto* line = block.last({"lvs_timeouts"})) import_timeouts(*line, draft);
  globals.strict = globals.strict || std::ranges::any_of(node.inside, [](const KaNode& line) {
                     return line.words.front() == "vrrp_strict";
                   });
  block.leave_rest("global_defs");
}

}  // namespace

void import_keepalived(const config::Source& source, const IncludeReader& include, Draft& draft) {
  KaNode file;
  file.inside = keepalived_tree(keepalived_lines(source, include, draft), draft);
  KaBlock top(file, draft);
  KaGlobals globals;
  for (const auto* node : top.all({"global_defs"})) import_global_defs(*node, globals, draft);
  for (const auto* node : top.all({"virtual_server_group"}))
    if (node->words.size() != 2 || !globals.server_groups.emplace(node->words[1], node).second)
      leave_out_all(draft, *node, "it has no name, or one that another has");
  for (const auto* node : top.all({"vrrp_instance"})) import_vrrp_instance(*node, globals, draft);
  for (const auto* node : top.all({"vrrp_sync_group"})) import_sync_group(*node, draft);
  for (const auto* node : top.all({"virtual_server"})) import_virtual_server(*node, globals, draft);
  for (const auto& [name, node] : globals.server_groups)
    if (!globals.used_groups.contains(name))
      leave_out_all(draft, *node, "no virtual_server is of this group");
  top.leave_rest("the file");
}

}  // namespace hawser::lbctl

#include "lib/config/engine/reading.h"

#include <algorithm>

#include "lib/config/engine/hints.h"

namespace hawser::config {

Setting setting(std::string_view key, std::string_view type, std::string_view range, std::string_view help) {
  Setting result;
  result.key = key;
  result.type = type;
  result.range = range;
  result.help = help;
  return result;
}

Setting table_setting(std::string_view key, std::string_view type, std::string_view range,
                      std::string_view help) {
  auto result = setting(key, type, range, help);
  result.per_node = false;
  return result;
}

namespace {

bool is_node(const NodeView& view, std::string_view name) {
  return std::ranges::find(view.nodes, name) != view.nodes.end();
}

std::string list_nodes(const NodeView& view) {
  return joined({view.nodes.begin(), view.nodes.end()}, " and ");
}

// Every key of { lb1 = .., default = .. } must be a node.
void check_node_names(const ReadContext& scope, const Setting& setting, const Table& table) {
  for (const auto& entry : table)
    if (entry.key != "default" && !is_node(scope.view, entry.key))
      scope.problem(
          entry.place, setting.key,
          fmt::format("no node is named {}: the nodes are {}", quote(entry.key), list_nodes(scope.view)));
}

}  // namespace

const Value* pick(const ReadContext& scope, const Setting& setting, const Value& value) {
  const auto* table = value.as<Table>();
  if (table == nullptr || !setting.per_node) return &value;
  if (scope.view.nodes.empty()) {
    scope.problem(value.place, setting.key,
                  "must not be a table: the file has no [nodes] that it could name");
    return nullptr;
  }
  if (table->empty()) {
    scope.problem(value.place, setting.key,
                  fmt::format("names no node: write {} = ..",
                              joined({scope.view.nodes.begin(), scope.view.nodes.end()}, " = .., ")));
    return nullptr;
  }
  check_node_names(scope, setting, *table);
  if (const auto* own = find(*table, scope.view.node)) return own;
  if (const auto* rest = find(*table, "default")) return rest;
  // Whoever may leave it out has the default here.
  if (setting.required)
    scope.problem(value.place, setting.key,
                  fmt::format("has no value for node {}: add {} = .. or default = .., or keep the section to "
                              "other nodes with only = [..]",
                              scope.view.node, scope.view.node));
  return nullptr;
}

void refuse_key(const ReadContext& scope, const Entry& entry, const std::vector<std::string_view>& known) {
  scope.problem(entry.place, entry.key,
                scope.unknown_key == nullptr ? "no such setting"
                                             : scope.unknown_key(scope.user_path, entry.key, known));
}

std::string with_right_value(std::string_view key, const Value& wrong, std::string what) {
  const auto right = right_value(key, wrong);
  if (right.empty()) return what;
  return fmt::format("{}: write {}", what.substr(0, what.find(": write ")), right);
}

std::string with_example(const ReadContext& scope, std::string_view of_kind, std::string what) {
  const auto general = fmt::format(" such as {}", of_kind);
  const auto at = what.find(general);
  if (at == std::string::npos || scope.setting == nullptr || scope.setting->example.empty()) return what;
  return what.replace(at, general.size(), fmt::format(" such as {}", scope.setting->example));
}

void refuse_unsupported(const ReadContext& scope, const Entry& entry) {
  scope.problem(entry.place, entry.key, "not supported by this version");
}

void note_places(Places& places, std::string_view key, const Value& value, const Report& report) {
  places.insert_or_assign(std::string(key), value.place);
  const auto* list = value.as<List>();
  if (list == nullptr) return;
  std::size_t index = 0;
  for (const auto& item : *list)
    if (!report.faulty(item.place)) places.insert_or_assign(fmt::format("{}[{}]", key, index++), item.place);
}

std::string origin_of(const Report& report, const Value& value) {
  const auto where = report.where(value.place);
  return value.via.empty() ? where : fmt::format("{} at {}", value.via, where);
}

}  // namespace hawser::config

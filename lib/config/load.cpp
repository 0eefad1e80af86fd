#include "lib/config/load.h"

#include <algorithm>
#include <cctype>

#include "lib/config/engine/merge.h"
#include "lib/config/engine/parse.h"
#include "lib/config/engine/syntax.h"
#include "lib/config/read.h"
#include "lib/config/sections/section_type.h"

namespace hawser::config {

namespace {

constexpr std::int64_t kFormat = 1;

// All sources as one tree; none if one of them is not TOML, since anything said after that would be a guess.
std::optional<Table> read_tree(const std::vector<Source>& sources, Report& report) {
  Table root;
  bool sound = true;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto parsed = parse(sources[i].text, static_cast<std::uint32_t>(i));
    if (const auto* error = std::get_if<SyntaxError>(&parsed)) {
      const auto fault = explain_syntax(sources[i], error->place, error->what);
      report.add(Part::kAll, fault.place, fault.key, fault.what);
      sound = false;
    } else {
      merge(root, std::get<Table>(parsed), report);
    }
  }
  return sound ? std::optional(std::move(root)) : std::nullopt;
}

// A file for a later version is not validated further: we would misread half of it.
bool too_new(const Table& root, Report& report) {
  const auto* format = find(root, "format");
  const auto* number = format == nullptr ? nullptr : format->as<std::int64_t>();
  if (number == nullptr || *number <= kFormat) return false;
  report.add(Part::kAll, format->place, "format",
             fmt::format("{} needs a newer hawser: this one reads {}", *number, kFormat));
  return true;
}

// Whether no section makes anything, on this node or another. An unknown key does not count: it gets a
// message of its own.
bool is_empty(const Table& root) {
  return std::ranges::all_of(root, [](const Entry& entry) {
    const auto* kind = find_section(entry.key);
    if (kind == nullptr || kind->form == Form::kOther) return false;
    const auto* section = entry.value.as<Table>();
    return kind->form == Form::kAside || (section != nullptr && section->empty());
  });
}

void refuse_empty(Report& report) {
  report.add(Part::kAll, {0, 1, 1}, "",
             "has no section: it says nothing that should be; write [bond.NAME], [link.NAME], [vip.NAME] or "
             "[service.NAME] (reload --allow-empty takes everything away)");
}

struct Choice {
  std::string name;
  std::string_view how;
};

Choice chosen(const NodeChoice& choice) {
  if (!choice.asked.empty()) return {choice.asked, "--node"};
  if (!choice.node_file.empty()) return {choice.node_file, "/etc/hawser/node"};
  return {choice.host_name, "its host name"};
}

bool is_same_name(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(one, other, {}, lower, lower);
}

// The node with that name, in the file's own spelling; null: none, or several that differ in capitals only.
const std::string* named(const std::vector<std::string>& nodes, std::string_view name) {
  if (const auto exact = std::ranges::find(nodes, name); exact != nodes.end()) return &*exact;
  const std::string* found = nullptr;
  for (const auto& node : nodes) {
    if (!is_same_name(node, name)) continue;
    if (found != nullptr) return nullptr;
    found = &node;
  }
  return found;
}

const std::string* find_node(const std::vector<std::string>& nodes, const NodeChoice& choice) {
  const auto [name, how] = chosen(choice);
  if (const auto* whole = named(nodes, name); whole != nullptr) return whole;
  if (name == choice.host_name)
    if (const auto* host = named(nodes, name.substr(0, name.find('.'))); host != nullptr) return host;
  return choice.kept.empty() ? nullptr : named(nodes, choice.kept);
}

Place place_of_nodes(const Table& root) {
  const auto* nodes = find(root, "nodes");
  return nodes == nullptr ? Place{0, 1, 1} : nodes->place;
}

// Which node this host is. If that is unknown, the first node's view is still validated.
std::string choose_node(const Table& root, const std::vector<std::string>& nodes, const NodeChoice& choice,
                        Report& report) {
  if (nodes.empty()) {
    if (!choice.asked.empty())
      report.add(Part::kAll, place_of_nodes(root), "nodes",
                 fmt::format("--node {} was given, but the file has no [nodes]", choice.asked));
    return {};
  }
  if (const auto* node = find_node(nodes, choice); node != nullptr) return *node;
  const auto [name, how] = chosen(choice);
  report.add(
      Part::kAll, place_of_nodes(root), "nodes",
      fmt::format("this host is {} ({}), which is not among {}: write its node name to /etc/hawser/node or "
                  "give --node",
                  quote(name), how, joined({nodes.begin(), nodes.end()}, " and ")));
  return nodes.front();
}

}  // namespace

Loaded load(const std::vector<Source>& sources, const NodeChoice& choice, Part part, Emptiness emptiness) {
  Loaded loaded;
  Report report(sources, part);
  const auto tree = read_tree(sources, report);
  if (!tree || too_new(*tree, report)) {
    loaded.problems = report.problems();
    return loaded;
  }
  const auto& root = *tree;
  const bool says_nothing = emptiness == Emptiness::kRefused && is_empty(root);
  if (says_nothing &&
      find(root, "nodes") == nullptr) {  // nor is it worth a word that --node finds no node in it
    refuse_empty(report);
    loaded.problems = report.problems();
    return loaded;
  }
  NodeView view;
  view.nodes = read_node_names(root, report);
  view.node = choose_node(root, view.nodes, choice, report);
  auto file = read_file(view_of(root, view, report), view, report, &loaded.effective);
  look_around(root, sources, file);
  check_all(file, report);
  if (says_nothing && report.problems().empty()) refuse_empty(report);
  for (const auto& type : section_types())
    if (type.complete_dump != nullptr) type.complete_dump(file, loaded.effective);
  loaded.problems = report.problems();
  loaded.notes = report.notes();
  loaded.config = build(file);
  return loaded;
}

std::vector<std::string> node_names(const std::vector<Source>& sources) {
  Report unheard(sources, Part::kAll);
  auto names = read_node_names(read_tree(sources, unheard).value_or(Table{}), unheard);
  if (names.empty()) names.emplace_back();
  return names;
}

}  // namespace hawser::config

#include "lib/config/sections/nodes.h"

#include <algorithm>

#include "lib/config/sections/addresses.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

constexpr std::string_view kNodesExample = R"([nodes]
lb1 = "192.0.2.11"                          # the short form
[nodes.lb2]
addresses = ["192.0.2.12", "2001:db8::12"]
[nodes.lb3]
addresses = ["192.0.2.13"]
provider.robot = "192.0.2.13"               # what it is called at [provider.robot]
fence = { provider = "robot", type = "hw" } # how it is reset before its role is taken
)";

constexpr std::string_view kProviderTable = R"({ robot = "192.0.2.11" })";
constexpr std::string_view kFenceTable = R"({ provider = "robot", type = "hw" })";

void read_names_at_providers(const ReadContext& scope, const Value& value, Node& node) {
  const auto* table = value.as<Table>();
  if (table == nullptr)
    return scope.problem(value.place, "provider",
                         fmt::format("must be a table: provider.NAME = \"..\", not {}", in_words(value)));
  for (const auto& entry : *table) {
    const Fault fault = [&](const Value& at, std::string what) {
      scope.problem(at.place, "provider." + entry.key, std::move(what));
    };
    std::vector<std::string> names(1);
    const bool is_list = entry.value.as<List>() != nullptr;
    if (is_list) names.clear();
    if (is_list ? ListOf{NonEmpty{}}.parse(entry.value, names, fault)
                : NonEmpty{}.parse(entry.value, names.front(), fault))
      node.provider[entry.key] = std::move(names);
  }
}

std::optional<Value> write_names_at_providers(const Node& node) {
  if (node.provider.empty()) return std::nullopt;
  Table table;
  for (const auto& [provider, names] : node.provider)
    table.push_back(
        {provider, {}, names.size() == 1 ? plain_value(names.front()) : *written(ListOf{NonEmpty{}}, names)});
  return plain_value(std::move(table));
}

const Rows<Fence>& fence_rows() {
  static const auto rows = Rows<Fence>()
                               .add("provider", &Fence::provider, NonEmpty{}, "whose API does it")
                               .add("type", &Fence::type, OneOf{{"hw", "power", "sw"}},
                                    "hetzner-robot: which of its resets; a kernel that hangs heeds hw alone")
                               .unsupported({"agent", "options"});
  return rows;
}

void read_fence(const ReadContext& scope, const Value& value, Node& node) {
  const auto* table = value.as<Table>();
  if (table == nullptr) return scope.problem(value.place, "fence", not_a("a table", kFenceTable, value));
  read_section(scope.silent().inside("fence"), fence_rows(), *table, node.fence);
}

std::optional<Value> write_fence(const Node& node) {
  if (node.fence == Fence{}) return std::nullopt;
  return inline_table(fence_rows(), node.fence);
}

const Rows<Node>& node_rows() {
  static const auto rows =
      Rows<Node>()
          .add("addresses", &Node::addresses, ListOf{kAddress},
               "where the other nodes reach this one, one per heartbeat path")
          .like("[\"192.0.2.11\"]")
          .custom(table_setting("provider", "table", "",
                                "provider.NAME: what this node is called at that provider: "
                                "its name, id or address there"),
                  read_names_at_providers, write_names_at_providers)
          .like(kProviderTable)
          .custom(table_setting("fence", "table", "{ provider, type }",
                                "how it is taken off its power, for require_fencing"),
                  read_fence, write_fence)
          .like(kFenceTable);
  return rows;
}

// [nodes] lb1 = "192.0.2.11"
Value as_list(const Value& value) {
  if (value.as<std::string>() == nullptr) return value;
  return {List{value}, value.place, value.via, true};
}

void read_nodes(const ReadContext& top, const Entry& entry, File& file) {
  const auto* tables = entry.value.as<Table>();
  if (tables == nullptr) return;  // read_node_names() said so
  for (const auto& item : *tables) {
    const auto scope = top.inside("nodes").inside(toml_key(item.key));
    const auto* table = item.value.as<Table>();
    const Table short_form{{"addresses", item.place, as_list(item.value)}};
    file.nodes[item.key] = read_one(scope, item.place, node_rows(), table == nullptr ? short_form : *table);
  }
}

void note_own_addresses(const Table& /*root*/, File& file) {
  for (const auto& [name, node] : file.nodes)
    for (std::size_t i = 0; i < node.spec.addresses.size(); ++i)
      file.own_addresses.emplace(node.spec.addresses[i], OwnAddress{name, node.at("addresses", i)});
}

void node_addresses_are_hosts(const File& file, Report& report) {
  std::map<IpAddress, Place> seen;
  for (const auto& [name, node] : file.nodes)
    for (std::size_t i = 0; i < node.spec.addresses.size(); ++i) {
      const auto& address = node.spec.addresses[i];
      const auto place = node.at("addresses", i);
      const auto path = node.path + ".addresses";
      if (auto wrong = reachable_fault(address); !wrong.empty())
        report.add(Part::kAll, place, path, std::move(wrong));
      const auto [there, added] = seen.try_emplace(address, place);
      if (!added)
        report.add(Part::kAll, std::max(place, there->second), path,
                   fmt::format("{} is also at {}", address, report.where(std::min(place, there->second))));
    }
}

void name_at(const File& file, const Section<Node>& node, const std::string& provider, const std::string& key,
             Report& report) {
  if (file.providers.contains(provider)) return;
  std::vector<std::string_view> names;
  for (const auto& [name, section] : file.providers) names.push_back(name);
  report.add(Part::kVipd, node.at(key), node.path + "." + key,
             names.empty()
                 ? fmt::format("there is no [provider.{}]", provider)
                 : fmt::format("there is no [provider.{}]: there is {}", provider, joined(names, " and ")));
}

// The route would go to one of them whoever has the role.
void each_node_has_a_name_of_its_own(const File& file, Report& report) {
  std::map<std::pair<std::string, std::string>, std::string> seen;  // provider, name: node
  for (const auto& [name, node] : file.nodes)
    for (const auto& [provider, called] : node.spec.provider)
      for (const auto& one : called)
        if (const auto [there, added] = seen.try_emplace({provider, one}, name); !added)
          report.add(Part::kVipd, node.at("provider"), node.path + ".provider",
                     fmt::format("{} is what {} is called there: {} is another server", quote(one),
                                 there->second, name));
}

void providers_of_nodes_are_there(const File& file, Report& report) {
  for (const auto& [name, node] : file.nodes) {
    for (const auto& [provider, target] : node.spec.provider)
      name_at(file, node, provider, "provider", report);
    const auto& fence = node.spec.fence.provider;
    if (fence.empty()) continue;
    name_at(file, node, fence, "fence", report);
    if (!node.spec.provider.contains(fence))
      report.add(Part::kVipd, node.at("fence"), node.path + ".fence",
                 fmt::format("who is it there? Write provider.{} = \"..\" too", fence));
  }
}

void build_nodes(const File& file, Config& config) {
  for (const auto& [name, node] : file.nodes) config.nodes.emplace(name, node.spec);
}

}  // namespace

// Robot leads an IPv6 network to the server's own network and takes no other name for it.
std::string name_for(const std::vector<std::string>& names, Family family) {
  const auto family_of = [](const std::string& name) -> std::optional<Family> {
    const auto address = IpAddress::parse(name);
    return address ? std::optional(address->family()) : std::nullopt;
  };
  const auto fits = std::ranges::find_if(names, [&](const auto& name) { return family_of(name) == family; });
  if (fits != names.end()) return *fits;
  const auto any = std::ranges::find_if(names, [&](const auto& name) { return !family_of(name); });
  return any != names.end() ? *any : std::string();
}

std::vector<std::string> read_node_names(const Table& root, Report& report) {
  std::vector<std::string> names;
  const auto* nodes = find(root, "nodes");
  if (nodes == nullptr) return names;
  const auto* tables = nodes->as<Table>();
  if (tables == nullptr) {
    report.add(Part::kAll, nodes->place, "nodes",
               fmt::format("must be a table: [nodes.NAME], not {}", in_words(*nodes)));
    return names;
  }
  for (const auto& entry : *tables) {
    if (is_setting_name(entry.key))
      report.add(Part::kAll, entry.place, "nodes." + entry.key,
                 fmt::format("a node must not be named like the setting {}", quote(entry.key)));
    names.push_back(entry.key);
  }
  return names;
}

SectionType Nodes::type() {
  SectionType type;
  type.info.name = "nodes";
  describe(type.info, "nodes", "[nodes.NAME]", node_rows(), kNodesExample);
  type.read = read_nodes;
  type.look_at_root = note_own_addresses;
  type.rules = {names_are_good("nodes", Part::kAll, &File::nodes), node_addresses_are_hosts,
                providers_of_nodes_are_there, each_node_has_a_name_of_its_own};
  type.build = build_nodes;
  return type;
}

}  // namespace hawser::config

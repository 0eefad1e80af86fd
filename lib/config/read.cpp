#include "lib/config/read.h"

#include "lib/config/hints.h"
#include "lib/config/merge.h"
#include "lib/config/schema.h"

namespace hawser::config {

namespace {

// One pass over the top level.
class FileReader {
 public:
  FileReader(const NodeView& view, Report& report, std::vector<Effective>* effective)
      : report_(report), effective_(effective) {
    file_.view = view;
  }

  File read(const Table& tree) {
    for (const auto& entry : tree) read_top(entry);
    // Sections that are not written still have their defaults.
    for (const std::string_view name : {"log", "netd", "vipd"})
      if (find(tree, name) == nullptr) read_single({std::string(name), {}, {Table{}, {}, {}, false}});
    return std::move(file_);
  }

 private:
  [[nodiscard]] Scope scope(const std::string& path) const {
    return {report_, file_.view, effective_, path, path, part_of(path)};
  }

  void read_top(const Entry& entry) {
    if (is_unsupported_section(entry.key))
      report_.add(part_of(entry.key), entry.place, entry.key, "not supported by this version");
    else if (entry.key == "format")
      read_format(entry);
    else if (entry.key == "nodes")
      read_nodes(entry);
    else if (!read_single(entry) && !read_named(entry))
      report_.add(
          Part::kAll, entry.place, entry.key,
          unknown_section(entry.key,
                          entry.value.as<Table>() == nullptr && !entry.value.as<List>() ? TopEntry::kSetting
                                                                                        : TopEntry::kSection,
                          section_names()));
  }

  void read_format(const Entry& entry) {
    TopSpec top;
    read_section(scope(""), top_rows(), {entry}, top);
  }

  bool read_single(const Entry& entry) {
    if (entry.key == "log") return single(entry, log_rows(), file_.log);
    if (entry.key == "netd") return single(entry, netd_rows(), file_.netd);
    if (entry.key == "vipd") return single(entry, vipd_rows(), file_.vipd);
    return false;
  }

  bool read_named(const Entry& entry) {
    if (entry.key == "bond") return named(entry, bond_rows(), file_.bonds);
    if (entry.key == "link") return named(entry, link_rows(), file_.links);
    if (entry.key == "vip") return named(entry, vip_rows(), file_.vips);
    if (entry.key == "check") return named(entry, check_rows(), file_.checks);
    if (entry.key == "pool") return named(entry, pool_rows(), file_.pools);
    if (entry.key == "service") return named(entry, service_rows(), file_.services);
    return false;
  }

  template <class S>
  bool single(const Entry& entry, const Rows<S>& rows, S& spec) {
    if (const auto* table = entry.value.as<Table>())
      read_section(scope(entry.key), rows, *table, spec);
    else
      not_a_table(entry, entry.key, fmt::format("[{}]", entry.key));
    return true;
  }

  template <class S>
  bool named(const Entry& entry, const Rows<S>& rows, Sections<S>& sections) {
    const auto* tables = entry.value.as<Table>();
    if (tables == nullptr) return not_a_table(entry, entry.key, fmt::format("[{}.NAME]", entry.key)), true;
    for (const auto& item : *tables) {
      const auto path = dotted(entry.key, toml_key(item.key));
      if (const auto* table = item.value.as<Table>())
        sections[item.key] = section(path, item, rows, *table);
      else if (find_key(entry.key, item.key) != nullptr)
        report_.add(part_of(path), item.place, path,
                    fmt::format("stands in no section: write [{}.NAME] above it, such as [{}.{}]", entry.key,
                                entry.key, entry.key == "bond" ? "bond0" : "web"));
      else
        not_a_table(item, path, fmt::format("[{}]", path));
    }
    return true;
  }

  template <class S>
  Section<S> section(const std::string& path, const Entry& item, const Rows<S>& rows, const Table& table) {
    Section<S> result;
    result.path = path;
    result.place = item.place;
    result.places = read_section(scope(path), rows, table, result.spec);
    return result;
  }

  void read_nodes(const Entry& entry) {
    const auto* tables = entry.value.as<Table>();
    if (tables == nullptr) return;  // read_node_names() said so
    for (const auto& item : *tables) {
      const auto path = dotted("nodes", toml_key(item.key));
      const auto* table = item.value.as<Table>();
      const Table short_form{{"addresses", item.place, in_list(item.value)}};
      file_.nodes[item.key] = section(path, item, node_rows(), table == nullptr ? short_form : *table);
    }
  }

  // [nodes] lb1 = "192.0.2.11"
  static Value in_list(const Value& value) {
    if (value.as<std::string>() == nullptr) return value;
    return {List{value}, value.place, value.via, true};
  }

  void not_a_table(const Entry& entry, const std::string& path, const std::string& form) {
    report_.add(part_of(path), entry.value.place, path,
                several(entry.value)
                    ? fmt::format("is one section: write {} once, with single brackets", form)
                    : fmt::format("must be a table: {}, not {}", form, in_words(entry.value)));
  }

  // [[bond.bond0]]
  static bool several(const Value& value) {
    const auto* list = value.as<List>();
    return list != nullptr && !value.closed && !list->empty();
  }

  Report& report_;
  std::vector<Effective>* effective_;
  File file_;
};

// visit(name, table) for every [KIND.NAME].
template <class Visit>
void each_section(const Table& tree, std::string_view kind, const Visit& visit) {
  const auto* sections = find(tree, kind);
  const auto* tables = sections == nullptr ? nullptr : sections->as<Table>();
  if (tables == nullptr) return;
  for (const auto& entry : *tables)
    if (const auto* table = entry.value.as<Table>()) visit(entry.key, *table);
}

// One node's view, of which only little counts.
class OtherView {
 public:
  OtherView(const NodeView& view, Report& unheard, File& file)
      : view_(view), unheard_(unheard), file_(file) {}

  void vips(const Table& tree) {
    each_section(tree, "vip", [&](const std::string& name, const Table& table) {
      VipSpec vip;
      read_section(scope(), vip_rows(), table, vip);
      file_.priorities[name][view_.node] = vip.priority.value;
    });
  }

  // An address on lo or a dummy is not answered for: it may be on several hosts, as on real servers of direct
  // routing; one in a VRF is another network's.
  template <class S>
  void devices(const Table& tree, std::string_view kind, const Rows<S>& rows) {
    each_section(tree, kind, [&](const std::string& name, const Table& table) {
      Section<S> section;
      section.places = read_section(scope(), rows, table, section.spec);
      const auto& spec = section.spec;
      if (!spec.vrf.empty() || name == "lo" || spec.device == "lo" || is_dummy(spec)) return;
      for (std::size_t i = 0; i < spec.addresses.size(); ++i)
        file_.own_addresses.emplace(spec.addresses[i].address,
                                    OwnAddress{view_.node, section.at("addresses", i)});
    });
  }

 private:
  static bool is_dummy(const LinkSpec& link) { return link.kind == LinkKind::kDummy; }
  static bool is_dummy(const BondSpec&) { return false; }
  [[nodiscard]] Scope scope() const { return {unheard_, view_, nullptr, "", "", Part::kAll}; }

  const NodeView& view_;
  Report& unheard_;
  File& file_;
};

void collect_texts(const Value& value, std::set<std::string>& texts) {
  if (const auto* text = value.as<std::string>()) texts.insert(*text);
  if (const auto* list = value.as<List>())
    for (const auto& item : *list) collect_texts(item, texts);
  if (const auto* table = value.as<Table>())
    for (const auto& entry : *table) collect_texts(entry.value, texts);
}

// Every text in values of that key, at whatever depth: also those for another node, or in [defaults.*].
void collect_named(const Value& value, std::string_view key, std::set<std::string>& names) {
  if (const auto* list = value.as<List>())
    for (const auto& item : *list) collect_named(item, key, names);
  const auto* table = value.as<Table>();
  if (table == nullptr) return;
  for (const auto& entry : *table) {
    if (entry.key == key) collect_texts(entry.value, names);
    collect_named(entry.value, key, names);
  }
}

Named named_in(const Table& root) {
  Named named;
  for (const auto& entry : root) {
    collect_named(entry.value, "pool", named.pools);
    collect_named(entry.value, "checks", named.checks);
  }
  return named;
}

}  // namespace

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

File read_file(const Table& tree, const NodeView& view, Report& report, std::vector<Effective>* effective) {
  return FileReader(view, report, effective).read(tree);
}

void read_other_views(const Table& root, const std::vector<Source>& sources, File& file) {
  // What is wrong in other hosts' views is said when those are loaded.
  Report unheard(sources, Part::kAll);
  file.named = named_in(root);
  for (const auto& [name, node] : file.nodes)
    for (std::size_t i = 0; i < node.spec.addresses.size(); ++i)
      file.own_addresses.emplace(node.spec.addresses[i], OwnAddress{name, node.at("addresses", i)});
  for (const auto& node : file.view.nodes) {
    const NodeView other{node, file.view.nodes};
    const auto tree = view_of(root, other, unheard);
    OtherView reading{other, unheard, file};
    reading.vips(tree);
    if (node == file.view.node) continue;
    reading.devices(tree, "bond", bond_rows());
    reading.devices(tree, "link", link_rows());
  }
}

}  // namespace hawser::config

#include "lib/config/schema.h"

#include <algorithm>
#include <array>

#include "lib/config/sections.h"

namespace hawser::config {

namespace {

struct SectionInfo {
  std::string_view name;
  Part part;
  bool supported = true;
};

constexpr std::array<SectionInfo, 20> kSections{{{"format", Part::kAll},
                                                 {"nodes", Part::kAll},
                                                 {"on", Part::kAll},
                                                 {"defaults", Part::kAll},
                                                 {"log", Part::kAll},
                                                 {"netd", Part::kNetd},
                                                 {"vipd", Part::kVipd},
                                                 {"bond", Part::kNetd},
                                                 {"link", Part::kNetd},
                                                 {"vip", Part::kVipd},
                                                 {"check", Part::kNetd},
                                                 {"pool", Part::kNetd},
                                                 {"service", Part::kNetd},
                                                 {"peers", Part::kAll, false},
                                                 {"rule", Part::kNetd, false},
                                                 {"group", Part::kVipd, false},
                                                 {"provider", Part::kVipd, false},
                                                 {"alert", Part::kNetd, false},
                                                 {"ipvs", Part::kNetd, false},
                                                 {"real_server", Part::kNetd, false}}};

const SectionInfo* info_of_section(std::string_view name) {
  const auto* found = std::ranges::find(kSections, name, &SectionInfo::name);
  return found == kSections.end() ? nullptr : found;
}

template <class S>
void describe(std::vector<KeyInfo>& keys, std::string_view kind, std::string_view section,
              const Rows<S>& rows) {
  const S defaults{};
  for (const auto& field : rows.fields()) {
    const auto& setting = field.setting;
    keys.push_back({std::string(kind), std::string(section), setting.key, setting.type, setting.range,
                    field.show && !setting.required ? field.show(defaults) : "", setting.help,
                    setting.example, setting.required, setting.supported});
  }
}

template <class S>
void judge_defaults(Entry& entry, const NodeView& view, Report& report, const Rows<S>& rows) {
  auto* table = entry.value.as<Table>();
  const auto path = "defaults." + entry.key;
  if (table == nullptr)
    return report.add(part_of(entry.key), entry.value.place, path, "must be a table of settings");
  const Scope scope{report, view, nullptr, path, path, part_of(entry.key)};
  S nobody{};
  read_section(scope, rows, *table, nobody);
  std::erase_if(*table, [&](const Entry& setting) {
    const auto* field = find_field(rows.fields(), setting.key);
    return field == nullptr || !field->setting.supported;
  });
}

}  // namespace

std::vector<KeyInfo> describe_keys() {
  std::vector<KeyInfo> keys;
  describe(keys, "top", "top", top_rows());
  describe(keys, "nodes", "[nodes.NAME]", node_rows());
  describe(keys, "log", "[log]", log_rows());
  describe(keys, "netd", "[netd]", netd_rows());
  describe(keys, "vipd", "[vipd]", vipd_rows());
  describe(keys, "bond", "[bond.NAME]", bond_rows());
  describe(keys, "port", "[bond.NAME.port.PORT]", port_rows());
  describe(keys, "link", "[link.NAME]", link_rows());
  describe(keys, "routes", "[bond.NAME] and [link.NAME] routes", route_rows());
  describe(keys, "vip", "[vip.NAME]", vip_rows());
  describe(keys, "announce", "[vip.NAME] announce", announce_rows());
  describe(keys, "check", "[check.NAME]", check_rows());
  describe(keys, "pool", "[pool.NAME]", pool_rows());
  describe(keys, "tunnel", "[pool.NAME] tunnel", tunnel_rows());
  describe(keys, "real", "[[pool.NAME.real]]", real_rows());
  describe(keys, "service", "[service.NAME]", service_rows());
  return keys;
}

namespace {

const std::vector<KeyInfo>& all_keys() {
  static const auto keys = describe_keys();
  return keys;
}

}  // namespace

const KeyInfo* find_key(std::string_view kind, std::string_view key) {
  const auto found = std::ranges::find_if(all_keys(), [&](const KeyInfo& info) {
    return info.kind == kind && info.key == key && info.supported;
  });
  return found == all_keys().end() ? nullptr : &*found;
}

std::string_view kind_of(std::string_view path) {
  constexpr std::array<std::string_view, 6> kInner{"real", "port", "routes", "announce", "tunnel", "checks"};
  const auto drop_part = [&] {
    const auto dot = path.find('.');
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  };
  if (path.starts_with("on.")) drop_part(), drop_part();
  const bool named = !path.starts_with("defaults.");
  if (!named) drop_part();
  if (path.empty()) return "top";
  const auto kind = path.substr(0, path.find('.'));
  drop_part();
  if (named) drop_part();  // the user's name of the section
  const auto inner = path.substr(0, path.find_first_of(".["));
  if (std::ranges::find(kInner, inner) == kInner.end()) return kind;
  return inner == "checks" ? "check" : inner;
}

std::string type_of_key(std::string_view section, std::string_view key) {
  if (const auto* info = find_key(kind_of(section), key)) return info->type;
  const auto any = std::ranges::find(all_keys(), key, &KeyInfo::key);
  return any == all_keys().end() ? std::string() : any->type;
}

std::string section_with(std::string_view key) {
  const auto any = std::ranges::find_if(
      all_keys(), [&](const KeyInfo& info) { return info.key == key && info.section.starts_with("["); });
  return any == all_keys().end() ? std::string() : any->section;
}

Part part_of(std::string_view path) {
  // A value under [on.NODE.SECTION] or [defaults.SECTION] belongs to the section.
  for (const std::string_view outer : {"on.", "defaults."}) {
    if (!path.starts_with(outer)) continue;
    path.remove_prefix(outer.size());
    if (outer == "on.") path.remove_prefix(std::min(path.size(), path.find('.') + 1));
  }
  const auto* info = info_of_section(path.substr(0, path.find('.')));
  return info == nullptr ? Part::kAll : info->part;
}

bool is_section(std::string_view name) {
  return info_of_section(name) != nullptr;
}

bool is_unsupported_section(std::string_view name) {
  const auto* info = info_of_section(name);
  return info != nullptr && !info->supported;
}

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  for (const auto& section : kSections)
    if (section.supported) names.push_back(section.name);
  return names;
}

bool is_setting_name(std::string_view name) {
  return name == "default" || name == "only" || is_section(name) ||
         std::ranges::any_of(all_keys(), [&](const KeyInfo& info) { return info.key == name; });
}

void check_defaults(Entry& entry, const NodeView& view, Report& report) {
  if (entry.key == "bond") return judge_defaults(entry, view, report, bond_rows());
  if (entry.key == "vip") return judge_defaults(entry, view, report, vip_rows());
  if (entry.key == "check") return judge_defaults(entry, view, report, check_rows());
  if (entry.key == "pool") return judge_defaults(entry, view, report, pool_rows());
  if (entry.key == "service") return judge_defaults(entry, view, report, service_own_rows());
  report.add(Part::kAll, entry.place, "defaults." + entry.key,
             "no such defaults: there are bond, vip, check, pool and service");
}

}  // namespace hawser::config

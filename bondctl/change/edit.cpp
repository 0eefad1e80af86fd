#include "bondctl/change/edit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "lib/base/spelling.h"
#include "lib/config/engine/schema.h"
#include "lib/config/sections/bond.h"
#include "lib/plan/simulate.h"
#include "lib/state/bond_options.h"

namespace hawser::bondctl {

namespace {

using config::List;
using config::Table;
using config::Value;

struct OtherName {
  std::string_view word, key;
};
// iproute2's, ifenslave's and sysfs's, where they are not the kernel's name of the option.
constexpr OtherName kOtherNames[] = {
    {"peer_notify_delay", "peer_notif_delay"},
    {"num_unsol_na", "num_grat_arp"},
    {"missed_max", "arp_missed_max"},
    {"all_ports_active", "all_slaves_active"},
    {"packets_per_port", "packets_per_slave"},
    {"ad_sys_priority", "ad_actor_sys_prio"},
    {"ad_sys_mac_addr", "ad_actor_system"},
    {"slaves", "ports"},
    {"members", "ports"},
};

struct Elsewhere {
  std::string_view key, remedy;
};
constexpr Elsewhere kElsewhere[] = {
    {"active_slave", "write 'bondctl switch BOND PORT'"},
    {"active_port", "write 'bondctl switch BOND PORT'"},
    {"fast_failover", "only netd does that: write it in the file"},
    {"device", "the bond's name comes before the settings"},
    {"description", "the kernel keeps none: write it in the file"},
    {"routes", "write 'ip route add .. dev BOND', or give them in the file"},
    {"vrf", "write 'ip link set BOND master VRF', or nomaster"},
    {"port", "write PORT.KEY=VALUE, as in eth1.prio=10"},
};

std::string plain_key(std::string_view word) {
  std::string key(word);
  std::ranges::replace(key, '-', '_');
  if (key.starts_with("bond_")) key.erase(0, 5);
  for (const auto& [other, ours] : kOtherNames)
    if (key == other) key = ours;
  return key;
}

const config::KeyInfo* find_setting(const std::string& key) {
  const auto port = port_key(key);
  return config::find_key(port ? "port" : "bond", port ? port->second : key);
}

Error no_such_setting(const std::string& key) {
  const auto is_planned = [&](const config::KeyInfo& info) { return info.kind == "bond" && info.key == key; };
  if (std::ranges::any_of(config::describe_keys(), is_planned))
    return {fmt::format("{}: not supported by this version", key)};
  std::vector<std::string_view> known;
  for (const auto& info : config::describe_keys())
    if (info.kind == "bond" && info.supported) known.emplace_back(info.key);
  const auto near = nearest(key, known);
  return {fmt::format("{}: no such setting{}", key,
                      near.empty() ? std::string(": 'man hawser.toml', [bond.NAME], has them all")
                                   : fmt::format(": did you mean {}?", near))};
}

bool is_list(const config::KeyInfo& info) {
  return info.type.starts_with("list");
}

bool is_default(const Edit& edit) {
  return edit.how == Edit::How::kSet && edit.value == "default";
}

// Of these the user has to say something.
Status has_default(const Edit& edit) {
  if (edit.key == "ports")
    return fail("ports: has no default: write the ports that are meant, or ports=none for no port at all");
  if (edit.key == "mode") return fail("mode: has no default: write one of {}", all_names<BondMode>());
  return {};
}

Status is_edit(const Edit& edit) {
  for (const auto& [key, remedy] : kElsewhere)
    if (edit.key == key) return fail("{}: {}", edit.key, remedy);
  const auto* info = find_setting(edit.key);
  if (info == nullptr) return tl::unexpected(no_such_setting(edit.key));
  if (edit.how != Edit::How::kSet && !is_list(*info))
    return fail("{}: += and -= are for lists: write {}=..", edit.key, edit.key);
  return is_default(edit) ? has_default(edit) : Status{};
}

// A number of the kernel's for a word: mode=1, lacp_rate=1.
std::string word_of(const std::string& key, const std::string& value) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size()) return value;
  if (key == "mode" && number < kNames<BondMode>.size())
    return std::string(kNames<BondMode>.at(number).second);
  const auto* option = find_bond_option(key);
  if (option == nullptr) return value;
  if (number < option->words.size()) return std::string(option->words[number]);
  // iproute2 and sysfs write durations without a unit.
  if (option->unit == BondUnit::kMilliseconds) return value + "ms";
  return option->unit == BondUnit::kSeconds ? value + "s" : value;
}

Value value_of(const config::KeyInfo& info, const std::string& key, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (info.type == "int" && is_number) return config::plain_value(number);
  if (info.type == "bool" && (text == "on" || text == "true" || text == "yes" || text == "1"))
    return config::plain_value(true);
  if (info.type == "bool" && (text == "off" || text == "false" || text == "no" || text == "0"))
    return config::plain_value(false);
  return config::plain_value(word_of(key, text));
}

void put(Table& table, const std::string& key, Value value) {
  if (auto* there = config::find(table, key))
    *there = std::move(value);
  else
    table.push_back({key, {}, std::move(value)});
}

void take(Table& table, std::string_view key) {
  std::erase_if(table, [&](const config::Entry& entry) { return entry.key == key; });
}

Table& table_at(Table& table, const std::string& key) {
  if (config::find(table, key) == nullptr) put(table, key, config::plain_value(Table{}));
  return *config::find(table, key)->as<Table>();
}

bool same(const Value& one, const Value& other) {
  return config::toml_text(one) == config::toml_text(other);
}

Status change_list(List& list, const Edit& edit) {
  for (const auto& text : elements_of(edit.value)) {
    const auto element = config::plain_value(text);
    const auto there = std::ranges::find_if(list, [&](const Value& one) { return same(one, element); });
    if (edit.how == Edit::How::kAdd && there == list.end())
      list.push_back(element);
    else if (edit.how == Edit::How::kTakeAway && there == list.end())
      return fail("{}: {} is not among them", edit.key, text);
    else if (edit.how == Edit::How::kTakeAway)
      list.erase(there);
  }
  return {};
}

Status edit_list(Table& section, const Edit& edit) {
  const auto* there = config::find(section, edit.key);
  const bool afresh = edit.how == Edit::How::kSet || there == nullptr;
  List list = afresh ? List{} : *there->as<List>();
  auto kind = edit;
  if (kind.how == Edit::How::kSet) kind.how = Edit::How::kAdd;
  if (auto changed = change_list(list, kind); !changed) return changed;
  if (list.empty() && edit.key != "ports")
    take(section, edit.key);
  else
    put(section, edit.key, config::plain_value(std::move(list)));
  return {};
}

// What was said of a port goes with it.
void forget_ports(Table& section) {
  const auto* ports = config::find(section, "ports");
  const auto is_there = [&](std::string_view name) {
    return ports != nullptr && std::ranges::any_of(*ports->as<List>(), [&](const Value& port) {
             return *port.as<std::string>() == name;
           });
  };
  if (auto* said = config::find(section, "port"))
    std::erase_if(*said->as<Table>(), [&](const config::Entry& port) { return !is_there(port.key); });
  if (const auto* primary = config::find(section, "primary");
      primary && !is_there(*primary->as<std::string>()))
    take(section, "primary");
}

Status edit_port(Table& section, const Edit& edit, const config::KeyInfo& info) {
  const auto port = *port_key(edit.key);
  auto& settings = table_at(table_at(section, "port"), port.first);
  if (edit.value == "default")
    take(settings, port.second);
  else
    put(settings, port.second, value_of(info, port.second, edit.value));
  return {};
}

const Edit* find_edit(std::span<const Edit> edits, std::string_view key) {
  const auto found = std::ranges::find(edits, key, &Edit::key);
  return found == edits.end() ? nullptr : &*found;
}

bool is_on(const Edit* edit) {
  return edit != nullptr && !is_default(*edit) && edit->value.find_first_of("123456789") != std::string::npos;
}

void take_unless_named(Table& section, std::span<const Edit> edits, std::string_view key) {
  if (find_edit(edits, key) == nullptr) take(section, key);
}
void take_unless_named(Table& section, std::span<const Edit> edits, std::span<const std::string_view> keys) {
  for (const auto key : keys) take_unless_named(section, edits, key);
}

constexpr std::array<std::string_view, 5> kArpKeys{"arp_interval", "arp_validate", "arp_ip_target",
                                                   "ns_ip6_target", "arp_all_targets"};
constexpr std::array<std::string_view, 4> kMiiKeys{"miimon", "updelay", "downdelay", "peer_notif_delay"};

void take_from_ports(Table& section, std::string_view key) {
  if (auto* ports = config::find(section, "port"))
    for (auto& port : *ports->as<Table>()) take(*port.value.as<Table>(), key);
}

void make_way_for_mode(Table& section, std::span<const Edit> edits) {
  const auto* mode = find_edit(edits, "mode");
  const auto wanted = mode == nullptr ? std::nullopt : from_name<BondMode>(word_of("mode", mode->value));
  if (!wanted) return;
  for (const auto& info : bond_options())
    if (!option_applies(info, *wanted)) take_unless_named(section, edits, info.name);
  if (!option_applies(info_of(BondOption::kArpInterval), *wanted)) {
    take_unless_named(section, edits, kArpKeys);
    take_unless_named(section, edits, "monitor");
  }
  if (*wanted != BondMode::k8023ad) {
    take_unless_named(section, edits, "ad_actor_system");
    take_from_ports(section, "actor_port_prio");
  }
  if (has_active_port(*wanted)) return;
  take_unless_named(section, edits, "primary");
  take_from_ports(section, "prio");
}

// As iproute2 takes it: "miimon 0 arp_interval 500" says which of the two is meant.
void drop_the_monitor_that_is_off(std::vector<Edit>& edits) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOffBesideOn{
      {{"miimon", "arp_interval"}, {"arp_interval", "miimon"}}};
  for (const auto& [off, on] : kOffBesideOn)
    if (is_on(find_edit(edits, on)))
      std::erase_if(edits, [&](const Edit& edit) {
        return edit.key == off && edit.value.find_first_not_of("0ms") == std::string::npos;
      });
}

// The monitor of a file that says nothing is wanted: in place of none, or of ARP.
bool is_back_to_default(const Table& section, std::span<const Edit> edits) {
  const auto names_default = [&](std::string_view key) {
    const auto* edit = find_edit(edits, key);
    return edit != nullptr && is_default(*edit);
  };
  const auto* monitor = config::find(section, "monitor");
  const bool is_none = monitor != nullptr && *monitor->as<std::string>() == "none";
  return (is_none && names_default("miimon")) ||
         (config::find(section, "arp_interval") != nullptr && names_default("arp_interval"));
}

// What a default says of itself: for most keys, that a file that has none would do; of an MTU no file tells
// what a bond had before.
void put_default(Table& section, const std::string& key) {
  if (key == "mtu")
    put(section, key, config::plain_value(std::int64_t{kEthernetMtu}));
  else
    take(section, key);
}

}  // namespace

std::optional<std::pair<std::string, std::string>> port_key(std::string_view key) {
  const auto dot = key.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return std::pair{std::string(key.substr(0, dot)), std::string(key.substr(dot + 1))};
}

std::vector<std::string> elements_of(const std::string& text) {
  std::vector<std::string> elements;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(", ", at), text.size());
    if (end > at && text != "none") elements.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return elements;
}

Result<Edit> parse_edit(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == 0 || equals == std::string::npos)
    return fail("{}: not a setting: write KEY=VALUE, as in miimon=100ms", word);
  const char before = word[equals - 1];
  const bool list = before == '+' || before == '-';
  Edit edit;
  edit.key = plain_key(std::string_view(word).substr(0, list ? equals - 1 : equals));
  if (const auto port = port_key(std::string_view(word).substr(0, equals)))
    edit.key = fmt::format("{}.{}", port->first, plain_key(port->second));
  if (list) edit.how = before == '+' ? Edit::How::kAdd : Edit::How::kTakeAway;
  edit.value = word.substr(equals + 1);
  if (auto good = is_edit(edit); !good) return tl::unexpected(good.error());
  return edit;
}

Edits parse_edits(std::span<const std::string> words) {
  Edits edits;
  for (const auto& word : words) {
    auto one = parse_edit(word);
    if (one)
      edits.good.push_back(std::move(*one));
    else
      edits.wrong.push_back(one.error().text);
  }
  drop_the_monitor_that_is_off(edits.good);
  return edits;
}

Edits parse_ports(std::span<const std::string> words, Edit::How how) {
  std::vector<std::string> ports, settings;
  for (const auto& word : words) (word.find('=') == std::string::npos ? ports : settings).push_back(word);
  std::vector<std::string> of_ports;
  for (const auto& port : ports)
    for (const auto& setting : settings) of_ports.push_back(fmt::format("{}.{}", port, setting));
  auto edits = parse_edits(of_ports);
  std::vector<Edit> joining;
  joining.reserve(ports.size());
  for (const auto& port : ports) joining.push_back({"ports", how, port});
  edits.good.insert(edits.good.begin(), joining.begin(), joining.end());
  if (ports.empty()) edits.wrong.emplace_back("which port? write its name before the settings");
  return edits;
}

Status edit(Table& section, const Edit& edit) {
  const auto& info = *find_setting(edit.key);
  if (port_key(edit.key)) return edit_port(section, edit, info);
  const bool no_primary = edit.key == "primary" && (edit.value.empty() || edit.value == "none");
  if (is_default(edit) || no_primary) {
    put_default(section, edit.key);
  } else if (is_list(info)) {
    if (auto changed = edit_list(section, edit); !changed) return changed;
  } else {
    put(section, edit.key, value_of(info, edit.key, edit.value));
  }
  if (edit.key == "ports") forget_ports(section);
  return {};
}

void make_way(Table& section, std::span<const Edit> edits) {
  make_way_for_mode(section, edits);
  const auto* monitor = find_edit(edits, "monitor");
  const auto wants = [&](std::string_view word, std::string_view key) {
    return monitor != nullptr ? monitor->value == word : is_on(find_edit(edits, key));
  };
  const bool mii = wants("mii", "miimon") || is_back_to_default(section, edits);
  const bool arp = wants("arp", "arp_interval");
  const bool none = monitor != nullptr && monitor->value == "none";
  if (mii || arp || none) take_unless_named(section, edits, "monitor");
  if (arp || none) take_unless_named(section, edits, kMiiKeys);
  if (mii || none) take_unless_named(section, edits, kArpKeys);
}

}  // namespace hawser::bondctl

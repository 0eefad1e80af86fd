#include "bondctl/import/stanzas.h"

#include <algorithm>
#include <charconv>

#include "lib/config/engine/kinds.h"

namespace hawser::bondctl {

namespace {

using Options = std::vector<InterfacesOption>;

// What is said of a stanza's ancestors holds for it, unless it says it itself. Each ancestor counts once,
// also where they inherit from each other.
void inherit(Options& options, const std::vector<IfaceStanza>& stanzas, const IfaceStanza& stanza,
             std::set<std::string>& seen) {
  for (const auto& parent : stanza.inherits) {
    if (!seen.insert(parent).second) continue;
    for (const auto& other : stanzas) {
      if (other.name != parent) continue;
      for (const auto& option : other.options)
        if (find_option(options, {option.name}) == nullptr) options.push_back(option);
      inherit(options, stanzas, other, seen);
    }
  }
}

}  // namespace

std::vector<Interface> gathered(const std::vector<IfaceStanza>& stanzas,
                                const std::set<std::string>& brought_up) {
  std::set<std::string> templates;
  for (const auto& stanza : stanzas) templates.insert(stanza.inherits.begin(), stanza.inherits.end());
  std::vector<Interface> interfaces;
  for (const auto& stanza : stanzas) {
    if (templates.contains(stanza.name) && !brought_up.contains(stanza.name)) continue;
    auto found = std::ranges::find(interfaces, stanza.name, &Interface::name);
    if (found == interfaces.end()) found = interfaces.insert(found, {stanza.name, stanza.at, {}});
    std::set<std::string> seen{stanza.name};
    found->stanzas.push_back(stanza);
    inherit(found->stanzas.back().options, stanzas, stanza, seen);
  }
  return interfaces;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> others) {
  return std::ranges::find(others, word) != others.end();
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string as_written(const InterfacesOption& option) {
  return fmt::format("{} {}", option.name, option.value);
}

std::string as_written(const IfaceStanza& stanza) {
  return std::string(trimmed(fmt::format("iface {} {} {}", stanza.name, stanza.family, stanza.method)));
}

const InterfacesOption* find_option(const Options& options, OptionNames names) {
  const auto found = std::ranges::find_if(
      options, [&](const InterfacesOption& option) { return is_one_of(option.name, names); });
  return found == options.end() ? nullptr : &*found;
}

const InterfacesOption* find_option(const Interface& interface, OptionNames names) {
  for (const auto& stanza : interface.stanzas)
    if (const auto* option = find_option(stanza.options, names)) return option;
  return nullptr;
}

// "bond0.100"; "vlan100" with vlan-raw-device bond0.
std::optional<VlanName> vlan_of(const Interface& interface) {
  const auto* raw = find_option(interface, {"vlan-raw-device", "vlan_raw_device"});
  const auto* id = find_option(interface, {"vlan-id", "vlan_id"});
  const auto& name = interface.name;
  const auto dot = name.rfind('.');
  const auto digits = name.find_last_not_of("0123456789") + 1;
  auto number = number_in(std::string_view(name).substr(std::min(digits, name.size())));
  if (id != nullptr) number = number_in(id->value);
  if (raw != nullptr && number) return VlanName{raw->value, *number};
  if (dot == std::string::npos || dot == 0 || dot + 1 != digits || !number) return std::nullopt;
  return VlanName{name.substr(0, dot), *number};
}

std::string why_no_section(const Interface& interface) {
  if (auto fault = config::device_fault(interface.name); !fault.empty()) return fault;
  if (find_option(interface, {"bridge_ports", "bridge-ports", "bridge_bridgeprio"}) != nullptr)
    return "bridges have no section";
  for (const auto& stanza : interface.stanzas)
    if (is_one_of(stanza.method, {"ppp", "wvdial", "tunnel", "v4tunnel", "6to4", "can", "batman"}))
      return fmt::format("a device of method {} has no section", stanza.method);
  return {};
}

}  // namespace hawser::bondctl
